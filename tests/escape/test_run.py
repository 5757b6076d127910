#!/usr/bin/env python3
"""run.py must not take silence for safety: a product that starts no session,
or no command, holds everything and has shown nothing.
"""
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from run import missing  # noqa: E402

CARREL = os.path.abspath(os.environ['CARREL'])
# One of each way by which run.py sees that a case ran.
CASES = ['cp', 'prlimit', 'stdout-file', 'stderr-file', 'all-pipes',
         'no-terminal', 'survive-kill']
WRAPPER = '''#!/bin/sh
if [ "$1" = run ]; then
    echo >>{dir}/runs
    if [ $(wc -l <{dir}/runs) -gt {after} ]; then
        {then}
    fi
fi
exec {carrel} "$@"
'''


def verdict(d, after, then):
    """run.py over a product that after so many runs does only that."""
    path = os.path.join(d, 'wrapper')
    with open(path, 'w') as f:
        f.write(WRAPPER.format(dir=d, after=after, then=then, carrel=CARREL))
    os.chmod(path, 0o755)
    open(os.path.join(d, 'runs'), 'w').close()
    r = subprocess.run([sys.executable, os.path.join(HERE, 'run.py'),
                        '--no-control', '--carrel', path, *CASES],
                       capture_output=True, text=True, check=False)
    print(r.stdout)
    return r


def check(ok, r):
    if not ok:
        raise AssertionError(f'exit {r.returncode}\n{r.stdout}\n{r.stderr}')


def main():
    if missing():
        print('skipped:', missing())
        return 77
    with tempfile.TemporaryDirectory() as d:
        r = verdict(d, 999, ':')
        check(r.returncode == 0 and r.stdout.count(' held\n') == len(CASES),
              r)
        # A machine on which sessions could be made is no reason to skip.
        r = verdict(d, 0, 'exit 70')
        check(r.returncode == 1, r)
        start = 'echo "carrel: session 1 of alice" >&2; exit 0'
        for then in ('exit 70', start):
            r = verdict(d, 1, then)
            check(r.returncode == 1 and ' held\n' not in r.stdout and
                  r.stdout.count('BROKEN: ') == len(CASES) and
                  'no session can be made any more' in r.stdout, r)
    return 0


if __name__ == '__main__':
    sys.exit(main())
