/* One maker of realistic stand-ins per entity type. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PSEUDONYM_KINDS_H
#define REDACT_PSEUDONYM_KINDS_H

#include "policy/redact/decision.h"

/*
 * make(in, turn, text): append the stand-in of try number turn, decoded; the
 * canonical form it would have is left in canon for comparing.
 */
struct pseudonym_kind {
	const char *type;
	bool shaped; /* looks at in->text */
	bool named;  /* taken from tables of real names */
	int (*make)(const struct transform_in *in, uint32_t turn,
		    struct buf *text, struct buf *canon);
};

/** pseudonym_kinds_find(type): NULL where a type has none. */
const struct pseudonym_kind *pseudonym_kinds_find(struct bytes type);

/* What a text is made of. */
struct pseudonym_shape {
	unsigned digits;
	bool plain; /* nothing but digits and separators */
};

/** pseudonym_shape(text): its shape. */
struct pseudonym_shape pseudonym_shape(struct bytes text);

struct standin_seed;
/** pseudonym_fill(s, p, n): n keyed digits, without a terminator. */
void pseudonym_fill(struct standin_seed *s, char *p, unsigned n);

/** pseudonym_put_shaped(out, text, skip, digits): the text with its digits but
 * the first `skip` replaced; what is no digit stays. -ENOMEM. */
int pseudonym_put_shaped(struct buf *out, struct bytes text, unsigned skip,
			 const char *digits);

/** pseudonym_phone, pseudonym_id, pseudonym_swift, pseudonym_mac: makers, as
 * above. */
int pseudonym_phone(const struct transform_in *in, uint32_t turn,
		    struct buf *text, struct buf *canon);
int pseudonym_id(const struct transform_in *in, uint32_t turn, struct buf *text,
		 struct buf *canon);
int pseudonym_swift(const struct transform_in *in, uint32_t turn,
		    struct buf *text, struct buf *canon);
int pseudonym_mac(const struct transform_in *in, uint32_t turn,
		  struct buf *text, struct buf *canon);

/** pseudonym_phone_reserved(canon): of a range that pseudonym_phone gives. */
bool pseudonym_phone_reserved(struct bytes canon);

/** pseudonym_id_of(type): pseudonym_id makes stand-ins of the type. */
bool pseudonym_id_of(struct bytes type);

#endif
