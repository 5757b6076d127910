/* Pseudonyms: frozen examples, consistency, ranges nobody can be in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "policy/redact/detect.h"
#include "tests/unit/redact/world.h"

static void expect(const struct world *w, const char *type, const char *canon,
		   const char *text, const char *want)
{
	char *got =
		world_standin(&w->s, &world_project, type, canon, text, "17");

	assert_string_equal(got, want);
	world_drop(got);
}

/* Frozen: other bytes here mean a new VIEW_RENDERER. */
static void test_golden(void **state)
{
	const struct world *w = *state;

	expect(w, "PERSON", "maria lopez", "Maria Lopez", "Carina S. Hamstow");
	expect(w, "PERSON", "maria lopez", "maria lopez", "carina s. hamstow");
	expect(w, "PERSON", "maria lopez", "MARIA LOPEZ", "CARINA S. HAMSTOW");
	expect(w, "PERSON", "maria", "Maria", "Carina");
	expect(w, "PERSON", "maria del carmen lopez", "Maria del Carmen Lopez",
	       "Carina S. Hamstow");
	expect(w, "EMAIL_ADDRESS", "m@bank.com", "M@bank.com",
	       "bastian.kd80f6f@example.org");
	expect(w, "PHONE_NUMBER", "4155551234", "(415) 555-1234",
	       "(441) 555-0120");
	expect(w, "PHONE_NUMBER", "14155551234", "1-415-555-1234",
	       "1-453-555-0119");
	expect(w, "PHONE_NUMBER", "4155551234", "4155551234", "4415550120");
	expect(w, "PHONE_NUMBER", "5551234", "555-1234", "555-0178");
	expect(w, "PHONE_NUMBER", "442079460958", "+44 20 7946 0958",
	       "+44 16 3296 0277");
	expect(w, "PHONE_NUMBER", "977", "nine seven seven", "+1-311-555-0108");
	expect(w, "CREDIT_CARD", "4111111111111111", "4111-1111-1111-1111",
	       "1278-1334-6137-3993");
	expect(w, "CREDIT_CARD", "1111", "1111", "4912");
	expect(w, "IBAN_CODE", "de89370400440532013000",
	       "DE89 3704 0044 0532 0130 00", "XX00 4322 6197 4708 0209 68");
	expect(w, "US_SSN", "123456789", "123-45-6789", "918-05-9903");
	expect(w, "US_SSN", "6789", "6789", "9365");
	expect(w, "IP_ADDRESS", "10.0.0.1", "10.0.0.1", "198.51.100.82");
	expect(w, "IP_ADDRESS", "fe80::1", "FE80::1",
	       "2001:db8:87f1:ddae:2605:e051:b7b5:db83");
	expect(w, "URL", "https://bank.com/x", "https://bank.com/x",
	       "https://example.org/k5f6994a0");
	expect(w, "DOMAIN_NAME", "harborbank.com", "harborbank.com",
	       "ke520873d.example.org");
	expect(w, "USERNAME", "@jane_doe", "@jane_doe", "@magda_k54e019");
	expect(w, "UK_NHS", "9434765919", "943 476 5919", "475 342 6563");
	expect(w, "UK_NHS", "9434765919", "9434765919", "4753426563");
	expect(w, "VN_CCCD", "123456789", "123456789", "000587639");
	expect(w, "SWIFT_CODE", "deutdeff500", "DEUTDEFF500", "VNRAXXNU591");
	expect(w, "MAC_ADDRESS", "001b44113ab7", "00:1b:44:11:3a:b7",
	       "1e:a2:9d:17:af:6f");
	expect(w, "LOCATION", "boston", "Boston", "LOCATION-k0c04bae9");
}

