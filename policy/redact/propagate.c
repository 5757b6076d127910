/* Values known for a group, searched again in everything that is in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "policy/redact/propagate_in.h"

/*
 * What one recognizer found in one place is searched in all places: names and
 * codes as paths of words in a tree, numbers by their digits whatever stands
 * between them. Of a person's name its parts are searched too, as far as they
 * are no common words. Dates, amounts and addresses of sites are not personal
 * enough to be taken along, unless the owner's manifest names them (100).
 */

#define LEAST_DIGITS 5
#define CERTAIN 100

int propagate_new(const struct recognizers *r, struct propagate **out)
{
	*out = mem_new(1, sizeof(**out));
	if (*out == NULL)
		return -ENOMEM;
	(*out)->r = r;
	return 0;
}

void propagate_in_names(struct propagate *p)
{
	p->names = true;
}

void propagate_free(struct propagate *p)
{
	if (p == NULL)
		return;
	propagate_tree_free(&p->words);
	propagate_digits_free(&p->digits);
	arena_free(p->a);
	mem_free(p->people);
	mem_free(p);
}

void propagate_reset(struct propagate *p)
{
	propagate_tree_reset(&p->words);
	propagate_digits_reset(&p->digits);
	p->count = p->npeople = 0;
	p->said = false;
	if (p->a != NULL)
		arena_reset(p->a);
}

size_t propagate_count(const struct propagate *p)
{
	return p->count;
}

/* Types whose values say little about who is meant. */
static bool passing(unsigned type)
{
	static const uint8_t types[] = {
		ENTITY_DATE_TIME, ENTITY_MONEY, ENTITY_AGE, ENTITY_TITLE,
		ENTITY_GENDER,	  ENTITY_NRP,	ENTITY_CVV, ENTITY_CARD_EXPIRY};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i] == type)
			return true;
	return false;
}

unsigned propagate_roles(const struct propagate *p, struct bytes text,
			 uint32_t start, uint32_t end)
{
	const struct word *w = recognizer_words_find(
		&p->r->common, text.p + start, end - start, text.n - start);

	return w == NULL ? 0 : w->roles;
}

bool propagate_month(const struct propagate *p, struct bytes text,
		     uint32_t start, uint32_t end)
{
	const struct word *w = recognizer_words_find(
		&p->r->triggers, text.p + start, end - start, text.n - start);

	return w != NULL && (w->roles & ROLE_MONTH) != 0;
}

int propagate_put(struct propagate *p, struct bytes value, struct leaf leaf)
{
	int rc = propagate_tree_add(&p->words, value, leaf);

	if (rc < 0)
		return rc;
	p->count += (size_t)rc;
	return 0;
}

/* How many bytes of value are letters or digits. */
static size_t content(struct bytes value)
{
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++)
		n += is_word(value.p[i]);
	return n;
}

/* Words of value; *unusual: those that are no common ones. */
static unsigned count_words(const struct propagate *p, struct bytes value,
			    unsigned *unusual)
{
	uint32_t start, end;
	unsigned n = 0;

	*unusual = 0;
	for (uint32_t i = 0; propagate_tree_word(value, i, &start, &end);
	     i = end, n++)
		*unusual += propagate_roles(p, value, start, end) == 0;
	return n;
}

static int learn_words(struct propagate *p, struct bytes value,
		       struct leaf leaf)
{
	unsigned unusual, n = count_words(p, value, &unusual);

	if (leaf.type == ENTITY_PERSON)
		return n == 0 ? 0 : propagate_person(p, value, leaf);
	if (n == 0 || content(value) < LEAST_LETTERS)
		return 0;
	if (n == 1 && p->r->tagger != NULL && /* "what are you reading" */
	    (tagger_listed(p->r->tagger, value) & TAGGER_WORD) != 0)
		leaf.care = CARE_WORD;
	return n > 1 || unusual > 0 ? propagate_put(p, value, leaf) : 0;
}

static int learn_digits(struct propagate *p, const char *digits, unsigned n,
			struct leaf leaf)
{
	int rc = propagate_digits_add(&p->digits, digits, n, leaf);

	if (rc < 0)
		return rc;
	p->count += (size_t)rc;
	/* a national number inside one with the code of North America */
	if (leaf.type == ENTITY_PHONE_NUMBER && n == 11 && digits[0] == '1')
		rc = propagate_digits_add(&p->digits, digits + 1, 10, leaf);
	return rc < 0 ? rc : 0;
}

