"""carrel beside gocryptfs and a file system that does nothing, in one run.

usage: bench.py [--rounds N] [--mib N] [--json]

Every read of carrel's mount is logged before it is answered (durability
open). Rounds are interleaved; the figures are medians, what counts are the
ratios of the last columns. Needs /dev/fuse and gocryptfs; builds nothing: the
helpers come with the build (build/tests/bench).
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'e2e'))
from carrel import Room  # noqa: E402

BIN = os.path.join(TOP, 'build', 'tests', 'bench')
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [bench]
confinement: none
roles:
  plain:
    see: [ { files: "bench/**", records: all } ]
    redact: { default: keep }
    names: keep
  redacted:
    see: [ { files: "bench/**", records: all } ]
    redact: { default: tag }
    names: keep
annotators: { plain: { role: plain }, redacted: { role: redacted } }
'''
MANIFEST = '''carrel-dataset: 1
name: bench
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "*.jsonl", records: "$[*]" }
'''
FOLDERS, EACH = 200, 100  # of small files


def make_corpus(path, mib):
    """One JSONL of dialogue-like text, about a span per KiB."""
    line = json.dumps({'n': 0, 'text': 'the caller asked about the order and '
                       'the agent said that it would arrive soon ' * 9 +
                       'write to someone@example.org please'})
    with open(path, 'w') as f:
        n = 0
        while f.tell() < mib << 20:
            f.write(line.replace('"n": 0', f'"n": {n}', 1) + '\n')
            n += 1


def make_small(top):
    """20,000 texts and JSON files of 0.5 to 8 KiB."""
    words = ('the caller asked about the order and the agent said that it '
             'would arrive soon ').split()
    rnd = random.Random(1)
    for d in range(FOLDERS):
        os.makedirs(f'{top}/d{d:03d}')
        for k in range(EACH):
            text = ' '.join(rnd.choice(words)
                            for _ in range(rnd.randrange(90, 1500)))
            kind = rnd.choice(['txt', 'json'])
            with open(f'{top}/d{d:03d}/f{k:03d}.{kind}', 'w') as f:
                f.write(text if kind == 'txt' else json.dumps(
                    {'id': f'{d}-{k}', 'text': text}))


def walk_list(room, top, shuffled):
    """A file that lists those below top, in the order of a walk or none."""
    names = []
    for base, dirs, files in os.walk(top):
        dirs.sort()
        names += [os.path.join(base, f) for f in sorted(files)]
    if shuffled:
        random.Random(2).shuffle(names)
    return room.write('shuffled' if shuffled else 'list',
                      '\n'.join(names) + '\n')


def timed(cmd):
    t = time.perf_counter()
    subprocess.run(cmd, shell=True, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - t


def reader(path, how, size, threads, key):
    out = subprocess.run([BIN + '/reader', path, how, str(size),
                          str(threads), '0.7'], capture_output=True,
                         text=True, check=True).stdout
    return json.loads(out)[key]


def rows(room, path, size):
    """name -> figure, more is better."""
    small = os.path.join(os.path.dirname(path), 'small')
    if os.path.isdir(small):
        yield 'find -ls, 20,000 entries, 1/s', 20000 / timed(
            f'find {small} -ls')
        for n in (1, 4):
            for how in ('in order', 'shuffled'):
                yield f'open, read, close {how} x{n}, 1/s', reader(
                    walk_list(room, small, how == 'shuffled'), 'small', 16384,
                    n, 'ops_s')
        yield 'grep -r, files/s', 20000 / timed(
            f'grep -r zebra {small} || true')
    mb = size / 1e6
    yield 'sequential 128 KiB, MB/s', reader(path, 'seq', 131072, 1, 'mb_s')
    yield 'sequential 128 KiB x4, MB/s', reader(path, 'seq', 131072, 4,
                                                'mb_s')
    yield 'sequential 1 MiB, MB/s', reader(path, 'seq', 1 << 20, 1, 'mb_s')
    yield 'random 4 KiB, 1/s', reader(path, 'rand', 4096, 1, 'ops_s')
    yield 'random 4 KiB x4, 1/s', reader(path, 'rand', 4096, 4, 'ops_s')
    yield 'wc -l, MB/s', mb / timed(f'wc -l {path}')
    yield 'grep -c, MB/s', mb / timed(f'grep -c zebra {path} || true')
    yield 'tail -c 1M, 1/s', 1 / timed(f'tail -c 1M {path}')
    yield 'open, stat, close, 1/s', 200 / timed(
        f'for i in $(seq 200); do : <{path}; done')


def unmount(path):
    subprocess.run(['fusermount3', '-uz', path], capture_output=True)
    subprocess.run(['umount', '-l', path], capture_output=True)


def start(cmd, mnt):
    os.makedirs(mnt)
    p = subprocess.Popen(cmd, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL,
                         stdin=subprocess.DEVNULL)
    end = time.time() + 60
    while not os.path.ismount(mnt):
        if time.time() > end or p.poll() not in (None, 0):
            sys.exit('cannot mount: ' + ' '.join(cmd))
        time.sleep(0.02)
    return p


def systems(room, src, zeros=True):
    """name -> path of the file, each mounted; how to take them down."""
    out, undo = {}, []
    if shutil.which('gocryptfs'):
        cipher, mnt = room.path('gc'), room.path('gcm')
        os.mkdir(cipher)
        pw = room.write('pw', 'bench\n')
        subprocess.run(['gocryptfs', '-q', '-init', '-scryptn', '10',
                        '-passfile', pw, cipher], check=True)
        start(['gocryptfs', '-q', '-passfile', pw, cipher, mnt], mnt)
        shutil.copy(src, mnt + '/f.jsonl')
        shutil.copytree(os.path.dirname(src) + '/small', mnt + '/small')
        out['gocryptfs'] = mnt + '/f.jsonl'
        undo.append(lambda: unmount(mnt))
    if zeros:
        zero = room.path('zm')
        p = start([BIN + '/zero_fs', zero, str(os.path.getsize(src))], zero)
        out['zeros'] = zero + '/zero'
        undo += [lambda: unmount(zero), p.wait]
    room.run('ingest', '--dataset', 'bench', '--manifest',
             room.write('m.yaml', MANIFEST), os.path.dirname(src))
    pol = room.write('p.yaml', POLICY)
    for who in ('plain', 'redacted'):
        m = room.mount(pol, who)
        out['carrel ' + who] = m.dir + '/data/bench/f.jsonl'
    return out, undo


def table(names, figures):
    base = 'gocryptfs' if 'gocryptfs' in names else 'zeros'
    width = max(len(r) for r in figures)
    print(' ' * width + ''.join(f'{n:>16}' for n in names) +
          f'   plain/{base}   redacted/plain')
    for row, by in figures.items():
        med = {n: statistics.median(by.get(n, [0])) for n in names}
        print(f'{row:<{width}}' +
              ''.join(f'{med[n]:16.0f}' for n in names) +
              f"{med['carrel plain'] / (med[base] or 1):14.2f}"
              f"{med['carrel redacted'] / med['carrel plain']:17.2f}")


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--rounds', type=int, default=5)
    a.add_argument('--mib', type=int, default=768)
    a.add_argument('--json', action='store_true')
    a = a.parse_args()
    tempfile.tempdir = os.environ.get('TMPDIR', '/var/tmp')
    with Room() as room:
        src = room.path('src', 'f.jsonl')
        os.makedirs(os.path.dirname(src))
        make_corpus(src, a.mib)
        make_small(room.path('src', 'small'))
        size = os.path.getsize(src)
        paths, undo = systems(room, src)
        figures = {}
        try:
            for k in range(a.rounds + 1):
                for name, path in paths.items():
                    for row, v in rows(room, path, size):
                        if k > 0:
                            figures.setdefault(row, {}).setdefault(
                                name, []).append(v)
        finally:
            for u in undo:
                u()
        if a.json:
            print(json.dumps(figures))
        else:
            with open('/proc/cpuinfo') as f:
                cpu = [x.split(':')[1].strip() for x in f
                       if x.startswith('model name')]
            print(f'{len(cpu)} x {cpu[0] if cpu else "cpu"}, kernel '
                  f'{os.uname().release}, {a.mib} MiB, median of {a.rounds}')
            table(list(paths), figures)


if __name__ == '__main__':
    main()
