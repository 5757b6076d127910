/* Importing a log's signing key from a file. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_LOGKEY_H
#define TOOLS_LOGKEY_H

#include "base/secret.h"
#include "base/sign.h"

/**
 * logkey_read(pool, path, seed, origin, e): 64 hex digits (origin stays empty),
 * or "PRIVATE+KEY+NAME+HASH+BASE64" as Go's note package writes it, whose name
 * becomes the log's origin. -EPROTO says what is wrong with it.
 */
int logkey_read(struct keypool *pool, const char *path, struct key **seed,
		struct buf *origin, struct err *e) MUST_CHECK;

#endif
