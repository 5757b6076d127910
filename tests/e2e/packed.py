"""Makers of packed files: recordings by libsndfile, archives and pictures by
Python, good ones and bad ones.
"""
# SPDX-License-Identifier: Apache-2.0
import ctypes
import gzip
import io
import os
import struct
import tarfile
import tempfile
import warnings
import zipfile
import zlib

FLAC, OGG, MPEG = 0x170000, 0x200000, 0x230000
S8, S16, S24, VORBIS, OPUS, LAYER3 = 1, 2, 3, 0x60, 0x64, 0x82
READ, WRITE = 0x10, 0x20


class Info(ctypes.Structure):
    """SF_INFO of sndfile.h."""
    _fields_ = [('frames', ctypes.c_int64), ('samplerate', ctypes.c_int),
                ('channels', ctypes.c_int), ('format', ctypes.c_int),
                ('sections', ctypes.c_int), ('seekable', ctypes.c_int)]


def sndfile():
    lib = ctypes.CDLL('libsndfile.so.1')
    lib.sf_open.restype = ctypes.c_void_p
    lib.sf_open.argtypes = [ctypes.c_char_p, ctypes.c_int,
                            ctypes.POINTER(Info)]
    for f in ('sf_writef_int', 'sf_readf_float'):
        getattr(lib, f).restype = ctypes.c_int64
        getattr(lib, f).argtypes = [ctypes.c_void_p, ctypes.c_void_p,
                                    ctypes.c_int64]
    lib.sf_set_string.argtypes = [ctypes.c_void_p, ctypes.c_int,
                                  ctypes.c_char_p]
    lib.sf_close.argtypes = [ctypes.c_void_p]
    return lib


def encode(kind, rate, channels, samples, title=None):
    """Bytes of a file of that kind; samples are 32 bit, of all channels.
    None: this libsndfile does not write them."""
    lib = sndfile()
    info = Info(0, rate, channels, kind, 0, 0)
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, 'x')
        f = lib.sf_open(path.encode(), WRITE, ctypes.byref(info))
        if not f:
            return None
        if title:
            lib.sf_set_string(f, 1, title)
        buf = (ctypes.c_int32 * len(samples))(*samples)
        lib.sf_writef_int(f, buf, len(samples) // channels)
        lib.sf_close(f)
        with open(path, 'rb') as x:
            return x.read()


def decode(data):
    """(rate, channels, 16 bit samples), as ingest should have them."""
    lib = sndfile()
    info = Info()
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, 'x')
        with open(path, 'wb') as x:
            x.write(data)
        f = lib.sf_open(path.encode(), READ, ctypes.byref(info))
        out = []
        buf = (ctypes.c_float * (4096 * info.channels))()
        while True:
            n = lib.sf_readf_float(f, buf, 4096)
            if n <= 0:
                break
            out += buf[:n * info.channels]
        lib.sf_close(f)

    def clip(v):
        s = v * 32768.0
        return max(-32768, min(32767, int(s + 0.5) if s >= 0
                               else -int(0.5 - s)))
    return info.samplerate, info.channels, [clip(v) for v in out]


def wav(rate, channels, width, samples):
    """A plain WAV file of 32 bit samples, as so many bytes each."""
    if width == 1:
        data = bytes(((s >> 24) & 255) ^ 128 for s in samples)
    else:
        data = b''.join(struct.pack('<i', s)[4 - width:] for s in samples)
    frame = width * channels
    fmt = struct.pack('<HHIIHH', 1, channels, rate, rate * frame, frame,
                      8 * width)
    body = (b'WAVEfmt ' + struct.pack('<I', 16) + fmt + b'data'
            + struct.pack('<I', len(data)) + data + b'\0' * (len(data) % 2))
    return b'RIFF' + struct.pack('<I', len(body)) + body


# ---- archives

def zipped(members, comment=b''):
    """A zip of (name or ZipInfo, bytes)."""
    b = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')     # names that stand twice
        with zipfile.ZipFile(b, 'w', zipfile.ZIP_DEFLATED) as z:
            for name, data in members:
                z.writestr(name, data)
            z.comment = comment
    return b.getvalue()


