/* Hostile text: the bytes looked at grow with the text, never faster. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

#define SIZE 32000

/* What is repeated to fill a run. */
static const char *const units[] = {
	"Aaaa ", "Lamps Wooden broken ", "plain words only here ", "a", "A",
	"1", "1 ", "1-", "1.", "1/", "12 ", "one ", "one-,", "oh ", "one um ",
	"um ", "one uh . ", "o o 1 ", "double ", "double one ", "twenty ",
	"twenty one two ", "123-", "4111 ", "4111111111111111", "@", "a@",
	"a.b@", "@a.", "a@b.c", "a@b.co,", ".", "a.", "a.b ", "com.", "-", "a-",
	":", "::", "f:", "1:", "f::", "://", "a://", "http://", "http://a.b/",
	"www.", "www.a.", "$", "$1", "$1,", "1,000", "1,0", "(", "(1", "+",
	"+1 ", "+1(", ")", "DE89", "DE89 ", "DE893704 ", "March ", "March 1 ",
	"1st ", "first ", "of ", "my name is ", "name ", "name: ", "Dr. ",
	"I'm ", "I'm A ", "this is ", "Dear ", "Hi A", "call me ",
	"thank you, ", "password ", "password: ", "12 Main ", "1 A ", "street ",
	"\xe2\x82\xac",
	"\xe2\x82\xac"
	"1",
	"\xc3\xa9", "\xc3", "\xff", "\xef\xbc\x91", "\xe2\x80\x8b",
	"\xc2\xad"
	"1",
	"[", "{\"", "\n", "\"", "?", "'", "a'", "<think>", "</think>", "ab ",
	"large ", "large bear ", "x12 ", "x1", "0000", "00 ", "ssn ", "219-09-",
	"1.2.3.4.", "1.2.3.4 ", "\xe5\xb1\xb1", "at ", "a at b dot ", "a dot ",
	"x at gmail ", "(at)", "j o e at ", "a%40b.c", "AB 12 ", "AB-", "X-1",
	"99A-", "12A-3", "nhs 943 476 5919 ", "943 476 5919 ", "A1234567 ",
	"dni X1", "plate A 1", "eyJ", "eyJ4567890123456.", "abcdefghijklmn12/",
	"abcdefghijklmn1-", "token: ", "key=", "key:a", "sk-", "sk_a1",
	"-----BEGIN PRIVATE KEY-----", "-----BEGIN ",
	"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb ", "0x", "@ab_c ", "@a",
	"user: ", "gender: ", "34 years ", "I'm 34 ", "calle A ", "calle de ",
	"one st ", "ten a road in ", "1 a way b, ", "born may first forty ",
	"gracias el Lugo. ", "phố a b, ", "C/ A 1, ",
	"A stra\xc3\x9f"
	"e 1 ",
	"12 ph\xe1\xbb\x91 A, ", "1 th\xc3\xa1ng 2 ", "CA 94043 ", "ORD-1",
	"A1-", "123456 is ", "Maria ", "null ", "ba ", "f\xc3\xbcnf ", "dos o ",
	"Hans der ", "ich bin Hans Peter ", "in Aa ", "1\xcc\x81",
	"1\xef\xb8\x8f\xe2\x83\xa3", "e\xcc\x81\xcc\x81 ",
	/* identifiers, users, addresses */
	"password its a1 ", "security word is ", "what was your first pet? ",
	"a1 ", "b 1 ", "kq 12 ", "1-b-", "1#", "tango 1 ", "d as in d 1 ",
	"policy no ", "1 dot ", "a underscore ", "b gmail ", "4 0 8, ",
	"area code 312 ", "fifty one unit ", "my address 12 oak ", "apt 5 ",
	"building g apt ", "one hundred and ", "account for 600 copper ",
	"born in may of ", "# 5 # "};

/* And in other languages. */
static const char *const abroad[] = {"und anna klasse ",
				     "que ana saluda ",
				     "là vũ ",
				     "là anh ",
				     "em tên ",
				     "anh tuấn ",
				     "tháng năm ",
				     "hai mươi ",
				     "không chín ",
				     "mật khẩu là ",
				     "achtundfünfzig ",
				     "acht und ",
				     "doppel ",
				     "und der frau ",
				     "nicht hier ist ",
				     "nummer 1 und ",
				     "kundennummer k 4 ",
				     "ja nummer b wie ",
				     "kastanienallee 19 ",
				     "cuarenta y ",
				     "mil ",
				     "mil, ",
				     "1 mil 1 ",
				     "elf ",
				     "doppelnull ",
				     "ciento doce mil ",
				     "que calle de la ",
				     "que calle a ",
				     "soy la de ",
				     "y 1 a ",
				     "1 2 ",
				     "oh one ",
				     "1-2-"};

