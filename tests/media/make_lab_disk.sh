#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make_lab_disk.sh TARGET.qcow2
#
# A Debian 12 on one MBR disk for a slow computer (the KVM lab): Debian's packages as they are, but an
# initramfs and start scripts of our own, which do no more than they must. sysvinit, nothing that runs on
# its own, a login on the first serial port and on the first console (in VGA's text mode, for the driver
# of the card is loaded by lab-desktop only), DHCP for who says "ifup eth0", wget and apt, and Xorg with
# openbox, xterm, spice-vdagent and qemu-guest-agent for who says "lab-desktop". It boots by BIOS from a
# virtio disk or AHCI. root's password is root.
#
# Needs root (debootstrap and chroot) and the apt mirror this computer is configured for; takes some
# three minutes. No loop device: mke2fs fills the file system, GRUB's images are put in place by
# hand, as grub-install would on a disk with the usual gap before the first partition.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/media/media.sh
. "$here/media.sh"

suite=bookworm
packages="linux-image-amd64 busybox-static sysvinit-core udev kmod ifupdown isc-dhcp-client iproute2 wget pciutils
xserver-xorg-core xserver-xorg-input-libinput xinit xinput x11-xserver-utils x11-utils openbox xterm
fonts-dejavu-core xdotool xclip spice-vdagent qemu-guest-agent alsa-utils"

