"""Checks the rules of the house that no compiler knows.

usage: rules.py [--root DIR] [RULE...]; without names all rules are checked.
Each problem is one line "FILE:LINE: words", each rule one line "rule NAME: ok"
or "rule NAME: N problems". Exit 1 where there is a problem.
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import concurrent.futures
import fnmatch
import os
import re
import shutil
import subprocess
import sys

# Rooms and the floors they stand on: an include goes to the own room or to a
# lower floor. Siblings share a floor and therefore never include each other;
# the desk asks ingest's keyless children for fields, never the other way.
FLOORS = {
    'base': 0,
    'policy/redact': 1,
    'policy': 2, 'fs/store': 2, 'fs/audit': 2,
    'fs/desk': 3.5, 'fs/ingest': 3,
    'fs/mount': 4,
    'fs/session': 5,
    'tools': 6,
}

# Which files may include the headers of a library.
PARTIES = [
    (r'fuse\w*\.h|fuse3?/.*|linux/fuse\.h', ['fs/mount/*']),
    (r'sqlite3\w*\.h', ['fs/store/catalog*', 'fs/mount/work*',
                        'fs/audit/index*']),
    (r'yaml\.h', ['policy/load*', 'fs/ingest/manifest*']),
    (r'sodium\.h|sodium/.*', ['base/*']),
    (r'gcrypt\.h', ['base/gcm*', 'base/libgcrypt*']),
    (r'intel-ipsec-mb\.h', ['base/gcm*', 'base/lanes*']),
    (r'seccomp\.h', ['fs/session/*', 'fs/ingest/child*',
                       'fs/ingest/external_confine*']),
    (r'utf8proc\.h', ['policy/redact/*']),
    (r'archive\w*\.h|sndfile\.h', ['fs/ingest/child*']),
    (r'curl/.*', ['fs/store/backend*']),
    (r'cmocka\.h', []),
]

BANNED = ['strcpy', 'strcat', 'sprintf', 'vsprintf', 'gets', 'strtok',
          'localtime', 'system', 'popen']
ALLOCATORS = ['malloc', 'calloc', 'realloc', 'reallocarray', 'free', 'strdup',
              'strndup', 'asprintf', 'vasprintf', 'aligned_alloc',
              'posix_memalign']
TO_STDOUT = ['printf', 'vprintf', 'puts', 'putchar']

# Calls that carry bytes or names to the reader.
REPLIES = ['fuse_reply_buf', 'fuse_reply_data', 'fuse_reply_iov']
# The same for what its reader wrote himself, without an event.
OWN = 'ops_answer_work'
OWN_CALLERS = 'fs/mount/work*'
PUSHES = ['fuse_lowlevel_notify_store', 'fuse_reply_ioctl_iov']

PACKAGES = ['fuse3', 'libsodium', 'libgcrypt', 'sqlite3', 'yaml-0.1', 'libseccomp',
            'libutf8proc', 'sndfile', 'libarchive', 'cmocka']

# Another version breaks lines elsewhere, so the name has its number.
FORMATTER = 'clang-format-14'

LINES_OF_FUNCTION = 80
LINES_OF_FILE = 450
COLUMNS = 80

# Words of the place where the project is made. The brackets keep this file
# from finding itself.
WORDS = re.compile(r'(?<![\w.)}*>])/wor[k]/(?:main|shared|\.)|/tmp/carre[l]/'
                   r'|\bfar[m]-|\bsub-?agen[t]', re.I)

SPDX = '/* SPDX-License-Identifier: Apache-2.0 */'


# ---- the tree

class Tree:
    """The files of a checkout, read once."""

    def __init__(self, root):
        self.root = root
        self.files = sorted(listed(root))
        self.texts = {}
        self.codes = {}

    def text(self, path):
        """The file's text; '' where it is binary."""
        if path not in self.texts:
            with open(os.path.join(self.root, path), 'rb') as f:
                data = f.read()
            self.texts[path] = '' if b'\0' in data else \
                data.decode('utf-8', 'replace')
        return self.texts[path]

    def code(self, path):
        """The C file's text, comments and literals blanked out."""
        if path not in self.codes:
            self.codes[path] = stripped(self.text(path))
        return self.codes[path]

    def c_files(self, tests=True):
        """The .c and .h files; without those of tests/ where asked."""
        return [p for p in self.files if p.endswith(('.c', '.h'))
                and (tests or not p.startswith('tests/'))]


