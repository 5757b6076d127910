/* Compiling a file rule: one set of paths, one mask per meaning. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/format_plan.h"

#include <errno.h>

#include "policy/redact/csv.h"

int format_plan_records(const struct jsonpath *p, struct err *e)
{
	uint32_t each = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		if (p->steps[i].kind == STEP_EACH)
			each++;
		else if (p->steps[i].kind != STEP_KEY)
			return err_set(e, -EPROTO, NULL,
				       "a records path has only '.name' and "
				       "one [*] at its end");
	}
	if (each > 1)
		return err_set(e, -EPROTO, NULL,
			       "a records path has only one [*]: records lie "
			       "in one array or map");
	if (each == 0 || p->steps[p->n - 1].kind != STEP_EACH)
		return err_set(e, -EPROTO, NULL, "a records path ends in [*]");
	return 0;
}

static bool step_eq(const struct jsonpath_step *a,
		    const struct jsonpath_step *b)
{
	return a->kind == b->kind && bytes_eq(a->key, b->key);
}

static bool begins_with(const struct jsonpath *p, const struct jsonpath *base)
{
	if (p->n < base->n)
		return false;
	for (uint32_t i = 0; i < base->n; i++) {
		if (!step_eq(&p->steps[i], &base->steps[i]))
			return false;
	}
	return true;
}

/* Where the paths of a rule are gathered before the set is made. */
struct gather {
	struct format_plan *plan;
	struct arena *a;
	const struct jsonpath *base; /* of records; NULL: the root */
	struct jsonpath paths[JSONPATH_MAX];
	uint32_t n;
	struct err *e;
};

static int join(struct gather *g, const struct jsonpath *p,
		struct jsonpath *out)
{
	uint32_t b = g->base->n;
	struct jsonpath_step *steps =
		arena_array(g->a, (size_t)b + p->n, sizeof(*steps));

	if (steps == NULL)
		return err_nomem(g->e);
	memcpy(steps, g->base->steps, b * sizeof(*steps));
	if (p->n > 0)
		memcpy(steps + b, p->steps, p->n * sizeof(*steps));
	out->steps = steps;
	out->n = b + p->n;
	return 0;
}

/* One more path; rebase: from the record where it is not from the root. Its
 * bit joins the mask. */
static int add(struct gather *g, const struct jsonpath *p, bool rebase,
	       uint64_t *mask, uint32_t *bit)
{
	struct jsonpath *to = &g->paths[g->n];

	if (g->n == JSONPATH_MAX)
		return err_set(g->e, -EPROTO, NULL,
			       "more than %d paths in one file rule",
			       JSONPATH_MAX);
	*bit = g->n++;
	*mask |= (uint64_t)1 << *bit;
	*to = *p;
	if (!rebase || g->base == NULL || begins_with(p, g->base))
		return 0;
	return join(g, p, to);
}

static int add_one(struct gather *g, const struct jsonpath *p, uint64_t *mask)
{
	uint32_t bit;

	return p == NULL ? 0 : add(g, p, true, mask, &bit);
}

/* The records are elements of the file. */
static bool of_lines(enum format f)
{
	return f == FORMAT_JSONL || csv_separator(f) != 0;
}

/* Known values and attributes: in JSON from the root as they stand. */
static int add_outer(struct gather *g, const struct file_rule *f)
{
	struct format_plan *p = g->plan;
	bool lines = of_lines(p->format);
	uint32_t bit;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < f->nknown; i++) {
		rc = add(g, f->known[i].path, lines, &p->known, &bit);
		if (rc == 0)
			p->known_nr[bit] = (uint8_t)i;
	}
	for (uint32_t i = 0; rc == 0 && i < f->nattrs; i++) {
		if (f->attrs[i].path == NULL)
			continue;
		rc = add(g, f->attrs[i].path, lines, &p->attrs, &bit);
		if (rc == 0)
			p->attr_nr[bit] = (uint8_t)i;
	}
	return rc;
}

static int add_lists(struct gather *g, const struct time_rule *t)
{
	struct format_plan *p = g->plan;
	int rc = add_one(g, t->text, &p->listed);

	if (rc == 0)
		rc = add_one(g, t->start, &p->list_start);
	if (rc == 0)
		rc = add_one(g, t->end, &p->list_end);
	if (rc == 0)
		rc = add_one(g, t->duration, &p->list_duration);
	if (rc == 0)
		rc = add_one(g, t->base, &p->base);
	p->text |= p->listed;
	p->lists = p->list_start | p->list_end | p->list_duration | p->base;
	return rc;
}

