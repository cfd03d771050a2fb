# SPDX-License-Identifier: MIT
# What Debian wants of an installed tree, run by cpack before it packs: a compressed manual page, a changelog, and what
# lintian need not tell.
set(doc ${CPACK_TEMPORARY_DIRECTORY}/usr/share/doc/mcullm)
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog ${doc}/changelog COPYONLY)
file(GLOB pages ${CPACK_TEMPORARY_DIRECTORY}/usr/share/man/man1/*.1)
execute_process(COMMAND gzip --best --no-name ${pages} ${doc}/changelog COMMAND_ERROR_IS_FATAL ANY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/lintian-overrides
               ${CPACK_TEMPORARY_DIRECTORY}/usr/share/lintian/overrides/mcullm COPYONLY)
