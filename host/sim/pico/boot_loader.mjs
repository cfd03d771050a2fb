// SPDX-License-Identifier: MIT
// The chip in its boot loader (RP2040 datasheet 2.8.4): a drive that takes a UF2 file. The drive is a folder of this
// computer, which is filled when the drive appears and emptied when it vanishes.
import fs from 'node:fs';
import path from 'node:path';
import { readUf2, storePages } from './uf2.mjs';

const INFO = 'UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n';
const LOOK_EVERY_MS = 50;

// A whole file for this chip, or null: none yet, or one that is still being written.
function wholeFile(folder) {
  for (const name of fs.readdirSync(folder).filter((each) => each.toLowerCase().endsWith('.uf2'))) {
    const file = fs.readFileSync(path.join(folder, name));
    if (file.length >= 512 && file.length === 512 * file.readUInt32LE(24)) return file;
  }
  return null;
}

// Calls back when a program has been stored. `complain` gets what is wrong with a file.
export function waitForUf2(flash, folder, complain, done) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'INFO_UF2.TXT'), INFO);
  const look = setInterval(() => {
    const file = wholeFile(folder);
    if (file === null) return;
    clearInterval(look);
    try {
      storePages(flash, readUf2(file));
    } catch (error) {
      return complain(error.message);
    }
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    done();
  }, LOOK_EVERY_MS);
}
