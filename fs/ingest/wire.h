/* Frames between a parent and its keyless child, over a stream socket. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_WIRE_H
#define INGEST_WIRE_H

#include "base/buf.h"

/*
 * A frame is 8 bytes (type and length of the payload, little endian) and the
 * payload; a file's frame carries its descriptor. Payloads are CBOR but for
 * chunks of an object, which are bytes as they are.
 *
 *   parent to child                     child to parent
 *   RULES   [text or null, name,        RULED    [name or null, terms or null,
 *            *(list name, list)]                  *wanted list]
 *   GROUPS  [*path]                     GROUPED  [*group]
 *   FILE    [path, size] + descriptor   -
 *   DETECT  -                           per file, in order: BLOCK* (a blob),
 *                                       COMPLAINT* [record or null, words],
 *                                       DONE [head blob, summary blob]; then
 *                                       END
 *   FIELDS  [format, depth,             -
 *            *(path, remove)]
 *   CHUNK   bytes of a document         CUTS [*(start, length, literal)]
 *
 * Any job may be answered by END [code, place, words] with a code that is not
 * 0 (its absolute value). The parent believes nothing: lengths are bounded,
 * blobs are checked by redact/index.h before they are sealed.
 */
enum wire {
	WIRE_NONE = 0,
	WIRE_RULES,
	WIRE_GROUPS,
	WIRE_FILE,
	WIRE_DETECT,
	WIRE_FIELDS,
	WIRE_CHUNK,
	WIRE_RULED = 65,
	WIRE_GROUPED,
	WIRE_BLOCK,
	WIRE_COMPLAINT,
	WIRE_DONE,
	WIRE_CUTS,
	WIRE_END,
};

#define WIRE_MAX (160u << 20) /* bytes of one payload */

/**
 * wire_send(sock, type, payload, fd): one frame; fd -1: none. -EPIPE and the
 * like when the peer is gone.
 */
int wire_send(int sock, enum wire type, struct bytes payload,
	      int fd) MUST_CHECK;

/**
 * wire_recv(sock, timeout_ms, type, payload, fd): the next frame; payload is
 * replaced. timeout_ms: silence that is borne, -1 without end (then no poll is
 * made). fd: gets a descriptor or -1; NULL: none may come. -EPIPE at the
 * stream's end, -ETIMEDOUT, -EPROTO what is no frame, -ENOMEM.
 */
int wire_recv(int sock, int timeout_ms, enum wire *type, struct buf *payload,
	      int *fd) MUST_CHECK;

#endif
