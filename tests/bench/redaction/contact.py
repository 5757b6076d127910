"""Makes cards, account numbers, addresses of the net, phones of sixteen
countries, and texts that only look like them."""
# SPDX-License-Identifier: Apache-2.0
from ids import Maker, luhn

IBANS = {'DE': '18n', 'GB': '4a14n', 'FR': '10n11c2n', 'ES': '20n',
         'IT': '1a10n12c', 'NL': '4a10n', 'AT': '16n', 'CH': '5n12c',
         'PL': '24n', 'SE': '20n', 'BE': '12n', 'PT': '21n', 'IE': '4a14n',
         'DK': '14n', 'NO': '11n', 'FI': '14n', 'MT': '4a5n18c'}

# Formats of numbers: n is any digit, N 2 to 9, the rest stands as it is.
PHONES = {
    'US': ('NNn-NNn-nnnn', '(NNn) NNn-nnnn', 'NNn.NNn.nnnn', 'NNn NNn nnnn',
           '+1 NNn-NNn-nnnn', '+1NNnNNnnnnn', '1-8NN-NNn-nnnn',
           '+1 (NNn) NNn-nnnn', 'NNn-NNn-nnnn x12'),
    'GB': ('020 7nnn nnnn', '07nnn nnnnnn', '0161 nnn nnnn', '01632 960nnn',
           '+44 20 7nnn nnnn', '+44 7nnn nnnnnn', '(020) 7nnn nnnn',
           '+44 (0)20 7nnn nnnn', '07nnn nnn nnn'),
    'DE': ('030 nnnnnnn', '0170 nnnnnnn', '+49 30 nnnnnnn', '089/nnnnnn',
           '+49 (0)89 nnnnnnnn', '0049 30 nnnnnnn', '+49 151 nnnnnnnn',
           '0151 nnn nn nnn', '(0221) nnnnnnn'),
    'FR': ('01 nn nn nn nn', '06.nn.nn.nn.nn', '+33 1 nn nn nn nn',
           '+33 6nnnnnnnn', '04-nn-nn-nn-nn', '+33 (0)1 nn nn nn nn'),
    'ES': ('6nn nnn nnn', '91N nn nn nn', '+34 6nn nnn nnn',
           '+34 91n nnn nnn', '6nn nn nn nn', '+346nnnnnnnn'),
    'IT': ('+39 06 nnnn nnnn', '06 nnnn nnnn', '02 nnnnnnnn',
           '+39 3NN nnn nnnn', '3NN nnn nnnn', '+39 3NNnnnnnnn'),
    'NL': ('020-nnnnnnn', '06-nnnnnnnn', '+31 20 nnn nnnn', '06 nnnnnnnn',
           '+31 6 nnnnnnnn', '020 nnn nnnn'),
    'CH': ('044 nnn nn nn', '079 nnn nn nn', '+41 44 nnn nn nn',
           '+41 79 nnn nn nn', '0041 79 nnn nn nn'),
    'AT': ('01 nnnnnnn', '0664 nnnnnnn', '+43 1 nnnnnnn', '+43 664 nnnnnnn',
           '0664/nnn nn nn'),
    'PL': ('6nn nnn nnn', '+48 6nn nnn nnn', '+48 22 nnn nn nn',
           '22 nnn nn nn'),
    'VN': ('09nn nnn nnn', '03nn nnn nnn', '+84 9nn nnn nnn',
           '028 38nn nnnn', '(024) 39nn nnnn', '09nn.nnn.nnn',
           '+84 28 38nn nnnn', '09nnnnnnnn'),
    'IN': ('98nnn nnnnn', '+91 98nnn nnnnn', '+91-98nnnnnnnn',
           '022 2nnn nnnn', '+91 22 2nnn nnnn'),
    'AU': ('04nn nnn nnn', '(02) 9nnn nnnn', '+61 4nn nnn nnn',
           '+61 2 9nnn nnnn', '1300 nnn nnn'),
    'JP': ('090-nnnn-nnnn', '03-nnnn-nnnn', '+81 90-nnnn-nnnn',
           '+81 3 nnnn nnnn'),
    'BR': ('(11) 9nnnn-nnnn', '+55 11 9nnnn-nnnn', '(21) 3nnn-nnnn',
           '11 9nnnn-nnnn'),
    'MX': ('55 NNnn nnnn', '+52 55 NNnn nnnn', '+52 1 55 NNnn nnnn',
           '(55) NNnn nnnn'),
}

TOPS = ['com', 'org', 'net', 'de', 'es', 'vn', 'co.uk', 'io', 'edu', 'info',
        'com.vn', 'com.au', 'museum', 'photography', 'fr', 'eu']
