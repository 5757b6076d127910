/* Hex and base64 (RFC 4648), strict both ways. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/buf.h"

/**
 * hex_encode(out, in): 2n lower-case digits and a NUL; out has room 2n+1.
 */
void hex_encode(char *out, struct bytes in) NONNULL_ALL;

/**
 * hex_decode(out, n, s): exactly n bytes from exactly 2n digits; -EPROTO.
 */
int hex_decode(uint8_t *out, size_t n, struct bytes s) MUST_CHECK NONNULL_ALL;

/**
 * base64_put(b, in): append standard base64 with padding; -ENOMEM.
 */
int base64_put(struct buf *b, struct bytes in) MUST_CHECK NONNULL_ALL;

/**
 * base64_get(b, s): append the decoded bytes; refuses white space, missing or
 * wrong padding and non-zero trailing bits; -EPROTO.
 */
int base64_get(struct buf *b, struct bytes s) MUST_CHECK NONNULL_ALL;

#endif
