#!/usr/bin/env python3
"""Verify an audit log from the C2SP texts alone; no code of ours is used.

    verify_log.py DIR VKEY [--prev FILE]

Written from c2sp.org/signed-note, /tlog-checkpoint, /tlog-tiles and RFC 6962,
8032. Prints size and root and exits 0, or says what is wrong and exits 1.
"""
# SPDX-License-Identifier: Apache-2.0
import base64
import hashlib
import os
import re
import sys


class Bad(Exception):
    """The log is not what was signed."""


def need(ok, why):
    if not ok:
        raise Bad(why)


# RFC 8032: Ed25519 verification, strict (S < L, canonical A, no small order).
P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)


def point_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_mul(s, p):
    r = IDENTITY
    while s > 0:
        if s & 1:
            r = point_add(r, p)
        p = point_add(p, p)
        s >>= 1
    return r


def point_equal(p, q):
    return ((p[0] * q[2] - q[0] * p[2]) % P == 0 and
            (p[1] * q[2] - q[1] * p[2]) % P == 0)


def point_decode(b):
    y = int.from_bytes(b, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * I % P
    if (x * x - x2) % P != 0 or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_ok(pub, msg, sig):
    a, r = point_decode(pub), point_decode(sig[:32])
    s = int.from_bytes(sig[32:], "little")
    if len(sig) != 64 or a is None or r is None or s >= L:
        return False
    if point_equal(point_mul(8, a), IDENTITY):
        return False
    k = int.from_bytes(hashlib.sha512(sig[:32] + pub + msg).digest(),
                       "little") % L
    return point_equal(point_mul(s, BASE), point_add(r, point_mul(k, a)))


# signed-note

def b64(s):
    """Strict: what it decodes to must encode to the same text."""
    try:
        raw = base64.b64decode(s, validate=True)
    except ValueError as e:
        raise Bad(f"not base64: {s!r}") from e
    need(base64.b64encode(raw).decode() == s, f"not base64: {s!r}")
    return raw


def parse_vkey(text):
    name, ident, key = text.strip().split("+", 2)
    raw = b64(key)
    need(len(raw) == 33 and raw[0] == 1, "vkey: not an Ed25519 key")
    want = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    need(want.hex() == ident, "vkey: its id does not fit")
    return name, want, raw[1:]


def open_note(raw, vkey):
    """The text of a note, each line of the trusted key being good."""
    name, ident, pub = vkey
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Bad("note: not UTF-8") from e
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", text), "note: controls")
    at = text.rfind("\n\n")
    need(at >= 0 and text.endswith("\n"), "note: no signatures")
    body, found = text[:at + 1], False
    for line in text[at + 2:-1].split("\n"):
        m = re.fullmatch("\u2014 ([^ +]+) (\\S+)", line)
        need(m is not None, f"note: not a signature line: {line!r}")
        sig = b64(m[2])
        need(len(sig) >= 5, "note: a signature too short")
        if m[1] == name and sig[:4] == ident:
            need(ed25519_ok(pub, body.encode(), sig[4:]),
                 "note: the signature is not good")
            found = True
    need(found, "note: not signed by the trusted key")
    return body


def open_checkpoint(raw, vkey):
    lines = open_note(raw, vkey).split("\n")
    need(len(lines) >= 4 and lines[-1] == "", "checkpoint: too few lines")
    need(lines[0] == vkey[0], "checkpoint: another log's origin")
    need(re.fullmatch("0|[1-9][0-9]*", lines[1]) and int(lines[1]) < 2 ** 64,
         "checkpoint: bad size")
    root = b64(lines[2])
    need(len(root) == 32, "checkpoint: bad root")
    return int(lines[1]), root


# RFC 6962

def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes):
    """Root over any number of equally high subtrees (RFC 6962, 2.1)."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(fold(hashes[:k]), fold(hashes[k:]))


# tlog-tiles

def tile_path(level, n, width):
    parts = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        parts.insert(0, f"x{n % 1000:03d}")
    path = f"tile/{level}/" + "/".join(parts)
    return path if width == 256 else f"{path}.p/{width}"


def read_tile(root, level, n, width):
    """A resource of that width; the full one stands in for a partial one."""
    for w in (width, 256):
        path = os.path.join(root, tile_path(level, n, w))
        if os.path.exists(path):
            with open(path, "rb") as f:
                return f.read(), w
    raise Bad(f"{tile_path(level, n, width)}: missing")


def read_entries(root, n, width):
    raw, have = read_tile(root, "entries", n, width)
    at, out = 0, []
    while at < len(raw):
        need(at + 2 <= len(raw), f"bundle {n}: trailing bytes")
        size = int.from_bytes(raw[at:at + 2], "big")
        need(at + 2 + size <= len(raw), f"bundle {n}: cut short")
        out.append(raw[at + 2:at + 2 + size])
        at += 2 + size
    need(len(out) == have, f"bundle {n}: {len(out)} entries, not {have}")
    return out[:width]


def check_level(root, level, hashes):
    """Compare one level's hashes with its tiles; the hashes one level up."""
    up = []
    for at in range(0, len(hashes), 256):
        part = hashes[at:at + 256]
        raw, have = read_tile(root, level, at // 256, len(part))
        need(len(raw) == have * 32, f"tile {level}/{at // 256}: bad length")
        for i, h in enumerate(part):
            need(raw[i * 32:i * 32 + 32] == h,
                 f"tile {level}/{at // 256}: hash {i} (of entry "
                 f"{(at + i) << (8 * level)} on) differs")
        if len(part) == 256:
            up.append(fold(part))
    return up


def verify(root, vkey_text, prev):
    vkey = parse_vkey(vkey_text)
    with open(os.path.join(root, "checkpoint"), "rb") as f:
        size, want = open_checkpoint(f.read(), vkey)
    leaves = []
    for n in range((size + 255) // 256):
        width = min(256, size - n * 256)
        leaves += [leaf_hash(e) for e in read_entries(root, n, width)]
    have = fold(leaves) if leaves else hashlib.sha256(b"").digest()
    level, hashes = 0, leaves
    while hashes:
        hashes = check_level(root, level, hashes)
        level += 1
    need(have == want, "the entries do not make the signed root")
    if prev is not None:
        with open(prev, "rb") as f:
            old, old_root = open_checkpoint(f.read(), vkey)
        need(old <= size, f"cut back: it had {old} entries, now {size}")
        need(old == 0 or fold(leaves[:old]) == old_root,
             f"rewritten: the first {old} entries are others")
    return size, have


def main(argv):
    prev = None
    if len(argv) == 5 and argv[3] == "--prev":
        prev = argv[4]
    elif len(argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        size, root = verify(argv[1], argv[2], prev)
    except (Bad, OSError) as e:
        print(f"BAD: {e}")
        return 1
    print(f"{size} {root.hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
