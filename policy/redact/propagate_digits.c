/* The set of known numbers and the search for them, group by group. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/propagate_digits.h"

#include <errno.h>

#include "base/mem.h"
#include "policy/redact/recognizer.h"

#define GAP 3 /* bytes between two groups of one number */

static bool is_gap(uint8_t c)
{
	return c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' ||
	       c == ')' || c == '\t' || c == '_';
}

unsigned propagate_digits_of(struct bytes value, char out[DIGITS_MOST])
{
	unsigned n = 0;

	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i];

		if (is_digit(c)) {
			if (n == DIGITS_MOST)
				return 0;
			out[n++] = (char)c;
		} else if (!is_gap(c) && c != '+') {
			return 0;
		}
	}
	return n;
}

static uint32_t hash(const char *digits, unsigned n)
{
	uint64_t h = n;

	for (unsigned i = 0; i < n; i++)
		h = (h ^ (uint8_t)digits[i]) * 0x100000001b3u;
	return (uint32_t)(h ^ (h >> 32));
}

static uint32_t slot_of(const struct digit_set *s, const char *digits,
			unsigned n)
{
	uint32_t i = hash(digits, n) & s->mask;

	while (s->slots[i].n != 0 &&
	       (s->slots[i].n != n || memcmp(s->slots[i].digits, digits, n)))
		i = (i + 1) & s->mask;
	return i;
}

static int grow(struct digit_set *s)
{
	uint32_t slots = s->mask == 0 ? 32 : (s->mask + 1) * 2;
	struct digit_set old = *s;

	s->slots = mem_new(slots, sizeof(*s->slots));
	if (s->slots == NULL) {
		*s = old;
		return -ENOMEM;
	}
	s->mask = slots - 1;
	for (uint32_t i = 0; old.mask != 0 && i <= old.mask; i++) {
		const struct digit_value *v = &old.slots[i];

		if (v->n != 0)
			s->slots[slot_of(s, v->digits, v->n)] = *v;
	}
	mem_free(old.slots);
	return 0;
}

int propagate_digits_add(struct digit_set *s, const char *digits, unsigned n,
			 struct leaf leaf)
{
	struct digit_value *v;

	if (n == 0 || n > DIGITS_MOST)
		return 0;
	if (s->mask == 0 || s->n * 2 > s->mask) {
		int rc = grow(s);

		if (rc != 0)
			return rc;
	}
	v = &s->slots[slot_of(s, digits, n)];
	if (v->n != 0) {
		if (leaf.score > v->leaf.score)
			v->leaf = leaf;
		return 0;
	}
	memcpy(v->digits, digits, n);
	v->n = (uint8_t)n;
	v->leaf = leaf;
	s->lengths |= (uint64_t)1 << n;
	s->n++;
	return 1;
}

/* The next digit behind i over a short separator; 0: the number ends. */
static uint32_t over_gap(struct bytes text, uint32_t i)
{
	uint32_t from = i;

	while (i < text.n && i - from < GAP && is_gap(text.p[i]))
		i++;
	return i > from && i < text.n && is_digit(text.p[i]) ? i : 0;
}

/*
 * The longest known number that begins with the group at start: digits are
 * gathered group by group, and at the end of each the set is asked.
 */
static const struct leaf *at_group(const struct digit_set *s, struct bytes text,
				   uint32_t start, uint32_t *stop,
				   uint64_t *steps)
{
	const struct leaf *leaf = NULL;
	char digits[DIGITS_MOST];
	unsigned n = 0;
	uint32_t i = start;

	while (i < text.n && is_digit(text.p[i]) && n < DIGITS_MOST) {
		digits[n++] = (char)text.p[i++];
		if (i < text.n && is_digit(text.p[i]))
			continue;
		if ((s->lengths >> n & 1) != 0 &&
		    (i == text.n || !is_word(text.p[i]))) {
			uint32_t slot = slot_of(s, digits, n);

			if (s->slots[slot].n != 0) {
				leaf = &s->slots[slot].leaf;
				*stop = i;
			}
		}
		i = over_gap(text, i);
		if (i == 0)
			break;
	}
	*steps += n;
	return leaf;
}

int propagate_digits_scan(const struct digit_set *s, struct bytes text,
			  int (*hit)(void *ctx, uint32_t start, uint32_t end,
				     const struct leaf *leaf),
			  void *ctx, uint64_t *steps)
{
	uint32_t i = 0, stop = 0;

	if (s->n == 0)
		return 0;
	while (i < text.n) {
		const struct leaf *leaf;
		int rc;

		if (!is_digit(text.p[i])) {
			i++;
			continue;
		}
		leaf = NULL;
		if (i == 0 || !is_word(text.p[i - 1]))
			leaf = at_group(s, text, i, &stop, steps);
		rc = leaf == NULL ? 0 : hit(ctx, i, stop, leaf);
		if (rc != 0)
			return rc;
		if (leaf != NULL)
			i = stop;
		while (i < text.n && is_digit(text.p[i]))
			i++;
	}
	*steps += text.n;
	return 0;
}

void propagate_digits_reset(struct digit_set *s)
{
	if (s->mask != 0)
		memset(s->slots, 0, ((size_t)s->mask + 1) * sizeof(*s->slots));
	s->n = 0;
	s->lengths = 0;
}

void propagate_digits_free(struct digit_set *s)
{
	mem_free(s->slots);
	*s = (struct digit_set){0};
}
