/* carrel report: what was found, by file and type; no values. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "policy/redact/index.h"
#include "tools/commands.h"
#include "tools/open.h"

/* Spans of one type by one rule. */
struct count {
	struct bytes type, rule;
	uint64_t spans, files;
};

struct counts {
	struct count *v;
	size_t n, cap;
};

struct reporting {
	const struct cli *c;
	struct store *store;
	struct json_out *o;
	struct bytes prefix; /* stored path asked for; empty: all */
	struct store_entry *v;
	size_t n, cap;
	struct arena *arena;  /* paths, names of types */
	struct counts counts; /* of all files */
	uint64_t files, denied, records, spans;
};

static int add(struct counts *c, const struct count *x, uint64_t files)
{
	struct count *v;

	for (size_t i = 0; i < c->n; i++) {
		if (!bytes_eq(c->v[i].type, x->type) ||
		    !bytes_eq(c->v[i].rule, x->rule))
			continue;
		c->v[i].spans += x->spans;
		c->v[i].files += files;
		return 0;
	}
	if (c->n == c->cap) {
		v = mem_grow(c->v, c->cap == 0 ? 32 : 2 * c->cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		c->v = v;
		c->cap = c->cap == 0 ? 32 : 2 * c->cap;
	}
	c->v[c->n] = *x;
	c->v[c->n++].files = files;
	return 0;
}

static int by_spans(const void *pa, const void *pb)
{
	const struct count *a = pa, *b = pb;
	int c = bytes_cmp(a->type, b->type);

	if (a->spans != b->spans)
		return a->spans < b->spans ? 1 : -1;
	return c != 0 ? c : bytes_cmp(a->rule, b->rule);
}

static void counts_free(struct counts *c)
{
	mem_free(c->v);
}

/* ---- one file ---- */

/* Each span in the block it begins in. */
static int count_block(struct counts *c, const struct index_head *h,
		       const struct index_block *k, uint32_t nr)
{
	uint64_t lo = (uint64_t)nr * INDEX_BLOCK;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < k->nspans; i++) {
		const struct span *s = &k->spans[i];
		struct count x = {.spans = 1};

		if (s->start < lo || s->start - lo >= INDEX_BLOCK)
			continue;
		if (s->type >= h->ntypes || s->rule >= h->nrules)
			return -EUCLEAN;
		x.type = h->types[s->type];
		x.rule = h->rules[s->rule];
		r = add(c, &x, 1);
	}
	return r;
}

static int count_object(struct store_object *o, struct arena *a,
			struct index_head *h, struct counts *c)
{
	CLEANUP(buf_free) struct buf head = {0};
	CLEANUP(arena_freep) struct arena *scratch = arena_new();
	struct bytes own;
	int r = scratch == NULL ? -ENOMEM : store_object_blob(o, 0, &head);

	if (r == 0)
		r = arena_dup(a, buf_bytes(&head), &own);
	if (r == 0)
		r = index_head_get(own, a, h, NULL);
	if (r != 0 || h->denied != DENIAL_NONE)
		return r;
	for (uint32_t nr = 0; r == 0 && nr < h->nblocks; nr++) {
		CLEANUP(buf_free) struct buf b = {.secret = true};
		struct index_block k;

		arena_reset(scratch);
		r = store_object_blob(o, 1 + nr, &b);
		if (r == 0)
			r = index_block_get(buf_bytes(&b), scratch, &k, NULL);
		if (r == 0)
			r = count_block(c, h, &k, nr);
	}
	return r;
}

static void counts_json(struct json_out *o, const struct counts *c, bool all)
{
	json_key(o, "types");
	json_arr(o);
	for (size_t i = 0; i < c->n; i++) {
		json_obj(o);
		json_key(o, "type");
		json_str(o, c->v[i].type);
		json_key(o, "rule");
		json_str(o, c->v[i].rule);
		json_key(o, "spans");
		json_uint(o, c->v[i].spans);
		if (all) {
			json_key(o, "files");
			json_uint(o, c->v[i].files);
		}
		json_obj_end(o);
	}
	json_arr_end(o);
}

static void file_json(const struct reporting *p, struct bytes path,
		      const struct index_head *h, const struct counts *c)
{
	struct json_out *o = p->o;

	json_obj(o);
	json_key(o, "path");
	json_str(o, path);
	json_key(o, "denied");
	json_bool(o, h->denied != DENIAL_NONE);
	if (h->denied != DENIAL_NONE) {
		json_key(o, "reason");
		json_str(o, h->reason);
	}
	json_key(o, "records");
	json_uint(o, h->nrecords);
	json_key(o, "spans");
	json_uint(o, h->nspans);
	counts_json(o, c, false);
	json_obj_end(o);
}

/* Of all rules of a type. */
static int by_type(const struct counts *c, struct counts *out)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->n; i++) {
		struct count x = c->v[i];

		x.rule = bytes_of(NULL, 0);
		r = add(out, &x, x.files);
	}
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), by_spans);
	return r;
}

