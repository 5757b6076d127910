"""The five example policies in the demonstration's store: each is well formed,
passes its own tests, and shows every annotator of it whole files in which no
value that the generator knows is left.
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import glob
import io
import json
import os
import re
import subprocess
import sys

from carrel import TOP, Room, check, need_fuse, need_voice
from ways import files_below

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, 'tools', 'demo'))
import hear  # noqa: E402

POLICIES = os.path.join(TOP, 'example-policies')
FIVE = {'call-center': 'transcription', 'clinical': 'dictation',
        'dialogue': 'annotation', 'mail': 'support',
        'preference': 'preference'}


def generate(room, name, *more):
    subprocess.run([os.path.join(TOP, 'tools', 'demo-data'), room.path(name),
                    *more], check=True)
    return files_below(room.path(name))


def same_again(room):
    a, b, other = (generate(room, n, '--calls', '2', '--dictations', '1',
                            '--seed', s) for n, s in
                   (('g1', '7'), ('g2', '7'), ('g3', '8')))
    check(a == b, 'the same seed wrote other bytes')
    check(a != other, 'another seed wrote the same bytes')


def truths(data):
    """What nobody may see, from what the generator wrote."""
    out, names = set(), set()
    for path, b in data.items():
        text = '' if path.endswith('.wav') else b.decode()
        out.update(re.findall(r'\d{4} \d{4} \d{4} \d{4}', text))
        out.update(re.findall(r'HB-\d{8}', text))
        out.update(re.findall(r'DE\d\d(?: \d+)+', text))
        out.update(re.findall(r'[a-z]+\d+@example\.org', text))
        if path.startswith('bank/metadata/'):
            c = json.loads(text)
            names.update((c['caller'].pop('name'), c['agent']))
            out.update(c['caller'].values())
        elif path.startswith('clinic/dictations/'):
            p = json.loads(text)['patient']
            names.add(p['name'])
            out.update((p['born'], p['zip'], p['mrn']))
    for r in csv.DictReader(io.StringIO(data['bank/customers.csv'].decode())):
        names.add(r['name'])
        out.update((r['born'], r['phone'], r['mail']))
    names.discard('')
    check(len(names) > 30 and len(out) > 60, 'the truth is too small')
    return names, out


def timed(data):
    """Words are in order, within the recording, and no two overlap."""
    for path, b in data.items():
        if not path.startswith('bank/calls/'):
            continue
        wav = data[path.replace('/calls/', '/audio/')[:-4] + 'wav']
        channels = int.from_bytes(wav[22:24], 'little')
        rate = int.from_bytes(wav[24:28], 'little')
        end, before = (len(wav) - 44) / 2 / channels / rate, (0, 0)
        for s in json.loads(b)['segments']:
            check([w['word'] for w in s['words']] == s['text'].split(), path)
            for w in s['words']:
                t = w['start'], w['end']
                check(t == before or before[1] <= t[0] < t[1] <= end + 1e-4,
                      f'{path}: {w}')
                before = t


def whole(view):
    """Files are what their names say."""
    for path, b in view.items():
        if path.endswith('.json'):
            json.loads(b)
        elif path.endswith('.jsonl'):
            for x in b.decode().splitlines():
                json.loads(x)
        elif path.endswith('.csv'):
            rows = list(csv.reader(io.StringIO(b.decode())))
            check(len({len(r) for r in rows}) == 1, path)
        else:
            check(path.endswith('.wav') and b[:4] == b'RIFF', path)


def no_truth(what, view, names, values):
    text = '\n'.join(p + '\n' + ('' if p.endswith('.wav') else b.decode())
                     for p, b in view.items())
    for v in values:
        check(v not in text, f'{what}: {v}')
    low = text.lower()
    for n in names:
        for v in (n.lower(), n.lower().replace(' ', '-')):
            check(v not in low, f'{what}: {v}')


def annotators(policy):
    with open(policy, encoding='utf-8') as f:
        body = f.read().split('\nannotators:\n')[1]
    return re.findall(r'^  (\w+):', body, re.M)


def views(room, name, names, values):
    policy = os.path.join(POLICIES, name + '.yaml')
    check(f'purpose: {FIVE[name]}' in open(policy).read(), name)
    r = room.run('policy', 'check', policy)
    check('not enforced' not in r.stdout + r.stderr, r.stdout + r.stderr)
    r = room.run('policy', 'test', policy)
    print(name, r.stdout.strip())
    check(int(r.stdout.split()[0]) >= 5, r.stdout)
    seen = {}
    for who in annotators(policy):
        seen[who] = files_below(room.preview(policy, who))
        check(seen[who], f'{name}: {who} sees nothing')
        whole(seen[who])
        no_truth(f'{name}, {who}', seen[who], names, values)
    first = annotators(policy)[0]
    m = room.mount(policy, first)
    check(files_below(m.dir + '/data') == seen[first], name + ': the mount')
    m.stop()
    return seen


def words_of(b):
    return [w for s in json.loads(b)['segments'] for w in s['words']]


def bleeps(data, view, pad):
    """In each recording exactly the words are gone that its transcript shows
    in another way."""
    by_number = {p[-8:-5]: p for p in data if p.startswith('bank/calls/')}
    seen, channels = [p for p in view if p.startswith('bank/calls/')], set()
    for p in seen:
        src = by_number[p[-8:-5]]
        wavs = [hear.Wav(b[q.replace('/calls/', '/audio/')[:-4] + 'wav'])
                for b, q in ((data, src), (view, p))]
        spans = [(b['start'], b['end']) for a, b in
                 zip(words_of(view[p]), words_of(data[src]))
                 if a['word'] != b['word']]
        check(len(spans) > 4 and wavs[0].frames() == wavs[1].frames(), p)
        outside, same = hear.changed(*wavs, spans, pad)
        check(not outside, f'{p}: changed where nothing is hidden')
        check(same < 0.02, f'{p}: {same} of the hidden words is heard')
        channels.add(wavs[0].channels)
    print(len(seen), 'recordings of', channels, 'channels')
    check(len(seen) > 8 and channels == {1, 2}, f'only {seen}')


def differences(all_):
    """What sets roles of one policy apart."""
    c = all_['call-center']
    check(any(p.endswith('.csv') for p in c['alice']) and
          not any(p.endswith('.csv') for p in c['bob']), 'the list')
    check(any('/de/' in p for w in ('alice', 'carol', 'dan') for p in c[w]),
          'German calls')
    c = all_['clinical']
    check(any(p.endswith('.wav') for p in c['tess']) and
          not any(p.endswith('.wav') for p in c['cody']), 'dictations')
    text = b''.join(c['cody'].values()).decode()
    check(re.search(r'a patient (\d\d-\d\d|90\+) years old', text) and
          not re.search(r'patient \d+ years', text), 'ages')
    c = all_['mail']
    text = {w: b''.join(v.values()).decode() for w, v in c.items()}
    check('Grüßen' in text['greta'] and 'Un saludo' in text['greta'] and
          'Regards' in text['erin'] and 'Regards' not in text['greta'] and
          'Grüßen' not in text['erin'], 'languages')
    text = {w: str(v) for w, v in all_['dialogue'].items()}
    check(any('refund of $' in t for w, t in text.items() if w != 'rita') and
          'refund of [MONEY_1]' in text['rita'], 'amounts that agents say')
    check('think' not in str(all_['preference']), 'reasoning')


def main():
    need_fuse()
    need_voice()
    found = {os.path.basename(p)[:-5] for p in glob.glob(POLICIES + '/*.yaml')
             if not p.endswith('.test.yaml')}
    check(found == set(FIVE), str(found))
    with Room() as room:
        same_again(room)
        data = generate(room, 'data', '--calls', '16')
        timed(data)
        for name in ('bank', 'clinic'):
            room.run('ingest', '--manifest', room.path(f'data/{name}.yaml'),
                     room.path('data', name))
        names, values = truths(data)
        all_ = {n: views(room, n, names, values) for n in sorted(FIVE)}
        differences(all_)
        bleeps(data, {p: b for w in ('alice', 'carol', 'dan') for p, b in
                      all_['call-center'][w].items()}, 0.1)
        room.run('fsck')


main()
