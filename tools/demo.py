"""The demonstration behind demo.sh: shows, and checks what it shows."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CARREL = os.path.abspath(sys.argv[1])
POLICY = os.path.join(TOP, 'example-policies', 'dialogue.yaml')
PREF = os.path.join(TOP, 'example-policies', 'preference.yaml')
WIDTH = 100

# Runs inside alice's session: prints what she can see, as JSON between marks.
LOOK = r'''
import json, os
out = {"tree": [], "calls": []}
for base, dirs, files in os.walk("/carrel/data"):
    dirs.sort()
    for f in sorted(files):
        p = os.path.join(base, f)
        out["tree"].append([os.path.relpath(p, "/carrel/data"),
                            os.path.getsize(p)])
        for d in json.load(open(p)):
            out["calls"].append([os.path.relpath(p, "/carrel/data"), d])
print("<<<" + json.dumps(out) + ">>>")
'''
# Three ways of copying out, tried inside; each says how it went.
TRIES = r'''
import os, shutil, socket
src = [os.path.join(b, f) for b, _, fs in os.walk("/carrel/data") for f in fs][0]
data = open(src, "rb").read()
def attempt(what, fn):
    try:
        fn()
        print("TRY", what, "-> done, inside")
    except OSError as e:
        print("TRY", what, "->", e.strerror)
attempt("cp to a folder of the host", lambda: shutil.copy(src, HOST))
attempt("send it to a server on this machine",
        lambda: socket.create_connection(("127.0.0.1", PORT), 1).sendall(data))
attempt("write it beside the data",
        lambda: open(src + ".copy", "wb").write(data))
'''


class Failed(Exception):
    pass


def say(text=''):
    print(text)


def step(title):
    say()
    say(f'== {title} '.ljust(WIDTH, '='))


def claim(ok, text):
    """Shown only when true; a false one ends the demonstration."""
    if not ok:
        raise Failed(text)
    say(f'   [checked] {text}')


def cut(text):
    text = text.rstrip()
    return text if len(text) <= WIDTH else text[:WIDTH - 3] + '...'


class Demo:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='carrel-demo-')
        self.data = os.path.join(self.dir, 'data')
        self.env = dict(os.environ, CARREL_STORE=os.path.join(self.dir,
                                                              'room'),
                        CARREL_KEY_FILE=os.path.join(self.dir, 'owner.key'))

    def run(self, *args, code=0, show=True):
        if show:
            shown = ' '.join(os.path.relpath(a, self.dir)
                             if a.startswith(self.dir) else
                             os.path.relpath(a, TOP)
                             if a.startswith(TOP) else a for a in args)
            say('$ carrel ' + cut(shown))
        r = subprocess.run([CARREL, *args], env=self.env, text=True,
                           capture_output=True, stdin=subprocess.DEVNULL)
        if r.returncode != code:
            raise Failed(f'carrel {args[0]}: exit {r.returncode}, wanted '
                         f'{code}\n{r.stderr}')
        return r

    def session(self, *command):
        """alice's session on a terminal of its own: (exit code, output)."""
        argv = [CARREL, 'run', '--policy', POLICY, '--as', 'alice', '--',
                *command]
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(CARREL, argv, self.env)
        out = b''
        while select.select([fd], [], [], 120)[0]:
            try:
                got = os.read(fd, 65536)
            except OSError:
                break
            if not got:
                break
            out += got
        _, status = os.waitpid(pid, 0)
        os.close(fd)
        return (os.waitstatus_to_exitcode(status),
                out.decode(errors='replace').replace('\r\n', '\n'))


