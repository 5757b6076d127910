#!/usr/bin/env python3
"""MB/s of the recognizers over dialogue text that it makes up, beside Python's
`re` with patterns for the same types (which verify nothing), of one thread's
processor time; then over what is said in real dialogues, again and again. Ours
are the best of three runs: others on the machine only make one slower.

speed.py [MB] [FILE...]; 200 MB where not given, a fifth of it of the real ones:
JSON whose members `utterance` and `text` are what is said, by default those of
../shared/data. Needs build/tests/bench/bench_detect.
"""
# SPDX-License-Identifier: Apache-2.0
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from contact import Contact  # noqa: E402

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), '../../..'))
BENCH = os.path.join(os.environ.get('BUILD', os.path.join(TOP, 'build')),
                     'tests', 'bench', 'bench_detect')
SAMPLE = 1 << 20  # bytes that `re` is given
RUNS = 3

TALK = '''thank you for calling, how can I help you today?
I would like to change the delivery of my last order please.
sure, could you tell me a bit more about it?
it was two lamps and a chair, and only one of the lamps arrived.
I am sorry to hear that. Let me see what we can do for you.
the other one was broken in half and the box was open.
that should not happen. We will send you a new one at no cost.
great, how long will that take? We have guests in three weeks.
usually about five working days, sometimes a little less.
is there anything else that I can do for you today?
no, that was all. Thank you very much for your help!
you are welcome, have a nice day and enjoy the lamps.
'''.splitlines()
VALUES = ['PHONE_NUMBER', 'EMAIL_ADDRESS', 'CREDIT_CARD', 'UK_NHS', 'ES_NIF',
          'IBAN_CODE', 'US_SSN', 'URL', 'DE_TAX_ID', 'IP_ADDRESS']

# One for each of most types, as pattern-only tools have them.
PATTERNS = [re.compile(p) for p in (
    r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+", r'\b(?:\d[ -]?){13,19}\b',
    r'\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}\b', r'\b\d{3}-\d{2}-\d{4}\b',
    r'(?:\+\d{1,3}[ -]?)?(?:\(\d{1,4}\)[ -]?)?\d{2,4}(?:[ .-]\d{2,4}){1,4}\b',
    r'\b(?:https?|ftp)://[^\s"<>]+', r'\bwww\.[^\s"<>]+',
    r'\b(?:\d{1,3}\.){3}\d{1,3}\b', r'\b(?:[0-9a-fA-F]{1,4}:){2,7}[0-9a-f]+\b',
    r'\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b',
    r'\b\d{4}-\d{2}-\d{2}\b', r'\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b',
    r'[$€£¥]\s?\d+(?:[.,]\d+)*', r'\b\d{3} ?\d{3} ?\d{4}\b',
    r'\b[A-CEGHJ-PR-TW-Z]{2} ?(?:\d{2} ?){3}[A-D]\b',
    r'\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b', r'\b[XYZ]?-?\d{7,8}-?[A-Z]\b',
    r'\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b', r'\b\d{6}[-+A]\d{3}\w\b',
    r'\b[STFGM]\d{7}[A-Z]\b', r'\b[A-Z]{5}\d{4}[A-Z]\b',
    r'\b[A-HJ-NPR-Z0-9]{17}\b', r'\bAKIA[A-Z0-9]{16}\b',
    r'\bgh[pousr]_\w{36}\b', r'\b[13][1-9A-HJ-NP-Za-km-z]{25,34}\b')]


def talk(m, size):
    """Lines of a dialogue; every twelfth has a value."""
    out, n, i = [], 0, 0
    while n < size:
        line = m.r.choice(TALK)
        if i % 12 == 0:
            line = 'it is ' + getattr(m, m.r.choice(VALUES))() + ', thanks'
        out.append(line)
        n += len(line) + 1
        i += 1
    return '\n'.join(out) + '\n'


def said(value):
    """What is said in a record, JSON within JSON, too."""
    if isinstance(value, list):
        for v in value:
            yield from said(v)
    elif isinstance(value, dict):
        for key, v in value.items():
            if key in ('utterance', 'text') and isinstance(v, str):
                yield v.replace('\n', ' ')
            elif key == 'context' and str(v).startswith('['):
                yield from said(json.loads(v))
            else:
                yield from said(v)


def real(files):
    """The turns of real dialogues; of examples that repeat a dialogue's
    beginning each line once."""
    out = []
    for name in sorted(files):
        with open(name, encoding='utf-8') as f:
            turns = list(said(json.load(f)))
        out += dict.fromkeys(turns) if 'rlhf' in name else turns
    return '\n'.join(out) + '\n'


def rate(line):
    return float(re.search(r'([\d.]+) MB/s', line).group(1))


def measure(part, size):
    """bench_detect's lines over size bytes of the text, again and again: of
    each the fastest."""
    with tempfile.NamedTemporaryFile('w', encoding='utf-8') as f:
        for _ in range(max(1, size // len(part))):
            f.write(part)
        f.flush()
        runs = [subprocess.run([BENCH, f.name], check=True, text=True,
                               stdout=subprocess.PIPE).stdout.splitlines()[:2]
                for _ in range(RUNS)]
    return [max(lines, key=rate) for lines in zip(*runs)]


def main():
    args = sys.argv[1:]
    size = int(args.pop(0)) if args and args[0].isdigit() else 200
    shared = os.path.join(TOP, '..', 'shared', 'data')
    files = args or [f for d in ('dialogue', 'rlhf') for f in glob.glob(
        os.path.join(shared, d, '**', '*.json'), recursive=True)]
    part = talk(Contact(1), 8 << 20)
    out = '\n'.join(measure(part, size << 20))
    print(out)
    ours = rate(out)
    sample = part[:SAMPLE].splitlines()
    start, hits = time.process_time(), 0
    for line in sample:
        for p in PATTERNS:
            hits += sum(1 for _ in p.finditer(line))
    theirs = SAMPLE / 1e6 / (time.process_time() - start)
    print(f'{"Python re":12} {theirs:8.2f} MB/s  {hits} matches of '
          f'{len(PATTERNS)} patterns: {ours / theirs:.0f} times slower')
    if not files:
        print('real dialogues: skipped, none are given')
        return
    print('real dialogues:')
    print('\n'.join(measure(real(files), size * 2 ** 20 // 5)))


if __name__ == '__main__':
    main()
