#!/bin/sh
# Runs one fuzz target over its corpus for some seconds.
#   run.sh TARGET SECONDS
set -eu
name=$(basename "$1" | sed 's/^fuzz_//')
corpus=$(cd "$(dirname "$0")" && pwd)/corpus/$name
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/new"
[ -d "$corpus" ] || { mkdir "$work/empty"; corpus=$work/empty; }
# Policies lie elsewhere already, good ones and bad ones.
set -- "$1" "$2" "$work/new" "$corpus"
if [ "$name" = policy ]; then
    top=$(cd "$(dirname "$0")/../.." && pwd)
    set -- "$@" "$top/example-policies" "$top/tests/bad/policies"
fi
target=$(cd "$(dirname "$1")" && pwd)/$(basename "$1") seconds=$2
shift 2
cd "$work"
# A find exits 1 (77, its own choice, would be a skip) and stays in TMPDIR.
"$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -max_len=65536 -print_final_stats=1 -error_exitcode=1 \
    -timeout_exitcode=1 -artifact_prefix="${TMPDIR:-/tmp}/carrel-fuzz-$name-" \
    "$@"
