/* The data set's own recognizers: patterns, begin and end, lists of words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "policy/redact/recognizer.h"

#define SCORE_PATTERN 85
#define SCORE_WORDS 90
#define SCORE_REGION 100

void recognizer_custom_free(struct recognizers *r)
{
	for (uint32_t i = 0; r->custom != NULL && i < r->ncustom; i++) {
		pattern_free(r->custom[i].pattern);
		buf_free(&r->custom[i].begin);
		buf_free(&r->custom[i].end);
	}
	mem_free(r->custom);
	r->custom = NULL;
}

/* Append text folded as runs are: "’" in a pattern meets "'" in the text. */
static int fold(struct bytes text, struct buf *out)
{
	struct folded f = {0};
	int rc = recognizer_fold(text, &f);

	if (rc == 0)
		rc = buf_put(out, f.text.p, f.text.n);
	recognizer_fold_free(&f);
	return rc;
}

/* The type's number, new when nobody has it; the rule's name is custom.TYPE. */
static int name(struct recognizers *r, const char *type, struct custom *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	int known = recognizers_type_of(r, type), rc;

	if (known < 0) {
		r->types[r->ntypes] = arena_str(r->arena, bytes_str(type));
		if (r->types[r->ntypes] == NULL)
			return -ENOMEM;
		known = (int)r->ntypes++;
	}
	c->type = (uint16_t)known;
	c->rule = (uint16_t)r->nrules;
	rc = buf_printf(&b, "custom.%s", type);
	if (rc != 0)
		return rc;
	r->rules[r->nrules] = arena_str(r->arena, buf_bytes(&b));
	if (r->rules[r->nrules] == NULL)
		return -ENOMEM;
	r->nrules++;
	return 0;
}

static int add_words(struct recognizers *r, const struct custom_rule *rule,
		     const struct custom *c)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct leaf leaf = {
		.type = c->type, .rule = c->rule, .score = SCORE_WORDS};

	for (uint32_t i = 0; i < rule->nwords; i++) {
		int rc;

		buf_clear(&b);
		rc = fold(rule->words[i], &b);
		if (rc == 0)
			rc = propagate_tree_add(&r->words, buf_bytes(&b), leaf);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int add_pattern(const struct custom_rule *rule, struct custom *c,
		       const char *place, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct err why = {0};
	int rc = fold(bytes_str(rule->pattern), &b);

	if (rc != 0)
		return err_nomem(e);
	rc = pattern_new(buf_bytes(&b), &c->pattern, &why);
	if (rc != 0)
		return err_set(e, rc, place, "pattern of %s: %s", rule->type,
			       why.text);
	return 0;
}

/* What is wrong with the rule itself, in words; NULL: nothing. */
static const char *wrong(const struct custom_rule *rule)
{
	int n = (rule->pattern != NULL) + (rule->begin != NULL) +
		(rule->words != NULL);

	if (rule->type == NULL || rule->type[0] == '\0')
		return "a custom recognizer needs a type";
	if (n != 1)
		return "one of pattern, begin or words is needed";
	if (rule->begin != NULL && rule->begin[0] == '\0')
		return "begin is empty: it would hide everything";
	if (rule->begin != NULL && rule->end_ != NULL && rule->end_[0] == '\0')
		return "end is empty; leave it out to hide to the end";
	if (rule->words != NULL && rule->nwords == 0)
		return "the list of words is empty";
	return NULL;
}

static int add(struct recognizers *r, const struct custom_rule *rule,
	       struct custom *c, const char *place, struct err *e)
{
	const char *words = wrong(rule);
	int rc;

	if (words != NULL)
		return err_set(e, -EPROTO, place, "%s", words);
	rc = name(r, rule->type, c);
	if (rc == 0 && rule->pattern != NULL)
		return add_pattern(rule, c, place, e);
	if (rc == 0 && rule->begin != NULL)
		rc = fold(bytes_str(rule->begin), &c->begin);
	if (rc == 0 && rule->begin != NULL && rule->end_ != NULL)
		rc = fold(bytes_str(rule->end_), &c->end);
	if (rc == 0 && rule->words != NULL)
		rc = add_words(r, rule, c);
	return rc == 0 ? 0 : err_nomem(e);
}

int recognizer_custom_new(struct recognizers *r, const struct dataset_rules *d,
			  struct err *e)
{
	r->custom = mem_new((size_t)d->ncustom + 1, sizeof(*r->custom));
	if (r->custom == NULL)
		return err_nomem(e);
	r->ncustom = d->ncustom;
	for (uint32_t i = 0; i < d->ncustom; i++) {
		struct buf place CLEANUP(buf_free) = {0};
		int rc = buf_printf(&place, "recognizers.custom[%u]", i + 1);

		if (rc != 0)
			return err_nomem(e);
		rc = add(r, &d->custom[i], &r->custom[i], buf_str(&place), e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int pattern_hit(void *ctx, size_t start, size_t end, void *rule)
{
	struct scan *s = ctx;
	const struct custom *c = rule;

	recognizer_hit(s, (uint32_t)start, (uint32_t)end, c->type, c->rule,
		       SCORE_PATTERN);
	return s->err;
}

/* Regions from begin to end, both included; an open one goes to the end of
 * the run: hiding too much is the safe side. */
static void regions(struct scan *s, const struct custom *c)
{
	uint32_t i = 0;

	while (i < s->n) {
		const uint8_t *at =
			memmem(s->t + i, s->n - i, c->begin.p, c->begin.n);
		const uint8_t *to = NULL;
		uint32_t start, end = s->n;

		if (at == NULL)
			return;
		start = (uint32_t)(at - s->t);
		i = start + (uint32_t)c->begin.n;
		if (c->end.n > 0)
			to = memmem(s->t + i, s->n - i, c->end.p, c->end.n);
		if (to != NULL)
			end = (uint32_t)(to - s->t) + (uint32_t)c->end.n;
		recognizer_hit(s, start, end, c->type, c->rule, SCORE_REGION);
		i = end;
	}
}

static int word_hit(void *ctx, uint32_t start, uint32_t end,
		    const struct leaf *leaf)
{
	struct scan *s = ctx;

	recognizer_hit(s, start, end, leaf->type, leaf->rule, leaf->score);
	return s->err;
}

void recognizer_custom(struct scan *s)
{
	struct bytes text = {s->t, s->n};

	for (uint32_t i = 0; i < s->r->ncustom && s->err == 0; i++) {
		const struct custom *c = &s->r->custom[i];

		if (c->pattern != NULL) {
			int rc = pattern_scan(c->pattern, text, pattern_hit, s,
					      &s->r->custom[i], &s->steps);

			s->err = s->err != 0 ? s->err : rc;
		} else if (c->begin.n > 0) {
			regions(s, c);
			s->steps += s->n;
		}
	}
	if (s->err == 0 && s->r->words.nleaves > 0)
		s->err = propagate_tree_scan(&s->r->words, text, word_hit, s,
					     &s->steps);
}
