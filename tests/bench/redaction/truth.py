"""Texts whose personal values are known, through carrel, and scored: what the
benches dialogues.py and hard.py share.

A text is turns; a turn is (speaker, text, marks), a mark (start, end, type,
key) in code points. Marks of one key are one value; type '~' does not count:
neither a leak nor too much. A value leaks where a word of it, other than those
that tell nothing ("street", "at") and one lone letter or digit, is still
readable in any of its marks.
Over-redaction: the share of the words in no mark that are not as they were.
"""
# SPDX-License-Identifier: Apache-2.0
import bisect
import collections
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'e2e'))
from carrel import Room  # noqa: E402

# Kept by the policy: they are nobody's, and hide nothing.
KEPT = ('MONEY', 'DATE_TIME', 'ORGANIZATION')
NOTHING = set('''as in at dot com net dash hyphen punkt underscore street avenue
drive lane court road blvd st place terrace way circle apt unit double triple
the of and de la del mr mrs ms dr mister calle avenida đường phố ngày tháng
năm'''.split())
STATES = 'mn tn wa ks me tx az ny id wi mo il'.split()
RULE = '''  - match: "{lang}/*.{ending}"
    language: {lang}
    {more}
'''
TURNS = '''text: "{at}.turns[*].text"
    speaker: "{at}.turns[*].speaker"'''
SHAPES = {'json': 'records: "$[*]"\n    ' + TURNS.format(at='$[*]'),
          'jsonl': TURNS.format(at='$'), 'txt': 'group: "{path}"'}
POLICY = '''carrel: 1
project: p
purpose: testing
datasets: [t]
confinement: none
roles:
  r:
    see: [ { files: "**", records: all } ]
    names: keep
    redact:
      default: tag
      PERSON: pseudonym
      EMAIL_ADDRESS: pseudonym
      PHONE_NUMBER: pseudonym
      STREET_ADDRESS: pseudonym
''' + ''.join(f'      {k}: keep\n' for k in KEPT) + '''annotators:
  a: { role: r }
'''


class Text:
    """Turns, and after run() the spans of each and the turns as shown."""

    def __init__(self, turns, lang='en', shape='jsonl', name=''):
        self.turns, self.lang, self.shape = turns, lang, shape
        self.name = name
        self.spans = [[] for _ in turns]  # (start, end, type, rule)
        self.shown = None


class File:
    """One file of a shape: its text, and where the turns' characters are."""

    def __init__(self, path):
        self.path, self.text, self.turns = path, [], []
        self.size = 0

    def put(self, s):
        self.text.append(s)
        self.size += len(s)

    def turn(self, text, i, quoted):
        at = []
        for c in text.turns[i][1]:
            at.append(self.size)
            self.put(json.dumps(c, ensure_ascii=False)[1:-1] if quoted else c)
        self.turns.append((at, text, i))

    def put_text(self, text):
        if text.shape == 'txt':
            for i, (speaker, _, _) in enumerate(text.turns):
                self.put(speaker.capitalize() + ': ')
                self.turn(text, i, False)
                self.put('\n')
            return
        self.put('{"turns":[')
        for i, (speaker, _, _) in enumerate(text.turns):
            self.put((',' if i else '') +
                     f'{{"speaker":"{speaker}","text":"')
            self.turn(text, i, True)
            self.put('"}')
        self.put(']}')

    def spans(self, spans):
        """Each to the turns that it is in."""
        starts = [at[0] for at, _, _ in self.turns if at]
        turns = [t for t in self.turns if t[0]]
        for s in spans:
            k = max(0, bisect.bisect_right(starts, s['start']) - 1)
            while k < len(turns) and starts[k] < s['end']:
                at, text, i = turns[k]
                a = bisect.bisect_left(at, s['start'])
                b = bisect.bisect_left(at, s['end'])
                if a < b:
                    text.spans[i].append((a, b, s['type'], s['rule']))
                k += 1


