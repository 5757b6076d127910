/* One event type, one encoding: what is logged, hashed and replayed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_EVENT_H
#define AUDIT_EVENT_H

#include "base/buf.h"
#include "base/cbor.h"
#include "base/err.h"
#include "base/json.h"

/*
 * An event is a kind, two clocks and a set of fields with small numbers. On
 * disk (docs: carrel-log(5)):
 *   plain  = [1, seq, kind, body]
 *   sealed = [2, seq, dek, ciphertext of CBOR [kind, body]]
 * body is a map from field number to value, ascending. Numbers stand in logs
 * for years: never renumber, only add.
 *
 * READ_RUN and DELTAS are given out, but not written. A run would be one entry
 * for sequential reads of one handle that wait for the same write. There are
 * none: a READ is written before its own reply, and who reads in sequence asks
 * for the next part when he has that reply, so two of one handle never wait
 * together: 2,472 reads of one reader and of four at once were 2,472 writes,
 * none with two of them. To make some, replies would have to wait for reads
 * that may not come.
 */
enum event_kind {
	EV_GENESIS = 0,
	EV_BOOT = 1,
	EV_SHUTDOWN = 2,
	EV_EPOCH = 3,
	EV_DEK = 4,
	EV_HEARTBEAT = 5,
	EV_POLICY = 6,
	EV_SESSION_START = 7,
	EV_SESSION_END = 8,
	EV_OPEN = 10,
	EV_CLOSE = 11,
	EV_LEASE = 12,
	EV_LEASE_END = 13,
	EV_READ = 20,
	EV_READ_RUN = 21,
	EV_READDIR = 22,
	EV_READLINK = 23,
	EV_DENIED = 30,
	EV_ALERT = 31,
	EV_FLAG = 32,
	EV_WRITE = 40,
	EV_CREATE = 41,
	EV_RENAME = 42,
	EV_UNLINK = 43,
	EV_TRUNCATE = 44,
	EV_INGEST = 50,
	EV_EXPORT = 51,
	EV_DATASET_KEY = 52,
	EV_ERASE = 53,
	EV_PREVIEW = 54,
	EV_KEY = 55,
	EV_REPLAY = 60,
	EV_QUERY = 61,
	EV_AUDIT_EXPORT = 62,
	EV_PRUNE = 70,
	EV_SHRED = 71,
	EV_RECOVERY = 72,
	EV_PEER = 73,
	EV_CLOCK = 74,
};

enum field_type {
	FT_UINT = 1,
	FT_INT,
	FT_BYTES,
	FT_TEXT,
	FT_BOOL
};

/*
 * X(number, NAME, type, json name). Paths are bytes: names need not be UTF-8.
 * What some mean depends on the kind:
 *   REF     READ, CLOSE: seq of the OPEN; LEASE_END: of the LEASE; the second
 *           WRITE of a file: of the first; FLAG by the owner: of the flag
 *   REASON  FLAG by an annotator: the words, or seconds, that were missed
 *   NUMBER  EPOCH: ascending by 1; KEY: of the slot; SESSION_START: the second
 *           for which the dates of the policy were read
 *   KIND    RECOVERY: torn, loss, kept; DEK: log, session; ERASE: path, record,
 *           values; DENIED at a door: which
 */
