#!/usr/bin/env python3
"""Runs the escape cases: each must leak without confinement, none within.

usage: run.py [--box FILE | --carrel FILE | --bwrap | --none] [NAME...]

--none      only without confinement (the control)
--box FILE  sessions without a store (tests/escape/box.c)
--carrel F  real sessions: a store is made, `carrel run` is the prefix
--bwrap     a careful bubblewrap line, for comparison
Default: $CARREL_BOX, else $CARREL, else build/carrel; after the control.

Exit 0: as promised; 1: something leaked, or a case could not fail or did not
run; 77: no sessions can be made here, and the machine says why.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import re
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from cases import CASES  # noqa: E402
import watch  # noqa: E402
from outside import LIBC, TOP, Outside  # noqa: E402

PYTHON = '/usr/bin/python3'
# What a terminal would act on: not text, not cursor, not colour.
ACTS = re.compile(rb'\x1b[]P_^X]|\x1b\[[0-9;?>]*[itn]|\x1b%|'
                  rb'\x1b\[\?(?:2|46)[hl]|\xc2[\x80-\x9f]|'
                  rb'\x1bk|\x05|\xe0\x82[\x80-\x9f]|'
                  rb'(?<![\xc2-\xf4\x80-\xbf])[\x80-\x9f]')


NO_TERMINAL = ('no-terminal', 'node-null')
# Streams that are no terminal: there must be no session at all.
REFUSED = ('stdin-rdwr', 'stdin-socket', 'stdin-terminal', 'stdout-file',
           'stderr-file', 'stdout-pipe', 'all-pipes')


def canary():
    """32 letters no recognizer takes for anything."""
    return ''.join(secrets.choice('bcdfghjklmnpqrstvwxz')
                   for _ in range(32)).encode()


# ---- inside

# Once the bytes are there the screen shows that they were: "held" would else
# be true of a body that never ran.
PROLOG = '''import ctypes, hashlib, os, socket, sys, time
C = open(V, 'rb').read(32)
os.write(1, b'have ' + hashlib.sha256(C).hexdigest().encode() + b'\\n')
'''
SH_PROLOG = '''C=$(head -c 32 "$V")
echo "have $(printf %s "$C" | sha256sum)"
'''


def script(case, env, room):
    """The command to run inside."""
    env = dict(env, V=room.view, W=room.work)
    if case.lang == 'py':
        head = ''.join(f'{k} = {v!r}\n' for k, v in env.items())
        return [PYTHON, '-c', head + PROLOG + case.body]
    head = ''.join(f"{k}='{v}'\n" for k, v in env.items())
    return ['/bin/sh', '-c', head + SH_PROLOG + case.body]


class Control:
    """No confinement: the view is a plain file."""
    name = 'none'

    def __init__(self, c):
        self.dir = tempfile.mkdtemp(prefix='carrel-plain-')
        os.chmod(self.dir, 0o755)
        self.view = self.dir + '/canary.txt'
        self.work = self.dir + '/work'
        self.c = c
        self.env = dict(os.environ)
        self.renew()

    def renew(self):
        """The view is there, the work area empty; cases may have moved it."""
        shutil.rmtree(self.work, ignore_errors=True)
        os.mkdir(self.work)
        os.chmod(self.work, 0o777)
        with open(self.view, 'wb') as f:
            f.write(self.c)

    def argv(self, cmd, case):
        """How cmd is started; a control may have to prepare what leaks."""
        return (self.prefix(case.control) if case.control else []) + cmd

    @staticmethod
    def prefix(kind):
        """own-pids: pid 1 is of the same uid and its root is the host's."""
        if kind == 'own-pids':
            return ['unshare', *([] if os.getuid() == 0 else ['-Ur']),
                    '--pid', '--fork', '--mount-proc']
        raise ValueError(kind)

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


class Bwrap(Control):
    """A careful bubblewrap line."""
    name = 'bwrap'

    def argv(self, cmd, case):
        ro = []
        for d in ('/usr', '/etc', '/bin', '/lib', '/lib64', '/sbin'):
            if os.path.exists(d):
                ro += ['--ro-bind', d, d]
        return ['bwrap', *ro, '--proc', '/proc', '--dev', '/dev', '--tmpfs',
                '/tmp', '--tmpfs', '/run', '--tmpfs', '/home', '--ro-bind',
                self.dir, self.dir, '--bind', self.work, self.work,
                '--unshare-all', '--new-session',
                '--die-with-parent', *cmd]


class Box(Control):
    """Sessions of the product over a view in memory."""
    name = 'box'

    def __init__(self, c, box):
        super().__init__(c)
        self.box = box
        os.unlink(self.view)
        self.view, self.work = '/carrel/data/empty', '/carrel/work'

    def renew(self):
        if not self.view.startswith('/carrel/'):
            super().renew()

    def was_read(self, screen):
        """The view was read in this session, as its gateway tells."""
        m = re.search(rb'reads (\d+)', screen)
        return m is not None and int(m[1]) > 0

    def argv(self, cmd, case):
        no = ['--no-terminal'] if case.kind in NO_TERMINAL else []
        return [self.box, *no, self.c.decode(), *cmd]


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
    work: { keep: ["**"], quota: 50MiB }
    allow: { terminal: true }
