"""Limits of a role: how much, how often, how long; counted per annotator, over
sessions and killed gateways; shown, logged, and never for the owner.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import pwd
import re
import sqlite3
import subprocess

from carrel import CARREL, Room, check, need_fuse, until

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
language: en
files:
  - { match: "*.json", records: "$[*]" }
'''
ROLES = dict(free='', bytes='bytes_per_day: 50000', records='records_per_hour: 5',
             opens='opens_per_minute: 4', short='session: 8s', idle='idle: 8s',
             all='records_per_hour: 600, bytes_per_day: 2GiB, '
                 'opens_per_minute: 500, session: 8h, idle: 30m')
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: guard-rail
roles:
'''
FILES, RECORDS = 250, 40
QUOTA = 'Disk quota exceeded'


def policy(**more):
    """Each role has an annotator of its name."""
    text = POLICY
    for role, limits in dict(ROLES, **more).items():
        text += (f'  {role}: {{ see: [ {{ files: "d/**", records: all }} ], '
                 f'names: keep, redact: {{ default: keep }}, '
                 f'allow: {{ terminal: true }}, limits: {{ {limits} }} }}\n')
    return text + 'annotators:\n' + ''.join(
        f'  {role}: {{ role: {role} }}\n' for role in dict(ROLES, **more))


def fill(room):
    for i in range(FILES):
        n = RECORDS if i == 0 else 1
        room.write(f'd/{i:03}.json', json.dumps(
            [{'n': k, 'text': f'file {i} says {k} ' + 'and more ' * 60}
             for k in range(n)]))
    room.write('m.yaml', MANIFEST)
    room.write('p.yaml', policy())
    room.run('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
             room.path('d'))


class Session:
    """carrel run in the background."""

    def __init__(self, room, who, script, by=None):
        by = by if by is not None else ('--policy', room.path('p.yaml'),
                                        '--as', who)
        self.p = subprocess.Popen(
            [CARREL, 'run', *by, '--no-terminal', '--', '/bin/bash', '-c',
             script], env=room.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def end(self, code=0, timeout=120):
        _, err = self.p.communicate(timeout=timeout)
        check(self.p.returncode == code, f'exit {self.p.returncode}: {err}')
        return err


def inside(room, who, script, code=0, **kw):
    return Session(room, who, script, **kw).end(code)


def last(room, op):
    """The newest entries of the kind, of the session that ended last."""
    s = room.log('--op', 'SESSION_END')[-1]['session']
    return [e for e in room.log('--op', op) if e['session'] == s]


# A file's bytes that came before the limit, and why no more did.
TAKE = '''set -e; cd /carrel
take() { cat "$1" 2>work/why | cat >work/got; grep -q "%s" work/why; }
size() { stat -c %%s "$1"; }
''' % QUOTA


def by_bytes(room):
    whole = os.path.getsize(room.path('d/000.json'))
    check(whole < 50000 < 3 * whole, str(whole))
    inside(room, 'bytes', TAKE + '''
    cat data/d/000.json >/dev/null
    cat data/d/000.json >/dev/null
    take data/d/000.json
    test $(size work/got) = %d
    for i in $(seq 200); do ! cat data/d/001.json 2>/dev/null; done
    ls -l data/d | wc -l; cat TASK.md; cat work/got >work/mine
    ''' % (50000 - 2 * whole))
    d = [e for e in last(room, 'DENIED') if e['op'] == 'limit']
    check(0 < len(d) < 60, f'{len(d)} entries for 201 refusals')
    check(all(e['rule'] == 'bytes_per_day' and e['result'] == -122
              for e in d), str(d[0]))
    check(d[0]['path'] == 'd/000.json', d[0]['path'])
    end = last(room, 'SESSION_END')[0]
    check(end['bytes'] >= 50000 and end['denials'] == 201, str(end))
    check(end['opens'] >= 204, str(end))  # TASK.md was opened, too
    # What was cut is what the log says and what can be made again.
    room.run('audit', 'replay', '--session', str(end['session']))
    # A new session is no new day, and another annotator another one.
    inside(room, 'bytes', TAKE + 'take data/d/000.json; test ! -s work/got')
    inside(room, 'free', 'cat data/d/*.json >/dev/null')
    check(last(room, 'SESSION_END')[0]['count'] == FILES - 1 + RECORDS,
          'records of the whole view')


def by_records(room):
    inside(room, 'records', TAKE + '''
    take data/d/000.json
    test $(grep -o "file 0 says" work/got | wc -l) = 5
    cp work/got work/first
    grep -q "^- 5 records an hour" TASK.md
    dd if=data/d/000.json of=work/again bs=$(size work/first) count=1
    cmp work/first work/again
    ! cat data/d/001.json''')
    end = last(room, 'SESSION_END')[0]
    check(end['count'] == 5, str(end))
    check({e['rule'] for e in last(room, 'DENIED')} == {'records_per_hour'},
          str(last(room, 'DENIED')))
    room.run('audit', 'replay', '--session', str(end['session']))


def by_opens(room):
    inside(room, 'opens', TAKE + '''
    for i in 1 2 3 4; do cat data/d/00$i.json >/dev/null; done
    take data/d/005.json
    cat TASK.md >/dev/null; ls data/d >/dev/null''')
    check(last(room, 'DENIED')[0]['rule'] == 'opens_per_minute', 'rule')
    check(len([e for e in last(room, 'OPEN') if e['path'] != 'TASK.md']) == 4,
          str(last(room, 'OPEN')))


def by_time(room):
    for who, reason in (('short', 'session limit'), ('idle', 'idle')):
        said = inside(room, who, 'cd /carrel/work; echo kept >it; '
                      'grep -q "^## Limits" ../TASK.md && '
                      'grep -q "session ends" ../TASK.md && sleep 600', code=5)
        check(reason in said, 'no reason')
        soon = re.search(r'this session ends in (\d+) seconds', said)
        check(soon, f'not told before: {said}')
        check(who == 'short' or int(soon[1]) <= 4, f'told too soon: {said}')
        check('ends at ' in said if who == 'short' else 'when idle' in said,
              f'not told at the start: {said}')
        check(last(room, 'SESSION_END')[0]['reason'] == reason, 'reason')
        check('it' in room.run('work', 'list', '--as', who).stdout.split(),
              'saved work is gone')


def shown(room):
    """status has what was used; a sweep is told of once and stops nobody."""
    s = Session(room, 'all', 'cd /carrel; cat data/d/00?.json >/dev/null; '
                'until test -e work/go; do sleep 0.1; done; sleep 600')
    size = sum(os.path.getsize(room.path(f'd/00{i}.json')) for i in range(10))
    until('reads', lambda: [x for x in room.sessions() if x['bytes'] >= size])
    x = room.sessions()[0]
    check(x['records_used'] == x['records'] == 9 + RECORDS and
          x['records_per_hour'] == 600, str(x))
    check(x['bytes_used'] == size, str(x))
    check((x['opens_used'], x['opens_per_minute'], x['session_limit'],
           x['idle_limit'], x['sweep']) == (10, 500, 28800, 1800, False),
          str(x))
    line = room.run('status').stdout.splitlines()[1]
    check(f'records {9 + RECORDS}/600' in line and 'opens 10/500' in line and
          'sweep' not in line, line)
    room.run('session', 'end', '--all')
    s.end(5)
    s = Session(room, 'all', 'cat /carrel/data/d/*.json >/dev/null; sleep 600')
    until('a sweep', lambda: [x for x in room.sessions() if x['sweep'] and
                              x['opens'] >= FILES])
    check('  sweep' in room.run('session', 'list').stdout, 'sweep')
    room.run('session', 'end', '--all')
    s.end(5)
    alerts = last(room, 'ALERT')
    check([(e['op'], e['count']) for e in alerts] ==
          [('sweep', FILES // 2 + 1)], str(alerts))


def killed(room):
    """A gateway that is killed has told the catalog before it told anybody."""
    room.write('p.yaml', policy(kill='bytes_per_day: 50000'))
    whole = os.path.getsize(room.path('d/000.json'))
    for i in range(2):
        p = subprocess.Popen([CARREL, 'serve'], env=room.env, text=True,
                             stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        check('serving' in p.stderr.readline(), 'not ready')
        s = Session(room, 'kill', 'cat /carrel/data/d/000.json >/dev/null; '
                    'sleep 600')
        until('a read', lambda: [x for x in room.sessions()
                                 if x['bytes'] >= whole])
        used = room.sessions()[0]['bytes_used']
        check((i + 1) * whole <= used <= (i + 1) * whole + i * 50000 // 64,
              f'{used} after {i + 1} of {whole}')
        p.kill()
        p.wait()
        s.end(5)
    inside(room, 'kill', TAKE + f'''take data/d/000.json
    test $(size work/got) -le {50000 - 2 * whole}''')
    room.run('audit', 'verify', '--key', room.vkey)


def cells(room):
    db = sqlite3.connect(room.path('store/catalog.db'))
    rows = {(k, n): v for k, n, v in db.execute(
        'SELECT kind, name, value FROM cell')}
    db.close()
    return rows


def damaged(room):
    """A counter nobody can read shows nothing, to its annotator only."""
    room.write('p.yaml', policy(evelyn='bytes_per_day: 50000'))
    was = []
    for _ in range(3):
        was.append(cells(room))
        inside(room, 'evelyn', 'cat /carrel/data/d/001.json')
    new = {k: v for k, v in cells(room).items()
           if k not in was[0] and len({w.get(k, v) for w in was} | {v}) == 3}
    check(len(new) == 1, f'{len(new)} cells that change with each session')
    for f in os.listdir(room.store):
        if f.startswith('catalog'):
            with open(os.path.join(room.store, f), 'rb') as c:
                check(b'evelyn' not in c.read(), 'a name in the catalog')
    (kind, name), value = new.popitem()
    db = sqlite3.connect(room.path('store/catalog.db'))
    db.execute('UPDATE cell SET value=? WHERE kind=? AND name=?',
               (value[:-1] + bytes([value[-1] ^ 1]), kind, name))
    db.commit()
    err = inside(room, 'evelyn', 'true', code=7)
    check('nothing is shown' in err and 'evelyn' in err, err)
    inside(room, 'free', 'cat /carrel/data/d/001.json')
    room.run('fsck', code=7)
    db.execute('UPDATE cell SET value=? WHERE kind=? AND name=?',
               (value, kind, name))
    db.commit()
    db.close()
    inside(room, 'evelyn', 'cat /carrel/data/d/001.json')
    room.run('fsck')


def owner(room):
    """The owner's own looks cost nobody anything."""
    m = room.mount(room.path('p.yaml'), 'opens')
    for i in range(20):
        with open(m.dir + f'/data/d/{i:03}.json', 'rb') as f:
            check(f.read(), 'empty')
    check('records_used' not in room.sessions()[0], 'a limit for the owner')
    m.stop()
    out = room.preview(room.path('p.yaml'), 'records')
    check(os.path.getsize(out + '/d/000.json') ==
          os.path.getsize(room.path('d/000.json')), 'preview is cut')


