"""Two annotators at once, then ten: each reads what is its own and what is
common and saves in its work area, all on one store. No names, bytes, inodes or
entries of the log of one may turn up at another.
"""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

from area import Room, filled, work_of
from carrel import CARREL, LONG, check, need_fuse, seed, skip

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = (60, 240) if LONG else (4, 10)
PYTHON = '/usr/bin/python3'    # as it is seen inside
HEAD = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: guard-rail
roles:
'''
ROLE = '''  r{who}:
    see:
      - {{ files: "d/own-{who}/**", records: all }}
      - {{ files: "d/common/**", records: all }}
    redact: {{ default: tag }}
    names: keep
    work: {{ keep: ["**"], quota: 1GiB }}
    allow: {{ terminal: true }}
'''


def policy(room, people):
    return room.write('policy.yaml', HEAD + ''.join(
        ROLE.format(who=w) for w in people) + 'annotators:\n' + ''.join(
            f'  {w}: {{ role: r{w} }}\n' for w in people))


def data(people):
    """Each line says whose file it is in."""
    return {f'{folder}/f{k}.json': json.dumps(
        [{'i': i, 'whose': f'{folder} f{k}', 't': f'mail x{i}@example.org'}
         for i in range(400)])
        for folder in ['common'] + [f'own-{w}' for w in people]
        for k in range(3)}


def shown(room, pol, who):
    """{path: digest} of the annotator's view, and nobody else's."""
    top = os.path.join(room.preview(pol, who), 'd')
    out = {}
    for at, _, files in os.walk(top):
        for f in files:
            with open(os.path.join(at, f), 'rb') as x:
                out[os.path.relpath(os.path.join(at, f), top)] = \
                    hashlib.sha256(x.read()).hexdigest()
    check(len(out) == 6 and all(p.split('/')[0] in ('common', f'own-{who}')
                                for p in out), f'{who} sees {sorted(out)}')
    return out


class Session(subprocess.Popen):
    """carrel run in the background."""

    def __init__(self, room, pol, who, *cmd):
        self.who = who
        self.err_path = room.path(f'err-{who}')
        with open(self.err_path, 'wb') as err:
            super().__init__(
                [CARREL, 'run', '--policy', pol, '--as', who, '--no-terminal',
                 '--', *cmd], env=room.env, stdin=subprocess.DEVNULL,
                stdout=err, stderr=err)

    def said(self):
        with open(self.err_path, errors='replace') as f:
            return f.read()

    def started(self):
        end = time.time() + 60
        while f'of {self.who}' not in self.said():
            check(self.poll() is None and time.time() < end,
                  f'no session of {self.who}: {self.said()}')
            time.sleep(0.01)


def busy(room, pol, who):
    """A second session on one work area is refused."""
    r = room.run('run', '--policy', pol, '--as', who, '--no-terminal', '--',
                 'true', code=8)
    check('another session' in r.stderr, r.stderr)


def at_once(room, pol, views, s, seconds):
    """Sessions of all of them at once; each must end well."""
    with open(os.path.join(HERE, 'desk.py')) as f:
        desk = f.read()
    running = [Session(room, pol, who, PYTHON, '-c', desk, who, str(s + i),
                       str(seconds), json.dumps(view))
               for i, (who, view) in enumerate(views.items())]
    for x in running:
        x.started()
    busy(room, pol, running[0].who)
    for x in running:
        code = x.wait(seconds + 120)
        # without a terminal what a program says is lost: look() says more
        check(code == 0, f'{x.who}: exit {code}: {x.said()}')


def areas(room, pol, people):
    """What each left, seen by the owner; returns the reports."""
    reports = {}
    for who in people:
        m = room.mount(pol.replace('policy', 'owner'), who)
        top = work_of(m)
        with open(os.path.join(top, 'report.json')) as f:
            told = reports[who] = json.load(f)
        check(told['who'] == who, f'{who} has the report of {told["who"]}')
        names = set(os.listdir(top)) - {'report.json'}
        check(names == set(told['saved']), f'{who} has {sorted(names)}')
        for name, digest in told['saved'].items():
            with open(os.path.join(top, name), 'rb') as f:
                b = f.read()
            check(hashlib.sha256(b).hexdigest() == digest and
                  set(w.split(b':')[0] for w in b.split()) <=
                  {who.encode()[:k] for k in range(9)}, f'{who}: {name}')
        for name in os.listdir(top):
            os.unlink(os.path.join(top, name))
        m.stop()
    return reports


def log(room, people, reports, since):
    """Every entry of a session is of its annotator's own things."""
    entries = [e for e in room.log() if e['seq'] >= since]
    starts = {e['seq']: e['annotator'] for e in entries
              if e['kind'] == 'SESSION_START' and e['annotator'] in people
              and e['confinement'] == 'guard-rail'}
    ends = [e['seq'] for e in entries if e['kind'] == 'SESSION_END'
            and e['session'] in starts]
    check(sorted(starts.values()) == sorted(people), f'sessions: {starts}')
    check(max(starts) < min(ends), 'the sessions were not there at once')
    by_seq = {e['seq']: e for e in entries}
    reads = dict.fromkeys(people, 0)
    for e in entries:
        who = starts.get(e.get('session'))
        if who is None:
            continue
        check(e['who'] == who, f'{e["who"]} in a session of {who}: {e}')
        path = e.get('path') or ''
        if e['kind'] == 'READ':
            reads[who] += 1
            check(by_seq[e['ref']]['session'] == e['session'],
                  f'reads what another session opened: {e}')
        if e['kind'] in ('OPEN', 'READ', 'LEASE') and path:
            # A LEASE names the folder.
            check((path + '/').startswith((f'd/own-{who}/', 'd/common/')),
                  f'{who} and {path}')
        if e['kind'] in ('CREATE', 'WRITE', 'RENAME', 'UNLINK', 'TRUNCATE'):
            # closed after it was replaced: its first entry has the name
            first = by_seq.get(e.get('ref'), {}) if not path else e
            check(first.get('path', '').startswith(f'work/{who}') or
                  path == 'work/report.json', f'{who} and {e}')
            check(first.get('session') == e['session'], f'{who} and {e}')
    for who in people:
        check(reads[who] == reports[who]['reads'],
              f'{who} read {reports[who]["reads"]} times, logged are '
              f'{reads[who]}')
    return starts


def once(room, pol, people, s, seconds):
    since = room.log()[-1]['seq'] + 1
    views = {who: shown(room, pol, who) for who in people}
    at_once(room, pol, views, s, seconds)
    reports = areas(room, pol, people)
    starts = log(room, people, reports, since)
    swapped = dict(reports, a0=reports['a1'], a1=reports['a0'])
    try:
        log(room, people, swapped, since)
    except AssertionError:
        pass
    else:
        raise AssertionError('reports of two that changed places fit the log')
    for seq in list(starts)[:2]:
        room.run('audit', 'replay', '--session', str(seq))
    print(f'{len(people)} at once, {seconds} s: '
          f'{sum(r["reads"] for r in reports.values())} reads, '
          f'{sum(r["saves"] for r in reports.values())} saves', flush=True)


def main():
    need_fuse()
    if subprocess.run(['unshare', '-U', 'true'],
                      capture_output=True).returncode != 0:
        skip('user namespaces are off here')
    if not os.path.exists(PYTHON):
        skip(f'no {PYTHON}')
    s = seed()
    people = [f'a{i}' for i in range(10)]
    with Room() as room:
        filled(room, data(people))
        pol = policy(room, people)
        with open(pol) as f:
            room.write('owner.yaml', f.read().replace('guard-rail', 'none'))
        once(room, pol, people[:2], s, SECONDS[0])
        once(room, pol, people, s, SECONDS[1])
        room.run('audit', 'verify', '--key', room.vkey)
        room.run('fsck')
        shutil.rmtree(room.path('d'))


if __name__ == '__main__':
    sys.exit(main())
