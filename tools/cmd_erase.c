/* carrel erase: what is to be gone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "fs/ingest/erase.h"
#include "fs/session/derived.h"
#include "fs/session/hold.h"
#include "tools/commands.h"
#include "tools/open.h"
#include "tools/remains.h"

#define VALUES_MAX (256u << 10) /* bytes of a file of values */

struct erasing {
	const struct cli *c;
	struct open o;
	struct hold *hold;
	struct needles *values;
	struct buf dataset;	  /* a string */
	struct buf ids;		  /* of the objects found, STORE_ID each */
	struct audit_reader *log; /* NULL: saved work stays */
	struct key *secret;
	bool failed;
	uint64_t files;	    /* of saved work */
	struct json_out *j; /* NULL: lines */
	struct progress_bar bar;
	struct progress p;
};

static void erasing_done(struct erasing *x)
{
	needles_free(x->values);
	buf_free(&x->dataset);
	buf_free(&x->ids);
	audit_reader_free(x->log);
	key_free(x->secret);
	open_close(&x->o);
}

/* ---- what was found ---- */

static void found_json(struct json_out *j, const struct erase_found *f)
{
	json_obj(j);
	json_key(j, "dataset");
	json_cstr(j, f->dataset);
	json_key(j, "path");
	json_str(j, f->path);
	json_key(j, "version");
	json_uint(j, f->version);
	json_key(j, "live");
	json_bool(j, f->live);
	json_key(j, "whole");
	json_bool(j, f->whole);
	json_key(j, "records");
	json_arr(j);
	for (size_t i = 0; i < f->nids; i++)
		json_str(j, f->ids[i]);
	json_arr_end(j);
	json_obj_end(j);
}

static void found(void *ctx, const struct erase_found *f)
{
	struct erasing *x = ctx;
	FILE *out = x->c->out;

	x->failed |= buf_put(&x->ids, f->id, STORE_ID) != 0;
	if (x->j != NULL) {
		found_json(x->j, f);
		return;
	}
	fprintf(out, "%s/", f->dataset);
	cli_name(x->c, f->path);
	fprintf(out, "\tversion %" PRIu64 "%s\t", f->version,
		f->live ? "" : " (not in the newest)");
	if (f->whole)
		fputs("all of it", out);
	for (size_t i = 0; i < f->nids; i++) {
		fputs(i == 0 ? "records " : ", ", out);
		cli_name(x->c, f->ids[i]);
	}
	fputc('\n', out);
}

/* ---- what is asked ---- */

/* DATASET/PATH. */
static int take_path(struct erasing *x, const char *arg, struct erase_want *w,
		     struct err *e)
{
	const char *slash = strchr(arg, '/');
	struct bytes path = bytes_str(slash == NULL ? "" : slash + 1);

	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	if (slash == NULL || slash == arg || path.n == 0)
		return err_set(e, -EINVAL, arg,
			       "a path is named DATASET/PATH, as carrel ls "
			       "prints it");
	if (buf_put(&x->dataset, arg, (size_t)(slash - arg)) != 0 ||
	    buf_str(&x->dataset) == NULL)
		return err_nomem(e);
	w->dataset = buf_str(&x->dataset);
	w->path = path;
	w->record = cli_get(x->c, "record");
	return 0;
}

static int take_values(struct erasing *x, const char *path,
		       struct erase_want *w, struct err *e)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	int r = file_read(AT_FDCWD, path, VALUES_MAX, &b);

	if (r != 0)
		return err_set(e, r, path, "the values cannot be read: %s",
			       strerror(-r));
	r = needles_new(buf_bytes(&b), path, &x->values, e);
	w->values = x->values;
	w->dataset = cli_get(x->c, "dataset");
	return r;
}

/* ---- doing it ---- */

/* Who opened what is in the log, which must be readable. */
static int open_log(struct erasing *x, struct err *e)
{
	struct buf dir CLEANUP(buf_free) = {0};
	const char *file = cli_get(x->c, "auditor-key");
	const struct key *secret = store_audit_secret(x->o.store);
	int r = buf_printf(&dir, "%s/log", store_dir(x->o.store));

	if (r != 0 || buf_str(&dir) == NULL)
		return err_nomem(e);

	if (file != NULL) {
		r = open_key_file(x->o.pool, file, &x->secret, e);
		secret = x->secret;
	}
	if (r == 0 && secret == NULL)
		return err_set(e, -ENOKEY, buf_str(&dir),
			       "who saw what is sealed to the auditors named "
			       "at init: give --auditor-key F");
	return r == 0 ? audit_reader_open(buf_str(&dir), x->o.pool, secret,
					  &x->log, e)
		      : r;
}

static void found_work(void *ctx, const struct derived_file *f)
{
	struct erasing *x = ctx;

	if (x->j == NULL) {
		fputs("saved by ", x->c->out);
		cli_name(x->c, f->annotator);
		fputc('\t', x->c->out);
		cli_name(x->c, f->path);
		fputc('\n', x->c->out);
		return;
	}
	json_obj(x->j);
	json_key(x->j, "project");
	json_str(x->j, f->project);
	json_key(x->j, "annotator");
	json_str(x->j, f->annotator);
	json_key(x->j, "path");
	json_str(x->j, f->path);
	json_obj_end(x->j);
}

static int work(struct erasing *x, bool dry, struct err *e)
{
	struct derived_want w = {.store = x->o.store,
				 .reader = x->log,
				 .objects = (void *)x->ids.p,
				 .nobjects = x->ids.n / STORE_ID,
				 .dry_run = dry,
				 .found = dry ? found_work : NULL,
				 .ctx = x};
	uint64_t files = 0;
	int r = x->log == NULL ? 0 : derived_remove(&w, &files, e);

	if (dry)
		x->files = files;
	return r;
}

