/* Detection of one group of files: passes over its records. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every value found in a group is searched again everywhere in it. What the
 * group is decides how often a file is read:
 *
 *   no group rule      a record is its own group: one pass, record by record
 *   a template         the files are the group: a first pass recognizes all
 *                      records, keeps the hits and learns the values; a second
 *                      one reads again (parsing is cheap beside recognizing),
 *                      takes the kept hits and adds what is known
 *   a path             records that share the path's value: a pass that only
 *                      counts how many records each group has; where none has
 *                      two, one pass as without a rule; else two as above, with
 *                      known values per group
 *
 * A file is also read twice where known values or attributes may stand outside
 * of its records: they must be known before the first record is done.
 *
 * Fail closed: a file that cannot be read is denied, a record whose language
 * no recognizer knows is denied. A file that changes between the passes gives
 * hits that fit no run: -EPROTO, the whole group is refused.
 */
#include "policy/redact/detect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "policy/redact/detect_learn.h"
#include "policy/redact/detect_object.h"
#include "policy/redact/format.h"

#define COMPLAINTS_MAX 20 /* records of one file that are complained of */

enum pass {
	PASS_COUNT = 1, /* of records per group */
	PASS_LEARN,	/* recognize, keep, learn */
	PASS_FIND,	/* recognize or take, add known values, hand on */
};

struct file {
	const struct file_rule *rule;
	const struct source *src;
	const struct detect_sink *sink;
	struct format_plan plan;
	enum format format;
	const char *why;	   /* FORMAT_DENIED: words */
	struct format_frame frame; /* of the last pass */
	struct buf group;
	uint64_t complaints;
};

/* One run of detect_group. */
struct group {
	const struct dataset_rules *d;
	const struct recognizers *r;
	struct arena *a;
	struct attribute attrs[JSONPATH_MAX]; /* of the group */
	uint32_t nattrs;
	struct propagate *known; /* of the group, or of this record */
	bool shared;		 /* known holds for all records */
	bool kept_used;		 /* PASS_LEARN was made */
	struct detect_kept kept;
	struct detect_groups groups; /* of records */
	struct hits hits;
	enum pass pass;
	struct file *f;		/* the file being read */
	struct detect_object o; /* PASS_FIND */
	bool undetected;	/* language complaint was made */
};

/* ---- attributes ---- */

/* The first value of a name holds. */
static int group_attr(struct group *g, struct bytes name, struct bytes value)
{
	struct attribute *at = &g->attrs[g->nattrs];

	for (uint32_t i = 0; i < g->nattrs; i++) {
		if (bytes_eq(g->attrs[i].key, name))
			return 0;
	}
	if (g->nattrs == ARRAY_LEN(g->attrs))
		return 0;
	if (arena_dup(g->a, name, &at->key) != 0 ||
	    arena_dup(g->a, value, &at->value) != 0)
		return -ENOMEM;
	g->nattrs++;
	return 0;
}

static int literals(struct group *g, const struct file_rule *rule)
{
	int rc = 0;

	for (uint32_t i = 0; rule != NULL && rc == 0 && i < rule->nattrs; i++) {
		const struct attr_rule *a = &rule->attrs[i];

		if (a->literal != NULL)
			rc = group_attr(g, bytes_str(a->name),
					bytes_str(a->literal));
	}
	return rc;
}

static struct bytes attr_find(const struct attribute *v, uint32_t n,
			      const char *name)
{
	for (uint32_t i = 0; i < n; i++) {
		if (bytes_is(v[i].key, name))
			return v[i].value;
	}
	return (struct bytes){NULL, 0};
}

/* The language that a file states where no attribute does. */
static const char *stated_language(const struct group *g, const struct file *f)
{
	if (f->rule != NULL && f->rule->language != NULL)
		return f->rule->language;
	return g->d->language;
}

/* A record's own attributes, in out; their number. */
static uint32_t own_attrs(const struct file *f, const struct format_record *r,
			  struct attribute out[JSONPATH_MAX])
{
	uint32_t n = 0, all = f->rule == NULL ? 0 : f->rule->nattrs;

