/* The format of objects/policy files, for the writer and the reader. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_POLICY_OBJECT_H
#define AUDIT_POLICY_OBJECT_H

#include "base/hash.h"

/*
 * u8 version, u8 count; count times: SHA-256 of the recipient's key, sealed
 * box of a random key; then nonce || XChaCha20-Poly1305 of the text, the text's
 * SHA-256 as associated data.
 */
#define POLICY_OBJECT_VERSION 1
#define POLICY_OBJECT_PATH 80
#define POLICY_OBJECT_MOST ((size_t)4 * 1024 * 1024)

/** policy_object_path(out, hash): "objects/policy/HEX". */
void policy_object_path(char out[POLICY_OBJECT_PATH],
			const uint8_t hash[HASH_LEN]) NONNULL_ALL;

#endif
