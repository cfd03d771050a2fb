# SPDX-License-Identifier: MIT
# Compiles proto/ and device/{agent,engine,kernels} with COMPILER and FLAGS, prints sizes, looks at the symbols.
cmake_minimum_required(VERSION 3.25)
find_program(compiler ${COMPILER})
if(NOT compiler)
  if(REQUIRED)
    message(FATAL_ERROR "${COMPILER} is missing: install the packages of .packages, "
                        "or configure with -DMCULLM_CROSS=OFF")
  endif()
  message(STATUS "SKIPPED: no ${COMPILER} here, and MCULLM_CROSS is off")
  return()
endif()
string(REGEX REPLACE "gcc$" "" prefix ${compiler})

file(MAKE_DIRECTORY ${WORK_DIR})
file(WRITE ${WORK_DIR}/agent_build.h "#define AGENT_BUILD 1u\n")
set(warnings -Wall -Wextra -Wconversion -Wshadow -Wvla -Wmissing-prototypes -pedantic -Werror)
file(GLOB sources RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/proto/*.c ${SOURCE_DIR}/device/agent/*.c
     ${SOURCE_DIR}/device/engine/*.c ${SOURCE_DIR}/device/kernels/*.c)
set(objects)
foreach(source ${sources})
  string(REPLACE "/" "_" object ${source}.o)
  execute_process(
    COMMAND ${compiler} ${FLAGS} ${warnings} -ffreestanding -ffunction-sections -fdata-sections
            -I${SOURCE_DIR} -I${SOURCE_DIR}/device -I${WORK_DIR}
            -c ${SOURCE_DIR}/${source} -o ${WORK_DIR}/${object}
    RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${COMPILER} does not accept ${source}")
  endif()
  list(APPEND objects ${WORK_DIR}/${object})
endforeach()

execute_process(COMMAND ${prefix}size -t ${objects} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${prefix}nm -u ${objects} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
set(floats "__aeabi_[fd][a-z0-9]+" "__aeabi_[a-z0-9]+2[fd]"            # as ARM names them
           "__[a-z]+[sdt]f[23]?" "__(fix|float)[a-z]+" "__[a-z]+[sd]f2")   # as gcc does
set(others malloc calloc realloc free "[a-z]*printf" puts putchar alloca abort exit)
list(JOIN floats "|" floats)
list(JOIN others "|" others)
string(REGEX MATCHALL " U (${floats}|${others})\n" found "${symbols}")
if(found)
  message(FATAL_ERROR "symbols that a device must not need: ${found}")
endif()
