"""Containers that are hard to read, each alone, in gzip and in a zip: all three
give one view, which says to Python's own readers what the source says,
restricted to what can be shown; or all three are denied, and the owner is told
why.
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import gzip
import io
import json
import os
import struct
import sys
import wave

import nasty
import packed
import timed
from carrel import Room, check
from nasty import BOM
from ways import files_below

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "**/ok-*.wav", passthrough: true }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  keep: { see: [ { files: "d/**", records: all } ], names: keep,
          redact: { default: keep } }
  tag: { extends: keep, redact: { default: tag } }
annotators: { keeper: { role: keep }, tagger: { role: tag } }
'''
MAIL = 'ann@example.org'

JSON_GOOD = {
    'deep': b'[' * 500 + b'"ann@example.org"' + b']' * 500,
    'maps': b'{"a":' * 400 + b'1' + b'}' * 400,
    'bom': BOM + b'{"m":"ann@example.org"}',
    'crlf': b'\r\n{\r\n"m"\r\n:\r\n"ann@example.org"\r\n}\r\n',
    'twice': b'{"m":"ann@example.org","m":"b@example.org","m":1}',
    'numbers': b'[1e999999,-0,0.10,1E-7,' + b'9' * 5000 + b',-1.50e+03]',
    'lone': br'["\ud800 ann@example.org","\udc00\ud83d","\ud83d\ude00"]',
    'escapes': br'["\u0000","\/","\u0061nn@example.org","\"","\\u0061"]',
    'names': '{"":1,"é東":2,"a b":3,"\\u0041":4,"A":5,"\U0001f600":6}'
             .encode(),
    'lines': '["a\u2028b\u2029c\x85d\x7f"]'.encode(),
    'latin': b'["caf\xe9 ann@example.org", "\xff"]',
    'scalar': b'"ann@example.org"', 'number': b' 0 ', 'null': b'null\n',
    'empty': b' [ ] ', 'long': b'["' + b'ann@example.org ' * 70000 + b'"]',
    'inside': json.dumps({'a': json.dumps({'b': json.dumps([MAIL])})}).encode(),
}
JSON_BAD = {
    'void': b'', 'blank': b' \n', 'behind': b'[1] x', 'two': b'{}{}',
    'cut': b'{"m":"ann@example.or', 'nul': b'["a\0b"]', 'nuls': b'[1]\0',
    'tab': b'["a\tb"]', 'nan': b'[NaN]', 'inf': b'[-Infinity]',
    'comment': b'[1] // x', 'single': b"['x']", 'comma': b'[1,]',
    'colon': b'{"a" 1}', 'zero': b'[01]', 'plus': b'[+1]', 'dot': b'[1.]',
    'boms': BOM + BOM + b'[1]', 'utf16': '[1]'.encode('utf-16'),
    'deeper': b'[' * 5000 + b']' * 5000, 'escape': br'["\x41"]',
    'hex': br'["\u00g0"]', 'bare': b'{a:1}', 'open': b'[[1]',
}
LINES = {
    'crlf': b'{"m":"ann@example.org"}\r\n\r\n[1]\r\n"x"',
    'mixed': b'{"a":1}\nnul\n{"a":2} x\n{"a":3\n{"b":"\xff"}\n[NaN]\n"ok"\n',
    'bom': BOM + b'{"a":1}\n' + BOM + b'{"a":2}\n',
    'deep': b'[' * 9000 + b'\n' + b'[' * 300 + b']' * 300 + b'\n',
    'void': b'', 'blank': b'\n\n \t\r\n', 'cr': b'[0]\n[1]\r[2]\r',
    'twins': b'{"a":1,"a":"ann@example.org"}\n',
    'long': b'{"a":"' + b'word ' * 300000 + b'"}\n[2]',
    'space': b'  [1]  \n\t{"a":2}\t\n',
}
LINES_BAD = {'nul': b'{"a":1}\n{"a":"\0"}\n',
             'utf16': '[1]\n'.encode('utf-16')}
TABLES = {
    'over': b'id,note\n1,"two\nlines, ""quoted"""\r\n2,ann@example.org\n',
    'crlf': b'id,note\r\n1,a\r\n2,b', 'bom': BOM + b'id,note\n1,a\n',
    'ragged': b'id,note\n1\n2,b\n3,b,c\n4,d\n',
    'unclosed': b'id,note\n1,a\n2,"open\n3,c\n',
    'behind': b'id,note\n1,"a"b\n2,c\n',
    'cr': b'id,note\n1,a\rb\n2,c\n', 'empty': b'id,note\n,\n"",""\n1,\n',
    'head': b'id,note\n', 'one': b'note\na\n\n"b"\n',
    'wide': b','.join(b'c%d' % i for i in range(999)) + b'\n' +
            b','.join(b'x%d' % i for i in range(999)) + b'\n',
    'quote': b'id,note\n1,say "x" 5"\n2, "y"\n',
    'spaces': b'id , note\n 1 ,  ann@example.org \n',
}
TABLES_BAD = {'nul': b'id,note\n1,a\0b\n2,c\n',
              'utf16': 'id,a\n1,2\n'.encode('utf-16'),
              'open': b'id,"note\n1,2\n', 'blank': b'id, ,x\n1,2,3\n'}
