/* Sensitive values in the stored paths of a group. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/detect_path.h"

#include <errno.h>

#include "base/mem.h"
#include "policy/redact/filename.h"
#include "policy/redact/recognizer.h"

/*
 * Each component of a path is a run of text by itself, without the extension
 * that programs know. It is read in up to three ways:
 *
 *   as it is       "john_garcia@bank.example", "2026-07-14"
 *   with blanks    '_' as ' ': "14 July 2026", "mr smith"
 *   split          blanks before capitals and between letters and digits too:
 *                  "JohnGarcia", "garcia7151390787"; known values and lists
 *                  of words only, since codes would come apart
 *
 * What the ways find is put together and resolved as hits of one run are, in
 * offsets of the first way; its map leads back to the bytes of the path, which
 * need not be UTF-8.
 *
 * Known values are those of everything that was read of the group: for a file
 * that is alone, of all its records, since its name may be any of theirs. There
 * may be millions, and a path has room for few: so the three-letter stretches
 * of the paths are kept as bits, and a value none of whose words is made of
 * them is not learned. Words shorter than that are always learned.
 */
#define GRAM 3
#define GRAM_BITS 32768u /* a power of two */

/* ---- which values may stand in a path ---- */

int detect_path_open(struct detect_path *p, const struct recognizers *r)
{
	int rc;

	*p = (struct detect_path){.r = r, .scratch = {.secret = true}};
	p->grams = mem_new(GRAM_BITS / 64, sizeof(*p->grams));
	rc = p->grams == NULL ? -ENOMEM : propagate_new(r, &p->known);
	if (rc == 0)
		propagate_in_names(p->known);
	return rc;
}

void detect_path_close(struct detect_path *p)
{
	propagate_free(p->known);
	mem_free(p->grams);
	buf_free(&p->scratch);
	*p = (struct detect_path){0};
}

/* The text folded, lower case; letters and digits alone where squeezed. */
static int squeeze(struct bytes text, bool squeezed, struct buf *out)
{
	struct folded f = {0};
	int rc = recognizer_fold(text, &f);
	size_t n = 0;

	buf_clear(out);
	if (rc == 0)
		rc = recognizer_fold_lower(out, buf_bytes(&f.text));
	recognizer_fold_free(&f);
	for (size_t i = 0; rc == 0 && squeezed && i < out->n; i++)
		if (is_word(out->p[i]))
			out->p[n++] = out->p[i];
	if (rc == 0 && squeezed)
		out->n = n;
	return rc;
}

static uint32_t gram(const uint8_t *p)
{
	uint32_t h = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];

	return (h * 2654435761u >> 7) & (GRAM_BITS - 1);
}

int detect_path_watch(struct detect_path *p, struct bytes path)
{
	int rc = squeeze(path, true, &p->scratch);

	for (size_t i = 0; rc == 0 && i + GRAM <= p->scratch.n; i++) {
		uint32_t bit = gram(p->scratch.p + i);

		p->grams[bit / 64] |= (uint64_t)1 << bit % 64;
	}
	return rc;
}

static bool all_grams(const struct detect_path *p, struct bytes word)
{
	for (size_t i = 0; i + GRAM <= word.n; i++) {
		uint32_t bit = gram(word.p + i);

		if ((p->grams[bit / 64] >> bit % 64 & 1) == 0)
			return false;
	}
	return true;
}

/* Some word of the value may stand there, or all are too short to tell. */
static bool may_stand(const struct detect_path *p, struct bytes value)
{
	uint32_t start, end;
	bool told = false;

	for (uint32_t i = 0; propagate_tree_word(value, i, &start, &end);
	     i = end) {
		if (end - start < GRAM)
			continue;
		if (all_grams(p, bytes_sub(value, start, end - start)))
			return true;
		told = true;
	}
	return !told;
}

int detect_path_learn(struct detect_path *p, uint16_t type, struct bytes text,
		      uint8_t score)
{
	int rc;

	if (text.n >= PROPAGATE_LONG)
		return 0;
	rc = squeeze(text, false, &p->scratch);
	if (rc != 0 || !may_stand(p, buf_bytes(&p->scratch)))
		return rc;
	return propagate_learn(p->known, type, text, score);
}

/* ---- the ways a component is read ---- */

enum way {
	WAY_PLAIN = 0,
	WAY_BLANKS,
	WAY_SPLIT,
	WAYS
};

struct look {
	const struct detect_path *p;
	const struct named *named;
	size_t at; /* of the component, in the path */
	struct arena *a;
	struct text_builder plain;
	struct buf blanks, split;
	uint32_t *back; /* split offset -> plain offset; split.n + 1 */
	struct run runs[WAYS];
	struct hits hits;
	struct name_span *out;
	uint32_t n, cap;
};

