/* The opened work area, as its own files see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_WORK_IN_H
#define MOUNT_WORK_IN_H

#include <pthread.h>
#include <sys/queue.h>

#include "base/hash.h"
#include "fs/mount/work.h"
#include "fs/mount/work_db.h"
#include "fs/mount/work_pool.h"
#include "fs/mount/work_space.h"

#define WORK_CHUNK 64u /* blocks of a chunk, the unit of the map */
#define WORK_CHUNK_BITS 24
#define WORK_MOST ((uint64_t)WORK_BLOCK * WORK_CHUNK << WORK_CHUNK_BITS)
#define WORK_INLINE UINT32_MAX /* slot: the block stands in the map's row */
#define WORK_TAG 16
#define WORK_NONCE 24
#define WORK_NAME 255
#define WORK_TARGET 4095
#define WORK_DEPTH 64	   /* of folders: two paths fit into a log entry */
#define WORK_XATTRS 65536u /* bytes of all of one node */
#define WORK_BUFS 8192u	   /* blocks of memory for what is not sealed yet */
#define WORK_BUFS_HIGH 6144u
#define WORK_CHUNKS_HIGH 4096u /* loaded, where they could be dropped */
#define WORK_ROWS_HIGH                                         \
	2048u /* of chunks, that all areas of this process may \
		 owe the disk; each takes some 10 KiB */

/* Where a block lies. slot 0 is a hole. The map's row holds nonce and tag, so
 * that only the one block that was written for this place opens there. */
struct work_block {
	uint32_t slot;
	uint8_t nonce[WORK_NONCE], tag[WORK_TAG];
};

struct work_node;
struct digesting;

/* 64 blocks of a file, loaded. Bits are per block. */
struct work_chunk {
	struct work_node *node;
	uint32_t nr;
	TAILQ_ENTRY(work_chunk) hot, row;
	bool is_hot, is_row; /* in the area's lists */
	bool flying;	     /* a commit under way writes its row */
	bool hashed;
	uint64_t state;		   /* of content and slots: no two alike */
	uint64_t dirty;		   /* buf is newer than the place */
	uint8_t *buf[WORK_CHUNK];  /* from the pool; NULL: not in memory */
	uint8_t hash[WORK_DIGEST]; /* of the content; zeros: all zero */
	struct work_block b[WORK_CHUNK];
};

/* A chunk that exists: has a row, or will. Sorted by nr in its node. */
struct work_ref {
	uint32_t nr;
	bool stored; /* the sum counts its row, with this stamp */
	uint8_t stamp[WORK_STAMP];
	struct work_chunk *c; /* NULL: not loaded */
};

struct work_xattr {
	struct work_xattr *next;
	struct buf name, value;
};

/* TAILQ_HEAD(work_nodes, ...) and the two below: lists of nodes and chunks. */
TAILQ_HEAD(work_nodes, work_node);

struct work_node {
	uint64_t id;
	struct work_node *parent;	   /* NULL: the root, or unlinked */
	struct work_node *by_id, *by_name; /* chains of the tables */
	TAILQ_ENTRY(work_node) sibling;
	TAILQ_ENTRY(work_node) row;
	struct work_nodes children; /* in order of cookies */
	uint64_t cookie;	    /* place in the parent's listing */
	uint64_t last_cookie;	    /* given to a child */
	uint64_t nchildren, nfolders;
	struct buf name, target;
	struct work_xattr *xattrs;
	size_t xattr_bytes;
	mode_t mode;
	uint64_t size, blocks;
	struct timespec atime, mtime, ctime;
	uint32_t versions;
	uint32_t opens;
	uint64_t lookups;
	bool is_row; /* in the list of rows to write */
	bool gone;   /* has no name any more */
	bool made;   /* since the area was opened */
	bool stored;
	uint8_t stamp[WORK_STAMP];
	struct work_ref *refs;
	size_t nrefs, crefs;
};

/* TAILQ_HEAD: chunks that are dirty; chunks whose row is to be written. */
TAILQ_HEAD(work_hot, work_chunk);
TAILQ_HEAD(work_rows, work_chunk);

