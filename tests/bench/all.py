"""Every figure that the design promises, in one run, with what it must be.

usage: all.py [--rounds N] [--quick] [--json] [--entries N]

Reading and ingest stand beside gocryptfs over the same plain corpus, measured
in turns, row by row, so that a busy hour is busy for both: a ratio is the
median of the rounds' own ratios, more is better. Every read is logged before
its answer (durability open), all is warm: read through the same mount before,
the large file just before `tail`, too. The other rows are figures of their
own. --quick is for a look: small corpora, one round.

"unlogged" is tests/bench/unlogged.c: carrel without tags and READ events, a
program that is never installed. The million entries come from make_many, which
puts them as ingest does but reads no files. gocryptfs' copies are not synced,
carrel's ingest is.

Needs a build, /dev/fuse and gocryptfs.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import os
import random
import re
import resource
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import bench
from bench import BIN, TOP, reader, timed, walk_list
from carrel import CARREL, Room, until

UNLOGGED = os.path.join(BIN, 'carrel_unlogged')
MAKE_LOG = os.path.join(TOP, 'build', 'tests', 'log', 'make_log')
PEOPLE = [f'a{i}' for i in range(10)]

# (row, must, aim); ratios to gocryptfs.
BESIDE = [
    ('find -ls, second time', 2, 4),
    ('small files x1', 1.3, 2.5),
    ('small files x4', 1.5, 2.3),
    ('grep -r', 1.2, 2),
    ('sequential 128 KiB x1', 1, 1.6),
    ('sequential 128 KiB x4', 1.2, 1.7),
    ('sequential 1 MiB x1', 1, 1.6),
    ('sequential 1 MiB x4', 1.2, 1.7),
    ('random 4 KiB x1', 1.3, 2),
    ('random 4 KiB x4', 0.8, 1.2),
    ('wc -l', 0.5, 0.9),
    ('grep -c', 1, 1.4),
    ('tail -c 1M', 10, 20),
]
READS = [('sequential 128 KiB', 'seq', 131072), ('random 4 KiB', 'rand', 4096)]
AUDIO = '''carrel-dataset: 1
name: %s
terms: { purposes: [annotation], projects: [p] }
files:
  - match: "*.json"
    group: "{stem}"
    words: { items: "$.words[*]", text: "$.word", start: "$.start",
             end: "$.end" }
  - { match: "*.wav", group: "{stem}" }
'''
SMALL = '''carrel-dataset: 1
name: %s
terms: { purposes: [annotation], projects: [p] }
'''
SEATS = '''carrel: 1
project: p
purpose: annotation
datasets: [%s]
confinement: guard-rail
roles:
  r: { see: [ { files: "**", records: all } ], redact: { default: tag } }
annotators: { %s }
'''


class Size:
    """How much of everything."""

    def __init__(self, quick):
        self.mib = 128 if quick else 1024
        self.folders = 20 if quick else 200
        self.audio = 4 if quick else 32  # recordings of 8 MiB
        self.entries = 20000 if quick else 1000000
        self.events = 100000 if quick else 1000000
        self.starts = 5 if quick else 20


def note(text):
    print(text, file=sys.stderr, flush=True)


class Table:
    """Rows as they are found: figures, what they must be, whether they are."""

    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, must, aim, less=False, **more):
        met = value <= must if less else value >= must
        far = value <= aim if less else value >= aim
        self.rows.append(dict(more, row=name, value=value, unit=unit,
                              must=must, aim=aim, met=met, aim_met=far))
        note(self.line(self.rows[-1]))

    def beside(self, name, pairs, must, aim):
        """pairs of (gocryptfs, carrel), more is better."""
        self.add(name, statistics.median(c / g for g, c in pairs), 'x', must,
                 aim, gocryptfs=statistics.median(g for g, _ in pairs),
                 carrel=statistics.median(c for _, c in pairs))

    @staticmethod
    def line(r):
        sides = ''.join(f'{r[k]:11.1f}' if k in r else ' ' * 11
                        for k in ('gocryptfs', 'carrel'))
        says = 'aim' if r['aim_met'] else 'must' if r['met'] else 'NOT MET'
        return (f'{r["row"]:36}{sides}{r["value"]:>9.2f} {r["unit"]:<4}'
                f'{r["must"]:>6g}{r["aim"]:>6g}  {says}')

    def show(self):
        print(f'{"":36}{"gocryptfs":>11}{"carrel":>11}{"":>14}'
              f'{"must":>6}{"aim":>6}')
        for r in self.rows:
            print(self.line(r))


# ---- reading, beside gocryptfs ----

def measure(name, path, small):
    """One row's figure; small has the file lists of that side."""
    mb = os.path.getsize(path) / 1e6
    top = os.path.join(os.path.dirname(path), 'small')
    many = int(name[-1]) if name[-2] == 'x' else 1
    if name.startswith('find'):
        return small['n'] / timed(f'find {top} -ls')
    if name.startswith('small'):
        return reader(small['list'], 'small', 16384, many, 'ops_s')
    if name == 'grep -r':
        return small['n'] / timed(f'grep -r zebra {top} || true')
    if name.startswith('sequential'):
        size = 131072 if '128' in name else 1 << 20
        return reader(path, 'seq', size, many, 'mb_s')
    if name.startswith('random'):
        return reader(path, 'rand', 4096, many, 'ops_s')
    if name == 'wc -l':
        return mb / timed(f'wc -l {path}')
    if name == 'grep -c':
        return mb / timed(f'grep -c zebra {path} || true')
    timed(f'cat {path}')  # it was read before: gocryptfs has its pages cached
    return 1 / timed(f'tail -c 1M {path}')


