"""The mount: sizes before the first read, every way of reading gives the same
bytes, nothing hidden has an inode, writing is refused, and a scripted session
of 1,000 mixed operations is in the log and can be made again.
"""
# SPDX-License-Identifier: Apache-2.0
import errno
import json
import mmap
import os
import random
import subprocess

from carrel import Room, check, need_fuse, seed
from ways import check_ways, read_all

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [chat]
confinement: none
roles:
  reader:
    see: [ { files: "chat/open/**", records: all } ]
    redact: { default: tag, PERSON: pseudonym }
    names: keep
  other:
    see: [ { files: "chat/open/**", records: all } ]
    redact: { default: drop }
    names: keep
annotators:
  alice: { role: reader }
  bob: { role: other }
'''
MANIFEST = '''carrel-dataset: 1
name: chat
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - { match: "**/*.json", records: "$[*]", text: ["$[*].text"] }
  - { match: "**/*.jsonl", records: "$[*]", text: ["$[*].text"] }
'''


def make_data(room, rnd):
    names = ['Maria Lopez', 'John Garcia', 'Zoe Brandt']
    for k in range(6):
        rows = [{'n': i, 'text': f'my name is {rnd.choice(names)}, card 4111 '
                 f'1111 1111 1111, mail u{i}@example.org ' + 'word ' *
                 rnd.randrange(400)} for i in range(300)]
        room.write(f'chat/open/a{k}.json', json.dumps(rows, indent=k % 3))
        room.write(f'chat/open/d/b{k}.jsonl',
                   ''.join(json.dumps(r) + '\n' for r in rows))
        room.write(f'chat/open/c{k}.txt', f'call 555-0100 {k}\n' * 50)
    room.write('chat/closed/secret.json', '[{"n":1,"text":"hidden"}]')


def walk(top):
    out = []
    for base, dirs, files in os.walk(top):
        dirs.sort()
        out += [os.path.join(base, f) for f in sorted(files)]
    return out


def check_tree(top):
    check(sorted(os.listdir(top + '/data')) == ['chat'], 'root of the view')
    check(os.listdir(top + '/data/chat') == ['open'], 'closed/ has a name')
    for p in ('chat/closed', 'chat/closed/secret.json', 'chat/nothing'):
        check(not os.path.lexists(top + '/data/' + p), p + ' is there')
    inos = []
    for base, dirs, files in os.walk(top + '/data'):
        names = sorted(dirs + files, key=os.fsencode)
        here = [os.lstat(os.path.join(base, n)).st_ino for n in names]
        check(here == sorted(here), 'order of inodes is not order of names')
        check(os.listdir(base) == names, 'listing is not sorted')
        inos += here
    check(len(set(inos)) == len(inos), 'an inode twice')


def check_readonly(path):
    for how, call in (
            ('open', lambda: os.open(path, os.O_RDWR)),
            ('truncate', lambda: os.truncate(path, 0)),
            ('unlink', lambda: os.unlink(path)),
            ('chmod', lambda: os.chmod(path, 0o777)),
            ('rename', lambda: os.rename(path, path + 'x')),
            ('mkdir', lambda: os.mkdir(path + 'd')),
            ('link', lambda: os.link(path, path + 'l')),
            ('create', lambda: os.open(path + 'n', os.O_CREAT | os.O_WRONLY)),
            ('xattr', lambda: os.setxattr(path, 'user.x', b'1'))):
        try:
            call()
        except OSError as e:
            check(e.errno in (errno.EROFS, errno.EACCES, errno.EPERM,
                              errno.ENOTSUP), f'{how}: {e}')
        else:
            raise AssertionError(how + ' succeeded')
    check(os.stat(path).st_mode & 0o222 == 0, 'mode has a w')


def operation(rnd, files):
    """One of many ways to read; returns (path, offset, length) or None."""
    f = rnd.choice(files)
    size = os.stat(f).st_size
    off = rnd.randrange(size)
    how = rnd.randrange(6)
    if how == 0:
        subprocess.run(['grep', '-c', 'word', f], capture_output=True)
        return None
    if how == 1:
        subprocess.run(['cat', f], capture_output=True)
        return None
    if how == 2:
        subprocess.run(['head', '-c', '300', f], capture_output=True)
        return None
    if how == 3:
        subprocess.run(['dd', f'if={f}', 'bs=512', f'skip={off // 512}',
                        'count=1'], capture_output=True)
        return f, off // 512 * 512, 512
    fd = os.open(f, os.O_RDONLY)
    try:
        if how == 4:
            n = rnd.choice([1, 50, 5000])
            os.pread(fd, n, off)
            return f, off, n
        with mmap.mmap(fd, 0, mmap.MAP_PRIVATE, mmap.PROT_READ) as m:
            m[off]
        return f, off // 4096 * 4096, None
    finally:
        os.close(fd)


def check_log(room, top, done, opens):
    log = room.log('--annotator', 'alice')
    reads = [e for e in log if e['kind'] == 'READ']
    open_of = {e['seq']: e for e in log if e['kind'] == 'OPEN'}
    seen = {(open_of[e['ref']]['path'], e['offset'], e['asked'])
            for e in reads}
    pages = {(open_of[e['ref']]['path'], e['offset']) for e in reads
             if e['via'] == 'cache'}
    for path, off, n in done:
        rel = os.path.relpath(path, top + '/data')
        if n is None:
            check((rel, off) in pages, f'mmap of {rel} at {off} not logged')
        else:
            check((rel, off, n) in seen, f'read {rel} {off}+{n} not logged')
    check(len(open_of) >= opens, f'{len(open_of)} OPENs of {opens}')
    for e in reads:
        check(e['who'] == 'alice' and e['via'] in ('read', 'cache') and
              e['path'] and e['object'], str(e))
    return [e for e in log if e['kind'] == 'SESSION_START'][-1]['seq']


def main():
    need_fuse()
    rnd = random.Random(seed())
    with Room() as room:
        make_data(room, rnd)
        man = room.write('m.yaml', MANIFEST)
        pol = room.write('p.yaml', POLICY)
        room.run('ingest', '--dataset', 'chat', '--manifest', man,
                 room.path('chat'))
        m = room.mount(pol, 'alice')
        check_tree(m.dir)
        files = walk(m.dir + '/data')
        for f in files:
            check_ways(f, rnd)
        check_readonly(files[0])
        alice = {f: read_all(f) for f in files}
        done = [operation(rnd, files) for _ in range(1000)]
        check(m.stop() == 0, 'mount did not end well')
        session = check_log(room, m.dir, [d for d in done if d], 1000)
        r = room.run('audit', 'replay', '--session', str(session))
        check(' 0 differ, 0 could' in r.stderr, r.stderr)
        preview = room.preview(pol, 'alice')
        for f, b in alice.items():
            rel = os.path.relpath(f, m.dir + '/data')
            check(read_all(preview + '/' + rel) == b, 'preview differs')
            check(b'Maria' not in b and b'4111 1111' not in b, 'leak')
        m = room.mount(pol, 'bob')
        f = m.dir + '/data/' + os.path.relpath(files[0],
                                               room.mounts[0].dir + '/data')
        check(read_all(f) != alice[files[0]], 'two roles, same bytes')
        m.stop()
        who = {e['who'] for e in room.log('--op', 'READ')}
        check(who == {'alice', 'bob'}, str(who))
        room.run('audit', 'verify', '--key', room.vkey)


main()
