#!/usr/bin/env python3
"""Personal values that leak from two-sided dialogues with exact offsets.

usage: sgd.py [--lower] [--carrel PROGRAM] [--list N] FILE.json...

The files are those of the Schema-Guided Dialogue set. Each dialogue becomes
one JSON line of turns, `carrel detect` finds spans in it, and they are held
against the slots that are about people: names, phone numbers, addresses. A
value leaks where a letter or digit of it is in no span. Over-redaction is the
share of words in no slot at all that a span of a personal type covers. A
value is consistent where all its mentions in a dialogue are hidden, or none.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import collections
import json
import os
import re
import subprocess
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))

PERSONAL = {
    'therapist_name': 'name', 'recipient_name': 'name',
    'recipient_account_name': 'name', 'stylist_name': 'name',
    'dentist_name': 'name', 'doctor_name': 'name', 'contact_name': 'name',
    'phone_number': 'phone', 'address': 'address',
    'street_address': 'address', 'address_of_location': 'address'}
PLACES = {'location', 'city', 'destination_city', 'origin_city', 'area',
          'from_location', 'to_location', 'pickup_city', 'city_of_event'}
# Types that stand for a person; places and companies are told apart.
HIDDEN = {'PERSON', 'PHONE_NUMBER', 'STREET_ADDRESS', 'EMAIL_ADDRESS',
          'USERNAME', 'ID_NUMBER', 'ACCOUNT_NUMBER', 'ZIP_CODE'}
MANIFEST = '''carrel-dataset: 1
name: sgd
language: en
files:
  - match: "**"
    format: jsonl
    text: ["$.turns[*].text"]
    speaker: "$.turns[*].speaker"
'''


class Dialogue:
    """One line, and where in it the characters of its turns stand."""

    def __init__(self, turns, lower):
        self.line, self.turns = '{"turns":[', []
        for i, (speaker, text, slots) in enumerate(turns):
            if lower:
                text = ''.join(c.lower() if len(c.lower()) == 1 else c
                               for c in text)
            self.line += (',' if i else '') + '{"speaker":"' + speaker + \
                '","text":"'
            at = []
            for c in text:
                at.append(len(self.line))
                self.line += json.dumps(c, ensure_ascii=False)[1:-1]
            at.append(len(self.line))
            self.line += '"}'
            self.turns.append((text, at, slots))
        self.line += ']}\n'


def read(paths, lower):
    for path in paths:
        with open(path, encoding='utf-8') as f:
            for d in json.load(f):
                yield Dialogue([(t['speaker'], t['utterance'],
                                 [s for frame in t['frames']
                                  for s in frame['slots'] if 'start' in s])
                                for t in d['turns']], lower)


def detect(carrel, dialogues):
    """The spans of each dialogue, as (start, end, type) in its line."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'd.jsonl')
        manifest = os.path.join(folder, 'manifest.yaml')
        with open(path, 'w', encoding='utf-8') as f:
            f.writelines(d.line for d in dialogues)
        with open(manifest, 'w', encoding='utf-8') as f:
            f.write(MANIFEST)
        out = subprocess.run([carrel, 'detect', '--manifest', manifest,
                              '--unit', 'codepoints', path], check=True,
                             capture_output=True, text=True).stdout
    spans, base = json.loads(out)['spans'], 0
    i = 0
    for d in dialogues:
        mine = []
        while i < len(spans) and spans[i]['start'] < base + len(d.line):
            s = spans[i]
            mine.append((s['start'] - base, s['end'] - base, s['type']))
            i += 1
        base += len(d.line)
        yield d, mine


def covers(spans, length, types):
    hidden = bytearray(length)
    for start, end, kind in spans:
        if types is None or kind in types:
            hidden[start:end] = b'\1' * (end - start)
    return hidden


class Tally:
    def __init__(self):
        self.n = collections.Counter()
        self.leaked = collections.Counter()
        self.examples = collections.Counter()

    def dialogue(self, d, spans):
        any_ = covers(spans, len(d.line), None)
        personal = covers(spans, len(d.line), HIDDEN)
        seen = collections.defaultdict(set)
        for text, at, slots in d.turns:
            inside = bytearray(len(text))
            for s in slots:
                start, end = s['start'], s['exclusive_end']
                inside[start:end] = b'\1' * (end - start)
                kind = PERSONAL.get(s['slot'])
                if s['slot'] in PLACES:
                    kind = 'place'
                if kind is None:
                    continue
                leaks = any(c.isalnum() and not any_[at[start + i]]
                            for i, c in enumerate(text[start:end]))
                self.n[kind] += 1
                self.leaked[kind] += leaks
                seen[kind, text[start:end].lower()].add(leaks)
                if leaks:
                    self.examples[kind, text[start:end]] += 1
            self.words(text, at, inside, any_, personal)
        for key, both in seen.items():
            self.n['value'] += 1
            self.leaked['value'] += len(both) > 1

    def words(self, text, at, inside, any_, personal):
        for m in re.finditer(r"[^\W_]+", text):
            if any(inside[m.start():m.end()]):
                continue
            self.n['word'] += 1
            self.leaked['word'] += personal[at[m.start()]]
            self.leaked['any'] += any_[at[m.start()]]
            if personal[at[m.start()]]:
                self.examples['over', m.group()] += 1


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--lower', action='store_true')
    p.add_argument('--carrel', default=os.path.join(TOP, 'build/carrel'))
    p.add_argument('--list', type=int, default=0)
    p.add_argument('files', nargs='+')
    args = p.parse_args()
    t = Tally()
    for d, spans in detect(args.carrel,
                           list(read(args.files, args.lower))):
        t.dialogue(d, spans)
    for kind in ('name', 'phone', 'address', 'place'):
        print(f'{kind:8} {t.leaked[kind]} of {t.n[kind]} leaked '
              f'({100 * t.leaked[kind] / max(1, t.n[kind]):.1f} %)')
    print(f'over-redaction {100 * t.leaked["word"] / t.n["word"]:.2f} % of '
          f'{t.n["word"]} words by personal types, '
          f'{100 * t.leaked["any"] / t.n["word"]:.2f} % by any')
    print(f'consistent {t.n["value"] - t.leaked["value"]} of {t.n["value"]} '
          'values')
    for (kind, words), n in t.examples.most_common(args.list):
        print(f'{n:5} {kind}: {words}')


if __name__ == '__main__':
    main()
