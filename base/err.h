/* The one error: a negative errno, the place, and words for a person. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/attr.h"

/*
 * Convention of the whole house: a function that can fail returns int, 0 or a
 * negative errno, and is MUST_CHECK. Where a person must read why, its last
 * parameter is a struct err * that may be NULL. Meanings beyond errno(3):
 *   -EBADMSG  authentication failed: the bytes are not what was sealed
 *   -EPROTO   malformed input
 *   -EACCES   refused by policy or terms
 *   -ENOKEY   key missing or wrong
 *   -EBUSY    somebody else holds it
 *   -ENOTSUP  a kernel or CPU feature is missing
 *   -ESTALE   the disk went back in time, or a version is not at hand
 *   -EUCLEAN  the store or the log is damaged
 * Library code never prints; tools do.
 */
struct err {
	int code;	 /* 0 or negative errno */
	char place[200]; /* file, file:line:col, object; may be "" */
	char text[600];	 /* what, why, what to do; no newline at the end */
};

/**
 * err_set(e, code, place, fmt): fill e (NULL: nothing) and return code, so
 * that `return err_set(...)` is the idiom. place may be NULL.
 */
int err_set(struct err *e, int code, const char *place, const char *fmt, ...)
	PRINTF(4, 5);

/**
 * err_errno(e, place, what): as err_set with the current errno; the text is
 * "what: strerror". Returns the negative errno.
 */
int err_errno(struct err *e, const char *place, const char *what);

/**
 * err_nomem(e): -ENOMEM with its words.
 */
int err_nomem(struct err *e);

#endif
