"""Makes identifiers of every type, right and wrong ones: a second writing of
their rules, which shares nothing with the recognizers."""
# SPDX-License-Identifier: Apache-2.0
import random
import string

LETTERS = string.ascii_uppercase


class Maker:
    """Values of one seed. Each method gives a right one; `wrong(name)` one
    that looks like it and is not."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    # ---- parts ----

    def d(self, n):
        return ''.join(self.r.choice('0123456789') for _ in range(n))

    def a(self, n, of=LETTERS):
        return ''.join(self.r.choice(of) for _ in range(n))

    def date(self):
        return (self.r.randint(0, 99), self.r.randint(1, 12),
                self.r.randint(1, 28))

    def until(self, make, good):
        while True:
            v = make()
            if good(v):
                return v

    def group(self, v, *forms):
        """v cut as one of forms says: '3-3-4' with its separators."""
        form = self.r.choice(forms)
        out, at, size = '', 0, ''
        for c in form + '\0':
            if c.isdigit():
                size += c
                continue
            out += v[at:at + int(size)]
            at += int(size)
            size = ''
            out += '' if c in '\0|' else c
        assert at == len(v), (form, v)
        return out

    # ---- United States ----

    def US_ITIN(self):
        g = self.r.choice([*range(50, 66), *range(70, 89), 90, 91, 92,
                           *range(94, 100)])
        return f'9{self.d(2)}-{g:02}-{self.d(4)}'

    def US_EIN(self):
        return f'{self.r.choice([1, 5, 12, 20, 36, 47, 55, 61, 75, 82, 95]):02}-{self.d(7)}'

    def US_NPI(self):
        return self.until(lambda: self.r.choice('12') + self.d(9),
                          lambda v: luhn('80840' + v))

    def US_MBI(self):
        ok = ''.join(c for c in LETTERS if c not in 'SLOIBZ')
        an = ok + '0123456789'
        v = (self.a(1, '123456789') + self.a(1, ok) + self.a(1, an) +
             self.d(1) + self.a(1, ok) + self.a(1, an) + self.d(1) +
             self.a(2, ok) + self.d(2))
        return self.group(v, '11', '4-3-4')

    def ABA_ROUTING_NUMBER(self):
        return self.until(
            lambda: f'{self.r.choice([1, 2, 7, 11, 12, 21, 26, 31, 32]):02}' +
            self.d(7),
            lambda v: dot(v, [3, 7, 1] * 3) % 10 == 0)

    def MEDICAL_LICENSE(self):
        def check(v):
            n = [int(c) for c in v[2:]]
            return (n[0] + n[2] + n[4] + 2 * (n[1] + n[3] + n[5])) % 10 == n[6]
        return self.until(lambda: self.a(1, 'ABFGM') + self.a(1) + self.d(7),
                          check)

    def US_PASSPORT(self):
        return self.r.choice([self.d(9), self.a(1) + self.d(8)])

    # ---- Canada, United Kingdom ----

    def CA_SIN(self):
        v = self.until(lambda: self.a(1, '1234567') + self.d(8), luhn)
        return self.group(v, '9', '3 3 3', '3-3-3')

    def UK_NHS(self):
        def good(v):
            c = 11 - dot(v[:9], range(10, 1, -1)) % 11
            return c != 10 and c % 11 == int(v[9])
        v = self.until(lambda: self.a(1, '4679') + self.d(9), good)
        return self.group(v, '10', '3 3 4', '3-3-4')

    def UK_NINO(self):
        two = self.until(
            lambda: self.a(1, 'ABCEGHJKLMNOPRSTWXYZ') +
            self.a(1, 'ABCEGHJKLMNPRSTWXYZ'),
            lambda v: v not in ('BG', 'GB', 'NK', 'KN', 'TN', 'NT', 'ZZ'))
        v = two + self.d(6) + self.a(1, 'ABCD')
        v = self.group(v, '9', '2 2 2 2 1', '2 6 1', '2-2-2-2-1')
        return self.r.choice([v, v, v.lower()])

    def UK_DRIVING_LICENCE(self):
        y, m, day = self.date()
        name = (self.a(self.r.randint(2, 5)) + '9999')[:5]
        m += self.r.choice([0, 50])
        return (f'{name}{y // 10}{m:02}{day:02}{y % 10}'
                f'{self.a(1)}{self.r.choice([self.a(1), "9"])}9{self.a(2)}')

    def UK_POSTCODE(self):
        area = self.r.choice(['SW', 'M', 'B', 'EH', 'CB', 'LS', 'G', 'N',
                              'W', 'EC', 'BT', 'CF', 'OX', 'E', 'SE'])
        out = area + self.r.choice([self.d(1), str(self.r.randint(10, 29)),
                                    str(self.r.randint(1, 9)) +
                                    self.a(1, 'AEHPW')])
        return f'{out} {self.d(1)}{self.a(2, "ABDEFGHJLNPQRSTUWXYZ")}'

    # ---- Australia, India, South Africa ----

    def AU_TFN(self):
        v = self.until(lambda: self.a(1, '12345678') + self.d(8), lambda v:
                       dot(v, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0)
        return self.group(v, '9', '3 3 3')

    def AU_ABN(self):
        def good(v):
            n = [int(c) for c in v]
            n[0] -= 1
            w = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]
            return sum(a * b for a, b in zip(n, w)) % 89 == 0
        v = self.until(lambda: self.a(1, '123456789') + self.d(10), good)
        return self.group(v, '11', '2 3 3 3')

    def AU_MEDICARE(self):
        v = self.until(
            lambda: self.a(1, '23456') + self.d(8) + self.a(1, '123'),
            lambda v: dot(v[:8], [1, 3, 7, 9] * 2) % 10 == int(v[8]))
        return self.group(v, '10', '4 5 1')

    def IN_AADHAAR(self):
        v = self.a(1, '23456789') + self.d(10)
        return self.group(v + verhoeff(v), '12', '4 4 4', '4-4-4')

    def IN_PAN(self):
        return (self.a(3) + self.a(1, 'ABCFGHJLPT') + self.a(1) + self.d(4) +
                self.a(1))

    def ZA_ID_NUMBER(self):
        y, m, day = self.date()
        v = f'{y:02}{m:02}{day:02}' + self.d(4) + self.a(1, '01') + '8'
        v = self.until(lambda: v + self.d(1), luhn)
        return self.group(v, '13', '6 4 3')

    # ---- German ----

    def DE_TAX_ID(self):
        def ten():
            order = list('0123456789')
            self.r.shuffle(order)
            gone, twice = order[0], order[1]
            rest = order[1:] + [twice]
            self.r.shuffle(rest)
            return ''.join(rest)
        v = self.until(ten, lambda v: v[0] != '0')
        p = 10
        for c in v:
            s = (int(c) + p) % 10 or 10
            p = 2 * s % 11
        v += str((11 - p) % 10)
        return self.group(v, '11', '2 3 3 3')

    def DE_ID_CARD(self):
        ok = 'CFGHJKLMNPRTVWXYZ'
        v = self.a(1, 'LMNPRTVWXY') + self.a(5, ok + '0123456789' * 2) + \
            self.d(3)
        n = [int(c, 36) for c in v]
        return v + str(sum(a * b for a, b in zip(n, [7, 3, 1] * 3)) % 10)

    def DE_SOCIAL_SECURITY(self):
        y, m, day = self.date()
        v = f'{self.r.choice([2, 12, 15, 48, 52, 65]):02}{day:02}{m:02}{y:02}'
        v += self.a(1) + self.d(2)
        n = v[:8] + f'{ord(v[8]) - 64:02}' + v[9:]
        w = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]
        c = sum(sum(map(int, str(int(a) * b))) for a, b in zip(n, w)) % 10
        return self.group(v + str(c), '12', '2 6 1 3')

    def DE_HEALTH_INSURANCE(self):
        v = self.a(1) + self.d(8)
        n = f'{ord(v[0]) - 64:02}' + v[1:]
        c = sum(sum(map(int, str(int(a) * b)))
                for a, b in zip(n, [1, 2] * 5)) % 10
        return v + str(c)

    def AT_SOCIAL_SECURITY(self):
        y, m, day = self.date()
        def make():
            v = self.a(1, '123456789') + self.d(2)
            b = f'{day:02}{m:02}{y:02}'
            return v, dot(v + b, [3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11, b
        v, c, b = self.until(make, lambda t: t[1] < 10)
        return self.group(f'{v}{c}{b}', '10', '4 6')

    def CH_AHV(self):
        v = '756' + self.d(9)
        c = -dot(v, [1, 3] * 6) % 10
        return self.group(f'{v}{c}', '13', '3.4.4.2')

    # ---- Spanish ----

    def ES_NIF(self):
        n = self.r.randint(1000000, 99999999)
        v = f'{n:08}' + 'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23]
        v = self.group(v, '9', '8-1', '2.3.3-1', '8 1')
        return self.r.choice([v, v, v.lower()])

    def ES_NIE(self):
        x, n = self.r.randint(0, 2), self.r.randint(0, 9999999)
        c = 'TRWAGMYFPDXBNJZSQVHLCKE'[(x * 10 ** 7 + n) % 23]
        return self.group(f'{"XYZ"[x]}{n:07}{c}', '9', '1-7-1')

    def ES_CIF(self):
        k, n = self.a(1, 'ABCDEFGHJNPQRSUVW'), self.d(7)
        s = sum(int(c) for c in n[1::2])
        s += sum(sum(map(int, str(2 * int(c)))) for c in n[0::2])
        c = -s % 10
        letter = k in 'PQRSNW'
        return self.group(k + n + ('JABCDEFGHI'[c] if letter else str(c)),
                          '9', '1-8')

    def MX_CURP(self):
        y, m, day = self.date()
        v = (self.a(1) + self.a(1, 'AEIOU') + self.a(2) +
             f'{y:02}{m:02}{day:02}' + self.a(1, 'HM') +
             self.r.choice(['DF', 'JC', 'NL', 'PL', 'VZ']) +
             self.a(3, 'BCDFGHJKLMNPQRSTVWXYZ') + self.d(1))
        order = '0123456789ABCDEFGHIJKLMN\0OPQRSTUVWXYZ'
        s = sum(order.index(c) * (18 - i) for i, c in enumerate(v))
        return v + str(-s % 10)

    def MX_RFC(self):
        y, m, day = self.date()
        return (self.a(1) + self.a(1, 'AEIOU') + self.a(2) +
                f'{y:02}{m:02}{day:02}' + self.a(2) + self.d(1))

    def CL_RUT(self):
        n = str(self.r.randint(1000000, 25999999))
        s, w = 0, 2
        for c in reversed(n):
            s += int(c) * w
            w = 2 if w == 7 else w + 1
        c = '0K987654321'[s % 11]
        head = n[:-6] + '.' + n[-6:-3] + '.' + n[-3:]
        return self.r.choice([head, n]) + '-' + c

    def AR_CUIL(self):
        def make():
            v = self.r.choice(['20', '23', '27']) + self.d(8)
            return v, -dot(v, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
        v, c = self.until(make, lambda t: t[1] < 10)
        return self.group(f'{v}{c}', '2-8-1', '11')

    def BR_CPF(self):
        v = self.d(9)
        for n in (10, 11):
            s = dot(v, range(n, 1, -1)) * 10 % 11 % 10
            v += str(s)
        return self.group(v, '3.3.3-2', '11')

    # ---- Europe ----

    def IT_FISCAL_CODE(self):
        y, m, day = self.date()
        v = (self.a(6) + f'{y:02}' + 'ABCDEHLMPRST'[m - 1] +
             f'{day + self.r.choice([0, 40]):02}' + self.a(1) + self.d(3))
        odd = dict(zip('0123456789', [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]))
        odd.update(zip(LETTERS, [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18,
                                 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
                                 23]))
        s = 0
        for i, c in enumerate(v):
            s += odd[c] if i % 2 == 0 else int(c) if c.isdigit() \
                else ord(c) - 65
        v += LETTERS[s % 26]
        return self.r.choice([v, v.lower(), self.group(v, '3 3 5 5')])

    def FR_NIR(self):
        y, m, _ = self.date()
        dep = self.r.choice(['75', '13', '69', '2A', '2B', '33'])
        v = f'{self.r.choice("12")}{y:02}{m:02}{dep}' + self.d(6)
        n = int(v.replace('2A', '19').replace('2B', '18'))
        return self.group(f'{v}{97 - n % 97:02}', '15', '1 2 2 2 3 3 2')

    def NL_BSN(self):
        return self.until(lambda: self.a(1, '1234567') + self.d(8), lambda v:
                          (dot(v[:8], range(9, 1, -1)) - int(v[8])) % 11 == 0)

    def PL_PESEL(self):
        y, m, day = self.date()
        v = f'{y:02}{m + self.r.choice([0, 20]):02}{day:02}' + self.d(4)
        return v + str(-dot(v, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)

    def FI_PERSONAL_IDENTITY_CODE(self):
        y, m, day = self.date()
        b, n = f'{day:02}{m:02}{y:02}', f'{self.r.randint(2, 899):03}'
        c = '0123456789ABCDEFHJKLMNPRSTUVWXY'[int(b + n) % 31]
        return b + self.r.choice('--AAY') + n + c

    def SE_PERSONNUMMER(self):
        y, m, day = self.date()
        b = f'{y:02}{m:02}{day:02}'
        v = self.until(lambda: b + self.d(4), luhn)
        return self.r.choice([v[:6] + '-' + v[6:], v,
                              '19' + v[:6] + '-' + v[6:], '19' + v])

    def TR_NATIONAL_ID(self):
        v = self.a(1, '123456789') + self.d(8)
        n = [int(c) for c in v]
        v += str((7 * sum(n[0::2]) - sum(n[1::2])) % 10)
        return v + str(sum(map(int, v)) % 10)

    # ---- Asia ----

    def VN_CCCD(self):
        y, _, _ = self.date()
        return (self.r.choice(['001', '079', '048', '031', '092', '038']) +
                self.a(1, '0123') + f'{y:02}' + self.d(6))

    def CN_RESIDENT_ID(self):
        y, m, day = self.date()
        v = (self.r.choice(['110101', '310115', '440305', '510104']) +
             f'19{y:02}{m:02}{day:02}' + self.d(3))
        w = [2 ** (17 - i) % 11 for i in range(17)]
        return v + '10X98765432'[dot(v, w) % 11]

    def KR_RRN(self):
        y, m, day = self.date()
        v = f'{y:02}{m:02}{day:02}' + \
            self.a(1, '34' if y < 20 else '12') + self.d(5)
        w = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]
        v += str((11 - dot(v, w) % 11) % 10)
        return self.group(v, '6-7', '6-7', '13')

    def SG_NRIC_FIN(self):
        k, v = self.a(1, 'STFG'), self.d(7)
        s = dot(v, [2, 7, 6, 5, 4, 3, 2]) + (4 if k in 'TG' else 0)
        return k + v + ('JZIHGFEDCBA' if k in 'ST' else
                        'XWUTRQPNMLK')[s % 11]

    def TH_TNIN(self):
        v = self.a(1, '12345678') + self.d(11)
        v += str((11 - dot(v, range(13, 1, -1)) % 11) % 10)
        return self.group(v, '1-4-5-2-1', '13', '1 4 5 2 1')

    # ---- things ----

    def VIN(self):
        ok = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789'
        value = dict(zip('ABCDEFGH', range(1, 9)))
        value.update(zip('JKLMN', range(1, 6)), P=7, R=9)
        value.update(zip('STUVWXYZ', range(2, 10)))
        value.update((str(i), i) for i in range(10))
        w = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
        v = self.r.choice(['1HG', 'JTD', '5YJ', 'WBA', '3FA']) + \
            self.a(10, ok) + self.d(4)
        s = sum(value[c] * x for c, x in zip(v, w)) % 11
        return v[:8] + ('X' if s == 10 else str(s)) + v[9:]

    def VEHICLE_REGISTRATION(self):
        ok = 'BCDFGHJKLMNPRSTVWXYZ'
        return self.r.choice([
            f'{self.a(1, "ABCDEFGHJKLMNOPRSTUVWXY")}{self.a(1, ok[:-1])}'
            f'{self.r.choice([12, 19, 21, 23, 55, 68, 72]):02} '
            f'{self.a(3, ok)}',
            f'{self.r.choice(["B", "M", "HH", "K", "MTK"])}-'
            f'{self.a(self.r.randint(1, 2))} {self.r.randint(10, 9999)}',
            f'{self.d(4)} {self.a(3, ok)}',
            f'{self.r.choice([29, 30, 43, 51, 59])}{self.a(1, "ABCFGH")}-'
            f'{self.d(3)}.{self.d(2)}',
            f'{self.a(2)}-{self.d(3)}-{self.a(2)}',
            f'{self.a(3)} {self.d(4)}'])

    def IMEI(self):
        v = self.until(lambda: self.r.choice(['35', '86', '01']) + self.d(13),
                       luhn)
        return self.group(v, '15', '2-6-6-1')

    def SWIFT_CODE(self):
        return (self.a(4) + self.r.choice(['DE', 'GB', 'US', 'ES', 'VN', 'FR'])
                + self.a(1) + self.r.choice('23456789ABCFX') +
                self.r.choice(['', 'XXX', self.d(3)]))

    def MAC_ADDRESS(self):
        v = self.a(12, '0123456789abcdef')
        v = self.group(v, '2:2:2:2:2:2', '2-2-2-2-2-2', '4.4.4')
        return self.r.choice([v, v.upper()])

    # ---- wrong ones ----

    def wrong(self, name):
        """A right one with its check digit or letter changed."""
        v = getattr(self, name)()
        at = [i for i, c in enumerate(v) if c.isalnum()]
        at = at[{'AU_MEDICARE': -2, 'VIN': 8,
                 'AT_SOCIAL_SECURITY': 3}.get(name, -1)]
        of = '0123456789' if v[at].isdigit() else \
            LETTERS if v[at].isupper() else LETTERS.lower()
        c = self.until(lambda: self.a(1, of), lambda c: c != v[at])
        return v[:at] + c + v[at + 1:]


def dot(v, w):
    return sum(int(a) * b for a, b in zip(v, w))


def luhn(v):
    s = 0
    for i, c in enumerate(reversed(v)):
        d = int(c) * (2 if i % 2 else 1)
        s += d // 10 + d % 10
    return s % 10 == 0


def verhoeff(v):
    """The digit that makes v pass, found by trying: products in D5 as moves
    of a pentagon."""
    def times(a, b):
        turn, flip = a % 5, a >= 5
        t, f = b % 5, b >= 5
        return (turn + (-t if flip else t)) % 5 + (5 if flip != f else 0)

    def move(d, k):
        p = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
        for _ in range(k % 8):
            d = p[d]
        return d
    for c in '0123456789':
        x = 0
        for i, e in enumerate(reversed(v + c)):
            x = times(x, move(int(e), i))
        if x == 0:
            return c
    raise AssertionError(v)
