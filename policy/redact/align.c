/* Two tellings of the same words, laid side by side. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/align.h"

#include <errno.h>
#include <stddef.h>

#include "base/mem.h"

/* Where the best path to a pair came from. */
enum step {
	STEP_SKIP_A = 0,
	STEP_SKIP_B,
	STEP_BOTH
};

/* Two bits a pair. */
static void way_set(uint8_t *way, size_t at, enum step s)
{
	way[at / 4] |= (uint8_t)((unsigned)s << 2 * (at % 4));
}

static enum step way_at(const uint8_t *way, size_t at)
{
	return (enum step)(way[at / 4] >> 2 * (at % 4) & 3);
}

/* The longest common subsequence row by row, and the way there. */
static void fill(const uint64_t *a, uint32_t na, const uint64_t *b, uint32_t nb,
		 uint8_t *way, uint32_t *row)
{
	for (uint32_t i = 0; i < na; i++) {
		uint32_t diagonal = 0;

		for (uint32_t k = 0; k < nb; k++) {
			uint32_t above = row[k + 1];
			size_t at = (size_t)i * nb + k;

			if (a[i] == b[k]) {
				row[k + 1] = diagonal + 1;
				way_set(way, at, STEP_BOTH);
			} else if (row[k] > above) {
				row[k + 1] = row[k];
				way_set(way, at, STEP_SKIP_B);
			}
			diagonal = above;
		}
	}
}

static void walk_back(const uint8_t *way, uint32_t na, uint32_t nb,
		      uint32_t base, uint32_t *to)
{
	uint32_t i = na, k = nb;

	while (i > 0 && k > 0) {
		enum step w = way_at(way, (size_t)(i - 1) * nb + k - 1);

		if (w == STEP_BOTH)
			to[i - 1] = base + k - 1;
		i -= w != STEP_SKIP_B;
		k -= w != STEP_SKIP_A;
	}
}

static int middle(const uint64_t *a, uint32_t na, const uint64_t *b,
		  uint32_t nb, uint32_t most, uint32_t base, uint32_t *to)
{
	uint8_t *way CLEANUP(mem_freep) = NULL;
	uint32_t *row CLEANUP(mem_freep) = NULL;

	if (na == 0 || nb == 0)
		return 0;
	if (na > most / nb)
		return -EFBIG;
	way = mem_new((size_t)na * nb / 4 + 1, 1);
	row = mem_new((size_t)nb + 1, sizeof(*row));
	if (way == NULL || row == NULL)
		return -ENOMEM;
	fill(a, na, b, nb, way, row);
	walk_back(way, na, nb, base, to);
	return 0;
}

int align(const uint64_t *a, uint32_t na, const uint64_t *b, uint32_t nb,
	  uint32_t most, uint32_t *to)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < na; i++)
		to[i] = ALIGN_NONE;
	for (; at < na && at < nb && a[at] == b[at]; at++)
		to[at] = at;
	for (; na > at && nb > at && a[na - 1] == b[nb - 1]; na--, nb--)
		to[na - 1] = nb - 1;
	return middle(a + at, na - at, b + at, nb - at, most, at, to + at);
}