static bool said_somewhere(const struct recognizers *r, const char *text,
			   size_t n)
{
	struct starts m;
	bool any;

	m.heap = NULL;
	assert_int_equal(starts_make(&m, r, bytes_of(text, n)), 0);
	any = recognizer_spoken_any(&m, bytes_of(text, n));
	starts_free(&m);
	return any;
}

/* The quick look misses no word that the long one knows. */
static void test_spoken_any(void **state)
{
	static const char *const said[] = {"zero",
					   "nought",
					   "one",
					   "two",
					   "three",
					   "four",
					   "five",
					   "six",
					   "seven",
					   "eight",
					   "nine",
					   "ten",
					   "eleven",
					   "twelve",
					   "thirteen",
					   "fourteen",
					   "fifteen",
					   "sixteen",
					   "seventeen",
					   "eighteen",
					   "nineteen",
					   "twenty",
					   "thirty",
					   "forty",
					   "fifty",
					   "sixty",
					   "seventy",
					   "eighty",
					   "ninety",
					   "double six",
					   "5",
					   "SEVEN",
					   "Triple two",
					   "null",
					   "eins",
					   "zwei",
					   "zwo",
					   "drei",
					   "vier",
					   "sechs",
					   "sieben",
					   "acht",
					   "neun",
					   "cero",
					   "uno",
					   "dos",
					   "tres",
					   "cuatro",
					   "cinco",
					   "seis",
					   "siete",
					   "ocho",
					   "nueve",
					   "doce",
					   "veinte",
					   "treinta",
					   "cuarenta y cuatro",
					   "noventa",
					   "ochocientos",
					   "ciento doce",
					   "zwanzig",
					   "dreißig",
					   "zwölf",
					   "elf",
					   "achtundfünfzig",
					   "siebenundneunzig",
					   "zweihundertvier",
					   "hundertelf",
					   "mười hai",
					   "quince",
					   "dieciséis"};
	struct recognizers *r;
	char text[256];

	(void)state;
	assert_int_equal(recognizers_new(NULL, &r, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		for (int pad = 0; pad < 70; pad++) {
			int n = snprintf(text, sizeof(text), "%*s%s one %s.",
					 pad, "", said[i], said[i]);

			assert_true(said_somewhere(r, text, (size_t)n));
			text[0] = pad > 0 ? 'x' : text[0];
			assert_false(said_somewhere(r, text, (size_t)pad + 1));
		}
	recognizers_free(r);
}

static struct bytes listed[2];

static struct recognizers *rules(void)
{
	static const char *const pattern = "(a|aa)+b|[0-9]{3}x";
	static struct custom_rule custom[3];
	static struct dataset_rules d;

	listed[0] = bytes_str("large bear hug");
	listed[1] = bytes_str("a a a a a a a a b");
	custom[0] = (struct custom_rule){.type = "P", .pattern = pattern};
	custom[1] = (struct custom_rule){
		.type = "T", .begin = "<think>", .end_ = "</think>"};
	custom[2] =
		(struct custom_rule){.type = "W", .words = listed, .nwords = 2};
	d = (struct dataset_rules){.custom = custom, .ncustom = 3};
	return cases_rules(&d);
}

static uint64_t steps_of(const struct recognizers *r, const char *unit,
			 size_t size)
{
	struct buf b = {0};
	struct run run;
	struct hits h = {0};
	uint64_t steps = 0;

	while (b.n < size)
		assert_int_equal(buf_puts(&b, unit), 0);
	run = (struct run){.kind = RUN_TEXT, .text = buf_bytes(&b)};
	assert_int_equal(recognizer_count(r, &run, 1, &h, &steps), 0);
	cases_sound(&run, 1, &h);
	hits_free(&h);
	buf_free(&b);
	return steps;
}

static bool grows(uint64_t one, uint64_t two)
{
	return two > 2 * one + one / 10;
}

/* What grows faster does so again; a word may be a name at one length. */
static void steady(const struct recognizers *r, const char *unit)
{
	uint64_t one = steps_of(r, unit, SIZE);
	uint64_t two = steps_of(r, unit, 2 * SIZE);

	if (one > 64 * (uint64_t)SIZE ||
	    (grows(one, two) && grows(two, steps_of(r, unit, 4 * SIZE))))
		fail_msg("\"%s\": %llu, %llu", unit, (unsigned long long)one,
			 (unsigned long long)two);
}

static void test_repeated(void **state)
{
	struct recognizers *r = rules();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(abroad); i++)
		steady(r, abroad[i]);
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		steady(r, units[i]);
	recognizers_free(r);
}

/* A text that ends anywhere, with nothing behind it. */
static void cut(const struct recognizers *r, const char *text)
{
	for (size_t n = 1; n <= strlen(text); n++) {
		uint8_t *p = mem_new(n, 1);
		struct run run = {.kind = RUN_TEXT,
				  .text = bytes_of(p, n),
				  .speaker = bytes_str("caller")};
		struct hits h = {0};
		uint64_t steps = 0;

		assert_non_null(p);
		memcpy(p, text, n);
		assert_int_equal(recognizer_count(r, &run, 1, &h, &steps), 0);
		cases_sound(&run, 1, &h);
		hits_free(&h);
		mem_free(p);
	}
}

static void test_cut(void **state)
{
	static const char *const texts[] = {
		"call me, my area code is 312",
		"hey it's drew with the tacoma",
		"it's ask for drew at 12 oak st.",
		"send it to 12 Oak St.",
		"the last 4 digits are 1 dot 2 dot 3 dot 4",
	};
	struct recognizers *r = rules();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		cut(r, texts[i]);
	for (size_t i = 0; i < ARRAY_LEN(abroad); i++)
		cut(r, abroad[i]);
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		cut(r, units[i]);
	recognizers_free(r);
}

/* Seconds of the processor for a text of some size. */
static double seconds(const struct recognizers *r, const char *before,
		      const char *unit, size_t size)
{
	struct buf b = {0};
	struct run run;
	struct hits h = {0};
	uint64_t steps = 0;
	clock_t from;

	assert_int_equal(buf_puts(&b, before), 0);
	while (b.n < size)
		assert_int_equal(buf_puts(&b, unit), 0);
	run = (struct run){.kind = RUN_TEXT, .text = buf_bytes(&b)};
	from = clock();
	assert_int_equal(recognizer_count(r, &run, 1, &h, &steps), 0);
	from = clock() - from;
	hits_free(&h);
	buf_free(&b);
	return (double)from / CLOCKS_PER_SEC;
}

/* What does not count its steps shows in the time: 16 times the text takes not
 * much more than 16 times as long, of which machines make 40. */
static void test_time(void **state)
{
	static const char vietnamese[] = "“anh” toi muon hoi ve don hang cua "
					 "toi khong duoc giao a anh chi em ";
	struct recognizers *r = rules();
	double one = 1;
	bool steady = false;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		double t = seconds(r, vietnamese, "anh tuan ", SIZE / 2);

		one = t < one ? t : one;
	}
	one = one < 0.001 ? 0.001 : one;
	for (unsigned i = 0; i < 3 && !steady; i++) /* quadratic is 256 */
		steady = seconds(r, vietnamese, "anh tuan ", 8 * SIZE) <
			 40 * one;
	assert_true(steady);
	recognizers_free(r);
}

