/* The forms in which a known name comes again, and whose they are. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of "Crystal Minh" are searched:
 *
 *   parts      "Crystal", "Minh"; a common word ("Will", "May") or one of two
 *              letters only where it is written or used as a name
 *   turned     "Minh, Crystal"
 *   initials   "C. Minh", "Minh, C.", "Crystal M."
 *   users      "crystalminh", "minhcrystal", "cminh", "minhc", "crystalm"; with
 *              digits behind them where they might be other words ("grants")
 *   fewer      of three words the first and the last, the first two
 *   spelled    umlauts as two letters: "Mueller"
 *
 * Points, dashes, commas and the like between the words do not count, nor do
 * case and accents (propagate_tree.h). All forms lead to one person, so their
 * stand-ins are that person's; a part that several people have is nobody's.
 * "C. Minh" itself may have been known before: then that one is her, too.
 */
#include "policy/redact/propagate_in.h"

#include <errno.h>

#include "base/mem.h"
#include "base/utf8.h"

/* A name's words; of more only the first and the last are parts. */
#define WORDS 6
struct name {
	struct bytes w[WORDS];
	bool common[WORDS]; /* a word that is hardly a name */
	unsigned n;
};

static bool split(const struct propagate *p, struct bytes value,
		  struct name *out)
{
	uint32_t start, end;

	out->n = 0;
	for (uint32_t i = 0; propagate_tree_word(value, i, &start, &end);
	     i = end) {
		if (out->n == WORDS)
			return false;
		out->common[out->n] =
			propagate_roles(p, value, start, end) != 0;
		out->w[out->n++] = bytes_sub(value, start, end - start);
	}
	return true;
}

/* ---- who ---- */

static uint32_t who(const struct propagate *p, uint32_t person)
{
	while (person != 0 && person != LEAF_SEVERAL &&
	       p->people[person - 1].is != 0)
		person = p->people[person - 1].is;
	return person;
}

struct bytes propagate_whose(const struct propagate *p, uint32_t person)
{
	person = who(p, person);
	return person == 0 || person == LEAF_SEVERAL
		       ? (struct bytes){0}
		       : p->people[person - 1].text;
}

static int new_person(struct propagate *p, struct bytes name, uint32_t *person)
{
	uint32_t cap = p->cappeople == 0 ? 16 : 2 * p->cappeople;
	struct known_person *x;

	if (p->a == NULL)
		p->a = arena_new();
	if (p->a == NULL)
		return -ENOMEM;
	if (p->npeople == p->cappeople) {
		x = mem_grow(p->people, cap, sizeof(*x));
		if (x == NULL)
			return -ENOMEM;
		p->people = x;
		p->cappeople = cap;
	}
	x = &p->people[p->npeople];
	*x = (struct known_person){.is = 0};
	*person = p->npeople + 1;
	if (arena_dup(p->a, name, &x->text) != 0)
		return -ENOMEM;
	p->npeople++;
	return 0;
}

/* One more form; where it is somebody's already, of whom that now is. */
static int put(struct propagate *p, struct bytes value, struct leaf leaf)
{
	struct tree_found f;
	int rc = propagate_tree_get(&p->words, value, &f);

	if (rc > 0 && f.end == value.n && !f.digits)
		f.leaf->person = who(p, f.leaf->person);
	return rc < 0 ? rc : propagate_put(p, value, leaf);
}

/* A form that may be known as a name already: that person is this one. */
static int put_form(struct propagate *p, struct bytes value, struct leaf leaf)
{
	struct tree_found f;
	int rc = propagate_tree_get(&p->words, value, &f);
	uint32_t other;

	if (rc > 0 && f.end == value.n && !f.digits && f.leaf->own &&
	    f.leaf->person != LEAF_SEVERAL) {
		other = f.leaf->person;
		if (other != leaf.person)
			p->people[other - 1].is = leaf.person;
		f.leaf->person = leaf.person;
		f.leaf->own = false;
	}
	return rc < 0 ? rc : put(p, value, leaf);
}

/* ---- forms ---- */

static int put_joined(struct propagate *p, struct bytes x, const char *sep,
		      struct bytes y, struct leaf leaf)
{
	struct buf b CLEANUP(buf_free) = {0};
	int rc = buf_putb(&b, x);

	if (rc == 0)
		rc = buf_puts(&b, sep);
	if (rc == 0)
		rc = buf_putb(&b, y);
	return rc == 0 ? put_form(p, buf_bytes(&b), leaf) : rc;
}

/* The first letter; all of a word where a letter is one. */
static struct bytes initial(struct bytes word)
{
	uint32_t cp;

	return bytes_sub(word, 0, utf8_next(word, 0, &cp));
}

/* A letter that ends other words, too: "grants", "priced", "crystal's". */
static bool is_ending(struct bytes letter)
{
	return letter.n == 1 && strchr("sdeynr", letter.p[0] | 0x20) != NULL;
}

/* A word that the table of names has for an English one, too. */
static bool is_english(const struct propagate *p, struct bytes word)
{
	return p->r->tagger != NULL &&
	       (tagger_listed(p->r->tagger, word) & TAGGER_WORD) != 0;
}