static void test_tag_style(void **state)
{
	const struct world *w = *state;
	const struct transform t = {.action = ACTION_PSEUDONYM,
				    .scope = SCOPE_PROJECT,
				    .style = STYLE_TAG};
	char *a = world_standin(&w->s, &t, "PERSON", "maria", "Maria", "1");
	char *b = world_standin(&w->s, &t, "PERSON", "maria", "MARIA", "2");

	assert_memory_equal(a, "PERSON-k", 8);
	assert_int_equal(strlen(a), 16);
	assert_string_equal(a, b);
	world_drop(a);
	world_drop(b);
}

/* Two stand-ins of one value: alike or not. */
static bool alike(const struct standin *a, const struct standin *b,
		  enum scope scope, const char *record_a, const char *record_b)
{
	const struct transform t = {.action = ACTION_PSEUDONYM, .scope = scope};
	char *x = world_standin(a, &t, "EMAIL_ADDRESS", "m@b.c", "m@b.c",
				record_a);
	char *y = world_standin(b, &t, "EMAIL_ADDRESS", "m@b.c", "m@b.c",
				record_b);
	bool same = strcmp(x, y) == 0;

	world_drop(x);
	world_drop(y);
	return same;
}

static void test_scopes(void **state)
{
	const struct world *w = *state;
	struct standin task = w->s, who = w->s, object = w->s, other = w->s;

	task.task = bytes_str("batch-08");
	who.annotator = bytes_str("bob");
	object.object = bytes_str("calls/2.json");
	other.project = bytes_str("another");
	assert_true(alike(&w->s, &task, SCOPE_PROJECT, "1", "2"));
	assert_true(alike(&w->s, &who, SCOPE_PROJECT, "1", "2"));
	assert_true(alike(&w->s, &object, SCOPE_PROJECT, "1", "2"));
	assert_false(alike(&w->s, &other, SCOPE_PROJECT, "1", "1"));
	assert_true(alike(&w->s, &who, SCOPE_TASK, "1", "2"));
	assert_false(alike(&w->s, &task, SCOPE_TASK, "1", "1"));
	assert_true(alike(&w->s, &task, SCOPE_ANNOTATOR, "1", "2"));
	assert_false(alike(&w->s, &who, SCOPE_ANNOTATOR, "1", "1"));
	assert_true(alike(&w->s, &task, SCOPE_RECORD, "1", "1"));
	assert_false(alike(&w->s, &w->s, SCOPE_RECORD, "1", "2"));
	assert_false(alike(&w->s, &object, SCOPE_RECORD, "1", "1"));
}

static void test_other_key_other_standin(void **state)
{
	const struct world *w = *state;
	struct standin s = w->s;
	/* Of its own, but the same each time: names are few. */
	const uint8_t raw[KEY_LEN] = {7};
	struct key *CLEANUP(key_freep) k = key_import(w->pool, raw);

	s.key = k;
	assert_false(alike(&w->s, &s, SCOPE_PROJECT, "1", "1"));
}

/* ---- ranges ---- */

static unsigned luhn(const char *s)
{
	unsigned sum = 0, n = 0;

	for (size_t i = strlen(s); i-- > 0;) {
		unsigned v = (unsigned)(s[i] - '0');

		if (v > 9)
			continue;
		v = n++ % 2 == 1 ? 2 * v : v;
		sum += v > 9 ? v - 9 : v;
	}
	return sum % 10;
}

static void test_cards_fail_luhn(void **state)
{
	const struct world *w = *state;

	for (unsigned i = 0; i < 2000; i++) {
		char canon[24], *got;

		snprintf(canon, sizeof(canon), "%0*u", 12 + (int)(i % 8), i);
		got = world_standin(&w->s, &world_project, "CREDIT_CARD", canon,
				    canon, "1");
		assert_int_equal(strlen(got), strlen(canon));
		assert_int_not_equal(luhn(got), 0);
		assert_int_not_equal(got[0], '0');
		world_drop(got);
	}
}