/* A sum over all rows: what the head pins. Little words first. */
struct work_sum {
	uint64_t v[4];
};

struct work_keys {
	struct key *rows, *names, *blocks, *digest, *sum;
};

/*
 * Locks: `committing` is held through a whole commit, then `lock` inside it,
 * never the other way. `lock` guards everything below it; it is not held while
 * the disk syncs.
 */
struct work {
	uint8_t id[STORE_ID];
	char *dir; /* STORE/work/ID */
	int lockfd, blockfd;
	bool readonly;
	struct keypool *keypool;
	struct work_keys keys;
	struct work_db *db;
	unsigned commit_ms;

	pthread_mutex_t committing;

	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t committer;
	bool has_committer, ending;
	bool counted;	     /* among the areas that share WORK_ROWS_HIGH */
	int dead;	     /* a failed sync: nothing more is believed */
	bool blocks_written; /* since blockfd was synced */
	int (*watch)(void *ctx, const struct work_by *by,
		     const struct work_event *ev);
	void *watch_ctx;

	struct work_pool *pool;
	struct work_space space;
	struct buf stood; /* hashes of paths, of work_stood */
	struct buf freed; /* slots that the next commit frees, uint32_t */
	struct work_gone *gone;
	size_t ngone, cgone;
	struct work_nodes node_rows;
	struct work_hot hot;
	struct work_rows rows;
	size_t owed;		     /* how many those are */
	uint64_t changes, committed; /* counters of changes */
	uint64_t commits;	     /* number of the last */
	struct work_sum sum;
	uint64_t nrows;

	struct work_node *root;
	struct work_node **by_id, **by_name;
	size_t table; /* slots of each table, a power of two */
	uint64_t nnodes, next_id;
	uint8_t seed[16];     /* of the name table */
	uint64_t quota, used; /* in blocks */
	size_t nchunks;
	uint64_t states;	     /* of chunks, given so far */
	struct digesting *digesting; /* idle buffers of work_digest */
	uint8_t *scratch;	     /* WORK_CHUNK blocks and a tag, sealed */
};

/* A row that is to be deleted. */
struct work_gone {
	bool node;
	uint64_t id;
};

/* ---- nodes in memory: work_tree.c ---- */

/** work_tree_init(w), work_tree_done(w): tables; all nodes freed, wiped. */
int work_tree_init(struct work *w) MUST_CHECK;
void work_tree_done(struct work *w);
/** work_node_new(w, id): in the table of numbers, no name yet. NULL. */
struct work_node *work_node_new(struct work *w, uint64_t id) MUST_CHECK;
/** work_node_get(w, id): NULL where there is none. work_node_child likewise. */
struct work_node *work_node_get(struct work *w, uint64_t id);
struct work_node *work_node_child(struct work *w, const struct work_node *dir,
				  struct bytes name);
/** work_node_link(w, dir, n): n, with its name set, becomes dir's last child.
 * work_node_unlink(w, n): and no longer. */
void work_node_link(struct work *w, struct work_node *dir, struct work_node *n);
void work_node_unlink(struct work *w, struct work_node *n);
/** work_node_drop(w, n): forget it where nobody needs it any more. */
void work_node_drop(struct work *w, struct work_node *n);
/** work_node_free(w, n): out of the table, wiped. */
void work_node_free(struct work *w, struct work_node *n);
/** work_node_path(n, name, b): append the path; with a name, of that below n.
 */
int work_node_path(const struct work_node *n, struct bytes name,
		   struct buf *b) MUST_CHECK;
/** work_node_changed(w, n): its row is written by the next commit. */
void work_node_changed(struct work *w, struct work_node *n);
/** work_node_stat(n, st): as work_getattr. work_node_cost(n): blocks that the
 * node itself counts for. work_now(): the clock of the attributes. */
void work_node_stat(const struct work_node *n, struct stat *st);
uint64_t work_node_cost(const struct work_node *n);
struct timespec work_now(void);
/** work_node_depth(n): folders above it. work_node_height(n): below it. */
unsigned work_node_depth(const struct work_node *n);
unsigned work_node_height(const struct work_node *n);
/** work_node_may(n, by, mask): 0 or -EACCES, by the owner's bits. */
int work_node_may(const struct work_node *n, const struct work_by *by,
		  int mask) MUST_CHECK;
