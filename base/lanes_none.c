/* No lanes: libgcrypt hashes one piece at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lanes.h"

struct lanes *lanes_new(void)
{
	return NULL;
}

void lanes_free(struct lanes *l)
{
	(void)l;
}

void lanes_sha256(struct lanes *l, uint8_t (*out)[HASH_LEN], struct bytes in,
		  size_t piece)
{
	(void)l;
	lanes_sha256_each(out, in, piece);
}
