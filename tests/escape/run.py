#!/usr/bin/env python3
"""Runs the escape cases: each must leak without confinement, none within.

usage: run.py [--box FILE | --carrel FILE | --bwrap | --none] [NAME...]

--none      only without confinement (the control)
--box FILE  sessions without a store (tests/escape/box.c)
--carrel F  real sessions: a store is made, `carrel run` is the prefix
--bwrap     a careful bubblewrap line, for comparison
Default: $CARREL_BOX, else $CARREL, else build/carrel; after the control.

Exit 0: as promised; 1: something leaked, or a case could not fail; 77: no
sessions can be made here.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import base64
import ctypes
import fcntl
import glob
import mmap
import os
import pty
import re
import secrets
import select
import shutil
import signal
import socket
import string
import subprocess
import sys
import tempfile
import termios
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from cases import CASES  # noqa: E402

LIBC = ctypes.CDLL(None, use_errno=True)
PYTHON = '/usr/bin/python3'
# What a terminal would act on: not text, not cursor, not colour.
ACTS = re.compile(rb'\x1b[]P_^X]|\x1b\[[0-9;?>]*[itn]|\x1b%|'
                  rb'\x1b\[\?(?:2|46)[hl]|\xc2[\x80-\x9f]|'
                  rb'(?<![\xc2-\xf4\x80-\xbf])[\x80-\x9f]')


def canary():
    """32 letters no recognizer takes for anything."""
    return ''.join(secrets.choice('bcdfghjklmnpqrstvwxz')
                   for _ in range(32)).encode()


class Outside:
    """Everything outside that could receive the bytes, and a look at it."""

    def __init__(self, c):
        self.c, self.t = c, ''.join(secrets.choice(string.ascii_lowercase)
                                    for _ in range(10))
        self.dir = '/tmp/esc-' + self.t
        os.mkdir(self.dir)
        os.chmod(self.dir, 0o777)
        self.was = os.getcwd()
        os.chdir(self.dir)
        open(self.dir + '/any', 'w').close()
        self.got, self.socks = b'', []
        self.beside = '/nonexistent'  # where the view lies, seen from outside
        self.env = {'T': self.t, 'D': self.dir, 'PID': os.getpid(),
                    'OUTERHOME': os.path.expanduser('~'),
                    'KEY': secrets.randbelow(1 << 30) + 1}
        self.listen()
        self.memory()
        self.tty()
        self.fifo()
        self.stop = False
        self.thread = threading.Thread(target=self.collect, daemon=True)
        self.thread.start()

    # -- receivers

    def add(self, name, sock, addr, value=None):
        try:
            sock.bind(addr)
            if sock.type == socket.SOCK_STREAM:
                sock.listen()
        except OSError:
            self.env[name] = 0
            return
        self.socks.append(sock)
        self.env[name] = value(sock) if value else 0

    def listen(self):
        def port(s):
            return s.getsockname()[1]

        def new(family, kind, proto=0):
            return socket.socket(family, kind, proto)
        st, dg = socket.SOCK_STREAM, socket.SOCK_DGRAM
        self.add('TCP', new(socket.AF_INET, st), ('127.0.0.1', 0), port)
        self.add('UDP', new(socket.AF_INET, dg), ('0.0.0.0', 0), port)
        self.add('_S', new(socket.AF_UNIX, st), self.dir + '/stream')
        self.add('_D', new(socket.AF_UNIX, dg), self.dir + '/dgram')
        self.add('_A', new(socket.AF_UNIX, st), '\0esc-' + self.t)
        self.add('_B', new(socket.AF_UNIX, dg), '\0escd-' + self.t)
        for name, family, kind, proto, addr in (
                ('TCP6', socket.AF_INET6, st, 0, ('::1', 0)),
                ('VSOCK', socket.AF_VSOCK, st, 0, (0xffffffff, 0xffffffff)),
                ('_R', socket.AF_INET, socket.SOCK_RAW, 253, ('', 0)),
                ('_P', socket.AF_PACKET, socket.SOCK_RAW, 0xb588,
                 ('lo', 0x88b5))):
            try:
                self.add(name, new(family, kind, proto), addr,
                         None if name[0] == '_' else port)
            except OSError:
                self.env[name] = 0
        try:
            self.add('NETLINK', new(socket.AF_NETLINK, socket.SOCK_RAW, 2),
                     (0, 0), lambda s: s.getsockname()[0])
        except OSError:
            self.env['NETLINK'] = 0
        for path in ('/stream', '/dgram'):
            os.chmod(self.dir + path, 0o777)
        probe = socket.socket()
        probe.bind(('127.0.0.1', 0))
        self.env['LISTEN'] = port(probe)
        probe.close()
        self.env['HOSTIP'] = host_ip()

    def memory(self):
        """A page and a file that only other processes would write to."""
        self.page = mmap.mmap(-1, 4096)
        self.env['ADDR'] = ctypes.addressof(
            ctypes.c_char.from_buffer(self.page))
        self.file = open(self.dir + '/runner', 'w+b', buffering=0)
        self.env['FD'] = self.file.fileno()
        os.set_inheritable(self.file.fileno(), False)
        self.shared = mmap.mmap(-1, 4096)  # the victim shares this page
        self.env['VADDR'] = ctypes.addressof(
            ctypes.c_char.from_buffer(self.shared))
        self.victim = os.fork()
        if self.victim == 0:
            signal.pause()
            os._exit(0)
        self.env['VICTIM'] = self.victim

    def tty(self):
        self.master, self.slave = os.openpty()
        name = os.ttyname(self.slave)
        os.chmod(name, 0o666)
        self.env['TTY'] = name

    def fifo(self):
        os.mkfifo(self.dir + '/fifo')
        os.chmod(self.dir + '/fifo', 0o666)
        self.fifo_fd = os.open(self.dir + '/fifo', os.O_RDWR | os.O_NONBLOCK)

    def collect(self):
        """Takes whatever arrives until told to stop."""
        conns = []
        fds = self.socks + [self.master, self.fifo_fd]
        while not self.stop:
            for r in select.select(fds + conns, [], [], 0.05)[0]:
                try:
                    self.take(r, conns)
                except OSError:
                    if r in conns:
                        conns.remove(r)

    def take(self, r, conns):
        if isinstance(r, int):
            self.got += os.read(r, 4096)
        elif r in conns or r.type != socket.SOCK_STREAM:
            self.receive(r, conns)
        else:
            conns.append(r.accept()[0])

    def receive(self, s, conns):
        if s.family != socket.AF_UNIX:
            data = s.recv(65536)
        else:
            data, fds, _, _ = socket.recv_fds(s, 65536, 8)
            for fd in fds:
                data += os.pread(fd, 4096, 0)
                os.close(fd)
        self.got += data
        if not data and s in conns:
            conns.remove(s)

    # -- the look around

    def close(self):
        self.stop = True
        self.thread.join()
        for s in self.socks:
            s.close()
        os.kill(self.victim, signal.SIGKILL)
        os.waitpid(self.victim, 0)
        for fd in (self.master, self.slave, self.fifo_fd):
            os.close(fd)
        self.file.close()
        os.chdir(self.was)
        shutil.rmtree(self.dir, ignore_errors=True)
        for p in self.leftovers():
            if os.path.isdir(p) and not os.path.islink(p):
                shutil.rmtree(p, ignore_errors=True)
            else:
                os.unlink(p)

    def leftovers(self):
        home = os.path.expanduser('~')
        found = set()
        for d in ('/tmp', '/dev/shm', '/var/tmp', '/run', home, os.getcwd(),
                  TOP, '/dev/mqueue', self.beside):
            found |= set(glob.glob(glob.escape(d) + '/esc*' + self.t + '*'))
        return sorted(found - {self.dir})

    def carries(self, data):
        b = base64.b64encode(self.c).rstrip(b'=')[:40]
        return self.c in data or b in data

    def in_file(self, path):
        if self.carries(os.fsencode(path)):
            return True
        try:
            if os.path.islink(path):
                if self.carries(os.fsencode(os.readlink(path))):
                    return True
            if os.path.isdir(path):
                return any(self.in_file(e.path) for e in os.scandir(path))
            if os.path.isfile(path):
                if any(self.carries(os.getxattr(path, x)) for x in
                       os.listxattr(path)):
                    return True
                with open(path, 'rb') as f:
                    return self.carries(f.read(1 << 26))
        except OSError:
            pass
        return False

    def look(self, view):
        """Where the bytes are, in words; an empty list: nowhere."""
        deadline = time.time() + 0.15
        while time.time() < deadline and not self.carries(self.got):
            time.sleep(0.02)
        found = []
        if self.carries(self.got):
            found.append('received')
        if self.carries(bytes(self.page)) or self.carries(bytes(self.shared)):
            found.append('memory')
        places = [self.dir] + self.leftovers()
        found += [p for p in places if p != view and self.in_file(p)]
        return found + self.look_kernel()

    def look_kernel(self):
        found = []
        shm = LIBC.shmget(self.env['KEY'], 0, 0)
        if shm >= 0:
            LIBC.shmat.restype = ctypes.c_void_p
            p = LIBC.shmat(shm, None, 0)
            if p and self.carries(ctypes.string_at(p, 64)):
                found.append('sysv shm')
            LIBC.shmctl(shm, 0, None)
        msg = LIBC.msgget(self.env['KEY'], 0)
        if msg >= 0:
            b = ctypes.create_string_buffer(80)
            if LIBC.msgrcv(msg, b, 64, 0, 0o4000) > 0 and \
                    self.carries(b.raw):
                found.append('sysv msg')
            LIBC.msgctl(msg, 0, None)
        return found + self.look_mq() + self.look_keys() + self.look_names()

    def look_mq(self):
        rt = ctypes.CDLL('librt.so.1')
        name = ('/esc-' + self.t).encode()
        mq = rt.mq_open(name, os.O_RDONLY | os.O_NONBLOCK)
        if mq < 0:
            return []
        b = ctypes.create_string_buffer(8192)
        n = rt.mq_receive(mq, b, 8192, None)
        rt.mq_unlink(name)
        os.close(mq)
        return ['posix mq'] if n > 0 and self.carries(b.raw[:n]) else []

    def look_keys(self):
        found = []
        for ring in (-4, -3):
            k = LIBC.syscall(250, 10, ctypes.c_int(ring), b'user',
                             ('esc-' + self.t).encode(), 0)
            if k < 0:
                continue
            b = ctypes.create_string_buffer(64)
            n = LIBC.syscall(250, 11, k, b, 64)
            if n > 0 and self.carries(b.raw):
                found.append('keyring')
            LIBC.syscall(250, 9, k, ctypes.c_int(ring))
        return found

    def look_names(self):
        found = []
        for p in ('/proc/sys/kernel/domainname',
                  '/proc/sys/kernel/core_pattern'):
            with open(p, 'rb') as f:
                if self.carries(f.read()):
                    found.append(p)
        try:
            fd = os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return found
        try:
            while True:
                line = os.read(fd, 8192)  # earlier cases stay in the ring
                if self.carries(line) and self.t.encode() in line:
                    found.append('kernel log')
                    break
        except OSError:
            pass
        os.close(fd)
        return found

    def processes(self):
        """Whose arguments carry the bytes, as anyone can read them."""
        found = []
        for p in glob.glob('/proc/[0-9]*/cmdline'):
            if int(p.split('/')[2]) in (os.getpid(), self.victim):
                continue
            try:
                with open(p, 'rb') as f:
                    words = f.read()
            except OSError:
                continue
            if self.carries(words) and self.t.encode() in words and \
                    b'esc-%s\0%s' % (self.t.encode(), self.c) in words or \
                    b'# esc-%s %s' % (self.t.encode(), self.c) in words:
                found.append(int(p.split('/')[2]))
        return found


def host_ip():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        s.connect(('192.0.2.1', 9))
        return s.getsockname()[0]
    except OSError:
        return '127.0.0.1'
    finally:
        s.close()


# ---- inside

PROLOG = '''import ctypes, os, socket, sys, time
C = open(V, 'rb').read(32)
'''


def script(case, env, view):
    """The command to run inside."""
    env = dict(env, V=view)
    if case.lang == 'py':
        head = ''.join(f'{k} = {v!r}\n' for k, v in env.items())
        return [PYTHON, '-c', head + PROLOG + case.body]
    head = ''.join(f"{k}='{v}'\n" for k, v in env.items())
    return ['/bin/sh', '-c', head + 'C=$(head -c 32 "$V")\n' + case.body]


class Control:
    """No confinement: the view is a plain file."""
    name = 'none'

    def __init__(self, c):
        self.dir = tempfile.mkdtemp(prefix='carrel-plain-')
        os.chmod(self.dir, 0o755)
        self.view = self.dir + '/canary.txt'
        with open(self.view, 'wb') as f:
            f.write(c)
        self.env = dict(os.environ)

    def argv(self, cmd):
        return cmd

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


class Bwrap(Control):
    """A careful bubblewrap line."""
    name = 'bwrap'

    def argv(self, cmd):
        ro = []
        for d in ('/usr', '/etc', '/bin', '/lib', '/lib64', '/sbin'):
            if os.path.exists(d):
                ro += ['--ro-bind', d, d]
        return ['bwrap', *ro, '--proc', '/proc', '--dev', '/dev', '--tmpfs',
                '/tmp', '--tmpfs', '/run', '--tmpfs', '/home', '--ro-bind',
                self.dir, self.dir, '--unshare-all', '--new-session',
                '--die-with-parent', *cmd]


class Box(Control):
    """Sessions of the product over a view in memory."""
    name = 'box'

    def __init__(self, c, box):
        super().__init__(c)
        self.c, self.box = c.decode(), box
        self.view = '/carrel/data/empty'

    def argv(self, cmd):
        return [self.box, self.c, *cmd]


POLICY = '''carrel: 1
project: escape
purpose: transcription
datasets: [esc]
confinement: guard-rail
roles:
  reader:
    see: [ { files: "esc/**", records: all } ]
    redact: { default: keep }
    names: keep
    allow: { terminal: true }
annotators:
  alice: { role: reader }
'''
MANIFEST = '''carrel-dataset: 1
name: esc
terms: { purposes: [transcription], projects: [escape], training: false }
language: en
'''


class Carrel(Control):
    """Sessions of the product over a store."""
    name = 'carrel'

    def __init__(self, c, carrel):
        super().__init__(c)
        self.carrel = carrel
        self.env.update(CARREL_STORE=self.dir + '/store',
                        CARREL_KEY_FILE=self.dir + '/key')
        src = self.dir + '/src'
        os.mkdir(src)
        shutil.move(self.view, src + '/canary.txt')
        for name, text in (('p.yaml', POLICY), ('m.yaml', MANIFEST)):
            with open(f'{self.dir}/{name}', 'w') as f:
                f.write(text)
        self.call('init', '--key-file', self.dir + '/key')
        self.call('ingest', '--dataset', 'esc', '--manifest',
                  self.dir + '/m.yaml', src)
        shutil.rmtree(src)
        self.view = '/carrel/data/esc/canary.txt'

    def call(self, *args):
        subprocess.run([self.carrel, *args], env=self.env, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def argv(self, cmd):
        return [self.carrel, 'run', '--policy', self.dir + '/p.yaml', '--as',
                'alice', '--', *cmd]


# ---- one run

class Run:
    """One case in one room."""

    def __init__(self, case, room, outside):
        self.case, self.room, self.o = case, room, outside
        self.screen, self.found = b'', []
        self.argv = room.argv(script(case, outside.env, room.view))

    def streams(self, slave):
        """What 0, 1 and 2 are; 9 may be inherited."""
        kind, d = self.case.kind, self.o.dir
        fds = [slave, slave, slave]
        extra = None
        if kind == 'stdin-rdwr':
            fds[0] = os.open(d + '/rdwr', os.O_RDWR | os.O_CREAT, 0o666)
        if kind in ('stdout-file', 'stderr-file'):
            fds[1 if kind == 'stdout-file' else 2] = os.open(
                d + '/redirected', os.O_WRONLY | os.O_CREAT, 0o666)
        if kind in ('stdout-pipe', 'all-pipes'):
            r, w = os.pipe()
            threading.Thread(target=self.drain, args=(r,), daemon=True).start()
            fds[1] = w
            if kind == 'all-pipes':
                fds[0], fds[2] = os.open('/dev/null', os.O_RDONLY), w
        if kind == 'fd9':
            extra = os.open(d + '/fd9', os.O_WRONLY | os.O_CREAT, 0o666)
        return fds, extra

    def drain(self, fd):
        while True:
            data = os.read(fd, 65536)
            if not data:
                break
            self.o.got += data
        os.close(fd)

    def child(self, slave):
        """After fork: a terminal of its own, then the command."""
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        fds, extra = self.fds
        keep = [os.dup2(f, 100 + i) for i, f in enumerate(fds)]
        if extra is not None:
            os.dup2(extra, 109)
        for i in range(3):
            os.dup2(keep[i], i)
        os.closerange(3, 100)
        if extra is not None:
            os.dup2(109, 9, inheritable=True)
        os.closerange(100, 200)
        os.chdir(self.o.dir if self.room.name == 'none' else '/')
        os.execvpe(self.argv[0], self.argv, self.room.env)

    def start(self):
        self.master, slave = os.openpty()
        self.fds = self.streams(slave)
        pid = os.fork()
        if pid == 0:
            try:
                self.child(slave)
            finally:
                os._exit(127)
        for f in set(self.fds[0]) | {self.fds[1]} - {None}:
            if f is not None and f != slave:
                os.close(f)
        self.slave = slave
        return pid

    def watch(self, pid):
        """Reads the screen until the end; acts where the case says so."""
        end, acted = time.time() + 20, False
        while time.time() < end:
            if select.select([self.master], [], [], 0.02)[0]:
                try:
                    self.screen += os.read(self.master, 65536)
                except OSError:
                    break
            if self.case.kind == 'during':
                self.found += ['arguments' for _ in self.o.processes()]
            if self.case.kind == 'kill' and not acted and \
                    (self.o.processes() or time.time() > end - 18):
                os.kill(pid, signal.SIGKILL)
                acted = True
            self.connect()
            if os.waitpid(pid, os.WNOHANG)[0]:
                break
        else:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        while select.select([self.master], [], [], 0.05)[0]:
            try:
                self.screen += os.read(self.master, 65536)
            except OSError:
                break

    def connect(self):
        """Somebody outside calls what listens inside."""
        if self.case.name != 'listen':
            return
        try:
            with socket.create_connection(
                    ('127.0.0.1', self.o.env['LISTEN']), 0.3) as s:
                s.settimeout(0.3)
                self.o.got += s.recv(100)
        except OSError:
            pass

    def typed(self):
        """What was pushed into the terminal's input."""
        try:
            mode = termios.tcgetattr(self.slave)
            mode[3] &= ~termios.ICANON
            termios.tcsetattr(self.slave, termios.TCSANOW, mode)
            if select.select([self.slave], [], [], 0.05)[0]:
                return os.read(self.slave, 4096)
        except (OSError, termios.error):
            pass
        return b''

    def survivors(self):
        if self.case.kind not in ('after', 'kill'):
            return
        time.sleep(0.5)
        for pid in self.o.processes():
            self.found.append('a process that stayed')
            os.kill(pid, signal.SIGKILL)

    def go(self):
        self.watch(self.start())
        self.survivors()
        if self.case.group == 'terminal' and ACTS.search(self.screen):
            self.found.append('a sequence the terminal acts on')
        if self.o.carries(self.typed()):
            self.found.append('typed into the terminal')
        os.close(self.slave)
        os.close(self.master)
        self.found += self.o.look(self.room.view)
        return sorted(set(self.found))


