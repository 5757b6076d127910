"""Writes the demonstration's data sets as folders, with their manifests."""
# SPDX-License-Identifier: Apache-2.0
import array
import csv
import json
import os
import struct

import people
import talk

PAUSE = 0.2  # seconds between two turns
VOICES = {('en', 'agent'): 'en+f2', ('en', 'caller'): 'en-us+m3',
          ('de', 'agent'): 'de+f2', ('de', 'caller'): 'de+m3',
          ('en', 'doctor'): 'en-us+f4'}

BANK = '''carrel-dataset: 1
name: bank
terms:
  purposes: [transcription, annotation, preference, support]
  projects: [harbor-bank-2026]
  training: true
  retain_until: 2099-12-31
language: en
files:
  # One call is a transcript, its metadata, a recording and a chat.
  - match: "calls/*/*.json"
    group: "{stem}"
    text: ["$.segments[*].text"]
    speaker: "$.segments[*].speaker"
    segments: { items: "$.segments[*]", start: "$.start", end: "$.end",
                channel: "$.speaker" }
    words: { items: "$.segments[*].words[*]", text: "$.word",
             start: "$.start", end: "$.end" }
    channels: { agent: 1, caller: 2 }
  - { match: "audio/*/*.wav", group: "{stem}" }
  - match: "metadata/*/*.json"
    group: "{stem}"
    entities:
      PERSON: ["$.caller.name", "$.agent"]
      DATE_OF_BIRTH: ["$.caller.born"]
      PHONE_NUMBER: ["$.caller.phone"]
      STREET_ADDRESS: ["$.caller.street"]
    attributes: { language: "$.language", consent: "$.consent" }
  - match: "chat/*/*.jsonl"
    group: "{stem}"
    text: ["$.text"]
    speaker: "$.speaker"
  - match: "customers.csv"
    id: "$[*].row"
    entities:
      PERSON: ["$[*].name"]
      DATE_OF_BIRTH: ["$[*].born"]
      AGE: ["$[*].age"]
      ZIP_CODE: ["$[*].zip"]
      PHONE_NUMBER: ["$[*].phone"]
      EMAIL_ADDRESS: ["$[*].mail"]
      MONEY: ["$[*].balance"]
  - match: "pref/*.jsonl"
    id: "$[*].id"
    group: "$[*].id"
    text: ["$[*].prompt", "$[*].chosen", "$[*].rejected"]
    entities:
      PERSON: ["$[*].customer"]
  - match: "mail/*.jsonl"
    id: "$[*].id"
    group: "$[*].id"
    language: "$[*].language"
    text: ["$[*].subject", "$[*].body"]
    entities:
      PERSON: ["$[*].from.name"]
      EMAIL_ADDRESS: ["$[*].from.mail"]
      PHONE_NUMBER: ["$[*].from.phone"]
      ZIP_CODE: ["$[*].from.zip"]
recognizers:
  custom:
    - { type: POLICY_NUMBER, pattern: "HB-[0-9]{8}" }
    - { type: REASONING, begin: "<think>", end: "</think>" }
    - { type: MODEL_NAME, words: [quaymaster-7b, lantern-70b] }
'''

CLINIC = '''carrel-dataset: 1
name: clinic
terms:
  purposes: [dictation]
  projects: [harbor-clinic-2026]
  training: false
  retain_until: 2099-12-31
language: en
files:
  - match: "dictations/*.json"
    group: "{stem}"
    text: ["$.sentences[*].text"]
    segments: { items: "$.sentences[*]", start: "$.start", end: "$.end" }
    words: { items: "$.sentences[*].words[*]", text: "$.word",
             start: "$.start", end: "$.end" }
    entities:
      PERSON: ["$.patient.name"]
      DATE_OF_BIRTH: ["$.patient.born"]
      AGE: ["$.patient.age"]
      ZIP_CODE: ["$.patient.zip"]
      MEDICAL_RECORD_NUMBER: ["$.patient.mrn"]
  - { match: "audio/*.wav", group: "{stem}" }
recognizers:
  custom:
    - { type: AGE, pattern: "[0-9]{1,3} years old" }
'''


class Folder:
    def __init__(self, path):
        self.path = path

    def file(self, name, mode='w'):
        full = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        return (open(full, mode) if 'b' in mode else
                open(full, mode, encoding='utf-8', newline='\n'))

    def json(self, name, value):
        with self.file(name) as f:
            json.dump(value, f, indent=1, ensure_ascii=False)
            f.write('\n')

    def jsonl(self, name, values):
        with self.file(name) as f:
            for v in values:
                f.write(json.dumps(v, ensure_ascii=False) + '\n')


def wav(f, rate, channels):
    """16-bit PCM of one array a channel."""
    data = array.array('h', bytes(2 * len(channels) * len(channels[0])))
    for k, c in enumerate(channels):
        data[k::len(channels)] = c
    n, width = 2 * len(data), 2 * len(channels)
    f.write(b'RIFF' + struct.pack('<I', 36 + n) + b'WAVEfmt ' + struct.pack(
        '<IHHIIHH', 16, 1, len(channels), rate, rate * width, width, 16) +
        b'data' + struct.pack('<I', n) + data.tobytes())


