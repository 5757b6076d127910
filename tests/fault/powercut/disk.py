"""The disk behind a recorded run: what it held at each point of the journal,
and what a power cut there can leave.

What is kept: of each file and directory all that was recorded before the
begin of a sync whose end stands before the cut. Of what waits:

- of a directory's changes the first few, in order; a rename is one change;
- of each 4 KiB page of a file the first few of the writes to it, the last of
  them perhaps torn to some of its 512-byte sectors, each page by itself;
- of a file's sizes the first few, in order: a grown file may keep its old
  size, or have the new one and zeros; what was written after a cut-off of the
  file is kept only where the cut-off is.

The -shm of SQLite is rebuilt after a crash and never kept.
"""
# SPDX-License-Identifier: Apache-2.0
import os
import stat
import struct

(CREATE, WRITE, SIZE, GROW, MKDIR, RENAME, LINK, UNLINK, RMDIR, BEGIN, END,
 MARK, ODD) = range(1, 14)
HEAD = struct.Struct('<IIIIQQQ')
PAGE, SECTOR = 4096, 512


class Record:
    """One record of the journal; at: its number."""
    __slots__ = ('at', 'kind', 'path', 'path2', 'ino', 'off', 'data')


def mark(fd, text):
    """A mark of the test's own, at the journal's present end."""
    b = text.encode()
    os.write(fd, HEAD.pack(MARK, 0, 0, 0, 0, 0, len(b)) + b)


def parts(path):
    return [p for p in path.decode().split('/') if p not in ('', '.')]


def read_journal(path):
    out = []
    with open(path, 'rb') as f:
        while head := f.read(HEAD.size):
            r = Record()
            r.kind, np, np2, _, r.ino, r.off, n = HEAD.unpack(head)
            r.path, r.path2 = f.read(np), f.read(np2)
            r.data = f.read(n)
            r.at = len(out)
            if r.kind == ODD:
                raise AssertionError('the model has no word for ' +
                                     repr(r.path + b' ' + r.path2))
            out.append(r)
    return out


class Mood:
    """How much of what waits is kept: some cuts lose nearly all of it, some
    nearly nothing."""

    def __init__(self, rnd):
        self.rnd = rnd
        self.share = rnd.choice([0.0, 0.05, 0.5, 0.95, 1.0])
        self.sizes = rnd.choice([0.0, 0.5, 1.0])
        self.names = rnd.choice([0.0, 0.5, 1.0])
        self.torn = rnd.random() < 0.5

    def first(self, n, share):
        """How many of n, in order, are kept."""
        if self.rnd.random() < abs(2 * share - 1):
            return n if share > 0.5 else 0
        return self.rnd.randint(0, n)


def by(unit, off, data):
    """data at off in pieces that cross no multiple of unit."""
    at, end = 0, len(data)
    while at < end:
        n = min(unit - (off + at) % unit, end - at)
        yield off + at, data[at:at + n]
        at += n


class Content:
    """Pages of a file; what is not there is zero."""

    def __init__(self, pages=None, size=0):
        self.pages, self.size = dict(pages or {}), size

    def put(self, off, data):
        for off, part in by(PAGE, off, data):
            page, at = divmod(off, PAGE)
            old = self.pages.get(page)
            if old is None:
                if part.count(0) == len(part):
                    continue
                old = bytes(PAGE)
            self.pages[page] = old[:at] + part + old[at + len(part):]

    def cut(self, size):
        """The file's size, less or more; beyond it is nothing."""
        last, at = divmod(size, PAGE)
        self.pages = {p: b for p, b in self.pages.items() if p <= last}
        if last in self.pages:
            self.pages[last] = self.pages[last][:at] + bytes(PAGE - at)
        self.size = size

    def apply(self, r):
        if r.kind == WRITE:
            self.put(r.off, r.data)
            self.size = max(self.size, r.off + len(r.data))
        elif r.kind == GROW:
            self.size = max(self.size, r.off)
        else:
            self.cut(r.off)

    def save(self, path):
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.ftruncate(fd, self.size)
        for page, b in self.pages.items():
            if page * PAGE < self.size and b.count(0) != PAGE:
                os.pwrite(fd, b[:self.size - page * PAGE], page * PAGE)
        os.close(fd)


