/* Which paths of a data set are stored, and which of them a text names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/known_files.h"

#include <errno.h>

#include "base/hash.h"
#include "policy/redact/codec.h"

/*
 * A path in a text is that of a stored file where it ends as its stored path
 * does: /home/eve/bank/audio/en/x.wav is audio/en/x.wav, wherever the owner had
 * it. So a path is hashed from its end, a byte at a time, and at each slash the
 * hash is that of a suffix: one pass asks about all of them.
 *
 * What was packed is stored under another name, and so the end of a path is
 * tried as it is and as it would be called then; the longer suffix counts, of
 * two alike the path as it is. Slashes that follow each other are one.
 *
 * The hash is FNV-1a backwards, with a final mix. Whoever writes a text may
 * make two paths of one hash: then it names a file that is not there, which is
 * shown as any other that is not to be seen.
 */
struct tail {
	struct bytes path; /* up to the last name */
	struct bytes name; /* the last one, as it is stored */
};

static uint64_t step(uint64_t h, uint8_t c)
{
	return (h ^ c) * 0x100000001b3u;
}

static uint64_t finish(uint64_t h)
{
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 33;
}

#define BEGIN 0xcbf29ce484222325u

uint64_t known_files_hash(struct bytes stored)
{
	uint64_t h = BEGIN;

	for (size_t i = stored.n; i > 0; i--)
		h = step(h, stored.p[i - 1]);
	return finish(h);
}

/* How many bytes of t.path belong to the longest stored suffix; SIZE_MAX: there
 * is none. */
static size_t longest(const struct known_files *k, const struct tail *t)
{
	size_t found = SIZE_MAX, i = t->path.n;
	uint64_t h = BEGIN;
	unsigned deep = 1;

	for (size_t n = t->name.n; n > 0; n--)
		h = step(h, t->name.p[n - 1]);
	for (; deep <= KNOWN_FILES_DEEP; deep++) {
		if (hash_among(k->v, k->n, finish(h)))
			found = t->path.n - i;
		while (i > 0 && t->path.p[i - 1] == '/')
			i--;
		if (i == 0)
			break;
		h = step(h, '/');
		while (i > 0 && t->path.p[i - 1] != '/')
			h = step(h, t->path.p[--i]);
	}
	return found;
}

/* Both ways of reading a path: as it is, and with the name that it is unpacked
 * to, which stands in b. Which one was stored; NULL: none. */
struct ways {
	struct tail plain, packed;
	struct buf b;
	size_t n; /* bytes of the path that belong to it */
};

static void ways_free(struct ways *w)
{
	buf_free(&w->b);
}

static int ways_find(const struct known_files *k, struct bytes path,
		     struct ways *w, const struct tail **out)
{
	const uint8_t *slash =
		path.n == 0 ? NULL : memrchr(path.p, '/', path.n);
	size_t at = slash == NULL ? 0 : (size_t)(slash - path.p) + 1;
	enum codec c;
	size_t n;
	int rc = 0;

	*out = NULL;
	if (k->n == 0 || path.n > KNOWN_FILES_LONG || at == path.n)
		return 0;
	w->plain = (struct tail){bytes_sub(path, 0, at),
				 bytes_sub(path, at, path.n)};
	w->n = longest(k, &w->plain);
	if (w->n != SIZE_MAX)
		*out = &w->plain;
	c = codec_of(w->plain.name);
	if (c != CODEC_GZIP && c != CODEC_SOUND)
		return 0;
	rc = codec_name(w->plain.name, c, &w->b);
	w->packed = (struct tail){w->plain.path, buf_bytes(&w->b)};
	n = rc == 0 && w->b.n > 0 ? longest(k, &w->packed) : SIZE_MAX;
	if (n != SIZE_MAX && (*out == NULL || n > w->n)) {
		w->n = n;
		*out = &w->packed;
	}
	return rc;
}

bool known_files_in(const struct known_files *k, struct bytes path)
{
	CLEANUP(ways_free) struct ways w = {.n = 0};
	const struct tail *t;

	return ways_find(k, path, &w, &t) == 0 && t != NULL;
}

int known_files_put(const struct known_files *k, struct bytes path,
		    struct buf *out)
{
	CLEANUP(ways_free) struct ways w = {.n = 0};
	const struct tail *t;
	int rc = ways_find(k, path, &w, &t);

	if (rc != 0 || t == NULL)
		return rc != 0 ? rc : buf_putb(out, path);
	for (size_t i = t->path.n - w.n; rc == 0 && i < t->path.n; i++)
		if (t->path.p[i] != '/' || i == 0 || t->path.p[i - 1] != '/')
			rc = buf_putc(out, t->path.p[i]);
	return rc == 0 ? buf_putb(out, t->name) : rc;
}