def files_of(texts):
    """The files that hold the texts, in the shapes that users have."""
    files = {}
    for n, t in enumerate(texts):
        name = f'{t.lang}/' + (f'd{n:04}.txt' if t.shape == 'txt'
                               else 'all.' + t.shape)
        f = files.setdefault(name, File(name))
        if t.shape == 'json':
            f.put(',' if f.size else '[')
        f.put_text(t)
        if t.shape == 'jsonl':
            f.put('\n')
    for f in files.values():
        if f.path.endswith('.json'):
            f.put(']')
    return list(files.values())


def shown_turns(path):
    with open(path, encoding='utf-8', newline='') as f:
        if path.endswith('.txt'):
            return [x.rstrip('\n').split(': ', 1)[1] for x in f]
        records = json.load(f) if path.endswith('.json') else \
            [json.loads(x) for x in f]
    return [t['text'] for r in records for t in r['turns']]


def run(texts):
    """Spans by detect, and the view that an annotator gets."""
    files = files_of(texts)
    manifest = 'carrel-dataset: 1\nname: t\nterms: { purposes: [testing], ' \
        'projects: [p] }\nfiles:\n' + ''.join(
            RULE.format(lang=lang, ending=shape, more=more)
            for lang in ('en', 'de', 'es', 'vi')
            for shape, more in SHAPES.items())
    with Room() as room:
        for f in files:
            room.write('src/' + f.path, ''.join(f.text))
        m = room.write('m.yaml', manifest)
        p = room.write('p.yaml', POLICY)
        out = room.run('detect', '--json', '--manifest', m, '--unit',
                       'codepoints', *(f.path for f in files),
                       cwd=room.path('src'))
        for f, line in zip(files, out.stdout.splitlines()):
            f.spans(json.loads(line)['spans'])
        room.run('ingest', '--dataset', 't', '--manifest', m,
                 room.path('src'))
        view = room.preview(p, 'a')
        for f in files:
            shown = shown_turns(os.path.join(view, 't', f.path))
            assert len(shown) == len(f.turns), f.path
            for (_, text, i), s in zip(f.turns, shown):
                text.shown = text.shown or [None] * len(text.turns)
                text.shown[i] = s


def stand_ins(text, i):
    """[(start, end, what stands there in the view)] of the hidden spans, or
    None where the view is not the text with its spans replaced."""
    at, pattern, hidden = 0, '', []
    said = text.turns[i][1]
    for a, b, kind, _ in sorted(text.spans[i]):
        if kind in KEPT:
            continue
        pattern += re.escape(said[at:a]) + '(.*?)'
        hidden.append((a, b))
        at = b
    m = re.fullmatch(pattern + re.escape(said[at:]), text.shown[i], re.S)
    return m and [(a, b, g) for (a, b), g in zip(hidden, m.groups())]


