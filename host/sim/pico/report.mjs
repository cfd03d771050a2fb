// SPDX-License-Identifier: MIT

// What a run was, in numbers.
export function report(board, violation) {
  const [core0, core1] = board.chip.cores;
  return {
    cycles: board.time,
    clock_hz: board.chip.mcu.clkSys,
    instructions: board.instructions,
    asleep_cycles: [core0.asleep, core1.asleep],
    xip: board.xip(),
    uart_overruns: board.link.overruns,
    usb_device: board.link.device ?? null,
    resets: board.resets,
    violations: violation === null ? [] : [violation],
  };
}
