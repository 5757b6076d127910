/* Operations on open files: create, open, write, append, read, truncate. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "world.h"

static struct handle *free_handle(struct world *w)
{
	for (size_t i = 0; i < MAX_HANDLES; i++)
		if (w->handles[i].fd < 0)
			return &w->handles[i];
	handle_close(w, &w->handles[below(w, MAX_HANDLES)]);
	return free_handle(w);
}

void handle_close(struct world *w, struct handle *h)
{
	struct node *n = h->node;
	int r;

	if (h->map != NULL)
		munmap(h->map, h->map_len);
	r = close(h->fd);
	*h = (struct handle){.fd = -1};
	n->handles--;
	happened(w, r, "close");
	model_drop(w, n);
}

/* Takes the descriptor of a call that has to work; NULL where it died. */
static struct handle *handle_of(struct world *w, int fd, int flags)
{
	struct handle *h;

	happened(w, fd, "open");
	if (fd < 0)
		return NULL;
	h = free_handle(w);
	*h = (struct handle){.fd = fd, .flags = flags};
	return h;
}

static void attach(struct handle *h, struct node *n)
{
	if (h == NULL)
		return;
	h->node = n;
	n->handles++;
}

static mode_t some_mode(struct world *w)
{
	static const mode_t modes[] = {0600, 0644, 0640, 0755, 0700, 0666};

	return modes[below(w, 6)];
}

void op_create(struct world *w)
{
	struct node *dir = pick(w, K_DIR), *was, *n;
	int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	mode_t mode = some_mode(w);
	char name[256], path[MAX_PATH];
	struct handle *h;
	int fd;

	pick_name(w, name);
	was = model_child(w, dir, name);
	if (was == NULL && !room(w))
		return;
	if (chance(w, 3))
		flags |= O_APPEND;
	trace(w, "create '%s' (%s)", path_in(dir, name, path),
	      was ? "exists" : "new");
	fd = openat(w->top, path, flags, mode);
	if (was != NULL) {
		refused(w, fd, EEXIST, "create over a name");
		return;
	}
	h = handle_of(w, fd, flags);
	n = model_new(w, K_FILE, dir, name, mode, "");
	attach(h, n);
}

void op_open(struct world *w)
{
	struct node *n = pick(w, K_FILE);
	int flags = O_CLOEXEC | O_NOFOLLOW;
	char path[MAX_PATH];
	struct handle *h;

	if (n == NULL)
		return;
	flags |= chance(w, 4) ? O_RDONLY : O_RDWR;
	if ((flags & O_ACCMODE) == O_RDWR && chance(w, 3))
		flags |= O_APPEND;
	if ((flags & O_ACCMODE) == O_RDWR && chance(w, 12))
		flags |= O_TRUNC;
	trace(w, "open file %u, flags %o", n->nr, flags);
	h = handle_of(w, openat(w->top, path_of(n, path), flags), flags);
	if (flags & O_TRUNC)
		model_size(w, n, 0);
	attach(h, n);
}

void op_close(struct world *w)
{
	struct handle *h = pick_handle(w, false);

	if (h == NULL)
		return;
	trace(w, "close file %u", h->node->nr);
	handle_close(w, h);
}

/* What a write of `want` bytes did: all of it, or all until the death. */
static void wrote(struct world *w, struct node *n, off_t off, ssize_t got,
		  size_t want, uint32_t tag)
{
	size_t sure = got > 0 ? (size_t)got : 0;

	happened(w, got, "write");
	if (sure > 0 && !w->gone)
		model_write(w, n, off, sure, tag);
	if (sure == want)
		return;
	errno = ENOTCONN;
	if (w->journal == NULL)
		world_fail(w, "a write of %zu bytes wrote %zd", want, got);
	happened(w, -1, "write");
	model_write(w, n, off + (off_t)sure, want - sure, tag);
}

