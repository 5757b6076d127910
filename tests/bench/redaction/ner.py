#!/usr/bin/env python3
"""How well the name tagger finds people, places and organisations in NER sets.

usage: ner.py --ner DIR [--root DIR] [--fit PROGRAM] [--model FILE]

Wikigold by cross-validation: five fifths, each by a model trained on all but
it (about five minutes); the test parts of WNUT17 and BTC, which no training
sees, by the model that is built in. Each as it is and in lower case. A name is
right where both ends and the type are. BTC's mentions and hashtags are not
judged. See tools/train-tagger for the options.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
TYPES = ['PERSON', 'LOCATION', 'ORGANIZATION']


def measure(fit, model, text):
    """{type: {right, found, there, leaked}}, and of words {over, plain}."""
    out = subprocess.run([fit, 'test', model, text], check=True,
                         capture_output=True, text=True).stdout
    return {line.split()[0]: {k: int(v) for k, v in re.findall(
        r'(right|found|there|leaked|over|plain) (\d+)(?!\.)', line)}
        for line in out.splitlines()}


def added(a, b):
    return {t: {k: a.get(t, {}).get(k, 0) + v for k, v in b[t].items()}
            for t in b}


def show(name, m):
    cells = []
    for t in TYPES:
        p = m[t]['right'] / max(1, m[t]['found'])
        r = m[t]['right'] / max(1, m[t]['there'])
        cells.append(f'{t} P {p:.3f} R {r:.3f} F1 '
                     f'{2 * p * r / max(1e-9, p + r):.3f} '
                     f'leaked {m[t]["leaked"] / max(1, m[t]["there"]):.3f}')
    over = m['words']['over'] / max(1, m['words']['plain'])
    print(f'{name:16} ' + ' | '.join(cells) + f' | over {over:.4f}',
          flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--ner', required=True)
    p.add_argument('--root', default='/')
    p.add_argument('--fit', default=os.path.join(TOP,
                                                 'build/tools/tagger-fit'))
    p.add_argument('--model', default=os.path.join(
        TOP, 'policy/redact/tagger.bin'))
    p.add_argument('--folds', type=int, default=5)
    args = p.parse_args()
    totals = {}
    with tempfile.TemporaryDirectory() as folder:
        for fold in range(args.folds):
            model = os.path.join(folder, 'model')
            subprocess.run(
                [sys.executable, os.path.join(TOP, 'tools/train-tagger'),
                 '--ner', args.ner, '--root', args.root, '--fit', args.fit,
                 '--fold', str(fold), '--keep', folder, model],
                check=True, stderr=subprocess.DEVNULL)
            for name in ('wikigold', 'wikigold-lower'):
                m = measure(args.fit, model,
                            os.path.join(folder, name + '.tsv'))
                totals[name] = added(totals.get(name, {}), m)
        for name in totals:
            show(name, totals[name])
        for name in ('wnut', 'wnut-lower', 'btc', 'btc-lower'):
            show(name, measure(args.fit, args.model,
                               os.path.join(folder, name + '.tsv')))


if __name__ == '__main__':
    main()
