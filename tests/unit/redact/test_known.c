/* Forms in which a known name comes again, and words that only look like it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "policy/redact/recognizer.h"

/* Names that are known, parted by '|', and a text in which what is found
 * stands in brackets. */
struct known {
	const char *names, *text;
};

static const struct known table[] = {
	/* parts, in any case, joined by anything */
	{"Crystal Minh", "[Crystal] said [Minh]; [CRYSTAL MINH]; [minh]'s"},
	{"Crystal Minh", "Ms. [Minh]; [Crystal-Minh]; [crystal_minh]"},
	{"Crystal Minh", "[crystal\nminh] [crystal.minh] [crystal+minh]"},
	{"Crystal Minh", "crystals minhas xcrystal crystalline"},
	/* turned, short */
	{"Crystal Minh", "[Minh, Crystal]; [minh crystal]; [MINH CRYSTAL]"},
	{"Crystal Minh", "[C. Minh] or [Minh, C]. or [Crystal M]."},
	{"Ada Stark", "a [Stark]; I, [Stark]; [Ada]'s"},
	{"Crystal Anne Minh", "[Crystal Minh] [Crystal Anne] [Anne] [C. Minh]"},
	{"Ana García López", "[ana garcia lopez]; [Ana García]; [Lopez, Ana]"},
	{"Ludwig van Dyke", "[Ludwig van Dyke] [Ludwig Dyke] a van of [Dyke]"},
	/* users' names */
	{"Crystal Minh", "[cminh] [cminh730] [minhc] [crystalm] [CMinh7]"},
	{"Crystal Minh", "[crystalminh] [MinhCrystal] [CrystalMinh88]"},
	{"Crystal Minh", "[crystal88] [minh]_730 [crystal.minh88]"},
	{"Crystal Minh", "minhs cminhx xcminh cm730 cminh12345678"},
	{"Pat Hill", "the path, dlee; [path3] [phill9] phill"},
	{"Sam Grant", "grants, [grants7], [sgrant7], sgrant, [samgrant]"},
	{"Zoë Müller", "[zoe muller] [Zoe Mueller] [zmueller] [ZOË MÜLLER]"},
	{"Đỗ Søren", "[Do Soren] [dsoren]"},
	{"Łukasz Weiß", "[lukasz weiss] [LWEISS]"},
	{"山田", "x[山田]太 山"},
	/* words that are names, too */
	{"Will Grace", "Will you? I saw [Will]. [Will Grace]: will; [Grace]!"},
	{"Will Grace", "the grace period. May will; the Grace period"},
	{"Will Grace", "Ms. [Grace], mr [will], hi [will], thanks [grace]."},
	{"Will Grace", "thanks, will do. hi will you. The Will. WILL NOT"},
	{"Will Grace", "[Will], can you? [Will]: yes. [Will]'s and wills"},
	{"Will Grace", "[wgrace7] wgrace [grace88] will7up [will77]"},
	{"May Lindt", "in May, May 5, 5 May 2024, May I? I met [May] there"},
	{"Jo Ng", "Jo and [Ng]; jo; ng; JO: [Jo Ng] [jo ng] or [Jo]"},
	{"Grace", "say [Grace]; grace and [Grace]. The Grace"},
	{"The", "say The, the"},
	{"Maria Lopez|Maria Ortiz", "[Maria]; [Lopez]; [Ortiz]; [M. Ortiz]"},
};

static void mark(const char *text, const struct hits *h, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < h->n; i++) {
		assert_int_equal(buf_printf(out, "%.*s[%.*s]",
					    (int)(h->v[i].start - at),
					    text + at,
					    (int)(h->v[i].end - h->v[i].start),
					    text + h->v[i].start),
				 0);
		at = h->v[i].end;
	}
	assert_int_equal(buf_puts(out, text + at), 0);
}

static void learn(struct propagate *p, const char *names)
{
	while (*names != '\0') {
		size_t n = strcspn(names, "|");

		assert_int_equal(propagate_learn(p, ENTITY_PERSON,
						 bytes_of(names, n), 80),
				 0);
		names += n + (names[n] == '|');
	}
}

static bool check(const struct recognizers *r, const struct known *c)
{
	struct buf CLEANUP(buf_free) text = {0}, CLEANUP(buf_free) got = {0};
	struct run run = {.kind = RUN_TEXT};
	struct hits h = {0};
	struct propagate *p;
	bool same;

	for (const char *t = c->text; *t != '\0'; t++)
		if (*t != '[' && *t != ']')
			assert_int_equal(buf_putc(&text, *t), 0);
	run.text = bytes_str(buf_str(&text));
	assert_int_equal(propagate_new(r, &p), 0);
	learn(p, c->names);
	assert_int_equal(propagate_find(p, &run, 1, &h), 0);
	mark(buf_str(&text), &h, &got);
	same = strcmp(buf_str(&got), c->text) == 0;
	if (!same)
		print_error("%s: %s\n  wanted %s\n", c->names, buf_str(&got),
			    c->text);
	hits_free(&h);
	propagate_free(p);
	return same;
}