class Score:
    """Sums over texts, by type of value or by the name of the text."""

    def __init__(self):
        self.n, self.leaked = collections.Counter(), collections.Counter()
        self.words = self.over = self.pairs = self.differ = self.other = 0
        self.by_name = collections.defaultdict(lambda: [0, 0, 0, 0])
        self.leaks, self.overs = [], []

    def add(self, text):
        values = collections.defaultdict(list)
        stood = collections.defaultdict(set)
        row = self.by_name[text.name]
        for i, (speaker, said, marks) in enumerate(text.turns):
            ins = stand_ins(text, i)
            self.other += ins is None
            hidden = bytearray(len(said))
            for a, b, kind, _ in text.spans[i]:
                if kind not in KEPT:
                    hidden[a:b] = b'\1' * (b - a)
            marked = bytearray(len(said))
            for a, b, kind, key in marks:
                marked[a:b] = b'\1' * (b - a)
                if kind != '~':
                    values[kind, key].append(
                        (readable(said, a, b, hidden), i))
            for a, b, shown in ins or []:
                if any(a < e and s < b and k != '~' for s, e, k, _ in marks):
                    stood[folded(said[a:b])].add(shown)
            self.plain(text, i, marked, hidden, row)
        for (kind, key), mentions in values.items():
            self.value(text, kind, mentions, row)
        for shown in stood.values():
            self.pairs += 1
            self.differ += len({folded(s) for s in shown}) > 1

    def value(self, text, kind, mentions, row):
        bad = [(left, i) for left, i in mentions if left]
        self.n[kind] += 1
        row[0] += 1
        self.leaked[kind] += bool(bad)
        row[1] += bool(bad)
        for left, i in bad:
            self.leaks.append((kind, ' '.join(left), text, i))

    def plain(self, text, i, marked, hidden, row):
        for m in re.finditer(r"[^\W_]+", text.turns[i][1]):
            if any(marked[m.start():m.end()]):
                continue
            gone = any(hidden[m.start():m.end()])
            self.words += 1
            self.over += gone
            row[2] += 1
            row[3] += gone
            if gone:
                by = next(f'{k} by {rule}' for a, b, k, rule in text.spans[i]
                          if a < m.end() and m.start() < b and
                          k not in KEPT)
                self.overs.append((by, m.group(), text, i))

    def leak_share(self):
        return sum(self.leaked.values()) / max(1, sum(self.n.values()))

    def over_share(self):
        return self.over / max(1, self.words)

    def figures(self):
        """What --json prints."""
        return {'schema': 1, 'values': sum(self.n.values()),
                'leaked': self.leak_share(), 'words': self.words,
                'over': self.over_share(), 'texts_shown_otherwise': self.other,
                'repeated': self.pairs, 'inconsistent': self.differ,
                'types': {k: {'values': n, 'leaked': self.leaked[k]}
                          for k, n in sorted(self.n.items())},
                'names': {k: dict(zip(('values', 'leaked', 'words', 'over'),
                                      row))
                          for k, row in sorted(self.by_name.items())}}

    def show(self, count):
        for title, found in (('leaks', self.leaks), ('over', self.overs)):
            for kind, what, text, i in found[:count]:
                print(f'{title} {kind} [{text.lang} {text.shape} '
                      f'{text.name}]: {what!r}')
                for k in range(max(0, i - 1), i + 1):
                    print(f'    {text.turns[k][0]}: {text.turns[k][1]}')
                print(f'    -> {text.shown[i]}')

    def names(self):
        for name, (n, leaked, words, over) in sorted(self.by_name.items()):
            print(f'{name:16} {leaked:4} of {n:4} leaked '
                  f'({100 * leaked / max(1, n):5.1f} %), {over:4} of '
                  f'{words:5} words hidden')

    def table(self, leaked, over):
        for kind, n in sorted(self.n.items()):
            print(f'{kind:12} {self.leaked[kind]:5} of {n:5} leaked '
                  f'({100 * self.leaked[kind] / n:.1f} %)')
        says = ['met' if a <= b else 'NOT MET' for a, b in
                ((self.leak_share(), leaked), (self.over_share(), over))]
        print(f'{"all":12} {sum(self.leaked.values()):5} of '
              f'{sum(self.n.values()):5} leaked '
              f'({100 * self.leak_share():.1f} %; at most {100 * leaked:g} %:'
              f' {says[0]})')
        print(f'over-redaction {100 * self.over_share():.2f} % of '
              f'{self.words} words (at most {100 * over:g} %: {says[1]})')
        print(f'{self.pairs - self.differ} of {self.pairs} hidden values have '
              'one stand-in each in their dialogue')
        if self.other:
            print(f'{self.other} turns are shown otherwise than their spans '
                  'say')


def folded(s):
    return ''.join(c for c in s.casefold() if c.isalnum())


def readable(said, a, b, hidden):
    """The words of said[a:b] that tell something and can be read."""
    out = []
    for m in re.finditer(r"[^\W_]+", said[a:b]):
        word = m.group().lower()
        if word in NOTHING or word in STATES and b - a > 12:
            continue
        if not all(hidden[a + m.start():a + m.end()]):
            out.append(m.group())
    return out if len(''.join(out)) > 1 else []
