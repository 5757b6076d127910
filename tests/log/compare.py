#!/usr/bin/env python3
"""Both verifiers over good and tampered logs: they agree, and so do we.

    compare.py MAKE_LOG VERIFY_LOG CASE...
"""
# SPDX-License-Identifier: Apache-2.0
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

TOOL, PYTHON = sys.argv[1], sys.argv[2]
checks = 0


def run(*args):
    p = subprocess.run(args, capture_output=True, text=True, check=False)
    return p.returncode, p.stdout.strip()


def make(where, n, seed=7):
    rc, vkey = run(TOOL, "make", where, str(n), str(seed))
    assert rc == 0, f"make {n}: {vkey}"
    return vkey


def both(where, vkey, prev=None):
    """(exit code, output) of the C verifier and of the Python one."""
    c = run(TOOL, "verify", where, vkey, *([prev] if prev else []))
    p = run(sys.executable, PYTHON, where, vkey,
            *(["--prev", prev] if prev else []))
    return c, p


def good(where, vkey, prev=None):
    global checks
    c, p = both(where, vkey, prev)
    assert c[0] == 0 and p[0] == 0, f"refused a good log: {c} {p}"
    assert c[1] == p[1], f"they differ: {c[1]} / {p[1]}"
    checks += 1
    return int(c[1].split()[0])


def bad(where, vkey, what, prev=None, first=None, place=None, only_c=False):
    """Both refuse; the C verifier names the first bad entry or the place."""
    global checks
    c, p = both(where, vkey, prev)
    assert c[0] == 1, f"{what}: the C verifier said {c}"
    assert only_c or p[0] == 1, f"{what}: the Python verifier said {p}"
    m = re.match(r"BAD (-?\d+): ([^:]*):", c[1])
    assert m, f"{what}: no place in {c[1]!r}"
    if first is not None:
        assert int(m[1]) == first, f"{what}: named {m[1]}, not {first}: {c[1]}"
    if place is not None:
        assert m[2].startswith(place), f"{what}: not at {place}: {c[1]}"
    checks += 1


class Copy:
    """A copy of the log that a case may spoil."""

    def __init__(self, base):
        self.base = base

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="carrel-log-")
        self.log = os.path.join(self.dir, "log")
        shutil.copytree(self.base, self.log)
        return self.log

    def __exit__(self, *_):
        shutil.rmtree(self.dir)


def path_of(log, name):
    return os.path.join(log, name)


def flip(path, at, bit):
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ (1 << bit)]))


def entries(raw):
    out, at = [], 0
    while at < len(raw):
        n = int.from_bytes(raw[at:at + 2], "big")
        out.append(raw[at + 2:at + 2 + n])
        at += 2 + n
    return out


def pack(parts):
    return b"".join(len(p).to_bytes(2, "big") + p for p in parts)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, raw):
    with open(path, "wb") as f:
        f.write(raw)


def entry_at(raw, offset):
    """Index of the entry whose bytes (or length) hold that offset."""
    at, i = 0, 0
    while True:
        at += 2 + int.from_bytes(raw[at:at + 2], "big")
        if offset < at:
            return i
        i += 1


def case_sizes():
    with tempfile.TemporaryDirectory() as d:
        for n in (1, 255, 256, 257, 70000):
            where = os.path.join(d, str(n))
            vkey = make(where, n)
            assert good(where, vkey) == n


