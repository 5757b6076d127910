/* The encrypted store's front door: keys, data sets, objects, sealed cells. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/aead.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/progress.h"
#include "base/secret.h"

#define STORE_ID 16	    /* bytes of a store, data set or object id */
#define STORE_SEGMENT 16384 /* plain bytes of one AEAD segment */

struct store;

/* What unlocks: exactly one is set. Borrowed. */
struct store_cred {
	const struct key *key;	  /* from a key file or key command; also the
				     X25519 secret of a recipient */
	struct bytes passphrase;  /* Argon2id slot */
	const uint8_t *recipient; /* X25519 public key: a slot can be made for
				     it, nothing opened with it */
};

struct store_init {
	const char *dir;
	enum aead_cipher cipher; /* AEAD_REFUSED: best this CPU has */
	struct keypool *pool;
	const struct store_cred *cred;
	const struct key *sign; /* imported log key seed; NULL: random */
	const char *origin;	/* with an imported key; NULL: the store id */
	const uint8_t (*auditors)[32]; /* X25519; none: the owner's own */
	size_t nauditors;
	uint32_t owner_uid;
	uint32_t argon_ops, argon_kib; /* 0: moderate; tests lower them */
	/* What else belongs to it (the log), with the store opened, before it
	 * is a store to anybody; NULL: nothing. */
	int (*finish)(void *ctx, struct store *s, struct err *e);
	void *ctx;
};

/**
 * store_init(i, e): make the directory with store.yaml, catalog, packs, work,
 * lock, and what finish adds. -EEXIST where a store stands, -ENOTEMPTY where
 * other files do; finish's error. A failure or crash leaves no store but what
 * the next init clears away; success is on disk.
 */
int store_init(const struct store_init *i, struct err *e) MUST_CHECK;
/** store_init_place(dir, e): what store_init would say of the directory, before
 * anything is made; 0 where it is not there yet. */
int store_init_place(const char *dir, struct err *e) MUST_CHECK;

/** store_stands(dir, e): -ENOENT where no store is, or one whose init was cut
 * off; before anybody is asked for keys. */
int store_stands(const char *dir, struct err *e) MUST_CHECK;

/**
 * store_open(dir, pool, cred, out, e): -ENOKEY wrong key, -EUCLEAN damaged,
 * -ENOTSUP a GCM store on a CPU without it, -ENOENT no store there. Reading
 * needs no lock.
 */
int store_open(const char *dir, struct keypool *pool,
	       const struct store_cred *cred, struct store **out,
	       struct err *e) MUST_CHECK;
void store_close(struct store *s);
static inline void store_closep(struct store **s)
{
	store_close(*s);
}

/**
 * store_lock(s, e): become the one writer (flock on STORE/lock), kept until
 * store_close; -EBUSY says the pid where known. Nothing where it is one
 * already.
 */
int store_lock(struct store *s, struct err *e) MUST_CHECK;

/**
 * store_lent(s, fd): the holder of the lock lets this process write too; until
 * store_close. Two processes then write by SQLite's own turns; packs have names
 * of their own. fd, taken over: store_lock_share's; with it the lock stays held
 * when the lender dies before the borrower.
 */
void store_lent(struct store *s, int fd);
/**
 * store_settle(s, tell, clear, ctx, e): what commands that were killed left to
 * do (a rotation, an erasure) is done. store_lock does it; who was lent the
 * right to write says how others take a new root (see store_rotate) and how
 * those who have erased data open are ended.
 */
int store_settle(struct store *s, int (*tell)(void *ctx, struct err *e),
		 int (*clear)(void *ctx, struct err *e), void *ctx,
		 struct err *e) MUST_CHECK;
/** store_lock_share(s): the lock once more, for a process it is lent to; a
 * descriptor or a negative errno. */
int store_lock_share(const struct store *s) MUST_CHECK;

/**
 * store_door_key(s, out): what proves at a gateway's owner door that a slot of
 * this store could be opened. Caller frees. -ENOMEM.
 */
int store_door_key(struct store *s, struct key **out) MUST_CHECK;

/* ---- key slots: the ways to open the store ---- */

struct store_slot {
	uint32_t id;
	const char *kind;   /* keyfile, passphrase, recipient, unknown */
	bool own;	    /* the store was opened with it */
	const uint8_t *pub; /* X25519, of a recipient; else NULL */
	uint32_t ops, kib;  /* cost of a passphrase */
};
/** store_slot_each(s, fn, ctx, e): the slots as store.yaml has them now;
 * borrowed while fn runs. */