	for (uint32_t i = 0; i < all && i < JSONPATH_MAX; i++) {
		if (r->attrs[i].p == NULL)
			continue;
		out[n].key = bytes_str(f->rule->attrs[i].name);
		out[n++].value = r->attrs[i];
	}
	return n;
}

bool detect_covers(struct bytes language)
{
	static const char *const english[] = {"en", "eng", "english"};

	for (size_t k = 0; k < ARRAY_LEN(english); k++) {
		size_t n = strlen(english[k]), i = 0;

		while (i < n && i < language.n &&
		       (language.p[i] | 32) == (uint8_t)english[k][i])
			i++;
		if (i == n && (language.n == n || language.p[n] == '-' ||
			       language.p[n] == '_'))
			return true;
	}
	return language.n == 0;
}

/* ---- complaints ---- */

static void complain(struct group *g, uint64_t record, const char *words)
{
	const struct detect_sink *s = g->f->sink;

	if (++g->f->complaints <= COMPLAINTS_MAX && s->complain != NULL)
		s->complain(s->ctx, g->f->src->path, record, words);
}

static void complain_rest(struct group *g)
{
	const struct detect_sink *s = g->f->sink;
	char words[64];

	if (g->f->complaints <= COMPLAINTS_MAX || s->complain == NULL)
		return;
	snprintf(words, sizeof(words), "and %" PRIu64 " more records denied",
		 g->f->complaints - COMPLAINTS_MAX);
	s->complain(s->ctx, g->f->src->path, UINT64_MAX, words);
}

/* ---- records ---- */

static struct bytes hit_text(const struct format_record *r, const struct hit *h)
{
	return bytes_sub(r->runs[h->run].text, h->start, h->end - h->start);
}

static int learn(struct propagate *p, const struct format_record *r,
		 const struct hits *hits)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < hits->n; i++) {
		const struct hit *h = &hits->v[i];

		rc = propagate_learn(p, h->type, hit_text(r, h), h->score);
	}
	return rc;
}

/* Where this record's values are known: the group's, its record group's, or
 * (empty yet) its own. */
static int known_of(struct group *g, const struct format_record *r,
		    struct propagate **out)
{
	struct detect_shared *s = NULL;
	int rc = 0;

	*out = g->known;
	if (g->shared)
		return 0;
	s = detect_groups_find(&g->groups, r->r.group);
	if (s == NULL) {
		propagate_reset(g->known);
		return 0;
	}
	if (s->known == NULL)
		rc = propagate_new(g->r, &s->known);
	*out = s->known;
	return rc;
}

static int record_learn(struct group *g, const struct format_record *r)
{
	struct propagate *p;
	int rc;

	g->hits.n = 0;
	if (r->r.denied == DENIAL_NONE)
		rc = recognize(g->r, r->runs, r->nruns, &g->hits);
	else
		rc = 0;
	if (rc == 0)
		rc = detect_kept_put(&g->kept, &g->hits);
	if (rc == 0)
		rc = known_of(g, r, &p);
	return rc == 0 ? learn(p, r, &g->hits) : rc;
}

/* All hits of a record, known values included. */
static int hits_of(struct group *g, const struct format_record *r)
{
	struct propagate *p;
	int rc;

	g->hits.n = 0;
	if (g->kept_used)
		rc = detect_kept_take(&g->kept, &g->hits);
	else if (r->r.denied == DENIAL_NONE)
		rc = recognize(g->r, r->runs, r->nruns, &g->hits);
	else
		rc = 0;
	if (rc == 0)
		rc = known_of(g, r, &p);
	if (rc != 0 || r->r.denied != DENIAL_NONE)
		return rc;
	for (size_t i = 0; i < g->hits.n; i++) {
		const struct hit *h = &g->hits.v[i];

		if (h->run >= r->nruns || h->end > r->runs[h->run].text.n ||
		    h->start >= h->end)
			return -EPROTO;
	}
	if (!g->kept_used || !g->shared)
		rc = learn(p, r, &g->hits);
	if (rc == 0 && propagate_count(p) > 0)
		rc = propagate_find(p, r->runs, r->nruns, &g->hits);
	return rc;
}