int propagate_learn(struct propagate *p, uint16_t type, struct bytes text,
		    uint8_t score)
{
	struct folded f = {0};
	struct leaf leaf = {
		.type = type, .rule = RULE_PROPAGATED, .score = score};
	char digits[DIGITS_MOST];
	unsigned n;
	int rc;

	if (text.n > PROPAGATE_LONG || text.n == 0 ||
	    (passing(type) && score < CERTAIN))
		return 0;
	rc = recognizer_fold(text, &f);
	if (rc == 0 && !p->names &&
	    (type == ENTITY_EMAIL_ADDRESS || type == ENTITY_USERNAME))
		rc = propagate_mail(p, buf_bytes(&f.text), leaf);
	if (rc == 0) {
		n = propagate_digits_of(buf_bytes(&f.text), digits);
		for (size_t i = 0; i < f.text.n && !p->said; i++)
			p->said = is_digit(f.text.p[i]);
		/* "Seven Eleven" is a name, and searched as 711 */
		if (n == 0 || (n < LEAST_DIGITS && is_alpha(text.p[0])))
			rc = learn_words(p, buf_bytes(&f.text), leaf);
		else if (n >= LEAST_DIGITS)
			rc = learn_digits(p, digits, n, leaf);
	}
	recognizer_fold_free(&f);
	return rc;
}

int propagate_flag(struct propagate *p, uint16_t type, struct bytes text)
{
	struct folded f = {0};
	struct leaf leaf = {.type = type, .rule = RULE_FLAG, .score = CERTAIN};
	char digits[DIGITS_MOST];
	unsigned n;
	int rc = recognizer_fold(text, &f);

	if (rc == 0) {
		n = propagate_digits_of(buf_bytes(&f.text), digits);
		p->said = n > 0;
		rc = propagate_put(p, buf_bytes(&f.text), leaf);
		if (rc == 0 && n >= LEAST_DIGITS)
			rc = learn_digits(p, digits, n, leaf);
	}
	recognizer_fold_free(&f);
	return rc;
}

/* One run's new hits, in candidates of their own. */
struct search {
	const struct propagate *p;
	const struct run *is;
	struct bytes text; /* folded */
	struct hits *found;
	uint32_t run;
};

static int found(void *ctx, uint32_t start, uint32_t end,
		 const struct leaf *leaf)
{
	struct search *s = ctx;
	struct hit h = {.run = s->run,
			.start = start,
			.end = end,
			.type = leaf->type,
			.rule = leaf->rule,
			.score = leaf->score,
			.person = leaf->person,
			.place = leaf->type == ENTITY_PERSON ? leaf->place : 0};

	if (leaf->care == CARE_DIGITS ||
	    (leaf->type == ENTITY_PERSON &&
	     propagate_is_other(s->text, start, end)) ||
	    (leaf->care == CARE_WORD &&
	     propagate_is_word(s->p, s->text, start, end,
			       leaf->type != ENTITY_PERSON &&
				       leaf->type != ENTITY_USERNAME)) ||
	    (leaf->care == CARE_NAME &&
	     !propagate_is_name(s->p, s->is, s->text, start, end)))
		return 0;
	return recognizer_hits_put(s->found, h);
}

static int search_text(const struct propagate *p, struct bytes text,
		       struct search *s)
{
	uint64_t steps = 0;
	int rc;

	s->text = text;
	rc = propagate_tree_scan(&p->words, text, found, s, &steps);
	if (rc == 0)
		rc = propagate_digits_scan(&p->digits, text, found, s, &steps);
	return rc;
}

/* Whether the text is searched as it is folded. */
static int folds(const struct propagate *p, struct bytes text, bool *out)
{
	struct starts m;
	int rc;

	*out = recognizer_fold_needed(text);
	if (*out || !p->said)
		return 0;
	m.heap = NULL;
	rc = starts_make(&m, p->r, text);
	if (rc == 0)
		*out = recognizer_spoken_any(&m, text);
	starts_free(&m);
	return rc;
}

static int search_run(const struct propagate *p, const struct run *run,
		      struct search *s)
{
	struct folded f = {0};
	size_t from = s->found->n;
	bool fold;
	int rc;

	if (run->text.n >= UINT32_MAX)
		return -EFBIG;
	rc = folds(p, run->text, &fold);
	if (rc != 0)
		return rc;
	if (!fold)
		return search_text(p, run->text, s);
	rc = recognizer_fold(run->text, &f);
	if (rc == 0)
		rc = search_text(p, buf_bytes(&f.text), s);
	for (size_t i = from; rc == 0 && i < s->found->n; i++) {
		struct hit *h = &s->found->v[i];

		h->start = f.map[h->start];
		h->end = f.map[h->end];
	}
	recognizer_fold_free(&f);
	return rc;
}

