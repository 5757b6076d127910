/* A listing of the view as it is being made. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_LISTING_H
#define MOUNT_LISTING_H

#include "base/hash.h"
#include "fs/mount/inode.h"
#include "fs/mount/serve.h"

/* Entries in the kernel's form, how many, and a running digest of their
 * names. */
struct listing {
	uint8_t *p;
	size_t n, size;
	uint64_t count;
	struct hasher names;
	bool plus;
};

/**
 * listing_fill(req, l, dir, from): the entries of dir from number `from` on, as
 * far as there is room. -errno only where not even the first could be made.
 */
int listing_fill(fuse_req_t req, struct listing *l, struct inode dir,
		 uint64_t from) MUST_CHECK;

#endif
