// SPDX-License-Identifier: MIT
// The time that DMA takes, of which rp2040js knows none: a read and a write for each transfer (RP2040 datasheet 2.5), and
// where it reads the flash what the flash takes, in line with the cores.

const FLASH_ALIASES = 0x10 >>> 2;
const CYCLES_PER_TRANSFER = 2;

// now: () => the cycle of this moment
export function timeDma(mcu, xip, now) {
  for (const channel of mcu.dma.channels) {
    const { transferAlarm } = channel;
    const schedule = transferAlarm.schedule.bind(transferAlarm);
    transferAlarm.schedule = (nanos) => {
      const address = channel.readAddr >>> 0;
      const flash = address >>> 26 === FLASH_ALIASES ? xip.read(address, now()) : 0;
      schedule(nanos + ((CYCLES_PER_TRANSFER + flash) * 1e9) / mcu.clkSys);
    };
  }
}
