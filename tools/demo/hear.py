"""Looks into recordings without any of carrel's code."""
# SPDX-License-Identifier: Apache-2.0
import array
import struct

BARS = ' ▁▂▃▄▅▆▇█'


class Wav:
    def __init__(self, data):
        """The bytes of a RIFF file of 16-bit PCM."""
        if data[:4] != b'RIFF' or data[8:12] != b'WAVE':
            raise ValueError('no RIFF file')
        at = 12
        while data[at:at + 4] != b'data':
            n, = struct.unpack_from('<I', data, at + 4)
            if data[at:at + 4] == b'fmt ':
                self.channels, self.rate = struct.unpack_from('<HI', data,
                                                              at + 10)
            at += 8 + n + n % 2
        n, = struct.unpack_from('<I', data, at + 4)
        self.samples = array.array('h', data[at + 8:at + 8 + n])

    def frames(self):
        return len(self.samples) // self.channels

    def level(self, start, end):
        """Root mean square of the first channel between two seconds."""
        s = self.samples[int(start * self.rate) * self.channels:
                         int(end * self.rate) * self.channels:self.channels]
        return (sum(x * x for x in s) / max(len(s), 1)) ** 0.5

    def levels(self, start, end, n):
        step = (end - start) / n
        return [self.level(start + k * step, start + (k + 1) * step)
                for k in range(n)]


def bars(levels, top):
    return ''.join(BARS[min(int(x / top * 8 + 0.5), 8)] for x in levels)


def marks(spans, start, end, n):
    """A line that says where spans of seconds lie under the bars."""
    at = [start + (k + 0.5) * (end - start) / n for k in range(n)]
    return ''.join('^' if any(a <= t < b for a, b in spans) else ' '
                   for t in at)


def changed(before, after, spans, pad, gap=0.1):
    """(whether something changed outside the padded spans, share of the frames
    within the bare spans, where there is any sound, that are what they were).
    Spans nearer than gap to each other may be one."""
    c, rate = before.channels, before.rate
    x, y = before.samples, after.samples
    at, same, total, outside = 0, 0, 0, False
    wide = []
    for a, b in sorted((a - pad, b + pad) for a, b in spans):
        if wide and a - wide[-1][1] < gap:
            wide[-1][1] = max(b, wide[-1][1])
        else:
            wide.append([a, b])
    for a, b in wide:
        a = max(int(a * rate) - 1, at // c) * c
        outside = outside or x[at:a] != y[at:a]
        at = (int(b * rate) + 2) * c
    for a, b in spans:
        for k in range(c * (int(a * rate) + 1), c * int(b * rate), c):
            if any(x[k:k + c]):
                total += 1
                same += x[k:k + c] == y[k:k + c]
    return outside or x[at:] != y[at:], same / max(total, 1)
