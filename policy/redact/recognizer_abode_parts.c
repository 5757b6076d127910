/* Parts of an address: flats, postal codes, streets without a number. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abode.h"

#define ANSWER_LONG 90 /* bytes of a turn that answers with a part */
#define NAMES 4
#define CORNER "corner" /* "of" two streets */
#define ROADS "road rd highway hwy route rte rt cr fm"
#define ROADS_OF "county state us old rural farm"

static ALWAYS_INLINE bool is_one(const struct scan *s,
				 const struct abode_words *w, unsigned k,
				 const char *list)
{
	return k < w->n &&
	       recognizer_word_in(s, list, w->v[k].start, w->v[k].end);
}

static bool is_number(const struct abode_words *w, unsigned k)
{
	return k < w->n && (w->v[k].is & (ABODE_DIGITS | ABODE_SAID)) != 0;
}

/* "b", "b12", "3b". */
static bool is_short(const struct scan *s, const struct abode_word *v)
{
	bool digit = v->end == v->start + 1 && is_alpha(s->t[v->start]);

	for (uint32_t i = v->start; i < v->end; i++)
		digit = digit || is_digit(s->t[i]);
	return digit && v->end - v->start <= 5 &&
	       (v->end == v->start + 1 ||
		(v->is & (ABODE_AMOUNT | ABODE_ORDINAL)) == 0);
}

/* "3", "twelve hundred", "nine c", "b" behind a word for what is in a house;
 * k: something else. */
static unsigned unit_name(const struct scan *s, const struct abode_words *w,
			  unsigned k)
{
	struct abode_number n;
	unsigned end = k;

	if (is_number(w, k)) {
		abode_number(s, w, k, &n);
		end = k + n.words;
		if (is_number(w, end) && !w->v[end].apart)
			return k; /* of a phone */
		if (end < w->n && w->v[end].end == w->v[end].start + 1 &&
		    !w->v[end].apart && is_alpha(s->t[w->v[end].start]) &&
		    !is_one(s, w, end, "i u"))
			end++;
		if (end < w->n && !w->v[end].apart &&
		    (w->v[end].is & ABODE_AMOUNT) != 0)
			return k;
		return end;
	}
	return k < w->n && !w->v[k].apart && is_short(s, &w->v[k]) &&
			       !is_one(s, w, k, "a i")
		       ? k + 1
		       : k;
}

unsigned abode_unit(const struct scan *s, const struct abode_words *w,
		    unsigned k)
{
	unsigned at = k, end;

	if (k >= w->n)
		return k;
	if ((w->v[k].is & ABODE_ORDINAL) != 0)
		return is_one(s, w, k + 1, "floor fl level") ? k + 2 : k;
	if (is_one(s, w, k, "upstairs downstairs penthouse basement"))
		return k + 1;
	if ((w->v[k].is & ABODE_UNIT) == 0)
		return k;
	while (at < k + 3 && at < w->n && (w->v[at].is & ABODE_UNIT) != 0 &&
	       (at == k || !w->v[at].apart))
		at++;
	end = unit_name(s, w, at);
	return end > at ? end : k;
}

unsigned abode_units(const struct scan *s, const struct abode_words *w,
		     unsigned k)
{
	for (unsigned n = 0; n < 4; n++) {
		unsigned end = abode_unit(s, w, k);

		if (end == k)
			break;
		k = end;
	}
	return k;
}

uint32_t abode_postcode(const struct scan *s, uint32_t i)
{
	static const char canada[] = "A0A0A0", ireland[] = "A00****";
	uint32_t at = i, k;

	while (at < i + 2 && (scan_at(s, at) == ',' || scan_at(s, at) == ' '))
		at++;
	for (unsigned land = 0; land < 2; land++) {
		const char *p = land == 0 ? canada : ireland;
		bool digit = false;

		for (k = at; *p != '\0'; p++, k++) {
			uint8_t c = scan_at(s, k);

			if (p[0] != 'A' && k == at + 3 &&
			    (c == ' ' || c == '-'))
				c = scan_at(s, ++k);
			if (*p == 'A' ? !is_alpha(c) : !is_digit(c))
				if (*p != '*' || !is_alpha(c))
					break;
			digit = digit || (*p == '*' && is_digit(c));
		}
		if (*p == '\0' && !is_word(scan_at(s, k)) &&
		    (land == 0 || digit))
			return k;
	}
	return 0;
}

