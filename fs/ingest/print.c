/* Prints: by which an ingest knows that a file is what it was. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file is read before it is looked at and again while it is sealed; in most
 * ingests that is most of the work. BLAKE2b does 0.9 GB/s on a core that does 8
 * with GMAC. What is asked here is only whether bytes are the same as those of
 * before, and of that a tag under a secret key is as good a witness: whoever
 * makes the files knows neither key nor tags, and two files have one tag with a
 * chance of their length in blocks over 2^128.
 *
 * So each part of a file is tagged, and the print is BLAKE2b over the tags. The
 * key of a part is used for that part of every file, which a tag that is shown
 * to others would not bear. These are shown to nobody: prints go into stamps,
 * which are BLAKE2b again and stand in sealed rows.
 */
#include "fs/ingest/print.h"

void print_begin(struct print *p, enum aead_cipher cipher,
		 const struct key *key)
{
	*p = (struct print){.key = key, .cipher = cipher};
	hasher_blake2b(&p->h, key);
}

void print_add(struct print *p, struct bytes b)
{
	uint8_t tag[TAG_LEN];

	if (p->key == NULL)
		return;
	tag_once(tag, p->cipher, p->key, p->nr++, b);
	hasher_add(&p->h, bytes_of(tag, sizeof(tag)));
}

void print_end(struct print *p, uint8_t out[HASH_LEN])
{
	hasher_end(&p->h, out);
}