int store_slot_each(struct store *s,
		    int (*fn)(void *ctx, const struct store_slot *slot),
		    void *ctx, struct err *e) MUST_CHECK;
/**
 * store_slot_add(s, cred, ops, kib, id, e): another way to open it, on disk
 * when it returns; needs the lock. ops and kib are a passphrase's cost (0:
 * moderate). -EEXIST there is one for it, -ENOSPC there are too many.
 */
int store_slot_add(struct store *s, const struct store_cred *cred, uint32_t ops,
		   uint32_t kib, uint32_t *id, struct err *e) MUST_CHECK;
/**
 * store_slot_remove(s, id, creds, n, e): needs the lock. One of those that stay
 * must be proven: by how s was opened, or by one of the n credentials; else
 * -EACCES. -ENOENT. Who opened the store with it before may have kept the root
 * key: store_rotate makes that one useless.
 */
int store_slot_remove(struct store *s, uint32_t id,
		      const struct store_cred *creds, size_t n,
		      struct err *e) MUST_CHECK;

struct store_rotate {
	const struct store_cred *creds; /* of the slots that stay */
	size_t ncreds;
	bool drop; /* slots that none of them opens go */
	/* Others that hold the root take the new one now (a gateway; see
	 * store_root_current); NULL: there are none. */
	int (*tell)(void *ctx, struct err *e);
	void *ctx;
	uint32_t kept, dropped; /* out: slots */
	bool wal;		/* out: a reader kept the old WAL */
};
/**
 * store_rotate(s, r, e): a new root key. Needs the lock; whole after a crash at
 * any point, also while others read and write. Recipients stay without their
 * secret. -ENOKEY: a slot is opened by none of the credentials and may not be
 * dropped, or none is.
 */
int store_rotate(struct store *s, struct store_rotate *r,
		 struct err *e) MUST_CHECK;
/** store_root_current(s): where another process changed the root, s has the new
 * one. -ESTALE: it can no longer be reached. */
int store_root_current(struct store *s) MUST_CHECK;

/** Facts fixed at init. store_dir: absolute, whatever store_open was given. */
const uint8_t *store_id(const struct store *s);
const char *store_dir(const struct store *s);
const char *store_origin(const struct store *s);
enum aead_cipher store_cipher(const struct store *s);
struct keypool *store_pool(const struct store *s);
/** store_forget(s): wipe opened segments that are kept for later reads. */
void store_forget(struct store *s);
uint32_t store_owner_uid(const struct store *s);
/** store_log_seed: the log's Ed25519 seed. store_audit_secret: the owner's
 * X25519 secret that opens log bodies (where no auditors were named at init,
 * else NULL). store_recipients: whom bodies are sealed to. All borrowed. */
const struct key *store_log_seed(const struct store *s);
const struct key *store_audit_secret(const struct store *s);
const uint8_t (*store_recipients(const struct store *s, size_t *n))[32];

/**
 * store_project_key(s, project, purpose, out): a key of the project for one
 * purpose ("standin", "assign", "inode", ...), from the project's random key,
 * made at first use (then the lock must be held; -EROFS without). Caller frees.
 * -ENOKEY: the project was ended.
 */
int store_project_key(struct store *s, const char *project, const char *purpose,
		      struct key **out, struct err *e) MUST_CHECK;

/* A project that has ended, and its work areas; zero-initialise. */
struct store_ended {
	struct buf project; /* a string */
	uint8_t (*areas)[STORE_ID];
	size_t n;
};
/**
 * store_project_end(s, project, out, e): destroy the project's key, for good:
 * store_project_key says -ENOKEY from then on; the policy in force and what
 * opens its work areas go too. Where an end was cut off before its sweep, out
 * is what that left. -ENOENT there is no such project, -ENOKEY it was ended
 * before, to the end. store_ended_sweep(s, x, e): the areas' folders go, and
 * what stood of keys in older pages; once no session is in them. -EBUSY: done
 * but for the WAL, which a reader kept; can be done again. Where it was cut
 * off, the next holder of the store's own lock does it. store_ended_free fits
 * CLEANUP.
 */