/* Up to the end of the clause stand few words that name a street or a house:
 * behind them. k: others do. */
static unsigned street_name(const struct scan *s, const struct abode_words *w,
			    unsigned k)
{
	unsigned at = k, found = k;
	bool odd = false;

	if (is_one(s, w, at, "the"))
		at++;
	for (unsigned n = 0; n < NAMES + 1 && at < w->n; n++, at++) {
		const struct abode_word *v = &w->v[at];

		if ((v->is & (ABODE_FUNCTION | ABODE_AMOUNT | ABODE_DIGITS |
			      ABODE_SAID)) != 0 ||
		    (v->apart && at > k))
			break;
		odd = odd || (v->is & (ABODE_COMMON | ABODE_TOPIC)) == 0;
		if (n > 0 && (v->is & (ABODE_KIND | ABODE_LAND)) != 0)
			found = at + 1;
	}
	if (found > k)
		return found;
	return odd && at - k <= 3 && (at >= w->n || w->v[at].apart) ? at : k;
}

static void hit(struct scan *s, uint32_t start, uint32_t end)
{
	recognizer_hit(s, start, end, ENTITY_STREET_ADDRESS,
		       RULE_ADDRESS_STREET, abode_talk(s) > 1 ? 84 : 66);
}

/* "unit 3b", "lot 14 whispering pines" at the word i; its end, or 0. */
static uint32_t flat(struct scan *s, struct talk *d,
		     const struct abode_words *w, unsigned talk)
{
	static const char sure[] = "apt apartment unit suite ste flat bldg "
				   "building lot box";
	unsigned end = abode_units(s, w, 0), more;
	struct abode_number n;
	uint32_t stop;

	if (end == 0 || (talk < 2 && !is_one(s, w, 0, sure)))
		return 0;
	for (unsigned k = 1; k < end; k++) {
		abode_number(s, w, k, &n);
		abode_learn(s, d, w, &n);
	}
	more = talk < 2 ? end : street_name(s, w, end);
	stop = w->v[more - 1].end;
	if (more > end)
		stop = recognizer_town(s, stop, true);
	hit(s, w->v[0].start, stop);
	return stop;
}

/* "palmetto drive" at a clause's begin, where a street was asked for. */
static uint32_t bare(struct scan *s, const struct abode_words *w, unsigned talk)
{
	unsigned k = 0, end;
	bool odd = false;

	while (k < w->n && k < NAMES && (k == 0 || !w->v[k].apart) &&
	       (w->v[k].is & (ABODE_FUNCTION | ABODE_AMOUNT | ABODE_DIGITS |
			      ABODE_SAID | ABODE_UNIT)) == 0) {
		odd = odd || (w->v[k].is & (ABODE_COMMON | ABODE_TOPIC)) == 0;
		k++;
		if (k > 1 && (w->v[k - 1].is & ABODE_KIND) != 0)
			break;
	}
	if (k < 2 || (!odd && (k < 3 || talk < 2)) ||
	    (w->v[k - 1].is & ABODE_KIND) == 0 ||
	    is_one(s, w, 0, "cross side main same back"))
		return 0;
	end = abode_units(s, w, k);
	if (talk < 2 && end < w->n)
		return 0;
	if (end < w->n && !w->v[end].apart &&
	    (w->v[end].is & ABODE_FUNCTION) == 0)
		return 0;
	hit(s, w->v[0].start, w->v[end - 1].end);
	return w->v[end - 1].end;
}

