"""What lies outside a session, could receive bytes from it, and a look at it.
"""
# SPDX-License-Identifier: Apache-2.0
import base64
import ctypes
import glob
import mmap
import os
import resource
import secrets
import select
import shutil
import signal
import socket
import stat
import string
import struct
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LIBC = ctypes.CDLL(None, use_errno=True)
KEYCTL = 250
# Limits of a process that is not ours to change; 7 bytes of text in each.
LIMITS = (resource.RLIMIT_FSIZE, resource.RLIMIT_DATA, resource.RLIMIT_RSS,
          resource.RLIMIT_AS, 10)


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
        self.got, self.socks, self.held = b'', [], []
        self.beside = '/nonexistent'  # where the view lies, seen from outside
        self.room = None  # its folder; the store, where there is one
        self.view = None
        self.env = {'T': self.t, 'D': self.dir, 'PID': os.getpid(),
                    'OUTERHOME': os.path.expanduser('~'),
                    'KEY': secrets.randbelow(1 << 30) + 1}
        self.listen()
        self.memory()
        self.tty()
        self.fifo()
        self.kernel()
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
        self.add('MPTCP', mptcp(), ('127.0.0.1', 0), port)
        self.add('GROUP', group(), ('', 0), port)
        self.add('_S', new(socket.AF_UNIX, st), self.dir + '/stream')
        self.add('_D', new(socket.AF_UNIX, dg), self.dir + '/dgram')
        self.add('_A', new(socket.AF_UNIX, st), '\0esc-' + self.t)
        self.add('_B', new(socket.AF_UNIX, dg), '\0escd-' + self.t)
        for name, family, kind, proto, addr in (
                ('TCP6', socket.AF_INET6, st, 0, ('::1', 0)),
                ('VSOCK', socket.AF_VSOCK, st, 0, (0xffffffff, 0xffffffff)),
                ('UDP6', socket.AF_INET6, dg, 0, ('::1', 0)),
                ('_I', socket.AF_INET, socket.SOCK_RAW, 1, ('', 0)),
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

    def kernel(self):
        """What only the kernel carries: signals, a file's handle, a key."""
        sig = signal.SIGRTMIN + 5
        signal.pthread_sigmask(signal.SIG_BLOCK, {sig})
        mask = ctypes.c_uint64(1 << (sig - 1))
        self.signals = LIBC.syscall(289, -1, ctypes.byref(mask), 8,
                                    os.O_NONBLOCK | os.O_CLOEXEC)
        self.env['SIG'] = int(sig)
        h = ctypes.create_string_buffer(struct.pack('Ii', 128, 0), 136)
        LIBC.syscall(303, -100, os.fsencode(self.dir), h,
                     ctypes.byref(ctypes.c_int()), 0)
        self.env['HANDLE'] = h.raw.hex()
        LIBC.syscall(248, b'user', b'esc-up-' + self.t.encode(), b'-', 1,
                     ctypes.c_int(-4))

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
        for fd in (self.master, self.slave, self.fifo_fd, self.signals):
            os.close(fd)
        for fd in self.held:
            os.close(fd)
        self.file.close()
        os.chdir(self.was)
        shutil.rmtree(self.dir, ignore_errors=True)
        for p in self.leftovers():
            if p.startswith('/sys/'):
                os.rmdir(p)
            elif os.path.isdir(p) and not os.path.islink(p):
                shutil.rmtree(p, ignore_errors=True)
            else:
                os.unlink(p)

    def leftovers(self):
        home = os.path.expanduser('~')
        found = set()
        for d in ('/tmp', '/dev/shm', '/var/tmp', '/run', home, os.getcwd(),
                  TOP, '/dev/mqueue', self.beside, self.beside + '/work',
                  '/usr', '/sys/fs/cgroup/unified', '/sys/fs/cgroup'):
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
            if stat.S_ISFIFO(os.lstat(path).st_mode):
                return False
            if os.path.isfile(path):
                if any(self.carries(os.getxattr(path, x)) for x in
                       os.listxattr(path)):
                    return True
                with open(path, 'rb') as f:
                    n = os.fstat(f.fileno()).st_size or 1 << 20
                    return self.carries(f.read(min(n, 1 << 26)))
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
        if self.room:
            found += [p for p in self.at_rest() if p not in found]
        return found + self.look_kernel()

    def at_rest(self):
        """Files of the store and of the room that hold the bytes in clear, or
        that would run as somebody else."""
        found = []
        for top, dirs, files in os.walk(self.room):
            for p in (os.path.join(top, x) for x in dirs + files):
                if p != self.view and self.carries(os.fsencode(p)):
                    found.append(p)
                elif p != self.view and not os.path.isdir(p) and \
                        self.in_file(p):
                    found.append(p)
                elif os.lstat(p).st_mode & 0o6000:
                    found.append('setuid: ' + p)
        return found

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
        sem = LIBC.semget(self.env['KEY'], 0, 0)
        if sem >= 0:
            if self.carries(bytes(max(LIBC.semctl(sem, i, 12), 0) & 255
                                  for i in range(32))):
                found.append('sysv semaphores')
            LIBC.semctl(sem, 0, 0)
        return found + self.look_mq() + self.look_keys() + \
            self.look_names() + self.look_numbers()

    def look_numbers(self):
        """Numbers that a process outside has, or was sent."""
        found, text = [], b''
        for what in LIMITS:
            n = resource.prlimit(self.victim, what)[0]
            text += (n if n >= 0 else 0).to_bytes(8, 'little')[:7]
        if self.carries(text):
            found.append("a process's limits")
        text = b''
        try:
            while True:
                text += os.read(self.signals, 128)[44:48]  # ssi_int
        except OSError:
            pass
        if self.carries(text):
            found.append('signals')
        return found

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
        own = LIBC.syscall(KEYCTL, 22, os.getuid(), ctypes.c_int(-2))
        for ring in (-4, -3, -5, own):
            for name in ('esc-', 'esc-up-'):
                k = LIBC.syscall(KEYCTL, 10, ctypes.c_int(ring), b'user',
                                 (name + self.t).encode(), 0)
                if k < 0:
                    continue
                b = ctypes.create_string_buffer(64)
                n = LIBC.syscall(KEYCTL, 11, k, b, 64)
                if n > 0 and self.carries(b.raw):
                    found.append('keyring')
                LIBC.syscall(KEYCTL, 9, k, ctypes.c_int(ring))
        with open('/proc/keys', 'rb') as f:
            if self.t.encode() + b'-' + self.c in f.read():
                found.append("a key's name")
        return found

    def look_names(self):
        found = []
        for p in ('/proc/sys/kernel/domainname',
                  '/proc/sys/kernel/core_pattern',
                  '/sys/class/net/lo/ifalias'):
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


def mptcp():
    try:
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
    except OSError:
        return socket.socket()


def group():
    """A socket that hears one multicast group on the loopback."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                     socket.inet_aton('239.255.77.77') +
                     socket.inet_aton('127.0.0.1'))
    except OSError:
        pass
    return s


def host_ip():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        s.connect(('192.0.2.1', 9))
        return s.getsockname()[0]
    except OSError:
        return '127.0.0.1'
    finally:
        s.close()
