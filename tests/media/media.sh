# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034 # the scripts that source this use what it sets
# The one place that knows which Debian packages the test media come from, and where media are kept.
# Sourced by the make_*.sh scripts; run by itself (sh media.sh) it prints the package names.

# Ready-made boot media, the makers' inputs, and the makers' tools.
mediaPackages="grub-rescue-pc ipxe memtest86+ debian-installer-12-netboot-amd64"
toolPackages="debootstrap grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools fdisk e2fsprogs
qemu-utils util-linux"

grubRescueIso=/usr/lib/grub-rescue/grub-rescue-cdrom.iso
ipxeIso=/usr/lib/ipxe/ipxe.iso
memtestIso=/usr/lib/memtest86+/memtest86+x64.iso
installerFolder=/usr/lib/debian-installer/images/12/amd64
grubFolder=/usr/lib/grub

mediaFolder() {
    printf '%s\n' "${VITRINE_MEDIA_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/vitrine-media}"
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# needPath PATH PACKAGE: stops with the package's name when a file or program is not there.
needPath() {
    [ -e "$1" ] || command -v "$1" >/dev/null 2>&1 || fail "$1 is missing; install the Debian package $2"
}

# upToDate TARGET KEY: whether TARGET was made from the same inputs. The key of what TARGET was
# made from lies beside it, and is written last.
upToDate() {
    [ -s "$1" ] && [ -f "$1.key" ] && [ "$(cat "$1.key")" = "$2" ]
}

# publish NEW TARGET KEY: a made file becomes visible whole or not at all.
publish() {
    rm -f "$2.key"
    chmod 0644 "$1"
    mv -f "$1" "$2"
    printf '%s\n' "$3" >"$2.key"
}

packageVersion() {
    dpkg-query -W -f='${Version}' "$1" 2>/dev/null || printf 'none'
}

if [ "${0##*/}" = media.sh ]; then
    # shellcheck disable=SC2086
    printf '%s\n' $mediaPackages $toolPackages
fi
