"""The owner's life cycle: ways to open the store, a new root key while a
session reads, what is erased and what is not.
"""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
import os
import random
import shutil
import subprocess
import threading

from carrel import CARREL, Room, check, need_fuse, on_pty, seed, until
from ways import files_below

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
    work: { keep: ["*"], quota: 1MiB }
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


def view(room):
    out = room.preview(room.path('p.yaml'), 'alice')
    try:
        return files_below(out)
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
    room.run('key', 'add', code=2)
    for again, code in (('other', 2), ('typed', 0)):
        got, out = on_pty([CARREL, 'key', 'add'], room.env, b'typed\n', 60,
                          b'New passphrase: ',
                          [(b'The same again: ', again.encode() + b'\n')])
        check(got == code and b'typed' not in out, f'{got} {out}')
    room.write('typed', 'typed\n')
    room.run('ls', env=by(room, passphrase_file=room.path('typed')))
    room.run('key', 'remove', '5')
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
          [2, 3, 4, 6], 'a number came again')
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
                if files_below(os.path.join(m.dir, 'data')) != before:
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


# ---- erase ----

def sealed(room):
    """Names and bytes of packs, and the catalog's files."""
    t = files_below(room.store)
    return {k: v for k, v in t.items() if not k.startswith('log/')}


def without(before, path, ids):
    """The view without these records of one file; None: without the file."""
    out = dict(before)
    text = json.loads(out.pop(path))
    if ids is not None:
        out[path] = [r for r in text if r['id'] not in ids]
    return out


def same(now, want):
    check(set(now) == set(want), f'{set(now) ^ set(want)}')
    for k, v in want.items():
        got = json.loads(now[k]) if isinstance(v, list) else now[k]
        check(got == v, f'{k}: {got}')


def path(room):
    before = view(room)
    room.run('erase', 'd/0.json', '--record', 'r1', code=2)  # nobody to ask
    room.run('erase', 'd/none.json', '--yes', code=4)
    room.run('erase', 'd/0.json', '--record', 'none', '--yes', code=4)
    room.run('erase', 'e/0.json', '--yes', code=4)
    room.run('erase', 'd', '--yes', code=2)
    room.run('erase', code=2)
    r = room.json('erase', 'd/0.json', '--record', 'r1', '--dry-run')
    check([(x['path'], x['whole'], x['records']) for x in r['found']] ==
          [('0.json', False, ['r1'])], str(r))
    check(view(room) == before, 'a dry run changed something')
    r = room.json('erase', 'd/0.json', '--record', 'r1', '--yes')
    check((r['records'], r['contents']) == (1, 1) and r['out_of_reach'],
          str(r))
    want = without(before, 'd/0.json', ['r1'])
    same(view(room), want)
    # The first of a file, then all of one, then a file.
    room.run('erase', 'd/0.json', '--record', 'r0', '--yes')
    want['d/0.json'] = want['d/0.json'][1:]
    same(view(room), want)
    for k in (2, 3):
        room.run('erase', 'd/0.json', '--record', f'r{k}', '--yes')
    del want['d/0.json']
    same(view(room), want)
    r = room.json('erase', 'd/5.json', '--yes')
    check(r['objects'] == 1, str(r))
    del want['d/5.json']
    same(view(room), want)
    room.run('erase', 'd/5.json', '--yes', code=4)
    room.run('fsck')
    # Unchanged sources do not bring a record back.
    room.run('erase', 'd/1.json', '--record', 'r10', '--yes')
    want = without(view(room) | {'d/1.json': view(room)['d/1.json']},
                   'd/1.json', ['r10'])
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d/1.json'), room.path('d/2.json'))
    same(view(room), want)
    ops = [(e['op'], e['what']) for e in room.log('--op', 'ERASE')]
    check(ops[-2:] == [('begin', 'record'), ('erased', 'record')], str(ops))