static size_t fill(struct world *w, off_t off, size_t len, uint32_t *tag)
{
	if (off + (off_t)len > MAX_SIZE)
		len = (size_t)(MAX_SIZE - off);
	*tag = 0x80000000U | w->tag++;
	pattern(w->want, off, len, *tag);
	return len;
}

void op_write(struct world *w)
{
	struct handle *h = pick_handle(w, true);
	uint32_t tag;
	size_t len;
	off_t off;

	/* Linux appends with pwrite, too, where O_APPEND is set. */
	if (h == NULL || (h->flags & O_APPEND))
		return;
	off = pick_off(w, h->node);
	len = fill(w, off, pick_len(w), &tag);
	trace(w, "pwrite file %u (size %jd): %zu at %jd, tag %08x", h->node->nr,
	      (intmax_t)h->node->size, len, (intmax_t)off, tag);
	wrote(w, h->node, off, pwrite(h->fd, w->want, len, off), len, tag);
}

static off_t goes_to(const struct handle *h)
{
	return h->flags & O_APPEND ? h->node->size : h->pos;
}

void op_write_here(struct world *w)
{
	struct handle *h = pick_handle(w, true);
	uint32_t tag;
	size_t len;
	off_t off;

	if (h == NULL)
		return;
	off = goes_to(h);
	len = fill(w, off, pick_len(w), &tag);
	trace(w, "write file %u (size %jd): %zu at %jd, tag %08x", h->node->nr,
	      (intmax_t)h->node->size, len, (intmax_t)off, tag);
	wrote(w, h->node, off, write(h->fd, w->want, len), len, tag);
	h->pos = off + (off_t)len;
}

/* Two descriptors of one file take turns at its end. */
void op_append(struct world *w)
{
	struct node *n = pick(w, K_FILE);
	char path[MAX_PATH];
	int fd[2];

	if (n == NULL || n->size > MAX_SIZE / 2)
		return;
	trace(w, "append by two to file %u (size %jd)", n->nr,
	      (intmax_t)n->size);
	path_of(n, path);
	for (int i = 0; i < 2; i++) {
		fd[i] = openat(w->top, path, O_WRONLY | O_APPEND | O_CLOEXEC);
		happened(w, fd[i], "open to append");
	}
	for (int i = 0; i < 6 && !w->gone; i++) {
		off_t off = n->size;
		uint32_t tag;
		size_t len = fill(w, off, 1 + below(w, 3000), &tag);

		wrote(w, n, off, write(fd[i % 2], w->want, len), len, tag);
	}
	for (int i = 0; i < 2; i++)
		if (fd[i] >= 0)
			happened(w, close(fd[i]), "close");
}

/* In the manner of programs that save in place. */
void op_rewrite(struct world *w)
{
	struct node *n = pick(w, K_FILE);
	char path[MAX_PATH];
	uint32_t tag;
	size_t len;
	int fd;

	if (n == NULL)
		return;
	len = fill(w, 0, pick_len(w), &tag);
	trace(w, "rewrite file %u: %zu, tag %08x", n->nr, len, tag);
	fd = openat(w->top, path_of(n, path), O_WRONLY | O_TRUNC | O_CLOEXEC);
	happened(w, fd, "open to rewrite");
	model_size(w, n, 0);
	if (w->gone)
		return;
	wrote(w, n, 0, write(fd, w->want, len), len, tag);
	happened(w, close(fd), "close");
}

void op_writev(struct world *w)
{
	struct handle *h = pick_handle(w, true);
	struct iovec v[3];
	size_t len, cut;
	uint32_t tag;
	off_t off;

	if (h == NULL || (h->flags & O_APPEND))
		return;
	off = pick_off(w, h->node);
	len = fill(w, off, pick_len(w), &tag);
	cut = (size_t)below(w, len + 1);
	v[0] = (struct iovec){w->want, cut / 2};
	v[1] = (struct iovec){w->want + cut / 2, cut - cut / 2};
	v[2] = (struct iovec){w->want + cut, len - cut};
	trace(w, "pwritev file %u: %zu at %jd, tag %08x", h->node->nr, len,
	      (intmax_t)off, tag);
	wrote(w, h->node, off, pwritev(h->fd, v, 3, off), len, tag);
}

