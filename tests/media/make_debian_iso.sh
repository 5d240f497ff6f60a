#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make_debian_iso.sh TARGET.iso text|gtk
#
# The Debian 12 installer as a CD that boots by BIOS and by UEFI, from the netboot kernel and initrd
# that Debian packages, with the volume name and the folders of the real netinst CD: programs that
# recognize systems by their media recognize this one. It goes as far as any netboot installer does
# without a network: language, keyboard, host name. The same inputs give the same bytes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/media/media.sh
. "$here/media.sh"

[ $# -eq 2 ] || fail "usage: make_debian_iso.sh TARGET.iso text|gtk"
target=$1
variant=$2
case $variant in
text) folder=install.amd ;;
gtk) folder=install.amd/gtk ;;
*) fail "the variant is text or gtk, not $variant" ;;
esac

source=$installerFolder/$variant/debian-installer/amd64
needPath "$source/linux" debian-installer-12-netboot-amd64
needPath grub-mkrescue grub-common
needPath "$grubFolder/i386-pc/boot_hybrid.img" grub-pc-bin
needPath "$grubFolder/x86_64-efi/moddep.lst" grub-efi-amd64-bin
needPath xorriso xorriso
needPath mformat mtools

# The package goes with a point release that it does not name. This computer's is near enough; a
# Debian that is not 12 says 12.0.
release=$(cat /etc/debian_version 2>/dev/null || echo none)
case $release in
12.*) ;;
*) release=12.0 ;;
esac
key="$(packageVersion debian-installer-12-netboot-amd64) $(packageVersion grub-pc-bin) $release $variant \
$(cksum <"$0")"
if upToDate "$target" "$key"; then
    exit 0
fi

mkdir -p "$(dirname "$target")"
work=$(mktemp -d "${TMPDIR:-/var/tmp}/vitrine-iso.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$work/iso/$folder" "$work/iso/boot/grub" "$work/iso/.disk"
cp "$source/linux" "$work/iso/$folder/vmlinuz"
cp "$source/initrd.gz" "$work/iso/$folder/initrd.gz"
printf 'Debian GNU/Linux %s.0 "Bookworm" - Unofficial amd64 NETINST\n' "$release" >"$work/iso/.disk/info"
cat >"$work/iso/boot/grub/grub.cfg" <<END
set timeout=1
menuentry "Install" {
    set gfxpayload=1024x768x32,800x600x32,auto
    linux /$folder/vmlinuz vga=788 --- quiet
    initrd /$folder/initrd.gz
}
END

# Every date on the CD is the day the installer was built.
SOURCE_DATE_EPOCH=$(stat -c %Y "$source/initrd.gz")
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C
find "$work/iso" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
# grub-mkrescue's UEFI image would get a random FAT serial number.
mkdir "$work/tools"
printf '#!/bin/sh\nexec %s -N 56495452 "$@"\n' "$(command -v mformat)" >"$work/tools/mformat"
chmod 0755 "$work/tools/mformat"
PATH=$work/tools:$PATH
grub-mkrescue -o "$work/cd.iso" "$work/iso" -- \
    -volid "Debian $release.0 amd64 n" -volume_date all_file_dates "=$SOURCE_DATE_EPOCH" \
    -volume_date uuid "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)" \
    >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "grub-mkrescue could not make the CD"
}
mv "$work/cd.iso" "$target.new"
publish "$target.new" "$target" "$key"
