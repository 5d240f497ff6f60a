#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the build into a temporary prefix and looks at what a desktop will find there.
#   check_packaging.sh BUILD_FOLDER
set -eu
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$1" --prefix "$prefix" >/dev/null

for file in bin/vitrine bin/vitrine-vm bin/vitrinectl lib/vitrine/libvitrine-engine.so \
    lib/vitrine/vitrine-window.so lib/vitrine/vitrine-sdl.so lib/vitrine/vitrine-recorder.so lib/vitrine/vitrine-spice lib/vitrine/vitrine-sound lib/vitrine/vitrine-film share/applications/org.vitrine.Vitrine.desktop \
    share/metainfo/org.vitrine.Vitrine.metainfo.xml share/mime/packages/vitrine.xml \
    share/icons/hicolor/scalable/apps/vitrine.svg share/man/man1/vitrine.1 \
    share/man/man1/vitrine-vm.1 share/man/man1/vitrinectl.1 share/vitrine/osinfo \
    share/vitrine/translations/vitrine_de.qm; do
    [ -e "$prefix/$file" ] || { echo "not installed: $file"; exit 1; }
done

# The installed programs run by themselves, without the build tree's libraries.
for program in vitrine vitrine-vm vitrinectl; do
    "$prefix/bin/$program" --version
    if ldd "$prefix/bin/$program" | grep -q "not found\|$1"; then
        echo "$program does not find its library where it is installed"
        exit 1
    fi
done

desktop-file-validate "$prefix/share/applications/org.vitrine.Vitrine.desktop"
appstreamcli validate --no-net "$prefix/share/metainfo/org.vitrine.Vitrine.metainfo.xml"
update-mime-database "$prefix/share/mime"
grep -q '\*\.vitrine' "$prefix/share/mime/globs"
for page in vitrine vitrine-vm vitrinectl; do
    warnings=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -l \
        "$prefix/share/man/man1/$page.1" 2>&1 >/dev/null)
    [ -z "$warnings" ] || { echo "$page.1: $warnings"; exit 1; }
done
