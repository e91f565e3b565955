# The compiler's identity: one string in pa-compile and in libpa, made from the sources that decide the code it makes. A kernel
# cached by another compiler is then never taken for this one's.
if(CMAKE_SCRIPT_MODE_FILE)
  set(all)
  foreach(folder compiler/codegen compiler/pipeline compiler/target compiler/variant dialects passes runtime/include)
    file(GLOB_RECURSE files ${SOURCE}/${folder}/*.cpp ${SOURCE}/${folder}/*.h ${SOURCE}/${folder}/*.td)
    list(APPEND all ${files})
  endforeach()
  list(SORT all)
  set(digests)
  foreach(file IN LISTS all)
    file(SHA256 ${file} digest)
    string(APPEND digests ${digest})
  endforeach()
  string(SHA256 digest "${digests}")
  string(SUBSTRING ${digest} 0 16 digest)
  file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define PA_IDENTITY \"pa-mlir ${VERSION} (LLVM ${LLVM}) ${digest}\"\n")
  return()
endif()

set(PA_IDENTITY_FOLDER ${CMAKE_BINARY_DIR}/generated)
add_custom_target(pa-identity
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DVERSION=${PROJECT_VERSION} -DLLVM=${LLVM_PACKAGE_VERSION}
          -DOUTPUT=${PA_IDENTITY_FOLDER}/Identity.inc -P ${CMAKE_CURRENT_LIST_FILE}
  BYPRODUCTS ${PA_IDENTITY_FOLDER}/Identity.inc VERBATIM)
