/* Flagged values: what can be one, and that it is found whatever it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "probe.h"

#define B(text) bytes_str(text)

static void test_words(void **state)
{
	uint8_t longest[FLAG_LONG + 1];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(flag_words(B("Maria Lopez")), 0);
	assert_int_equal(flag_words(B("7")), 0);
	assert_int_equal(flag_words(B("\xc3\xa9")), 0);
	assert_int_equal(flag_words(bytes_of(longest, FLAG_LONG)), 0);
	assert_int_equal(flag_words(bytes_of(longest, FLAG_LONG + 1)), -E2BIG);
	assert_int_equal(flag_words(B("")), -EINVAL);
	assert_int_equal(flag_words(B(" -. ")), -EINVAL);
	assert_int_equal(flag_words(B("a\tb")), -EINVAL);
	assert_int_equal(flag_words(B("a\x7f")), -EINVAL);
	assert_int_equal(flag_words(bytes_of("a\0b", 3)), -EINVAL);
	assert_int_equal(flag_words(B("a\xff")), -EINVAL);
	assert_int_equal(flag_words(B("\xc3")), -EINVAL);
}

static void test_seconds(void **state)
{
	static const struct {
		const char *text;
		uint64_t from, to;
	} good[] = {{"12.3-14.0", 12300000, 14000000},
		    {"0-1", 0, 1000000},
		    {"0.000001-0.000002", 1, 2},
		    {"007-8.5", 7000000, 8500000},
		    {"0-999999999.999999", 0, 999999999999999}};
	static const char *const bad[] = {
		"",	 "1",	 "1-",		"-1",
		"2-1",	 "1-1",	 "1.-2",	".5-1",
		"1-2-3", "1 -2", "+1-2",	"1e1-20",
		"1,5-2", "1-2 ", "a-b",		"nan-1",
		"0x1-2", "1--2", "0.0000001-1", "9999999999-99999999999"};
	uint64_t from, to;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(flag_seconds(B(good[i].text), &from, &to), 0);
		assert_int_equal(from, good[i].from);
		assert_int_equal(to, good[i].to);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(flag_seconds(B(bad[i]), &from, &to), -EINVAL);
}

/* Span i of p: its bytes, type, and that somebody flagged it. */
static void flagged(const struct probe *p, size_t i, const char *text,
		    const char *type)
{
	assert_true(i < p->nspans);
	assert_true(bytes_is(probe_span(p, i), text));
	assert_string_equal(probe_type(p, i), type);
	assert_true(bytes_is(p->head.rules[p->spans[i].rule], "flag"));
	assert_int_equal(p->spans[i].score, 100);
}

static void run(const char *path, const char *text, const char *type,
		const char *words, struct probe *p)
{
	const struct dataset_rules d = {.name = "", .language = "en"};
	const struct flag v = {B(type), B(words)};
	const struct source s = {B(path), B(text), &v, 1};

	assert_int_equal(probe_run(&d, &s, 1, p), 0);
}

static void test_text(void **state)
{
	struct probe p;

	(void)state;
	/* common words, any case, any blanks; whole words only */
	run("a.txt", "The end of the game.\nAt the  End. Thend", "TITLE",
	    "the END", &p);
	assert_int_equal(p.nspans, 2);
	flagged(&p, 0, "The end", "TITLE");
	flagged(&p, 1, "the  End", "TITLE");
	assert_int_equal(p.complaints, 0);
	probe_free(&p);
	/* wins over what is found there, which keeps the rest */
	run("a.txt", "mail me at ann@example.org today", "PERSON", "ann", &p);
	flagged(&p, 0, "ann", "PERSON");
	assert_int_equal(p.nspans, 2);
	assert_string_equal(probe_type(&p, 1), "EMAIL_ADDRESS");
	probe_free(&p);
	/* a type nobody knows; digits however they are grouped */
	run("a.txt", "it is 77 34-1 9 0 or so", "NO_SUCH", "7734190", &p);
	flagged(&p, 0, "77 34-1 9 0", FLAG_TYPE);
	probe_free(&p);
	run("a.txt", "nothing here", "PERSON", "Heron", &p);
	assert_int_equal(p.nspans, 0);
	assert_int_equal(p.complaints, 1);
	assert_string_equal(p.words,
			    "accepted flag 1 of this file is not in it");
	probe_free(&p);
}

