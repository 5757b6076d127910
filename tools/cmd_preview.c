/* carrel preview: the owner looks at what an annotator would see. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "fs/desk/pairs.h"
#include "fs/desk/preview.h"
#include "fs/session/hold.h"
#include "tools/commands.h"
#include "tools/desk.h"
#include "tools/sides.h"

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

/* ---- for eyes ---- */

struct diffing {
	const struct cli *c;
	struct desk *d;
	struct sides s;
	uint64_t files, left; /* printed; not to be printed */
};

static int put_pair(void *ctx, const struct pair *p)
{
	return sides_put(ctx, p->was, p->is);
}

static int diff_file(struct diffing *x, uint32_t nr, struct err *e)
{
	struct buf stored CLEANUP(buf_free) = {0};
	struct buf path CLEANUP(buf_free) = {0};
	struct err why = {0};
	int r = pairs_stored(x->d, nr, &stored);

	if (r == 0)
		r = desk_path(x->d, nr, &path);
	if (r != 0)
		return err_nomem(e);
	fputs("== ", x->c->out);
	cli_name(x->c, buf_bytes(&stored));
	if (!bytes_eq(buf_bytes(&stored), buf_bytes(&path))) {
		fputs(" -> ", x->c->out);
		cli_name(x->c, buf_bytes(&path));
	}
	fputc('\n', x->c->out);
	r = pairs_of(x->d, nr, put_pair, &x->s, &why);
	if (r == 0)
		r = sides_end(&x->s);
	if (r == -ENOTSUP || r == -ENOKEY || r == -EACCES) {
		x->left++;
		fprintf(x->c->out, "not to be shown here: %s\n", why.text);
		return 0;
	}
	x->files++;
	return r == 0 ? 0
		      : err_set(e, r, "", "%s",
				why.code != 0 ? why.text : strerror(-r));
}

static int diff_node(struct diffing *x, uint32_t nr, struct err *e)
{
	const struct desk_node *n = desk_node(x->d, nr);
	int r = 0;

	if (!n->folder)
		return diff_file(x, nr, e);
	for (uint32_t i = 0; r == 0 && i < n->count; i++)
		r = diff_node(x, n->first + i, e);
	return r;
}

static int diff_all(const struct cli *c, struct desk *d, uint64_t *files,
		    uint64_t *left, struct err *e)
{
	struct diffing x = {.c = c, .d = d, .s = sides_open(c->out)};
	int r = c->nargs == 0 ? diff_node(&x, 0, e) : 0;

	for (int i = 0; r == 0 && i < c->nargs; i++) {
		uint32_t nr = desk_walk(d, bytes_str(c->args[i]));

		if (nr == UINT32_MAX)
			nr = desk_stored(d, bytes_str(c->args[i]));
		r = nr == UINT32_MAX
			    ? err_set(e, -ENOENT, c->args[i],
				      "nothing is visible there; `carrel "
				      "policy explain` says why")
			    : diff_node(&x, nr, e);
	}
	sides_free(&x.s);
	*files = x.files;
	*left = x.left;
	return r;
}

static int run(const struct cli *c, struct open *o, struct hold *h,
	       const struct subject *s, int fd, uint64_t *files, uint64_t *left,
	       struct err *e)
{
	struct tool_desk td CLEANUP(tool_desk_close) = {0};
	struct desk *d CLEANUP(desk_closep) = NULL;
	int r = log_preview(c, h, o, s, e);

	if (r == 0)
		r = tool_desk_open(o, s, "view index", &td, &d, e);
	if (r == 0 && fd < 0)
		return diff_all(c, d, files, left, e);
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
	uint64_t files = 0, left = 0;
	bool diff = cli_has(c, "diff");
	int r;

	if (diff == (out != NULL))
		return cli_usage(c, diff ? "--diff prints: it takes no --out"
					 : "where to? give --out DIR, or "
					   "--diff");
	if (diff && c->json)
		return cli_usage(c, "--diff is for eyes: it has no --json");
	r = tool_subject(c, &o, &s, &e);
	if (r == 0)
		r = open_store(c, &o, &e);
	if (r == 0)
		r = hold_open(o.store, CARREL_TOOL, &h, &e);
	if (r == 0 && diff)
		r = run(c, &o, h, &s, -1, &files, &left, &e);
	if (r == 0 && !diff && mkdir(out, 0700) != 0 && errno != EEXIST)
		r = err_errno(&e, out, "cannot be made");
	if (r == 0 && !diff) {
		fd = open(out, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
		r = fd < 0 ? err_errno(&e, out, "cannot be opened")
			   : run(c, &o, h, &s, fd, &files, &left, &e);
	}
	r = hold_close(h, r, &e);
	if (r != 0)
		return cli_fail(c, &e);
	if (diff)
		return fflush(c->out) != 0 ? 70 : left != 0 ? 3 : 0;
	diag_say("%" PRIu64 " files as %s sees them, in %s", files, s.annotator,
		 out);
	return c->json ? print_json(c, &s, files) : 0;
}
