// SPDX-License-Identifier: MIT
// What the chip's boot loader makes of a UF2 file (https://github.com/microsoft/uf2): pages for the flash.
import { PAGE_BYTES, SECTOR_BYTES } from './flash.mjs';

const BLOCK_BYTES = 512;
const MAGIC = [0x0a324655, 0x9e5d5157];
const MAGIC_END = 0x0ab16f30;
const NOT_MAIN_MEMORY = 1;
const FAMILY_PRESENT = 0x2000;
const FAMILY_RP2040 = 0xe48bff56;
const FLASH_BEGIN = 0x10000000;
const DATA_AT = 32;

// Pages {at, bytes} by their offset in the flash. Throws for a file that the boot loader would not take.
export function readUf2(file) {
  if (file.length === 0 || file.length % BLOCK_BYTES !== 0) throw Error('not a whole number of UF2 blocks');
  const pages = [];
  for (let begin = 0; begin < file.length; begin += BLOCK_BYTES) {
    const word = (at) => file.readUInt32LE(begin + at);
    if (word(0) !== MAGIC[0] || word(4) !== MAGIC[1] || word(508) !== MAGIC_END) throw Error('not a UF2 block');
    if (word(8) & NOT_MAIN_MEMORY) continue;
    if (!(word(8) & FAMILY_PRESENT) || word(28) !== FAMILY_RP2040) throw Error('a UF2 block for another chip');
    const at = word(12) - FLASH_BEGIN;
    if (word(16) !== PAGE_BYTES || at < 0 || at % PAGE_BYTES !== 0) throw Error('a UF2 block that is no page of flash');
    pages.push({ at, bytes: file.subarray(begin + DATA_AT, begin + DATA_AT + PAGE_BYTES) });
  }
  return pages;
}

// Writes the pages that are not there already, sector by sector; what else a sector holds is lost, as on the chip.
export function storePages(flash, pages) {
  const differs = ({ at, bytes }) => Buffer.compare(flash.bytes.subarray(at, at + PAGE_BYTES), bytes) !== 0;
  const sectors = new Set(pages.filter(differs).map(({ at }) => at - (at % SECTOR_BYTES)));
  for (const sector of sectors) flash.erase(sector, SECTOR_BYTES);
  for (const page of pages) {
    if (sectors.has(page.at - (page.at % SECTOR_BYTES))) flash.program(page.at, page.bytes);
  }
}
