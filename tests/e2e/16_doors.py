"""Strangers at a gateway's doors: malformed, impatient, silent, deaf, in the
wrong place, with the wrong things in their hands, by the thousand. All are
refused and logged, and nobody else notices.
"""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import json
import os
import pwd
import random
import resource
import select
import shutil
import signal
import socket
import subprocess
import threading
import time

from carrel import CARREL, LONG, SANITIZED, Room, check, need_fuse, seed, until
from doors import OPS, VERSION, Between, Visitor, cbor, message

ME = pwd.getpwuid(os.getuid()).pw_name
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - { match: "*.json", records: "$[*]" }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: guard-rail
roles:
  plain: { see: [ { files: "d/**", records: all } ], names: keep, redact: { default: keep } }
annotators:
  alice: { role: plain }
  bob: { role: plain, user: %s }
''' % ME
DOORS = ('session', 'owner')


def start(room, who, script, **kw):
    by = ['--policy', room.path('p.yaml'), '--as', who] if who else []
    return subprocess.Popen(
        [CARREL, 'run', *by, '--no-terminal', '--', '/bin/sh', '-c', script],
        env=room.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, **kw)


def ends(p, *codes, timeout=120):
    _, err = p.communicate(timeout=timeout)
    check(p.returncode in (codes or (0,)), f'exit {p.returncode}: {err}')
    return err


class Gateway:
    """carrel serve with a session of alice's that reads all the while."""

    def __init__(self, room, **kw):
        self.room = room
        self.p = subprocess.Popen([CARREL, 'serve'], env=room.env, text=True,
                                  stdin=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, **kw)
        check('serving' in self.p.stderr.readline(), 'not ready')
        self.alice = start(room, 'alice', 'while cat data/d/a.json; do '
                           'sleep 0.02; done; exit 9')
        until('alice reads', lambda: self.reads() > 2)
        # Threads and descriptors that are made once are there now.
        with Visitor(room.store, 'session') as v:
            v.greet()
        self.before = None
        until('nobody at the doors', self.quiet)

    def kill(self):
        for p in (self.alice, self.p):
            if p.poll() is None:
                p.kill()
                p.wait()

    def reads(self):
        return sum(s['reads'] for s in self.room.sessions()
                   if s['annotator'] == 'alice')

    def counts(self):
        """Descriptors and threads. The first are root's to see: a gateway
        shows them to nobody else."""
        d = f'/proc/{self.p.pid}'
        fds = len(os.listdir(d + '/fd')) if os.getuid() == 0 else 0
        return fds, len(os.listdir(d + '/task'))

    def quiet(self):
        """Twice the same, and no more than at the quietest moment so far."""
        a = self.counts()
        time.sleep(0.2)
        b = self.counts()
        if a != b:
            return False
        if self.before is None or b < self.before:
            self.before = b
        return b[0] <= self.before[0] and b[1] <= self.before[1]

    def unharmed(self):
        """alice goes on reading; nothing is left of the strangers."""
        n = self.reads()
        check(self.alice.poll() is None and self.p.poll() is None, 'ended')
        until('alice reads on', lambda: self.reads() > n)
        try:
            until('descriptors and threads as before', self.quiet)
        except AssertionError:
            raise AssertionError(f'{self.counts()}, was {self.before}')


def fill(room):
    for n in 'ab':
        room.write(f'd/{n}.json', json.dumps(
            [{'n': i, 'text': f'{n} mail a{i}@example.org'}
             for i in range(20)]))
    room.write('m.yaml', MANIFEST)
    room.write('p.yaml', POLICY)
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d'))
    room.run('policy', 'apply', room.path('p.yaml'))


def refused(a, *codes, words=''):
    check(a is not None and a.op == 'FAILED', f'not refused: {a}')
    check(not codes or -a.f['CODE'] in codes, str(a))
    check(words in a.f['TEXT'], str(a))


# errno
EPERM, EACCES, EPROTO, EPROTONOSUPPORT = 1, 13, 71, 93


# ---- what is no message ----

def nonsense():
    hello = {0: 1, 1: 'x'}
    yield from (b'\0', b'\xff', b'\x82', b'\xf6', b'\x9f\xff', b'\x82\x01',
                b'\x82\x01\xa1', b'\xa0', cbor('HELLO'), cbor([1]),
                cbor([1, {}, 1]), cbor({1: 1}), cbor([{}, 1]), cbor([[1], {}]),
                cbor([-1, hello]), cbor([70, hello]), cbor([1 << 63, hello]),
                b'\x82\x18\x01\xa0',  # not the shortest
                b'\x82\x01\xbf\x00\x01\xff',  # indefinite
                b'\x82\xfb' + bytes(8) + b'\xa0',  # a float
                b'\xc0\x82\x01\xa0',  # a tag
                b'\x82\x01\xbb' + b'\xff' * 8,  # 2^64 - 1 fields
                b'\x82\x01\xa1\x01\x7b' + b'\xff' * 8)  # a text of 2^64 - 1
    yield cbor([1, hello]) + b'\0'
    yield cbor([1, hello])[:-1]
    yield cbor([1, {1: 'x', 0: 1}])  # keys fall
    yield b'\x82\x01\xa2\0\x01\0\x01'  # a key twice
    for field, value in ((0, 'x'), (0, -1), (0, b'x'), (1, 1), (1, b'x'),
                         (1, [1]), (2, 'x'), (16, 'x'), (25, 1), (1 << 40, 1),
                         (0, {})):
        yield cbor([1, {field: value}])
    yield b'\x82\x01\xa1\x01\x62\xc3\x28'  # a text that is none
    yield cbor([1, {1: 'x' * (60 << 10)}])  # one packet more than allowed
    yield b'\x81' * 5000


def malformed(room, g):
    """Before and after the greeting, at both doors."""
    n = 0
    for raw in nonsense():
        for door in DOORS:
            for greeted in (False, True):
                with Visitor(room.store, door) as v:
                    if greeted:
                        check(v.greet().op == 'WELCOME', 'no greeting')
                    v.send(raw)
                    a = v.hear()
                    refused(a, EPROTO, EACCES)
                    check(v.is_over(), 'goes on')
                    n += 1
    for door in DOORS:
        with Visitor(room.store, door) as v:
            v.send(b'')
            check(v.is_over(), 'an empty packet')
    rnd = random.Random(seed())
    for i in range(200):
        good = bytearray(message('RUN', UID=1, GID=1, FACTS='{}', TASK='t'))
        for _ in range(rnd.randrange(1, 4)):
            good[rnd.randrange(len(good))] = rnd.randrange(256)
        with Visitor(room.store, DOORS[i % 2]) as v:
            v.greet()
            v.send(bytes(good))
            check(v.is_over(), bytes(good).hex())
    g.unharmed()
    print(f'{n + 200} malformed packets')


def versions(room, g):
    """Both ways the words say which version and what to do."""
    for door in DOORS:
        for version in (0, VERSION + 1, (1 << 64) - 1):
            with Visitor(room.store, door) as v:
                refused(v.greet(version), EPROTONOSUPPORT,
                        words=f'speaks version {VERSION} of its protocol, not '
                              f'{version}: end it (carrel session end')
                check(v.is_over(), 'goes on')
    for answer, words in (
            (message('WELCOME', VERSION=9, TOOL='carrel 9'),
             'speaks version 9 of its protocol and this command version '
             f'{VERSION}'),
            (message('OK'), 'no gateway of ours'),
            (b'\xff\xff', 'answer'), (cbor([66, {16: 1}]), 'malformed'),
            (b'', 'gone')):
        r = with_gateway_that_says(room, answer)
        check(r.returncode not in (0, -11) and words in r.stderr, str(r))
    g.unharmed()


def with_gateway_that_says(room, answer):
    d = room.path('strange')
    shutil.rmtree(d, ignore_errors=True)
    os.makedirs(d + '/gateway', 0o700)
    shutil.copy(room.store + '/store.yaml', d)
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    at = os.open(d + '/gateway', os.O_PATH)
    s.bind(f'/proc/self/fd/{at}/session')
    os.close(at)
    s.listen(64)

    def serve():
        while True:
            try:
                c, _ = s.accept()
                c.recv(1 << 17)
                if answer:
                    c.send(answer)
                c.close()
            except OSError:
                return

    t = threading.Thread(target=serve, daemon=True)
    t.start()
    r = room.run('run', '--no-terminal', '--', '/bin/true', code=None,
                 env=dict(room.env, CARREL_STORE=d))
    s.shutdown(socket.SHUT_RDWR)
    s.close()
    return r


# ---- what is not for this door ----

def wrong_door(room, g):
    for op in ('STATUS', 'KILL', 'APPLY', 'BORROW', 'LOG', 'STOP',
               'REROOT', 'CLEAR'):
        with Visitor(room.store, 'session') as v:
            v.greet()
            refused(v.say(op, REASON='x', SESSION=0), EACCES,
                    words='owner door')
            check(v.is_over(), 'goes on')
        with Visitor(room.store, 'owner') as v:  # without the proof
            v.greet()
            refused(v.say(op, REASON='x', SESSION=0), EACCES)
            check(v.is_over(), 'goes on')
    for op in [0, 14, 33, 63, *OPS.values()]:
        if op in [OPS[x] for x in ('RUN', 'STATUS', 'KILL', 'APPLY', 'BORROW',
                                   'LOG', 'STOP', 'REROOT',
                                   'CLEAR')]:
            continue
        with Visitor(room.store, 'session') as v:
            v.greet()
            refused(v.say(op), EPROTO)  # END without a session too
            check(v.is_over(), 'goes on')
    with Visitor(room.store, 'session') as v:
        refused(v.say('STATUS'), EPROTO, words='no greeting')
    with Visitor(room.store, 'session') as v:
        v.greet()
        refused(v.say('RUN', OWNER=1, ANNOTATOR='alice'), EACCES)
    g.unharmed()


def proofs(room, g):
    """A real proof opens the door once: not twice, and no other store's."""
    b = Between(room).run()
    check(b.answer.op == 'OK', f'the real one: {b.answer}')
    b.owner.close()
    with Room() as other:
        foreign = Between(other, store=room.store).run()
    refused(foreign.answer, EACCES)
    foreign.owner.close()
    for proof in (b.proof, foreign.proof, bytes(32), b'', b.proof[:31],
                  b.proof + b'\0'):
        with Visitor(room.store, 'owner') as v:
            check(len(v.greet().f['NONCE']) == 32, 'no nonce')
            refused(v.say('PROVE', PROOF=proof), EACCES)
            check(v.is_over(), 'goes on')
    with Visitor(room.store, 'owner') as v:
        v.greet()
        refused(v.say('PROVE'), EACCES)
    g.unharmed()


def strangers_uid(room, g):
    """Another uid, with the directories open to all. Root only."""
    if os.getuid() != 0:
        print('NA as an ordinary user: another uid')
        return
    d = room.store + '/gateway'
    for path, mode in ((room.dir, 0o711), (room.store, 0o711), (d, 0o711),
                       (d + '/session', 0o666), (d + '/owner', 0o666)):
        os.chmod(path, mode)
    time.sleep(1.1)  # a second whose refusals are entries
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            as_stranger(room)
            os._exit(0)
        except BaseException as e:  # for the parent's eyes only
            print('as uid 65534:', e, flush=True)
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    check(status == 0, 'another uid')
    for path, mode in ((d, 0o700), (room.store, 0o700), (room.dir, 0o700)):
        os.chmod(path, mode)
    denied = [e for e in room.log('--op', 'DENIED') if e.get('uid') == 65534]
    check({e['op'] for e in denied} == {'run', 'prove'}, str(denied))
    not_the_owners(room)
    g.unharmed()


def as_stranger(room):
    fuse = os.open('/dev/fuse', os.O_RDWR) if os.access(
        '/dev/fuse', os.R_OK | os.W_OK) else os.open('/dev/null', os.O_RDWR)
    with Visitor(room.store, 'session') as v:
        v.greet()
        refused(v.say('RUN', fds=[fuse, fuse], UID=0, GID=0), EACCES, EPROTO)
        check(v.is_over(), 'goes on')
    with Visitor(room.store, 'owner') as v:
        v.greet()
        refused(v.say('PROVE', PROOF=bytes(32)), EACCES)


def not_the_owners(room):
    """The other way round: a stranger listens at an owner's store."""
    d = room.path('trap')
    os.makedirs(d + '/gateway')
    shutil.copy(room.store + '/store.yaml', d)
    os.chmod(room.dir, 0o711)
    os.chown(d + '/gateway', 65534, 65534)
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setgid(65534)
        os.setuid(65534)
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.bind(d + '/gateway/session')
        s.listen(4)
        os.write(go, b'x')
        time.sleep(600)
        os._exit(0)
    os.read(ready, 1)
    r = room.run('run', '--no-terminal', '--', '/bin/true', code=5,
                 env=dict(room.env, CARREL_STORE=d))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.chmod(room.dir, 0o700)
    check('not trusted' in r.stderr, r.stderr)


# ---- what is brought along ----

class Pid1:
    """A pid 1 of a namespace of its own, below this process."""

    def __init__(self):
        self.p = subprocess.Popen(
            ['unshare', '-Urpf', '--kill-child', 'sleep', '600'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = until('pid 1', self.child)
        self.fd = os.pidfd_open(self.pid)

    def child(self):
        p = f'/proc/{self.p.pid}/task/{self.p.pid}/children'
        check(self.p.poll() is None, 'unshare cannot')
        with open(p) as f:
            for pid in f.read().split():
                with open(f'/proc/{pid}/comm') as c:
                    if c.read() == 'sleep\n':
                        return int(pid)
        return 0

    def close(self):
        os.close(self.fd)
        self.p.kill()
        self.p.wait()


@contextlib.contextmanager
def brought():
    """What a RUN needs: a FUSE descriptor, which leads to no mount, and a
    pid 1."""
    init, fuse = Pid1(), os.open('/dev/fuse', os.O_RDWR)
    try:
        yield [fuse, init.fd]
    finally:
        os.close(fuse)
        init.close()


def wrong_things(room, g):
    fuse = os.open('/dev/fuse', os.O_RDWR)
    null = os.open('/dev/null', os.O_RDWR)
    plain = os.open(room.path('p.yaml'), os.O_RDONLY)
    memory = os.memfd_create('policy')
    os.write(memory, POLICY.encode())
    os.mkfifo(room.path('fifo'))
    fifo = os.open(room.path('fifo'), os.O_RDWR)
    r, w = os.pipe()
    mine, init = os.pidfd_open(os.getpid()), Pid1()
    alices = os.pidfd_open(pid1_of(g.alice.pid))
    gateway = os.pidfd_open(g.p.pid)
    for fds in ([], [fuse], [plain, init.fd], [null, init.fd], [r, init.fd],
                [fuse, fuse], [fuse, plain], [fuse, r], [fuse, mine],
                [fuse, gateway], [fuse, alices], [init.fd, fuse],
                [fuse, init.fd, plain, plain], [fuse] * 16, [fuse] * 200):
        with Visitor(room.store, 'session') as v:
            v.greet()
            refused(v.say('RUN', fds=fds, UID=1, GID=1, FACTS='{}'), EPROTO)
            check(v.is_over(), 'goes on')
    for bad in (dict(UID=1 << 32), dict(GID=0xffffffff), dict(TASK='a\0b'),
                dict(TASK='t' * 256), dict(PROJECT='p\0'),
                dict(FACTS='f' * 9000)):
        with Visitor(room.store, 'session') as v:
            v.greet()
            refused(v.say('RUN', fds=[fuse, init.fd], **bad), EPROTO)
    for name in ('../p', '/etc', 'p/../p', '%s%n', 'p\n', '\x1b]0;x\a', '*'):
        for field in ('PROJECT', 'TASK'):
            with Visitor(room.store, 'session') as v:
                v.greet()
                refused(v.say('RUN', fds=[fuse, init.fd], **{field: name}),
                        EACCES)
    owner = Between(room).run().owner
    for text in ([], [plain], [memory], [fifo], [r], [fuse]):
        refused(owner.say('APPLY', fds=text, NAME='x'), EPROTO)
        refused(owner.say('RUN', fds=[fuse, init.fd, *text],
                          ANNOTATOR='alice', NAME='p'), EPROTO)
        refused(owner.say('RUN', fds=[fuse, *text], OWNER=1,
                          ANNOTATOR='alice', NAME='p'), EPROTO)
    refused(owner.say('LOG', BODY=b'\xa0'))
    refused(owner.say('LOG', BODY=b''))
    check(owner.say('STATUS').op == 'OK', 'a proven owner goes on')
    owner.close()
    for fd in (fuse, null, plain, memory, fifo, r, w, mine, alices, gateway):
        os.close(fd)
    init.close()
    g.unharmed()


def pid1_of(pid):
    """The session's pid 1 below a carrel run."""
    def look():
        for p in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{p}/status') as f:
                    st = f.read()
                with open(f'/proc/{p}/stat') as f:
                    up = int(f.read().rsplit(')', 1)[1].split()[1])
                with open(f'/proc/{up}/stat') as f:
                    top = int(f.read().rsplit(')', 1)[1].split()[1])
            except OSError:
                continue
            ns = st.split('NSpid:')[1].split('\n')[0].split()
            if top == pid and len(ns) == 2 and ns[1] == '1':
                return int(p)
        return 0
    return until('its pid 1', look)


def words_in_session(room, g):
    """A session whose client breaks the rules ends, and its pid 1 with it.
    Its FUSE descriptor leads to no mount: it shows nothing."""
    for raw in (message('RUN'), message('HELLO', VERSION=VERSION), message('STATUS'),
                message('STOP'), b'\xff', cbor([1, {1: 'x' * (60 << 10)}])):
        init = Pid1()
        fuse = os.open('/dev/fuse', os.O_RDWR)
        with Visitor(room.store, 'session') as v:
            v.greet()
            a = v.say('RUN', fds=[fuse, init.fd], UID=1, GID=1, FACTS='{}')
            check(a.op == 'STARTED' and a.f['ANNOTATOR'] == 'bob', str(a))
            v.send(raw)
            refused(v.hear(), EPROTO)
            check(v.is_over(), 'goes on')
        check(init.p.wait(30) is not None, 'its pid 1 lives')
        os.close(fuse)
        init.close()
    e = room.log('--op', 'SESSION_END')[-6:]
    check({x['reason'] for x in e} == {'failed'}, str(e))
    check({x['reads'] for x in e} == {0}, str(e))
    g.unharmed()


def farewell(room, g):
    """Who must end and always has one more question ends all the same."""
    with Visitor(room.store, 'session') as v, brought() as fds:
        v.greet()
        a = v.say('RUN', fds=fds, UID=1, GID=1, FACTS='{}')
        room.run('session', 'end', str(a.f['SESSION']))
        a, n = v.hear(), 0
        check(a.op == 'ENDED', str(a))
        while a is not None and 'LAST' not in a.f and n < 1000:
            v.send(message('UNNAMED'))
            a, n = v.hear(), n + 1
        check(n < 1000, 'it was answered for ever')
    check(room.log('--op', 'SESSION_END')[-1]['reason'] == 'ended by owner',
          'no end')
    g.unharmed()


# ---- those who wait ----

def silent(room, g):
    """Who says nothing, or no more than a greeting, is shown out."""
    v = [Visitor(room.store, d, timeout=60) for d in DOORS * 2]
    for x in v[2:]:
        check(x.greet().op == 'WELCOME', 'no greeting')
    for x in v:
        check(x.is_over(), 'stays')
        x.close()
    check([e for e in room.log('--op', 'DENIED') if e['op'] == 'silence'],
          'silence is not logged')
    g.unharmed()


def deaf(room, g):
    """A proven owner who asks and asks and never reads an answer."""
    v = Between(room).run().owner
    v.s.setblocking(False)
    n = 0
    try:
        for n in range(100000):
            v.s.send(message('STATUS'))
    except (BlockingIOError, BrokenPipeError, ConnectionResetError):
        pass
    check(n < 99999, 'nobody held it up')
    n = g.reads()
    until('alice reads on', lambda: g.reads() > n)
    gone = select.poll()
    gone.register(v.s, 0)
    until('its end', lambda: gone.poll(0))
    v.close()
    g.unharmed()


def crowd(room, g):
    """A thousand at once, half of them in a process that is killed; a session
    goes on, one begins and ends, one can be begun by hand meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        held = many(room, 500)
        os.write(w, b'%04d' % len(held))
        time.sleep(600)
        os._exit(0)
    held = many(room, 500)
    others = int(os.read(r, 4))
    check(len(held) + others == 1000, f'{len(held)} and {others}')
    n = g.reads()
    bob = start(room, None, 'cat data/d/a.json data/d/b.json')
    ends(bob)
    check(g.reads() > n, 'alice waits')
    more = many(room, 100)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    ends(start(room, None, 'cat data/d/a.json'))
    for v in held + more:
        v.close()
    os.close(r)
    os.close(w)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    g.unharmed()


def many(room, n):
    """n connections; every other greets, and hears or not."""
    out, lock = [], threading.Lock()

    def some(k):
        for i in range(k):
            v = Visitor(room.store, DOORS[i % 2], timeout=120)
            if i % 4 < 2:
                v.send(message('HELLO', VERSION=VERSION, TOOL='crowd'))
            with lock:
                out.append(v)

    t = [threading.Thread(target=some, args=(n // 10,)) for _ in range(10)]
    for x in t:
        x.start()
    for x in t:
        x.join()
    return out


def flood(room, g):
    """As many refusals as one can cause in some seconds: each is counted,
    few are entries."""
    def told():
        e = room.log('--op', 'DENIED')
        one = [x for x in e if x['op'] != 'more refusals']
        return len(one) + sum(x.get('count', 0) for x in e), len(e)

    until('the rest of before', lambda: settled(told))
    was, entries = told()
    began, n = time.time(), 0
    while time.time() < began + 3 or n < 300:
        with Visitor(room.store, 'session') as v:
            v.send(b'\xff')
            v.is_over()
        n += 1
    took = time.time() - began
    until('all are counted', lambda: told()[0] == was + n)
    more = told()[1] - entries
    check(more <= 10 * (took + 3), f'{more} entries in {took} s')
    print(f'{n} refusals, {more} entries')
    g.unharmed()


def settled(told):
    a = told()
    time.sleep(2.5)
    return a == told()


def in_the_log(room, g):
    """Who it was and what he wanted; which of the many, is chance."""
    e = room.log('--op', 'DENIED')
    doors = [x for x in e if x.get('what', '').endswith('door')]
    check(all('uid' in x and 'op' in x and 'pid' in x for x in doors),
          'who and what')
    ops = {x['op'] for x in doors}
    print('refused:', ', '.join(sorted(ops)))
    check(len(ops) > 5, str(ops))


# ---- coming and going ----

def loan(room, g):
    """A loan of somebody who just goes is waited for. A gateway is killed while
    the store is lent: it stays locked until the borrower has gone too."""
    owner = Between(room).run().owner
    os.close(owner.say('BORROW').fds[0])
    going = threading.Timer(0.3, owner.close)
    going.start()
    room.run('gc')
    going.join()
    owner = Between(room).run().owner
    a = owner.say('BORROW')
    check(a.op == 'OK' and len(a.fds) == 1, str(a))
    refused(owner.say('BORROW'))
    again = Between(room).run().owner
    refused(again.say('BORROW'), words='another command')
    again.close()
    g.p.kill()
    g.p.wait()
    ends(g.alice, 5)
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d'), code=8)
    os.close(a.fds[0])
    owner.close()
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d'))


def together(room):
    """Two at the same instant, again and again: one starts a gateway, the
    other finds it, or the one that is just going."""
    rounds = 50 if LONG or not SANITIZED else 10
    for i in range(rounds):
        a, b = (start(room, w, 'cat data/d/a.json') for w in ('alice', 'bob'))
        ends(a)
        ends(b)
    until('no gateway', lambda: not room.json('status')['running'])


def leaving(room):
    """Who has ended his session and keeps his connection is not stayed for,
    unless he begins another; whose session is the last waits until the
    gateway has gone, so that the store is free."""
    def free():
        return not os.listdir(room.store + '/gateway')

    a = start(room, 'alice', 'sleep 600')
    until('a session', room.sessions)
    with Visitor(room.store, 'session') as v:
        v.greet()
        for last in (False, True):
            with brought() as fds:
                r = v.say('RUN', fds=fds, UID=1, GID=1, FACTS='{}')
                check(r.op == 'STARTED', str(r))
                if last:
                    a.send_signal(signal.SIGTERM)
                    ends(a, 128 + signal.SIGTERM)
                r = v.say('END', REASON='ended')
            check(r.op == 'OK' and r.f.get('LAST', 0) == last, str(r))
        check(v.is_over() and free(), 'a gateway for nobody')
    a = start(room, 'alice', 'sleep 600')
    until('a session', room.sessions)
    with Visitor(room.store, 'session') as v, brought() as fds:
        v.greet()
        v.say('RUN', fds=fds, UID=1, GID=1, FACTS='{}')
        v.say('END', REASON='ended')
        a.send_signal(signal.SIGTERM)
        ends(a, 128 + signal.SIGTERM)
        check(free(), 'who has left kept the gateway')


def children_of(pid):
    out = []
    for p in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{p}/stat') as f:
                st = f.read().rsplit(')', 1)[1].split()
        except OSError:
            continue
        if int(st[1]) == pid:
            out.append((int(p), st[0]))
    return out


def open_files(pid):
    """What the descriptors of a process, which closes some, lead to."""
    for fd in os.listdir(f'/proc/{pid}/fd'):
        try:
            yield os.readlink(f'/proc/{pid}/fd/{fd}')
        except FileNotFoundError:
            pass


def nobodys_child(room):
    """The gateway is not the command's child; neither leaves zombies."""
    a = start(room, 'alice', 'sleep 60')
    until('a session', room.sessions)
    pid = room.json('status')['status']['pid']
    check(pid not in [p for p, _ in children_of(a.pid)], 'a child of run')
    ends(start(room, 'bob', 'true'))
    for who in (a.pid, pid):
        until(f'no zombies of {who}', lambda: 'Z' not in [
            s for _, s in children_of(who)], 10)
    if os.getuid() == 0:
        until('none of the command\'s descriptors', lambda: not [
            x for x in open_files(pid) if 'memfd' in x], 10)
    room.run('session', 'end', '--all')
    ends(a, 5)
    until('no gateway', lambda: not room.json('status')['running'])


def crowd_keeps_nothing(room):
    """Somebody who comes back and back does not keep a gateway alive."""
    a = start(room, 'alice', 'sleep 1')
    until('a session', room.sessions)
    pid = room.json('status')['status']['pid']
    stop = threading.Event()

    def stay():
        while not stop.is_set():
            try:
                with Visitor(room.store, 'session',
                             timeout=random.uniform(1, 3)) as v:
                    v.greet()
                    v.hear()
            except OSError:
                stop.wait(0.1)

    t = [threading.Thread(target=stay) for _ in range(4)]
    for x in t:
        x.start()
    ends(a)
    until('its end', lambda: not os.path.exists(f'/proc/{pid}'))
    stop.set()
    for x in t:
        x.join()


def clients_killed(room):
    """kill -9 of the command at any moment."""
    rnd = random.Random(seed())
    for _ in range(40 if LONG else 15):
        a = start(room, 'alice', 'cat data/d/a.json; sleep 60')
        time.sleep(rnd.uniform(0, 0.6))
        a.kill()
        a.communicate()
    until('no gateway', lambda: not room.json('status')['running'])
    ends(start(room, 'alice', 'cat data/d/a.json'))


def gateways_killed(room):
    """kill -9 of the gateway at any moment: the command ends by itself, with a
    session of another gateway or with words."""
    rnd = random.Random(seed())
    codes = []
    scripts = ('cat data/d/a.json; sleep 0.2',
               # ends by what it sees
               'for i in $(seq 100); do cat data/d/a.json || exit 9; done')
    for i in range(40 if LONG else 15):
        p = subprocess.Popen([CARREL, 'serve'], env=room.env,
                             stdin=subprocess.DEVNULL, text=True,
                             stderr=subprocess.PIPE)
        check('serving' in p.stderr.readline(), 'not ready')
        a = start(room, 'alice', scripts[i % 2])
        time.sleep(rnd.uniform(0, 0.5))
        p.kill()
        p.communicate()
        err = ends(a, 0, 5)
        check(a.returncode == 0 or 'was ended' in err, err)
        codes.append(a.returncode)
        until('no gateway', lambda: not room.json('status')['running'])
    print('gateways killed:', codes.count(0), 'sessions ended well,',
          codes.count(5), 'were ended')
    room.run('audit', 'verify', '--key', room.vkey)


def few_descriptors(room):
    """A gateway that may have few descriptors lets in as many as they are
    enough for; strangers at its door take none from who is in session."""
    g = Gateway(room, preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_NOFILE, (200, 200)))
    try:
        at = [Visitor(room.store, 'session') for _ in range(60)]
        for v in at:  # each hears an answer, or is turned away
            if v.send(message('HELLO', VERSION=VERSION, TOOL='a test')):
                try:
                    v.hear()
                except OSError:
                    pass
        stay = sum(v.stays() for v in at)
        n = g.reads()
        until('alice reads on', lambda: g.reads() > n + 20)
        check(room.json('status')['status']['log'] == 'good', 'a dead log')
        for v in at:
            v.close()
        check(not [e for e in room.log('--op', 'DENIED')
                   if e['op'] == 'caller'], 'alarms about alice herself')
        check(0 < stay <= 11, f'{stay} of 60 are in')
    finally:
        g.kill()


def no_door(room):
    """Where the doors cannot be made the words come at once, and nothing is
    left running."""
    os.rename(room.store + '/gateway', room.path('elsewhere'))
    os.symlink(room.path('elsewhere'), room.store + '/gateway')
    a = start(room, 'alice', 'true')
    err = ends(a, *range(1, 100))
    check('gateway' in err and 'has gone' not in err, err)
    os.unlink(room.store + '/gateway')
    os.rename(room.path('elsewhere'), room.store + '/gateway')
    ends(start(room, 'alice', 'true'))


def interrupted(room):
    """A large desk is being opened: Ctrl-C ends the command, SIGTERM the
    gateway, both at once, and the next opens it."""
    room.write('m2.yaml', MANIFEST.replace('name: d', 'name: big'))
    for i in range(2):
        room.write(f'big/{i}.json', json.dumps(
            [{'n': k, 'text': f'call {i}-{k}@example.org at 10:30'}
             for k in range(20000 if SANITIZED else 200000)]))
    room.run('ingest', '--dataset', 'big', '--manifest', room.path('m2.yaml'),
             room.path('big'))
    for who, action in (('gateway', 'mask'), ('command', 'pseudonym')):
        room.write('big.yaml', POLICY.replace('[d]', '[big]').replace(
            'd/**', 'big/**').replace('default: keep', 'default: ' + action))
        p = subprocess.Popen([CARREL, 'serve'], env=room.env,
                             stdin=subprocess.DEVNULL, text=True,
                             stderr=subprocess.PIPE)
        check('serving' in p.stderr.readline(), 'not ready')
        a = subprocess.Popen(
            [CARREL, 'run', '--policy', room.path('big.yaml'), '--as',
             'alice', '--no-terminal', '--', '/bin/true'], env=room.env,
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        idle = cpu(p.pid)
        until('it opens', lambda: cpu(p.pid) > idle + 10 or
              a.poll() is not None)
        t = time.time()
        if who == 'gateway':
            p.send_signal(signal.SIGTERM)
            check(p.wait(60) == 0, 'ends badly')
            took = time.time() - t
            a.kill()
        else:
            a.send_signal(signal.SIGINT)
            check(a.wait(60) in (0, -signal.SIGINT, 130), str(a.returncode))
            took = time.time() - t
            p.send_signal(signal.SIGTERM)
            check(p.wait(60) == 0, 'ends badly')
        a.communicate()
        p.communicate()
        print(f'{who} told to end: {took:.2f} s')
        check(took < (30 if SANITIZED else 20), f'{who}: {took} s')


def cpu(pid):
    """Ticks a process has used."""
    with open(f'/proc/{pid}/stat') as f:
        st = f.read().rsplit(')', 1)[1].split()
    return int(st[11]) + int(st[12])


def good(room):
    until('no gateway', lambda: not room.json('status')['running'])
    room.run('audit', 'verify', '--key', room.vkey)
    room.run('fsck')


def timed(parts, *args):
    """Each part, and how long it took; CARREL_PART: that one only."""
    only = os.environ.get('CARREL_PART')
    for part in parts:
        if only and part.__name__ not in only.split(','):
            continue
        t = time.time()
        part(*args)
        print(f'{part.__name__}: {time.time() - t:.1f} s', flush=True)


def main():
    need_fuse()
    with Room() as room:
        fill(room)
        g = Gateway(room)
        try:
            timed((malformed, versions, wrong_door, proofs, strangers_uid,
                   wrong_things, words_in_session, farewell, silent,
                   deaf, crowd, flood, in_the_log, loan), room, g)
        finally:
            g.kill()
        timed((nobodys_child, leaving, together, crowd_keeps_nothing, clients_killed,
               gateways_killed, few_descriptors, no_door, interrupted, good),
              room)


if __name__ == '__main__':
    main()
