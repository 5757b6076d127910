/* carrel work flags: what annotators say was missed, and the owner's word. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"
#include "fs/ingest/ingest.h"
#include "fs/session/hold.h"
#include "fs/store/flag.h"
#include "policy/redact/detect.h"
#include "policy/redact/entity.h"
#include "tools/commands.h"
#include "tools/open.h"

/*
 * Accepting goes in steps that can be done again where one was cut off:
 *   1  the flag is "taking": every detection of its data set searches it, and
 *      who flagged it does not see the file yet
 *   2  its group is detected without storing anything: is it there at all, and
 *      where its annotator could read it?
 *   3  FLAG in the log, the group's new span sets, a new version
 *   4  every session ends: each is pinned to a version without the span, and
 *      what it would go on to show is known to be wrong
 *   5  "accepted": new sessions see the file, redacted
 */
struct flags {
	const struct cli *c;
	struct open o;
	struct hold *hold;
	uint64_t *ids;
	size_t n, cap;
	bool all;
	size_t taken, before; /* of one file: all others; with lower numbers */
	const struct store_flag *of;
	bool missed, covered;
};

static void flags_done(struct flags *x)
{
	mem_free(x->ids);
	open_close(&x->o);
}

/* ---- list ---- */

static int collect(void *ctx, const struct store_flag *f)
{
	struct flags *x = ctx;

	if (!x->all && !store_flag_hides(f))
		return 0;
	if (x->n == x->cap) {
		size_t cap = x->cap == 0 ? 64 : 2 * x->cap;
		uint64_t *ids = mem_grow(x->ids, cap, sizeof(*ids));

		if (ids == NULL)
			return -ENOMEM;
		x->ids = ids;
		x->cap = cap;
	}
	x->ids[x->n++] = f->id;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void when(int64_t ns, char out[32])
{
	time_t t = (time_t)(ns / CLOCK_SECOND);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}

static void flag_json(struct json_out *j, const struct store_flag *f)
{
	const struct {
		const char *name;
		struct bytes v;
	} texts[] = {{"annotator", f->annotator}, {"project", f->project},
		     {"dataset", f->dataset},	  {"path", f->path},
		     {"shown", f->shown},	  {"words", f->words}};
	char at[32];

	when(f->at, at);
	json_obj(j);
	json_key(j, "id");
	json_uint(j, f->id);
	json_key(j, "at");
	json_cstr(j, at);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		json_key(j, texts[i].name);
		json_str(j, texts[i].v);
	}
	json_key(j, "state");
	json_cstr(j, store_flag_state(f->state));
	if (f->type.n > 0) {
		json_key(j, "type");
		json_str(j, f->type);
	}
	json_obj_end(j);
}

static void flag_line(const struct cli *c, const struct store_flag *f)
{
	char at[32];

	when(f->at, at);
	fprintf(c->out, "%8" PRIu64 "  %s  %-8s  ", f->id, at,
		store_flag_state(f->state));
	cli_name(c, f->annotator);
	fputs("  ", c->out);
	cli_name(c, f->dataset);
	fputc('/', c->out);
	cli_name(c, f->path);
	fputs("  ", c->out);
	cli_name(c, f->words);
	fputc('\n', c->out);
}

static int list(struct flags *x, struct json_out *j, struct err *e)
{
	int r = store_flag_each(x->o.store, collect, x);

	if (r == 0 && x->n > 1)
		qsort(x->ids, x->n, sizeof(*x->ids), by_number);
	for (size_t i = 0; r == 0 && i < x->n; i++) {
		CLEANUP(buf_free) struct buf b = {.secret = true};
		struct store_flag f;

		r = store_flag_get(x->o.store, x->ids[i], &b, &f);
		if (r == 0 && x->c->json)
			flag_json(j, &f);
		else if (r == 0)
			flag_line(x->c, &f);
		else if (r == -ENOENT)
			r = 0; /* went meanwhile */
	}
	return r == 0 ? 0
		      : err_set(e, r, "", "the flags cannot be read: %s",
				strerror(-r));
}

static int cmd_list(struct cli *c)
{
	struct flags x CLEANUP(flags_done) = {.c = c, .all = cli_has(c, "all")};
	struct buf b CLEANUP(buf_free) = {.secret = true};
	struct json_out j;
	struct err e = {0};
	int r = open_store(c, &x.o, &e);

	cli_json(&j, &b);
	json_key(&j, "flags");
	json_arr(&j);
	if (r == 0)
		r = list(&x, &j, &e);
	if (r != 0)
		return cli_fail(c, &e);
	json_arr_end(&j);
	return c->json ? cli_json_end(c, &j, &b) : 0;
}

