"""What the demonstration stands on: its lines, its claims, its store, and
sessions on terminals of their own."""
# SPDX-License-Identifier: Apache-2.0
import os
import pty
import select
import shutil
import signal
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
WIDTH, LINES = 100, 100
lines = 0


class Failed(Exception):
    pass


def say(text=''):
    """A line of at most WIDTH columns; at its end the
    demonstration sees to it that there are no more than LINES."""
    global lines
    for line in text.rstrip().split('\n'):
        lines += 1
        print(line if len(line) <= WIDTH else line[:WIDTH - 3] + '...')


def step(title):
    say(f'== {title} '.ljust(WIDTH, '='))


def claim(ok, text):
    """Shown only when true; a false one ends the demonstration."""
    if not ok:
        raise Failed(text)
    say(f'   [checked] {text}')


class Stage:
    def __init__(self, carrel):
        self.carrel = carrel
        self.dir = tempfile.mkdtemp(prefix='carrel-demo-')
        self.data = self.path('data')
        self.env = dict(os.environ, CARREL_STORE=self.path('room'),
                        CARREL_KEY_FILE=self.path('owner.key'))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        subprocess.run([self.carrel, 'session', 'end', '--gateway'],
                       env=self.env, capture_output=True)
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as f:
            f.write(text)
        return self.path(name)

    def shown(self, args):
        for a in args:
            for base in (self.dir, TOP):
                if a.startswith(base):
                    a = os.path.relpath(a, base)
            yield f"'{a}'" if ' ' in a else a

    def run(self, *args, code=0, show=True):
        """carrel ARGS, which must exit with code."""
        if show:
            say('$ carrel ' + ' '.join(self.shown(args)))
        r = subprocess.run([self.carrel, *args], env=self.env, encoding='utf-8',
                           capture_output=True, stdin=subprocess.DEVNULL)
        if r.returncode != code:
            raise Failed(f'carrel {" ".join(args)}: exit {r.returncode}, '
                         f'wanted {code}\n{r.stdout[-2000:]}{r.stderr}')
        return r

    def session(self, *args, show=True):
        if show:
            cmd = args[:args.index('--')] if '--' in args else args
            say('$ carrel run ' + ' '.join(self.shown(cmd)))
        return Session(self, args)


class Session:
    """carrel run on a terminal of its own."""

    def __init__(self, stage, args):
        self.out = b''
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            for s in (signal.SIGINT, signal.SIGQUIT):
                signal.signal(s, signal.SIG_DFL)
            os.execve(stage.carrel, [stage.carrel, 'run', *args], stage.env)

    def read(self, until=None, seconds=120):
        """What it shows, to its end or to these bytes."""
        end = time.time() + seconds
        while until is None or until not in self.out:
            left = end - time.time()
            if left < 0 or not select.select([self.fd], [], [], left)[0]:
                os.kill(self.pid, signal.SIGKILL)
                raise Failed(f'a session hangs: {self.out[-800:]}')
            try:
                got = os.read(self.fd, 65536)
            except OSError:
                break
            if not got:
                break
            self.out += got
        return self.out

    def end(self):
        """(exit code, all that was shown)."""
        self.read()
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return (os.waitstatus_to_exitcode(status),
                self.out.decode(errors='replace').replace('\r\n', '\n'))
