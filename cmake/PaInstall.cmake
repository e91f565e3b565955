# What `cmake --install` puts where, for find_package(pa CONFIG), pkg-config and CPack. Everything finds its parts from its
# own file, so a prefix can be moved.
include(CMakePackageConfigHelpers)

install(TARGETS pa EXPORT paTargets LIBRARY DESTINATION lib)
install(TARGETS pa_emulated pa_compiler pa_verify LIBRARY DESTINATION lib) # beside libpa, which opens them
install(TARGETS pa_hip LIBRARY DESTINATION lib/pa/hip) # in no search path: `pa-emu exec` sends programs there
install(FILES ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/hip/libamdhip64.so.6 ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/hip/libamdhip64.so.7
  DESTINATION lib/pa/hip)
# LLVM's shared library is in no search path. Built as installed, so that nothing is rewritten.
set_target_properties(pa-compile pa-opt pa-inspect pa_compiler PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH ${LLVM_LIBRARY_DIR})
install(TARGETS pa-compile pa-opt pa-run pa-inspect pa-emu pa-doctor RUNTIME DESTINATION bin)
install(FILES runtime/include/pa/pa.h runtime/include/pa/pa.hpp runtime/include/pa/abi.h runtime/include/pa/append_abi.h
  runtime/include/pa/merge_abi.h runtime/include/pa/Export.h
  DESTINATION include/pa)

install(EXPORT paTargets NAMESPACE pa:: DESTINATION lib/cmake/pa)
configure_package_config_file(cmake/paConfig.cmake.in ${CMAKE_BINARY_DIR}/package/paConfig.cmake
  INSTALL_DESTINATION lib/cmake/pa)
# Before version 1 a minor version may change the interface.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/paConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/package/paConfig.cmake ${CMAKE_BINARY_DIR}/package/paConfigVersion.cmake
  DESTINATION lib/cmake/pa)
configure_file(cmake/pa.pc.in ${CMAKE_BINARY_DIR}/package/pa.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/package/pa.pc DESTINATION lib/pkgconfig)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pa-mlir)
set(CPACK_PACKAGE_CONTACT "the pa-mlir maintainers <pa-mlir@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "paged-attention decode kernels for AMD GPUs: compiler, runtime, emulated device")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS OFF)
set(CPACK_STRIP_FILES ON)
include(CPack)
