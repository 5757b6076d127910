"""Parts that meet: who is known to speak in a cue, an exchange of fields beside
a recording, erasing values that recordings hold, and one person in all files of
a call and their names.
"""
# SPDX-License-Identifier: Apache-2.0
import collections
import json
import os
import random
import struct
from carrel import Room, check, seed
from ways import files_below

RATE = 8000
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - match: "text/*.json"
    group: "{stem}"
    text: "$.segments[*].text"
    speaker: "$.segments[*].speaker"
    segments: { items: "$.segments[*]", start: "$.start", end: "$.end",
                channel: "$.speaker" }
    words: { items: "$.segments[*].words[*]", text: "$.word",
             start: "$.start", end: "$.end" }
    channels: { agent: 1, caller: 2 }
  - { match: "wav/*.wav", group: "{stem}" }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
'''
ROLE = '''  {0}:
    see: [ {{ files: "d/**", records: all }} ]
    names: keep
    redact: {{ default: tag{1} }}
    audio: {{ pad_ms: 50 }}
{2}'''
SWAP = '    fields: [ { files: "d/**", swap: [["$.a", "$.b"]] } ]\n'
AGENT = ', PERSON: { keep: {}, speaker: [agent] }'
CUES = '''WEBVTT

1
00:01.000 --> 00:05.000
<v agent>Who is it please?
<v caller>My name is Maria Lopez.

2
00:09.000 --> 00:12.000
My name is Maria Lopez. <v agent>Thank you.

3
00:13.000 --> 00:15.000
<v agent>One moment.</v>
- My name is Maria Lopez.

4
00:16.000 --> 00:18.000
<v agent>My name is Nkechi Okafor.
'''


def policy(room):
    text = POLICY
    for who, rule, fields in (('plain', '', ''), ('swap', '', SWAP),
                              ('agent', AGENT, '')):
        text += ROLE.format(who, rule, fields)
    return room.write('p.yaml', text + 'annotators: { plain: { role: plain }, '
                      'swap: { role: swap }, agent: { role: agent } }\n')


def chunk(name, b):
    return name + struct.pack('<I', len(b)) + b


def stereo(data):
    fmt = struct.pack('<HHIIHH', 1, 2, RATE, RATE * 4, 4, 16)
    body = b'WAVE' + chunk(b'fmt ', fmt) + chunk(b'data', data)
    return chunk(b'RIFF', body)


def segment(who, words):
    return {'speaker': who, 'start': words[0][1], 'end': words[-1][2],
            'text': ' '.join(w[0] for w in words),
            'words': [{'word': w, 'start': a, 'end': b}
                      for w, a, b in words]}


def transcript(at):
    """The caller says a name while the agent says a number."""
    agent = [('call', -.5, -.2), ('me', -.2, -.1), ('at', -.1, 0),
             ('415', 0, 1), ('555', 2, 3), ('0132', 5, 6)]
    caller = [('my', 2.1, 2.2), ('name', 2.2, 2.4), ('is', 2.4, 2.6),
              ('Maria', 2.7, 2.95), ('Garcia', 3.0, 3.3)]
    return {'segments': [
        segment(who, [(w, at + a, at + b) for w, a, b in words])
        for who, words in (('agent', agent), ('caller', caller))]}


def view(room, p, who, path):
    out = room.path('view-' + who)
    if not os.path.exists(out):
        room.run('preview', '--policy', p, '--as', who, '--out', out)
    with open(f'{out}/d/{path}', 'rb') as f:
        return f.read()


def heard(raw, data, channel, start, end):
    """Samples of a channel that are the source's own."""
    return sum(raw[44 + 4 * k + 2 * channel:][:2] ==
               data[4 * k + 2 * channel:][:2]
               for k in range(int(start * RATE), int(end * RATE)))


CALL = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - match: "meta/*.json"
    group: "{stem}"
    entities: { PERSON: "$.caller", ACCOUNT_NUMBER: "$.ref" }
  - match: "text/*.json"
    group: "{stem}"
    text: "$.said"
    words: { items: "$.words[*]", text: "$.w", start: "$.a", end: "$.b" }
    audio: "audio/{stem}.wav"
  - { match: "chat/*.jsonl", group: "{stem}", text: "$.said" }
  - { match: "table/*.csv", group: "{stem}" }
  - { match: "audio/*.wav", group: "{stem}" }
'''
CALLS = {'quilp_harrow-7': ('Quilp Harrow', '90127', 'nine oh one twenty seven'),
         'nkiru abadi 7': ('Nkiru Abadi', '55382', 'double five three eight two'),
         'a.nkiru abadi': ('Nkiru Abadi', '71946', 'seven one nine four six')}


def call_files(room, rnd, stem, name, ref, spoken):
    """Nothing but the metadata says that it is a name, or a number."""
    words, at = [], 1.0
    for w in f'{name} again with {spoken} please'.lower().split():
        words.append({'w': w, 'a': round(at, 2), 'b': round(at + .2, 2)})
        at += .3
    first, last = name.split()
    room.write(f'd/meta/{stem}.json', json.dumps(
        {'caller': name, 'ref': ref}))
    room.write(f'd/text/{stem}.json', json.dumps(
        {'said': f'{name} again with {ref} please', 'words': words}))
    room.write(f'd/chat/{stem}.jsonl',
               json.dumps({'said': f'thanks {first.lower()}'}) + '\n'
               + json.dumps({'said': f'ref {ref[:2]} {ref[2:]}'}) + '\n')
    room.write(f'd/table/{stem}.csv', 'day,note,code\n'
               f'Monday,"asked {name}, twice",{ref}\n')
    sound = rnd.randbytes(RATE * 5 * 4)
    room.write(f'd/audio/{stem}.wav', stereo(sound))
    return words, sound