static int add_times(struct gather *g, const struct time_rule *t, int k)
{
	struct format_plan *p = g->plan;
	int rc = add_one(g, t->items, &p->items[k]);

	if (rc == 0)
		rc = add_one(g, t->text, &p->said);
	if (rc == 0)
		rc = add_one(g, t->start, &p->start[k]);
	if (rc == 0)
		rc = add_one(g, t->end, &p->end[k]);
	if (rc == 0)
		rc = add_one(g, t->duration, &p->duration[k]);
	if (rc == 0)
		rc = add_one(g, t->channel, &p->channel[k]);
	p->times |= p->start[k] | p->end[k] | p->duration[k] | p->channel[k];
	return rc;
}

static int gather_rule(struct gather *g, const struct file_rule *f)
{
	struct format_plan *p = g->plan;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < f->ntext; i++)
		rc = add_one(g, &f->text[i], &p->text);
	if (rc == 0)
		rc = add_one(g, f->speaker, &p->speaker);
	if (rc == 0)
		rc = add_one(g, f->id, &p->id);
	if (rc == 0)
		rc = add_one(g, f->group.path, &p->group);
	if (rc == 0)
		rc = add_outer(g, f);
	for (int k = 0; rc == 0 && k < TIMED_KINDS; k++) {
		p->spoken = p->spoken || f->times[k].start != NULL;
		if (f->times[k].items != NULL)
			rc = add_times(g, &f->times[k], k);
		else
			rc = add_lists(g, &f->times[k]);
	}
	p->all_text = f->ntext == 0;
	return rc;
}

/* Lines and rows are elements of the file. */
static const struct jsonpath *lines_path(void)
{
	static const struct jsonpath_step each = {.kind = STEP_EACH};
	static const struct jsonpath lines = {.steps = &each, .n = 1};

	return &lines;
}

/* Whether some known value or attribute may stand outside of records. */
static bool reaches_outside(const struct gather *g)
{
	uint64_t mask = g->plan->known | g->plan->attrs;

	if (g->base == NULL || of_lines(g->plan->format))
		return false;
	for (uint32_t i = 0; i < g->n; i++) {
		if ((mask >> i & 1) != 0 && !begins_with(&g->paths[i], g->base))
			return true;
	}
	return false;
}

static bool over_lines(const struct dataset_rules *d)
{
	for (uint32_t i = 0; i < d->ncustom; i++) {
		if (d->custom[i].begin != NULL)
			return true;
	}
	return false;
}

int format_plan_new(const struct dataset_rules *d, const struct file_rule *rule,
		    enum format format, struct arena *a,
		    struct format_plan *out, struct err *e)
{
	struct gather g = {.plan = out, .a = a, .e = e};
	int rc = 0;

	*out = (struct format_plan){.format = format,
				    .rule = rule,
				    .all_text = true,
				    .headed = rule == NULL ||
					      rule->header != HEADER_NO,
				    .whole_text = over_lines(d)};
	if (rule != NULL && format == FORMAT_JSON)
		out->records = rule->records;
	if (out->records != NULL)
		rc = format_plan_records(out->records, e);
	if (rc != 0)
		return rc;
	g.base = of_lines(format) ? lines_path() : out->records;
	if (rule != NULL)
		rc = gather_rule(&g, rule);
	if (rc != 0)
		return rc;
	out->outside = reaches_outside(&g);
	rc = jsonpath_set_new(g.paths, g.n, a, &out->set);
	return rc == 0 ? 0 : err_set(e, rc, NULL, "too many paths");
}

/* RTTM says who speaks when, but not what; Kaldi's tables not when. */
void format_plan_timed(struct format_plan *p, enum timed_text kind)
{
	bool told = kind == TIMED_SRT || kind == TIMED_VTT ||
		    kind == TIMED_GRID || kind == TIMED_CTM ||
		    kind == TIMED_STM;

	p->timed = kind;
	p->cued = told && p->rule != NULL && p->rule->audio != NULL &&
		  (p->format == FORMAT_SUBTITLE || p->format == FORMAT_TABLE);
	p->spoken = p->spoken || p->cued;
	p->all_text = p->all_text || p->cued; /* paths lead nowhere in it */
	p->told = !p->spoken && p->rule != NULL && p->rule->audio != NULL;
}
