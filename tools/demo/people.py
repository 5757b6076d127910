"""The people of the fictional bank and clinic, and what is known of them.

Every value is made up: cards and IBANs pass their checks but lie in ranges for
tests, phones are 555-01xx or in ranges that are given to nobody, e-mail is
under example domains.
"""
# SPDX-License-Identifier: Apache-2.0

FIRST = {
    'en': ('Nadia Oskar Priya Tomas Ingrid Malik Wren Celeste Hugo Amara Felix '
           'Yuki Rosa Declan Mirela Anton Saoirse Viktor Leila Bram').split(),
    'de': 'Jürgen Annegret Käthe Friedrich Heike Ulrike Günter Silke'.split(),
    'es': 'Joaquín Marisol Begoña Nicanor Itziar Eulalia'.split(),
}
LAST = {
    'en': ('Fairbanks Okonkwo Lindqvist Marchetti Delacroix Petrov Abernathy '
           'Kowalczyk Brannigan Vasquez Thornbury Nakamura Haddad Oyelaran '
           'Winterbourne Castellanos').split(),
    'de': 'Müllerstein Hagedorn Weißkopf Brinkmann Oberländer'.split(),
    'es': 'Echeverría Zubizarreta Montalbán Quiroga Belmonte'.split(),
}
AGENTS = {'en': 'Dagny Ellsworth', 'de': 'Roswitha Kleinschmidt'}
STREETS = 'Harbor Quay Lantern Compass Mill Orchard Signal Chandler'.split()
ZIPS = '94117 94110 60614 10025 97211 78704'.split()
MONTHS = ('January February March April May June July August September '
          'October November December').split()
MONATE = ('Januar Februar März April Mai Juni Juli August September Oktober '
          'November Dezember').split()


def luhn(body):
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return body + str(-total % 10)


def iban(bank):
    """A German account number with its check digits."""
    return f'DE{98 - int(bank + "131400") % 97:02d}{bank}'


def fours(digits):
    return ' '.join(digits[i:i + 4] for i in range(0, len(digits), 4))


class Person:
    def __init__(self, rnd, n, language, names):
        """names: those that are taken; no two people have the same."""
        while True:
            self.first = rnd.choice(FIRST[language])
            self.last = rnd.choice(LAST[language])
            if (self.first, self.last) not in names:
                break
        names.add((self.first, self.last))
        self.language = language
        self.name = f'{self.first} {self.last}'
        self.stem = self.name.lower().replace(' ', '-')
        user = f'{self.first[0]}{self.last}'.lower()
        for a, b in zip('üäößñéíóáú', ('ue', 'ae', 'oe', 'ss', *'neioau')):
            user = user.replace(a, b)
        self.mail = f'{user}{n}@example.org'
        self.phone = {'en': f'+1-415-555-01{n % 100:02d}',
                      'de': f'+49 30 23125 0{n % 100:02d}',
                      'es': f'+34 555 000 0{n % 100:02d}'}[language]
        self.card = fours(luhn('411111' + ''.join(
            rnd.choices('0123456789', k=9))))
        self.iban = fours(iban('12345678' + ''.join(
            rnd.choices('0123456789', k=10))))
        self.policy = f'HB-{rnd.randrange(10 ** 8):08d}'
        self.street = f'{rnd.randrange(2, 98)} {rnd.choice(STREETS)} Street'
        self.zip = rnd.choice(ZIPS)
        self.age = rnd.randrange(21, 95)
        self.born = (2025 - self.age, rnd.randrange(1, 13),
                     rnd.randrange(1, 29))
        self.balance = rnd.randrange(200, 90000)
        self.month, self.day = rnd.randrange(12), rnd.randrange(1, 28)
        self.amount = f'{rnd.randrange(20, 900)}.{rnd.randrange(100):02d}'

    @property
    def date(self):
        return f'{MONTHS[self.month]} {self.day}, 2026'

    @property
    def datum(self):
        return f'{self.day}. {MONATE[self.month]} 2026'

    @property
    def born_iso(self):
        return '{}-{:02d}-{:02d}'.format(*self.born)

    @property
    def born_text(self):
        y, m, d = self.born
        return f'{MONTHS[m - 1]} {d}, {y}'