static void look_free(struct look *l)
{
	text_free(&l->plain);
	buf_free(&l->blanks);
	buf_free(&l->split);
	mem_free(l->back);
	hits_free(&l->hits);
}

static void set_run(struct look *l, enum way way, struct bytes text)
{
	l->runs[way] = (struct run){.kind = RUN_NAME,
				    .text = text,
				    .map = l->plain.map,
				    .nmap = l->plain.nmap};
}

/* A word begins at i that no separator begins. */
static bool splits(struct bytes t, size_t i)
{
	uint8_t a = t.p[i - 1], b = t.p[i];
	uint8_t c = i + 1 < t.n ? t.p[i + 1] : 0;

	if (!is_word(a) || !is_word(b))
		return false;
	return is_digit(a) != is_digit(b) || (!is_upper(a) && is_upper(b)) ||
	       (is_upper(a) && is_upper(b) && is_lower(c));
}

static int read_split(struct look *l, struct bytes t)
{
	int rc = 0;

	l->back = mem_grow(l->back, 2 * t.n + 2, sizeof(*l->back));
	if (l->back == NULL)
		return -ENOMEM;
	buf_clear(&l->split);
	for (size_t i = 0; rc == 0 && i < t.n; i++) {
		if (i > 0 && splits(t, i)) {
			l->back[l->split.n] = (uint32_t)i;
			rc = buf_putc(&l->split, ' ');
		}
		l->back[l->split.n] = (uint32_t)i;
		if (rc == 0)
			rc = buf_putc(&l->split, t.p[i]);
	}
	l->back[l->split.n] = (uint32_t)t.n;
	return rc;
}

static int read_ways(struct look *l, struct bytes name, uint64_t at)
{
	struct bytes t;
	int rc;

	text_reset(&l->plain);
	rc = text_plain(&l->plain, name, at);
	t = buf_bytes(&l->plain.text);
	buf_clear(&l->blanks);
	for (size_t i = 0; rc == 0 && i < t.n; i++)
		rc = buf_putc(&l->blanks, t.p[i] == '_' ? ' ' : t.p[i]);
	if (rc == 0)
		rc = read_split(l, buf_bytes(&l->blanks));
	if (rc != 0)
		return rc;
	set_run(l, WAY_PLAIN, t);
	set_run(l, WAY_BLANKS, buf_bytes(&l->blanks));
	set_run(l, WAY_SPLIT, buf_bytes(&l->split));
	return 0;
}

/* ---- finding ---- */

static int split_word(void *ctx, uint32_t start, uint32_t end,
		      const struct leaf *leaf)
{
	struct look *l = ctx;
	const struct hit h = {.run = WAY_SPLIT,
			      .start = start,
			      .end = end,
			      .type = leaf->type,
			      .rule = leaf->rule,
			      .score = leaf->score};

	return recognizer_hits_put(&l->hits, h);
}

/* What the manifest's pattern says; of a name that is not plain all of it. */
static int named_hits(struct look *l, struct bytes name)
{
	struct bytes plain = l->runs[WAY_PLAIN].text;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && l->named != NULL && i < l->named->n;
	     i++) {
		const struct named_part *x = &l->named->v[i];
		struct hit h = {.run = WAY_PLAIN,
				.type = x->nr,
				.rule = RULE_KNOWN,
				.score = 100,
				.end = (uint32_t)plain.n};

		if (x->type.n == 0 || x->start < l->at ||
		    x->end > l->at + name.n)
			continue;
		if (bytes_eq(plain, name)) {
			h.start = x->start - (uint32_t)l->at;
			h.end = x->end - (uint32_t)l->at;
		}
		rc = recognizer_hits_put(&l->hits, h);
	}
	return rc;
}

/* All hits, resolved, in offsets of the plain way. */
static int find_hits(struct look *l, struct bytes name)
{
	const struct recognizers *r = l->p->r;
	uint64_t steps = 0;
	int rc;

	l->hits.n = 0;
	rc = recognize(r, l->runs, WAY_SPLIT, &l->hits);
	if (rc == 0)
		rc = propagate_find(l->p->known, l->runs, WAYS, &l->hits);
	if (rc == 0)
		rc = propagate_tree_scan(&r->words, l->runs[WAY_SPLIT].text,
					 split_word, l, &steps);
	for (size_t i = 0; rc == 0 && i < l->hits.n; i++) {
		struct hit *h = &l->hits.v[i];

		if (h->run == WAY_SPLIT) {
			h->start = l->back[h->start];
			h->end = l->back[h->end];
		}
	}
	if (rc == 0)
		rc = named_hits(l, name);
	return rc != 0 ? rc
		       : recognizer_hits_resolve(&l->hits, 0,
						 l->runs[WAY_PLAIN].text);
}

