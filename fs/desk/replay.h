/* Replay: making the bytes of logged reads again, and comparing. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_REPLAY_H
#define DESK_REPLAY_H

#include "fs/audit/reader.h"
#include "fs/desk/shown.h"

struct replay_want {
	struct store *store;
	struct audit_reader *reader; /* with the secret that opens bodies */
	struct child_pool *children;
	uint64_t seq;	  /* one READ, or */
	uint64_t session; /* every read of this SESSION_START */
	int outfd; /* folder: a file SEQ per read that matches; -1: none */
	const struct progress *progress;
	/* Each read as it is judged. */
	void (*each)(void *ctx, const struct event *read, struct bytes path,
		     const char *verdict, struct bytes bytes);
	void *ctx;
};
struct replay_sum {
	uint64_t reads, bytes, match, mismatch, unknown;
};

/**
 * replay_run(w, sum, e): 0: every read was made again and matches; -EBADMSG: a
 * mismatch; -ESTALE: some could not be made again (erased, other renderer,
 * missing key or version), none differs. Never "match" without the tag.
 */
int replay_run(const struct replay_want *w, struct replay_sum *sum,
	       struct err *e) MUST_CHECK;

#endif