def listed(root):
    """Tracked files and new ones that are not ignored."""
    try:
        out = subprocess.run(
            ['git', '-c', 'safe.directory=*', '-C', root, 'ls-files', '-z',
             '--cached', '--others', '--exclude-standard'],
            check=True, capture_output=True).stdout.decode()
        names = set(out.split('\0')) - {''}
    except (OSError, subprocess.CalledProcessError):
        names = walked(root)  # a release's tarball has no .git
    return [n for n in names if os.path.isfile(os.path.join(root, n))
            and not os.path.islink(os.path.join(root, n))]


def walked(root):
    names = set()
    for top, dirs, files in os.walk(root):
        dirs[:] = [d for d in dirs if d not in ('.git', '__pycache__')
                   and not d.startswith('build')]
        names |= {os.path.relpath(os.path.join(top, f), root) for f in files}
    return names


def room_of(path):
    """The room a file lies in, or None (tests, documents)."""
    for room in sorted(FLOORS, key=len, reverse=True):
        if path.startswith(room + '/'):
            return room
    return None


# ---- C, as far as the rules must read it

LITERALS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
                      r"|'(?:\\.|[^'\\\n])*'", re.S)


def stripped(text):
    """The code with comments and literals as spaces, lines kept."""
    def blank(m):
        s = m.group()
        if s[0] == '/':
            return re.sub(r'[^\n]', ' ', s)
        return s[0] + re.sub(r'[^\n]', ' ', s[1:-1]) + s[-1]

    return LITERALS.sub(blank, text)


DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n\\]|\\[^\n]|\\\n)*', re.M)


def without_directives(code):
    """Preprocessor lines, with their continuations, as spaces."""
    return DIRECTIVE.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), code)


def line_of(text, at):
    return text.count('\n', 0, at) + 1


def blocks(code):
    """Yield (start, open, close) of each top-level brace block.

    start is where its declaration begins; all are offsets into code.
    """
    depth, start, opened = 0, 0, 0
    for m in re.finditer(r'[{};]', code):
        c = m.group()
        if c == '{':
            if depth == 0:
                opened = m.start()
            depth += 1
        elif c == '}' and depth > 0:
            depth -= 1
            if depth == 0:
                yield start, opened, m.start()
                start = m.end()
        elif c == ';' and depth == 0:
            start = m.end()


NAME_BEFORE_PAREN = re.compile(r'(\w+)\s*\(')
NOT_NAMES = {'__attribute__', 'MUST_CHECK', 'NONNULL', 'PRINTF', 'CLEANUP',
             'FREED_BY', 'UNUSED', '_Alignas', '__typeof__'}


def function_name(head):
    """The name of the function that a declaration's head declares."""
    for m in NAME_BEFORE_PAREN.finditer(head):
        if m.group(1) not in NOT_NAMES:
            return m.group(1)
    return None


def functions(code):
    """Yield (name, start, open, close) of each function with a body."""
    code = without_directives(code)
    for start, opened, closed in blocks(code):
        head = code[start:opened]
        name = function_name(head)
        if name is None or '=' in head or re.match(
                r'\s*(typedef\b|(struct|union|enum)\s+\w*\s*$)', head):
            continue
        lead = len(head) - len(head.lstrip())
        yield name, start + lead, opened, closed


def table_lines(code, begin, end):
    """How many lines between two offsets lie inside '= {...}' tables."""
    lines, depth, opened = 0, 0, 0
    for m in re.finditer(r'=\s*\{|[{}]', code[begin:end]):
        if m.group()[0] == '=' and depth == 0:
            depth, opened = 1, line_of(code, begin + m.end())
        elif depth > 0:
            depth += -1 if m.group() == '}' else 1
            if depth == 0:
                lines += line_of(code, begin + m.start()) - opened
    return lines


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def includes(tree, path):
    """Yield (line, kind, name); kind is the opening quote or bracket."""
    text = tree.text(path)
    code = tree.code(path)
    for m in INCLUDE.finditer(text):
        if code[m.start(1)] == m.group(1):  # not inside a comment
            yield line_of(text, m.start(1)), m.group(1), m.group(2)


