"""Runs the programs of cases.py, each in a session of its own and, as the
control, in a plain folder over the same bytes.

usage: run.py [--control | --inside] [NAME...]

Prints a line per case: PASS, FAIL (with its output) or NA (with the reason).
Exit 1 where one fails.
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'work'))
from area import Room, filled, policy, work_of  # noqa: E402
from carrel import CARREL, check, need_fuse, on_pty, skip  # noqa: E402
from cases import CASES, MANY, ROWS  # noqa: E402

PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'
LEAST = 25     # cases that apply here, or the run says too little
# What the case left, as names and digests, written last.
SUMS = r'''
cd "$W"
find . -type f ! -name .sums -print0 | sort -z | xargs -0r sha256sum >.sums
'''


def data():
    """The files of the data set, each row with something to redact."""
    rows = [{'i': i, 't': f'row {i}', 'm': f'mail person{i}@example.org'}
            for i in range(ROWS)]
    table = io.StringIO()
    out = csv.DictWriter(table, list(rows[0]), lineterminator='\n')
    out.writeheader()
    # shown unread, so with nothing in it to redact
    out.writerows([dict(r, m='none') for r in rows])
    files = {'a.json': json.dumps(rows),
             'b.jsonl': ''.join(json.dumps(r) + '\n' for r in rows),
             'c.csv': table.getvalue()}
    for i in range(1, MANY + 1):
        files[f'many/{i:03}.json'] = json.dumps([rows[i]])
    return files


def missing(case):
    """Why the case does not apply here; None where it does."""
    for n in case.needs:
        if '/' in n and not os.path.exists(n):
            return f'no {n}'
        if '/' not in n and shutil.which(n, path=PATH) is None:
            return f'no {n}'
    return None


def script(case, data_dir, top):
    w = os.path.join(top, 'c-' + case.name.replace(' ', '-').replace(',', ''))
    return w, (f'export D={data_dir} W={w}; set -eu; mkdir -p "$W"; '
               f'cd "$W"\n{case.script}\n{SUMS}')


class Plain:
    """The control: the view's bytes and the work in ordinary folders."""

    def __init__(self, room, view):
        self.view = os.path.join(view, 'd')
        self.top = room.path('plain')
        os.mkdir(self.top)

    def run(self, case):
        home = tempfile.mkdtemp(prefix='home-', dir=os.path.dirname(self.top))
        env = {'PATH': PATH, 'HOME': home, 'LANG': 'C.UTF-8', 'TERM': 'xterm',
               'SHELL': '/bin/sh', 'USER': os.environ.get('USER', 'root')}
        _, text = script(case, self.view, self.top)
        spaces = '-m' if os.getuid() == 0 else '-rm'
        code, out = on_pty(['/usr/bin/unshare', spaces, '/bin/sh', '-c',
                            PRIVATE, '-', text, os.path.dirname(self.top),
                            self.view],
                           env, timeout=case.seconds)
        shutil.rmtree(home, ignore_errors=True)
        return code, out

    def folder(self):
        return self.top

    def done(self):
        pass


# The control has a /tmp of its own, as a session has. The work folder and the
# view, read-only, are seen in it; mode bits bind it, as they bind a session.
PRIVATE = '''cd "$2" && mount -t tmpfs tmpfs /tmp && mkdir -p "$2" &&
mount -c --rbind . "$2" && mount -t tmpfs tmpfs /var/tmp && cd / &&
mount --bind "$3" "$3" && mount -o remount,bind,ro "$3" || exit 99
exec setpriv --bounding-set=-dac_override,-dac_read_search /bin/sh -c "$1"'''


class Inside:
    """Sessions; afterwards the owner's mount shows what they left."""

    def __init__(self, room):
        self.room = room
        self.policy = policy(room, confinement='guard-rail')

    def run(self, case):
        _, text = script(case, '/carrel/data/d', '/carrel/work')
        return on_pty([CARREL, 'run', '--policy', self.policy, '--as',
                       'alice', '--', '/bin/sh', '-c', text], self.room.env,
                      timeout=case.seconds)

    def folder(self):
        self.mount = self.room.mount(policy(self.room), 'alice')
        return work_of(self.mount)

    def done(self):
        self.mount.stop()


def holds(case, top):
    """What the case left is what it digested; None, or a complaint."""
    w, _ = script(case, '', top)
    if not os.path.exists(os.path.join(w, '.sums')):
        return 'the folder is gone'
    r = subprocess.run(['sha256sum', '-c', '--quiet', '.sums'], cwd=w,
                       capture_output=True, text=True)
    if r.returncode == 0 and case.after:
        r = subprocess.run(['/bin/sh', '-euc', case.after], cwd=w,
                           capture_output=True, text=True,
                           env=dict(os.environ, PATH=PATH))
    return None if r.returncode == 0 else r.stdout[-500:] + r.stderr[-500:]


def run(place, names):
    """Runs the cases; returns {name: PASS, FAIL or NA}."""
    verdicts, took = {}, {}
    for case in CASES:
        if names and case.name not in names:
            continue
        why = missing(case)
        if why:
            print(f'NA    {case.name}: {why}')
            verdicts[case.name] = 'NA'
            continue
        start = time.time()
        code, out = place.run(case)
        took[case.name] = time.time() - start
        verdicts[case.name] = 'PASS' if code == 0 else 'FAIL'
        if code != 0:
            print(f'FAIL  {case.name}: exit {code}\n'
                  + out.decode(errors='replace')[-3000:])
    top = place.folder()
    for case in CASES:
        if verdicts.get(case.name) == 'PASS':
            why = holds(case, top)
            if why:
                verdicts[case.name] = 'FAIL'
                print(f'FAIL  {case.name}: afterwards: {why}')
            else:
                print(f'PASS  {case.name} ({took[case.name]:.1f}s)')
    place.done()
    return verdicts


def told(where, verdicts):
    n = {v: list(verdicts.values()).count(v) for v in ('PASS', 'FAIL', 'NA')}
    print(f'{where}: {n["PASS"]} passed, {n["FAIL"]} failed, '
          f'{n["NA"]} not applicable', flush=True)
    return n


def inside_possible(room, view):
    """Skips where sessions or their work area cannot be had."""
    if subprocess.run(['unshare', '-U', 'true'],
                      capture_output=True).returncode != 0:
        skip('user namespaces are off here')
    m = room.mount(policy(room), 'alice')
    work_of(m)
    m.stop()
    check(sorted(os.listdir(os.path.join(view, 'd'))) ==
          ['a.json', 'b.jsonl', 'c.csv', 'many'], 'the view is not whole')


def in_readme():
    """Each case stands in the table, and no other."""
    with open(os.path.join(HERE, 'README.md')) as f:
        rows = [x.split(' | ')[0][2:] for x in f if x.startswith('| ')]
    check(rows[1:] == [c.name for c in CASES], 'README.md lists other cases')


def main():
    args = sys.argv[1:]
    names = [a for a in args if not a.startswith('--')]
    in_readme()
    need_fuse()
    with Room() as room:
        filled(room, data())
        view = room.preview(policy(room), 'alice')
        places = []
        if '--inside' not in args:
            places.append(('plain folder', Plain(room, view)))
        if '--control' not in args:
            inside_possible(room, view)
            places.append(('session', Inside(room)))
        bad = 0
        for where, place in places:
            n = told(where, run(place, names))
            bad += n['FAIL']
            check(names or n['PASS'] + n['FAIL'] >= LEAST,
                  'hardly any of the programs is installed')
        if places[-1][0] == 'session':
            room.run('audit', 'verify', '--key', room.vkey)
            room.run('fsck')
        sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
