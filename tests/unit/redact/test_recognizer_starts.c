/* Sets of the bytes at which words begin, beside a plain walk over the text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/redact/recognizer_abode.h"
#include "policy/redact/recognizer_words_key.h"

static struct recognizers *r;

static int setup(void **state)
{
	(void)state;
	return recognizers_new(NULL, &r, NULL);
}

static int teardown(void **state)
{
	(void)state;
	recognizers_free(r);
	return 0;
}

static size_t word_end(struct bytes in, size_t i)
{
	while (i < in.n && is_word(in.p[i]))
		i++;
	return i;
}

static uint8_t byte(struct bytes in, size_t i)
{
	return i < in.n ? in.p[i] : 0;
}

static const struct word *find(const struct word_table *t, struct bytes in,
			       size_t i, size_t end)
{
	return recognizer_words_find(t, in.p + i, end - i, in.n - i);
}

/* Another word follows over a blank: a letter alone is no initial then, nor,
 * before one in small letters, a part of a code. */
static bool is_amid(struct bytes in, size_t i, size_t end)
{
	return end == i + 1 && byte(in, end) == ' ' &&
	       is_word(byte(in, end + 1)) && !is_upper(byte(in, end + 1));
}

/* What the scan must stop at, told slowly: it may be a number or before one, an
 * initial, a sign, the last word behind a comma, a code, or the table has it
 * set something off. */
static bool must_stop(struct bytes in, size_t i, size_t end)
{
	const struct word *w = find(&r->triggers, in, i, end);
	size_t number = byte(in, end) == '.' ? end + 2 : end + 1;
	bool alone =
		end == i + 1 || (is_upper(in.p[i]) && is_upper(in.p[end - 1]));

	for (size_t k = i; k < end; k++)
		if (is_digit(in.p[k]))
			return true;
	return (alone && !is_amid(in, i, end)) || in.p[i] >= 0x80 ||
	       is_digit(byte(in, end + 1)) || is_digit(byte(in, number)) ||
	       (i > 1 && in.p[i - 2] == ',') ||
	       (end == i + 2 && byte(in, end) == '-') ||
	       (end == i + 4 && byte(in, end) == '.' &&
		is_word(byte(in, end + 1))) ||
	       (w != NULL && (w->roles & ROLES_ACT) != 0);
}

/* One table says of the word what each of them would. */
static void check_listed(const struct starts *m, struct bytes in, size_t i,
			 size_t end)
{
	unsigned id = recognizer_words_id(&r->all, in, i, end - i);
	const struct listed *l = &r->listed[id];

	assert_ptr_equal(l->trigger, find(&r->triggers, in, i, end));
	assert_ptr_equal(l->common, find(&r->common, in, i, end));
	assert_ptr_equal(l->abode, find(&r->abode, in, i, end));
	assert_int_equal(m->id[i], id + 1);
}

static bool says(struct bytes in, size_t i)
{
	struct spoken_digits d;
	size_t at = i;

	return recognizer_spoken_next(in, &at, true, &d);
}

static unsigned roles(struct bytes in, size_t i, size_t end, unsigned *value)
{
	const struct word *w = find(&r->abode, in, i, end);

	*value = w == NULL ? 0 : w->number;
	return w == NULL ? 0 : w->roles;
}

static void check_word(struct starts *m, struct bytes in, size_t i)
{
	size_t end = word_end(in, i);
	unsigned value, is = roles(in, i, end, &value);

	assert_int_equal(starts_over(m, STARTS_WORD, i), end);
	check_listed(m, in, i, end);
	if (must_stop(in, i, end))
		assert_true(starts_has(m, STARTS_SCAN, i));
	if (says(in, i))
		assert_true(starts_has(m, STARTS_SAID, i));
	if (is_digit(in.p[i]) ||
	    ((is & ABODE_SAID) != 0 && value != ABODE_NOUGHT))
		assert_true(starts_has(m, STARTS_NUMBER, i));
	if ((is & (ABODE_ASKS | ABODE_WHERE | ABODE_COMES | ABODE_FIRST)) != 0)
		assert_true(starts_has(m, STARTS_ASK, i));
}

static void check_text(struct starts *m, struct bytes in)
{
	size_t next = 0;

	assert_int_equal(starts_make(m, r, in), 0);
	for (size_t i = 0; i < in.n; i++) {
		bool word = is_word(in.p[i]);

		assert_int_equal(starts_has(m, STARTS_WORD, i), word);
		assert_int_equal(starts_has(m, STARTS_DIGIT, i),
				 is_digit(in.p[i]));
		if (word && (i == 0 || !is_word(in.p[i - 1])))
			check_word(m, in, i);
		else
			assert_int_equal(m->id[i], 0);
		if (!word && in.p[i] != 0 && strchr("@:$?", in.p[i]) != NULL)
			assert_true(starts_has(m, STARTS_SCAN, i));
		if (in.p[i] == '.') /* of a host's name */
			assert_int_equal(starts_has(m, STARTS_SCAN, i),
					 is_word(byte(in, i + 1)));
		if (starts_has(m, STARTS_DIGIT, i)) {
			assert_int_equal(starts_next(m, STARTS_DIGIT, next), i);
			next = i + 1;
		}
	}
	assert_int_equal(starts_next(m, STARTS_DIGIT, next), in.n);
	for (size_t i = 0; i < in.n; i++)
		for (size_t end = i + 1; end <= in.n && end < i + 70; end++)
			assert_int_equal(starts_any(m, STARTS_DIGIT, i, end),
					 starts_next(m, STARTS_DIGIT, i) < end);
}

