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
    # All of a value, with '_' and without blanks; one that is not stored.
    out['pairs.jsonl'] = ''.join(json.dumps({'a': x}) + '\n' for x in (
        f'{full[0]},{full[1]}', f'{full[1]}|{full[2]}',
        '/x_y/audio/en/two_words.wav'))
    inner = json.dumps({'files': full})
    out['more.json'] = json.dumps({'items': [
        {'deep': {'list': [full[0]]}, 'in': inner, 'in2': json.dumps(
            {'x': inner})},
        {'url': f'/data/local-files/?d={CALLS[1]}',
         'also': f'http://ls.example:8080/data/local-files/?d={CALLS[0]}&t=1',
         'file': f'file://{full[0]}'}]})
    out['words.txt'] = '\n'.join(
        x.format(p=p) for p in plain for x in LINES) + \
        f'\nall of {HOME}/audio/en/ and {HOME}/audio/de.\n'
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
        out |= set(re.findall(r'/carrel/data/[^"\n,;()|]*\.(?:wav|txt)', t))
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


def ingest(room, man):
    return room.json('ingest', '--dataset', 'd', '--manifest', man,
                     room.path('d'))


def moved(text):
    """As a text is shown to who sees all under its own name."""
    return text.replace('\\/', '/').replace(HOME, '/carrel/data/d')


def check_kept(texts, few):
    for name in ('nemo.jsonl', 'escaped.jsonl', 'wav.scp', 't.csv',
                 'words.txt', 'pairs.jsonl'):
        name = 'lists/' + name
        want = moved(lists()[name])
        want = re.sub(r'/carrel/data/d/audio/(en(?=/ )|de(?=\.\n))', '[FILE]',
                      want)
        check(texts['d/' + name] == want,
              f'{name}:\n{texts["d/" + name]}\nnot\n{want}')
        for c in CALLS:
            if not c.startswith('audio/en/b'):
                want = want.replace('/carrel/data/d/' + c, '[FILE]')
        check(few['d/' + name] == want,
              f'{name}:\n{few["d/" + name]}\nnot\n{want}')
    items = json.loads(texts['d/lists/more.json'])['items']
    full = [f'/carrel/data/d/{c}' for c in CALLS]
    check(json.loads(items[0]['in'])['files'] == full, str(items))
    check(json.loads(json.loads(items[0]['in2'])['x'])['files'] == full,
          str(items))
    check(items[1]['url'] == f'/data/local-files/?d={CALLS[1]}' and
          f'={CALLS[0]}&' in items[1]['also'] and
          items[1]['file'] == f'file://{full[0]}', str(items))


def rules(room):
    """A rule for the type is one as for any other."""
    src = lists()['lists/nemo.jsonl']
    for rule, want in (('keep', HOME + '/audio/en/a1.wav'), ('drop', ''),
                       ('tag', '[FILE_PATH_1]'), ('mask', '********')):
        _, texts = look(room, policy(room, 'keep', 'none', rule), 'alice')
        lines = texts['d/lists/nemo.jsonl'].splitlines()
        got = json.loads(lines[0])['audio_filepath']
        check(got == want, f'{rule}: {got}')
        check(len(lines) == len(CALLS), rule)
        check(rule != 'keep' or texts['d/lists/nemo.jsonl'] == src, 'kept')


def replay(room, start, code=0):
    out = room.jsonl('audit', 'replay', '--session', str(start), code=code)
    return out[-1]


def later(room, man):
    """Files that come later: another number, another path; what was shown is
    made again as it was."""
    pol = policy(room, 'number', 'none')
    starts, before = [], {}
    for who in ('alice', 'bob'):
        before[who], _ = look(room, pol, who)
        starts.append(next(
            e['seq'] for e in reversed(room.log('--op', 'SESSION_START'))
            if e['who'] == who))
    room.write('d/lists/later.jsonl', json.dumps(
        {'audio_filepath': f'{HOME}/audio/en/a0.wav'}) + '\n')
    r = ingest(room, man)
    check(r['skipped'] > 0 and not r['complaints'], str(r))
    room.write('d/audio/en/a0.wav', WAV)
    r = ingest(room, man)
    # What names no other stands; what may name one is read anew.
    check(r['files'] - r['skipped'] == len(lists()) + 2, str(r))
    check(ingest(room, man)['skipped'] == r['files'], 'nothing to do')
    keep = look(room, policy(room, 'keep', 'none'), 'alice')[1]
    check(json.loads(keep['d/lists/later.jsonl'])['audio_filepath'] ==
          '/carrel/data/d/audio/en/a0.wav', keep['d/lists/later.jsonl'])
    seen, texts, _ = session(room, 'number', 'alice')
    scp = [t for p, t in texts.items() if p.endswith('.scp')][0]
    check(scp.splitlines()[0] == 'utt0 /carrel/data/d/d01/d02/000002.wav',
          scp)
    check(before['alice'] != seen, 'numbers did not move')
    for s in starts:
        out = replay(room, s)
        check(out['match'] == out['reads'] > 0, str(out))
    return starts[0]


def erased(room, first):
    """What is gone has no place, then as now."""
    room.run('erase', 'd/audio/en/a1.wav', '--yes')
    _, texts = look(room, policy(room, 'keep', 'none'), 'alice')
    scp = texts['d/lists/wav.scp'].splitlines()
    check(scp[0] == 'utt0 [FILE]' and
          scp[1] == 'utt1 /carrel/data/d/audio/en/b2.wav', str(scp))
    out = replay(room, first, code=3)
    check(out['mismatch'] == 0 and out['match'] < out['reads'], str(out))
    check(room.json('fsck')['bad'] == 0, 'fsck')


def main():
    need_fuse()
    with Room() as room:
        man = fill(room)
        r = ingest(room, man)
        check(r['denied'] == 0 and not r['complaints'], str(r))
        for names in ('number', 'pseudonym', 'keep'):
            seen, texts, paths = session(room, names, 'alice')
            check(len(paths) == len(CALLS), f'{names}: {paths}')
            few, fewer, paths = session(room, names, 'bob')
            check(len(paths) == 1 and len(few) == len(lists()) + 1,
                  f'{names}: {paths}')
            if names == 'keep':
                check_kept(texts, fewer)
        first = later(room, man)
        rules(room)
        erased(room, first)


main()
