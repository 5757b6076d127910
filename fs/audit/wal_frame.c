/* Segment headers, frames and names: pure functions of the WAL's format. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checksum is SipHash under a key drawn for each segment, not a CRC: bytes
 * of an older file on reused blocks, or an entry whose content somebody chose,
 * must not look like a frame. It says that a frame is whole, not who wrote it;
 * that is what checkpoints are for.
 *
 * A header of 64 zero bytes is a segment that was made and not begun, which is
 * no damage. Zeros followed by anything are.
 */
#include <errno.h>
#include <stdio.h>

#include "base/hex.h"
#include "base/sign.h"
#include "fs/audit/bits.h"
#include "fs/audit/tile.h"
#include "fs/audit/wal.h"

static const char magic[8] = "CARRWAL1";

void wal_header_put(uint8_t out[WAL_HEADER], const struct wal_header *h)
{
	memcpy(out, magic, sizeof(magic));
	bits_put(out + 8, 8, h->index);
	bits_put(out + 16, 8, h->base);
	memcpy(out + 24, h->key, 16);
	memcpy(out + 40, h->origin, 16);
	bits_put(out + 56, 8, siphash(h->key, bytes_of(out, 56)));
}

int wal_header_get(struct bytes in, struct wal_header *h)
{
	static const uint8_t zero[WAL_HEADER];

	if (in.n < WAL_HEADER || memcmp(in.p, zero, WAL_HEADER) == 0) {
		for (size_t i = 0; i < in.n && i < WAL_HEADER; i++) {
			if (in.p[i] != 0)
				return -EUCLEAN;
		}
		return 0;
	}
	h->index = bits_get(in.p + 8, 8);
	h->base = bits_get(in.p + 16, 8);
	memcpy(h->key, in.p + 24, 16);
	memcpy(h->origin, in.p + 40, 16);
	if (memcmp(in.p, magic, sizeof(magic)) != 0 ||
	    bits_get(in.p + 56, 8) != siphash(h->key, bytes_sub(in, 0, 56)))
		return -EUCLEAN;
	return 1;
}

int wal_frame_put(struct buf *b, const uint8_t key[16],
		  const struct wal_frame *f)
{
	size_t n = f->entry.n + WAL_OVERHEAD;
	uint8_t *p;
	int rc;

	if (f->entry.n == 0 || f->entry.n > ENTRY_MOST)
		return -EMSGSIZE;
	rc = buf_reserve(b, n);
	if (rc != 0)
		return rc;
	p = b->p + b->n;
	bits_put(p, 4, f->entry.n);
	bits_put(p + 4, 8, f->seq);
	bits_put(p + 12, 8, f->synced);
	memcpy(p + 20, f->entry.p, f->entry.n);
	bits_put(p + n - 8, 8, siphash(key, bytes_of(p, n - 8)));
	b->n += n;
	return 0;
}

int wal_frame_get(struct bytes in, const uint8_t key[16], struct wal_frame *f)
{
	uint64_t n;

	if (in.n < WAL_OVERHEAD)
		return -EPROTO;
	n = bits_get(in.p, 4);
	if (n == 0 || n > ENTRY_MOST || n > in.n - WAL_OVERHEAD)
		return -EPROTO;
	f->n = (size_t)n + WAL_OVERHEAD;
	f->seq = bits_get(in.p + 4, 8);
	f->synced = bits_get(in.p + 12, 8);
	f->entry = bytes_sub(in, 20, (size_t)n);
	if (f->synced > f->seq ||
	    bits_get(in.p + f->n - 8, 8) !=
		    siphash(key, bytes_sub(in, 0, f->n - 8)))
		return -EPROTO;
	return 0;
}

void wal_name(char out[WAL_NAME], uint64_t index)
{
	(void)snprintf(out, WAL_NAME, "wal-%016llx", (unsigned long long)index);
}

int wal_name_get(const char *name, uint64_t *index)
{
	uint8_t raw[8];
	char again[WAL_NAME];

	if (strncmp(name, "wal-", 4) != 0 ||
	    hex_decode(raw, sizeof(raw), bytes_str(name + 4)) != 0)
		return -EPROTO;
	*index = bits_get(raw, sizeof(raw));
	wal_name(again, *index);
	return strcmp(name, again) == 0 ? 0 : -EPROTO;
}
