#!/usr/bin/env python3
"""Values that leak from two-sided dialogues made up for it, and words that are
hidden for nothing.

usage: dialogues.py [--count N] [--seed N] [--show N] [--json]

Chats and calls as a recognizer of speech writes them, English and some German,
Spanish and Vietnamese, with rare names, names that are words, digits that are
said, also over turns, and much that only looks like somebody's; as JSON, JSON
Lines and plain text. They go through `carrel detect`, and through ingest and
preview. Shares no lines or lists of values with what trains the name tagger.
See truth.py for what counts; ends with 1 where a target is missed.
Environment: CARREL (default build/carrel).
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import random
import re
import sys

from dialogue_script import DOMAINS, ENGLISH, LOCALS
from dialogue_values import BREAK, Persona, company
from truth import Score, Text, run

LEAKED, OVER = .03, .01
LANGUAGES = ['en'] * 19 + ['de', 'es', 'vi'] * 2
REGISTERS = ['chat', 'casual', 'asr']


class Maker:
    """One dialogue."""

    def __init__(self, rnd, lang, register):
        self.r, self.lang, self.register = rnd, lang, register
        self.rules = ENGLISH if lang == 'en' else LOCALS[lang]
        self.who = Persona(rnd, lang, register, company(rnd))
        self.turns = []

    def expand(self, text):
        """text with its choices made; slots stay."""
        while True:
            m = re.search(r'\[([^\[\]<>]*)\]|<(\w+)>', text)
            if m is None:
                return re.sub(r'  +', ' ', text).strip()
            put = self.r.choice(m[1].split('|')) if m[1] is not None else \
                self.r.choice(self.rules[m[2]])
            text = text[:m.start()] + put + text[m.end():]

    def write(self, words, plain):
        if self.register != 'chat':
            words = ''.join(c.lower() if len(c.lower()) == 1 else c
                            for c in words)
        if self.register == 'asr' and plain and words not in ('.', ':'):
            words = re.sub(r"(?<!\d)[.:,]|[.:,](?!\d)|[!?;¿\"()]", '', words)
        return words

    def say(self, speaker, template):
        """One turn; more where a value is told in parts."""
        text, marks = '', []
        for part in re.split(r'(\{\w+\})', self.expand(template)):
            if part == '':
                continue
            words, kind, key = (part, None, None) if part[0] != '{' else \
                self.who.value(part[1:-1])
            for k, piece in enumerate(words.split(BREAK)):
                if k and self.parts:
                    self.put(speaker, text, marks)
                    other = 'agent' if speaker == 'customer' else 'customer'
                    if self.r.random() < .7:
                        self.say(other, '<bc>')
                    text, marks = '', []
                piece = self.write(piece, kind is None)
                if kind:
                    end = len(text) + len(piece.rstrip())
                    marks.append((len(text), end, kind, key))
                text += piece
        self.put(speaker, text, marks)

    def put(self, speaker, text, marks):
        text = text.rstrip(' .' if self.register == 'asr' else ' ')
        if text:
            self.turns.append((speaker, text, marks))

    def ask(self, what):
        self.parts = self.r.random() < .5
        self.say('agent', f'<ask{what}>')
        self.say('customer', f'<say{what}>')
        if what == 'name' and self.lang == 'en' and self.r.random() < .4:
            self.say('agent', '<spellname>')
            self.say('customer', '<sayspell>')

    def english(self, domain):
        opens, asks = DOMAINS[domain]
        self.say('agent', '<greet>')
        self.say('customer', self.r.choice(
            ['<hi> ' + self.r.choice(opens), '<hi> <self> ' +
             self.r.choice(opens), '<self> ' + self.r.choice(opens)]))
        for what in self.r.sample(asks.split(), self.r.randint(2, 4)):
            self.ask(what)
            self.say('agent', self.r.choice(
                ['<thanks>', '<thanks> <decoy>', '<decoy>']))
            self.say('customer', self.r.choice(
                ['<decoy>', '<decoy> <decoy>', '<third>', '<decoy>',
                 '<selfcontact>', '<yes>']))
        if self.r.random() < .4:
            self.say('agent', '<repeatback>')
            self.say('customer', '<yes>')
        self.say(self.r.choice(['agent', 'customer']), '<bye>')

    def local(self):
        self.say('agent', '<greet>')
        self.say('customer', '<open>')
        for what in self.r.sample('name phone mail addr dob acct'.split(), 3):
            self.ask(what)
            self.say('agent', '<decoy>')
            self.say('customer', self.r.choice(['<decoy>', '<yes>']))
        self.say('agent', '<bye>')

    def make(self, domain):
        self.parts = False
        if self.lang == 'en':
            self.english(domain)
        else:
            self.local()
        return self.turns


def dialogues(seed, count):
    rnd = random.Random(seed)
    out = []
    for n in range(count):
        lang = rnd.choice(LANGUAGES)
        register = REGISTERS[n // 3 % 3]
        domain = sorted(DOMAINS)[n % len(DOMAINS)]
        maker = Maker(rnd, lang, register)
        out.append(Text(maker.make(domain), lang,
                        ('json', 'jsonl', 'txt')[n % 3],
                        f'{lang} {register}'))
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--count', type=int, default=480)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--show', type=int, default=0)
    p.add_argument('--json', action='store_true')
    a = p.parse_args()
    texts = dialogues(a.seed, a.count)
    run(texts)
    score = Score()
    for t in texts:
        score.add(t)
    if a.json:
        print(json.dumps(score.figures()))
    else:
        score.show(a.show)
        score.names()
        score.table(LEAKED, OVER)
    return score.leak_share() > LEAKED or score.over_share() > OVER


if __name__ == '__main__':
    sys.exit(main())
