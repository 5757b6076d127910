"""Speech with exact truth: of every sensitive word no sample is left, outside
the padding no bit is changed, whatever the words are written down in and the
samples coded in; other programs accept what is shown. Words are tones, spoken
digits (where the shared recordings are) and espeak-ng's (where it is).
"""
# SPDX-License-Identifier: Apache-2.0
import array
import ctypes
import json
import os
import random
import re
import shutil
import subprocess
import wave

import speech
from carrel import SHARED, Room, check, seed
from ways import files_below

PAD = 50
MANIFEST = '''carrel-dataset: 1
name: calls
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - match: "said/*.json"
    group: "{stem}"
    text: "$.turns[*].text"
    segments: { items: "$.turns[*]", start: "$.from", end: "$.to",
                channel: "$.who" }
    words: { items: "$.turns[*].words[*]", text: "$.w", start: "$.at",
             end: "$.end" }
    channels: { agent: 1, caller: 2 }
    audio: "audio/{stem}.wav"
  - match: "said/*"
    group: "{stem}"
    channels: { agent: 1, caller: 2, A: 1, B: 2 }
    audio: "audio/{stem}.wav"
  - { match: "human/*.txt", group: "{stem}", audio: "audio/{stem}.wav" }
  - { match: "chat/*.jsonl", group: "{stem}", text: "$.said" }
  - { match: "audio/*.wav", group: "{stem}" }
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
    redact: { default: tag, LOCATION: keep, CREDIT_CARD: { mask: { keep_last: 4 } } }
    audio: { default: silence, pad_ms: 50 }
annotators:
  alice: { role: r }
'''
DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven',
          'eight', 'nine']
CARD, PHONE = '4532015112830366', '4155550132'
# extension -> (writer, hides a turn as a whole, says which channel)
WAYS = {
    'json': (speech.as_json, False, True),
    'ctm': (speech.as_ctm, False, True),
    'TextGrid': (speech.as_textgrid, False, True),
    'vtt': (speech.as_vtt, False, True),
    'srt': (speech.as_srt, True, False),
    'stm': (speech.as_stm, True, True),
}


class Shelf:
    """What is ingested, and what must be shown of it."""

    def __init__(self, room):
        self.room, self.all = room, {}

    def put(self, name, call, coding, way, rf64=False):
        writer, whole, channel = WAYS[way]
        data = speech.encode(coding, call)
        self.room.write(f'd/said/{name}.{way}', writer(call))
        self.room.write(f'd/audio/{name}.wav',
                        speech.wav(coding, call, data, rf64))
        hidden = []
        for t in call.turns:
            secret = [w for w in t if w.secret]
            if not secret:
                continue
            a, b = ((t[0], t[-1]) if whole or way == 'vtt'
                    else (secret[0], secret[-1]))
            if way == 'vtt':  # a word lasts until the next one begins
                a, b = secret[0], secret[-1]
                after = t[t.index(b) + 1:]
                b = after[0] if after else b
                end = b.start if after else b.end
            else:
                end = b.end
            hidden.append(speech.Word(' '.join(w.text for w in secret),
                                      a.start, end, a.channel, True))
        by = channel and len(call.samples) == 2
        self.all[name] = (call, coding, data, hidden, by)

    def put_told(self, name, call, human, chat, hidden):
        """Words that a program heard, what a person wrote, and a chat."""
        self.put(name, call, 's16', 'ctm')
        self.room.write(f'd/human/{name}.txt', human)
        self.room.write(f'd/chat/{name}.jsonl', json.dumps({'said': chat}))
        self.all[name] = self.all[name][:3] + (hidden, False)

    def check(self, view):
        for name, (call, coding, data, hidden, by) in self.all.items():
            with open(f'{view}/calls/audio/{name}.wav', 'rb') as f:
                got = f.read()
            speech.compare(name, call, coding, data, got, hidden, PAD, by)
            accepted(f'{view}/calls/audio/{name}.wav', call, coding)
        for path, b in files_below(view).items():
            if '/said/' not in path:
                continue
            for v in (b'Maria', b'Garcia', b'four', b'five', b'415 ',
                      b'4155550132', b'4532'):
                check(v not in b, f'{v} in {path}: {b[:3000]}')


def masked(view):
    """Of a card that is said digit by digit its last four are left, whatever
    word stands for them; none from its middle."""
    words = set()
    for path, b in files_below(view).items():
        if path.endswith('.json'):
            words |= {w['w'] for t in json.loads(b)['turns']
                      for w in t['words']}
    digits = {re.sub('[^0-9]', '', w) for w in words if '_' not in w}
    check(digits == {'', CARD[-4:]}, f'{digits} of {words}')


def tool(name):
    if shutil.which(name) is None:
        if name not in tool.told:
            print(f'no {name}: recordings are not given to it')
        tool.told.add(name)
        return False
    return True


