"""Paths of other files in contents: what a manifest, a table or a message says
of a file is where the reader sees it, whatever names: says; every path that is
shown opens in a confined session, no folder of the owner's is shown, sizes are
true, and a replay makes the same bytes after other files came.
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import io
import json
import os
import re

from carrel import Room, check, need_fuse
from ways import files_below

HOME = '/home/eve.stone/secret_project-7/bank'  # nowhere in what is shown
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - { match: "audio/**", passthrough: true }
  - { match: "lists/more.json", records: "$.items[*]" }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: HOW
roles:
  all:
    see: [ { files: "d/**", records: all } ]
    names: NAMES
    redact: { default: tag, FILE_PATH: RULE }
  few:
    see: [ { files: "d/lists/**", records: all }, { files: "d/audio/en/b*", records: all } ]
    names: NAMES
    redact: { default: tag }
annotators:
  alice: { role: all }
  bob: { role: few }
'''
WAV = (b'RIFF' + (36 + 320).to_bytes(4, 'little') + b'WAVEfmt ' +
       bytes.fromhex('10000000 0100 0100 401f0000 803e0000 0200 1000') +
       b'data' + (320).to_bytes(4, 'little') + 160 * b'\1\0')
CALLS = ['audio/en/a1.wav', 'audio/en/b2.wav', 'audio/de/b2.wav',
         'audio/en/two words.wav', 'texts/note.txt']
# In the running text of a line: what is behind it stays.
LINES = ['see {p}, then', '({p})', 'file://{p}.', 'cp {p} /tmp/x', '"{p}"',
         'offset {p}:4711', 'a={p};b']


def lists():
    """The files that name others, by stored path."""
    full = [f'{HOME}/{c}' for c in CALLS]
    plain = [p for p in full if ' ' not in p]
    out = {'nemo.jsonl': ''.join(
        json.dumps({'audio_filepath': p, 'duration': 1.5, 'text': 'hello'})
        + '\n' for p in full)}
    out['escaped.jsonl'] = out['nemo.jsonl'].replace('/', '\\/')
    out['wav.scp'] = ''.join(
        f'utt{i} {p}\n' for i, p in enumerate(full)) + \
        f'cmd sox {full[1]} -t wav - |\n'
    rows = io.StringIO()
    w = csv.writer(rows)
    w.writerow(['path', 'said'])
    for p in full:
        w.writerow([p, 'hello, you'])
    out['t.csv'] = rows.getvalue()
    inner = json.dumps({'files': full})
    out['more.json'] = json.dumps({'items': [
        {'deep': {'list': [full[0]]}, 'in': inner, 'in2': json.dumps(
            {'x': inner})},
        {'url': f'/data/local-files/?d={CALLS[1]}',
         'also': f'http://ls.example:8080/data/local-files/?d={CALLS[0]}&t=1',
         'file': f'file://{full[0]}'}]})
    out['words.txt'] = '\n'.join(
        x.format(p=p) for p in plain for x in LINES) + '\n'
    return {'lists/' + k: v for k, v in out.items()}


def fill(room):
    for c in CALLS:
        room.write('d/' + c, WAV if c.endswith('.wav') else 'a note\n')
    for name, text in lists().items():
        room.write('d/' + name, text)
    return room.write('m.yaml', MANIFEST)


def policy(room, names, how, rule='pseudonym'):
    return room.write(f'{names}-{how}-{rule}.yaml', POLICY.replace(
        'NAMES', names).replace('HOW', how).replace('RULE', rule))


def look(room, pol, who):
    """The view as a mount has it: sizes, and the texts."""
    m = room.mount(pol, who)
    seen = files_below(m.dir + '/data')
    for p, data in seen.items():
        size = os.stat(os.path.join(m.dir, 'data', p)).st_size
        check(size == len(data), f'{p}: {len(data)} bytes, not {size}')
    m.stop()
    check(files_below(room.preview(pol, who)) == seen, f'{who}: preview')
    return seen, {p: d.decode() for p, d in seen.items()
                  if not p.endswith('.wav')}


def opens(room, pol, who, paths):
    """Each is a file that can be read, in a confined session."""
    check(paths and "'" not in ''.join(paths), str(paths))
    script = ' && '.join(f"cat '{p}' > work/x && test -s work/x"
                         for p in sorted(paths))
    room.run('run', '--no-terminal', '--policy', pol, '--as', who, '--',
             '/bin/sh', '-c', script)
    room.run('run', '--no-terminal', '--policy', pol, '--as', who, '--',
             '/bin/sh', '-c', "cat '/carrel/data/d/none' > work/x", code=1)


def shown(texts):
    """All paths that they show."""
    out = set()
    for t in texts.values():
        out |= set(re.findall(r'/carrel/data/[^"\n,;()]*\.(?:wav|txt)', t))
    return out


def session(room, names, who):
    seen, texts = look(room, policy(room, names, 'none'), who)
    for name, t in texts.items():
        check('eve' not in t and 'secret' not in t and 'bank' not in t,
              f'{names}, {who}: {name} shows the owner\'s folder:\n{t}')
    paths = shown(texts)
    check({p[len('/carrel/data/'):] for p in paths} <= set(seen),
          f'{names}, {who}: {paths} {sorted(seen)}')
    opens(room, policy(room, names, 'guard-rail'), who, paths)
    return seen, texts, paths


def main():
    need_fuse()
    with Room() as room:
        man = fill(room)
        r = room.json('ingest', '--dataset', 'd', '--manifest', man,
                      room.path('d'))
        check(r['denied'] == 0 and not r['complaints'], str(r))
        for names in ('number', 'keep', 'pseudonym'):
            for who in ('alice', 'bob'):
                size, texts, paths = session(room, names, who)
                print(names, who, sorted(paths))
                if os.environ.get('SHOW'):
                    for k, v in texts.items():
                        print('==', k)
                        print(v)


main()
