/* Changes behind the model's back, which a run must notice. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "world.h"

/* Where its first chunk with bytes begins; -1 without. */
static off_t first_chunk(const struct node *n)
{
	for (off_t at = 0; at < n->size; at += CHUNK)
		if (n->chunks[at / CHUNK] != NULL)
			return at;
	return -1;
}

/* A named file with bytes in it. */
static struct node *full_file(struct world *w)
{
	for (int i = 0; i < 1000; i++) {
		struct node *n = pick(w, K_FILE);

		if (n != NULL && first_chunk(n) >= 0)
			return n;
	}
	world_fail(w, "no file with bytes");
}

static void flip(struct world *w, struct node *n, int fd)
{
	/* holes far out are not all looked at: flip what was written */
	off_t at = first_chunk(n), len = n->size - at;
	unsigned char byte;

	at += (off_t)below(w, (uint64_t)(len < CHUNK ? len : CHUNK));
	if (pread(fd, &byte, 1, at) != 1)
		world_fail(w, "no byte to flip");
	byte ^= (unsigned char)(1U << below(w, 8));
	if (pwrite(fd, &byte, 1, at) != 1)
		world_fail(w, "pwrite: %s", strerror(errno));
}

static int change(struct world *w, const char *kind)
{
	struct node *n =
		strcmp(kind, "target") == 0 ? pick(w, K_LINK) : full_file(w);
	char path[MAX_PATH];
	int fd;

	if (n == NULL)
		world_fail(w, "no symbolic link");
	trace(w, "CORRUPT %s of node %u '%s'", kind, n->nr, path_of(n, path));
	if (strcmp(kind, "mode") == 0)
		return fchmodat(w->top, path, n->mode ^ 0020, 0);
	if (strcmp(kind, "name") == 0)
		return renameat(w->top, path, w->top, "elsewhere");
	if (strcmp(kind, "target") == 0)
		return unlinkat(w->top, path, 0) ||
		       symlinkat("other", w->top, path);
	fd = openat(w->top, path, O_RDWR | O_CLOEXEC);
	if (strcmp(kind, "size") == 0)
		return ftruncate(fd, n->size + 1);
	if (strcmp(kind, "xattr") == 0)
		return fsetxattr(fd, "user.more", "x", 1, 0);
	flip(w, n, fd);
	return close(fd);
}

void corrupt(struct world *w)
{
	if (change(w, w->o->corrupt_kind) != 0)
		world_fail(w, "%s: %s", w->o->corrupt_kind, strerror(errno));
}
