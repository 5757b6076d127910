/* The catalogue of entity types as a table, and edit distance over it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/entity.h"

#define LONGEST 64 /* bytes of a name that is compared */

static const char *const names[] = {
#define ENTITY_STRING(name) #name,
	ENTITY_LIST(ENTITY_STRING)
#undef ENTITY_STRING
};

uint32_t entity_count(void)
{
	return ENTITY_COUNT;
}

const char *entity_name(uint32_t i)
{
	return i < ENTITY_COUNT ? names[i] : NULL;
}

int entity_find(struct bytes name)
{
	for (int i = 0; i < ENTITY_COUNT; i++)
		if (bytes_is(name, names[i]))
			return i;
	return -1;
}

bool entity_known(struct bytes name)
{
	return entity_find(name) >= 0;
}

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance with one row; a and b at most LONGEST bytes. */
static unsigned distance(struct bytes a, struct bytes b)
{
	unsigned row[LONGEST + 1];

	for (unsigned j = 0; j <= b.n; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned above = row[j];
			bool same = upper(a.p[i - 1]) == upper(b.p[j - 1]);

			row[j] = min3(above + 1, row[j - 1] + 1,
				      diagonal + (same ? 0 : 1));
			diagonal = above;
		}
	}
	return row[b.n];
}

const char *entity_nearest(struct bytes name)
{
	unsigned best = (unsigned)name.n / 3 + 1;
	const char *found = NULL;

	if (name.n == 0 || name.n > LONGEST)
		return NULL;
	for (uint32_t i = 0; i < ENTITY_COUNT; i++) {
		unsigned d = distance(name, bytes_str(names[i]));

		if (d < best) {
			best = d;
			found = names[i];
		}
	}
	return found;
}
