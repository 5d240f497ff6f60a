#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# make_flip_iso.sh ISO WIDTH HEIGHT solid|noise|key|pages|key-pages: a CD that boots the flip guest.
set -euo pipefail
iso=$(readlink -m "$1") width=$2 height=$3
case $4 in solid) mode=0 ;; noise) mode=1 ;; key) mode=2 ;; pages) mode=3 ;; key-pages) mode=4 ;; *) echo "No such mode: $4" >&2; exit 2 ;; esac
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/cd"
gcc -m32 -O2 -ffreestanding -fno-pie -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables \
    -mno-sse -fcf-protection=none -Wall -Wextra -c -o "$work/flip.o" "$here/flip.c"
gcc -m32 -c -o "$work/boot.o" "$here/boot.S"
ld -m elf_i386 -z noexecstack --no-warn-rwx-segments -T "$here/flip.ld" -o "$work/flip.elf" "$work/boot.o" "$work/flip.o"
objcopy -O binary "$work/flip.elf" "$work/cd/flip.bin"
little() { printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8)))"; }
{ little "$width"; little "$height"; little "$mode"; } |
    dd of="$work/cd/flip.bin" bs=1 seek=16 conv=notrunc status=none
truncate -s %2048 "$work/cd/flip.bin"
sectors=$(($(stat -c %s "$work/cd/flip.bin") / 512))
xorriso -report_about WARNING -as mkisofs -quiet -V FLIP -o "$iso" -b flip.bin -no-emul-boot \
    -boot-load-size "$sectors" "$work/cd"