static int put_parts(struct propagate *p, const struct name *x,
		     struct leaf leaf)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < x->n; i++) {
		struct bytes w = x->w[i];
		struct leaf part = leaf;
		unsigned roles = propagate_roles(p, w, 0, (uint32_t)w.n);

		part.place = i == 0	     ? ESC_FIRST
			     : i + 1 == x->n ? ESC_LAST
					     : ESC_PART;
		if (initial(w).n == w.n || is_digit(w.p[0]) ||
		    (roles & (ROLE_FUNCTION | ROLE_PARTICLE)) != 0)
			continue;
		if (is_english(p, w))
			part.care = CARE_WORD;
		if (w.n < LEAST_LETTERS || roles != 0) {
			part.care = CARE_NAME;
			part.user = leaf.user && w.n >= LEAST_LETTERS &&
				    !propagate_month(p, w, 0, (uint32_t)w.n);
		}
		rc = put(p, w, part);
	}
	return rc;
}

/* Two words as one, where that is none by itself. */
static int put_glued(struct propagate *p, struct bytes a, struct bytes b,
		     bool sure, struct leaf leaf)
{
	uint8_t both[64];
	uint32_t n = (uint32_t)(a.n + b.n);

	if (n + 1 > sizeof(both) || n < LEAST_LETTERS + 1)
		return 0;
	memcpy(both, a.p, a.n);
	memcpy(both + a.n, b.p, b.n);
	if (!sure || n < LEAST_USER ||
	    propagate_roles(p, bytes_of(both, n), 0, n) != 0)
		leaf.care = CARE_DIGITS;
	return put_form(p, bytes_of(both, n), leaf);
}

static int put_users(struct propagate *p, const struct name *x,
		     struct leaf leaf)
{
	struct bytes f = x->w[0], l = x->w[x->n - 1];
	struct bytes fi = initial(f), li = initial(l);
	bool first = !x->common[0] && f.n >= LEAST_LETTERS;
	bool last = !x->common[x->n - 1] && l.n >= LEAST_LETTERS;
	bool glued = f.n + l.n >= LEAST_GLUED;
	int rc;

	if (fi.n == f.n || li.n == l.n)
		return 0;
	leaf.rule = RULE_PROPAGATED_GLUED;
	/* In the name of a file it is a name like any other. */
	leaf.type = p->names ? ENTITY_PERSON : ENTITY_USERNAME;
	rc = put_glued(p, f, l, glued, leaf);
	if (rc == 0)
		rc = put_glued(p, l, f, glued, leaf);
	leaf.type = ENTITY_USERNAME;
	if (rc == 0)
		rc = put_glued(p, fi, l, last, leaf);
	if (rc == 0)
		rc = put_glued(p, l, fi, last && !is_ending(fi), leaf);
	first = first && f.n + 1 >= LEAST_GLUED; /* "path" is no Pat H. */
	if (rc == 0)
		rc = put_glued(p, f, li, first && !is_ending(li), leaf);
	return rc;
}

/* An initial that is no word: "a Minh", "I, Minh", "Crystal's". */
static bool is_plain(struct bytes letter)
{
	return letter.n > 1 || strchr("aisd", letter.p[0] | 0x20) == NULL;
}

static int put_short(struct propagate *p, const struct name *x,
		     struct leaf leaf)
{
	struct bytes f = x->w[0], l = x->w[x->n - 1];
	struct bytes fi = initial(f), li = initial(l);
	bool last = !x->common[x->n - 1] && l.n >= LEAST_LETTERS;
	int rc = 0;

	leaf.rule = RULE_PROPAGATED_SHORT;
	/* Those that may be names of their own first: theirs are the others. */
	if (x->n > 2)
		rc = put_joined(p, f, " ", l, leaf);
	if (rc == 0 && x->n == 3 && !x->common[1] && x->w[1].n > 1)
		rc = put_joined(p, f, " ", x->w[1], leaf);
	if (rc == 0 && last && is_plain(fi) && f.n > fi.n)
		rc = put_joined(p, fi, " ", l, leaf);
	if (rc == 0 && last && is_plain(fi) && f.n > fi.n)
		rc = put_joined(p, l, " ", fi, leaf);
	if (rc == 0 && !x->common[0] && f.n >= LEAST_LETTERS && is_plain(li) &&
	    l.n > li.n)
		rc = put_joined(p, f, " ", li, leaf);
	leaf.rule = RULE_PROPAGATED_REVERSED;
	if (rc == 0 && (p->names || (last && !x->common[0])))
		rc = put_joined(p, l, " ", f, leaf);
	return rc;
}

/* "Müller" as "Mueller"; *changed: it is another. */
static int put_umlauts(struct bytes value, struct buf *out, bool *changed)
{
	static const char from[] = "\xa4\xb6\xbc\x84\x96\x9c";
	static const char to[] = "aouAOU";
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < value.n; i++) {
		uint8_t next = i + 1 < value.n ? value.p[i + 1] : 0;
		const char *at = value.p[i] == 0xc3 && next != 0
					 ? strchr(from, (char)next)
					 : NULL;

		if (at == NULL) {
			rc = buf_putc(out, value.p[i]);
			continue;
		}
		rc = buf_putc(out, to[at - from]);
		if (rc == 0)
			rc = buf_putc(out, 'e');
		*changed = true;
		i++;
	}
	return rc;
}

