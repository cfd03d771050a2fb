// SPDX-License-Identifier: MIT
// The computer at the other end of the USB cable: asks for what a computer asks for, refuses what a driver would refuse,
// then carries bytes. On the controller of rp2040js, whose transfers take the time that full speed gives them.

const PACKET_MICROSECONDS = 52; // 19 bulk packets of 64 bytes in a frame of a millisecond
const TO_HOST = 0x80;
const CLASS_INTERFACE = 0x21;
const GET_DESCRIPTOR = 6;
const [DEVICE, CONFIGURATION, STRING, INTERFACE, ENDPOINT] = [1, 2, 3, 4, 5];
const CDC_DATA = 10;
const LINE_CODING = Uint8Array.of(0x00, 0x10, 0x0e, 0x00, 0, 0, 8); // 921600 8N1

function setup(type, request, value, index, length) {
  return Uint8Array.of(type, request, value & 255, value >> 8, index & 255, index >> 8, length & 255, length >> 8);
}

export class UsbLink {
  // input: bytes from outside; output: (byte) => void; touch: open the port at 1200 baud, as a flasher does
  constructor(chip, input, output, touch) {
    this.chip = chip;
    this.usb = chip.mcu.usbCtrl;
    this.input = input;
    this.output = output;
    this.overruns = 0;
    this.device = null; // what it said of itself
    this.out = 0; // endpoint numbers, once known
    this.in = 0;
    this.offered = 0; // bytes that the device has room for
    this.steps = this.enumerate(touch);
    this.transfer = null; // the control transfer in work
    this.usb.readDelayMicroseconds = this.usb.writeDelayMicroseconds = PACKET_MICROSECONDS;
    this.usb.onUSBEnabled = () => this.usb.resetDevice();
    this.usb.onResetReceived = () => this.nextStep(null);
    this.usb.onEndpointWrite = (endpoint, bytes) => this.received(endpoint, bytes);
    this.usb.onEndpointRead = (endpoint, size) => this.wanted(endpoint, size);
  }

  refuse(text) {
    this.chip.violate(this.chip.mcu.core, `USB: ${text}`);
  }

  // The control transfers, one after another; each yields what the device answers.
  *enumerate(touch) {
    yield { setup: setup(0, 5, 7, 0, 0) }; // address 7
    const device = yield { setup: setup(TO_HOST, GET_DESCRIPTOR, DEVICE << 8, 0, 18) };
    if (device.length !== 18 || device[0] !== 18 || device[1] !== DEVICE) this.refuse('a device descriptor is 18 bytes');
    const head = yield { setup: setup(TO_HOST, GET_DESCRIPTOR, CONFIGURATION << 8, 0, 9) };
    const total = head[2] | (head[3] << 8);
    const configuration = yield { setup: setup(TO_HOST, GET_DESCRIPTOR, CONFIGURATION << 8, 0, 255) };
    if (configuration.length !== total) this.refuse(`a configuration of ${total} bytes came as ${configuration.length}`);
    this.readConfiguration(configuration);
    const strings = [];
    yield { setup: setup(TO_HOST, GET_DESCRIPTOR, STRING << 8, 0, 255) };
    for (const index of [device[14], device[15], device[16]]) {
      if (index === 0) continue;
      const bytes = yield { setup: setup(TO_HOST, GET_DESCRIPTOR, (STRING << 8) | index, 0x409, 255) };
      if (bytes.length !== bytes[0] || bytes[1] !== STRING) this.refuse(`string ${index} is malformed`);
      strings.push(Buffer.from(bytes.subarray(2)).toString('utf16le'));
    }
    yield { setup: setup(0, 9, configuration[5], 0, 0) };
    const coding = touch ? Uint8Array.of(0xb0, 0x04, 0, 0, 0, 0, 8) : LINE_CODING;
    yield { setup: setup(CLASS_INTERFACE, 0x20, 0, 0, 7), data: coding };
    const told = yield { setup: setup(TO_HOST | CLASS_INTERFACE, 0x21, 0, 0, 7) };
    if (Buffer.compare(told, coding) !== 0) this.refuse('it forgets its line coding');
    yield { setup: setup(CLASS_INTERFACE, 0x22, 3, 0, 0) }; // DTR, RTS
    this.device = { vendor: device[8] | (device[9] << 8), product: device[10] | (device[11] << 8), strings };
  }

  readConfiguration(bytes) {
    let data = false;
    for (let at = 0; at < bytes.length; at += bytes[at]) {
      if (bytes[at] < 2 || at + bytes[at] > bytes.length) this.refuse('a descriptor runs over the end');
      if (bytes[at + 1] === INTERFACE) data = bytes[at + 5] === CDC_DATA;
      if (bytes[at + 1] === ENDPOINT && data) {
        if (bytes[at + 2] & TO_HOST) this.in = bytes[at + 2] & 15;
        else this.out = bytes[at + 2];
      }
    }
    if (this.in === 0 || this.out === 0) this.refuse('no CDC data interface with two endpoints');
  }

  nextStep(answer) {
    const { value, done } = this.steps.next(answer);
    this.transfer = done ? null : { ...value, answer: [], sent: value.data === undefined };
    if (!done) this.usb.sendSetupPacket(value.setup);
  }

  // A packet from the device. A control transfer ends with its status: towards us, or by the end of its data.
  received(endpoint, bytes) {
    if (endpoint === this.in && endpoint !== 0) bytes.forEach(this.output);
    if (endpoint !== 0 || this.transfer === null) return;
    const { transfer } = this;
    if (!(transfer.setup[0] & TO_HOST)) return this.nextStep(null);
    transfer.answer.push(...bytes);
    const wanted = transfer.setup[6] | (transfer.setup[7] << 8);
    if (bytes.length < 64 || transfer.answer.length >= wanted) this.nextStep(Uint8Array.from(transfer.answer));
  }

  // The device has a buffer for a packet.
  wanted(endpoint, size) {
    if (endpoint === 0 && this.transfer !== null && !this.transfer.sent) {
      this.transfer.sent = true;
      this.usb.endpointReadDone(0, this.transfer.data);
    } else if (endpoint === this.out && endpoint !== 0) {
      this.offered = size;
      this.feed();
    }
  }

  feed() {
    if (this.offered === 0 || this.input.size === 0 || this.device === null) return;
    const bytes = Uint8Array.from({ length: Math.min(this.offered, this.input.size) }, () => this.input.take());
    this.offered = 0;
    this.usb.endpointReadDone(this.out, bytes);
  }

  // Time brings the packets under way, and the device to its feet.
  wants() {
    const { endpointReadAlarms, endpointWriteAlarms } = this.usb;
    const underWay = (alarm) => alarm.buffers.length > 0;
    return this.device === null || endpointReadAlarms.some(underWay) || endpointWriteAlarms.some(underWay);
  }
}
