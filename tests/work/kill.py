"""kill -9 of the mount under two exercisers, again and again: what comes back
is what follow.py allows, stays as it is, and fsck and audit verify pass.

usage: kill.py [--control]; the control is a plain folder, which nobody serves:
the exercisers end in good order, and then one thing is changed, which the
judge must notice.
"""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from area import EXERCISE, Room, filled, plain, policy, work_of
from carrel import FEW, LONG, check, need_fuse, seed
from follow import Follower, walk

ROUNDS = 300 if LONG else 5 if FEW else 20
CHECKS = 20 if LONG else 5    # rounds between two looks by fsck and verify
GONE = (3, -signal.SIGBUS)    # a mapping of a dead mount answers with SIGBUS


def fsync(folder):
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


class Players:
    """Two exercisers, each in its own folder, with its own journal."""

    def __init__(self, top, journals, rnd, nr, *args):
        self.tops, self.journals, self.procs = [], [], []
        for k in range(2):
            folder = os.path.join(top, f'round{nr}-{k}')
            os.mkdir(folder)
            fsync(top)
            self.tops.append(folder)
            self.journals.append(os.path.join(journals, f'{nr}-{k}'))
            self.procs.append(subprocess.Popen(
                [EXERCISE, '--seed', str(rnd.randrange(1 << 30)), *args,
                 '--tag', str((2 * nr + k) << 20), '--journal',
                 self.journals[-1], folder], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True, errors='replace'))

    def started(self):
        """Once each has opened its folder: then the journal is there."""
        while not all(map(os.path.exists, self.journals)):
            check(all(p.poll() is None for p in self.procs), 'no exerciser')
            time.sleep(0.002)

    def end(self, codes):
        """Waits for both; the exit code must be one of these."""
        for p in self.procs:
            out, err = p.communicate(timeout=300)
            check(p.returncode in codes,
                  f'exerciser: exit {p.returncode}\n{out}{err[-4000:]}')


def digest(top):
    """What a folder holds, to see whether it is still the same."""
    h = hashlib.sha256()
    for path, shape in sorted(walk(os.fsencode(top))):
        h.update(repr((path, shape)).encode())
        if shape[0] == 'f':
            with open(os.path.join(os.fsencode(top), path), 'rb') as f:
                h.update(hashlib.sha256(f.read()).digest())
    return h.digest()


def looked_at(room):
    room.run('fsck')
    room.run('audit', 'verify', '--key', room.vkey)


def keep(path):
    """The end of a journal that the tree does not fit, for whoever looks."""
    with open(path, encoding='ascii') as f:
        print(''.join(f.readlines()[-40:]))


class Kills:
    """The rounds; what is left of one is looked at in the next."""

    def __init__(self, room, rnd):
        self.room, self.rnd = room, rnd
        self.policy = policy(room)
        self.journals = room.path('journals')
        os.mkdir(self.journals)
        self.last = None       # the players of the round before
        self.kept = {}         # folder's name: digest
        self.ops = self.syncs = self.files = 0

    def mount(self):
        m = self.room.mount(self.policy, 'alice')
        return m, work_of(m)

    def look(self, top, exact):
        """At what the last round left, and at what was left before."""
        for name, want in self.kept.items():
            folder = os.path.join(top, name)
            check(digest(folder) == want, f'{name} is not what it was')
            shutil.rmtree(folder)
        self.kept = {}
        for path in self.last.journals if self.last else ():
            name = 'round' + os.path.basename(path)
            f = Follower(path, exact)
            try:
                self.files += f.check(os.path.join(top, name))
            except AssertionError as e:
                keep(path)
                raise AssertionError(f'{name}: {e}') from None
            self.ops, self.syncs = self.ops + f.ops, self.syncs + f.syncs
            self.kept[name] = digest(os.path.join(top, name))
            os.unlink(path)
        left = set(os.listdir(top)) - set(self.kept)
        check(not left, f'foreign names: {left}')

    def round(self, nr):
        m, top = self.mount()
        self.look(top, exact=False)
        self.last = Players(top, self.journals, self.rnd, nr,
                            '--links-refused', '--ops', '1000000000')
        self.last.started()
        time.sleep(self.rnd.choice([0.02, 0.1, 0.4, 1.2]) *
                   self.rnd.random())
        ended = [p.returncode for p in self.last.procs
                 if p.poll() is not None]
        m.kill()
        self.last.end(GONE if not ended else (99,))
        m.clean()

    def quiet(self, nr):
        """A round that ends in good order: nothing may be lost."""
        m, top = self.mount()
        self.look(top, exact=False)
        self.last = Players(top, self.journals, self.rnd, nr,
                            '--links-refused', '--ops', '3000')
        self.last.end((0,))
        check(m.stop() == 0, 'the mount did not end well')
        m, top = self.mount()
        self.look(top, exact=True)
        self.last = None
        m.stop()

    def run(self):
        for nr in range(ROUNDS):
            if nr % 10 == 9:
                self.quiet(nr)
            else:
                self.round(nr)
            if nr % CHECKS == CHECKS - 1:
                m, top = self.mount()
                self.look(top, exact=False)
                self.last = None
                m.stop()
                looked_at(self.room)
        print(f'{ROUNDS} rounds: {self.ops} operations, {self.syncs} syncs, '
              f'{self.files} names came back')
        check(self.files > ROUNDS, 'hardly anything came back')


def victims(top):
    """The files that do not begin with zeros only."""
    for path, shape in sorted(walk(os.fsencode(top))):
        if shape[0] == 'f':
            with open(os.path.join(os.fsencode(top), path), 'rb') as f:
                if f.read(4096).strip(b'\0'):
                    yield path


def flip(path, _):
    with open(path, 'r+b') as f:
        byte = f.read(1)
        f.seek(0)
        f.write(bytes([byte[0] ^ 1]))


def zeros(path, _):
    with open(path, 'r+b') as f:
        f.write(bytes(os.path.getsize(path)))


DAMAGE = {
    'a flipped bit': flip,
    'only zeros': zeros,
    'cut': lambda p, _: os.truncate(p, os.path.getsize(p) - 1),
    'longer': lambda p, _: os.truncate(p, os.path.getsize(p) + 1),
    'gone': lambda p, _: os.unlink(p),
    'two names': lambda p, top: shutil.copy(p, os.path.join(top, b'copy')),
    'another mode': lambda p, _: os.chmod(p, 0o611),
    'an attribute': lambda p, _: os.setxattr(p, b'user.x', b'y'),
}


def control(rnd):
    with plain() as top, plain() as journals:
        for nr, (what, harm) in enumerate(DAMAGE.items()):
            p = Players(top, journals, rnd, nr, '--ops', '3000')
            p.end((0,))
            for folder, path in zip(p.tops, p.journals):
                Follower(path, exact=True).check(folder)
                Follower(path).check(folder)
            folder = os.fsencode(p.tops[0])
            victim = rnd.choice(list(victims(folder)))
            harm(os.path.join(folder, victim), folder)
            try:
                Follower(p.journals[0]).check(folder)
            except AssertionError as e:
                print(f'{what}: {str(e).splitlines()[0][:150]}')
            else:
                raise AssertionError(f'{what} of {victim!r}: not noticed')


def main():
    rnd = random.Random(seed())
    if '--control' in sys.argv:
        control(rnd)
        return
    need_fuse()
    with Room() as room:
        Kills(filled(room), rnd).run()


main()
