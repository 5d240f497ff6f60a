#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One command to build, run or test Vitrine on a bare Debian 12 (or newer).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

usage() {
    cat <<'TEXT'
Usage: ./build.sh [COMMAND]
  build           install the packages that are missing and build a release (default)
  run [IMAGE]     build, then start Vitrine; with an ISO or disk image: in the new-machine wizard.
                  Without a display: a tour on a virtual one, with screenshots
  test [--long]   build, then run the tests, a sanitizer run included; --long adds the slow ones
                  and an hour of each fuzz target
  packages        print the packages that are missing
TEXT
}

# What the programs are built with, what they need to run, and what the tests need on top.
BUILD_PACKAGES=(g++ cmake ninja-build pkg-config qt6-base-dev qt6-svg-dev libgl-dev
    libspice-client-glib-2.0-dev libspice-server-dev libosinfo-1.0-dev libslirp-dev libxcb1-dev libarchive-dev
    qt6-base-private-dev libwayland-dev libwayland-bin wayland-protocols
    libsystemd-dev)
RUN_PACKAGES=(qemu-system-x86 qemu-utils seabios ovmf swtpm swtpm-tools osinfo-db libqt6svg6
    qt6-wayland
    hicolor-icon-theme fonts-dejavu-core)
DISPLAY_PACKAGES=(xvfb openbox xdotool xclip imagemagick x11-utils dbus at-spi2-core python3
    python3-pyatspi util-linux debian-installer-12-netboot-amd64 qemu-guest-agent grub-common grub-pc-bin
    grub-efi-amd64-bin xorriso mtools)
TEST_PACKAGES=(grub-rescue-pc ipxe memtest86+ desktop-file-utils appstream shared-mime-info
    man-db sway grim genisoimage libxml2-utils acpica-tools mold busybox-static
    pulseaudio pulseaudio-utils)
LONG_PACKAGES=(debootstrap e2fsprogs fdisk clang libclang-rt-14-dev virt-viewer ffmpeg udev
    gir1.2-gtk-3.0)

# Keyboard layouts, translations, updates of the OS data.
BUILD_PACKAGES+=(libxkbcommon-dev qt6-tools-dev qt6-l10n-tools)
# Disk images in process, and through the storage daemon.
BUILD_PACKAGES+=(liburing-dev libnbd-dev libseccomp-dev)
# USB devices of this computer, and names for those that have none.
BUILD_PACKAGES+=(libusb-1.0-0-dev)
RUN_PACKAGES+=(usb.ids openssl)
# The window of --type sdl.
BUILD_PACKAGES+=(libsdl2-dev)
# Switching the sound, films of the screen, and what tests check films with.
BUILD_PACKAGES+=(libpulse-dev libvpx-dev libopus-dev libspeexdsp-dev libwebm-dev)
RUN_PACKAGES+=(xkb-data qt6-translations-l10n osinfo-db-tools)

missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>&1)" = installed ] || echo "$package"
    done
}

install_packages() {
    command -v dpkg-query >/dev/null || {
        echo "This is no Debian: make sure that you have what these packages hold: $*" >&2
        return
    }
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -eq 0 ] && return
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "These packages are missing and you are not root: ${missing[*]}" >&2
            exit 1
        }
        as_root=(sudo)
    fi
    echo "Installing: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq \
        --no-install-recommends "${missing[@]}" >/dev/null
}

build() { # preset [-DNAME=VALUE...]
    local folder=build
    [ "$1" = release ] || folder=build-$1
    if [ $# -gt 1 ] || [ ! -f "$folder/build.ninja" ]; then
        cmake --preset "$@"
    fi
    cmake --build --preset "$1" && return
    # Two files of a batch may have come to use the same local name. Files alone tell whether there
    # is more to it.
    grep -q '^VITRINE_UNITY:BOOL=ON' "$folder/CMakeCache.txt" || return 1
    echo "That failed; now without batches of files (VITRINE_UNITY=OFF)" >&2
    cmake --preset "$1" -DVITRINE_UNITY=OFF
    cmake --build --preset "$1"
}

has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

run() {
    install_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}"
    if has_display; then
        build release
        exec build/bin/vitrine "$@"
    fi
    install_packages "${DISPLAY_PACKAGES[@]}"
    build release
    echo "There is no display here: Vitrine takes a tour on a virtual one instead."
    exec /usr/bin/python3 tests/e2e/tour.py "$@"
}

# Each target for an hour, as many at a time as there are processors.
fuzz() {
    build fuzz
    ctest --preset fuzz --parallel "$(nproc)"
}

run_tests() {
    local long=no
    [ "${1:-}" = --long ] && long=yes
    install_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "${DISPLAY_PACKAGES[@]}" \
        "${TEST_PACKAGES[@]}"
    [ $long = no ] || install_packages "${LONG_PACKAGES[@]}"
    # Unit and window tests run under the sanitizers. Without them: the product as it is shipped, and
    # those unit tests that show more there; with --long all of them.
    build asan
    if [ $long = yes ]; then
        ctest --preset asan
        build release -DVITRINE_TESTS_NATIVE_ONLY=OFF
        ctest --preset release
        fuzz
    else
        # On a busy computer a window may come late once in a thousand times; the first failure is
        # printed even if the second attempt passes.
        ctest --preset asan --label-exclude long --parallel 2 --repeat until-pass:2
        build release -DVITRINE_TESTS_NATIVE_ONLY=ON
        ctest --preset release --label-regex "e2e|native|lab" --label-exclude long --repeat until-pass:2
    fi
}

case "${1:-build}" in
build)
    install_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}"
    build release
    echo "Built: build/bin/vitrine, build/bin/vitrine-vm, build/bin/vitrinectl"
    ;;
run) shift; run "$@" ;;
test) shift; run_tests "$@" ;;
packages)
    missing_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "${DISPLAY_PACKAGES[@]}" \
        "${TEST_PACKAGES[@]}" "${LONG_PACKAGES[@]}"
    ;;
-h | --help | help) usage ;;
*) usage >&2; exit 2 ;;
esac
