"""kill -9 of the gateway in the middle of reads: nothing shown that the log
does not cover; the store opens again, verify and fsck pass. And of init: what
it leaves is known to be its own, and the next one begins anew.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import random
import re
import shutil
import subprocess
import threading
import time

from carrel import CARREL, FEW, LONG, Room, check, need_fuse, seed

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  r:
    see: [ { files: "d/**", records: all } ]
    redact: { default: tag }
    names: keep
annotators: { alice: { role: r } }
'''
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "*.jsonl", records: "$[*]" }
'''


class Reader(threading.Thread):
    """Reads at random until the mount dies; remembers what it was given."""

    def __init__(self, top, seed_):
        super().__init__()
        self.top, self.rnd, self.got = top, random.Random(seed_), []

    def run(self):
        try:
            while True:
                name = f'f{self.rnd.randrange(8)}.jsonl'
                fd = os.open(f'{self.top}/data/d/{name}', os.O_RDONLY)
                try:
                    for _ in range(5):
                        off = self.rnd.randrange(40000)
                        n = self.rnd.choice([1, 100, 4096, 30000])
                        b = os.pread(fd, n, off)
                        self.got.append((f'd/{name}', off, n, len(b)))
                finally:
                    os.close(fd)
        except OSError:
            pass


def covered(entries, got):
    """Every read that returned has its READ entry with the same length."""
    opens = {e['seq']: e['path'] for e in entries if e['kind'] == 'OPEN'}
    have = {(opens[e['ref']], e['offset'], e['asked'], e['result'])
            for e in entries if e['kind'] == 'READ'}
    return [g for g in got if g not in have]


def unsettled(room):
    """What a killed session may have seen is told, and nothing else."""
    log = room.log()
    ends = {e['ref'] for e in log if e['kind'] == 'LEASE_END'}
    over = {e['session'] for e in log if e['kind'] == 'SESSION_END'}
    want = {e['seq'] for e in log if e['kind'] == 'LEASE' and
            e['seq'] not in ends and e['session'] not in over}
    told = re.findall(r'entry (\d+): alice may have seen \d+ entries of '
                      r'data/d', room.run('audit', 'log').stderr)
    print(f'{len(want)} leases not settled')
    check(sorted(map(int, told)) == sorted(want), f'{told}, not {want}')
    check(want or FEW, 'no lease was open at any kill')


def inits(rnd):
    """Killed wherever it is; the same command then makes the store."""
    with Room() as room:
        took = time.time()
        room.run('init', '--store', room.path('n'))
        took, cut = time.time() - took, 0
        for i in range(400 if LONG else 20 if FEW else 40):
            shutil.rmtree(room.path('n'))
            p = subprocess.Popen([CARREL, 'init', '--store', room.path('n')],
                                 env=room.env, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
            time.sleep(rnd.random() * took)
            p.kill()
            p.wait()
            half = os.path.exists(room.path('n/.init'))
            made = os.path.exists(room.path('n/store.yaml')) and not half
            cut += half
            room.run('init', '--store', room.path('n'), code=2 if made else 0)
            room.run('ls', '--store', room.path('n'))
        print(f'{cut} inits cut off')
        check(cut > 0, 'none was cut off')


def main():
    need_fuse()
    rnd = random.Random(seed())
    inits(rnd)
    rounds = 200 if LONG else 5 if FEW else 40
    with Room() as room:
        for k in range(8):
            room.write(f'd/f{k}.jsonl', ''.join(
                json.dumps({'i': i, 't': f'mail x{i}@example.org ' * 3}) + '\n'
                for i in range(700)))
        man = room.write('m.yaml', MANIFEST)
        pol = room.write('p.yaml', POLICY)
        room.run('ingest', '--dataset', 'd', '--manifest', man,
                 room.path('d'))
        last, total, least = 0, 0, 0
        for i in range(rounds):
            m = room.mount(pol, 'alice')
            readers = [Reader(m.dir, rnd.random()) for _ in range(3)]
            for r in readers:
                r.start()
            # So many reads, however long they take here.
            enough = rnd.randrange(300)
            while sum(len(r.got) for r in readers) < enough and \
                    any(r.is_alive() for r in readers):
                time.sleep(0.0005)
            m.kill()
            for r in readers:
                r.join()
            m.clean()
            got = [g for r in readers for g in r.got]
            total += len(got)
            least += enough
            log = [e for e in room.log() if e['seq'] >= last]
            missing = covered(log, got)
            check(not missing, f'round {i}: shown but not logged: '
                               f'{missing[:3]}')
            if i % 20 == 19 or i == rounds - 1:
                room.mount(pol, 'alice').stop()
                room.run('audit', 'verify', '--key', room.vkey)
                room.run('fsck')
                last = room.log()[-1]['seq']
        print(f'{rounds} kills, {total} reads, all covered')
        unsettled(room)
        check(total >= least > 0, f'{total} reads of {least}')


main()