static void test_forms(void **state)
{
	bool all = true;

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		all = check(*state, &table[i]) && all;
	assert_true(all);
}

/* Whose the hits are, in order; "?": nobody's or several people's. */
struct whose {
	const char *names, *text, *want;
};

static const struct whose people[] = {
	{"Crystal Minh", "Crystal; Minh; cminh730; C. Minh; Minh Crystal",
	 "Crystal Minh|Crystal Minh|Crystal Minh|Crystal Minh|Crystal Minh"},
	/* a short name that came first is hers, too */
	{"C. Minh|Crystal|Crystal Minh|Crystal Anne Minh", "c minh, crystal",
	 "Crystal Anne Minh|Crystal Anne Minh"},
	{"Maria Lopez|Maria Ortiz", "Maria; Ortiz; mlopez",
	 "?|Maria Ortiz|Maria Lopez"},
	{"Crystal Minh|Chris Minh", "C. Minh; Chris; cminh7", "?|Chris Minh|?"},
	/* of two that it may be it is neither */
	{"Crystal Minh|Crystal Anne Minh|Crystal Beth Minh",
	 "Crystal Minh; Crystal Anne Minh; Crystal Beth Minh; Beth",
	 "?|Crystal Anne Minh|Crystal Beth Minh|Crystal Beth Minh"},
	{"Crystal", "crystal7", "?"},
};

static void test_whose(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		const struct whose *c = &people[i];
		struct buf CLEANUP(buf_free) got = {0};
		struct run run = {.kind = RUN_TEXT, .text = bytes_str(c->text)};
		struct hits h = {0};
		struct propagate *p;

		assert_int_equal(propagate_new(*state, &p), 0);
		learn(p, c->names);
		assert_int_equal(propagate_find(p, &run, 1, &h), 0);
		for (size_t k = 0; k < h.n; k++) {
			struct bytes n = propagate_whose(p, h.v[k].person);

			assert_int_equal(
				buf_printf(&got, "%s%.*s", k > 0 ? "|" : "",
					   (int)(n.n > 0 ? n.n : 1),
					   n.n > 0 ? (const char *)n.p : "?"),
				0);
		}
		assert_string_equal(buf_str(&got), c->want);
		hits_free(&h);
		propagate_free(p);
	}
}

/* A guess takes no name from who is known, whichever came first. */
static void test_guess(void **state)
{
	static const char *const names[] = {"Crystal Minh", "Theo Minh"};

	for (unsigned first = 0; first < 2; first++) {
		struct run run = {.kind = RUN_TEXT, .text = bytes_str("minh")};
		struct hits h = {0};
		struct propagate *p;

		assert_int_equal(propagate_new(*state, &p), 0);
		for (unsigned i = 0; i < 2; i++) {
			unsigned nr = i == 0 ? first : 1 - first;

			assert_int_equal(propagate_learn(p, ENTITY_PERSON,
							 bytes_str(names[nr]),
							 nr == 0 ? 90 : 40),
					 0);
		}
		assert_int_equal(propagate_find(p, &run, 1, &h), 0);
		assert_int_equal(h.n, 1);
		assert_true(
			bytes_is(propagate_whose(p, h.v[0].person), names[0]));
		hits_free(&h);
		propagate_free(p);
	}
}

/* What others have found is somebody's, too. */
static void test_linked(void **state)
{
	static const char *const texts[] = {
		"cminh730@bank.example", "crystal.minh+x@bank.example",
		"minh.crystal@bank.example", "CMinh@bank.example"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct run run = {.kind = RUN_TEXT,
				  .text = bytes_str(texts[i])};
		struct hits h = {0};
		struct propagate *p;

		assert_int_equal(propagate_new(*state, &p), 0);
		learn(p, "Crystal Minh");
		assert_int_equal(recognize(*state, &run, 1, &h), 0);
		assert_int_equal(propagate_find(p, &run, 1, &h), 0);
		assert_int_equal(h.n, 1);
		assert_int_equal(h.v[0].type, ENTITY_EMAIL_ADDRESS);
		assert_true(bytes_is(propagate_whose(p, h.v[0].person),
				     "Crystal Minh"));
		hits_free(&h);
		propagate_free(p);
	}
}

static int setup(void **state)
{
	struct recognizers *r;

	if (recognizers_new(NULL, &r, NULL) != 0)
		return -1;
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	recognizers_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_whose),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_linked),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
