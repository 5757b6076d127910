"""Ten sessions at once on many files: each lists all of them, reads one, saves
a thousand of its own. What the gateway takes stays within DESIGN's bound: with
CARREL_LONG for the 20,000 files it is for, else for a tenth of them.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import subprocess
import time

from carrel import CARREL, LONG, SANITIZED, Room, check, need_fuse, until

FILES, SAVES = (20000, 1000) if LONG else (2000, 100)
MOST = 64 if LONG else 40    # MiB, of the gateway with ten sessions
PEOPLE = [f'a{i}' for i in range(10)]
MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p] }
files:
  - { match: "**/*.json", records: "$[*]" }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: guard-rail
roles:
  r:
    see: [ { files: "d/**", records: all } ]
    names: keep
    redact: { default: pseudonym }
    work: { keep: ["**"], quota: 64MiB }
annotators: { %s }
''' % ', '.join(f'{w}: {{ role: r }}' for w in PEOPLE)
SCRIPT = '''n=$(find data -ls | grep -c json) || exit 8
cat data/d/0/0.json data/d/0/1.json >/dev/null || exit 9
sleep 5
i=0
while [ $i -lt %d ]; do
    echo "a note on $i of $n files" >work/$i.txt || exit 10
    i=$((i+1))
done
cat data/d/0/2.json >/dev/null && echo $n >work/done && sleep 600
''' % SAVES


def peak_mib(pid):
    with open(f'/proc/{pid}/status') as f:
        return next(int(x.split()[1]) for x in f
                    if x.startswith('VmHWM')) / 1024


def all_have(room, opens):
    """Every session is there and has opened so many files of the data."""
    s = room.sessions()
    return len(s) == len(PEOPLE) and all(x['opens'] >= opens for x in s)


HOARD = '''python3 - <<X
import os, resource, time
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
kept = []
try:
    for i in range(%d):
        kept.append(os.open(f'data/d/{i // 100}/{i}.json', os.O_RDONLY))
        os.read(kept[-1], 8)
except OSError as e:
    print(e)
print(len(kept), file=open('work/kept', 'w'))
time.sleep(600)
X
'''


def hoard(room, policy):
    """One who keeps every file open takes nothing from the others."""
    def start(who, script):
        return subprocess.Popen(
            [CARREL, 'run', '--policy', policy, '--as', who, '--no-terminal',
             '--', '/bin/bash', '-c', script], env=room.env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)

    a = start('a0', HOARD % FILES)
    try:
        until('she has them', lambda: any(
            f['path'] == 'kept' for f in
            room.json('work', 'list', '--as', 'a0', code=None)['files'])
            or a.poll() is not None, 120)
        kept = sum(s['opens'] for s in room.sessions())
        b = start('a1', 'for i in 1 2 3; do cat data/d/*/*[05].json || exit 9;'
                        ' done')
        err = b.communicate(timeout=600)[1]
        check(b.returncode == 0, err)
        check(kept >= 1500, f'only {kept} could be kept open')
        print(f'{kept} files kept open by one')
    finally:
        a.terminate()
        a.communicate()


def main():
    need_fuse()
    with Room() as room:
        # meson has malloc fill what it gives, libfuse's idle buffers, too.
        room.env.pop('MALLOC_PERTURB_', None)
        for i in range(FILES):
            room.write(f'd/{i // 100}/{i}.json', json.dumps(
                [{'n': i, 'text': f'mail x{i}@example.org'}]))
        t = time.time()
        room.run('ingest', '--dataset', 'd', '--manifest',
                 room.write('m.yaml', MANIFEST), room.path('d'))
        print(f'{FILES} files: ingest {time.time() - t:.1f} s')
        p = room.write('p.yaml', POLICY)
        out = [subprocess.Popen(
            [CARREL, 'run', '--policy', p, '--as', w, '--no-terminal', '--',
             '/bin/sh', '-c', SCRIPT], env=room.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for w in PEOPLE]
        try:
            until('all have listed', lambda: all_have(room, 2), 300)
            pid = room.json('status')['status']['pid']
            listed = peak_mib(pid)
            until('all have saved', lambda: all_have(room, 3), 300)
            saved = peak_mib(pid)
        finally:
            room.run('session', 'end', '--gateway', code=None)
            said = [x.communicate(timeout=120)[1] for x in out]
        check(all(x.returncode == 5 for x in out), str(said))
        print(f'gateway peak: {listed:.0f} MiB when all have listed, '
              f'{saved:.0f} MiB when each has saved {SAVES}')
        if not SANITIZED:
            check(saved <= MOST, f'the gateway took {saved:.0f} MiB')
        for w in PEOPLE:
            rows = room.json('work', 'list', '--as', w)
            names = {r['path'] for r in rows['files']}
            check(len(names) >= SAVES + 1, f'{w}: {len(names)} files')
        hoard(room, p)
        room.run('audit', 'verify', '--key', room.vkey)


if __name__ == '__main__':
    main()
