"""One large JSONL: after its view index is built, open, tail and random reads
are immediate and memory stays bounded. With CARREL_LONG 1 GiB twice: with a
million records of one span each, and with as many short ones as go into it;
else a twentieth of that. Times are printed, never asserted; what is asserted
is bytes, sizes, memory and how much of the object was read.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import random
import subprocess
import time

from carrel import FEW, LONG, SANITIZED, Room, check, need_fuse, seed

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [big]
confinement: none
roles:
  r:
    see: [ { files: "big/**", records: assigned } ]
    redact: { default: tag }
    names: keep
tasks:
  t: { files: "big/**", assign: { by: record, overlap: 2, among: [r] } }
annotators:
  a1: { role: r, tasks: [t] }
  a2: { role: r, tasks: [t] }
  a3: { role: r, tasks: [t] }
'''
MANIFEST = '''carrel-dataset: 1
name: big
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - { match: "*.jsonl", records: "$[*]", id: "$[*].n", text: ["$[*].text"] }
'''


WORDS = ('the agent said that your order would arrive in the morning and the '
         'caller was not so sure about it at all ').split()


def make(path, size, each, rnd):
    """Records of about `each` bytes with one span in each, up to size."""
    fill = [' '.join(rnd.choices(WORDS, k=each // 4)) for _ in range(50)]
    n = 0
    with open(path, 'w') as f:
        while f.tell() < size:
            for _ in range(256):
                row = json.dumps({
                    'n': n, 'text': f'{rnd.choice(fill)[:each // 2]} write to '
                    f'u{n % 9973}@mail{n % 7}.example.com please. '})
                f.write(row[:-2] + rnd.choice(fill)[:each - len(row) - 1] +
                        row[-2:] + '\n')
                n += 1
    return n


def rss_kib(pid):
    with open(f'/proc/{pid}/status') as f:
        for line in f:
            if line.startswith('VmHWM'):
                return int(line.split()[1])
    return 0


def cpu(pid):
    """Seconds of processor time: what a busy machine does not change."""
    with open(f'/proc/{pid}/stat') as f:
        t = f.read().rsplit(')', 1)[1].split()[11:13]
    return sum(map(int, t)) / os.sysconf('SC_CLK_TCK')


def show(room, f, rnd):
    """Open, tail and random reads of a view that is built; its size."""
    t = [time.time()]
    fd = os.open(f, os.O_RDONLY)
    t.append(time.time())
    view = os.stat(f).st_size
    tail = subprocess.run(['tail', '-c', '1M', f], capture_output=True).stdout
    t.append(time.time())
    for _ in range(200):
        os.pread(fd, 8192, rnd.randrange(view - 8192))
    t.append(time.time())
    ms = [(b - a) * 1e3 for a, b in zip(t, t[1:])]
    print(f'open {ms[0]:.2f} ms, tail -c 1M {ms[1]:.1f} ms, 200 random 8 KiB '
          f'{ms[2]:.1f} ms')
    os.close(fd)
    served = sum(e['result'] for e in room.log('--op', 'READ'))
    check(served < (8 << 20), 'tail and 200 reads pulled the whole file')
    check(len(tail) == min(1 << 20, view), 'tail is short')
    for line in tail.split(b'\n')[1:-1]:
        r = json.loads(line)
        check('@' not in r['text'] and '[EMAIL_ADDRESS_1]' in r['text'],
              r['text'][:100])
    return view


def whole(m, f, view, n):
    """All of it, once; and what the gateway took for everything."""
    got = lines = 0
    with open(f, 'rb', buffering=1 << 20) as h:
        for line in h:
            lines += 1
            got += len(line)
    check(got == view, f'st_size {view}, read {got}')
    check(abs(lines / n - 2 / 3) < 0.02, f'{lines} of {n} records')
    rss = rss_kib(m.p.pid)
    print(f'gateway peak {rss // 1024} MiB')
    if not SANITIZED:
        check(rss < 200 * 1024, f'gateway took {rss // 1024} MiB')


def run(size, each, rnd):
    with Room() as room:
        src = room.path('big', 'calls.jsonl')
        os.makedirs(os.path.dirname(src))
        n = make(src, size, each, rnd)
        size = os.path.getsize(src)
        man = room.write('m.yaml', MANIFEST)
        pol = room.write('p.yaml', POLICY)
        t0 = time.time()
        a = room.json('ingest', '--dataset', 'big', '--manifest', man,
                      room.path('big'))
        t1 = time.time()
        check(a['records'] == a['types']['EMAIL_ADDRESS'] == n, str(a))
        print(f'{size / (1 << 20):.0f} MiB, {n} records, {a["spans"]} spans: '
              f'ingest {size / 1e6 / (t1 - t0):.0f} MB/s')
        os.unlink(src)
        m = room.mount(pol, 'a1')
        print(f'first mount, view index built: {time.time() - t1:.2f} s '
              f'({cpu(m.p.pid):.2f} s of processor time)')
        m.stop()
        t2 = time.time()
        m = room.mount(pol, 'a1')
        print(f'second mount: {time.time() - t2:.3f} s')
        f = m.dir + '/data/big/calls.jsonl'
        whole(m, f, show(room, f, rnd), n)
        m.stop()


def main():
    need_fuse()
    rnd = random.Random(seed())
    size = (1 << 30) if LONG else (8 << 20) if FEW else (48 << 20)
    run(size, 1073, rnd)
    if LONG:
        run(size, 480, rnd)


main()