static void test_phones_are_fiction(void **state)
{
	const struct world *w = *state;

	for (unsigned i = 0; i < 2000; i++) {
		char canon[24], *got;

		snprintf(canon, sizeof(canon), "%010u", i * 7919);
		got = world_standin(&w->s, &world_project, "PHONE_NUMBER",
				    canon, canon, "1");
		assert_memory_equal(got + 3, "55501", 5);
		assert_true(got[0] >= '2' && got[0] <= '9');
		assert_string_not_equal(got, canon);
		world_drop(got);
	}
}

static void test_ssn_is_never_issued(void **state)
{
	const struct world *w = *state;

	for (unsigned i = 0; i < 2000; i++) {
		char canon[24], *got;
		int group;

		snprintf(canon, sizeof(canon), "%09u", i * 104729);
		got = world_standin(&w->s, &world_project, "US_SSN", canon, "x",
				    "1");
		group = atoi(got + 4);
		assert_int_equal(got[0], '9');
		assert_true(group >= 1 && group < 50);
		world_drop(got);
	}
}

/* ---- never a real value ---- */

static int cmp_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* As the exclusion set has it: first and last word. */
static uint64_t form_hash(const struct key *key, const char *name)
{
	char form[64];
	const char *first = strchr(name, ' '), *last = strrchr(name, ' ');

	assert_true(first != NULL && last != NULL);
	snprintf(form, sizeof(form), "%.*s%s", (int)(first - name), name, last);
	return hash_u64(key, bytes_str(form));
}

/* Refuse what was given before, again and again: always something new. */
static void test_exclusions(void **state)
{
	const struct world *w = *state;
	struct standin s = w->s;
	uint64_t seen[40];

	for (unsigned n = 0; n < ARRAY_LEN(seen); n++) {
		char *got;

		s.exclusions = seen;
		s.nexclusions = n;
		got = world_standin(&s, &world_project, "PERSON", "maria lopez",
				    "maria lopez", "1");
		seen[n] = form_hash(s.key, got);
		for (unsigned i = 0; i < n; i++)
			assert_true(seen[i] != seen[n]);
		world_drop(got);
		qsort(seen, n + 1, sizeof(*seen), cmp_u64);
	}
}

static const char *form_of(const char *type, const char *canon, struct buf *b)
{
	int rc;

	buf_clear(b);
	rc = pseudonym_possible(bytes_str(type), bytes_str(canon), b);
	assert_true(rc == 0 || rc == 1);
	return rc == 1 ? buf_str(b) : NULL;
}

static void test_never_itself(void **state)
{
	const struct world *w = *state;
	static const char *const names[] = {"Ada", "Zora", "Otto", "Clara"};

	for (unsigned i = 0; i < 1000; i++) {
		struct standin s = w->s;
		char project_name[16], *got;

		snprintf(project_name, sizeof(project_name), "p%u", i);
		s.project = bytes_str(project_name);
		got = world_standin(&s, &world_project, "PERSON", names[i % 4],
				    names[i % 4], "1");
		assert_string_not_equal(got, names[i % 4]);
		world_drop(got);
	}
}

static bool possible(const char *type, const char *canon)
{
	struct buf CLEANUP(buf_free) b = {0};

	return form_of(type, canon, &b) != NULL;
}

static void test_possible(void **state)
{
	(void)state;
	assert_true(possible("PERSON", "ada"));
	assert_true(possible("PERSON", "zora zimbury"));
	assert_true(possible("PERSON", "otto yarbury"));
	assert_true(possible("PERSON", "otto k yarbury"));
	assert_false(possible("PERSON", "otto k zimmer"));
	assert_false(possible("PERSON", "otto man"));
	assert_false(possible("PERSON", "maria"));
	assert_false(possible("PERSON", "ad"));
	assert_false(possible("PERSON", "adaa"));
	assert_false(possible("PERSON", ""));
	assert_false(possible("PERSON", "ada lovelacex"));
	assert_false(possible("EMAIL_ADDRESS", "ada"));
	assert_false(possible("LOCATION", "ada"));
}

