"""The owner's life cycle: ways to open the store, a new root key while a
session reads, what is erased and what is not.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import shutil
import subprocess
import threading

from carrel import CARREL, Room, check, need_fuse, until

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p, q] }
language: en
files:
  - { match: "**/*.json", records: "$[*]", id: "$[*].id", text: ["$[*].text"] }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  plain:
    see: [ { files: "d/**", records: all } ]
    names: keep
    redact: { default: keep, PERSON: pseudonym }
annotators: { alice: { role: plain } }
'''
PEOPLE = ['Gunnar Inglewood', 'Maria Castellano', 'Theodora Quill']


def record(n, who):
    return {'id': f'r{n}', 'text': f'Hello, my name is {who}. '
            f'My number is 212-555-01{n:02d}, thank you.'}


def fill(room):
    for n in range(6):
        room.write(f'd/{n}.json', json.dumps(
            [record(10 * n + i, PEOPLE[(n + i) % 3]) for i in range(4)]))
    room.write('d/notes.txt', 'The customer is Gunnar Inglewood.\n')
    room.write('m.yaml', MANIFEST)
    room.write('p.yaml', POLICY)
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d'))


def tree(top):
    out = {}
    for base, _, files in os.walk(top):
        for n in files:
            p = os.path.join(base, n)
            with open(p, 'rb') as f:
                out[os.path.relpath(p, top)] = f.read()
    return out


def view(room):
    out = room.preview(room.path('p.yaml'), 'alice')
    try:
        return tree(out)
    finally:
        shutil.rmtree(out)


# ---- keys ----

def by(room, **cred):
    """An environment with this way to open the store only."""
    env = {k: v for k, v in room.env.items() if k != 'CARREL_KEY_FILE'}
    return dict(env, **{f'CARREL_{k.upper()}': v for k, v in cred.items()})


def slots(room):
    before = view(room)
    pub = room.run('key', 'new', room.path('bob.key')).stdout.strip()
    room.write('pass', 'open sesame\n')
    r = room.json('key', 'add', '--new-key-file', room.path('spare.key'))
    check(r['slot'] == 2, str(r))
    check(os.stat(room.path('spare.key')).st_mode & 0o777 == 0o600, 'mode')
    room.run('key', 'add', '--new-passphrase-file', room.path('pass'))
    room.run('key', 'add', '--recipient', pub)
    ways = {'spare': by(room, key_file=room.path('spare.key')),
            'pass': by(room, passphrase_file=room.path('pass')),
            'bob': by(room, key_file=room.path('bob.key'))}
    for n, (who, env) in enumerate(ways.items()):
        s = room.json('key', 'list', env=env)['slots']
        check([x['slot'] for x in s if x['own']] == [n + 2], f'{who}: {s}')
    check(s[3]['public'] == pub and s[2]['kib'] > 0, str(s))
    check('recipient ' + pub in room.run('key', 'list').stdout, 'list')
    # Twice the same, nonsense, two at once, one too few.
    room.run('key', 'add', '--recipient', pub, code=2)
    room.run('key', 'add', '--recipient', '00' * 32, code=2)
    room.run('key', 'add', '--recipient', 'xyz', code=2)
    room.run('key', 'add', '--recipient', pub, '--new-key-file', 'x', code=2)
    room.run('key', 'add', '--new-key-file', '/nowhere/x.key', code=4)
    room.run('key', 'remove', '9', code=4)
    room.run('key', 'remove', 'one', code=2)
    # The one came with needs another that is shown to work.
    room.run('key', 'remove', '1', code=5)
    room.run('key', 'remove', '1', '--also-key-file', room.key, code=5)
    room.run('key', 'remove', '1', '--also-passphrase-file',
             room.path('pass'))
    room.run('ls', code=6)
    room.run('ls', env=ways['pass'])
    room.run('key', 'add', '--new-key-file', room.key, env=ways['pass'])
    check([x['slot'] for x in room.json('key', 'list')['slots']] ==
          [2, 3, 4, 5], 'a number came again')
    check(view(room) == before, 'another view')
    ops = [(e['op'], e.get('number')) for e in room.log('--op', 'KEY')]
    check(ops[-2:] == [('slot remove', 1), ('slot add', None)], str(ops))
    return ways


def rotate(room, ways):
    """While a session reads and others come and go nothing is lost, and the
    slots of before open nothing."""
    before = view(room)
    old = room.path('old.yaml')
    m = room.mount(room.path('p.yaml'), 'alice')
    over, bad, reads = threading.Event(), [], []

    def read():
        while not over.is_set():
            try:
                if tree(os.path.join(m.dir, 'data')) != before:
                    bad.append('differs')
            except OSError as e:
                bad.append(str(e))
            reads.append(1)

    t = threading.Thread(target=read)
    t.start()
    try:
        until('reads', lambda: len(reads) > 1)
        room.run('key', 'rotate', code=6)  # what of spare, what of pass?
        for _ in range(3):
            shutil.copy(os.path.join(room.store, 'store.yaml'), old)
            r = room.json('key', 'rotate', '--also-key-file',
                          room.path('spare.key'), '--also-passphrase-file',
                          room.path('pass'))
            check(r['kept'] == 4 and r['dropped'] == 0, str(r))
            room.run('policy', 'explain', '--policy', room.path('p.yaml'),
                     '--as', 'alice', 'd/0.json')
        n = len(reads)
        until('reads after', lambda: len(reads) > n + 1)
    finally:
        over.set()
        t.join()
    check(not bad, str(bad[:3]))
    check(m.stop() == 0, 'the mount')
    check(view(room) == before, 'another view')
    for who, env in ways.items():
        room.run('ls', env=env)
    # The root of before, from the slots of before: it opens no row.
    shutil.copytree(room.store, room.path('mixed'))
    shutil.copy(old, room.path('mixed', 'store.yaml'))
    room.run('ls', '--store', room.path('mixed'), code=7)
    # Let go: all but the one come with and the recipient.
    check(room.json('key', 'rotate', '--drop')['dropped'] == 2, 'drop')
    room.run('ls', env=ways['bob'])
    room.run('ls', env=ways['spare'], code=6)
    room.run('ls', env=ways['pass'], code=6)
    room.run('fsck')
    room.run('audit', 'verify', '--key', room.vkey)
    check(view(room) == before, 'another view')


def main():
    need_fuse()
    with Room() as room:
        fill(room)
        ways = slots(room)
        rotate(room, ways)


if __name__ == '__main__':
    main()
