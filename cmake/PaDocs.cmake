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
    COMMAND ${MLIR_TABLEGEN_EXE} ${ARGN} -I ${folder} -I ${CMAKE_SOURCE_DIR} -I ${MLIR_INCLUDE_DIR} ${source} -o ${page}
    DEPENDS ${parts} VERBATIM)
  add_custom_target(pa-docs-${name} DEPENDS ${page})
  add_dependencies(pa-docs pa-docs-${name})
endfunction()

pa_doc(dialect dialects/pa/PaOps.td -gen-dialect-doc -dialect=pa)
pa_doc(passes passes/Passes.td -gen-pass-doc)