# ---- the rules: each yields (file, line, words)

def rule_floors(tree):
    """Includes go to the own room or to a lower floor, by the root's path."""
    known = set(tree.files)
    for path in tree.c_files(tests=False):
        room = room_of(path)
        if room is None:
            yield path, 1, 'lies in no room of the house'
            continue
        for line, kind, name in includes(tree, path):
            if kind != '"':
                continue
            if name not in known:
                yield path, line, f'"{name}" is no file seen from the root'
                continue
            other = room_of(name)
            if other is None:
                yield path, line, f'"{name}" lies in no room of the house'
            elif other != room and FLOORS[other] == FLOORS[room]:
                yield path, line, f'{room} includes its sibling {other}'
            elif other != room and FLOORS[other] > FLOORS[room]:
                yield path, line, f'{room} includes {other}, a floor above'


def rule_rings(tree):
    """Headers include each other in no circle. A .c that implements a front
    door may include a private header that needs the front door's types."""
    known = set(tree.files)
    arrows, places = {}, {}
    for path in tree.c_files(tests=False):
        if not path.endswith('.h'):
            continue
        for line, kind, name in includes(tree, path):
            if kind == '"' and name in known and name != path:
                arrows.setdefault(path, set()).add(name)
                places[path, name] = path, line
    for ring in rings(arrows):
        path, line = places[ring[0], ring[1]]
        yield path, line, 'a ring of includes: ' + ' -> '.join(ring)


def rings(arrows):
    """One shortest circle through each strongly connected set."""
    found, done = [], set()
    for start in sorted(arrows):
        if start in done:
            continue
        way, seen = [[start]], {start}
        while way:
            path = way.pop(0)
            for to in sorted(arrows.get(path[-1], ())):
                if to == start:
                    found.append(path + [start])
                    done.update(path)
                    way = []
                    break
                if to not in seen:
                    seen.add(to)
                    way.append(path + [to])
    return found


def rule_parties(tree):
    """Headers of libraries appear only where the design puts them."""
    for path in tree.c_files(tests=False):
        for line, kind, name in includes(tree, path):
            for pattern, places in PARTIES:
                if kind == '<' and re.fullmatch(pattern, name) and \
                        not any(fnmatch.fnmatch(path, p) for p in places):
                    yield path, line, f'<{name}> belongs in ' + (
                        ', '.join(places) or 'tests only')


def calls(tree, path, names):
    """Yield (line, name) of calls of functions with these names."""
    code = tree.code(path)
    pattern = r'(?<![\w.])(?<!->)(' + '|'.join(names) + r')\s*\('
    for m in re.finditer(pattern, code):
        yield line_of(code, m.start()), m.group(1)


def rule_bans(tree):
    """Functions that are not used, and no goto."""
    for path in tree.c_files():
        for line, name in calls(tree, path, BANNED):
            yield path, line, f'{name} is banned'
        code = tree.code(path)
        for m in re.finditer(r'\bgoto\b', code):
            yield path, line_of(code, m.start()), 'there is no goto'
    for path in tree.c_files(tests=False):
        if not path.startswith('base/'):
            for line, name in calls(tree, path, ALLOCATORS):
                yield path, line, f'{name} outside base: use base/mem.h'
        if not path.startswith('tools/'):
            for line, name in calls(tree, path, TO_STDOUT):
                yield path, line, f'{name} outside tools'
            code = tree.code(path)
            for m in re.finditer(r'\bstdout\b', code):
                yield path, line_of(code, m.start()), 'stdout outside tools'


def rule_answer(tree):
    """Data-bearing replies stand in one function only, called answer."""
    where = []
    for path in tree.c_files(tests=False):
        code = tree.code(path)
        inside = [(o, c) for name, _, o, c in functions(code)
                  if name == 'answer'] if path.startswith('fs/mount/ops') \
            else []
        where += [(path, line_of(code, o)) for o, _ in inside]
        for m in re.finditer(r'\b(' + '|'.join(REPLIES + PUSHES) + r')\b',
                             code):
            if m.group(1) in PUSHES or not any(
                    o < m.start() < c for o, c in inside):
                yield path, line_of(code, m.start()), \
                    f'{m.group(1)} outside the one answer point'
        yield from unlogged(tree, path, code)
    for path, line in where[1:]:
        yield path, line, 'a second function called answer'


