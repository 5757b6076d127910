"""What scripts rely on: with --json every command answers in JSON of schema
1, errors too; and every exit code of carrel(1) comes from the command that
should give it.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import shutil
import socket
import subprocess

from carrel import CARREL, Room, check

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  r: { see: [ { files: "d/**", records: all } ], names: keep }
annotators:
  alice: { role: r }
  gone: { role: r, revoked: 2020-01-01T00:00Z }
'''
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p], training: true }
files:
  - { match: "*.json", records: "$[*]" }
'''


def parsed(r, what):
    """Every line on stdout is an object of schema 1; at least one is."""
    lines = r.stdout.splitlines()
    check(lines, f'{what}: nothing on stdout')
    out = [json.loads(x) for x in lines]
    check(all(x['schema'] == 1 for x in out), f'{what}: {out}')
    return out


def commands():
    """The words of every command, as --help lists them."""
    top = subprocess.run([CARREL, '--help'], capture_output=True, text=True)
    out = []
    for line in top.stdout.splitlines():
        w = line.split()
        if len(w) > 2 and w[0] in ('owner', 'annotator', 'auditor',
                                   'operator'):
            two = w[1] in ('policy', 'audit', 'key', 'session', 'work',
                           'project')
            out.append(' '.join(w[1:3] if two else w[1:2]))
    return set(out)


def no_command():
    """What is no command is told how it goes on."""
    def carrel(*args):
        r = subprocess.run([CARREL, *args], capture_output=True, text=True)
        return r.returncode, r.stdout, r.stderr
    code, out, err = carrel('policy')
    check(code == 2 and not out and 'policy check' in err and
          'policy apply' in err and 'audit' not in err, f'{code} {out} {err}')
    code, out, _ = carrel('work', '--help')
    check(code == 0 and 'work list' in out, f'{code} {out}')
    code, _, err = carrel('--store', 'room', 'ls')
    check(code == 2 and 'the command comes first' in err, err)
    code, _, err = carrel('pol')
    check(code == 2 and 'one of' not in err and '--help' in err, err)
    check(carrel('help', 'policy', 'check') ==
          carrel('policy', 'check', '--help'), 'help COMMAND')


def completed(room):
    """bash offers the first word of every command and each second one."""
    script = room.write('comp', room.run('_completion', 'bash').stdout)

    def offers(*words):
        r = subprocess.run(
            ['bash', '-c', '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); '
             '_carrel; printf "%s\\n" "${COMPREPLY[@]}"', script, 'carrel',
             *words, ''], capture_output=True, text=True, cwd=room.dir)
        return set(r.stdout.split()) - set(os.listdir(room.dir))
    all_ = [c.split() for c in commands()]
    check(offers() == {c[0] for c in all_}, str(offers()))
    for first in {c[0] for c in all_ if len(c) == 2}:
        want = {c[1] for c in all_ if c[0] == first}
        check(offers(first) == want, f'{first}: {offers(first)}')
    check('--out' in offers('work', 'export'), 'options')


def answers(room):
    """Each command once with --json; no command is left out."""
    src, man, pol = room.path('d'), room.path('m.yaml'), room.path('p.yaml')
    by = ('--policy', pol, '--as', 'alice')
    todo = [
        ('init', '--store', room.path('other'), '--key-file',
         room.path('other.key')),
        ('ingest', '--dataset', 'd', '--manifest', man, '--dry-run', src),
        ('ingest', '--dataset', 'd', '--manifest', man, src),
        ('ls',), ('ls', '-l', 'd'), ('ls', '--long', 'd/a.json'),
        ('report', 'd'),
        ('detect', room.path('d/a.json')),
        ('detect', '--stats', room.path('d/a.json')),
        ('preview', *by, '--out', room.path('seen')),
        ('policy check', pol), ('policy test', pol),
        ('policy explain', *by, 'd/a.json'),
        ('policy explain', '--assignment', '--policy', pol),
        ('policy diff', pol, pol), ('policy apply', pol), ('status',),
        ('session list',),
        ('work list',), ('work flags',),
        ('work export', '--out', room.path('work')),
        ('fsck',), ('fsck', '--quick'), ('run', '--explain', *by),
        ('audit verify', '--key', room.vkey), ('audit log',),
        ('key new', room.path('aud')), ('version',), ('key list',),
        ('key add', '--new-key-file', room.path('spare.key')),
        ('key remove', '2'), ('key rotate',),
        ('erase', '--dry-run', 'd/a.json'), ('gc',),
        ('export', '--policy', pol, '--as', 'r', '--out',
         room.path('train'))]
    for cmd, *args in todo:
        parsed(room.run(*cmd.split(), *args, '--json'), cmd)
    parsed(room.run('doctor', '--json', code=None), 'doctor')
    return {c for c, *_ in todo} | {'doctor'}


def mounted(room):
    """A read, its replay with a sum at the end. mount itself says nothing."""
    if not os.access('/dev/fuse', os.R_OK | os.W_OK):
        print('no /dev/fuse: replay of a mount is not checked')
        return
    m = room.mount(room.path('p.yaml'), 'alice')
    with open(m.dir + '/data/d/a.json', 'rb') as f:
        f.read()
    check(room.run('ls', 'd', code=None).returncode in (0, 8), 'ls')
    seen = room.json('status')
    one = seen['status']['sessions'][0]
    check(seen['running'] and one['annotator'] == 'alice' and one['reads'] > 0,
          str(seen))
    check(room.json('session', 'list') == seen, 'list is not status')
    room.run('session', 'end', '4711', '--json', code=4)
    wrong(room.run('ingest', '--dataset', 'd', room.path('nothing'), '--json',
                   code=None), 4, 'ingest of nothing')
    with open(os.path.join(m.dir, 'work', 'kept.json'), 'w') as f:
        f.write('[]')
    m.stop()
    check(room.json('status') == {'schema': 1, 'running': False}, 'status')
    start = room.log('--op', 'SESSION_START')[-1]['seq']
    out = parsed(room.run('audit', 'replay', '--session', str(start),
                          '--json'), 'audit replay')
    check(out[-1]['match'] == out[-1]['reads'] == len(out) - 1 > 0,
          str(out[-1]))


def wrong(r, code, what):
    """An error is an object too, on stderr, and knows its exit code."""
    check(r.returncode == code, f'{what}: exit {r.returncode}: {r.stderr}')
    said = [json.loads(x) for x in r.stderr.splitlines()
            if x.startswith('{')]
    check(said and said[0]['schema'] == 1 and said[0]['error'] and
          said[0]['exit'] == code, f'{what}: {r.stderr}')


def from_stdin(room):
    """A text, or what --name says; scores bound what is printed."""
    def ask(data, *args, code=0):
        r = subprocess.run([CARREL, 'detect', *args, '-'], input=data,
                           capture_output=True, text=True)
        check(r.returncode == code, f'{args}: {r.returncode} {r.stderr}')
        return [(s['start'], s['end'], s['score']) for x in
                r.stdout.splitlines() for s in json.loads(x)['spans']]

    text = 'a@example.org, 8827361'
    check([s[:2] for s in ask(text)] == [(0, 13), (15, 22)], str(ask(text)))
    check([s[:2] for s in ask(text, '--min-score', '0.9')] == [(0, 13)],
          'min-score')
    check([s[:2] for s in ask(json.dumps([text]), '--name', 'd/x.json')][0] ==
          (2, 15), 'name')
    check(ask('[', '--name', 'x.json', code=3) == [], 'malformed')
    for bad in ('x', '1.1', '-1', 'nan', ''):
        ask(text, '--min-score', bad, code=2)
    # What is left of it, also where there is no path to it.
    a, b = socket.socketpair()
    a.sendall(b'xx a@example.org')
    a.close()
    with b:
        check(b.recv(3) == b'xx ', 'recv')
        r = subprocess.run([CARREL, 'detect', '-'], stdin=b,
                           capture_output=True, text=True)
    check(r.returncode == 0 and '"start":0,"end":13' in r.stdout, str(r))
    check(room.run('detect', '-').stdout ==
          '{"schema":1,"id":"-","spans":[]}\n', 'empty')


def stats(room):
    """--stats counts by the same names as the spans have."""
    p = room.path('d/a.json')
    spans = room.json('detect', p)['spans']
    want = {}
    for s in spans:
        k = s['type'], s['rule']
        want[k] = want.get(k, 0) + 1
    got = {(c['type'], c['rule']): c['spans']
           for c in room.json('detect', '--stats', p)['counts']}
    check(got == want and len(want) > 1, f'{got} {want}')
    text = room.run('detect', '--stats', p).stdout
    check('EMAIL_ADDRESS' in text and '\nde: PERSON ' in text, text)
    known = {x['language']: x['shown'] for x in
             room.json('detect', '--stats', p)['languages']}
    check(all(known[x] for x in ('en', 'de', 'es', 'vi')), f'{known}')
    from_stdin(room)


def exit_codes(room):
    """1 to 8 and 70; 9 is in 06_bad_input.py, which can hide /dev/fuse."""
    pol = room.path('p.yaml')
    bad = room.write('bad.yaml', POLICY.replace('purpose', 'porpoise'))
    room.run('policy', 'check', bad, code=1)
    room.write('p2.yaml', POLICY)
    room.write('p2.test.yaml', '- { as: alice, text: "mail a@example.org", '
               'shows: ["a@example.org"] }\n')
    r = room.run('policy', 'test', room.path('p2.yaml'), '--json', code=1)
    check(parsed(r, 'policy test')[0]['cases'][0]['ok'] is False, r.stdout)
    room.run('ls', '--colour', code=2)
    room.run('version', '-l', code=2)
    r = room.run('audit', 'verify', '--save', room.path('cp'), code=3)
    check('nothing is saved' in r.stderr and not os.path.exists(
        room.path('cp')), r.stderr)
    for name in ('a b', 'a/b', '.a', '-a', 'n' * 65, ''):
        r = room.run('ingest', '--dataset', name, room.path('d'), code=2)
        check('64 letters' in r.stderr, r.stderr)
    empty = room.write('empty.yaml', '')
    wrong(room.run('ingest', '--dataset', 'e', '--manifest', empty,
                   room.path('d'), '--json', code=None), 2, 'empty manifest')
    check(len(room.json('ls')['entries']) == 1, 'a data set without a word')
    room.write('part/good.json', '[1]')
    room.write('part/broken.json', '[1')
    r = room.run('ingest', '--dataset', 'part', room.path('part'), '--json',
                 code=3)
    check(parsed(r, 'ingest')[0]['denied'] == 1, r.stdout)
    for code, *args in (
            (4, 'ls', 'nothing'), (4, 'audit', 'replay', '99999'),
            (4, 'preview', '--policy', pol, '--as', 'alise', '--out',
             room.path('o')),
            (5, 'preview', '--policy', pol, '--as', 'gone', '--out',
             room.path('o')),
            (6, 'ls', '--key-file', room.write('k', '00' * 32))):
        wrong(room.run(*args, '--json', code=None), code, str(args))
    copy = room.path('copy')
    shutil.copytree(room.store, copy)
    for base, _, files in os.walk(copy + '/packs'):
        for f in files:
            os.chmod(os.path.join(base, f), 0o600)
            os.truncate(os.path.join(base, f), 10)
    r = room.run('fsck', '--store', copy, '--json', code=7)
    check(parsed(r, 'fsck')[0]['bad'] > 0, r.stdout)


def lost_answers(room):
    """An answer that could not be written is no success, of any command."""
    pol = room.path('p.yaml')
    by = ('--policy', pol, '--as', 'alice')
    todo = [
        ('ls',), ('ls', '-l', 'd'), ('detect', room.path('d/a.json')),
        ('report', 'd'), ('policy', 'explain', *by, 'd/a.json'),
        ('detect', '--stats', room.path('d/a.json')),
        ('ingest', '--dataset', 'd', '--dry-run', room.path('d')),
        ('policy', 'check', pol), ('policy', 'test', pol),
        ('policy', 'explain', '--assignment', '--policy', pol),
        ('policy', 'apply', pol), ('status',), ('session', 'list',),
        ('work', 'list'), ('work', 'list', '--as', 'alice'), ('fsck',),
        ('fsck', '--quick'), ('run', '--explain', *by),
        ('audit', 'verify', '--key', room.vkey), ('audit', 'log'),
        ('audit', 'log', '--op', 'READ'), ('doctor',), ('version',),
        ('--help',), ('help', 'ls'), ('ls', '--help'), ('work', '--help')]
    quiet = set()
    for args in todo:
        for how in ((), ('--json',)):
            if how and any('help' in a for a in args):
                continue
            r = room.run(*args, *how, code=None)
            if not r.stdout:
                quiet.add(' '.join(args[:2]))
                continue
            with open('/dev/full', 'w') as full:
                f = subprocess.run([CARREL, *args, *how], env=room.env,
                                   stdout=full, stderr=subprocess.PIPE,
                                   stdin=subprocess.DEVNULL)
            want = {70} if r.returncode == 0 else {70, r.returncode}
            check(f.returncode in want,
                  f'{args} {how}: exit {f.returncode}')
    # the words of these are on standard error
    quiet -= {'policy check'} if os.path.exists('/dev/fuse') else \
        {'policy check', 'work list'}
    check(not quiet, f'no answer to lose: {quiet}')


def main():
    with Room() as room:
        room.write('d/a.json', json.dumps(
            [{'n': i, 'text': f'mail a{i}@example.org, card 4111 1111 1111 '
              '1111'} for i in range(20)]))
        room.write('m.yaml', MANIFEST)
        room.write('p.yaml', POLICY)
        room.write('p.test.yaml', '- { as: alice, file: d/a.json, hides: '
                   '["a1@"], shows: ["mail"] }\n')
        no_command()
        completed(room)
        done = answers(room)
        # These need a mount, or are one; serve says nothing.
        left = commands() - done - {'mount', 'audit replay', 'serve', 'flag',
                                    'session end', 'project end'}
        check(not left, f'no --json was tried of: {left}')
        stats(room)
        mounted(room)
        exit_codes(room)
        lost_answers(room)
        parsed(room.run('project', 'end', 'p', '--yes', '--json'), 'end')


main()
