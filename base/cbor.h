/* Deterministic CBOR (RFC 8949 section 4.2.1): encoder, strict decoder. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CBOR_H
#define BASE_CBOR_H

#include "base/buf.h"

/*
 * Only unsigned and negative integers, byte and text strings, arrays, maps,
 * false, true and null; lengths definite, heads shortest. Map keys are small
 * unsigned numbers in ascending order: the encoder's caller writes them so,
 * the decoder refuses anything else, at the map's door. Encoders return 0 or
 * -ENOMEM; cbor_put_text also -EINVAL for what is not UTF-8 (no reader would
 * take it back: names that may be anything go as bytes).
 */
int cbor_put_uint(struct buf *b, uint64_t v) MUST_CHECK NONNULL_ALL;
int cbor_put_int(struct buf *b, int64_t v) MUST_CHECK NONNULL_ALL;
int cbor_put_bytes(struct buf *b, struct bytes v) MUST_CHECK NONNULL_ALL;
int cbor_put_text(struct buf *b, struct bytes v) MUST_CHECK NONNULL_ALL;
int cbor_put_array(struct buf *b, uint64_t n) MUST_CHECK NONNULL_ALL;
int cbor_put_map(struct buf *b, uint64_t n) MUST_CHECK NONNULL_ALL;
int cbor_put_bool(struct buf *b, bool v) MUST_CHECK NONNULL_ALL;
int cbor_put_null(struct buf *b) MUST_CHECK NONNULL_ALL;

/* A cursor: err is sticky (-EPROTO) and every getter then returns zero. */
struct cbor {
	struct bytes in;
	size_t at;
	int err;
};

enum cbor_type {
	CBOR_NONE = 0, /* end of input or malformed */
	CBOR_UINT,
	CBOR_NINT,
	CBOR_BYTES,
	CBOR_TEXT,
	CBOR_ARRAY,
	CBOR_MAP,
	CBOR_BOOL,
	CBOR_NULL,
};

/**
 * cbor_peek(c): the type of the next item; never fails loudly. cbor_get_x(c):
 * the next item, which must be an x; strings are borrowed from the input, an
 * array or map gives its count, and its items follow.
 */
enum cbor_type cbor_peek(const struct cbor *c) NONNULL_ALL;
uint64_t cbor_get_uint(struct cbor *c) NONNULL_ALL;
int64_t cbor_get_int(struct cbor *c) NONNULL_ALL;
struct bytes cbor_get_bytes(struct cbor *c) NONNULL_ALL;
struct bytes cbor_get_text(struct cbor *c) NONNULL_ALL;
uint64_t cbor_get_array(struct cbor *c) NONNULL_ALL;
uint64_t cbor_get_map(struct cbor *c) NONNULL_ALL;
bool cbor_get_bool(struct cbor *c) NONNULL_ALL;
void cbor_get_null(struct cbor *c) NONNULL_ALL;

/**
 * cbor_skip(c): over one whole item (nesting at most 16). cbor_end(c): 0 when
 * all input was used without a fault, else -EPROTO.
 */
void cbor_skip(struct cbor *c) NONNULL_ALL;
int cbor_end(const struct cbor *c) MUST_CHECK NONNULL_ALL;

#endif