CUE = b'00:00:01,000 --> 00:00:02,500\n'
SRT = {
    'crlf': (b'1\n' + CUE + b'my mail is ann@example.org\n\n2\n' + CUE +
             b'two\nlines\n\n').replace(b'\n', b'\r\n'),
    'bom': BOM + b'1\n' + CUE + b'a <i>b</i>',
    'gaps': b'\n\n\n1\n' + CUE + b'a\n\n\n\n7\n' + CUE + b'b\n',
}
VTT = {
    'plain': b'WEBVTT\n\nx\n00:01.000 --> 00:02.000\nann@example.org &amp; b\n',
    'crlf': b'WEBVTT - a title\r\n\r\n00:01.000 --> 00:02.000\r\nx\r\n',
}
TEXTS = {
    'cr': b'a\rann@example.org\rb', 'void': b'',
    'bad': b'ann@example.org \xff\xfe ' + b'word ' * 99, 'bom': BOM + b'a\n',
    'bidi': '\u202eann@example.org\u202c'.encode(), 'one': b'a',
}


def chunk(name, body, pad=True):
    return (name + struct.pack('<I', len(body)) + body
            + b'\0' * (len(body) % 2 if pad else 0))


def fmt(channels, width, tag=1, rate=8000):
    frame = channels * width
    return struct.pack('<HHIIHH', tag, channels, rate, rate * frame, frame,
                       8 * width)


def riff(*chunks, size=None, form=b'RIFF'):
    body = b'WAVE' + b''.join(chunks)
    return form + struct.pack('<I', len(body) if size is None else size) + body


def waves():
    """name -> (file, channels, width, samples that are heard)."""
    f1, f2, f3 = (chunk(b'fmt ', fmt(*x)) for x in ((1, 2), (2, 1), (3, 3)))
    guid = struct.pack('<HHIH', 22, 16, 3, 1) + bytes.fromhex(
        '000000001000800000aa00389b71')
    data, big = bytes(range(1, 99)), 0xffffffff
    ds64 = chunk(b'ds64', struct.pack('<QQQI', 0, len(data), 49, 0))
    note = chunk(b'LIST', b'INFOIART\5\0\0\0Maria\0')
    return {
        'one': (riff(f1, chunk(b'data', b'\1\2')), 1, 2, b'\1\2'),
        'none': (riff(f1, chunk(b'data', b'')), 1, 2, b''),
        'odd': (riff(f2, chunk(b'data', data[:-2]), note), 2, 1, data[:-2]),
        'pad': (riff(chunk(b'LIST', b'abc'), f1, chunk(b'data', data)), 1, 2,
                data),
        'nopad': (riff(f1, chunk(b'data', data[:97], False)), 1, 2,
                  data[:96]),
        'half': (riff(f3, chunk(b'data', data[:20])), 3, 3, data[:18]),
        'rf64': (riff(ds64, f1, b'data' + struct.pack('<I', big) + data,
                      note, size=big, form=b'RF64'), 1, 2, data),
        'bw64': (riff(ds64, f1, b'data' + struct.pack('<I', big) + data,
                      size=big, form=b'BW64'), 1, 2, data),
        'stream': (riff(f1, b'data' + struct.pack('<I', big) + data,
                        size=big), 1, 2, data),
        'zero': (riff(f1, b'data\0\0\0\0' + data, size=0), 1, 2, data),
        'cut': (riff(f1, chunk(b'data', data))[:-9], 1, 2, data[:88]),
        'first': (riff(chunk(b'data', data), f1), 1, 2, data),
        'ext': (riff(chunk(b'fmt ', fmt(2, 2, 0xfffe) + guid),
                     chunk(b'data', data[:96])), 2, 2, data[:96]),
    }


def bad_waves():
    f1, data = chunk(b'fmt ', fmt(1, 2)), chunk(b'data', b'\1\2' * 9)
    return {
        'void': b'', 'head': b'RIFF\4\0\0\0WAVE', 'nofmt': riff(data),
        'nodata': riff(f1), 'twofmt': riff(f1, f1, data),
        'twodata': riff(f1, data, data), 'rifx': riff(f1, data, form=b'RIFX'),
        'short': riff(chunk(b'fmt ', fmt(1, 2)[:14]), data),
        'adpcm': riff(chunk(b'fmt ', fmt(1, 2, 2)), data),
        'still': riff(chunk(b'fmt ', fmt(1, 2, 1, 0)), data),
        'mute': riff(chunk(b'fmt ', fmt(0, 2)), data),
        'text': b'this is no recording at all, it is text',
    }


