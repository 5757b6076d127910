/* carrel flag: inside a session: this should not have been shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/secret.h"
#include "policy/redact/flag.h"
#include "tools/commands.h"

#define DESK "/carrel"
#define ATTR "user.carrel.flag"

/* Elsewhere the attribute could be set, on a disk and in the clear. */
static int at_desk(const char *path, struct err *e)
{
	struct stat desk, st;

	if (stat(DESK "/TASK.md", &desk) != 0)
		return err_set(e, -EINVAL, "",
			       "this is no session: `carrel flag` is for who "
			       "reads in one (carrel run)");
	if (stat(path, &st) != 0)
		return err_errno(e, path, "cannot be flagged");
	return st.st_dev == desk.st_dev
		       ? 0
		       : err_set(e, -EINVAL, path,
				 "is no file below " DESK "/data");
}

/* A line, or all there is; more than can be flagged is seen as such. */
static int read_words(struct buf *b, struct err *e)
{
	size_t most = FLAG_LONG + 2;
	ssize_t n = 1;

	if (isatty(STDIN_FILENO))
		diag_say("which words (of a recording: which seconds)?");
	if (buf_reserve(b, most) != 0)
		return err_nomem(e);
	while (n > 0 && b->n < most && memchr(b->p, '\n', b->n) == NULL) {
		n = read(STDIN_FILENO, b->p + b->n, most - b->n);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			b->n += (size_t)n;
	}
	if (n < 0)
		return err_errno(e, "", "standard input");
	if (b->n > 0 && b->p[b->n - 1] == '\n')
		b->n--;
	return 0;
}

static const struct {
	int err, code;
	const char *words;
} answers[] = {
	{E2BIG, -EINVAL, "too many words: flag the value alone"},
	{EINVAL, -EINVAL,
	 "give the words that should not be shown, in one line; of a recording "
	 "the seconds, like 12.3-14"},
	{EISDIR, -EISDIR, "is a folder: flag the file"},
	{EDQUOT, -EACCES,
	 "you have flagged as much as your role may in an hour; tell the "
	 "owner, and try again later"},
	{EPERM, -EINVAL, "is no file below " DESK "/data"},
	{EACCES, -EACCES, "the session is ending"},
	{EIO, -EIO,
	 "nobody says that it is flagged: try again, or tell the owner"}};

static int told(const char *path, int err, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		if (answers[i].err == err)
			return err_set(e, answers[i].code, path, "%s",
				       answers[i].words);
	return err_set(e, -err, path, "cannot be flagged: %s", strerror(err));
}

int cmd_flag(struct cli *c)
{
	struct buf words CLEANUP(buf_free) = {.secret = true};
	struct buf b CLEANUP(buf_free) = {0};
	const char *path = c->args[0];
	struct json_out j;
	struct err e = {0};
	int r = at_desk(path, &e);

	if (r == 0 && c->nargs == 2) {
		r = buf_puts(&words, c->args[1]);
		if (r != 0)
			r = err_nomem(&e);
		/* whoever lists processes has no more to see */
		secret_wipe(c->args[1], strlen(c->args[1]));
	} else if (r == 0) {
		r = read_words(&words, &e);
	}
	if (r == 0 && setxattr(path, ATTR, words.p, words.n, 0) != 0)
		r = told(path, errno, &e);
	if (r != 0)
		return cli_fail(c, &e);
	if (!c->json) {
		diag_say("flagged; %s is hidden from you until the owner has "
			 "decided",
			 path);
		return 0;
	}
	cli_json(&j, &b);
	json_key(&j, "flagged");
	json_cstr(&j, path);
	return cli_json_end(c, &j, &b);
}