int store_project_end(struct store *s, const char *project,
		      struct store_ended *out, struct err *e) MUST_CHECK;
int store_ended_sweep(struct store *s, const struct store_ended *x,
		      struct err *e) MUST_CHECK;
void store_ended_free(struct store_ended *x);

/* ---- sealed cells: small named blobs, rewritable ---- */

/**
 * store_cell_put(s, kind, name, value), _get (append to b; -ENOENT), _del: the
 * name is stored as a keyed hash, the value sealed under it. kind is one of a
 * handful of fixed words ("view-index", "field-set", "policy", "meter").
 * Thread-safe; put and del need the lock.
 */
int store_cell_put(struct store *s, const char *kind, struct bytes name,
		   struct bytes value) MUST_CHECK;
int store_cell_get(struct store *s, const char *kind, struct bytes name,
		   struct buf *b) MUST_CHECK;
int store_cell_del(struct store *s, const char *kind,
		   struct bytes name) MUST_CHECK;
/** store_cell_each(s, kind, fn, ctx): every value of a kind. */
int store_cell_each(struct store *s, const char *kind,
		    int (*fn)(void *ctx, struct bytes value),
		    void *ctx) MUST_CHECK;
/** store_cells_begin/_end: many puts in one transaction (same thread). */
int store_cells_begin(struct store *s) MUST_CHECK;
int store_cells_end(struct store *s) MUST_CHECK;

/* ---- work areas ---- */

/* One annotator's area in one project; what lies in it is fs/mount's. */
struct store_work {
	uint8_t id[STORE_ID]; /* random; its folder is STORE/work/HEX */
	struct key *key;      /* NULL in store_work_each */
	bool fresh;	      /* new; nobody else knows of it yet */
	struct buf project, annotator; /* NUL-terminated */
};
void store_work_free(struct store_work *a);
/** store_work_area(s, project, annotator, make, out, e): the area's id and its
 * random key, which the project's wraps. Where there is none and make is asked
 * (then the lock must be held): new ones, fresh, of an area that is not there
 * before store_work_keep. -ENOENT, -EUCLEAN. store_work_free gives *out back,
 * fits CLEANUP. */
int store_work_area(struct store *s, const char *project, const char *annotator,
		    bool make, struct store_work *out,
		    struct err *e) MUST_CHECK;
/** store_work_keep(s, a, e): a fresh area is there from now on, power cut or
 * not: what lies in its folder must be durable. -EBUSY where another session
 * has made one meanwhile. */
int store_work_keep(struct store *s, struct store_work *a,
		    struct err *e) MUST_CHECK;
/** store_work_each(s, fn, ctx): every area, without its key; fn may call into
 * s. */
int store_work_each(struct store *s,
		    int (*fn)(void *ctx, const struct store_work *a),
		    void *ctx) MUST_CHECK;

/* ---- data sets ---- */

struct store_dataset {
	uint8_t id[STORE_ID];
	uint64_t version;    /* the newest published; 0: none */
	int64_t released_ns; /* of that version */
	uint8_t root[32];    /* its signed manifest root */
	uint64_t objects;
	struct buf name, info; /* info: what ingest put (terms, CBOR) */
};
/** store_dataset_get(s, name, version, out): version 0 is the newest; -ENOENT.
 * The signature of the root is checked: -EBADMSG. _free fits CLEANUP. */
int store_dataset_get(struct store *s, const char *name, uint64_t version,
		      struct store_dataset *out, struct err *e) MUST_CHECK;
void store_dataset_free(struct store_dataset *d);
/** store_dataset_each(s, fn, ctx): all names, sorted; one whose first ingest is
 * not published yet comes with version 0. */
int store_dataset_each(struct store *s,
		       int (*fn)(void *ctx, const struct store_dataset *d),
		       void *ctx) MUST_CHECK;

/* One object of a data set version; borrowed during the callback. */
struct store_entry {
	uint8_t id[STORE_ID];
	uint64_t version; /* data set version that brought this content */
	uint32_t spanset;
	uint64_t size;	     /* plain bytes of content */
	uint32_t blobs;	     /* index blobs, head included */
	uint8_t content[32]; /* digest of the content, keyed per store */
	bool whole;	     /* content: an older carrel made it */
	uint8_t stamp[32];   /* as store_put_finish was given it */
	struct bytes path;
	struct bytes summary; /* what ingest put: see redact/index.h */
};
/** store_entries(s, d, fn, ctx): in order of paths, without those that were
 * erased; fn's non-zero return stops and is returned. All rows are checked
 * against d's signed root before the first is handed out: -EUCLEAN, -EBADMSG.
 */
