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
cd "$work"
"$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 "$work/new" "$corpus"
