/* The tagger: names found and left, edges of chunks, models that are none. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "policy/redact/tagger_in.h"

#define SPANS 4000

struct found {
	struct tagger_span v[SPANS];
	size_t n, stop;
};

static struct tagger *tagger;
static struct found found;

static int take(void *ctx, const struct tagger_span *s)
{
	struct found *f = ctx;

	assert_true(f->n < SPANS);
	f->v[f->n++] = *s;
	return f->n == f->stop ? -EINTR : 0;
}

static size_t run(struct tagger *t, struct bytes text, enum tagger_asked asked)
{
	uint64_t steps = 0;

	found = (struct found){.n = 0};
	assert_int_equal(tagger_run(t, text, asked, take, &found, &steps), 0);
	for (size_t i = 0; i < found.n; i++) {
		assert_true(found.v[i].start < found.v[i].end);
		assert_true(found.v[i].end <= text.n);
		assert_in_range(found.v[i].type, TAGGER_PERSON,
				TAGGER_ORGANIZATION);
		assert_in_range(found.v[i].score, 1, 100);
		assert_true(i == 0 || found.v[i - 1].end <= found.v[i].start);
	}
	assert_true(steps <= 2 * text.n);
	return found.n;
}

/* The words of the given type in text, each in brackets. */
static const char *found_in(const char *text, enum tagger_type type,
			    unsigned least, enum tagger_asked asked)
{
	static char out[512];
	size_t n = 0;

	run(tagger, bytes_str(text), asked);
	out[0] = '\0';
	for (size_t i = 0; i < found.n; i++)
		if (found.v[i].type == type && found.v[i].score >= least)
			n += (size_t)snprintf(
				out + n, sizeof(out) - n, "[%.*s]",
				(int)(found.v[i].end - found.v[i].start),
				text + found.v[i].start);
	return out;
}

static const struct {
	const char *text, *want;
	enum tagger_type type;
} positives[] = {
	{"My name is Tobias Wendelin.", "[Tobias Wendelin]", TAGGER_PERSON},
	{"my name is tobias wendelin", "[tobias wendelin]", TAGGER_PERSON},
	{"Please ask Margaret Osei about it.", "[Margaret Osei]",
	 TAGGER_PERSON},
	{"please ask margaret osei about it", "[margaret osei]", TAGGER_PERSON},
	{"yesterday i spoke with deborah and she agreed", "[deborah]",
	 TAGGER_PERSON},
	{"Thomas O'Leary and Ann-Marie Dubois met.",
	 "[Thomas O'Leary][Ann-Marie Dubois]", TAGGER_PERSON},
	{"is Sandra's car ready", "[Sandra]", TAGGER_PERSON},
	{"i moved from chicago to toronto in may", "[chicago][toronto]",
	 TAGGER_LOCATION},
	{"She was born in Copenhagen, Denmark.", "[Copenhagen][Denmark]",
	 TAGGER_LOCATION},
	{"I worked for Pacific Mutual in Boston.", "[Pacific Mutual]",
	 TAGGER_ORGANIZATION},
};

