# SPDX-License-Identifier: GPL-3.0-or-later
# One interface target carries warnings and sanitizers; every target of ours links it.
add_library(vitrine_build_options INTERFACE)
target_compile_options(vitrine_build_options INTERFACE
  -Wall -Wextra -Wpedantic
  # Designated initializers name what differs from the defaults; that is their point.
  -Wno-missing-field-initializers
  $<$<COMPILE_LANGUAGE:CXX>:-Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual>
  $<$<BOOL:${VITRINE_WERROR}>:-Werror>)
target_compile_definitions(vitrine_build_options INTERFACE
  QT_NO_CAST_TO_ASCII QT_NO_FOREACH QT_DISABLE_DEPRECATED_BEFORE=0x060400
  VITRINE_VERSION="${PROJECT_VERSION}")
target_include_directories(vitrine_build_options INTERFACE ${PROJECT_SOURCE_DIR})
if(VITRINE_FUZZERS) # coverage, for the fuzzer to steer by
  target_compile_options(vitrine_build_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(VITRINE_SANITIZE)
  target_compile_options(vitrine_build_options INTERFACE
    -fsanitize=${VITRINE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(vitrine_build_options INTERFACE -fsanitize=${VITRINE_SANITIZE})
endif()
# vitrine_unity(TARGET [FILES...]): with VITRINE_UNITY, files of a target are compiled in batches, so
# that Qt's inline functions and templates are translated once for several. The files named stay
# alone, because they share a local name with another.
function(vitrine_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${VITRINE_UNITY} UNITY_BUILD_BATCH_SIZE 10)
  target_compile_options(${target} PRIVATE
    $<$<AND:$<BOOL:${VITRINE_UNITY}>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
# Qt's headers are most of a compilation. The dev preset builds without, so that each file still
# says what it uses.
function(vitrine_precompile target)
  target_precompile_headers(${target} PRIVATE
    <functional> <memory> <optional> <string> <utility> <vector> ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess) # for ccache
  endif()
endfunction()
# With VITRINE_UNITY, for the targets without Qt: elsewhere each file says what it uses. They have C
# files, too.
function(vitrine_precompile_standard target)
  if(NOT VITRINE_UNITY)
    return()
  endif()
  set(headers algorithm array atomic chrono functional map memory mutex optional span string
              string_view thread utility variant vector)
  list(TRANSFORM headers REPLACE "(.+)" "$<$<COMPILE_LANGUAGE:CXX>:<\\1$<ANGLE-R>>")
  target_precompile_headers(${target} PRIVATE ${headers})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
endfunction()
set(VITRINE_QT_CORE_HEADERS
  <QtCore/QCoreApplication> <QtCore/QDir> <QtCore/QFile> <QtCore/QFileInfo> <QtCore/QHash>
  <QtCore/QJsonArray> <QtCore/QJsonDocument> <QtCore/QJsonObject> <QtCore/QList> <QtCore/QObject>
  <QtCore/QProcess> <QtCore/QSaveFile> <QtCore/QString> <QtCore/QStringList> <QtCore/QTimer>
  <QtCore/QUuid>)
set(VITRINE_QT_WIDGETS_HEADERS
  <QtWidgets/QApplication> <QtWidgets/QBoxLayout> <QtWidgets/QDialog> <QtWidgets/QLabel>
  <QtWidgets/QMainWindow> <QtWidgets/QMenu> <QtWidgets/QPushButton> <QtWidgets/QToolButton>
  <QtGui/QPainter>)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(vitrine_build_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wthread-safety>)
endif()