int store_entries(struct store *s, const struct store_dataset *d,
		  int (*fn)(void *ctx, const struct store_entry *o),
		  void *ctx) MUST_CHECK;

/** store_members(s, d, fn, ctx): the same in order of ids, a page at a time:
 * memory does not grow with the version. What fn was given counts only once
 * this returns 0: the root is compared at the end. */
int store_members(struct store *s, const struct store_dataset *d,
		  int (*fn)(void *ctx, const struct store_entry *o),
		  void *ctx) MUST_CHECK;

/* ---- reading one object ---- */

struct store_object;
/**
 * store_object_open(s, id, version, spanset, out, e): unwraps its keys; shared
 * by threads; a bounded cache of opened segments lives in the store.
 * -ENOENT, -ENOKEY (erased), -EUCLEAN.
 */
int store_object_open(struct store *s, const uint8_t id[STORE_ID],
		      uint64_t version, uint32_t spanset,
		      struct store_object **out, struct err *e) MUST_CHECK;
void store_object_close(struct store_object *o);
uint64_t store_object_size(const struct store_object *o);
/** store_object_read(o, off, dst, n): exactly n bytes within the size; -EBADMSG
 * when a segment is not what was sealed. */
int store_object_read(struct store_object *o, uint64_t off, void *dst,
		      size_t n) MUST_CHECK;
/** store_object_blob(o, nr, b): append index blob nr (0: the head; 1 + k:
 * block k). */
int store_object_blob(struct store_object *o, uint32_t nr,
		      struct buf *b) MUST_CHECK;

/** store_object_why(o, e): fill e with the pack, place and next step of the
 * last failed read of o, by any thread; returns its code, 0 where none failed.
 */
int store_object_why(struct store_object *o, struct err *e);

/* ---- writing: ingest ---- */

/** store_print_key(s): a key of its own, by which ingests know files again; the
 * caller frees it. NULL: no memory. */
struct key *store_print_key(struct store *s) MUST_CHECK;

struct store_ingest; /* one ingest run of one data set */
struct store_writer; /* one worker thread's own pack */

/**
 * store_ingest_begin(s, name, info, out, e): needs the lock. Objects committed
 * by an interrupted earlier run of the coming version are kept.
 */
int store_ingest_begin(struct store *s, const char *name, struct bytes info,
		       struct store_ingest **out, struct err *e) MUST_CHECK;
/** store_ingest_has(i, path, stamp, out): an object with this path and stamp
 * (hash of content, manifest and detector version, made by ingest) stands
 * already, from the newest version or an interrupted run: nothing to do. Then
 * out, where not NULL, is its entry without path and summary; else it is the id
 * alone. stamp NULL: any. */
bool store_ingest_has(struct store_ingest *i, struct bytes path,
		      const uint8_t stamp[32], struct store_entry *out);
/** store_ingest_publish(i, keep_unseen, version, root, e): all writers must be
 * closed; signs the manifest root and makes the version current in one
 * transaction. Paths not put or seen in this run stay when keep_unseen, as the
 * newest version has them: what an interrupted run put of them goes. No new
 * version where nothing changed. store_ingest_free accepts NULL; without
 * publish the objects wait for the next run. */
int store_ingest_publish(struct store_ingest *i, bool keep_unseen,
			 uint64_t *version, uint8_t root[32],
			 struct err *e) MUST_CHECK;
void store_ingest_free(struct store_ingest *i);

/** store_writer_new(i, out): a writer for one thread; its pack is in memory
 * until it is full. -ENOMEM. */
int store_writer_new(struct store_ingest *i,
		     struct store_writer **out) MUST_CHECK;
/** store_put_begin(w, path): a fresh random object key; store_put_data:
 * content, in order; store_put_blob: index blobs of blocks, in order, any time
 * before finish; store_put_finish(w, head, summary, stamp): head becomes blob
 * 0; the row is committed once its pack is durable (at most 16 MiB or 1 s
 * later, or at flush). store_put_abort: forget it. store_put_again(w, path,
 * of) in place of begin: the content stays, `of` is its published entry; only
 * blobs are put, as its next span set. */
