#!/bin/sh
# Installs what is missing to build, run and test carrel on Debian 12, says
# what it installs, and builds into build/. Used by demo.sh and test.sh.
#   sh tools/setup.sh [--tests]     --tests: also what only tests need
set -eu
cd "$(dirname "$0")/.."

build="build-essential pkg-config meson ninja-build scdoc libfuse3-dev
libsodium-dev libgcrypt20-dev libsqlite3-dev libyaml-dev libseccomp-dev
libutf8proc-dev libsndfile1-dev libarchive-dev libcmocka-dev fuse3 python3 sox
libespeak-ng1"
# The faster AES-256-GCM, which is for one architecture; libgcrypt has the others.
[ "$(dpkg --print-architecture)" != amd64 ] || build="$build libipsec-mb-dev"
tests="clang libclang-rt-14-dev clang-format jq nginx-light gocryptfs"
want=$build
[ "${1:-}" = --tests ] && want="$build $tests"

missing=
for p in $want; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$p" 2>/dev/null)" = "ii " ] ||
        missing="$missing $p"
done
if [ -n "$missing" ]; then
    echo "setup: installing Debian packages:$missing" >&2
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "setup: not root and no sudo; run as root:" \
                "apt-get install$missing" >&2
            exit 1
        }
        as_root=sudo
    fi
    log=$(mktemp)
    if ! { $as_root apt-get update &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
            --no-install-recommends $missing; } >"$log" 2>&1; then
        tail -20 "$log" >&2
        echo "setup: the packages could not be installed (log: $log)" >&2
        exit 1
    fi
    rm -f "$log"
fi

if [ ! -f build/build.ninja ]; then
    meson setup build -Dwerror="${CARREL_WERROR:-false}" >/dev/null
fi
out=$(ninja -C build 2>&1) || {
    printf '%s\n' "$out" | tail -40 >&2
    echo "setup: the build failed" >&2
    exit 1
}