#define EVENT_FIELDS(X)                                                       \
	X(0, T, FT_INT, "t")		  /* CLOCK_REALTIME, ns */            \
	X(1, BOOTTIME, FT_UINT, "boot")	  /* CLOCK_BOOTTIME, ns */            \
	X(2, SESSION, FT_UINT, "session") /* seq of its SESSION_START */      \
	X(3, REF, FT_UINT, "ref")	  /* seq of an entry, see above */    \
	X(4, PATH, FT_BYTES, "path")	  /* as seen in the view */           \
	X(5, OBJECT, FT_BYTES, "object")  /* object id, 16 bytes */           \
	X(6, VERSION, FT_UINT, "version") /* object or data set version */    \
	X(7, OFFSET, FT_UINT, "offset")                                       \
	X(8, ASKED, FT_UINT, "asked")                                         \
	X(9, RESULT, FT_INT, "result")	   /* bytes served, or -errno */      \
	X(10, COUNTER, FT_UINT, "counter") /* session's read counter */       \
	X(11, TAG, FT_BYTES, "tag")  /* one-time tag of the bytes served */   \
	X(12, VIA, FT_TEXT, "via")   /* read | cache */                       \
	X(13, SIZE, FT_UINT, "size") /* view length */                        \
	X(14, RECIPE, FT_BYTES, "recipe")                                     \
	X(15, FLAGS, FT_UINT, "flags") /* open(2) flags */                    \
	X(16, PID, FT_UINT, "pid")                                            \
	X(17, UID, FT_UINT, "uid")                                            \
	X(18, EXE, FT_BYTES, "exe") /* a claim, not a fact */                 \
	X(19, ANNOTATOR, FT_TEXT, "annotator")                                \
	X(20, ROLE, FT_TEXT, "role")                                          \
	X(21, PROJECT, FT_TEXT, "project")                                    \
	X(22, TASK, FT_TEXT, "task")                                          \
	X(23, PURPOSE, FT_TEXT, "purpose")                                    \
	X(24, POLICY, FT_BYTES, "policy")    /* SHA-256 of the text */        \
	X(25, DATASETS, FT_TEXT, "datasets") /* name@version, comma */        \
	X(26, NAMES, FT_BYTES, "names") /* digest of names and attributes */  \
	X(27, RENDERER, FT_TEXT, "renderer")                                  \
	X(28, STRENGTH, FT_TEXT, "confinement")                               \
	X(29, FACTS, FT_TEXT, "facts") /* JSON of confinement facts */        \
	X(30, COMMIT, FT_BYTES, "commitment")                                 \
	X(31, REASON, FT_TEXT, "reason")                                      \
	X(32, OPENS, FT_UINT, "opens")                                        \
	X(33, READS, FT_UINT, "reads")                                        \
	X(34, BYTES, FT_UINT, "bytes")                                        \
	X(35, DENIALS, FT_UINT, "denials")                                    \
	X(36, COUNT, FT_UINT, "count")                                        \
	X(37, OP, FT_TEXT, "op")                                              \
	X(38, RULE, FT_TEXT, "rule")                                          \
	X(39, DATASET, FT_TEXT, "dataset")                                    \
	X(40, ROOT, FT_BYTES, "root") /* data set manifest root, tree root */ \
	X(41, ORIGIN, FT_TEXT, "origin")                                      \
	X(42, PUB, FT_BYTES, "pub") /* GENESIS: the log's, then epoch 0's */  \
	X(43, TOOL, FT_TEXT, "tool")                                          \
	X(44, BOOT_ID, FT_TEXT, "boot_id")                                    \
	X(45, CLEAN, FT_BOOL, "clean")                                        \
	X(46, NUMBER, FT_UINT, "number")	  /* see above */             \
	X(47, RECIPIENTS, FT_BYTES, "recipients") /* concatenated hashes */   \
	X(48, WRAPPED, FT_BYTES, "wrapped")	  /* SHA-256 of each blob */  \
	X(49, KIND, FT_TEXT, "what")		  /* see above */             \
	X(50, DIGEST, FT_BYTES, "digest")                                     \
	X(51, DURABILITY, FT_TEXT, "durability")                              \
	X(52, HANDLES, FT_UINT, "handles") /* HEARTBEAT: files open */        \
	X(53, TO, FT_BYTES, "to")	   /* RENAME: new path */             \
	X(54, LAST, FT_UINT, "last")	   /* SESSION_END: the seq before */  \
	X(55, AS, FT_TEXT, "as")	   /* claimed | proven */             \
	X(56, TTY_OUT, FT_UINT, "tty_out") /* terminal bytes shown */         \
	X(57, DELTAS, FT_BYTES, "deltas")  /* not written: see above */       \
	X(58, INDEX, FT_UINT, "index")                                        \
	X(59, SHOWN, FT_UINT, "shown") /* objects visible at start */         \
	X(60, UUID, FT_TEXT, "uuid")   /* of a session */                     \
	X(61, LENGTH, FT_UINT, "length")                                      \
	X(62, KEPT, FT_BYTES, "kept") /* RECOVERY: entries found behind */

enum event_field {
#define X(n, name, type, json) EF_##name = (n),
	EVENT_FIELDS(X)
#undef X
	EF_COUNT_ = 63,
};

struct event_value {
	uint64_t u;	/* FT_UINT, FT_INT (two's complement), FT_BOOL */
	struct bytes b; /* FT_BYTES, FT_TEXT: borrowed */
};

/* Zero-initialise, set kind and fields. Borrows every byte string. */
struct event {
	enum event_kind kind;
	uint64_t seq;	  /* set by audit_append and by the reader */
	uint64_t present; /* bit per field */
	struct event_value v[EF_COUNT_];
};

/** Setters. The field's type must fit; a misuse is an assertion. */
void event_uint(struct event *e, enum event_field f, uint64_t v) NONNULL_ALL;
void event_int(struct event *e, enum event_field f, int64_t v) NONNULL_ALL;
void event_bytes(struct event *e, enum event_field f,
		 struct bytes v) NONNULL_ALL;
void event_text(struct event *e, enum event_field f, const char *v) NONNULL(1);

/** Getters: zero or empty where the field is absent. */
bool event_has(const struct event *e, enum event_field f) NONNULL_ALL;
uint64_t event_get(const struct event *e, enum event_field f) NONNULL_ALL;
struct bytes event_getb(const struct event *e, enum event_field f) NONNULL_ALL;

/** event_name(kind): "OPEN"; NULL. event_parse(name): a kind, or -1. */
const char *event_name(enum event_kind k);
int event_parse(struct bytes name);

/** event_is_plain(kind): structural kinds are never sealed. */
bool event_is_plain(enum event_kind k);

/**
 * event_body(e, b): append CBOR [kind, body]. event_unbody(in, e): parse it
 * strictly (known types, ascending; unknown field numbers are skipped); the
 * event borrows from in. -EPROTO.
 */
int event_body(const struct event *e, struct buf *b) MUST_CHECK NONNULL_ALL;
int event_unbody(struct bytes in, struct event *e) MUST_CHECK NONNULL_ALL;

/** event_put(e, b): kind and body without the array around them.
 * event_get_pair(c, e): reads them at the cursor, which it leaves behind. */
int event_put(const struct event *e, struct buf *b) MUST_CHECK NONNULL_ALL;
int event_get_pair(struct cbor *c, struct event *e) MUST_CHECK NONNULL_ALL;

/**
 * event_json(e, o): one JSON object: seq, kind, then the fields by name; bytes
 * that are UTF-8 paths as strings (else NAME_b64), other bytes as hex.
 */
void event_json(const struct event *e, struct json_out *o) NONNULL_ALL;

#endif
