# Warnings are errors in our own code; headers of LLVM and MLIR are system headers.
function(pa_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Werror -Wno-unused-parameter)
endfunction()

# LLVM and MLIR are built without RTTI; what includes their headers must be too.
function(pa_llvm target)
  pa_warnings(${target})
  target_include_directories(${target} SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS} ${LLD_INCLUDE_DIRS})
  target_compile_definitions(${target} PRIVATE ${LLVM_DEFINITIONS_LIST})
  target_compile_options(${target} PRIVATE -fno-rtti)
endfunction()