/** work_tell(w, by, ev): ask the watcher. */
int work_tell(struct work *w, const struct work_by *by,
	      const struct work_event *ev) MUST_CHECK;
/** work_writable(w): 0, or why nothing may change. */
int work_writable(const struct work *w) MUST_CHECK;
/** work_node_listed(w, dir): its times, after its listing changed. */
void work_node_listed(struct work *w, struct work_node *dir);
/** work_gone_prepare(w, n): all that can fail before n may lose its name;
 * w->ngone put back withdraws it. work_gone_make(w, n): it loses it. */
int work_gone_prepare(struct work *w, struct work_node *n) MUST_CHECK;
void work_gone_make(struct work *w, struct work_node *n);
/** work_gone_add(w, node, id): delete that row with the next commit. */
int work_gone_add(struct work *w, bool node, uint64_t id) MUST_CHECK;

/* ---- chunks: work_chunk.c ---- */

/** work_ref_find(n, nr): the first reference with at least this number, as an
 * index. */
size_t work_ref_find(const struct work_node *n, uint32_t nr);
/** work_chunk_get(w, n, nr, make, out): loaded; *out NULL where there is none
 * and none is to be made. */
int work_chunk_get(struct work *w, struct work_node *n, uint32_t nr, bool make,
		   struct work_chunk **out) MUST_CHECK;
/** work_block_buf(w, c, i, fresh, out): block i in memory to be changed; fresh:
 * all of it will be overwritten. */
int work_block_buf(struct work *w, struct work_chunk *c, unsigned i, bool fresh,
		   uint8_t **out) MUST_CHECK;
/** work_block_dirty(w, c, i): it was changed. */
void work_block_dirty(struct work *w, struct work_chunk *c, unsigned i);
/** work_block_clear(w, c, i): it is a hole now. */
int work_block_clear(struct work *w, struct work_chunk *c,
		     unsigned i) MUST_CHECK;
/** work_block_calm(w, c, i): drop the buffer, which is not dirty. */
void work_block_calm(struct work *w, struct work_chunk *c, unsigned i);
/** work_chunk_unload(w, ref): out of memory, where nothing keeps it. */
void work_chunk_unload(struct work *w, struct work_ref *r);
/** work_chunk_forget(w, n, i): the i-th reference, loaded and empty, goes. */
void work_chunk_forget(struct work *w, struct work_node *n, size_t i);
/** work_chunks_drop(w, n): all of a node that is being freed; slots and quota
 * are given back. */
void work_chunks_drop(struct work *w, struct work_node *n);
/** work_chunks_idle(w, n): unload what can be of a closed file.
 * work_chunk_rest(w, n, off): the one that holds off, also of an open one. */
void work_chunks_idle(struct work *w, struct work_node *n);
void work_chunk_rest(struct work *w, struct work_node *n, uint64_t off);
/** work_chunk_row(w, c): its row is written by the next commit. */
void work_chunk_row(struct work *w, struct work_chunk *c);
/** work_slot_free(w, slot): with the next commit. */
int work_slot_free(struct work *w, uint32_t slot) MUST_CHECK;
/** work_map_id(n, nr): of the row. */
uint64_t work_map_id(const struct work_node *n, uint32_t nr);

/* ---- blocks: work_block.c ---- */

/** work_block_read(w, c, i, dst): its WORK_BLOCK plain bytes from wherever
 * they are. work_blocks_read(w, c, i, n, dst): n of them. */
int work_block_read(struct work *w, struct work_chunk *c, unsigned i,
		    uint8_t *dst) MUST_CHECK;
int work_blocks_read(struct work *w, struct work_chunk *c, unsigned i,
		     unsigned n, uint8_t *dst) MUST_CHECK;
/** work_block_open(w, id, nr, b, n, room, dst): without the lock: the n blocks
 * whose places are b, slots in a row, the first being block nr of file id;
 * room has n blocks and a tag. */
