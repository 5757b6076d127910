/* What changes for whom from one policy to another: rules compared. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "policy/rules.h"

const char *diff_way_name(enum diff_way w)
{
	static const char *const names[] = {"changes", "gains", "loses"};

	return names[w];
}

/* ---- seats ---- */

static int cmp_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of both, each once, by name. */
static size_t unite(const char **v, size_t n)
{
	size_t m = 0;

	if (n > 0)
		qsort(v, n, sizeof(*v), cmp_name);
	for (size_t i = 0; i < n; i++)
		if (m == 0 || strcmp(v[m - 1], v[i]) != 0)
			v[m++] = v[i];
	return m;
}

static const struct annotator *find(const struct policy *p, const char *name)
{
	uint32_t i = rules_annotator(p, bytes_str(name));

	return i == RULES_NONE ? NULL : &p->annotators[i];
}

static int each_task(const struct policy *const p[2], const char *annotator,
		     int (*each)(void *ctx, const char *annotator,
				 const char *task),
		     void *ctx)
{
	const struct annotator *x[2] = {find(p[0], annotator),
					find(p[1], annotator)};
	const char **CLEANUP(mem_freep) tasks = NULL;
	size_t n = 0;
	int rc = 0;

	for (int i = 0; i < 2; i++)
		n += x[i] == NULL ? 0 : x[i]->ntasks;
	tasks = mem_new(n + 1, sizeof(*tasks));
	if (tasks == NULL)
		return -ENOMEM;
	n = 0;
	for (int i = 0; i < 2; i++)
		for (uint32_t t = 0; x[i] != NULL && t < x[i]->ntasks; t++)
			tasks[n++] = p[i]->tasks[x[i]->tasks[t]].name;
	n = unite(tasks, n);
	if (n == 0)
		return each(ctx, annotator, NULL);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = each(ctx, annotator, tasks[i]);
	return rc;
}

int diff_seats(const struct policy *a, const struct policy *b, const char *as,
	       int (*each)(void *ctx, const char *annotator, const char *task),
	       void *ctx)
{
	const struct policy *const p[2] = {a, b};
	size_t n = a->nannotators + (size_t)b->nannotators;
	const char **CLEANUP(mem_freep) names = mem_new(n + 1, sizeof(*names));
	int rc = 0;

	if (names == NULL)
		return -ENOMEM;
	if (as != NULL)
		return find(a, as) == NULL && find(b, as) == NULL
			       ? -ENOENT
			       : each_task(p, as, each, ctx);
	n = 0;
	for (int i = 0; i < 2; i++)
		for (uint32_t k = 0; k < p[i]->nannotators; k++)
			names[n++] = p[i]->annotators[k].name;
	n = unite(names, n);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = each_task(p, names[i], each, ctx);
	return rc;
}

/* ---- one seat ---- */

struct side {
	const struct policy *p;
	const struct annotator *a; /* NULL: may not sit down */
	const struct role *role;
	const struct task *task; /* NULL: none */
};

struct comparing {
	struct side side[2];
	int (*each)(void *ctx, const struct diff_line *l);
	void *ctx;
};

static struct side side_of(const struct policy *p, const char *annotator,
			   const char *task)
{
	struct side s = {.p = p, .a = find(p, annotator)};

	if (s.a == NULL)
		return s;
	s.role = &p->roles[s.a->role];
	for (uint32_t i = 0; task != NULL && i < s.a->ntasks; i++)
		if (strcmp(p->tasks[s.a->tasks[i]].name, task) == 0)
			s.task = &p->tasks[s.a->tasks[i]];
	if (s.task == NULL && task != NULL)
		s.a = NULL;
	return s;
}

static int tell(const struct comparing *c, const char *what, enum diff_way way,
		const struct buf *before, const struct buf *after)
{
	const struct diff_line l = {.what = what,
				    .way = way,
				    .before = buf_bytes(before),
				    .after = buf_bytes(after)};

	return c->each(c->ctx, &l);
}

static int put_strings(struct buf *b, struct strings v)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < v.n; i++)
		rc = buf_printf(b, "%s%s", i == 0 ? "" : " ", v.v[i]);
	return rc;
}

/* "calls/a.json (consent: true): assigned" */
static int put_see(const struct side *s, struct buf *b)
{
	static const char *const records[] = {"assigned", "task", "all"};
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < s->role->nsee; i++) {
		const struct see *see = &s->role->see[i];

		rc = buf_puts(b, i == 0 ? "" : "; ");
		if (rc == 0)
			rc = put_strings(b, see->files);
		for (uint32_t k = 0; rc == 0 && k < see->nwhere; k++) {
			rc = buf_printf(b, " (%s: ", see->where[k].key);
			if (rc == 0)
				rc = put_strings(b, see->where[k].values);
			if (rc == 0)
				rc = buf_putc(b, ')');
		}
		if (rc == 0)
			rc = buf_printf(b, ": %s", records[see->records]);
	}
	return rc;
}

static int put_rule(const struct field_rule *f, struct buf *b)
{
	static const char *const actions[] = {"remove", "drop", "swap"};
	int rc = buf_printf(b, " %s %s", actions[f->action], f->path);

	if (rc == 0 && f->action == FIELD_SWAP)
		rc = buf_printf(b, " with %s by the %s", f->with,
				scope_name(f->scope));
	return rc;
}

static int put_fields(const struct side *s, struct buf *b)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < s->role->nfields; i++) {
		const struct field_entry *f = &s->role->fields[i];

		rc = buf_puts(b, i == 0 ? "" : "; ");
		if (rc == 0)
			rc = put_strings(b, f->files);
		for (uint32_t k = 0; rc == 0 && k < f->nrules; k++)
			rc = put_rule(&f->rules[k], b);
	}
	return rc;
}