def lists(room, path):
    top = os.path.join(os.path.dirname(path), 'small')
    text = open(walk_list(room, top, False)).read()
    name = 'list' + os.path.dirname(path).replace('/', '_')
    return {'n': text.count('\n'), 'list': room.write(name, text)}


def reading(room, table, paths, rounds):
    small = {k: lists(room, p) for k, p in paths.items()}
    for row, must, aim in BESIDE:
        pairs = []
        for _ in range(rounds + 1):  # the first is a warm-up
            got = {who: measure(row, p, small[who])
                   for who, p in paths.items() if who != 'redacted'}
            pairs.append((got['gocryptfs'], got['plain']))
        table.beside(row, pairs[1:], must, aim)


def redacting(table, paths, rounds):
    for name, how, size in READS:
        pairs = []
        for _ in range(rounds + 1):
            pairs.append([reader(paths[w], how, size, 1, 'ops_s')
                          for w in ('plain', 'redacted')])
        table.add(f'redacted/unredacted, {name}',
                  statistics.median(r / p for p, r in pairs[1:]), 'x', .7, .9)


# ---- ingest ----

def make_audio(room, n):
    """Recordings of 8 MiB, their words timed in a transcript each."""
    rnd = random.Random(3)
    noise = rnd.randbytes(1 << 20)
    for i in range(n):
        body = b''.join(noise[k:] + noise[:k] for k in
                        (rnd.randrange(1 << 19) * 2 for _ in range(8)))
        fmt = struct.pack('<HHIIHH', 1, 1, 16000, 32000, 2, 16)
        room.write(f'audio/c{i}.wav', b'RIFF' + struct.pack(
            '<I', 36 + len(body)) + b'WAVEfmt \x10\0\0\0' + fmt + b'data' +
            struct.pack('<I', len(body)) + body)
        said = 'my name is maria lopez call 555 0132 please thanks'.split()
        room.write(f'audio/c{i}.json', json.dumps({'words': [
            {'word': said[k % len(said)], 'start': k * .4,
             'end': k * .4 + .3} for k in range(600)]}))
    return room.path('audio')


