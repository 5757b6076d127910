/* Reading a log: entries in order, bodies opened where the key is at hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_READER_H
#define AUDIT_READER_H

#include "fs/audit/audit.h"

struct audit_reader;

/* One entry; borrows from the reader until the next call. */
struct audit_entry {
	uint64_t seq;
	uint64_t dek;	    /* seq of the DEK event; 0 for plain entries */
	struct bytes raw;   /* as stored, as hashed */
	bool opened;	    /* event is valid */
	const char *closed; /* else why: "sealed to another key", "shredded" */
	struct event event;
};

/**
 * audit_reader_open(dir, pool, secret, out, e): read bundles and, behind them,
 * the WAL, without a lock, also of a running log. secret: X25519 secret of an
 * auditor or the owner, borrowed for the reader's life; NULL reads plain
 * entries only.
 */
int audit_reader_open(const char *dir, struct keypool *pool,
		      const struct key *secret, struct audit_reader **out,
		      struct err *e) MUST_CHECK;
void audit_reader_free(struct audit_reader *r);
static inline void audit_reader_freep(struct audit_reader **r)
{
	audit_reader_free(*r);
}

/** audit_reader_next(r, out, e): 1 an entry, 0 the end (a running log may
 * grow: call again), negative errno. audit_reader_seek(r, seq). */
int audit_reader_next(struct audit_reader *r, struct audit_entry *out,
		      struct err *e) MUST_CHECK;
int audit_reader_seek(struct audit_reader *r, uint64_t seq) MUST_CHECK;

/**
 * audit_reader_replay_key(r, dek, out): the replay key of a session by its DEK
 * number; owned by the caller. -ENOKEY (wrong recipient), -ESTALE (shredded).
 */
int audit_reader_replay_key(struct audit_reader *r, uint64_t dek,
			    struct key **out) MUST_CHECK;

/**
 * audit_policy_get(r, hash, b): append the policy text with that SHA-256,
 * checked; -ENOENT, -ENOKEY, -EBADMSG.
 */
int audit_policy_get(struct audit_reader *r, const uint8_t hash[32],
		     struct buf *b) MUST_CHECK;

#endif
