// SPDX-License-Identifier: MIT
// The flash chip: its bytes, kept in a file from run to run, and what changing them takes.
import fs from 'node:fs';

export const PAGE_BYTES = 256;
export const SECTOR_BYTES = 4096;
const ERASED = 0xff;
const UNIQUE_ID = Uint8Array.of(0xe6, 0x61, 0x38, 0x52, 0x83, 0x4f, 0x2a, 0x19); // no maker's: this simulator's

// W25Q16JV data sheet 9.6, typical
const ERASE_NANOSECONDS = 45e6;
const PROGRAM_NANOSECONDS = 0.4e6;

export class Flash {
  // path: of the file, made when missing; null: forgotten at the end
  constructor(bytes, path) {
    this.cutAfter(0, null);
    this.id = UNIQUE_ID;
    this.bytes = new Uint8Array(bytes).fill(ERASED);
    this.file = null;
    if (path === null) return;
    this.file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
    const found = fs.readSync(this.file, this.bytes, 0, bytes, 0);
    if (found < bytes) fs.writeSync(this.file, this.bytes, found, bytes - found, found);
  }

  // In the middle of the n-th change from now on the supply fails, and onCut is called; 0: it never does.
  cutAfter(n, onCut) {
    this.untilCut = n;
    this.onCut = onCut;
  }

  // Both give the nanoseconds that it takes, or throw what is wrong.
  erase(at, count) {
    if (at % SECTOR_BYTES !== 0 || count % SECTOR_BYTES !== 0) throw Error('erases a part of a sector');
    this.check(at, count);
    this.change(at, count, (begin, end) => this.bytes.fill(ERASED, begin, end));
    return (count / SECTOR_BYTES) * ERASE_NANOSECONDS;
  }

  // Programming clears bits and sets none.
  program(at, bytes) {
    if (at % PAGE_BYTES !== 0 || bytes.length % PAGE_BYTES !== 0) throw Error('programs a part of a page');
    this.check(at, bytes.length);
    this.change(at, bytes.length, (begin, end) => {
      for (let i = begin; i < end; i++) this.bytes[i] &= bytes[i - at];
    });
    return (bytes.length / PAGE_BYTES) * PROGRAM_NANOSECONDS;
  }

  check(at, count) {
    if (at + count > this.bytes.length) throw Error(`changes flash beyond its ${this.bytes.length} bytes`);
  }

  change(at, count, work) {
    const cut = --this.untilCut === 0;
    work(at, cut ? at + count / 2 : at + count);
    this.keep(at, count);
    if (cut) this.onCut();
  }

  keep(at, count) {
    if (this.file !== null) fs.writeSync(this.file, this.bytes, at, count, at);
  }
}
