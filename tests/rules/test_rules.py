"""Shows that each rule of the house can fail, and does not fail wrongly.

Every case is a tiny tree in a temporary directory: what the rule must find in
it, as "file:line", and nothing else.
"""
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import tempfile
import unittest

import rules

HEAD = '/* A purpose. */\n/* SPDX-License-Identifier: Apache-2.0 */\n'


class Case(unittest.TestCase):
    def found(self, rule, files):
        """The places that a rule complains about in a tree of these files."""
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, 'w', encoding='utf-8') as f:
                    f.write(text)
            tree = rules.Tree(root)
            return [f'{p}:{n}' for p, n, _ in rules.RULES[rule](tree)]

    def fires(self, rule, files, *places):
        self.assertEqual(self.found(rule, files), list(places))

    def passes(self, rule, files):
        self.fires(rule, files)


class Floors(Case):
    def test_upward(self):
        for low, high in [('base', 'policy/redact'), ('policy/redact',
                          'policy'), ('policy', 'fs/desk'), ('fs/desk',
                          'fs/mount'), ('fs/mount', 'fs/session'),
                          ('fs/session', 'tools'), ('fs/store', 'fs/ingest')]:
            self.fires('floors', {f'{low}/a.c': f'\n#include "{high}/b.h"\n',
                                  f'{high}/b.h': ''}, f'{low}/a.c:2')

    def test_siblings(self):
        two = ['policy', 'fs/store', 'fs/audit']
        pairs = [(a, b) for a in two for b in two if a != b]
        for a, b in pairs + [('fs/ingest', 'fs/desk'), ('fs/ingest',
                             'fs/desk')]:
            self.fires('floors', {f'{a}/a.h': f'#include "{b}/b.h"\n',
                                  f'{b}/b.h': ''}, f'{a}/a.h:1')

    def test_unknown_places(self):
        self.fires('floors', {'base/a.c': '#include "b.h"\n', 'base/b.h': ''},
                   'base/a.c:1')
        self.fires('floors', {'base/a.c': '#include "tests/b.h"\n',
                              'tests/b.h': ''}, 'base/a.c:1')
        self.fires('floors', {'fs/new/a.c': ''}, 'fs/new/a.c:1')

    def test_good(self):
        self.passes('floors', {
            'base/a.h': '', 'base/b.c': '#include "base/a.h"\n',
            'policy/redact/v.h': '#include "base/a.h"\n#include <stdio.h>\n',
            'policy/p.c': '  #  include "policy/redact/v.h"\n',
            'fs/mount/m.c': '#include "policy/p.h"\n#include "fs/store/s.h"\n'
                            '/* #include "tools/t.h" */\n'
                            '// #include "tools/t.h"\n',
            'policy/p.h': '', 'fs/store/s.h': '',
            'tests/unit/t.c': '#include "tools/t.h"\n', 'tools/t.h': ''})


class Rings(Case):
    def test_two_headers(self):
        self.fires('rings', {'base/a.h': '#include "base/b.h"\n',
                             'base/b.h': '\n#include "base/a.h"\n'},
                   'base/a.h:1')

    def test_three_headers(self):
        self.fires('rings', {'base/a.h': '#include "base/b.h"\n',
                             'base/b.h': '#include "base/c.h"\n',
                             'base/c.h': '#include "base/a.h"\n'},
                   'base/a.h:1')

    def test_private_header(self):
        self.passes('rings', {'base/a.h': '', 'base/inner.h':
                              '#include "base/a.h"\n', 'base/a.c':
                              '#include "base/a.h"\n'
                              '#include "base/inner.h"\n'})

    def test_two_rings(self):
        files = {f'base/{a}.h': f'#include "base/{b}.h"\n'
                 for a, b in ['ab', 'ba', 'cd', 'dc']}
        self.fires('rings', files, 'base/a.h:1', 'base/c.h:1')

    def test_good(self):
        self.passes('rings', {'base/a.h': '', 'base/a.c':
                              '#include "base/a.h"\n#include "base/b.h"\n',
                              'base/b.h': '#include "base/c.h"\n',
                              'base/c.h': ''})


