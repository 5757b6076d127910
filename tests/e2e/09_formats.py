"""Nasty inputs, each valid one shown and each invalid one hidden: through real
mounts of several roles, every way of reading gives the same bytes; who keeps
everything sees the source byte for byte; JSON stays JSON and says what the
source says, restricted to visible records and fields; bytes outside spans are
the source's; replay makes every read again and the log has each.
"""
# SPDX-License-Identifier: Apache-2.0
import os
import random
import re

import nasty
import real
from carrel import FEW, LONG, Room, check, need_fuse, seed
from nasty import Nested, Num, Pairs, judge
from ways import check_ways, files_below

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - match: "text*.json"
    records: "$[*]"
    text: ["$[*].text", "$[*].deep|json|$.in|json|$.in|json|$.t"]
  - { match: "*.json", records: "$[*]" }
  - { match: "*.jsonl" }
'''
HEAD = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
'''
ONE = HEAD + '''roles:
  keep: { see: [ { files: "d/**", records: all } ], names: keep, redact: { default: keep } }
  tag: { see: [ { files: "d/**", records: all } ], names: keep, redact: { default: tag } }
  half: { see: [ { files: "d/**", records: assigned } ], names: keep, redact: { default: keep } }
tasks: { t: { files: "d/**", assign: { by: record, among: [half] } } }
annotators:
  keeper: { role: keep }
  tagger: { role: tag }
  h1: { role: half, tasks: [t] }
  h2: { role: half, tasks: [t] }
'''
PATHS = '''["$[*].secret", "$[*].meta.x", "$[*].deep|json|$.in|json|$.y",
 "$[*].deep|json|$.in|json|$.in|json|$.x"]'''
TWO = HEAD + f'''roles:
  drop:
    see: [ {{ files: "d/**", records: all }} ]
    names: keep
    redact: {{ default: keep }}
    fields: [ {{ files: "d/**", drop: {PATHS} }} ]
  remove: {{ extends: drop, fields: [ {{ files: "d/**", remove: {PATHS} }} ] }}
  both: {{ extends: remove, redact: {{ default: pseudonym }} }}
annotators:
  dropper: {{ role: drop }}
  remover: {{ role: remove }}
  other: {{ role: both }}
'''
HIDDEN = ('secret',), ('meta', 'x'), ('deep', 'in', 'y'), ('deep', 'in', 'in',
                                                           'x')


def make_files(rnd):
    m = nasty.Maker(rnd)
    out = {}
    rounds = 30 if LONG else 2 if FEW else 5
    for k in range(rounds):
        n = rnd.choice([1, 2, 7, 40])
        out[f'text{k}.json'] = m.array_file(n)
        out[f'arr{k}.json'] = m.array_file(n)
        out[f'map{k}.json'] = m.map_file(n)
        out[f'l{k}.jsonl'] = m.line_file(n)
        out[f'bad{k}.jsonl'] = m.line_file(n, 0.3)
        out[f't{k}.txt'] = m.text_file(n)
    long = [100, 300000, 1500000, 0]
    out['long.json'] = m.array_file(6, lambda: rnd.choice(long))
    out['edge.json'] = m.edge_file(False)
    out['edge.jsonl'] = m.edge_file(True)
    whole = m.array_file(3)
    at = rnd.randrange(4, len(whole) - 1)
    out.update({
        'none.json': b'', 'none.jsonl': b'', 'none.txt': b'',
        'empty.json': b'[]', 'emptymap.json': b' { } ',
        'blank.jsonl': b'\n\r\n  \n', 'bom.txt': nasty.BOM + b'mail a@b.org',
        'cut.json': whole[:at], 'twice.json': whole + b'[]',
        'nan.json': b'[{"n": NaN}]', 'tab.json': b'[{"n": "a\tb"}]',
        'utf8.json': b'[{"n": "\xff a@example.org"}]',
        'cesu.json': b'[{"n": "\xed\xa0\xbd a@example.org"}]',
        'over.json': b'[{"n": "\xc0\xaf"}]',
        'utf8.txt': b'mail a@example.org \xff\xfe and on\n',
        'latin.txt': 'é è ê'.encode('latin-1') * 40, 'zero.txt': b'a\0b',
        'stray.jsonl': b'nul\n{"n":1}\n{"a":\xff}\n{"t": "\xed\xa0\x80 m@a.org"}',
        'nul.jsonl': b'nul\n', 'utf16.json': '[{"n": 1}]'.encode('utf-16'),
        'comma.json': b'[{"n":1},]', 'zero.json': b'[{"n": 01}]'})
    return out


def valid(name, raw):
    """What an independent reader thinks of a file."""
    if name in ('utf16.json', 'latin.txt', 'zero.txt'):
        return False
    try:
        if name.endswith('.json'):
            judge(raw)
    except ValueError:
        return False
    if name.endswith('.jsonl'):
        lines = nasty.lines_of(raw)
        return not lines or lines != [None] * len(lines)
    return True


