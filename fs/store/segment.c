/* Seals and opens segments, each bound to its one place. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why nonce = segment number is safe: a stream's key comes from a random
 * object key that one ingest attempt draws and no other ever uses (the index
 * adds a random salt per span set), and a stream is written once, in order.
 * Why nothing can be moved: the associated data names store, object, version,
 * cipher, segment size, stream, span set, number and whether it is the last;
 * so a segment opens in its own place or not at all, and a stream cut short
 * ends in a segment that is not the last.
 */
#include "fs/store/segment.h"

#include <errno.h>
#include <stdio.h>

#include "base/hex.h"

void segment_bind(struct segment_bind *b, const uint8_t *store,
		  const uint8_t *object, uint64_t version,
		  enum aead_cipher cipher, enum segment_stream stream,
		  uint32_t spanset)
{
	ad_start(&b->ad, "segment");
	ad_put(&b->ad, store, STORE_ID);
	ad_put(&b->ad, object, STORE_ID);
	ad_u64(&b->ad, version);
	ad_u8(&b->ad, (uint8_t)cipher);
	ad_u32(&b->ad, STORE_SEGMENT);
	ad_u8(&b->ad, (uint8_t)stream);
	ad_u32(&b->ad, spanset);
}

uint64_t segment_count(uint64_t size)
{
	return size / STORE_SEGMENT + (size % STORE_SEGMENT != 0);
}

size_t segment_plain(uint64_t size, uint64_t nr)
{
	uint64_t at = nr * STORE_SEGMENT;

	if (at >= size)
		return 0;
	return size - at < STORE_SEGMENT ? (size_t)(size - at) : STORE_SEGMENT;
}

static struct ad place(const struct segment_bind *b, uint64_t nr, bool last)
{
	struct ad ad;

	ad.n = 0;
	ad_put(&ad, b->ad.p, b->ad.n);
	ad_u64(&ad, nr);
	ad_u8(&ad, last ? 1 : 0);
	return ad;
}

void segment_seal(const struct aead *a, const struct segment_bind *b,
		  uint64_t nr, bool last, struct bytes plain, uint8_t *out)
{
	struct ad ad = place(b, nr, last);

	aead_seal_nr(a, nr, ad_bytes(&ad), plain, out);
}

int segment_open(const struct aead *a, const struct segment_bind *b,
		 uint64_t nr, bool last, struct bytes sealed, uint8_t *out)
{
	struct ad ad = place(b, nr, last);

	return aead_open_nr(a, nr, ad_bytes(&ad), sealed, out);
}

static int stream_key(struct keypool *pool, enum aead_cipher cipher,
		      const struct key *object, const char *label,
		      struct aead **out)
{
	CLEANUP(key_freep)
	struct key *k = key_derive(pool, object, label);

	*out = NULL;
	return k == NULL ? -ENOMEM : aead_new(pool, cipher, k, out);
}

int segment_content_key(struct keypool *pool, enum aead_cipher cipher,
			const struct key *object, struct aead **out)
{
	return stream_key(pool, cipher, object, "content", out);
}

int segment_index_key(struct keypool *pool, enum aead_cipher cipher,
		      const struct key *object, uint32_t spanset,
		      const uint8_t salt[16], struct aead **out)
{
	char label[64], hex[33];

	hex_encode(hex, bytes_of(salt, 16));
	snprintf(label, sizeof(label), "index:%u:%s", spanset, hex);
	return stream_key(pool, cipher, object, label, out);
}
