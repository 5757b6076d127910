/* SHA-256 of many pieces, one after the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lanes.h"

void lanes_sha256_each(uint8_t (*out)[HASH_LEN], struct bytes in, size_t piece)
{
	for (size_t at = 0; at < in.n; at += piece) {
		struct bytes p = bytes_sub(in, at, piece);

		hash_sha256_parts(*out++, &p, 1);
	}
}