def records(name, raw):
    """[(name or None, value)] of the records."""
    if name.endswith('.jsonl'):
        return [(None, v) for v in nasty.lines_of(raw) if v is not None]
    v = judge(raw)
    return list(v) if isinstance(v, Pairs) else [(None, x) for x in v]


def kind(v):
    """An empty value of the same type, as drop leaves it."""
    if isinstance(v, Nested):
        return ''
    if isinstance(v, Num):
        return Num('0.0' if set(v) & set('.eE') else '0')
    if isinstance(v, bool):
        return False
    return None if v is None else type(v)()


def without(v, paths, remove):
    """The value with those members gone or emptied."""
    if isinstance(v, Nested):
        return Nested(without(v.value, paths, remove))
    if not isinstance(v, Pairs):
        return v
    out = Pairs()
    for k, x in v:
        if (k,) in paths:
            if not remove:
                out.append((k, kind(x)))
            continue
        below = [p[1:] for p in paths if p[0] == k and len(p) > 1]
        if below and k in ('deep', 'in') and type(x) is str:
            x = ''      # no JSON, so it cannot be told what is in it
        out.append((k, without(x, below, remove) if below else x))
    return out


def shape(v):
    """Types, names' number and lengths; not what strings and numbers say."""
    if isinstance(v, Nested):
        return 'nested', shape(v.value)
    if isinstance(v, Pairs):
        return 'map', [shape(x) for _, x in v]
    if isinstance(v, list):
        return 'array', [shape(x) for x in v]
    return ('number' if isinstance(v, Num) else 'string'
            if isinstance(v, str) else v)


def strings(v):
    """Every string of a value; names of members are not text."""
    if isinstance(v, Nested):
        v = v.value
    if isinstance(v, Pairs):
        return [s for _, x in v for s in strings(x)]
    if isinstance(v, list):
        return [s for x in v for s in strings(x)]
    return [v] if isinstance(v, str) else []


def hidden(name, view):
    """No value is left in any decoded string. JSON in a string that the
    manifest does not enter is text: its escapes are no escapes."""
    if name.endswith('.txt'):
        texts = [view.decode('utf-8', 'surrogateescape')]
    else:
        texts = [s for _, v in records(name, view)
                 for s in strings(nasty.enter(v) if name.startswith('text')
                                  else v) if '\\' not in s]
    for s in texts:
        for v in ('maria.lopez@', '4111 1111', 'zoé.edge@', '10.20.30'):
            check(v not in s, f'{name}: {v} is shown in {s[:300]!r}')


TAG = re.compile(rb'\[[A-Z0-9_]+_[0-9]+\]')


def between(src, view, spans, what):
    """The view is the source but for one tag (or number) in each span."""
    at = pos = 0
    starts = [s['start'] for s in spans] + [len(src)]
    check(view.startswith(src[:starts[0]]), f'{what}: before the first span')
    pos = starts[0]
    for s, nxt in zip(spans, starts[1:]):
        at = s['end']
        gap = src[at:nxt]
        m = TAG.match(view, pos)
        ends = [m.end()] if m else [pos + i for i in range(40)
                                    if view[pos:pos + i].strip(
                                        b'-0123456789.eE+') == b'']
        good = [e for e in ends if view.startswith(gap, e)]
        check(good, f'{what}: bytes after the span {s} are not the source\'s: '
                    f'{view[pos:pos + 60]!r}')
        pos = good[0] + len(gap)
    check(pos == len(view), f'{what}: {len(view) - pos} bytes more')


class Seen:
    """What each annotator saw, and what was asked for."""

    def __init__(self, room, rnd):
        self.room, self.rnd = room, rnd
        self.views, self.asked = {}, {}

    def through_mount(self, policy, who, task=None):
        m = self.room.mount(policy, who, task=task)
        top = m.dir + '/data/d'
        view, asked = {}, []
        for name in sorted(os.listdir(top)):
            view[name], did = check_ways(f'{top}/{name}', self.rnd, 12, 12)
            asked += [(f'd/{name}', o, n) for o, n in did]
        check(m.stop() == 0, f'{who}: mount did not end well')
        self.views[who], self.asked[who] = view, asked
        return view


def check_log(room, seen):
    """Every read asked for is in the log and can be made again."""
    log = room.log()
    starts = {e['seq']: e for e in log if e['kind'] == 'SESSION_START'}
    opens = {e['seq']: e for e in log if e['kind'] == 'OPEN'}
    have = {(e['who'], opens[e['ref']]['path'], e['offset'], e['asked'])
            for e in log if e['kind'] == 'READ'}
    for who, asked in seen.asked.items():
        for a in asked:
            check((who, *a) in have, f'{who}: {a} is not in the log')
    check(len(starts) == len(seen.views), f'{len(starts)} sessions')
    for s in starts:
        r = room.run('audit', 'replay', '--session', str(s))
        check(' 0 differ, 0 could' in r.stderr, r.stderr)
    room.run('audit', 'verify', '--key', room.vkey)


