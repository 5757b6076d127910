/* Key wrapping that opens straight into the locked pool. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/store/keys.h"

#include <errno.h>

int keys_wrap(struct buf *b, const struct key *parent, const struct ad *ad,
	      const struct key *key)
{
	return aead_box_put(b, parent, ad_bytes(ad),
			    bytes_of(key_raw(key), KEY_LEN));
}

int keys_unwrap(struct keypool *pool, const struct key *parent,
		const struct ad *ad, struct bytes wrapped, struct key **out)
{
	/* A buffer over pool memory, large enough that it never moves. */
	struct buf room = {.cap = 2 * KEY_LEN};
	int rc;

	*out = NULL;
	if (wrapped.n != KEYS_WRAPPED)
		return -EBADMSG;
	room.p = keypool_scratch(pool, room.cap);
	if (room.p == NULL)
		return -ENOMEM;
	rc = aead_box_get(&room, parent, ad_bytes(ad), wrapped);
	if (rc == 0) {
		*out = key_import(pool, room.p);
		rc = *out == NULL ? -ENOMEM : 0;
	}
	keypool_scratch_free(pool, room.p);
	return rc;
}
