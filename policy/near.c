/* The nearest word of a list, for "did you mean". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/near.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* One cell of the table: row i, the two rows before it at hand. */
static size_t cell(struct bytes a, struct bytes b, size_t i, size_t j,
		   const size_t rows[3][NEAR_MAX + 1])
{
	const size_t *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
	uint8_t x = lower(a.p[i - 1]), y = lower(b.p[j - 1]);
	size_t d = up[j - 1] + (x != y);

	d = least(d, least(up[j], rows[i % 3][j - 1]) + 1);
	if (i > 1 && j > 1 && x == lower(b.p[j - 2]) && y == lower(a.p[i - 2]))
		d = least(d, up2[j - 2] + 1);
	return d;
}

size_t near_distance(struct bytes a, struct bytes b)
{
	size_t rows[3][NEAR_MAX + 1];

	if (a.n > NEAR_MAX || b.n > NEAR_MAX)
		return SIZE_MAX;
	memset(rows, 0, sizeof(rows));
	for (size_t j = 0; j <= b.n; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		rows[i % 3][0] = i;
		for (size_t j = 1; j <= b.n; j++)
			rows[i % 3][j] =
				cell(a, b, i, j,
				     (const size_t(*)[NEAR_MAX + 1]) rows);
	}
	return rows[a.n % 3][b.n];
}

const char *near_word(struct bytes word, const char *const list[], size_t n)
{
	const char *best = NULL;
	size_t least_d = SIZE_MAX;

	for (size_t i = 0; i < n; i++) {
		struct bytes w = bytes_str(list[i]);
		size_t longer = w.n > word.n ? w.n : word.n;
		size_t d = near_distance(word, w);

		if (d < least_d && d <= (longer < 6 ? 1 : longer / 3)) {
			least_d = d;
			best = list[i];
		}
	}
	return best;
}
