/* Rounds lengths up so that a thief learns only their rough size. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/store/pad.h"

#include <errno.h>

#define HEAD 4
#define STEP 64
#define SMALL 4096

size_t pad_size(size_t n)
{
	size_t total = n + HEAD, step = STEP;

	if (total > SMALL) {
		step = SMALL / 16;
		while (step * 32 <= total)
			step *= 2;
	}
	return (total + step - 1) / step * step;
}

int pad_put(struct buf *b, struct bytes plain)
{
	size_t total;
	uint8_t *p;

	if (plain.n > UINT32_MAX - HEAD)
		return -EFBIG;
	total = pad_size(plain.n);
	if (buf_reserve(b, total) != 0)
		return -ENOMEM;
	p = b->p + b->n;
	for (size_t i = 0; i < HEAD; i++)
		p[i] = (uint8_t)(plain.n >> (8 * (HEAD - 1 - i)));
	if (plain.n > 0)
		memcpy(p + HEAD, plain.p, plain.n);
	memset(p + HEAD + plain.n, 0, total - HEAD - plain.n);
	b->n += total;
	return 0;
}

int pad_strip(struct bytes padded, struct bytes *out)
{
	size_t n = 0;

	if (padded.n < HEAD)
		return -EPROTO;
	for (size_t i = 0; i < HEAD; i++)
		n = n << 8 | padded.p[i];
	if (n > padded.n - HEAD || pad_size(n) != padded.n)
		return -EPROTO;
	*out = bytes_of(padded.p + HEAD, n);
	return 0;
}
