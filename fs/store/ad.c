/* Builds associated data field by field. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/store/ad.h"

#include <stdlib.h>

void ad_put(struct ad *a, const void *p, size_t n)
{
	if (n > AD_MOST - a->n)
		abort(); /* a shortened binding would be no binding */
	if (n > 0)
		memcpy(a->p + a->n, p, n);
	a->n += n;
}

void ad_start(struct ad *a, const char *label)
{
	static const char family[] = "carrel/1 ";

	a->n = 0;
	ad_put(a, family, sizeof(family) - 1);
	ad_put(a, label, strlen(label) + 1);
}

static void number(struct ad *a, uint64_t v, size_t n)
{
	uint8_t b[8];

	for (size_t i = n; i-- > 0; v >>= 8)
		b[i] = (uint8_t)v;
	ad_put(a, b, n);
}

void ad_u64(struct ad *a, uint64_t v)
{
	number(a, v, 8);
}

void ad_u32(struct ad *a, uint32_t v)
{
	number(a, v, 4);
}

void ad_u8(struct ad *a, uint8_t v)
{
	number(a, v, 1);
}
