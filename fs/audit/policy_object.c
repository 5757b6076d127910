/* Where a policy text of a given hash lies. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/audit/policy_object.h"

#include <stdio.h>

#include "base/hex.h"

void policy_object_path(char out[POLICY_OBJECT_PATH],
			const uint8_t hash[HASH_LEN])
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(hex, bytes_of(hash, HASH_LEN));
	(void)snprintf(out, POLICY_OBJECT_PATH, "objects/policy/%s", hex);
}
