/* Key slots of an opened store, as adding and rotating share them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SLOTS_H
#define STORE_SLOTS_H

#include "fs/store/root.h"

/* What the sealed cell says of slots. */
struct slots_known {
	uint32_t highest; /* number that one ever had; 0: not known */
	size_t n;	  /* recipients */
	uint32_t id[CONFIG_SLOTS];
	uint8_t pub[CONFIG_SLOTS][BOX_PUB];
};

/** slots_known_read(s, k): -EUCLEAN. slots_known_is(k, slot): the recipient's
 * slot is one that this store made. slots_known_settle(s, c, added): the cell
 * says what is in c, and added (NULL: nothing is). */
int slots_known_read(struct store *s, struct slots_known *k) MUST_CHECK;
bool slots_known_is(const struct slots_known *k, const struct slot *slot);
int slots_known_settle(struct store *s, const struct config *c,
		       const struct slot *added) MUST_CHECK;

/** slots_read(s, c, e): store.yaml as it is now. slots_bind(s): what its slots
 * are bound to. */
int slots_read(struct store *s, struct config *c, struct err *e) MUST_CHECK;
struct slot_bind slots_bind(const struct store *s);

/** slots_opens(s, slot, creds, n, which): one of n credentials, creds[*which],
 * opens the slot, and to the root that s has. */
bool slots_opens(struct store *s, const struct slot *slot,
		 const struct store_cred *creds, size_t n, size_t *which);

#endif
