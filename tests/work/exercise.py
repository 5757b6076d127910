"""Runs the exerciser.

usage: exercise.py control|can-fail|mount|jobs

control   a plain folder: whatever fails here is the exerciser's own fault
can-fail  a plain folder, changed behind the exerciser's back: it must notice
mount     the work area of a mount
jobs      the same by four processes at once, links refused
"""
# SPDX-License-Identifier: Apache-2.0
import os
import re
import resource
import subprocess
import sys

from area import EXERCISE, Room, filled, plain, policy, work_of
from carrel import FEW, LONG, check, need_fuse, seed

OPS = 2_000_000 if LONG else 20_000 if FEW else 200_000
# A slow machine ends early in an ordinary run; a tenth must be done by then.
SECONDS = 0 if LONG else 80
KINDS = ('byte', 'size', 'name', 'mode', 'target', 'xattr')


def exercise(top, *args):
    return subprocess.run([EXERCISE, *args, top], capture_output=True,
                          text=True, errors='replace', timeout=20000, stdin=subprocess.DEVNULL)


def enough(out, jobs, ops):
    """Every job says how much it did, and that was enough."""
    done = [int(n) for n in re.findall(r': (\d+) operations', out)]
    check(len(done) == jobs, f'{len(done)} of {jobs} jobs said a word')
    check(min(done) >= ops // 10, f'only {done} operations')


def clean(top, s, ops, jobs=1, *args):
    """A run that must agree with its model, and has done enough."""
    r = exercise(top, '--seed', str(s), '--ops', str(ops), '--jobs', str(jobs),
                 *args)
    print(r.stdout, end='')
    check(r.returncode == 0, f'exit {r.returncode}\n{r.stderr[-6000:]}')
    enough(r.stdout, jobs, ops)


def silent():
    """A run that says nothing, or less than all of it, is no success."""
    line = 'seed 1 job 0: 500 operations in 0.1 s\n'
    enough(line * 2, 2, 500)
    for out, jobs in ('', 1), (line, 2), (line + line.replace('500', '9'), 2):
        try:
            enough(out, jobs, 500)
        except AssertionError:
            continue
        raise SystemExit(f'taken for a success: {out!r}')


def no_fork():
    """A job that could not be started; root may always start one."""
    def few():
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    with plain() as top:
        os.chmod(top, 0o777)
        try:
            r = subprocess.run([EXERCISE, '--ops', '10', '--jobs', '2', top],
                               capture_output=True, text=True, timeout=60,
                               stdin=subprocess.DEVNULL, preexec_fn=few)
        except PermissionError:
            print('the exerciser lies where nobody else may start it')
            return
        check(r.returncode == 2 and 'fork' in r.stderr,
              f'exit {r.returncode}: {r.stderr}')


def can_fail(s):
    silent()
    no_fork()
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
        clean(work_of(m), s, OPS // jobs, jobs, *bound, '--links-refused')
        m.stop()
        room.run('fsck')
        room.run('audit', 'verify', '--key', room.vkey)


def main():
    what, s = sys.argv[1], seed()
    if what == 'control':
        with plain() as top:
            clean(top, s, OPS)
            clean(top, s, OPS // 4, 4)
    elif what == 'can-fail':
        can_fail(s)
    else:
        mounted(s, 4 if what == 'jobs' else 1)


main()