def unlogged(tree, path, code):
    """What goes without an event: only the work area's files ask for it, and
    only they make a handle one of the work area; in the answer point one
    function passes no event."""
    if fnmatch.fnmatch(path, OWN_CALLERS):
        return
    for m in re.finditer(r'(?:->|\.)area\s*=[^=]', code):
        if path.startswith('fs/mount/'):
            yield path, line_of(code, m.start()), \
                'makes a handle one of the work area'
    if path.startswith('fs/mount/ops'):
        for name, _, o, c in functions(code):
            for m in re.finditer(r'\banswer\(\s*\w+,\s*(NULL|0)\b',
                                 code[o:c]):
                if name != OWN:
                    yield path, line_of(code, o + m.start()), \
                        'answers without an event'
        return
    for m in re.finditer(r'\b' + OWN + r'\b', code):
        yield path, line_of(code, m.start()), \
            f'{OWN} outside {OWN_CALLERS}'


def package_flags():
    flags = []
    for p in PACKAGES:
        out = subprocess.run(['pkg-config', '--cflags', p],
                             capture_output=True, text=True, check=False)
        if out.returncode == 0:
            flags += out.stdout.split()
    return sorted(set(flags))


def rule_headers(tree):
    """Every header compiles alone, twice over."""
    cc = os.environ.get('CC', 'cc').split()
    command = cc + ['-std=c17', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror',
                    '-fsyntax-only', '-I', tree.root] + package_flags() + \
        ['-x', 'c', '-']

    def compile_alone(path):
        line = f'#include "{path}"\n'
        out = subprocess.run(command, input=line + line, text=True,
                             capture_output=True, check=False)
        return path, out.returncode, out.stderr

    paths = [p for p in tree.files if p.endswith('.h')]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, code, words in pool.map(compile_alone, paths):
            if code != 0:
                m = re.search(r':(\d+):\d+: (?:fatal )?error: ([^\n]*)', words)
                yield path, int(m.group(1)) if m else 1, \
                    'does not compile alone: ' + (m.group(2) if m else words)


def rule_functions(tree):
    """Functions stay short; tables inside them do not count."""
    for path in tree.c_files():
        code = without_directives(tree.code(path))
        for name, start, opened, closed in functions(code):
            n = line_of(code, closed) - line_of(code, start) + 1
            n -= table_lines(code, opened + 1, closed)
            if n > LINES_OF_FUNCTION:
                yield path, line_of(code, start), \
                    f'{name} has {n} lines, more than {LINES_OF_FUNCTION}'


def rule_files(tree):
    """Source files stay short; tables in them do not count."""
    for path in tree.c_files():
        if not path.endswith('.c'):
            continue
        code = without_directives(tree.code(path))
        n = code.count('\n') - table_lines(code, 0, len(code))
        if n > LINES_OF_FILE:
            yield path, n, f'{n} lines, more than {LINES_OF_FILE}'


def rule_columns(tree):
    """No line is wider than 80 columns, tabs being 8."""
    for path in tree.c_files():
        for i, line in enumerate(tree.text(path).split('\n'), 1):
            n = len(line.expandtabs(8))
            if n > COLUMNS:
                yield path, i, f'{n} columns, more than {COLUMNS}'


def rule_format(tree):
    """Every source file is as clang-format writes it, by .clang-format."""
    if shutil.which(FORMATTER) is None:
        yield '.clang-format', 1, f'{FORMATTER} is missing: nothing compared'
        return
    paths = tree.c_files()
    for i in range(0, len(paths), 100):
        out = subprocess.run(
            [FORMATTER, '--style=file', '--dry-run', '--ferror-limit=1',
             '--'] + paths[i:i + 100],
            cwd=tree.root, capture_output=True, text=True, check=False)
        seen = set()
        for m in re.finditer(r'^(\S+):(\d+):\d+: warning', out.stderr, re.M):
            if m.group(1) not in seen:
                seen.add(m.group(1))
                yield m.group(1), int(m.group(2)), \
                    f'not as {FORMATTER} writes it'
        if out.returncode != 0:
            yield '.clang-format', 1, out.stderr.strip().split('\n')[-1]


