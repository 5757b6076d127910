"""What the end-to-end tests share: a store in a temporary folder, the
command line, mounts, and words for skipping.

Environment: CARREL (the binary; default build/carrel), CARREL_SHARED (real
inputs; default ../shared beside the checkout), CARREL_LONG (long runs).
"""
# SPDX-License-Identifier: Apache-2.0
import ctypes
import json
import os
import pty
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CARREL = os.environ.get('CARREL', os.path.join(TOP, 'build', 'carrel'))
SHARED = os.environ.get('CARREL_SHARED') or os.path.join(
    os.path.dirname(TOP), 'shared')
LONG = bool(os.environ.get('CARREL_LONG'))
SANITIZED = bool(os.environ.get('CARREL_SANITIZED'))
# Of what is repeated at random less is enough: it slows what is tested, or the
# same test has done it already.
FEW = SANITIZED or bool(os.environ.get('CARREL_FEW'))
THREADS = os.environ.get('CARREL_SANITIZED') == 'thread'


def skip(why):
    print('skipped:', why)
    sys.exit(77)


def need_fuse():
    try:
        os.close(os.open('/dev/fuse', os.O_RDWR))
    except OSError as e:
        skip(f'/dev/fuse cannot be opened: {e.strerror}')


def need_voice():
    """The demo's data are spoken."""
    try:
        ctypes.CDLL('libespeak-ng.so.1')
    except OSError as e:
        skip(f'no libespeak-ng1: {e}')
    if shutil.which('sox') is None:
        skip('no sox')


def shared(path):
    """A folder of the real inputs, or skip."""
    full = os.path.join(SHARED, 'data', path)
    if not os.path.exists(full):
        skip(f'no shared data ({path})')
    return full


def check(ok, what):
    """An assertion that says what it wanted."""
    if not ok:
        raise AssertionError(what)


def until(what, test, seconds=60):
    """What test gives once that is true."""
    end = time.time() + seconds
    while time.time() < end:
        r = test()
        if r:
            return r
        time.sleep(0.02)
    raise AssertionError('never: ' + what)


def seed():
    """The seed of this run, printed so that a failure can be repeated: the
    same in every ordinary run, another one in each long run."""
    s = int(os.environ.get('CARREL_SEED') or
            (random.randrange(1 << 31) if LONG else 20261128))
    print(f'CARREL_SEED={s}')
    return s


class Room:
    """A store with its key, below a folder that goes at the end."""

    def __init__(self, init=True, args=()):
        self.dir = tempfile.mkdtemp(prefix='carrel-e2e-')
        self.store = self.path('store')
        self.key = self.path('owner.key')
        self.env = dict(os.environ, CARREL_STORE=self.store,
                        CARREL_KEY_FILE=self.key, LC_ALL='C.UTF-8')
        self.mounts = []
        if init:
            r = self.run('init', '--key-file', self.key, *args)
            self.vkey = r.stdout.strip()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        for m in self.mounts:
            m.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def write(self, name, text):
        p = self.path(name)
        os.makedirs(os.path.dirname(p), exist_ok=True)
        with open(p, 'wb' if isinstance(text, bytes) else 'w') as f:
            f.write(text)
        return p

    def run(self, *args, code=0, text=True, timeout=900, **kw):
        """carrel ARGS; the exit code must be as said (None: any)."""
        r = subprocess.run([CARREL, *args], env=kw.pop('env', self.env),
                           capture_output=True, text=text, timeout=timeout,
                           stdin=subprocess.DEVNULL, **kw)
        if code is not None and r.returncode != code:
            raise AssertionError(
                f'carrel {" ".join(args)}: exit {r.returncode}, wanted '
                f'{code}\n{r.stdout[-2000:]}\n{r.stderr[-2000:]}')
        return r

    def json(self, *args, code=0, **kw):
        return json.loads(self.run(*args, '--json', code=code, **kw).stdout)

    def jsonl(self, *args, code=0, **kw):
        out = self.run(*args, '--json', code=code, **kw).stdout
        return [json.loads(x) for x in out.splitlines()]

    def log(self, *args, code=0):
        """Entries of the log, as dicts with who."""
        out = []
        for x in self.jsonl('audit', 'log', *args, code=code):
            e = x['entry']
            e['who'], e['in_task'] = x.get('who'), x.get('in_task')
            e.setdefault('path', x.get('path'))
            e.setdefault('object', x.get('object'))
            out.append(e)
        return out

    def sessions(self):
        """Those of its gateway; none where none runs."""
        s = self.json('status')
        return s['status']['sessions'] if s['running'] else []

    def mount(self, policy, who, **kw):
        m = Mount(self, policy, who, **kw)
        self.mounts.append(m)
        return m

    def preview(self, policy, who, *args, task=None):
        """The view as files; returns the folder."""
        out = self.path(f'view-{who}-{len(os.listdir(self.dir))}')
        t = ('--task', task) if task else ()
        self.run('preview', '--policy', policy, '--as', who, *t, '--out', out,
                 *args)
        return out


class Mount:
    """carrel mount in the background."""

    def __init__(self, room, policy, who, task=None, wait=True):
        self.dir = tempfile.mkdtemp(prefix='mnt-', dir=room.dir)
        args = [CARREL, 'mount', '--policy', policy, '--as', who]
        if task:
            args += ['--task', task]
        self.err = open(room.path('mount.err'), 'w+b')
        self.p = subprocess.Popen(args + [self.dir], env=room.env,
                                  stdin=subprocess.DEVNULL,
                                  stdout=self.err, stderr=self.err)
        if wait:
            self.wait()

    def wait(self, seconds=120):
        end = time.time() + seconds
        while time.time() < end:
            if os.path.ismount(self.dir):
                return
            if self.p.poll() is not None:
                break
            time.sleep(0.005)
        self.err.seek(0)
        raise AssertionError('no mount: ' + self.err.read().decode())

    def stop(self):
        if self.p.poll() is None:
            self.p.send_signal(signal.SIGTERM)
            try:
                self.p.wait(30)
            except subprocess.TimeoutExpired:
                self.p.kill()
                self.p.wait()
        self.clean()
        return self.p.returncode

    def kill(self):
        self.p.kill()
        self.p.wait()

    def clean(self):
        """A mount whose server is gone still stands: take it down."""
        if os.path.ismount(self.dir) or not os.path.exists(self.dir):
            cmd = (['umount', '-l'] if os.getuid() == 0
                   else ['fusermount3', '-uz'])
            subprocess.run([*cmd, self.dir], capture_output=True)


def on_pty(argv, env, feed=b'', timeout=120, when=b'', then=()):
    """Runs argv with a terminal of its own, types feed once it shows `when`,
    then likewise each (when, feed); one to be called says what to type.
    Returns (exit code, output)."""
    pid, fd = pty.fork()
    if pid == 0:
        # A shell's background jobs ignore these, and so would all they start.
        for s in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(s, signal.SIG_DFL)
        os.execvpe(argv[0], argv, env)
    out, end, at = b'', time.time() + timeout, 0
    steps = ([(when, feed)] if feed else []) + list(then)
    while time.time() < end:
        if steps and out and steps[0][0] in out[at:]:
            at = len(out)
            feed = steps.pop(0)[1]
            os.write(fd, feed() if callable(feed) else feed)
        if not select.select([fd], [], [], 0.2)[0]:
            continue
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        out += got
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    return os.waitstatus_to_exitcode(status), out