def case_flips():
    rng = random.Random(20)
    with tempfile.TemporaryDirectory() as d:
        base = os.path.join(d, "log")
        vkey = make(base, 700)
        # Entries: the very entry is named (a changed length, the first that
        # cannot be read or hashes otherwise).
        for name, first in (("tile/entries/000", 0), ("tile/entries/001", 256),
                            ("tile/entries/002.p/188", 512)):
            raw = read(path_of(base, name))
            for _ in range(6):
                at = rng.randrange(len(raw))
                with Copy(base) as log:
                    flip(path_of(log, name), at, rng.randrange(8))
                    hit = first + entry_at(raw, at)
                    c, p = both(log, vkey)
                    assert c[0] == 1 and p[0] == 1, f"{name} {at}: {c} {p}"
                    assert c[1].startswith("BAD "), c
                    named = int(c[1].split()[1].rstrip(":"))
                    assert first <= named <= first + 256, c
                    if raw[at:at + 1] and not length_byte(raw, at):
                        assert named == hit, f"{name} {at}: {c}"
                    global checks
                    checks += 1
        # Tiles: the entry whose hash was changed, or the tile's first.
        for name, size in (("tile/0/000", 8192), ("tile/0/001", 8192),
                           ("tile/0/002.p/188", 188 * 32),
                           ("tile/1/000.p/2", 64)):
            for _ in range(4):
                at = rng.randrange(size)
                with Copy(base) as log:
                    flip(path_of(log, name), at, rng.randrange(8))
                    n = int(name.split("/")[2][:3])
                    first = n * 256 + at // 32
                    if name.startswith("tile/1"):
                        first = (at // 32) * 256
                    bad(log, vkey, name, first=first)
        raw = read(path_of(base, "checkpoint"))
        cut = raw.index(b"\n\n") + 2 + raw[raw.index(b"\n\n") + 2:].index(b"\n")
        for at in range(0, cut, 5):
            with Copy(base) as log:
                flip(path_of(log, "checkpoint"), at, rng.randrange(8))
                bad(log, vkey, f"checkpoint byte {at}", place="checkpoint")
        # The epoch's line and the kept checkpoints are our own rules.
        for at in range(cut + 4, len(raw) - 3, 9):
            with Copy(base) as log:
                flip(path_of(log, "checkpoint"), at, rng.randrange(8))
                bad(log, vkey, f"checkpoint byte {at}", place="checkpoint",
                    only_c=True)
        with Copy(base) as log:
            kept = sorted(os.listdir(path_of(log, "checkpoints")))
            flip(path_of(log, "checkpoints/" + kept[0]), 30, 0)
            bad(log, vkey, "kept checkpoint", place="checkpoints/",
                only_c=True)
        with Copy(base) as log:
            keys = os.listdir(path_of(log, "keys"))
            flip(path_of(log, "keys/" + keys[0]), 50, 3)
            bad(log, vkey, "wrapped key", place="keys/", only_c=True)


def length_byte(raw, offset):
    at = 0
    while at < len(raw):
        if offset in (at, at + 1):
            return True
        at += 2 + int.from_bytes(raw[at:at + 2], "big")
    return False


def case_shape():
    """Truncation, trailing bytes, missing files, reordering, splicing."""
    with tempfile.TemporaryDirectory() as d:
        base = os.path.join(d, "log")
        vkey = make(base, 700)
        for name, first in (("tile/entries/001", 256), ("tile/0/001", 256),
                            ("tile/1/000.p/2", 0),
                            ("tile/entries/002.p/188", 512),
                            ("tile/0/002.p/188", 512)):
            with Copy(base) as log:
                os.unlink(path_of(log, name))
                bad(log, vkey, "missing " + name, first=first, place=name)
            raw = read(path_of(base, name))
            for what, new in (("cut", raw[:-1]), ("longer", raw + b"\0"),
                              ("doubled", raw + raw), ("empty", b"")):
                with Copy(base) as log:
                    write(path_of(log, name), new)
                    bad(log, vkey, f"{what} {name}")
        name = "tile/entries/001"
        parts = entries(read(path_of(base, name)))
        swapped = parts[:40] + [parts[41], parts[40]] + parts[42:]
        with Copy(base) as log:
            write(path_of(log, name), pack(swapped))
            bad(log, vkey, "reordered", first=256 + 40)
        with Copy(base) as log:
            write(path_of(log, name), pack(parts[:40] + parts[41:]))
            bad(log, vkey, "an entry taken out")
        with Copy(base) as log:
            write(path_of(log, name),
                  pack(parts[:40] + parts[39:40] + parts[40:-1]))
            bad(log, vkey, "an entry put in", first=256 + 40)
        other = os.path.join(d, "other")
        make(other, 700)
        with Copy(base) as log:
            shutil.copy(path_of(other, name), path_of(log, name))
            bad(log, vkey, "a bundle of another log", first=256)
        # A key file that is gone is shredding, not tampering.
        with Copy(base) as log:
            for k in os.listdir(path_of(log, "keys")):
                os.unlink(path_of(log, "keys/" + k))
            good(log, vkey)


def case_history():
    """Rollback, rewriting, other keys, other origins."""
    with tempfile.TemporaryDirectory() as d:
        base, prev = os.path.join(d, "log"), os.path.join(d, "prev")
        vkey = make(base, 700)
        shutil.copy(path_of(base, "checkpoint"), prev)
        good(base, vkey, prev)
        with Copy(base) as log:
            kept = sorted(os.listdir(path_of(log, "checkpoints")), key=int)
            shutil.copy(path_of(log, "checkpoints/" + kept[0]),
                        path_of(log, "checkpoint"))
            good(log, vkey)
            bad(log, vkey, "rollback", prev=prev, place="checkpoint")
        # The thief of the log key changes one entry and signs all again.
        name = "tile/entries/001"
        parts = entries(read(path_of(base, name)))
        parts[40] = parts[40][:-1] + bytes([parts[40][-1] ^ 1])
        with Copy(base) as log:
            write(path_of(log, name), pack(parts))
            assert run(TOOL, "resign", log, "7")[0] == 0
            bad(log, vkey, "rewritten and signed again", only_c=True)
            bad(log, vkey, "rewritten, with --prev", prev=prev)
            shutil.rmtree(path_of(log, "checkpoints"))
            os.mkdir(path_of(log, "checkpoints"))
            bad(log, vkey, "rewritten, kept ones removed", only_c=True)
        with Copy(base) as log:
            assert run(TOOL, "resign", log, "8")[0] == 0
            bad(log, vkey, "signed by another key", place="checkpoint")
        other = os.path.join(d, "other")
        make(other, 700)
        bad(other, vkey, "another log under the same key and name",
            prev=prev)
        foreign = os.path.join(d, "foreign")
        wrong = make(foreign, 300, 9)
        bad(base, wrong, "another key", place="checkpoint")


def main():
    for name in sys.argv[3:]:
        globals()["case_" + name]()
        print(f"{name}: ok, {checks} checks so far")
    return 0


if __name__ == "__main__":
    sys.exit(main())
