# SPDX-License-Identifier: GPL-3.0-or-later
# Libraries are required; a missing one names its Debian package.
find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
  message(FATAL_ERROR "pkg-config is missing: install the package pkg-config")
endif()

find_package(Qt6 6.4 QUIET COMPONENTS Core Network Gui Widgets Svg Test)
foreach(part Core Network Gui Widgets Svg Test)
  if(NOT TARGET Qt6::${part})
    message(FATAL_ERROR "Qt 6.4 ${part} is missing: install the packages qt6-base-dev and qt6-svg-dev")
  endif()
endforeach()

function(vitrine_require_module prefix module package)
  pkg_check_modules(${prefix} QUIET IMPORTED_TARGET ${module})
  if(NOT ${prefix}_FOUND)
    message(FATAL_ERROR "${module} is missing: install the package ${package}")
  endif()
endfunction()

vitrine_require_module(LIBOSINFO libosinfo-1.0>=1.10 libosinfo-1.0-dev)
vitrine_require_module(LIBOSINFO libosinfo-1.0 libosinfo-1.0-dev)
vitrine_require_module(XKBCOMMON xkbcommon libxkbcommon-dev)
vitrine_require_module(LIBSYSTEMD libsystemd libsystemd-dev)
vitrine_require_module(SPICE_CLIENT spice-client-glib-2.0 libspice-client-glib-2.0-dev)
vitrine_require_module(XCB xcb libxcb1-dev)
vitrine_require_module(WAYLAND_CLIENT wayland-client libwayland-dev)

# Qt 6.4 does not hand out its Wayland seat and surfaces in public headers.
find_file(VITRINE_QT_NATIVE_INTERFACE qpa/qplatformnativeinterface.h
  PATHS ${Qt6Gui_PRIVATE_INCLUDE_DIRS} NO_DEFAULT_PATH)
if(NOT VITRINE_QT_NATIVE_INTERFACE)
  message(FATAL_ERROR "Qt's private headers are missing: install the package qt6-base-private-dev")
endif()
find_program(WAYLAND_SCANNER wayland-scanner)
if(NOT WAYLAND_SCANNER)
  message(FATAL_ERROR "wayland-scanner is missing: install the package libwayland-bin")
endif()
pkg_get_variable(WAYLAND_PROTOCOLS_DIR wayland-protocols pkgdatadir)
if(NOT EXISTS ${WAYLAND_PROTOCOLS_DIR}/unstable/pointer-constraints)
  message(FATAL_ERROR "wayland-protocols are missing: install the package wayland-protocols")
endif()
vitrine_require_module(SLIRP slirp libslirp-dev)
