"""Tables (CSV, TSV, |): whatever rows and columns a role sees, Python's csv
reads as many columns as the source has; what is not sensitive is the source
byte for byte, what is sensitive is in no cell and no name of a file; one person
is one stand-in in a table and in the JSON of its call; a first row that may be
no header is not shown; preview, mount, explain, detect and replay agree.
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import io
import json
import random
import re

from carrel import Room, check, need_fuse, seed
from ways import check_ways, files_below

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - match: "calls/*.csv"
    group: "{stem}"
    id: "$[*].turn"
    text: "$[*]['what was said']"
    speaker: "$[*].who"
    attributes: { site: "$[*].site" }
  - match: "calls/*.json"
    group: "{stem}"
    entities: { PERSON: "$.caller.name" }
  - { match: "list/bare.csv", header: false, entities: { PERSON: "$['2']" } }
  - { match: "list/raw.psv", header: false, quotes: false }
  - { match: "list/x.dat", format: csv, separator: ";" }
  - { match: "list/json.tsv", text: "$.j|json|$[*].t" }
'''
HEAD = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
'''
SEE = 'see: [ { files: "d/**", records: all } ], names: keep'
POLICY = HEAD + f'''roles:
  keep: {{ {SEE}, redact: {{ default: keep }} }}
  tag: {{ {SEE}, redact: {{ default: tag }} }}
  drop: {{ {SEE}, redact: {{ default: drop }} }}
  mask: {{ {SEE}, redact: {{ default: {{ mask: {{ char: "=" }} }} }} }}
  fake: {{ {SEE}, redact: {{ default: tag, PERSON: pseudonym,
           PHONE_NUMBER: pseudonym, EMAIL_ADDRESS: pseudonym }} }}
  north:
    see:
      - {{ files: "d/calls/*.csv", where: {{ site: north }}, records: all }}
    names: keep
    redact: {{ default: keep }}
  half:
    see: [ {{ files: "d/**", records: assigned }} ]
    names: keep
    redact: {{ default: keep }}
  less:
    {SEE.replace(', names', chr(10) + '    names')}
    redact: {{ default: keep }}
    fields:
      - {{ files: "d/**", drop: ["$[*].mail"],
          remove: ["$.note", "$.j|json|$[*].a"] }}
tasks: {{ t: {{ files: "d/**", assign: {{ by: record, among: [half] }} }} }}
annotators:
  keeper: {{ role: keep }}
  tagger: {{ role: tag }}
  dropper: {{ role: drop }}
  masker: {{ role: mask }}
  faker: {{ role: fake }}
  northern: {{ role: north }}
  lesser: {{ role: less }}
  h1: {{ role: half, tasks: [t] }}
  h2: {{ role: half, tasks: [t] }}
'''
BOM = b'\xef\xbb\xbf'
SEPS = {'csv': ',', 'tsv': '\t', 'psv': '|', 'dat': ';'}
FIRST = ['Ottoline', 'Barnabas', 'Thomasina', 'Cuthwin', 'Henrietta']
LAST = ['Featherstone', 'Quillfeather', 'Oakenshaw', 'Marchbanks']
PLAIN = ['the order is late', 'été', '5" pipe', 'a, b; c | d', 'yes',
         'two\nlines', 'crlf\r\nhere', 'she said "no"', '', ' ', '=SUM(A1:A2)',
         '-', '\U0001f600', "it's", 'tab\there', '100 %', '{}']


def person(rnd):
    return rnd.choice(FIRST) + ' ' + rnd.choice(LAST)


def phone(rnd):
    return f'415-555-01{rnd.randrange(100):02}'


def mail(rnd):
    return f'{rnd.choice(LAST).lower()}{rnd.randrange(1000)}@mail.example'


def sentence(rnd):
    return rnd.choice([
        f'my name is {person(rnd)}', f'call {phone(rnd)} "now", please',
        f'{mail(rnd)}\nis my mail', f'"{mail(rnd)}"', mail(rnd) + '=1+1',
        'card 4111 1111 1111 1111', *PLAIN])


def cell(rnd, text, sep):
    bare = not set(text) & {sep, '\n', '\r'} and not text.startswith('"')
    if bare and rnd.random() < 0.7:
        return text
    return '"' + text.replace('"', '""') + '"'


def table(rnd, sep, names, rows):
    end = rnd.choice(['\n', '\r\n'])
    lines = [sep.join(names)] if names else []
    for row in rows:
        lines.append(sep.join(cell(rnd, c, sep) for c in row))
        if rnd.random() < 0.1:
            lines.append('')
    raw = end.join(lines) + rnd.choice(['', end])
    return (BOM if rnd.random() < 0.3 else b'') + raw.encode()


def people(rnd, n):
    return [[str(100 + i), person(rnd), phone(rnd), mail(rnd), sentence(rnd),
             rnd.choice(PLAIN)] for i in range(n)]


def make_files(rnd):
    names = ['id', 'full name', 'phone', 'mail', 'note', 'other']
    out = {f'list/{n}{k}.{ext}': table(rnd, SEPS[ext], names, people(rnd, n))
           for k, ext in enumerate(['csv', 'tsv', 'psv'] * 2)
           for n in (1, 30)}
    out['list/semi.csv'] = table(rnd, ';', names, people(rnd, 9))
    out['list/x.dat'] = table(rnd, ';', names, people(rnd, 9))
    out['list/bare.csv'] = table(rnd, ',', None, people(rnd, 9))
    lines = [sentence(rnd) for _ in range(40)]
    out['list/raw.psv'] = ''.join(
        f'{i}|{s}|"{s}\n' for i, s in enumerate(lines)
        if not set(s) & set('|\n\r')).encode()
    out['list/ottoline_oakenshaw.csv'] = (
        b'id,first name,last name\n7,Ottoline,Oakenshaw\n')
    out['list/one.csv'] = b'mail\nbo.ek@mail.example\n""\nx\n"x@mail.example"\n'
    out['list/json.tsv'] = (
        b'id\tj\n1\t[{"t":"my name is Cuthwin Marchbanks","a":1}]\n'
        b'2\t"[{""a"":[""x""], ""t"":""mail \\u0061nn@mail.example\\"""" }]"\n')
    for k in range(4):
        who = person(rnd)
        out[f'calls/{k}.json'] = json.dumps({'caller': {'name': who}}).encode()
        out[f'calls/{k}.csv'] = table(
            rnd, ',', ['turn', 'who', 'what was said', 'site'],
            [[f't{i}', rnd.choice('ab'), rnd.choice([
                f'{who} speaks', f'so {who.split()[1]} it is', sentence(rnd)]),
              rnd.choice(['north', 'south'])] for i in range(20)])
    return out


