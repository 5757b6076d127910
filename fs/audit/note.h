/* Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint). */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_NOTE_H
#define AUDIT_NOTE_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/sign.h"

#define NOTE_MOST 65536
#define NOTE_SIGS 64
#define NOTE_ED25519 1 /* signature type, first byte of a vkey's key */

/* One signature line; name and b64 borrow from the note. */
struct note_sig {
	struct bytes name;
	uint8_t id[4];
	struct bytes b64; /* of id || signature */
};

struct note {
	struct bytes text; /* with its last newline: what is signed */
	size_t nsigs;
	struct note_sig sigs[NOTE_SIGS];
};

/* A public key with its name; name borrows from the text. */
struct note_key {
	struct bytes name;
	uint8_t id[4];
	uint8_t pub[SIGN_PUB];
};

/**
 * note_parse(in, n): split a signed note at its last blank line; -EPROTO for
 * anything the format does not have: control characters, broken UTF-8, lines
 * that are no signatures, lenient base64. Checks no signature.
 */
int note_parse(struct bytes in, struct note *n) MUST_CHECK NONNULL_ALL;

/**
 * note_check(n, k): 0 when the key signed it, each line of that name and id
 * being good; -ENOKEY: no such line; -EBADMSG: one does not verify.
 */
int note_check(const struct note *n,
	       const struct note_key *k) MUST_CHECK NONNULL_ALL;

/** note_name_ok(name): UTF-8, not empty, no space, no plus, no control. */
bool note_name_ok(struct bytes name);

/**
 * note_key_make(k, name, pub): with its key id. note_key_parse(vkey, k): from
 * "name+id+base64"; -EPROTO. note_key_put(b, k): append that text.
 */
void note_key_make(struct note_key *k, struct bytes name,
		   const uint8_t pub[SIGN_PUB]) NONNULL_ALL;
int note_key_parse(struct bytes vkey,
		   struct note_key *k) MUST_CHECK NONNULL_ALL;
int note_key_put(struct buf *b,
		 const struct note_key *k) MUST_CHECK NONNULL_ALL;

/**
 * note_sign(b, text, name, pool, seed): append one signature line; b holds
 * the text and a blank line before the first.
 */
int note_sign(struct buf *b, struct bytes text, struct bytes name,
	      struct keypool *pool,
	      const struct key *seed) MUST_CHECK NONNULL_ALL;

/* The text of a checkpoint; origin borrows. */
struct note_head {
	struct bytes origin;
	uint64_t size;
	uint8_t root[HASH_LEN];
};

/**
 * note_head_parse(text, h): three lines exactly; -EPROTO for a size with
 * sign, space or leading zero, above 2^64 - 1, or further lines.
 * note_head_put(b, h): append them.
 */
int note_head_parse(struct bytes text,
		    struct note_head *h) MUST_CHECK NONNULL_ALL;
int note_head_put(struct buf *b,
		  const struct note_head *h) MUST_CHECK NONNULL_ALL;

/** note_number(s, v): strict decimal; -EPROTO. */
int note_number(struct bytes s, uint64_t *v) MUST_CHECK NONNULL_ALL;

/** note_line(in, at, line): the line at *at without its newline; false at the
 * end or where no newline ends it. */
bool note_line(struct bytes in, size_t *at, struct bytes *line) NONNULL_ALL;

#endif
