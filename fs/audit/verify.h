/* Verifying a log as a stranger: every entry and signature checked. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_VERIFY_H
#define AUDIT_VERIFY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/progress.h"

struct audit_verify {
	struct bytes vkey; /* trusted key text; empty: none (exit 3) */
	struct bytes prev; /* an earlier checkpoint; empty: none */
	const struct progress *progress;
};

struct audit_verdict {
	bool trusted;	    /* signed by the given vkey */
	uint64_t size;	    /* entries covered by the checkpoint */
	uint64_t unsigned_; /* good frames behind it, not signed yet */
	uint8_t root[32];
	char origin[128];
	uint64_t epochs, sessions, unsettled;
	uint64_t bad;	       /* first bad entry; UINT64_MAX: none */
	struct buf checkpoint; /* the note, for --save */
};

/**
 * audit_verify(dir, o, v, e): 0 when everything holds; -EBADMSG with the first
 * bad place in e; -ENOKEY: consistent, but no trusted key was given; -ENOENT:
 * no log. Streams; memory does not grow with the log.
 */
int audit_verify(const char *dir, const struct audit_verify *o,
		 struct audit_verdict *v, struct err *e) MUST_CHECK;

/** audit_verdict_free(v): fits CLEANUP. */
void audit_verdict_free(struct audit_verdict *v);

#endif