annotators:
  alice: { role: reader }
'''
MANIFEST = '''carrel-dataset: 1
name: esc
terms: { purposes: [transcription], projects: [escape], training: false }
language: en
'''


class Carrel(Box):
    """Sessions of the product over a store."""
    name = 'carrel'

    def __init__(self, c, carrel):
        Control.__init__(self, c)
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
        self.view, self.work = '/carrel/data/esc/canary.txt', '/carrel/work'

    def call(self, *args):
        subprocess.run([self.carrel, *args], env=self.env, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def was_read(self, screen):
        number = int(START.search(screen)[1])
        r = subprocess.run([self.carrel, 'audit', 'log', '--json'],
                           env=self.env, check=True, capture_output=True)
        entries = [json.loads(x)['entry'] for x in r.stdout.splitlines()]
        return any(e['kind'] == 'READ' and e.get('session') == number and
                   e['result'] >= 32 for e in entries)

    def argv(self, cmd, case):
        no = ['--no-terminal'] if case.kind in NO_TERMINAL else []
        return [self.carrel, 'run', '--policy', self.dir + '/p.yaml', '--as',
                'alice', *no, '--', *cmd]


# ---- one run

START = re.compile(rb'session (\d+) of ')


class Run:
    """One case in one room."""

    def __init__(self, case, room, outside):
        self.case, self.room, self.o = case, room, outside
        self.screen, self.found, self.seen = b'', [], False
        self.argv = room.argv(script(case, outside.env, room), case)

    def streams(self, slave):
        """What 0, 1 and 2 are; 9 may be inherited."""
        kind, d = self.case.kind, self.o.dir
        fds = [slave, slave, slave]
        extra = None
        if kind == 'stdin-rdwr':
            fds[0] = os.open(d + '/rdwr', os.O_RDWR | os.O_CREAT, 0o666)
        if kind == 'node-null':
            fds[0] = os.open('/dev/null', os.O_RDWR)
        if kind == 'stdin-socket':
            a, b = socket.socketpair()
            fds[0] = a.detach()
            threading.Thread(target=self.drain, args=(b.detach(),),
                             daemon=True).start()
        if kind == 'stdin-terminal':
            fds[0] = os.open(self.o.env['TTY'], os.O_RDWR | os.O_NOCTTY)
        if kind in ('stdout-file', 'stderr-file', 'no-terminal'):
            fds[2 if kind == 'stderr-file' else 1] = os.open(
                d + '/redirected', os.O_WRONLY | os.O_CREAT, 0o666)
        if kind in ('stdout-pipe', 'all-pipes'):
            r, w = os.pipe()
            threading.Thread(target=self.drain, args=(r,), daemon=True).start()
            fds[1] = w
            if kind == 'all-pipes':
                fds[0], fds[2] = os.open('/dev/null', os.O_RDONLY), w
        if kind == 'fd9':
            extra = os.open(d + '/fd9', os.O_WRONLY | os.O_CREAT, 0o666)
        if kind == 'fd9-folder':
            extra = os.open(d, os.O_RDONLY | os.O_DIRECTORY)
        if kind == 'fd9-socket':
            s = socket.socket(socket.AF_UNIX)
            s.connect(d + '/stream')
            extra = s.detach()
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
            os.dup2(109, 777, inheritable=True)
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
                self.seen = bool(self.o.processes())
                os.kill(pid, signal.SIGKILL)
                acted = True
            self.connect()
            self.look_in()
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

    def look_in(self):
        """What somebody outside does meanwhile."""
        o, kind = self.o, self.case.kind
        if kind == 'peer':
            watch.peers(o)
        if kind == 'families':
            self.found += watch.families(
                o, 40 if self.case.name == 'vsock-socket' else None)
        if kind in watch.INBOUND and not self.found:
            self.found += ['a second terminal'] * watch.inbound(
                o, kind, self.room.view)
        if kind == 'names' and o.carries(watch.names(o)):
            self.found.append('names of threads')
        if kind == 'locks' and o.carries(watch.locks()):
            self.found.append('ranges of locks')

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

    def said(self):
        """All that came out, wherever the streams lead."""
        text = self.screen + self.o.got
        try:
            with open(self.o.dir + '/redirected', 'rb') as f:
                text += f.read()
        except OSError:
            pass
        return text

    def broken(self):
        """Why "held" would mean nothing: what did not happen; None: all."""
        if self.case.kind in REFUSED:
            return None if b'must be one terminal' in self.said() else \
                'was not refused in words'
        if not START.search(self.screen):
            return 'no session started'
        if self.case.kind in NO_TERMINAL:
            return None if self.room.was_read(self.screen) else \
                'the view was not read'
        have = b'have ' + hashlib.sha256(self.o.c).hexdigest().encode()
        # Who is killed shows no more; its process outside carried the bytes.
        return None if have in self.screen or self.seen else \
            'the bytes were not read inside'

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
            self.put('/sys/class/net/lo/ifalias', '\n')

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


def nodes(kind, c):
    """The device node that a case is about."""
    if not kind.startswith('node-'):
        return contextlib.nullcontext()
    return watch.Node('/dev/' + kind[5:], c)


def run_case(case, room, c):
    """The places where the bytes were found; and why it did not run."""
    o = Outside(c)
    o.beside = room.dir
    if case.group == 'work':
        o.room, o.view = room.dir, room.view
    room.renew()
    loop = Loop(o) if case.kind == 'loop' else None
    try:
        with Cores(case.kind, o.dir), nodes(case.kind, c) as node:
            run = Run(case, room, o)
            found = run.go() + (node.look() if node else [])
            return found, isinstance(room, Box) and run.broken()
    finally:
        if loop:
            loop.close()
        o.close()


# ---- the scorecard

def usable(room, c):
    """A session can be made here, and shows the bytes inside."""
    class Probe:
        name, group, lang, kind = 'probe', 'probe', 'sh', 'tty'
        control = None
        body = 'test "$(wc -c <"$V")" -ge 32 && echo "see""n $C"'
    o = Outside(c)
    try:
        run = Run(Probe, room, o)
        run.go()
        return b'seen ' + c in run.screen, run.screen
    finally:
        o.close()


def score(room, c, cases):
    """Per case where it leaks; and in words those that proved nothing."""
    out, bad = {}, []
    for case in cases:
        found, why = run_case(case, room, c)
        out[case.name] = found
        word = 'LEAK: ' + ', '.join(found)[:60] if found else \
            f'BROKEN: {why}' if why else 'held'
        if word.startswith('BROKEN'):
            bad.append(f'{case.name}: {why}')
        print(f'{room.name:7} {case.group:10} {case.name:22} {word}',
              flush=True)
    return out, bad


def missing():
    """What this machine lacks for any session, in words; None: nothing."""
    try:
        os.close(os.open('/dev/fuse', os.O_RDWR))
    except OSError as e:
        return f'/dev/fuse cannot be opened: {e.strerror}'
    r = subprocess.run(['unshare', '-Urm', 'true'], capture_output=True,
                       text=True, check=False)
    return f'no user namespaces: {r.stderr.strip()}' if r.returncode else None


def unusable(room, screen):
    """The exit code where no session starts, and why."""
    why = 'bwrap makes none' if room.name == 'bwrap' else missing()
    print('no session can be made here:', why or 'though all is there',
          screen.decode('utf-8', 'replace')[-600:])
    return 77 if why else 1


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
MAY_BE_MISSING = {'vsock', 'vsock-socket', 'tcp6', 'udp6', 'mptcp', 'multicast',
                  'ping', 'block-device', 'work-device', 'tiocsti',
                  'tiocsti-high-bits', 'io-uring', 'key-int80',
                  'key-persistent', 'unshare-user', 'mount-api', 'posix-mq',
                  'xattr', 'work-xattr', 'core-file', 'core-pipe',
                  'core-pipe-no-limit', 'kmsg', 'netlink', 'hard-link',
                  'ptrace', 'proc-mem', 'process-vm-writev', 'pidfd-getfd',
                  'proc-pid-root', 'proc-pid-cwd', 'proc-pid-fd',
                  'proc-ppid-root', 'sys-ifalias', 'cgroup-name',
                  'open-by-handle', 'usr-writable'}


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--box', default=os.environ.get('CARREL_BOX'))
    a.add_argument('--carrel', default=os.environ.get('CARREL'))
    a.add_argument('--bwrap', action='store_true')
    a.add_argument('--none', action='store_true')
    a.add_argument('--no-control', action='store_true')
    a.add_argument('names', nargs='*')
    o = a.parse_args()
    if os.environ.get('CARREL_BOX') == o.box and o.box and \
            not os.environ.get('CARREL_LONG'):
        print('the same cases run over a store; over a view in memory they '
              'run in long runs (CARREL_LONG)')
        return 77
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
    for ring in (-4, -5):
        LIBC.syscall(250, 8, ctypes.c_int(ring), ctypes.c_int(-3))
    bad = []
    if not o.none:
        room = Bwrap(c) if o.bwrap else Box(c, o.box) if o.box \
            else Carrel(c, o.carrel)
        ok, screen = usable(room, c)
        if not ok:
            room.close()
            return unusable(room, screen)
    if not o.no_control:
        plain = Control(c)
        control, _ = score(plain, c, cases)
        plain.close()
    got = None
    if room:
        got, bad = score(room, c, cases)
        if not usable(room, c)[0]:
            bad.append('no session can be made any more')
        room.close()
    bad += judge(cases, control, None if o.bwrap else got,
                 room.name if room else '')
    for b in bad:
        print('NOT AS PROMISED:', b)
    for name, r in (('none', control), (room and room.name, got)):
        if r is not None:
            tried = [n for n in r if control is None or control[n]]
            print(f'{name}: {sum(map(bool, r.values()))} of {len(tried)} leak'
                  f'{"" if control is None else " that can fail here"}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
