#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make_desktop_disk.sh TARGET.qcow2
#
# A Debian 12 desktop on one MBR disk, from Debian packages alone: Xorg, openbox, an xterm, the
# SPICE and QEMU agents. It boots by BIOS from any disk controller, logs user/user in on the first
# console, starts X by itself and writes DESKTOP-READY to the first serial port once the xterm is
# on the screen. root's password is root.
#
# Needs root (debootstrap and chroot) and the apt mirror this computer is configured for; takes some
# four minutes. No loop device: mke2fs fills the file system, GRUB's images are put in place by
# hand, as grub-install would on a disk with the usual gap before the first partition.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/media/media.sh
. "$here/media.sh"

suite=bookworm
kernelPackages="linux-image-amd64 initramfs-tools systemd-sysv dbus dbus-user-session libpam-systemd
udev kmod ifupdown isc-dhcp-client iproute2"
desktopPackages="xserver-xorg-core xserver-xorg-input-libinput xserver-xorg-video-qxl
xserver-xorg-video-fbdev xserver-xorg-video-vesa xinit x11-xserver-utils x11-apps x11-utils openbox
xterm xclip xdg-user-dirs fonts-dejavu-core spice-vdagent qemu-guest-agent"

installSystem() { # ROOT MIRROR
    debootstrap --variant=minbase "$suite" "$1" "$2" >&2
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 0755 "$1/usr/sbin/policy-rc.d"
    mount -t proc proc "$1/proc"
    # shellcheck disable=SC2086 # lists of words
    env -i PATH="$PATH" HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
        ${https_proxy:+https_proxy="$https_proxy"} \
        chroot "$1" apt-get -q -y -o Dpkg::Options::=--force-unsafe-io -o APT::Sandbox::User=root \
        install --no-install-recommends $kernelPackages $desktopPackages >&2
    umount "$1/proc"
    rm -f "$1/usr/sbin/policy-rc.d" "$1"/var/cache/apt/*.bin "$1"/var/cache/apt/archives/*.deb
    rm -rf "$1"/var/lib/apt/lists/*
    # The mirror is this computer's business; the guest has none.
    : >"$1/etc/apt/sources.list"
    : >"$1/etc/resolv.conf"
}

configureSystem() { # ROOT
    echo desktop >"$1/etc/hostname"
    printf '127.0.0.1 localhost desktop\n' >"$1/etc/hosts"
    printf 'LABEL=root / ext4 defaults,noatime 0 1\n' >"$1/etc/fstab"
    printf 'auto lo\niface lo inet loopback\n' >"$1/etc/network/interfaces"
    chroot "$1" useradd -m -s /bin/bash -G dialout,video,input,audio user
    printf 'user:user\nroot:root\n' | chroot "$1" chpasswd
    mkdir -p "$1/etc/systemd/system/getty@tty1.service.d"
    cat >"$1/etc/systemd/system/getty@tty1.service.d/autologin.conf" <<'END'
[Service]
ExecStart=
ExecStart=-/sbin/agetty --autologin user --noclear %I $TERM
END
    # A test guest has a clean desk each time: nothing that wakes up on its own.
    for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
        fstrim.timer systemd-timesyncd.service; do
        ln -sf /dev/null "$1/etc/systemd/system/$unit"
    done
    cat >"$1/home/user/.bash_profile" <<'END'
[ -n "$DISPLAY" ] || [ "$(tty)" != /dev/tty1 ] || exec startx -- -nolisten tcp >"$HOME/startx.log" 2>&1
END
    # A flat blue desktop and one white xterm: a screen that is told by its colors.
    cat >"$1/home/user/.xinitrc" <<'END'
xset s off -dpms
xdg-user-dirs-update
xsetroot -solid '#336699' -cursor_name left_ptr
spice-vdagent
openbox &
xterm -title Desk -bg white -fg black -fa Monospace -fs 11 -geometry 80x24+60+40 &
until xwininfo -name Desk >/dev/null 2>&1; do sleep 0.2; done
echo DESKTOP-READY >/dev/ttyS0
wait
END
    printf "PS1='desk> '\n" >"$1/home/user/.bashrc"
    chroot "$1" chown -R user:user /home/user
}

installBootLoader() { # ROOT DISK: boot.img looks for core.img in the sector after it
    config=$(mktemp)
    cat >"$config" <<'END'
search --no-floppy --label root --set=root
linux /vmlinuz root=LABEL=root ro quiet loglevel=3 fsck.mode=skip
initrd /initrd.img
boot
END
    grub-mkimage -O i386-pc -p /boot/grub -c "$config" -o "$1.core" \
        biosdisk part_msdos ext2 search search_label linux boot
    rm -f "$config"
    [ "$(stat -c %s "$1.core")" -lt $((2047 * 512)) ] || fail "GRUB does not fit before the partition"
    dd if="$grubFolder/i386-pc/boot.img" of="$2" bs=440 count=1 conv=notrunc status=none
    dd if="$1.core" of="$2" bs=512 seek=1 conv=notrunc status=none
    rm -f "$1.core"
}

buildDisk() { # FOLDER MIRROR: runs in a mount namespace of its own
    installSystem "$1/root" "$2"
    configureSystem "$1/root"
    truncate -s 4G "$1/disk.raw"
    printf 'label: dos\n2048,,83,*\n' | sfdisk -q "$1/disk.raw"
    mke2fs -q -t ext4 -L root -O ^metadata_csum,^64bit -E offset=1048576 -d "$1/root" \
        "$1/disk.raw" "$(((4096 - 1) * 1024))k"
    installBootLoader "$1/root" "$1/disk.raw"
    qemu-img convert -O qcow2 "$1/disk.raw" "$1/disk.qcow2"
}

if [ "${1:-}" = --build ]; then # the second half, inside the namespace
    buildDisk "$2" "$3"
    exit 0
fi

[ $# -eq 1 ] || fail "usage: make_desktop_disk.sh TARGET.qcow2"
target=$1
key="$(packageVersion debootstrap) $(cksum <"$0")"
if upToDate "$target" "$key"; then
    exit 0
fi
[ "$(id -u)" -eq 0 ] || fail "making $target needs root (debootstrap)"
PATH=$PATH:/usr/sbin:/sbin
needPath debootstrap debootstrap
needPath grub-mkimage grub-common
needPath "$grubFolder/i386-pc/boot.img" grub-pc-bin
needPath sfdisk fdisk
needPath qemu-img qemu-utils

# shellcheck disable=SC2016 # apt's own variables
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || fail "apt has no source for $suite main"

mkdir -p "$(dirname "$target")"
work=$(mktemp -d "${TMPDIR:-/var/tmp}/vitrine-disk.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/root"
unshare --mount --propagation private sh "$0" --build "$work" "$mirror"
mv "$work/disk.qcow2" "$target.new"
publish "$target.new" "$target" "$key"
