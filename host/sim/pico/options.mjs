// SPDX-License-Identifier: MIT
import fs from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const EXIT_USAGE = 2;

const usage = `usage: node main.mjs [options]
A simulated Raspberry Pi Pico whose serial line is standard input and output.
  --firmware FILE.uf2   copied to the flash before the start, as to the board's USB drive
  --volume FOLDER       the drive of the boot loader, which a board without a program is in; without it the run ends there
  --flash FILE          keeps the flash, 2 MiB, from run to run; made when missing
  --link uart|usb       the line: UART0, or USB as a serial port (default usb); usb-touch opens it at 1200 baud
  --xip-miss CYCLES     what a miss in the flash's cache costs (default 64)
  --rom FILE            boot ROM (default: rom.bin beside this program)
  --report FILE         a line of JSON: cycles, misses, violations; at the end and whenever the board is idle
  --power-cut-at N      the supply fails in the middle of the N-th change of the flash by the program
  --exit-on-reset yes   a restart of the chip ends the run
  --max-cycles N        ends the run
`;

function number(option, text) {
  const value = Number(text);
  if (text === undefined || text === '' || !Number.isInteger(value) || value < 0) refuse(`${option} wants a number`);
  return value;
}

function choice(option, text, choices) {
  if (!choices.includes(text)) refuse(`${option} is one of ${choices.join(', ')}`);
  return text;
}

function refuse(text) {
  fs.writeSync(2, `mcullm-sim-pico: ${text}\n${usage}`);
  process.exit(EXIT_USAGE);
}

export function parse(argv) {
  const options = {
    firmware: null,
    volume: null,
    flash: null,
    flashBytes: 2 * 1024 * 1024,
    link: 'usb',
    xipMiss: 64,
    rom: fileURLToPath(new URL('rom.bin', import.meta.url)),
    powerCutAt: 0,
    exitOnReset: false,
    report: null,
    maxCycles: null,
  };
  const known = {
    '--firmware': (text) => (options.firmware = text),
    '--volume': (text) => (options.volume = text),
    '--flash': (text) => (options.flash = text),
    '--link': (text) => (options.link = choice('--link', text, ['uart', 'usb', 'usb-touch'])),
    '--xip-miss': (text) => (options.xipMiss = number('--xip-miss', text)),
    '--rom': (text) => (options.rom = text),
    '--power-cut-at': (text) => (options.powerCutAt = number('--power-cut-at', text)),
    '--exit-on-reset': (text) => (options.exitOnReset = choice('--exit-on-reset', text, ['yes', 'no']) === 'yes'),
    '--report': (text) => (options.report = text),
    '--max-cycles': (text) => (options.maxCycles = number('--max-cycles', text)),
  };
  for (let i = 0; i < argv.length; i += 2) {
    if (argv[i] === '--help') {
      fs.writeSync(1, usage);
      process.exit(0);
    }
    if (known[argv[i]] === undefined) refuse(`unknown option '${argv[i]}'`);
    if (argv[i + 1] === undefined) refuse(`${argv[i]} wants a value`);
    known[argv[i]](argv[i + 1]);
  }
  return options;
}
