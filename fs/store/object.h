/* An opened object, as its two files share it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_OBJECT_H
#define STORE_OBJECT_H

#include "fs/store/inner.h"

/* Where a read last failed. */
struct fault {
	int code;
	uint8_t pack[BACKEND_NAME];
	uint32_t off;
	char what[32]; /* "segment 7" */
};

/* Where the bytes lie, as the catalog said when it was asked; readers may still
 * look at the ones before. */
struct object_where {
	struct places content, spans;
	struct object_where *before;
};

struct store_object {
	struct store *s;
	uint8_t id[STORE_ID];
	uint64_t version;
	uint32_t spanset;
	struct key *key;
	uint64_t size;
	uint8_t salt[ROWS_SALT]; /* of the span set */
	_Atomic(struct object_where *) where;
	struct segment_bind content_bind, index_bind;
	_Atomic(struct aead *) aead; /* of the content; made once */
	pthread_mutex_t lock;	     /* guards making aead, where, and fault */
	struct fault fault;
};

/** store_object_moved(o, seen): a pack of `seen` is gone; true: gc has moved
 * what lay in it, and o->where says where to. */
bool store_object_moved(struct store_object *o,
			const struct object_where *seen) MUST_CHECK;

/** store_object_fault(o, code, kind, nr, pack, off): remember a failed read of
 * segment or blob nr for store_object_why; returns the code for the caller. */
int store_object_fault(struct store_object *o, int code, const char *kind,
		       uint64_t nr, const uint8_t *pack, uint32_t off);

#endif