def check_kept(files, view):
    for name, raw in files.items():
        if not valid(name, raw):
            check(name not in view, f'{name} is invalid and shown')
            continue
        check(name in view, f'{name} is valid and not shown')
        if name.endswith('.jsonl') and None in nasty.lines_of(raw):
            check(records(name, view[name]) == records(name, raw),
                  f'{name}: good lines differ')
            check(None not in nasty.lines_of(view[name]),
                  f'{name}: a malformed line is shown')
        else:
            check(view[name] == raw, f'{name}: not byte for byte the source')


def check_fields(files, view, remove):
    for name, raw in files.items():
        if name.endswith('.txt') or not valid(name, raw):
            continue
        want = [(k, without(nasty.enter(v), HIDDEN, remove))
                for k, v in records(name, raw)]
        got = [(k, nasty.enter(v)) for k, v in records(name, view[name])]
        for w, g in zip(want, got):
            check(w == g, f'{name} (remove {remove}):\nwant {w}\ngot  {g}')
        check(len(want) == len(got), f'{name}: number of records')


def interleaves(whole, a, b):
    """Is whole made of a and b, each in its order? Equal records may be in
    either, so every way of taking them is followed."""
    ways = {0}
    for i, r in enumerate(whole):
        ways = {n + k for n in ways for k, part in ((1, a), (0, b))
                for at in (n if k else i - n,)
                if at < len(part) and part[at] == r}
    return len(a) in ways and len(a) + len(b) == len(whole)


def check_halves(room, files, views, key):
    dealt = [0, 0]
    for name, raw in files.items():
        if name.endswith('.txt') or not valid(name, raw):
            continue
        whole = records(name, raw)
        parts = [records(name, v[name]) if name in v else [] for v in views]
        check(interleaves(whole, *parts), f'{name}: not dealt once each')
        dealt = [n + len(p) for n, p in zip(dealt, parts)]
        if not name.endswith('.json'):
            continue
        want = [[], []]
        for i, r in enumerate(whole):
            rid = str(i) if r[0] is None else r[0]
            owner = real.owner_of(key, b't', real.record_unit(
                'd/' + name, rid), ['h1', 'h2'])
            want[owner == ['h2']].append(r)
        check(parts == want, f'{name}: not dealt by the formula')
    check(min(dealt) > 0, f'dealt {dealt}')


def check_tagged(room, policy, files, view):
    spans = 0
    for name, raw in files.items():
        if not valid(name, raw):
            continue
        if name.endswith('.json'):
            # JSON in strings is kept whole where the manifest enters it.
            into = nasty.enter if name.startswith('text') else lambda v: v
            check(shape(into(judge(view[name]))) == shape(into(judge(raw))),
                  f'{name}: shape changed')
        if name.endswith('.jsonl'):
            check([shape(v) for _, v in records(name, view[name])] ==
                  [shape(v) for _, v in records(name, raw)], f'{name}: shape')
            if None in nasty.lines_of(raw):
                continue
        e = room.json('policy', 'explain', '--policy', policy, '--as',
                      'tagger', 'd/' + name)
        here = [s for r in e['records'] for s in r['spans']]
        spans += len(here)
        between(raw, view[name], here, name)
        hidden(name, view[name])
    check(spans > 100, f'{spans} spans')


def main():
    need_fuse()
    rnd = random.Random(seed())
    with Room() as room:
        files = make_files(rnd)
        for name, raw in files.items():
            room.write('d/' + name, raw)
        man = room.write('m.yaml', MANIFEST)
        one, two = room.write('one.yaml', ONE), room.write('two.yaml', TWO)
        room.run('ingest', '--dataset', 'd', '--manifest', man,
                 room.path('d'), code=3)
        seen = Seen(room, rnd)
        check_kept(files, seen.through_mount(one, 'keeper'))
        check_tagged(room, one, files, seen.through_mount(one, 'tagger'))
        halves = [seen.through_mount(one, h) for h in ('h1', 'h2')]
        key = room.json('policy', 'explain', '--assignment', '--policy', one)
        check_halves(room, files, halves, bytes.fromhex(key['assign_key']))
        check_fields(files, seen.through_mount(two, 'dropper'), False)
        check_fields(files, seen.through_mount(two, 'remover'), True)
        seen.through_mount(two, 'other')
        check(seen.views['other'] != seen.views['remover'], 'same bytes')
        check_log(room, seen)
        for who, policy in (('tagger', one), ('other', two)):
            check(files_below(room.preview(policy, who) + '/d') ==
                  seen.views[who], f'{who}: preview differs')
        room.run('fsck')
        n = sum(len(a) for a in seen.asked.values())
        print(f'{len(files)} files, {n} reads asked for, all in the log')


main()