/* Sessions end first: they have their areas open, and may still write. */
static int work_first(struct erasing *x, struct err *e)
{
	struct event ev = {.kind = EV_ERASE};
	int r;

	if (x->log == NULL)
		return 0;
	event_text(&ev, EF_OP, "work");
	event_text(&ev, EF_KIND, "work");
	event_uint(&ev, EF_COUNT, x->files);
	r = hold_log(x->hold, &ev);
	if (r != 0)
		return err_set(e, r, "", "the log cannot record this: %s",
			       strerror(-r));
	r = hold_clear(x->hold, e);
	return r == 0 ? work(x, false, e) : r;
}

/* Look, without a right to anything. */
static int look(struct erasing *x, struct erase_want *w, struct erase_sum *sum,
		struct err *e)
{
	int r;

	progress_bar_start(&x->bar, "search", "objects");
	r = erase_run(w, sum, e);
	progress_bar_end(&x->bar);
	if (r == 0 && x->failed)
		r = err_nomem(e);
	if (x->j != NULL) {
		json_arr_end(x->j);
		json_key(x->j, "work");
		json_arr(x->j);
	}
	return r == 0 ? work(x, true, e) : r;
}

/* Look first; then ask; then do. */
static int erase(struct erasing *x, struct erase_want *w, struct erase_sum *sum,
		 struct err *e)
{
	int r = open_store(x->c, &x->o, e);

	if (r == 0 && cli_has(x->c, "work"))
		r = open_log(x, e);
	w->store = x->o.store;
	w->progress = &x->p;
	w->found = found;
	w->ctx = x;
	w->dry_run = true;
	if (r == 0)
		r = look(x, w, sum, e);
	if (r != 0 || cli_has(x->c, "dry-run"))
		return r;
	r = open_confirm(x->c, "erase", e);
	if (r == 0)
		r = hold_open(x->o.store, CARREL_TOOL, &x->hold, e);
	if (r != 0)
		return r;
	w->log = hold_log;
	w->clear = hold_clear;
	w->hold = x->hold;
	w->found = NULL;
	w->dry_run = false;
	progress_bar_start(&x->bar, "erase", "objects");
	r = work_first(x, e);
	if (r == 0)
		r = erase_run(w, sum, e);
	if (r == 0) /* of sessions that began between the two */
		r = work(x, false, e);
	progress_bar_end(&x->bar);
	return hold_close(x->hold, r, e);
}

static void sum_json(struct json_out *j, const struct erase_sum *s,
		     uint64_t work, bool dry)
{
	const struct {
		const char *name;
		uint64_t v;
	} rows[] = {{"datasets", s->datasets},
		    {"objects", s->objects},
		    {"records", s->records},
		    {"contents", s->contents},
		    {"work_files", work},
		    {"packs_removed", s->gc.removed},
		    {"bytes_freed", s->gc.freed},
		    {"dead_bytes_kept", s->gc.dead_kept}};

	json_key(j, "dry_run");
	json_bool(j, dry);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_key(j, rows[i].name);
		json_uint(j, rows[i].v);
	}
	remains_tell(j);
}

static void sum_words(const struct erase_sum *s, uint64_t work, bool dry)
{
	diag_say("%s: %" PRIu64 " objects, %" PRIu64 " records of others; keys "
		 "of %" PRIu64 " contents%s",
		 dry ? "would be erased" : "erased", s->objects, s->records,
		 s->contents, dry ? "" : " are destroyed");
	if (work > 0)
		diag_say("saved work that may have come of it: %" PRIu64
			 " files%s",
			 work, dry ? "" : " are gone");
	if (dry)
		return;
	diag_say("packs removed: %" PRIu64 " (%" PRIu64
		 " bytes); bytes that no key opens stay in others, until "
		 "`carrel gc`: %" PRIu64,
		 s->gc.removed, s->gc.freed, s->gc.dead_kept);
	remains_tell(NULL);
}

static int usage(const struct cli *c)
{
	bool values = cli_has(c, "value-file");

	if (c->nargs + values != 1)
		return cli_usage(c, "what? a path, or --value-file");
	if (values && cli_has(c, "record"))
		return cli_usage(c, "--record names a record of a path");
	if (cli_has(c, "auditor-key") && !cli_has(c, "work"))
		return cli_usage(c, "--auditor-key is for --work");
	if (!values && cli_has(c, "dataset"))
		return cli_usage(c, "a path says its data set");
	return 0;
}

int cmd_erase(struct cli *c)
{
	struct erasing x CLEANUP(erasing_done) = {.c = c};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct erase_want w = {.dry_run = true};
	struct erase_sum sum = {0};
	struct err e = {0};
	bool dry = cli_has(c, "dry-run");
	int r = usage(c);

	if (r != 0)
		return r;
	x.p = (struct progress){progress_bar_tick, &x.bar};
	cli_json(&j, &b);
	json_key(&j, "found");
	json_arr(&j);
	x.j = c->json ? &j : NULL;
	r = c->nargs == 1 ? take_path(&x, c->args[0], &w, &e)
			  : take_values(&x, cli_get(c, "value-file"), &w, &e);
	if (r == 0)
		r = erase(&x, &w, &sum, &e);
	if (r != 0)
		return cli_fail(c, &e);
	json_arr_end(&j);
	if (!c->json) {
		sum_words(&sum, x.files, dry);
		return fflush(c->out) == 0 ? 0 : 70;
	}
	sum_json(&j, &sum, x.files, dry);
	return cli_json_end(c, &j, &b);
}