/* ---- the owner's word ---- */

static int set_state(struct flags *x, struct store_flag *f,
		     enum flag_state state, struct err *e)
{
	int r;

	f->state = state;
	r = store_flag_put(x->o.store, f);
	return r == 0 ? 0
		      : err_set(e, r, "", "the flag cannot be changed: %s",
				strerror(-r));
}

static int log_word(struct flags *x, const struct store_flag *f, const char *op,
		    struct err *e)
{
	struct buf path CLEANUP(buf_free) = {0};
	struct buf type CLEANUP(buf_free) = {0};
	struct event ev = {.kind = EV_FLAG};
	int r = buf_putb(&path, f->dataset);

	if (r == 0)
		r = buf_putc(&path, '/');
	if (r == 0)
		r = buf_putb(&path, f->path);
	if (r == 0)
		r = buf_putb(&type, f->type);
	if (r == 0 && buf_str(&type) == NULL)
		r = -ENOMEM;
	event_text(&ev, EF_OP, op);
	event_uint(&ev, EF_REF, f->id);
	event_bytes(&ev, EF_PATH, buf_bytes(&path));
	if (r == 0 && type.n > 0)
		event_text(&ev, EF_KIND, buf_str(&type));
	if (r == 0)
		r = hold_log(x->hold, &ev);
	return r == 0 ? 0
		      : err_set(e, r, "", "the log cannot record this: %s",
				strerror(-r));
}

static void complain(void *ctx, struct bytes path, uint64_t record,
		     const char *words)
{
	struct flags *x = ctx;
	char mine[64];

	(void)record;
	snprintf(mine, sizeof(mine), DETECT_NO_FLAG, x->before + 1);
	if (!bytes_eq(path, x->of->path))
		return;
	x->missed = x->missed || strcmp(words, mine) == 0;
	snprintf(mine, sizeof(mine), DETECT_NO_BARE, x->before + 1);
	x->covered = x->covered || strcmp(words, mine) == 0;
}

static int detect(struct flags *x, bool dry, struct err *e)
{
	struct buf dataset CLEANUP(buf_free) = {0};
	struct buf path CLEANUP(buf_free) = {0};
	struct ingest_sum sum = {0};
	struct ingest_want w = {.store = x->o.store,
				.log = hold_log,
				.log_ctx = x->hold,
				.manifest = cli_get(x->c, "manifest"),
				.dry_run = dry,
				.redetect = true,
				.keep_unseen = true,
				.complain = complain,
				.ctx = x};
	int r;

	if (buf_putb(&dataset, x->of->dataset) != 0 ||
	    buf_putb(&path, x->of->path) != 0)
		return err_nomem(e);
	w.dataset = buf_str(&dataset);
	w.only = buf_str(&path);
	if (w.dataset == NULL || w.only == NULL)
		return err_nomem(e);
	r = ingest_run(&w, &sum, e);
	/* A file that the recognizers could not end on keeps its spans. */
	if (r == 0 && sum.left != 0)
		r = err_set(e, -EIO, w.only,
			    "its group could not be searched as a whole");
	return r;
}

static int count_taken(void *ctx, const struct store_flag *f)
{
	struct flags *x = ctx;

	if ((f->state != FLAG_TAKEN && f->state != FLAG_TAKING) ||
	    f->id == x->of->id || !bytes_eq(f->dataset, x->of->dataset) ||
	    !bytes_eq(f->path, x->of->path))
		return 0;
	x->taken++;
	x->before += f->id < x->of->id;
	return 0;
}

