"""What somebody outside does while a session runs.

peers: connects to what the inside made in the work area. families: which
sockets its processes hold. inbound: a second terminal of the same uid that
wants to look in; nothing inside helps it. Node: one of the host's devices.
"""
# SPDX-License-Identifier: Apache-2.0
import ctypes
import glob
import os
import socket
import stat
import subprocess
import threading
import time

from cases import MODE_DIGITS

LIBC = ctypes.CDLL(None, use_errno=True)
# Local, IPv4, IPv6, netlink: those a session has; each within its namespace.
ALLOWED = {1, 2, 10, 16}


def processes(o):
    """Those whose arguments name this run, not the runner's own."""
    for p in glob.glob('/proc/[0-9]*/cmdline'):
        pid = int(p.split('/')[2])
        try:
            with open(p, 'rb') as f:
                if o.t.encode() in f.read() and \
                        pid not in (os.getpid(), o.victim):
                    yield pid
        except OSError:
            pass


def peers(o):
    """Fifos and sockets in the work area, where that can be seen."""
    work = os.path.join(o.beside, 'work', 'esc-' + o.t)
    try:
        if os.path.exists(work + '.fifo'):
            fd = os.open(work + '.fifo', os.O_RDONLY | os.O_NONBLOCK)
            o.held.append(fd)
            o.got += os.read(fd, 4096)
    except OSError:
        pass
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(0.3)
            s.connect(work + '.sock')
            o.got += s.recv(100)
    except OSError:
        pass


def taken(pid):
    """Copies of a process's descriptors, by pidfd_getfd."""
    try:
        numbers = os.listdir(f'/proc/{pid}/fd')
        p = os.pidfd_open(pid)
    except OSError:
        return
    for n in numbers:
        fd = LIBC.syscall(438, p, int(n), 0)
        if fd >= 0:
            yield fd
    os.close(p)


def families(o, only=None):
    """Families of sockets held by processes of this run."""
    found = set()
    for pid in processes(o):
        for fd in taken(pid):
            try:
                s = socket.socket(fileno=fd)
            except OSError:
                os.close(fd)
                continue
            if s.family not in ALLOWED and only in (None, int(s.family)):
                found.add(f'a socket of family {int(s.family)}')
            s.close()
    return found


# ---- a second terminal

def by_nsenter(o, pid, view):
    enter = ['nsenter', '-t', str(pid)]
    # Where there is no namespace of that kind, there is none to enter.
    for into in ([*enter, '-U', '--preserve-credentials', '-m'],
                 [*enter, '-m'], []):
        r = subprocess.run([*into, 'cat', view], capture_output=True,
                           check=False, timeout=5)
        if r.returncode == 0:
            return r.stdout
    return b''


def by_adoption(o, pid, view):
    """Enters all, and lets the parent end: pid 1 of the session adopts."""
    enter = ['nsenter', '-t', str(pid)]
    for into in ([*enter, '-U', '--preserve-credentials', '-m', '-p'],
                 [*enter, '-m', '-p'], []):
        r = subprocess.run([*into, 'sh', '-c', '(sleep 0.3; cat "$0") &',
                            view], capture_output=True, check=False,
                           timeout=5)
        if o.carries(r.stdout):
            return r.stdout
    return b''


def by_root(o, pid, view):
    with open(f'/proc/{pid}/root{view}', 'rb') as f:
        return f.read()


def by_memory(o, pid, view):
    """What the process has read, as a debugger would see it."""
    text = b''
    with open(f'/proc/{pid}/maps') as f:
        parts = [x.split()[0].split('-') for x in f
                 if ' rw-p ' in x and '[v' not in x]
    with open(f'/proc/{pid}/mem', 'rb', buffering=0) as m:
        for lo, hi in parts:
            try:
                text += os.pread(m.fileno(), min(int(hi, 16) - int(lo, 16),
                                                 1 << 24), int(lo, 16))
            except OSError:
                pass
    return text


def by_descriptor(o, pid, view):
    text = b''
    for fd in taken(pid):
        try:
            text += os.pread(fd, 100, 0)
        except OSError:
            pass
        os.close(fd)
    return text


INBOUND = {'in-nsenter': by_nsenter, 'in-adopted': by_adoption,
           'in-root': by_root, 'in-memory': by_memory,
           'in-descriptor': by_descriptor}


def inbound(o, kind, view):
    """True: whoever looked in has the bytes."""
    for pid in processes(o):
        try:
            with open(f'/proc/{pid}/comm') as f:
                # Not those outside whose arguments name the script.
                if f.read().strip() not in ('sh', 'python3', 'sleep'):
                    continue
            if o.carries(INBOUND[kind](o, pid, view)):
                return True
        except (OSError, ValueError, subprocess.TimeoutExpired):
            pass
    return False


def names(o):
    """The names of threads, 15 bytes of each: readable by anyone."""
    parts = {}
    for pid in processes(o):
        for p in glob.glob(f'/proc/{pid}/task/*/comm'):
            try:
                with open(p) as f:
                    name = f.read().rstrip('\n')
            except OSError:
                continue
            if name[:2].isdigit() and name[2:3] == '-':
                parts[name[:2]] = name[3:]
    return ''.join(parts[k] for k in sorted(parts)).encode()


def locks():
    """Where files are locked, 7 bytes of each: readable by anyone, whatever
    the namespace; F_GETLK tells the same of a file that both can open."""
    at = str(os.stat('/usr/bin/env').st_ino)
    with open('/proc/locks') as f:
        words = [line.split() for line in f]
    starts = sorted(int(w[6]) for w in words
                    if w[1] == 'POSIX' and w[5].split(':')[2] == at)
    return b''.join((n & (1 << 56) - 1).to_bytes(7, 'little')
                    for n in starts)


# ---- a device node of the host

def number(c):
    n = 0
    for b in c:
        n = 26 * n + b - 97
    return n


class Node:
    """Watches times and mode of a node while a case runs; then puts both
    back. The bytes are there as by_times and by_mode of cases.py write."""

    def __init__(self, path, c):
        self.path, self.n = path, number(c)
        self.digits, self.ended = [], threading.Event()
        self.thread = threading.Thread(target=self.sample, daemon=True)

    def __enter__(self):
        self.was = os.stat(self.path)
        self.last = self.was.st_mode
        self.thread.start()
        return self

    def sample(self):
        while not self.ended.wait(0.002):
            m = os.stat(self.path).st_mode
            if m != self.last:
                self.digits.append((m >> 4 & 4) | (m >> 2 & 2) | m & 1)
            self.last = m

    def look(self):
        self.ended.set()
        self.thread.join()
        st, found = os.stat(self.path), []
        if (st.st_atime_ns, st.st_mtime_ns) == divmod(self.n, 26 ** 16):
            found.append('times of ' + self.path)
        want = bytes(self.n >> 3 * i & 7 for i in range(MODE_DIGITS))
        if want in bytes(self.digits):
            found.append('modes of ' + self.path)
        return found

    def __exit__(self, *exc):
        self.ended.set()
        if os.getuid() == 0:
            os.chmod(self.path, stat.S_IMODE(self.was.st_mode))
            os.utime(self.path)
