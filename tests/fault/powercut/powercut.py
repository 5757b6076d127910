"""Power cuts of a whole store: init, ingest and the owner's mount are run as
users run them, with all they change on disk recorded; then the power fails at
every kind of point, and what a disk may have kept of it is opened again, now
and then with a second cut while that is under way.

After each cut: fsck and audit verify find nothing wrong, the store opens, a
data set is its old or its new version and never less than what was said to be
done, everything can be run again to the same end, and all that a reader was
given is covered in the log. An init that was cut off is no store, says so, and
can be run again.

disk.py says what a cut can leave, recorder.c how it is known.
CARREL_LONG: 1,000 cuts. CARREL_KEEP: failing disks stay, and are named.
"""
# SPDX-License-Identifier: Apache-2.0
import collections
import concurrent.futures
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', '..', 'e2e'))
# pylint: disable=wrong-import-position
from carrel import CARREL, LONG, SANITIZED, Room, check, need_fuse, seed, skip
import disk

RECORDER = os.environ.get('RECORDER', '')
KEEP = bool(os.environ.get('CARREL_KEEP'))

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
durability: DURABILITY
roles:
  r: { see: [ { files: "d/**", records: all } ], names: keep, redact: { default: tag } }
  keep: { see: [ { files: "d/**", records: all } ], names: keep, redact: { default: keep } }