static int put_forms(struct propagate *p, struct bytes value, struct leaf leaf)
{
	struct name x;
	int rc = 0;

	if (!split(p, value, &x) || x.n < 2)
		return 0;
	/* Fuller names first: what is short may be theirs. */
	if (x.n <= 4)
		rc = put_short(p, &x, leaf);
	if (rc == 0)
		rc = put_parts(p, &x, leaf);
	return rc == 0 && x.n <= 4 ? put_users(p, &x, leaf) : rc;
}

/* A name of one word: a common one is searched where it is used as a name. */
static int put_alone(struct propagate *p, struct bytes value, struct leaf leaf)
{
	uint32_t start, end;
	unsigned roles;
	size_t letter;

	if (!propagate_tree_word(value, 0, &start, &end))
		return 0;
	roles = propagate_roles(p, value, start, end);
	letter = initial(bytes_sub(value, start, end - start)).n;
	if (is_digit(value.p[start]) || end - start == letter ||
	    (roles != 0 && (roles & ROLE_GIVEN) == 0))
		return 0;
	leaf.user = !p->names;
	if (is_english(p, bytes_sub(value, start, end - start)))
		leaf.care = CARE_WORD;
	if (roles != 0 || end - start < LEAST_LETTERS) {
		leaf.care = CARE_NAME;
		leaf.user = leaf.user && end - start >= LEAST_LETTERS &&
			    !propagate_month(p, value, start, end);
	}
	return propagate_put(p, value, leaf);
}

/* A word that is said to somebody, before the name. */
static bool is_address(struct bytes word)
{
	static const char words[] =
		" mr mrs ms miss mister dr madam sir prof herr frau señor "
		"señora don doña hi hello hey dear thanks thank ok okay yes "
		"hallo hola gracias danke ";
	char w[16] = " ";

	if (word.n > sizeof(w) - 3)
		return false;
	for (size_t i = 0; i < word.n; i++)
		w[i + 1] = (char)(is_upper(word.p[i]) ? word.p[i] + 32
						      : word.p[i]);
	w[word.n + 1] = ' ';
	w[word.n + 2] = '\0';
	return strstr(words, w) != NULL;
}

struct bytes propagate_bare(struct bytes value)
{
	uint32_t start, end, i = 0;

	while (propagate_tree_word(value, i, &start, &end)) {
		if (!is_address(bytes_sub(value, start, end - start)))
			return bytes_sub(value, start, value.n);
		i = end;
	}
	return value;
}

/* Whose name it is, known before or new; *again: as surely as now. */
static int find_person(struct propagate *p, struct bytes value,
		       struct leaf *leaf, bool *again)
{
	struct tree_found f;
	int rc = propagate_tree_get(&p->words, value, &f);

	*again = false;
	if (rc > 0 && f.end == value.n && !f.digits && f.leaf->person != 0) {
		*again = f.leaf->rule == RULE_PROPAGATED &&
			 f.leaf->score >= leaf->score;
		leaf->person = who(p, f.leaf->person);
		if (*again || leaf->person != LEAF_SEVERAL)
			return 0;
	}
	leaf->own = true;
	return rc < 0 ? rc : new_person(p, value, &leaf->person);
}

/* All its words are common: "summer day". */
static bool is_phrase(const struct propagate *p, struct bytes value)
{
	uint32_t start, end;

	for (uint32_t i = 0; propagate_tree_word(value, i, &start, &end);
	     i = end)
		if (propagate_roles(p, value, start, end) == 0)
			return false;
	return true;
}

static int put_person(struct propagate *p, struct bytes value, struct leaf leaf)
{
	int rc;

	leaf.care = is_phrase(p, value) ? CARE_WORD : CARE_NONE;
	rc = put(p, value, leaf);
	leaf.care = CARE_NONE;
	leaf.own = false;
	return rc == 0 ? put_forms(p, value, leaf) : rc;
}

int propagate_person(struct propagate *p, struct bytes value, struct leaf leaf)
{
	struct buf b CLEANUP(buf_free) = {0};
	uint32_t start, end;
	bool umlauts = false, again;
	int rc;

	value = propagate_bare(value);
	if (!propagate_tree_word(value, 0, &start, &end))
		return 0;
	rc = put_umlauts(value, &b, &umlauts);
	if (rc == 0 && !propagate_tree_word(value, end, &start, &end)) {
		rc = put_alone(p, value, leaf);
		return rc == 0 && umlauts ? put_alone(p, buf_bytes(&b), leaf)
					  : rc;
	}
	leaf.user = !p->names; /* there digits are parted from letters */
	if (rc == 0)
		rc = find_person(p, value, &leaf, &again);
	if (rc != 0 || again)
		return rc;
	rc = put_person(p, value, leaf);
	leaf.own = false;
	return rc == 0 && umlauts ? put_person(p, buf_bytes(&b), leaf) : rc;
}
