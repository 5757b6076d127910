"""Seeded files that are hard to read: escapes, surrogates, byte order marks,
line ends, duplicate names, long numbers, JSON in JSON, block edges; and
Python's json as the judge of what each one says.
"""
# SPDX-License-Identifier: Apache-2.0
import json

BLOCK = 1 << 20
BOM = b'\xef\xbb\xbf'
VALUES = ['maria.lopez@example.org', 'zoé@example.com', '4111 1111 1111 1111',
          '+1-415-555-0123', 'my name is Maria Lopez', '10.20.30.40',
          'https://example.org/x?y=1', 'DE89 3704 0044 0532 0130 00',
          '2024-03-05', '$1,250.00']
PLAIN = ['the order', 'is late', 'été', 'ß', '東京', '\U0001f600', '𝔘𝔫𝔦', 'e\u0301',
         '\u202eabc', '\u2028', '\u00a0', '\ufeff', 'a/b', '<x>', "'", '{}', '[']
ESCAPES = [r'\u0041', r'\ud83d\ude00', r'\uD834\uDD1E', r'\n', r'\r\n', r'\"',
           r'\\', r'\/', r'\u0000', r'\u00e9', r'\b', r'\f', r'\t']
LONE = [r'\ud800', r'\udc00x', r'\udfff\ud800', r'a\ud83d ']


class Pairs(list):
    """An object's members in order, duplicates kept."""


class Num(str):
    """A number as it is written."""


