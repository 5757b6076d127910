"""The people of the dialogues made for tests, and their values as they are
written or said."""
# SPDX-License-Identifier: Apache-2.0
from contact import Contact
from dialogue_lists import (AGENTS, COMPANIES, COUNTS, FAMILY, GIVEN, GOODS,
                            LOCAL, MAILS, STATES, STREETS, SUFFIXES, TIMES,
                            TOWNS, VERSIONS, WORDS)

DIGITS = 'zero one two three four five six seven eight nine'.split()
TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' \
    'eighteen nineteen'.split()
TENS = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split()
MONTHS = {'en': 'January February March April May June July August September '
                'October November December'.split(),
          'de': 'Januar Februar März April Mai Juni Juli August September '
                'Oktober November Dezember'.split(),
          'es': 'enero febrero marzo abril mayo junio julio agosto septiembre '
                'octubre noviembre diciembre'.split()}
ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth ' \
    'eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth ' \
    'eighteenth nineteenth twentieth'.split()
LIKE = dict(zip('abcdefghijklmnopqrstuvwxyz',
                'apple boy cat dog echo fox george henry igloo jelly kite '
                'lemon mother nancy orange paper queen robert sugar tango '
                'uncle victor water xray yellow zebra'.split()))
# A value may go on in the next turn here, after a word of the other side.
BREAK = '\v'