BROKEN = {
    'bad/rows.csv': b'id,mail\n1\n2,a@mail.example\n3,"x"y\n4,b,c\n5,ok\n'
                    b'6,"z\n',
    'bad/cr.csv': b'id,mail\n1,a\rb\n2,ok\n'}
KEPT = {'bad/rows.csv': [['id', 'mail'], ['2', 'a@mail.example'], ['5', 'ok']],
        'bad/cr.csv': [['id', 'mail'], ['2', 'ok']]}
DENIED = {
    'bad/nohead.csv': b'1,Ottoline Oakenshaw\n2,Bo Ek\n',
    'bad/names.csv': b'Ottoline,Oakenshaw\nBarnabas,Marchbanks\n',
    'bad/value.csv': b'id,ann@mail.example\n1,x\n',
    'bad/known.csv': b'featherstone,note\nx,my name is Bo Featherstone\n',
    'bad/utf16.csv': 'a,b\n1,2\n'.encode('utf-16'),
    'bad/open.csv': b'a,"b\n1,2\n'}


def separator(name, raw):
    first = raw.split(b'\n')[0]
    return ';' if name.endswith('semi.csv') else \
        SEPS[name.rsplit('.', 1)[1]] if b'\0' not in first else ','


def rows_of(name, raw):
    """As Python reads it, each row as a list; blank lines are none."""
    text = raw.removeprefix(BOM).decode('utf-8', 'surrogateescape')
    bare = name.endswith('raw.psv')
    read = csv.reader(io.StringIO(text, newline=''), strict=True,
                      quoting=csv.QUOTE_NONE if bare else csv.QUOTE_MINIMAL,
                      delimiter=separator(name, raw))
    return [r for r in read if r]


