/* One object as its annotator sees it: size, bytes, recipe. No FUSE types. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_SHOWN_H
#define DESK_SHOWN_H

#include <sys/types.h>

#include "fs/desk/desk.h"

struct shown;

/**
 * shown_open(d, nr, out, e): the file behind node nr. Several opens of one
 * node share the object, its view index and a bounded cache of block views.
 * -ENFILE: the desk has many open and the key pool is short.
 */
int shown_open(struct desk *d, uint32_t nr, struct shown **out,
	       struct err *e) MUST_CHECK;
void shown_close(struct shown *s);
static inline void shown_closep(struct shown **s)
{
	shown_close(*s);
}

/** shown_size: exact view bytes. shown_object: STORE_ID bytes of its id.
 * shown_version: the data set version that brought its content. */
uint64_t shown_size(const struct shown *s);
const uint8_t *shown_object(const struct shown *s);
uint64_t shown_version(const struct shown *s);

/**
 * shown_read(s, off, dst, n): bytes [off, off+n) of the view, cut at its end:
 * the count, or a negative errno (-EIO for any damage; never other bytes).
 * Thread-safe.
 */
ssize_t shown_read(struct shown *s, uint64_t off, void *dst,
		   size_t n) MUST_CHECK;

/* Which records a part of a view shows, counted among its visible ones. */
struct shown_part {
	uint32_t object;     /* its number in the desk */
	uint64_t first, end; /* [first, end) of `of`; empty: none */
	uint64_t of;
};
/** shown_part(s, off, n, out): those that bytes [off, off + n) show; a negative
 * errno as shown_read. shown_record_at(s, record, off): where in the view the
 * record begins; at its end for `of`. */
int shown_part(struct shown *s, uint64_t off, size_t n,
	       struct shown_part *out) MUST_CHECK;
int shown_record_at(struct shown *s, uint64_t record, uint64_t *off) MUST_CHECK;

/**
 * shown_recipe(s, key, out): keyed BLAKE2b over everything the bytes depend
 * on: store, object, version, content digest, span set, visible set, effective
 * decision, fields, exclusions, stand-in key and scope, renderer.
 */
void shown_recipe(struct shown *s, const struct key *key, uint8_t out[32]);

/** shown_prepare(d, nr, key): what an open of nr and a first read of it need is
 * made and kept for a while, as for a file that was just closed. Nothing where
 * it fails: the open will say why. */
void shown_prepare(struct desk *d, uint32_t nr, const struct key *key);

#endif
