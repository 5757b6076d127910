#!/bin/sh
# The main job from ingest to replay, on data of a fictional bank; each claim
# it shows is checked, and the exit code is 0 only when all of them hold.
#   sh tools/demo.sh
set -eu
cd "$(dirname "$0")/.."
sh tools/setup.sh
exec python3 tools/demo.py build/carrel
