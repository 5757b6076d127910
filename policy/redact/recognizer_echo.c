/* Numbers said again in part, or put right: "so ending in 7241", "no, 7214". */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who takes a number down says its end or its beginning again, and who gave it
 * may put that right. Alone such digits are about nothing; beside the number
 * that was said a few turns before they are a part of it. A dialogue remembers
 * its last few numbers, so each look is bounded.
 */
#include "policy/redact/recognizer.h"

#define LEAST_DIGITS 7 /* of a number that is remembered */
#define LEAST_ECHO 4   /* digits that are said again */
#define ECHO_TURNS 12
#define RIGHT_TURNS 5  /* within which it is put right */
#define RIGHT_LONG 60  /* bytes of a turn that does */
#define RIGHT_LEAST 3  /* digits */
#define FIRST_WORDS 10 /* bytes of "oh no" */

/* Types whose numbers people repeat. */
static bool is_repeated(unsigned type)
{
	static const uint8_t types[] = {ENTITY_PHONE_NUMBER,
					ENTITY_CREDIT_CARD,
					ENTITY_US_SSN,
					ENTITY_ACCOUNT_NUMBER,
					ENTITY_ABA_ROUTING_NUMBER,
					ENTITY_ORDER_ID,
					ENTITY_CONFIRMATION_NUMBER,
					ENTITY_POLICY_NUMBER,
					ENTITY_CLAIM_NUMBER,
					ENTITY_TICKET_ID,
					ENTITY_CUSTOMER_ID,
					ENTITY_MEDICAL_RECORD_NUMBER,
					ENTITY_ID_NUMBER};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i] == type)
			return true;
	return false;
}

void recognizer_echo_put(struct talk *d, unsigned type, struct bytes text)
{
	struct talk_value v = {.turn = d->turns, .type = (uint16_t)type};

	for (size_t i = 0; is_repeated(type) && i < text.n; i++) {
		if (!is_digit(text.p[i]))
			continue;
		if (v.n == TALK_DIGITS)
			return;
		v.digits[v.n++] = (char)text.p[i];
	}
	if (v.n < LEAST_DIGITS)
		return;
	for (unsigned i = 0; i < TALK_VALUES; i++) {
		struct talk_value *x = &d->values[i];

		if (x->n == v.n && memcmp(x->digits, v.digits, v.n) == 0) {
			x->turn = d->turns;
			return;
		}
	}
	d->values[d->nextv] = v;
	d->nextv = (d->nextv + 1) % TALK_VALUES;
}

void recognizer_echo_learn(const struct scan *s, struct talk *d, size_t from)
{
	for (size_t i = from; i < s->out->n; i++) {
		const struct hit *h = &s->out->v[i];

		recognizer_echo_put(
			d, h->type,
			bytes_of(s->t + h->start, h->end - h->start));
	}
}

/* "No, ...", "sorry ...", "I meant": something is put right. */
static bool puts_right(const struct scan *s)
{
	static const char first[] = "no nope sorry wait actually correction "
				    "oops nein perdón";
	static const char words[] = "mean meant typo";
	uint32_t end;

	if (s->n > RIGHT_LONG)
		return false;
	for (uint32_t i = 0; i < s->n; i = end + 1) {
		char lower[16];
		uint32_t n = 0;

		for (end = i; end < s->n && is_word(s->t[end]); end++)
			if (n < sizeof(lower))
				lower[n++] = (char)(s->t[end] | 0x20);
		if (n >= 2 && n < sizeof(lower) &&
		    recognizer_check_in(i < FIRST_WORDS ? first : words, lower,
					n))
			return true;
	}
	return false;
}

/* The n digits at p are those of v's end in another order: misheard. */
static bool is_mixed_up(const struct talk_value *v, const uint8_t *p,
			unsigned n)
{
	int count[10] = {0};

	for (unsigned i = 0; i < n; i++) {
		count[p[i] - '0']++;
		count[v->digits[v->n - n + i] - '0']--;
	}
	for (unsigned i = 0; i < 10; i++)
		if (count[i] != 0)
			return false;
	return true;
}

/* The value that begins or ends so, or (NULL) none. */
static const struct talk_value *find(const struct talk *d, const uint8_t *p,
				     unsigned n)
{
	for (unsigned i = 0; i < TALK_VALUES; i++) {
		const struct talk_value *v = &d->values[i];

		if (v->n > n && d->turns - v->turn <= ECHO_TURNS &&
		    (memcmp(v->digits, p, n) == 0 || is_mixed_up(v, p, n)))
			return v;
	}
	return NULL;
}

/* The value that was said last, a few turns ago at most. */
static const struct talk_value *latest(const struct talk *d)
{
	const struct talk_value *v =
		&d->values[(d->nextv + TALK_VALUES - 1) % TALK_VALUES];

	for (unsigned i = 0; i < TALK_VALUES; i++)
		if (d->values[i].turn > v->turn)
			v = &d->values[i];
	return v->n > 0 && d->turns - v->turn <= RIGHT_TURNS ? v : NULL;
}

bool recognizer_echo(struct scan *s, uint32_t start, uint32_t end)
{
	const struct talk_value *v = NULL;
	uint8_t digits[TALK_DIGITS];
	unsigned n = 0;

	if (s->talk == NULL)
		return false;
	/* groups of them, maybe */
	for (uint32_t i = start; i < end && n < TALK_DIGITS; i++)
		if (is_digit(s->t[i]))
			digits[n++] = s->t[i];
	if (n == TALK_DIGITS || n < RIGHT_LEAST)
		return false;
	if (n >= LEAST_ECHO)
		v = find(s->talk, digits, n);
	if (v == NULL && puts_right(s))
		v = latest(s->talk);
	s->steps += RIGHT_LONG;
	if (v == NULL || n > v->n)
		return false;
	recognizer_hit(s, start, end, v->type, RULE_ID_ECHO, 60);
	return true;
}
