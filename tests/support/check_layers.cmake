# SPDX-License-Identifier: GPL-3.0-or-later
# The include rule of ARCHITECTURE.md, enforced: each folder may include what is to its right in
#   app -> wizards -> ui -> {display, usb} -> engine
# and foreign headers stay in the one file that wraps them. Also: every source file carries the
# licence line, and nobody throws.
#   cmake -DROOT=<source folder> -P check_layers.cmake

set(allowed_engine "engine")
set(allowed_display "display|engine")
set(allowed_usb "usb|engine")
set(allowed_ui "ui|display|usb|engine")
set(allowed_wizards "wizards|ui|engine")
set(allowed_app "app|wizards|ui|display|usb|engine")

# Inside the engine, left is lower. A folder may include itself and what is left of it.
set(engine_order base host bus block net share spice devices vmm machine media drivers control catalog)
# The Qt-free part.
set(qt_free "base|host|bus|block|net|share|spice|devices|vmm")

# header pattern -> the files that may include it
set(foreign
  "xkbcommon/=engine/control/keyboard_layout\\.cpp"
  "archive\\.h|archive_entry\\.h=engine/control/report_archive\\.cpp|engine/media/iso_writer\\.cpp"
  "osinfo/=engine/catalog/os_catalog\\.cpp"
  "spice-client|spice-session|channel-=display/spice_"
  "spice\\.h=engine/spice/"
  "linux/kvm\\.h=engine/vmm/"
  "libusb=usb/(hot_plug|claimed_device|usb_flight|usb_passthrough(_flights)?)\\.cpp"
  "wayland-=display/(wayland_|sdl/sdl_connection\\.cpp)"
  "qpa/=display/wayland_globals\\.cpp"
  "SDL=display/sdl/"
  "(vpx|opus|speex)/=display/film/"
  "pulse/=app/sound_(main|streams)\\.cpp"
  "systemd/=app/login_watch\\.cpp"
  "libslirp=engine/net/nat_network\\.cpp"
  "liburing=engine/block/"
  "libnbd=engine/block/"
  "seccomp\\.h=engine/base/thread_filter")

set(violations "")
macro(complain text)
  string(APPEND violations "  ${text}\n")
endmacro()

foreach(folder app wizards ui display usb engine)
  file(GLOB_RECURSE sources RELATIVE ${ROOT}
       ${ROOT}/${folder}/*.h ${ROOT}/${folder}/*.cpp ${ROOT}/${folder}/*.c)
  foreach(source ${sources})
    file(STRINGS ${ROOT}/${source} lines REGEX "^ *#include|SPDX-License|[^a-zA-Z_]throw[ ;]|[^a-zA-Z_]catch *\\(")
    string(REPLACE ";" "\n" text "${lines}")
    if(NOT text MATCHES "SPDX-License-Identifier: GPL-3.0-or-later")
      complain("${source}: no SPDX line")
    endif()
    foreach(line ${lines})
      if(line MATCHES "#include \"([a-z_]+)/([a-z_]+)[/.]")
        set(target ${CMAKE_MATCH_1})
        set(target_part ${CMAKE_MATCH_2})
        if(NOT target MATCHES "^(${allowed_${folder}})$")
          complain("${source}: ${folder} must not include ${target}")
        endif()
        if(folder STREQUAL "engine" AND target STREQUAL "engine"
           AND source MATCHES "^engine/([a-z_]+)/")
          list(FIND engine_order ${CMAKE_MATCH_1} here)
          list(FIND engine_order ${target_part} there)
          if(there GREATER here AND NOT here EQUAL -1)
            complain("${source}: engine/${CMAKE_MATCH_1} must not include engine/${target_part}")
          endif()
        endif()
      endif()
      if(source MATCHES "^engine/(${qt_free})/" AND line MATCHES "#include <Q")
        complain("${source}: this part of the engine is Qt-free")
      endif()
      if(folder STREQUAL "engine" AND line MATCHES "#include <(QtWidgets|QtGui)")
        complain("${source}: the engine knows no windows")
      endif()
      if(line MATCHES "#include")
        foreach(rule ${foreign})
          string(FIND "${rule}" "=" split REVERSE)
          string(SUBSTRING "${rule}" 0 ${split} pattern)
          math(EXPR after "${split} + 1")
          string(SUBSTRING "${rule}" ${after} -1 home)
          if(line MATCHES "#include <(${pattern})" AND NOT source MATCHES "^(${home})")
            complain("${source}: ${CMAKE_MATCH_1} headers belong in ${home}")
          endif()
        endforeach()
      elseif(NOT line MATCHES "^ *//" AND NOT line MATCHES "SPDX")
        complain("${source}: no exceptions of ours: ${line}")
      endif()
    endforeach()
  endforeach()
endforeach()

if(violations)
  message(FATAL_ERROR "The layers are broken:\n${violations}")
endif()
message(STATUS "layers are clean")