/* An initial makes no other person of a real one. */
static void test_form_without_initial(void **state)
{
	struct buf CLEANUP(buf_free) b = {0};

	(void)state;
	assert_string_equal(form_of("PERSON", "otto k yarbury", &b),
			    "otto yarbury");
	assert_string_equal(form_of("PERSON", "otto yarbury", &b),
			    "otto yarbury");
	assert_string_equal(form_of("PERSON", "otto", &b), "otto");
}

/* What a stand-in for a name gives must be called possible. */
static void test_possible_covers_names(void **state)
{
	const struct world *w = *state;

	for (unsigned i = 0; i < 3000; i++) {
		char canon[24], *got;

		snprintf(canon, sizeof(canon), "x%u y%u", i, i);
		got = world_standin(&w->s, &world_project, "PERSON", canon,
				    "low", "1");
		assert_true(possible("PERSON", got));
		assert_non_null(strstr(got, ". "));
		world_drop(got);
	}
}

static void test_file_names(void **state)
{
	const struct world *w = *state;
	struct buf CLEANUP(buf_free) a = {0}, CLEANUP(buf_free) b = {0};
	const struct standin none = {0};

	assert_int_equal(standin_name(&w->s, "group", bytes_str("call-1"), &a),
			 0);
	assert_int_equal(a.n, 11);
	assert_int_equal(a.p[0], 'k');
	assert_int_equal(standin_name(&w->s, "folder", bytes_str("call-1"), &b),
			 0);
	assert_false(bytes_eq(buf_bytes(&a), buf_bytes(&b)));
	assert_int_equal(standin_name(&none, "group", bytes_str("x"), &b),
			 -ENOKEY);
}

/* Data may hold what a stand-in is made of: examples are taken from the same
 * ranges. Each is then in the exclusion set, and another is made. */
static void test_reserved_ranges(void **state)
{
	static const struct {
		const char *type, *text;
	} v[] = {{"PHONE_NUMBER", "415-863-0147"}, {"US_SSN", "219-09-9998"},
		 {"MAC_ADDRESS", "001b44113ab7"},  {"SWIFT_CODE", "DEUTDEFF"},
		 {"IP_ADDRESS", "10.1.2.3"},	   {"IP_ADDRESS", "fe80::1"}};
	const struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct standin s = w->s;
		uint64_t seen[20];

		for (unsigned n = 0; n < ARRAY_LEN(seen); n++) {
			struct buf CLEANUP(buf_free) canon = {0};
			struct buf CLEANUP(buf_free) form = {0};
			char *got;

			s.exclusions = seen;
			s.nexclusions = n;
			got = world_standin(&s, &world_project, v[i].type,
					    v[i].text, v[i].text, "1");
			assert_int_equal(
				canonical(v[i].type, bytes_str(got), &canon),
				0);
			assert_non_null(
				form_of(v[i].type, buf_str(&canon), &form));
			seen[n] = hash_u64(s.key, buf_bytes(&form));
			for (unsigned k = 0; k < n; k++)
				assert_true(seen[k] != seen[n]);
			qsort(seen, n + 1, sizeof(*seen), cmp_u64);
			world_drop(got);
		}
	}
	assert_false(possible("PHONE_NUMBER", "4158630147"));
	assert_false(possible("US_SSN", "219099998"));
	assert_false(possible("IP_ADDRESS", "10.1.2.3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_tag_style),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_other_key_other_standin),
		cmocka_unit_test(test_cards_fail_luhn),
		cmocka_unit_test(test_phones_are_fiction),
		cmocka_unit_test(test_ssn_is_never_issued),
		cmocka_unit_test(test_exclusions),
		cmocka_unit_test(test_never_itself),
		cmocka_unit_test(test_possible),
		cmocka_unit_test(test_form_without_initial),
		cmocka_unit_test(test_possible_covers_names),
		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_reserved_ranges),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