class Parties(Case):
    def test_misplaced(self):
        for path, name in [
                ('fs/session/run.c', 'fuse_lowlevel.h'),
                ('fs/desk/desk.h', 'fuse3/fuse.h'),
                ('fs/session/run.c', 'linux/fuse.h'),
                ('fs/store/pack.c', 'sqlite3.h'),
                ('fs/mount/ops.c', 'sqlite3.h'),
                ('policy/policy.c', 'yaml.h'),
                ('fs/ingest/ingest.c', 'yaml.h'),
                ('fs/audit/wal.c', 'sodium.h'),
                ('tools/main.c', 'sodium/crypto_sign.h'),
                ('fs/mount/ops.c', 'seccomp.h'),
                ('fs/ingest/ingest.c', 'seccomp.h'),
                ('policy/policy.c', 'utf8proc.h'),
                ('fs/ingest/ingest.c', 'archive.h'),
                ('fs/store/pack.c', 'curl/curl.h'),
                ('base/a.c', 'cmocka.h')]:
            self.fires('parties', {path: f'\n\n#include <{name}>\n'},
                       f'{path}:3')

    def test_good(self):
        for path, name in [
                ('fs/mount/ops.h', 'fuse_lowlevel.h'),
                ('fs/store/catalog_names.c', 'sqlite3.h'),
                ('fs/mount/work_tree.c', 'sqlite3.h'),
                ('fs/audit/index.c', 'sqlite3.h'),
                ('policy/load_yaml.h', 'yaml.h'),
                ('fs/ingest/manifest.c', 'yaml.h'),
                ('base/hash.c', 'sodium.h'),
                ('fs/session/seccomp.c', 'seccomp.h'),
                ('fs/ingest/child_box.c', 'seccomp.h'),
                ('tests/unit/a.c', 'sqlite3.h'),
                ('tests/unit/a.c', 'cmocka.h'),
                ('fs/desk/desk.c', 'stdlib.h')]:
            self.passes('parties', {path: f'#include <{name}>\n'})


class Bans(Case):
    def test_banned(self):
        for name in rules.BANNED:
            self.fires('bans', {'tools/a.c': f'\nint x = {name} (y);\n'},
                       'tools/a.c:2')
            self.fires('bans', {'tests/a.c': f'\tx({name}(y));\n'},
                       'tests/a.c:1')

    def test_goto(self):
        self.fires('bans', {'tests/a.c': 'void f(void)\n{\n\tgoto out;\n}\n'},
                   'tests/a.c:3')

    def test_allocators(self):
        for name in rules.ALLOCATORS:
            self.fires('bans', {'policy/a.c': f'\t{name}(p);\n'},
                       'policy/a.c:1')
            self.passes('bans', {'base/mem.c': f'\t{name}(p);\n',
                                 'tests/a.c': f'\t{name}(p);\n'})

    def test_stdout(self):
        for name in rules.TO_STDOUT:
            self.fires('bans', {'fs/desk/a.c': f'{name}("x");\n'},
                       'fs/desk/a.c:1')
        self.fires('bans', {'fs/desk/a.c': 'fputs("x", stdout);\n'},
                   'fs/desk/a.c:1')
        self.passes('bans', {'tools/a.c': 'printf("x"); fputs(s, stdout);\n'})

    def test_good(self):
        self.passes('bans', {'fs/desk/a.c': '''
/* free(p) and goto, strcpy(a, b) in words */
static const char s[] = "system(1) goto \\" popen(2)";
char c = '"'; // printf("x")
int f(void)
{
	mem_free(p);
	d->free(d);
	d.free(d);
	snprintf(s, n, "x");
	localtime_r(&t, &tm);
	strtok_r(s, ",", &p);
	buf_printf(&b, "x");
	fprintf(stderr, "x");
	filesystem(x);
}
'''})


