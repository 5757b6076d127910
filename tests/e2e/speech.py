"""Recordings whose words are known to the sample: made, written down in every
way that is read, and compared with what is shown of them.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import math
import struct

from carrel import check

# name -> (tag, bytes of a sample, silence)
CODINGS = {
    'u8': (1, 1, b'\x80'), 's16': (1, 2, b'\0\0'), 's24': (1, 3, b'\0\0\0'),
    's32': (1, 4, b'\0' * 4), 'f32': (3, 4, b'\0' * 4),
    'f64': (3, 8, b'\0' * 8), 'ulaw': (7, 1, b'\xff'),
    'alaw': (6, 1, b'\xd5'),
}


class Word:
    """A word in frames [start, end) of a channel (from 1)."""

    def __init__(self, text, start, end, channel=1, secret=False):
        self.text, self.start, self.end = text, start, end
        self.channel, self.secret = channel, secret


class Call:
    """turns: lists of words of one speaker; samples: one list a channel."""

    def __init__(self, rate, channels):
        self.rate, self.turns = rate, []
        self.samples = [[] for _ in range(channels)]

    def pause(self, ms):
        n = self.rate * ms // 1000
        for c in self.samples:
            c.extend([0] * n)

    def say(self, channel, words):
        """words: (text, samples, secret); nobody else speaks meanwhile."""
        turn = []
        for text, sound, secret in words:
            c = min(channel, len(self.samples)) - 1
            at = len(self.samples[0])
            for i, out in enumerate(self.samples):
                out.extend(sound if i == c else [0] * len(sound))
            turn.append(Word(text, at, at + len(sound), channel, secret))
            self.pause(40)
        self.turns.append(turn)

    def words(self):
        return [w for t in self.turns for w in t]

    def frames(self):
        return len(self.samples[0])

    def seconds(self, frame):
        return frame / self.rate


def tone(rng, rate, ms):
    """A word that is a tone: a sound that is nowhere silent."""
    f, n = rng.uniform(200, 900), rate * ms // 1000
    return [int(9000 * math.sin(2 * math.pi * f * i / rate)) | 1024
            for i in range(n)]


# ---- codings ----

def _ulaw(s):
    sign, s = (0x80, -s) if s < 0 else (0, s)
    s = min(s, 32635) + 132
    e = s.bit_length() - 8
    return ~(sign | e << 4 | s >> (e + 3) & 15) & 255


def _alaw(s):
    sign, s = (0, -s - 1) if s < 0 else (0x80, s)
    e = max(s.bit_length() - 8, 0)
    return (sign | e << 4 | s >> (e + 3 if e else 4) & 15) ^ 0x55


def encode(coding, call):
    flat = [s for frame in zip(*call.samples) for s in frame]
    if coding == 'u8':
        return bytes((s >> 8) + 128 for s in flat)
    if coding in ('ulaw', 'alaw'):
        f = _ulaw if coding == 'ulaw' else _alaw
        table = {s: f(s) for s in set(flat)}
        return bytes(table[s] for s in flat)
    if coding == 's24':
        return b''.join(struct.pack('<i', s << 8)[:3] for s in flat)
    kind = {'s16': 'h', 's32': 'i', 'f32': 'f', 'f64': 'd'}[coding]
    if coding == 's32':
        flat = [s << 16 for s in flat]
    if kind in 'fd':
        flat = [s / 32768 for s in flat]
    return struct.pack(f'<{len(flat)}{kind}', *flat)


def _chunk(name, body):
    return name + struct.pack('<I', len(body)) + body + b'\0' * (len(body) % 2)


def wav(coding, call, data, rf64=False):
    tag, width, _ = CODINGS[coding]
    n = len(call.samples)
    fmt = _chunk(b'fmt ', struct.pack('<HHIIHH', tag, n, call.rate,
                                      call.rate * n * width, n * width,
                                      8 * width))
    if not rf64:
        body = b'WAVE' + fmt + _chunk(b'data', data)
        return b'RIFF' + struct.pack('<I', len(body)) + body
    pad = b'\0' * (len(data) % 2)
    whole = 4 + 36 + len(fmt) + 8 + len(data) + len(pad)
    return (b'RF64\xff\xff\xff\xffWAVE'
            + _chunk(b'ds64', struct.pack('<QQQI', whole, len(data),
                                          call.frames(), 0))
            + fmt + b'data\xff\xff\xff\xff' + data + pad)


# ---- written down ----

def _turns(call):
    for t in call.turns:
        yield ('agent' if t[0].channel == 1 else 'caller', t,
               call.seconds(t[0].start), call.seconds(t[-1].end))


def as_json(call):
    return json.dumps({'turns': [
        {'who': who, 'from': a, 'to': b, 'text': ' '.join(w.text for w in t),
         'words': [{'w': w.text, 'at': call.seconds(w.start),
                    'end': call.seconds(w.end)} for w in t]}
        for who, t, a, b in _turns(call)]})


def as_ctm(call):
    return ';; words\n' + ''.join(
        f'x {"AB"[w.channel - 1]} {call.seconds(w.start):.6f} '
        f'{call.seconds(w.end - w.start):.6f} {w.text} 0.9\n'
        for w in call.words())


def as_stm(call):
    return ''.join(
        f'x {"AB"[t[0].channel - 1]} {who} {a:.6f} {b:.6f} <o> '
        + ' '.join(w.text for w in t) + '\n' for who, t, a, b in _turns(call))


def as_textgrid(call):
    """A tier of words a speaker, in Praat's short form."""
    end = call.seconds(call.frames())
    out = ['File type = "ooTextFile"', 'Object class = "TextGrid"', '', '0',
           f'{end}', '<exists>', '2']
    for who, channel in (('agent', 1), ('caller', 2)):
        rows, at = [], 0
        for w in call.words():
            if w.channel == channel:
                rows += [(at, w.start, ''), (w.start, w.end, w.text)]
                at = w.end
        rows.append((at, call.frames(), ''))
        rows = [r for r in rows if r[0] < r[1]]
        out += ['"IntervalTier"', f'"{who}"', '0', f'{end}', f'{len(rows)}']
        for a, b, text in rows:
            out += [f'{call.seconds(a)}', f'{call.seconds(b)}', f'"{text}"']
    return '\n'.join(out) + '\n'