installSystem() { # ROOT MIRROR
    debootstrap --variant=minbase "$suite" "$1" "$2" >&2
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 0755 "$1/usr/sbin/policy-rc.d"
    mkdir -p "$1/etc/initramfs-tools"
    echo update_initramfs=no >"$1/etc/initramfs-tools/update-initramfs.conf"
    mount -t proc proc "$1/proc"
    # shellcheck disable=SC2086 # a list of words
    env -i PATH="$PATH" HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
        ${https_proxy:+https_proxy="$https_proxy"} \
        chroot "$1" apt-get -q -y -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confold \
        -o APT::Sandbox::User=root install --no-install-recommends $packages >&2
    umount "$1/proc"
    rm -f "$1/usr/sbin/policy-rc.d" "$1"/var/cache/apt/*.bin "$1"/var/cache/apt/archives/*.deb
    rm -rf "$1"/var/lib/apt/lists/* "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/usr/share/locale/*
    # The mirror is this computer's business; the guest has none.
    : >"$1/etc/apt/sources.list"
    : >"$1/etc/resolv.conf"
}

configureSystem() { # ROOT
    echo lab >"$1/etc/hostname"
    printf '127.0.0.1 localhost lab\n' >"$1/etc/hosts"
    printf 'LABEL=root / ext4 defaults,noatime 0 0\n' >"$1/etc/fstab"
    # The network is brought up by who wants it: ifup eth0.
    printf 'auto lo\niface lo inet loopback\niface eth0 inet dhcp\n' >"$1/etc/network/interfaces"
    printf 'root:root\n' | chroot "$1" chpasswd
    cat >"$1/etc/inittab" <<'END'
id:2:initdefault:
si::sysinit:/usr/local/sbin/lab-start
l0:0:wait:/usr/local/sbin/lab-stop poweroff
l6:6:wait:/usr/local/sbin/lab-stop reboot
ca:12345:ctrlaltdel:/sbin/shutdown -r now
1:2:respawn:/sbin/agetty --noclear tty1 linux
S0:2:respawn:/sbin/agetty -L ttyS0 115200 dumb
END
    # The drivers of what is there are loaded by their aliases, as udev does it; a tablet on USB is found later.
    cat >"$1/usr/local/sbin/lab-start" <<'END'
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sys /sys
mount -t tmpfs run /run
mkdir -p /dev/pts /dev/shm /run/lock /run/network
mount -t devpts -o gid=5,mode=620 devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs tmp /tmp # what X leaves there is of another start, and may name a process of this one
hostname -F /etc/hostname
find /sys/devices -name modalias -exec cat {} + | sort -u | xargs modprobe -a -b -q
modprobe -a evdev psmouse usbhid hid_generic
ip link set lo up
END
    cat >"$1/usr/local/sbin/lab-stop" <<'END'
#!/bin/sh
killall5 -9 # who writes keeps the file system from becoming read-only
sync
mount -o remount,ro /
exec "$1" -d -f -n
END
    echo "blacklist bochs" >"$1/etc/modprobe.d/lab.conf"
    cat >"$1/usr/local/sbin/lab-desktop" <<'END'
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
modprobe -a bochs uinput
if [ ! -e /run/udev/control ]; then
    /lib/systemd/systemd-udevd --daemon
    udevadm trigger -s input -s drm -s virtio-ports -s sound
    udevadm settle
fi
# Without a session manager the one who has started the desktop is the one at it.
if [ -e /dev/virtio-ports/com.redhat.spice.0 ]; then
    mkdir -p /run/spice-vdagentd
    spice-vdagentd -X
fi
if [ -e /dev/virtio-ports/org.qemu.guest_agent.0 ]; then
    qemu-ga --daemonize
fi
exec xinit -- -nolisten tcp >/root/desktop.log 2>&1
END
    chmod 0755 "$1/usr/local/sbin"/lab-*
    printf "PS1='lab> '\nstty cols 200 2>/dev/null\n" >"$1/root/.bash_profile"
    # A flat blue desktop and one white xterm: a screen that is told by its colors.
    cat >"$1/root/.xinitrc" <<'END'
#!/bin/sh
xset s off -dpms
xsetroot -solid '#336699' -cursor_name left_ptr
spice-vdagent
openbox &
xterm -title Desk -bg white -fg black -fa Monospace -fs 11 -geometry 60x12+40+40 &
until xwininfo -name Desk 2>&1 | grep -q IsViewable; do sleep 0.2; done
xinput list --short >/root/xinput.log 2>&1
echo DESKTOP-READY >/dev/ttyS0
wait
END
    chmod 0755 "$1/root/.xinitrc"
    # No GPU, no llvmpipe: the picture is drawn by the processor, straight.
    mkdir -p "$1/etc/X11/xorg.conf.d"
    cat >"$1/etc/X11/xorg.conf.d/lab.conf" <<'END'
Section "Device"
    Identifier "Card"
    Driver "modesetting"
    Option "AccelMethod" "none"
EndSection
Section "Extensions"
    Option "GLX" "Disable"
EndSection
END
}

# What finds the disk, and no more. Not compressed: the kernel takes it as it is.
makeInitramfs() { # ROOT
    version=$(basename "$1"/lib/modules/*)
    tree=$1.initramfs
    mkdir -p "$tree/bin" "$tree/dev" "$tree/proc" "$tree/sys" "$tree/root"
    cp "$1/bin/busybox" "$tree/bin/"
    ln -s busybox "$tree/bin/sh"
    for module in virtio_pci virtio_blk ahci sd_mod crct10dif_generic crc32c_generic ext4; do
        chroot "$1" modprobe -S "$version" --show-depends "$module"
    done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r file; do
        cp "$1$file" "$tree/"
        basename "$file" >>"$tree/modules"
    done
    cat >"$tree/init" <<'END'
#!/bin/sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
for module in $(/bin/busybox cat /modules); do /bin/busybox insmod "/$module"; done
until disk=$(/bin/busybox findfs LABEL=root); do /bin/busybox sleep 0.1; done
/bin/busybox mount -o noatime "$disk" /root
/bin/busybox mount --move /dev /root/dev
/bin/busybox umount /sys /proc
exec /bin/busybox switch_root /root /sbin/init
END
    chmod 0755 "$tree/init"
    (cd "$tree" && find . | "$1/bin/busybox" cpio -o -H newc 2>/dev/null) >"$1/boot/initrd.lab"
    rm -rf "$tree"
}

installBootLoader() { # DISK: boot.img looks for core.img in the sector after it
    config=$(mktemp)
    cat >"$config" <<'END'
search --no-floppy --label root --set=root
linux /vmlinuz quiet loglevel=3 pci=noearly net.ifnames=0 console=tty0 console=ttyS0
initrd /boot/initrd.lab
boot
END
    grub-mkimage -O i386-pc -p /boot/grub -c "$config" -o "$1.core" \
        biosdisk part_msdos ext2 search search_label linux boot
    rm -f "$config"
    [ "$(stat -c %s "$1.core")" -lt $((2047 * 512)) ] || fail "GRUB does not fit before the partition"
    dd if="$grubFolder/i386-pc/boot.img" of="$1" bs=440 count=1 conv=notrunc status=none
    dd if="$1.core" of="$1" bs=512 seek=1 conv=notrunc status=none
    rm -f "$1.core"
}

buildDisk() { # FOLDER MIRROR: runs in a mount namespace of its own
    installSystem "$1/root" "$2"
    configureSystem "$1/root"
    makeInitramfs "$1/root"
    truncate -s 2G "$1/disk.raw"
    printf 'label: dos\n2048,,83,*\n' | sfdisk -q "$1/disk.raw"
    mke2fs -q -t ext4 -L root -O ^metadata_csum,^64bit -E offset=1048576 -d "$1/root" \
        "$1/disk.raw" "$(((2048 - 1) * 1024))k"
    installBootLoader "$1/disk.raw"
    qemu-img convert -O qcow2 "$1/disk.raw" "$1/disk.qcow2"
}

if [ "${1:-}" = --build ]; then # the second half, inside the namespace
    buildDisk "$2" "$3"
    exit 0
fi

[ $# -eq 1 ] || fail "usage: make_lab_disk.sh TARGET.qcow2"
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
