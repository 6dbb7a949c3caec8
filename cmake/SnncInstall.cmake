# cmake --install: the tool with the one library that it loads, the examples, the documentation.
if(TARGET snnc)
  install(TARGETS snnc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  if(SNNC_CODEGEN)
    set_target_properties(snnc PROPERTIES INSTALL_RPATH "\$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/snnc")
    install(IMPORTED_RUNTIME_ARTIFACTS Halide::Halide
      LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/snnc
      RUNTIME DESTINATION ${CMAKE_INSTALL_LIBDIR}/snnc)
  endif()
endif()
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DATADIR}/snnc/examples
  FILES_MATCHING PATTERN "*.snn")
