/* Tables of positives and decoys against the recognizers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

#define LEAST 30

struct run cases_run(const char *text)
{
	return (struct run){.kind = RUN_TEXT, .text = bytes_str(text)};
}

struct recognizers *cases_rules(const struct dataset_rules *d)
{
	struct recognizers *r;
	struct err e = {0};

	if (recognizers_new(d, &r, &e) != 0)
		fail_msg("%s", e.text);
	return r;
}

bool cases_has(const struct recognizers *r, const struct run *runs,
	       const struct hits *h, const char *type, uint32_t run,
	       const char *want)
{
	int number = recognizers_type_of(r, type);

	assert_true(number >= 0);
	for (size_t i = 0; i < h->n; i++) {
		struct bytes got =
			bytes_sub(runs[h->v[i].run].text, h->v[i].start,
				  h->v[i].end - h->v[i].start);

		if (h->v[i].type == number && h->v[i].run == run &&
		    (want == NULL || bytes_is(got, want)))
			return true;
	}
	return false;
}

void cases_sound(const struct run *runs, size_t n, const struct hits *h)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct hit *a = &h->v[i];

		assert_true(a->run < n);
		assert_true(a->start < a->end);
		assert_true(a->end <= runs[a->run].text.n);
		assert_true(a->score <= 100);
		if (i == 0)
			continue;
		assert_true(h->v[i - 1].run <= a->run);
		if (h->v[i - 1].run == a->run)
			assert_true(h->v[i - 1].end <= a->start);
	}
}

/* One line of a table; prints what was found instead. */
static bool one(const struct recognizers *r, const char *type, const char *text,
		const char *want, bool positive)
{
	struct run run = cases_run(text);
	struct hits h = {0};
	bool ok;

	assert_int_equal(recognize(r, &run, 1, &h), 0);
	cases_sound(&run, 1, &h);
	ok = cases_has(r, &run, &h, type, 0, want) == positive;
	if (!ok)
		print_error("%s %s: \"%s\"\n", type,
			    positive ? "is missed" : "is seen in a decoy",
			    text);
	for (size_t i = 0; !ok && i < h.n; i++)
		print_error(
			"    %s \"%.*s\"\n", recognizers_rule(r, h.v[i].rule),
			(int)(h.v[i].end - h.v[i].start), text + h.v[i].start);
	hits_free(&h);
	return ok;
}

void cases_all(const char *type, const struct good *good, size_t n,
	       const char *const *decoys, size_t m)
{
	assert_true(n >= LEAST && m >= LEAST);
	cases_some(type, good, n, decoys, m);
}

void cases_some(const char *type, const struct good *good, size_t n,
		const char *const *decoys, size_t m)
{
	struct recognizers *r = cases_rules(NULL);
	size_t bad = 0;

	for (size_t i = 0; i < n; i++)
		bad += !one(r, type, good[i].text,
			    good[i].want == NULL ? good[i].text : good[i].want,
			    true);
	for (size_t i = 0; i < m; i++)
		bad += !one(r, type, decoys[i], NULL, false);
	recognizers_free(r);
	assert_int_equal(bad, 0);
}

size_t cases_split(const char *turns, char text[CASES_LONG],
		   struct run runs[CASES_TURNS])
{
	size_t n = 0;
	char *save = NULL;

	snprintf(text, CASES_LONG, "%s", turns);
	for (char *p = strtok_r(text, "|", &save); p != NULL && n < CASES_TURNS;
	     p = strtok_r(NULL, "|", &save)) {
		runs[n] = cases_run(p);
		runs[n].speaker = bytes_str(n % 2 == 0 ? "agent" : "caller");
		n++;
	}
	return n;
}

static bool is_clean(const struct hits *h, size_t run)
{
	for (size_t k = 0; k < h->n; k++)
		if (h->v[k].run == run && h->v[k].rule != RULE_PERSON_TAGGER &&
		    h->v[k].rule != RULE_LOCATION_TAGGER &&
		    h->v[k].rule != RULE_ORGANIZATION_TAGGER &&
		    h->v[k].rule != RULE_DATE_WORDED)
			return false;
	return true;
}

void cases_talks(const struct talk_case *cases, size_t n)
{
	struct recognizers *r = cases_rules(NULL);
	unsigned failed = 0;

	for (size_t i = 0; i < n; i++) {
		struct run runs[CASES_TURNS];
		struct hits h = {0};
		char text[CASES_LONG];
		size_t turns = cases_split(cases[i].turns, text, runs);
		const char *want = cases[i].want;
		bool ok;

		if (want == NULL)
			want = (const char *)runs[turns - 1].text.p;
		assert_int_equal(recognize(r, runs, turns, &h), 0);
		ok = cases[i].type == NULL
			     ? is_clean(&h, turns - 1)
			     : cases_has(r, runs, &h, cases[i].type,
					 (uint32_t)turns - 1, want);
		if (!ok)
			print_error("%s\n", cases[i].turns);
		failed += !ok;
		hits_free(&h);
	}
	recognizers_free(r);
	assert_int_equal(failed, 0);
}

void cases_none(const char *const *turns, size_t n, const char *type)
{
	struct recognizers *r = cases_rules(NULL);
	struct run runs[CASES_MOST];
	struct hits h = {0};

	assert_true(n <= CASES_MOST);
	for (size_t i = 0; i < n; i++)
		runs[i] = cases_run(turns[i]);
	assert_int_equal(recognize(r, runs, n, &h), 0);
	for (size_t i = 0; i < h.n; i++)
		assert_string_not_equal(recognizers_type(r, h.v[i].type), type);
	hits_free(&h);
	recognizers_free(r);
}