SECRET = re.compile('|'.join(FIRST + LAST + [
    r'\d{3}-\d{3}-\d{4}', r'\w+@mail\.example', '4111']), re.I)


def values(room, name):
    """The bytes that detection finds in a file of this name."""
    path = room.path('d/' + name)
    with open(path, 'rb') as f:
        raw = f.read()
    found = room.jsonl('detect', '--manifest', room.path('m.yaml'), path)[0]
    check(found['id'] == path, str(found))
    return raw, [(s['start'], s['end']) for s in found['spans']]


def check_detect(room):
    raw, spans = values(room, 'list/one.csv')
    check([raw[a:b] for a, b in spans] ==
          [b'bo.ek@mail.example', b'x@mail.example'], str(spans))


def tables(files):
    return {n: raw for n, raw in files.items() if not n.endswith('.json')}


def shown_as(view, name, files):
    """The view of a file; one has a value in its name."""
    if name in view:
        return view[name]
    new = [n for n in view if n not in files and n not in BROKEN]
    check(len(new) == 1, f'{name}: {new}')
    return view[new[0]]


def check_kept(files, view):
    for name, raw in files.items():
        check(view[name] == raw, f'{name}: not the source byte for byte')
    for name, rows in KEPT.items():
        check(rows_of(name, view[name]) == rows, f'{name}: {view[name]}')
    for name in DENIED:
        check(name not in view, f'{name} is shown')


def check_hidden(files, view, how):
    """As many rows and columns, no value anywhere, all else as it is."""
    for name in view:
        check(not re.search('|'.join(FIRST + LAST), name, re.I),
              f'{how}: {name}')
    for name, raw in tables(files).items():
        src = rows_of(name, raw)
        got = rows_of(name, shown_as(view, name, files))
        check([len(r) for r in got] == [len(r) for r in src],
              f'{how}: {name}: other rows or columns')
        for a, b in zip(sum(src, []), sum(got, [])):
            secrets = SECRET.findall(a)
            check(not any(s.lower() in b.lower() for s in secrets),
                  f'{how}: {name}: {a!r} as {b!r}')
            if not secrets:
                check(a == b, f'{how}: {name}: {a!r} became {b!r}')
            elif b[:1] in ('=', '@', '+', '-') and how != 'dropper':
                check(b[0] == a[0], f'{how}: {name}: {a!r} became {b!r}')


TAG = re.compile(rb'\[[A-Z_]+_[0-9]+\]')


def check_between(room, policy, files, view):
    """Bytes outside of spans are the source's, each span is one tag."""
    n = 0
    for name, raw in tables(files).items():
        e = room.json('policy', 'explain', '--policy', policy, '--as',
                      'tagger', 'd/' + name)
        spans = [s for r in e['records'] for s in r['spans']]
        want, at = [], 0
        for s in spans:
            want.append(raw[at:s['start']])
            at = s['end']
        check(TAG.split(shown_as(view, name, files)) == want + [raw[at:]],
              f'{name}: bytes between spans')
        n += len(spans)
    check(n > 300, f'{n} spans')


def check_same(files, view):
    """The caller of the JSON is the same one in the table."""
    met = 0
    for k in range(4):
        name = f'calls/{k}.csv'
        real = json.loads(files[f'calls/{k}.json'])['caller']['name']
        fake = json.loads(view[f'calls/{k}.json'])['caller']['name']
        check(real != fake and not SECRET.search(fake), f'{real}: {fake}')
        for a, b in zip(rows_of(name, files[name]), rows_of(name, view[name])):
            if a[2] == f'{real} speaks':
                check(b[2] == f'{fake} speaks', f'{a}: {b}, not {fake}')
                met += 1
    check(met > 3, f'{met} times')


