/* What both halves of fsck use: telling damage, and finding packs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/store/fsck.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "fs/store/pack.h"

void fsck_bad(struct fsck *f, const char *fmt, ...)
{
	char words[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	f->out->bad++;
	if (f->bad != NULL)
		f->bad(f->ctx, words);
}

bool fsck_code(struct fsck *f, int code)
{
	if (code == 0 || code == -EUCLEAN || code == -EBADMSG ||
	    code == -EPROTO || code == -ENOENT || code == -ENOKEY)
		return true;
	f->stop = code;
	return false;
}

int fsck_pack_cmp(const void *a, const void *b)
{
	return memcmp(a, b, BACKEND_NAME);
}

/* Listed, or put since: rows are read after packs, and another process may
 * ingest. */
static int pack_size(struct fsck *f, const uint8_t *pack, uint64_t *size)
{
	const struct backend *b = &f->s->packs;
	struct fsck_pack *p =
		f->npacks == 0 ? NULL
			       : bsearch(pack, f->packs, f->npacks,
					 sizeof(*f->packs), fsck_pack_cmp);

	if (p == NULL)
		return b->head(b->self, pack, size);
	p->used = true;
	*size = p->size;
	return 0;
}

void fsck_place(struct fsck *f, const char *what, const uint8_t *pack,
		uint64_t off, uint64_t len)
{
	uint64_t size = 0;
	int r = pack_size(f, pack, &size);
	char hex[2 * BACKEND_NAME + 1];

	if (!fsck_code(f, r))
		return;
	hex_encode(hex, bytes_of(pack, BACKEND_NAME));
	if (r != 0)
		fsck_bad(f,
			 "%s: pack %s.pack is missing; restore it from a "
			 "backup, or ingest the data set again",
			 what, hex);
	else if (off < PACK_HEAD || off > size || len > size - off)
		fsck_bad(f,
			 "%s: pack %s.pack is too short; restore it from a "
			 "backup, or ingest the data set again",
			 what, hex);
}
