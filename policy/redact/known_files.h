/* Which paths of a data set are stored, and which of them a text names. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_KNOWN_FILES_H
#define REDACT_KNOWN_FILES_H

#include "base/buf.h"

#define KNOWN_FILES_LONG 4096 /* bytes of a path in a text; longer are none */
#define KNOWN_FILES_DEEP 64   /* names of a stored path */

/* Hashes of stored paths, of files or folders, ascending; borrowed. n 0: none
 * is known. They keep no secret: whoever has them can try out paths. */
struct known_files {
	const uint64_t *v;
	size_t n;
};

/** known_files_hash(stored): of a stored path, "audio/en/x.wav". */
uint64_t known_files_hash(struct bytes stored);

/**
 * known_files_in(k, path): the longest suffix of whole names of path is stored,
 * as it is or under its unpacked name (x.wav of x.flac). Linear; false for a
 * path of more than KNOWN_FILES_LONG bytes.
 */
bool known_files_in(const struct known_files *k, struct bytes path);

/**
 * known_files_put(k, path, out): append that stored path; where none is, path
 * as it is. -ENOMEM.
 */
int known_files_put(const struct known_files *k, struct bytes path,
		    struct buf *out) MUST_CHECK;

#endif
