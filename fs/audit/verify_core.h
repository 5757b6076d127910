/* The verifier's insides: one pass over the log, in constant memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_VERIFY_CORE_H
#define AUDIT_VERIFY_CORE_H

#include "fs/audit/entry.h"
#include "fs/audit/note.h"
#include "fs/audit/tile.h"
#include "fs/audit/verify.h"

#define VERIFY_ORIGIN 128

/* Ascending numbers; 8 bytes per session and per kept checkpoint is all that
 * grows. */
struct verify_set {
	uint64_t *v;
	size_t n, cap;
};

/* An EPOCH as met in the tree. */
struct verify_epoch {
	uint64_t number, seq;
	uint8_t pub[SIGN_PUB];
	bool after_boot; /* a BOOT stands between it and the one before */
	bool covered;	 /* a kept checkpoint of the epoch before covers it */
};

struct verify {
	int dir;
	const struct audit_verify *o;
	struct audit_verdict *v;
	struct err *e;
	struct buf note, prev;
	struct note_head head;	    /* of the checkpoint */
	struct note_head prev_head; /* size 0: none */
	struct note_key key; /* given, or the log's own word in GENESIS */
	bool have_key;
	struct buf key_name;
	struct tile_edge *edge;
	struct buf bundle, tile;
	struct verify_set kept, deks;
	size_t kept_at;
	uint64_t next; /* entries checked */

	/* What the plain entries have told so far. */
	struct verify_epoch epoch[2]; /* last, and the one before */
	uint64_t nepochs;
	uint64_t last_boot; /* CLOCK_BOOTTIME */
	bool booted, shut;
	uint64_t boot_sessions; /* of the boot under way */
};

/** verify_bad(v, seq, place, fmt...): -EBADMSG; seq UINT64_MAX: no entry. */
int verify_bad(struct verify *v, uint64_t seq, const char *place,
	       const char *fmt, ...) PRINTF(4, 5);

/** verify_head(v): checkpoint, trusted key, earlier checkpoint: parsed, signed,
 * of one origin. */
int verify_head(struct verify *v) MUST_CHECK NONNULL_ALL;

/** verify_entry(v, raw): shape, number, and what a plain entry must say. */
int verify_entry(struct verify *v, struct bytes raw) MUST_CHECK NONNULL_ALL;

/** verify_tree(v): every bundle and tile up to the signed size. */
int verify_tree(struct verify *v) MUST_CHECK NONNULL_ALL;

/** verify_sized(v): called when v->next entries are checked: the earlier
 * checkpoint and kept ones of exactly this size. */
int verify_sized(struct verify *v) MUST_CHECK NONNULL_ALL;

/** verify_signed_by_epoch(v, n, place): the note has a good line by the last
 * epoch or the one before; *number says which. */
int verify_signed_by_epoch(struct verify *v, const struct note *n,
			   const char *place,
			   uint64_t *number) MUST_CHECK NONNULL_ALL;

/** verify_epoch_covered(v, number, place): a checkpoint of epoch number: the
 * change to it, where no BOOT explains it, must be covered by a kept
 * checkpoint of the epoch before. */
int verify_epoch_covered(struct verify *v, uint64_t number,
			 const char *place) MUST_CHECK NONNULL_ALL;

/** verify_keys(v, dek): the wrapped keys of a DEK event against the hashes in
 * it; missing files are no fault (shredded). */
int verify_keys(struct verify *v, const struct event *e) MUST_CHECK NONNULL_ALL;

/** verify_kept_list(v): the sizes under checkpoints/. */
int verify_kept_list(struct verify *v) MUST_CHECK NONNULL_ALL;

/** verify_set_add(s, n): ascending callers; verify_set_has(s, n). */
int verify_set_add(struct verify_set *s, uint64_t n) MUST_CHECK NONNULL_ALL;
bool verify_set_has(const struct verify_set *s, uint64_t n) NONNULL_ALL;

#endif
