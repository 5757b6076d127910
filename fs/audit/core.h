/* The running log's insides, shared by the files of its front door. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_CORE_H
#define AUDIT_CORE_H

#include <pthread.h>
#include <stdatomic.h>

#include "fs/audit/audit.h"
#include "fs/audit/entry.h"
#include "fs/audit/note.h"
#include "fs/audit/tile.h"
#include "fs/audit/wal.h"

#define CORE_CHECKPOINT "checkpoint"
#define CORE_SIGNED ".state/signed"
#define CORE_DIRTY 32
#define CORE_RECIPIENTS 64
#define CORE_ORIGIN_MOST 100 /* its epoch names fit a verdict, too */

/* A body key and its replay key. */
struct audit_dek {
	struct key *body, *replay;
	struct key *sealing;	   /* entry_key of the body key */
	uint64_t seq;		   /* of its DEK event */
	atomic_uint_fast64_t last; /* entry sealed under it */
};

/* `.state/signed`: what was last signed, or was about to be. */
struct core_signed {
	uint64_t size;
	uint8_t root[HASH_LEN];
	uint64_t epoch; /* highest EPOCH number among those entries */
};

/* Directories whose entries changed since they were last synced. */
struct core_dirty {
	size_t n;
	char path[CORE_DIRTY][TILE_PATH]; /* a file in it */
};

/*
 * The integrator's half, guarded by ilock: the tree over entries [0, next),
 * and the unfinished bundle.
 */
struct core_tree {
	struct tile_edge *edge;
	struct wal_set wal;
	struct buf bundle;
	uint64_t next;
	struct core_dirty dirty;
	bool dirs_synced;		   /* all there were at the start */
	uint64_t partial[TILE_LEVELS + 1]; /* 1 + tile that has a .p folder */
	struct core_signed done;	   /* last signed */
	struct buf note;		   /* the checkpoint as published */
	uint64_t note_epoch;
	uint64_t last_epoch; /* highest EPOCH number integrated */
};

struct audit {
	const struct audit_io *io;
	struct keypool *pool;
	const struct key *sign;
	char *origin, *tool;
	uint8_t (*recipients)[BOX_PUB];
	size_t nrecipients;
	unsigned epoch_seconds;
	bool accept_loss;
	uint8_t origin_hash[HASH_LEN];
	uint8_t pub[SIGN_PUB];
	int dir, state, lockfd;

	/* Append path. */
	pthread_mutex_t lock;  /* guards what follows, up to ilock */
	pthread_cond_t synced; /* a sync ended, or the log died */
	struct wal wal;
	struct buf entry, frame, work;
	uint64_t next; /* entries written: number of the next one */
	bool syncing;
	int64_t clock_offset; /* realtime - boottime as last logged, ns */
	bool clocked;
	uint64_t last_boot;	      /* boottime of the last entry, ns */
	atomic_uint_fast64_t durable; /* entries below it are on disk */
	atomic_int dead;
	atomic_int handles; /* open ones, for the heartbeat */
	struct audit_dek *own;

	pthread_mutex_t plock; /* policies' texts; taken before lock */

	pthread_mutex_t ilock; /* taken before lock */
	struct core_tree tree;
	struct key *epoch_key;
	uint64_t epoch;
	uint64_t epoch_ends; /* boottime, ns */

	/* Threads. */
	pthread_t syncer, integrator;
	bool have_syncer, have_integrator;
	pthread_mutex_t tlock;
	pthread_cond_t wake;
	bool stop;
};

/** core_new(c, out, e): an audit with nothing opened; core_free takes any
 * state and does not write. */
int core_new(const struct audit_config *c, struct audit **out,
	     struct err *e) MUST_CHECK NONNULL(1, 2);
void core_free(struct audit *a);
static inline void core_freep(struct audit **a)
{
	core_free(*a);
}

/** core_now(): CLOCK_BOOTTIME in ns. */
uint64_t core_now(void);

/** core_die(a): the log is dead; wakes all waiters; returns -EIO. */
int core_die(struct audit *a) NONNULL_ALL;

