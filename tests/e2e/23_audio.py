"""Recordings: words that a transcript of the group times are bleeped in every
sample format, everything else is bit for bit what it was, and what nobody has
transcribed is not shown. The expectation is computed here, sample by sample,
without our code.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import random
import shutil
import struct
import subprocess

from carrel import Room, check, need_fuse, seed
from ways import files_below

RATE = 8000
SECONDS = 12
MANIFEST = '''carrel-dataset: 1
name: calls
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - match: "text/*.json"
    group: "{stem}"
    text: "$.segments[*].text"
    segments: { items: "$.segments[*]", start: "$.start", end: "$.end",
                channel: "$.speaker" }
    words: { items: "$.segments[*].words[*]", text: "$.word",
             start: "$.start", end: "$.end" }
    channels: { agent: 1, caller: 2 }
  - match: "aws/*.json"
    group: "{stem}"
    text: "$.results.transcripts[*].transcript"
    words: { items: "$.results.items[*]",
             text: "$.alternatives[*].content",
             start: "$.start_time", end: "$.end_time" }
  - match: "lines/*.jsonl"
    group: "{stem}"
    text: "$.said"
    segments: { items: "$", start: "$.at_ms", duration: "$.for_ms", unit: ms }
  - { match: "wav/*.wav", group: "{stem}" }
  - { match: "open/*.wav", group: "{stem}", passthrough: true }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [calls]
confinement: none
roles:
  r:
    see: [ { files: "calls/**", records: all } ]
    names: keep
    redact: { default: tag, LOCATION: keep }
    audio: { default: silence, PHONE_NUMBER: FILL, pad_ms: PAD }
annotators:
  alice: { role: r }
'''

# name -> (tag, bytes of a sample, silence)
CODINGS = {
    'u8': (1, 1, b'\x80'), 's16': (1, 2, b'\0\0'), 's24': (1, 3, b'\0\0\0'),
    's32': (1, 4, b'\0' * 4), 'f32': (3, 4, b'\0' * 4),
    'f64': (3, 8, b'\0' * 8), 'ulaw': (7, 1, b'\xff'),
    'alaw': (6, 1, b'\xd5'),
}
# (speaker, start, words); a word is (text, seconds) or (text, seconds, pause)
SEGMENTS = [
    ('agent', 1.0, ['what', 'is', 'your', 'name', 'please']),
    ('caller', 4.0, ['my', 'name', 'is', 'Maria', 'Garcia']),
    ('caller', 7.0, ['call', 'me', 'at', '415', '555', '0132', 'thanks']),
]
SENSITIVE = {'Maria': 'PERSON', 'Garcia': 'PERSON', '415': 'PHONE_NUMBER',
             '555': 'PHONE_NUMBER', '0132': 'PHONE_NUMBER'}
STEP, LONG = 0.4, 0.35


def words_of(segment):
    who, at, words = segment
    return [(w, round(at + i * STEP, 3), round(at + i * STEP + LONG, 3))
            for i, w in enumerate(words)]


def whisper():
    return {'text': 'a call', 'language': 'en', 'segments': [
        {'id': i, 'speaker': s[0], 'start': s[1],
         'end': s[1] + STEP * len(s[2]), 'text': ' '.join(s[2]),
         'words': [{'word': ' ' + w, 'start': a, 'end': b, 'probability': 0.9}
                   for w, a, b in words_of(s)]}
        for i, s in enumerate(SEGMENTS)]}


def transcribe():
    items = []
    for s in SEGMENTS:
        items += [{'type': 'pronunciation', 'start_time': f'{a:.3f}',
                   'end_time': f'{b:.3f}',
                   'alternatives': [{'confidence': '0.99', 'content': w}]}
                  for w, a, b in words_of(s)]
        items.append({'type': 'punctuation',
                      'alternatives': [{'confidence': '0.0', 'content': '.'}]})
    return {'jobName': 'j', 'results': {
        'transcripts': [{'transcript': ' '.join(
            ' '.join(s[2]) + '.' for s in SEGMENTS)}], 'items': items}}


def samples(rng, coding, channels, frames=RATE * SECONDS):
    tag, width, _ = CODINGS[coding]
    if tag == 3:
        return struct.pack(
            f'<{frames * channels}{"f" if width == 4 else "d"}',
            *(rng.uniform(-1, 1) for _ in range(frames * channels)))
    return rng.randbytes(frames * channels * width)


def chunk(name, body):
    return name + struct.pack('<I', len(body)) + body + b'\0' * (len(body) % 2)


def wav(coding, channels, data, extra=b'', size=None):
    """A file with chunks that must not be seen."""
    tag, width, _ = CODINGS[coding]
    fmt = struct.pack('<HHIIHH', tag, channels, RATE,
                      RATE * channels * width, channels * width, 8 * width)
    body = b'WAVE' + chunk(b'LIST', b'INFOIART' + struct.pack('<I', 6)
                           + b'Maria\0') + chunk(b'fmt ', fmt)
    body += chunk(b'bext', b'Maria Garcia 415-555-0132' + b'\0' * 580)
    if size is not None:
        return (b'RIFF\xff\xff\xff\xff' + body + b'data'
                + struct.pack('<I', size) + data)
    body += chunk(b'data', data) + chunk(b'id3 ', b'Maria Garcia') + extra
    return b'RIFF' + struct.pack('<I', len(body)) + body


def header(coding, channels, n):
    """The header that the view must have, from the specification."""
    tag, width, _ = CODINGS[coding]
    fmt = struct.pack('<HHIIHH', tag, channels, RATE,
                      RATE * channels * width, channels * width, 8 * width)
    body = b'WAVE' + chunk(b'fmt ', fmt if tag == 1 else fmt + b'\0\0')
    if tag != 1:
        body += chunk(b'fact', struct.pack('<I', n // (channels * width)))
    body += b'data' + struct.pack('<I', n)
    return b'RIFF' + struct.pack('<I', len(body) + n + n % 2) + body


def frame_at(seconds):
    return int(seconds * RATE + 0.5)


def intervals(pad, only_channel):
    """Per sensitive word: frames, channel, type; and padded frames."""
    out = []
    for s in SEGMENTS:
        for w, a, b in words_of(s):
            if w in SENSITIVE:
                ch = {'agent': 1, 'caller': 2}[s[0]] if only_channel else 0
                out.append((frame_at(a), frame_at(b), ch, SENSITIVE[w]))
    return out


def compare(what, got, want_header, data, coding, channels, pad, by_channel,
            fill):
    width = CODINGS[coding][1]
    frame = width * channels
    silence = CODINGS[coding][2]
    n = len(data)
    check(got[:len(want_header)] == want_header,
          f'{what}: header {got[:64].hex()}')
    check(len(got) == len(want_header) + n + n % 2, f'{what}: length')
    got = got[len(want_header):]
    check(b'Maria' not in got[n:], what + ': what is behind')
    got = got[:n]
    hits = intervals(pad, by_channel)
    margin = frame_at(pad / 1000) + 2
    near = set()
    for a, b, ch, _ in hits:
        # Gaps of less than 100 ms between padded words are filled, too.
        near.update((f, ch) for f in range(a - margin - RATE // 10,
                                           b + margin + RATE // 10))
    changed = 0
    for f in range(n // frame):
        for c in range(1, channels + 1):
            at = f * frame + (c - 1) * width
            if got[at:at + width] == data[at:at + width]:
                continue
            changed += 1
            check((f, c) in near or (f, 0) in near,
                  f'{what}: frame {f}, channel {c} was changed')
    check(changed > 0, what + ': nothing was changed')
    for a, b, ch, kind in hits:
        for f in range(a, b):
            for c in ([ch] if ch else range(1, channels + 1)):
                at = f * frame + (c - 1) * width
                s = got[at:at + width]
                if kind == 'PERSON' or fill == 'silence':
                    check(s == silence, f'{what}: frame {f} of a word')
    # A tone is the same in both of its periods, and not the source.
    if fill == 'tone':
        a = next(h[0] for h in hits if h[3] == 'PHONE_NUMBER')
        ch = next(h[2] for h in hits if h[3] == 'PHONE_NUMBER')
        c = (ch or 1) - 1
        period = [[got[(a + i + k) * frame + c * width:][:width]
                   for i in range(8)] for k in (0, 8, 16)]
        check(period[0] == period[1] == period[2], what + ': tone')
        check(len(set(period[0])) > 3, what + ': a tone is no silence')


def policy(room, fill, pad):
    return room.write(f'{fill}-{pad}.yaml', POLICY.replace(
        'FILL', fill).replace('PAD', str(pad)))


def fill_room(room, rng):
    """name -> (coding, channels, data, by channel)."""
    made = {}
    for coding in CODINGS:
        for channels in (1, 2):
            name = f'{coding}-{channels}'
            odd = coding == 'u8' and channels == 1
            data = samples(rng, coding, channels,
                           RATE * SECONDS + (1 if odd else 0))
            room.write(f'd/wav/{name}.wav', wav(coding, channels, data))
            room.write(f'd/text/{name}.json', json.dumps(whisper()))
            made[name] = (coding, channels, data, True)
    data = samples(rng, 's16', 2)
    room.write('d/wav/aws.wav', wav('s16', 2, data, size=0xffffffff))
    room.write('d/aws/aws.json', json.dumps(transcribe()))
    made['aws'] = ('s16', 2, data, False)
    return made


def refused(room, rng):
    """Recordings that must not be shown, and why."""
    data = samples(rng, 's16', 1)
    good = wav('s16', 1, data)
    room.write('d/wav/alone.wav', good)
    bad = whisper()
    for s in bad['segments']:
        for k in [s] + s['words']:
            k['start'] /= 1000
            k['end'] /= 1000
    room.write('d/wav/unit.wav', good)
    room.write('d/text/unit.json', json.dumps(bad))
    late = whisper()
    late['segments'][2]['words'][-1]['end'] = 4000
    room.write('d/wav/late.wav', good)
    room.write('d/text/late.json', json.dumps(late))
    room.write('d/wav/broken.wav', good)
    room.write('d/text/broken.json', '{"segments": [')
    room.write('d/wav/noise.wav', b'RIFF' + bytes(40))
    room.write('d/text/noise.json', json.dumps(whisper()))
    lost = whisper()  # a sentence nobody can find among words without times
    for s in lost['segments']:
        del s['start'], s['end']
        s['words'] = []
    lost['segments'].append({'text': 'bye', 'start': 11.0, 'end': 11.5,
                             'words': []})
    room.write('d/wav/lost.wav', good)
    room.write('d/text/lost.json', json.dumps(lost))
    return ['alone', 'unit', 'late', 'broken', 'noise', 'lost']


def segments_only(room, rng):
    """Sentences with times, words without: covered whole."""
    data = samples(rng, 's16', 1)
    room.write('d/wav/lines.wav', wav('s16', 1, data))
    room.write('d/lines/lines.jsonl', ''.join(
        json.dumps({'who': s[0], 'at_ms': int(s[1] * 1000),
                    'for_ms': int(STEP * len(s[2]) * 1000),
                    'said': ' '.join(s[2])}) + '\n' for s in SEGMENTS))
    return data


def check_segments(view, data):
    with open(view + '/calls/wav/lines.wav', 'rb') as f:
        got = f.read()[44:]
    a, b = frame_at(4.0), frame_at(7.0 + STEP * 7)
    check(got[:2 * (a - 1700)] == data[:2 * (a - 1700)], 'before the segment')
    check(got[2 * a:2 * frame_at(4.0 + STEP * 5)]
          == bytes(2 * frame_at(STEP * 5)), 'the segment is covered whole')
    check(got[2 * (b + 1700):] == data[2 * (b + 1700):], 'behind it')


def long_one(room, rng):
    """Words on both sides of the edges of index blocks."""
    frames = 3 << 19
    data = samples(rng, 's16', 1, frames)
    edge = ((1 << 20) - 600) // 2 / RATE  # about where block 1 begins
    ws = []
    for at in (edge - 2.3, edge - 0.1, edge * 2 + 0.1, edge * 2 + 1.05):
        ws += [{'word': w, 'start': round(at + i * .2, 3),
                'end': round(at + i * .2 + .15, 3)}
               for i, w in enumerate(['call', '415', '555', '0132'])]
    seg = {'start': 0, 'end': frames / RATE, 'words': ws,
           'text': ' '.join(w['word'] for w in ws)}
    room.write('d/wav/long.wav', wav('s16', 1, data))
    room.write('d/text/long.json', json.dumps({'segments': [seg]}))
    return data, ws


def check_long(got, data, ws, pad):
    head = header('s16', 1, len(data))
    check(got[:44] == head, 'long: header')
    got = got[44:]
    covered = bytearray(len(data) // 2)
    for w in ws:
        if w['word'] != 'call':
            a, b = frame_at(w['start']), frame_at(w['end'])
            check(got[2 * a:2 * b] != data[2 * a:2 * b], 'long: a word')
            m = pad * RATE // 1000 + RATE // 10 + 2
            covered[max(a - m, 0):b + m] = b'\1' * (b + m - max(a - m, 0))
    for at in range(0, len(data), 2):
        if not covered[at // 2]:
            check(got[at:at + 2] == data[at:at + 2], f'long: byte {at}')


def sox(view, made):
    if shutil.which('soxi') is None:
        print('no soxi: recordings are not given to another program')
        return
    for name, (coding, channels, data, _) in made.items():
        p = f'{view}/calls/wav/{name}.wav'
        out = [subprocess.run(['soxi', o, p], capture_output=True, text=True,
                              check=True).stdout.strip() for o in ('-s', '-c')]
        frames = len(data) // channels // CODINGS[coding][1]
        check(out == [str(frames), str(channels)], f'soxi {name}: {out}')
        r = subprocess.run(['sox', '-V2', p, '-n', 'stat'],
                           capture_output=True, text=True)
        check(r.returncode == 0, f'sox {name}: {r.stderr}')


def look(room, made, fill, pad):
    pol = policy(room, fill, pad)
    view = room.preview(pol, 'alice')
    for name, (coding, channels, data, by_channel) in made.items():
        with open(f'{view}/calls/wav/{name}.wav', 'rb') as f:
            got = f.read()
        by = by_channel and channels == 2
        compare(f'{name} {fill} {pad}', got,
                header(coding, channels, len(data)), data, coding, channels,
                pad, by, fill)
    return view, pol


def mounted(room, pol, view):
    """A mount gives the same bytes, read in whatever pieces; replayed."""
    m = room.mount(pol, 'alice')
    seen = files_below(m.dir + '/data')
    check(seen == files_below(view), 'a mount is as the preview')
    p = m.dir + '/data/calls/wav/s24-2.wav'
    with open(p, 'rb') as f:
        whole = f.read()
        for off, n in ((0, 1), (45, 7), (30001, 200003), (len(whole) - 3, 9)):
            f.seek(off)
            check(f.read(n) == whole[off:off + n], f'read {n} at {off}')
    m.stop()
    reads = [e for e in room.log('--op', 'READ')
             if e['path'].endswith('s24-2.wav')]
    check(reads, 'the reading is in the log')
    e = reads[-1]
    r = room.run('audit', 'replay', str(e['seq']), text=False)
    check(r.stdout == whole[e['offset']:e['offset'] + e['result']],
          'replayed')


def main():
    need_fuse()
    rng = random.Random(seed())
    with Room() as room:
        room.write('m.yaml', MANIFEST)
        made = fill_room(room, rng)
        hidden = refused(room, rng)
        lines = segments_only(room, rng)
        long_data, ws = long_one(room, rng)
        music = samples(rng, 's16', 1)
        room.write('d/open/music.wav', wav('s16', 1, music))
        r = room.run('ingest', '--manifest', room.path('m.yaml'),
                     room.path('d'), code=3)
        for name in hidden:
            check(f'wav/{name}.wav' in r.stderr, f'{name}: {r.stderr}')
        for fill, pad in (('silence', 200), ('tone', 0), ('noise', 50)):
            view, pol = look(room, made, fill, pad)
            for name in hidden:
                check(not os.path.exists(f'{view}/calls/wav/{name}.wav'),
                      f'{name} is shown')
            with open(view + '/calls/wav/long.wav', 'rb') as f:
                check_long(f.read(), long_data, ws, pad)
            if fill == 'silence':
                check_segments(view, lines)
            with open(view + '/calls/open/music.wav', 'rb') as f:
                check(f.read()[44:] == music, 'what passes is not changed')
            for path, b in files_below(view).items():
                if not path.endswith(('.wav', '/unit.json')):
                    for v in (b'Maria', b'Garcia', b'555', b'0132'):
                        check(v not in b, f'{v} in {path}')
                check(b'Maria' not in b, path)
        sox(view, made)
        mounted(room, pol, view)
        x = room.run('policy', 'explain', '--policy', pol, '--as', 'alice',
                     'calls/wav/s16-2.wav', '--json').stdout
        check('"from_ms":8200' in x.replace(' ', ''), x)
        r = room.run('detect', room.path('d/wav/s16-1.wav'), code=3)
        check('no transcript' in r.stderr, r.stderr)
        room.run('fsck')


if __name__ == '__main__':
    main()