/* "forty second", "42nd", where a street was asked for. */
static uint32_t ordinal(struct scan *s, const struct abode_words *w)
{
	unsigned k = (w->v[0].is & ABODE_SAID) != 0;

	if (k >= w->n || (w->v[k].is & ABODE_ORDINAL) == 0 ||
	    (k == 0 && is_one(s, w, 0, "first second third 1st 2nd 3rd")) ||
	    (k + 1 < w->n && !w->v[k + 1].apart &&
	     (w->v[k + 1].is & ABODE_FUNCTION) == 0))
		return 0;
	hit(s, w->v[0].start, w->v[k].end);
	return w->v[k].end;
}

/* "county road 12 number 883", "hwy 12 mile marker 40": the road has a number
 * for a name. */
static uint32_t numbered(struct scan *s, const struct abode_words *w)
{
	struct abode_number n;
	unsigned k = is_one(s, w, 0, ROADS_OF), end;

	if (!is_one(s, w, k, ROADS) || !is_number(w, k + 1) ||
	    w->v[k + 1].apart)
		return 0;
	abode_number(s, w, k + 1, &n);
	end = k + 1 + n.words;
	if (is_one(s, w, end, "mile") && is_one(s, w, end + 1, "marker") &&
	    is_number(w, end + 2)) {
		abode_number(s, w, end + 2, &n);
		end += 2 + n.words;
	}
	end = abode_units(s, w, end);
	hit(s, w->v[0].start, w->v[end - 1].end);
	return w->v[end - 1].end;
}

/* Words of a street's name from k on, for one that crosses another; what they
 * are is added to *is. *odd: one is no common word. */
static unsigned side(const struct abode_words *w, unsigned k, unsigned *is,
		     bool *odd)
{
	const unsigned none = ABODE_FUNCTION | ABODE_AMOUNT | ABODE_DIGITS |
			      ABODE_SAID | ABODE_TOPIC;
	unsigned at = k;

	for (; at < w->n && at < k + 3 && !w->v[at].apart &&
	       (w->v[at].is & none) == 0;
	     at++) {
		*is |= w->v[at].is;
		*odd = *odd || (w->v[at].is & ABODE_COMMON) == 0;
	}
	return at;
}

/* "meridian and 17th", "corner of halsey and bedford", "halsey and bedford". */
static uint32_t crossing(struct scan *s, struct abode_words *w)
{
	const unsigned street =
		ABODE_KIND | ABODE_LAND | ABODE_ORDINAL | ABODE_DIRECTION;
	bool corner = is_one(s, w, 0, CORNER) && is_one(s, w, 1, "of");
	bool one = false, two = false;
	unsigned from = corner ? 2 : 0, mid, end, is = 0;

	if (from < w->n)
		w->v[from].apart = false;
	mid = side(w, from, &is, &one);
	if (mid == from || !is_one(s, w, mid, "and at n") || w->v[mid].apart)
		return 0;
	end = side(w, mid + 1, &is, &two);
	if (end == mid + 1 || (end < w->n && !w->v[end].apart &&
			       (w->v[end].is & ABODE_FUNCTION) == 0))
		return 0;
	if (!corner && (is & street) == 0 &&
	    (!one || !two || s->asks || end < w->n || end != 3))
		return 0;
	hit(s, w->v[from].start, w->v[end - 1].end);
	return w->v[end - 1].end;
}

/* "#", "apt" at i: what is in a house may follow. */
static bool is_unit(const struct scan *s, uint32_t i, uint32_t end)
{
	return s->t[i] == '#' ||
	       (s->r->starts[scan_listed_id(s, i, end)] & STARTS_UNIT) != 0;
}

/* With that word no part begins, as with most of those that open a clause. */
static bool opens_none(const struct scan *s, const struct abode_words *w)
{
	return (w->v[0].is & (ABODE_FUNCTION | ABODE_UNIT | ABODE_ORDINAL |
			      ABODE_SAID)) == ABODE_FUNCTION &&
	       !is_one(s, w, 0, CORNER) && !is_one(s, w, 0, ROADS_OF) &&
	       !is_one(s, w, 0, ROADS);
}

