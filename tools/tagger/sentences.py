"""Labelled sentences: the CoNLL files, copies without capitals or marks."""
# SPDX-License-Identifier: Apache-2.0
import os
import re

TYPES = {'PER': 'PERSON', 'person': 'PERSON', 'LOC': 'LOCATION',
         'location': 'LOCATION', 'ORG': 'ORGANIZATION',
         'corporation': 'ORGANIZATION', 'group': 'ORGANIZATION',
         'MISC': 'OTHER', 'product': 'OTHER', 'creative-work': 'OTHER'}

MARKS = str.maketrans('\u2018\u2019\u201c\u201d\u2013\u2014\u00a0', '\'\'""-- ')


class Sentence:
    """Text, spans as (start, end, TYPE) in code points, and its setting."""

    def __init__(self, text, spans, asked=0, open_=False):
        self.text, self.spans = text, spans
        self.asked, self.open = asked, open_

    def line(self):
        """As tagger-fit reads it."""
        at = [0]
        for c in self.text:
            at.append(at[-1] + len(c.encode()))
        spans = ' '.join(f'{at[s]}-{at[e]}:{t}' for s, e, t in self.spans)
        return f'{self.asked}\t{int(self.open)}\t{spans}\t{self.text}\n'

    def mapped(self, change):
        """A copy with change(c) for each character: '' takes it away."""
        out, at = [], [0]
        for c in self.text:
            to = change(c)
            out.append(to)
            at.append(at[-1] + len(to))
        spans = [(at[s], at[e], t) for s, e, t in self.spans
                 if at[e] > at[s]]
        return Sentence(''.join(out), spans, self.asked, self.open)

    def lower(self):
        return self.mapped(lambda c: c.lower() if len(c.lower()) == 1 else c)

    def upper(self):
        return self.mapped(lambda c: c.upper() if len(c.upper()) == 1 else c)

    def spoken(self):
        """As a recognizer of speech writes: no capitals, no marks."""
        def change(c):
            if c in '.,!?;:"()[]*/':
                return ''
            return ' ' if c == '-' else c
        return self.lower().mapped(change)

    def lazy(self):
        """One capital, at the beginning."""
        s = self.lower()
        s.text = s.text[:1].upper() + s.text[1:]
        return s


def copies(sentences, random, share):
    """All of them, and of a share one copy in another hand."""
    out = []
    for s in sentences:
        out.append(s)
        if random.random() < share:
            x = random.random()
            out.append(s.lower() if x < .45 else s.spoken() if x < .85 else
                       s.lazy() if x < .96 else s.upper())
    return out


def conll(path):
    """Yield lists of (token, label) of a file's sentences."""
    tokens = []
    with open(path, encoding='utf-8', errors='replace') as f:
        for line in f:
            parts = line.split()
            if len(parts) >= 2 and not parts[0].startswith('-DOCSTART'):
                tokens.append((parts[0], parts[-1]))
            elif tokens:
                yield tokens
                tokens = []
    if tokens:
        yield tokens


NO_BLANK_BEFORE = re.compile(r"[.,!?;:)\]%]+$|'s$|'m$|'re$|'ve$|'ll$|'d$|n't$",
                             re.I)
URL = re.compile(r'https?:|www\.|\S+\.co/')


def sentence(tokens, open_):
    """Text as it was before it was cut into tokens, more or less."""
    text, spans, last, glue = '', [], None, True
    for i, (word, label) in enumerate(tokens):
        word = word.translate(MARKS)
        if URL.match(word):
            last = None
            continue
        mention = word.startswith(('@', '#')) or \
            i > 0 and tokens[i - 1][0] in ('@', '#')
        if not (glue or NO_BLANK_BEFORE.match(word)):
            text += ' '
        start = len(text)
        text += word
        kind = TYPES.get(label[2:]) if label != 'O' else None
        if mention:
            kind = 'ANY'
        if kind and last == kind and not label.startswith('B-'):
            spans[-1] = (spans[-1][0], len(text), kind)
        elif kind:
            spans.append((start, len(text), kind))
        last = kind
        glue = word in ('(', '[', '@', '#', '$')
    return Sentence(text, spans, 0, open_)


def read(root, name):
    """The sentences of a set: wikigold, wnut-train, wnut-test, btc-train,
    btc-test. Tests of BTC: the last quarter of its sections f and h."""
    def load(path, open_):
        path = os.path.join(root, path)
        return [sentence(t, open_) for t in conll(path)]

    wnut = 'WNUT17/CONLL-format/data/'
    if name == 'wikigold':
        return load('wikigold/CONLL-format/data/wikigold.conll.txt', False)
    if name == 'wnut-train':
        return load(wnut + 'train/wnut17train.conll', False) + \
            load(wnut + 'dev/emerging.dev.conll', False)
    if name == 'wnut-test':
        return load(wnut + 'test/emerging.test.annotated', False)
    out = []
    for section in 'abefgh':
        all_ = load(f'BTC/CONLL-format/data/{section}.conll', True)
        cut = len(all_) * 3 // 4 if section in 'fh' else len(all_)
        out += all_[cut:] if name == 'btc-test' else all_[:cut]
    return out