def values(room):
    """A person goes, from every version, from what a recognizer found and what
    it did not; those who read earlier are told so; nobody else notices."""
    # An older version with him, and one where no recognizer looks.
    room.write('d/3.json', json.dumps(
        [record(30, PEOPLE[1]), {'id': 'gunnar', 'text': 'x',
                                 'odd': 'GUNNAR  INGLEWOOD/Gunnar Inglewood'},
         {'id': 'esc', 'text': 'y', 'odd': 'Zo\u00eb Inglewood'}]))
    room.write('d/gunnar inglewood.json', json.dumps([record(90, 'nobody')]))
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d'))
    room.write('d/other.json', json.dumps([record(95, PEOPLE[2])]))
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d'))
    before = view(room)
    m = room.mount(room.path('p.yaml'), 'alice')
    for n in ('other.json', '2.json', '3.json', '4.json', 'notes.txt'):
        with open(os.path.join(m.dir, 'data/d', n), 'rb') as f:
            f.read()
    room.write('subject.txt', 'Gunnar Inglewood\n\n  Zo\u00eb Inglewood \n')
    r = room.json('erase', '--value-file', room.path('subject.txt'),
                  '--dry-run')
    paths = {x['path'] for x in r['found'] if x['live']}
    check({'2.json', '3.json', '4.json', 'notes.txt',
           'gunnar inglewood.json'} <= paths, str(paths))
    r = room.json('erase', '--value-file', room.path('subject.txt'), '--yes')
    check(m.p.wait(60) is not None, 'the mount stayed')
    m.clean()
    now = view(room)
    for k, v in before.items():
        if k in ('d/notes.txt', 'd/gunnar inglewood.json'):
            check(k not in now, k)
        else:
            want = [x for x in json.loads(v) if x['id'] in
                    {y['id'] for y in json.loads(now[k])}]
            check(json.loads(now[k]) == want, k)
    text = b''.join(now.values()).lower()
    check(b'inglewood' not in text, 'still there')
    kept = {x['id'] for k, v in now.items() for x in json.loads(v)}
    check('r30' in kept and not kept & {'gunnar', 'esc', 'r21', 'r42'},
          str(kept))
    room.run('erase', '--value-file', room.path('subject.txt'), '--yes',
             code=4)
    # Replay: what was read of him is erased, never a match, never a mismatch.
    reads = room.log('--op', 'READ')
    verdicts = {}
    for e in reads:
        x = room.run('audit', 'replay', str(e['seq']), code=None)
        check(x.returncode in (0, 3), x.stdout + x.stderr)
        verdicts[e['path']] = (x.returncode, x.stdout + x.stderr)
    print({k: v[0] for k, v in verdicts.items()})
    for n in ('d/2.json', 'd/3.json', 'd/notes.txt'):
        check(verdicts[n][0] == 3 and 'erased' in verdicts[n][1],
              f'{n}: {verdicts[n]}')
    check(verdicts['d/other.json'][0] == 0, str(verdicts['d/other.json']))
    room.run('fsck')
    was = view(room)
    check(room.json('gc', '--views')['views'] > 0, 'no view index')
    check(view(room) == was, 'another view')
    room.run('fsck')
    room.run('audit', 'verify', '--key', room.vkey)