/* Pieces of values in random order: sound hits, steps within the bound. */
static void test_random(void **state)
{
	struct recognizers *r = rules();
	uint32_t x = 2024;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		struct buf b = {0};
		struct run run;
		struct hits h = {0};
		uint64_t steps = 0;

		while (b.n < 600) {
			x = x * 1664525u + 1013904223u;
			assert_int_equal(
				buf_puts(&b,
					 units[(x >> 12) % ARRAY_LEN(units)]),
				0);
		}
		run = (struct run){.kind = RUN_TEXT, .text = buf_bytes(&b)};
		run.kind = (enum run_kind)(RUN_TEXT + round % 4);
		run.key = bytes_str(round % 3 == 0 ? "phone_name" : "x");
		assert_int_equal(recognizer_count(r, &run, 1, &h, &steps), 0);
		cases_sound(&run, 1, &h);
		assert_true(steps < 64 * (uint64_t)b.n);
		hits_free(&h);
		buf_free(&b);
	}
	recognizers_free(r);
}

/* Propagation over the same texts. */
static void test_propagation(void **state)
{
	struct recognizers *r = rules();
	struct propagate *p;

	(void)state;
	assert_int_equal(propagate_new(r, &p), 0);
	assert_int_equal(propagate_learn(p, ENTITY_PERSON,
					 bytes_str("aa aa aa aa ab"), 90),
			 0);
	assert_int_equal(propagate_learn(p, ENTITY_PHONE_NUMBER,
					 bytes_str("1 1 1 1 1 1 1 1 2"), 90),
			 0);
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		struct buf b = {0};
		struct run run;
		struct hits h = {0};

		while (b.n < SIZE)
			assert_int_equal(buf_puts(&b, units[i]), 0);
		run = (struct run){.kind = RUN_TEXT, .text = buf_bytes(&b)};
		assert_int_equal(propagate_find(p, &run, 1, &h), 0);
		cases_sound(&run, 1, &h);
		hits_free(&h);
		buf_free(&b);
	}
	propagate_free(p);
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spoken_any),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_propagation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
