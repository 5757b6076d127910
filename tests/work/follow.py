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
   older than the last F.
4. Attributes. A mode, and each user attribute, is one that the inode had not
   earlier than its last F.
5. One moment. There is one line of the journal, not before the last F of
   anything, after which 1 to 4 held for all names and inodes together.
6. In flight. To the journal's end also belong, for each 4096 bytes of a file at
   a multiple of 4096, what a change after "?" would make of them; any size on
   the way; and, for a mapping, any mixture of such bytes and those before.

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


def both(one, two):
    """The moments in both lists of [from, until); each list may overlap
    itself, the answer does not."""
    out = []
    for a, b in sorted((max(a, c), min(b, d)) for a, b in one for c, d in two
                       if max(a, c) < min(b, d)):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


class File:
    """A file's last content, and what each unit was since its last F. Moments
    are numbers of changes in the whole journal."""

    def __init__(self, now):
        self.size, self.units = 0, {}
        self.now = self.since = now  # of the last change; of the last F
        self.sizes = [(now, 0)]      # (moment it came, size)
        self.was = {}                # unit: [(moment it came, bytes)]
        self.maybe_sizes, self.maybe = [], {}  # after "?"
        self.mixed = {}              # unit: [bytes of a mapping in flight]

    def synced(self, now):
        self.now = self.since = now
        self.sizes, self.was, self.mixed = [(now, self.size)], {}, {}

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

    def put(self, off, data, now):
        new = dict(self.changed(off, data))
        self.set(new, max(self.size, off + len(data)) if data else self.size,
                 now)

    def resize(self, size, now):
        new = {}
        if size < self.size:
            for u, old in self.units.items():
                if (u + 1) * UNIT > size:
                    keep = max(0, size - u * UNIT)
                    new[u] = old[:keep] + HOLE[keep:]
        self.set(new, size, now)

    def set(self, new, size, now):
        """now None: it is only possible."""
        for u in new:
            self.was.setdefault(u, [(self.since, self.units.get(u, HOLE))])
        if now is None:
            self.maybe_sizes += [size] if size < self.size else [
                range(self.size, size + 1)]
            for u, b in new.items():
                self.maybe.setdefault(u, []).append(b)
        else:
            self.now, self.mixed = now, {}
            for u, b in new.items():
                self.was[u].append((now, b))
            self.sizes.append((now, size))
        self.units.update(new)
        self.size = size

    def store(self, off, data):
        for u, b in self.changed(off, data):
            self.mixed.setdefault(u, []).append(b)

    # -- what came back

    def spans(self, history, fits, end):
        """When the history had a value that fits, up to the end."""
        ends = [since for since, _ in history[1:]] + [end]
        return [(since, until) for (since, value), until in zip(history, ends)
                if since < until and fits(value)]

    def unit(self, u, got, end):
        """When the unit was these bytes."""
        n = len(got)
        history = self.was.get(u) or [(self.since, self.units.get(u, HOLE))]
        ok = self.spans(history, lambda b: b[:n] == got, end)
        if any(b[:n] == got for b in self.maybe.get(u, ())) or any(
                all(g in (x, y) for g, x, y in zip(got, history[-1][1], b))
                for b in self.mixed.get(u, ())):
            ok.append((self.now, end))
        return ok

    def moments(self, f, size, end):
        """When the file was what the open file f of this size is."""
        ok = self.spans(self.sizes, lambda s: s == size, end)
        if any(size == s or (isinstance(s, range) and size in s)
               for s in self.maybe_sizes):
            ok.append((self.now, end))
        wanted(ok, f'size {size}, allowed {self.sizes[-5:]}')
        for u in range((size + UNIT - 1) // UNIT):
            got = os.pread(f, min(UNIT, size - u * UNIT), u * UNIT)
            one = self.unit(u, got, end)
            wanted(one, f'foreign or torn bytes at {u * UNIT}: {words(got)}')
            wanted(both(ok, one), f'bytes at {u * UNIT} are of {one}, those '
                                  f'before of {ok}')
            ok = both(ok, one)
        return ok


def wanted(ok, why):
    if not ok:
        raise AssertionError(why)


def words(b):
    """Who wrote the first bytes, and where they belong."""
    w = int.from_bytes(b[:8].ljust(8, b'\0'), 'little')
    return f'writer {w >> 32:08x} for {(w & 0xffffffff) << 3}'


class Inode:
    def __init__(self, kind, mode, target, now):
        self.kind, self.target = kind, target
        self.modes, self.xattrs = [(now, mode)], {}
        self.file = File(now) if kind == 'f' else None


class Follower:
    """The journal's world; `exact`: nothing may be lost."""

    def __init__(self, path, exact=False):
        self.inodes, self.names = {}, {}
        self.later = []        # (moment, change of names) since the last F
        self.now = self.synced = 0
        self.possible = False
        self.ops = self.syncs = 0
        with open(path, encoding='ascii') as f:
            for line in f:
                if line.endswith('\n'):
                    self.line(*line.split())
        if exact:
            for nr in list(self.inodes):
                self.do_F(nr)

    def line(self, what, *args):
        self.now += 1
        if what == '?':
            self.possible = True
        else:
            getattr(self, 'do_' + what)(*args)

    def when(self):
        return None if self.possible else self.now

    def do_O(self, *_):
        self.ops += 1

    def do_I(self, nr, kind, mode, target=''):
        self.inodes[int(nr)] = Inode(kind, int(mode, 8),
                                     bytes.fromhex(target), self.now)

    def do_N(self, *args):
        self.later.append((self.now, [
            (int(args[i]), bytes.fromhex(args[i + 1]), int(args[i + 2]))
            for i in range(0, len(args), 3)]))

    def file(self, nr):
        return self.inodes[int(nr)].file

    def do_W(self, nr, off, length, tag):
        self.file(nr).put(int(off), pattern(int(off), int(length), int(tag)),
                          self.when())

    def do_C(self, nr, off, length, source, source_off):
        self.file(nr).put(int(off), self.file(source).get(
            int(source_off), int(length)), self.when())

    def do_Z(self, nr, off, length):
        f = self.file(nr)
        n = min(int(length), f.size - int(off))
        if n > 0:
            f.put(int(off), bytes(n), self.when())

    def do_S(self, nr, size):
        self.file(nr).resize(int(size), self.when())

    def do_M(self, nr, off, length, tag):
        self.file(nr).store(int(off), pattern(int(off), int(length),
                                              int(tag)))

    def do_A(self, nr, mode):
        self.inodes[int(nr)].modes.append((self.now, int(mode, 8)))

    def do_X(self, nr, name, length, tag):
        n = int(length)
        self.inodes[int(nr)].xattrs.setdefault(
            bytes.fromhex(name), [(0, None)]).append(
                (self.now, None if n < 0 else pattern(0, n, int(tag))))

    def do_F(self, nr):
        self.syncs += 1
        self.synced = self.now
        i = self.inodes[int(nr)]
        i.modes = i.modes[-1:]
        i.xattrs = {k: v[-1:] for k, v in i.xattrs.items()}
        if i.file:
            i.file.synced(self.now)
        for _, change in self.later:
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
        many names came back."""
        found = dict(walk(os.fsencode(top)))
        starts = [self.synced] + [at for at, _ in self.later]
        ends = starts[1:] + [self.now + 1]
        complaint = None
        for i, change in enumerate([[]] + [c for _, c in self.later]):
            self.apply(change)
            paths = self.paths()
            if {p: self.shape(nr) for p, nr in paths.items()} != found:
                continue
            try:
                self.contents(os.fsencode(top), paths, (starts[i], ends[i]))
            except AssertionError as e:
                complaint = e
            else:
                return len(paths)
        if complaint:
            raise complaint
        want = {p: self.shape(nr) for p, nr in self.paths().items()}
        odd = sorted(set(found.items()) ^ set(want.items()))
        raise AssertionError(f'names after none of {len(self.later)} changes; '
                             f'against the last: {odd[:6]}')

    def shape(self, nr):
        i = self.inodes[nr]
        return i.kind, i.target

    def contents(self, top, paths, names):
        """Each as it was at some moment, all at one."""
        ok = [names]
        for path, nr in paths.items():
            what = f'{path!r} (inode {nr}): '
            try:
                one = self.moments(os.path.join(top, path), self.inodes[nr])
            except AssertionError as e:
                raise AssertionError(what + str(e)) from None
            wanted(both(ok, one), f'{what}is of {one}, the others of {ok}')
            ok = both(ok, one)

    def moments(self, path, i):
        """When the inode was what lies at the path."""
        st, end = os.lstat(path), self.now + 1
        if i.kind == 'l':
            return [(0, end)]
        mode = stat.S_IMODE(st.st_mode)
        ok = self.span(i.modes, mode)
        wanted(ok, f'mode {mode:o}')
        if i.kind == 'd':
            return ok
        have = {n.encode(): os.getxattr(path, n) for n in os.listxattr(path)
                if n.startswith('user.')}
        for name in set(have) | set(i.xattrs):
            one = self.span(i.xattrs.get(name, [(0, None)]), have.get(name))
            wanted(one, f'attribute {name}')
            ok = both(ok, one)
        f = os.open(path, os.O_RDONLY)
        try:
            return both(ok, i.file.moments(f, st.st_size, end))
        finally:
            os.close(f)

    def span(self, history, value):
        """When a history had this value; what is only possible counts."""
        ends = [at for at, _ in history[1:]] + [self.now + 1]
        return [(at, until) for (at, v), until in zip(history, ends)
                if v == value]


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