def killed(room):
    """kill -9 of the owner's commands beside a gateway: nothing but what was
    asked for goes, and what was begun is ended by who comes next."""
    rnd = random.Random(seed())
    gateway = subprocess.Popen([CARREL, 'serve'], env=room.env,
                               stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    until('a gateway', lambda: room.json('status')['running'])
    before = view(room)
    for k in range(16):
        p = subprocess.Popen(
            [CARREL, 'key', 'rotate'] if k % 2 else
            [CARREL, 'erase', f'd/{k // 8}.json', '--record',
             f'r{10 * (k // 8) + k // 2 % 4}', '--yes'], env=room.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        try:
            p.wait(rnd.random() / 8)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
        if k % 3 == 0:
            room.run('gc')
        now = view(room)
        for name, v in before.items():
            if name[2] not in '01':
                check(now[name] == v, f'{k}: {name}')
                continue
            left = json.loads(now.get(name, '[]'))
            check([x for x in json.loads(v) if x in left] == left, name)
        room.run('fsck')
    gateway.terminate()
    check(gateway.wait(60) == 0, 'the gateway')
    room.run('gc')
    room.run('fsck')
    room.run('audit', 'verify', '--key', room.vkey)


def running(room):
    """A confined session, too, ends before keys are destroyed; the next one
    sees what is left. Only the sessions of a project end with it."""
    room.write('r.yaml', POLICY.replace('confinement: none',
                                        'confinement: guard-rail'))
    room.write('q.yaml', POLICY.replace('project: p', 'project: q'))
    args = [CARREL, 'run', '--policy', room.path('r.yaml'), '--as', 'alice',
            '--no-terminal', '--', '/bin/sh', '-c',
            'echo mine >work/mine; cat data/d/2.json; sleep 600']
    p = subprocess.Popen(args, env=room.env, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                         text=True)
    until('reads', lambda: any(x['reads'] for x in room.sessions()))
    room.run('erase', 'd/2.json', '--record', 'r22', '--yes')
    _, err = p.communicate(timeout=60)
    check(p.returncode == 5 and 'data erased' in err, f'{p.returncode} {err}')
    check('r22' not in str(view(room)), 'still there')
    check([x['path'] for x in room.json('work', 'list')['files']] == ['mine'],
          'saved work went')


def export(room):
    """What training gets, and a receipt that holds."""
    out = room.path('train')
    by = ('--policy', room.path('p.yaml'), '--as', 'plain', '--out')
    room.run('export', '--policy', room.path('p.yaml'), code=2)
    room.run('export', *by, out, code=5)  # no training in these terms
    check(not os.path.exists(out), 'a folder was made')
    m = room.write('m2.yaml', MANIFEST.replace('terms: {',
                                               'terms: { training: true,'))
    room.run('ingest', '--dataset', 'd', '--manifest', m, room.path('d'))
    room.run('export', '--policy', room.path('p.yaml'), '--as', 'alice',
             '--out', out, code=4)  # not a role
    want = view(room)
    r = room.json('export', *by, out)
    got = files_below(out)
    raw = got.pop('receipt.json')
    check(got == want, 'other files than preview writes')
    check(hashlib.sha256(raw).hexdigest() == r['receipt'], 'receipt')
    ev = room.log('--op', 'EXPORT')
    check([e['op'] for e in ev[-2:]] == ['view', 'view exported'] and
          ev[-1]['digest'] == r['receipt'], str(ev[-2:]))
    j = json.loads(raw)
    check(j['project'] == 'p' and j['role'] == 'plain', str(j))
    check({f['path']: f['sha256'] for f in j['files']} ==
          {k: hashlib.sha256(v).hexdigest() for k, v in got.items()}, 'sums')
    for f in j['files']:
        if f['path'].endswith('.json'):
            check(len(f['records']) == len(json.loads(got[f['path']])), str(f))
    check(j['checkpoint'].split('\n')[0] == j['store'], 'checkpoint')
    room.run('export', *by, out, code=2)  # never into what is there
    room.write('t.yaml', POLICY.replace('records: all', 'records: assigned')
               .replace('role: plain }', 'role: plain, tasks: [t] }') +
               'tasks: { t: { files: "d/**", assign: { by: record, '
               'overlap: 1, among: [plain] } } }\n')
    room.run('export', '--policy', room.path('t.yaml'), '--as', 'plain',
             '--out', room.path('train2'), code=5)


def project(room):
    mine = view(room)
    m = room.mount(room.path('p.yaml'), 'alice')
    files_below(m.dir)
    check(m.stop() == 0, 'the mount')
    q = room.mount(room.path('q.yaml'), 'alice')
    others = files_below(os.path.join(q.dir, 'data'))
    check(others != mine, 'one stand-in in two projects')
    seq = str(room.log('--op', 'READ')[-1]['seq'])
    was = [e for e in room.log('--op', 'READ') if e['path'] == 'd/other.json']
    room.run('project', 'end', 'none', '--yes', code=4)
    room.run('project', 'end', 'p', code=2)  # nobody to ask
    check(view(room) == mine, 'it ended all the same')
    r = room.json('project', 'end', 'p', '--yes')
    check(r['project'] == 'p' and r['areas'] == 1, str(r))
    check(not room.json('work', 'list')['files'], 'saved work stayed')
    check(len(os.listdir(os.path.join(room.store, 'work'))) == 1, 'a folder')
    check(files_below(os.path.join(q.dir, 'data')) == others, 'the other session')
    check(q.stop() == 0, 'the other mount')
    room.run('preview', '--policy', room.path('p.yaml'), '--as', 'alice',
             '--out', room.path('none'), code=6)
    room.run('project', 'end', 'p', '--yes', code=6)
    for e in was[:2]:
        x = room.run('audit', 'replay', str(e['seq']), code=3)
        check('project ended' in x.stderr, x.stderr)
    room.run('audit', 'replay', seq)  # of the other
    room.run('key', 'rotate')
    room.run('fsck')
    out = room.preview(room.path('q.yaml'), 'alice')
    check(files_below(out) == others, 'another view')


def main():
    need_fuse()
    with Room() as room:
        fill(room)
        ways = slots(room)
        rotate(room, ways)
    with Room() as room:
        fill(room)
        killed(room)
    with Room() as room:
        fill(room)
        path(room)
        values(room)
        running(room)
        export(room)
        project(room)


if __name__ == '__main__':
    main()
