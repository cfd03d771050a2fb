// SPDX-License-Identifier: MIT
// One Cortex-M0+ of the chip, with what rp2040js leaves out: time lost at the flash, and the faults that a real core
// takes where the emulated one reads on.
import { CortexM0Core } from './node_modules/rp2040js/dist/esm/cortex-m0-core.js';

const FLASH = 0x10;
const SRAM_BEGIN = 0x20000000;
const SRAM_BYTES = 264 * 1024;
const EXCEPTION_ENTRY_CYCLES = 15; // Cortex-M0+ manual (DDI 0484) 3.6
const WFE = 0xbf20;

export class Core extends CortexM0Core {
  constructor(chip, index, xip, fault) {
    super(chip);
    this.index = index;
    this.xip = xip;
    this.fault = fault; // (core, text) => never returns
    this.time = 0; // cycles since power-on, waiting included
    this.stall = 0; // of the instruction in work
    this.asleep = 0; // cycles in WFI and WFE
    this.instructions = 0;
    this.waitsForEvent = false; // of `waiting`: WFE, not WFI
    this.sram = chip.sram;
    this.sramView = chip.sramView;
  }

  // As the boot ROM finds it.
  restart(time) {
    this.VTOR = 0;
    this.reset();
    this.time = time;
    this.waiting = false;
  }

  step() {
    this.stall = 0;
    const cycles = this.executeInstruction() + this.stall;
    this.instructions++;
    this.time += cycles;
    if (this.waiting) this.fallAsleep();
  }

  // An interrupt that is pending already ends the sleep before it begins.
  fallAsleep() {
    this.waitsForEvent = this.rp2040.readUint16(this.PC - 2) === WFE;
    if (!this.waitsForEvent && (this.pendingInterrupts & this.enabledInterrupts || this.pendingSystick)) {
      this.waiting = false;
      this.interruptsUpdated = true;
    }
  }

  exceptionEntry(number) {
    this.time += EXCEPTION_ENTRY_CYCLES;
    super.exceptionEntry(number);
  }

  readUint8(address) {
    const offset = (address >>> 0) - SRAM_BEGIN;
    if (offset >= 0 && offset < SRAM_BYTES) return this.sram[offset];
    if (address >>> 26 === FLASH >>> 2) this.stall += this.xip.read(address, this.time + this.stall);
    return super.readUint8(address);
  }

  readUint16(address) {
    if (address & 1) this.fault(this, `reads a halfword at ${hex(address)}, which is not aligned`);
    const offset = (address >>> 0) - SRAM_BEGIN;
    if (offset >= 0 && offset < SRAM_BYTES) return this.sramView.getUint16(offset, true);
    if (address >>> 26 === FLASH >>> 2) this.stall += this.xip.read(address, this.time + this.stall);
    return super.readUint16(address);
  }

  readUint32(address) {
    if (address & 3) this.fault(this, `reads a word at ${hex(address)}, which is not aligned`);
    const offset = (address >>> 0) - SRAM_BEGIN;
    if (offset >= 0 && offset < SRAM_BYTES) return this.sramView.getUint32(offset, true);
    if (address >>> 26 === FLASH >>> 2) this.stall += this.xip.read(address, this.time + this.stall);
    return super.readUint32(address);
  }

  writeUint8(address, value) {
    this.checkWrite(address);
    super.writeUint8(address, value);
  }

  writeUint16(address, value) {
    if (address & 1) this.fault(this, `writes a halfword at ${hex(address)}, which is not aligned`);
    this.checkWrite(address);
    super.writeUint16(address, value);
  }

  writeUint32(address, value) {
    if (address & 3) this.fault(this, `writes a word at ${hex(address)}, which is not aligned`);
    const offset = (address >>> 0) - SRAM_BEGIN;
    if (offset >= 0 && offset < SRAM_BYTES) {
      this.sramView.setUint32(offset, value, true);
      return;
    }
    this.checkWrite(address);
    super.writeUint32(address, value);
  }

  // The emulator would store to flash and ROM.
  checkWrite(address) {
    if (address >>> 28 <= 1 && address >>> 24 !== 0x14 && address >>> 24 !== 0x18)
      this.fault(this, `writes to ${hex(address)}, which is flash or ROM`);
  }
}

export function hex(value) {
  return '0x' + (value >>> 0).toString(16).padStart(8, '0');
}