NAMES = ['lena', 'oskar', 'quynh', 'mateo', 'ingrid', 'tomasz', 'yusuf',
         'bao', 'carmen', 'declan', 'priya', 'xavier']
WORDS = ['north', 'river', 'copper', 'window', 'maple', 'harbor', 'stone',
         'meadow', 'velvet', 'orchard']


class Contact(Maker):
    def CREDIT_CARD(self):
        head, n = self.r.choice([
            ('4', 16), ('51', 16), ('55', 16), ('2221', 16), ('2720', 16),
            ('34', 15), ('37', 15), ('36', 14), ('3528', 16), ('6011', 16),
            ('65', 16), ('62', 16), ('4', 13)])
        v = self.until(lambda: head + self.d(n - len(head)), luhn)
        if n == 16:
            return self.group(v, '16', '4 4 4 4', '4-4-4-4', '4.4.4.4')
        if n == 15:
            return self.group(v, '15', '4 6 5', '4-6-5')
        return v if n == 13 else self.group(v, '14', '4 6 4')

    def IBAN_CODE(self):
        country = self.r.choice(sorted(IBANS))
        body, size = '', ''
        for c in IBANS[country]:
            if c.isdigit():
                size += c
                continue
            body += {'n': self.d, 'a': self.a, 'c': lambda n: self.a(
                n, 'ABCDEFGHIJ0123456789')}[c](int(size))
            size = ''
        n = int(''.join(str(int(c, 36)) for c in body + country + '00'))
        v = f'{country}{98 - n % 97:02}{body}'
        fours = [v[i:i + 4] for i in range(0, len(v), 4)]
        return self.r.choice([v, ' '.join(fours), '-'.join(fours), v.lower()])

    def US_SSN(self):
        area = self.until(lambda: self.r.randint(1, 899), lambda a: a != 666)
        v = f'{area:03}{self.r.randint(1, 99):02}{self.r.randint(1, 9999):04}'
        return self.group(v, '3-2-4')

    def IP_ADDRESS(self):
        v4 = '.'.join(str(self.r.randint(0, 255)) for _ in range(4))
        v6 = ':'.join(f'{self.r.randint(1, 65535):x}' for _ in range(8))
        parts = v6.split(':')
        short = ':'.join(parts[:3]) + '::' + ':'.join(parts[6:])
        return self.r.choice([v4, v4, v6, v6.upper(), short,
                              f'2001:db8::{parts[0]}', f'fe80::{parts[1]}',
                              f'::ffff:{v4}'])

    def local(self):
        n, w = self.r.choice(NAMES), self.r.choice(WORDS)
        return self.r.choice([n, f'{n}.{w}', f'{n}_{w}{self.d(2)}',
                              f'{n[0]}{w}', f'{n}+{w}', f'{w}{self.d(3)}',
                              f'{n}-{w}', n.upper(), f"o'{w}"])

    def host(self):
        w, v = self.r.sample(WORDS, 2)
        return self.r.choice([w, f'{w}-{v}', f'mail.{w}', f'{w}{v}']) + \
            '.' + self.r.choice(TOPS)

    def EMAIL_ADDRESS(self):
        return self.r.choice([
            f'{self.local()}@{self.host()}', f'{self.local()}@{self.host()}',
            f'{self.local()}@gmail.com', f'{self.local()}@gmailcom',
            f'{self.local()}%40{self.host()}',
            f'{self.r.choice(NAMES)} dot {self.r.choice(WORDS)} at '
            f'{self.r.choice(WORDS)} dot {self.r.choice(["com", "org", "de"])}',
            f'{self.r.choice(NAMES)}{self.d(2)} at gmail dot com',
            f'{self.r.choice(NAMES)} (at) {self.r.choice(WORDS)}.com',
            f'{self.r.choice(NAMES)}[at]{self.r.choice(WORDS)}[dot]org',
            f'{self.r.choice(NAMES)} underscore {self.r.choice(WORDS)} at '
            f'yahoo dot com'])

    def URL(self):
        h, w = self.host(), self.r.choice(WORDS)
        return self.r.choice([
            f'https://{h}', f'http://{h}/{w}', f'https://www.{h}/{w}?q={w}',
            f'www.{w}.com', f'https://{h}:8443/{w}#top', f'ftp://{h}/{w}.gz',
            f'{w}.com/{self.d(5)}', f'https://{h}/{w}/{self.d(8)}',
            f'http://localhost:3000/{w}', f'HTTPS://{h.upper()}/'])

    def PHONE_NUMBER(self, country=None):
        country = country or self.r.choice(sorted(PHONES))
        form = self.r.choice(PHONES[country])
        out = ''
        for c in form:
            out += self.d(1) if c == 'n' else self.a(1, '23456789') \
                if c == 'N' else c
        return out

    # ---- what only looks so ----

    def decoy(self, name):
        r = self.r
        if name in ('CREDIT_CARD', 'IBAN_CODE'):
            return self.wrong(name)
        if name == 'US_SSN':
            return r.choice([
                f'000-{self.d(2)}-{self.d(4)}', f'666-{self.d(2)}-{self.d(4)}',
                f'{self.d(3)}-00-{self.d(4)}', f'{self.d(3)}-{self.d(2)}-0000',
                f'{self.d(3)}-{self.d(3)}-{self.d(4)}',
                f'{self.d(2)}-{self.d(3)}-{self.d(4)}',
                f'{self.d(3)}/{self.d(2)}/{self.d(4)}',
                f'part {self.d(3)}-{self.d(2)}-{self.d(5)}'])
        if name == 'IP_ADDRESS':
            return r.choice([
                f'{r.randint(256, 999)}.{self.d(1)}.{self.d(1)}.{self.d(1)}',
                f'version {r.randint(1, 9)}.{r.randint(0, 9)}.'
                f'{r.randint(0, 9)}.{r.randint(0, 9)}',
                f'v{r.randint(1, 9)}.0.{r.randint(0, 9)}.{r.randint(0, 9)}',
                f'{self.d(1)}.{self.d(1)}.{self.d(2)}',
                f'{r.randint(10, 23)}:{r.randint(10, 59)}:{r.randint(10, 59)}',
                f'std::{r.choice(WORDS)}', f'{r.choice(WORDS)}::add',
                f'{self.a(2, "0123456789ABCDEF")}:' * 5 +
                self.a(2, '0123456789ABCDEF'),
                f'1.{self.d(1)}.3.{self.d(1)}.5'])
        if name == 'EMAIL_ADDRESS':
            w, v = r.sample(WORDS, 2)
            return r.choice([
                f'{w}@', f'@{w}', f'{w}@{v}', f'{w} @ {v}', f'root@{w}1',
                f'we met at {w} on dot', f'look at {w}.{v.capitalize()} is',
                f'meet me at {r.randint(1, 12)} dot {r.randint(10, 59)}',
                f'the shop at {w} street', f'@{w}.{v}',
                f'{w} @ ${r.randint(2, 9)}.50', f'at {w}.com'])
        if name == 'URL':
            w, v = r.sample(WORDS, 2)
            return r.choice([
                f'{w}.{v.capitalize()}', f'{w}.txt', f'{w}.py', 'e.g. this',
                f'{w}/{v}', f'{self.d(1)}.{self.d(2)}', f'{w}: {v}',
                f'C:\\{w}\\{v}', f'http: {w}', f'{w}...{v}', f'{w}.js',
                f'{w}@{v}.com', '192.168.0.1', 'Ph.D.', f'{w}://'])
        assert name == 'PHONE_NUMBER', name
        return r.choice([
            f'{r.randint(1950, 2030)}-{r.randint(10, 12)}-{r.randint(10, 28)}',
            f'{r.randint(1, 28)}/{r.randint(1, 12)}/{r.randint(1950, 2030)}',
            f'{r.randint(1, 9)},{self.d(3)},{self.d(3)}',
            f'${r.randint(1, 9)},{self.d(3)}.{self.d(2)}',
            f'{r.randint(1, 223)}.{self.d(2)}1.{self.d(1)}.{self.d(1)}',
            f'{r.randint(1990, 2030)}-{r.randint(1990, 2030)}',
            f'{r.randint(10, 23)}:{r.randint(10, 59)}:{r.randint(10, 59)}',
            f'pages {r.randint(100, 199)}-{r.randint(200, 299)}',
            f'order {self.d(5)}', f'{r.randint(2, 9)} {r.randint(2, 9)} '
            f'{r.randint(2, 9)}', f'{self.d(1)}.{self.d(8)}',
            f'{r.randint(1000, 9999)} {r.randint(1000, 9999)} '
            f'{r.randint(1000, 9999)} {r.randint(1000, 9999)}',
            f'ISBN 978-{self.d(1)}-{self.d(2)}-{self.d(6)}-{self.d(1)}',
            f'{r.randint(2, 9)}{self.d(5)} people',
            f'{self.a(3)}{self.d(7)}', f'{self.d(3)}-{self.d(2)}'])