/* Deny a record whose language no recognizer knows. */
static void language_check(struct group *g, struct record *r)
{
	struct bytes l = attr_find(r->attrs, r->nattrs, "language");

	if (l.p == NULL)
		l = attr_find(g->attrs, g->nattrs, "language");
	if (l.p == NULL)
		l = bytes_str(stated_language(g, g->f));
	if (r->denied != DENIAL_NONE || detect_covers(l))
		return;
	r->denied = DENIAL_UNDETECTED;
	if (!g->undetected)
		complain(g, r->number,
			 "no recognizer knows the language; "
			 "such records are not shown");
	g->undetected = true;
}

static int record_find(struct group *g, const struct format_record *r)
{
	struct attribute attrs[JSONPATH_MAX];
	struct record rec = r->r;
	char number[24];
	int rc = hits_of(g, r);

	if (rc != 0)
		return rc;
	rec.attrs = attrs;
	rec.nattrs = own_attrs(g->f, r, attrs);
	if (rec.denied != DENIAL_NONE)
		complain(g, rec.number, r->why);
	if (g->f->format != FORMAT_OPAQUE)
		language_check(g, &rec);
	if (rec.id.n == 0) {
		snprintf(number, sizeof(number), "%" PRIu32, rec.number);
		rec.id = bytes_str(number);
	}
	return detect_object_record(&g->o, &rec, r->runs, r->nruns, g->hits.v,
				    rec.denied == DENIAL_NONE ? g->hits.n : 0);
}

static int on_record(void *ctx, const struct format_record *r)
{
	struct group *g = ctx;

	switch (g->pass) {
	case PASS_COUNT:
		return r->r.group.n == 0
			       ? 0
			       : detect_groups_count(&g->groups, r->r.group);
	case PASS_LEARN:
		return record_learn(g, r);
	case PASS_FIND:
		return record_find(g, r);
	}
	return -EINVAL;
}

static int on_known(void *ctx, uint32_t nr, struct bytes text)
{
	struct group *g = ctx;

	if (g->pass != PASS_LEARN)
		return 0;
	return propagate_learn(g->known, g->f->plan.known_type[nr], text, 100);
}

static int on_attr(void *ctx, uint32_t nr, struct bytes text)
{
	struct group *g = ctx;

	return group_attr(g, bytes_str(g->f->rule->attrs[nr].name), text);
}

/* ---- passes ---- */

static int file_read(struct group *g, struct file *f)
{
	const struct format_sink sink = {on_record, on_known, on_attr, g};
	int rc;

	g->f = f;
	format_frame_free(&f->frame);
	f->frame = (struct format_frame){.denied = DENIAL_NONE};
	if (f->format == FORMAT_DENIED)
		return 0;
	rc = format_read(&f->plan, f->src->data, &sink, &f->frame);
	if (rc != -EFBIG)
		return rc;
	f->frame.denied = DENIAL_LIMIT;
	snprintf(f->frame.why, sizeof(f->frame.why),
		 "too long a string, or paths with '..' that match in too many "
		 "ways");
	return 0;
}

/* The last words about a file: denied, or its frame. */
static void head_fill(const struct file *f, struct index_head *h)
{
	const struct format_frame *r = &f->frame;

	h->format = f->format;
	h->denied = f->format == FORMAT_DENIED ? DENIAL_FORMAT : r->denied;
	if (h->denied != DENIAL_NONE) {
		h->reason = bytes_str(f->why != NULL ? f->why : r->why);
		return;
	}
	h->prefix = buf_bytes(&r->prefix);
	h->suffix = buf_bytes(&r->suffix);
	h->body = r->body;
	h->body_end = r->body_end;
}

static int file_done(struct group *g, struct file *f)
{
	const char *language = stated_language(g, f);
	struct index_head h = {.format = FORMAT_DENIED};
	struct index_summary s = {.whole = f->frame.whole,
				  .group = buf_bytes(&f->group)};
	struct attribute attrs[JSONPATH_MAX + 1];
	int rc = 0;

	head_fill(f, &h);
	if (h.denied == DENIAL_NONE)
		rc = detect_object_flush(&g->o);
	else
		complain(g, UINT64_MAX, (const char *)h.reason.p);
	complain_rest(g);
	if (rc != 0)
		return rc;
	memcpy(attrs, g->attrs, g->nattrs * sizeof(*attrs));
	s.attrs = attrs;
	s.nattrs = g->nattrs;
	if (language != NULL &&
	    attr_find(attrs, s.nattrs, "language").p == NULL)
		attrs[s.nattrs++] = (struct attribute){bytes_str("language"),
						       bytes_str(language)};
	return detect_object_done(&g->o, &h, &s);
}

