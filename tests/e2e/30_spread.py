"""One person in all files of a call: transcript with words, chat, table,
preference pairs, metadata, links, JSON in strings, names of files. No form of
her name is shown, the same made-up person stands for all of them, and words
that only look like hers stay.
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import json
import os
import re

from carrel import Room, check
from ways import files_below

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - match: "call/*.json"
    group: "call"
    text: "$.segments[*].text"
    speaker: "$.segments[*].speaker"
    segments: { items: "$.segments[*]", start: "$.start", end: "$.end" }
    words: { items: "$.segments[*].words[*]", text: "$.word",
             start: "$.start", end: "$.end" }
  - { match: "call/**", group: "call" }
  - { match: "other/**", group: "other" }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  tags:
    see: [ { files: "d/**", records: all } ]
    names: keep
    redact: { default: tag }
  people:
    see: [ { files: "d/**", records: all } ]
    names: keep
    redact: { default: { pseudonym: { scope: project } } }
annotators: { tags: { role: tags }, people: { role: people } }
'''
# Nothing that is shown holds one of these.
FORMS = ['crystal', 'minh', 'will', 'müller', 'mueller', 'muller', 'k8842']
# Words that look like a form of a name, and must stay where they stand.
DECOYS = ['crystalline', 'I will call', 'will you', 'free will', 'mulled',
          '50% off', 'a&b', 'Terms', 'grants']


NAMES = ['call/Crystal Minh/notes.txt', 'call/minh_crystal_1.txt',
         'call/cminh_chat.txt', 'call/CrystalMinh.txt']


def segment(who, text, at):
    words = text.split()
    return {'speaker': who, 'text': text, 'start': at, 'end': at + len(words),
            'words': [{'word': w.strip('.,?').lower(), 'start': at + i,
                       'end': at + i + 1} for i, w in enumerate(words)]}


def transcript():
    return {
        'segments': [
            segment('agent', 'Thank you for calling. Your name please?', 0),
            segment('caller', 'My name is Crystal Minh.', 20),
            segment('agent', 'Thank you Crystal. Is that Ms. Minh?', 30),
            segment('caller', 'Yes, the crystalline one.', 40)],
        'normalized': 'my name is crystal minh yes the crystalline one',
        'meta': {'customer': 'Minh, Crystal', 'login': 'cminh730',
                 'mail': 'crystal.minh@bank.example',
                 'link': 'https://bank.example/?u=minhc&n=Crystal%20Minh',
                 'raw': json.dumps({'caller': 'Crystal Minh', 'turns': 4,
                                    'user': 'crystalm'}),
                 'files': ['/data/d/' + n for n in NAMES[:3]]}}


CHAT = [
    {'who': 'bot', 'text': 'Hi, free will and crystalline terms. a&b'},
    {'who': 'user', 'text': 'my name is Will Müller'},
    {'who': 'bot', 'text': 'Hi Will, I will call. Is it Mueller? 50% off'},
    {'who': 'user', 'text': 'WILL MULLER, w. muller or wmueller7, thanks'},
    {'who': 'bot', 'text': 'Herr M&uuml;ller, will you wait? CMinh730 asks'},
    {'who': 'user', 'text': 'C. Minh is my wife, mulled grants'},
]
PAIR = {'prompt': 'Greet CRYSTAL MINH in one line.',
        'chosen': 'Dear Ms. Minh, welcome, Crystal!',
        'rejected': 'crystal minh who? minh, crystal.'}
TABLE = [['customer', 'login', 'note'],
         ['Minh, Crystal', 'cminh730', 'wife of "Will" Müller'],
         ['Crystal Minh', 'minh.crystal', 'crystalline, Terms']]
def fill(room):
    room.write('d/call/a.json', json.dumps(transcript(), ensure_ascii=False))
    room.write('d/call/chat.jsonl', ''.join(
        json.dumps(x, ensure_ascii=i % 2 == 0) + '\n'
        for i, x in enumerate(CHAT)))
    room.write('d/call/pairs.jsonl', json.dumps(PAIR) + '\n')
    with open(room.write('d/call/t.csv', ''), 'w', newline='') as f:
        csv.writer(f).writerows(TABLE)
    for n in NAMES:
        room.write('d/' + n, 'nothing is said here\n')
    room.write('d/other/o.txt', 'The crystal is minute; grants will do.\n')


def view(room, p, who):
    out = room.path('view-' + who)
    room.run('preview', '--policy', p, '--as', who, '--out', out)
    return out + '/d'


def read(folder, name):
    with open(f'{folder}/{name}', encoding='utf-8') as f:
        return f.read()


def no_form(folder):
    for name in files_below(folder):
        text = name if name.startswith('other/') else \
            name + '\n' + read(folder, name)
        plain = text.lower()
        for d in DECOYS:
            plain = plain.replace(d.lower(), '')
        if name.startswith('other/'):
            continue
        for form in FORMS:
            check(form not in plain, f'{form} in {name}: {plain}')


def decoys(folder):
    all_text = ''.join(read(folder, n) for n in files_below(folder))
    for d in DECOYS:
        check(d in all_text, f'{d} is gone')
    check(read(folder, 'other/o.txt') ==
          'The crystal is minute; grants will do.\n', 'another group')


def tags(room, p):
    folder = view(room, p, 'tags')
    no_form(folder)
    decoys(folder)
    a = json.loads(read(folder, 'call/a.json'))
    one = '[PERSON_1]'
    check(a['segments'][1]['text'] == f'My name is {one}.', a)
    check(a['normalized'] ==
          f'my name is {one} yes the crystalline one', a['normalized'])
    check([w['word'] for w in a['segments'][1]['words']] ==
          ['my', 'name', 'is', one, one], a['segments'][1])
    check(a['segments'][2]['text'] ==
          f'Thank you {one}. Is that Ms. {one}?', a['segments'][2])
    check(a['meta']['customer'] == one, a['meta'])
    check(json.loads(a['meta']['raw'])['turns'] == 4, a['meta']['raw'])
    pair = json.loads(read(folder, 'call/pairs.jsonl'))
    check(set(re.findall(r'\[\w+\]', json.dumps(pair))) == {one}, pair)


def people(room, p):
    folder = view(room, p, 'people')
    no_form(folder)
    decoys(folder)
    a = json.loads(read(folder, 'call/a.json'))
    m = re.fullmatch(r'My name is ((\w+) \w\. (\w+))\.',
                     a['segments'][1]['text'])
    check(m, a['segments'][1])
    name, first, last = m.groups()
    check([w['word'] for w in a['segments'][1]['words']] ==
          ['my', 'name', 'is', first.lower(), last.lower()],
          a['segments'][1])
    check(a['segments'][2]['text'] ==
          f'Thank you {first}. Is that Ms. {last}?', a['segments'][2])
    check(a['meta']['customer'] == name, a['meta'])
    user = (first[0] + last).lower()
    check(re.fullmatch(user + r'\d{4}', a['meta']['login']), a['meta'])
    check(re.fullmatch(rf'{first}\.{last}\d{{4}}@example\.org'.lower(),
                       a['meta']['mail']), a['meta'])
    raw = json.loads(a['meta']['raw'])
    check(raw['caller'] == name and raw['user'].startswith(user), raw)
    pair = json.loads(read(folder, 'call/pairs.jsonl'))
    check(pair['chosen'] == f'Dear Ms. {last}, welcome, {first}!', pair)
    check(pair['prompt'] == f'Greet {name.upper()} in one line.', pair)
    rows = list(csv.reader(read(folder, 'call/t.csv').splitlines()))
    check(rows[1][0] == name and rows[2][0] == name, rows)
    check(rows[1][1] == a['meta']['login'], rows)
    chat = [json.loads(x) for x in
            read(folder, 'call/chat.jsonl').splitlines()]
    will = re.fullmatch(r'my name is (\w+) \w\. (\w+)', chat[1]['text'])
    check(will, chat[1])
    check(chat[2]['text'] == f'Hi {will[1]}, I will call. Is it '
          f'{will[2]}? 50% off', (chat, will))
    for n in NAMES[1:]:
        check(not os.path.exists(f'{folder}/{n}'), n)
    for path in a['meta']['files']: # lead to the files as they are shown
        check(os.path.exists(path.replace('/carrel/data/d', folder)), path)
    names = ' '.join(files_below(folder)).lower()
    check(names.count(last.lower()) >= 4, names)


def main():
    with Room() as room:
        fill(room)
        room.run('ingest', '--manifest', room.write('m.yaml', MANIFEST),
                 room.path('d'))
        p = room.write('p.yaml', POLICY)
        tags(room, p)
        people(room, p)


main()
