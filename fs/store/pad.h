/* Padding that hides exact lengths: a length, the bytes, zeros. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PAD_H
#define STORE_PAD_H

#include "base/attr.h"
#include "base/buf.h"

/**
 * pad_size(n): bytes that n plain bytes take padded: 4 + n, rounded up to
 * 64 bytes up to 4 KiB, above to a sixteenth of the power of two below.
 */
size_t pad_size(size_t n);

/** pad_put(b, plain): append the padded form; -EFBIG from 4 GiB, -ENOMEM. */
int pad_put(struct buf *b, struct bytes plain) MUST_CHECK;

/** pad_strip(padded, out): borrow the plain bytes inside; -EPROTO. */
int pad_strip(struct bytes padded, struct bytes *out) MUST_CHECK;

#endif
