/* Transforms: golden vectors (frozen by VIEW_RENDERER), escapes, dates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/decision.h"
#include "tests/unit/redact/world.h"

struct vector {
	struct transform t;
	const char *type, *canon, *text;
	uint32_t ord;
	const char *want;
};

static void check(const struct world *w, const struct vector *v)
{
	struct buf CLEANUP(buf_free) out = {0};
	const struct transform_in in = {.t = &v->t,
					.type = bytes_str(v->type),
					.canon = bytes_str(v->canon),
					.text = bytes_str(v->text),
					.ord = v->ord,
					.record = bytes_str("17"),
					.s = &w->s};

	assert_int_equal(transform_apply(&in, &out), 0);
	assert_string_equal(buf_str(&out), v->want);
}

#define CHECK_ALL(w, v)                              \
	for (size_t i_ = 0; i_ < ARRAY_LEN(v); i_++) \
	check(w, &(v)[i_])

static void test_plain_ones(void **state)
{
	static const struct vector v[] = {
		{{.action = ACTION_DROP}, "PERSON", "maria", "Maria", 1, ""},
		{{.action = ACTION_TAG},
		 "PERSON",
		 "maria",
		 "Maria",
		 1,
		 "[PERSON_1]"},
		{{.action = ACTION_TAG},
		 "US_SSN",
		 "1",
		 "1",
		 4294967295u,
		 "[US_SSN_4294967295]"},
		{{.action = ACTION_TAG}, "PERSON", "x", "x", 0, "[PERSON_0]"},
		{{.action = ACTION_PSEUDONYM},
		 "DATE_TIME",
		 "x",
		 "x",
		 2,
		 "[DATE_TIME_2]"},
	};

	CHECK_ALL(*state, v);
}

#define CARD "4111 1111 1111 1234"

static void test_mask(void **state)
{
	static const struct vector v[] = {
		{{.action = ACTION_MASK}, "X", "", "ab", 1, "********"},
		{{.action = ACTION_MASK}, "X", "", "", 1, "********"},
		{{.action = ACTION_MASK, .keep_last = 4},
		 "X",
		 "",
		 CARD,
		 1,
		 "********1234"},
		/* never more shown than hidden */
		{{.action = ACTION_MASK, .keep_last = 4},
		 "X",
		 "",
		 "1234",
		 1,
		 "********"},
		{{.action = ACTION_MASK, .keep_last = 4},
		 "X",
		 "",
		 "1234567",
		 1,
		 "********"},
		{{.action = ACTION_MASK, .true_length = true},
		 "X",
		 "",
		 "Zo\xc3\xab!",
		 1,
		 "****"},
		{{.action = ACTION_MASK, .true_length = true, .keep_last = 1},
		 "X",
		 "",
		 "Zo\xc3\xab",
		 1,
		 "**\xc3\xab"},
		{{.action = ACTION_MASK,
		  .keep_separators = true,
		  .keep_last = 4},
		 "X",
		 "",
		 CARD,
		 1,
		 "**** **** **** 1234"},
		{{.action = ACTION_MASK, .mask_char = 0x2022},
		 "X",
		 "",
		 "ab",
		 1,
		 "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"
		 "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"},
	};

	CHECK_ALL(*state, v);
}