/* That one, which is a "corner", opens a clause, or is a unit's word. */
static uint32_t part_of(struct scan *s, struct talk *d, uint32_t i, bool opens,
			bool corner, unsigned talk)
{
	bool names = (s->asked >> TOPIC_NAME & 1) != 0, unit;
	struct abode_words w UNSET;
	uint32_t end = 0;

	abode_words(s, i, 1, &w);
	if (opens_none(s, &w))
		return 0;
	abode_words(s, i, ABODE_WORDS, &w);
	unit = (w.v[0].is & ABODE_UNIT) != 0 ||
	       (i == 0 && (w.v[0].is & ABODE_ORDINAL) != 0);
	if (unit)
		end = flat(s, d, &w, talk);
	if (end == 0 && opens)
		end = bare(s, &w, talk);
	if (end == 0 && opens && talk > 1)
		end = ordinal(s, &w);
	if (end == 0 && opens && talk > 1)
		end = numbered(s, &w);
	if (end == 0 && talk > 1 && ((opens && !names) || corner))
		end = crossing(s, &w);
	return end;
}

/* The part that begins with the word [i, stop), a clause or not; its end, or 0.
 */
static uint32_t part(struct scan *s, struct talk *d, uint32_t i, uint32_t stop,
		     bool opens, unsigned talk)
{
	uint32_t end = is_digit(scan_at(s, i + 1)) ? abode_postcode(s, i) : 0;
	bool corner;

	if (end != 0) {
		recognizer_hit(s, i, end, ENTITY_ZIP_CODE, RULE_ZIP_TOWN, 70);
		return end;
	}
	corner = talk > 1 && recognizer_word_in(s, CORNER, i, stop);
	return opens || corner || is_unit(s, i, stop)
		       ? part_of(s, d, i, opens, corner, talk)
		       : 0; /* most words */
}

/* Where a street address that was found already and holds i ends; 0: none. */
static uint32_t covered(const struct scan *s, size_t first, uint32_t i)
{
	for (size_t k = first; k < s->out->n; k++) {
		const struct hit *h = &s->out->v[k];

		if (h->type == ENTITY_STREET_ADDRESS && h->start <= i &&
		    h->end > i)
			return h->end;
	}
	return 0;
}

/* Where no address was asked for, a part has a number, or a word for a kind of
 * street or of what is in a house. */
static bool may_hold(const struct scan *s)
{
	return (s->starts->any & (STARTS_KIND | STARTS_UNIT)) != 0 ||
	       starts_next(s->starts, STARTS_DIGIT, 0) < s->n;
}

void abode_parts(struct scan *s, struct talk *d, size_t first)
{
	static const char idle[] =
		"yeah yes yep um uh so it's its it is i'm im "
		"on at in live my the we're ok okay sure oh "
		"street near well";
	unsigned talk = abode_talk(s);
	bool opens = true;
	uint32_t end, next;

	if ((s->asked >> TOPIC_ZIP & 1) != 0 && talk == 0)
		talk = 1;
	if (talk == 0 || s->n > ANSWER_LONG || (talk == 1 && !may_hold(s)) ||
	    recognizer_foreign(s))
		return;
	for (uint32_t i = 0; i < s->n; i = end) {
		end = i + 1;
		if (!is_word(s->t[i]) && s->t[i] != '#') {
			opens = opens || s->t[i] == ',' || s->t[i] == '.';
			continue;
		}
		end = recognizer_joined_end(s, i);
		next = covered(s, first, i);
		if (next == 0)
			next = part(s, d, i, end, opens, talk);
		opens = opens && recognizer_word_in(s, idle, i, end);
		if (next > end)
			end = next;
		end += end == i;
	}
}
