# pa-docs: reference pages from the .td files, into build/docs. Nothing generated is committed.
set(PA_DOCS ${CMAKE_BINARY_DIR}/docs)
add_custom_target(pa-docs)

# One page: pa_doc(name td generator options...)
function(pa_doc name td)
  set(source ${CMAKE_SOURCE_DIR}/${td})
  if(NOT EXISTS ${source})
    return()
  endif()
  get_filename_component(folder ${source} DIRECTORY)
  set(page ${PA_DOCS}/${name}.md)
  file(GLOB parts CONFIGURE_DEPENDS ${folder}/*.td)
  add_custom_command(OUTPUT ${page}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PA_DOCS}
    COMMAND ${MLIR_TABLEGEN_EXE} ${ARGN} -I ${folder} -I ${CMAKE_SOURCE_DIR} -I ${MLIR_INCLUDE_DIRS} ${source} -o ${page}
    DEPENDS ${parts} VERBATIM)
  add_custom_target(pa-docs-${name} DEPENDS ${page})
  add_dependencies(pa-docs pa-docs-${name})
endfunction()

pa_doc(dialect dialects/pa/PaOps.td -gen-dialect-doc -dialect=pa)
pa_doc(passes passes/Passes.td -gen-pass-doc)

# The IR in docs/walkthrough.md is the compiler's: rewritten here, checked by the test docs.walkthrough.
pa_existing(walkthrough_tools pa-compile pa-inspect)
add_custom_target(pa-walkthrough
  COMMAND ${CMAKE_COMMAND} -E env --modify PATH=path_list_prepend:${CMAKE_BINARY_DIR}/bin
          ${Python3_EXECUTABLE} docs/walkthrough.py docs/walkthrough.md
          --source examples/decode_shuffled.mlir --chip gfx942 --update
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DEPENDS ${walkthrough_tools} USES_TERMINAL VERBATIM)

# The coverage page: every model of the table at each degree of tensor parallelism on both chips, compiled, run and verified.
# Some minutes; into build/docs like what is generated from the .td files.
pa_existing(coverage_tools pa-compile pa-run pa_emulated pa-inspect)
add_custom_target(pa-coverage
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PA_DOCS}
  COMMAND ${CMAKE_COMMAND} -E env --modify PATH=path_list_prepend:${CMAKE_BINARY_DIR}/bin
          ${Python3_EXECUTABLE} docs/coverage.py ${PA_DOCS}/coverage.md --models examples/models.csv
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DEPENDS ${coverage_tools} USES_TERMINAL VERBATIM)
