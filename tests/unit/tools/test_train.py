"""The trainer of the name tagger: it learns, always the same, and complains.

usage: test_train.py TAGGER-FIT
"""
# SPDX-License-Identifier: Apache-2.0
import os
import random
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(TOP, 'tools', 'tagger'))

import dialogues  # noqa: E402
import names  # noqa: E402
import sentences  # noqa: E402

FIT = sys.argv[1]
GIVEN = 'Anouk Bodil Casimir Dagny Eskil Femke Gisela Hakon Ingrid Jorunn ' \
    'Karsten Liv Magnar Njord Oddny Petra Ragna Sigrun Torvald Ulla'.split()
FAMILY = 'Aasgard Brekkevik Carstens Dahlmark Engelund Fjeldsted Grimstad ' \
    'Holmqvist Isaksen Jernhaug'.split()
PLACES = 'Arendal Bodmin Cuxhaven Drammen Esbjerg Falun Gdynia'.split()


def made(seed, count, bits):
    lists = {'given': GIVEN, 'family': FAMILY, 'place': PLACES}
    maker = dialogues.Maker(lists, bits, random.Random(seed))
    return dialogues.dialogues(maker, count)


def write(path, lines):
    with open(path, 'w', encoding='utf-8') as f:
        f.writelines(s.line() for s in lines)


def fit(*args, good=True):
    done = subprocess.run([FIT, *args], capture_output=True, text=True,
                          check=False)
    assert (done.returncode == 0) == good, done.stderr
    return done.stdout


def test_learns(folder):
    bits = {w.lower(): names.GIVEN | names.PROPER for w in GIVEN}
    bits |= {w.lower(): names.FAMILY | names.PROPER for w in FAMILY}
    bits |= {w: 1 << names.COMMON_SHIFT for w in 'is the of my ok'.split()}
    table, text, test, one, two = (
        os.path.join(folder, n)
        for n in ('names', 'train', 'test', 'one', 'two'))
    with open(table, 'wb') as f:
        f.write(names.table(bits))
    write(text, sentences.copies(made(1, 120, bits), random.Random(2), .5))
    write(test, made(3, 30, bits))
    for out in (one, two):
        fit('train', table, text, out, '14', '4')
    with open(one, 'rb') as a, open(two, 'rb') as b:
        assert a.read() == b.read(), 'two trainings differ'
    found = fit('test', one, test)
    score = float(re.search(r'PERSON.* F1 ([0-9.]+)', found).group(1))
    assert score > .8, found


def test_complains(folder):
    path = os.path.join(folder, 'bad')
    model = os.path.join(folder, 'one')
    for line in ('x', '0\t0\t3-5:NOBODY\thi you', '0\t0\t3-5\thi you',
                 '0\t0\t\n0\t0', '0 0  hi'):
        with open(path, 'w', encoding='utf-8') as f:
            f.write(line + '\n')
        fit('test', model, path, good=False)
    fit('test', path, path, good=False)
    fit('test', model, os.path.join(folder, 'none'), good=False)


def test_copies():
    s = sentences.Sentence("Call Zo\u00eb O'Neil, in Ely.",
                           [(5, 15, 'PERSON'), (20, 23, 'LOCATION')])
    assert s.lower().text == "call zo\u00eb o'neil, in ely."
    spoken = s.spoken()
    assert spoken.text == "call zo\u00eb o'neil in ely"
    assert [spoken.text[a:b] for a, b, _ in spoken.spans] == \
        ["zo\u00eb o'neil", 'ely']
    assert s.line() == "0\t0\t5-16:PERSON 21-24:LOCATION\t" + s.text + '\n'


def test_columns():
    rows = [('@', 'B-PER'), ('x1', 'B-PER'), ('Ann', 'B-person'),
            ('Lee', 'I-person'), ("'s", 'O'), ('UK', 'I-LOC'),
            ('visit', 'O'), ('.', 'O')]
    s = sentences.sentence(rows, True)
    assert s.text == "@x1 Ann Lee's UK visit."
    assert [(s.text[a:b], t) for a, b, t in s.spans] == \
        [('@', 'ANY'), ('x1', 'ANY'), ('Ann Lee', 'PERSON'),
         ('UK', 'LOCATION')]


with tempfile.TemporaryDirectory() as temp:
    test_learns(temp)
    test_complains(temp)
    test_copies()
    test_columns()
