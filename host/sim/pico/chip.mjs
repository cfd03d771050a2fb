// SPDX-License-Identifier: MIT
// The chip: rp2040js, two cores, and what it does not model. Built anew at every reset; flash and time go on.
import { RP2040 } from './node_modules/rp2040js/dist/esm/index.js';
import { Core, hex } from './core.mjs';
import { timeDma } from './dma.mjs';
import { shareSio, signalEvent } from './sio.mjs';
import { FlashLine } from './ssi.mjs';
import { XipCache } from './xip.mjs';

const ROSC_RANDOMBIT = 0x1c;
const ROSC_PAGE = 0x40060;
const WATCHDOG_PAGE = 0x40058;

// Calls of the boot ROM (rom.S)
const ROM_CONNECT = 0xe0;
const ROM_EXIT_XIP = 0xe1;
const ROM_ERASE = 0xe2;
const ROM_PROGRAM = 0xe3;
const ROM_FLUSH = 0xe4;
const ROM_ENTER_XIP = 0xe5;
const ROM_BOOT_LOADER = 0xe6;

// What ends the chip's life as it is.
export class Violation extends Error {}

export class Chip {
  // options: rom (Uint8Array), flash (Flash), missCycles, random (() => 0..1), time (cycles since power-on)
  constructor(options) {
    this.flash = options.flash;
    this.ended = null; // 'reset' or 'boot loader', when the program has asked for it
    this.log = [];
    const mcu = new RP2040();
    this.mcu = mcu;
    this.clock = mcu.clock;
    mcu.logger = this.logger();
    mcu.bootrom.set(words(options.rom));
    mcu.flash.set(this.flash.bytes);
    this.xip = new XipCache(options.missCycles);
    this.cores = [0, 1].map((index) => new Core(mcu, index, this.xip, (core, text) => this.violate(core, text)));
    for (const core of this.cores) core.restart(options.time);
    mcu.core = this.cores[0];
    this.mark = { cycle: options.time, nanos: 0 }; // a moment on both clocks
    shareSio(mcu);
    timeDma(mcu, this.xip, () => this.now());
    this.flashLine = new FlashLine(mcu, this.flash.id, (text) => this.violate(mcu.core, text));
    mcu.onBreak = (code) => this.callRom(mcu.core, code);
    mcu.setInterrupt = (irq, on) => this.cores.forEach((core) => core.setInterrupt(irq, on));
    mcu.peripherals[WATCHDOG_PAGE].onWatchdogTrigger = () => (this.ended = 'reset');
    const rosc = mcu.peripherals[ROSC_PAGE];
    const readRosc = rosc.readUint32.bind(rosc);
    rosc.readUint32 = (at) => (at === ROSC_RANDOMBIT ? (options.random() < 0.5 ? 0 : 1) : readRosc(at));
  }

  now() {
    return Math.round(this.mark.cycle + ((this.clock.nanos - this.mark.nanos) * this.mcu.clkSys) / 1e9);
  }

  // Everything that the emulator warns of is something that a chip would not do.
  logger() {
    const complain = (part, text) => this.violate(this.mcu.core, `${part}: ${text}`);
    return {
      debug() {},
      info: (part, text) => text === 'SEV' && signalEvent(this.cores), // it has no other hook for it
      warn: complain,
      error: complain,
    };
  }

  violate(core, text) {
    throw new Violation(`core ${core?.index} at ${hex(core?.PC ?? 0)}, cycle ${core?.time}: ${text}`);
  }

  callRom(core, code) {
    const [r0, r1, r2] = core.registers;
    try {
      switch (code) {
        case ROM_CONNECT:
        case ROM_EXIT_XIP:
        case ROM_ENTER_XIP:
          return;
        case ROM_FLUSH:
          this.flashLine.release();
          return this.xip.flush();
        case ROM_ERASE:
          return this.flashChanged(core, r0, r1, this.flash.erase(r0, r1));
        case ROM_PROGRAM: {
          const bytes = Uint8Array.from({ length: r2 }, (_, i) => this.mcu.readUint8(r1 + i));
          return this.flashChanged(core, r0, r2, this.flash.program(r0, bytes));
        }
        case ROM_BOOT_LOADER:
          this.ended = 'boot loader';
          return;
      }
    } catch (error) {
      this.violate(core, error.message);
    }
    this.violate(core, `breakpoint ${code}`);
  }

  flashChanged(core, at, count, nanoseconds) {
    this.mcu.flash.set(this.flash.bytes.subarray(at, at + count), at);
    core.stall += Math.round((nanoseconds * this.mcu.clkSys) / 1e9);
  }
}

function words(bytes) {
  const padded = new Uint8Array(16384);
  padded.set(bytes);
  return new Uint32Array(padded.buffer);
}
