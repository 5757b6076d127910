/* Inside a keyless child: unpacking one file for the gateway. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_CHILD_UNPACK_H
#define INGEST_CHILD_UNPACK_H

#include "fs/ingest/child_wire.h"

/* The libraries, loaded while files can be opened: before the confinement.
 * Nothing else of the program is linked to them. */
struct unpacker;

/** unpacker_load(out): what is not there is told when it is needed. */
int unpacker_load(struct unpacker **out) MUST_CHECK;

/**
 * child_unpack(w, u, job): serve one CHILD_UNPACK frame [u8 codec, u64 bytes
 * at most]; MEMBER, DATA and LEFT, then DONE or ERROR are sent here. Non-zero
 * only when the socket failed.
 */
int child_unpack(struct child_wire *w, const struct unpacker *u,
		 struct bytes job) MUST_CHECK;

/* ---- inside ---- */

/* What is unpacked, on its way. */
struct unpacked {
	struct child_wire *w;
	uint64_t left; /* bytes that may still come */
	struct buf b;
	bool quiet; /* counted, not sent */
};
/** unpacked_put(o, b): -EFBIG: more than may come. unpacked_flush(o): send
 * what is there yet. unpacked_member(o, name): what comes now is of this one.
 * unpacked_left(o, words): that one is not to be taken. */
int unpacked_put(struct unpacked *o, struct bytes b) MUST_CHECK;
int unpacked_flush(struct unpacked *o) MUST_CHECK;
int unpacked_member(struct unpacked *o, struct bytes name) MUST_CHECK;
int unpacked_left(struct unpacked *o, const char *words) MUST_CHECK;

/* Where a call of a library is written to. */
struct unpack_call {
	const char *name;
	void *at; /* a pointer to a function */
};
/** unpack_calls(file, c, n): load a library and look up its calls; false: it
 * or one of them is not there. */
bool unpack_calls(const char *file, const struct unpack_call *c, size_t n);

/* Each kind: -EPROTO with words where a file of it cannot be unpacked, -EFBIG,
 * what the socket said. */

struct sound_calls;
/** sound_load(): libsndfile; NULL: it is not there. Never given back. */
struct sound_calls *sound_load(void) MUST_CHECK;
/** sound_unpack(c, in, o, e): FLAC, Ogg or MP3 into WAV. */
int sound_unpack(const struct sound_calls *c, struct bytes in,
		 struct unpacked *o, struct err *e) MUST_CHECK;

struct archive_calls;
/** archive_load(): likewise libarchive. */
struct archive_calls *archive_load(void) MUST_CHECK;
/** archive_gzip(c, in, o, e): what a gzip stream holds, as one file. */
int archive_gzip(const struct archive_calls *c, struct bytes in,
		 struct unpacked *o, struct err *e) MUST_CHECK;
/** archive_unpack(c, in, o, e): the members of a zip or a tar, packed by gzip
 * or not. */
int archive_unpack(const struct archive_calls *c, struct bytes in,
		   struct unpacked *o, struct err *e) MUST_CHECK;

#endif