void op_read(struct world *w)
{
	struct handle *h = pick_handle(w, false);
	size_t len = pick_len(w), have;
	ssize_t got;

	if (h == NULL)
		return;
	if (chance(w, 3)) {
		h->pos = pick_off(w, h->node);
		if (lseek(h->fd, h->pos, SEEK_SET) != h->pos)
			world_fail(w, "lseek: %s", strerror(errno));
	}
	trace(w, "read file %u (size %jd): %zu at %jd", h->node->nr,
	      (intmax_t)h->node->size, len, (intmax_t)h->pos);
	if (lseek(h->fd, 0, SEEK_CUR) != h->pos)
		world_fail(w, "the descriptor stands at %jd, not %jd",
			   (intmax_t)lseek(h->fd, 0, SEEK_CUR),
			   (intmax_t)h->pos);
	have = model_read(h->node, h->pos, len, w->want);
	got = read(h->fd, w->got, len);
	happened(w, got, "read");
	if (w->gone)
		return;
	if ((size_t)got != have)
		world_fail(w, "read %zd bytes, wanted %zu", got, have);
	compare(w, h->node, h->pos, w->got, w->want, have, "read");
	h->pos += got;
}

void op_pread(struct world *w)
{
	struct handle *h = pick_handle(w, false);
	size_t len = pick_len(w);
	off_t off;

	if (h == NULL)
		return;
	off = pick_off(w, h->node);
	trace(w, "pread file %u (size %jd): %zu at %jd", h->node->nr,
	      (intmax_t)h->node->size, len, (intmax_t)off);
	look_bytes(w, h->fd, h->node, off, len);
}

void op_readv(struct world *w)
{
	struct handle *h = pick_handle(w, false);
	size_t len = pick_len(w), cut = (size_t)below(w, len + 1), have;
	struct iovec v[2] = {{w->got, cut}, {w->got + cut, len - cut}};
	ssize_t got;
	off_t off;

	if (h == NULL)
		return;
	off = pick_off(w, h->node);
	trace(w, "preadv file %u: %zu at %jd", h->node->nr, len, (intmax_t)off);
	have = model_read(h->node, off, len, w->want);
	got = preadv(h->fd, v, 2, off);
	happened(w, got, "preadv");
	if (w->gone)
		return;
	if ((size_t)got != have)
		world_fail(w, "preadv: %zd bytes, wanted %zu", got, have);
	compare(w, h->node, off, w->got, w->want, have, "preadv");
}

static off_t some_size(struct world *w, const struct node *n)
{
	if (chance(w, 4))
		return 0;
	return chance(w, 2) ? (off_t)below(w, (uint64_t)n->size + 1)
			    : pick_off(w, n);
}

void op_truncate(struct world *w)
{
	struct node *n = pick(w, K_FILE);
	char rel[MAX_PATH], path[MAX_PATH + 32];
	off_t size;

	if (n == NULL)
		return;
	size = some_size(w, n);
	trace(w, "truncate file %u: %jd to %jd", n->nr, (intmax_t)n->size,
	      (intmax_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", w->top,
		 path_of(n, rel));
	happened(w, truncate(path, size), "truncate");
	model_size(w, n, size);
}

void op_ftruncate(struct world *w)
{
	struct handle *h = pick_handle(w, true);
	off_t size;

	if (h == NULL)
		return;
	size = some_size(w, h->node);
	trace(w, "ftruncate file %u: %jd to %jd", h->node->nr,
	      (intmax_t)h->node->size, (intmax_t)size);
	happened(w, ftruncate(h->fd, size), "ftruncate");
	model_size(w, h->node, size);
}
