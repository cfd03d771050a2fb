// SPDX-License-Identifier: MIT
// The line to the flash chip while a program holds its chip select low by the pin's override (RP2040 datasheet 2.19.6.2,
// GPIO_QSPI_SS_CTRL; 4.10): bytes go out by DR0, and as many come back. At all other times rp2040js answers for the SSI.

const SSI_PAGE = 0x18000;
const IO_QSPI_PAGE = 0x40018;
const SS_CTRL = 0x0c;
const OUTOVER = 3 << 8;
const OUTOVER_LOW = 2 << 8;
const [DR0, SR] = [0x60, 0x28];
const SR_TFNF = 1 << 1;
const SR_TFE = 1 << 2;
const SR_RFNE = 1 << 3;
const FIFO_BYTES = 16;
const READ_UNIQUE_ID = 0x4b; // W25Q16JV: four bytes without meaning, then the 64 bits
const ID_AT = 5;

export class FlashLine {
  // id: the flash chip's, 8 bytes; violate: (text) => never
  constructor(mcu, id, violate) {
    this.id = id;
    this.violate = violate;
    this.control = 0; // of the chip select pin
    this.release();
    this.takeOver(mcu.peripherals[SSI_PAGE]);
    const pin = mcu.peripherals[IO_QSPI_PAGE];
    pin.readUint32 = (at) => (at === SS_CTRL ? this.control : 0);
    pin.writeUint32 = (at, value) => at === SS_CTRL && this.select(value);
  }

  // The boot ROM's flush of the cache gives the pin back to the SSI (2.8.3.1.3).
  release() {
    this.select(0);
  }

  select(control) {
    this.control = control;
    this.held = (control & OUTOVER) === OUTOVER_LOW;
    this.sent = []; // since the pin went low
    this.answers = []; // not read yet
  }

  takeOver(ssi) {
    const read = ssi.readUint32.bind(ssi);
    const write = ssi.writeUint32.bind(ssi);
    ssi.readUint32 = (at) => {
      if (!this.held || (at !== DR0 && at !== SR)) return read(at);
      if (at === SR) return SR_TFE | SR_TFNF | (this.answers.length > 0 ? SR_RFNE : 0);
      return this.answers.length > 0 ? this.answers.shift() : this.violate('reads an answer of the flash that has not come');
    };
    ssi.writeUint32 = (at, value) => {
      if (!this.held || at !== DR0) return write(at, value);
      if (this.answers.length === FIFO_BYTES) this.violate('loses an answer of the flash');
      this.answers.push(this.answer(this.sent.length));
      this.sent.push(value & 255);
    };
  }

  answer(at) {
    return this.sent[0] === READ_UNIQUE_ID && at >= ID_AT && at < ID_AT + this.id.length ? this.id[at - ID_AT] : 0xff;
  }
}
