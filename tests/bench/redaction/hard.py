#!/usr/bin/env python3
"""Values that leak from hard texts written by hand, by what is hard in them.

usage: hard.py [--show N] [--json] [FILE.jsonl]

A line of the file is {"name", "lang", "turns"}; a turn begins with who speaks
(a: the agent, c: the customer), values are marked: [[TYPE|words]], or
[[TYPE:key|words]] where a text has several of the type; of one key all are one
value. Many of the texts hold nothing that is anybody's, only what looks like
it. See truth.py for what counts; ends with 1 where a target is missed.
Environment: CARREL (default build/carrel).
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import os
import re
import sys

from truth import HERE, Score, Text, run

LEAKED, OVER = .03, .01
WHO = {'a': 'agent', 'c': 'customer'}
MARK = re.compile(r'\[\[(\w+|~)(?::(\w+))?\|(.*?)\]\]', re.S)


def turn(line):
    """(speaker, text, marks) of a marked turn."""
    said, text, marks, at = line[3:], '', [], 0
    for m in MARK.finditer(said):
        text += said[at:m.start()]
        marks.append((len(text), len(text) + len(m[3]), m[1], m[2]))
        text += m[3]
        at = m.end()
    return WHO[line[0]], text + said[at:], marks


def read(path=os.path.join(HERE, 'hard.jsonl')):
    with open(path, encoding='utf-8') as f:
        for line in f:
            d = json.loads(line)
            yield Text([turn(t) for t in d['turns']], d.get('lang', 'en'),
                       'jsonl', d['name'])


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--show', type=int, default=0)
    p.add_argument('--json', action='store_true')
    p.add_argument('file', nargs='?',
                   default=os.path.join(HERE, 'hard.jsonl'))
    a = p.parse_args()
    texts, score = list(read(a.file)), Score()
    run(texts)
    for t in texts:
        score.add(t)
    if a.json:
        print(json.dumps(score.figures()))
    else:
        score.show(a.show)
        print(f'{len(texts)} texts')
        score.names()
        score.table(LEAKED, OVER)
    return score.leak_share() > LEAKED or score.over_share() > OVER


if __name__ == '__main__':
    sys.exit(main())
