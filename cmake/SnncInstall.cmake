# cmake --install: the tool with the one library that it loads, the library for C++ programs with its
# package for find_package(snnc), the examples, the documentation.
if(TARGET snnc)
  install(TARGETS snnc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  if(SNNC_CODEGEN)
    set_target_properties(snnc PROPERTIES INSTALL_RPATH "\$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/snnc")
    install(IMPORTED_RUNTIME_ARTIFACTS Halide::Halide
      LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/snnc
      RUNTIME DESTINATION ${CMAKE_INSTALL_LIBDIR}/snnc)
  endif()
endif()
if(TARGET snnc_api)
  include(CMakePackageConfigHelpers)
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/snnc)
  set_target_properties(snnc_api PROPERTIES INSTALL_RPATH "\$ORIGIN/snnc;\$ORIGIN")
  install(TARGETS snnc_api EXPORT snnc LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY api/include/snnc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT snnc NAMESPACE snnc:: FILE snncConfig.cmake DESTINATION ${package})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/snncConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/snncConfigVersion.cmake DESTINATION ${package})
endif()
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DATADIR}/snnc/examples
  FILES_MATCHING PATTERN "*.snn" PATTERN "*.c" PATTERN "*.cpp")
