/* Which parts stand side by side: "g40 1182 77" in what is said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_parts.h"

#define ANSWER_LONG 100
#define LEAD 4 /* parts before the first digits, at least */

#define T(topic) TOPIC_BIT(TOPIC_##topic)
#define ASKED                                                            \
	(T(SSN) | T(ACCOUNT) | T(ROUTING) | T(ORDER) | T(CONFIRMATION) | \
	 T(POLICY) | T(CLAIM) | T(TICKET) | T(CUSTOMER) | T(PIN) |       \
	 T(PASSPORT) | T(LICENSE) | T(MEDICAL) | T(NATIONAL) | T(TAX) |  \
	 T(HEALTH) | T(INSURANCE) | T(VEHICLE) | T(PLATE) | T(DEVICE) |  \
	 T(KEY) | T(ID) | T(NUMBER) | T(SECRET))

/* "Which model", "the model number": no identifier answers. */
static bool asks_item(const struct scan *s)
{
	return (s->asked & T(ITEM)) != 0 &&
	       (s->asked & ASKED & ~T(NUMBER)) == 0;
}

/* None yet; v is written as they come. */
static void begin(struct parts *out)
{
	out->n = 0;
	out->label = 0;
	out->direct = out->asked = out->model = out->item = false;
}

static void prepend(struct parts *out, const struct part *p)
{
	memmove(out->v + 1, out->v, out->n * sizeof(*out->v));
	out->v[0] = *p;
	out->n++;
}

/* Two or three letters without a vowel: "cl", "tbr". */
static bool is_mute(const struct scan *s, const struct part *p)
{
	for (uint32_t i = p->start; i < p->end; i++)
		if (strchr("aeiouy", s->t[i] | 0x20) != NULL)
			return false;
	return true;
}

/* "WO 20817" */
static bool is_caps(const struct scan *s, const struct part *p)
{
	for (uint32_t i = p->start; i < p->end; i++)
		if (!is_upper(s->t[i]))
			return false;
	return p->letters > 1 && p->letters < 4;
}

/* Letters before the parts belong to them. */
static bool leads(struct scan *s, const struct part *p, const struct parts *out)
{
	struct parts before UNSET, here UNSET;

	begin(&before);
	begin(&here);
	if (p->letters == 1)
		return strchr("aAiI", s->t[p->start]) == NULL;
	recognizer_parts_label(s, p->start, &before);
	if (before.label != 0 && before.direct)
		return true;
	recognizer_parts_label(s, out->v[0].start, &here);
	if (here.label != 0 && here.direct)
		return false; /* "dl" says what comes */
	if ((p->letters == 2 && is_mute(s, p) && out->asked) ||
	    (is_caps(s, p) && out->v[0].digits >= 4))
		return true;
	return (p->start == 0 || s->t[p->start - 1] == '\n') &&
	       (out->asked || (is_mute(s, p) && out->n > 1));
}

static void grow_left(struct scan *s, uint32_t floor, struct parts *out)
{
	struct part p;

	while (out->n < PARTS_MOST &&
	       recognizer_part_before(s, out->v[0].start, floor, &p)) {
		s->steps += out->v[0].start - p.start;
		if (p.kind == PART_LETTERS && !leads(s, &p, out))
			return;
		prepend(out, &p);
	}
}

/* What stands behind the last part belongs to it: letters only before others.
 */
static bool goes_on(struct scan *s, const struct part *p)
{
	struct part next;

	if (p->kind == PART_OTHER)
		return false;
	if (p->kind == PART_DIGITS)
		return !recognizer_part_counts(s, p);
	if (p->kind == PART_MIXED || p->kind == PART_ALPHABET ||
	    p->kind == PART_MEASURE)
		return true;
	if (p->letters == 1 && (s->t[p->start] | 0x20) == 'x')
		return false; /* "12 x 14" */
	if (p->over || p->end + 1 >= s->n)
		return p->kind != PART_JOINT && p->end + 1 >= s->n;
	recognizer_part_at(s, p->end + 1, &next);
	return next.kind == PART_DIGITS || next.kind == PART_MIXED ||
	       next.kind == PART_ALPHABET;
}

static void grow_right(struct scan *s, struct parts *out)
{
	while (out->n < PARTS_MOST - LEAD) {
		const struct part *last = &out->v[out->n - 1];
		struct part p;

		if (last->over || scan_at(s, last->end) != ' ')
			return;
		recognizer_part_at(s, last->end + 1, &p);
		s->steps += p.end - last->end;
		if (!goes_on(s, &p))
			return;
		out->v[out->n++] = p;
	}
}

/* Where the word begins that a digit at i is in. */
static uint32_t word_start(const struct scan *s, uint32_t i, uint32_t floor)
{
	while (i > floor && s->t[i - 1] > ' ' &&
	       (strchr(":#=(", s->t[i - 1]) == NULL ||
		(i > 1 && is_digit(s->t[i - 2]))))
		i--;
	return i;
}

static uint32_t example(const struct scan *s, uint32_t i, uint32_t floor)
{
	uint32_t start = recognizer_part_example(s, i);

	return start < floor ? i : start;
}

/* The next digit, or word of the alphabet where something was asked for, at i
 * or behind. */
static uint32_t seed(struct scan *s, uint32_t i, bool words)
{
	uint32_t digit = (uint32_t)starts_next(s->starts, STARTS_DIGIT, i), end;

	s->steps++;
	while (words &&
	       (i = (uint32_t)starts_next(s->starts, STARTS_WORD, i)) < digit) {
		end = (uint32_t)starts_over(s->starts, STARTS_WORD, i);
		s->steps += end - i;
		if (is_alpha(s->t[i]) && (i == 0 || s->t[i - 1] == ' ') &&
		    recognizer_part_alphabet(s, i, recognizer_word_end(s, i)))
			return i;
		i = end;
	}
	return digit;
}

bool recognizer_parts_next(struct scan *s, uint32_t *at, struct parts *out)
{
	uint32_t i, floor = *at;

	begin(out);
	out->model = asks_item(s);
	out->asked =
		(s->asked & ASKED) != 0 && s->n <= ANSWER_LONG && !out->model;
	for (i = seed(s, *at, out->asked); i < s->n;
	     i = seed(s, i, out->asked)) {
		struct part p;
		bool word = !is_digit(s->t[i]);

		i = word ? i : word_start(s, i, floor);
		recognizer_part_at(s, i, &p);
		if (p.kind == PART_MIXED || p.kind == PART_ALPHABET ||
		    (p.kind == PART_DIGITS && !recognizer_part_counts(s, &p))) {
			if (word)
				p.start = example(s, p.start, floor);
			out->v[out->n++] = p;
			grow_right(s, out);
			grow_left(s, floor, out);
			*at = out->v[out->n - 1].end;
			return true;
		}
		for (i = p.end > i ? p.end : i + 1; i < s->n && s->t[i] > ' ';)
			i++;
		floor = i;
	}
	*at = s->n;
	return false;
}
