"""The pages say what the program knows, and what they say can be run.

Every key that the readers of manifests and policies know stands in its page, in
words and in an example; every command and option of --help in carrel(1); and
the shell blocks of the pages for the first day are run, in the order of a day,
against a small store.
"""
# SPDX-License-Identifier: Apache-2.0
import glob
import os
import re
import signal
import subprocess
import sys

from carrel import (CARREL, SANITIZED, THREADS, TOP, Room, check, need_fuse,
                    need_voice, on_pty, skip, until)

DAY = [('owner', 'In the morning'), ('operator', 'In the morning'),
       ('annotator', 'At the desk'), ('auditor', 'From outside'),
       ('owner', 'In the evening'), ('operator', 'In the evening')]


def read(*path):
    with open(os.path.join(TOP, *path), encoding='utf-8') as f:
        return f.read()


# ---- keys ----

def known(pattern):
    """(keys, words that values may be) of the YAML readers."""
    keys, words = set(), set()
    for path in sorted(glob.glob(os.path.join(TOP, pattern))):
        text = read(path)
        for name, body in re.findall(
                r'\*const (\w+)\[\] = \{([^}]*)\}', text):
            found = re.findall(r'"([a-z_-]+)"', body)
            (keys if name in ('keys', 'params') else words).update(found)
        keys.update(re.findall(r'(?:yaml_get|yaml_need|load_flag)\('
                               r'[^,()]*,\s*"([a-z_]+)"', text))
        keys.update(re.findall(r'bytes_is\((?:c->key->text|key), '
                               r'"([a-z_]+)"', text))
        # The table of transforms: { name, { parameters }, ...
        for name, params in re.findall(
                r'\{"([a-z]+)",\s*\{((?:"[a-z_]+", )*)NULL\}', text):
            words.add(name)
            keys.update(re.findall('"([a-z_]+)"', params))
    return keys, words


def keys_of(page, pattern, at_least):
    text = read('doc', page).replace('\\', '')
    parts = text.split('```')
    prose, code = '\n'.join(parts[::2]), '\n'.join(parts[1::2])
    # Headings, and what is set in bold or underlined.
    heads = '\n'.join(re.findall(r'^#.*|\*\w[^*\n]*\*|\b_[^_\n]+_\b', prose,
                                  re.M))
    prose = '\n'.join(w.strip('_') for w in re.findall(r'\w[\w-]*', heads))
    keys, words = known(pattern)
    check(len(keys) >= at_least, f'{page}: only {len(keys)} keys were found')
    missing = [f'{k}: {where}' for k in sorted(keys) for where, ok in (
        ('no word', re.search(rf'(?<!\w){k}(?!\w)', prose)),
        ('no example', re.search(rf'(?<!\w){k}:', code))) if not ok]
    missing += [f'{w}: no word' for w in sorted(words)
                if not re.search(rf'(?<!\w){w}(?!\w)', prose)]
    check(not missing, f'{page}: {missing}')
    return len(keys)


# ---- commands and options ----

def commands():
    man = subprocess.run([CARREL, '_man'], capture_output=True, text=True,
                         check=True).stdout
    help_ = subprocess.run([CARREL, '--help'], capture_output=True, text=True,
                           check=True).stdout
    found = re.findall(r'^  (?:owner|annotator|auditor|operator) +'
                       r'((?:[a-z-]+ )+) ', help_, re.M)
    common = man.split('# COMMON OPTIONS')[1].split('# COMMANDS')[0]
    options = 0
    for name in (f.strip() for f in found):
        h = subprocess.run([CARREL, *name.split(), '--help'],
                           capture_output=True, text=True, check=True).stdout
        at = man.find(f'## carrel {name}')
        check(at >= 0, f'carrel(1) has no {name}')
        own = man[at:].split('\n## ')[0]
        for o in re.findall(r'^  (--[a-z-]+)', h, re.M):
            options += 1
            check(f'*{o}*' in own or f'*{o}*' in common,
                  f'carrel(1), {name}: no {o}')
    check(len(found) > 25 and options > 150, f'{len(found)}, {options}')
    return {f.strip() for f in found}


# ---- the first day ----

def sections(role):
    """Heading -> [(kind, script)] of doc/first-day-ROLE.md."""
    out, head = {}, None
    for m in re.finditer(r'^## (.*)$|^```(\w.*)\n((?:.*\n)*?)```$',
                         read('doc', f'first-day-{role}.md'), re.M):
        if m[1]:
            head = m[1]
        else:
            out.setdefault(head, []).append((m[2], m[3]))
    return out


def script_of(blocks):
    """What is typed at a desk is given to the session as its command."""
    out = ''
    for k, (kind, text) in enumerate(blocks):
        if kind == 'sh':
            inside = (blocks[k + 1][1] if k + 1 < len(blocks) and
                      blocks[k + 1][0] == 'sh inside' else None)
            if inside is not None:
                check(text.endswith('carrel run\n'), text)
                if SANITIZED:  # which looks for leaks by what no session has
                    inside = ('export ASAN_OPTIONS=detect_leaks=0:'
                              'disable_coredump=0\n' + inside)
                text = f'{text[:-1]} -- sh -euc {quoted(inside)}\n'
            out += text
    return out


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def named(text, all_):
    """Each carrel COMMAND in a page is one."""
    for m in re.finditer(r'(?:^|`|\$\(|&& |\| )carrel ([a-z]+)(?: ([a-z]+))?',
                         text, re.M):
        check(m[1] in all_ or f'{m[1]} {m[2]}' in all_, f'carrel {m[0]}?')


def day(room, all_):
    env = dict(os.environ, HOME=room.dir, LC_ALL='C.UTF-8', TERM='dumb',
               PATH=os.path.dirname(CARREL) + ':' + os.environ['PATH'])
    for k in ('CARREL_STORE', 'CARREL_KEY_FILE'):
        env.pop(k, None)
    pages = {r: sections(r) for r in {r for r, _ in DAY}}
    for role, head in DAY:
        blocks = pages[role].pop(head)
        script = script_of(blocks)
        named(script, all_)
        path = room.write(f'{role}.sh', 'set -eu\ncd ' + quoted(TOP) + '\n' +
                          script)
        code, out = on_pty(['sh', path], env)
        print(f'--- {role}, {head}\n' +
              out.decode(errors='replace').replace('\r', ''))
        check(code == 0, f'{role}, {head}: exit {code}')
    for role, rest in pages.items():
        check(not rest, f'{role}: blocks that nobody runs: {rest}')


def main():
    print(keys_of('carrel-policy.5.scd', 'policy/load*.c', 55), 'policy keys')
    print(keys_of('carrel-policy.5.scd', 'policy/policytest.c', 7))
    print(keys_of('carrel-dataset.5.scd', 'fs/ingest/manifest*.c', 40),
          'manifest keys')
    all_ = commands()
    need_fuse()
    need_voice()
    if THREADS:
        skip('a process of more than one thread makes no user namespace, and '
             'the thread sanitizer has one of its own')
    with Room(init=False) as room:
        try:
            day(room, all_)
        finally:
            subprocess.run([CARREL, 'session', 'end', '--gateway', '--store',
                            room.path('room'), '--key-file', room.key],
                           capture_output=True)


main()