class Nested:
    """What a string holds that a policy goes into."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, o):
        return isinstance(o, Nested) and self.value == o.value

    def __repr__(self):
        return f'Nested({self.value!r})'


def refuse(word):
    raise ValueError(word)


def judge(raw):
    """The value of JSON bytes; ValueError where it is none. Bytes that are no
    UTF-8 may stand in strings, and stay what they are."""
    if raw.startswith(BOM):
        raw = raw[3:]
    return value_of(raw.decode('utf-8', 'surrogateescape'))


def value_of(text):
    return json.loads(text, object_pairs_hook=Pairs, parse_int=Num,
                      parse_float=Num, parse_constant=refuse)


def lines_of(raw):
    """The values of a JSON Lines file; None for a line that is no JSON."""
    if raw.startswith(BOM):
        raw = raw[3:]
    out = []
    for line in raw.split(b'\n'):
        if not line.strip(b' \t\r'):
            continue
        try:
            out.append(judge(line))
        except (ValueError, RecursionError):
            out.append(None)
    return out


class Maker:
    """Raw text of files from one seed."""

    def __init__(self, rnd):
        self.rnd = rnd
        self.n = 0

    def gap(self):
        return self.rnd.choice(['', '', ' ', '\n', '\r\n', '\t', '  '])

    def spell(self, text):
        """A string's raw body: some characters as escapes."""
        out = ''
        for c in text:
            if c in '"\\' or c < ' ':
                out += json.dumps(c)[1:-1]
            elif self.rnd.random() < 0.04:
                out += json.dumps(c)[1:-1] if c > '~' else f'\\u{ord(c):04x}'
            else:
                out += c
        return out

    def string(self, lone=True):
        out = ''
        for _ in range(self.rnd.randrange(7)):
            k = self.rnd.random()
            if k < 0.35:
                out += self.spell(self.rnd.choice(VALUES))
            elif k < 0.7:
                out += self.spell(self.rnd.choice(PLAIN))
            elif k < 0.92 or not lone:
                out += self.rnd.choice(ESCAPES)
            else:
                out += self.rnd.choice(LONE)
            out += self.rnd.choice([' ', ', '])
        return '"' + out + '"'

    def number(self):
        r = self.rnd
        return r.choice([str(r.randrange(10)), '-0', '1e400', '0.10', '-1.5E-7',
                         str(r.randrange(10 ** 19, 10 ** 20)),
                         '4111111111111111', '14155550123', '12345678901234567'
                         '890123'])

    def value(self, depth):
        k = self.rnd.random()
        if k < 0.5 or depth > 3:
            return self.string()
        if k < 0.65:
            return self.number()
        if k < 0.75:
            return self.rnd.choice(['true', 'false', 'null', '""', '[]', '{}'])
        if k < 0.88:
            return self.array([self.value(depth + 1) for _ in
                               range(self.rnd.randrange(4))])
        return self.object([(self.string(False) if self.rnd.random() < 0.2
                             else '"k%d"' % self.rnd.randrange(4),
                             self.value(depth + 1))
                            for _ in range(self.rnd.randrange(4))])

    def join(self, a, parts, b):
        g = self.gap
        return a + g() + (g() + ',' + g()).join(parts) + g() + b

    def array(self, parts):
        return self.join('[', parts, ']')

    def object(self, members):
        g = self.gap
        return self.join('{', [k + g() + ':' + g() + v for k, v in members],
                         '}')

    def deep(self):
        """JSON in a string in JSON, three times; sometimes no JSON at all."""
        if self.rnd.random() < 0.15:
            return self.string()
        inner = self.object([('"x"', self.value(3)), ('"t"', self.string())])
        for _ in range(2):
            inner = self.object([('"in"', self.quote(inner)),
                                 ('"y"', self.value(3))])
        return self.quote(inner)

    def quote(self, raw):
        """raw as a JSON string, a few characters as needless escapes."""
        return '"' + self.spell(raw) + '"'

    def record(self, pad=0):
        self.n += 1
        members = [('"text"', self.string()), ('"secret"', self.value(0)),
                   ('"meta"', self.object([('"x"', self.value(2)),
                                           ('"z"', self.value(2))])),
                   ('"deep"', self.deep()), ('"other"', self.value(0)),
                   ('"num"', self.number())]
        if self.rnd.random() < 0.3:
            members.append(('"text"', self.string()))
        if self.rnd.random() < 0.3:
            members.append(('"secret"', self.value(0)))
        if pad:
            members.append(('"pad"', '"' + 'pad and ' * (pad // 8) + '"'))
        self.rnd.shuffle(members)
        return self.object([('"n"', str(self.n))] + members)

    def array_file(self, count, pad=lambda: 0):
        return self.frame(self.array([self.record(pad())
                                      for _ in range(count)]))

    def map_file(self, count):
        names = [json.dumps(f'r{i} é\U0001f600' if i % 3 else f'r{i}',
                            ensure_ascii=bool(i % 2)) for i in range(count)]
        return self.frame(self.object([(k, self.record()) for k in names]))

    def frame(self, text):
        raw = (self.gap() + text + self.gap()).encode('utf-8')
        return (BOM if self.rnd.random() < 0.3 else b'') + raw

    def line_file(self, count, bad=0.0):
        out = BOM if self.rnd.random() < 0.3 else b''
        end = self.rnd.choice([b'\n', b'\r\n'])
        for i in range(count):
            line = self.record().replace('\n', ' ').replace('\r', ' ')
            raw = line.encode('utf-8')
            if self.rnd.random() < bad:
                raw = self.rnd.choice([raw[:-1], raw + b'}', b'{"a":\xff}',
                                       b'{"t": "\xed\xa0\x80"}', b'nul'])
            out += raw + (end if i < count - 1 or self.rnd.random() < 0.5
                          else b'')
            if self.rnd.random() < 0.15:
                out += self.rnd.choice([end, b'  ' + end]) if \
                    out.endswith(b'\n') else b''
        return out

    def text_file(self, count):
        out = BOM if self.rnd.random() < 0.3 else b''
        for _ in range(count):
            words = [self.rnd.choice(self.rnd.choice([VALUES, PLAIN]))
                     for _ in range(self.rnd.randrange(8))]
            out += ' '.join(words).encode('utf-8')
            out += self.rnd.choice([b'\n', b'\r\n', b'\r', b'\n\n'])
        return out if self.rnd.random() < 0.5 else out.rstrip()

    def edge_file(self, lines):
        """Values that begin and end around each edge of a 1 MiB block."""
        out = bytearray(b'' if lines else b'[')
        mail = 'zoé.edge@example.org'.encode()
        for k, back in enumerate((5, 0, len(mail), 30, 1)):
            self.n += 1
            if out[-1:] == b'}':
                out += b'\n' if lines else b',\r\n'
            head = b'{"n":%d,"text":"my mail is ' % self.n
            want = (k + 1) * BLOCK - back
            fill = want - len(out) - len(head) - 1
            if self.rnd.random() < 0.5:     # many short records up to there
                while fill > 3000:
                    rec = json.dumps({'n': self.n, 'text': 'a word ' *
                                      self.rnd.randrange(1, 200)}).encode()
                    out += rec + (b'\n' if lines else b',')
                    fill -= len(rec) + 1
                    self.n += 1
                head = b'{"n":%d,"text":"my mail is ' % self.n
                fill = want - len(out) - len(head) - 1
            out += head + b'w' * fill + b' ' + mail + b' \\ud83d\\ude00"}'
        return bytes(out) + (b'\n' if lines else b']')


def enter(v, keys=('deep', 'in')):
    """v with the strings that hold JSON, below those names, gone into."""
    if isinstance(v, Pairs):
        return Pairs((k, nested(x, keys) if k in keys and isinstance(x, str)
                      and not isinstance(x, Num) else enter(x, keys))
                     for k, x in v)
    return [enter(x, keys) for x in v] if isinstance(v, list) else v


def nested(s, keys):
    try:
        return Nested(enter(value_of(s), keys))
    except (ValueError, RecursionError):
        return s