static int put_names(const struct side *s, struct buf *b)
{
	static const char *const names[] = {"number", "pseudonym", "keep"};

	return buf_puts(b, names[s->role->names]);
}

static int put_undetected(const struct side *s, struct buf *b)
{
	return buf_puts(b, s->role->images ? "images" : "hide");
}

/* What is dealt, and to how many: not who they are. */
static int put_task(const struct side *s, struct buf *b)
{
	static const char *const by[] = {"group", "object", "record"};
	const struct task *t = s->task;
	int rc = 0;

	if (t == NULL)
		return 0;
	rc = put_strings(b, t->files);
	if (rc == 0 && t->deals)
		rc = buf_printf(b, ", dealt by %s to %u of %u", by[t->by],
				t->overlap, t->ncandidates);
	for (uint32_t i = 0; rc == 0 && i < t->nlists; i++)
		if (&s->p->annotators[t->lists[i].annotator] == s->a)
			rc = buf_printf(b, ", %.*s", (int)t->lists[i].unit.n,
					(const char *)t->lists[i].unit.p);
	return rc;
}

/* A moment as policies write it. */
static int put_moment(struct buf *b, const char *what, int64_t at)
{
	char text[64];
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return -EOVERFLOW;
	return buf_printf(b, "%s%s %s", b->n > 0 ? ", " : "", what, text);
}

static int put_end(const struct side *s, struct buf *b)
{
	int rc = 0;

	if (s->a->revoked)
		rc = put_moment(b, "revoked", s->a->revoked_at);
	if (rc == 0 && s->task != NULL && s->task->expires != 0)
		rc = put_moment(b, "expires", s->task->expires);
	return rc;
}

static int compare_words(const struct comparing *c, const char *what,
			 int (*put)(const struct side *s, struct buf *b))
{
	struct buf CLEANUP(buf_free) x = {0}, CLEANUP(buf_free) y = {0};
	int rc = put(&c->side[0], &x);

	if (rc == 0)
		rc = put(&c->side[1], &y);
	if (rc != 0 || bytes_eq(buf_bytes(&x), buf_bytes(&y)))
		return rc;
	return tell(c, what, DIFF_CHANGES, &x, &y);
}

/* ---- how values are shown ---- */

static int put_code(const struct transform *t, struct buf *b)
{
	const struct decision alone = {.fallback = *t};

	return decision_put(b, &alone);
}

static int compare_transform(const struct comparing *c, const char *what,
			     const struct transform *x,
			     const struct transform *y)
{
	struct buf CLEANUP(buf_free) a = {0}, CLEANUP(buf_free) b = {0};
	enum diff_way way = DIFF_CHANGES;
	int rc = put_code(x, &a);

	if (rc == 0)
		rc = put_code(y, &b);
	if (rc != 0 || bytes_eq(buf_bytes(&a), buf_bytes(&b)))
		return rc;
	buf_clear(&a);
	buf_clear(&b);
	rc = policy_transform_words(x, &a);
	if (rc == 0)
		rc = policy_transform_words(y, &b);
	if (y->action > x->action)
		way = DIFF_GAINS;
	else if (y->action < x->action)
		way = DIFF_LOSES;
	return rc == 0 ? tell(c, what, way, &a, &b) : rc;
}

/* Types that either names, in order; then all the others. */
static int compare_types(const struct comparing *c)
{
	const struct decision *x = &c->side[0].role->decision;
	const struct decision *y = &c->side[1].role->decision;
	const char **CLEANUP(mem_freep) types =
		mem_new(x->nrules + y->nrules + 1, sizeof(*types));
	size_t n = 0;
	int rc = types == NULL ? -ENOMEM : 0;

	for (size_t i = 0; rc == 0 && i < x->nrules; i++)
		types[n++] = x->rules[i].type;
	for (size_t i = 0; rc == 0 && i < y->nrules; i++)
		types[n++] = y->rules[i].type;
	n = rc == 0 ? unite(types, n) : 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = compare_transform(c, types[i],
				       decision_rule(x, bytes_str(types[i])),
				       decision_rule(y, bytes_str(types[i])));
	return rc == 0 ? compare_transform(c, "default", &x->fallback,
					   &y->fallback)
		       : rc;
}

/* One of the two may not sit down. */
static int tell_seat(const struct comparing *c)
{
	struct buf CLEANUP(buf_free) x = {0}, CLEANUP(buf_free) y = {0};
	bool gains = c->side[0].a == NULL;
	int rc = buf_printf(gains ? &y : &x, "as %s",
			    c->side[gains ? 1 : 0].role->name);

	return rc == 0 ? tell(c, "seat", gains ? DIFF_GAINS : DIFF_LOSES, &x,
			      &y)
		       : rc;
}

int diff_seat(const struct policy *a, const struct policy *b,
	      const char *annotator, const char *task,
	      int (*each)(void *ctx, const struct diff_line *l), void *ctx)
{
	const struct comparing c = {.side = {side_of(a, annotator, task),
					     side_of(b, annotator, task)},
				    .each = each,
				    .ctx = ctx};
	int rc;

	if (c.side[0].a == NULL || c.side[1].a == NULL)
		return c.side[0].a == c.side[1].a ? 0 : tell_seat(&c);
	rc = compare_words(&c, "until", put_end);
	if (rc == 0)
		rc = compare_words(&c, "see", put_see);
	if (rc == 0)
		rc = compare_words(&c, "task", put_task);
	if (rc == 0)
		rc = compare_types(&c);
	if (rc == 0)
		rc = compare_words(&c, "fields", put_fields);
	if (rc == 0)
		rc = compare_words(&c, "undetected", put_undetected);
	return rc == 0 ? compare_words(&c, "names", put_names) : rc;
}
