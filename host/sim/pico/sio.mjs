// SPDX-License-Identifier: MIT
// What the two cores share and each sees its own side of (RP2040 datasheet 2.3.1): who am I, and the mailboxes.
// rp2040js has one core and neither.

const CPUID = 0x000;
const FIFO_STATUS = 0x050;
const FIFO_WRITE = 0x054;
const FIFO_READ = 0x058;
const FIFO_WORDS = 8;

// Takes the place of the register access of rp2040js' SIO.
export function shareSio(chip) {
  const sio = chip.sio;
  const read = sio.readUint32.bind(sio);
  const write = sio.writeUint32.bind(sio);
  const inbox = [[], []]; // words that the core of this index reads
  const lost = [0, 0]; // sticky bits of the status: 4 written while full, 8 read while empty

  sio.readUint32 = (offset) => {
    const me = chip.core.index;
    switch (offset) {
      case CPUID:
        return me;
      case FIFO_STATUS:
        return (inbox[me].length > 0 ? 1 : 0) | (inbox[1 - me].length < FIFO_WORDS ? 2 : 0) | lost[me];
      case FIFO_READ:
        if (inbox[me].length === 0) lost[me] |= 8;
        return inbox[me].shift() ?? 0;
    }
    return read(offset);
  };
  sio.writeUint32 = (offset, value) => {
    const me = chip.core.index;
    switch (offset) {
      case FIFO_STATUS:
        lost[me] = 0;
        return;
      case FIFO_WRITE:
        if (inbox[1 - me].length < FIFO_WORDS) inbox[1 - me].push(value >>> 0);
        else lost[me] |= 4;
        return;
    }
    write(offset, value);
  };
}

// SEV: both cores have had an event.
export function signalEvent(cores) {
  for (const core of cores) {
    if (core.waitsForEvent) {
      core.waiting = false;
      core.waitsForEvent = false;
    } else {
      core.eventRegistered = true;
    }
  }
}