/* Of one that nobody decided on it is said where it is in spans alone, even in
 * part: whoever flagged it cannot have read it. */
static void test_guess(void **state)
{
	static const struct {
		const char *words, *type;
		size_t complaints;
	} v[] = {{"ann", "", 1},       {"ann@example.org", "", 1},
		 {"at ANN", "", 1},    {"example org today", "", 1},
		 {"mail", "", 0},      {"today", "", 0},
		 {"heron", "", 0}, /* in a span once, bare once */
		 {"ann", "PERSON", 0}, {"none", "", 1}};
	struct probe p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		run("a.txt",
		    "mail me at ann@example.org today\n"
		    "or heron@example.org, a heron.",
		    v[i].type, v[i].words, &p);
		assert_int_equal(p.complaints, v[i].complaints);
		if (p.complaints > 0)
			assert_string_equal(
				p.words,
				i + 1 == ARRAY_LEN(v)
					? "accepted flag 1 of this file is not "
					  "in it"
					: "flag 1 of this file is in its spans "
					  "alone");
		probe_free(&p);
	}
}

/* Behind another flag, or what is known in the group, it is no less a guess. */
static void test_guess_known(void **state)
{
	const struct file_rule rule = {.match = "**",
				       .group = {.template_ = "{stem}"}};
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	const struct flag first = {B("PERSON"), B("gloaming heron")};
	const struct flag two[] = {{B(""), B("the gloaming")}, first};
	const struct flag one = {B(""), B("Gloaming Heron")};
	const struct source files[] = {
		{B("a/7.txt"), B("the gloaming heron"), two, 2},
		{B("b/7.txt"), B("of the Gloaming Heron"), &one, 1}};
	struct probe p[2];

	(void)state;
	assert_int_equal(probe_run(&d, files, 2, p), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(p[i].complaints, 1);
		assert_string_equal(p[i].words,
				    "flag 1 of this file is in its spans "
				    "alone");
		probe_free(&p[i]);
	}
}

static void test_formats(void **state)
{
	struct probe p;

	(void)state;
	run("a.json", "[{\"x\":\"a gray\\u0020 \\u0068eron\"},{\"x\":1}]", "",
	    "gray heron", &p);
	assert_int_equal(p.nspans, 1);
	flagged(&p, 0, "gray\\u0020 \\u0068eron", FLAG_TYPE);
	probe_free(&p);
	run("a.csv", "n,x\n1,\"more \"\"of\"\" it\"\n2,b\n", "", "b", &p);
	flagged(&p, 0, "b", FLAG_TYPE);
	probe_free(&p);
	run("a.srt", "1\n00:00:01,000 --> 00:00:02,000\na gray heron\n\n", "",
	    "gray heron", &p);
	flagged(&p, 0, "gray heron", FLAG_TYPE);
	probe_free(&p);
}

/* A value in each of many lines: the work is linear, or this never ends. */
static void test_many(void **state)
{
	enum {
		LINES = 300000
	};
	struct buf b CLEANUP(buf_free) = {0};
	struct probe p;

	(void)state;
	for (int i = 0; i < LINES; i++)
		assert_int_equal(buf_puts(&b, "a bird\n"), 0);
	run("a.txt", buf_str(&b), "PERSON", "bird", &p);
	assert_int_equal(p.nspans, LINES);
	assert_int_equal(p.complaints, 0);
	probe_free(&p);
}

static size_t of_type(const struct probe *p, const char *type)
{
	size_t n = 0;

	for (size_t i = 0; i < p->nspans; i++)
		n += strcmp(probe_type(p, i), type) == 0;
	return n;
}

