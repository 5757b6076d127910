/* Parsing of the command line, help texts, and the shape of answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/diag.h"

const struct opt cli_globals[] = {
	{OPT_VALUE, "store", "DIR", "the store (or CARREL_STORE)"},
	{OPT_VALUE, "key-file", "F", "32 bytes or 64 hex digits"},
	{OPT_VALUE, "passphrase-file", "F", "first line is the passphrase"},
	{OPT_VALUE, "key-command", "CMD", "prints the key on its stdout"},
	{OPT_FLAG, "json", NULL, "answer as JSON, \"schema\": 1"},
	{OPT_FLAG, "help", NULL, "this page"},
	{OPT_END, NULL, NULL, NULL},
};

const char *cli_each(const struct cli *c, const char *name, size_t i)
{
	for (size_t k = 0; k < c->ngiven; k++)
		if (strcmp(c->given[k].name, name) == 0 && i-- == 0)
			return c->given[k].value;
	return NULL;
}

const char *cli_get(const struct cli *c, const char *name)
{
	const char *last = NULL;

	for (size_t k = 0; k < c->ngiven; k++)
		if (strcmp(c->given[k].name, name) == 0)
			last = c->given[k].value;
	return last;
}

bool cli_has(const struct cli *c, const char *name)
{
	return cli_get(c, name) != NULL;
}

int cli_fail(const struct cli *c, const struct err *e)
{
	return cli_fail_as(c, e, diag_exit_code(e->code));
}

int cli_fail_as(const struct cli *c, const struct err *e, int code)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out o;

	if (c == NULL || !c->json) {
		diag_err(e);
		return code;
	}
	cli_json(&o, &b);
	json_key(&o, "error");
	json_cstr(&o, e->text);
	json_key(&o, "place");
	json_cstr(&o, e->place);
	json_key(&o, "exit");
	json_int(&o, code);
	json_obj_end(&o);
	if (o.err == 0)
		fprintf(stderr, "%s\n", buf_str(&b));
	return code;
}

int cli_usage(const struct cli *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_say("%s", text);
	if (c != NULL && c->cmd != NULL)
		diag_say("usage: carrel %s %s (see carrel %s --help)",
			 c->cmd->words, c->cmd->synopsis, c->cmd->words);
	else
		diag_say("carrel --help lists the commands");
	return 2;
}

void cli_json(struct json_out *o, struct buf *b)
{
	json_open(o, b);
	json_obj(o);
	json_key(o, "schema");
	json_int(o, 1);
}

int cli_json_end(const struct cli *c, struct json_out *o, struct buf *b)
{
	json_obj_end(o);
	if (o->err != 0 || fprintf(c->out, "%s\n", buf_str(b)) < 0)
		return 70;
	return fflush(c->out) == 0 ? 0 : 70;
}

void cli_print(const struct cli *c, struct bytes b)
{
	diag_safe(c->out, b, isatty(fileno(c->out)) == 1);
}

void cli_name(const struct cli *c, struct bytes b)
{
	diag_safe(c->out, b, true);
}

/* ---- help ---- */

static void help_options(FILE *f, const struct opt *o)
{
	for (; o != NULL && o->kind != OPT_END; o++) {
		char left[48];

		snprintf(left, sizeof(left), "--%s%s%s", o->name,
			 o->arg == NULL ? "" : " ",
			 o->arg == NULL ? "" : o->arg);
		fprintf(f, "  %-26s %s%s\n", left, o->help,
			o->kind == OPT_REPEAT ? " (may repeat)" : "");
	}
}

static void help_command(FILE *f, const struct command *m)
{
	fprintf(f, "usage: carrel %s [OPTIONS] %s\n\n%s.\n\n", m->words,
		m->synopsis, m->summary);
	help_options(f, m->opts);
	help_options(f, cli_globals);
	fprintf(f, "\nexamples:\n");
	for (size_t i = 0; i < ARRAY_LEN(m->examples); i++)
		if (m->examples[i] != NULL)
			fprintf(f, "  %s\n", m->examples[i]);
}

static void help_all(FILE *f)
{
	size_t n;
	const struct command *m = commands_all(&n);

	fprintf(f, "usage: carrel COMMAND [OPTIONS] ..., "
		   "a reading room for sensitive data\n");
	for (size_t i = 0; i < n; i++)
		if (m[i].who != NULL)
			fprintf(f, "  %-9s %-15s %s\n", m[i].who, m[i].words,
				m[i].summary);
	fprintf(f, "\nexample: carrel init --store room --key-file owner.key\n"
		   "carrel COMMAND --help says more; so does carrel(1).\n");
}

/* ---- parsing ---- */

/* The command whose words are argv[1] and perhaps argv[2]; *used: how many. */
static const struct command *find_command(int argc, char **argv, int *used)
{
	size_t n;
	const struct command *m = commands_all(&n);

	for (size_t i = 0; i < n && argc > 1; i++) {
		const char *sp = strchr(m[i].words, ' ');
		size_t first = sp == NULL ? strlen(m[i].words)
					  : (size_t)(sp - m[i].words);

		if (strlen(argv[1]) != first ||
		    strncmp(argv[1], m[i].words, first) != 0)
			continue;
		*used = sp == NULL ? 1 : 2;
		if (sp == NULL || (argc > 2 && strcmp(argv[2], sp + 1) == 0))
			return &m[i];
	}
	return NULL;
}

