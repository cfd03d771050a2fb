// SPDX-License-Identifier: MIT
// A simulated Raspberry Pi Pico. Its serial line is standard input and output; README.md says what is modelled.
import fs from 'node:fs';
import process from 'node:process';
import { Board } from './board.mjs';
import { waitForUf2 } from './boot_loader.mjs';
import { Violation } from './chip.mjs';
import { Flash } from './flash.mjs';
import { ByteQueue, UartLink } from './link.mjs';
import { parse } from './options.mjs';
import { report } from './report.mjs';
import { UsbLink } from './usb_host.mjs';
import { readUf2, storePages } from './uf2.mjs';

const EXIT_INPUT = 3;
const EXIT_VIOLATION = 9;
const REPORT_INTERVAL_MS = 200;

const options = parse(process.argv.slice(2));
const input = new ByteQueue();
let output = [];
let flash = null;
let board = null;
let asleep = false;
let inputEnded = false;
let violation = null;
let reportedAt = 0;

function say(text) {
  fs.writeSync(2, `mcullm-sim-pico: ${text}\n`);
}

function writeReport() {
  if (options.report === null || board === null) return;
  fs.writeFileSync(`${options.report}.part`, JSON.stringify(report(board, violation)) + '\n');
  fs.renameSync(`${options.report}.part`, options.report);
  reportedAt = Date.now();
}

function finish(code) {
  writeReport();
  process.exit(code);
}

function flushOutput() {
  if (output.length === 0) return;
  process.stdout.write(Buffer.from(output)); // pipes and files are written before the process ends
  output = [];
}

function complain(text) {
  say(text);
  finish(EXIT_INPUT);
}

function attach(chip, put) {
  if (options.link === 'uart') return new UartLink(chip, input, put);
  return new UsbLink(chip, input, put, options.link === 'usb-touch');
}

function turn() {
  asleep = false;
  let state;
  try {
    state = board.run();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error.message;
  }
  flushOutput();
  if (violation !== null) {
    say(violation);
    finish(EXIT_VIOLATION);
  }
  if (options.exitOnReset && board.resets > 0) finish(0);
  if (options.maxCycles !== null && board.time >= options.maxCycles) finish(0);
  if (state === 'boot loader') {
    say('the board is in its boot loader and waits for a UF2 file');
    if (options.volume === null) finish(0);
    return waitForUf2(flash, options.volume, complain, () => {
      board.start(board.time);
      turn();
    });
  }
  if (state === 'running') return setImmediate(turn);
  asleep = true;
  if (inputEnded) finish(0);
  if (Date.now() - reportedAt > REPORT_INTERVAL_MS) writeReport();
}

function listen() {
  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  process.stdin.on('data', (bytes) => {
    input.put(bytes);
    if (asleep) turn();
  });
  process.stdin.on('end', () => {
    inputEnded = true;
    if (asleep) finish(0);
  });
  process.stdin.on('error', () => finish(0)); // a terminal that nobody holds any more
  process.stdout.on('error', () => finish(0));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => finish(0));
  process.on('SIGUSR1', writeReport);
}

try {
  flash = new Flash(options.flashBytes, options.flash);
  if (options.firmware !== null) storePages(flash, readUf2(fs.readFileSync(options.firmware)));
  flash.cutAfter(options.powerCutAt, () => finish(0));
  const rom = fs.readFileSync(options.rom);
  board = new Board({
    rom,
    flash,
    missCycles: options.xipMiss,
    random: Math.random,
    attach: (chip) => attach(chip, (byte) => output.push(byte)),
  });
} catch (error) {
  complain(error.message);
}
listen();
turn();