annotators: { alice: { role: r }, keeper: { role: keep } }
'''
MANIFEST = '''carrel-dataset: 1
name: NAME
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - { match: "**/*.json", records: "$[*]", id: "$[*].n", group: "{stem}" }
'''
SHOWN = ('path', 'id', 'size', 'records', 'spans', 'group', 'denied')


class Place(Room):
    """A store whose disk is a directory of its own, with the key in it."""

    def __init__(self, top=None):
        super().__init__(init=False)
        self.at(top or self.path('disk'))
        os.makedirs(top or self.path('disk'), exist_ok=True)

    def __exit__(self, *exc):
        if not any(n.endswith('-kept') for n in os.listdir(self.dir)):
            super().__exit__(*exc)

    def at(self, top):
        self.top = top
        self.store = os.path.join(top, 'store')
        self.key = os.path.join(top, 'owner.key')
        self.env = dict(os.environ, CARREL_STORE=self.store,
                        CARREL_KEY_FILE=self.key, LC_ALL='C.UTF-8')

    def other(self, top):
        """The same room with another disk."""
        p = object.__new__(Place)
        p.__dict__ = dict(self.__dict__)
        p.at(top)
        return p

    def init(self):
        return self.run('init', '--key-file', self.key).stdout.strip()

    def versions(self):
        return {e['dataset']: e['version']
                for e in self.json('ls')['entries']}

    def listing(self, name):
        return [tuple(e[k] for k in SHOWN)
                for e in self.json('ls', '-l', name)['entries']]

    def sound(self, vkey):
        """Nothing that checks finds anything."""
        r = self.json('fsck', code=None)
        check(r['bad'] == 0, f'fsck: {r}')
        self.run('fsck')
        self.run('audit', 'verify', '--key', vkey)


class Trace:
    """A recorded run: the disk as it was before it, and its journal."""

    def __init__(self, place):
        self.place, self.plain = place, place.env
        self.disk = disk.Disk(place.top)
        self.fd, self.journal = tempfile.mkstemp(dir=place.dir)
        os.close(self.fd)
        self.fd = os.open(self.journal, os.O_WRONLY | os.O_APPEND)
        place.env = dict(place.env, LD_PRELOAD=RECORDER,
                         RECORD_ROOT=place.top, RECORD_JOURNAL=self.journal)

    def mark(self, **what):
        disk.mark(self.fd, json.dumps(what))

    def killed(self, records, *args):
        """carrel ARGS, killed when it has changed the disk so many times;
        whether it got that far."""
        p = subprocess.run([CARREL, *args], capture_output=True, check=False,
                           env=dict(self.place.env, RECORD_KILL=str(records)),
                           stdin=subprocess.DEVNULL)
        return p.returncode == -signal.SIGKILL

    def end(self):
        self.place.env = self.plain
        os.close(self.fd)
        self.records = disk.read_journal(self.journal)
        os.unlink(self.journal)

    def points(self, rnd, n):
        """n of the cuts: around syncs, at and soon after marks, anywhere."""
        most = len(self.records)
        syncs = [r.at + k for r in self.records
                 if r.kind in (disk.BEGIN, disk.END) for k in (0, 1)]
        marks = [r.at + 1 for r in self.records if r.kind == disk.MARK]
        out = rnd.choices(syncs, k=n // 3)
        out += [min(most, at + rnd.choice([0, 0, 0, 1, 3, 10, 30]))
                for at in rnd.choices(marks, k=n // 3)]
        return sorted(out + rnd.choices(range(most + 1), k=n - len(out)))


class Cuts:
    """Makes disks from a trace and has them checked, some at a time."""

    def __init__(self, rnd):
        self.rnd, self.made, self.failed = rnd, 0, []
        self.pool = concurrent.futures.ThreadPoolExecutor(2)

    def of(self, name, trace, n, looks, again):
        """looks(place, marks): the checks of one disk. again: what is run on
        some of them first, to be killed and cut once more."""
        at, marks, jobs = 0, [], collections.deque()
        for point in trace.points(self.rnd, n):
            while at < point:
                r = trace.records[at]
                trace.disk.take(r)
                if r.kind == disk.MARK:
                    marks.append(json.loads(r.data))
                at += 1
            top = trace.place.path(f'cut-{self.made}')
            self.made += 1
            trace.disk.leave(top, disk.Mood(self.rnd))
            jobs.append(self.pool.submit(
                self.look, f'{name} cut at {point} of {len(trace.records)}',
                trace.place.other(top), random.Random(self.rnd.random()),
                list(marks), looks, again))
            if len(jobs) > 8:
                jobs.popleft().result()
        for r in trace.records[at:]:
            trace.disk.take(r)
        for j in jobs:
            j.result()
        wrong = trace.disk.differs(trace.place.top)
        check(not wrong, f'{name}: changed, but not recorded: {wrong}')

    def look(self, name, place, rnd, marks, looks, again):
        kept = []
        if rnd.random() < 0.25:
            kept.append(place.top)
            name, place = name + ', and again', cut_again(place, rnd, again)
        if KEEP:
            kept.append(place.top + '-kept')
            shutil.copytree(place.top, kept[-1])
        try:
            looks(place, marks)
        except (AssertionError, KeyError, ValueError) as e:
            self.failed.append(f'{name}: {e} {kept if KEEP else ""}')
            return
        for top in [place.top, *kept]:
            shutil.rmtree(top)


def cut_again(place, rnd, args):
    """What a second cut leaves, while args went on after the first."""
    t = Trace(place)
    t.killed(rnd.randrange(1, 150), *args)
    t.end()
    for r in t.records:
        t.disk.take(r)
    t.disk.leave(place.top + '-again', disk.Mood(rnd))
    return place.other(place.top + '-again')


# ---- init

def init_looks(vkey, small):
    def looks(place, marks):
        done = {'done': 'init'} in marks
        r = place.run('ls', code=None)
        if r.returncode != 0:
            check(not done, f'init was done: {r.stderr}')
            check(r.returncode == 4 and 'carrel init' in r.stderr,
                  f'not a clear word: {r.returncode} {r.stderr}')
            r = place.run('fsck', code=4)
            check('carrel init' in r.stderr, r.stderr)
            key = place.init()
        else:
            key = vkey
            r = place.run('init', '--key-file', place.key, code=None)
            check(r.returncode != 0 and 'already' in r.stderr, r.stderr)
        place.run('ingest', '--dataset', 'd', small)
        place.sound(key)
    return looks


def init_cuts(cuts, n):
    with Place() as place:
        small = os.path.dirname(place.write('small/a.json', '[1]'))
        t = Trace(place)
        vkey = place.init()
        t.mark(done='init')
        t.end()
        cuts.of('init', t, n, init_looks(vkey, small),
                ['init'])


# ---- ingest

def rows(rnd, n):
    who = ['Maria Lopez', 'John Garcia', 'Zoe Brandt', 'Lena Okafor']
    return [{'n': i, 'text': f'my name is {rnd.choice(who)}, mail '
             f'm{rnd.randrange(50)}@example.org ' + 'words ' *
             rnd.randrange(80)} for i in range(n)]


def fill(place, rnd, files, folders=3):
    for k in range(files):
        place.write(f'd/x{k % folders}/call{k}.json', json.dumps(
            rows(rnd, rnd.choice([1, 10, 60]))))
        place.write(f'e/call{k}.json', json.dumps(rows(rnd, 5)))
    for name in 'de':
        place.write(name + '.yaml', MANIFEST.replace('NAME', name))


def taking(place, name):
    return ('ingest', '--manifest', place.path(name + '.yaml'),
            place.path(name))


def take(place, name):
    return place.run(*taking(place, name))


def ingest_looks(vkey, want, source):
    """want: listing by data set and version."""
    def looks(place, marks):
        place.sound(vkey)
        have = place.versions()
        least = collections.Counter()
        for m in marks:
            least[m['done']] = m['version']
        for name, v in least.items():
            check(have.get(name, 0) >= v, f'{name}: {have} after {least}')
        for name, v in have.items():
            if v:
                check(place.listing(name) == want[name, v], f'{name} {v}')
        for name in 'de':
            take(place, name)
            check(place.listing(name) == want[name, max(
                v for n, v in want if n == name)], f'{name} again')
        place.sound(vkey)
        out = place.top + '-view'
        place.run('preview', '--policy', place.path('p.yaml'), '--as',
                  'keeper', '--out', out)
        for path, b in source.items():
            with open(f'{out}/d/{path}', 'rb') as f:
                check(f.read() == b, path)
        shutil.rmtree(out)
    return looks


def read_all(top):
    out = {}
    for base, _, files in os.walk(top):
        for f in files:
            with open(os.path.join(base, f), 'rb') as h:
                out[os.path.relpath(os.path.join(base, f), top)] = h.read()
    return out


def ingest_cuts(cuts, n, killed):
    rnd = cuts.rnd
    with Place() as place:
        fill(place, rnd, 24)
        place.write('p.yaml', POLICY.replace('DURABILITY', 'open'))
        vkey, want = place.init(), {}
        t = Trace(place)

        def done(name):
            take(place, name)
            v = place.versions()[name]
            t.mark(done=name, version=v)
            want[name, v] = place.listing(name)

        for _ in range(2 * killed):
            check(t.killed(rnd.randrange(20, 120), *taking(place, 'd')),
                  'it ended before it was killed')
            t.mark(done='d', version=place.versions().get('d', 0))
        done('d')
        done('e')
        for k in range(0, 24, 2):
            place.write(f'd/x{k % 3}/call{k}.json', json.dumps(rows(rnd, 15)))
        for _ in range(2 * killed):
            check(t.killed(rnd.randrange(20, 120), *taking(place, 'd')),
                  'it ended before it was killed')
            t.mark(done='d', version=place.versions().get('d', 0))
        done('d')
        t.end()
        source = read_all(place.path('d'))
        cuts.of('ingest' + ' killed before' * killed, t, n,
                ingest_looks(vkey, want, source), taking(place, 'd'))


# ---- mount

class Reader(threading.Thread):
    """Reads at random; marks what it was given, after it was given it."""

    def __init__(self, top, trace, rnd, times):
        super().__init__()
        self.top, self.trace, self.rnd, self.times = top, trace, rnd, times

    def run(self):
        files = sorted(read_names(self.top + '/data'))
        self.trace.mark(listed=len(files))
        at = 0
        for k in range(self.times):
            # Most walk on: leases are for them.
            at = (at + 1) % len(files) if self.rnd.random() < 0.8 else \
                self.rnd.randrange(len(files))
            name = files[at]
            fd = os.open(f'{self.top}/data/{name}', os.O_RDONLY)
            try:
                for _ in range(self.rnd.choice([1, 1, 3])):
                    off = self.rnd.randrange(3000)
                    n = self.rnd.choice([1, 100, 4096, 30000])
                    got = len(os.pread(fd, n, off))
                    if got:
                        self.trace.mark(path=name, off=off, n=n, got=got,
                                        opened=f'{self.name} {k}')
            finally:
                os.close(fd)
            time.sleep(self.rnd.choice([0, 0, 0.002, 0.02]))


def read_names(top):
    return [os.path.relpath(os.path.join(base, f), top)
            for base, _, files in os.walk(top) for f in files]


def leased(log, files):
    """What a session may have seen, as nothing settles the lease on it."""
    settled = {e['ref'] for e in log if e['kind'] == 'LEASE_END'}
    ended = {e['session'] for e in log if e['kind'] == 'SESSION_END'}
    may = set()
    for e in log:
        if e['kind'] != 'LEASE' or e['seq'] in settled or \
                e['session'] in ended:
            continue
        top = e['path'] + '/'
        names = sorted({f[len(top):].split('/')[0] for f in files
                        if f.startswith(top)})
        may |= {top + n for n in
                names[e['index']:e['index'] + e['count']]}
    return may


def uncovered(log, marks, durability, files):
    """What was shown, less what the log says was or may have been."""
    opens = {e['seq']: e['path'] for e in log if e['kind'] == 'OPEN'}
    have = collections.Counter(opens.values())
    shown = collections.Counter(p for p, _ in {
        (m['path'], m['opened']) for m in marks if 'path' in m})
    missing = shown - have
    for path in leased(log, files):
        missing.pop(path, None)
    if durability == 'read':
        shown = collections.Counter(
            (m['path'], m['off'], m['n'], m['got'])
            for m in marks if 'path' in m)
        missing = shown - collections.Counter(
            (opens[e['ref']], e['offset'], e['asked'], e['result'])
            for e in log if e['kind'] == 'READ')
    if marks and not any(e['kind'] == 'SESSION_START' for e in log):
        missing['the names'] += 1
    return missing


def mount_looks(vkey, durability, want, files):
    def looks(place, marks):
        place.sound(vkey)
        for again in (False, True):
            missing = uncovered(place.log(), marks, durability, files)
            check(not missing, f'shown, not covered: {missing}')
            if not again:  # a writer, and with it recovery
                take(place, 'd')
                place.sound(vkey)
        check(place.listing('d') == want, 'the data set changed')
        for e in place.log('--op', 'SESSION_START'):
            r = place.run('audit', 'replay', '--session', str(e['seq']))
            check(' 0 differ, 0 could' in r.stderr, r.stderr)
        place.run('preview', '--policy', place.path('p.yaml'), '--as',
                  'alice', '--out', place.top + '-view')
        shutil.rmtree(place.top + '-view')
    return looks


def mount_cuts(cuts, n, durability):
    with Place() as place:
        fill(place, cuts.rnd, 120, 40)  # a lease covers three at most
        policy = place.write('p.yaml', POLICY.replace('DURABILITY',
                                                      durability))
        vkey = place.init()
        take(place, 'd')
        want = place.listing('d')
        t = Trace(place)
        m = place.mount(policy, 'alice')
        files = read_names(m.dir + '/data')
        readers = [Reader(m.dir, t, random.Random(cuts.rnd.random()), 120)
                   for _ in range(2)]
        for r in readers:
            r.start()
        for r in readers:
            r.join()
        check(m.stop() == 0, 'the mount did not end well')
        t.end()
        leases = sum(e['kind'] == 'LEASE' for e in place.log())
        check((leases > 0) == (durability == 'open'), f'{leases} leases')
        cuts.of('mount, durability ' + durability, t, n,
                mount_looks(vkey, durability, want, files),
                taking(place, 'd'))


def main():
    if SANITIZED or not RECORDER:
        skip('a library cannot be preloaded under a sanitizer')
    rnd = random.Random(seed())
    cuts, n = Cuts(rnd), 1000 if LONG else 100
    start = time.time()
    init_cuts(cuts, n * 3 // 10)
    ingest_cuts(cuts, n // 5, False)
    ingest_cuts(cuts, n // 5, True)
    need_fuse()
    mount_cuts(cuts, n * 3 // 20, 'open')
    mount_cuts(cuts, n * 3 // 20, 'read')
    print(f'{cuts.made} cuts in {time.time() - start:.0f} s, '
          f'{len(cuts.failed)} failed')
    for f in cuts.failed[:20]:
        print(f[:1500])
    check(not cuts.failed, 'not every cut was survived')


main()
