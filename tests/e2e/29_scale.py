"""Very many small files: taken in one run, shown, listed in one folder, within
the gateway's bound. With CARREL_LONG a million, 100,000 of them in one folder;
else a hundredth. And what the log says of such a session adds up.
"""
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import time

from carrel import CARREL, FEW, LONG, SANITIZED, Room, check, need_fuse, until

FILES, BIG = ((1000000, 100000) if LONG else (2000, 1000) if FEW else
              (10000, 5000))
MOST = 256 if LONG else 40    # MiB, of the gateway
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: guard-rail
roles:
  r:
    see: [ { files: "d/**", records: all } ]
    names: keep
    redact: { default: tag }
annotators: { ann: { role: r } }
'''
# Each way of asking what is there, and each answer.
SCRIPT = f'''cd /carrel/data/d
test $(ls big | wc -l) = {BIG} || exit 11
test $(ls -f big | wc -l) = $(({BIG} + 2)) || exit 12
test $(ls -l big | wc -l) = $(({BIG} + 1)) || exit 13
test $(find . -type f | wc -l) = {FILES} || exit 14
test $(find big -type f -size +0 | wc -l) = {BIG} || exit 15
test $(ls big | tail -1) = {BIG - 1:06d}.txt || exit 16
grep -q "EMAIL_ADDRESS" big/{BIG - 1:06d}.txt || exit 17
! grep -q "example.org" big/{BIG // 2:06d}.txt || exit 18
! cat big/{BIG:06d}.txt 2>/dev/null || exit 19
! touch big/new 2>/dev/null || exit 20
'''


def fill(room):
    """BIG in one folder, the others in folders of a thousand."""
    n = 0
    for d, most in [('big', BIG)] + [(f'd{i:04d}', 1000) for i in range(
            (FILES - BIG + 999) // 1000)]:
        os.makedirs(room.path('d', d))
        for i in range(min(most, FILES - n)):
            with open(room.path('d', d, f'{i:06d}.txt'), 'w') as f:
                f.write(f'Call {n}: write to ann{n}@example.org please.\n')
            n += 1
    check(n == FILES, f'{n} files')


def ingest(room):
    t = time.time()
    s = room.json('ingest', '--manifest', room.write('m.yaml', MANIFEST),
                  room.path('d'), timeout=7200)
    took = time.time() - t
    check((s['files'], s['denied'], s['left'], s['types']['EMAIL_ADDRESS']) ==
          (FILES, 0, 0, FILES), str(s))
    size = os.path.getsize(os.path.join(room.store, 'catalog.db'))
    check(size < (1 << 20) + 1200 * FILES, f'the catalog has {size} bytes')
    print(f'{FILES} files: ingest {took:.1f} s, {FILES / took:.0f}/s, '
          f'catalog {size // FILES} bytes each')
    if not LONG:
        s = room.json('ingest', '--manifest', room.path('m.yaml'),
                      room.path('d'))
        check(s['skipped'] == FILES and s['version'] == 1, str(s))


def peak_mib(pid):
    with open(f'/proc/{pid}/status') as f:
        return next(int(x.split()[1]) for x in f
                    if x.startswith('VmHWM')) / 1024


def session(room, policy, pid):
    t = time.time()
    p = subprocess.Popen(
        [CARREL, 'run', '--policy', policy, '--as', 'ann', '--no-terminal',
         '--', '/bin/sh', '-c', SCRIPT], env=room.env, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    until('it begins', lambda: room.sessions() or p.poll() is not None, 3600)
    began = time.time() - t
    err = p.communicate(timeout=3600)[1]
    check(p.returncode == 0, f'exit {p.returncode}: {err[-2000:]}')
    print(f'begins after {began:.1f} s, done after {time.time() - t:.1f} s, '
          f'gateway peak {peak_mib(pid):.0f} MiB')


def adds_up(room):
    """What SESSION_END counts is what the log has; audit log counts, too."""
    log = room.log()
    ends = [e for e in log if e['kind'] == 'SESSION_END']
    check(len(ends) == 2, str(ends))
    for end in ends:
        mine = [e for e in log if e.get('session') == end['session'] and
                e is not end]
        reads = [e for e in mine if e['kind'] == 'READ' and e['result'] >= 0]
        check(end['last'] == mine[-1]['seq'], f'{end} {mine[-1]}')
        check(end['opens'] == len([e for e in mine if e['kind'] == 'OPEN']) and
              end['reads'] == len(reads) and end['bytes'] ==
              sum(e['result'] for e in reads) and end['denials'] == sum(
                  1 + e.get('count', 0) for e in mine
                  if e['kind'] == 'DENIED') > 0, str(end))


def main():
    need_fuse()
    with Room() as room:
        room.env.pop('MALLOC_PERTURB_', None)
        fill(room)
        ingest(room)
        check(len(room.run('ls', 'd/big').stdout.splitlines()) == BIG, 'ls')
        serve = subprocess.Popen([CARREL, 'serve'], env=room.env,
                                 stdin=subprocess.DEVNULL, text=True,
                                 stderr=subprocess.PIPE)
        try:
            check('serving' in serve.stderr.readline(), 'not ready')
            policy = room.write('p.yaml', POLICY)
            for _ in range(2):    # sizes are found once, then known
                session(room, policy, serve.pid)
            peak = peak_mib(serve.pid)
        finally:
            room.run('session', 'end', '--gateway', code=None)
            serve.communicate(timeout=120)
        check(SANITIZED or peak <= MOST, f'the gateway took {peak:.0f} MiB')
        adds_up(room)
        room.run('audit', 'verify', '--key', room.vkey)


if __name__ == '__main__':
    main()