def _clock(seconds, point):
    ms = round(seconds * 1000)
    return (f'{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}'
            f'{point}{ms % 1000:03}')


def as_srt(call):
    return ''.join(
        f'{i}\n{_clock(a, ",")} --> {_clock(b, ",")}\n'
        + ' '.join(w.text for w in t) + '\n\n'
        for i, (_, t, a, b) in enumerate(_turns(call), 1))


def as_vtt(call):
    """Each word with the time at which it begins."""
    return 'WEBVTT\n\nNOTE words\n\n' + ''.join(
        f'{_clock(a, ".")} --> {_clock(b, ".")}\n<v {who}>' + t[0].text
        + ''.join(f'<{_clock(call.seconds(w.start), ".")}> {w.text}'
                  for w in t[1:]) + '\n\n'
        for who, t, a, b in _turns(call))


# ---- compared ----

def samples_of(got):
    """The bytes of the data chunk, by the sizes that the file itself states."""
    check(got[:4] == b'RIFF' and got[8:12] == b'WAVE', 'no WAV')
    at = 12
    while at < len(got):
        n = struct.unpack('<I', got[at + 4:at + 8])[0]
        if got[at:at + 4] == b'data':
            return got[at + 8:at + 8 + n]
        at += 8 + n + n % 2
    raise AssertionError('no samples')


def covered(call, hidden, pad_ms, channel):
    """Frames of a channel that may change: padded, near ones joined. Where a
    millisecond is no whole number of frames, one of these more."""
    pad, gap, out = call.rate * pad_ms // 1000, call.rate // 10, []
    pad += call.rate // 1000 if call.rate % 1000 else 0
    for w in sorted(hidden, key=lambda w: w.start):
        if channel not in (w.channel, None) and w.channel:
            continue
        a, b = max(w.start - pad, 0), min(w.end + pad, call.frames())
        if out and a - out[-1][1] < gap:
            out[-1][1] = max(out[-1][1], b)
        else:
            out.append([a, b])
    return out


def compare(what, call, coding, data, got, hidden, pad_ms, by_channel):
    """Every sample of a hidden word is silence, every sample outside padding
    is what it was, and there are as many. by_channel: of its channel alone."""
    _, width, silence = CODINGS[coding]
    n = len(call.samples)
    got = samples_of(got)
    check(len(got) == len(data), f'{what}: length')
    check(hidden, what + ': nothing to hide')
    for c in range(n):
        may = covered(call, hidden, pad_ms, c + 1 if by_channel else None)
        for k in range(width):
            old, new = (x[c * width + k::n * width] for x in (data, got))
            at = 0
            for a, b in may + [[call.frames(), call.frames()]]:
                check(old[at:a] == new[at:a],
                      f'{what}: channel {c + 1} changed in [{at}, {a})')
                at = b
            for w in hidden:
                if by_channel and w.channel != c + 1:
                    continue
                check(new[w.start:w.end]
                      == silence[k:k + 1] * (w.end - w.start),
                      f'{what}: {w.text} is heard on channel {c + 1}')
