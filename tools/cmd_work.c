/* carrel work: the owner lists and takes out what annotators saved. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "fs/mount/work.h"
#include "fs/session/hold.h"
#include "tools/commands.h"
#include "tools/open.h"

/* Which areas a command is about, and what it does with each. */
struct areas {
	const struct cli *c;
	struct open o;
	const char *as, *project; /* NULL: all */
	const struct store_work *area;
	struct work *w;
	int (*fn)(struct areas *a, struct err *e);
	uint64_t seen, files;
	struct json_out *json;
	struct hold *hold;
	int outfd;
	struct err *e;
};

static bool wanted(const struct areas *a, const struct store_work *x)
{
	return (a->as == NULL || bytes_is(buf_bytes(&x->annotator), a->as)) &&
	       (a->project == NULL ||
		bytes_is(buf_bytes(&x->project), a->project));
}

static int each(void *ctx, const struct store_work *x)
{
	struct areas *a = ctx;
	struct work_want want = {.store = a->o.store,
				 .project = (const char *)x->project.p,
				 .annotator = (const char *)x->annotator.p,
				 .readonly = true};
	int r;

	if (!wanted(a, x))
		return 0;
	a->seen++;
	a->area = x;
	r = work_open(&want, &a->w, a->e);
	if (r == 0)
		r = a->fn(a, a->e);
	work_closep(&a->w);
	return r;
}

static int run(struct areas *a, struct err *e)
{
	int r;

	a->e = e;
	r = store_work_each(a->o.store, each, a);
	if (r == 0 && a->seen == 0 && (a->as != NULL || a->project != NULL))
		return err_set(e, -ENOENT, a->as == NULL ? a->project : a->as,
			       "has no work area in this store; `carrel work "
			       "list` names those that there are");
	return r == 0 || e->code != 0
		       ? r
		       : err_set(e, r, "", "the areas cannot be listed: %s",
				 strerror(-r));
}

static void areas_close(struct areas *a)
{
	fd_close(&a->outfd);
	open_close(&a->o);
}

static void start(struct areas *a, const struct cli *c)
{
	*a = (struct areas){.c = c,
			    .as = cli_get(c, "as"),
			    .project = cli_get(c, "project"),
			    .outfd = -1};
}

/* ---- list ---- */