int work_block_open(const struct work *w, uint64_t id, uint64_t nr,
		    const struct work_block *b, unsigned n, uint8_t *room,
		    uint8_t *dst) MUST_CHECK;
/** work_chunk_flush(w, c): seal its dirty blocks into slots. */
int work_chunk_flush(struct work *w, struct work_chunk *c) MUST_CHECK;
/** work_owes_much(w): more than its share of WORK_ROWS_HIGH: who writes waits
 * for a commit. Lock held. */
bool work_owes_much(const struct work *w);
/** work_flush(w, below): chunks in the order they became dirty, until at most
 * `below` blocks of memory are taken. Lock held. */
int work_flush(struct work *w, unsigned below) MUST_CHECK;
/** work_chunk_inlined(c): its content belongs into the row. */
bool work_chunk_inlined(const struct work_chunk *c);

/* ---- rows: work_row.c ---- */

/** work_row_node(w, n, b), work_row_chunk(w, c, b), work_row_head(w, b): append
 * the sealed row and count it into the sum. */
int work_row_node(struct work *w, struct work_node *n,
		  struct work_batch *b) MUST_CHECK;
int work_row_chunk(struct work *w, struct work_chunk *c,
		   struct work_batch *b) MUST_CHECK;
int work_row_head(struct work *w, struct work_batch *b) MUST_CHECK;
/** work_row_forget(w, node, id, stamp): the sum no longer counts it. */
void work_row_forget(struct work *w, bool node, uint64_t id,
		     const uint8_t *stamp);
/** work_row_count(w, node, id, stamp): the sum counts it. */
void work_row_count(struct work *w, bool node, uint64_t id,
		    const uint8_t *stamp);
/** What stands in rows; strings are borrowed from plain. -EUCLEAN. */
struct work_head {
	uint64_t commits, next_id, nrows;
	struct work_sum sum;
};
int work_row_head_get(struct work *w, struct bytes cell,
		      struct work_head *h) MUST_CHECK;
/** work_row_node_get(w, n, cell, parent): n's fields from its row.
 * work_row_chunk_get(w, node, nr, cell, c, inlined): places into c; with
 * inlined, the bytes that stand in the row are appended to it. */
int work_row_node_get(struct work *w, struct work_node *n, struct bytes cell,
		      uint64_t *parent) MUST_CHECK;
int work_row_chunk_get(struct work *w, uint64_t id, struct bytes cell,
		       struct work_chunk *c, struct buf *inlined) MUST_CHECK;

/* ---- the rest ---- */

/** work_keys_make(k, pool, area): from the area's own key. work_keys_free. */
int work_keys_make(struct work_keys *k, struct keypool *pool,
		   const struct key *area) MUST_CHECK;
void work_keys_free(struct work_keys *k);
/** work_stood_note(w): once, when the tree is there and nothing has changed.
 * work_stood(w, path): a file or link stood at path then. */
int work_stood_note(struct work *w) MUST_CHECK;
bool work_stood(const struct work *w, struct bytes path);

/** work_load(w, make, e): tree, map and sum from the rows; make: there are none
 * yet, and the root is made. */
int work_load(struct work *w, bool make, struct err *e) MUST_CHECK;
/** work_meanwhile(w, r): why reading failed: r, or -EBUSY where it tells of
 * damage in an area that is only read and has been written to since it was
 * loaded. */
int work_meanwhile(struct work *w, int r) MUST_CHECK;
/** work_digesting_free(d): NULL is fine. */
void work_digesting_free(struct digesting *d);
/** work_commit(w, upto): everything up to that change is durable. No lock is
 * held by the caller. */
int work_commit(struct work *w, uint64_t upto) MUST_CHECK;
/** work_resize(w, n, size): truncate either way. Lock held. work_punch(w, n,
 * off, len): make a hole. */
int work_resize(struct work *w, struct work_node *n, uint64_t size) MUST_CHECK;
int work_punch(struct work *w, struct work_node *n, uint64_t off,
	       uint64_t len) MUST_CHECK;

#endif
