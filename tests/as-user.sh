#!/bin/sh
# The end-to-end and escape tests, and those of the work area and of clients in
# sessions, again, as an ordinary user. Run as root.
#   sh tests/as-user.sh [TEST...]     tests by their paths; default: all
# Exit 77: this machine does not let an ordinary user make namespaces.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
uid=${CARREL_TEST_UID:-64321}
# fusermount3 wants a name for the user: one stands in /etc/passwd, but only
# in a mount namespace of this script.
if [ "${CARREL_AS_USER_INSIDE:-}" != 1 ]; then
    unshare -m true 2>/dev/null || {
        echo "root cannot make a mount namespace here"
        exit 77
    }
    CARREL_AS_USER_INSIDE=1 exec unshare -m sh "$0" "$@"
fi
work=$(mktemp -d /tmp/carrel-user.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src" "$work/home"
{
    cat /etc/passwd
    echo "carrel-test:x:$uid:$uid::$work/home:/bin/sh"
} >"$work/passwd"
mount --bind "$work/passwd" /etc/passwd
trap 'umount -l /etc/passwd; rm -rf "$work"' EXIT
# The checkout may lie where only root can read.
tar -C "$top" --exclude=./build* --exclude=./.git -cf - . |
    tar -C "$work/src" -xf -
mkdir -p "$work/src/build/tests/work"
cp "$top/build/carrel" "$work/src/build/carrel"
cp "$top/build/tests/work/exercise" "$work/src/build/tests/work/"
[ -c /dev/fuse ] && chmod 0666 /dev/fuse
[ -d "$top/../shared/data" ] && shared=$(cd "$top/../shared" && pwd) || shared=
chown -R "$uid:$uid" "$work"

as_user() {
    setpriv --reuid "$uid" --regid "$uid" --clear-groups \
        env -i PATH="$PATH" HOME="$work/home" USER=carrel-test LANG=C.UTF-8 \
        TMPDIR="$work/home" CARREL="$work/src/build/carrel" \
        EXERCISE="$work/src/build/tests/work/exercise" \
        CARREL_SHARED="$shared" CARREL_FEW=1 "$@"
}
as_user unshare -U true 2>/dev/null || {
    echo "an ordinary user cannot make user namespaces here"
    exit 77
}
# That the ways out can leak, and programs work elsewhere, root has shown.
[ $# != 0 ] || set -- "tests/escape/run.py --no-control" \
    "tests/clients/run.py --inside" tests/work/kill.py tests/work/two.py \
    $(cd "$top" && ls tests/e2e/[0-9]*.py)

one() { # TEST NUMBER
    args=${1#"${1%% *}"}
    t=$work/src/${1%% *}
    out=$work/out.$2
    [ -f "$t" ] || return 0
    rc=0
    (cd "$work/home" && as_user python3 "$t" $args) >"$out" 2>&1 || rc=$?
    case $rc in
    0 | 77) echo "$(basename "$t"): exit $rc" ;;
    *)
        echo "$(basename "$t"): FAILED ($rc)"
        tail -n 15 "$out"
        : >"$work/bad"
        ;;
    esac
    : >"$work/ran"
}

# Most of them wait for this and that: two beside each other.
worker() {
    n=0
    for test; do
        n=$((n + 1))
        mkdir "$work/taken.$n" 2>/dev/null || continue
        one "$test" "$n"
    done
}
worker "$@" &
worker "$@"
wait
[ -f "$work/ran" ] && [ ! -f "$work/bad" ]
