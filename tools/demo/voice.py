"""Speaks words with libespeak-ng and says, to the sample, when each is heard.
"""
# SPDX-License-Identifier: Apache-2.0
import array
import ctypes
import operator
import re

SYNCHRONOUS, CHARS_UTF8, POS_CHARACTER = 2, 1, 1
EVENT_NONE, EVENT_WORD, EVENT_END = 0, 1, 5
PARAMETER_RATE, PARAMETER_VOLUME = 1, 2
NAMES = {'@': ' at ', '.': ' dot '}


class Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h, version 1.49 and later."""
    _fields_ = [('type', ctypes.c_int), ('unique', ctypes.c_uint),
                ('position', ctypes.c_int), ('length', ctypes.c_int),
                ('millisecond', ctypes.c_int), ('sample', ctypes.c_int),
                ('user', ctypes.c_void_p), ('id', ctypes.c_char * 8)]


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short),
                            ctypes.c_int, ctypes.POINTER(Event))


def spoken(word):
    """How a written word is said: numbers by digit, codes by letter."""
    bare = word.rstrip('.,;:?!')
    end = word[len(bare):]
    if '@' in bare:
        bare = re.sub('([@.])', lambda m: NAMES[m[1]], bare)
        bare = re.sub(r'(\d)', r' \1 ', bare)
    elif bare.startswith('$'):
        bare = bare[1:].replace('.', ' dollars ')
    elif sum(c.isdigit() for c in bare) > 2 and len(bare) != 4 or (
            re.fullmatch(r'\d{4}', bare) and not bare.startswith('20')
            and not bare.startswith('19')):
        bare = ' '.join(c for c in bare if c.isalnum())
    return ' '.join(bare.split()) + end


class Voice:
    def __init__(self):
        self.lib = ctypes.CDLL('libespeak-ng.so.1')
        self.samples, self.marks = [], []
        self.callback = CALLBACK(self.take)
        self.rate = self.lib.espeak_Initialize(SYNCHRONOUS, 0, None, 0) // 2
        if self.rate <= 0:
            raise OSError('espeak-ng finds no voices (espeak-ng-data)')
        self.lib.espeak_SetSynthCallback(self.callback)

    def take(self, wav, n, events):
        """Called by the library for each piece that it has spoken."""
        i = 0
        while events[i].type != EVENT_NONE:
            if events[i].type in (EVENT_WORD, EVENT_END):
                self.marks.append((events[i].type, events[i].position - 1,
                                   events[i].sample))
            i += 1
        if wav and n > 0:
            self.samples.append(ctypes.string_at(wav, 2 * n))
        return 0

    def say(self, words, voice):
        """(samples as an array, [(first, last + 1) sample of each word])."""
        self.samples, self.marks = [], []
        said, at = '', []
        for w in words:
            at.append(len(said))
            said += spoken(w) + ' '
        if self.lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise OSError(f'espeak-ng has no voice {voice}')
        # At half the volume two samples can be added up to one.
        self.lib.espeak_SetParameter(PARAMETER_VOLUME, 40, 0)
        self.lib.espeak_SetParameter(PARAMETER_RATE, 190, 0)
        text = said.encode()
        self.lib.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0,
                              POS_CHARACTER, 0, CHARS_UTF8, None, None)
        self.lib.espeak_Synchronize()
        full = array.array('h', b''.join(self.samples))
        half = array.array('h', map(operator.add, full[::2], full[1::2]))
        # At the end of all stands one more mark, on no word.
        starts = [(p, s) for t, p, s in self.marks if t == EVENT_WORD
                  and p >= 0 and said[p] != ' ']
        return half, self.times(at, starts, len(half))

    def times(self, at, starts, total):
        """Of words that begin at these characters of what was said."""
        out = []
        for k, a in enumerate(at):
            b = at[k + 1] if k + 1 < len(at) else 1 << 30
            here = [s for p, s in starts if a <= p < b]
            if not here:  # "did not" is one word for it: both have its time
                out.append(out[-1])
                continue
            # To the next word, or to the pause where a clause ends.
            after = [s for t, p, s in self.marks if s > max(here)]
            out.append((min(here) // 2,
                        min(min(after, default=total * 2) // 2, total)))
        return out