def tarred(members, form=tarfile.PAX_FORMAT):
    """A tar of (name, bytes) or (name, type, link)."""
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode='w', format=form) as t:
        for name, *what in members:
            i = tarfile.TarInfo(name)
            if len(what) == 2:
                i.type, i.linkname = what
                t.addfile(i)
            else:
                i.size = len(what[0])
                t.addfile(i, io.BytesIO(what[0]))
    return b.getvalue()


def zip_link(name, target):
    i = zipfile.ZipInfo(name)
    i.create_system = 3
    i.external_attr = 0o120777 << 16
    return i, target


def encrypted(raw):
    """The first member's flag says so, in both places."""
    b = bytearray(raw)
    for at, flag in ((raw.index(b'PK\x03\x04'), 6),
                     (raw.index(b'PK\x01\x02'), 8)):
        b[at + flag] |= 1
    return bytes(b)


def bomb(mib):
    """A gzip of so many MiB of zeros."""
    return gzip.compress(bytes(mib << 20), 9)


# ---- pictures

def chunk(kind, body):
    return (struct.pack('>I', len(body)) + kind + body
            + struct.pack('>I', zlib.crc32(kind + body)))


PNG = b'\x89PNG\r\n\x1a\n'
IHDR = chunk(b'IHDR', struct.pack('>IIBBBBB', 2, 2, 8, 2, 0, 0, 0))
GAMA = chunk(b'gAMA', struct.pack('>I', 45455))
IDAT = chunk(b'IDAT', zlib.compress(b'\0\1\2\3\4\5\6' * 2))
IEND = chunk(b'IEND', b'')


def png(secret):
    """(with all kinds of metadata, what is to be left)."""
    extra = [chunk(b'tEXt', b'Author\0' + secret),
             chunk(b'iTXt', b'XML:com.adobe.xmp\0\0\0\0\0' + secret),
             chunk(b'zTXt', b'x\0\0' + zlib.compress(secret)),
             chunk(b'eXIf', b'MM\0*' + secret),
             chunk(b'tIME', b'\x07\xe8\1\1\0\0\0'),
             chunk(b'prVt', secret)]
    return (PNG + IHDR + extra[0] + GAMA + b''.join(extra[1:]) + IDAT
            + chunk(b'tEXt', b'x\0' + secret) + IEND + secret * 9,
            PNG + IHDR + GAMA + IDAT + IEND)


def segment(marker, body):
    return struct.pack('>BBH', 0xff, marker, len(body) + 2) + body


def jpeg(secret):
    """Likewise. The tables are whole, the picture is grey."""
    jfif = b'JFIF\0\1\2\1\0\x48\0\x48'
    adobe = b'Adobe\0\x64\0\0\0\0\1'
    tables = (segment(0xdb, b'\0' + bytes([1] * 64))
              + segment(0xc0, b'\x08\0\x08\0\x08\1\1\x11\0')
              + segment(0xc4, b'\0' + b'\0\1' + b'\0' * 14 + b'\0')
              + segment(0xc4, b'\x10' + b'\0\1' + b'\0' * 14 + b'\0')
              + segment(0xda, b'\1\1\0\0\x3f\0'))
    scan = b'\x00\xff\x00\x12\xff\xd0\x34'
    thumb = segment(0xe0, jfif + b'\1\1' + secret[:3])
    return (b'\xff\xd8' + thumb + segment(0xe1, b'Exif\0\0' + secret)
            + segment(0xe2, b'ICC_PROFILE\0\1\1' + secret)
            + segment(0xed, b'Photoshop 3.0\0' + secret)
            + segment(0xee, adobe + secret) + segment(0xfe, secret)
            + b'\xff\xff' + tables + scan + b'\xff\xd9' + b'\xff\xd8'
            + secret,
            b'\xff\xd8' + segment(0xe0, jfif + b'\0\0')
            + segment(0xee, adobe) + tables + scan + b'\xff\xd9')
