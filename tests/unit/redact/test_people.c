/* Made-up people: the tables of names, and that they do not meet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "policy/redact/pseudonym_names.h"
#include "tests/unit/redact/world.h"

static int cmp_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Sorted, as they are searched; no two halves make the same last name. */
static void test_tables(void **state)
{
	static char lasts[40000][32];
	size_t n = 0;

	(void)state;
	for (size_t i = 1; i < pseudonym_names_nfirst; i++)
		assert_true(strcmp(pseudonym_names_first[i - 1],
				   pseudonym_names_first[i]) < 0);
	for (size_t i = 1; i < pseudonym_names_nheads; i++)
		assert_true(strcmp(pseudonym_names_heads[i - 1],
				   pseudonym_names_heads[i]) < 0);
	for (size_t i = 1; i < pseudonym_names_ntails; i++)
		assert_true(strcmp(pseudonym_names_tails[i - 1],
				   pseudonym_names_tails[i]) < 0);
	for (size_t i = 0; i < pseudonym_names_nheads; i++)
		for (size_t k = 0; k < pseudonym_names_ntails; k++)
			snprintf(lasts[n++], sizeof(lasts[0]), "%s%s",
				 pseudonym_names_heads[i],
				 pseudonym_names_tails[k]);
	qsort(lasts, n, sizeof(lasts[0]), cmp_name);
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(lasts[i - 1], lasts[i]) < 0);
}

#define PEOPLE 1000
#define PROJECTS 100

static unsigned below(uint64_t *seed, unsigned n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((*seed >> 33) % n);
}

/* Different people; common names come more often: two have the same first name
 * in about 1 of 100 cases, the same last name in 1 of 2,000,
 * as in the United States. */
static void people(char out[PEOPLE][32])
{
	uint64_t seed = 7;
	unsigned n = 0;

	while (n < PEOPLE) {
		unsigned f = below(&seed, 1 + below(&seed, 250));
		unsigned l = below(&seed, 1 + below(&seed, 4000)), i = 0;

		snprintf(out[n], sizeof(out[n]), "f%u l%u", f, l);
		while (i < n && strcmp(out[i], out[n]) != 0)
			i++;
		n += i == n;
	}
}

/* How many of 100 projects give two of 1,000 people one stand-in. */
static unsigned meetings(const struct world *w)
{
	static char made[PEOPLE][64], canon[PEOPLE][32];
	unsigned bad = 0;

	people(canon);
	for (unsigned p = 0; p < PROJECTS; p++) {
		struct standin s = w->s;
		char project_name[16];
		bool met = false;

		snprintf(project_name, sizeof(project_name), "m%u", p);
		s.project = bytes_str(project_name);
		for (unsigned i = 0; i < PEOPLE; i++) {
			char *got = world_standin(&s, &world_project, "PERSON",
						  canon[i], "low", "1");

			snprintf(made[i], sizeof(made[i]), "%s", got);
			world_drop(got);
		}
		qsort(made, PEOPLE, sizeof(made[0]), cmp_name);
		for (unsigned i = 1; i < PEOPLE; i++)
			met |= strcmp(made[i - 1], made[i]) == 0;
		bad += met;
	}
	return bad;
}

static void test_people_do_not_meet(void **state)
{
	unsigned bad = meetings(*state);

	printf("%u of %u projects have two of %u people alike\n", bad, PROJECTS,
	       PEOPLE);
	assert_true(bad < PROJECTS / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_people_do_not_meet),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
