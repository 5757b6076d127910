/* UTF-8 (RFC 3629): decode, encode, and move to code point edges. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/bytes.h"

/**
 * utf8_next(b, off, cp): the code point at off and its length 1..4. Invalid
 * bytes give length 1 and cp = 0xFFFD; past the end 0.
 */
size_t utf8_next(struct bytes b, size_t off, uint32_t *cp);

/**
 * utf8_put(out, cp): 1..4 bytes written to out; surrogates and values above
 * U+10FFFF give 0.
 */
size_t utf8_put(uint8_t out[4], uint32_t cp);

/**
 * utf8_valid(b): no invalid byte in it.
 */
bool utf8_valid(struct bytes b);

/**
 * utf8_floor(b, off), utf8_ceil(b, off): off moved out to the edge of the
 * code point that holds it, downwards or upwards.
 */
size_t utf8_floor(struct bytes b, size_t off);
size_t utf8_ceil(struct bytes b, size_t off);

#endif
