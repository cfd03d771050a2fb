// SPDX-License-Identifier: MIT
// The cache in front of the flash (RP2040 datasheet 2.6.3): 16 KiB, two ways, lines of 8 bytes. rp2040js reads flash as
// if it were memory; this says what each read costs.

const LINE_SHIFT = 3;
const SETS = 1024;
const OFFSET_MASK = 0xffffff;
const ALIAS_SHIFT = 24; // 0x10 cached, 0x11 cached without allocation, 0x12 and 0x13 past the cache

export class XipCache {
  // missCycles: from a miss to its data, while the line of 8 bytes comes over the wires. The wires carry one line at a
  // time, whichever core asks.
  constructor(missCycles) {
    this.missCycles = missCycles;
    this.tags = new Int32Array(2 * SETS).fill(-1);
    this.oldest = new Uint8Array(SETS);
    this.freeAt = 0; // cycle at which the wires are free
    this.hits = 0;
    this.misses = 0;
    this.waited = 0; // cycles for another's line to pass
  }

  flush() {
    this.tags.fill(-1);
  }

  // Cycles that a read of this address waits, begun at cycle `now`.
  read(address, now) {
    const alias = (address >>> ALIAS_SHIFT) & 3;
    const line = (address & OFFSET_MASK) >>> LINE_SHIFT;
    const set = line & (SETS - 1);
    const way0 = 2 * set;
    if (alias < 2) {
      if (this.tags[way0] === line) {
        this.oldest[set] = 1;
        this.hits++;
        return 0;
      }
      if (this.tags[way0 + 1] === line) {
        this.oldest[set] = 0;
        this.hits++;
        return 0;
      }
    }
    if (alias === 0) {
      const way = this.oldest[set];
      this.tags[way0 + way] = line;
      this.oldest[set] = way ^ 1;
    }
    this.misses++;
    const begin = Math.max(now, this.freeAt);
    this.waited += begin - now;
    this.freeAt = begin + this.missCycles;
    return this.freeAt - now;
  }
}