/* Of "policy" alone, or with a second word that is none: how it goes on. Where
 * it is the first word of no command nothing is said, and 0 returned. */
static size_t name_group(FILE *f, const char *first)
{
	size_t n, said = 0, len = strlen(first);
	const struct command *m = commands_all(&n);

	for (size_t i = 0; i < n; i++)
		if (strncmp(m[i].words, first, len) == 0 &&
		    m[i].words[len] == ' ')
			fprintf(f, "%scarrel %-15s %s\n",
				said++ == 0 ? "one of:\n  " : "  ", m[i].words,
				m[i].summary);
	return said;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
	       strcmp(word, "help") == 0;
}

/* What was typed is the name of no command. */
static int no_command(int argc, char **argv)
{
	bool help = argc > 2 && is_help(argv[2]);

	if (argv[1][0] == '-')
		return cli_usage(NULL,
				 "the command comes first, then its options; "
				 "%s is no command",
				 argv[1]);
	if (help && name_group(stdout, argv[1]) > 0)
		return 0;
	diag_say("there is no command \"%s%s%s\"", argv[1], argc > 2 ? " " : "",
		 argc > 2 ? argv[2] : "");
	if (name_group(stderr, argv[1]) == 0)
		diag_say("carrel --help lists the commands");
	return 2;
}

/* getopt_long's table from ours; val = index + 1. */
static size_t long_options(const struct command *m, struct option *out,
			   const struct opt **which)
{
	const struct opt *lists[2] = {cli_globals, m->opts};
	size_t n = 0;

	for (size_t l = 0; l < 2; l++)
		for (const struct opt *o = lists[l];
		     o != NULL && o->kind != OPT_END && n + 1 < CLI_MAX; o++) {
			which[n] = o;
			out[n] = (struct option){o->name,
						 o->arg == NULL
							 ? no_argument
							 : required_argument,
						 NULL, (int)n + 1};
			n++;
		}
	out[n] = (struct option){0};
	return n;
}

int cli_give(struct cli *c, const char *name, const char *value)
{
	if (c->ngiven == CLI_MAX)
		return cli_usage(c, "too many options");
	c->given[c->ngiven].name = name;
	c->given[c->ngiven++].value = value;
	return 0;
}

/* Everything after "--" is a command line of its own. */
static int split_rest(struct cli *c, int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		if (!c->cmd->rest)
			return 0;
		c->rest = argv + i + 1;
		*argc = i;
		argv[i] = NULL;
		if (c->rest[0] == NULL)
			c->rest = NULL;
		return 0;
	}
	return 0;
}

/* -l is --long where there is one; 0: there is none. */
static int short_long(const struct option *o)
{
	for (; o->name != NULL; o++)
		if (strcmp(o->name, "long") == 0)
			return o->val;
	return 0;
}

static int parse_options(struct cli *c, int argc, char **argv)
{
	struct option longs[CLI_MAX + 1];
	const struct opt *which[CLI_MAX + 1];
	int v;

	(void)long_options(c->cmd, longs, which);
	(void)split_rest(c, &argc, argv);
	optind = 1;
	opterr = 0;
	while ((v = getopt_long(argc, argv, ":l", longs, NULL)) != -1) {
		if (v == ':')
			return cli_usage(c, "%s needs a value",
					 argv[optind - 1]);
		if (v == '?')
			return cli_usage(c, "unknown option %s",
					 argv[optind - 1]);
		if (v == 'l')
			v = short_long(longs);
		if (v == 0)
			return cli_usage(c, "unknown option -l");
		v = cli_give(c, which[v - 1]->name,
			     which[v - 1]->arg == NULL ? "yes" : optarg);
		if (v != 0)
			return v;
	}
	c->args = argv + optind;
	c->nargs = argc - optind;
	c->json = cli_has(c, "json");
	if (c->nargs < c->cmd->min_args)
		return cli_has(c, "help")
			       ? 0
			       : cli_usage(c, "something is missing");
	if (c->cmd->max_args >= 0 && c->nargs > c->cmd->max_args)
		return cli_usage(c, "too many arguments: %s",
				 c->args[c->cmd->max_args]);
	return 0;
}

/* An answer that was lost on the way is no success, whichever command gave it.
 */
static int told(int code)
{
	bool lost = fflush(stdout) != 0 || ferror(stdout) != 0;

	return code == 0 && lost ? 70 : code;
}

static int help(const struct command *m)
{
	if (m == NULL)
		help_all(stdout);
	else
		help_command(stdout, m);
	return 0;
}

static int run(int argc, char **argv)
{
	struct cli c = {.out = stdout};
	int used = 0, code;

	if (argc < 2)
		return cli_usage(NULL, "a command is missing");
	if (is_help(argv[1])) {
		c.cmd = find_command(argc - 1, argv + 1, &used);
		return help(c.cmd);
	}
	if (strcmp(argv[1], "--version") == 0)
		argv[1] += 2;
	c.cmd = find_command(argc, argv, &used);
	if (c.cmd == NULL)
		return no_command(argc, argv);
	code = parse_options(&c, argc - used, argv + used);
	if (code != 0)
		return code;
	if (cli_has(&c, "help"))
		return help(c.cmd);
	return c.cmd->run(&c);
}

int cli_main(int argc, char **argv)
{
	return told(run(argc, argv));
}