class Cores:
    """The kernel's core_pattern, for the cases that need one; put back."""
    PATH = '/proc/sys/kernel/core_pattern'

    def __init__(self, kind, d):
        with open(self.PATH) as f:
            self.was = f.read()
        with open('/proc/sys/kernel/domainname') as f:
            self.domain = f.read()
        self.value = None
        if kind == 'core-file':
            self.value = 'core'
        if kind == 'core-pipe':
            with open(d + '/handler', 'w') as f:
                f.write(f'#!/bin/sh\nexec cat >{d}/core.out\n')
            os.chmod(d + '/handler', 0o755)
            self.value = f'|{d}/handler'

    def __enter__(self):
        if self.value and os.getuid() == 0:
            self.put(self.PATH, self.value)

    def __exit__(self, *exc):
        if os.getuid() == 0:
            with open(self.PATH) as f:
                if f.read() != self.was:
                    self.put(self.PATH, self.was)
            self.put('/proc/sys/kernel/domainname', self.domain)

    @staticmethod
    def put(path, text):
        with open(path, 'w') as f:
            f.write(text)


class Loop:
    """A block device to write to, where one can be had."""

    def __init__(self, o):
        self.dev, self.file = None, o.dir + '/disk'
        with open(self.file, 'wb') as f:
            f.truncate(1 << 20)
        r = subprocess.run(['losetup', '--find', '--show', self.file],
                           capture_output=True, text=True, check=False) \
            if shutil.which('losetup') and os.getuid() == 0 else None
        if r and r.returncode == 0:
            self.dev = r.stdout.strip()
        o.env['LOOPDEV'] = self.dev or '/nonexistent'
        o.env['LOOP'] = os.major(os.stat(self.dev).st_rdev) if self.dev else 7

    def close(self):
        if self.dev:
            subprocess.run(['losetup', '-d', self.dev], check=False)


