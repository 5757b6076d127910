"""Runs the exerciser.

usage: exercise.py control|can-fail|mount|jobs

control   a plain folder: whatever fails here is the exerciser's own fault
can-fail  a plain folder, changed behind the exerciser's back: it must notice
mount     the work area of a mount
jobs      the same by four processes at once, links refused
"""
# SPDX-License-Identifier: Apache-2.0
import re
import subprocess
import sys

from area import EXERCISE, Room, filled, plain, policy, work_of
from carrel import LONG, SANITIZED, check, need_fuse, seed

OPS = 2_000_000 if LONG else 20_000 if SANITIZED else 200_000
# A slow machine ends early in an ordinary run; a tenth must be done by then.
SECONDS = 0 if LONG else 80
KINDS = ('byte', 'size', 'name', 'mode', 'target', 'xattr')


def exercise(top, *args):
    return subprocess.run([EXERCISE, *args, top], capture_output=True,
                          text=True, errors='replace', timeout=20000, stdin=subprocess.DEVNULL)


def clean(top, s, ops, *args):
    """A run that must agree with its model, and has done enough."""
    r = exercise(top, '--seed', str(s), '--ops', str(ops), *args)
    print(r.stdout, end='')
    check(r.returncode == 0, f'exit {r.returncode}\n{r.stderr[-6000:]}')
    for line in r.stdout.splitlines():
        done = int(re.search(r': (\d+) operations', line).group(1))
        check(done >= ops // 10, f'only {done} operations')


def can_fail(s):
    for kind in KINDS:
        for at in (1000, 5000, 20000):
            with plain() as top:
                r = exercise(top, '--seed', str(s), '--corrupt', str(at),
                             '--corrupt-kind', kind, '--ops', '30000')
                last = r.stderr.strip().splitlines()[-1]
                check(r.returncode == 1 and f'seed {s}, operation' in last
                      and f'CORRUPT {kind}' in r.stderr,
                      f'{kind} at {at}: exit {r.returncode}\n{r.stderr}')
                print(f'{kind} at {at}: {last}')


def mounted(s, jobs):
    need_fuse()
    bound = ('--seconds', str(SECONDS)) if SECONDS else ()
    with Room() as room:
        filled(room)
        m = room.mount(policy(room), 'alice')
        clean(work_of(m), s, OPS // jobs, *bound, '--links-refused',
              '--jobs', str(jobs))
        m.stop()
        room.run('fsck')
        room.run('audit', 'verify', '--key', room.vkey)


def main():
    what, s = sys.argv[1], seed()
    if what == 'control':
        with plain() as top:
            clean(top, s, OPS)
            clean(top, s, OPS // 4, '--jobs', '4')
    elif what == 'can-fail':
        can_fail(s)
    else:
        mounted(s, 4 if what == 'jobs' else 1)


main()
