/* One ingest run and its writers, as the store's own files see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "fs/store/digest.h"
#include "fs/store/inner.h"
#include "fs/store/pack.h"
#include "fs/store/seen.h"

#define WRITER_SPANSET 1	/* of a first detection; 0 is content's */
#define WRITER_BLOB (40u << 20) /* most plain bytes of an index blob */
#define WRITER_WAIT_NS 1000000000u

struct store_ingest {
	struct store *s;
	uint8_t dataset[STORE_ID];
	uint64_t newest, coming; /* coming = newest + 1 */
	bool none;		 /* the data set is new: nothing stands */
	struct buf name, info;
	pthread_mutex_t lock;	/* guards seen, gone */
	struct seen seen, gone; /* gone: not in the coming version */
};

/* A finished object that waits for its pack: its rows, sealed. */
struct writer_row {
	uint8_t id[STORE_ID], leaf[HASH_LEN];
	uint64_t version;
	uint32_t spanset;
	struct buf key, content, spans, entry; /* key, content: of a new one */
};

/* A pack on its way to the disk, and the rows that name it. */
struct writer_behind {
	struct store_ingest *i;
	struct pack pack;
	struct writer_row *rows;
	size_t nrows, rows_cap;
	pthread_t thread;
	bool runs;
	int rc;		  /* once it does not run */
	const char *what; /* failed */
};

/* The object being put. */
struct writer_object {
	bool open;
	bool again; /* the content stands: only a span set is made */
	uint8_t id[STORE_ID], content_hash[HASH_LEN]; /* this: with again */
	uint64_t version;
	uint32_t spanset;
	struct key *key;
	struct aead *content, *index;
	struct segment_bind content_bind, index_bind;
	struct digest digest;
	uint64_t hashed;	/* segments of it */
	struct buf path, plain; /* plain: the segment that is not full yet */
	struct rows_content at;
	struct rows_spans blobs; /* of blocks, without the head */
	uint64_t segments;
	uint32_t nblobs; /* of blocks, placed or aside */
	size_t start;	 /* of this object in the pack */
};

struct store_writer {
	struct store_ingest *i;
	struct pack pack;
	struct lanes *lanes;
	struct buf aside;  /* sealed blobs of the object, behind its content */
	uint32_t *lengths; /* of the blobs aside */
	size_t naside, cap;
	struct writer_row *rows;
	size_t nrows, rows_cap;
	uint64_t oldest_ns; /* when the first of rows was finished */
	struct writer_behind behind;
	struct err why; /* code != 0: the writer failed and stays so */
	struct writer_object o;
};

/** writer_fail(w, code, what): remember the first failure, with words. */
int writer_fail(struct store_writer *w, int code, const char *what);
/** writer_flush(w): the object's blobs aside, then the pack, then the rows of
 * finished objects go to the disk, behind the back of who goes on with a new
 * pack. writer_wait(w): they are there, or never will be. */
int writer_flush(struct store_writer *w) MUST_CHECK;
int writer_wait(struct store_writer *w) MUST_CHECK;
/** writer_aside(w): move the blobs aside into the pack. */
int writer_aside(struct store_writer *w) MUST_CHECK;
/** writer_row_make(w, summary, stamp): the object's rows, to wait for its pack;
 * -ENOMEM. */
int writer_row_make(struct store_writer *w, struct bytes summary,
		    const uint8_t stamp[32]) MUST_CHECK;
/** writer_pending_drop(i, e): what an entry of the coming version brought goes
 * with it: its content, or its span set alone. */
int writer_pending_drop(struct store_ingest *i,
			const struct catalog_entry *e) MUST_CHECK;
/** writer_row_free(r): fits CLEANUP. writer_rows_drop(w): forget those that
 * wait. */
void writer_row_free(struct writer_row *r);
void writer_rows_drop(struct store_writer *w);

#endif