def cases():
    """name -> (bytes, shown)."""
    out = {}
    for ext, good, bad in (('json', JSON_GOOD, JSON_BAD), ('jsonl', LINES, LINES_BAD),
                           ('csv', TABLES, TABLES_BAD), ('srt', SRT, {}),
                           ('vtt', VTT, {}), ('txt', TEXTS, {'nul': b'a\0b'})):
        for k, v in good.items():
            out[f'ok-{k}.{ext}'] = (v, True)
        out.update({f'bad-{k}.{ext}': (v, False) for k, v in bad.items()})
    out.update({f'ok-{k}.wav': (v[0], True) for k, v in waves().items()})
    out.update({f'bad-{k}.wav': (v, False) for k, v in bad_waves().items()})
    return out


# ---- what each says

def rows_of(raw):
    """Rows as Python reads them; what it reads otherwise than RFC 4180 has it
    (an open quote, bytes behind one, CR, NUL) is never shown."""
    text = raw.removeprefix(BOM).decode('utf-8')
    return [r for r in csv.reader(io.StringIO(text, newline='')) if r]


VISIBLE = {     # rows of tables, lines, that Python judges otherwise
    'ok-bom.jsonl': [nasty.Pairs([('a', nasty.Num('1'))])],
    'ok-ragged.csv': [['id', 'note'], ['2', 'b'], ['4', 'd']],
    'ok-unclosed.csv': [['id', 'note'], ['1', 'a']],
    'ok-behind.csv': [['id', 'note'], ['2', 'c']],
    'ok-cr.csv': [['id', 'note'], ['2', 'c']],
}


def heard(raw):
    """As Python reads it; of the longer header, which only new Pythons know,
    the coding that its GUID begins with."""
    if raw[20:22] == b'\xfe\xff':
        raw = raw[:20] + raw[44:46] + raw[22:]
    with wave.open(io.BytesIO(raw)) as w:
        return w.getnchannels(), w.getsampwidth(), w.readframes(1 << 20)


def structure(name, raw, source):
    """What an independent reader finds, of the source where it can be seen."""
    ext = name.rsplit('.', 1)[1]
    if source and name in VISIBLE:
        return VISIBLE[name]
    if ext == 'json':
        return nasty.judge(raw)
    if ext == 'jsonl':
        return [x for x in nasty.lines_of(raw) if x is not None]
    if ext == 'csv':
        return rows_of(raw)
    if ext in ('srt', 'vtt'):
        return timed.cues(raw.removeprefix(BOM), ext == 'vtt')
    if ext == 'wav':
        return waves()[name[3:-4]][1:] if source else heard(raw)
    return raw


def shape(v):
    """What is left of a value when nobody looks at its strings."""
    if isinstance(v, nasty.Pairs):
        return [(k, shape(x)) for k, x in v]
    if isinstance(v, (list, tuple)):
        return [shape(x) for x in v]
    return 'text' if isinstance(v, str) else type(v).__name__


def fill(room, all_):
    for name, (raw, _) in all_.items():
        room.write('d/plain/' + name, raw)
        room.write(f'd/gz/{name}.gz', gzip.compress(raw))
    room.write('d/zip.zip', packed.zipped(
        (n, raw) for n, (raw, _) in all_.items()))


def check_denied(room, all_):
    r = room.json('ingest', '--manifest', room.write('m.yaml', MANIFEST),
                  room.path('d'), code=3)
    check(r['files'] == 3 * len(all_) and r['left'] == 0, str(r)[-600:])
    said = {}
    for c in r['complaints']:
        if 'record' not in c:
            said.setdefault(c['path'], []).append(c['why'])
    for name, (_, shown) in all_.items():
        for d in ('plain', 'gz', 'zip'):
            why = said.get(f'{d}/{name}', [])
            check(shown or (why and 'transcript' not in why[0]),
                  f'{d}/{name}: {why}')
        check(said.get('plain/' + name) == said.get('zip/' + name) ==
              said.get('gz/' + name), f'{name}: other words')


def main():
    all_ = cases()
    sys.setrecursionlimit(5000)
    print(len(all_), 'containers')
    with Room() as room:
        fill(room, all_)
        check_denied(room, all_)
        pol = room.write('p.yaml', POLICY)
        for who in ('keeper', 'tagger'):
            view = files_below(os.path.join(room.preview(pol, who), 'd'))
            for name, (raw, shown) in all_.items():
                got = [view.get(f'{d}/{name}') for d in ('plain', 'gz',
                                                         'zip')]
                check(got[0] == got[1] == got[2], f'{who}: {name}: differ')
                check((got[0] is not None) == shown, f'{who}: {name}')
                if not shown:
                    continue
                want = structure(name, raw, True)
                have = structure(name, got[0], False)
                if who == 'tagger':
                    check(MAIL.encode() not in got[0], f'{name}: {MAIL}')
                    want, have = shape(want), shape(have)
                check(have == want, f'{who}: {name}: {have!r:.300} for '
                                    f'{want!r:.300}')


if __name__ == '__main__':
    main()
