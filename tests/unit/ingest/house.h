/* A store with its log and a folder of source files, for tests of ingest. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_HOUSE_H
#define INGEST_HOUSE_H

#include "fs/ingest/ingest.h"
#include "policy/redact/index.h"
#include "tests/unit/store/fixture.h"

#define SAID_MAX 64

struct house {
	struct fixture *f;
	struct store *s;
	struct audit *log;
	char src[160]; /* the folder that is ingested */
	/* What the last run said. */
	struct ingest_sum sum;
	struct err e;
	struct {
		char path[64], words[200];
		uint64_t record;
	} said[SAID_MAX];
	size_t nsaid;
};

/** house_setup, house_teardown: cmocka state is a struct house, store locked,
 * log open. */
int house_setup(void **state);
int house_teardown(void **state);

/** house_write(h, path, text): a file below src, folders made. house_remove. */
void house_write(struct house *h, const char *path, struct bytes text);
void house_remove(struct house *h, const char *path);
/** house_path(h, path, out): its place in the system. */
void house_path(const struct house *h, const char *path, char out[300]);

/** house_ingest(h, want): run over src as data set "d" (fields of want that
 * are set win); the result. house_takes: it must be 0. */
int house_ingest(struct house *h, struct ingest_want *want);
void house_takes(struct house *h, const char *manifest);

/** house_said(h, path, words): a complaint about the path holds the words. */
bool house_said(const struct house *h, const char *path, const char *words);

/* One object of the newest version, opened. */
struct house_object {
	struct arena *a;
	struct store_object *o;
	struct store_entry entry;
	struct index_head head;
	struct index_summary summary;
	struct buf data;
};
/** house_open(h, path, out): -ENOENT. house_close. */
int house_open(struct house *h, const char *path, struct house_object *out);
void house_close(struct house_object *o);
/** house_block(o, nr, k): decoded in o's arena; must be there. */
void house_block(struct house_object *o, uint32_t nr, struct index_block *k);
/** house_objects(h): how many the newest version has; 0: none. */
uint64_t house_objects(struct house *h);

#endif
