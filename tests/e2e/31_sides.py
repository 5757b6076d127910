"""preview --diff: what is stored beside what is shown, line by line, for the
owner: both sides are the very bytes, whatever was hidden, dropped, exchanged or
replaced; what is no text is said, nothing acts on the terminal, and the look is
in the log.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import subprocess

from carrel import CARREL, Room, check
from packed import wav
from ways import files_below

HALF = (10000 - 3) // 2
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "*.jsonl", attributes: { k: "$.k" } }
  - { match: "*.json", records: "$[*]", attributes: { k: "$[*].k" } }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  r:
    see:
      - { files: "d/r*", records: all, where: { k: ["y"] } }
      - { files: "d/t*", records: all }
    names: NAMES
    redact: { default: tag, PHONE_NUMBER: drop }
    fields:
      - { files: "d/r1*", drop: ["$.gone"], remove: ["$.off"],
          swap: [["$.a", "$.b"]] }
annotators:
  alice: { role: r }
'''


def records(n):
    return [{'k': 'y' if i % 3 else 'n', 'a': f'a{i} x{i}@example.org',
             'gone': [i], 'b': f'é 東京 {i}', 'off': i,
             't': f'call 415-555-01{i:02} or else'} for i in range(n)]


def write_all(room):
    rows = [json.dumps(r, ensure_ascii=False) for r in records(30)]
    room.write('data/r1.jsonl', '\n'.join(rows) + '\n')
    room.write('data/r2.jsonl', '\n'.join(rows[:4]))
    room.write('data/r3.json', '[\n' + ',\n'.join(rows) + '\n]\n')
    room.write('data/r4.json', json.dumps(records(7), indent=1))
    room.write('data/t1.txt', 'mail a@example.org\n\nto b@example.org\r\n'
               'end\u202e\x1b[31m\tx\n')
    room.write('data/t2.csv', 'mail,n\na@example.org,1\nb,2\n')
    room.write('data/t3.srt', '1\n00:00:01,000 --> 00:00:02,000\n'
               'a@example.org\n\n')
    # More than one block, a part of which is one long hidden stretch.
    room.write('data/r5.jsonl', ''.join(
        json.dumps({'k': 'n' if 500 < i < 5000 else 'y',
                    't': f'x{i}@example.org ' + 'w' * 300}) + '\n'
        for i in range(6000)))


def sides(text):
    """path -> (lines left, lines right, signs)."""
    out = {}
    for line in text.split('\n')[:-1]:
        if line.startswith('== '):
            left, right, signs = out.setdefault(
                line[3:].split(' -> ')[0], ([], [], []))
            continue
        sign = line[HALF + 1]
        check(line[HALF] == line[HALF + 2] == ' ' and sign in ' |<>', line)
        signs.append(sign)
        if sign != '>':
            left.append(line[:HALF].rstrip(' '))
        if sign != '<':
            right.append(line[HALF + 3:])
        check(sign != ' ' or left[-1] == right[-1].rstrip(' '), line)
    return out


def lines(data):
    text = data.decode().replace('\r\n', '\n').replace(
        '\u202e', '\\u202e').replace('\x1b', '\\x1b').expandtabs(8)
    return [x.rstrip(' ') for x in
            (text[:-1] if text.endswith('\n') else text).split('\n')]


def both(room, names):
    policy = room.write('p.yaml', POLICY.replace('NAMES', names))
    env = dict(room.env, COLUMNS='10000')
    out = room.run('preview', '--policy', policy, '--as', 'alice', '--diff',
                   env=env).stdout
    view = files_below(os.path.join(room.preview(policy, 'alice'), 'd'))
    got = sides(out)
    check(len(got) == len(view) == 8, str(got.keys()))
    return got, view


def texts(room):
    """Wide characters take two columns: the property is of the others."""
    for n in os.listdir(room.path('data')):
        p = room.path('data', n)
        with open(p, 'rb') as f:
            data = f.read().replace('東京'.encode(), b'Kyo')
        with open(p, 'wb') as f:
            f.write(data)
    room.run('ingest', '--manifest', room.path('m.yaml'), room.path('data'))
    got, view = both(room, 'keep')
    for name, shown in view.items():
        left, right, signs = got['d/' + name]
        with open(room.path('data', name), 'rb') as f:
            check(left == lines(f.read()), f'{name}: {left[:9]}')
        check([x.rstrip(' ') for x in right if x.rstrip(' ')] ==
              [x for x in lines(shown) if x], f'{name}: {right[:9]}')
    for name in ('r1.jsonl', 'r2.jsonl', 'r5.jsonl'):
        left, _, signs = got['d/' + name]
        for line, sign in zip(left, signs):
            check((sign == '<') == ('"k": "n"' in line), f'{name}: {line}')
    check(got['d/t1.txt'][2] == ['|', ' ', '|', ' '], str(got['d/t1.txt']))
    other, _ = both(room, 'number')
    check(other.keys() == got.keys(), str(other.keys()))


def seen(room, *args, env=None, code=0):
    return room.run('preview', '--policy', room.path('p.yaml'), '--as',
                    'alice', '--diff', *args, code=code,
                    env=dict(room.env, **(env or {}))).stdout


def forms(room):
    out = seen(room, 'd/t1.txt', env={'COLUMNS': '60'})
    check('- mail a@example.org\n+ mail [EMAIL_ADDRESS_1]\n  \n' in out, out)
    check('\x1b' not in out and '\u202e' not in out and
          '\\x1b' in out and '\\u202e' in out, repr(out))
    check(all(len(x) <= 60 for x in seen(room, env={'COLUMNS': '60'})
              .split('\n') if not x.startswith('==')), 'too wide')

    def pty(**env):
        return subprocess.run(
            ['script', '-qec', f'{CARREL} preview --policy '
             f'{room.path("p.yaml")} --as alice --diff d/t1.txt', '/dev/null'],
            env=dict(room.env, COLUMNS='120', TERM='xterm', **env),
            capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    out = pty()
    check('\x1b[31ma@example.org\x1b[0m' in out and
          '\x1b[32m[EMAIL_ADDRESS_1]\x1b[0m' in out, repr(out))
    check(set(re.findall('\x1b[^m]*m', out)) ==
          {'\x1b[31m', '\x1b[32m', '\x1b[0m'}, repr(out))
    check('\x1b' not in pty(NO_COLOR='1'), 'NO_COLOR')


def explained(room):
    """The same record by record, in words: no value, but what is near it."""
    room.write('data/t4.json', json.dumps(
        [{'note': 'my account number is 12345678 thanks'},
         {'account_number': '87654321', 'note': 'wrote to a@example.org'}]))
    room.run('ingest', '--manifest', room.path('m.yaml'), room.path('data'))
    ask = ('policy', 'explain', '--policy', room.path('p.yaml'), '--as',
           'alice')
    out = room.run(*ask, 'd/t4.json').stdout
    lines = open(room.path('p.yaml')).read().split('\n')
    for want in ('d/t4.json\nrecord 0: shown, line 10\n', 'ACCOUNT_NUMBER: ',
                 'a tag, line 12; found by id.context, score 0.',
                 'near: account number thanks', 'found by email.at, score 0.98',
                 f'    10  {lines[9]}\n', f'    12  {lines[11]}\n'):
        check(want in out, f'{want!r} is not in {out}')
    for value in ('12345678', '87654321', 'a@example', 'wrote'):
        check(value not in out, out)
    out = room.run(*ask, 'd/r2.jsonl').stdout
    check('record 0: NOT SHOWN, the see rule of this line does not' in out and
          'record 1: shown, line 9' in out, out)
    x = room.json(*ask, 'd/t4.json')
    check(x['records'][0]['spans'][0]['context'] ==
          ['account', 'number', 'thanks'],
          str(x))


def torn(room):
    """A line end that is taken out, alone or within a value."""
    room.write('data/t5.txt', 'one <think>a\nb</think> two\n<think>\n'
               '</think>rest\nend\n')
    room.write('m5.yaml', MANIFEST + 'recognizers: { custom: [ { type: '
               'REASONING, begin: "<think>", end: "</think>" } ] }\n')
    room.run('ingest', '--manifest', room.path('m5.yaml'), room.path('data'))
    for width in ('60', '120'):
        out = seen(room, 'd/t5.txt', env={'COLUMNS': width})
        for word in ('one <think>a', 'b</think> two', 'two', 'rest', 'end'):
            check(word in out, f'{word}: {out}')
        check(out.count('rest') == 2 and out.count('end') == (
            1 if width == '60' else 2), out)


def refused(room):
    room.write('data/t9.wav', wav(8000, 1, 2, [0] * 800))
    room.write('data/t9.json', '[{"segments":[]}]')
    room.write('data/x.txt', 'not of any rule')
    room.run('ingest', '--manifest', room.write('m.yaml', MANIFEST + '''
  - { match: "*.wav", passthrough: true, format: text }
'''), room.path('data'), code=None)
    out = seen(room, code=3)
    check('== d/t9.wav' in out and 'not to be shown here: passed through' in
          out, out[-300:])
    check('not of any rule' not in out, 'a hidden file is shown')
    r = room.run('preview', '--policy', room.path('p.yaml'), '--as', 'alice',
                 '--diff', 'd/x.txt', code=None)
    check(r.returncode != 0 and r.stdout == '', r.stdout)
    for args in (['--diff', '--out', 'x'], ['--diff', '--json'], []):
        room.run('preview', '--policy', room.path('p.yaml'), '--as', 'alice',
                 *args, code=2)
    check(len(room.log('--op', 'PREVIEW')) >= 8, 'not in the log')


with Room() as r:
    r.write('m.yaml', MANIFEST)
    write_all(r)
    texts(r)
    forms(r)
    explained(r)
    torn(r)
    refused(r)
print('ok')
