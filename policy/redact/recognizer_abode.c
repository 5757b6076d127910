/* Where somebody lives, as people type and say it, by the words around. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

/*
 * "600 copper basin", "twelve hundred willow bend unit three oh six": the
 * number is written or said, the street's kind is missing or is a word of
 * nature. What tells such words from an amount is weighed: an address was asked
 * for or is what the talk is about, words before announce one ("at", "account
 * for"), a street's kind, a flat, a town stand behind, the name is no common
 * word, nothing else comes in the clause. The words are looked at from each
 * number on, a bounded count of them, so the work is linear.
 *
 * A dialogue remembers the numbers of the last few houses: said again, with
 * digits changed or put right ("no, 3371"), they are found by that.
 */

/* What the street address that was found already goes on with: " nw", "apt
 * 410". Where it ends then. */
static uint32_t extend(struct scan *s, struct talk *d, struct hit h)
{
	struct abode_words w UNSET;
	struct abode_number n;
	uint32_t last = h.end, stop = h.end, code, i = h.start;

	abode_words(s, i, ABODE_WORDS, &w);
	abode_number(s, &w, 0, &n);
	abode_learn(s, d, &w, &n);
	while (last > h.start && is_word(s->t[last - 1]))
		last--;
	w.n = 0;
	if (last < h.end) /* "St." ends in no word */
		abode_words(s, last, ABODE_WORDS, &w);
	if (w.n > 1) {
		unsigned k = 1;

		if (!w.v[k].apart && (w.v[k].is & ABODE_DIRECTION) != 0)
			k++;
		if (k > 1 || (w.v[0].is & (ABODE_KIND | ABODE_LAND)) != 0 ||
		    (w.v[k].is & ABODE_ORDINAL) == 0) /* of no town */
			k = abode_units(s, &w, k);
		if (k > 1)
			stop = recognizer_town(s, w.v[k - 1].end,
					       abode_talk(s) > 0);
	}
	code = abode_postcode(s, stop);
	if (code != 0)
		stop = code;
	d->abode_at = d->turns;
	if (stop > h.end)
		recognizer_hit(s, h.start, stop, h.type, h.rule,
			       abode_talk(s) > 1 ? 92 : h.score + 1u);
	return stop;
}

/* The street address found already that holds i or ends before it; its end. */
static uint32_t found(struct scan *s, struct talk *d, size_t *at, size_t n,
		      uint32_t i)
{
	for (; *at < n; (*at)++) {
		struct hit h = s->out->v[*at];

		if (h.type != ENTITY_STREET_ADDRESS)
			continue;
		if (h.start > i)
			return 0;
		h.end = extend(s, d, h);
		if (h.end > i) {
			(*at)++;
			return h.end;
		}
	}
	return 0;
}

/* The word behind the number that ends at i begins no street: most are so. */
static bool is_plain(struct scan *s, uint32_t i)
{
	const unsigned none = ABODE_FUNCTION | ABODE_AMOUNT | ABODE_MONTH;
	struct abode_words w UNSET;
	uint32_t end;
	unsigned is, value;

	if (scan_at(s, i) == '-')
		return false;
	if (scan_at(s, i) != ' ' || !is_word(scan_at(s, i + 1)))
		return true;
	end = recognizer_word_end(s, i + 1);
	is = abode_is(s, i + 1, end, &value);
	if ((is & (ABODE_SAID | ABODE_HUNDRED | ABODE_KIND)) != 0)
		return false;
	if ((recognizer_name_roles(s, i + 1, end) & ROLE_FUNCTION) != 0)
		return true;
	abode_words(s, i + 1, 1, &w);
	return (w.v[0].is & none) != 0;
}

/* Where a number alone ends: "two b" over its letter. */
static uint32_t unit_end(const struct abode_street *t)
{
	unsigned k = t->number.words;

	return k < t->w->n && !t->w->v[k].apart &&
			       t->w->v[k].end == t->w->v[k].start + 1
		       ? t->w->v[k].end
		       : t->w->v[k - 1].end;
}

static bool is_unit(const struct scan *s, uint32_t i, uint32_t end)
{
	unsigned value;

	return i < end && (abode_is(s, i, end, &value) & ABODE_UNIT) != 0;
}

/* Where "building g apt " before the number at i begins; i: there is none. */
static uint32_t units_before(const struct scan *s, uint32_t i)
{
	uint32_t at = i, end, word = abode_before(s, i, &end);

	for (unsigned n = 0; n < 3 && word < at; n++) {
		if (!is_unit(s, word, end)) {
			if (at == i || end - word > 2)
				break;
			word = abode_before(s, word, &end);
			if (!is_unit(s, word, end))
				break;
		}
		at = word;
		word = abode_before(s, at, &end);
	}
	return at;
}

