/* The command line: one option table makes parsing, help, man, completion. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_CLI_H
#define TOOLS_CLI_H

#include <stdio.h>

#include "base/err.h"
#include "base/json.h"

enum opt_kind {
	OPT_END = 0,
	OPT_FLAG,
	OPT_VALUE,
	OPT_REPEAT
};

struct opt {
	enum opt_kind kind;
	const char *name; /* without the dashes */
	const char *arg;  /* "FILE"; NULL for flags */
	const char *help;
};

struct cli;

/* One subcommand; "policy check" has two words. */
struct command {
	const char *words;
	const char *who;      /* owner, annotator, auditor, operator */
	const char *synopsis; /* positional arguments */
	const char *summary;  /* one line */
	const char *text;     /* a paragraph for the man page */
	const struct opt *opts;
	const char *examples[2];
	int (*run)(struct cli *c); /* returns the exit code */
	int min_args, max_args;	   /* max -1: any number */
	bool rest;		   /* takes a command line after -- */
};

#define CLI_MAX 64

/* A parsed command line. */
struct cli {
	const struct command *cmd;
	struct {
		const char *name, *value;
	} given[CLI_MAX];
	size_t ngiven;
	char **args; /* positional */
	int nargs;
	char **rest; /* after --, NULL-terminated; NULL: none */
	bool json;
	FILE *out; /* stdout: data only */
};

/* Options every command has. */
extern const struct opt cli_globals[];

/** commands_all(n): the table of subcommands, in order of DESIGN 10. */
const struct command *commands_all(size_t *n);

/**
 * cli_main(argc, argv): parse, run, return the exit code.
 */
int cli_main(int argc, char **argv);

/** cli_get(c, name): the last value of --name, or NULL. cli_has: flag or value
 * given. cli_each(c, name, i): i-th value of a repeatable one, or NULL. */
const char *cli_get(const struct cli *c, const char *name);
bool cli_has(const struct cli *c, const char *name);
const char *cli_each(const struct cli *c, const char *name, size_t i);

/**
 * cli_give(c, name, value): as if --name value stood on the line too; 0, or
 * the exit code of a usage error said.
 */
int cli_give(struct cli *c, const char *name, const char *value);

/**
 * cli_fail(c, e): print the error (with --json one object on stderr) and
 * return the exit code for it. cli_fail_as: with an exit code of the caller's.
 */
int cli_fail(const struct cli *c, const struct err *e);
int cli_fail_as(const struct cli *c, const struct err *e, int code);

/**
 * cli_usage(c, fmt): print what is wrong with the call; returns 2.
 */
int cli_usage(const struct cli *c, const char *fmt, ...) PRINTF(2, 3);

/**
 * cli_json(c, o, b): start a JSON answer: o writes into b, with "schema": 1
 * first; cli_json_end prints it as one line. A failed write is exit 70.
 */
void cli_json(struct json_out *o, struct buf *b);
int cli_json_end(const struct cli *c, struct json_out *o, struct buf *b);

/** cli_print(c, b): bytes to standard output, made safe on a terminal. */
void cli_print(const struct cli *c, struct bytes b);

/**
 * cli_name(c, b): a name within a line, control characters escaped also where
 * the line goes to a file: a stored name must not be able to forge a line.
 */
void cli_name(const struct cli *c, struct bytes b);

/** man_page(f), completion_bash(f), completion_zsh(f): from the same table. */
void man_page(FILE *f);
void completion_bash(FILE *f);
void completion_zsh(FILE *f);

#endif