def run_case(case, room, c):
    """The places where the bytes were found."""
    o = Outside(c)
    o.beside = room.dir
    loop = Loop(o) if case.name == 'block-device' else None
    try:
        with Cores(case.kind, o.dir):
            return Run(case, room, o).go()
    finally:
        if loop:
            loop.close()
        o.close()


# ---- the scorecard

def usable(room, c):
    """A session can be made here, and shows the bytes inside."""
    class Probe:
        name, group, lang, kind = 'probe', 'probe', 'sh', 'tty'
        body = 'test "$(wc -c <"$V")" -ge 32 && echo "see""n $C"'
    o = Outside(c)
    try:
        run = Run(Probe, room, o)
        run.go()
        return b'seen ' + c in run.screen, run.screen
    finally:
        o.close()


def score(room, c, cases):
    out = {}
    for case in cases:
        found = run_case(case, room, c)
        out[case.name] = found
        print(f'{room.name:7} {case.group:10} {case.name:22} '
              f'{"LEAK: " + ", ".join(found)[:60] if found else "held"}',
              flush=True)
    return out


def judge(cases, control, room, name):
    """Words for what is not as promised."""
    bad = []
    for case in cases:
        if control is not None and not control[case.name]:
            if case.root and os.getuid() != 0:
                continue
            if case.name in MAY_BE_MISSING:
                print(f'not on this machine: {case.name}')
                continue
            bad.append(f'{case.name}: does not leak without confinement')
        if room is not None and room[case.name] and not case.inbound:
            bad.append(f'{case.name}: leaks in {name}')
    return bad