/* "in building g apt 5", whose number is at i; where it ends, or 0. */
static uint32_t flat(struct scan *s, uint32_t i)
{
	static const char sure[] = "apt apartment ste";
	struct abode_words w;
	uint32_t end, at = units_before(s, i), word;
	unsigned n;

	if (at == i)
		return 0;
	word = abode_before(s, i, &end);
	if (!recognizer_word_in(s, sure, word, end) &&
	    !recognizer_word_in(s, sure, at, recognizer_word_end(s, at)))
		return 0;
	abode_words(s, at, ABODE_WORDS, &w);
	n = abode_units(s, &w, 0);
	end = n == 0 ? 0 : w.v[n - 1].end;
	if (end <= i)
		return 0;
	recognizer_hit(s, at, end, ENTITY_STREET_ADDRESS, RULE_ADDRESS_STREET,
		       62);
	return end;
}

/* The number that may begin at i; where to go on, or 0. */
static uint32_t number(struct scan *s, struct talk *d, uint32_t i)
{
	struct abode_words w UNSET;
	struct abode_street t;
	uint32_t end = recognizer_word_end(s, i);

	/* to tell the language takes longest */
	if (i > 1 && s->t[i - 1] == ' ' && abode_talk(s) == 0 &&
	    units_before(s, i) < i && !recognizer_foreign(s) && flat(s, i) > 0)
		return end;
	if ((abode_talk(s) == 0 && is_plain(s, end)) || recognizer_foreign(s))
		return end;
	t = (struct abode_street){.w = &w};
	abode_words(s, i, ABODE_WORDS, &w);
	abode_number(s, &w, 0, &t.number);
	if (t.number.n == 0)
		return w.v[0].end;
	end = abode_street(s, d, &t, i);
	if (end == 0) {
		end = abode_again(s, d, &w, &t.number);
		if (end == 0 && abode_answer(s, &t, i))
			end = unit_end(&t);
		if (end != 0)
			recognizer_hit(s, i, end, ENTITY_STREET_ADDRESS,
				       RULE_ADDRESS_STREET, 63);
	}
	if (end != 0) {
		abode_learn(s, d, &w, &t.number);
		return end;
	}
	return w.v[t.number.words - 1].end;
}

bool abode_may_number(const struct word *w)
{
	return (w->roles & ABODE_SAID) != 0 && w->number != ABODE_NOUGHT;
}

/* At a word that may begin a number; where to go on. */
static uint32_t look(struct scan *s, struct talk *d, uint32_t i)
{
	uint32_t end = (uint32_t)starts_over(s->starts, STARTS_WORD, i), stop;
	unsigned is = ABODE_SAID, value = 1;

	if (!is_digit(s->t[i]))
		is = abode_is(s, i, end, &value);
	stop = (is & ABODE_SAID) != 0 && value != ABODE_NOUGHT ? number(s, d, i)
							       : end;
	return stop > end ? stop : end;
}

/* The first word that begins at i or behind. */
static size_t begins(struct starts *m, size_t i)
{
	if (starts_inside(m, i))
		i = starts_over(m, STARTS_WORD, i);
	return starts_next(m, STARTS_WORD, i);
}

/* Where the next word is, i or behind, that may begin a number, or at which a
 * street address that was found already ([*at, n) of the hits) is looked at.
 * Who took a part of a word left the rest of it. */
static size_t stops(struct scan *s, size_t *at, size_t n, size_t i)
{
	size_t next = starts_next(s->starts, STARTS_NUMBER, i), hit;

	if (starts_inside(s->starts, i))
		return i;
	while (*at < n && s->out->v[*at].type != ENTITY_STREET_ADDRESS)
		(*at)++;
	if (*at == n)
		return next;
	hit = s->out->v[*at].start;
	hit = begins(s->starts, hit > i ? hit : i);
	return hit < next ? hit : next;
}

uint64_t recognizer_abode(struct scan *s, struct talk *d, size_t first)
{
	size_t at = first, n = s->out->n, i = 0;
	uint64_t topics;

	abode_parts(s, d, first);
	while ((i = stops(s, &at, n, i)) < s->n && s->err == 0) {
		size_t end = starts_over(s->starts, STARTS_WORD, i);
		uint32_t stop = found(s, d, &at, n, (uint32_t)i);

		if (stop == 0)
			stop = look(s, d, (uint32_t)i);
		i = stop > end ? stop : end;
	}
	topics = abode_asks(s);
	if (((d->mine | topics) >> TOPIC_ADDRESS & 1) != 0 ||
	    abode_talk(s) == 2)
		d->abode_at = d->turns;
	return topics;
}
