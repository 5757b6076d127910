/* A work area in a store of its own, and a model of what must be in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_MOUNT_WORK_FIX_H
#define UNIT_MOUNT_WORK_FIX_H

#include "fs/mount/work.h"
#include "tests/unit/store/fixture.h"

struct area {
	struct fixture *f;
	struct store *s;
	struct work *w;
	uint64_t quota;
};

/** area_setup, area_teardown: cmocka's; the area of alice in project p, opened,
 * that commits only when asked. */
int area_setup(void **state);
int area_teardown(void **state);

/** area_close(a), area_open(a): the area alone; asserts success. area_try(a):
 * open, 0 or the error. */
void area_close(struct area *a);
void area_open(struct area *a);
int area_try(struct area *a);

/** area_dir(a, buf): the folder of the one area, as a string. */
void area_dir(struct area *a, char dir[200]);

/** area_make(a, path, mode): node's number; asserts. area_put(a, path, text):
 * a file that holds text. area_get(a, path, b): all it holds. */
uint64_t area_make(struct area *a, const char *path, mode_t mode);
void area_put(struct area *a, const char *path, const char *text);
void area_get(struct area *a, const char *path, struct buf *b);
/** area_id(a, path): 0 where there is none. */
uint64_t area_id(struct area *a, const char *path);

/* ---- a model: a few files in two folders, and operations on them ---- */

#define MODEL_FILES 12
#define MODEL_MOST (700u << 10) /* bytes of a file */

struct model {
	bool there[MODEL_FILES];
	struct buf data[MODEL_FILES];
};
void model_free(struct model *m);

/** model_step(m, w, seed): the next operation of the seed on both (w NULL: on
 * the model alone); 1 where it was a sync, else 0; fails where results differ.
 */
int model_step(struct model *m, struct work *w, uint64_t *seed);
/** model_same(m, w): the area holds what the model says, nothing else. */
bool model_same(const struct model *m, struct work *w);

#endif
