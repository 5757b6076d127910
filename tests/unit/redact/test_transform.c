/* Transforms: golden vectors (frozen by VIEW_RENDERER), escapes, dates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
		GEN("month", "07/14/2026", "[DATE_TIME_3]"),
		GEN("month", "tomorrow", "[DATE_TIME_3]"),
		GEN("year", "07/14/2026", "2026"),
		GEN("year", "2026-13-14", "2026"),
		GEN("year", "July", "[DATE_TIME_3]"),
		GEN("zip3", "94110-1234", "941**"),
		GEN("zip3", "941", "[DATE_TIME_3]"),
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
