"""Real dialogues, preference data and recordings: one ingest; alice sees
exactly the records the stated formula deals to her, as the source restricted to
what the policy leaves; bytes outside spans are the source's. Of who spoke a
digit no name of a file tells, but that it was the same one.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import shutil
import struct
import subprocess

import real
from carrel import Room, check, shared


def files_below(top):
    out = {}
    for base, _, files in os.walk(top):
        for f in files:
            full = os.path.join(base, f)
            with open(full, 'rb') as h:
                out[os.path.relpath(full, top)] = h.read()
    return out


def check_alice(room, policy, data, key):
    """The view against an independent computation from the sources."""
    view = files_below(room.preview(policy, 'alice', task='batch'))
    want = {}
    seen = 0
    for path, full in real.sources(data):
        with open(full, encoding='utf-8') as f:
            records = json.load(f)
        mine = [real.drop_fields(path, r) for r in records
                if real.owner_of(key, b'batch',
                                 real.record_unit('real/' + path,
                                                  real.record_id(r)),
                                 real.LABELERS) == ['alice']]
        seen += len(mine)
        if mine:
            want['real/' + path] = mine
    check(set(view) == set(want), f'files differ: {set(view) ^ set(want)}')
    for path, records in want.items():
        got = json.loads(view[path])
        check(got == records, f'{path}: view is not the source restricted')
        check([type(a) for r in got for a in r.values()] ==
              [type(a) for r in records for a in r.values()],
              f'{path}: a type changed')
    return seen


def check_all_kept(room, data):
    """A role that keeps everything sees the source's own bytes."""
    p = room.write('keep.yaml', real.POLICY.replace(
        'redact: { default: tag, PERSON: pseudonym, MONEY: keep }',
        'redact: { default: keep }'))
    view = files_below(room.preview(p, 'dora'))
    for path, full in real.sources(data):
        with open(full, 'rb') as f:
            check(view['real/' + path] == f.read(),
                  f'{path}: not byte for byte the source')


def same_shape(a, b):
    """Equal keys, lengths and types; strings and numbers may differ."""
    if isinstance(a, dict):
        return isinstance(b, dict) and len(a) == len(b) and all(
            same_shape(x, y) for x, y in zip(a.values(), b.values()))
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(
            same_shape(x, y) for x, y in zip(a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    num = (int, float)
    return type(a) is type(b) or (isinstance(a, num) and isinstance(b, num))


def check_strict(room, policy, data):
    """Redacted JSON is valid and has the source's shape, also inside |json|."""
    view = files_below(room.preview(policy, 'dora'))
    changed = 0
    for path, full in real.sources(data):
        raw = view['real/' + path]
        with open(full, 'rb') as f:
            src = f.read()
        a, b = json.loads(src), json.loads(raw)
        check(same_shape(a, b), f'{path}: shape changed')
        changed += raw != src
        for x, y in zip(a, b):
            if isinstance(x.get('context'), str):
                check(same_shape(json.loads(x['context']),
                                 json.loads(y['context'])),
                      f'{path}: nested JSON broke')
    check(changed > 0, 'nothing was redacted at all')


def samples(b):
    """What stands in the data chunk."""
    at = b.index(b'data')
    return b[at + 8:at + 8 + struct.unpack('<I', b[at + 4:at + 8])[0]]


def check_speakers(room, policy, data):
    """digit_SPEAKER_take.wav: stand-ins in the names, the samples as they are,
    and programs that read recordings read them."""
    view = room.preview(policy, 'dora') + '/real/speech/fsdd'
    seen, sources, stands = set(os.listdir(view)), {}, {}
    for name, full in real.recordings(data):
        with open(full, 'rb') as f:
            sources.setdefault(samples(f.read()), set()).add(name)
    check(len(seen) == len(real.recordings(data)), f'{len(seen)} recordings')
    for name in seen:
        with open(f'{view}/{name}', 'rb') as f:
            was = sources[samples(f.read())]
        digit, who, take = name.split('_')
        check(any(x.split('_')[0] == digit and x.split('_')[2] == take
                  for x in was), f'{name}: {was}')
        stands.setdefault(who, set()).update(x.split('_')[1] for x in was)
    check(all(len(v) == 1 for v in stands.values()) and len(stands) == 6,
          f'a speaker is one stand-in: {stands}')
    real_names = set.union(*stands.values())
    for who in ('dora', 'emil'):
        names = [p for p in files_below(room.preview(policy, who))
                 if p.endswith('.wav')]
        check(len(names) == len(seen), f'{who}: {len(names)}')
        # Whole words: a stand-in may be Theodore where there is a Theo.
        words = {w for p in names for w in re.split(r'[\W_]+', p.lower())}
        check(not words & real_names, f'{who} sees {words & real_names}')
    if shutil.which('soxi') is None:
        print('no soxi: recordings are not given to another program')
        return
    total = subprocess.run(
        ['soxi', '-s', *(f'{view}/{n}' for n in sorted(seen))],
        capture_output=True, text=True, check=True)
    frames = [int(x) for x in total.stdout.split()]
    check(total.stderr == '' and len(frames) == len(seen) and
          sum(frames) * 2 == sum(len(samples(open(f, 'rb').read()))
                                 for _, f in real.recordings(data)),
          total.stderr)


def main():
    data = shared('dialogue')[:-len('/dialogue')]
    shared('speech/fsdd')
    with Room() as room:
        man = room.write('real.yaml', real.MANIFEST)
        policy = room.write('policy.yaml', real.POLICY)
        room.run('ingest', '--dataset', 'real', '--manifest', man,
                 data + '/dialogue', data + '/rlhf', data + '/speech')
        key = bytes.fromhex(room.json('policy', 'explain', '--assignment',
                                      '--policy', policy)['assign_key'])
        seen = check_alice(room, policy, data, key)
        print('alice sees', seen, 'of 1478 records')
        check(380 < seen < 610, f'dealing is uneven: {seen}')
        check_all_kept(room, data)
        check_strict(room, policy, data)
        check_speakers(room, policy, data)
        room.run('fsck')
        room.run('audit', 'verify', '--key', room.vkey)


main()