class File:
    """What is on disk, and the records that wait."""

    def __init__(self):
        self.disk, self.wait = Content(), []

    def synced(self, before):
        for r in self.wait:
            if r.at < before:
                self.disk.apply(r)
        self.wait = [r for r in self.wait if r.at >= before]

    def same(self, path):
        """Whether all that was recorded makes the file that is there."""
        c = Content(self.disk.pages, self.disk.size)
        for r in self.wait:
            c.apply(r)
        with open(path, 'rb') as f:
            b = f.read()
        return len(b) == c.size and all(
            b[at:at + PAGE] == c.pages.get(at // PAGE, bytes(PAGE))
            [:c.size - at] for at in range(0, c.size, PAGE))

    def after(self, mood):
        """Its content after a cut."""
        c = Content(self.disk.pages, self.disk.size)
        nsizes = mood.first(len(self.wait), mood.sizes)
        pages, size = {}, c.size
        for i, r in enumerate(self.wait):
            if r.kind == SIZE and r.off < size:
                if i >= nsizes:
                    break  # the cut-off is lost, and what came after it
                flush(c, pages, mood)
                c.cut(r.off)
                size = r.off
                continue
            if r.kind == WRITE:
                for off, part in by(PAGE, r.off, r.data):
                    pages.setdefault(off // PAGE, []).append((off, part))
            if i < nsizes:
                size = max(size, r.off + len(r.data))
        flush(c, pages, mood)
        c.cut(size)
        return c


def flush(c, pages, mood):
    """Of each page's pieces the first few, the last of them perhaps torn."""
    for pieces in pages.values():
        keep = mood.first(len(pieces), mood.share)
        for k, (off, data) in enumerate(pieces[:keep]):
            if not mood.torn or k + 1 < keep or mood.rnd.random() < 0.5:
                c.put(off, data)
                continue
            for at, sector in by(SECTOR, off, data):
                if mood.rnd.random() < 0.5:
                    c.put(at, sector)
    pages.clear()


class Dir:
    """Names now and on disk; changes that wait: (at, [(name, node)])."""

    def __init__(self):
        self.now, self.disk, self.wait = {}, {}, []

    def change(self, at, *names):
        for name, node in names:
            put_name(self.now, name, node)
        self.wait.append((at, names))

    def synced(self, before):
        for at, names in self.wait:
            if at < before:
                for name, node in names:
                    put_name(self.disk, name, node)
        self.wait = [w for w in self.wait if w[0] >= before]

    def after(self, mood):
        left = dict(self.disk)
        for _, names in self.wait[:mood.first(len(self.wait), mood.names)]:
            for name, node in names:
                put_name(left, name, node)
        return left


def put_name(names, name, node):
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


class Disk:
    """Moves through a journal; leaves directories."""

    def __init__(self, root):
        """root: the directory before the run, all of it synced."""
        self.nodes, self.begun = {}, {}
        self.root = self.adopt(root)

    def adopt(self, path):
        st = os.lstat(path)
        if stat.S_ISDIR(st.st_mode):
            node = Dir()
            for name in os.listdir(path):
                node.now[name] = self.adopt(os.path.join(path, name))
            node.disk = dict(node.now)
        else:
            node = File()
            with open(path, 'rb') as f:
                node.disk.put(0, f.read())
            node.disk.size = st.st_size
        self.nodes[st.st_ino] = node
        return node

    def place(self, path):
        """The directory and the last name of a path."""
        *up, name = parts(path)
        node = self.root
        for p in up:
            node = node.now[p]
        return node, name

    def take(self, r):
        if r.kind in (CREATE, MKDIR):
            d, name = self.place(r.path)
            self.nodes[r.ino] = File() if r.kind == CREATE else Dir()
            d.change(r.at, (name, self.nodes[r.ino]))
        elif r.kind in (WRITE, SIZE, GROW):
            self.nodes[r.ino].wait.append(r)
        elif r.kind in (UNLINK, RMDIR):
            d, name = self.place(r.path)
            d.change(r.at, (name, None))
        elif r.kind in (RENAME, LINK):
            self.two_names(r)
        elif r.kind == BEGIN:
            self.begun[r.off] = r.at
        elif r.kind == END:
            self.nodes[r.ino].synced(self.begun.pop(r.off))

    def two_names(self, r):
        (a, old), (b, new) = self.place(r.path), self.place(r.path2)
        if r.kind == LINK:
            b.change(r.at, (new, a.now[old]))
        else:
            assert a is b, 'a rename across directories'
            a.change(r.at, (new, a.now[old]), (old, None))

    def differs(self, real, node=None):
        """Paths where what was recorded is not what is there: none."""
        node, out = node or self.root, []
        have = {n for n in os.listdir(real) if not n.endswith('-shm')}
        want = {n for n in node.now if not n.endswith('-shm')}
        out += [os.path.join(real, n) for n in have ^ want]
        for name in have & want:
            path, n = os.path.join(real, name), node.now[name]
            if isinstance(n, Dir):
                out += self.differs(path, n)
            elif not n.same(path):
                out.append(path)
        return out

    def leave(self, to, mood, node=None):
        """The directory after a cut here, at to."""
        os.mkdir(to, 0o700)
        for name, n in (node or self.root).after(mood).items():
            path = os.path.join(to, name)
            if isinstance(n, Dir):
                self.leave(path, mood, n)
            elif not name.endswith('-shm'):
                n.after(mood).save(path)
