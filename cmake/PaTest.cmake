# Helpers for test/: GoogleTest programs and scripts, all of them under ctest.
find_package(GTest REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
include(GoogleTest)

# Folders with sources of ours, for what looks at all of them.
set(PA_SOURCE_FOLDERS compiler dialects passes runtime test bench examples)

# pa_gtest(name SOURCES a.cpp... LIBS lib...): a test program in which every case is a ctest of its own.
# Cases are listed when ctest starts and not while building, so that a crash shows as a failed test.
function(pa_gtest name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  pa_warnings(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}." PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()

# pa_script_test(name script.py args...): passes when the script exits with 0. It finds our tools and LLVM's by name.
function(pa_script_test name script)
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${script} ${ARGN})
  set_tests_properties(${name} PROPERTIES
    ENVIRONMENT_MODIFICATION
      "PATH=path_list_prepend:${LLVM_TOOLS_BINARY_DIR};PATH=path_list_prepend:${CMAKE_BINARY_DIR}/bin"
    TIMEOUT 600)
endfunction()
