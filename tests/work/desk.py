"""Works at a desk for a while: reads what is shown, saves in the work area,
compares both with what they must be. Runs inside a session (two.py).

usage: desk.py WHO SEED SECONDS JSON; the JSON: {path below the data: digest}
"""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
import os
import random
import sys
import tempfile
import time

DATA, WORK = '/carrel/data/d', '/carrel/work'


def sure(ok, what):
    if not ok:
        raise SystemExit('desk: ' + what)


class Desk:
    def __init__(self, who, seed, digests):
        self.who, self.rnd = who, random.Random(seed)
        self.digests = digests
        self.saved, self.count, self.reads = {}, 0, 0
        self.inodes = {}
        self.files = {p: self.whole(p) for p in digests}

    def pread(self, fd, n, off):
        self.reads += 1
        return os.pread(fd, n, off)

    def whole(self, path):
        fd = os.open(os.path.join(DATA, path), os.O_RDONLY)
        data = self.pread(fd, 1 << 20, 0)
        os.close(fd)
        sure(hashlib.sha256(data).hexdigest() == self.digests[path],
             f'{path} is not what it must be')
        return data

    def read(self):
        path = self.rnd.choice(list(self.files))
        data, fd = self.files[path], os.open(os.path.join(DATA, path), 0)
        for _ in range(self.rnd.randrange(1, 6)):
            off = self.rnd.randrange(len(data))
            n = self.rnd.choice([1, 100, 4096, 30000])
            sure(self.pread(fd, n, off) == data[off:off + n],
                 f'{path} at {off}')
        os.close(fd)

    def look(self):
        """The names that are shown, and their inodes, stay what they are."""
        found = {os.path.relpath(os.path.join(top, f), DATA)
                 for top, _, files in os.walk(DATA) for f in files}
        sure(found == set(self.files), f'shown are {sorted(found)}')
        now = {p: os.stat(os.path.join(DATA, p)).st_ino for p in found}
        sure(len(set(now.values())) == len(now), 'two share an inode')
        sure(self.inodes in ({}, now), 'inodes changed')
        self.inodes = now
        mine = set(os.listdir(WORK))
        sure(mine == set(self.saved), f'{sorted(mine)} in the work area')

    def bytes(self):
        self.count += 1
        return f'{self.who}:{self.count:08} '.encode() * \
            self.rnd.choice([1, 10, 500, 9000])

    def save(self):
        name, data = f'{self.who}-{self.rnd.randrange(25)}', self.bytes()
        fd, temp = tempfile.mkstemp(prefix=self.who + '.', dir=WORK)
        os.write(fd, data)
        if self.rnd.random() < 0.3:
            os.fsync(fd)
        os.close(fd)
        os.rename(temp, os.path.join(WORK, name))
        self.saved[name] = data

    def append(self):
        name = self.who + '-log'
        data = self.bytes()[:3000]
        with open(os.path.join(WORK, name), 'ab') as f:
            f.write(data)
        self.saved[name] = self.saved.get(name, b'') + data

    def check(self):
        for name in self.rnd.sample(sorted(self.saved),
                                    min(3, len(self.saved))):
            with open(os.path.join(WORK, name), 'rb') as f:
                sure(f.read() == self.saved[name], f'{name} changed')

    def drop(self):
        if len(self.saved) > 5:
            name = self.rnd.choice(sorted(self.saved))
            os.unlink(os.path.join(WORK, name))
            del self.saved[name]

    def report(self):
        told = {'who': self.who, 'reads': self.reads, 'saves': self.count,
                'saved': {n: hashlib.sha256(d).hexdigest()
                          for n, d in self.saved.items()}}
        with open(os.path.join(WORK, 'report.json'), 'w') as f:
            json.dump(told, f)


def main():
    who, seed, seconds, digests = sys.argv[1:]
    d = Desk(who, int(seed), json.loads(digests))
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        d.rnd.choice([d.read, d.read, d.read, d.save, d.append, d.check,
                      d.drop, d.look])()
    d.look()
    d.report()


main()