def make_store(d):
    step('the owner makes a store and takes the data in')
    subprocess.run([os.path.join(TOP, 'tools', 'demo-data'), d.data],
                   check=True)
    vkey = d.run('init').stdout.strip()
    say('   the log\'s verifier key, for the auditors: ' + cut(vkey)[:60])
    r = d.run('ingest', '--dataset', 'bank', '--manifest',
              os.path.join(d.data, 'manifest.yaml'),
              os.path.join(d.data, 'dialogues'), os.path.join(d.data, 'pref'))
    for line in r.stdout.splitlines()[:12]:
        say('   ' + cut(line))
    names = [c['caller'] for c in sources(d).values()]
    bad = subprocess.run(['grep', '-rlaF', '-e', names[0], '-e', 'week-00',
                          '-e', 'Harbor Bank', d.env['CARREL_STORE']],
                         capture_output=True, text=True).stdout
    claim(not bad, 'no name, file name or sentence is readable in the store')
    return vkey


def sources(d):
    """dialogue_id -> the original, with the owner's eyes."""
    out = {}
    folder = os.path.join(d.data, 'dialogues')
    for f in sorted(os.listdir(folder)):
        with open(os.path.join(folder, f), encoding='utf-8') as h:
            for c in json.load(h):
                out[c['dialogue_id']] = c
    return out


def check_policies(d):
    step('policies are checked and tested before anyone sits down')
    for p in (POLICY, PREF):
        say('   ' + cut(d.run('policy', 'check', p).stdout))
        r = d.run('policy', 'test', p)
        say('   ' + cut(r.stdout))
        claim(' 0 failed' in r.stdout, 'every test of the policy passes')


def look(d):
    code, out = d.session('python3', '-c', LOOK)
    m = re.search('<<<(.*)>>>', out, re.S)
    if code != 0 or not m:
        raise Failed(f'the session failed ({code}): {out[-800:]}')
    start = [x for x in out.splitlines() if x.startswith('carrel: session')]
    say('   ' + cut(start[0]))
    return json.loads(m.group(1).replace('\n', ''))


def show_tree(seen, src):
    for path, size in seen['tree'][:4]:
        say(f'   {path:<44}{size:>9} bytes')
    say(f'   ... {len(seen["tree"])} files, {len(seen["calls"])} calls of '
        f'{len(src)}')
    ids = {c['dialogue_id'] for _, c in seen['calls']}
    claim(all(src[i]['consent'] and src[i]['language'] == 'en' for i in ids),
          'only English calls with consent, and only those dealt to alice')
    claim(0 < len(ids) < len(src) and
          not any('consent' in c for _, c in seen['calls']),
          'the field "consent" is gone, the JSON is whole')


def wrap(text, width):
    lines, line = [], ''
    for w in text.split():
        if len(line) + len(w) + 1 > width:
            lines.append(line)
            line = ''
        line = (line + ' ' + w).strip()
    return lines + [line]


def show_beside(seen, src):
    _, mine = max(seen['calls'], key=lambda c: len(c[1]['turns']))
    orig = src[mine['dialogue_id']]
    half = WIDTH // 2 - 3
    say(f'   {"ALICE SEES":<{half}} | THE ORIGINAL (owner\'s eyes only)')
    for a, b in zip(mine['turns'], orig['turns']):
        left, right = wrap(a['utterance'], half - 1), wrap(b['utterance'],
                                                           half - 1)
        for i in range(max(len(left), len(right))):
            x = left[i] if i < len(left) else ''
            y = right[i] if i < len(right) else ''
            say(f'   {x:<{half}} | {y}')
    text = json.dumps(seen['calls'])
    leaks = [c['caller'] for c in src.values() if c['caller'] in text]
    claim(not leaks, 'no caller\'s name is in anything alice can see')
    cards = {u for c in src.values() for t in c['turns']
             for u in re.findall(r'\d{4} \d{4} \d{4} \d{4}', t['utterance'])}
    claim(cards and not any(c in text for c in cards),
          f'none of {len(cards)} card numbers either')