int store_put_begin(struct store_writer *w, struct bytes path) MUST_CHECK;
int store_put_again(struct store_writer *w, struct bytes path,
		    const struct store_entry *of) MUST_CHECK;
int store_put_data(struct store_writer *w, struct bytes data) MUST_CHECK;
int store_put_blob(struct store_writer *w, struct bytes blob) MUST_CHECK;
int store_put_finish(struct store_writer *w, struct bytes head,
		     struct bytes summary, const uint8_t stamp[32],
		     struct err *e) MUST_CHECK;
void store_put_abort(struct store_writer *w);
/** store_writer_close(w, e): flush what is left; frees w in any case. */
int store_writer_close(struct store_writer *w, struct err *e) MUST_CHECK;

/** store_ingest_forget(i, e): what an interrupted run of the coming version
 * put, and this one did not find, goes. store_ingest_drop(i, id): the object
 * is not in the coming version, whatever else is said of it. */
int store_ingest_forget(struct store_ingest *i, struct err *e) MUST_CHECK;
int store_ingest_drop(struct store_ingest *i,
		      const uint8_t id[STORE_ID]) MUST_CHECK;

/* ---- erasing ---- */

/**
 * store_past_each(s, d, fn, ctx): every content of the data set that was not
 * erased, of all versions, by path; live: the newest version has it. Its entry
 * is the one with its newest span set, which the newest version has if any;
 * older ones may have rows under the numbers below. Entries with those follow
 * it, older: what versions before say of the same content.
 */
int store_past_each(struct store *s, const struct store_dataset *d,
		    int (*fn)(void *ctx, const struct store_entry *o, bool live,
			      bool older),
		    void *ctx) MUST_CHECK;

/* A content: an object as one version brought it. */
struct store_victim {
	uint8_t id[STORE_ID];
	uint64_t version;
};
/**
 * store_erase_plan(i, v, n, waits, e): these contents go, once the coming
 * version is published where that is to be waited for. store_erase_finish(s,
 * progress, e): then, destroy their keys; the next holder of the lock does it
 * where this process dies first. -EBUSY: done, but a reader kept the WAL.
 */
int store_erase_plan(struct store_ingest *i, const struct store_victim *v,
		     size_t n, bool waits, struct err *e) MUST_CHECK;
int store_erase_finish(struct store *s, const struct progress *progress,
		       struct err *e) MUST_CHECK;

enum store_gc_how {
	STORE_GC_LOOK,	  /* only count */
	STORE_GC_REMOVE,  /* packs in which nothing is alive */
	STORE_GC_REWRITE, /* those, and others without what is dead in them */
};
struct store_gc {
	uint64_t packs, bytes; /* that there were */
	uint64_t removed;      /* nothing was alive in them */
	uint64_t rewritten;    /* what was alive in them lies in others now */
	uint64_t freed;	       /* bytes, by both */
	uint64_t dead_kept; /* bytes that no row names, in packs with others */
};
/**
 * store_gc(s, how, progress, out, e): needs the lock; LOOK counts what REWRITE
 * would do. Others may read meanwhile, objects they have open too. -EUCLEAN:
 * the store is damaged, nothing is removed. Cut off anywhere nothing is lost,
 * and the next one goes on.
 */
int store_gc(struct store *s, enum store_gc_how how,
	     const struct progress *progress, struct store_gc *out,
	     struct err *e) MUST_CHECK;

/** store_made_forget(s, total, e): every view index and field set goes; those
 * that are asked for are made again. Needs the lock. *total: how many. */
int store_made_forget(struct store *s, uint64_t *total,
		      struct err *e) MUST_CHECK;

/* ---- care ---- */

struct store_fsck {
	uint64_t datasets, objects, segments, packs, orphans, bad;
	uint64_t erased; /* contents whose key was destroyed */
};
/**
 * store_fsck(s, deep, progress, bad, ctx, out, e): every cell, every manifest
 * root and signature, every extent; deep: every segment too. bad is called
 * with words per problem. 0 good, -EUCLEAN problems were found.
 */
int store_fsck(struct store *s, bool deep, const struct progress *p,
	       void (*bad)(void *ctx, const char *words), void *ctx,
	       struct store_fsck *out, struct err *e) MUST_CHECK;

#endif
