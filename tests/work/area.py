"""What the work area's tests share: a store with one small data set, a policy
that gives alice a work area, its mount, and plain folders as the control.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), 'e2e'))
from carrel import Room, skip  # noqa: E402

EXERCISE = os.environ.get('EXERCISE', 'build/tests/work/exercise')
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: CONFINEMENT
roles:
  r:
    see: [ { files: "d/**", records: all } ]
    redact: { default: tag }
    names: keep
    work: { keep: ["**"], quota: 4GiB }
    allow: { terminal: true }
annotators: { WHO }
'''
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "**/*.json", records: "$[*]" }
  - { match: "**/*.jsonl", records: "$[*]" }
  - { match: "**/*.csv", passthrough: true }
'''


def policy(room, who=('alice',), confinement='none'):
    """A policy file that gives each of them everything and a work area."""
    names = ', '.join(f'{a}: {{ role: r }}' for a in who)
    return room.write(f'policy-{confinement}.yaml', POLICY.replace(
        'CONFINEMENT', confinement).replace('WHO', names))


def filled(room, files=None):
    """Ingests the files (name: text), or one small one."""
    for name, text in (files or {'a.json': json.dumps(
            [{'t': f'mail x{i}@example.org'} for i in range(20)])}).items():
        room.write('d/' + name, text)
    room.run('ingest', '--dataset', 'd', '--manifest',
             room.write('m.yaml', MANIFEST), room.path('d'))
    return room


def work_of(mount):
    """The work area of a mount, or skip."""
    top = os.path.join(mount.dir, 'work')
    if not os.path.isdir(top):
        skip('the mount has no work area')
    return top


def plain():
    """A folder in memory where there is one, else wherever there is room."""
    shm = '/dev/shm'
    return tempfile.TemporaryDirectory(
        prefix='carrel-plain-', dir=shm if os.access(shm, os.W_OK) else None)


__all__ = ['EXERCISE', 'Room', 'filled', 'plain', 'policy', 'work_of']
