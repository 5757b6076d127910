"""Subtitles, TextGrids and tables of speech of a fictional bank: no planted
value is in a view, times and all else are the source's byte for byte, and
readers that share nothing with ours (praat where it is installed) read every
view; cues dealt to two annotators are the file's; replay makes the reads again.
"""
# SPDX-License-Identifier: Apache-2.0
import os
import random
import re
import shutil
import subprocess

import timed
from carrel import Room, check, need_fuse, seed
from ways import files_below

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - { match: "kaldi/**", format: kaldi, group: "{dir}" }
  - { match: "odd/*.sub", format: srt, group: "{stem}" }
  - { match: "calls/**", group: "{stem}" }
'''
HEAD = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
'''
ROLE = '''  {0}: {{ see: [ {{ files: "d/**", records: {1} }} ], names: {2},
    redact: {{ default: {3} }} }}
'''


def policy(room):
    text = HEAD
    for who, how in (('keep', 'keep'), ('tag', 'tag'), ('stand', 'pseudonym'),
                     ('drop', 'drop'), ('mask', '{ mask: { keep_last: 4 } }')):
        text += ROLE.format(who, 'all', 'keep', how)
    text += ROLE.format('half', 'assigned', 'keep', 'keep')
    text += ('tasks: { t: { files: "d/**", assign: { by: record, among: '
             '[half] } } }\nannotators:\n')
    for who in ('keep', 'tag', 'stand', 'drop', 'mask'):
        text += f'  {who}: {{ role: {who} }}\n'
    text += '  h1: { role: half, tasks: [t] }\n  h2: { role: half, tasks: [t] }\n'
    return room.write('p.yaml', text)


def make_files(rnd):
    """Stored path → bytes; names of the files say nothing."""
    calls = [timed.Call(rnd, n) for n in range(4)]
    out = {}
    for c in calls:
        base = f'calls/c{c.nr}'
        out[base + '.srt'] = timed.srt(c, rnd, rnd.choice(['\n', '\r\n']))
        out[base + '.vtt'] = timed.vtt(c, rnd)
        out[base + '.TextGrid'] = timed.text_grid(c, c.nr % 2 == 1)
        out[base + '.ctm'] = timed.ctm_file(c)
        out[base + '.rttm'] = timed.rttm_file(c)
        out[base + '.stm'] = timed.stm_file(c)
    out['odd/c.sub'] = timed.srt(calls[0], rnd, '\n')
    # Over the edges of blocks: many cues, and one record.
    many = [timed.Call(rnd, n) for n in range(1400)]
    out['big/b.srt'] = b''.join(timed.srt(c, rnd, '\n') for c in many)
    many[0].turns = [t for c in many for t in c.turns]
    out['big/b.TextGrid'] = timed.text_grid(many[0], True)
    check(min(len(v) for k, v in out.items() if k[:3] == 'big') > 1100000,
          'the big ones are small')
    for name, text in timed.kaldi(calls).items():
        out['kaldi/train/' + name] = text.encode()
    return out


def never_shown(name, raw):
    """The source without what no view has."""
    if name.endswith(('.ctm', '.stm')):
        return raw.split(b'\n', 1)[1]
    if name.endswith('.vtt'):
        return b'WEBVTT\n\n' + raw.split(b'\n\n', 3)[3]
    return raw


def rows(name, raw):
    if name.endswith('.sub'):
        name = 'x.srt'
    return timed.read(name, raw)


def check_kept(files, view):
    check(sorted(view) == sorted(files), f'{sorted(view)}')
    for name, raw in files.items():
        check(view[name] == never_shown(name, raw),
              f'{name}: not the source byte for byte:\n{view[name][:400]!r}')


def hides(who, name, view):
    """No planted word or number is left, tags and entities looked through."""
    text = re.sub(r'<[^<>]*>|\{\\[^}]*\}', '', view.decode())
    both = (timed.html.unescape(text) + view.decode()).lower()
    words = set(re.findall('[a-z]+', both))
    numbers = re.sub('[ -]', '', both)
    for v in timed.PLANTED:
        if who != 'stand' or not v.isdigit():
            check(v not in (words if v.isalpha() else both),
                  f'{who}: {name} shows {v}:\n{view.decode()}')
    for v in timed.GROUPS:
        check(v.replace(' ', '') not in numbers,
              f'{who}: {name} shows {v}:\n{view.decode()}')


def check_hidden(files, who, view):
    """As many rows as the source, the same times, no value."""
    for name, raw in files.items():
        want, got = rows(name, never_shown(name, raw)), rows(name, view[name])
        check(len(want) == len(got), f'{who}: {name}: {len(got)} rows')
        for w, g in zip(want, got):
            check(w[0] == g[0], f'{who}: {name}: {w[0]} became {g[0]}')
        if who != 'mask':
            hides(who, name, view[name])


