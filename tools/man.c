/* carrel(1) and shell completion, written from the one option table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/cli.h"

/* scdoc source: '_' and '*' of plain text are escaped. */
static void man_text(FILE *f, const char *s)
{
	for (; *s != '\0'; s++) {
		if (strchr("_*\\<>#", *s) != NULL)
			fputc('\\', f);
		fputc(*s, f);
	}
}

static void man_options(FILE *f, const struct opt *o)
{
	for (; o != NULL && o->kind != OPT_END; o++) {
		fprintf(f, "*--%s*", o->name);
		if (o->arg != NULL)
			fprintf(f, " _%s_", o->arg);
		fprintf(f, "\n\t");
		man_text(f, o->help);
		fprintf(f, "%s.\n\n",
			o->kind == OPT_REPEAT ? " (may repeat)" : "");
	}
}

static void man_command(FILE *f, const struct command *m)
{
	fprintf(f, "## carrel %s ", m->words);
	man_text(f, m->synopsis);
	fprintf(f, "\n\n(%s) ", m->who);
	man_text(f, m->summary);
	fprintf(f, ".\n\n");
	if (m->text[0] != '\0') {
		man_text(f, m->text);
		fprintf(f, "\n\n");
	}
	man_options(f, m->opts);
	for (size_t i = 0; i < ARRAY_LEN(m->examples); i++)
		if (m->examples[i] != NULL)
			fprintf(f, "```\n%s\n```\n\n", m->examples[i]);
}

static const char exit_codes[] =
	"*0*\n\tok\n\n*1*\n\tthe check answered no\n\n*2*\n\tusage, or "
	"malformed input\n\n*3*\n\tpartial, or cannot tell\n\n*4*\n\tnot "
	"found\n\n*5*\n\tdenied by policy or terms\n\n*6*\n\tkey missing or "
	"wrong\n\n*7*\n\tstore or log damaged\n\n*8*\n\tbusy\n\n*9*\n\tkernel "
	"or CPU feature missing\n\n*70*\n\tinternal error\n\n";

void man_page(FILE *f)
{
	size_t n;
	const struct command *m = commands_all(&n);

	fprintf(f, "carrel(1)\n\n# NAME\n\n"
		   "carrel - a reading room for sensitive data sets\n\n"
		   "# SYNOPSIS\n\n*carrel* _COMMAND_ [_OPTIONS_] ...\n\n"
		   "# DESCRIPTION\n\n"
		   "An encrypted store, redacted views that a policy decides, "
		   "confined sessions that nothing read can leave, and a log "
		   "that a stranger can verify.\n\n"
		   "# COMMON OPTIONS\n\n");
	man_options(f, cli_globals);
	fprintf(f, "# COMMANDS\n\n");
	for (size_t i = 0; i < n; i++)
		if (m[i].who != NULL)
			man_command(f, &m[i]);
	fprintf(f, "# EXIT STATUS\n\n%s", exit_codes);
	fprintf(f, "# ENVIRONMENT\n\n*CARREL\\_STORE*, *CARREL\\_KEY\\_FILE*, "
		   "*CARREL\\_PASSPHRASE\\_FILE*, *CARREL\\_KEY\\_COMMAND*\n"
		   "\tas the options of these names; an option wins.\n\n"
		   "*NO\\_COLOR*\n\tno colours.\n\n"
		   "A session starts with *HOME*, *USER*, *SHELL*, *PATH*, "
		   "*TERM*, *LANG*, *XDG\\_RUNTIME\\_DIR* and\n\n"
		   "*CARREL\\_TASK*\n\tthe task it is at, also where the "
		   "policy chose it; empty without tasks.\n\n"
		   "# SEE ALSO\n\n"
		   "*carrel-policy*(5), *carrel-dataset*(5), *carrel-log*(5), "
		   "*carrel-security*(7)\n");
}

/* Length of the first word of a command; *second: the other, or NULL. */
static size_t first_word(const struct command *m, const char **second)
{
	const char *sp = strchr(m->words, ' ');

	*second = sp == NULL ? NULL : sp + 1;
	return sp == NULL ? strlen(m->words) : (size_t)(sp - m->words);
}

static bool same_first(const struct command *a, const struct command *b)
{
	const char *second;
	size_t n = first_word(a, &second);

	return n == first_word(b, &second) &&
	       strncmp(a->words, b->words, n) == 0;
}

/* A group stands together in the table: is m[i] the first of its own? */
static bool leads(const struct command *m, size_t i)
{
	return m[i].who != NULL && (i == 0 || !same_first(&m[i], &m[i - 1]));
}

static void first_words(FILE *f)
{
	size_t n;
	const struct command *m = commands_all(&n);
	const char *second;

	for (size_t i = 0; i < n; i++)
		if (leads(m, i))
			fprintf(f, "%.*s ", (int)first_word(&m[i], &second),
				m[i].words);
}

/* A case for each first word that a second one follows. */
static void second_words(FILE *f)
{
	size_t n;
	const struct command *m = commands_all(&n);
	const char *second;

	for (size_t i = 0; i < n; i++) {
		int len = (int)first_word(&m[i], &second);

		if (second == NULL || !leads(m, i))
			continue;
		fprintf(f, "\t\t%.*s) words=\"", len, m[i].words);
		for (size_t k = i; k < n && same_first(&m[i], &m[k]); k++) {
			(void)first_word(&m[k], &second);
			fprintf(f, "%s ", second);
		}
		fprintf(f, "\";;\n");
	}
}

static void option_words(FILE *f, const struct opt *o)
{
	for (; o != NULL && o->kind != OPT_END; o++)
		fprintf(f, "--%s ", o->name);
}

void completion_bash(FILE *f)
{
	size_t n;
	const struct command *m = commands_all(&n);

	fprintf(f, "# bash completion of carrel; made by carrel "
		   "_completion\n_carrel() {\n"
		   "\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
		   "one=${COMP_WORDS[1]} two=${COMP_WORDS[2]} words=\n"
		   "\tif [ \"$COMP_CWORD\" = 1 ]; then words=\"");
	first_words(f);
	fprintf(f, "\"\n\telif [ \"$COMP_CWORD\" = 2 ]; then case $one in\n");
	second_words(f);
	fprintf(f, "\tesac; fi\n\tcase \"$one $two\" in\n");
	for (size_t i = 0; i < n; i++) {
		if (m[i].who == NULL)
			continue;
		fprintf(f, "\t\"%s%s\"*) words=\"$words ", m[i].words,
			strchr(m[i].words, ' ') == NULL ? " " : "");
		option_words(f, m[i].opts);
		option_words(f, cli_globals);
		fprintf(f, "\";;\n");
	}
	fprintf(f, "\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -f -- "
		   "\"$cur\"))\n}\ncomplete -o filenames -F _carrel carrel\n");
}

void completion_zsh(FILE *f)
{
	fprintf(f, "#compdef carrel\n"
		   "# zsh completion of carrel; made by carrel _completion\n"
		   "autoload -U +X bashcompinit && bashcompinit\n");
	completion_bash(f);
}
