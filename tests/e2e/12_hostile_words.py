"""Words that attack: names that would forge a line of the log, a terminal that
takes nothing more, command lines that are too long; exit codes that say what
happened.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import pty
import select
import signal
import subprocess
import time

from carrel import CARREL, Room, check, need_fuse, on_pty, skip

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: guard-rail
roles:
  r:
    see: [ { files: "d/**", records: all } ]
    redact: { default: tag }
    names: keep
    allow: { terminal: true }
annotators: { alice: { role: r } }
'''
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "**/*.txt" }
'''
FORGED = '      99 2026-01-01T00:00:00.000Z READ          bob forged'


def lines_are_entries(room):
    """A stored name cannot make a line of its own, nor move a terminal."""
    for words in (['audit', 'log'], ['ls', 'd'],
                  ['audit', 'replay', '--session',
                   str(room.log('--op', 'SESSION_START')[0]['seq'])]):
        out = room.run(*words).stdout
        check('forged' in out, f'{words}: the name is not there at all')
        check(not any(x.startswith(FORGED) for x in out.splitlines()),
              f'{words}: a name forged a line')
        check('\x1b' not in out, f'{words}: an escape sequence came out')
    paths = [e['path'] for e in room.log('--op', 'OPEN')]
    check(any(p.startswith('d/x\n') for p in paths),
          'as JSON the name is what it is')


def terminal_stands_still(run, room):
    """A terminal that nobody reads does not hold up the end."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(run[0], [*run, '--', 'yes'], room.env)
    out = b''
    while b'\ny' not in out.replace(b'\r', b'') and \
            select.select([fd], [], [], 300)[0]:
        out += os.read(fd, 64)
    check(b'carrel: session' in out, f'the session did not start: {out}')
    time.sleep(0.5)  # the terminal fills; the test holds without it too
    os.kill(pid, signal.SIGTERM)
    for _ in range(30000):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        time.sleep(0.01)
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise AssertionError('SIGTERM did not end it')
    os.close(fd)
    check(os.waitstatus_to_exitcode(status) == 128 + signal.SIGTERM,
          f'status {status}')
    end = room.log('--op', 'SESSION_END')[-1]
    check(end['reason'] == 'signal', f'the log says {end}')


def everything_is_shown(run, room):
    """A slow terminal loses nothing, also not at the end."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(run[0], [*run, '--', 'seq', '50000'], room.env)
    out = b''
    time.sleep(0.5)
    while True:
        try:
            got = os.read(fd, 4096)
        except OSError:
            break
        if not got:
            break
        out += got
    os.waitpid(pid, 0)
    os.close(fd)
    got = out.decode().replace('\r', '').splitlines()[1:]
    check(got == [str(i + 1) for i in range(50000)],
          f'{len(got)} lines of 50000')


def command_lines(run, room):
    code, out = on_pty([*run, '--', 'true', *['b'] * 5000], room.env)
    check(code == 2 and b'too long' in out, f'{code} {out}')
    code, out = on_pty([*run, '--', 'sh', '-c', 'echo n=$#', 'x',
                        *['b' * 500] * 150], room.env)
    check(code == 0 and b'n=150' in out, f'{code} {out}')
    code, out = on_pty([*run, '--', '/etc'], room.env)
    check(code == 126 and b'cannot be executed' in out, f'{code} {out}')
    code, out = on_pty([*run, '--', 'no-such-command'], room.env)
    check(code == 127 and b'not found' in out, f'{code} {out}')


def codes(room, pol):
    r = room.run('init', code=2)
    check('stands here already' in r.stderr, r.stderr)
    room.write('full/file', 'x')
    room.run('init', '--store', room.path('full'), code=2)
    bad = room.write('bad.yaml', 'carrel: 1\nnonsense: 1\n')
    r = room.run('policy', 'check', bad, '--json', code=1)
    check(json.loads(r.stderr)['exit'] == 1, r.stderr)
    room.run('audit', 'replay', '99999999999999999999999', code=2)


def main():
    need_fuse()
    if subprocess.run(['unshare', '-U', 'true'],
                      capture_output=True).returncode != 0:
        skip('user namespaces are off here')
    with Room() as room:
        room.write('d/a.txt', 'hello\n')
        room.write('d/x\n' + FORGED + '\x1b[31m.txt', 'hello\n')
        man = room.write('m.yaml', MANIFEST)
        pol = room.write('p.yaml', POLICY)
        room.run('ingest', '--dataset', 'd', '--manifest', man,
                 room.path('d'))
        run = [CARREL, 'run', '--policy', pol, '--as', 'alice']
        code, out = on_pty([*run, '--', 'sh', '-c',
                            'cat /carrel/data/d/*'], room.env)
        check(code == 0 and out.count(b'hello') == 2, f'{code} {out}')
        lines_are_entries(room)
        terminal_stands_still(run, room)
        everything_is_shown(run, room)
        command_lines(run, room)
        codes(room, pol)
        room.run('audit', 'verify', '--key', room.vkey)
    print('names, terminals and command lines hold')


main()