static void test_positives(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(positives); i++) {
		const char *got = found_in(positives[i].text, positives[i].type,
					   25, TAGGER_ASKED_NONE);

		if (strcmp(got, positives[i].want) != 0) {
			print_message("%s: %s\n", positives[i].text, got);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static const char *const decoys[] = {
	"Thank you for your help, that is all I need today.",
	"thank you for your help that is all i need today",
	"Will you mark it as paid in May?",
	"will you mark it as paid in may",
	"The bill rose by ten percent and I hope you can grant a refund.",
	"i would like a table for two people at half past six",
	"Can you give me the confirmation number, please?",
	"It will be around 73 degrees with a small chance of rain.",
	"no worries, have a nice day",
	"The first one is rated 4.3 and costs $20.",
	"my internet keeps dropping and the router light is red",
	"Your order has been shipped and should arrive tomorrow!",
};

static void test_decoys(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(decoys); i++)
		if (run(tagger, bytes_str(decoys[i]), TAGGER_ASKED_NONE) != 0) {
			print_message("%s: %.*s\n", decoys[i],
				      (int)(found.v[0].end - found.v[0].start),
				      decoys[i] + found.v[0].start);
			wrong++;
		}
	assert_int_equal(wrong, 0);
}

/* A bare answer is what was asked for. */
static void test_asked(void **state)
{
	(void)state;
	assert_string_equal(found_in("ebba lindqvarn", TAGGER_PERSON, 50,
				     TAGGER_ASKED_NAME),
			    "[ebba lindqvarn]");
	assert_string_equal(found_in("lindqvarnville", TAGGER_LOCATION, 50,
				     TAGGER_ASKED_PLACE),
			    "[lindqvarnville]");
}

/* Wherever a chunk ends, the name comes whole and once. */
static void test_chunks(void **state)
{
	static const char name[] = "my name is Tobias Wendelin and ";

	(void)state;
	for (unsigned before = 200; before < 300; before++) {
		struct buf b = {0};

		for (unsigned i = 0; i < before; i++)
			assert_int_equal(buf_puts(&b, "so "), 0);
		assert_int_equal(buf_puts(&b, name), 0);
		for (unsigned i = 0; i < 300; i++)
			assert_int_equal(buf_puts(&b, "it "), 0);
		assert_int_equal(run(tagger, buf_bytes(&b), TAGGER_ASKED_NONE),
				 1);
		assert_int_equal(found.v[0].start, 3 * before + 11);
		assert_int_equal(found.v[0].end, 3 * before + 26);
		buf_free(&b);
	}
}

/* One name without an end: nothing is left out, and it ends. */
static void test_all_names(void **state)
{
	struct buf b = {0};
	size_t covered = 0;

	(void)state;
	for (unsigned i = 0; i < 2000; i++)
		assert_int_equal(buf_puts(&b, "Tobias Wendelin "), 0);
	run(tagger, buf_bytes(&b), TAGGER_ASKED_NAME);
	for (size_t i = 0; i < found.n; i++)
		covered += found.v[i].end - found.v[i].start;
	assert_true(covered > b.n / 2);
	buf_free(&b);
}

/* What was seen before changes nothing. */
static void test_memory(void **state)
{
	static const char *const words[] = {
		"Maria", "maria", "in", "Lisbon", "said", "that", "the", "'s",
		"will", "Mr", ".", "a", "Hudson", "bank", "of", "OSEI", "42",
		"x7", "Zürich", "\n", "d'Arcy", "-", "@", "?",
		/* alike but for the first or the last of 9, 16, 17 letters */
		"Aberforth", "Oberforth", "Aberforty", "Abercrombiestown",
		"Obercrombiestown", "Abercrombiestowy", "Abercrombiestowns",
		"Obercrombiestowns", "Abercrombiestowny", "7", "1234567",
		"123456789", "--", "É"};
	uint32_t x = 7;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		struct tagger *fresh;
		struct buf b = {0};
		struct found first;

		for (unsigned i = 0; i < 40; i++) {
			x = x * 1664525u + 1013904223u;
			assert_int_equal(
				buf_printf(&b, "%s%s",
					   words[(x >> 12) % ARRAY_LEN(words)],
					   x >> 31 != 0 ? " " : ""),
				0);
		}
		run(tagger, buf_bytes(&b), (enum tagger_asked)(round % 4));
		first = found;
		assert_int_equal(tagger_new((struct bytes){0}, &fresh), 0);
		run(fresh, buf_bytes(&b), (enum tagger_asked)(round % 4));
		assert_int_equal(first.n, found.n);
		for (size_t i = 0; i < found.n; i++) {
			assert_int_equal(first.v[i].start, found.v[i].start);
			assert_int_equal(first.v[i].end, found.v[i].end);
			assert_int_equal(first.v[i].score, found.v[i].score);
		}
		tagger_free(fresh);
		buf_free(&b);
	}
}

static void test_any_bytes(void **state)
{
	uint32_t x = 99;

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		uint8_t b[700];

		for (size_t i = 0; i < sizeof(b); i++) {
			x = x * 1664525u + 1013904223u;
			b[i] = (uint8_t)(x >> 24);
		}
		run(tagger, bytes_of(b, round * 3), TAGGER_ASKED_NONE);
	}
}

static void test_stops(void **state)
{
	struct bytes text = bytes_str("Maria Lopez met Tobias Wendelin.");
	uint64_t steps = 0;

	(void)state;
	found = (struct found){.stop = 1};
	assert_int_equal(tagger_run(tagger, text, TAGGER_ASKED_NONE, take,
				    &found, &steps),
			 -EINTR);
	assert_int_equal(found.n, 1);
}

static void test_no_model(void **state)
{
	struct bytes whole = tagger_weights();
	struct tagger_model m;
	struct buf b = {0};
	struct tagger *t;

	(void)state;
	assert_int_equal(tagger_model(whole, &m), 0);
	for (size_t n = 1; n < whole.n; n = n * 2 + 1)
		assert_int_equal(tagger_new(bytes_sub(whole, 0, n), &t),
				 -EPROTO);
	assert_int_equal(tagger_new(bytes_sub(whole, 0, whole.n - 1), &t),
			 -EPROTO);
	assert_int_equal(buf_putb(&b, whole), 0);
	assert_int_equal(buf_put(&b, "", 1), 0);
	assert_int_equal(tagger_new(buf_bytes(&b), &t), -EPROTO);
	b.n--;
	b.p[16] = 255; /* bits of a row's number */
	assert_int_equal(tagger_new(buf_bytes(&b), &t), -EPROTO);
	b.p[0] ^= 1;
	assert_int_equal(tagger_new(buf_bytes(&b), &t), -EPROTO);
	assert_null(t);
	mem_fail_after(1);
	assert_int_equal(tagger_new((struct bytes){0}, &t), -ENOMEM);
	mem_fail_after(0);
	buf_free(&b);
}

/* Weights and names: at most 2 MiB each. */
static void test_size(void **state)
{
	struct tagger_model m;

	(void)state;
	assert_int_equal(tagger_model(tagger_weights(), &m), 0);
	assert_true((size_t)LABELS << m.head.row_bits <= 2u << 20);
	assert_true((size_t)4 << m.head.name_bits <= 2u << 20);
}

static int setup(void **state)
{
	(void)state;
	return tagger_new((struct bytes){0}, &tagger);
}

static int teardown(void **state)
{
	(void)state;
	tagger_free(tagger);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_positives), cmocka_unit_test(test_decoys),
		cmocka_unit_test(test_asked),	  cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_all_names), cmocka_unit_test(test_memory),
		cmocka_unit_test(test_any_bytes), cmocka_unit_test(test_stops),
		cmocka_unit_test(test_no_model),  cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