static void test_generalize(void **state)
{
#define GEN(to_, text, want)                                                 \
	{                                                                    \
		{.action = ACTION_GENERALIZE, .to = (to_)}, "DATE_TIME", "", \
			(text), 3, (want)                                    \
	}
	static const struct vector v[] = {
		GEN("month", "2026-07-14", "2026-07"),
		GEN("month", "2026-07-14T10:00:00Z", "2026-07"),
		GEN("month", "July 14th, 2026", "July 2026"),
		GEN("month", "14 jul 2026", "July 2026"),
		GEN("month", "the 3rd of may", "May"),
		GEN("month", "07/14/2026", "07/2026"),
		GEN("month", "14.7.2026", "07.2026"),
		GEN("month", "5/6/2026", "[DATE_TIME_3]"), /* May or June? */
		GEN("month", "5.6.2026", "06.2026"),	   /* dots: day first */
		GEN("month", "5/6/26", "[DATE_TIME_3]"),
		GEN("month", "2026/07/14 10:00", "2026/07"),
		GEN("month", "8. M\xc3\xa4rz 2024", "M\xc3\xa4rz 2024"),
		GEN("month", "8 DE MARZO de 2024", "[DATE_TIME_3]"),
		GEN("month", "8 de marzo de 2024", "marzo de 2024"),
		GEN("month", "3. April 2024", "April 2024"),
		GEN("month", "July 14 for Maria", "[DATE_TIME_3]"),
		GEN("month", "July eighth", "[DATE_TIME_3]"),
		GEN("month", "2026-02-30", "[DATE_TIME_3]"),
		GEN("month", "tomorrow", "[DATE_TIME_3]"),
		GEN("year", "07/14/2026", "2026"),
		GEN("year", "2026-13-14", "2026"),
		GEN("year", "July", "[DATE_TIME_3]"),
		GEN("year", "5/6/2026", "2026"),
		GEN("year", "5/6/26", "[DATE_TIME_3]"),
		GEN("year", "July '26", "[DATE_TIME_3]"),
		GEN("decade", "1987-03-04", "1980s"),
		GEN("decade", "March 4, 2001", "2000s"),
		GEN("decade", "1987", "[DATE_TIME_3]"), /* an id? */
		GEN("zip3", "94110-1234", "941**"),
		GEN("zip3", "941", "[DATE_TIME_3]"),
		GEN("zip3", "941101", "[DATE_TIME_3]"),
		GEN("zip3", "03601", "000**"), /* fewer than 20,000 people */
		GEN("zip3", "89310", "000**"),
		GEN("zip3", "03701", "037**"),
		GEN("decade", "34", "30-39"),
		GEN("decade", "91", "90+"),
		GEN("decade", "104", "90+"),
		GEN("decade", "thirty", "[DATE_TIME_3]"),
		GEN("week", "2026-07-14", "[DATE_TIME_3]"),
		GEN(NULL, "2026-07-14", "[DATE_TIME_3]"),
	};
#undef GEN

	CHECK_ALL(*state, v);
}

static void test_bands(void **state)
{
#define BAND(width_, type, text, want)                                        \
	{                                                                     \
		{.action = ACTION_GENERALIZE, .to = "band", .width = width_}, \
			(type), "", (text), 3, (want)                         \
	}
	static const struct vector v[] = {
		BAND(5, "AGE", "34", "30-34"),
		BAND(5, "AGE", "34 years old", "30-34 years old"),
		BAND(20, "AGE", "85", "80-89"), /* and no one of 90 in it */
		BAND(20, "AGE", "90", "90+"),
		BAND(7, "AGE", "117", "90+"),
		BAND(10, "AGE", "thirty", "[AGE_3]"),
		BAND(1000, "MONEY", "$1,234.56", "$1000-1999"),
		BAND(1000, "MONEY", "1.234,56 EUR", "1000-1999 EUR"),
		BAND(1000, "MONEY", "12'345 CHF", "12000-12999 CHF"),
		BAND(100, "MONEY", "\xe2\x82\xac 99.90", "\xe2\x82\xac 0-99"),
		BAND(100, "MONEY", "USD 250", "USD 200-299"),
		BAND(100, "MONEY", "5 million dollars", "[MONEY_3]"),
		BAND(100, "MONEY", "3k", "[MONEY_3]"),
		BAND(100, "MONEY", "$250 for Maria", "[MONEY_3]"),
		BAND(100, "MONEY", "Maria 250", "[MONEY_3]"),
		BAND(100, "MONEY", "-250", "[MONEY_3]"),
		BAND(100, "MONEY", "99999999999999999999", "[MONEY_3]"),
		BAND(0, "MONEY", "$5", "[MONEY_3]"),
	};
#undef BAND

	CHECK_ALL(*state, v);
}

