"""A client of a gateway's doors that can say anything: a small CBOR, packets
with descriptors, and a man in the middle who gets a real owner's proof.
"""
# SPDX-License-Identifier: Apache-2.0
import array
import os
import shutil
import socket
import struct
import threading

VERSION = 3  # of the protocol
OPS = dict(HELLO=1, PROVE=2, RUN=3, UNNAMED=4, END=5, STATUS=6, KILL=7,
           APPLY=8, BORROW=9, LOG=10, STOP=11, REROOT=12, CLEAR=13,
           WELCOME=64, OK=65, FAILED=66,
           PROGRESS=67, STARTED=68, ENDED=69, SOON=70)
NAMES = {v: k for k, v in OPS.items()}
FIELDS = dict(VERSION=0, TOOL=1, NONCE=2, PROOF=3, ANNOTATOR=4, TASK=5,
              PROJECT=6, NAME=7, FACTS=8, STRENGTH=9, UID=10, GID=11,
              SESSION=12, REASON=13, TTY_OUT=14, DROP=15, CODE=16, TEXT=17,
              PLACE=18, DONE=19, TOTAL=20, NUMBER=21, BODY=22, OWNER=23,
              LAST=24)
FIELD_NAMES = {v: k for k, v in FIELDS.items()}


def head(major, n):
    for info, size, fmt in ((24, 1 << 8, '>B'), (25, 1 << 16, '>H'),
                            (26, 1 << 32, '>I'), (27, 1 << 64, '>Q')):
        if n < 24:
            return bytes([major << 5 | n])
        if n < size:
            return bytes([major << 5 | info]) + struct.pack(fmt, n)
    raise ValueError(n)


def cbor(x):
    """Deterministic CBOR of ints, bytes, texts, lists and dicts; the order of
    a dict is kept, so that it can be a wrong one."""
    if isinstance(x, int):
        return head(0, x) if x >= 0 else head(1, ~x)
    if isinstance(x, bytes):
        return head(2, len(x)) + x
    if isinstance(x, str):
        raw = x.encode()
        return head(3, len(raw)) + raw
    if isinstance(x, list):
        return head(4, len(x)) + b''.join(map(cbor, x))
    return head(5, len(x)) + b''.join(cbor(k) + cbor(v) for k, v in x.items())


def uncbor(b, at=0):
    major, n = b[at] >> 5, b[at] & 31
    at += 1
    if n >= 24:
        size = 1 << (n - 24)
        n, at = int.from_bytes(b[at:at + size], 'big'), at + size
    if major == 0:
        return n, at
    if major == 1:
        return ~n, at
    if major in (2, 3):
        raw = b[at:at + n]
        return (raw if major == 2 else raw.decode()), at + n
    out = []
    for _ in range(n * (2 if major == 5 else 1)):
        x, at = uncbor(b, at)
        out.append(x)
    return (dict(zip(out[::2], out[1::2])) if major == 5 else out), at


def message(op, **fields):
    op = OPS.get(op, op)
    return cbor([op, {FIELDS[k]: v for k, v in sorted(
        fields.items(), key=lambda f: FIELDS[f[0]])}])


class Answer:
    def __init__(self, raw, fds):
        op, fields = uncbor(raw)[0]
        self.op, self.fds = NAMES[op], fds
        self.f = {FIELD_NAMES[k]: v for k, v in fields.items()}

    def __repr__(self):
        return f'{self.op} {self.f}'


class Visitor:
    """One connection to a door of the store at `store`."""

    def __init__(self, store, door, timeout=30):
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        d = os.open(os.path.join(store, 'gateway'), os.O_PATH)
        try:
            self.s.connect(f'/proc/self/fd/{d}/{door}')
        except OSError:
            self.s.close()
            raise
        finally:
            os.close(d)
        self.s.settimeout(timeout)  # not before: connect waits for a place

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        self.s.close()

    def send(self, raw, fds=()):
        """False: the other side has gone."""
        anc = [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                array.array('i', fds))] if fds else []
        try:
            self.s.sendmsg([raw], anc)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def hear(self):
        """The next answer; None: the connection has ended."""
        fds = array.array('i')
        try:
            raw, anc, _, _ = self.s.recvmsg(1 << 17, 1024)
        except ConnectionResetError:
            return None
        for _, _, data in anc:
            fds.frombytes(data[:len(data) - len(data) % fds.itemsize])
        return Answer(raw, list(fds)) if raw else None

    def say(self, op, fds=(), **fields):
        """Say it and hear the answer; what only reports is passed over."""
        self.send(message(op, **fields), fds)
        a = self.hear()
        while a is not None and a.op == 'PROGRESS':
            a = self.hear()
        return a

    def greet(self, version=VERSION):
        return self.say('HELLO', VERSION=version, TOOL='a test')

    def stays(self):
        """The other side has not closed; what it still says is lost."""
        self.s.setblocking(False)
        try:
            return self.s.recv(1 << 17) != b''
        except BlockingIOError:
            return True
        except OSError:
            return False

    def is_over(self):
        """Whatever still comes, the end comes too."""
        while self.hear() is not None:
            pass
        return True


class Between:
    """Stands where a client of `room` looks for its gateway, hands on what the
    real one at `store` says, and keeps the proven connection: `owner`."""

    def __init__(self, room, store=None, keep_owner=True):
        self.room, self.keep = room, keep_owner
        self.real = store or room.store
        self.dir = room.path(f'between-{len(os.listdir(room.dir))}')
        shutil.copytree(room.store, self.dir,
                        ignore=shutil.ignore_patterns('gateway', 'lock', 'tile',
                                                      '*.tmp', 'wal-*'))
        os.mkdir(self.dir + '/gateway', 0o700)
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        d = os.open(self.dir + '/gateway', os.O_PATH)
        self.s.bind(f'/proc/self/fd/{d}/owner')
        os.close(d)
        self.s.listen(4)
        self.proof, self.answer, self.owner = None, None, None

    def _relay(self):
        c, _ = self.s.accept()
        v = Visitor(self.real, 'owner')
        v.send(c.recv(1 << 17))  # HELLO
        c.send(v.s.recv(1 << 17))  # WELCOME with its nonce
        prove = c.recv(1 << 17)
        self.proof = uncbor(prove)[0][1][FIELDS['PROOF']]
        v.send(prove)
        self.answer = v.hear()
        c.close()
        self.owner = v

    def run(self):
        """Let a real `carrel status` prove itself to the real gateway."""
        t = threading.Thread(target=self._relay)
        t.start()
        self.room.run('status', code=None,
                      env=dict(self.room.env, CARREL_STORE=self.dir))
        t.join(60)
        self.s.close()
        return self
