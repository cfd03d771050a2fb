# SPDX-License-Identifier: MIT
# mcullm_uf2(BOARD): agent-BOARD.uf2, the file that a person copies to the board, beside agent-BOARD.elf; and the target
# agent_BOARD_uf2. Its writer is a part of the host: without that it does nothing.
function(mcullm_uf2 board)
  find_program(ARM_OBJCOPY arm-none-eabi-objcopy)
  if(NOT TARGET agent_${board} OR NOT ARM_OBJCOPY OR (MCULLM_ROOMS AND NOT "flash" IN_LIST MCULLM_ROOMS))
    return()
  endif()
  set(agent ${CMAKE_BINARY_DIR}/agent-${board})
  add_custom_command(
    OUTPUT ${agent}.uf2
    COMMAND ${ARM_OBJCOPY} -O binary ${agent}.elf ${agent}.bin
    COMMAND mcullm-make-uf2 ${board} 0x10000000 ${agent}.bin ${agent}.uf2
    DEPENDS ${agent}.elf mcullm-make-uf2
    VERBATIM)
  add_custom_target(agent_${board}_uf2 ALL DEPENDS ${agent}.uf2)
  add_dependencies(agent_${board}_uf2 agent_${board})
endfunction()