def ingesting(room, table, mnt, what, rounds, must, aim):
    """Files a second and MB a second are one ratio: both sides' seconds."""
    src, manifest, name = what
    pairs = []
    for k in range(rounds):
        to = f'{mnt}/{name.split()[0]}{k}'
        ds = f'{name.split()[0]}{k}'
        copy = timed(f'cp -r {src} {to}')
        m = room.write('i.yaml', manifest % ds)
        t = time.perf_counter()
        room.run('ingest', '--dataset', ds, '--manifest', m, src)
        pairs.append((1 / copy, 1 / (time.perf_counter() - t)))
        shutil.rmtree(to)
    table.beside(f'ingest with detection: {name}', pairs, must, aim)


# ---- the rest ----

def logging(room, table, policy, rounds):
    """The same store served by carrel and by carrel without the log, by one
    gateway after the other, each warm. They differ by less than two runs of one
    may, so there are three times as many."""
    got = {}
    for k in range(3 * rounds + 1):
        for who, binary in (('on', CARREL), ('off', UNLOGGED)):
            mnt = tempfile.mkdtemp(prefix='mnt-', dir=room.dir)
            p = subprocess.Popen(
                [binary, 'mount', '--policy', policy, '--as', 'plain', mnt],
                env=room.env, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until('it is mounted', lambda: os.path.ismount(mnt))
            file = f'{mnt}/data/bench/f.jsonl'
            for name, how, size in READS:
                reader(file, how, size, 1, 'ops_s')
                f = reader(file, how, size, 1, 'ops_s')
                got.setdefault(name, {}).setdefault(who, []).append(f)
            bench.unmount(mnt)
            p.wait()
    for name, by in got.items():
        pairs = list(zip(by['on'], by['off']))[1:]
        table.add(f'logging on/off, {name}',
                  statistics.median(a / b for a, b in pairs), 'x', .9, .95)


def detecting(table, src):
    with open(src, 'rb') as f, tempfile.NamedTemporaryFile() as t:
        t.write(f.read(32 << 20))
        t.flush()
        out = subprocess.run([BIN + '/bench_detect', t.name],
                             capture_output=True, text=True, check=True)
    for what, must, aim in (('patterns', 40, 120), ('with tagger', 10, 20)):
        rate = re.search(rf'{what} +([\d.]+) MB/s', out.stdout).group(1)
        table.add('detection per core, ' + what, float(rate), 'MB/s', must,
                  aim)


def peak_mib(pid):
    with open(f'/proc/{pid}/status') as f:
        return next(int(x.split()[1]) for x in f
                    if x.startswith('VmHWM')) / 1024


def sitting(room, dataset, people, script):
    """Gateway's peak in MiB once every session has run the script."""
    pol = room.write('seats.yaml', SEATS % (dataset, ', '.join(
        f'{w}: {{ role: r }}' for w in people)))
    ps = [subprocess.Popen(
        [CARREL, 'run', '--policy', pol, '--as', w, '--no-terminal', '--',
         '/bin/sh', '-c', script + '; echo x >work/done; sleep 900'],
        env=room.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL) for w in people]

    def done():
        if any(p.poll() is not None for p in ps):
            sys.exit('a session ended')
        r = room.json('work', 'list', code=None)
        return len([f for f in r.get('files', []) if f['path'] == 'done']) \
            == len(people)
    try:
        until('all have listed', done, 900)
        return peak_mib(room.json('status')['status']['pid'])
    finally:
        room.run('session', 'end', '--gateway', code=None)
        for p in ps:
            p.wait()


def memory(room, table, entries):
    look = 'find data -ls >/dev/null; find data -type f | head -20 | ' \
        'xargs cat >/dev/null'
    table.add('gateway, small files, 10 sessions',
              sitting(room, 'small0', PEOPLE, look), 'MiB', 64, 32, less=True)
    with Room() as other:
        subprocess.run([BIN + '/make_many', other.store, other.key, 'many',
                        str(entries)], check=True)
        table.add(f'gateway, {entries} entries',
                  sitting(other, 'many', ['a'], look), 'MiB', 256, 128,
                  less=True)


def verifying(room, table, events):
    d = room.path('log1')
    key = subprocess.run([MAKE_LOG, 'make', d, str(events)], check=True,
                         capture_output=True, text=True).stdout.strip()
    t = time.perf_counter()
    p = subprocess.Popen([CARREL, 'audit', 'verify', '--log', d, '--key', key],
                         stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(p.pid, 0)
    t = time.perf_counter() - t
    if status != 0:
        sys.exit('the log does not verify')
    table.add(f'audit verify, {events} events', t, 's', 5, 2.5, less=True)
    table.add('  its memory', used.ru_maxrss / 1024, 'MiB', 128, 64, less=True)


def starting(table, rounds):
    out = subprocess.run([sys.executable,
                          os.path.join(TOP, 'tests', 'bench', 'start.py'),
                          '--json', '--rounds', str(rounds)],
                         capture_output=True, text=True, check=True)
    table.add('start to exit of an empty session',
              json.loads(out.stdout)['beyond'], 'ms', 100, 60, less=True)


def machine():
    with open('/proc/cpuinfo') as f:
        cpu = [x.split(':')[1].strip() for x in f if x.startswith('model na')]
    return {'cpus': len(cpu), 'cpu': cpu[0] if cpu else 'unknown',
            'kernel': os.uname().release, 'load': os.getloadavg()[0]}


def beside_gocryptfs(room, table, size, rounds):
    src = room.path('src', 'f.jsonl')
    os.makedirs(os.path.dirname(src))
    bench.FOLDERS = size.folders
    bench.make_corpus(src, size.mib)
    bench.make_small(room.path('src', 'small'))
    paths, undo = bench.systems(room, src, zeros=False)
    paths = {k.split()[-1]: p for k, p in paths.items()}
    try:
        reading(room, table, paths, rounds)
        redacting(table, paths, rounds)
        for m in room.mounts:
            m.stop()
        room.mounts.clear()
        # Before files are removed: making files is slow behind that on some
        # file systems, and the log makes many.
        logging(room, table, room.path('p.yaml'), rounds)
        mnt = os.path.dirname(paths['gocryptfs'])
        ingesting(room, table, mnt,
                  (make_audio(room, size.audio), AUDIO, 'audio'), rounds, 1, 3)
        ingesting(room, table, mnt, (room.path('src', 'small'), SMALL,
                                     'small files'), rounds, 2, 10)
    finally:
        for u in undo:
            u()
    detecting(table, src)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--rounds', type=int)
    a.add_argument('--quick', action='store_true')
    a.add_argument('--json', action='store_true')
    a.add_argument('--entries', type=int)
    a = a.parse_args()
    rounds = a.rounds or (1 if a.quick else 3)
    size, table, began = Size(a.quick), Table(), time.time()
    size.entries = a.entries or size.entries
    before = machine()
    tempfile.tempdir = os.environ.get('TMPDIR', '/var/tmp')
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    starting(table, size.starts)
    with Room() as room:
        verifying(room, table, size.events)
        beside_gocryptfs(room, table, size, rounds)
        memory(room, table, size.entries)
    m = dict(before, load_after=os.getloadavg()[0], rounds=rounds,
             mib=size.mib, seconds=round(time.time() - began))
    if a.json:
        print(json.dumps({'schema': 1, 'machine': m, 'rows': table.rows}))
        return
    print(f'{m["cpus"]} x {m["cpu"]}, kernel {m["kernel"]}, load '
          f'{m["load"]:.1f} to {m["load_after"]:.1f}, {m["mib"]} MiB, medians '
          f'of {rounds} rounds, {m["seconds"]} s')
    table.show()


if __name__ == '__main__':
    main()