/* A bare JSON number stays one, and says no more than the text would. */
static void test_numbers(void **state)
{
	static const struct {
		struct transform t;
		const char *type, *text, *want;
	} v[] = {
		{{.action = ACTION_GENERALIZE, .to = "band", .width = 10},
		 "AGE",
		 "34.5",
		 "30"},
		{{.action = ACTION_GENERALIZE, .to = "decade"},
		 "AGE",
		 "97",
		 "90"},
		{{.action = ACTION_GENERALIZE, .to = "band", .width = 1000},
		 "MONEY",
		 "1.234",
		 "0"},
		{{.action = ACTION_GENERALIZE, .to = "year"},
		 "DATE_TIME",
		 "20260714",
		 "0"},
		{{.action = ACTION_TAG}, "ID_NUMBER", "123", "0"},
		{{.action = ACTION_SHIFT}, "DATE_TIME", "20260714", "0"},
	};
	const struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct buf CLEANUP(buf_free) out = {0};
		struct buf CLEANUP(buf_free) esc = {0};
		const struct transform_in in = {.t = &v[i].t,
						.type = bytes_str(v[i].type),
						.text = bytes_str(v[i].text),
						.ord = 1,
						.number = true,
						.s = &w->s};

		assert_int_equal(transform_apply(&in, &out), 0);
		assert_int_equal(
			transform_escaped(buf_bytes(&out), ESC_NUMBER, &esc),
			0);
		assert_string_equal(buf_str(&esc), v[i].want);
	}
}

/* ---- what holds of keyed ones, whatever the key ---- */

static char *applied(const struct standin *s, const struct transform *t,
		     const char *type, const char *text, const char *record,
		     bool number)
{
	struct buf out = {0};
	const struct transform_in in = {.t = t,
					.type = bytes_str(type),
					.canon = bytes_str(text),
					.text = bytes_str(text),
					.ord = 1,
					.number = number,
					.record = bytes_str(record),
					.s = s};

	assert_int_equal(transform_apply(&in, &out), 0);
	assert_non_null(buf_str(&out));
	return (char *)out.p;
}

static bool alike(const struct standin *x, const struct standin *y,
		  const struct transform *t, const char *type, const char *text,
		  const char *rx, const char *ry)
{
	char *a = applied(x, t, type, text, rx, false);
	char *b = applied(y, t, type, text, ry, false);
	bool same = strcmp(a, b) == 0;

	mem_free(a);
	mem_free(b);
	return same;
}

/* The same within the scope, and another outside of it. Two shifts are equal
 * by chance one time in 360, so those are asked of several. */
static void test_scopes(void **state)
{
	static const enum action actions[] = {ACTION_HASH, ACTION_PSEUDONYM,
					      ACTION_SHIFT};
	const struct world *w = *state;
	struct standin o = w->s;

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		bool date = actions[i] == ACTION_SHIFT;
		const char *type = date ? "DATE_TIME" : "PERSON";
		const char *text = date ? "2026-07-14" : "maria lopez";
		struct transform t = {.action = actions[i],
				      .scope = SCOPE_PROJECT};

		o = w->s;
		o.task = bytes_str("other");
		o.annotator = bytes_str("bob");
		o.object = bytes_str("calls/2.json");
		assert_true(alike(&w->s, &o, &t, type, text, "1", "2"));
		t.scope = SCOPE_TASK;
		assert_false(alike(&w->s, &o, &t, type, text, "1", "1"));
		t.scope = SCOPE_ANNOTATOR;
		assert_false(alike(&w->s, &o, &t, type, text, "1", "1"));
		o = w->s;
		o.task = bytes_str("other");
		assert_true(alike(&w->s, &o, &t, type, text, "1", "2"));
		t.scope = SCOPE_RECORD;
		assert_true(alike(&w->s, &o, &t, type, text, "1", "1"));
		assert_false(alike(&w->s, &w->s, &t, type, text, "1", "2"));
		o = w->s;
		o.project = bytes_str("another");
		t.scope = SCOPE_PROJECT;
		assert_false(alike(&w->s, &o, &t, type, text, "1", "1"));
	}
}