def speak(voice, turns, language, channels):
    """([array a channel], [turn with words and times])."""
    out = [array.array('h') for _ in range(channels)]
    said = []
    silence = array.array('h', bytes(2 * int(PAUSE * voice.rate)))
    for who, text in turns:
        words = text.split()
        samples, times = voice.say(words, VOICES[language, who])
        base = len(out[0])
        for k, c in enumerate(out):
            c.extend(samples if channels == 1 or (who == 'caller') == k else
                     array.array('h', bytes(2 * len(samples))))
            c.extend(silence)
        timed = [{'word': w,
                  'start': round((base + a) / voice.rate, 5),
                  'end': round((base + b) / voice.rate, 5)}
                 for w, (a, b) in zip(words, times)]
        said.append({'speaker': who, 'start': timed[0]['start'],
                     'end': timed[-1]['end'], 'text': text, 'words': timed})
    return out, said


def calls(d, rnd, voice, customers, count):
    for n in range(count):
        # Every fourth call is German, so that both languages are dealt.
        lang = 'de' if n % 4 == 3 else 'en'
        c = rnd.choice([p for p in customers if p.language == lang])
        stem = f'{lang}/{c.stem}-{n:03d}'
        stereo = n % 6 == 5
        sound, said = speak(voice, talk.call(rnd, c), lang, 1 + stereo)
        with d.file(f'audio/{stem}.wav', 'wb') as f:
            wav(f, voice.rate, sound)
        d.json(f'calls/{stem}.json', {'segments': said})
        d.json(f'metadata/{stem}.json', {
            'started': f'2026-03-{n % 28 + 1:02d}T10:{n % 60:02d}:00',
            'language': lang, 'consent': rnd.random() < 0.85,
            'caller': {'name': c.name, 'born': c.born_iso, 'phone': c.phone,
                       'street': c.street},
            'agent': talk.agent(c)})
        if n % 2 == 0 or lang == 'de':
            d.jsonl(f'chat/{stem}.jsonl', (
                {'n': k + 1, 'speaker': s, 'text': t, 'sentiment': 0}
                for k, (s, t) in enumerate(talk.chat(rnd, c))))


def letters(n):
    """A stable name without digits: an id is not a number to be hidden."""
    return ''.join(chr(ord('a') + n // 26 ** k % 26) for k in (2, 1, 0))


def customers_csv(d, customers):
    with d.file('customers.csv') as f:
        w = csv.writer(f, lineterminator='\n')
        w.writerow('row name born age zip phone mail balance'.split())
        for n, c in enumerate(customers):
            w.writerow([f'c-{letters(n)}', c.name, c.born_iso, c.age, c.zip,
                        c.phone, c.mail, c.balance])


def mails(d, rnd, customers, count):
    for n in range(count):
        c = rnd.choice(customers)
        subject, body = talk.mail(rnd, c)
        yield {'id': f'mail-{letters(n)}', 'language': c.language,
               'from': {'name': c.name, 'mail': c.mail, 'phone': c.phone,
                        'zip': c.zip},
               'subject': subject, 'body': body}


def bank(path, rnd, voice, count):
    names, d = set(), Folder(path)
    customers = [people.Person(rnd, n, lang, names) for n, lang in enumerate(
        ['en'] * 18 + ['de'] * 8 + ['es'] * 4)]
    with open(path + '.yaml', 'w', encoding='utf-8') as f:
        f.write(BANK)
    calls(d, rnd, voice, customers, count)
    customers_csv(d, customers)
    d.jsonl('pref/pairs.jsonl', (
        {'id': f'pair-{letters(n)}',
         **talk.pair(rnd, rnd.choice(customers[:18]))} for n in range(60)))
    d.jsonl('mail/2026-03.jsonl', mails(d, rnd, customers, 36))


def clinic(path, rnd, voice, count):
    names, d = set(), Folder(path)
    with open(path + '.yaml', 'w', encoding='utf-8') as f:
        f.write(CLINIC)
    for n in range(count):
        c = people.Person(rnd, n, 'en', names)
        seen = f'{people.MONTHS[rnd.randrange(4, 9)]} {n + 3}, 2026'
        mrn = f'{rnd.randrange(9 * 10 ** 6, 10 ** 7)}'
        said = [('doctor', s) for s in talk.dictation(rnd, c, seen, mrn)]
        sound, sentences = speak(voice, said, 'en', 1)
        with d.file(f'audio/{n:03d}.wav', 'wb') as f:
            wav(f, voice.rate, sound)
        d.json(f'dictations/{n:03d}.json', {
            'patient': {'name': c.name, 'born': c.born_iso, 'age': c.age,
                        'zip': c.zip, 'mrn': mrn},
            'sentences': sentences})