static int file_find(struct group *g, struct file *f)
{
	int rc = detect_object_open(&g->o, g->r, f->sink, f->src->data.n);

	g->pass = PASS_FIND;
	g->undetected = false;
	if (rc == 0)
		rc = file_read(g, f);
	if (rc == 0)
		rc = file_done(g, f);
	detect_object_close(&g->o);
	return rc;
}

static int pass_all(struct group *g, struct file *files, size_t n,
		    enum pass pass)
{
	int rc = 0;

	g->pass = pass;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = file_read(g, &files[i]);
	return rc;
}

/* Whether values or attributes must be gathered before the first record. */
static bool needs_learning(struct group *g, const struct file *files, size_t n)
{
	bool shared = n > 1;

	for (size_t i = 0; i < n; i++)
		shared = shared || files[i].plan.outside ||
			 (files[i].rule != NULL &&
			  files[i].rule->group.template_ != NULL);
	g->shared = shared;
	return shared || g->groups.several;
}

static int group_run(struct group *g, struct file *files, size_t n)
{
	bool paths = false;
	int rc = propagate_new(g->r, &g->known);

	for (size_t i = 0; i < n; i++)
		paths = paths || files[i].plan.group != 0;
	if (rc == 0 && paths && n == 1)
		rc = pass_all(g, files, n, PASS_COUNT);
	if (rc == 0 && needs_learning(g, files, n)) {
		rc = pass_all(g, files, n, PASS_LEARN);
		g->kept_used = true;
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = file_find(g, &files[i]);
	return rc;
}

/* ---- setting up ---- */

static int known_types(struct group *g, struct file *f, struct err *e)
{
	for (uint32_t i = 0; f->rule != NULL && i < f->rule->nknown; i++) {
		const char *name = f->rule->known[i].type;
		int type = recognizers_type_of(g->r, name);

		if (type < 0)
			return err_set(e, -EPROTO, NULL,
				       "entities: unknown type %s", name);
		if (i < JSONPATH_MAX)
			f->plan.known_type[i] = (uint16_t)type;
	}
	return 0;
}

static int file_open(struct group *g, struct file *f, const struct source *s,
		     const struct detect_sink *sink, struct err *e)
{
	int rc;

	f->src = s;
	f->sink = sink;
	f->rule = dataset_rule(g->d, s->path);
	f->format = format_of(f->rule, s->path, s->data, &f->why);
	rc = format_plan_new(g->d, f->rule, f->format, g->a, &f->plan, e);
	if (rc == 0)
		rc = known_types(g, f, e);
	if (rc == 0)
		rc = detect_group_name(f->rule, s->path, &f->group);
	if (rc == 0)
		rc = literals(g, f->rule);
	return rc;
}

int detect_group(const struct dataset_rules *d, const struct recognizers *r,
		 const struct source *files, size_t n,
		 const struct detect_sink *sinks, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(mem_freep) struct group *g = mem_new(1, sizeof(*g));
	CLEANUP(mem_freep) struct file *f = mem_new(n, sizeof(*f));
	int rc = 0;

	if (a == NULL || g == NULL || f == NULL)
		return err_nomem(e);
	g->d = d;
	g->r = r;
	g->a = a;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = file_open(g, &f[i], &files[i], &sinks[i], e);
	if (rc == 0) {
		rc = group_run(g, f, n);
		if (rc != 0)
			err_set(e, rc, NULL, "detection did not finish");
	}
	for (size_t i = 0; i < n; i++) {
		format_frame_free(&f[i].frame);
		buf_free(&f[i].group);
	}
	propagate_free(g->known);
	detect_kept_free(&g->kept);
	detect_groups_free(&g->groups);
	hits_free(&g->hits);
	return rc;
}
