# Targets that are not part of a build: demo, format, tidy, bench, pa-docs. Included last, when all others are known.

# A target that exists, or nothing: the tools that a target below needs.
function(pa_existing out)
  set(found)
  foreach(target ${ARGN})
    if(TARGET ${target})
      list(APPEND found ${target})
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

pa_existing(demo_tools pa-run pa-compile pa_emulated)
add_custom_target(demo
  COMMAND ${CMAKE_COMMAND} -E env --modify PATH=path_list_prepend:${CMAKE_BINARY_DIR}/bin
          ${CMAKE_SOURCE_DIR}/examples/demo.sh
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  DEPENDS ${demo_tools} USES_TERMINAL VERBATIM)

find_program(PA_CLANG_FORMAT NAMES clang-format-22 clang-format HINTS ${LLVM_TOOLS_BINARY_DIR})
add_custom_target(format
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/test/format.py --clang-format ${PA_CLANG_FORMAT} --fix
          ${PA_SOURCE_FOLDERS}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} USES_TERMINAL VERBATIM)

find_program(PA_RUN_CLANG_TIDY NAMES run-clang-tidy-22 run-clang-tidy HINTS ${LLVM_TOOLS_BINARY_DIR})
find_program(PA_CLANG_TIDY NAMES clang-tidy-22 clang-tidy HINTS ${LLVM_TOOLS_BINARY_DIR})
list(JOIN PA_SOURCE_FOLDERS "|" folders_regex)
add_custom_target(tidy
  COMMAND ${PA_RUN_CLANG_TIDY} -quiet -clang-tidy-binary ${PA_CLANG_TIDY} -p ${CMAKE_BINARY_DIR}
          "^${CMAKE_SOURCE_DIR}/(${folders_regex})/"
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} USES_TERMINAL VERBATIM)

include(PaDocs)