/* In the other files of the group as a known value, common words left alone. */
static void test_group(void **state)
{
	const struct file_rule rule = {.match = "**",
				       .group = {.template_ = "{stem}"}};
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	const struct flag v[] = {{B("PERSON"), B("Gloaming Heron")},
				 {B("TITLE"), B("the")}};
	const struct source files[] = {
		{B("a/7.txt"), B("the gloaming heron, the bird")},
		{B("b/7.txt"), B("of the Gloaming Heron, a Heron"), v, 2},
		{B("heron-gloaming/7.txt"), B("nothing")}};
	struct probe p[3];

	(void)state;
	assert_int_equal(probe_run(&d, files, 3, p), 0);
	assert_int_equal(of_type(&p[0], "PERSON"), 1);
	assert_int_equal(of_type(&p[0], "TITLE"), 0);
	flagged(&p[1], 0, "the", "TITLE");
	flagged(&p[1], 1, "Gloaming Heron", "PERSON");
	assert_true(of_type(&p[1], "PERSON") >= 1);
	assert_true(p[2].summary.nnames > 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(p[i].complaints, 0);
		probe_free(&p[i]);
	}
}

/* RIFF of a second of silence, 8000 Hz, 16 bit. */
static uint8_t wav[44 + 16000] =
	"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0"
	"\2\0\x10\0data\x80\x3e\0\0";

static void heard(const char *text, const char *want, size_t complaints)
{
	const struct file_rule rule = {.match = "**", .passthrough = true};
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	const struct flag v = {B("PERSON"), B(text)};
	const struct source s = {B("x.wav"), bytes_of(wav, sizeof(wav)), &v, 1};
	CLEANUP(buf_free) struct buf b = {0};
	struct probe p;

	assert_int_equal(probe_run(&d, &s, 1, &p), 0);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	probe_heard(&p, &b);
	assert_int_equal(buf_putc(&b, 0), 0);
	assert_string_equal((const char *)b.p, want);
	assert_int_equal(p.complaints, complaints);
	for (size_t i = 0; i < p.nspans; i++)
		assert_true(bytes_is(p.head.rules[p.spans[i].rule], "flag"));
	probe_free(&p);
}

static void test_sound(void **state)
{
	(void)state;
	heard("0.25-0.5", "PERSON 250-500", 0);
	heard("0.9-77", "PERSON 900-1000", 0);
	heard("0-0.000001", "PERSON 0-1", 0); /* a frame at least */
	heard("1-2", "", 1);
	heard("Maria", "", 1);
}

static int no_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	(void)ctx;
	(void)nr;
	(void)k;
	return 0;
}

static int count_spans(void *ctx, const struct index_head *h,
		       const struct index_summary *s)
{
	(void)s;
	*(uint64_t *)ctx = h->nspans;
	return 0;
}

/* Without memory it is refused, never detected without the flag. */
static void test_no_memory(void **state)
{
	const struct dataset_rules d = {.name = "", .language = "en"};
	const struct flag v = {B("PERSON"), B("gray heron")};
	const struct source s = {B("a.txt"), B("a gray heron"), &v, 1};
	struct recognizers *r = NULL;
	uint64_t spans;
	int rc = -ENOMEM;

	(void)state;
	assert_int_equal(recognizers_new(&d, &r, NULL), 0);
	for (unsigned long n = 1; rc != 0; n++) {
		const struct detect_sink sink = {no_block, count_spans, NULL,
						 &spans};

		spans = 1;
		mem_fail_after(n);
		rc = detect_group(&d, r, &s, 1, &sink, NULL);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		assert_int_equal(spans, 1);
	}
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_words),
					   cmocka_unit_test(test_seconds),
					   cmocka_unit_test(test_text),
					   cmocka_unit_test(test_formats),
					   cmocka_unit_test(test_group),
					   cmocka_unit_test(test_sound),
					   cmocka_unit_test(test_no_memory),
					   cmocka_unit_test(test_guess),
					   cmocka_unit_test(test_guess_known),
					   cmocka_unit_test(test_many)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
