"""External recognizers: the owner's program is asked about every text, its
spans are spans like others, and a change of it is a change of the recognizers;
one that dies, hangs, lies or floods leaves nothing shown, and says why; none
reaches a network, a file, a process or the store.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import shutil
import subprocess

from carrel import CARREL, Room, TOP, check, until
from ways import files_below

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files: [ { match: "g/*", group: "{dir}" } ]
recognizers:
  external:
    - { name: radio, command: [python3, find.py], types: [CALL_SIGN],
        min_score: 0.5, timeout: TIMEOUT, total: 5m }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  r: { see: [ { files: "**", records: all } ], names: keep,
       redact: { default: tag } }
annotators:
  alice: { role: r }
'''
EXAMPLE = os.path.join(TOP, 'example-policies', 'call-signs.py')

# What it does instead of answering the second text it is asked.
BAD = '''import json, os, sys, time
for n, line in enumerate(sys.stdin):
    q = json.loads(line)
    say = lambda spans, id=q['id']: print(json.dumps(
        {'id': id, 'spans': spans}), flush=True)
    span = {'start': 0, 'end': 1, 'type': 'CALL_SIGN', 'score': 0.9}
    if 'poison' not in q['text']:
        say([])
        continue
    WHAT
'''
WAYS = {
    'print("bad luck", file=sys.stderr); sys.exit(1)':
        ['ended', 'it says: bad luck'],
    'os.kill(os.getpid(), 9)': ['it says: Traceback'],
    'raise ValueError("\\x1b[31m")': ['ended', 'it says: Traceback'],
    'time.sleep(600)': ['no answer within'],
    'print("hello", flush=True)': ['no JSON object'],
    'say([], 99)': ['another id'],
    'say([dict(span, end=99)])': ['outside of its text'],
    'say([dict(span, start=2, end=3)])': ['splits a character'],
    'say([dict(span, type="PERSON")])': ['a type that it may not answer'],
    'say([dict(span, score=7)])': ['a span is not'],
    '[say([]) for i in range(9)]; time.sleep(600)':
        ['an'],     # more than it was asked, or of another id: what is first
    'while True: sys.stdout.write("a" * 65536)': ['more than 4 MiB'],
    'while True: sys.stderr.write("x\\n" * 999)':
        ['no answer within', 'it says: x'],
}

# Each line is what it may not do; it answers with how many it could.
REACH = '''import ctypes, fcntl, json, mmap, os, socket, subprocess, sys
OUT = json.load(open('out.json'))
def can(f, *a):
    try:
        f(*a)
        return 1
    except OSError:
        return 0
def caps():
    h = (ctypes.c_uint32 * 2)(0x20080522, 0)
    d = (ctypes.c_uint32 * 6)(*[7] * 6)
    if ctypes.CDLL(None).capget(h, d) != 0 or any(d):
        return
    raise OSError
def fds():
    open('find.py').close()     # what comes next is the first free one
    return os.fstat(3)
FDS = can(fds)
def env():
    if set(os.environ) - {'PATH', 'LANG', 'LC_CTYPE'}:
        return
    raise OSError
TRIES = [(socket.socket,), (socket.socket, socket.AF_UNIX),
         (os.listdir, OUT['store']), (open, OUT['store'] + '/store.yaml'),
         (open, OUT['key']), (os.listdir, '.'), (os.listdir, '/'),
         (open, 'new', 'w'), (open, 'find.py', 'r+'), (open, OUT['data']),
         (os.truncate, OUT['key'], 0), (os.chmod, OUT['key'], 0o666),
         (os.utime, OUT['key']), (os.unlink, OUT['key']),
         (open, '/etc/passwd'), (os.listdir, '/proc'),
         (open, '/proc/self/environ'), (os.setsid,), (os.setpgid, 0, 0),
         (os.kill, os.getppid(), 0), (os.fchmod, os.open('find.py', 0), 511),
         (os.utime, os.open('find.py', 0)),
         (fcntl.ioctl, os.open('find.py', 0), 0x40086602, bytes(8)), (open, '/dev/shm/x', 'w'),
         (caps,), (env,)]
for line in sys.stdin:
    q = json.loads(line)
    could = [str(t) for t in TRIES if can(*t)] + ['fds'] * FDS
    if could:
        sys.exit(' '.join(could))
    print(json.dumps({'id': q['id'], 'spans': []}), flush=True)
'''


def manifest(room, timeout='60s'):
    return room.write('m.yaml', MANIFEST.replace('TIMEOUT', timeout))


def shown(room):
    return files_below(os.path.join(
        room.preview(room.write('p.yaml', POLICY), 'alice'), 'd'))


def good():
    """The example, in the ways texts come; then it changes."""
    with Room() as room:
        shutil.copy(EXAMPLE, room.path('find.py'))
        m = manifest(room)
        room.write('data/a.txt', 'été: this is Otter Seven.\nmail '
                   'b@example.org\n')
        room.write('data/b.jsonl', '{"t":"\\u00e9 heron-two","n":7}\n')
        room.write('data/g/Lynx Four.json', '[{"t":"lynx four calling"}]')
        # Known in its group: propagated where the program does not look.
        room.write('data/g/k.json', '[{"Lynx Four": 1}]')
        room.write('data/h.csv', 'name,sign\nx,osprey nine\n')
        out = room.jsonl('detect', '--manifest', m, room.path('data/a.txt'))
        check([(s['type'], s['rule'], s['start'], s['end'])
               for s in out[0]['spans']][0] ==
              ('CALL_SIGN', 'external:radio', 15, 26), str(out))
        for i in range(2):
            s = room.json('ingest', '--manifest', m, room.path('data'))
            check(s['skipped'] == (5 if i else 0), str(s))
            s2 = s2 if i else s
        r = room.json('report', 'd')
        sums = {}
        for f in r['files']:
            check(sum(t['spans'] for t in f['types']) == f['spans'], str(f))
            for t in f['types']:
                sums[t['type']] = sums.get(t['type'], 0) + t['spans']
        check(sums == s2['types'], f'{sums} {s2}')
        check({t['rule'] for t in r['types'] if t['type'] == 'CALL_SIGN'} >=
              {'external:radio', 'propagated'}, str(r['types']))
        words = room.run('report', 'd/g').stdout
        check('Lynx Four.json' in words and 'CALL_SIGN 1' in words and
              'a.txt' not in words and 'in 2 files, 0 of them' in words, words)
        check('calling' not in words, words)
        view = shown(room)
        text = b'\n'.join(view.values()) + '\n'.join(view).encode()
        for word in (b'tter', b'heron', b'ynx', b'osprey', b'b@example'):
            check(word not in text, f'{word} is shown: {text}')
        check(b'this is [CALL_SIGN_1].' in view['a.txt'], str(view))
        check(b'[CALL_SIGN_1]' in view['h.csv'], str(view))
        s = room.json('ingest', '--manifest', m, '--redetect')
        check(s['skipped'] == 5, str(s))
        # Another content of the program is another recognizer.
        room.write('find.py', open(EXAMPLE).read().replace('osprey', 'crow'))
        s = room.json('ingest', '--manifest', m, '--redetect')
        check(s['skipped'] == 0 and s['types']['CALL_SIGN'] > 1, str(s))
        check(b'osprey nine' in shown(room)['h.csv'], 'not detected anew')
        # So is another command, or another limit.
        room.write('m.yaml', open(m).read().replace('0.5', '0.95'))
        s = room.json('ingest', '--manifest', m, '--redetect')
        check('CALL_SIGN' not in s['types'], str(s))


def bad():
    """Of two files the one is not shown; the next run tries again."""
    for way, words in WAYS.items():
        with Room() as room:
            m = manifest(room, '1s' if 'within' in words[0] else '60s')
            room.write('find.py', BAD.replace('WHAT', way))
            room.write('data/a.txt', 'fine\n')
            room.write('data/b.txt', 'fine\nabé poison\n')
            if 'start=2' in way:
                room.write('data/b.txt', 'aé poison\n')
            room.write('data/c.txt', 'fine\n')
            s = room.json('ingest', '--manifest', m, '--jobs', '1',
                          room.path('data'), code=3)
            r = room.json('report', 'd')['files'][1]
            check(r['denied'] and 'recognizer radio' in r['reason'], str(r))
            why = [c['why'] for c in s['complaints'] if c['path'] == 'b.txt']
            check(len(why) == 1 and s['denied'] == 1, f'{way}: {s}')
            if 'os.kill' not in way:    # kill(2) is refused, so it raises
                for w in words:
                    check(w in why[0], f'{way}: {why}')
            check('recognizer radio: ' in why[0] and '\x1b' not in why[0],
                  str(why))
            check(set(shown(room)) == {'a.txt', 'c.txt'}, way)
            shutil.copy(EXAMPLE, room.path('find.py'))
            s = room.json('ingest', '--manifest', manifest(room),
                          room.path('data'))
            check(s['denied'] == 0 and len(shown(room)) == 3, str(s))


def stays():
    """What was detected before keeps its spans where the program fails."""
    with Room() as room:
        m = manifest(room)
        shutil.copy(EXAMPLE, room.path('find.py'))
        room.write('data/a.txt', 'poison of Otter Seven\n')
        room.run('ingest', '--manifest', m, room.path('data'))
        room.write('find.py', BAD.replace('WHAT', 'sys.exit(1)'))
        s = room.json('ingest', '--manifest', m, '--redetect', code=3)
        check(s['left'] == 1, str(s))
        check(b'[CALL_SIGN_1]' in shown(room)['a.txt'], 'spans are gone')
        r = room.run('detect', '--manifest', m, room.path('data/a.txt'),
                     code=None)
        check(r.returncode == 2 and 'radio' in r.stderr, r.stderr)
        check(r.stdout == '', r.stdout)


def never_started():
    with Room() as room:
        room.write('data/a.txt', 'x\n')
        m = manifest(room)
        for text, words in (
                (open(m).read().replace('python3', 'no-such'), 'begins with ./'),
                (open(m).read().replace('python3', './no-such'), 'not there'),
                (open(m).read().replace('python3', './find.py'), 'be run'),
                (open(m).read().replace(
                    'timeout', 'reads: [store], timeout'), 'store lies'),
                (open(m).read().replace(
                    'timeout', 'reads: [gone], timeout'), 'not there')):
            room.write('find.py', 'x')
            room.write('bad.yaml', text)
            r = room.run('ingest', '--manifest', room.path('bad.yaml'),
                         room.path('data'), code=None)
            check(r.returncode not in (0, 3) and words in r.stderr, r.stderr)
        check(room.run('ls', code=None).stdout == '', 'something was taken')


# Ends where a question is not as it should be, by its text.
TOLD = '''import json, sys
WANT = json.load(open('want.json'))
for n, line in enumerate(sys.stdin):
    q = json.loads(line)
    if q['text'] in ('a', 'b'):     # a head is looked at in two ways
        q.pop('lang', None)
    if q != dict(WANT.get(q['text'], {}), id=n + 1, text=q['text']):
        sys.exit(ascii(q))
    print(json.dumps({'id': q['id'], 'spans': []}), flush=True)
'''


def told():
    """What is said of each text, and which are none."""
    with Room() as room:
        room.write('m.yaml', open(manifest(room)).read().replace(
            'timeout', 'reads: [want.json], timeout').replace(
            'files: [', """files: [ { match: "*.jsonl", speaker: "$.who",
            attributes: { language: "$.lang" },
            entities: { PERSON: "$.name" } },"""))
        room.write('find.py', TOLD)
        x, c = {'path': 'x.jsonl'}, {'path': 'c.csv', 'lang': 'en'}
        en = dict(x, lang='en', speaker='one')
        words = {'hello\u00e9"': dict(en, field='t'),
                 'hi': dict(x, lang='en-GB', speaker='two', field='t'),
                 'one': dict(en, field='who'),
                 'two': dict(x, lang='en-GB', speaker='two', field='who'),
                 'en': dict(en, field='lang'),
                 'en-GB': dict(x, lang='en-GB', speaker='two', field='lang'),
                 'row': dict(c, field='a'), 'cell': dict(c, field='b'),
                 # of a table's head, and of files' names
                 'a': {'path': 'c.csv'}, 'b': {'path': 'c.csv'},
                 'x': x, 'c': {'path': 'c.csv'}}
        room.write('want.json', json.dumps(words))
        room.write('data/x.jsonl', '\n'.join(json.dumps(r) for r in (
            {'lang': 'en', 'who': 'one', 't': 'hello\u00e9"', 'n': 5,
             'name': 'Ann Zorn'},
            {'lang': 'en-GB', 'who': 'two', 't': 'hi'})))
        room.write('data/c.csv', 'a,b\nrow,cell\n')
        room.run('ingest', '--manifest', room.path('m.yaml'),
                 room.path('data'))


def processes(room):
    """Those that run in the room."""
    out = []
    for p in os.listdir('/proc'):
        try:
            if p.isdigit() and os.readlink(f'/proc/{p}/cwd') == room.dir:
                out.append(int(p))
        except OSError:
            pass
    return out


def ends():
    """Who started it is killed: nothing of it stays, whatever it started."""
    with Room() as room:
        m = manifest(room, '10m')
        room.write('find.py', 'import subprocess, time\n'
                   'subprocess.Popen(["sleep", "600"])\ntime.sleep(600)\n')
        room.write('data/a.txt', 'x\n')
        for args in (['ingest'], ['detect']):
            p = subprocess.Popen(
                [CARREL, *args, '--manifest', m,
                 room.path('data/a.txt')], env=room.env, cwd='/',
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            until('they run', lambda: len(processes(room)) >= 2)
            p.kill()
            p.wait()
            until('they end', lambda: processes(room) == [])


def reach():
    with Room() as room:
        m = manifest(room)
        text = open(m).read().replace('timeout', 'reads: [out.json], timeout')
        room.write('m.yaml', text)
        room.write('find.py', REACH)
        data = room.write('data/a.txt', 'x\n')
        room.write('out.json', json.dumps(
            {'store': room.store, 'key': room.key, 'data': data}))
        room.env['SECRET'] = 'x'
        key = open(room.key, 'rb').read()
        room.run('ingest', '--manifest', m, room.path('data'))
        check(open(room.key, 'rb').read() == key, 'the key was changed')


good()
bad()
stays()
told()
never_started()
ends()
reach()
print('ok')