static void test_hash(void **state)
{
	const struct world *w = *state;
	struct transform t = {.action = ACTION_HASH, .scope = SCOPE_PROJECT};

	for (unsigned n = 8; n <= 64; n += 7) {
		char *text, *number;

		t.hash_len = (uint8_t)n;
		text = applied(&w->s, &t, "ID", "x17", "1", false);
		number = applied(&w->s, &t, "ID", "17", "1", true);
		assert_int_equal(strlen(text), n);
		assert_int_equal(strspn(text, "0123456789abcdef"), n);
		assert_int_equal(strlen(number), n < 15 ? n : 15);
		assert_int_equal(strspn(number, "0123456789"), strlen(number));
		assert_true(number[0] != '0');
		mem_free(text);
		mem_free(number);
	}
}

/* ---- shifted dates ---- */

/* Days since 0000-03-01, of a date YYYY-MM-DD. */
static long days_of(const char *iso)
{
	long y = strtol(iso, NULL, 10), m = strtol(iso + 5, NULL, 10);
	long d = strtol(iso + 8, NULL, 10);

	y -= m <= 2;
	m = (m + 9) % 12;
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d;
}

static void test_shift_keeps_intervals(void **state)
{
	static const char *const dates[] = {
		"2024-02-28", "2024-02-29", "2024-03-01", "2023-12-31",
		"2024-01-01", "1999-07-14", "2100-03-01"};
	const struct world *w = *state;

	for (unsigned k = 0; k < 40; k++) {
		struct transform t = {.action = ACTION_SHIFT,
				      .scope = SCOPE_RECORD,
				      .weekdays = k % 2 == 1};
		char record[12];
		long by = 0;

		snprintf(record, sizeof(record), "%u", k);
		for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
			char *got = applied(&w->s, &t, "DATE_TIME", dates[i],
					    record, false);
			long moved = days_of(got) - days_of(dates[i]);

			assert_int_equal(strlen(got), 10);
			assert_true(i == 0 || moved == by);
			by = moved;
			mem_free(got);
		}
		assert_true(by != 0 && labs(by) <= (t.weekdays ? 182 : 180));
		assert_true(!t.weekdays || by % 7 == 0);
	}
}

/* One date, written in many ways, is the same date afterwards, and written as
 * it was. The scope's shift is 165 days back, as in the golden vectors. */
