/* Seals and opens the cells of the catalog. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/store/cell.h"

#include <errno.h>

#include "fs/store/pad.h"

int cell_seal(struct buf *b, const struct key *key, const struct ad *ad,
	      struct bytes plain)
{
	CLEANUP(buf_free) struct buf padded = {.secret = true};
	int rc = pad_put(&padded, plain);

	if (rc != 0)
		return rc;
	return aead_box_put(b, key, ad_bytes(ad), buf_bytes(&padded));
}

int cell_open(struct buf *b, const struct key *key, const struct ad *ad,
	      struct bytes box, struct bytes *out)
{
	size_t at = b->n;
	int rc = aead_box_get(b, key, ad_bytes(ad), box);

	if (rc != 0)
		return rc;
	rc = pad_strip(bytes_of(b->p + at, b->n - at), out);
	return rc == 0 ? 0 : -EBADMSG;
}