/* ---- spans ---- */

/* Types whose values '_' is a letter of. */
static bool is_code(uint16_t type)
{
	return type == ENTITY_EMAIL_ADDRESS || type == ENTITY_URL ||
	       type == ENTITY_DOMAIN_NAME || type == ENTITY_USERNAME ||
	       type == ENTITY_API_KEY || type == ENTITY_PASSWORD;
}

static uint32_t split_at(const struct look *l, uint32_t plain)
{
	uint32_t i = 0;

	while (i < l->split.n && l->back[i] < plain)
		i++;
	return i;
}

/* The value's text, as contents would have it. */
static struct bytes text_of(const struct look *l, const struct hit *h)
{
	uint32_t start = h->start, end = h->end;
	struct bytes t = l->runs[WAY_BLANKS].text;

	if (h->run == WAY_SPLIT) {
		t = l->runs[WAY_SPLIT].text;
		start = split_at(l, start);
		end = split_at(l, end);
	} else if (is_code(h->type)) {
		t = l->runs[WAY_PLAIN].text;
	}
	return bytes_sub(t, start, end - start);
}

static int room(struct look *l)
{
	uint32_t cap = l->cap == 0 ? 8 : 2 * l->cap;
	struct name_span *more;

	if (l->n < l->cap)
		return 0;
	more = arena_array(l->a, cap, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	if (l->n > 0)
		memcpy(more, l->out, l->n * sizeof(*more));
	l->out = more;
	l->cap = cap;
	return 0;
}

/* As contents have it: a name is its person's, an address or a user's name its
 * own, and whose. */
static int canon_of(const struct look *l, const struct hit *h, const char *type,
		    struct buf *out)
{
	struct bytes name = propagate_whose(l->p->known, h->person);
	bool person = h->type == ENTITY_PERSON;
	int rc;

	if (person && name.n > 0)
		return canonical(type, name, out);
	rc = h->rule == RULE_PROPAGATED_REVERSED
		     ? canonical_turned(type, text_of(l, h), out)
		     : canonical(type, text_of(l, h), out);
	if (rc != 0 || person || name.n == 0)
		return rc;
	rc = buf_putc(out, '\0');
	return rc == 0 ? canonical("PERSON", name, out) : rc;
}

static int add_span(struct look *l, const struct hit *h)
{
	struct buf CLEANUP(buf_free) canon = {.secret = true};
	const char *type = recognizers_type(l->p->r, h->type);
	const char *rule = recognizers_rule(l->p->r, h->rule);
	struct name_span *s;
	uint64_t start, end;
	int rc = type == NULL || rule == NULL ? -EPROTO : room(l);

	if (rc == 0)
		rc = canon_of(l, h, type, &canon);
	if (rc != 0)
		return rc;
	text_raw(&l->runs[WAY_PLAIN], h->start, h->end, &start, &end);
	s = &l->out[l->n];
	*s = (struct name_span){.start = (uint32_t)start,
				.end = (uint32_t)end,
				.score = h->score,
				.type = bytes_str(type),
				.rule = bytes_str(rule)};
	rc = arena_dup(l->a, buf_bytes(&canon), &s->canon);
	if (rc != 0 || end <= start)
		return rc;
	/* Moved outwards they may touch: the first holds. */
	if (l->n > 0 && l->out[l->n - 1].end > s->start)
		l->out[l->n - 1].end = s->end;
	else
		l->n++;
	return 0;
}

static int look_at(struct look *l, struct bytes path, size_t at, size_t end)
{
	struct bytes name = bytes_sub(path, at, end - at);
	int rc;

	l->at = at;
	if (end == path.n) /* a file's; a folder has no extension */
		name.n -= filename_ext(name).n;
	if (name.n == 0)
		return 0;
	rc = read_ways(l, name, at);
	if (rc == 0)
		rc = find_hits(l, name);
	for (size_t i = 0; rc == 0 && i < l->hits.n; i++)
		rc = add_span(l, &l->hits.v[i]);
	return rc;
}

int detect_path_find(struct detect_path *p, struct bytes path,
		     const struct named *named, struct arena *a,
		     struct index_summary *s)
{
	CLEANUP(look_free) struct look l = {.p = p, .named = named, .a = a};
	int rc = 0;

	if (path.n >= UINT32_MAX)
		return -EFBIG;
	for (size_t at = 0; rc == 0 && at < path.n;) {
		const uint8_t *slash = memchr(path.p + at, '/', path.n - at);
		size_t end = slash == NULL ? path.n : (size_t)(slash - path.p);

		rc = look_at(&l, path, at, end);
		at = end + 1;
	}
	s->names = l.out;
	s->nnames = l.n;
	s->named = rc == 0;
	return rc;
}
