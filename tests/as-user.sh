#!/bin/sh
# The end-to-end and escape tests again, as an ordinary user. Run as root.
# Exit 77: this machine does not let an ordinary user make namespaces.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
uid=${CARREL_TEST_UID:-64321}
work=$(mktemp -d /tmp/carrel-user.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src" "$work/home"
# The checkout may lie where only root can read.
tar -C "$top" --exclude=./build* --exclude=./.git -cf - . |
    tar -C "$work/src" -xf -
mkdir "$work/src/build"
cp "$top/build/carrel" "$work/src/build/carrel"
[ -c /dev/fuse ] && chmod 0666 /dev/fuse
[ -d "$top/../shared/data" ] && shared=$(cd "$top/../shared" && pwd) || shared=
chown -R "$uid:$uid" "$work"

as_user() {
    setpriv --reuid "$uid" --regid "$uid" --clear-groups \
        env -i PATH="$PATH" HOME="$work/home" USER=carrel-test LANG=C.UTF-8 \
        TMPDIR="$work/home" CARREL="$work/src/build/carrel" \
        CARREL_SHARED="$shared" "$@"
}
as_user unshare -U true 2>/dev/null || {
    echo "an ordinary user cannot make user namespaces here"
    exit 77
}
bad=0 ran=0
for t in "$work"/src/tests/e2e/[0-9]*.py "$work"/src/tests/escape/run.py; do
    [ -f "$t" ] || continue
    rc=0
    (cd "$work/home" && as_user python3 "$t") >"$work/out" 2>&1 || rc=$?
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
