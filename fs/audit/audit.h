/* The audit log's front door: open, append, make durable, close. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "base/secret.h"
#include "base/sign.h"
#include "fs/audit/event.h"

struct audit;
struct audit_dek;
struct audit_io;

/* What the log is made with; everything is borrowed for the call only, but
 * pool and sign, which must outlive the log. */
struct audit_config {
	const char *dir;    /* STORE/log */
	const char *origin; /* key name = first line of checkpoints */
	struct keypool *pool;
	const struct key *sign;		      /* Ed25519 seed of the log key */
	const uint8_t (*recipients)[BOX_PUB]; /* auditors, or the owner */
	size_t nrecipients;		      /* at least 1 */
	const char *tool;		      /* "carrel 0.1.0" */
	unsigned epoch_seconds;		      /* 0: 3600 */
	bool accept_loss;	   /* recovery may drop synced frames; logged */
	const struct audit_io *io; /* NULL: the kernel's; tests' faults */
};

/**
 * audit_create(c, e): make the directory tree, GENESIS, first checkpoint.
 * -EEXIST where a log stands.
 */
int audit_create(const struct audit_config *c, struct err *e) MUST_CHECK;

/**
 * audit_open(c, out, e): lock, recover, append BOOT and EPOCH, start the
 * syncing and integrating threads. -EBUSY: another writer. -EUCLEAN: damage at
 * or below what was synced (words say which frame). -ESTALE: the disk went
 * back in time; refuses.
 */
int audit_open(const struct audit_config *c, struct audit **out,
	       struct err *e) MUST_CHECK;

/**
 * audit_close(a): SHUTDOWN, integrate all, last checkpoint, free. NULL is
 * fine. Returns the first failure. Accepts a dead log.
 */
int audit_close(struct audit *a);

/**
 * audit_dek_new(a, out): a session's body key and replay key, both random,
 * wrapped to every recipient under keys/ (file and directory synced), and its
 * DEK event, durable on return. audit_dek_free wipes. audit_dek_replay borrows
 * the replay key.
 */
int audit_dek_new(struct audit *a, struct audit_dek **out,
		  struct err *e) MUST_CHECK;
void audit_dek_free(struct audit_dek *d);
const struct key *audit_dek_replay(const struct audit_dek *d);

/**
 * audit_dek_last(d): number of the last entry that was sealed under it; 0
 * where there is none. Exact only while nobody appends under it.
 */
uint64_t audit_dek_last(const struct audit_dek *d);

/**
 * audit_handles(a, by): so many more (fewer) handles are open; the heartbeat
 * says how many.
 */
void audit_handles(struct audit *a, int by);

/**
 * audit_append(a, dek, e, seq): give the event its number and clocks, seal it
 * under dek (NULL: the log's own, for owners' events; structural kinds are
 * plain), and write() it to the WAL before returning: it survives a kill. *seq
 * (may be NULL) gets its number. Thread-safe. -EIO once the log is dead (any
 * failed write or sync kills it for good); -EMSGSIZE above 65,535 bytes.
 * -ENOSPC: no room for the next WAL segment; nothing was begun, so the log
 * lives on and a later append may succeed; the caller refuses this operation.
 */
int audit_append(struct audit *a, struct audit_dek *dek, struct event *e,
		 uint64_t *seq) MUST_CHECK;

/**
 * audit_durable(a, seq): wait until everything up to and including seq is on
 * disk (group commit); -EIO when that cannot be.
 */
int audit_durable(struct audit *a, uint64_t seq) MUST_CHECK;

/**
 * audit_is_durable(a, seq): without waiting. audit_dead(a): 0 or -EIO.
 */
bool audit_is_durable(const struct audit *a, uint64_t seq);
int audit_dead(const struct audit *a);

/**
 * audit_checkpoint(a): integrate and sign now (end of a session).
 */
int audit_checkpoint(struct audit *a) MUST_CHECK;

/**
 * audit_policy_put(a, text, hash, e): keep a policy text sealed to the
 * recipients under objects/policy/SHA-256, durable on return; nothing where it
 * stands already.
 */
int audit_policy_put(struct audit *a, struct bytes text, uint8_t hash[32],
		     struct err *e) MUST_CHECK;

/** audit_vkey(origin, pub, b): append the C2SP vkey text (signed-note). */
int audit_vkey(const char *origin, const uint8_t pub[SIGN_PUB],
	       struct buf *b) MUST_CHECK;

#endif
