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
# Qt's headers are most of a compilation. The dev preset builds without, so that each file still
# says what it uses.
function(vitrine_precompile target)
  target_precompile_headers(${target} PRIVATE
    <functional> <memory> <optional> <string> <utility> <vector> ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess) # for ccache
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
