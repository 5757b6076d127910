"""Bad input of every kind: a clear error, the right exit code, nothing lost.
"""
# SPDX-License-Identifier: Apache-2.0
import errno
import fcntl
import json
import os
import resource
import shutil
import subprocess

from carrel import CARREL, SANITIZED, Room, check, need_fuse

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  r: { see: [ { files: "d/**", records: task } ], names: keep }
tasks:
  now: { files: "d/**", expires: 2099-01-01 }
  old: { files: "d/**", expires: 2020-01-01 }
annotators:
  alice: { role: r, tasks: [now, old] }
  gone: { role: r, tasks: [now], revoked: 2020-01-01T00:00Z }
'''
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "*.json", records: "$[*]" }
'''


def says(r, *words):
    """The message names each of these, and nothing looks like a crash."""
    for w in words:
        check(w.lower() in r.stderr.lower(), f'no "{w}" in: {r.stderr}')
    check('assert' not in r.stderr.lower(), r.stderr)


def fill(room):
    rows = [{'i': i, 'text': f'mail a{i}@example.org now'} for i in range(50)]
    for k in range(5):
        room.write(f'd/f{k}.json', json.dumps(rows))
    man = room.write('m.yaml', MANIFEST)
    room.write('p.yaml', POLICY)
    room.run('ingest', '--dataset', 'd', '--manifest', man, room.path('d'))
    return man


def wrong_keys(room):
    bad = room.write('bad.key', '00' * 32)
    r = room.run('ls', '--key-file', bad, code=6)
    says(r, 'key')
    says(room.run('ls', '--key-file', room.path('none'), code=6), 'key')
    says(room.run('ls', '--key-file', room.write('x', 'hello'), code=6),
         '64 hex')
    says(room.run('ls', '--store', room.path('nowhere'), code=4), 'store')


def key_command(room):
    """It runs with the signals of an ordinary command."""
    env = {k: v for k, v in room.env.items() if k != 'CARREL_KEY_FILE'}
    for name, code in (('PIPE', 141), ('XFSZ', 153)):
        cmd = f"sh -c 'kill -{name} $$'; test $? = {code} && cat {room.key}"
        room.run('ls', '--key-command', cmd, env=env)


def init_calls(room):
    """As many options as there is place for, and a word more."""
    env = {k: v for k, v in room.env.items() if k != 'CARREL_STORE'}
    many = ['--auditor', 'x'] * 64
    says(room.run('init', *many, room.path('n'), env=env, code=2),
         'too many options')
    says(room.run('init', *many[2:], room.path('n'), env=env, code=2),
         'auditor')
    check(not os.path.exists(room.path('n')), 'made')
    init_where(room)


def init_where(room):
    """The folder that is named last decides; two that differ do not. Who is
    refused has no new key."""
    n, k = room.path('n'), room.path('n.key')
    key = ('--key-file', k)
    says(room.run('init', *key, '--store', n, room.path('m'), code=2), 'which')
    for path, text in (('full/x', 'mine'), ('full/.init', '')):
        room.write(path, text)
    for args, code in ((['--store', room.path('full')], 2), ([room.store], 2),
                       ([room.path('no/where')], 4), ([room.key], None),
                       ([n, '--auditor', 'x'], 2), ([n, '--cipher', 'x'], 2),
                       ([n, '--log-key', room.path('full/x')], None)):
        r = room.run('init', *key, *args, code=code)
        check(r.returncode != 0, f'{args}: made')
        check(not os.path.exists(k), f'{args}: a key')
        check(not os.path.exists(n), f'{args}: a folder')
    room.run('init', *key, '--store', n, n)
    room.run('ls', *key, '--store', n)
    os.unlink(k)
    shutil.rmtree(n)
    room.run('init', *key, n)  # CARREL_STORE names another
    room.run('ls', *key, '--store', n)


