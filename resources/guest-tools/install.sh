#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a Linux guest at home in its machine: installs the agents that let text be copied between
# the two, the screen follow the window, and the machine see addresses and run programs; and mounts
# the machine's shared folders at every start. README.txt tells more.
#
# All of the system is looked for below $TOOLS_ROOT, which is empty but in tests.
set -u
root=${TOOLS_ROOT:-}
here=$(cd "$(dirname "$0")" && pwd) || exit 1
PATH=$PATH:$root/usr/local/sbin:$root/usr/sbin:$root/sbin

say() { printf '%s\n' "$*"; }
complain() { printf 'install.sh: %s\n' "$*" >&2; }

usage() {
    cat <<END
Usage: sh install.sh [--folders-only | --packages-only] [--all] [SHARED-FOLDER...]

  --folders-only   mount shared folders, install nothing
  --packages-only  install the agents, mount nothing
  --all            the desktop's agent also where no desktop is installed
  SHARED-FOLDER    the name of a shared folder, as it is in the machine's settings; kernels
                   from 6.9 on tell the names themselves
END
}

# The value of a variable of os-release(5).
release() {
    file=$root/etc/os-release
    [ -r "$file" ] || file=$root/usr/lib/os-release
    [ -r "$file" ] || return 1
    # In a shell of its own: the file is one of assignments.
    # shellcheck disable=SC1090,SC2034 # which file that is, and what it sets
    (ID='' VERSION_ID='' && . "$file" && eval "printf %s \"\${$1}\"")
}

has_desktop() {
    for folder in xsessions wayland-sessions; do
        [ -n "$(ls "$root/usr/share/$folder" 2>/dev/null)" ] && return 0
    done
    return 1
}

missing_packages() {
    command -v qemu-ga >/dev/null || printf 'qemu-guest-agent '
    if has_desktop || [ "$all" = yes ]; then
        command -v spice-vdagent >/dev/null || printf 'spice-vdagent '
    fi
}

# The packages on this disc are of one release of one distribution; another would break on them.
# They may need others, which apt fetches.
install_from_disc() {
    [ -r "$here/packages/release" ] || return 1
    read -r id version machine <"$here/packages/release" || return 1
    [ "$(release ID)" = "$id" ] && [ "$(release VERSION_ID)" = "$version" ] || return 1
    [ "$(dpkg --print-architecture 2>/dev/null)" = "$machine" ] || return 1
    files=''
    for package in $1; do
        # shellcheck disable=SC2012 # names of packages, of which one is enough
        file=$(ls "$here/packages/${package}_"*.deb 2>/dev/null | tail -n 1)
        [ -n "$file" ] || return 1
        # Where apt's own user may read it, too, and under a name without blanks.
        cp "$file" "$work/$package.deb" || return 1
        files="$files $work/$package.deb"
    done
    say "Installing from this disc: $1"
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $files
}

install_from_network() {
    say "Installing with this system's package manager: $1"
    # shellcheck disable=SC2086 # a list of names
    if command -v apt-get >/dev/null; then
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $1
    elif command -v dnf >/dev/null; then
        dnf -y install $1
    elif command -v zypper >/dev/null; then
        zypper --non-interactive install --no-recommends $1
    elif command -v pacman >/dev/null; then
        pacman -S --needed --noconfirm $1
    else
        complain "this system's package manager is none of apt, dnf, zypper and pacman"
        complain "install these by hand: $1"
        return 1
    fi
}

install_packages() {
    wanted=$(missing_packages)
    wanted=${wanted% }
    if [ -z "$wanted" ]; then
        say "The agents are installed already."
    elif ! install_from_disc "$wanted" && ! install_from_network "$wanted"; then
        complain "these could not be installed: $wanted"
        return 1
    fi
    if ! has_desktop && [ "$all" = no ]; then
        say "There is no desktop here, so spice-vdagent was left out (--all installs it)."
    fi
    start_services
}

# Most distributions start them at the next boot; this is for now. What is not there is no error.
start_services() {
    [ -d "$root/run/systemd/system" ] || return 0
    systemctl daemon-reload
    for service in qemu-guest-agent spice-vdagentd; do
        systemctl enable "$service" >/dev/null 2>&1
    done
    if [ -e "$root/dev/virtio-ports/org.qemu.guest_agent.0" ]; then
        systemctl start qemu-guest-agent || complain "qemu-guest-agent does not start"
    fi
    if [ -e "$root/dev/virtio-ports/com.redhat.spice.0" ] && has_desktop; then
        systemctl start spice-vdagentd || complain "spice-vdagentd does not start"
        say "Log out of the desktop and in again, so that it takes part."
    fi
    return 0
}

# One to a line. /sys/fs/virtiofs is there from Linux 6.9 on.
told_folders() {
    cat "$root"/sys/fs/virtiofs/*/tag 2>/dev/null
}

# Device 26 of the virtio specification (5.11) is a file system.
folder_devices() {
    cat "$root"/sys/bus/virtio/devices/*/modalias 2>/dev/null | grep -c '^virtio:d0000001Av'
}

# fstab(5): blanks and the like as octal numbers.
field() {
    printf %s "$1" | sed 's/\\/\\134/g; s/ /\\040/g; s/	/\\011/g; s/#/\\043/g'
}

mount_folder() {
    case $1 in
    '' | . | .. | */*)
        complain "\"$1\" is no name of a shared folder"
        return 1
        ;;
    esac
    place=/mnt/$1
    entry="$(field "$place") virtiofs "
    line="$(field "$1") ${entry}defaults,nofail 0 0"
    mkdir -p "$root$place" || return 1
    if grep -qsF " $entry" "$root/proc/mounts"; then
        say "The shared folder \"$1\" is mounted on $place already."
    elif ! mount -t virtiofs "$1" "$root$place"; then
        complain "the machine has no shared folder \"$1\", or this kernel knows no virtiofs"
        rmdir "$root$place" 2>/dev/null
        return 1
    else
        say "The shared folder \"$1\" is mounted on $place."
    fi
    grep -qsxF "$line" "$root/etc/fstab" && return 0
    printf '%s\n' "$line" >>"$root/etc/fstab" || return 1
    say "It will be at every start, by /etc/fstab."
}

mount_folders() {
    failed=0
    while IFS= read -r name; do
        [ -n "$name" ] || continue
        mount_folder "$name" || failed=1
    done <"$work/folders"
    if [ ! -s "$work/folders" ] && [ "$(folder_devices)" -gt 0 ]; then
        say "The machine has shared folders, but this kernel does not tell their names. To mount"
        say "them, name them:  sh \"$here/install.sh\" --folders-only NAME..."
    fi
    return $failed
}

packages=yes folders=yes all=no
while [ $# -gt 0 ]; do
    case $1 in
    --folders-only) packages=no ;;
    --packages-only) folders=no ;;
    --all) all=yes ;;
    -h | --help)
        usage
        exit 0
        ;;
    -*)
        complain "unknown option $1"
        usage >&2
        exit 2
        ;;
    *) break ;;
    esac
    shift
done

if [ "$(id -u)" != 0 ]; then
    complain "only root may do this: sudo sh \"$here/install.sh\""
    exit 1
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
if [ $# -gt 0 ]; then printf '%s\n' "$@"; else told_folders; fi >"$work/folders"

status=0
[ "$packages" = no ] || install_packages || status=1
[ "$folders" = no ] || mount_folders || status=1
exit $status
