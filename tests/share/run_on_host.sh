#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run_on_host.sh BUILD-FOLDER ordinary|many|readonly|fsx|fsx-hour: the suite over a folder that FuseServer
# gives to this computer's kernel. As root, an ordinary user's rights are taken on first.
set -eu
tests=$1/tests
place=$(mktemp -d "${TMPDIR:-/tmp}/vitrine-share.XXXXXX")
trap 'rm -rf "$place"' EXIT
mkdir "$place/folder" "$place/mount"
chmod 755 "$place"
user=
if [ "$(id -u)" = 0 ]; then
    user="--user 65534"
    chown 65534:65534 "$place/folder"
    chmod o+x "$tests" # the ordinary user starts programs in there
fi
mounted() { "$tests/share_mount" "$@"; }
case $2 in
ordinary) mounted $user "$place/folder" "$place/mount" "$tests/share_suite" "$place/mount" ;;
many) # files in one folder
    mounted $user "$place/folder" "$place/mount" "$tests/share_suite" --many 100000 --only everyEntryOnce "$place/mount"
    ;;
readonly)
    mkdir "$place/folder/inner"
    echo text > "$place/folder/inner/file"
    # As root, too: nobody gets past it.
    mounted --readonly "$place/folder" "$place/mount" sh -c '
        set -e
        cd "$1"
        [ "$(cat inner/file)" = text ]
        for change in "touch new" "rm inner/file" "mkdir folder" "mv inner other" "ln -s a b" \
                      "ln inner/file hard" "chmod 600 inner/file" "truncate -s 0 inner/file" \
                      "mkfifo pipe" "rmdir inner"; do
            if $change 2> /tmp/share-readonly.$$; then echo "read-only: $change succeeded"; exit 1; fi
            grep -q "Read-only file system" /tmp/share-readonly.$$ || {
                echo "read-only: $change:"; cat /tmp/share-readonly.$$; exit 1; }
        done
        rm -f /tmp/share-readonly.$$
        [ "$(cat inner/file)" = text ]' sh "$place/mount"
    ;;
fsx) mounted $user "$place/folder" "$place/mount" "$tests/share_fsx" --seconds 20 --seed "$$" "$place/mount" ;;
fsx-hour) mounted $user "$place/folder" "$place/mount" "$tests/share_fsx" --seconds 3600 --seed "$$" "$place/mount" ;;
*) exit 2 ;;
esac
