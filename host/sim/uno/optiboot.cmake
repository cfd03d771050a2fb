# SPDX-License-Identifier: MIT
# Builds the Uno's boot loader from Debian's package arduino-core-avr:  cmake -DOUT=FOLDER -P optiboot.cmake
# leaves FOLDER/optiboot.hex. The package is downloaded, not installed, when it is not there.
# Its own optiboot_atmega328.hex cannot be used: 532 bytes overlap the version word at 0x7ffe. Without the
# LED flashes it is 496 bytes.
cmake_minimum_required(VERSION 3.25)
if(NOT OUT)
  message(FATAL_ERROR "say where to: -DOUT=FOLDER")
endif()
file(MAKE_DIRECTORY ${OUT})

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${OUT} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()

set(core usr/share/arduino/hardware/arduino/avr/bootloaders/optiboot)
set(source /${core})
if(NOT EXISTS ${source}/optiboot.c)
  run(apt-get -q download arduino-core-avr)
  file(GLOB package ${OUT}/arduino-core-avr_*.deb)
  run(dpkg-deb -x ${package} ${OUT}/package)
  set(source ${OUT}/package/${core})
endif()

run(avr-gcc -mmcu=atmega328p -Os -fno-inline-small-functions -fno-split-wide-types -mrelax -w
    -DF_CPU=16000000L -DBAUD_RATE=115200 -DLED_START_FLASHES=0
    -Wl,--section-start=.text=0x7e00 -Wl,--section-start=.version=0x7ffe -Wl,--relax -Wl,--gc-sections
    -nostartfiles -nostdlib -o optiboot.elf ${source}/optiboot.c)
run(avr-objcopy -j .text -j .data -j .version --set-section-flags .version=alloc,load -O ihex
    optiboot.elf optiboot.hex)
