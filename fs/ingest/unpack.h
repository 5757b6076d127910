/* Files that are packed: through a keyless child into memory, and bounded. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_UNPACK_H
#define INGEST_UNPACK_H

#include "base/hash.h"
#include "fs/ingest/child_pool.h"
#include "policy/redact/codec.h"

/*
 * A packed file may unpack to UNPACK_MAX bytes, and to no more than
 * UNPACK_RATIO for each of its own once that is more than UNPACK_FREE (sound,
 * which has silence, to UNPACK_MAX alone); an archive has at most
 * UNPACK_MEMBERS files.
 */
#define UNPACK_MAX ((uint64_t)2 << 30)
#define UNPACK_FREE ((uint64_t)64 << 20)
#define UNPACK_RATIO 200
#define UNPACK_MEMBERS 100000

/* What came of a file: in memory, on no disk. */
struct unpack_out {
	int fd; /* the caller's */
	uint64_t size;
	uint8_t digest[HASH_LEN]; /* of names and bytes */
};

/* A member of an archive, at [at, at + size) of what came of it. words: why it
 * is not taken, then nothing else holds; NULL. name: as the archive has it. */
typedef int unpack_member(void *ctx, struct bytes name, const char *words,
			  uint64_t at, uint64_t size);

/**
 * unpack_file(children, codec, src, member, ctx, out, e): unpack what src
 * reads as that codec. member: for archives. What a child says is counted here
 * and believed in nothing else. -EPROTO with words: not to be taken, damaged
 * or too large; -ENOMEM, -EIO, what member returned: the run ends.
 */
int unpack_file(struct child_pool *children, enum codec codec, int src,
		unpack_member *member, void *ctx, struct unpack_out *out,
		struct err *e) MUST_CHECK;

#endif