# Need a module or a setting of the machine; without it nobody can leak so.
MAY_BE_MISSING = {'vsock', 'tcp6', 'block-device', 'tiocsti',
                  'tiocsti-high-bits', 'io-uring', 'key-int80', 'unshare-user',
                  'posix-mq', 'xattr', 'core-file', 'core-pipe', 'core-pipe-no-limit', 'kmsg',
                  'netlink', 'hard-link', 'proc-1-root', 'ptrace', 'proc-mem',
                  'process-vm-writev', 'pidfd-getfd', 'proc-pid-root',
                  'proc-pid-cwd', 'proc-pid-fd', 'proc-ppid-root'}


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--box', default=os.environ.get('CARREL_BOX'))
    a.add_argument('--carrel', default=os.environ.get('CARREL'))
    a.add_argument('--bwrap', action='store_true')
    a.add_argument('--none', action='store_true')
    a.add_argument('--no-control', action='store_true')
    a.add_argument('names', nargs='*')
    o = a.parse_args()
    # Cases change what the whole machine shares (core_pattern): one run at a
    # time, and put back also when it is told to end.
    lock = open(os.path.join(tempfile.gettempdir(),
                             f'carrel-escape-{os.getuid()}.lock'), 'w')
    fcntl.flock(lock, fcntl.LOCK_EX)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    c = canary()
    cases = [x for x in CASES if not o.names or x.name in o.names]
    if not (o.box or o.carrel):
        o.carrel = os.path.join(TOP, 'build', 'carrel')
    room = control = None
    LIBC.syscall(250, 1, None)  # a session keyring of the runner's own
    LIBC.syscall(250, 8, ctypes.c_int(-4), ctypes.c_int(-3))
    if not o.none:
        room = Bwrap(c) if o.bwrap else Box(c, o.box) if o.box \
            else Carrel(c, o.carrel)
        ok, screen = usable(room, c)
        if not ok:
            print('no session can be made here:',
                  screen.decode('utf-8', 'replace')[-600:])
            room.close()
            return 77
    if not o.no_control:
        plain = Control(c)
        control = score(plain, c, cases)
        plain.close()
    got = None
    if room:
        got = score(room, c, cases)
        room.close()
    bad = judge(cases, control, None if o.bwrap else got,
                room.name if room else '')
    for b in bad:
        print('NOT AS PROMISED:', b)
    for name, r in (('none', control), (room and room.name, got)):
        if r is not None:
            print(f'{name}: {sum(map(bool, r.values()))} of {len(r)} leak')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
