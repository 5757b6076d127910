#!/usr/bin/env python3
"""Checks dealing against a second implementation, from the stated formula.

usage: assign.py DEALS      (DEALS: the program built from deals.c)

Written from carrel-policy(5) alone: BLAKE2b comes from Python's hashlib.
"""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import os
import random
import struct
import subprocess
import sys
import tempfile


def field(b):
    return struct.pack('>I', len(b)) + b


def score(key, task, unit, annotator):
    h = hashlib.blake2b(field(task) + field(unit) + field(annotator),
                        key=key, digest_size=32).digest()
    return struct.unpack('>Q', h[:8])[0]


def dealt(key, task, unit, candidates, overlap):
    ranked = sorted(candidates,
                    key=lambda a: (-score(key, task, unit, a.encode()),
                                   a.encode()))
    return set(ranked[:overlap])


def policy(task, people, overlap):
    out = ['carrel: 1', 'project: p', 'purpose: x', 'datasets: [d]',
           'roles:', '  r: { see: [{ files: "d/**" }] }',
           '  other: { see: [{ files: "d/**", records: task }] }', 'tasks:',
           f'  {task}: {{ files: "d/**", assign: {{ overlap: {overlap}, '
           'among: [r] } }', 'annotators:']
    for name, role, revoked in people:
        out.append(f'  {name}: {{ role: {role}, tasks: [{task}]'
                   + (', revoked: 2026-01-01' if revoked else '') + ' }')
    return '\n'.join(out) + '\n'


def random_unit(rnd):
    kind = rnd.choice([b'g\0', b'o\0', b'r\0'])
    body = bytes(rnd.randrange(256) for _ in range(rnd.randrange(1, 200)))
    return kind + (body + b'\0' + b'7' if kind == b'r\0' else body)


def check(deals, rnd):
    names = {f'{rnd.choice("abcxyzABC")}{rnd.randrange(1000)}'
             for _ in range(rnd.randrange(1, 12))}
    people = [(n, rnd.choice(['r', 'r', 'r', 'other']), rnd.random() < 0.1)
              for n in rnd.sample(sorted(names), len(names))]
    task, overlap = f't{rnd.randrange(100)}', rnd.randrange(1, 5)
    key = bytes(rnd.randrange(256) for _ in range(32))
    units = [random_unit(rnd) for _ in range(40)]
    candidates = [n for n, role, revoked in people
                  if role == 'r' and not revoked]
    with tempfile.NamedTemporaryFile('w', suffix='.yaml', delete=False) as f:
        f.write(policy(task, people, overlap))
    try:
        out = subprocess.run([deals, f.name, key.hex()], check=True,
                             input='\n'.join(u.hex() for u in units) + '\n',
                             stdout=subprocess.PIPE, text=True).stdout
    finally:
        os.unlink(f.name)
    lines = out.splitlines()
    assert len(lines) == len(units)
    for unit, line in zip(units, lines):
        want = dealt(key, task.encode(), unit, candidates, overlap)
        for word in line.split(' '):
            name, value = word.split('=')
            has = value.endswith('+')
            assert int(value.rstrip('+')) == score(
                key, task.encode(), unit, name.encode()), (unit, name)
            assert has == (name in want), (unit, name, want)
    return len(units) * len(people)


def main():
    rnd = random.Random(2026)
    n = sum(check(sys.argv[1], rnd) for _ in range(60))
    print(f'{n} answers agree')


main()
