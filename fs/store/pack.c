/* Builds packs: a header, sealed bytes, random padding. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pack is built whole in memory and written by one call, so a pack on disk
 * is complete or absent; nothing is ever appended to it or changed in it.
 *
 * What it says of itself is next to nothing. Its name is random, not a hash of
 * what is in it: equal contents cannot be told by equal names. What lies where
 * stands only in the sealed cells of the catalog, so that no header, table or
 * separator shows where one object ends and the next begins. Its end is filled
 * up with random bytes, which look like what is before them; so its size tells
 * the sum of its objects only to PACK_ROUND.
 *
 * Two limits: from PACK_FULL on a pack is written before more goes in, which
 * bounds a writer's memory; PACK_MOST is what the format allows, and leaves
 * room for one index blob of WRITER_BLOB bytes, which is never cut in two.
 */
#include "fs/store/pack.h"

#include <errno.h>
#include <sys/mman.h>

#include "base/secret.h"

static const uint8_t head[PACK_HEAD] = {'c', 'a', 'r', 'r', 'e', 'l',
					'p', 'k', 0,   0,   0,	 1};

/* All that it may come to need, once: pages that are not touched cost nothing,
 * nothing is copied while it grows, and it begins at a page, so that a disk can
 * take it as it is. */
static int memory_map(struct pack *p)
{
	void *m = mmap(NULL, PACK_MOST, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (m == MAP_FAILED)
		return -ENOMEM;
	(void)madvise(m, PACK_MOST, MADV_HUGEPAGE);
	p->b = (struct buf){.p = m, .cap = PACK_MOST};
	return 0;
}

int pack_start(struct pack *p)
{
	if (p->b.p == NULL && memory_map(p) != 0)
		return -ENOMEM;
	buf_clear(&p->b);
	random_bytes(p->name, sizeof(p->name));
	return buf_put(&p->b, head, sizeof(head));
}

bool pack_empty(const struct pack *p)
{
	return p->b.n <= PACK_HEAD;
}

bool pack_full(const struct pack *p, size_t more)
{
	return p->b.n + more >= PACK_FULL;
}

int pack_room(struct pack *p, size_t n, uint8_t **out)
{
	if (n > PACK_MOST - PACK_ROUND - p->b.n)
		return -EFBIG;
	if (buf_reserve(&p->b, n) != 0)
		return -ENOMEM;
	*out = p->b.p + p->b.n;
	p->b.n += n;
	return 0;
}

int pack_write(struct pack *p, const struct backend *to)
{
	size_t pad = (PACK_ROUND - p->b.n % PACK_ROUND) % PACK_ROUND;

	if (buf_reserve(&p->b, pad) != 0)
		return -ENOMEM;
	random_bytes(p->b.p + p->b.n, pad);
	p->b.n += pad;
	return to->put_if_absent(to->self, p->name, buf_bytes(&p->b));
}

bool pack_head_ok(const uint8_t bytes[PACK_HEAD])
{
	return memcmp(bytes, head, PACK_HEAD) == 0;
}

void pack_free(struct pack *p)
{
	if (p->b.p != NULL)
		munmap(p->b.p, PACK_MOST);
	p->b = (struct buf){0};
}
