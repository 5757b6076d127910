/* Prints: by which an ingest knows that a file is what it was. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_PRINT_H
#define INGEST_PRINT_H

#include "base/hash.h"
#include "base/tag.h"

/* One print in the making. */
struct print {
	const struct key *key;
	enum aead_cipher cipher;
	uint64_t nr;
	struct hasher h;
};

/**
 * print_begin(p, cipher, key): key is store_print_key's, borrowed; NULL where
 * there is no store: then all files have one print. print_add(p, b): all parts
 * of a file but the last are of one size, the same at each time. print_end(p,
 * out): HASH_LEN bytes.
 */
void print_begin(struct print *p, enum aead_cipher cipher,
		 const struct key *key);
void print_add(struct print *p, struct bytes b);
void print_end(struct print *p, uint8_t out[HASH_LEN]);

#endif