ANSWER = '''
static int answer(struct op *o)
{
	if (o->iov)
		return fuse_reply_iov(o->req, o->iov, 1);
	return fuse_reply_buf(o->req, o->p, o->n);
}
'''


class Answer(Case):
    def test_elsewhere(self):
        for name in rules.REPLIES + rules.PUSHES:
            other = f'static int leak(int r)\n{{\n\treturn {name}(r);\n}}\n'
            self.fires('answer', {'fs/mount/ops.c': ANSWER,
                                  'fs/mount/ops_dir.c': other},
                       'fs/mount/ops_dir.c:3')
            self.fires('answer', {'fs/mount/ops.c': ANSWER + other},
                       'fs/mount/ops.c:10')
            self.fires('answer', {'tools/a.c': f'f = {name};\n'},
                       'tools/a.c:1')

    def test_hidden_in_a_macro(self):
        self.fires('answer', {'fs/mount/ops.h':
                              '#define SEND(r) \\\n\tfuse_reply_buf(r)\n'},
                   'fs/mount/ops.h:2')

    def test_two_answers(self):
        self.fires('answer', {'fs/mount/ops.c': ANSWER,
                              'fs/mount/ops_b.c': ANSWER},
                   'fs/mount/ops_b.c:3')

    def test_not_in_ops(self):
        self.fires('answer', {'fs/mount/serve.c': ANSWER},
                   'fs/mount/serve.c:5', 'fs/mount/serve.c:6')

    def test_pushes_never(self):
        for name in rules.PUSHES:
            self.fires('answer', {'fs/mount/ops.c':
                                  ANSWER.replace('fuse_reply_iov', name)},
                       'fs/mount/ops.c:5')

    def test_without_an_event(self):
        own = 'void ops_answer_work(int r)\n{\n\tanswer(r, NULL, h);\n}\n'
        use = 'void f(int r)\n{\n\tops_answer_work(r);\n}\n'
        self.passes('answer', {'fs/mount/ops.c': ANSWER + own,
                               'fs/mount/workops.c': use})
        self.fires('answer', {'fs/mount/ops.c': ANSWER + own.replace(
            'ops_answer_work', 'other')}, 'fs/mount/ops.c:10')
        self.fires('answer', {'fs/mount/names.c': use}, 'fs/mount/names.c:3')
        self.fires('answer', {'fs/desk/a.c': use}, 'fs/desk/a.c:3')

    def test_no_work_handle_elsewhere(self):
        make = 'void f(void)\n{\n\th->area = w;\n}\n'
        self.passes('answer', {'fs/mount/workops_data.c': make})
        self.fires('answer', {'fs/mount/ops.c': make}, 'fs/mount/ops.c:3')
        self.fires('answer', {'fs/mount/handle.c':
                              'int a(struct handle *h)\n{\n'
                              '\t*h = (struct handle){.area = w};\n}\n'},
                   'fs/mount/handle.c:3')

    def test_good(self):
        self.passes('answer', {
            'fs/mount/ops.c': ANSWER + '/* fuse_reply_buf is above */\n',
            'fs/mount/ops_x.c': 'int f(int r)\n{\n\tfuse_reply_err(r);\n'
                                '\tanswer(r);\n}\n'})


class Headers(Case):
    def test_incomplete(self):
        self.fires('headers', {'base/a.h': '\nuint8_t *f(void);\n'},
                   'base/a.h:2')
        self.fires('headers', {'fs/mount/a.h': '#include "base/none.h"\n'},
                   'fs/mount/a.h:1')

    def test_no_guard(self):
        self.fires('headers', {'base/a.h': '\nstruct a {\n\tint b;\n};\n'},
                   'base/a.h:2')

    def test_good(self):
        self.passes('headers', {'base/a.h': '#ifndef A\n#define A\n'
                                '#include <stdint.h>\nuint8_t *f(void);\n'
                                'static inline int g(void)\n{\n\treturn 1;\n}'
                                '\n#endif\n'})


