"""Follows an exerciser's journal and says whether a tree that came back after
a kill is one that the journal allows.

The journal (exercise.c, --journal), a line each; NR is an inode's number:

  O N NAME            operation N begins
  I NR d|f|l MODE [TARGET]    an inode is made (names and targets are in hex)
  N (NR NAME NR)...   names, in one step: in folder NR, NAME is now NR (0: gone)
  W NR OFF LEN TAG    bytes written (world.h says which)
  C NR OFF LEN FROM FROM_OFF   bytes copied from another file
  Z NR OFF LEN        zeros within the file
  S NR SIZE           a new size
  A NR MODE   X NR NAME LEN TAG    attributes; LEN -1: removed
  M NR OFF LEN TAG    bytes will be stored through a mapping; their W follows
  F NR                fsync, fdatasync or msync of the inode has returned 0
  ?                   what follows was asked when the server died: it may or
                      may not have happened

What is allowed, exactly. A VERSION of a file is its content after one change.

1. Names. All changes of names have one order. The tree that came back is the
   one after the k-th change, where k is at least the number of changes before
   the last F of anything, and at most all, those after "?" included.
2. Sizes. A file's size is that of a version not older than its last F.
3. Bytes. The content, up to that size, is as a whole that of one version not
   older than the last F. To the last version alone also belong, for each 4096
   bytes at a multiple of 4096, what a change after "?" would make of them, and,
   for a mapping, any mixture of such bytes and those before.
4. Attributes. A mode, and each user attribute, is one that the inode had not
   earlier than its last F.

`exact` (a server that ended in good order) allows only the last of each.
"""
# SPDX-License-Identifier: Apache-2.0
import array
import os
import stat
import sys

UNIT = 4096
HOLE = bytes(UNIT)


def pattern(off, length, tag):
    """The bytes that tag writes at off."""
    if length <= 0:
        return b''
    first, last = off >> 3, (off + length + 7) >> 3
    words = array.array('Q', range(tag << 32 | first, tag << 32 | last))
    if sys.byteorder == 'big':
        words.byteswap()
    return words.tobytes()[off & 7:(off & 7) + length]


