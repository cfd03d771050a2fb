// SPDX-License-Identifier: MIT
// The board in time: runs the cores in the order of their cycles, lets the peripherals' clock follow, and sleeps with
// the chip.
import { Chip } from './chip.mjs';

const SLICE_INSTRUCTIONS = 200000; // between two looks at the world outside
const FEED_MASK = 255; // instructions between two looks at the link's input

export class Board {
  // options: those of Chip but time; attach (chip => link with feed() and wants())
  constructor(options) {
    this.options = options;
    this.resets = -1;
    this.instructions = 0;
    this.retired = { hits: 0, misses: 0, waited: 0 }; // of the chips before
    this.start(0);
  }

  start(time) {
    this.resets++;
    this.chip = new Chip({ ...this.options, time });
    this.link = this.options.attach(this.chip);
    [this.core0, this.core1] = this.chip.cores;
    this.clockTime = time; // cycle that the peripherals' clock has reached
  }

  get time() {
    return Math.max(...this.chip.cores.map((core) => core.time));
  }

  xip() {
    const { hits, misses, waited } = this.chip.xip;
    return { hits: this.retired.hits + hits, misses: this.retired.misses + misses, waited: this.retired.waited + waited };
  }

  // Runs until the chip sleeps with nothing to come, restarts, or for a slice. Returns 'asleep', 'running' or
  // 'boot loader'.
  run() {
    for (let n = 0; n < SLICE_INSTRUCTIONS; n++) {
      if ((n & FEED_MASK) === 0) this.link.feed();
      const core = this.next();
      if (core === null) {
        if (!this.sleep()) return 'asleep';
        continue;
      }
      this.chip.mcu.core = core;
      core.step();
      this.instructions++;
      this.chip.mcu.core = this.core0;
      this.advance();
      if (this.chip.ended !== null) return this.restarted() ? 'boot loader' : 'running';
    }
    return 'running';
  }

  // The core whose turn it is; null when both sleep. One that wakes has slept until now.
  next() {
    const a = this.core0;
    const b = this.core1;
    if (a.waiting) return b.waiting ? null : this.wake(b, a);
    if (b.waiting) return this.wake(a, b);
    return a.time <= b.time ? a : b;
  }

  wake(core, sleeper) {
    if (sleeper.time < core.time) {
      sleeper.asleep += core.time - sleeper.time;
      sleeper.time = core.time;
    }
    return core;
  }

  advance() {
    const now = Math.min(this.core0.time, this.core1.time);
    if (now <= this.clockTime) return;
    const clock = this.chip.clock;
    this.chip.mark.cycle = this.clockTime;
    this.chip.mark.nanos = clock.nanosCounter;
    const nanos = clock.nanosCounter + ((now - this.clockTime) * 1e9) / this.chip.mcu.clkSys;
    this.clockTime = now;
    if (clock.nextAlarm !== null && clock.nextAlarm.nanos <= nanos) clock.tick(nanos - clock.nanosCounter);
    else clock.nanosCounter = nanos;
  }

  // Both cores sleep: time goes on to what the link waits for, if it does. Time stands still otherwise.
  sleep() {
    this.link.feed();
    if (this.chip.cores.some((core) => !core.waiting)) return true;
    if (!this.link.wants()) return false;
    const clock = this.chip.clock;
    const cycles = Math.ceil(Math.max(0, clock.nanosToNextAlarm * this.chip.mcu.clkSys) / 1e9);
    for (const core of this.chip.cores) {
      core.asleep += this.clockTime + cycles - core.time;
      core.time = this.clockTime + cycles;
    }
    this.advance();
    return true;
  }

  // true: into the boot loader
  restarted() {
    if (this.chip.ended === 'boot loader') return true;
    const { hits, misses, waited } = this.xip();
    this.retired = { hits, misses, waited };
    this.start(this.time);
    return false;
  }
}
