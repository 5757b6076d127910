#!/bin/sh
# Builds and runs every test; the last line counts them.
#   sh tools/test.sh            what CI runs, under 20 minutes
#   sh tools/test.sh --long     also long fuzzing, thread sanitizer, crash runs
#   sh tools/test.sh --quick    the plain build's tests only
set -eu
cd "$(dirname "$0")/.."
mode=${1:-}
# A build that tests make has warnings as errors; one that stands is taken.
CARREL_WERROR=true sh tools/setup.sh --tests

logs=$(mktemp -d "${TMPDIR:-/tmp}/carrel-test.XXXXXX")
trap 'rm -rf "$logs"' EXIT
passed=0 failed=0 skipped=0

# One command: 0 passed, 77 skipped with its last line as the reason.
check() {
    name=$1
    shift
    start=$(date +%s)
    rc=0
    "$@" >"$logs/out" 2>&1 </dev/null || rc=$?
    took=$(($(date +%s) - start))
    case $rc in
    0)
        passed=$((passed + 1))
        echo "ok      $name (${took}s)"
        ;;
    77)
        skipped=$((skipped + 1))
        echo "skipped $name: $(tail -n 1 "$logs/out")"
        ;;
    *)
        failed=$((failed + 1))
        echo "FAILED  $name (exit $rc, ${took}s)"
        tail -n 40 "$logs/out" | sed 's/^/    /'
        ;;
    esac
}

# All meson tests of a build directory, counted one by one.
meson_tests() {
    label=$1 dir=$2
    shift 2
    meson test -C "$dir" --no-rebuild --num-processes 4 "$@" \
        >"$logs/meson" 2>&1 </dev/null || true
    python3 tests/count.py "$label" "$dir/meson-logs/testlog.json" \
        >"$logs/count" || true
    grep -v '^= ' "$logs/count" || true
    set -- $(sed -n 's/^= //p' "$logs/count")
    if [ $# != 3 ]; then
        tail -n 40 "$logs/meson"
        set -- 0 1 0
    fi
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# What a sanitizer said, also in a gateway, which has no terminal to say it on.
sanitizers_said_nothing() {
    ! grep -hs -A 20 -e 'ERROR: ' -e 'runtime error: ' \
        -e 'WARNING: ThreadSanitizer' "$logs"/san.*
}

configure() { # DIR CC OPTIONS...
    dir=$1 cc=$2
    shift 2
    [ -f "$dir/build.ninja" ] || CC=$cc meson setup "$dir" "$@" || return 1
    ninja -C "$dir"
}

# What is wanted later, while tests wait for this and that.
begin() { # NAME NICE COMMAND...
    name=$1 nice=$2
    shift 2
    (
        rc=0
        sh -c 'renice -n "$0" -p "$PPID"' "$nice" >/dev/null 2>&1 || true
        "$@" >"$logs/$name.out" 2>&1 </dev/null || rc=$?
        echo "$rc" >"$logs/$name.rc.new"
        mv "$logs/$name.rc.new" "$logs/$name.rc"
    ) &
}

begun() { # NAME
    while [ ! -f "$logs/$1.rc" ]; do
        sleep 1
    done
    tail -n 40 "$logs/$1.out"
    return "$(cat "$logs/$1.rc")"
}

# Of this build only the targets are wanted, not every test once more.
configure_fuzz() {
    [ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz \
        -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false || return 1
    ninja -C build-fuzz $(ninja -C build-fuzz -t targets all |
        sed -n 's|^\(tests/fuzz/fuzz_[a-z]*\): .*|\1|p')
}

# Each target is counted from what it left behind.
fuzz_all() {
    begun fuzz >/dev/null || return 0
    for t in build-fuzz/tests/fuzz/fuzz_*; do
        [ -x "$t" ] && [ -f "$t" ] || continue
        n=$(basename "$t") rc=0
        sh tests/fuzz/run.sh "$t" "$seconds" >"$logs/$n.log" 2>&1 || rc=$?
        echo "$rc" >"$logs/$n.rc"
    done
}

# Also what a machine without intel-ipsec-mb has.
build_asan() {
    configure build-asan clang -Db_sanitize=address,undefined \
        -Db_lundef=false -Dwerror=true -Dgcm=libgcrypt
}

if [ "$mode" != --quick ]; then
    begin asan 19 build_asan
    begin fuzz 19 configure_fuzz
    seconds=15 wide="--suite reads"
    if [ "$mode" = --long ]; then
        seconds=600 wide="--suite e2e"
    fi
    begin fuzzing 10 fuzz_all
fi
meson_tests "" build

if [ "$mode" != --quick ]; then
    grep -q -- '-Werror' build/compile_commands.json ||
        check "warnings are errors: gcc" configure build-werror gcc \
            -Dwerror=true
    check "build: clang, address and undefined sanitizers" begun asan
    [ "$(id -u)" != 0 ] || begin user 0 sh tests/as-user.sh
    ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 \
        UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 CARREL_SANITIZED=1 \
        meson_tests "asan: " build-asan --suite unit --suite log \
        --suite fault --suite property $wide --timeout-multiplier 5
    if [ "$(id -u)" = 0 ]; then
        check "as an ordinary user" begun user
    fi
    check "build: fuzz targets" begun fuzz
    begun fuzzing >/dev/null || true
    for rc in "$logs"/fuzz_*.rc; do
        n=$(basename "$rc" .rc)
        check "fuzz: $n, $seconds s" \
            sh -c 'cat "$0/$1.log"; exit "$(cat "$0/$1.rc")"' "$logs" "$n"
    done
fi

if [ "$mode" = --long ]; then
    check "build: thread sanitizer" configure build-tsan clang \
        -Db_sanitize=thread -Db_lundef=false
    # Tests fork from threads and start some in the child.
    tsan=allocator_may_return_null=1:die_after_fork=0
    tsan=$tsan:suppressions=$PWD/tests/tsan.supp
    TSAN_OPTIONS=$tsan:log_path=$logs/san CARREL_SANITIZED=thread \
        meson_tests "tsan: " build-tsan --suite unit --suite log --suite e2e \
        --timeout-multiplier 10
    check "tsan: nothing said in any process" sanitizers_said_nothing
    CARREL_LONG=1 meson_tests "long: " build --suite e2e --suite work --suite log \
        --suite property --suite fault --timeout-multiplier 20
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