def told(room, p, who):
    out = files_below(room.preview(p, who))
    for path, b in out.items():
        for name, ref, _ in CALLS.values():
            for v in [ref, *name.lower().split()]:
                check(v not in path.lower() and
                      (path.endswith('.wav') or v.encode() not in b.lower()),
                      f'{who}: {v} in {path}: {b[:200]}')
    return {path: b for path, b in out.items()}


def stands(seen, folder):
    """By stem as shown, the file's bytes."""
    return {path.split('/')[-1].rsplit('.', 1)[0]: b
            for path, b in seen.items() if f'/{folder}/' in path}


def one_person(seen):
    """The metadata's stand-in is the one in words, text, chat and table."""
    people = set()
    for stem, b in stands(seen, 'meta').items():
        caller = json.loads(b)['caller']
        first, last = caller.split()[0], caller.split()[-1]
        text = json.loads(stands(seen, 'text')[stem])
        check(text['said'].startswith(caller + ' again with '), str(text))
        check(text['words'][0]['w'].lower() == first.lower() and
              text['words'][1]['w'].lower() == last.lower(), str(text))
        check('thanks ' + first.lower() in
              stands(seen, 'chat')[stem].decode().lower(), stem)
        check(f'asked {caller},' in stands(seen, 'table')[stem].decode(),
              f'{caller}: {stands(seen, "table")[stem]}')
        check(first.lower() in stem.lower(), f'{stem} is of {caller}')
        people.add(caller)
    check(len(people) == 2, f'one stand-in a person: {people}')


def partners(seen):
    """All files of a call have one name, and another call another."""
    names = collections.Counter(p.split('/')[-1].rsplit('.', 1)[0]
                                for p in seen)
    check(sorted(names.values()) == [5] * 3, f'partners part: {names}')


def whole_calls(rnd):
    with Room() as room:
        made = {s: call_files(room, rnd, s, *v) for s, v in CALLS.items()}
        room.write('m.yaml', CALL)
        room.run('ingest', '--manifest', room.path('m.yaml'), room.path('d'))
        text = POLICY
        for who, names in (('keep', 'keep'), ('group', 'pseudonym'),
                           ('number', 'number')):
            text += ROLE.format(who, ', PERSON: pseudonym', '').replace(
                'names: keep', 'names: ' + names)
        p = room.write('p.yaml', text + 'annotators: { keep: { role: keep }, '
                       'group: { role: group }, number: { role: number } }\n')
        seen = told(room, p, 'keep')
        one_person(seen)
        partners(seen)
        check(told(room, p, 'keep') == seen, 'the same each time')
        partners(told(room, p, 'group'))
        told(room, p, 'number')
        for words, sound in made.values():
            got = next(b for path, b in seen.items() if path.endswith('.wav')
                       and heard(b, sound, 0, 4, 5) == RATE)
            for w in words:
                n = heard(got, sound, 0, w['a'], w['b'])
                keep = w['w'] in ('again', 'with', 'please')
                check((n > RATE // 20) if keep else n < 10,
                      f'{w}: {n} samples are the source\'s')


def main():
    rnd = random.Random(seed())
    sound = {'a': rnd.randbytes(RATE * 60 * 4), 'b': rnd.randbytes(RATE * 48)}
    with Room() as room:
        for name, at in (('a', 36.0), ('b', 3.0)):
            room.write(f'd/wav/{name}.wav', stereo(sound[name]))
            room.write(f'd/text/{name}.json', json.dumps(transcript(at)))
        room.write('d/cues.vtt', CUES)
        room.write('d/noise.wav', stereo(rnd.randbytes(RATE * 240)))
        man = room.write('m.yaml', MANIFEST)
        room.run('ingest', '--manifest', man, room.path('d'), code=3)
        p = policy(room)

        # An exchange that the recording knows nothing of changes no bleep.
        for who in ('plain', 'swap'):
            raw = view(room, p, who, 'wav/a.wav')
            check(len(raw) == 44 + len(sound['a']), f'{who}: {len(raw)}')
            n = heard(raw, sound['a'], 1, 38.7, 39.3)
            check(n < 10, f'{who}: {n} samples of the name are left')
            n = heard(raw, sound['a'], 0, 50, 51)
            check(n == RATE, f'{who}: {n} samples of what is no value')

        # Where nobody knows who speaks, the condition does not hold.
        text = view(room, p, 'agent', 'cues.vtt').decode()
        check('Maria' not in text and 'Lopez' not in text, text)
        check('Nkechi Okafor' in text, text)

        # A person's recordings are found, and no noise is taken for a name.
        values = room.write('s.txt', 'Maria Garcia\nIan\nLee\n')
        out = room.run('erase', '--value-file', values, '--dry-run').stdout
        for name in ('text/a.json', 'text/b.json', 'wav/a.wav', 'wav/b.wav'):
            check(name in out, f'{name} is not found:\n{out}')
        check('noise' not in out, out)
    whole_calls(rnd)


main()