def rule_openings(tree):
    """The first line says the purpose, the second the licence."""
    for path in tree.c_files():
        lines = tree.text(path).split('\n') + ['', '']
        if not re.fullmatch(r'/\* \S.*[.:] \*/', lines[0]):
            yield path, 1, 'the first line is no sentence of purpose'
        if lines[1] != SPDX:
            yield path, 2, 'the second line is not the SPDX line'


ITEM = re.compile(r'(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<blank>\n[ \t]*(?=\n))'
                  r'|(?P<directive>^[ \t]*#(?:[^\n\\]|\\[^\n]|\\\n)*)'
                  r'|(?P<text>\S)', re.S | re.M)


def declarations(text):
    """Yield (kind, offset, text) of a header's top-level items.

    kind is comment, blank, directive, block (ends with a brace) or line (ends
    with a semicolon).
    """
    code, at = stripped(text), 0
    while True:
        m = ITEM.search(text, at)
        if m is None:
            return
        if m.lastgroup != 'text':
            yield m.lastgroup, m.start(), m.group()
            at = m.end()
            continue
        at, kind = item_end(code, m.start())
        yield kind, m.start(), code[m.start():at]


def item_end(code, start):
    """The end of the declaration at start, and whether it is a block."""
    depth = 0
    for m in re.finditer(r'[{};]', code[start:]):
        c, end = m.group(), start + m.end()
        depth += (c == '{') - (c == '}')
        if depth > 0:
            continue
        if c == ';':
            return end, 'line'
        # struct x {...}; and initialisers go on to their semicolon
        if c == '}' and not re.match(r'\s*[;,\w]', code[end:end + 80]) \
                or re.match(r'[^={]*\)[^={;]*\{', code[start:end]):
            return end, 'block'
    return len(code), 'line'


def is_function(item):
    head = item.split('{')[0]
    return function_name(head) is not None and '=' not in head and \
        not re.match(r'(typedef|_Static_assert|struct\s+\w+\s*$)', head) and \
        '(*' not in head.split('(', 1)[0] + head[head.find('('):][:2]


def rule_documented(tree):
    """Every function in a header has a comment above it or naming it.

    A comment covers what follows it up to the next blank line, and each
    function that some comment of the header calls by name: "name(...)".
    """
    for path in tree.files:
        if not path.endswith('.h') or path.startswith('tests/'):
            continue
        text = tree.text(path)
        items = list(declarations(text))
        words = ' '.join(t for kind, _, t in items if kind == 'comment')
        covered = False
        for kind, at, item in items:
            if kind in ('comment', 'blank'):
                covered = kind == 'comment'
            elif kind != 'directive' and is_function(item) and not covered:
                name = function_name(item)
                if not re.search(r'\b' + name + r'(\(|\b[,:])', words):
                    yield path, line_of(text, at), \
                        f'{name} has no comment above it'


def rule_words(tree):
    """The project speaks of itself, not of where it is made."""
    for path in tree.files:
        for i, line in enumerate(tree.text(path).split('\n'), 1):
            m = WORDS.search(line)
            if m:
                yield path, i, f'is not of the project: {m.group()}'


RULES = {name[5:]: f for name, f in list(globals().items())
         if name.startswith('rule_')}


def main():
    p = argparse.ArgumentParser(description=__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    p.add_argument('--root', default=os.path.dirname(os.path.dirname(here)))
    p.add_argument('rules', nargs='*', metavar='RULE')
    args = p.parse_args()
    unknown = set(args.rules) - set(RULES)
    if unknown:
        p.error(f'no rule called {", ".join(sorted(unknown))}; there are '
                + ', '.join(RULES))
    tree = Tree(os.path.abspath(args.root))
    bad = False
    for name, rule in RULES.items():
        if args.rules and name not in args.rules:
            continue
        problems = list(rule(tree))
        for path, line, words in problems:
            print(f'{path}:{line}: {words}')
        n = len(problems)
        print(f'rule {name}: ' + ('ok' if n == 0 else f'{n} problems'
                                  if n > 1 else '1 problem'))
        bad = bad or n > 0
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