def function(lines, body='\tx();\n'):
    """A function of so many lines, braces and signature counted."""
    return 'static int f(int a)\n{\n' + body * (lines - 3) + '}\n'


class Functions(Case):
    def test_long(self):
        n = rules.LINES_OF_FUNCTION
        self.passes('functions', {'base/a.c': function(n)})
        self.fires('functions', {'base/a.c': '\n' + function(n + 1)},
                   'base/a.c:2')
        self.fires('functions', {'tests/a.c': function(n + 1)}, 'tests/a.c:1')

    def test_long_signature(self):
        n = rules.LINES_OF_FUNCTION
        text = 'MUST_CHECK int\n' + function(n)
        self.fires('functions', {'base/a.c': text}, 'base/a.c:1')

    def test_blocks_inside(self):
        body = '\tif (a) {\n\t\tx();\n\t}\n'
        text = 'static int f(void)\n{\n' + body * 30 + '}\n'
        self.fires('functions', {'base/a.c': text}, 'base/a.c:1')

    def test_misleading_braces(self):
        body = '\tputc(\'{\'); s = "}";\n\t/* } */\n#define X {\\\n\t{\n'
        text = 'static int f(void)\n{\n' + body * 25 + '}\n'
        self.fires('functions', {'base/a.c': text}, 'base/a.c:1')

    def test_tables_do_not_count(self):
        table = 'static const int t[] = {\n' + '\t{1, 2},\n' * 200 + '};\n'
        inside = function(70).replace('\tx();\n', table, 1)
        self.passes('functions', {'base/a.c': table + inside + table})
        struct = 'struct s {\n' + '\tint (*f)(void);\n' * 200 + '};\n'
        self.passes('functions', {'base/a.c': struct})


class Files(Case):
    def test_long(self):
        n = rules.LINES_OF_FILE
        self.passes('files', {'base/a.c': 'int a;\n' * n})
        self.fires('files', {'base/a.c': 'int a;\n' * (n + 1)},
                   f'base/a.c:{n + 1}')

    def test_tables_do_not_count(self):
        table = 'static const int t[] = {\n' + '\t1,\n' * 900 + '};\n'
        self.passes('files', {'base/a.c': table, 'base/b.h': 'int a;\n' * 900})


class Columns(Case):
    def test_wide(self):
        self.passes('columns', {'base/a.c': 'x' * 80 + '\n'})
        self.fires('columns', {'base/a.c': '\n' + 'x' * 81 + '\n'},
                   'base/a.c:2')
        self.fires('columns', {'base/a.h': '\t' * 9 + 'x' * 9 + '\n'},
                   'base/a.h:1')
        self.passes('columns', {'base/a.h': '\t' * 9 + 'x' * 8 + '\n'})
        self.passes('columns', {'base/a.h': '\u20ac' * 80 + '\n'})


class Openings(Case):
    def test_missing(self):
        good = HEAD.split('\n')
        self.fires('openings', {'base/a.c': '\n' + HEAD},
                   'base/a.c:1', 'base/a.c:2')
        self.fires('openings', {'base/a.c': '/* no sentence */\n' + good[1]},
                   'base/a.c:1')
        self.fires('openings', {'tests/a.h': good[0] + '\nint a;\n'},
                   'tests/a.h:2')
        self.fires('openings', {'base/a.c': ''}, 'base/a.c:1', 'base/a.c:2')

    def test_good(self):
        self.passes('openings', {'base/a.c': HEAD + 'int a;\n'})


