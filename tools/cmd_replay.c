/* carrel audit replay: logged reads made again, byte for byte. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "fs/desk/replay.h"
#include "fs/ingest/child.h"
#include "tools/commands.h"
#include "tools/logview.h"

struct show {
	const struct cli *c;
	bool single; /* one SEQ without --out: its bytes go to stdout */
};

static void show_json(const struct show *s, const struct event *ev,
		      struct bytes path, const char *verdict)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	cli_json(&j, &b);
	json_key(&j, "seq");
	json_uint(&j, ev->seq);
	json_key(&j, "path");
	json_str(&j, path);
	json_key(&j, "offset");
	json_uint(&j, event_get(ev, EF_OFFSET));
	json_key(&j, "result");
	json_int(&j, (int64_t)event_get(ev, EF_RESULT));
	json_key(&j, "verdict");
	json_cstr(&j, verdict);
	(void)cli_json_end(s->c, &j, &b);
}

static void show_read(void *ctx, const struct event *ev, struct bytes path,
		      const char *verdict, struct bytes bytes)
{
	const struct show *s = ctx;

	if (s->c->json) {
		show_json(s, ev, path, verdict);
	} else if (s->single) {
		if (strcmp(verdict, "match") != 0)
			diag_say("entry %" PRIu64 ": %s", ev->seq, verdict);
		cli_print(s->c, bytes);
	} else {
		fprintf(s->c->out, "%8" PRIu64 " ", ev->seq);
		cli_name(s->c, path);
		fprintf(s->c->out, " offset=%" PRIu64 " bytes=%" PRId64 " %s\n",
			event_get(ev, EF_OFFSET),
			(int64_t)event_get(ev, EF_RESULT), verdict);
	}
}

static int open_out(const struct cli *c, int *fd, struct err *e)
{
	const char *out = cli_get(c, "out");

	if (out == NULL)
		return 0;
	if (mkdir(out, 0700) != 0 && errno != EEXIST)
		return err_errno(e, out, "cannot be made");
	*fd = open(out, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	return *fd < 0 ? err_errno(e, out, "cannot be opened") : 0;
}

static int number(const char *s, uint64_t *out, struct err *e)
{
	char *end;

	errno = 0;
	*out = strtoull(s, &end, 10);
	return errno == 0 && *s >= '0' && *s <= '9' && *end == '\0'
		       ? 0
		       : err_set(e, -EINVAL, s, "not a number of an entry");
}

static int parse(const struct cli *c, struct replay_want *w, struct err *e)
{
	const char *session = cli_get(c, "session");

	if ((session == NULL) == (c->nargs == 0))
		return err_set(e, -EINVAL, "",
			       "give one entry's number, or --session S");
	return session != NULL ? number(session, &w->session, e)
			       : number(c->args[0], &w->seq, e);
}

/* The last line of --json: what all the lines before it come to. */
static int show_sum(const struct cli *c, const struct replay_sum *sum)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	cli_json(&j, &b);
	json_key(&j, "reads");
	json_uint(&j, sum->reads);
	json_key(&j, "bytes");
	json_uint(&j, sum->bytes);
	json_key(&j, "match");
	json_uint(&j, sum->match);
	json_key(&j, "mismatch");
	json_uint(&j, sum->mismatch);
	json_key(&j, "unknown");
	json_uint(&j, sum->unknown);
	return cli_json_end(c, &j, &b);
}

int cmd_audit_replay(struct cli *c)
{
	struct logview v CLEANUP(logview_close) = {0};
	struct child_pool *children CLEANUP(child_pool_freep) = NULL;
	int fd CLEANUP(fd_close) = -1;
	struct show s = {c, c->nargs == 1 && !cli_has(c, "out")};
	struct replay_want w = {.each = show_read, .ctx = &s};
	struct replay_sum sum = {0};
	struct err e = {0};
	int r = parse(c, &w, &e);

	if (r == 0)
		r = logview_open(c, &v, true, &e);
	if (r == 0)
		r = open_out(c, &fd, &e);
	if (r == 0)
		r = child_pool_new(0, &children, &e);
	if (r != 0)
		return cli_fail(c, &e);
	w.store = v.open.store;
	w.reader = v.reader;
	w.children = children;
	w.outfd = fd;
	r = replay_run(&w, &sum, &e);
	if (r != 0)
		(void)cli_fail(c, &e);
	if (c->json && show_sum(c, &sum) != 0)
		return 70;
	diag_say("%" PRIu64 " reads, %" PRIu64 " bytes: %" PRIu64
		 " match, %" PRIu64 " differ, %" PRIu64
		 " could not be made again",
		 sum.reads, sum.bytes, sum.match, sum.mismatch, sum.unknown);
	if (fflush(c->out) != 0)
		return 70;
	return r == -EBADMSG ? 1 : r == -ESTALE ? 3 : diag_exit_code(r);
}
