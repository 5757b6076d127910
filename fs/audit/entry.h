/* Entries as stored: plain, or sealed under a DEK; made and taken apart. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_ENTRY_H
#define AUDIT_ENTRY_H

#include "base/hash.h"
#include "fs/audit/event.h"

#define ENTRY_PLAIN 1
#define ENTRY_SEALED 2
#define ENTRY_PAD 16 /* sealed bodies are padded to a multiple */

/* A stored entry, taken apart; borrows. */
struct entry {
	uint64_t seq;
	bool sealed;
	uint64_t dek;	    /* sealed: seq of the DEK event */
	struct bytes head;  /* sealed: the bytes up to the ciphertext string */
	struct bytes text;  /* sealed: ciphertext with its tag */
	struct event event; /* plain only */
};

/** entry_put_plain(b, seq, e): [1, seq, kind, body]. */
int entry_put_plain(struct buf *b, uint64_t seq,
		    const struct event *e) MUST_CHECK NONNULL_ALL;

/* What sealing needs beside the event; work is scratch that is wiped. */
struct entry_seal {
	const uint8_t *origin; /* SHA-256 of the origin */
	const struct key *key; /* entry_key of the DEK */
	uint64_t dek;
	struct buf *work;
};

/** entry_key(pool, dek): what entry_put_sealed seals with; NULL when the pool
 * is full. */
struct key *entry_key(struct keypool *pool,
		      const struct key *dek) MUST_CHECK NONNULL_ALL;

/** entry_put_sealed(b, s, seq, e): [2, seq, dek, ciphertext]. */
int entry_put_sealed(struct buf *b, const struct entry_seal *s, uint64_t seq,
		     const struct event *e) MUST_CHECK NONNULL_ALL;

/** entry_parse(raw, en): strict; -EPROTO. A plain entry must be of a kind that
 * exists in clear, which is all kinds that are structural. */
int entry_parse(struct bytes raw, struct entry *en) MUST_CHECK NONNULL_ALL;

/**
 * entry_open(en, origin, key, work, e): decrypt into work (kept by the caller;
 * the event borrows from it). -EBADMSG, -EPROTO.
 */
int entry_open(const struct entry *en, const uint8_t origin[HASH_LEN],
	       const struct key *key, struct buf *work,
	       struct event *e) MUST_CHECK NONNULL_ALL;

#endif
