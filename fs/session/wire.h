/* The messages between a gateway and those who come to its doors. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_WIRE_H
#define SESSION_WIRE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * One message is one packet of a SOCK_SEQPACKET socket: it comes whole or not
 * at all, so a slow sender holds nobody up in the middle of one. It is CBOR
 * [op, {field: value}], fields ascending, values of the table's types; texts
 * of any length travel as descriptors, never as paths. Nothing in a message is
 * believed but what the kernel says of its sender (SO_PEERCRED).
 */
#define WIRE_VERSION 3
#define WIRE_MAX (60u << 10) /* bytes of a message */
#define WIRE_FDS 3	     /* descriptors of a message, at most */

enum wire_op {
	WIRE_NONE = 0,
	/* from the client */
	WIRE_HELLO,   /* VERSION, TOOL: the first message */
	WIRE_PROVE,   /* PROOF: of a key slot; owner door */
	WIRE_RUN,     /* descriptors: FUSE, pid 1, and a policy's text */
	WIRE_UNNAMED, /* which new files does work.keep not name */
	WIRE_END,     /* REASON, TTY_OUT, DROP */
	WIRE_STATUS,  /* what there is to know, as JSON: TEXT or descriptor */
	WIRE_KILL,    /* SESSION, REASON; owner door */
	WIRE_APPLY,   /* descriptor: a policy's text; owner door */
	WIRE_BORROW,  /* the right to write, until the connection ends; owner */
	WIRE_LOG,     /* BODY: one event of the owner's; owner door */
	WIRE_STOP,    /* end all sessions and the gateway; owner door */
	WIRE_REROOT,  /* the root key was changed: take the new one; owner */
	WIRE_CLEAR,   /* PROJECT (none: all): end its sessions, OK when they
			 have; owner door */
	/* from the gateway */
	WIRE_WELCOME = 64, /* VERSION, TOOL; NONCE at the owner door */
	WIRE_OK,	   /* NUMBER, TEXT where the request asks for them */
	WIRE_FAILED,	   /* CODE, TEXT, PLACE */
	WIRE_PROGRESS,	   /* DONE, TOTAL */
	WIRE_STARTED,	   /* SESSION, ANNOTATOR, PROJECT, TASK, STRENGTH, TEXT:
			      its limits */
	WIRE_ENDED,	   /* REASON: the gateway ended the session */
	WIRE_SOON,	   /* NUMBER, REASON: it will, in so many seconds */
};

enum wire_type {
	WT_UINT = 1,
	WT_INT,
	WT_BYTES,
	WT_TEXT
};

/* X(number, NAME, type) */
#define WIRE_FIELDS(X)                                                 \
	X(0, VERSION, WT_UINT)                                         \
	X(1, TOOL, WT_TEXT)                                            \
	X(2, NONCE, WT_BYTES)                                          \
	X(3, PROOF, WT_BYTES)                                          \
	X(4, ANNOTATOR, WT_TEXT)                                       \
	X(5, TASK, WT_TEXT)                                            \
	X(6, PROJECT, WT_TEXT)                                         \
	X(7, NAME, WT_TEXT) /* of a policy, for messages */            \
	X(8, FACTS, WT_TEXT)                                           \
	X(9, STRENGTH, WT_TEXT)                                        \
	X(10, UID, WT_UINT) /* shown as owner of files */              \
	X(11, GID, WT_UINT)                                            \
	X(12, SESSION, WT_UINT)                                        \
	X(13, REASON, WT_TEXT)                                         \
	X(14, TTY_OUT, WT_UINT)                                        \
	X(15, DROP, WT_UINT) /* 1: new files not to be kept go */      \
	X(16, CODE, WT_INT)                                            \
	X(17, TEXT, WT_TEXT)                                           \
	X(18, PLACE, WT_TEXT)                                          \
	X(19, DONE, WT_UINT)                                           \
	X(20, TOTAL, WT_UINT)                                          \
	X(21, NUMBER, WT_UINT)                                         \
	X(22, BODY, WT_BYTES)                                          \
	X(23, OWNER, WT_UINT) /* 1: the owner's own, no confinement */ \
	X(24, LAST, WT_UINT)  /* 1: the gateway goes after this */

enum wire_field {
#define X(n, name, type) WF_##name = (n),
	WIRE_FIELDS(X)
#undef X
	WF_COUNT_ = 25,
};

struct wire_value {
	uint64_t u; /* WT_INT: two's complement */
	struct bytes b;
};

/* Zero-initialise, set op and fields. Borrows every string. */
struct wire {
	enum wire_op op;
	uint32_t present; /* bit per field */
	struct wire_value v[WF_COUNT_];
};

/** Setters; the field's type must fit. wire_text takes NULL for "absent". */
void wire_uint(struct wire *w, enum wire_field f, uint64_t v) NONNULL_ALL;
void wire_int(struct wire *w, enum wire_field f, int64_t v) NONNULL_ALL;
void wire_bytes(struct wire *w, enum wire_field f, struct bytes v) NONNULL_ALL;
void wire_text(struct wire *w, enum wire_field f, const char *v) NONNULL(1);

/** Getters: zero or empty where the field is absent. */
bool wire_has(const struct wire *w, enum wire_field f) NONNULL_ALL;
uint64_t wire_get(const struct wire *w, enum wire_field f) NONNULL_ALL;
int64_t wire_geti(const struct wire *w, enum wire_field f) NONNULL_ALL;
struct bytes wire_getb(const struct wire *w, enum wire_field f) NONNULL_ALL;

/** wire_copy(w, f, out, n): a text field as a string of at most n - 1 bytes;
 * -EPROTO where it is longer or holds a zero byte. Absent: "". */
int wire_copy(const struct wire *w, enum wire_field f, char *out,
	      size_t n) MUST_CHECK NONNULL_ALL;

/**
 * wire_put(w, b): append the encoding; -EMSGSIZE above WIRE_MAX. wire_parse(in,
 * w): strict, w borrows from in; -EPROTO. Pure: the fuzz target calls them.
 */
int wire_put(const struct wire *w, struct buf *b) MUST_CHECK NONNULL_ALL;
int wire_parse(struct bytes in, struct wire *w) MUST_CHECK NONNULL_ALL;

/* One received message with what it borrows from. */
struct wire_in {
	struct wire msg;
	struct buf raw;
	int fds[16];
	size_t nfds;
};

/**
 * wire_send(sock, w, fds, nfds): whole or a negative errno. wire_recv(sock,
 * in): the next message; 0, -EPIPE when the other side has gone, -EPROTO
 * malformed (more than WIRE_FDS descriptors too), -EAGAIN when the socket's
 * timeout passed. What the last one held is given back first. wire_in_free:
 * closes descriptors that were not taken; fits CLEANUP.
 */
int wire_send(int sock, const struct wire *w, const int *fds,
	      size_t nfds) MUST_CHECK;
int wire_recv(int sock, struct wire_in *in) MUST_CHECK NONNULL_ALL;
void wire_in_free(struct wire_in *in) NONNULL_ALL;

/** wire_take(in, i): the i-th descriptor, now the caller's; -1: none. */
int wire_take(struct wire_in *in, size_t i) NONNULL_ALL;

/** wire_fail(w, code, e): a WIRE_FAILED of this error. wire_error(w, e): the
 * other way round: returns the code, -EPROTO where w is none. */
void wire_fail(struct wire *w, int code, const struct err *e) NONNULL(1);
int wire_error(const struct wire *w, struct err *e);

#endif
