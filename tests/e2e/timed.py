"""Readers of subtitles and tables of speech that share nothing with carrel's,
and generated files of a fictional bank with values planted in them.

A reader gives rows of (fixed, said): `fixed` are times and numbers, which no
policy may change; `said` is everything else, as text.
"""
# SPDX-License-Identifier: Apache-2.0
import html
import re

PEOPLE = ['Maria Lopez', 'Nkechi Okafor', 'Ragna Falk', 'Tomasz Zielinski']
CARDS = ['4111 1111 1111 1111', '5500 0000 0000 0004']
PHONES = ['415-555-2671', '212-555-7788']
MAILS = ['maria.lopez@bank.example', 'n.okafor@bank.example']
# Parts of what is planted; in no view that hides them.
PLANTED = [w.lower() for p in PEOPLE for w in p.split()] + [
    '4111', '1111', '5500', '0004', '2671', '7788', 'bank.example']
# The same numbers where others stand in for them, which may have any four
# digits in them: two groups of one number.
GROUPS = ['4111 1111', '1111 1111', '5500 0000', '0000 0004', '555 2671',
          '555 7788']


# ---- readers

def cues(raw, vtt):
    """[(times, text)] of SRT or WebVTT."""
    text = raw.decode('utf-8').replace('\r\n', '\n')
    if vtt:
        head, _, text = text.partition('\n\n')
        assert head.startswith('WEBVTT'), head
    out = []
    for block in re.split(r'\n{2,}', text.strip('\n')):
        if not block:
            continue
        lines = block.split('\n')
        at = 0 if '-->' in lines[0] else 1
        times = re.fullmatch(r'([\d:.,]+) --> ([\d:.,]+)( .*)?', lines[at])
        assert times, f'no cue: {block!r}'
        body = '\n'.join(lines[at + 1:])
        assert '-->' not in body, block
        if vtt:
            assert body.count('<') == body.count('>'), block
            body = html.unescape(body)
        out.append((lines[at], ''.join(lines[:at]) + '\n' + body))
    return out


def grid(raw):
    """[(times, strings)] of a TextGrid's tiers."""
    text = raw.decode('utf-8')
    tokens = re.findall(r'"(?:[^"]|"")*"|(?<![\w\[.])-?\d+(?:\.\d+)?(?![\w\].:])',
                        text)
    strings = [t[1:-1].replace('""', '"') for t in tokens if t[0] == '"']
    numbers = [t for t in tokens if t[0] != '"']
    assert strings[:2] == ['ooTextFile', 'TextGrid'], strings[:2]
    return [(n, '') for n in numbers] + [('', s) for s in strings]


def table(raw, fixed, least):
    """Rows of columns between blanks; `fixed` are the numbers of those that
    stay, the last of `least` columns is the rest of the line."""
    out = []
    for line in raw.decode('utf-8').splitlines():
        if not line.strip():
            continue
        cols = line.split(None, least - 1)
        assert len(cols) >= least, line
        out.append((tuple(cols[i] for i in fixed),
                    ' '.join(c for i, c in enumerate(cols)
                             if i not in fixed)))
    return out


def ctm(raw):
    for line in raw.decode('utf-8').splitlines():
        assert len(line.split()) in (5, 6), line
    return table(raw, (1, 2, 3), 5)


READERS = {
    '.srt': lambda raw: cues(raw, False),
    '.vtt': lambda raw: cues(raw, True),
    '.TextGrid': grid,
    '.ctm': ctm,
    '.rttm': lambda raw: table(raw, (0, 2, 3, 4, 5, 6, 8, 9), 10),
    '.stm': lambda raw: table(raw, (1, 3, 4, 5), 7),
    'text': lambda raw: table(raw, (), 2),
    'utt2spk': lambda raw: table(raw, (), 2),
    'spk2utt': lambda raw: table(raw, (), 2),
    'segments': lambda raw: table(raw, (2, 3), 4),
    'wav.scp': lambda raw: table(raw, (), 2),
    'spk2gender': lambda raw: table(raw, (1,), 2),
}


def read(name, raw):
    base = name.rsplit('/', 1)[-1]
    ext = '.' + base.rsplit('.', 1)[-1]
    return READERS[base if base in READERS else ext](raw)


# ---- files

class Call:
    """Who says what when: [(start, end, speaker, text)]."""

    def __init__(self, rnd, nr):
        who = rnd.choice(PEOPLE)
        card, phone = rnd.choice(CARDS), rnd.choice(PHONES)
        said = [('Agent', 'Harbor Bank, how can I help you?'),
                (who, f'Hello, my name is {who}.'),
                ('Agent', f'Thank you, {who.split()[0]}. Your card number?'),
                (who, f'It is {card}'),
                ('Agent', 'And where can we call you back?'),
                (who, f'My phone number is {phone}, or write to '
                      f'{rnd.choice(MAILS)}.'),
                ('Agent', 'What is the balance you see?'),
                (who, 'It says nothing & that is < odd.')]
        self.who, self.nr, self.turns, at = who, nr, [], 0.25
        for speaker, text in said:
            long = len(text) / 16
            self.turns.append((at, at + long, speaker, text))
            at += long + 0.5
        self.end = at


def stamp(t, point):
    ms = round(t * 1000)
    return (f'{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}'
            f'{point}{ms % 1000:03}')