static void test_shift_keeps_the_writing(void **state)
{
#define AS(order_, text, want)                                                \
	{                                                                     \
		{.action = ACTION_SHIFT, .order = (order_)}, "DATE_TIME", "", \
			(text), 2, (want)                                     \
	}
	static const struct vector v[] = {
		AS(0, "2026-07-14", "2026-01-30"),
		AS(0, "2026-07-14T10:00:00+02:00", "2026-01-30T10:00:00+02:00"),
		AS(0, "2026_07_14", "2026_01_30"),
		AS(0, "7/14/2026", "1/30/2026"),
		AS(0, "07/14/2026, 5:30 pm", "01/30/2026, 5:30 pm"),
		AS(0, "14/7/26", "30/1/26"),
		AS(0, "14.07.2026", "30.01.2026"),
		AS(0, "07/20/2026", "02/05/2026"),
		AS(0, "July 14, 2026", "January 30, 2026"),
		AS(0, "JULY 14TH", "JANUARY 30TH"),
		AS(0, "july 17th, 2026", "february 2nd, 2026"),
		AS(0, "the 14th of July", "the 30th of January"),
		AS(0, "14 Jul 2026", "30 Jan 2026"),
		AS(0, "Jul. 14 '26", "Jan. 30 '26"),
		AS(0, "8. M\xc3\xa4rz 2026", "24. September 2025"),
		AS(0, "14. Juli 2026", "30. Januar 2026"),
		AS(0, "16. AUG 2026", "4. M\xc3\x84R 2026"),
		AS(0, "14 de julio de 2026", "30 de enero de 2026"),
		/* nobody knows which is the day */
		AS(0, "05/06/2026", "[DATE_TIME_2]"),
		AS(ORDER_MDY, "05/06/2026", "11/22/2025"),
		AS(ORDER_DMY, "05/06/2026", "22/12/2025"),
		AS(ORDER_MDY, "14/07/2026", "30/01/2026"),
		AS(0, "05.06.2026", "22.12.2025"),
		/* not a date, or more than one */
		AS(0, "July 2026", "[DATE_TIME_2]"),
		AS(0, "2026-02-30", "[DATE_TIME_2]"),
		AS(0, "February 29", "[DATE_TIME_2]"),
		AS(0, "2026-07-14 2026-07-15", "[DATE_TIME_2]"),
		AS(0, "tomorrow", "[DATE_TIME_2]"),
		AS(0, "12/27", "[DATE_TIME_2]"),
		AS(0, "14 July at Maria's", "[DATE_TIME_2]"),
		/* words that a time or a date could be made of */
		AS(0, "2026-07-14 Matt", "[DATE_TIME_2]"),
		AS(0, "2026-07-14 10:00 Pat", "[DATE_TIME_2]"),
		AS(0, "2026-07-14 mm", "[DATE_TIME_2]"),
		AS(0, "14 July 10:00 Tam", "[DATE_TIME_2]"),
		AS(0, "14 July Del", "[DATE_TIME_2]"),
		AS(0, "14 July del", "[DATE_TIME_2]"),
		AS(0, "Den 14 July", "[DATE_TIME_2]"),
		AS(0, "2026-07-14 10:00 4155550132", "[DATE_TIME_2]"),
		AS(0, "2026-07-14 10:00 555", "[DATE_TIME_2]"),
		AS(0, "2026-07-14T10:00:00.123456-0530",
		   "2026-01-30T10:00:00.123456-0530"),
		AS(0, "2026-07-14 10:00 p.m.", "2026-01-30 10:00 p.m."),
		AS(0, "14 July 2026, 10:00 PM", "30 January 2026, 10:00 PM"),
		AS(0, "", "[DATE_TIME_2]"),
		AS(0,
		   "2026-07-14 00000000000000000000000000000000000000000000000"
		   "00000000000:",
		   "[DATE_TIME_2]"),
	};
#undef AS

	CHECK_ALL(*state, v);
}

/* Frozen: other bytes here mean a new VIEW_RENDERER. */
static void test_golden_keyed(void **state)
{
	static const struct vector v[] = {
		{{.action = ACTION_HASH, .scope = SCOPE_PROJECT},
		 "PERSON",
		 "maria lopez",
		 "Maria Lopez",
		 1,
		 "52942c87a8d54280"},
		{{.action = ACTION_HASH, .scope = SCOPE_TASK, .hash_len = 6},
		 "PERSON",
		 "maria lopez",
		 "Maria Lopez",
		 1,
		 "a9042c"},
		{{.action = ACTION_SHIFT},
		 "DATE_TIME",
		 "2026-07-14",
		 "2026-07-14T10:00",
		 1,
		 "2026-01-30T10:00"},
		{{.action = ACTION_SHIFT},
		 "DATE_OF_BIRTH",
		 "2026-07-20",
		 "2026/07/20",
		 1,
		 "2026/02/05"},
		{{.action = ACTION_SHIFT},
		 "DATE_TIME",
		 "",
		 "July 2026",
		 2,
		 "[DATE_TIME_2]"},
	};

	CHECK_ALL(*state, v);
}

static void test_no_key_no_standin(void **state)
{
	static const enum action keyed[] = {ACTION_PSEUDONYM, ACTION_HASH,
					    ACTION_SHIFT};
	const struct standin none = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keyed); i++) {
		struct buf CLEANUP(buf_free) out = {0};
		const struct transform t = {.action = keyed[i]};
		struct transform_in in = {.t = &t,
					  .type = bytes_str("PERSON"),
					  .canon = bytes_str("maria"),
					  .text = bytes_str("2026-07-14")};

		assert_int_equal(transform_apply(&in, &out), -ENOKEY);
		in.s = &none;
		assert_int_equal(transform_apply(&in, &out), -ENOKEY);
		assert_int_equal(out.n, 0);
	}
}

