/* carrel preview: the owner looks at what an annotator would see. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "fs/desk/preview.h"
#include "fs/session/hold.h"
#include "tools/commands.h"
#include "tools/desk.h"

/* The owner's look is in the log before the first byte is written. */
static int log_preview(const struct cli *c, struct hold *h,
		       const struct open *o, const struct subject *s,
		       struct err *e)
{
	struct event ev = {.kind = EV_PREVIEW};
	int r;

	event_text(&ev, EF_ANNOTATOR, s->annotator);
	event_text(&ev, EF_ROLE, s->role);
	event_text(&ev, EF_TASK, s->task);
	event_bytes(&ev, EF_POLICY, bytes_of(policy_hash(o->policy), 32));
	event_uint(&ev, EF_COUNT, (uint64_t)c->nargs);
	r = hold_log(h, &ev);
	return r == 0 ? 0
		      : err_set(e, r, "", "the log cannot record this: %s",
				strerror(-r));
}

static int write_all(const struct cli *c, struct desk *d, int fd,
		     const struct progress *p, uint64_t *files, struct err *e)
{
	int r = 0;

	if (c->nargs == 0)
		return preview_write(d, bytes_of(NULL, 0), fd, p, files, e);
	for (int i = 0; r == 0 && i < c->nargs; i++)
		r = preview_write(d, bytes_str(c->args[i]), fd, p, files, e);
	return r;
}

static int run(const struct cli *c, struct open *o, struct hold *h,
	       const struct subject *s, int fd, uint64_t *files, struct err *e)
{
	struct tool_desk td CLEANUP(tool_desk_close) = {0};
	struct desk *d CLEANUP(desk_closep) = NULL;
	int r = log_preview(c, h, o, s, e);

	if (r == 0)
		r = tool_desk_open(o, s, "view index", &td, &d, e);
	if (r == 0)
		r = write_all(c, d, fd, &td.progress, files, e);
	return r;
}

static int print_json(const struct cli *c, const struct subject *s,
		      uint64_t files)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	cli_json(&j, &b);
	json_key(&j, "annotator");
	json_cstr(&j, s->annotator);
	json_key(&j, "files");
	json_uint(&j, files);
	json_key(&j, "out");
	json_cstr(&j, cli_get(c, "out"));
	return cli_json_end(c, &j, &b);
}

int cmd_preview(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct hold *h = NULL;
	const char *out = cli_get(c, "out");
	int fd CLEANUP(fd_close) = -1;
	struct subject s;
	struct err e = {0};
	uint64_t files = 0;
	int r;

	if (out == NULL)
		return cli_usage(c, "where to? give --out DIR");
	r = tool_subject(c, &o, &s, &e);
	if (r == 0)
		r = open_store(c, &o, &e);
	if (r == 0)
		r = hold_open(o.store, CARREL_TOOL, &h, &e);
	if (r == 0 && mkdir(out, 0700) != 0 && errno != EEXIST)
		r = err_errno(&e, out, "cannot be made");
	if (r == 0) {
		fd = open(out, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
		r = fd < 0 ? err_errno(&e, out, "cannot be opened")
			   : run(c, &o, h, &s, fd, &files, &e);
	}
	r = hold_close(h, r, &e);
	if (r != 0)
		return cli_fail(c, &e);
	diag_say("%" PRIu64 " files as %s sees them, in %s", files, s.annotator,
		 out);
	return c->json ? print_json(c, &s, files) : 0;
}
