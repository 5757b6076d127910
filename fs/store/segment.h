/* One sealed unit of a stream: a segment of content, or an index blob. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SEGMENT_H
#define STORE_SEGMENT_H

#include "base/aead.h"
#include "fs/store/ad.h"
#include "fs/store/store.h"

#define SEGMENT_SEALED (STORE_SEGMENT + AEAD_TAG)

/* The numbers are bound into every segment: never renumber. */
enum segment_stream {
	SEGMENT_CONTENT = 1,
	SEGMENT_INDEX = 2,
};

/* What all segments of one stream of one object are bound to. */
struct segment_bind {
	struct ad ad;
};

/** segment_bind(b, ...): store and object are STORE_ID bytes; spanset is 0 for
 * content. */
void segment_bind(struct segment_bind *b, const uint8_t *store,
		  const uint8_t *object, uint64_t version,
		  enum aead_cipher cipher, enum segment_stream stream,
		  uint32_t spanset);

/** segment_count(size): segments of that many content bytes. segment_plain(
 * size, nr): plain bytes in segment nr. */
uint64_t segment_count(uint64_t size);
size_t segment_plain(uint64_t size, uint64_t nr);

/**
 * segment_seal(a, b, nr, last, plain, out), segment_open: nr is the nonce, used
 * once per key; out gets plain.n + AEAD_TAG, or sealed.n - AEAD_TAG bytes;
 * -EBADMSG.
 */
void segment_seal(const struct aead *a, const struct segment_bind *b,
		  uint64_t nr, bool last, struct bytes plain, uint8_t *out);
int segment_open(const struct aead *a, const struct segment_bind *b,
		 uint64_t nr, bool last, struct bytes sealed,
		 uint8_t *out) MUST_CHECK;

/** segment_content_key, segment_index_key: the AEAD of an object's stream;
 * salt is 16 random bytes of the span set's own. -ENOMEM, -ENOTSUP. */
int segment_content_key(struct keypool *pool, enum aead_cipher cipher,
			const struct key *object, struct aead **out) MUST_CHECK;
int segment_index_key(struct keypool *pool, enum aead_cipher cipher,
		      const struct key *object, uint32_t spanset,
		      const uint8_t salt[16], struct aead **out) MUST_CHECK;

#endif