def damage(room, find, how, command, codes):
    """A copy of the store with one file changed must be refused."""
    copy = room.path('copy')
    shutil.copytree(room.store, copy)
    for base, _, files in os.walk(copy):
        for f in files:
            p = os.path.join(base, f)
            if find in p and os.path.getsize(p) > 64:
                os.chmod(p, 0o600)
                how(p)
    r = room.run(*command, '--store', copy, code=None)
    check(r.returncode in codes, f'{find}: exit {r.returncode}: {r.stderr}')
    check(len(r.stderr) + len(r.stdout) > 20, f'{find}: no words')
    shutil.rmtree(copy)


def flip(p, at=None):
    with open(p, 'r+b') as f:
        n = os.path.getsize(p)
        f.seek(n // 2 if at is None else at)
        c = f.read(1)
        f.seek(-1, 1)
        f.write(bytes([c[0] ^ 1]))


def cut(p):
    os.truncate(p, os.path.getsize(p) // 2)


def damaged_store(room):
    damage(room, '/packs/', flip, ['fsck'], [7])
    damage(room, '/packs/', cut, ['fsck'], [7])
    damage(room, '/packs/', os.unlink, ['fsck'], [7])
    damage(room, '/log/tile/entries', flip, ['audit', 'verify', '--key',
                                             room.vkey], [1])
    damage(room, '/log/tile/0', flip, ['audit', 'verify', '--key',
                                       room.vkey], [1])
    damage(room, '/log/checkpoint', flip, ['audit', 'verify', '--key',
                                           room.vkey], [1])
    damage(room, 'store.yaml', flip, ['ls'], [2, 6, 7])
    for at in (5000, 9000, 13000, 17000):
        damage(room, 'catalog.db',
               lambda p, a=at: flip(p, a) if os.path.getsize(p) > a else None,
               ['fsck'], [0, 6, 7])


def denied_again(room, man):
    """Who ingests what stands already is told of its denials once more."""
    room.write('d/lines.jsonl', ''.join(
        '{"i": %d, "text": "x"}\n' % i if i % 3 else 'no json\n'
        for i in range(90)))
    ingest = ('ingest', '--dataset', 'd', '--manifest', man, room.path('d'))
    first = room.json(*ingest, code=3)
    again = room.json(*ingest, code=3)
    check(again['skipped'] == again['files'] == first['files'], str(again))
    told = [{(c['path'], c.get('record'), c['why'])
             for c in r['complaints'] if c['path'] == 'lines.jsonl'}
            for r in (first, again)]
    check(len(told[1]) == 21 and {t[:2] for t in told[0]} ==
          {t[:2] for t in told[1]}, str(told))
    check(('lines.jsonl', None, 'and 10 more records denied') in told[1],
          str(told))
    for n in ('broken.json', 'deep.json', 'what.bin'):
        check(any(c['path'] == n for c in again['complaints']), str(again))
    check(again['denied'] == 3 and
          again['records_denied'] == first['records_denied'] == 30, str(again))
    r = room.run(*ingest, code=3)
    says(r, 'broken.json', 'deep.json', 'what.bin', 'lines.jsonl: record 0')
    check('denied: 3 files, 30 records' in r.stdout, r.stdout)
    os.unlink(room.path('d/lines.jsonl'))


def foreign(room):
    """Words about the language once, the records all counted."""
    man = room.write('f.yaml', MANIFEST.replace('name: d', 'name: f').replace(
        'files:', 'language: xx\nfiles:'))
    room.write('f/f.json', json.dumps([{'i': i} for i in range(40)]))
    for _ in range(2):
        r = room.json('ingest', '--manifest', man, room.path('f'), code=3)
        check(r['records_denied'] == 40 and len(r['complaints']) == 1, str(r))


def bad_sources(room, man):
    room.write('d/broken.json', '[{"a": 1}, {"a": }]')
    room.write('d/deep.json', '[' * 100000 + ']' * 100000)
    room.write('d/what.bin', b'\0\1\2\3' * 100)
    room.write('d/good.json', '[{"i": 1, "text": "fine"}]')
    r = room.run('ingest', '--dataset', 'd', '--manifest', man,
                 room.path('d'), code=3)
    says(r, 'broken.json', 'deep.json', 'what.bin')
    denied_again(room, man)
    foreign(room)
    view = room.preview(room.path('p.yaml'), 'alice', task='now')
    names = os.listdir(view + '/d')
    check('good.json' in names, 'the good one is missing')
    for n in ('broken.json', 'deep.json', 'what.bin'):
        check(n not in names, n + ' is shown')
    for n in ('broken.json', 'deep.json', 'what.bin'):
        os.unlink(room.path('d', n))


def bad_policies(room):
    def policy(old, new):
        return room.write('bad.yaml', POLICY.replace(old, new))
    for old, new, words in (
            ('purpose:', 'purpos:', ('bad.yaml:3', 'purpose')),
            ('records: task', 'records: tasks', ('bad.yaml:7', 'task')),
            ('confinement: none', 'confinement: lots', ('bad.yaml:5',)),
            ('project: p\n', 'project: p\nproject: q\n', ('bad.yaml:3',)),
            ('role: r, tasks: [now, old]', 'role: x', ('bad.yaml', 'x')),
            ('carrel: 1', 'carrel: 9', ('bad.yaml:1',)),
            ('names: keep', 'names: *x', ('bad.yaml:7',)),
            ('project: p', 'project:\tp: {', ('bad.yaml:2',))):
        r = room.run('policy', 'check', policy(old, new), code=1)
        says(r, *words)
    says(room.run('policy', 'check', room.path('none.yaml'), code=4), 'none')


def bad_manifests(room):
    for old, new, words in (
            ('match:', 'mach:', ('bad.yaml:5', 'match')),
            ('"$[*]"', '"$[*"', ('bad.yaml:5',)),
            ('carrel-dataset: 1', 'carrel-dataset: 2', ('bad.yaml:1',))):
        bad = room.write('bad.yaml', MANIFEST.replace(old, new))
        r = room.run('ingest', '--dataset', 'd', '--manifest', bad,
                     room.path('d'), code=2)
        says(r, *words)


def denied_people(room):
    pol = room.path('p.yaml')

    def preview(who, task, code, *words):
        t = ('--task', task) if task else ()
        r = room.run('preview', '--policy', pol, '--as', who, *t, '--out',
                     room.path('out'), code=code)
        says(r, *words)
    preview('alise', 'now', 4, 'alise', 'alice')
    preview('alice', 'old', 5, 'expire')
    preview('gone', 'now', 5, 'revoked')
    preview('alice', 'nwo', 4, 'now')
    other = room.write('q.yaml', POLICY.replace('purpose: annotation',
                                                'purpose: marketing'))
    r = room.run('preview', '--policy', other, '--as', 'alice', '--task',
                 'now', '--out', room.path('out'), code=5)
    says(r, 'marketing')


def usage(room):
    for args in ((), ('frobnicate',), ('ingest',), ('ls', '--colour'),
                 ('audit', 'replay'), ('run', '--policy', 'x')):
        r = subprocess.run([CARREL, *args], env=room.env, text=True,
                           capture_output=True, stdin=subprocess.DEVNULL)
        check(r.returncode == 2, f'{args}: exit {r.returncode}: {r.stderr}')
        check(r.stderr, f'{args}: no words')


def store_in_use(room):
    """A lock whose holder opens no door; one that does lends it (15)."""
    with open(room.path('store/lock'), 'r+') as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        r = room.run('ingest', '--dataset', 'd', room.path('d'), code=8)
        says(r, 'writing to this store')
        r = room.run('run', '--policy', room.path('p.yaml'), '--as', 'alice',
                     '--task', 'now', '--no-terminal', '--', 'true', code=8)
        says(r, 'writing to this store')


def locked_memory(room):
    if SANITIZED:
        print('locked memory: not checked, sanitizers make mlock do nothing')
        return
    def limit():
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
        if os.getuid() == 0:
            import ctypes
            # CAP_IPC_LOCK would lift the limit: drop it from the bounding
            # set and from what exec gives back to root.
            libc = ctypes.CDLL(None)
            libc.prctl(24, 14, 0, 0, 0)
            libc.prctl(28, 1, 0, 0, 0)
    r = room.run('ls', code=None, preexec_fn=limit)
    check(r.returncode != 0, 'opened without locked memory')
    says(r, 'lock', 'ulimit')


def full_disk(room, man):
    """A file size limit stands for a full disk: nothing is lost."""
    big = ''.join(json.dumps({'i': i, 't': os.urandom(300).hex()}) + '\n'
                  for i in range(6000))
    room.write('e/big.jsonl', big)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    r = room.run('ingest', '--dataset', 'd', '--manifest', man,
                 room.path('e'), code=None, preexec_fn=limit)
    check(r.returncode not in (0, -11, -6), f'exit {r.returncode}')
    check(len(r.stderr) > 20, 'no words')
    room.run('fsck')
    room.run('audit', 'verify', '--key', room.vkey)
    view = room.preview(room.path('p.yaml'), 'alice', task='now')
    check(os.path.exists(view + '/d/good.json'), 'old version is gone')


def no_fuse(room):
    """/dev/fuse that cannot be opened: said, with what to do; exit 9."""
    mnt = room.path('mnt')
    os.makedirs(mnt, exist_ok=True)
    r = subprocess.run(
        ['unshare', '-rm', 'sh', '-c',
         'd=$1; shift; mkdir $d; touch $d/null; '
         'mount --bind /dev/null $d/null && mount --rbind $d /dev && '
         'exec "$@"', 'sh', room.path('dev'), CARREL,
         'mount', '--policy', room.path('p.yaml'), '--as', 'alice', '--task',
         'now', mnt], env=room.env, text=True, capture_output=True,
        stdin=subprocess.DEVNULL)
    if 'unshare:' in r.stderr:
        return
    check(r.returncode == 9, str(r))
    says(r, '/dev/fuse', 'modprobe')


def full_log(room):
    """The disk fills while somebody reads: reads fail rather than go
    unlogged, and everything is whole again once there is space."""
    if os.getuid() != 0:
        return
    top = room.path('small')
    os.mkdir(top)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=60m', 'carrel-test',
                    top], check=True)
    try:
        shutil.copytree(room.store, top + '/store')
        room.env['CARREL_STORE'] = top + '/store'
        m = room.mount(room.path('p.yaml'), 'alice', task='now')
        with open(top + '/fill', 'wb') as f:
            try:
                while True:
                    f.write(bytes(65536))
                    f.flush()
            except OSError:
                pass
        fd = os.open(m.dir + '/data/d/good.json', os.O_RDONLY)
        served, failed = 0, None
        for _ in range(400000):
            try:
                os.pread(fd, 1, 0)
                served += 1
            except OSError as e:
                failed = e.errno
                break
        check(failed == errno.EIO, f'{served} reads, then {failed}')
        os.close(fd)
        m.stop()
        os.unlink(top + '/fill')
        room.run('fsck')
        room.mount(room.path('p.yaml'), 'alice', task='now').stop()
        room.run('audit', 'verify', '--key', room.vkey)
        reads = len(room.log('--op', 'READ'))
        check(reads >= served, f'{served} served, {reads} logged')
    finally:
        room.env['CARREL_STORE'] = room.store
        for m in room.mounts:
            m.stop()
        subprocess.run(['umount', '-l', top])


def main():
    with Room() as room:
        man = fill(room)
        wrong_keys(room)
        key_command(room)
        init_calls(room)
        damaged_store(room)
        bad_sources(room, man)
        bad_policies(room)
        bad_manifests(room)
        denied_people(room)
        usage(room)
        full_disk(room, man)
        locked_memory(room)
        store_in_use(room)
        no_fuse(room)
        full_log(room)


main()
