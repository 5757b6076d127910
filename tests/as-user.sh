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
        CARREL_SHARED="$shared" "$@"
}
as_user unshare -U true 2>/dev/null || {
    echo "an ordinary user cannot make user namespaces here"
    exit 77
}
bad=0 ran=0
[ $# != 0 ] || set -- $(cd "$top" && ls tests/e2e/[0-9]*.py) \
    "tests/escape/run.py --no-control" tests/work/kill.py \
    tests/work/two.py "tests/clients/run.py --inside"
# That the ways out can leak, and programs work elsewhere, root has shown.
for t; do
    args=${t#"${t%% *}"}
    t=$work/src/${t%% *}
    [ -f "$t" ] || continue
    rc=0
    (cd "$work/home" && as_user python3 "$t" $args) >"$work/out" 2>&1 || rc=$?
    case $rc in
    0 | 77) echo "$(basename "$t"): exit $rc" ;;
    *)
        echo "$(basename "$t"): FAILED ($rc)"
        tail -n 15 "$work/out"
        bad=1
        ;;
    esac
    ran=$((ran + 1))
done
[ "$ran" -gt 0 ] && [ "$bad" = 0 ]