static void escaped(const char *text, uint16_t esc, const char *want)
{
	struct buf CLEANUP(buf_free) out = {0}, CLEANUP(buf_free) back = {0};

	assert_int_equal(transform_escaped(bytes_str(text), esc, &out), 0);
	assert_string_equal(buf_str(&out), want);
	if ((esc & ESC_NUMBER) != 0)
		return;
	assert_int_equal(transform_decoded(buf_bytes(&out), esc, &back), 0);
	assert_string_equal(buf_str(&back), text);
}

static void test_escapes(void **state)
{
	(void)state;
	escaped("a\"b\\c", ESC_TEXT, "a\"b\\c");
	escaped("a\"b\\c\n", ESC_JSON, "a\\\"b\\\\c\\n");
	escaped("a\"b", ESC_JSON_2, "a\\\\\\\"b");
	escaped("a\"b", ESC_CSV, "a\"\"b");
	escaped("a\"b", ESC_CSV + ESC_JSON, "a\\\"\"b");
	escaped("Zo\xc3\xab", ESC_JSON, "Zo\xc3\xab");
	escaped("42", ESC_NUMBER, "42");
	escaped("-1.5e3", ESC_NUMBER + 1, "-1.5e3");
	escaped("042", ESC_NUMBER, "0");
	escaped("[PERSON_1]", ESC_NUMBER, "0");
	escaped("", ESC_NUMBER, "0");
	escaped("4 2", ESC_NUMBER, "0");
	escaped(" 42", ESC_NUMBER, "0");
}

static void written(const char *text, uint16_t esc, const char *want)
{
	struct buf CLEANUP(buf_free) out = {0};

	assert_int_equal(transform_escaped(bytes_str(text), esc, &out), 0);
	assert_string_equal(buf_str(&out), want);
}

/* A line stays one, a column has no blanks, a cue no second arrow; of a value
 * in parts each shows its words. */
static void test_places(void **state)
{
	struct buf CLEANUP(buf_free) out = {0};

	(void)state;
	escaped("a & b <c> \"d\"", ESC_MARKUP, "a &amp; b &lt;c&gt; \"d\"");
	escaped("Zo\xc3\xab", ESC_TOKEN, "Zo\xc3\xab");
	written("a\r\nb\xe2\x80\xa8"
		"c",
		ESC_LINE, "a  b c");
	written("a\nb", ESC_MARKUP, "a b");
	written("-->", ESC_LINE, "--_");
	written("-->", ESC_MARKUP, "--&gt;");
	written("---", ESC_MARKUP, "--_");
	written("", ESC_LINE, "_");
	written(" \xc2\xa0\t", ESC_MARKUP, "_");
	written("Ada K. Norwood", ESC_TOKEN, "Ada_K._Norwood");
	written("a\xe3\x80\x80"
		"b\tc",
		ESC_TOKEN, "a_b_c");
	written(";;x;", ESC_TOKEN, "_;x;");
	written("", ESC_TOKEN + ESC_PART, "_");
	written("Ada K. Norwood", ESC_TOKEN + ESC_FIRST, "Ada");
	written("Ada K. Norwood", ESC_TOKEN + ESC_PART, "K.");
	written("Ada K. Norwood", ESC_LAST, "Norwood");
	written("Ada Norwood", ESC_PART, "Norwood");
	written("[PERSON_1]", ESC_CSV + ESC_FIRST, "[PERSON_1]");
	written("[PERSON_1]", ESC_LAST, "[PERSON_1]");
	assert_int_equal(
		transform_decoded(bytes_str("Zo&euml;&#160;&#x4c;&AMP; &#0;"),
				  ESC_MARKUP + ESC_FIRST, &out),
		0);
	assert_string_equal(buf_str(&out),
			    "Zo\xc3\xab\xc2\xa0L&AMP; \xef\xbf\xbd");
}