static int file_words(const struct reporting *p, struct bytes path,
		      const struct index_head *h, const struct counts *c)
{
	CLEANUP(counts_free) struct counts types = {0};
	int r = by_type(c, &types);

	fprintf(p->c->out, "%8" PRIu64 " records %8" PRIu64 " spans  ",
		h->nrecords, h->nspans);
	cli_name(p->c, path);
	for (size_t i = 0; i < types.n; i++) {
		fputs(i == 0 ? ": " : ", ", p->c->out);
		cli_name(p->c, types.v[i].type);
		fprintf(p->c->out, " %" PRIu64, types.v[i].spans);
	}
	if (h->denied != DENIAL_NONE) {
		fputs(": DENIED: ", p->c->out);
		cli_name(p->c, h->reason);
	}
	fputc('\n', p->c->out);
	return r;
}

static int report_file(struct reporting *p, const struct store_entry *en,
		       struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(counts_free) struct counts c = {0};
	struct store_object *o = NULL;
	struct index_head h = {0};
	int r = a == NULL ? err_nomem(e)
			  : store_object_open(p->store, en->id, en->version,
					      en->spanset, &o, e);

	if (r != 0)
		return r;
	r = count_object(o, a, &h, &c);
	store_object_close(o);
	if (c.n > 0)
		qsort(c.v, c.n, sizeof(*c.v), by_spans);
	p->files++;
	p->denied += h.denied != DENIAL_NONE;
	p->records += h.nrecords;
	p->spans += h.nspans;
	for (size_t i = 0; r == 0 && i < c.n; i++) {
		struct count x = c.v[i];

		r = arena_dup(p->arena, x.type, &x.type);
		if (r == 0)
			r = arena_dup(p->arena, x.rule, &x.rule);
		if (r == 0)
			r = add(&p->counts, &x, 1);
	}
	if (r == 0 && p->o != NULL)
		file_json(p, en->path, &h, &c);
	else if (r == 0)
		r = file_words(p, en->path, &h, &c);
	return r == 0 ? 0
		      : err_set(e, r, "",
				"the index of a file cannot be read; run "
				"`carrel fsck`");
}

/* ---- all of them ---- */

/* Their indexes are read when the listing has ended. */
static int keep(void *ctx, const struct store_entry *en)
{
	struct reporting *p = ctx;
	struct store_entry *v;

	if (!open_below(en->path, p->prefix))
		return 0;
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 256 : 2 * p->cap;

		v = mem_grow(p->v, cap, sizeof(*v));
		if (v == NULL)
			return -ENOMEM;
		p->v = v;
		p->cap = cap;
	}
	p->v[p->n] = *en;
	p->v[p->n].summary = bytes_of(NULL, 0);
	return arena_dup(p->arena, en->path, &p->v[p->n++].path);
}

static int total_words(struct reporting *p)
{
	CLEANUP(counts_free) struct counts types = {0};
	int r = by_type(&p->counts, &types);

	fprintf(p->c->out,
		"%8" PRIu64 " records %8" PRIu64 " spans  in %" PRIu64
		" files, %" PRIu64 " of them denied\n",
		p->records, p->spans, p->files, p->denied);
	for (size_t i = 0; i < types.n; i++) {
		int n = (int)types.v[i].type.n;

		fputs("  ", p->c->out);
		cli_name(p->c, types.v[i].type);
		fprintf(p->c->out, "%*s %8" PRIu64 "\n", n < 24 ? 24 - n : 0,
			"", types.v[i].spans);
	}
	return r;
}

static int report(struct reporting *p, const char *what, struct err *e)
{
	struct store_dataset d CLEANUP(store_dataset_free) = {0};
	struct buf name CLEANUP(buf_free) = {0};
	const char *slash = strchr(what, '/');
	int r = buf_put(&name, what,
			slash == NULL ? strlen(what) : (size_t)(slash - what));

	if (r != 0 || buf_str(&name) == NULL)
		return err_nomem(e);
	p->prefix = bytes_str(slash == NULL ? NULL : slash + 1);
	r = store_dataset_get(p->store, buf_str(&name), 0, &d, e);
	if (r == 0 && store_entries(p->store, &d, keep, p) != 0)
		r = err_set(e, -EUCLEAN, what,
			    "the data set cannot be listed; run `carrel fsck`");
	if (r == 0 && p->n == 0)
		return err_set(e, -ENOENT, what, "no such stored path");
	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = report_file(p, &p->v[i], e);
	if (r == 0 && p->counts.n > 0)
		qsort(p->counts.v, p->counts.n, sizeof(*p->counts.v), by_spans);
	return r;
}

int cmd_report(struct cli *c)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct open o CLEANUP(open_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct reporting p = {.c = c, .arena = a};
	struct err e = {0};
	int r = a == NULL ? err_nomem(&e) : open_store(c, &o, &e);

	cli_json(&j, &b);
	json_key(&j, "files");
	json_arr(&j);
	p.store = o.store;
	p.o = c->json ? &j : NULL;
	if (r == 0)
		r = report(&p, c->args[0], &e);
	json_arr_end(&j);
	if (r == 0 && c->json)
		counts_json(&j, &p.counts, true);
	else if (r == 0 && total_words(&p) != 0)
		r = err_nomem(&e);
	mem_free(p.v);
	counts_free(&p.counts);
	if (r != 0)
		return cli_fail(c, &e);
	return c->json ? cli_json_end(c, &j, &b)
		       : (fflush(c->out) == 0 ? 0 : 70);
}
