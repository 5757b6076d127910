/* The model: what the tree must look like, and the journal of its changes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "world.h"

void pattern(unsigned char *out, off_t off, size_t len, uint32_t tag)
{
	for (size_t i = 0; i < len; i++) {
		uint64_t x = (uint64_t)off + i;
		uint64_t word = (uint64_t)tag << 32 | x >> 3;

		out[i] = (unsigned char)(word >> (x & 7) * 8);
	}
}

static void bound(struct world *w, const struct node *parent, const char *name,
		  unsigned nr)
{
	char hex[513];

	journal(w, "N %u %s %u", parent->nr, hexed(name, hex), nr);
}

struct node *model_new(struct world *w, enum kind kind, struct node *parent,
		       const char *name, mode_t mode, const char *target)
{
	struct node *n = calloc(1, sizeof(*n));
	char hex[513];

	if (n == NULL || w->n_nodes == MAX_NODES)
		world_fail(w, "the model is full");
	n->kind = kind;
	n->nr = ++w->next_nr;
	n->mode = mode;
	n->parent = parent;
	snprintf(n->name, sizeof(n->name), "%s", name);
	snprintf(n->target, sizeof(n->target), "%s", target);
	w->nodes[w->n_nodes++] = n;
	journal(w, "I %u %c %o %s", n->nr, "dfl"[kind], mode,
		hexed(target, hex));
	if (parent != NULL)
		bound(w, parent, name, n->nr);
	return n;
}

static void chunks_free(struct node *n, off_t from)
{
	for (off_t i = (from + CHUNK - 1) / CHUNK; i < MAX_CHUNKS; i++) {
		free(n->chunks[i]);
		n->chunks[i] = NULL;
	}
}

void model_drop(struct world *w, struct node *n)
{
	if (n->parent != NULL || n->handles > 0 || n == w->root)
		return;
	for (size_t i = 0; i < w->n_nodes; i++)
		if (w->nodes[i] == n)
			w->nodes[i] = w->nodes[--w->n_nodes];
	chunks_free(n, 0);
	free(n);
}

void model_free(struct world *w)
{
	for (size_t i = 0; i < w->n_nodes; i++) {
		chunks_free(w->nodes[i], 0);
		free(w->nodes[i]);
	}
	w->n_nodes = 0;
}

void model_move(struct world *w, struct node *n, struct node *parent,
		const char *name)
{
	struct node *was = parent ? model_child(w, parent, name) : NULL;
	char old[513], new[513];

	if (was == n)
		return;
	if (parent == NULL)
		journal(w, "N %u %s 0", n->parent->nr, hexed(n->name, old));
	else
		journal(w, "N %u %s 0 %u %s %u", n->parent->nr,
			hexed(n->name, old), parent->nr, hexed(name, new),
			n->nr);
	n->parent = parent;
	if (parent != NULL)
		snprintf(n->name, sizeof(n->name), "%s", name);
	else
		model_drop(w, n);
	if (was != NULL) {
		was->parent = NULL;
		model_drop(w, was);
	}
}

void model_swap(struct world *w, struct node *a, struct node *b)
{
	struct node *parent = a->parent;
	char name[256], ha[513], hb[513];

	journal(w, "N %u %s %u %u %s %u", a->parent->nr, hexed(a->name, ha),
		b->nr, b->parent->nr, hexed(b->name, hb), a->nr);
	snprintf(name, sizeof(name), "%s", a->name);
	a->parent = b->parent;
	snprintf(a->name, sizeof(a->name), "%s", b->name);
	b->parent = parent;
	snprintf(b->name, sizeof(b->name), "%s", name);
}

/* The chunk that holds this offset; made where it is missing. */
static unsigned char *chunk_at(struct world *w, struct node *n, off_t off)
{
	unsigned char **c = &n->chunks[off / CHUNK];

	if (*c == NULL && (*c = calloc(1, CHUNK)) == NULL)
		world_fail(w, "no memory");
	return *c;
}

static void put(struct world *w, struct node *n, off_t off, size_t len,
		const unsigned char *bytes)
{
	while (len > 0) {
		size_t at = (size_t)(off % CHUNK);
		size_t k = CHUNK - at < len ? CHUNK - at : len;

		memcpy(chunk_at(w, n, off) + at, bytes, k);
		off += (off_t)k;
		bytes += k;
		len -= k;
	}
	if (off > n->size)
		n->size = off;
	n->mtime_known = false;
}

