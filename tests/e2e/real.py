"""Policies and manifests over the shared dialogues and preference data."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
import os
import struct

MANIFEST = '''carrel-dataset: 1
name: real
terms: { purposes: [annotation], projects: [real-2026], training: false }
language: en
files:
  - match: "dialogue/sgd/*.json"
    records: "$[*]"
    id: "$[*].dialogue_id"
    group: "$[*].dialogue_id"
    text: ["$[*].turns[*].utterance"]
    speaker: "$[*].turns[*].speaker"
  - match: "dialogue/tm4/*.json"
    records: "$[*]"
    id: "$[*].conversation_id"
    group: "$[*].conversation_id"
    attributes: { vertical: "$[*].vertical" }
    text: ["$[*].utterances[*].text"]
    speaker: "$[*].utterances[*].speaker"
  - match: "rlhf/**/*.json"
    records: "$[*]"
    id: "$[*].conversation_id"
    group: "$[*].conversation_id"
    text: ["$[*].context|json|$[*].text", "$[*].generation"]
    speaker: "$[*].context|json|$[*].role"
  - match: "speech/fsdd/*.wav"
    names: "{}_{PERSON}_{}"
    passthrough: true
'''

POLICY = '''carrel: 1
project: real-2026
purpose: annotation
datasets: [real]
confinement: none
roles:
  labeler:
    see:
      - { files: "real/dialogue/**", records: assigned }
      - { files: "real/rlhf/**", records: assigned }
    redact: { default: keep }
    names: keep
    fields:
      - { files: "real/rlhf/**", drop: ["$[*].reward"], remove: ["$[*].model"] }
      - { files: "real/dialogue/tm4/**", remove: ["$[*].instructions"] }
  strict:
    see:
      - { files: "real/**", records: all }
    redact: { default: tag, PERSON: pseudonym, MONEY: keep }
    names: keep
  grouped: { extends: strict, names: pseudonym }
tasks:
  batch:
    files: "real/**"
    assign: { by: record, overlap: 1, among: [labeler] }
annotators:
  alice: { role: labeler, tasks: [batch] }
  bob: { role: labeler, tasks: [batch] }
  carol: { role: labeler, tasks: [batch] }
  dora: { role: strict }
  emil: { role: grouped }
'''

LABELERS = ['alice', 'bob', 'carol']


def score(key, task, unit, who):
    """The formula of carrel-policy(5), from its text."""
    def field(b):
        return struct.pack('>I', len(b)) + b
    h = hashlib.blake2b(field(task) + field(unit) + field(who), key=key,
                        digest_size=32).digest()
    return struct.unpack('>Q', h[:8])[0]


def owner_of(key, task, unit, names, overlap=1):
    """Who has the unit: the highest scores, ties to the first name."""
    rank = sorted(names, key=lambda n: (-score(key, task, unit, n.encode()),
                                        n.encode()))
    return rank[:overlap]


def record_unit(path, rid):
    return b'r\0' + path.encode() + b'\0' + rid.encode()


def sources(data):
    """(stored path, full path) of every file, as ingest names them."""
    out = []
    for top in ('dialogue', 'rlhf'):
        for base, _, files in os.walk(os.path.join(data, top)):
            for f in files:
                full = os.path.join(base, f)
                out.append((os.path.relpath(full, data), full))
    return sorted(out)


def recordings(data):
    """(name, full path) of every spoken digit."""
    top = os.path.join(data, 'speech', 'fsdd')
    return [(f, os.path.join(top, f)) for f in sorted(os.listdir(top))]


def record_id(r):
    return r.get('dialogue_id') or r.get('conversation_id')


def drop_fields(path, r):
    """What the policy's fields leave of a record."""
    r = json.loads(json.dumps(r))
    if path.startswith('rlhf/'):
        if 'reward' in r:
            v = r['reward']
            r['reward'] = type(v)() if v is not None else None
        r.pop('model', None)
    if path.startswith('dialogue/tm4/'):
        r.pop('instructions', None)
    return r
