"""Sensitive values in names of files and folders: what a policy hides is in no
name that an annotator sees, whatever names: says; partners stay partners, one
person is one stand-in in names and contents, and a preview, a mount and a
replay are the same.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import subprocess

from carrel import Room, check, need_fuse
from ways import files_below

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - { match: "pairs/**/*.json", records: "$[*]", group: "{stem}" }
  - { match: "pairs/**/*.txt", group: "{stem}" }
recognizers:
  custom:
    - { type: PERSON, words: speakers.txt }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  r:
    see:
      - { files: "d/john_garcia/open.txt", records: all }
      - { files: "d/fsdd/**", records: all }
      - { files: "d/pairs/**", records: all }
      - { files: "d/alone/**", records: all }
    names: NAMES
    redact: { default: tag, PERSON: HOW }
annotators:
  alice: { role: r }
'''
# None is a first name that made-up people have, and "Theodora" is no Theo:
# words are looked for as words.
SPEAKERS = ['george', 'jackson', 'lucas', 'nikolaj', 'theo', 'yweweler']
# Parts of what the names below hold; none may be in what is shown.
VALUES = SPEAKERS + ['john', 'garcia', 'maria', 'lopez', 'okafor', '0132',
                     '5550199', '9998', 'bank.example', '7151390787',
                     '2026', '10.20.30.41']


def says(who, phone):
    return f'My name is {who}. Call {phone} back.'


def fill(room):
    room.write('speakers.txt', '\n'.join(SPEAKERS) + '\n')
    for i, who in enumerate(SPEAKERS):
        for take in range(2):
            room.write(f'd/fsdd/{i}_{who}_{take}.txt',
                       f'{who.title()} says {i}.\n')
    # A pair of one call; another pair of the same person in a folder.
    for stem, who in (('JohnGarcia_1', 'John Garcia'),
                      ('lopez-maria', 'Maria Lopez')):
        room.write(f'd/pairs/{stem}.json', json.dumps(
            [{'text': says(who, '415-555-0132')}, {'text': 'thanks'}]))
        room.write(f'd/pairs/{stem}.txt', 'nothing is said here\n')
    room.write('d/pairs/Lena Okafor/okafor_4155550132.txt',
               says('Lena Okafor', '415-555-0132'))
    for name in ('call 415-555-0132', 'john.k@bank.example', 'x_7151390787',
                 '2026-07-14_call', 'ssn 219-09-9998', 'from 10.20.30.41 on',
                 'call_000123', 'part-2'):
        room.write(f'd/alone/{name}.txt', 'hello\n')
    room.write('d/alone/+1 (415) 555-0199/a.txt', 'hello\n')
    # Only a file that alice does not see knows who the folder is called for.
    room.write('d/john_garcia/open.txt', 'hello\n')
    room.write('d/john_garcia/closed.txt', says('John Garcia', '1'))


def policy(room, names, how):
    p = room.path(f'{names}-{how}.yaml')
    with open(p, 'w') as f:
        f.write(POLICY.replace('NAMES', names).replace('HOW', how))
    return p


def clean(text, what):
    text = text.lower()
    words = re.findall('[a-z]+', text)
    for v in VALUES:
        check(v not in (words if v.isalpha() else text),
              f'{what}: {v} in\n{text}')


def look(room, pol):
    """Everything once, through a mount; the names and bytes of all files."""
    m = room.mount(pol, 'alice')
    seen = files_below(m.dir + '/data')
    r = subprocess.run(['ls', '-R', m.dir + '/data'], capture_output=True,
                       text=True)
    with open(m.dir + '/TASK.md') as f:
        task = f.read()
    m.stop()
    return seen, r.stdout, task


def session(room, pol):
    """Mount, preview, log and replay agree, and show no value."""
    seen, listing, task = look(room, pol)
    what = os.path.basename(pol)
    check(len(seen) == 27, f'{what}: {len(seen)} files: {sorted(seen)}')
    clean(listing, what + ': ls -R')
    clean('\n'.join(seen), what + ': paths')
    clean(task.replace('annotation', ''), what + ': TASK.md')
    check(files_below(room.preview(pol, 'alice')) == seen, what + ': preview')
    start = room.log('--op', 'SESSION_START')[-1]['seq']
    entries = room.log('--annotator', 'alice')
    paths = [e['path'] for e in entries if e.get('path')]
    check(len(paths) >= 27, f'{what}: {len(paths)} paths in the log')
    clean('\n'.join(paths), what + ': audit log')
    out = room.jsonl('audit', 'replay', '--session', str(start))
    check(out[-1]['match'] == out[-1]['reads'] >= 27, str(out[-1]))
    return seen


def stems(seen, folder, ext):
    return {os.path.basename(p)[:-len(ext)] for p in seen
            if re.fullmatch(folder, os.path.dirname(p)) and p.endswith(ext)}


def partners(seen):
    """Both pairs of names: pseudonym, and no third with a partner."""
    json_ = stems(seen, '.*', '.json')
    check(len(json_) == 2, str(json_))
    check(json_ < stems(seen, '.*', '.txt'), f'partners part: {sorted(seen)}')


def tagged(seen):
    check('d/fsdd/0_[PERSON_1]_0.txt' in seen, str(sorted(seen)))
    check('d/[PERSON_1]/open.txt' in seen, 'the folder a hidden file knows')
    for name in ('call_000123', 'part-2', 'call [PHONE_NUMBER_1]',
                 '[EMAIL_ADDRESS_1]', 'x_[ID_NUMBER_1]',
                 '[DATE_TIME_1]_call', 'ssn [US_SSN_1]',
                 'from [IP_ADDRESS_1] on', '[PHONE_NUMBER_1]/a'):
        check(f'd/alone/{name}.txt' in seen, f'{name}: {sorted(seen)}')
    # Two pairs are alike when tagged: each gets its own suffix.
    twins = [p for p in seen if re.fullmatch(
        r'd/pairs/\[PERSON_1\](_1)?(-k[0-9a-f]{10})?\.(json|txt)', p)]
    check(len(twins) == 4, str(sorted(seen)))


def faked(seen):
    """One stand-in per speaker, in all names and in the contents."""
    who = {}
    for path, data in seen.items():
        m = re.fullmatch(r'd/fsdd/(\d)_(.+)_(\d)(-k[0-9a-f]{10})?\.txt', path)
        if not m:
            continue
        who.setdefault(m[1], set()).add(m[2])
        said = data.decode().split(' says ')
        check(said[0].lower() == m[2], f'{path}: {data}')
    check(len(who) == 6 and all(len(v) == 1 for v in who.values()), str(who))
    check(len({*map(frozenset, who.values())}) >= 5, str(who))
    # "John Garcia" is one in a folder, in a name of two files, in a text.
    folder = next(p for p in seen if p.endswith('/open.txt')).split('/')[1]
    call = next(p for p in seen if p.startswith('d/pairs/') and
                p.endswith('_1.json'))
    check(os.path.basename(call)[:-7].lower() == folder, f'{folder} {call}')
    text = json.loads(seen[call])[0]['text'].lower().replace('. ', ' ')
    check(folder.replace('_', ' ') in text, f'{folder}: {text}')


def main():
    need_fuse()
    with Room() as room:
        fill(room)
        man = room.write('m.yaml', MANIFEST)
        r = room.json('ingest', '--dataset', 'd', '--manifest', man,
                      room.path('d'))
        check(r['denied'] == 0 and not r['complaints'], str(r))
        check(room.json('fsck')['bad'] == 0, 'fsck')
        tagged(session(room, policy(room, 'keep', 'tag')))
        faked(session(room, policy(room, 'keep', 'pseudonym')))
        session(room, policy(room, 'number', 'tag'))
        partners(session(room, policy(room, 'pseudonym', 'tag')))
        # What the owner keeps in contents stays in names too.
        seen = look(room, policy(room, 'keep', 'keep'))[0]
        check('d/john_garcia/open.txt' in seen and
              'd/fsdd/0_george_0.txt' in seen and
              'd/alone/call [PHONE_NUMBER_1].txt' in seen, str(sorted(seen)))


main()