static const char *const texts[] = {
	"",
	"a",
	"I would like two lamps, one chair and 12 tables by 5 p.m., please.",
	"call me at four one one. My address is twelve hundred willow bend",
	"which unit? where should the driver come? the cross street is oak",
	"DE89 3704 0044 0532 0130 00, x@y.org, $12, key: ab12cd, 10:30",
	("f\xc3\xbcnf sechs achtundf\xc3\xbcnfzig ciento doce "
	 "m\xc6\xb0\xe1\xbb\x9di hai kh\xc3\xb4ng"),
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ABCDEF "
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ",
	("Ma'am, I don't see the U.S. Street on 2nd Ave. 5; my SSN is not "
	 "KNOWN to you. \xc3\x9c\xc3\x9c der Weg e la calle los "
	 "\xe2\x82\xac 5 stra\xc3\x9f"),
	"A I a i. B, see www.example.org. That.is I Need a B.C. I'm a \xc3\x9c "
	"x",
	"oh zero one, eleven-twelve; thirty\tforty\nfifty 'sixty' (seventy)",
};

/* Every text at every place of a block, cut at every byte. */
static void test_beside_a_walk(void **state)
{
	char text[256];
	struct starts m;

	(void)state;
	m.heap = NULL;
	for (size_t k = 0; k < ARRAY_LEN(texts); k++)
		for (size_t pad = 0; pad < 66; pad++) {
			size_t n = pad + strlen(texts[k]);

			memset(text, pad % 2 == 0 ? ' ' : '.', pad);
			memcpy(text + pad, texts[k], strlen(texts[k]));
			for (size_t cut = n > 3 ? n - 3 : 0; cut <= n; cut++)
				check_text(&m, bytes_of(text, cut));
		}
	starts_free(&m);
}

/* More than the sets have room for themselves, then less again. */
static void test_long_and_short(void **state)
{
	static char text[5000];
	struct starts m;

	(void)state;
	m.heap = NULL;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 7 == 0 ? ' ' : (char)('a' + i % 26);
	memcpy(text + 4090, " 42 ", 4);
	check_text(&m, bytes_of(text, sizeof(text)));
	assert_non_null(m.heap);
	check_text(&m, bytes_of(text, 100));
	assert_null(m.heap);
	starts_free(&m);
}

/* Of a huge text the words' numbers are not kept; they are looked up. */
static void test_huge(void **state)
{
	enum {
		HUGE = (1 << 20) + 100
	};
	char *text = malloc(HUGE);
	struct starts m;
	struct scan s = {.r = r, .starts = &m, .n = HUGE};

	(void)state;
	assert_non_null(text);
	m.heap = NULL;
	memset(text, ' ', HUGE);
	memcpy(text + HUGE - 10, "account is", 10);
	s.t = (const uint8_t *)text;
	assert_int_equal(starts_make(&m, r, bytes_of(text, HUGE)), 0);
	assert_null(m.id);
	assert_int_equal(starts_next(&m, STARTS_SCAN, 0), HUGE - 10);
	assert_ptr_equal(
		scan_listed(&s, HUGE - 10, HUGE - 3)->trigger,
		find(&r->triggers, bytes_of(text, HUGE), HUGE - 10, HUGE - 3));
	assert_non_null(scan_listed(&s, HUGE - 10, HUGE - 3)->trigger);
	starts_free(&m);
	free(text);
}

/* Letters with their accents behind them, as some programs write them. */
static void test_accents_apart(void **state)
{
	static const char *const words[] = {"dieciseis",
					    "diecise\xcc\x81is",
					    "fu\xcc\x88nfzig",
					    "fu\xcc\x88nfzehn",
					    "fu\xcc\x88nfhunderteins",
					    "zwo\xcc\x88lf",
					    "zw\xc3\xb6lf",
					    "drei\xc3\x9fig",
					    "veintido\xcc\x81s",
					    "ve\xc3\xadntidos",
					    "ve\xc3\xadnte",
					    "elfhundert",
					    "achtundf\xc3\xbcnfzig"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct bytes in = bytes_str(words[i]);
		struct spoken_digits d;

		if (!recognizer_spoken_abroad(in, 0, true, &d))
			fail_msg("%s says nothing", words[i]);
		assert_int_equal(d.end, in.n);
	}
}

/* How far is it to the next digit? No further than was asked. */
static void test_looks_no_further(void **state)
{
	static char text[64000];
	struct starts m;

	(void)state;
	m.heap = NULL;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 6 == 0 ? ' ' : 'a';
	assert_int_equal(starts_make(&m, r, bytes_of(text, sizeof(text))), 0);
	for (size_t i = 0; i + 6 < sizeof(text); i += 6)
		assert_false(starts_any(&m, STARTS_DIGIT, i, i + 6));
	assert_true(m.walked < sizeof(text) / 16);
	starts_free(&m);
}

/* Plain words are in no set, or it would be good for nothing. */
static void test_most_are_none(void **state)
{
	static const char text[] = "lamps wooden broken kitchen people garden ";
	struct starts m;

	(void)state;
	m.heap = NULL;
	assert_int_equal(starts_make(&m, r, bytes_of(text, strlen(text))), 0);
	assert_int_equal(starts_next(&m, STARTS_NUMBER, 0), strlen(text));
	assert_int_equal(starts_next(&m, STARTS_SAID, 0), strlen(text));
	assert_int_equal(starts_next(&m, STARTS_ASK, 0), strlen(text));
	starts_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_beside_a_walk),
		cmocka_unit_test(test_long_and_short),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_most_are_none),
		cmocka_unit_test(test_accents_apart),
		cmocka_unit_test(test_looks_no_further),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