/* A cell that is not quoted holds nothing that ends or quotes it, and is never
 * left empty; none of ours begins as a formula does. */
static void test_cells(void **state)
{
	const uint16_t whole = ESC_CELL | ESC_CSV | ESC_BEGIN;

	(void)state;
	written("a b", ESC_CELL, "a b");
	written("", ESC_CELL, "");
	written("a,b;c|d\te\"f\r\ng", ESC_CELL, "a b c d e'f  g");
	written("=x", ESC_CELL, "=x");
	written("", ESC_CELL | ESC_BEGIN, " ");
	written("\"", ESC_CELL | ESC_BEGIN, "'");
	written("=x", ESC_CELL | ESC_BEGIN, "'=x");
	written("a b", whole, "a b");
	written("", whole, "\"\"");
	written("a, \"b\"", whole, "\"a, \"\"b\"\"\"");
	written("@x", whole, "'@x");
	written("=1,2", whole, "\"'=1,2\"");
	written("+1 415 555", whole, "+1 415 555");
	written("+SUM", whole, "'+SUM");
	written("-", whole, "'-");
	written("a\"=", ESC_CSV | ESC_BEGIN, "a\"\"=");
	written("-x\"", ESC_CSV | ESC_BEGIN, "'-x\"\"");
	written("=x", ESC_CSV, "=x");
	written("", ESC_CSV | ESC_BEGIN, "");
	written("a\"b,\n", ESC_CELL + ESC_JSON, "a'b  ");
	written("a\\", ESC_CELL + ESC_JSON, "a\\\\");
	written("x", ESC_CELL + ESC_NUMBER, "0");
	written("4", ESC_CSV + ESC_NUMBER + ESC_JSON, "4");
	escaped("a\"\"b", ESC_CSV | ESC_BEGIN, "a\"\"\"\"b");
}

static void test_decoded(void **state)
{
	struct buf CLEANUP(buf_free) out = {0};

	(void)state;
	assert_int_equal(transform_decoded(bytes_str("\\u00e9\\ud83d\\ude00"),
					   ESC_JSON, &out),
			 0);
	assert_string_equal(buf_str(&out), "\xc3\xa9\xf0\x9f\x98\x80");
	assert_int_equal(transform_decoded(bytes_str("a\\"), ESC_JSON, &out),
			 -EPROTO);
	assert_int_equal(transform_decoded(bytes_str("a\""), ESC_CSV, &out),
			 -EPROTO);
	buf_clear(&out);
	assert_int_equal(transform_decoded(bytes_str("a\"b"),
					   ESC_CELL | ESC_CSV | ESC_BEGIN,
					   &out),
			 0);
	assert_string_equal(buf_str(&out), "a\"b");
}

static void test_wants_text(void **state)
{
	const struct bytes person = bytes_str("PERSON");
	const struct transform pseudonym = {.action = ACTION_PSEUDONYM};
	const struct transform tagged = {.action = ACTION_PSEUDONYM,
					 .style = STYLE_TAG};
	const struct transform stars = {.action = ACTION_MASK};
	const struct transform last = {.action = ACTION_MASK, .keep_last = 4};

	(void)state;
	assert_true(transform_wants_text(&pseudonym, person));
	assert_false(transform_wants_text(&pseudonym, bytes_str("URL")));
	assert_false(transform_wants_text(&tagged, person));
	assert_false(transform_wants_text(&stars, person));
	assert_true(transform_wants_text(&last, person));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_ones),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_generalize),
		cmocka_unit_test(test_bands),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_shift_keeps_intervals),
		cmocka_unit_test(test_shift_keeps_the_writing),
		cmocka_unit_test(test_golden_keyed),
		cmocka_unit_test(test_no_key_no_standin),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_decoded),
		cmocka_unit_test(test_wants_text),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
