/* Files of which something was erased, known again when they come unchanged. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_SOURCE_H
#define INGEST_SOURCE_H

#include "base/hash.h"
#include "fs/store/store.h"

/** source_put(s, of, coming, gone): the file that the content of `of` came from
 * had something erased: all of it (gone), or the coming version has the rest.
 * -EBADMSG and others as reading the object says. */
int source_put(struct store *s, const struct store_entry *of, uint64_t coming,
	       bool gone) MUST_CHECK;

enum source_state {
	SOURCE_NEW = 0,
	SOURCE_PART, /* it stands, without what was erased */
	SOURCE_GONE, /* it was erased */
};
/** source_state(i, path, size, hash, stood): is this what a file was of which
 * something was erased? hash: BLAKE2b of it. stood: the entry, with PART. */
enum source_state source_state(struct store_ingest *i, struct store *s,
			       struct bytes path, uint64_t size,
			       const uint8_t hash[HASH_LEN],
			       struct store_entry *stood);

/** source_any(s): there is one. */
bool source_any(struct store *s);

#endif
