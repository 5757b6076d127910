/* Detecting anew what is stored, without the files it came from. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_REDETECT_H
#define INGEST_REDETECT_H

#include "fs/ingest/walk.h"
#include "fs/store/store.h"

/** redetect_walk(s, dataset, w, e): every object of the newest version, in
 * place of files. -ENOENT no such data set; -EUCLEAN. */
int redetect_walk(struct store *s, const char *dataset, struct walk *w,
		  struct err *e) MUST_CHECK;

/** redetect_open(s, o): the object's content in a file in memory, sealed
 * against changes, for a child to read; a descriptor or a negative errno. */
int redetect_open(struct store *s, const struct store_entry *o) MUST_CHECK;

#endif