def check_halves(files, views):
    dealt = [0, 0]
    for name, raw in tables(files).items():
        src = rows_of(name, raw)
        head = 0 if name in ('list/bare.csv', 'list/raw.psv') else 1
        parts = [rows_of(name, v[name])[head:] if name in v else []
                 for v in views]
        for v in views:
            check(name not in v or rows_of(name, v[name])[:head] == src[:head],
                  f'{name}: header')
        check(sorted(parts[0] + parts[1]) == sorted(src[head:]),
              f'{name}: not dealt once each')
        dealt = [n + len(p) for n, p in zip(dealt, parts)]
    check(min(dealt) > 20, f'dealt {dealt}')


def check_less(files, view):
    for name, raw in tables(files).items():
        src, got = rows_of(name, raw), rows_of(name, view[name])
        gone = [i for i, c in enumerate(src[0]) if c in ('mail', 'note')]
        if name == 'list/json.tsv':
            check([[json.loads(r[1]) for r in t[1:]] for t in (src, got)] == [
                [[{'t': 'my name is Cuthwin Marchbanks', 'a': 1}],
                 [{'a': ['x'], 't': 'mail ann@mail.example"'}]],
                [[{'t': 'my name is Cuthwin Marchbanks'}],
                 [{'t': 'mail ann@mail.example"'}]]], f'{got}')
            continue
        want = [src[0]] + [['' if i in gone else c for i, c in enumerate(r)]
                           for r in src[1:]]
        check(got == want, f'{name}: {got}')


def check_denied(room, man):
    r = room.json('ingest', '--dataset', 'd', '--manifest', man,
                  room.path('d'), code=3)
    check(r['denied'] == len(DENIED) and r['records_denied'] == 5, str(r))
    why = {c['path']: c['why'] for c in r['complaints'] if c.get('record')
           is None}
    check(set(why) == set(DENIED), str(why))
    check('header: false' in why['bad/nohead.csv'], str(why))
    check('its group' in why['bad/known.csv'], str(why))
    for c in r['complaints']:
        check(not SECRET.search(c['why']), str(c))


def see(room, policy, who, rnd, task=None):
    m = room.mount(policy, who, task=task)
    top = m.dir + '/data/d'
    view = {}
    for name in files_below(top):
        view[name], _ = check_ways(f'{top}/{name}', rnd, 4, 4)
    check(m.stop() == 0, f'{who}: the mount did not end well')
    check(files_below(room.preview(policy, who, task=task) + '/d') == view,
          f'{who}: preview differs')
    return view


def main():
    need_fuse()
    rnd = random.Random(seed())
    with Room() as room:
        files = make_files(rnd)
        for name, raw in (files | BROKEN | DENIED).items():
            room.write('d/' + name, raw)
        man, policy = room.write('m.yaml', MANIFEST), room.write('p.yaml',
                                                                 POLICY)
        check_denied(room, man)
        check_detect(room)
        check_kept(files, see(room, policy, 'keeper', rnd))
        tagged = see(room, policy, 'tagger', rnd)
        check_between(room, policy, files, tagged)
        for who in ('dropper', 'masker', 'faker'):
            check_hidden(files, see(room, policy, who, rnd), who)
        check_hidden(files, tagged, 'tagger')
        check_same(files, see(room, policy, 'faker', rnd))
        check_less(files, see(room, policy, 'lesser', rnd))
        check_halves(files, [see(room, policy, h, rnd, 't')
                             for h in ('h1', 'h2')])
        for name, raw in see(room, policy, 'northern', rnd).items():
            check(rows_of(name, raw) == [
                r for r in rows_of(name, files[name])
                if r[3] in ('site', 'north')], name)
        for e in room.log():
            if e['kind'] == 'SESSION_START':
                r = room.run('audit', 'replay', '--session', str(e['seq']))
                check(' 0 differ, 0 could' in r.stderr, r.stderr)
        room.run('fsck')
        print(f'{len(files)} files')


main()
