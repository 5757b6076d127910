"""Values that were missed: an annotator flags one inside a session, does not
see the file any more, whatever is killed in between, and the owner's word makes
it a span for everyone or shows the file again.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import random
import struct
import subprocess

from carrel import CARREL, Room, check, need_fuse, until

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p],
         training: true }
language: en
files:
  - { match: "calls/*.json", group: "{stem}", records: "$[*]",
      text: "$[*].text" }
  - { match: "notes/*.txt", group: "{stem}" }
  - { match: "wav/*.wav", passthrough: true }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: guard-rail
roles:
  r:
    see: [ { files: "d/**", records: all } ]
    names: keep
    redact: { default: tag, ORGANIZATION: keep }
    audio: { default: silence }
    allow: { terminal: true }
    limits: { flags_per_hour: 8 }
annotators:
  anna: { role: r }
  bob: { role: r }
  carl: { role: r }
'''
# What no recognizer knows: no name, no number, no cue.
MISSED = 'gloaming heron'
RATE, SECONDS = 8000, 4


def fill(room):
    for i in range(12):
        room.write(f'd/calls/{i:02}.json', json.dumps(
            [{'n': k, 'text': f'call {i} turn {k}: the {MISSED} was there "again"'}
             for k in range(3)]))
        room.write(f'd/notes/{i:02}.txt', f'He said: gloaming  Heron, on {i}.\n')
    sound = random.Random(29).randbytes(RATE * SECONDS * 2)
    fmt = struct.pack('<HHIIHH', 1, 1, RATE, 2 * RATE, 2, 16)
    body = (b'WAVEfmt ' + struct.pack('<I', len(fmt)) + fmt + b'data' +
            struct.pack('<I', len(sound)) + sound)
    room.write('d/notes/mail.txt', 'Write to ann@example.org about it.\n')
    room.write('d/wav/a.wav', b'RIFF' + struct.pack('<I', len(body)) + body)
    room.write('m.yaml', MANIFEST)
    room.write('p.yaml', POLICY)
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d'))


# A sanitizer looks for leaks by ptrace(2) and forbids core dumps: no session can.
LEAKS = ('export ASAN_OPTIONS=detect_leaks=0:disable_coredump=0 '
         'TSAN_OPTIONS=disable_coredump=0\n')


class Session:
    """carrel run in the background."""

    def __init__(self, room, who, script):
        self.p = subprocess.Popen(
            [CARREL, 'run', '--policy', room.path('p.yaml'), '--as', who,
             '--no-terminal', '--', '/bin/bash', '-c',
             'set -e; cd /carrel\n' + LEAKS + script], env=room.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)

    def end(self, code=0):
        _, err = self.p.communicate(timeout=120)
        check(self.p.returncode == code, f'exit {self.p.returncode}: {err}')
        return err


def inside(room, who, script, code=0):
    return Session(room, who, script).end(code)


def saved(room, who, name):
    """What a session left in its work area."""
    out = room.path(f'out-{len(os.listdir(room.dir))}')
    room.run('work', 'export', '--as', who, '--out', out, name)
    with open(os.path.join(out, name), 'rb') as f:
        return f.read()


def flags(room, *args):
    return room.json('work', 'flags', *args)['flags']


def accept(room, f, *args, code=0):
    return room.run('work', 'flags', '--accept', str(f['id']), '--manifest',
                    room.path('m.yaml'), *args, code=code)


def reached(room, who):
    """Until the session at hand has read TASK.md."""
    def there():
        s = [e['seq'] for e in room.log('--op', 'SESSION_START')
             if e['who'] == who]
        ended = [e['session'] for e in room.log('--op', 'SESSION_END')]
        return [e for e in room.log('--op', 'CLOSE') if s and
                s[-1] not in ended and e['session'] == s[-1] and
                e['path'] == 'TASK.md']
    until(f'{who} reads TASK.md', there)


HIDDEN = '! cat %s 2>work/why; grep -q "Permission denied" work/why\n'


def hides(room):
    """At once, of what is open too, in the next session, and for nobody
    else."""
    inside(room, 'anna', f'''
    grep -q "carrel flag" TASK.md
    exec 3<data/d/calls/01.json; head -c 5 <&3 >/dev/null
    carrel flag data/d/calls/01.json "{MISSED}"
    ! cat <&3 2>work/why; grep -q "Permission denied" work/why
    {HIDDEN % 'data/d/calls/01.json'}
    ls -l data/d/calls/01.json; cat data/d/calls/02.json >work/other
    carrel flag data/d/notes/03.txt <<<"gloaming HERON"
    {HIDDEN % 'data/d/notes/03.txt'}''')
    inside(room, 'anna', HIDDEN % 'data/d/calls/01.json')
    inside(room, 'bob', 'cat data/d/calls/01.json data/d/notes/03.txt '
           '>/dev/null')
    got = flags(room)
    check([(f['annotator'], f['project'], f['dataset'], f['path'], f['shown'],
            f['words'], f['state']) for f in got] ==
          [('anna', 'p', 'd', 'calls/01.json', 'd/calls/01.json', MISSED,
            'open'),
           ('anna', 'p', 'd', 'notes/03.txt', 'd/notes/03.txt',
            'gloaming HERON', 'open')], str(got))
    line = room.run('work', 'flags').stdout.splitlines()[0]
    check(all(x in line for x in (str(got[0]['id']), 'anna', MISSED, 'open',
                                  'd/calls/01.json')), line)
    logged = room.log('--op', 'FLAG')
    check([(e['seq'], e['who'], e['path'], e['op'], e['reason'])
           for e in logged] ==
          [(f['id'], 'anna', f['shown'], 'flag', f['words']) for f in got],
          str(logged))
    check({e['op'] for e in room.log('--op', 'DENIED')} == {'flagged'},
          'denied')


def rejects(room):
    """The file is seen again, in the session that goes on, too."""
    s = Session(room, 'anna', HIDDEN % 'data/d/notes/03.txt' +
                '''cat TASK.md >/dev/null
                until cat data/d/notes/03.txt >work/seen 2>/dev/null; do
                sleep 0.2; done''')
    reached(room, 'anna')
    x = room.sessions()[0]
    check((x['flags_used'], x['flags_per_hour']) == (2, 8), str(x))
    f = flags(room)[1]
    room.run('work', 'flags', '--reject', str(f['id']))
    s.end()
    check(saved(room, 'anna', 'seen').startswith(b'He said'), 'not shown')
    check([x['state'] for x in flags(room, '--all')] == ['open', 'rejected'],
          'state')
    check(len(flags(room)) == 1, 'decided ones are not listed')
    room.run('work', 'flags', '--reject', str(f['id']), code=2)
    room.run('work', 'flags', '--reject', '999999', code=4)
    check(room.log('--op', 'FLAG')[-1]['op'] == 'reject', 'not logged')


def accepts(room):
    """A span for everyone; in its group, too, but nowhere else."""
    s = Session(room, 'bob', 'cat data/d/calls/01.json >work/was\n'
                'cat TASK.md >/dev/null; sleep 600')
    reached(room, 'bob')
    f = flags(room)[0]
    accept(room, f, '--type', 'PERSN', code=2)
    room.run('work', 'flags', '--accept', str(f['id']), code=2)
    other = room.write('o.yaml', MANIFEST.replace('name: d', 'name: e'))
    r = room.run('work', 'flags', '--accept', str(f['id']), '--manifest',
                 other, code=2)
    check('not the manifest of d' in r.stderr, r.stderr)
    version = room.json('ls')['entries'][0]['version']
    accept(room, f, '--type', 'ORGANIZATION')
    s.end(5)
    was = saved(room, 'bob', 'was')
    check(was.count(MISSED.encode()) == 3, f'redacted before: {was}')
    check(room.json('ls')['entries'][0]['version'] == version + 1, 'version')
    check(room.log('--op', 'FLAG')[-1]['op'] == 'accept', 'not logged')
    # ORGANIZATION is kept by this policy: the owner's choice.
    view = room.preview(room.path('p.yaml'), 'bob')
    with open(view + '/d/calls/01.json') as x:
        check(x.read().count(MISSED) == 3, 'the type does not count')
    # With a type of its own it goes by the default.
    inside(room, 'anna', f'''cat data/d/calls/01.json >/dev/null
    carrel flag data/d/calls/02.json "{MISSED}"''')
    f = flags(room)[0]
    accept(room, f)
    inside(room, 'anna', 'cat data/d/calls/02.json >work/two')
    check(json.loads(saved(room, 'anna', 'two')) == [
        {'n': k, 'text': f'call 2 turn {k}: the [FLAGGED_1] was there "again"'}
        for k in range(3)], 'not redacted')
    view = room.preview(room.path('p.yaml'), 'bob')
    for i in range(12):
        with open(f'{view}/d/notes/{i:02}.txt') as x:
            check(('Heron' in x.read()) == (i != 2), f'notes/{i}')
    told = room.json('policy', 'explain', '--policy', room.path('p.yaml'),
                     '--as', 'bob', 'd/calls/02.json')
    check([(s['type'], s['rule'], s['score']) for r in told['records']
           for s in r['spans']] == 3 * [('FLAGGED', 'flag', 100)], str(told))
    # Detecting and ingesting anew know of it, and do nothing twice.
    for args in (('--redetect',), (room.path('d'),)):
        s = room.json('ingest', '--dataset', 'd', '--manifest',
                      room.path('m.yaml'), *args)
        check(s['skipped'] == s['files'], str(s))
    check([x['state'] for x in flags(room, '--all')] ==
          ['accepted', 'rejected', 'accepted'], 'states')
    room.run('audit', 'replay', '--session',
             str(room.log('--op', 'SESSION_END')[-1]['session']))


def guesses(room):
    """What was behind a stand-in nobody has read: no word of the owner's may
    come to say that a guess was right."""
    before = room.json('ls')['entries'][0]['version']
    for words in ('ann', 'to ann@example.org'):
        inside(room, 'anna', 'grep "Write to .EMAIL_ADDRESS_1. about it" '
               f'data/d/notes/mail.txt; carrel flag data/d/notes/mail.txt "{words}"')
        f = flags(room)[-1]
        check('may be a guess' in accept(room, f, code=2).stderr, 'no reason')
        check(flags(room)[-1]['state'] == 'open', 'state')
        room.run('work', 'flags', '--reject', str(f['id']))
    check(room.json('ls')['entries'][0]['version'] == before, 'a version')


def sounds(room):
    """Seconds of a recording are bleeped; nothing else of it changes."""
    inside(room, 'anna', f'''cat data/d/wav/a.wav >work/before
    ! carrel flag data/d/wav/a.wav "{MISSED}"
    ! carrel flag data/d/wav/a.wav 2-1
    carrel flag data/d/wav/a.wav 1.5-2.25
    {HIDDEN % 'data/d/wav/a.wav'}''')
    accept(room, flags(room)[0])
    inside(room, 'bob', 'cat data/d/wav/a.wav >work/after')
    a, b = saved(room, 'anna', 'before'), saved(room, 'bob', 'after')
    check(len(a) == len(b), 'length')
    at = [(i - 44) / 2 / RATE for i in range(44, len(a)) if a[i] != b[i]]
    check(1.2 < min(at) <= 1.51 and 2.24 <= max(at) < 2.6,
          f'{min(at)} to {max(at)}')
    start, end = 44 + int(1.5 * RATE) * 2, 44 + int(2.25 * RATE) * 2
    check(not any(b[start:end]), 'not silent')
    inside(room, 'anna', 'carrel flag data/d/wav/a.wav 900-901')
    f = flags(room)[0]
    check('does not stand' in accept(room, f, code=4).stderr, 'no reason')
    check(flags(room)[0]['state'] == 'open', 'state')


def hostile(room):
    """Nonsense costs nothing and says what is wrong; a flood is stopped."""
    version = room.json('ls')['entries'][0]['version']
    inside(room, 'carl', '''
    bad() { code=$1; shift; r=0; "$@" 2>work/why || r=$?; test $r = $code; }
    bad 2 carrel flag data/d/calls Maria
    bad 2 carrel flag TASK.md Maria
    bad 2 carrel flag data/d/calls/05.json ""
    bad 2 carrel flag data/d/calls/05.json "$(printf 'a\\nb')"
    bad 2 carrel flag data/d/calls/05.json "$(head -c 5000 /dev/zero | tr '\\0' x)"
    head -c 90000 /dev/zero | tr '\\0' x | bad 2 carrel flag data/d/calls/05.json
    bad 4 carrel flag data/d/calls/none.json Maria
    bad 2 carrel flag /etc/passwd Maria
    echo hello >work/mine; bad 2 carrel flag work/mine Maria
    cat data/d/calls/05.json >/dev/null
    carrel flag data/d/calls/05.json "not there at all"
    for i in $(seq 7); do carrel flag data/d/calls/06.json "$i $i"; done
    for i in $(seq 30); do bad 5 carrel flag data/d/calls/07.json "$i"; done
    grep -q "in an hour" work/why
    cat data/d/calls/07.json >/dev/null''')
    inside(room, 'carl', '! carrel flag data/d/calls/07.json x')
    denied = [e for e in room.log('--op', 'DENIED') if e['op'] == 'limit']
    check(0 < len(denied) < 10 and denied[0]['rule'] == 'flags_per_hour',
          str(denied[:1]))
    f = [x for x in flags(room) if x['annotator'] == 'carl']
    check(len(f) == 8, str(f))
    check('does not stand' in accept(room, f[0], code=4).stderr, 'no reason')
    check(room.json('ls')['entries'][0]['version'] == version, 'a version')
    said = room.run('export', '--policy', room.path('p.yaml'), '--as', 'r',
                    '--out', room.path('train')).stderr
    check(f'{len(flags(room))} flagged values are not decided on' in said,
          said)
    # Outside of a session nothing is set on any disk.
    r = room.run('flag', room.path('d/calls/05.json'), MISSED, code=2)
    check('no session' in r.stderr, r.stderr)
    check(os.listxattr(room.path('d/calls/05.json')) == [], 'on the disk')


def killed(room):
    """What was answered is there after kill -9 of the gateway."""
    p = subprocess.Popen([CARREL, 'serve'], env=room.env, text=True,
                         stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    check('serving' in p.stderr.readline(), 'not ready')
    before = len(flags(room))
    s = Session(room, 'bob', 'for i in 08 09 10; do '
                f'carrel flag data/d/calls/$i.json "{MISSED}"; done\n'
                'cat TASK.md >/dev/null; sleep 600')
    reached(room, 'bob')
    p.kill()
    p.wait()
    s.end(5)
    check(len(flags(room)) == before + 3, 'flags are gone')
    inside(room, 'bob', ''.join(HIDDEN % f'data/d/calls/{i}.json'
                                for i in ('08', '09', '10')) +
           'cat data/d/calls/11.json >/dev/null')


def erased(room):
    """What is erased takes its flags along; a person's values those of them."""
    n = len(flags(room, '--all'))
    gone = [f for f in flags(room, '--all') if f['path'] == 'calls/06.json']
    check(len(gone) == 7, str(gone))
    room.run('erase', 'd/calls/06.json', '--dry-run')
    check(len(flags(room, '--all')) == n, 'a dry run took flags')
    room.run('erase', 'd/calls/06.json', '--yes')
    check(len(flags(room, '--all')) == n - 7, 'flags of a file')
    room.write('who.txt', 'gloaming heron\n')
    room.run('erase', '--value-file', room.path('who.txt'), '--yes')
    check(not [f for f in flags(room, '--all')
               if f['words'].lower() == MISSED], 'flags of a value')


def at_rest(room):
    """Words of flags are nowhere in the clear."""
    words = [MISSED.encode(), b'not there at all', b'1.5-2.25', b'gloaming']
    for top, _, names in os.walk(room.store):
        for name in names:
            with open(os.path.join(top, name), 'rb') as f:
                data = f.read()
            check(not any(w in data for w in words), os.path.join(top, name))


def main():
    need_fuse()
    with Room() as room:
        fill(room)
        for step in (hides, rejects, accepts, guesses, sounds, hostile,
                     killed, erased, at_rest):
            step(room)
            print(step.__name__, flush=True)
        room.run('audit', 'verify', '--key', room.vkey)
        room.run('fsck')


main()