tool.told = set()


def accepted(path, call, coding):
    """By programs that know nothing of us: its length, and all its samples."""
    if speech.CODINGS[coding][0] == 1:
        with wave.open(path) as w:
            check((w.getnframes(), w.getnchannels(), w.getframerate())
                  == (call.frames(), len(call.samples), call.rate), path)
    if tool('soxi'):
        n = subprocess.run(['soxi', '-s', path], capture_output=True,
                           text=True, check=True).stdout.strip()
        check(n == str(call.frames()), f'soxi {path}: {n}')
    if tool('ffprobe'):
        n = subprocess.run(
            ['ffprobe', '-v', 'error', '-show_entries', 'stream=duration_ts',
             '-of', 'csv=p=0', path], capture_output=True, text=True)
        check(n.returncode == 0 and n.stderr == '' and
              n.stdout.strip() == str(call.frames()),
              f'ffprobe {path}: {n.stdout} {n.stderr}')


# ---- tones ----

def tones(rng, channels):
    call = speech.Call(8000, channels)

    def turn(channel, text, secret=''):
        words = secret.split()
        call.pause(600)
        call.say(channel, [(w, speech.tone(rng, 8000, rng.randrange(80, 200)),
                            w in words) for w in text.split()])

    spelled = ' '.join(DIGITS[int(d)] for d in CARD)
    turn(1, 'hello this is the bank what is your name please')
    turn(2, 'my name is Maria Garcia okay', 'Maria Garcia')
    turn(1, 'and what is the number of your card')
    turn(2, spelled + ' thanks', spelled)
    turn(2, 'call me at 415 555 0132 then', '415 555 0132')
    call.pause(700)
    return call


def fill_tones(shelf, rng):
    calls = {n: tones(rng, n) for n in (1, 2)}
    for coding in speech.CODINGS:
        for n in (1, 2):
            shelf.put(f'{coding}-{n}', calls[n], coding, 'json')
    for i, way in enumerate(WAYS):
        for n in (1, 2):
            coding = list(speech.CODINGS)[(2 * i + n) % 8]
            shelf.put(f'{way.lower()}-{n}', calls[n], coding, way)
    shelf.put('rf64', calls[2], 's24', 'json', rf64=True)
    shelf.put('rf64-ctm', calls[1], 'f32', 'ctm', rf64=True)


def fill_told(shelf, rng):
    """A name that the words have wrong and a person has right; a number that
    stands in a chat and is said in words; both without a hint."""
    call = speech.Call(8000, 1)
    call.pause(500)
    call.say(2, [(w, speech.tone(rng, 8000, 150), False) for w in
                 'this is Moira gar thea speaking I am calling because it '
                 'said nine oh one twenty seven on the screen'.split()])
    call.pause(500)
    w = {w.text: w for w in call.words()}
    hidden = [speech.Word('name', w['is'].end, w['speaking'].start),
              speech.Word('number', w['nine'].start, w['seven'].end)]
    shelf.put_told('told', call, 'This is Maria Garcia speaking. I am calling '
                   'because it said something on the screen.\n',
                   'my account number is 90127', hidden)


# ---- spoken digits ----

def fill_digits(shelf, rng):
    top = os.path.join(SHARED, 'data', 'speech', 'fsdd')
    if not os.path.isdir(top):
        print('no shared recordings: no spoken digits')
        return []
    takes = {}
    for f in sorted(os.listdir(top)):
        digit, who, _ = f.split('_')
        takes.setdefault((who, digit), []).append(os.path.join(top, f))
    names = []
    for i, who in enumerate(sorted({w for w, _ in takes})):
        call = speech.Call(8000, 1 + i % 2)
        way = ['json', 'ctm', 'TextGrid'][i % 3]
        # Turns keep numbers apart; in a stream of words nothing does.
        for number in ([CARD, PHONE] if way == 'json' else [CARD]):
            call.pause(700)
            words = []
            for d in number:
                with wave.open(rng.choice(takes[who, d])) as w:
                    s = array.array('h', w.readframes(w.getnframes()))
                words.append((DIGITS[int(d)] if i % 3 else d, s, True))
            call.say(2, words)
        call.pause(500)
        name = f'digits-{i}'
        shelf.put(name, call, ['s16', 'ulaw', 'alaw'][i % 3], way)
        names.append(name)
    return names


GRAMMAR = ('#JSGF V1.0;\ngrammar digits;\npublic <digits> = ('
           + ' | '.join(DIGITS) + ')+;\n')


def heard(room, path):
    room.write('digits.gram', GRAMMAR)
    subprocess.run(['sox', '-D', path, '-r', '16000', '-b', '16', '-e', 'signed',
                    '-c', '1', room.path('16k.wav')], check=True)
    r = subprocess.run(['pocketsphinx_continuous', '-infile',
                        room.path('16k.wav'), '-jsgf',
                        room.path('digits.gram'), '-logfn', '/dev/null'],
                       capture_output=True, text=True)
    return r.stdout.split() if r.returncode == 0 else None