class Documented(Case):
    def test_bare(self):
        self.fires('documented', {'base/a.h': HEAD + '\nint f(int a);\n'},
                   'base/a.h:4')
        self.fires('documented', {'base/a.h': '\nstatic inline int f(int a)\n'
                                  '{\n\treturn a;\n}\n'}, 'base/a.h:2')

    def test_after_a_blank_line(self):
        self.fires('documented', {'base/a.h': '/* What it does. */\n'
                                  'int f(int a);\n\nint g(void);\n'},
                   'base/a.h:4')
        self.fires('documented', {'base/a.h': '/* A struct. */\nstruct a {\n'
                                  '\tint b;\n};\n\nstruct a *a_new(int n)\n'
                                  '\tMUST_CHECK;\n'}, 'base/a.h:6')

    def test_attributes_first(self):
        self.fires('documented', {'base/a.h': '\n__attribute__((pure)) int\n'
                                  'f(int (*g)(int), void *c) NONNULL(1);\n'},
                   'base/a.h:2')

    def test_good(self):
        self.passes('documented', {'base/a.h': HEAD + '''
#ifndef A
#define A(x) f(x)

typedef int (*fn)(void *);
struct a {
	int (*f)(void *);
};
_Static_assert(sizeof(struct a) > 0, "size");
extern const int table[3];

/** f(a): one. */
int f(int a) MUST_CHECK NONNULL(1);
int g(int a, int (*cb)(void));
static inline void h(struct a **p)
{
	f(*p);
}
int i(void);

/*
 * k(a), l(a): two, of which the second follows later.
 */
int k(int a);

int l(int a);
#endif
''', 'tests/a.h': '\nint f(void);\n'})


class Words(Case):
    def test_named(self):
        for text in ['see /wor' + 'k/main/base', 'the far' + 'm-studio',
                     'a Sub' + 'agent', 'a sub-' + 'agents',
                     '"/wor' + 'k/shared/x"', '/tmp/carr' + 'el/x']:
            self.fires('words', {'doc/a.md': '\n' + text + '\n'},
                       'doc/a.md:2')

    def test_good(self):
        self.passes('words', {'a.md': 'STORE/work/shared, /carrel/work/mine '
                              'and $(S)/wor' 'k/main, /wor' 'k/tree, /tmp/carrel-1, '
                              'wind farms; subagency is no word of it? no'
                              .replace('subagency', 'agency'),
                              'b.bin': '\0/wor' + 'k/main'})


class Format(Case):
    STYLE = {'.clang-format': 'BasedOnStyle: LLVM\nUseTab: Always\n'
             'IndentWidth: 8\nTabWidth: 8\n'}

    def test_one_line_a_file(self):
        self.fires('format', self.STYLE | {
            'base/a.c': HEAD + 'int  a;\nint  b;\n',
            'tests/b.h': HEAD + '\nint b ;\n'}, 'base/a.c:3', 'tests/b.h:4')

    def test_good(self):
        self.passes('format', self.STYLE | {'base/a.c': HEAD + 'int a;\n'})

    def test_missing(self):
        old, rules.FORMATTER = rules.FORMATTER, 'no-such-formatter'
        try:
            self.fires('format', {'base/a.c': ''}, '.clang-format:1')
        finally:
            rules.FORMATTER = old


class Program(Case):
    def run_on(self, files, *names):
        with tempfile.TemporaryDirectory() as root:
            subprocess.run(['git', 'init', '-q', root], check=True)
            for path, text in files.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, 'w', encoding='utf-8') as f:
                    f.write(text)
            out = subprocess.run([sys.executable, rules.__file__, '--root',
                                  root, *names], capture_output=True,
                                 text=True, check=False)
            return out.returncode, out.stdout

    def test_output(self):
        bad = {'base/a.c': HEAD + '\tgoto x;\n\tgoto y;\n', '.gitignore':
               'build\n', 'build/b.c': 'goto'}
        self.assertEqual(self.run_on(bad, 'bans', 'openings'), (1, (
            'base/a.c:3: there is no goto\nbase/a.c:4: there is no goto\n'
            'rule bans: 2 problems\nrule openings: ok\n')))
        self.assertEqual(self.run_on({'base/a.c': HEAD + 'int a;\n'})[0], 0)
        self.assertEqual(self.run_on({}, 'nonsense')[0], 2)

    def test_every_rule_is_tested(self):
        tested = {c.__name__.lower() for c in Case.__subclasses__()}
        self.assertEqual(set(rules.RULES) - tested, set())


if __name__ == '__main__':
    unittest.main()
