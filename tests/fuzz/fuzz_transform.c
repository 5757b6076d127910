/* Fuzzes dates, ages and amounts: what is shown of a text is nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses the transform, the rest is the text. Promises: the
 * answer is a tag, or made of numbers, marks and the words of dates and
 * amounts, so whatever else a text says is not in it; a date that was moved is
 * another one; the same text gives the same answer.
 */
#include "policy/redact/decision.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char words[] =
	" january february march april may june july august september october "
	"november december jan feb mar apr jun jul aug sep oct nov dec januar "
	"februar m\xc3\xa4rz mai juni juli oktober dezember m\xc3\xa4r okt dez "
	"enero febrero marzo abril mayo junio julio agosto septiembre octubre "
	"noviembre diciembre ene abr ago dic the of de del den der el st nd rd "
	"th t z am pm a p m s us ca usd eur euro euros dollar dollars buck "
	"bucks "
	"gbp pound pounds chf francs franken cad aud nzd jpy yen cny inr "
	"rupees sek nok dkk kronor kroner pln mxn peso pesos vnd year years yr "
	"yrs old jahre jahren alt a\xc3\xb1os \xc4\x91 \xc4\x91\xe1\xbb\x93ng "
	"\xe2\x82\xac \xc2\xa3 \xc2\xa5 ";

static bool is_letter(uint8_t c)
{
	return c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static void check_word(struct bytes w)
{
	char s[32] = " ";
	size_t n = 1;
	if (w.n > sizeof(s) - 3)
		__builtin_trap();
	for (size_t i = 0; i < w.n; i++) {
		uint8_t c = w.p[i];

		if (c < 0x80)
			c |= 0x20;
		else if (i > 0 && w.p[i - 1] == 0xc3)
			c |= 0x20; /* an umlaut's second byte */
		s[n++] = (char)c;
	}
	s[n++] = ' ';
	if (memmem(words, sizeof(words) - 1, s, n) == NULL)
		__builtin_trap();
}

static void check(struct bytes out)
{
	for (size_t i = 0, end; i < out.n; i = end) {
		end = i + 1;
		if (!is_letter(out.p[i]))
			continue;
		while (end < out.n && is_letter(out.p[end]))
			end++;
		check_word(bytes_sub(out, i, end - i));
	}
}

static const struct transform all[] = {
	{.action = ACTION_SHIFT},
	{.action = ACTION_SHIFT, .order = ORDER_MDY, .weekdays = true},
	{.action = ACTION_SHIFT, .order = ORDER_DMY, .scope = SCOPE_TASK},
	{.action = ACTION_GENERALIZE, .to = "month", .order = ORDER_MDY},
	{.action = ACTION_GENERALIZE, .to = "year"},
	{.action = ACTION_GENERALIZE, .to = "decade"},
	{.action = ACTION_GENERALIZE, .to = "zip3"},
	{.action = ACTION_GENERALIZE, .to = "band", .width = 7},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct keypool *pool;
	static struct key *key;
	CLEANUP(buf_free) struct buf a = {0}, b = {0};
	const struct transform *t = &all[n == 0 ? 0 : data[0] % ARRAY_LEN(all)];
	struct bytes text =
		n == 0 ? bytes_of(data, 0) : bytes_of(data + 1, n - 1);
	struct standin s = {.project = bytes_str("p")};
	const struct transform_in in = {.t = t,
					.type = bytes_str("DATE_TIME"),
					.canon = text,
					.text = text,
					.ord = 1,
					.number = n > 0 && data[0] >= 128,
					.s = &s};

	if (pool == NULL && keypool_new(&pool, NULL) != 0)
		__builtin_trap();
	if (key == NULL)
		key = key_random(pool);
	s.key = key;
	if (transform_apply(&in, &a) != 0 || transform_apply(&in, &b) != 0 ||
	    !bytes_eq(buf_bytes(&a), buf_bytes(&b)))
		__builtin_trap();
	if (bytes_is(buf_bytes(&a), "[DATE_TIME_1]"))
		return 0;
	check(buf_bytes(&a));
	if (t->action == ACTION_SHIFT && bytes_eq(buf_bytes(&a), text))
		__builtin_trap();
	return 0;
}
