/* Random choices: nodes, handles, names, offsets with a taste for edges. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>

#include "world.h"

static struct node *pick_if(struct world *w,
			    bool (*fits)(const struct node *n, enum kind k),
			    enum kind k)
{
	size_t start = (size_t)below(w, w->n_nodes);

	for (size_t i = 0; i < w->n_nodes; i++) {
		struct node *n = w->nodes[(start + i) % w->n_nodes];

		if (fits(n, k))
			return n;
	}
	return NULL;
}

static bool is_named(const struct node *n, enum kind k)
{
	return n->kind == k && (n->parent != NULL || n->kind == K_DIR);
}

static bool is_below_top(const struct node *n, enum kind k)
{
	(void)k;
	return n->parent != NULL;
}

struct node *pick(struct world *w, enum kind kind)
{
	return pick_if(w, is_named, kind);
}

struct node *pick_any(struct world *w)
{
	return pick_if(w, is_below_top, K_FILE);
}

struct handle *pick_handle(struct world *w, bool writable)
{
	size_t start = (size_t)below(w, MAX_HANDLES);

	for (size_t i = 0; i < MAX_HANDLES; i++) {
		struct handle *h = &w->handles[(start + i) % MAX_HANDLES];

		if (h->fd >= 0 &&
		    (!writable || (h->flags & O_ACCMODE) == O_RDWR))
			return h;
	}
	return NULL;
}

void pick_name(struct world *w, char out[256])
{
	static const char *const awkward[] = {".hidden",
					      "two words",
					      "-n",
					      "it's \"quoted\"",
					      "na\xc3\xafve \xe6\x96\x87",
					      "new\nline",
					      "\xff\xfe bytes",
					      "back\\slash"};
	size_t n = sizeof(awkward) / sizeof(awkward[0]);
	uint64_t k = below(w, 40);

	if (k < n) {
		snprintf(out, 256, "%s", awkward[k]);
	} else if (k == n) {
		memset(out, 'x', 255);
		out[255] = '\0';
	} else {
		snprintf(out, 256, "n%ju", (uintmax_t)below(w, 60));
	}
}

off_t pick_off(struct world *w, const struct node *n)
{
	static const off_t blocks[] = {512, 4096, 16384, 65536, 131072};
	off_t block = blocks[below(w, 5)], off;

	switch (below(w, 5)) {
	case 0: /* about the end */
		off = n->size + (off_t)below(w, 9000) - 4500;
		break;
	case 1: /* about an edge of a block */
		off = (off_t)below(w, 10) * block + (off_t)below(w, 5) - 2;
		break;
	case 2: /* far out: sparse, now and then */
		off = chance(w, 20) ? (off_t)below(w, 40 << 20) : n->size;
		break;
	default:
		off = (off_t)below(w, (uint64_t)n->size + 5000);
	}
	return off < 0 ? 0 : off;
}

size_t pick_len(struct world *w)
{
	switch (below(w, 8)) {
	case 0:
		return 1 + (size_t)below(w, MAX_IO - 1);
	case 1:
		return 4096 * (1 + (size_t)below(w, 16));
	case 2:
		return 1 + (size_t)below(w, 16);
	default:
		return 1 + (size_t)below(w, 12000);
	}
}

bool room(const struct world *w)
{
	/* op_replace and op_crowd need places of their own */
	return w->n_nodes < MAX_NODES - 30;
}