def by_policy(room):
    """A lower limit in force ends who has a higher one; a higher does not."""
    me = pwd.getpwuid(os.getuid()).pw_name

    def put(limits):
        p = room.write('f.yaml', policy(me=limits).replace(
            '{ role: me }', f'{{ role: me, user: {me} }}'))
        return room.json('policy', 'apply', p)['ended']
    put('session: 1h, bytes_per_day: 1MiB')
    s = Session(room, None, 'sleep 600', by=())
    until('a session', lambda: len(room.sessions()) == 1)
    check(put('session: 2h, bytes_per_day: 2MiB') == 0, 'more ended it')
    check(put('session: 1h, bytes_per_day: 2MiB') == 0, 'the same ended it')
    check(put('session: 1h, bytes_per_day: 1MiB, idle: 1h') == 1, 'it stays')
    check('policy changed' in s.end(5), 'no reason')


def main():
    need_fuse()
    with Room() as room:
        fill(room)
        check('limits' not in room.run('policy', 'check',
                                       room.path('p.yaml')).stderr, 'warning')
        for step in (by_bytes, by_records, by_opens, by_time, shown, killed,
                     damaged, owner, by_policy):
            step(room)
            print(step.__name__)
        room.run('audit', 'verify', '--key', room.vkey)


main()