def listen(room, view, shelf, names):
    if not names or not tool('pocketsphinx_continuous') or not tool('sox'):
        return
    before = said = 0
    for name in names:
        a = heard(room, room.path(f'd/audio/{name}.wav'))
        if a is None:
            print('pocketsphinx has no model of English: nobody listens')
            return
        before += len(a)
        said += len(shelf.all[name][0].words())
        b = heard(room, f'{view}/calls/audio/{name}.wav')
        check(b == [], f'{name}: still heard: {b}, before: {a}')
    print(f'pocketsphinx hears {before} digits where {said} are spoken, then '
          'none')
    check(before >= said // 3, 'hardly a digit was heard before')


# ---- espeak-ng ----

class Event(ctypes.Structure):
    _fields_ = [('type', ctypes.c_int), ('id', ctypes.c_uint),
                ('at', ctypes.c_int), ('length', ctypes.c_int),
                ('ms', ctypes.c_int), ('sample', ctypes.c_int),
                ('user', ctypes.c_void_p), ('value', ctypes.c_char * 8)]


def spoken(lib, text):
    """(words as (start, end) in text and first sample; samples)."""
    out, words = array.array('h'), []

    def take(wav, n, events):
        i = 0
        while events[i].type != 0:  # espeakEVENT_LIST_TERMINATED
            if events[i].type == 1:  # espeakEVENT_WORD
                words.append((events[i].at - 1, events[i].sample))
            i += 1
        if wav and n > 0:
            out.extend(wav[:n])
        return 0

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short),
                            ctypes.c_int, ctypes.POINTER(Event))
    back = kind(take)
    lib.espeak_SetSynthCallback(back)
    raw = text.encode()
    lib.espeak_Synth(raw, ctypes.c_size_t(len(raw) + 1), 0, 1, 0, 1, None,
                     None)
    lib.espeak_Synchronize()
    return words, out


def fill_espeak(shelf):
    try:
        lib = ctypes.CDLL('libespeak-ng.so.1')
        rate = lib.espeak_Initialize(2, 0, None, 0)
    except OSError:
        rate = -1
    if rate <= 0:
        print('no espeak-ng: no synthetic voice')
        return
    lib.espeak_SetVoiceByName(b'en')
    spelled = ' '.join(DIGITS[int(d)] for d in CARD)
    lines = [(1, 'good morning what is your name', ''),
             (2, 'my name is Maria Garcia', 'Maria Garcia'),
             (1, 'and the number of the card please', ''),
             (2, 'yes it is ' + spelled + ' okay', spelled),
             (1, 'thank you very much', '')]
    for n, way, coding in ((1, 'json', 's16'), (2, 'ctm', 's24'),
                           (2, 'TextGrid', 'f32'), (1, 'vtt', 's32')):
        call = speech.Call(rate, n)
        for channel, text, secret in lines:
            say(call, lib, channel, text, secret.split())
        call.pause(500)
        shelf.put(f'espeak-{way.lower()}', call, coding, way)


def say(call, lib, channel, text, secret):
    """One turn: a word lasts until the next begins. Words that it speaks as
    one ("of the") share its time."""
    events, sound = spoken(lib, text)
    check(len(events) > 2, f'espeak: {events}')
    call.pause(600)
    at = call.frames()
    for i, s in enumerate(call.samples):
        mine = i == min(channel, len(call.samples)) - 1
        s.extend(sound if mine else [0] * len(sound))
    events.append((len(text), len(sound)))
    turn = []
    for (a, start), (b, end) in zip(events, events[1:]):
        words = text[a:b].split()
        check(len(words) == 1 or not set(words) & set(secret), str(words))
        for k, w in enumerate(words):
            turn.append(speech.Word(
                w, at + start + (end - start) * k // len(words),
                at + start + (end - start) * (k + 1) // len(words), channel,
                w in secret))
    call.turns.append(turn)


def main():
    rng = random.Random(seed())
    with Room() as room:
        room.write('m.yaml', MANIFEST)
        pol = room.write('pol.yaml', POLICY)
        shelf = Shelf(room)
        fill_tones(shelf, rng)
        fill_told(shelf, rng)
        names = fill_digits(shelf, rng)
        fill_espeak(shelf)
        # A note in a WebVTT file is not shown: 3, and it denies no recording.
        room.run('ingest', '--manifest', room.path('m.yaml'), room.path('d'),
                 code=3)
        view = room.preview(pol, 'alice')
        shelf.check(view)
        masked(view)
        listen(room, view, shelf, names)
        room.run('fsck')


if __name__ == '__main__':
    main()