def check_between(room, p, files, view):
    """The bytes outside of spans are the source's; a tag is in each span."""
    n = 0
    for name, raw in files.items():
        if name.startswith('big/'):
            continue
        e = room.json('policy', 'explain', '--policy', p, '--as', 'tag',
                      'd/' + name)
        spans = sorted((s['start'], s['end'])
                       for r in e['records'] for s in r['spans'])
        n += len(spans)
        shown, got = never_shown(name, raw), view[name]
        if name.endswith('.vtt'):
            shown, got = shown[8:], got[8:]
        base = raw.index(shown)
        want, at = b'', base
        for a, b in spans:
            want += re.escape(raw[at:a]) + rb'\[[A-Z0-9_]+_[0-9]+\]'
            at = b
        want += re.escape(raw[at:base + len(shown)])
        check(re.fullmatch(want, got), f'{name}: bytes outside of spans:\n'
                                       f'{got.decode()}')
    check(n > 150, f'{n} spans')


def check_same_person(view):
    """One stand-in of a person in all formats of a call."""
    for c in range(4):
        cue = view[f'calls/c{c}.vtt'].decode()
        name = re.search(r'<v ((?!Agent).+?)>', cue)[1]
        first, last = name.split()[0], name.split()[-1]
        token = name.replace('. ', '_').replace(' ', '_')
        for ext, wants in (('rttm', [token]), ('stm', [token]),
                           ('TextGrid', [name, f'"{first}"', f'"{last}."']),
                           ('ctm', [f' {first}', f' {last}.'])):
            text = view[f'calls/c{c}.{ext}'].decode()
            for w in wants:
                check(w in text, f'c{c}.{ext}: {w} not in\n{text}')


def check_halves(files, one, two):
    for name, raw in files.items():
        if name.endswith(('.ctm', '.TextGrid')):
            continue
        whole = rows(name, never_shown(name, raw))
        parts = [rows(name, v[name]) if name in v else [] for v in (one, two)]
        check(sorted(whole) == sorted(parts[0] + parts[1]),
              f'{name}: not dealt once each')
    check(any(name in one and name in two for name in files), 'all to one')


SCRIPT = '''form x
  sentence path
endform
Read from file: path$
n = Get number of tiers
i = Get number of intervals: 2
t$ = Get label of interval: 2, i
end = Get end time
writeInfoLine: n, " ", i, " ", fixed$(end, 3), " ", t$
'''


def check_praat(room, files, view):
    """Praat reads what is shown, and its times are the source's."""
    if shutil.which('praat') is None:
        print('praat is not installed: its reading is not tested')
        return
    script = room.write('read.praat', SCRIPT)
    for name in files:
        if not name.endswith('.TextGrid'):
            continue
        said = []
        for k, raw in enumerate((files[name], view[name])):
            path = room.write(f'praat{k}.TextGrid', raw)
            r = subprocess.run(['praat', '--run', script, path],
                               capture_output=True, text=True, timeout=300)
            check(r.returncode == 0, f'{name}: praat: {r.stderr}')
            said.append(r.stdout.split()[:3])
        check(said[0] == said[1] and said[0][0] == '2', f'{name}: {said}')


def check_tools(room, p, files):
    """detect and fsck; a file whose format has no reader is still told of."""
    name = 'calls/c0.ctm'
    r = room.jsonl('detect', room.path('d', name), code=3)
    spans = [s for x in r for s in x.get('spans', [])]
    check(any(s['type'] == 'PERSON' for s in spans), str(r))
    room.run('fsck')
    start = [e['seq'] for e in room.log('--op', 'SESSION_START')]
    for s in start:
        r = room.run('audit', 'replay', '--session', str(s))
        check(' 0 differ, 0 could' in r.stderr, r.stderr)


def main():
    need_fuse()
    rnd = random.Random(seed())
    with Room() as room:
        files = make_files(rnd)
        for name, raw in files.items():
            room.write('d/' + name, raw)
        man, p = room.write('m.yaml', MANIFEST), policy(room)
        room.run('ingest', '--dataset', 'd', '--manifest', man,
                 room.path('d'), code=3)    # comments are told of
        views = {}
        for who, task in (('keep', None), ('tag', None), ('stand', None),
                          ('drop', None), ('mask', None), ('h1', 't'),
                          ('h2', 't')):
            m = room.mount(p, who, task=task)
            views[who] = files_below(m.dir + '/data/d')
            check(m.stop() == 0, f'{who}: mount did not end well')
        check_kept(files, views['keep'])
        for who in ('tag', 'stand', 'drop', 'mask'):
            check_hidden(files, who, views[who])
        check_between(room, p, files, views['tag'])
        check_same_person(views['stand'])
        check_halves(files, views['h1'], views['h2'])
        check_praat(room, files, views['tag'])
        check_tools(room, p, files)
        check(files_below(room.preview(p, 'tag') + '/d') == views['tag'],
              'preview differs')
        print(f'{len(files)} files, {len(views)} views')


main()
