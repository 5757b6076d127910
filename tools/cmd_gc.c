/* carrel gc: what is of no use any more, what may be kept no longer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/mem.h"
#include "fs/ingest/erase.h"
#include "fs/session/hold.h"
#include "tools/commands.h"
#include "tools/open.h"
#include "tools/remains.h"

/* A data set whose terms have ended, and what of it goes. */
struct expired {
	struct buf name; /* a string */
	int64_t since;
	struct erase_sum sum;
};

struct collecting {
	const struct cli *c;
	struct open o;
	struct hold *hold;
	struct progress_bar bar;
	struct progress p;
	struct store_gc sum;
	uint64_t views;
	bool dry;
	struct expired *v;
	size_t n;
	struct err *e;
};

static void collecting_done(struct collecting *x)
{
	for (size_t i = 0; i < x->n; i++)
		buf_free(&x->v[i].name);
	mem_free(x->v);
	open_close(&x->o);
}

/* ---- what may not be kept any longer ---- */

static int look(void *ctx, const struct store_dataset *d)
{
	struct arena *a CLEANUP(arena_freep) = arena_new();
	struct collecting *x = ctx;
	struct expired *v;
	struct terms t;
	int r;

	if (a == NULL)
		return err_nomem(x->e);
	if (d->version == 0 || d->info.n == 0)
		return 0;
	r = terms_get(buf_bytes(&d->info), a, &t, x->e);
	if (r != 0 || t.retain_until == 0 || t.retain_until > open_now())
		return r;
	v = mem_grow(x->v, x->n + 1, sizeof(*v));
	if (v == NULL)
		return err_nomem(x->e);
	x->v = v;
	v[x->n] = (struct expired){.since = t.retain_until};
	return buf_putb(&v[x->n].name, buf_bytes(&d->name)) != 0 ||
			       buf_str(&v[x->n++].name) == NULL
		       ? err_nomem(x->e)
		       : 0;
}

static int erase(struct collecting *x, struct expired *d, bool dry)
{
	struct erase_want w = {.store = x->o.store,
			       .dataset = buf_str(&d->name),
			       .dry_run = dry,
			       .log = hold_log,
			       .clear = hold_clear,
			       .hold = x->hold,
			       .progress = &x->p};
	int r;

	progress_bar_start(&x->bar, dry ? "search" : "erase", "objects");
	r = erase_run(&w, &d->sum, x->e);
	progress_bar_end(&x->bar);
	if (r == -ENOENT) { /* nothing is left of it */
		*x->e = (struct err){0};
		r = 0;
	}
	return r;
}

static void tell(const struct collecting *x, const struct expired *d)
{
	char day[32] = "";
	time_t t = (time_t)d->since;
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	fprintf(x->c->out,
		"%s\tkept until %s\t%" PRIu64 " objects, keys of %" PRIu64
		" contents\n",
		(const char *)d->name.p, day, d->sum.objects, d->sum.contents);
}

/* Those of which something is left; the others are not worth a word. */
static int find_expired(struct collecting *x)
{
	int r = store_dataset_each(x->o.store, look, x);
	size_t k = 0;

	if (r != 0)
		return x->e->code != 0
			       ? r
			       : err_set(x->e, r, "",
					 "the data sets cannot be listed: %s",
					 strerror(-r));
	for (size_t i = 0; i < x->n; i++) {
		struct expired *d = &x->v[i];

		r = r == 0 ? erase(x, d, true) : r;
		if (r == 0 && d->sum.contents > 0) {
			if (!x->c->json)
				tell(x, d);
			x->v[k++] = *d;
		} else {
			buf_free(&d->name);
		}
	}
	x->n = k;
	return r;
}

/* ---- doing it ---- */

static int collect(struct collecting *x)
{
	int r = hold_open(x->o.store, CARREL_TOOL, &x->hold, x->e);

	for (size_t i = 0; r == 0 && !x->dry && i < x->n; i++)
		r = erase(x, &x->v[i], false);
	progress_bar_start(&x->bar, "gc", "objects");
	if (r == 0)
		r = store_gc(x->o.store,
			     x->dry ? STORE_GC_LOOK : STORE_GC_REWRITE, &x->p,
			     &x->sum, x->e);
	if (r == 0 && cli_has(x->c, "views") && !x->dry)
		r = store_made_forget(x->o.store, &x->views, x->e);
	progress_bar_end(&x->bar);
	return hold_close(x->hold, r, x->e);
}

static int run(struct collecting *x)
{
	int r = open_store(x->c, &x->o, x->e);

	if (r == 0 && cli_has(x->c, "expired"))
		r = find_expired(x);
	if (r == 0 && x->n > 0 && !x->dry)
		r = open_confirm(x->c, "erase", x->e);
	return r == 0 ? collect(x) : r;
}

static void expired_json(const struct collecting *x, struct json_out *j)
{
	json_key(j, "expired");
	json_arr(j);
	for (size_t i = 0; i < x->n; i++) {
		const struct expired *d = &x->v[i];

		json_obj(j);
		json_key(j, "dataset");
		json_str(j, buf_bytes(&d->name));
		json_key(j, "retain_until");
		json_int(j, d->since);
		json_key(j, "objects");
		json_uint(j, d->sum.objects);
		json_key(j, "contents");
		json_uint(j, d->sum.contents);
		json_obj_end(j);
	}
	json_arr_end(j);
	if (x->n > 0)
		remains_tell(j);
}

static int answer(const struct collecting *x)
{
	const struct store_gc *s = &x->sum;
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	const struct {
		const char *name;
		uint64_t v;
	} rows[] = {{"packs", s->packs},     {"bytes", s->bytes},
		    {"removed", s->removed}, {"rewritten", s->rewritten},
		    {"freed", s->freed},     {"dead_kept", s->dead_kept},
		    {"views", x->views}};

	if (!x->c->json) {
		fprintf(x->c->out,
			"of %" PRIu64 " packs %s %" PRIu64 ", %s %" PRIu64
			", bytes freed: %" PRIu64
			"; view indexes and field sets: %" PRIu64 "\n",
			s->packs, x->dry ? "would remove" : "removed",
			s->removed, x->dry ? "rewrite" : "rewrote",
			s->rewritten, s->freed, x->views);
		if (x->n > 0 && !x->dry)
			remains_tell(NULL);
		return fflush(x->c->out) == 0 ? 0 : 70;
	}
	cli_json(&j, &b);
	json_key(&j, "dry_run");
	json_bool(&j, x->dry);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_key(&j, rows[i].name);
		json_uint(&j, rows[i].v);
	}
	if (cli_has(x->c, "expired"))
		expired_json(x, &j);
	return cli_json_end(x->c, &j, &b);
}

int cmd_gc(struct cli *c)
{
	struct err e = {0};
	struct collecting x CLEANUP(collecting_done) = {
		.c = c, .dry = cli_has(c, "dry-run"), .e = &e};

	x.p = (struct progress){progress_bar_tick, &x.bar};
	return run(&x) != 0 ? cli_fail(c, &e) : answer(&x);
}
