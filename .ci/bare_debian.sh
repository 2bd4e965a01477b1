#!/usr/bin/env bash
# Shows that a clone needs nothing but Debian with python3, python3-venv, make and ca-certificates: makes such a
# Debian in a folder and runs a command in a clone there, as root and as an ordinary user.
#
#   .ci/bare_debian.sh [command...]      default: make test
#
# Needs root and debootstrap. BARE_DEBIAN names the folder, which is kept for the next time. Packages come from
# where this machine's own come from.
set -euo pipefail

project=$(cd "$(dirname "$0")/.." && pwd)
folder=${BARE_DEBIAN:-$project/.local/bare-debian}
[ $# -gt 0 ] || set -- make test

# In a mount namespace of our own, so that nothing stays mounted however this ends.
if [ -z "${BARE_DEBIAN_INSIDE:-}" ]; then
    exec env BARE_DEBIAN_INSIDE=1 unshare --mount --pid --fork "$0" "$@"
fi

mirror() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        sed -nE 's/^(URIs:|deb( \[[^]]*\])?) +([^ ]+\/debian\/?)( .*)?$/\3/p' | head -1
}

if [ ! -e "$folder/etc/debian_version" ]; then
    # shellcheck disable=SC2046 - no mirror found: debootstrap has one of its own
    debootstrap --variant=minbase --include=python3,python3-venv,make,ca-certificates bookworm "$folder" $(mirror)
fi
mount -t proc proc "$folder/proc"
mount --rbind /dev "$folder/dev"
cp /etc/resolv.conf /etc/hosts "$folder/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
chroot "$folder" id visitor >/dev/null 2>&1 || chroot "$folder" useradd --create-home visitor

for who in root visitor; do
    home=$([ "$who" = root ] && echo /srv || echo /home/visitor)
    rm -rf "${folder:?}$home/clone"
    git clone --quiet --no-hardlinks "$project" "$folder$home/clone"
    chroot "$folder" chown -R "$who:" "$home/clone"
    printf '\n== as %s: %s\n' "$who" "$*"
    started=$SECONDS
    chroot "$folder" setpriv --reuid "$who" --regid "$who" --init-groups \
        env -i HOME="$home" PATH=/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 CI="${CI:-}" \
        sh -c 'cd "$HOME/clone" && exec "$@"' sh "$@"
    printf '== as %s: done in %s s\n' "$who" "$((SECONDS - started))"
done