/* What of an address or a user's name may be a person's: no host, and no digits
 * at the end. */
static struct bytes named_part(struct bytes text)
{
	const uint8_t *at = text.n == 0 ? NULL : memchr(text.p, '@', text.n);
	size_t n = at == NULL ? text.n : (size_t)(at - text.p);

	while (n > 0 && is_digit(text.p[n - 1]))
		n--;
	return bytes_sub(text, 0, n);
}

/* Whose name the hit is, or is made of: also of what others have found. */
static int link(const struct propagate *p, const struct run *run, struct hit *h)
{
	bool person = h->type == ENTITY_PERSON;
	struct bytes text = bytes_sub(run->text, h->start, h->end - h->start);
	struct folded f = {0};
	struct tree_found is;
	int rc;

	if (h->person != 0 || text.n > PROPAGATE_LONG ||
	    (!person && h->type != ENTITY_EMAIL_ADDRESS &&
	     h->type != ENTITY_USERNAME))
		return 0;
	rc = recognizer_fold(text, &f);
	text = person ? propagate_bare(buf_bytes(&f.text))
		      : named_part(buf_bytes(&f.text));
	if (rc == 0)
		rc = propagate_tree_get(&p->words, text, &is);
	if (rc > 0 && (!person || is.end == text.n)) {
		h->person = is.leaf->person;
		h->place = person ? is.leaf->place : 0;
		if (person && is.leaf->score > h->score)
			h->score = is.leaf->score;
		if (person && is.leaf->type == ENTITY_USERNAME)
			h->type = ENTITY_USERNAME;
	}
	recognizer_fold_free(&f);
	return rc < 0 ? rc : 0;
}

/* The tagger, or a word like "call" nearby, took a value that is known for
 * something else. */
static bool mistaken(const struct hit *old, const struct hit *known)
{
	bool guess = old->rule == RULE_PERSON_TAGGER ||
		     old->rule == RULE_PERSON_RARE ||
		     old->rule == RULE_LOCATION_TAGGER ||
		     old->rule == RULE_ORGANIZATION_TAGGER;

	if (known->type == ENTITY_USERNAME)
		guess = guess || old->rule == RULE_ID_CONTEXT ||
			old->rule == RULE_ID_ANSWER ||
			old->rule == RULE_ID_BARE;
	return guess && old->type != known->type && old->score < known->score;
}

/* Old hits of the run, [*at, ...) of old, then the new ones that no single old
 * one covers; resolved. */
static int merge_run(const struct hits *old, size_t *at,
		     const struct hits *fresh, const struct run *run,
		     uint32_t nr, struct hits *to)
{
	size_t first = *at, from = to->n, k;
	int rc = 0;

	for (; rc == 0 && *at < old->n && old->v[*at].run == nr; (*at)++)
		rc = recognizer_hits_put(to, old->v[*at]);
	k = first;
	for (size_t i = 0; rc == 0 && i < fresh->n; i++) {
		const struct hit *h = &fresh->v[i];

		/* both lists ascend: digits begin anew behind the words */
		if (i > 0 && h->start < fresh->v[i - 1].start)
			k = first;
		while (k < *at && old->v[k].end <= h->start)
			k++;
		if (k < *at && old->v[k].start <= h->start &&
		    old->v[k].end >= h->end && !mistaken(&old->v[k], h))
			continue;
		rc = recognizer_hits_put(to, *h);
	}
	return rc != 0 ? rc : recognizer_hits_resolve(to, from, run->text);
}

int propagate_find(const struct propagate *p, const struct run *runs, size_t n,
		   struct hits *out)
{
	struct hits fresh = {0}, to = {0};
	size_t at = 0;
	int rc = 0;

	if (p->count == 0)
		return 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct search s = {.p = p,
				   .is = &runs[i],
				   .found = &fresh,
				   .run = (uint32_t)i};

		fresh.n = 0;
		rc = search_run(p, &runs[i], &s);
		if (rc == 0)
			rc = merge_run(out, &at, &fresh, &runs[i], (uint32_t)i,
				       &to);
	}
	hits_free(&fresh);
	for (size_t i = 0; rc == 0 && i < to.n; i++)
		rc = link(p, &runs[to.v[i].run], &to.v[i]);
	if (rc != 0) {
		hits_free(&to);
		return rc;
	}
	hits_free(out);
	*out = to;
	return 0;
}