def show_consistency(seen, src):
    by_name = {}
    for path, c in seen['calls']:
        orig = src[c['dialogue_id']]['caller']
        by_name.setdefault(orig, []).append((path, c['caller']))
    claim(all(len({s for _, s in v}) == 1 for v in by_name.values()),
          'one person is one stand-in everywhere')
    for v in by_name.values():
        files = sorted({p for p, _ in v})
        if len(files) > 1:
            say(f'   "{v[0][1]}" is in {files[0]} and in {files[1]}')
            claim(True, 'the same stand-in in two files')
            return
    raise Failed('no customer of alice\'s calls in two files')


def refuse(d):
    step('three ways of copying out')
    import socket
    host = os.path.join(d.dir, 'stolen')
    os.mkdir(host)
    listener = socket.create_server(('127.0.0.1', 0))
    listener.settimeout(0.3)
    script = TRIES.replace('HOST', repr(host)).replace(
        'PORT', str(listener.getsockname()[1]))
    code, out = d.session('python3', '-c', script)
    tries = [x for x in out.splitlines() if x.startswith('TRY')]
    for t in tries:
        say('   ' + cut(t[4:]))
    claim(code == 0 and len(tries) == 3 and
          not any(t.endswith('inside') for t in tries),
          'each was refused inside')
    try:
        listener.accept()
        got = True
    except OSError:
        got = False
    claim(not os.listdir(host) and not got, 'and nothing arrived outside')
    r = subprocess.run([CARREL, 'run', '--policy', POLICY, '--as', 'alice',
                        '--', 'sh', '-c', 'cat /carrel/data/bank/*/*'],
                       env=d.env, capture_output=True,
                       stdin=subprocess.DEVNULL)
    say('   ' + cut('carrel run ... > file  -> ' +
                    r.stderr.decode().splitlines()[0]))
    claim(r.returncode == 2 and not r.stdout,
          'a session whose output goes to a file does not start')


def audit(d, vkey):
    step('the auditor')
    r = d.run('audit', 'verify', '--key', vkey)
    say('   ' + cut(r.stdout))
    claim(r.stdout.startswith('good'), 'the log verifies against the key')
    r = d.run('audit', 'log', '--annotator', 'alice', '--op', 'READ')
    reads = r.stdout.splitlines()
    for line in reads[:3]:
        say('   ' + cut(line))
    claim(len(reads) >= 6, f'{len(reads)} reads of alice are on record')
    start = json.loads(d.run('audit', 'log', '--op', 'SESSION_START',
                             '--json', show=False).stdout.splitlines()[0])
    seq = str(start['entry']['seq'])
    r = d.run('audit', 'replay', '--session', seq, '--out',
              os.path.join(d.dir, 'replayed'))
    say('   ' + cut(r.stderr.splitlines()[-1]))
    claim(' 0 differ, 0 could not' in r.stderr,
          'every read was made again, byte for byte')
    tile = os.path.join(d.env['CARREL_STORE'], 'log')
    copy = os.path.join(d.dir, 'forged')
    shutil.copytree(tile, copy)
    for base, _, files in os.walk(os.path.join(copy, 'tile', 'entries')):
        for f in files:
            with open(os.path.join(base, f), 'r+b') as h:
                h.seek(os.path.getsize(h.name) // 2)
                c = h.read(1)
                h.seek(-1, 1)
                h.write(bytes([c[0] ^ 1]))
    r = d.run('audit', 'verify', '--log', copy, '--key', vkey, code=1)
    say('   ' + cut(r.stdout))
    claim(r.returncode == 1, 'one bit changed in a copy of the log is found')


def main():
    d = Demo()
    try:
        vkey = make_store(d)
        check_policies(d)
        src = sources(d)
        step('alice sits down')
        say('$ carrel run --policy example-policies/dialogue.yaml --as alice')
        seen = look(d)
        show_tree(seen, src)
        step('one call, and the same person in two files')
        show_beside(seen, src)
        show_consistency(seen, src)
        refuse(d)
        audit(d, vkey)
        say()
        say('All claims hold.')
    except Failed as e:
        print(f'\nDEMO FAILED: {e}', file=sys.stderr)
        sys.exit(1)
    finally:
        shutil.rmtree(d.dir, ignore_errors=True)


main()
