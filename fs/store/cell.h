/* Sealed cells: padded, XChaCha20-Poly1305, bound to table, column and row. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CELL_H
#define STORE_CELL_H

#include "base/aead.h"
#include "fs/store/ad.h"

/** cell_seal(b, key, ad, plain): append the sealed cell; -ENOMEM, -EFBIG. */
int cell_seal(struct buf *b, const struct key *key, const struct ad *ad,
	      struct bytes plain) MUST_CHECK;

/**
 * cell_open(b, key, ad, box, out): append the padded plain bytes to b and point
 * out at the plain ones among them, valid until b changes; -EBADMSG when this
 * is not what was sealed for that place. b should be secret.
 */
int cell_open(struct buf *b, const struct key *key, const struct ad *ad,
	      struct bytes box, struct bytes *out) MUST_CHECK;

#endif
