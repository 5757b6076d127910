"""Start to exit of an empty session, beside bubblewrap's, in one run.

usage: start.py [--rounds N] [--json]

Rounds are interleaved, the figures are medians in milliseconds. "session" is
the same run_session over a view in memory (tests/escape/box): the launcher,
every step of the confinement, FUSE, the command, the end; what carrel needs
beyond the gateway's start. "whole" is carrel run over a store with one file,
store, log and gateway opened and closed each time; "gateway" the difference.
Where carrel serve exists, "served" is carrel run against a running gateway.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'e2e'))
from carrel import CARREL, Room  # noqa: E402

BOX = os.environ.get('CARREL_BOX',
                     os.path.join(TOP, 'build', 'tests', 'escape', 'box'))
MUST, AIM = 100, 60  # milliseconds beyond the gateway's start
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: guard-rail
roles:
  r: { see: [ { files: "d/**", records: all } ], redact: { default: tag } }
annotators: { alice: { role: r } }
'''
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
'''


def bwrap():
    """The line of tests/escape, over an empty view."""
    line = ['bwrap']
    for d in ('/usr', '/etc'):
        line += ['--ro-bind', d, d]
    for d in ('/bin', '/sbin', '/lib', '/lib64'):
        if os.path.islink(d):
            line += ['--symlink', os.readlink(d), d]
        elif os.path.isdir(d):
            line += ['--ro-bind', d, d]
    return line + ['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp',
                   '--tmpfs', '/run', '--tmpfs', '/home', '--unshare-all',
                   '--new-session', '--die-with-parent', '/bin/true']


def took(cmd, env):
    start = time.perf_counter()
    subprocess.run(cmd, env=env, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1e3


def serve(room):
    """A running gateway, where this version has one; None."""
    help_ = subprocess.run([CARREL, '--help'], capture_output=True, text=True,
                           check=False).stdout
    if ' serve' not in help_:
        return None
    p = subprocess.Popen([CARREL, 'serve'], env=room.env,
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    for _ in range(100):
        r = subprocess.run([CARREL, 'status'], env=room.env, check=False,
                           capture_output=True)
        if r.returncode == 0 and p.poll() is None:
            return p
        time.sleep(0.05)
    p.terminate()
    return None


def measure(room, lines, rounds, got):
    for i in range(rounds + 2):  # the first two warm up
        for name, cmd in lines.items():
            t = took(cmd, room.env)
            if i >= 2:
                got.setdefault(name, []).append(t)


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--rounds', type=int, default=30)
    a.add_argument('--json', action='store_true')
    o = a.parse_args()
    got = {}
    with Room() as room:
        room.write('d/a.txt', 'hello\n')
        room.run('ingest', '--dataset', 'd', '--manifest',
                 room.write('m.yaml', MANIFEST), room.path('d'))
        run = [CARREL, 'run', '--no-terminal', '--policy',
               room.write('p.yaml', POLICY), '--as', 'alice', '--',
               '/bin/true']
        lines = {'session': [BOX, '--no-terminal', 'x', '/bin/true'],
                 'whole': run}
        if shutil.which('bwrap'):
            lines['bubblewrap'] = bwrap()
        measure(room, lines, o.rounds, got)
        gateway = serve(room)
        if gateway:
            try:
                measure(room, {'served': run}, o.rounds, got)
            finally:
                gateway.terminate()
                gateway.wait()
    ms = {k: round(statistics.median(v), 1) for k, v in got.items()}
    ms['gateway'] = round(ms['whole'] - ms['session'], 1)
    beyond = ms.get('served', ms['session'])
    if o.json:
        print(json.dumps({'schema': 1, 'rounds': o.rounds, 'ms': ms,
                          'beyond': beyond, 'must': MUST, 'aim': AIM}))
        return 0
    for name, t in ms.items():
        ratio = f'{t / ms["bubblewrap"]:5.1f} x bubblewrap' \
            if 'bubblewrap' in ms else ''
        print(f'{name:11} {t:7.1f} ms  {ratio}')
    print(f'beyond the gateway\'s start: {beyond} ms (must {MUST}, aim {AIM})')
    return 0


if __name__ == '__main__':
    sys.exit(main())