def pair(n):
    """0 to 99 as it is said in house numbers and years."""
    if n < 10:
        return 'oh ' + DIGITS[n]
    if n < 20:
        return TEENS[n - 10]
    return TENS[n // 10] + (' ' + DIGITS[n % 10] if n % 10 else '')


class Persona:
    """Who calls: each slot as [(words, type, key)]; type '~' does not count,
    None is plain."""

    def __init__(self, rnd, language, register, company):
        self.r, self.language, self.register = rnd, language, register
        self.company, self.agent = company, rnd.choice(AGENTS)
        self.made = {}
        self.ids = Contact(rnd.randrange(1 << 30))
        self.first, self.last = self.name()
        self.title = rnd.choice(['Mr.', 'Ms.', 'Mrs.'] if language != 'vi'
                                else ['anh', 'chị'])
        self.other = self.name()
        while self.other[0] == self.first or self.other[1] == self.last:
            self.other = self.name()
        self.town = rnd.choice(TOWNS)

    def name(self):
        if self.language in LOCAL:
            given, family = LOCAL[self.language][:2]
            return self.r.choice(given), self.r.choice(family)
        x, y = self.r.random(), self.r.random()
        return (self.r.choice(GIVEN['rare' if x < .35 else 'word' if x < .65
                                    else 'usual']),
                self.r.choice(FAMILY['rare' if y < .4 else 'word' if y < .65
                                     else 'usual']))

    def whole(self, first, last):
        if self.language == 'vi':
            return f'{last} {first}'
        return f'{first} {last}'

    def d(self, n, first='0123456789'):
        return self.r.choice(first) + ''.join(
            self.r.choice('0123456789') for _ in range(n - 1))

    def a(self, n, of='ABCDEFGHJKLMNPQRSTUVWXYZ'):
        return ''.join(self.r.choice(of) for _ in range(n))

    def once(self, name, make):
        """A value is the same all through a dialogue."""
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    # ---- how it is said ----

    def say(self, text):
        """Digits and letters one by one, with doubles; BREAK between groups
        of those that blanks or dashes part."""
        out = []
        for group in text.replace('-', ' ').split():
            said, i = [], 0
            while i < len(group):
                c = group[i].lower()
                word = self.r.choice(['oh', 'zero']) if c == '0' else \
                    DIGITS[int(c)] if c.isdigit() else c
                n = len(group[i:]) - len(group[i:].lstrip(group[i]))
                if c.isdigit() and n >= 2 and self.r.random() < .5:
                    said.append('double ' + word)
                    i += 2
                    continue
                if c.isalpha() and self.r.random() < .25:
                    word += f' as in {LIKE.get(c, c)}'
                said.append(word)
                i += 1
            out.append(' '.join(said))
        return (' ' + BREAK).join(out)

    def code(self, written, said=None):
        """A code that is written, or said where a recognizer heard it."""
        if self.register == 'asr' and self.language == 'en' and \
                self.r.random() < .75:
            return self.say(said or written)
        return written.lower() if self.register == 'casual' and \
            self.r.random() < .5 else written

    def parted(self, *groups):
        sep = self.r.choice(['-', ' ', ' ', ''])
        written = sep.join(groups)
        if self.register == 'casual' and self.r.random() < .3:
            return (' ' + BREAK).join(groups)  # in messages of their own
        return self.code(written, ' '.join(groups))

    # ---- values ----

    def phone(self):
        r = self.r
        if self.language == 'de':
            return r.choice(['0171 55', '+49 30 90', '0221-47']) + self.d(2) \
                + ' ' + self.d(4)
        if self.language == 'es':
            return r.choice(['6', '+34 6', '91 ']) + self.d(2) + ' ' + \
                self.d(3) + ' ' + self.d(3)
        if self.language == 'vi':
            return r.choice(['09', '+84 9', '03']) + self.d(2) + ' ' + \
                self.d(3) + ' ' + self.d(3)
        area, mid, end = self.d(3, '2346789'), self.d(3, '23456789'), self.d(4)
        if self.register == 'chat':
            return r.choice(['({}) {}-{}', '{}-{}-{}', '{}.{}.{}', '{}{}{}',
                             '+1 {} {} {}']).format(area, mid, end)
        return self.parted(area, mid, end)

    def mail(self):
        r, plain = self.r, str.maketrans('äöüßáéíóúñ', 'aousaeioun')
        f = self.first.lower().translate(plain)
        l = self.last.lower().translate(plain).replace('-', '')
        f, l = (''.join(c for c in x if c.isascii() and c.isalpha())
                for x in (f, l))
        local = r.choice([f + '.' + l, f[0] + l, l + f[0] + self.d(2),
                          f + '_' + l, f + self.d(3)])
        domain = r.choice(MAILS)
        if self.register == 'chat' or self.language != 'en':
            return f'{local}@{domain}'
        if self.register == 'casual':
            return r.choice([f'{local}@{domain}', f'{local} at {domain}',
                             f'{local}@{domain.replace(".", "")}',
                             f'{local} @ {domain}'])
        said = local.replace('.', ' dot ').replace('_', ' underscore ')
        if r.random() < .35:
            said = ' '.join(' '.join(w) if w not in ('dot', 'underscore')
                            else w for w in said.split())
        said = ''.join(f' {DIGITS[int(c)]} ' if c.isdigit() else c
                       for c in said)
        return ' '.join(said.split()) + ' at ' + domain.replace('.', ' dot ')

    def addr(self):
        r, n = self.r, r_number(self.r)
        if self.language in LOCAL:
            street = r.choice(LOCAL[self.language][2])
            town = r.choice(LOCAL[self.language][3])
            return f'{n} {street}, {town}' if self.language == 'vi' else \
                f'{street} {n}, {town}'
        street, kind = r.choice(STREETS), r.choice(SUFFIXES)
        city, state, zip_ = self.town
        if self.register == 'asr':
            number = pair(n // 100) + ' ' + pair(n % 100) if n > 999 else \
                ' '.join(self.say(str(n)).split()) if n > 99 else \
                pair(n).replace('oh ', '')
            return f'{number} {street} {kind} ' + r.choice(
                [f'{city} {STATES[state]}', f'in {city}', city])
        if self.register == 'casual':
            return f'{n} {street} {kind.replace("Street", "St")} {city} ' + \
                r.choice([state, f'{state} {zip_}'])
        unit = r.choice(['', '', f' Apt {n % 40}', f', Unit {n % 9}B'])
        return f'{n} {street} {kind}{unit}, {city}, {state} {zip_}'

    def dob(self):
        r = self.r
        y, m, d = r.randint(1938, 2006), r.randint(1, 12), r.randint(1, 20)
        if self.language != 'en':
            form = {'de': ['{d:02}.{m:02}.{y}', '{d}. {w} {y}'],
                    'es': ['{d:02}/{m:02}/{y}', '{d} de {w} de {y}'],
                    'vi': ['{d:02}/{m:02}/{y}', 'ngày {d} tháng {m} năm {y}']}
            return r.choice(form[self.language]).format(
                d=d, m=m, y=y, w=MONTHS.get(self.language, [''] * 12)[m - 1])
        month = MONTHS['en'][m - 1]
        if self.register == 'asr':
            year = r.choice([f'{pair(y // 100)} {pair(y % 100)}',
                             pair(y % 100)]) if y < 2000 else \
                'two thousand ' + DIGITS[y % 10]
            return r.choice([f'{month} {ORDINALS[d - 1]} {year}',
                             f'the {ORDINALS[d - 1]} of {month} {year}',
                             f'{pair(m)} {pair(d)} {year}'.replace('oh ', '')])
        return r.choice([f'{m:02}/{d:02}/{y}', f'{month} {d}, {y}',
                         f'{d} {month[:3]} {y}', f'{m}-{d}-{y % 100:02}',
                         f'{y}-{m:02}-{d:02}'])

    def card(self):
        body = [int(c) for c in '4' + self.d(14)]
        twice = sum(sum(divmod(2 * c, 10)) for c in body[::2])
        body.append(-(twice + sum(body[1::2])) % 10)
        n = ''.join(map(str, body))
        return self.parted(n[:4], n[4:8], n[8:12], n[12:])

    def last4(self):
        n = self.d(4)
        if self.register == 'asr' and self.r.random() < .25 and n[0] > '0':
            return pair(int(n[:2])) + ' ' + pair(int(n[2:]))
        return self.code(n)

    def acct(self):
        if self.language == 'de':
            return self.r.choice([self.d(9, '123'), self.ids.DE_TAX_ID()])
        if self.language == 'es':
            return self.r.choice([self.d(8, '123'), self.ids.ES_NIF()])
        if self.language == 'vi':
            return self.r.choice(['KH' + self.d(7), self.ids.VN_CCCD()])
        return self.r.choice([lambda: self.code(self.d(9, '123456789')),
                              lambda: self.parted(self.d(4), self.d(5)),
                              lambda: self.code('AC' + self.d(7))])()

    def order(self):
        return self.code(self.r.choice(
            [self.a(2) + self.d(6), self.d(3) + '-' + self.d(7),
             self.a(3) + '-' + self.d(5), self.d(8, '123456789')]))

    def user(self):
        return (self.first[0] + self.last.replace('-', '').replace('ü', 'u')
                ).lower() + self.d(2)

    def spelled(self):
        letters = [c for c in self.last if c.isalpha()]
        if self.register == 'chat':
            return '-'.join(c.upper() for c in letters)
        if self.r.random() < .3:
            return ' '.join(f'{c} as in {LIKE.get(c.lower(), c)}'
                            for c in letters).lower()
        return ' '.join(letters)

    def value(self, slot):
        """[(words, type, key)] of a slot."""
        me, other = ('PERSON', 'me'), ('PERSON', 'other')
        names = {'full': (self.whole(self.first, self.last),) + me,
                 'first': (self.first,) + me, 'last': (self.last,) + me,
                 'ofull': (self.whole(*self.other),) + other,
                 'ofirst': (self.other[0],) + other,
                 'title': (self.title, None, None),
                 'agent': (self.agent, '~', None),
                 'org': (self.company, '~', None),
                 'city': (self.town[0], 'CITY', 'city')}
        if slot in names:
            return names[slot]
        if slot == 'spelled':
            return (self.once(slot, self.spelled),) + me
        made = {
            'phone': self.phone, 'mail': self.mail, 'addr': self.addr,
            'dob': self.dob, 'card': self.card, 'last4': self.last4,
            'acct': self.acct, 'order': self.order, 'user': self.user,
            'zip': lambda: self.code(self.d(5, '123456789')),
            'ssn': lambda: self.parted(str(self.r.randint(100, 665)),
                                       self.d(2, '123456789'),
                                       self.d(4, '123456789')),
            'policy': lambda: self.code(
                self.a(2) + '-' + self.d(7, '123456789')),
            'pnr': lambda: self.code(
                self.a(2) + self.d(1, '23456789') + self.a(3)),
            'mrn': lambda: self.code(
                self.r.choice(['', 'MR']) + self.d(7, '123456789')),
            'plate': lambda: self.code(self.d(1, '123456789') + self.a(3) +
                                       self.d(3)),
            'password': lambda: self.r.choice(STREETS).split()[0] +
            self.r.choice(['!', '-', '']) + self.d(3)}
        if slot in made:
            return self.once(slot, made[slot]), slot.upper(), slot
        return self.decoy(slot), None, None

    # ---- what is nobody's ----

    def decoy(self, slot):
        r = self.r
        if slot in ('n', 'h', 'm', 'd'):
            return {'n': str(r.randint(2, 40)), 'h': str(r.randint(1, 12)),
                    'm': r.choice(['15', '30', '45', '05']),
                    'd': self.d(3, '123456789')}[slot]
        if slot == 'money':
            n = r.choice([r.randint(3, 99), r.randint(100, 4200)])
            c = self.d(2)
            said = {'en': [f'${n}.{c}', f'{n} dollars', f'${n}',
                           f'{n}.{c} dollars'],
                    'de': [f'{n},{c} Euro', f'{n} Euro', f'{n},{c} €'],
                    'es': [f'{n},{c} euros', f'{n} €', f'{n} euros'],
                    'vi': [f'{n}.000 đồng', f'{n}.000đ', f'{n} nghìn']}
            return r.choice(said[self.language])
        if slot == 'topicstreet':
            return r.choice(STREETS) + ' ' + r.choice(SUFFIXES)
        if slot == 'flight':
            return r.choice(['BF', 'QK ', 'BF ']) + self.d(3, '123456789')
        if slot == 'day':
            return r.choice(['Monday', 'the weekend', 'last spring', 'day one',
                             'the 3rd', 'Easter'])
        lists = {'goods': GOODS, 'version': VERSIONS, 'count': COUNTS,
                 'time': TIMES, 'words': WORDS}
        return ''.join(self.decoy(p[0]) + p[2:] if p[1:2] == '}' else p
                       for p in r.choice(lists[slot]).split('{'))


def r_number(rnd):
    return rnd.choice([rnd.randint(2, 99), rnd.randint(100, 999),
                       rnd.randint(1000, 9899)])


def company(rnd):
    return rnd.choice(COMPANIES)
