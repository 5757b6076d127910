/* store.yaml: the few facts needed before any key is at hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CONFIG_H
#define STORE_CONFIG_H

#include "fs/store/slot.h"

#define CONFIG_FORMAT 1
#define CONFIG_SLOTS 16
#define CONFIG_FILE "store.yaml"

struct config {
	uint8_t id[STORE_ID];
	enum aead_cipher cipher;
	size_t nslots;
	struct slot slots[CONFIG_SLOTS];
};

/** config_put(b, c): append the one text form of c, its checksum last;
 * -ENOMEM. */
int config_put(struct buf *b, const struct config *c) MUST_CHECK;

/**
 * config_parse(text, place, c, e): strict: only what config_put writes.
 * -EUCLEAN damaged, -ENOTSUP a newer format.
 */
int config_parse(struct bytes text, const char *place, struct config *c,
		 struct err *e) MUST_CHECK;

/** config_read, config_write (atomic) of STORE/store.yaml; place is for words.
 * -ENOENT: no store there. */
int config_read(int dirfd, const char *place, struct config *c,
		struct err *e) MUST_CHECK;
int config_write(int dirfd, const char *place, const struct config *c,
		 struct err *e) MUST_CHECK;

#endif
