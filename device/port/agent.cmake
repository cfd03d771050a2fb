# SPDX-License-Identifier: MIT
# An agent for a chip: the portable rooms and the files of one port, in one call of that chip's own compiler.

# mcullm_agent(BOARD COMPILER gcc FLAGS ... [REPLACES ...] [KERNELS ISA] SOURCES ... [LIBRARIES ...] [DEPENDS ...])
#
# Makes agent-BOARD.elf in the build folder, agent-BOARD.build with the number by which HELLO tells it, and the target
# agent_BOARD (with - as _). Where the compiler is missing it says so and makes nothing: a port asks
# `if(TARGET agent_BOARD)` before it adds more.
#
#   COMPILER  with its prefix: arm-none-eabi-gcc; its objcopy and size have the same prefix
#   FLAGS     processor, optimisation, linker script; warnings, include paths and sections stand here
#   REPLACES  files of the portable rooms that this port links its own version of: engine/matvec.c, kernels/dot_pair_s8.c
#   KERNELS   a folder of kernels/arch/ whose functions take the place of the plain ones of the same names
#   SOURCES   the port's files, and its kernels of kernels/arch/
#   LIBRARIES to link behind everything, by name or as a file: gcc, the compiler's own functions, where -nostdlib
#             leaves them out
#   DEPENDS   what else the program is made of: linker scripts, headers of the port
function(mcullm_agent board)
  cmake_parse_arguments(ARG "" "COMPILER;KERNELS" "FLAGS;REPLACES;SOURCES;LIBRARIES;DEPENDS" ${ARGN})
  string(MAKE_C_IDENTIFIER ${ARG_COMPILER} variable)
  find_program(${variable} ${ARG_COMPILER})
  if(NOT ${variable})
    message(STATUS "SKIPPED: no ${ARG_COMPILER} here, so no agent for ${board} (.packages has what to install)")
    return()
  endif()

  set(device ${PROJECT_SOURCE_DIR}/device)
  set(proto ${PROJECT_SOURCE_DIR}/proto)
  file(GLOB sources CONFIGURE_DEPENDS ${proto}/*.c ${device}/agent/*.c ${device}/engine/*.c ${device}/kernels/*.c)
  foreach(replaced ${ARG_REPLACES})
    set(file ${device}/${replaced})
    if(replaced MATCHES "^proto/")
      set(file ${PROJECT_SOURCE_DIR}/${replaced})
    endif()
    if(NOT file IN_LIST sources)
      message(FATAL_ERROR "${board} replaces ${replaced}, which does not exist")
    endif()
    list(REMOVE_ITEM sources ${file})
  endforeach()
  if(ARG_KERNELS)
    file(GLOB kernels CONFIGURE_DEPENDS ${device}/kernels/arch/${ARG_KERNELS}/*.[cS])
    foreach(kernel ${kernels})
      get_filename_component(name ${kernel} NAME_WE)
      list(REMOVE_ITEM sources ${device}/kernels/${name}.c)
    endforeach()
    list(APPEND sources ${kernels})
  endif()
  list(APPEND sources ${ARG_SOURCES})
  file(GLOB headers CONFIGURE_DEPENDS ${proto}/*.h ${device}/*/*.h ${device}/kernels/arch/*/*.h ${device}/port/bare_metal/*.h
       ${device}/port/cortexm/*.h ${device}/port/drivers/*.h ${device}/port/rp2/*.h ${CMAKE_CURRENT_SOURCE_DIR}/*.h)

  set(libraries ${ARG_LIBRARIES})
  list(TRANSFORM libraries PREPEND -l REGEX "^[^/]")
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${board})
  set(elf ${CMAKE_BINARY_DIR}/agent-${board}.elf)
  add_custom_command(
    OUTPUT ${generated}/agent_build.h ${CMAKE_BINARY_DIR}/agent-${board}.build
    COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}
    COMMAND mcullm_build_id ${PROJECT_VERSION} ${sources} ${headers} > ${generated}/agent_build.h
    COMMAND ${CMAKE_COMMAND} -E copy ${generated}/agent_build.h ${CMAKE_BINARY_DIR}/agent-${board}.build
    DEPENDS mcullm_build_id ${sources} ${headers}
    VERBATIM)
  add_custom_command(
    OUTPUT ${elf}
    COMMAND ${${variable}} ${ARG_FLAGS} -ffunction-sections -fdata-sections -Wl,--gc-sections -Wall -Wextra -Werror
            -I${device} -I${PROJECT_SOURCE_DIR} -I${generated} ${sources} ${libraries} -o ${elf}
    DEPENDS ${sources} ${headers} ${ARG_DEPENDS} ${generated}/agent_build.h
    COMMENT "Building agent-${board}"
    VERBATIM)
  string(MAKE_C_IDENTIFIER agent_${board} target)
  add_custom_target(${target} ALL DEPENDS ${elf})
  # the tests build other programs in the same way
  set(kernels ${sources})
  list(FILTER kernels INCLUDE REGEX "/device/kernels/")
  set_target_properties(${target} PROPERTIES AGENT_COMPILER ${${variable}} AGENT_FLAGS "${ARG_FLAGS}"
                        AGENT_KERNELS "${kernels}" AGENT_PORT "${ARG_SOURCES}" AGENT_LIBRARIES "${libraries}")
endfunction()
