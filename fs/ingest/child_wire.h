/* Frames between the gateway and a keyless child. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_CHILD_WIRE_H
#define INGEST_CHILD_WIRE_H

#include "base/buf.h"
#include "base/err.h"

/* To the child: */
enum child_frame {
	CHILD_NONE = 0,
	CHILD_MANIFEST, /* [name, text, [[file, data] ...]] -> INFO | ERROR */
	CHILD_GROUPS,	/* [path ...] -> GROUP_NAMES */
	CHILD_FILE,	/* path; one descriptor: a file of the coming job */
	CHILD_DETECT,	/* the job -> BLOCK* HEAD, per file; then DONE */
	CHILD_FIELDS,	/* see child_fields.c */
	CHILD_AS_IS,	/* [path ...] -> AS_IT_IS: which are not unpacked */
	CHILD_UNPACKER, /* the first: load what unpacks -> DONE */
	CHILD_UNPACK,	/* u8 codec, u64 at most; one descriptor: the file ->
			   (MEMBER? DATA* LEFT?)*; then DONE */
	CHILD_PIPE,	/* one descriptor: the next of three for each external
			   recognizer (external.h: in, out, err) */
	CHILD_FLAG,	/* [type, words]: was flagged in the last FILE */
	CHILD_KNOWN,	/* one descriptor: hashes of stored paths, known.h */
	/* From the child: */
	CHILD_INFO = 32, /* [name, terms, [wanted file ...]]; a fourth where
			     there are external recognizers: external_run.h */
	CHILD_GROUP_NAMES,
	CHILD_BLOCK,	 /* u32 file, u32 block, index_block */
	CHILD_HEAD,	 /* [file, head, summary] */
	CHILD_COMPLAINT, /* [path, record, words] */
	CHILD_CUT,	 /* see child_fields.c */
	CHILD_DONE,
	CHILD_ERROR,	/* [code, place, words] */
	CHILD_AS_IT_IS, /* u8 each: 1, so it is */
	CHILD_MEMBER,	/* the name of what comes now, as the archive has it */
	CHILD_DATA,	/* bytes of it */
	CHILD_LEFT,	/* words why it is not to be taken after all */
};

#define CHILD_FRAME_MAX (256u << 20)

/*
 * A frame is u32 length, u8 type (both big endian), then length bytes, over a
 * stream socket. A descriptor travels with the header.
 */
struct child_wire {
	int sock;
	int timeout_ms;	  /* -1: wait for ever */
	bool ahead;	  /* no descriptor ever comes: more than the frame asked
			     for may be read at once */
	int fd;		  /* descriptor that came with the last frame; -1 */
	struct buf in;	  /* payload of the last frame */
	struct buf out;	  /* frames that wait */
	int with;	  /* valid where out is not empty: its descriptor, -1 */
	struct buf early; /* read ahead; consumed up to `at` */
	size_t at;
};

/**
 * child_wire_put(w, type, payload, fd): send one frame, behind those that wait;
 * fd -1: none. -EPIPE when the other side is gone.
 */
int child_wire_put(struct child_wire *w, enum child_frame type,
		   struct bytes payload, int fd) MUST_CHECK;

/**
 * child_wire_add(w, type, payload, fd): the same, but it may wait for the next
 * child_wire_put; fd stays open until then. Many small frames are one write.
 */
int child_wire_add(struct child_wire *w, enum child_frame type,
		   struct bytes payload, int fd) MUST_CHECK;

/**
 * child_wire_get(w, type): the next frame into w->in. 1 got one, 0 the other
 * side closed, -ETIMEDOUT, -EPROTO (too large, torn).
 */
int child_wire_get(struct child_wire *w, enum child_frame *type) MUST_CHECK;

/** child_wire_error(w, e): fill e from a CHILD_ERROR payload; its code. */
int child_wire_error(const struct child_wire *w, struct err *e);

/** child_wire_fail(w, e): send e as a CHILD_ERROR. */
int child_wire_fail(struct child_wire *w, const struct err *e) MUST_CHECK;

/**
 * child_wire_map(w, out): the whole file that came with the last frame, to be
 * read from start to end; its descriptor is closed. -EPROTO none came, or it
 * shrank; -ENOMEM.
 * child_wire_unmap(b): done with it; safe twice.
 */
int child_wire_map(struct child_wire *w, struct bytes *out) MUST_CHECK;
void child_wire_unmap(struct bytes *b);

/** child_wire_close(w): gives all back; safe twice. */
void child_wire_close(struct child_wire *w);

#endif
