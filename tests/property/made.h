/* Generated JSON, JSONL and tables with every trap a reader can fall into. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_MADE_H
#define PROPERTY_MADE_H

#include "base/buf.h"

/** made_next(seed): splitmix64. */
uint64_t made_next(uint64_t *seed);

/** made_object(b, seed, space): append one object: names, numbers, escapes,
 * surrogates, bytes that are no UTF-8, JSON in strings, keys twice. */
void made_object(struct buf *b, uint64_t *seed, const char *space);

/** made_file(b, seed, lines): append a whole array, or lines; with or without
 * BOM, CRLF, a last newline. */
void made_file(struct buf *b, uint64_t seed, bool lines);

/** made_table(b, seed, separator): append a header and rows, quoted cells and
 * others, with quotes, separators and line ends in them, rows of one cell,
 * blank lines, rows of another length. */
void made_table(struct buf *b, uint64_t seed, char separator);

#endif
