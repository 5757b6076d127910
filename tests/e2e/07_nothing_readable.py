"""No value of the data set lies readable in the store, the log, temporary
files or any process's command line and environment, and none of the two keys.
"""
# SPDX-License-Identifier: Apache-2.0
import glob
import json
import os
import secrets

from carrel import Room, check, need_fuse

# The second is of this run only: others may leave theirs about.
CANARIES = ['Wilhelmina Quackenbush',
            f'quack.{secrets.token_hex(8)}@harbourmail.example',
            '4012 8888 8888 1881', 'zanzibar-secret-folder',
            'peculiar_file_name']

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  r:
    see: [ { files: "d/**", records: all } ]
    redact: { default: tag }
    names: number
annotators: { alice-the-annotator: { role: r } }
'''
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "**/*.json", records: "$[*]" }
'''


def grep_tree(top, needles):
    bad = []
    for base, dirs, files in os.walk(top):
        for n in dirs + files:
            bad += [(base, n) for c in needles if c in os.fsencode(n)]
        for f in files:
            try:
                with open(os.path.join(base, f), 'rb') as h:
                    data = h.read()
            except OSError:
                continue
            bad += [(os.path.join(base, f), c) for c in needles if c in data]
    return bad


def grep_proc(needles):
    bad = []
    for p in glob.glob('/proc/[0-9]*/cmdline') + glob.glob(
            '/proc/[0-9]*/environ'):
        if p.split('/')[2] == str(os.getpid()):
            continue
        try:
            with open(p, 'rb') as f:
                data = f.read()
        except OSError:
            continue
        bad += [(p, c) for c in needles if c in data]
    return bad


def main():
    with Room() as room:
        rows = [{'who': CANARIES[0], 'mail': CANARIES[1],
                 'text': f'card {CANARIES[2]} of {CANARIES[0]}'}] * 40
        room.write(f'd/{CANARIES[3]}/{CANARIES[4]}.json', json.dumps(rows))
        man = room.write('m.yaml', MANIFEST)
        pol = room.write('p.yaml', POLICY)
        needles = [c.encode() for c in CANARIES]
        with open(room.key, 'rb') as f:
            key = f.read().strip()
        needles += [key, bytes.fromhex(key.decode()), b'alice-the-annotator']
        check(grep_tree(room.path('d'), needles), 'the search finds nothing')
        room.run('ingest', '--dataset', 'd', '--manifest', man,
                 room.path('d'))
        room.preview(pol, 'alice-the-annotator')
        if os.access('/dev/fuse', os.R_OK | os.W_OK):
            m = room.mount(pol, 'alice-the-annotator')
            for base, _, files in os.walk(m.dir):
                for f in files:
                    with open(os.path.join(base, f), 'rb') as h:
                        h.read()
            # The mounting command names the annotator; values never.
            bad = grep_proc(needles[:-1])
            check(not bad, f'in a process: {bad[:3]}')
            m.stop()
        for top in (room.store, '/dev/shm'):
            bad = grep_tree(top, needles)
            check(not bad, f'readable: {bad[:3]}')
        for f in glob.glob('/tmp/*'):
            # What another user made and keeps is not ours to read.
            # Nor does one stay for us that another process has made.
            try:
                if not os.path.isfile(f):
                    continue
                with open(f, 'rb') as h:
                    data = h.read()
            except OSError:
                continue
            check(not any(c in data for c in needles[1:2]), f)


main()