/** audit_dek_make(a, what, out, e): audit_dek_new with the DEK event's "what":
 * "log" or "session". */
int audit_dek_make(struct audit *a, const char *what, struct audit_dek **out,
		   struct err *e) MUST_CHECK NONNULL(1, 2, 3);

/** core_integrate(a): everything durable into tiles, synced. Under ilock. */
int core_integrate(struct audit *a, uint64_t upto) MUST_CHECK NONNULL_ALL;

/** core_publish(a, keep): sign and publish what is integrated; keep: also as
 * checkpoints/SIZE. Under ilock. -ENOMEM, also of the key pool: nothing has
 * happened, the next turn does it; any other failure is the log's death. */
int core_publish(struct audit *a, bool keep) MUST_CHECK NONNULL_ALL;

/** core_dirty_add(a, path), core_dirty_sync(a): a file was put at path. */
int core_dirty_add(struct audit *a, const char *path) MUST_CHECK NONNULL_ALL;
int core_dirty_sync(struct audit *a) MUST_CHECK NONNULL_ALL;

/** core_signed_get(dir, s), core_signed_put: `.state/signed`; -ENOENT,
 * -EUCLEAN. */
int core_signed_get(int dir, const char *origin, struct core_signed *s,
		    struct err *e) MUST_CHECK NONNULL(2, 3);
int core_signed_put(struct audit *a,
		    const struct core_signed *s) MUST_CHECK NONNULL_ALL;

/** core_epoch_begin(a, key, number): a new epoch key and its EPOCH event; the
 * old key still signs until the caller puts the new one in its place. */
int core_epoch_begin(struct audit *a, struct key **key,
		     uint64_t number) MUST_CHECK NONNULL_ALL;
/** core_epoch_rotate(a): begin, last checkpoint by the old key, switch. Under
 * ilock. */
int core_epoch_rotate(struct audit *a) MUST_CHECK NONNULL_ALL;

/** core_threads_start(a), core_threads_stop(a). */
int core_threads_start(struct audit *a) MUST_CHECK NONNULL_ALL;
void core_threads_stop(struct audit *a) NONNULL_ALL;

/* What recovery found; kept holds good frames behind the end, as a bundle. */
struct core_found {
	uint64_t size;		  /* entries that stand */
	uint64_t lost;		  /* synced entries missing (accept_loss) */
	uint64_t torn;		  /* bytes cut */
	uint8_t digest[HASH_LEN]; /* BLAKE2b of them */
	struct buf kept;
	uint64_t nkept;
	bool clean;	/* the last entry is a SHUTDOWN */
	uint64_t epoch; /* highest EPOCH number; GENESIS is 0 */
};

/** core_recover(a, f, e): lock held; read the disk, judge it, leave a ready
 * to append. Nothing is written; what stands counts as durable only after
 * core_settle. */
int core_recover(struct audit *a, struct core_found *f,
		 struct err *e) MUST_CHECK NONNULL(1, 2);
void core_found_free(struct core_found *f) NONNULL_ALL;

/** core_settle(a, f, e): make what stands durable, write RECOVERY entries where
 * something was cut, make them durable, then trim the old segments. */
int core_settle(struct audit *a, const struct core_found *f,
		struct err *e) MUST_CHECK NONNULL(1, 2);

/** core_recipient(pub, hash): SHA-256 of a recipient's key. core_key_path:
 * "keys/DEK.HASH16". */
void core_recipient(const uint8_t pub[BOX_PUB],
		    uint8_t hash[HASH_LEN]) NONNULL_ALL;
#define CORE_KEY_PATH 64
void core_key_path(char out[CORE_KEY_PATH], uint64_t dek,
		   const uint8_t hash[HASH_LEN]) NONNULL_ALL;

/** core_commit(label, key, out): BLAKE2b-256(label || key). */
void core_commit(const char *label, const struct key *k,
		 uint8_t out[HASH_LEN]) NONNULL_ALL;

#endif
