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

struct store_object {
	struct store *s;
	uint8_t id[STORE_ID];
	uint64_t version;
	uint32_t spanset;
	struct key *key;
	struct rows_content content;
	struct rows_spans spans;
	struct segment_bind content_bind, index_bind;
	_Atomic(struct aead *) aead; /* of the content; made once */
	pthread_mutex_t lock;	     /* guards making aead, and fault */
	struct fault fault;
};

/** store_object_fault(o, code, kind, nr, pack, off): remember a failed read of
 * segment or blob nr for store_object_why; returns the code for the caller. */
int store_object_fault(struct store_object *o, int code, const char *kind,
		       uint64_t nr, const uint8_t *pack, uint32_t off);

#endif
