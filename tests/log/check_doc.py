#!/usr/bin/env python3
"""carrel-log(5) lists every kind and field that event.h has, and no other.

    check_doc.py EVENT_H PAGE GENESIS
"""
# SPDX-License-Identifier: Apache-2.0
import re
import sys


def block(page, heading):
    """The literal block behind a heading, as (number, name, rest) tuples."""
    m = re.search(rf"## {heading}\n\n```\n(.*?)```", page, re.S)
    rows = [line.split(None, 2) for line in m[1].splitlines()]
    return [(int(r[0]), r[1], r[2] if len(r) > 2 else "") for r in rows]


def main():
    src, page = (open(p, encoding="utf-8").read() for p in sys.argv[1:3])
    kinds = [(int(n), k) for k, n in
             re.findall(r"^\tEV_(\w+) = (\d+),", src, re.M)]
    fields = [(int(n), name, kind.lower()) for n, kind, name in
              re.findall(r'X\((\d+), \w+, FT_(\w+), "([^"]+)"\)', src)]
    assert len(kinds) > 30 and len(fields) > 60
    assert [(n, k) for n, k, _ in block(page, "Kinds")] == kinds
    told = [(n, k, rest.split()[0]) for n, k, rest in block(page, "Fields")]
    assert told == fields, set(told) ^ set(fields)
    # The example is the entry that the fuzzers start from.
    with open(sys.argv[3], "rb") as f:
        genesis = f.read().hex()
    for part in ("84", "a7", "18ead97c9c94903a", "000005e4ce656ffc",
                 "ea4a6c63"):
        assert part in genesis and part in page, part
    assert f"_00 {len(genesis) // 2:02x}_" in page
    return 0


if __name__ == "__main__":
    sys.exit(main())