void model_write(struct world *w, struct node *n, off_t off, size_t len,
		 uint32_t tag)
{
	unsigned char *b = malloc(len + 1);

	if (b == NULL)
		world_fail(w, "no memory");
	journal(w, "W %u %jd %zu %u", n->nr, (intmax_t)off, len, tag);
	pattern(b, off, len, tag);
	if (len > 0)
		put(w, n, off, len, b);
	free(b);
}

static void clear(struct node *n, off_t from, off_t to)
{
	while (from < to) {
		off_t end = (from / CHUNK + 1) * CHUNK;
		unsigned char *c = n->chunks[from / CHUNK];

		if (end > to)
			end = to;
		if (c != NULL)
			memset(c + from % CHUNK, 0, (size_t)(end - from));
		from = end;
	}
}

void model_zero(struct world *w, struct node *n, off_t off, off_t len)
{
	journal(w, "Z %u %jd %jd", n->nr, (intmax_t)off, (intmax_t)len);
	clear(n, off, off + len < n->size ? off + len : n->size);
	n->mtime_known = false;
}

void model_size(struct world *w, struct node *n, off_t size)
{
	journal(w, "S %u %jd", n->nr, (intmax_t)size);
	if (size < n->size) {
		off_t edge = (size + CHUNK - 1) / CHUNK * CHUNK;

		clear(n, size, edge < MAX_SIZE ? edge : MAX_SIZE);
		chunks_free(n, size);
	}
	n->size = size;
	n->mtime_known = false;
}

void model_copy(struct world *w, struct node *to, off_t to_off,
		struct node *from, off_t off, size_t len)
{
	unsigned char *b = malloc(len + 1);

	if (b == NULL)
		world_fail(w, "no memory");
	journal(w, "C %u %jd %zu %u %jd", to->nr, (intmax_t)to_off, len,
		from->nr, (intmax_t)off);
	if (model_read(from, off, len, b) != len)
		world_fail(w, "a copy past the end");
	put(w, to, to_off, len, b);
	free(b);
}

size_t model_read(const struct node *n, off_t off, size_t len,
		  unsigned char *out)
{
	size_t done = 0;

	if (off >= n->size)
		return 0;
	if ((off_t)len > n->size - off)
		len = (size_t)(n->size - off);
	while (done < len) {
		off_t x = off + (off_t)done;
		size_t at = (size_t)(x % CHUNK);
		size_t k = CHUNK - at < len - done ? CHUNK - at : len - done;
		const unsigned char *c = n->chunks[x / CHUNK];

		if (c != NULL)
			memcpy(out + done, c + at, k);
		else
			memset(out + done, 0, k);
		done += k;
	}
	return len;
}

bool model_zeros(const struct node *n, off_t from, off_t to)
{
	for (; from < to; from++) {
		const unsigned char *c = n->chunks[from / CHUNK];

		if (c == NULL)
			from = (from / CHUNK + 1) * CHUNK - 1;
		else if (c[from % CHUNK] != 0)
			return false;
	}
	return true;
}

struct node *model_child(struct world *w, const struct node *dir,
			 const char *name)
{
	for (size_t i = 0; i < w->n_nodes; i++)
		if (w->nodes[i]->parent == dir &&
		    strcmp(w->nodes[i]->name, name) == 0)
			return w->nodes[i];
	return NULL;
}

bool model_empty(struct world *w, const struct node *dir)
{
	for (size_t i = 0; i < w->n_nodes; i++)
		if (w->nodes[i]->parent == dir)
			return false;
	return true;
}

bool model_within(const struct node *n, const struct node *dir)
{
	for (; n != NULL; n = n->parent)
		if (n == dir)
			return true;
	return false;
}

const char *path_of(const struct node *n, char out[MAX_PATH])
{
	if (n->parent != NULL)
		return path_in(n->parent, n->name, out);
	snprintf(out, MAX_PATH, ".");
	return out;
}

const char *path_in(const struct node *dir, const char *name,
		    char out[MAX_PATH])
{
	const struct node *up[16];
	size_t n = 0, at = 0;

	for (; dir->parent != NULL && n < 16; dir = dir->parent)
		up[n++] = dir;
	while (n-- > 0)
		at += (size_t)snprintf(out + at, MAX_PATH - at, "%s/",
				       up[n]->name);
	snprintf(out + at, MAX_PATH - at, "%s", name);
	return out;
}
