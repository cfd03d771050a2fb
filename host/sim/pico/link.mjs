// SPDX-License-Identifier: MIT
// The line between the world outside and the chip: bytes to and from UART0.

const BITS_PER_BYTE = 10; // start, 8 of data, stop
const BURST = 16; // bytes in the receiver's FIFO at which the chip is interrupted, as after reset (PL011: UARTIFLS)

export class UartLink {
  // input: bytes from outside, shared by all lives of the chip; output: (byte) => void
  constructor(chip, input, output) {
    this.uart = chip.mcu.uart[0];
    this.input = input;
    this.overruns = 0;
    this.coming = 0; // bytes on the wire
    this.uart.onByte = output;
    this.arrival = chip.clock.createAlarm(() => this.arrive());
  }

  // Bytes come no faster than the line carries them, at the speed that the chip has chosen.
  feed() {
    if (this.coming > 0 || this.input.size === 0 || !this.uart.enabled || this.uart.baudDivider === 0) return;
    this.coming = Math.min(BURST, this.input.size);
    this.arrival.schedule((this.coming * BITS_PER_BYTE * 1e9) / this.uart.baudRate);
  }

  arrive() {
    for (; this.coming > 0; this.coming--) {
      if (this.uart.rxFIFO.full) this.overruns++;
      this.uart.feedByte(this.input.take());
    }
    this.feed();
  }

  // Is there anything that only time brings?
  wants() {
    return this.coming > 0;
  }
}

// Bytes in the order in which they came.
export class ByteQueue {
  constructor() {
    this.pieces = [];
    this.at = 0; // in the first piece
    this.size = 0;
  }

  put(bytes) {
    if (bytes.length > 0) this.pieces.push(bytes);
    this.size += bytes.length;
  }

  take() {
    const piece = this.pieces[0];
    this.size--;
    const byte = piece[this.at++];
    if (this.at === piece.length) {
      this.pieces.shift();
      this.at = 0;
    }
    return byte;
  }
}
