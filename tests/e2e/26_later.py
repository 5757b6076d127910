"""What an owner does later, with everything in use: searching anew what is
stored, data whose time is over, room given back under readers, a new root key
under load, an export of pairs that were shown exchanged, an end that was cut
off.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import random
import shutil
import subprocess
import threading
import time

from carrel import CARREL, Room, check, need_fuse, seed, until
from ways import files_below

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p], training: true TERMS }
language: en
files:
  - { match: "**/*.json", records: "$[*]", id: "$[*].id",
      text: ["$[*].text", "$[*].a", "$[*].b"] }
CUSTOM'''
CUSTOM = ('recognizers: { custom: [ { type: ANIMAL, pattern: '
          '"zebra[a-z]*" } ] }\n')
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [d]
confinement: none
roles:
  plain:
    see: [ { files: "d/**", records: all } ]
    names: keep
    redact: { default: keep, PERSON: pseudonym, ANIMAL: tag }
    work: { keep: ["*"], quota: 1MiB }
    fields:
      - { files: "d/**", swap: [["$[*].a", "$[*].b"]] }
annotators: { alice: { role: plain }, bob: { role: plain },
              carol: { role: plain } }
'''
PEOPLE = ['Gunnar Inglewood', 'Maria Castellano', 'Theodora Quill']


def records(n):
    """Incompressible, so that packs have something in them."""
    rnd = random.Random(n)
    return [{'id': f'r{n}-{i}',
             'text': f'Hello, my name is {PEOPLE[(n + i) % 3]}, and this is '
             'my zebra. ' + rnd.randbytes(1500).hex(),
             'a': f'first {n} {i}', 'b': f'second {n} {i}'}
            for i in range(6)]


def manifest(room, name='m.yaml', custom='', terms=''):
    return room.write(name, MANIFEST.replace('CUSTOM', custom)
                      .replace('TERMS', terms))


def fill(room, n=8):
    for k in range(n):
        room.write(f'd/{k}.json', json.dumps(records(k)))
    room.write('p.yaml', POLICY)
    room.run('ingest', '--manifest', manifest(room), room.path('d'))


def view(room):
    out = room.preview(room.path('p.yaml'), 'alice')
    try:
        return files_below(out)
    finally:
        shutil.rmtree(out)


def sound(room):
    room.run('fsck')
    room.run('audit', 'verify', '--key', room.vkey)


class Reading:
    """A session that reads all it sees again and again."""

    def __init__(self, room):
        self.m = room.mount(room.path('p.yaml'), 'alice')
        self.top = os.path.join(self.m.dir, 'data')
        self.first = files_below(self.top)
        self.over, self.bad, self.rounds = threading.Event(), [], 0
        self.t = threading.Thread(target=self.run, daemon=True)
        self.t.start()

    def run(self):
        while not self.over.is_set() and len(self.bad) < 10:
            try:
                if files_below(self.top) != self.first:
                    self.bad.append('differs')
            except OSError as e:
                self.bad.append(str(e))
            self.rounds += 1

    def more(self, n=2):
        was = self.rounds
        until('reads', lambda: self.rounds >= was + n or self.bad)

    def stop(self):
        try:
            self.more()
        finally:
            self.over.set()
            self.t.join()
        check(not self.bad, str(self.bad[:3]))
        check(self.m.stop() == 0, 'the mount')


def killed(room, rnd, *args, within=0.3):
    """The command, killed somewhere on its way where it takes long enough."""
    p = subprocess.Popen([CARREL, *args], env=room.env,
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    try:
        p.wait(rnd.random() * within)
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()


# ---- searching anew ----

def redetect(room, rnd):
    other = manifest(room, 'm2.yaml', CUSTOM)
    room.run('ingest', '--redetect', code=2)
    room.run('ingest', '--redetect', '--dataset', 'd', code=2)
    room.run('ingest', '--redetect', '--manifest', other, 'x', code=2)
    room.run('ingest', '--redetect', '--replace', '--manifest', other, code=2)
    room.run('ingest', '--redetect', '--dataset', 'e', '--manifest', other,
             code=4)
    sources = room.path('gone')
    os.rename(room.path('d'), sources)
    r = Reading(room)
    check(b'zebra' in r.first['d/0.json'], 'nothing to find')
    dry = room.json('ingest', '--redetect', '--dry-run', '--manifest', other)
    check(dry['types']['ANIMAL'] == 48 and dry['version'] == 0, str(dry))
    for _ in range(4):
        killed(room, rnd, 'ingest', '--redetect', '--manifest', other)
    room.run('ingest', '--redetect', '--manifest', other)
    again = room.json('ingest', '--redetect', '--manifest', other)
    check(again['version'] == 2 and again['skipped'] == 8, str(again))
    r.stop()  # it saw what it began with, to its end
    now = view(room)
    check(set(now) == set(r.first), 'other files')
    for k, v in now.items():
        check(b'zebra' not in v and b'ANIMAL' in v, f'{k}: {v[:900]}')
    # What was read of the set of before is made again from it.
    reads = room.log('--op', 'READ')
    for e in (reads[0], reads[-1]):
        room.run('audit', 'replay', str(e['seq']))
    check([e['op'] for e in room.log('--op', 'INGEST')][-2:] ==
          ['sealed', 'published'], 'log')
    os.rename(sources, room.path('d'))
    same = room.json('ingest', '--manifest', other, room.path('d'))
    check(same['skipped'] == 8 and same['version'] == 2, str(same))
    sound(room)


# ---- room ----

def packs(room):
    """Their bytes; what a kill left of one goes with the next own lock."""
    return sum(os.path.getsize(os.path.join(b, f)) for b, _, fs in
               os.walk(os.path.join(room.store, 'packs')) for f in fs
               if f.endswith('.pack'))


def collect(room, rnd):
    """Packs are rewritten while a session reads from them, and kill -9 of gc
    loses nothing."""
    for k in range(0, 8, 2):
        room.run('erase', f'd/{k}.json', '--record', f'r{k}-0', '--yes')
    r = Reading(room)
    full = packs(room)
    dry = room.json('gc', '--dry-run')
    check(packs(room) == full, 'a dry run')
    for _ in range(5):
        killed(room, rnd, 'gc', within=0.15)
        room.run('fsck')
    room.run('gc')
    r.more()
    done = room.json('gc')
    check(done['rewritten'] + done['removed'] == 0, str(done))
    check(packs(room) <= full, f'{packs(room)} of {full}: {dry}')
    r.stop()
    check(view(room) == r.first, 'another view')
    # One object less in a pack with others.
    room.run('ingest', '--dataset', 'e', '--manifest', room.path('m.yaml'),
             room.path('d'))
    full = packs(room)
    for k in (0, 5):
        room.run('erase', f'e/{k}.json', '--yes')
    dry = room.json('gc', '--dry-run')
    r = Reading(room)
    done = room.json('gc')
    check(done['rewritten'] > 0 and done['freed'] == dry['freed'] and
          done['rewritten'] == dry['rewritten'], f'{dry} {done}')
    check(packs(room) < full, 'no room')
    r.stop()
    sound(room)


def expired(room):
    """Data whose time is over goes, the rest stays."""
    keep = view(room)
    room.run('gc', '--expired')  # nothing to ask for
    m = manifest(room, 'm3.yaml', CUSTOM, ', retain_until: 2025-06-30')
    room.run('ingest', '--dataset', 'e', '--redetect', '--manifest', m)
    r = room.json('gc', '--expired', '--dry-run')
    check([(x['dataset'], x['objects']) for x in r['expired']] == [('e', 6)],
          str(r))
    room.run('gc', '--expired', code=2)  # nobody to ask
    check(len(room.run('ls', 'e').stdout.split()) == 6, 'it went all the same')
    r = room.json('gc', '--expired', '--yes')
    check(r['expired'][0]['contents'] == 6 and r['out_of_reach'], str(r))
    check(room.run('ls', 'e', code=None).stdout == '', 'there')
    r = room.json('gc', '--expired', '--yes')
    check(r['expired'] == [], str(r))
    check(view(room) == keep, 'another view')
    check(room.log('--op', 'ERASE')[-1]['what'] == 'dataset', 'log')
    sound(room)


# ---- saved work ----

def saved(room, who, read=(), write=(), rename=None):
    """A session of who that reads these and then writes those."""
    m = room.mount(room.path('p.yaml'), who)
    for n in read:
        with open(os.path.join(m.dir, 'data/d', n), 'rb') as f:
            f.read()
    for n in write:
        p = os.path.join(m.dir, 'work', n)
        os.makedirs(os.path.dirname(p), exist_ok=True)
        with open(p, 'w') as f:
            f.write('what I saw')
        os.utime(p, (0, 0))  # as old as one likes to say
    if rename:
        os.rename(*(os.path.join(m.dir, 'work', n) for n in rename))
    return m


def work(room):
    """What may have come of a record goes with it: of those who opened its
    file, what they changed since. Nothing else."""
    for who, read in (('carol', ['7.json']), ('bob', ['1.json'])):
        m = saved(room, who, read, ['before', 'moved'])
        check(m.stop() == 0, who)
    time.sleep(2.1)
    m = saved(room, 'carol', ['3.json'], ['after', 'a/b/deep'],
              ('moved', 'moved since'))
    check(m.stop() == 0, 'carol')
    m = saved(room, 'bob', ['2.json'], ['after'])
    args = ('erase', 'd/3.json', '--record', 'r3-2', '--work')
    room.run(*args[:-1], '--auditor-key', 'x', '--yes', code=2)
    r = room.json(*args, '--dry-run')
    gone = ['a/b/deep', 'after', 'moved since']
    check(sorted((x['annotator'], x['path']) for x in r['work']) ==
          [('carol', x) for x in gone], str(r['work']))
    check(r['work_files'] == 3 and m.p.poll() is None, 'a dry run')
    r = room.json(*args, '--yes')
    check(r['work_files'] == 3 and r['records'] == 1, str(r))
    check(m.p.wait(60) is not None, 'the mount stayed')
    m.clean()
    left = sorted((x['annotator'], x['path'])
                  for x in room.json('work', 'list')['files'])
    check(left == [('bob', 'after'), ('bob', 'before'), ('bob', 'moved'),
                   ('carol', 'before')], str(left))
    check([e['op'] for e in room.log('--op', 'ERASE')][-3:] ==
          ['work', 'begin', 'erased'], 'log')
    room.run('erase', 'd/3.json', '--record', 'r3-3', '--yes')
    check(len(room.json('work', 'list')['files']) == 4, 'not asked for')
    sound(room)


# ---- keys under load ----

def rotate(room):
    """Sessions read, an ingest follows another, the root is changed between
    and beside them."""
    before = view(room)
    old = room.path('old.yaml')
    r = Reading(room)
    over, bad, taken = threading.Event(), [], []

    def ingest():
        while not over.is_set():
            n = 100 + len(taken)
            room.write(f'more/{n}.json', json.dumps(records(n)))
            x = room.run('ingest', '--dataset', 'd', '--manifest',
                         room.path('m2.yaml'), room.path(f'more/{n}.json'),
                         code=None)
            if x.returncode == 0:
                taken.append(n)
            elif x.returncode != 8:
                bad.append(x.stderr)

    t = threading.Thread(target=ingest)
    t.start()
    try:
        rotated = 0
        while rotated < 4:
            shutil.copy(os.path.join(room.store, 'store.yaml'), old)
            x = room.run('key', 'rotate', code=None)
            check(x.returncode in (0, 8), x.stderr)
            rotated += x.returncode == 0
        n = len(taken)
        until('ingests', lambda: len(taken) > n + 1)
    finally:
        over.set()
        t.join()
    r.stop()
    check(not bad, str(bad[:2]))
    now = view(room)
    for k, v in before.items():
        check(now[k] == v, f'{k}: another stand-in, or lost')
    for n in taken:
        got = json.loads(now[f'd/{n}.json'])
        check([x['id'] for x in got] == [x['id'] for x in records(n)], str(n))
    # The root of before opens nothing that was written since.
    shutil.copytree(room.store, room.path('mixed'))
    shutil.copy(old, room.path('mixed', 'store.yaml'))
    room.run('ls', '--store', room.path('mixed'), code=7)
    sound(room)


# ---- export, and an end ----

def export(room):
    """Pairs that annotators saw exchanged lie as they are stored."""
    shown = view(room)
    lines = room.jsonl('policy', 'explain', '--policy', room.path('p.yaml'),
                       '--as', 'alice', '--swaps')
    swapped = {x['record'] for x in lines if x.get('swapped')}
    check(swapped, 'no coin fell so')
    room.run('export', '--policy', room.path('p.yaml'), '--as', 'plain',
             '--out', room.path('train'))
    for name, text in files_below(room.path('train')).items():
        if name == 'receipt.json':
            continue
        for x, y in zip(json.loads(text), json.loads(shown[name])):
            check(x['a'].startswith('first') and x['b'].startswith('second'),
                  f'{name}: {x["a"]}')
            check((y['a'] != x['a']) == (x['id'] in swapped), x['id'])
            check(x['text'] == y['text'], 'redacted in another way')


def end(room, rnd):
    """A project's end that was cut off is taken up by the same command."""
    m = room.mount(room.path('p.yaml'), 'alice')
    with open(os.path.join(m.dir, 'work', 'mine'), 'w') as f:
        f.write('x')
    check(m.stop() == 0, 'the mount')
    q = room.write('q.yaml', POLICY.replace('project: p', 'project: q'))
    for _ in range(6):
        killed(room, rnd, 'project', 'end', 'p', '--yes', within=0.1)
    x = room.run('project', 'end', 'p', '--yes', code=None)
    check(x.returncode in (0, 6), x.stderr)
    check(not os.listdir(os.path.join(room.store, 'work')), 'a folder')
    room.run('preview', '--policy', room.path('p.yaml'), '--as', 'alice',
             '--out', room.path('none'), code=6)
    room.run('project', 'end', 'p', '--yes', code=6)
    room.run('preview', '--policy', q, '--as', 'alice', '--out',
             room.path('no'), code=5)  # not in the terms
    sound(room)


def main():
    need_fuse()
    rnd = random.Random(seed())
    with Room() as room:
        fill(room)
        redetect(room, rnd)
        collect(room, rnd)
        expired(room)
        work(room)
        rotate(room)
        export(room)
        end(room, rnd)


if __name__ == '__main__':
    main()
