"""One gateway, many sessions: started on demand and by serve, joined, ended by
the owner, by a policy, by the clock; lent to the owner's commands; killed.
"""
# SPDX-License-Identifier: Apache-2.0
import datetime
import json
import os
import pwd
import signal
import socket
import subprocess
import threading
import time

from carrel import CARREL, Room, check, need_fuse, on_pty, until
from doors import Visitor

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
  shy: { see: [ { files: "d/a.json", records: all } ], names: keep }
annotators:
  alice: { role: plain%s }
  bob: { role: shy }
  c: { role: shy }
  d: { role: plain }
  e: { role: shy }
  f: { role: shy }
'''
ME = pwd.getpwuid(os.getuid()).pw_name


class Session:
    """carrel run in the background; `go` is a file of the host's that ends
    nothing: the script inside waits on its own clock."""

    def __init__(self, room, who, script, policy=None, args=()):
        by = ('--policy', policy or room.path('p.yaml'), '--as', who) \
            if who else ()
        self.began = time.time()
        self.p = subprocess.Popen(
            [CARREL, 'run', *by, *args, '--no-terminal', '--', '/bin/sh',
             '-c', script], env=room.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def end(self, code=0, timeout=60):
        _, err = self.p.communicate(timeout=timeout)
        check(self.p.returncode == code, f'exit {self.p.returncode}: {err}')
        return err


def ends(room):
    return [(e['annotator'] if 'annotator' in e else e['who'], e['reason'])
            for e in room.log('--op', 'SESSION_END')]


def fill(room):
    for n in 'ab':
        room.write(f'd/{n}.json', json.dumps(
            [{'n': i, 'text': f'{n} mail a{i}@example.org'}
             for i in range(20)]))
    room.write('m.yaml', MANIFEST)
    room.write('p.yaml', POLICY % '')
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d'))


def on_demand(room):
    """Started where none runs, gone when the command is back."""
    Session(room, 'alice', 'cat data/d/a.json >/dev/null').end()
    check(not room.json('status')['running'], 'the gateway stayed')
    check(not os.listdir(room.path('store/gateway')), 'sockets stayed')
    a = Session(room, 'alice', 'cat data/d/*; sleep 3')
    until('a session', lambda: len(room.sessions()) == 1)
    b = Session(room, 'bob', 'cat data/d/a.json; test ! -e data/d/b.json')
    b.end()
    check([s['annotator'] for s in room.sessions()] == ['alice'], 'alice?')
    a.end()
    check(not room.json('status')['running'], 'the gateway stayed')
    check(ends(room)[-2:] == [('bob', 'ended'), ('alice', 'ended')],
          str(ends(room)))


def chosen(room):
    """The only task one has needs no name; the command is told of it."""
    room.write('t.yaml', (POLICY % ', tasks: [t1]') +
               'tasks: { t1: { files: "d/**", assign: { by: record, '
               'overlap: 1, among: [plain] }, instructions: "Look." } }\n')
    for who, task in (('alice', 't1'), ('bob', '')):
        err = Session(room, who, f'test "$CARREL_TASK" = "{task}"',
                      policy=room.path('t.yaml')).end()
        check(f'task {task or "-"}:' in err, err)


def by_the_way(room):
    """A store named from where one stands, with a blank: the gateway stands
    elsewhere."""
    os.rename(room.store, room.path('a store'))
    env = dict(room.env, CARREL_STORE='a store')
    for script in ('cat data/d/a.json >work/mine', 'cat work/mine'):
        r = room.run('run', '--policy', room.path('p.yaml'), '--as', 'alice',
                     '--no-terminal', '--', '/bin/sh', '-c', script, env=env,
                     cwd=room.dir)
    os.rename(room.path('a store'), room.store)
    check(not os.listdir(room.path('store/gateway')), 'sockets stayed')


def not_served(room):
    """A store whose key is not at hand; one that cannot be written to."""
    env = {k: v for k, v in room.env.items() if k != 'CARREL_KEY_FILE'}
    r = room.run('run', '--no-terminal', env=env, code=6,
                 start_new_session=True)
    check('no gateway serves' in r.stderr, r.stderr)
    if os.getuid() == 0:
        return  # whom nothing is read-only for
    os.chmod(room.path('store'), 0o500)
    os.chmod(room.path('store/catalog.db'), 0o400)
    r = room.run('ls', code=5)
    os.chmod(room.path('store'), 0o700)
    os.chmod(room.path('store/catalog.db'), 0o600)
    check('make the store writable' in r.stderr, r.stderr)


def at_once(room):
    """Several that find no gateway, with a policy that nobody has brought
    before: one is started, all get in, and it goes with the last."""
    with open(room.path('p.yaml')) as f:
        text = f.read()
    for i in range(5):
        policy = room.write(f'new{i}.yaml', text + f'# {i}\n')
        all_ = [Session(room, w, 'cat data/d/a.json', policy) for w in
                ('alice', 'bob', 'c', 'd', 'e', 'f')]
        for s in all_:
            s.end()
        check(not room.json('status')['running'], 'the gateway stayed')
    boots = [e for e in room.log() if e['kind'] == 'BOOT']
    starts = [e for e in room.log() if e['kind'] == 'SESSION_START']
    print(f'{len(starts)} sessions, {len(boots)} gateways')


def told(room):
    """The owner ends one, then all with the gateway."""
    # What has files open must be answered until it has ended.
    a = Session(room, 'alice', 'exec 3>work/x 4<data/d/a.json; sleep 60')
    b = Session(room, 'bob', 'sleep 60')
    s = until('two sessions', lambda: len(room.sessions()) == 2 and
              room.sessions())
    until('a file', lambda: room.log('--op', 'CREATE'))
    nr = [x['session'] for x in s if x['annotator'] == 'alice'][0]
    lines = room.run('session', 'list').stdout.splitlines()
    check(sorted(x.split()[1] for x in lines) == ['alice', 'bob'] and
          [x.split()[0] for x in lines if 'alice' in x] == [str(nr)],
          str(lines))
    t = time.time()
    r = room.run('session', 'end', str(nr))
    check('1 session was told' in r.stderr, r.stderr)
    check('ended by owner' in a.end(5), 'no reason')
    check(time.time() - t < 30, 'slow')
    check(len(room.sessions()) == 1, 'bob too?')
    until('alice is gone', lambda: len(room.sessions()) == 1)
    check(room.json('session', 'end', '--all') ==
          {'schema': 1, 'gateway': False, 'told': 1}, 'told')
    check('ended by owner' in b.end(5), 'no reason')
    b = Session(room, 'bob', 'sleep 60')
    until('a session', lambda: len(room.sessions()) == 1)
    check(room.json('session', 'end', '--gateway') ==
          {'schema': 1, 'gateway': True}, 'gateway')
    check('gateway stopped' in b.end(5), 'no reason')
    until('no gateway', lambda: not room.json('status')['running'])
    check(ends(room)[-3:] == [('alice', 'ended by owner'),
                              ('bob', 'ended by owner'),
                              ('bob', 'gateway stopped')], str(ends(room)))


def by_policy(room):
    """A policy in force; who would see something else is out in a second,
    who would not stays."""
    mine = room.write('mine.yaml', POLICY.replace(
        'bob: { role: shy }', f'bob: {{ role: shy, user: {ME} }}') % '')
    Session(room, None, 'true').end(5)
    room.run('policy', 'apply', mine)
    check('in force' in room.run('policy', 'apply', mine).stdout, 'apply')
    a = Session(room, None, 'cat data/d/a.json; sleep 60')
    until('a session', lambda: len(room.sessions()) == 1)
    check(room.sessions()[0]['annotator'] == 'bob', 'not by login')
    # A word about somebody else changes nothing for bob.
    other = room.write('other.yaml', open(mine).read().replace(
        'records: all } ], names: keep, redact: { default: keep }',
        'records: all } ], names: keep, redact: { default: mask }'))
    check(room.json('policy', 'apply', other)['ended'] == 0, 'ended bob')
    check(len(room.sessions()) == 1, 'bob is gone')
    # The owner's own session is under its own policy.
    o = Session(room, 'alice', 'sleep 60')
    until('two sessions', lambda: len(room.sessions()) == 2)
    less = room.write('less.yaml', open(other).read().replace(
        'shy: { see: [ { files: "d/a.json", records: all } ], names: keep }',
        'shy: { see: [ { files: "d/b.json", records: all } ], names: keep }'))
    t = time.time()
    check(room.json('policy', 'apply', less)['ended'] == 1, 'bob stays')
    check('policy changed' in a.end(5), 'no reason')
    check(time.time() - t < 30, 'slow')
    room.run('session', 'end', '--all')
    o.end(5)
    until('no gateway', lambda: not room.json('status')['running'])
    gone = room.write('gone.yaml', open(less).read().replace(
        f'user: {ME}', f'user: {ME}, revoked: 2020-01-01T00:00Z'))
    room.run('policy', 'apply', gone)
    check('revoked' in Session(room, None, 'true').end(5), 'not revoked')
    start = [e for e in room.log('--op', 'SESSION_START')
             if e['annotator'] == 'bob'][-1]
    check(start['as'] == 'proven', start['as'])
    check(len(room.log('--op', 'POLICY')) == 5, 'applying is not logged')


def by_clock(room):
    soon = datetime.datetime.utcnow() + datetime.timedelta(seconds=3)
    pol = room.write('soon.yaml', POLICY % ', revoked: ' f'{soon:%Y-%m-%dT%H:%M:%SZ}')
    if room.run('policy', 'check', pol, code=None).returncode != 0:
        soon = soon.replace(second=0) + datetime.timedelta(minutes=1)
        pol = room.write('soon.yaml', POLICY % (
            ', revoked: ' f'{soon:%Y-%m-%dT%H:%MZ}'))
    a = Session(room, 'alice', 'while cat data/d/a.json; do sleep 0.1; done;'
                'sleep 600', policy=pol)
    check('expired' in a.end(5, timeout=90), 'no reason')
    now = datetime.datetime.utcnow()
    check(-1 <= (now - soon).total_seconds() < 5, f'{now} {soon}')
    check(ends(room)[-1] == ('alice', 'expired'), str(ends(room)[-1]))


def lent(room):
    """Commands of the owner beside a session; one writer at a time."""
    a = Session(room, 'alice', 'cat data/d/a.json; sleep 60')
    until('a session', lambda: len(room.sessions()) == 1)
    room.write('d/c.json', json.dumps([{'n': 1, 'text': 'new'}]))
    r = room.json('ingest', '--dataset', 'd', '--manifest',
                  room.path('m.yaml'), room.path('d'))
    check(r['version'] == 2, str(r))
    seen = room.preview(room.path('p.yaml'), 'alice')
    check(os.path.exists(seen + '/d/c.json'), 'preview of the new version')
    b = Session(room, 'bob', 'true')
    b.end()
    for op in ('INGEST', 'PREVIEW'):
        check(room.log('--op', op), f'{op} is not in the log')
    room.run('session', 'end', '--all')
    a.end(5)
    until('no gateway', lambda: not room.json('status')['running'])
    room.run('fsck')
    room.run('audit', 'verify', '--key', room.vkey)


def serving(room):
    """carrel serve: stays, and tells its sessions when it is told to end."""
    p = subprocess.Popen([CARREL, 'serve'], env=room.env, text=True,
                         stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    check('serving' in p.stderr.readline(), 'not ready')
    room.run('serve', code=8)
    Session(room, 'bob', 'true').end()
    check(room.json('status')['running'], 'serve went with its session')
    a = Session(room, 'alice', 'sleep 60')
    until('a session', lambda: len(room.sessions()) == 1)
    p.send_signal(signal.SIGTERM)
    check('gateway stopped' in a.end(5), 'no reason')
    check(p.wait(30) == 0, 'serve did not end well')
    room.run('audit', 'verify', '--key', room.vkey)


def ending(room):
    """A client that does not answer holds its gateway up when that is told to
    end: who comes meanwhile is told so, begins nothing, and is waited for."""
    p = subprocess.Popen([CARREL, 'serve'], env=room.env, text=True,
                         stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    check('serving' in p.stderr.readline(), 'not ready')
    a = Session(room, 'alice', 'sleep 60')
    until('a session', lambda: len(room.sessions()) == 1)
    a.p.send_signal(signal.SIGSTOP)
    p.send_signal(signal.SIGTERM)
    t = time.time()
    until('nobody is let in', lambda: not room.json('status')['running'])
    quiet = [Visitor(room.store, d) for d in ('session', 'owner')]
    for v in quiet:
        said = v.greet()
        check(said.op == 'FAILED' and said.f['CODE'] == -108, str(said))
    room.run('session', 'end', '--all', code=4)
    check(p.poll() is None, 'it ended too soon for this test')
    b = Session(room, 'bob', 'true')
    room.run('policy', 'apply', room.path('p.yaml'))
    check(p.wait(30) == 0, 'serve did not end well')
    print(f'ended and applied in {time.time() - t:.1f} s')
    b.end()
    for v in quiet:
        v.close()
    a.p.send_signal(signal.SIGCONT)
    a.end(5)


def killed(room):
    """kill -9: reads fail at once, the session ends, nothing stays mounted,
    the next gateway takes over."""
    said = []

    def serves():
        """One that a session began may be about to end: then it is refused."""
        p = subprocess.Popen([CARREL, 'serve'], env=room.env, text=True,
                             stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said.append(p.stderr.readline())
        if 'serving' in said[-1]:
            return p
        check('gateway' in said[-1] or 'writing to this store' in said[-1],
              said[-1])
        p.wait()
        return None

    p = until('it serves', serves)
    mark = f'4713.{os.getpid()}'
    a = Session(room, 'alice', f'sleep {mark} & while cat data/d/a.json; '
                f'do :; done; sleep {mark}')
    until('reads', lambda: [s for s in room.sessions() if s['reads'] > 3])
    p.kill()
    p.wait()
    check('gone' in a.end(5), 'no reason')
    # The mount was in the session's namespace only, and that has gone.
    until('the end of its processes', lambda: not running(mark))
    Session(room, 'alice', 'cat data/d/a.json').end()
    room.run('audit', 'verify', '--key', room.vkey)
    room.run('fsck')


def client_killed(room):
    """The other way round: every process of the session goes along."""
    mark = f'4712.{os.getpid()}'
    a = Session(room, 'alice', f'sleep {mark} & sleep {mark}')
    until('a session', lambda: len(room.sessions()) == 1)
    until('its sleep', lambda: running(mark))
    a.p.kill()
    a.p.wait()
    until('the end of its processes', lambda: not running(mark))
    until('no gateway', lambda: not room.json('status')['running'])
    check(ends(room)[-1] == ('alice', 'client gone'), str(ends(room)[-1]))


def hangs_up(room):
    """A gateway that goes while it is asked how it is: none runs."""
    path = os.path.join(room.store, 'gateway', 'owner')
    if os.path.exists(path):
        os.unlink(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
        s.bind(path)
        s.listen(8)
        end = threading.Thread(target=lambda: [s.accept()[0].close()
                                               for _ in range(3)])
        end.start()
        check(not room.json('status')['running'], 'it runs')
        check('no gateway runs' in room.run('status').stdout, 'words')
        room.run('session', 'list')
        end.join()
    os.unlink(path)


def running(mark):
    out = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as f:
                if f.read().split(b'\0')[1:2] == [mark.encode()]:
                    out.append(int(pid))
        except OSError:
            pass
    return out


def mounts(room):
    """The owner's mount lets others in, and joins a gateway that runs."""
    m = room.mount(room.path('p.yaml'), 'alice')
    Session(room, 'bob', 'cat data/d/a.json').end()
    check(m.p.poll() is None, 'the mount went with the session')
    Session(room, 'alice', 'true').end(8)  # her work area is in use
    n = room.mount(room.path('p.yaml'), 'bob')
    check(os.listdir(n.dir + '/data/d') == ['a.json'], 'bob sees more')
    check(len(room.sessions()) == 2, 'two mounts')
    check(n.stop() == 0 and m.stop() == 0, 'ends')
    check(not room.json('status')['running'], 'the gateway stayed')


def on_terminal(room):
    code, out = on_pty([CARREL, 'run', '--policy', room.path('p.yaml'), '--as',
                        'bob', '--', '/bin/sh', '-c', 'cat data/d/a.json; '
                        'exit 7'], room.env)
    check(code == 7 and b'guard-rail' in out and b'"n"' in out, str(out))


def of_ours(room):
    """Processes with something of this room on their command line."""
    out = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as f:
                words = f.read().split(b'\0')
        except OSError:
            continue
        if os.path.basename(words[0]) == b'carrel' and \
                any(room.dir.encode() in w for w in words):
            out.append(pid)
    return out


def interrupted(room):
    """Ctrl-C where a passphrase is asked for: nobody goes on listening to the
    terminal, and it echoes."""
    pw, st = room.write('pw', 'correct horse\n'), room.path('asks')
    env = {k: v for k, v in room.env.items() if k != 'CARREL_KEY_FILE'}
    env.update(CARREL_STORE=st, CARREL=CARREL, POLICY=room.path('p.yaml'))
    room.run('init', '--store', st, '--passphrase-file', pw, env=env)
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             '--passphrase-file', pw, room.path('d'), env=env)
    run = '"$CARREL" run --policy "$POLICY" --as bob -- cat data/d/a.json'
    ask = b'Passphrase of the store: '

    def gone():
        until('no process of ours', lambda: not of_ours(room), 10)
        return b'typed\n'
    for key, code in ((b'\x03', 130), (b'\x1c', 131)):
        _, out = on_pty(['/bin/sh', '-c', f'trap : INT QUIT; {run}; '
                         'echo code=$?; read x; echo got=$x; stty -a'], env,
                        feed=key, when=ask, then=[(b'code=', gone)])
        check(b'code=%d' % code in out and b'got=typed' in out and
              b' echo ' in out and b'typed\r\ngot' in out, str(out))
    _, out = on_pty(['/bin/sh', '-c', 'trap : INT; "$CARREL" ls; '
                     'echo code=$?; stty -a'], env, feed=b'\x03', when=ask)
    check(b'code=130' in out and b' echo ' in out, str(out))
    code, out = on_pty(['/bin/sh', '-c', run], env, when=ask,
                       feed=b'correct horse\n')
    check(code == 0 and b'"n"' in out and b'horse' not in out, str(out))


def keeping(room):
    """What work.keep does not name: asked on a terminal, else it goes; kept
    whenever the session did not end in order."""
    pol = room.write('keep.yaml', POLICY.replace(
        'plain: {', 'plain: { work: { keep: ["*.txt"] },') % '')
    make = 'echo a >work/a.txt; echo b >work/b.tmp'
    gone = 'test -e work/a.txt && test ! -e work/b.tmp'
    err = Session(room, 'alice', make, policy=pol).end()
    check('1 new file: b.tmp; not kept' in err, err)
    # What a name holds moves no terminal and starts no line.
    err = Session(room, 'alice', "touch 'work/é\nx\33[2J'", policy=pol).end()
    check('1 new file: é\\x0ax\\x1b[2J; not kept' in err, err)
    Session(room, 'alice', gone, policy=pol).end()
    drops = [e for e in room.log('--op', 'UNLINK')]
    check([(e['path'], e['reason']) for e in drops] ==
          [('work/b.tmp', 'not kept'),
           ('work/é\nx\x1b[2J', 'not kept')], str(drops))
    run = [CARREL, 'run', '--policy', pol, '--as', 'alice', '--', '/bin/sh',
           '-c', make]
    for answer, script in ((b'n\r', gone), (b'\r', 'cat work/b.tmp')):
        code, out = on_pty(run, room.env, feed=answer, when=b'[Y/n] ')
        check(code == 0 and b'keep them' in out, str(out))
        Session(room, 'alice', script, policy=pol).end()
    # A file that was kept once is no business of a later session, whether it
    # is written to or replaced as editors do.
    for change in ('true', 'echo more >>work/b.tmp',
                   'echo new >work/x && mv work/x work/b.tmp'):
        err = Session(room, 'alice', change, policy=pol).end()
        check('not kept' not in err, err)
    Session(room, 'alice', 'grep -q new work/b.tmp', policy=pol).end()
    a = Session(room, 'alice', 'rm work/b.tmp; echo c >work/c.tmp; sleep 60',
                policy=pol)
    until('a file', lambda: any(e.get('path') == 'work/c.tmp' for e in
                                room.log('--op', 'CREATE')))
    Session(room, 'alice', 'true', policy=pol).end(8)
    room.run('session', 'end', '--all')
    err = a.end(5)
    check('not kept' not in err and 'ended by owner' in err, err)
    Session(room, 'alice', 'cat work/c.tmp && test ! -e work/b.tmp',
            policy=pol).end()
    # Nobody is asked what is decided: all is kept.
    run[-1] = 'echo d >work/d.tmp; sleep 60'

    def end():
        until('a session', lambda: len(room.log('--op', 'CREATE')) > made)
        room.run('session', 'end', '--all')
        return b''

    made = len(room.log('--op', 'CREATE'))
    code, out = on_pty(run, room.env, feed=end, when=b'session', timeout=30)
    check(code == 5 and b'ended by owner' in out and b'[Y/n]' not in out,
          f'{code}: {out}')


def main():
    need_fuse()
    with Room() as room:
        fill(room)
        for part in (on_demand, chosen, by_the_way, not_served, on_terminal,
                     interrupted, at_once, told, by_policy, by_clock, lent,
                     serving, ending, killed, client_killed, hangs_up, mounts,
                     keeping):
            part(room)


main()
