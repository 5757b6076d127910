"""The work area beside gocryptfs, in one run of fio.

usage: work.py [--rounds N] [--mib N] [--json]

Three workloads on carrel's mount and on gocryptfs, interleaved, both over the
same disk: one large file written in order (128 KiB), 4 KiB written at random
places of it, and small files each made durable with fsync. The figures are
medians; what counts are the ratios. Every change is logged by carrel. Needs
/dev/fuse, fio and gocryptfs.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'e2e'))
from carrel import Room  # noqa: E402

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [bench]
confinement: none
roles:
  writer:
    see: [ { files: "bench/**", records: all } ]
    work: { quota: 8GiB }
annotators: { alice: { role: writer } }
'''
MANIFEST = '''carrel-dataset: 1
name: bench
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "*.jsonl", records: "$[*]" }
'''
COMMON = ['--group_reporting', '--output-format=json', '--thread',
          '--ioengine=psync', '--fallocate=none', '--randrepeat=1']


def fio(where, mib, name, *args):
    d = os.path.join(where, 'fio')
    os.makedirs(d, exist_ok=True)
    out = subprocess.run(['fio', f'--name={name}', f'--directory={d}',
                          *COMMON, *args], capture_output=True, text=True,
                         check=True).stdout
    return json.loads(out[out.index('{'):])['jobs'][0]


def sequential(where, mib):
    """MB/s until all of it is on the disk."""
    j = fio(where, mib, 'seq', '--rw=write', '--bs=128k', f'--size={mib}m',
            '--end_fsync=1')
    return j['write']['io_bytes'] / 1e6 / (j['job_runtime'] / 1e3)


def random_4k(where, mib):
    """Writes a second, over the file that sequential left."""
    j = fio(where, mib, 'seq', '--rw=randwrite', '--bs=4k', f'--size={mib}m',
            '--overwrite=1', '--io_size=64m', '--end_fsync=1')
    return j['write']['total_ios'] / (j['job_runtime'] / 1e3)


def small_files(where, mib):
    """Files of 4 KiB a second, each made, written and fsynced."""
    n = 500
    j = fio(where, mib, 'small', '--rw=write', '--bs=4k', f'--size={4 * n}k',
            f'--nrfiles={n}', '--filesize=4k', '--fsync_on_close=1',
            '--create_on_open=1', '--openfiles=1',
            '--file_service_type=sequential')
    return n / (j['job_runtime'] / 1e3)


ROWS = [('sequential write 128 KiB, MB/s', sequential),
        ('random write 4 KiB, 1/s', random_4k),
        ('small files with fsync, 1/s', small_files)]


class Gocryptfs:
    def __init__(self, room):
        self.cipher = room.path('cipher')
        self.dir = room.path('plain')
        os.makedirs(self.cipher)
        os.makedirs(self.dir)
        for args in (['-init', '-scryptn', '10'], []):
            subprocess.run(['gocryptfs', '-q', '-extpass', 'echo bench', *args,
                            self.cipher, *([] if args else [self.dir])],
                           check=True, capture_output=True)

    def stop(self):
        subprocess.run(['fusermount3', '-u', self.dir], check=False)


def clear(where):
    shutil.rmtree(os.path.join(where, 'fio'), ignore_errors=True)


def measure(room, rounds, mib):
    found = {name: {'carrel': [], 'gocryptfs': []} for name, _ in ROWS}
    room.write('bench/a.jsonl', '{"n":1}\n')
    room.run('ingest', '--dataset', 'bench', '--manifest',
             room.write('m.yaml', MANIFEST), room.path('bench'))
    mount = room.mount(room.write('p.yaml', POLICY), 'alice')
    peer = Gocryptfs(room)
    try:
        for _ in range(rounds):
            for who, where in (('carrel', mount.dir + '/work'),
                               ('gocryptfs', peer.dir)):
                for name, how in ROWS:
                    found[name][who].append(how(where, mib))
                clear(where)
    finally:
        peer.stop()
    return {name: {w: statistics.median(v) for w, v in f.items()}
            for name, f in found.items()}


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--rounds', type=int, default=3)
    p.add_argument('--mib', type=int, default=512)
    p.add_argument('--json', action='store_true')
    args = p.parse_args()
    for tool in ('fio', 'gocryptfs'):
        if shutil.which(tool) is None:
            print(f'skipped: {tool} is not installed')
            return 77
    if os.environ.get('BENCH_DIR'):
        tempfile.tempdir = os.environ['BENCH_DIR']
    with Room() as room:
        found = measure(room, args.rounds, args.mib)
    for f in found.values():
        f['ratio'] = f['carrel'] / f['gocryptfs']
    if args.json:
        print(json.dumps(found))
        return 0
    for name, f in found.items():
        print(f'{name:32} carrel {f["carrel"]:9.0f}  gocryptfs '
              f'{f["gocryptfs"]:9.0f}  ratio {f["ratio"]:.2f}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
