# SPDX-License-Identifier: MIT
# Fails when the program ELF takes more than FLASH bytes of flash or SRAM bytes of static memory.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${SIZE} ${ELF} OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "\n *([0-9]+)[ \t]+([0-9]+)[ \t]+([0-9]+)" row "${table}")
math(EXPR flash "${CMAKE_MATCH_1} + ${CMAKE_MATCH_2}")
math(EXPR sram "${CMAKE_MATCH_2} + ${CMAKE_MATCH_3}")
message(STATUS "flash ${flash} of ${FLASH} bytes, static memory ${sram} of ${SRAM}")
if(flash GREATER FLASH OR sram GREATER SRAM)
  message(FATAL_ERROR "the agent has outgrown the chip")
endif()