def halves(text):
    """A turn as two cues or lines: values come apart."""
    words = text.split(' ')
    k = max(1, len(words) * 2 // 3)
    return [' '.join(words[:k]), ' '.join(words[k:])]


def srt(call, rnd, end):
    out, n = [], 0
    for a, b, who, text in call.turns:
        mid = (a + b) / 2
        for t0, t1, part in ((a, mid, halves(text)[0]),
                             (mid, b, halves(text)[1])):
            if not part:
                continue
            n += 1
            part = rnd.choice([part, f'<i>{part}</i>', '{\\an8}' + part,
                               part.replace(' ', end, 1)])
            out.append(f'{n}{end}{stamp(t0, ",")} --> {stamp(t1, ",")}{end}'
                       f'{part}{end}{end}')
    return ''.join(out).encode()


def vtt(call, rnd):
    out = [f'WEBVTT - {call.who}\nKind: captions\n\nNOTE made for {call.who}'
           '\n\nSTYLE\n::cue { color: red }\n\n']
    for i, (a, b, who, text) in enumerate(call.turns):
        text = html.escape(text, quote=False).replace('hello', 'h&eacute;llo')
        if rnd.random() < 0.4:
            text = text.replace(' ', '&nbsp;', 1)
        out.append(f'c{i}\n{stamp(a, ".")} --> {stamp(b, ".")} align:start\n'
                   f'<v {who}>{text}\n\n')
    return ''.join(out).encode()


def text_grid(call, short):
    q = lambda s: '"' + s.replace('"', '""') + '"'
    words = [(t, who) for _, _, who, text in call.turns for t in text.split()]
    step = call.end / len(words)
    tiers = [('turns', [(a, b, f'{who} said "{text}"')
                        for a, b, who, text in call.turns]),
             ('words', [(i * step, (i + 1) * step, w)
                        for i, (w, _) in enumerate(words)])]
    end = f'{call.end:.3f}'
    if short:
        out = ['File type = "ooTextFile"', 'Object class = "TextGrid"', '',
               '0', end, '<exists>', '2']
        for name, ivs in tiers:
            out += ['"IntervalTier"', q(name), '0', end, str(len(ivs))]
            for a, b, text in ivs:
                out += [f'{a:.3f}', f'{b:.3f}', q(text)]
        return ('\r\n'.join(out) + '\r\n').encode()
    out = ['File type = "ooTextFile"', 'Object class = "TextGrid"', '',
           'xmin = 0 ', f'xmax = {end} ', 'tiers? <exists> ', 'size = 2 ',
           'item []: ']
    for k, (name, ivs) in enumerate(tiers):
        out += [f'    item [{k + 1}]:', '        class = "IntervalTier" ',
                f'        name = {q(name)} ', '        xmin = 0 ',
                f'        xmax = {end} ',
                f'        intervals: size = {len(ivs)} ']
        for i, (a, b, text) in enumerate(ivs):
            out += [f'        intervals [{i + 1}]:',
                    f'            xmin = {a:.3f} ',
                    f'            xmax = {b:.3f} ',
                    f'            text = {q(text)} ']
    return ('\n'.join(out) + '\n').encode()


def stem(call):
    return call.who.lower().replace(' ', '_') + f'-{call.nr:04}'


def ctm_file(call):
    out = [f';; transcribed for {call.who}']
    for chan in 'AB':
        for a, b, who, text in call.turns:
            if (who == 'Agent') != (chan == 'A'):
                continue
            words = text.replace('&', 'and').replace('<', 'so').split()
            for i, w in enumerate(words):
                step = (b - a) / len(words)
                out.append(f'{stem(call)} {chan} {a + i * step:.2f} '
                           f'{step:.2f} {w}' + ' 0.97' * (i % 2))
    return ('\n'.join(out) + '\n').encode()


def rttm_file(call):
    return ''.join(
        f'SPEAKER {stem(call)} 1 {a:.2f} {b - a:.2f} <NA> <NA> '
        f'{who.replace(" ", "_")} <NA> <NA>\n'
        for a, b, who, _ in call.turns).encode()


def stm_file(call):
    return (f';; LABEL "o" "Overall" "{call.who}"\n' + ''.join(
        f'{stem(call)} 1 {who.replace(" ", "_")} {a:.2f} {b:.2f} <o,f0,male> '
        f'{text}\n' for a, b, who, text in call.turns)).encode()


def kaldi(calls):
    """A directory's tables, with one command among the paths."""
    utts = [(f'{stem(c)}-{i:02}', c.who.lower().replace(' ', '_')
             if who != 'Agent' else 'agent', stem(c), a, b, text)
            for c in calls for i, (a, b, who, text) in enumerate(c.turns)]
    spks = sorted({s for _, s, _, _, _, _ in utts})
    return {
        'text': ''.join(f'{u} {t.upper()}\n' for u, _, _, _, _, t in utts),
        'utt2spk': ''.join(f'{u} {s}\n' for u, s, *_ in utts),
        'spk2utt': ''.join(
            s + ''.join(f' {u}' for u, x, *_ in utts if x == s) + '\n'
            for s in spks),
        'segments': ''.join(f'{u} {r} {a:.2f} {b:.2f}\n'
                            for u, _, r, a, b, _ in utts),
        'wav.scp': ''.join(f'{stem(c)} /data/calls/{stem(c)}.wav\n'
                           for c in calls) + 'x sox x.wav -t wav - |\n',
        'spk2gender': ''.join(f'{s} m\n' for s in spks),
    }