class File:
    """A file's last content, and what each unit was since its last F."""

    def __init__(self):
        self.size, self.units = 0, {}
        self.version = 0           # versions since the last F
        self.sizes = [(0, 0)]      # (version it came with, size)
        self.was = {}              # unit: [(version it came with, bytes)]
        self.maybe_sizes, self.maybe = [], {}  # after "?"
        self.mixed = {}            # unit: [bytes of a mapping in flight]

    def synced(self):
        self.version, self.sizes, self.was = 0, [(0, self.size)], {}
        self.mixed = {}

    def get(self, off, length):
        out = b''.join(self.units.get(u, HOLE) for u in range(
            off // UNIT, (off + length + UNIT - 1) // UNIT))
        return out[off % UNIT:off % UNIT + length]

    def changed(self, off, data):
        """Unit by unit: what they become when data is put at off."""
        end = off + len(data)
        for u in range(off // UNIT, (end + UNIT - 1) // UNIT):
            a, b = max(off, u * UNIT), min(end, (u + 1) * UNIT)
            old = self.units.get(u, HOLE)
            yield u, (old[:a - u * UNIT] + data[a - off:b - off] +
                      old[b - u * UNIT:])

    def put(self, off, data, possible):
        new = dict(self.changed(off, data))
        self.set(new, max(self.size, off + len(data)) if data else self.size,
                 possible)

    def resize(self, size, possible):
        new = {}
        if size < self.size:
            for u, old in self.units.items():
                if (u + 1) * UNIT > size:
                    keep = max(0, size - u * UNIT)
                    new[u] = old[:keep] + HOLE[keep:]
        self.set(new, size, possible)

    def set(self, new, size, possible):
        if possible:
            self.maybe_sizes += [size] if size < self.size else [
                range(self.size, size + 1)]
            for u, b in new.items():
                self.was.setdefault(u, [(0, self.units.get(u, HOLE))])
                self.maybe.setdefault(u, []).append(b)
        else:
            self.version += 1
            for u, b in new.items():
                self.was.setdefault(u, [(0, self.units.get(u, HOLE))]).append(
                    (self.version, b))
            self.sizes.append((self.version, size))
            self.mixed = {}
        self.units.update(new)
        self.size = size

    def store(self, off, data):
        for u, b in self.changed(off, data):
            self.mixed.setdefault(u, []).append(b)

    # -- what came back

    def spans(self, history, fits):
        """The versions during which the history had a value that fits."""
        out = set()
        for i, (since, value) in enumerate(history):
            until = history[i + 1][0] if i + 1 < len(history) else \
                self.version + 1
            if fits(value):
                out |= set(range(since, until))
        return out

    def unit_versions(self, u, got):
        """The versions to which these bytes of the unit belong."""
        n = len(got)
        history = self.was.get(u) or [(0, self.units.get(u, HOLE))]
        ok = self.spans(history, lambda b: b[:n] == got)
        if any(b[:n] == got for b in self.maybe.get(u, ())):
            ok.add(self.version)
        for b in self.mixed.get(u, ()):
            old = history[-1][1]
            if all(g in (x, y) for g, x, y in zip(got, old, b)):
                ok.add(self.version)
        return ok

    def wrong(self, f, size):
        """Why the open file f of this size is none of the versions; None."""
        ok = self.spans(self.sizes, lambda s: s == size)
        if any(size == s or (isinstance(s, range) and size in s)
               for s in self.maybe_sizes):
            ok.add(self.version)
        if not ok:
            return f'size {size}, allowed {self.sizes} {self.maybe_sizes}'
        for u in range((size + UNIT - 1) // UNIT):
            got = os.pread(f, min(UNIT, size - u * UNIT), u * UNIT)
            one = self.unit_versions(u, got)
            if not one:
                return f'foreign or torn bytes at {u * UNIT}: {words(got)}'
            if not ok & one:
                return (f'bytes at {u * UNIT} are of versions {sorted(one)}, '
                        f'those before of {sorted(ok)} ({self.version} since '
                        f'the last fsync)')
            ok &= one
        return None


def words(b):
    """Who wrote the first bytes, and where they belong."""
    w = int.from_bytes(b[:8].ljust(8, b'\0'), 'little')
    return f'writer {w >> 32:08x} for {(w & 0xffffffff) << 3}'


class Inode:
    def __init__(self, kind, mode, target):
        self.kind, self.target = kind, target
        self.modes, self.xattrs = [mode], {}
        self.file = File() if kind == 'f' else None


class Follower:
    """The journal's world; `exact`: nothing may be lost."""

    def __init__(self, path, exact=False):
        self.exact = exact
        self.inodes, self.names = {}, {}
        self.later = []        # changes of names since the last F
        self.possible = False
        self.ops = self.syncs = 0
        with open(path, encoding='ascii') as f:
            for line in f:
                if not line.endswith('\n'):
                    break
                self.line(*line.split())
        if exact:
            for nr in list(self.inodes):
                self.do_F(nr)

    def line(self, what, *args):
        if what == '?':
            self.possible = True
        else:
            getattr(self, 'do_' + what)(*args)

    def do_O(self, *_):
        self.ops += 1

    def do_I(self, nr, kind, mode, target=''):
        self.inodes[int(nr)] = Inode(kind, int(mode, 8),
                                     bytes.fromhex(target))

    def do_N(self, *args):
        self.later.append([
            (int(args[i]), bytes.fromhex(args[i + 1]), int(args[i + 2]))
            for i in range(0, len(args), 3)])

    def file(self, nr):
        return self.inodes[int(nr)].file

    def do_W(self, nr, off, length, tag):
        self.file(nr).put(int(off), pattern(int(off), int(length), int(tag)),
                          self.possible)

    def do_C(self, nr, off, length, source, source_off):
        self.file(nr).put(int(off), self.file(source).get(
            int(source_off), int(length)), self.possible)

    def do_Z(self, nr, off, length):
        f = self.file(nr)
        n = min(int(length), f.size - int(off))
        if n > 0:
            f.put(int(off), bytes(n), self.possible)

    def do_S(self, nr, size):
        self.file(nr).resize(int(size), self.possible)

    def do_M(self, nr, off, length, tag):
        self.file(nr).store(int(off), pattern(int(off), int(length),
                                              int(tag)))

    def do_A(self, nr, mode):
        self.inodes[int(nr)].modes.append(int(mode, 8))

    def do_X(self, nr, name, length, tag):
        n = int(length)
        self.inodes[int(nr)].xattrs.setdefault(
            bytes.fromhex(name), [None]).append(
                None if n < 0 else pattern(0, n, int(tag)))

    def do_F(self, nr):
        self.syncs += 1
        i = self.inodes[int(nr)]
        i.modes = i.modes[-1:]
        i.xattrs = {k: v[-1:] for k, v in i.xattrs.items()}
        if i.file:
            i.file.synced()
        for change in self.later:
            self.apply(change)
        self.later = []

    # -- what came back

    def apply(self, change):
        for d, name, nr in change:
            if nr:
                self.names[d, name] = nr
            else:
                self.names.pop((d, name), None)

    def paths(self):
        """path: number, of the names as they are now."""
        kids = {}
        for (d, name), nr in self.names.items():
            kids.setdefault(d, []).append((name, nr))
        out, todo = {}, [(b'', 1)]
        while todo:
            at, d = todo.pop()
            for name, nr in kids.get(d, ()):
                out[at + name] = nr
                if self.inodes[nr].kind == 'd':
                    todo.append((at + name + b'/', nr))
        return out

    def check(self, top):
        """Raises AssertionError with what is not allowed; else returns how
        many files and how many changes of names were looked at."""
        found = dict(walk(os.fsencode(top)))
        complaints, fits = [], 0
        for change in [[]] + self.later:
            self.apply(change)
            paths = self.paths()
            if {p: self.shape(nr) for p, nr in paths.items()} != found:
                continue
            fits += 1
            bad = self.contents(os.fsencode(top), paths)
            if not bad:
                return len(paths)
            complaints = bad
        if fits == 0:
            want = {p: self.shape(nr) for p, nr in self.paths().items()}
            odd = sorted(set(found.items()) ^ set(want.items()))
            raise AssertionError(
                f'names after none of {len(self.later)} changes; against the '
                f'last: {odd[:6]}')
        raise AssertionError('\n'.join(complaints[:5]))

    def shape(self, nr):
        i = self.inodes[nr]
        return i.kind, i.target

    def contents(self, top, paths):
        bad = []
        for path, nr in paths.items():
            why = self.one(os.path.join(top, path), self.inodes[nr])
            if why:
                bad.append(f'{path!r} (inode {nr}): {why}')
        return bad

    def one(self, path, i):
        st = os.lstat(path)
        if i.kind != 'l' and stat.S_IMODE(st.st_mode) not in i.modes:
            return f'mode {stat.S_IMODE(st.st_mode):o}'
        if i.kind != 'f':
            return None
        have = {n.encode(): os.getxattr(path, n) for n in os.listxattr(path)
                if n.startswith('user.')}
        for name in set(have) | set(i.xattrs):
            if have.get(name) not in i.xattrs.get(name, [None]):
                return f'attribute {name}'
        f = os.open(path, os.O_RDONLY)
        try:
            return i.file.wrong(f, st.st_size)
        finally:
            os.close(f)


def walk(top, at=b''):
    """path: (kind, target) of everything below."""
    for e in os.scandir(os.path.join(top, at)):
        path = at + e.name
        if e.is_symlink():
            yield path, ('l', os.readlink(os.path.join(top, path)))
        elif e.is_dir(follow_symlinks=False):
            yield path, ('d', b'')
            yield from walk(top, path + b'/')
        else:
            yield path, ('f', b'')