static int accept_flag(struct flags *x, struct store_flag *f, struct err *e)
{
	const char *type = cli_get(x->c, "type");
	int r = store_flag_each(x->o.store, count_taken, x);

	if (r != 0)
		return err_set(e, r, "", "the flags cannot be read");
	if (x->taken >= FLAG_MOST)
		return err_set(e, -E2BIG, "",
			       "%d flags of this file are accepted, which is "
			       "all that are searched: take the values up in "
			       "the manifest",
			       FLAG_MOST);
	f->type = bytes_str(type == NULL ? "" : type);
	r = set_state(x, f, FLAG_TAKING, e);
	if (r == 0)
		r = detect(x, true, e);
	if (r == 0 && x->missed)
		r = err_set(e, -ENOENT, "",
			    "what was flagged does not stand in the file as "
			    "it is stored (a stand-in is no value; nobody "
			    "searches in pictures); reject it, or erase the "
			    "file");
	if (r == 0 && x->covered)
		r = err_set(e, -EEXIST, "",
			    "what was flagged stands only where something is "
			    "found without it, so that it may be a guess, and "
			    "a change there would confirm it; reject it, or "
			    "where the policy keeps what is found there give "
			    "the --type");
	f->type = bytes_str(type == NULL ? FLAG_TYPE : type);
	if (r == 0)
		r = set_state(x, f, FLAG_TAKING, e);
	if (r != 0) {
		f->type = (struct bytes){0};
		(void)!set_state(x, f, FLAG_OPEN, NULL);
		return r;
	}
	r = log_word(x, f, "accept", e);
	if (r == 0)
		r = detect(x, false, e);
	if (r == 0)
		r = hold_clear(x->hold, e);
	return r == 0 ? set_state(x, f, FLAG_TAKEN, e) : r;
}

static int reject_flag(struct flags *x, struct store_flag *f, struct err *e)
{
	int r = log_word(x, f, "reject", e);

	return r == 0 ? set_state(x, f, FLAG_REFUSED, e) : r;
}

static int decide(struct flags *x, const char *id, bool take, struct err *e)
{
	CLEANUP(buf_free) struct buf b = {.secret = true};
	struct store_flag f;
	char *end = NULL;
	uint64_t nr = strtoull(id, &end, 10);
	int r = *id < '0' || *id > '9' || *end != '\0'
			? -ENOENT
			: store_flag_get(x->o.store, nr, &b, &f);

	if (r == -ENOENT)
		return err_set(e, r, id,
			       "is no flag; `carrel work flags` lists them");
	if (r != 0)
		return err_set(e, r, id, "cannot be read: %s", strerror(-r));
	if (!store_flag_hides(&f))
		return err_set(e, -EEXIST, id, "is %s already",
			       store_flag_state(f.state));
	if (!take && f.state == FLAG_TAKING)
		return err_set(e, -EEXIST, id,
			       "is being accepted; accept it again to end "
			       "that");
	x->of = &f;
	return take ? accept_flag(x, &f, e) : reject_flag(x, &f, e);
}

static int usage(const struct cli *c)
{
	const char *type = cli_get(c, "type"), *near;
	bool take = cli_has(c, "accept"), refuse = cli_has(c, "reject");

	if (take && refuse)
		return cli_usage(c, "--accept or --reject");
	if (take && cli_get(c, "manifest") == NULL)
		return cli_usage(c, "--accept needs the --manifest of the data "
				    "set, as it is to be from now on");
	if (!take && (type != NULL || cli_has(c, "manifest")))
		return cli_usage(c, "--type and --manifest go with --accept");
	if (type == NULL || entity_known(bytes_str(type)))
		return 0;
	near = entity_nearest(bytes_str(type));
	return cli_usage(c, "%s is no type%s%s", type,
			 near == NULL ? "" : "; near is ",
			 near == NULL ? "" : near);
}

static int answer(const struct cli *c, const char *id, enum flag_state state)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	if (!c->json) {
		diag_say("flag %s is %s", id, store_flag_state(state));
		return 0;
	}
	cli_json(&j, &b);
	json_key(&j, "id");
	json_uint(&j, strtoull(id, NULL, 10));
	json_key(&j, "state");
	json_cstr(&j, store_flag_state(state));
	return cli_json_end(c, &j, &b);
}

int cmd_work_flags(struct cli *c)
{
	struct flags x CLEANUP(flags_done) = {.c = c};
	const char *id = cli_get(c, "accept");
	bool take = id != NULL;
	struct err e = {0};
	int r = usage(c);

	if (r != 0)
		return r;
	if (!take)
		id = cli_get(c, "reject");
	if (id == NULL)
		return cmd_list(c);
	r = open_store(c, &x.o, &e);
	if (r == 0)
		r = hold_open(x.o.store, CARREL_TOOL, &x.hold, &e);
	if (r == 0)
		r = decide(&x, id, take, &e);
	r = hold_close(x.hold, r, &e);
	if (r != 0)
		return cli_fail(c, &e);
	return answer(c, id, take ? FLAG_TAKEN : FLAG_REFUSED);
}
