"""Ways of reading one file of a mount, all of which must give the same."""
# SPDX-License-Identifier: Apache-2.0
import errno
import mmap
import os

from carrel import check


def kernel():
    a, b = os.uname().release.split('.')[:2]
    return int(a), int(b)


def read_all(path):
    with open(path, 'rb') as f:
        return f.read()


def files_below(top):
    """Path below top → bytes."""
    out = {}
    for base, _, files in os.walk(top):
        for f in files:
            full = os.path.join(base, f)
            out[os.path.relpath(full, top)] = read_all(full)
    return out


def sendfile(path, n):
    """The whole file through sendfile(2)."""
    fd = os.open(path, os.O_RDONLY)
    r, w = os.pipe()
    out = b''
    try:
        off = 0
        while off < n:
            sent = os.sendfile(w, fd, off, min(32768, n - off))
            check(sent > 0, f'{path}: sendfile ends at {off} of {n}')
            off += sent
            while len(out) < off:
                out += os.read(r, off - len(out))
    finally:
        for x in (fd, r, w):
            os.close(x)
    return out


def mapped(fd, whole):
    with mmap.mmap(fd, 0, mmap.MAP_PRIVATE, mmap.PROT_READ) as m:
        check(m[:] == whole, 'private mmap differs')
    try:
        with mmap.mmap(fd, 0, mmap.MAP_SHARED, mmap.PROT_READ) as m:
            check(m[:] == whole, 'shared mmap differs')
    except OSError as e:
        check(e.errno == errno.ENODEV, 'shared mmap: ' + str(e))
        check(kernel() < (6, 6), 'shared mmap refused on a kernel that can')


def check_ways(path, rnd, preads=40, ones=64):
    """Returns (whole bytes, [(offset, length) asked by pread])."""
    size = os.stat(path).st_size
    whole = read_all(path)
    check(len(whole) == size, f'{path}: st_size {size}, read {len(whole)}')
    fd = os.open(path, os.O_RDONLY)
    asked = [(rnd.randrange(size + 10), rnd.choice([1, 7, 100, 4096, 70000]))
             for _ in range(preads)]
    asked += [(k, 1) for k in rnd.sample(range(size), min(size, ones))]
    for off, n in asked:
        check(os.pread(fd, n, off) == whole[off:off + n],
              f'{path}: pread of {n} at {off} differs')
    if size:
        mapped(fd, whole)
    os.close(fd)
    check(sendfile(path, size) == whole, f'{path}: sendfile differs')
    return whole, asked