static void when(const struct timespec *t, char out[32])
{
	struct tm tm;

	if (gmtime_r(&t->tv_sec, &tm) == NULL ||
	    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}

static void file_json(struct areas *a, const struct work_file *f,
		      const char *mtime, const uint8_t *digest)
{
	struct json_out *j = a->json;

	json_obj(j);
	json_key(j, "annotator");
	json_str(j, buf_bytes(&a->area->annotator));
	json_key(j, "project");
	json_str(j, buf_bytes(&a->area->project));
	json_key(j, "path");
	json_str(j, f->path);
	json_key(j, "size");
	json_uint(j, (uint64_t)f->st.st_size);
	json_key(j, "mtime");
	json_cstr(j, mtime);
	json_key(j, "versions");
	json_uint(j, f->versions);
	json_key(j, "digest");
	json_hex(j, bytes_of(digest, WORK_DIGEST));
	json_obj_end(j);
}

static int list_file(void *ctx, const struct work_file *f)
{
	struct areas *a = ctx;
	uint8_t digest[WORK_DIGEST];
	char mtime[32];
	int r;

	if (!S_ISREG(f->st.st_mode))
		return 0;
	a->files++;
	when(&f->st.st_mtim, mtime);
	if (a->json != NULL) {
		r = work_digest(a->w, f->st.st_ino, digest);
		if (r != 0)
			return r;
		file_json(a, f, mtime, digest);
		return 0;
	}
	cli_name(a->c, buf_bytes(&a->area->annotator));
	fprintf(a->c->out, "\t%12" PRIu64 "  %s  v%" PRIu32 "\t",
		(uint64_t)f->st.st_size, mtime, f->versions);
	cli_name(a->c, f->path);
	fputc('\n', a->c->out);
	return 0;
}

static int list_area(struct areas *a, struct err *e)
{
	int r = work_each(a->w, list_file, a);

	if (r == -EBUSY)
		return err_set(e, r, (const char *)a->area->annotator.p,
			       "a file was written to meanwhile by a session; "
			       "try again, or end the session first");
	return r == 0 ? 0
		      : err_set(e, r, (const char *)a->area->annotator.p,
				"a file of the work area cannot be read: %s",
				strerror(-r));
}

int cmd_work_list(struct cli *c)
{
	struct areas a CLEANUP(areas_close);
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct err e = {0};
	int r;

	start(&a, c);
	r = open_store(c, &a.o, &e);
	if (r != 0)
		return cli_fail(c, &e);
	cli_json(&j, &b);
	json_key(&j, "files");
	json_arr(&j);
	a.json = c->json ? &j : NULL;
	a.fn = list_area;
	r = run(&a, &e);
	if (r != 0)
		return cli_fail(c, &e);
	json_arr_end(&j);
	return c->json ? cli_json_end(c, &j, &b) : 0;
}

/* ---- export: one area of an annotator ---- */

/* The areas that are wanted: annotator, 0, project, 0. */
struct pairs {
	const struct areas *a;
	struct buf b;
};

static int add_pair(void *ctx, const struct store_work *x)
{
	struct pairs *p = ctx;

	if (!wanted(p->a, x))
		return 0;
	return buf_put(&p->b, x->annotator.p, x->annotator.n) != 0 ||
			       buf_put(&p->b, "", 1) != 0 ||
			       buf_put(&p->b, x->project.p, x->project.n) !=
				       0 ||
			       buf_put(&p->b, "", 1) != 0
		       ? -ENOMEM
		       : 0;
}

static const char *pair_next(const struct pairs *p, const char *who)
{
	const char *project = who + strlen(who) + 1;
	const char *next = project + strlen(project) + 1;

	return next < (const char *)p->b.p + p->b.n ? next : NULL;
}

/* The projects of one annotator, with commas between; how many. */
static unsigned projects_of(const struct pairs *p, const char *who,
			    struct buf *words)
{
	unsigned n = 0;

	for (const char *x = (const char *)p->b.p; x != NULL;
	     x = pair_next(p, x))
		if (strcmp(x, who) == 0 &&
		    buf_printf(words, "%s%s", n == 0 ? "" : ", ",
			       x + strlen(x) + 1) == 0)
			n++;
	return n;
}

/* Two projects' files would lie in one folder, and a path mean either. */
static int one_each(const struct areas *a, struct err *e)
{
	struct pairs p = {.a = a};
	int r = store_work_each(a->o.store, add_pair, &p);

	if (r != 0)
		r = err_set(e, r, "", "the areas cannot be listed: %s",
			    strerror(-r));
	for (const char *x = (const char *)p.b.p; r == 0 && x != NULL;
	     x = pair_next(&p, x)) {
		struct buf words CLEANUP(buf_free) = {0};

		if (projects_of(&p, x, &words) > 1)
			r = err_set(e, -EINVAL, x,
				    "has work areas in several projects (%s); "
				    "say which with --project",
				    buf_str(&words));
	}
	buf_free(&p.b);
	return r;
}

/* ---- export ---- */

/* In the log before the first byte is written. */
static int log_export(struct areas *a, const char *path, struct err *e)
{
	struct event ev = {.kind = EV_EXPORT};
	int r;

	event_text(&ev, EF_ANNOTATOR, (const char *)a->area->annotator.p);
	event_text(&ev, EF_PROJECT, (const char *)a->area->project.p);
	event_text(&ev, EF_OP, "work");
	event_bytes(&ev, EF_PATH, bytes_str(path == NULL ? "" : path));
	r = hold_log(a->hold, &ev);
	return r == 0 ? 0
		      : err_set(e, r, "", "the log cannot record this: %s",
				strerror(-r));
}

static bool plain(struct bytes name)
{
	return name.n > 0 && memchr(name.p, '/', name.n) == NULL &&
	       !bytes_is(name, ".") && !bytes_is(name, "..");
}

/* All areas: a folder for each annotator. */
static int folder_of(struct areas *a, struct err *e)
{
	struct bytes name = buf_bytes(&a->area->annotator);
	const char *path = (const char *)name.p;
	int fd;

	if (a->as != NULL)
		return fd_beneath(a->outfd, ".", O_RDONLY | O_DIRECTORY, 0);
	if (!plain(name))
		return err_set(e, -EINVAL, path,
			       "is no name for a folder; export it with --as");
	if (mkdirat(a->outfd, path, 0700) != 0)
		return errno == EEXIST
			       ? err_set(e, -EEXIST, path,
					 "stands already in the folder; give "
					 "--out an empty one")
			       : err_errno(e, path, "cannot be made");
	fd = fd_beneath(a->outfd, path, O_RDONLY | O_DIRECTORY, 0);
	return fd < 0 ? err_set(e, fd, path, "cannot be opened: %s",
				strerror(-fd))
		      : fd;
}

static int export_area(struct areas *a, struct err *e)
{
	int fd CLEANUP(fd_close) = folder_of(a, e);
	const struct cli *c = a->c;
	int r = fd < 0 ? fd : 0;

	if (r == 0 && c->nargs == 0) {
		r = log_export(a, NULL, e);
		if (r == 0)
			r = work_export(a->w, bytes_of(NULL, 0), fd, &a->files,
					e);
	}
	for (int i = 0; r == 0 && i < c->nargs; i++) {
		r = log_export(a, c->args[i], e);
		if (r == 0)
			r = work_export(a->w, bytes_str(c->args[i]), fd,
					&a->files, e);
	}
	return r;
}

static int export_all(struct areas *a, const char *out, struct err *e)
{
	int r = open_store(a->c, &a->o, e);

	if (r == 0)
		r = one_each(a, e);
	if (r == 0)
		r = hold_open(a->o.store, CARREL_TOOL, &a->hold, e);
	if (r == 0 && mkdir(out, 0700) != 0 && errno != EEXIST)
		r = err_errno(e, out, "cannot be made");
	if (r == 0) {
		a->outfd = open(out, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
		r = a->outfd < 0 ? err_errno(e, out, "cannot be opened")
				 : run(a, e);
	}
	return hold_close(a->hold, r, e);
}

int cmd_work_export(struct cli *c)
{
	struct areas a CLEANUP(areas_close);
	struct buf b CLEANUP(buf_free) = {0};
	const char *out = cli_get(c, "out");
	struct json_out j;
	struct err e = {0};

	start(&a, c);
	if (out == NULL)
		return cli_usage(c, "where to? give --out DIR");
	if (c->nargs > 0 && a.as == NULL)
		return cli_usage(c, "whose? paths need --as ANNOTATOR");
	a.fn = export_area;
	if (export_all(&a, out, &e) != 0)
		return cli_fail(c, &e);
	diag_say("%" PRIu64 " files of %" PRIu64 " work areas, in %s", a.files,
		 a.seen, out);
	if (!c->json)
		return 0;
	cli_json(&j, &b);
	json_key(&j, "areas");
	json_uint(&j, a.seen);
	json_key(&j, "files");
	json_uint(&j, a.files);
	json_key(&j, "out");
	json_cstr(&j, out);
	return cli_json_end(c, &j, &b);
}
