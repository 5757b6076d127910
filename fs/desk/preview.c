/* Rendering a desk to plain files, for the owner. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/preview.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/desk/desk_in.h"
#include "fs/desk/shown.h"

/*
 * Names come from a store, so from files that somebody gave: every component
 * is opened by itself with openat2 beneath its folder and without symlinks,
 * files are made new (never written over) and nobody gets an exec bit.
 */
#define PART (1u << 20)

struct writing {
	struct desk *desk;
	const struct progress *progress;
	uint8_t *part; /* PART bytes */
	uint64_t done, total, files;
	struct err *e;
};

/* A name that is one plain component. */
static bool is_plain(struct bytes name)
{
	return name.n > 0 && memchr(name.p, '/', name.n) == NULL &&
	       memchr(name.p, 0, name.n) == NULL && !bytes_is(name, ".") &&
	       !bytes_is(name, "..");
}

static int say(struct writing *w, int rc, const struct desk_node *n)
{
	return err_set(w->e, rc, NULL, "cannot write %.*s: %s",
		       (int)(n->name.n < 200 ? n->name.n : 200),
		       (const char *)n->name.p, strerror(-rc));
}

static int copy(struct writing *w, struct shown *s, int fd)
{
	uint64_t off = 0, size = shown_size(s);
	int rc = 0;

	while (rc == 0 && off < size) {
		ssize_t n = shown_read(s, off, w->part, PART);

		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		rc = fd_write_full(fd, bytes_of(w->part, (size_t)n));
		off += (uint64_t)n;
		w->done += (uint64_t)n;
		if (rc == 0 && progress_tick(w->progress, w->done, w->total,
					     w->files) != 0)
			rc = -ECANCELED;
	}
	return rc;
}

static int write_file(struct writing *w, uint32_t nr, int dirfd,
		      const char *name)
{
	struct shown *CLEANUP(shown_closep) s = NULL;
	int fd CLEANUP(fd_close) = -1;
	int rc = shown_open(w->desk, nr, &s, w->e);

	if (rc != 0)
		return rc;
	fd = fd_beneath(dirfd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	rc = fd < 0 ? fd : copy(w, s, fd);
	if (rc == 0)
		w->files++;
	return rc;
}

static int open_folder(int dirfd, const char *name, int *out)
{
	if (mkdirat(dirfd, name, 0700) != 0 && errno != EEXIST)
		return -errno;
	*out = fd_beneath(dirfd, name, O_RDONLY | O_DIRECTORY, 0);
	return *out < 0 ? *out : 0;
}

static int write_node(struct writing *w, uint32_t nr, int dirfd);

static int write_children(struct writing *w, uint32_t nr, int dirfd)
{
	const struct desk_node *n = desk_node(w->desk, nr);
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < n->count; i++)
		rc = write_node(w, n->first + i, dirfd);
	return rc;
}

static int write_node(struct writing *w, uint32_t nr, int dirfd)
{
	const struct desk_node *n = desk_node(w->desk, nr);
	struct buf CLEANUP(buf_free) name = {0};
	int fd CLEANUP(fd_close) = -1;
	int rc;

	if (!is_plain(n->name))
		return say(w, -EINVAL, n);
	rc = buf_putb(&name, n->name);
	if (rc != 0 || buf_str(&name) == NULL)
		return say(w, -ENOMEM, n);
	if (!n->folder) {
		rc = write_file(w, nr, dirfd, buf_str(&name));
		return rc == 0 ? 0 : say(w, rc, n);
	}
	rc = open_folder(dirfd, buf_str(&name), &fd);
	return rc == 0 ? write_children(w, nr, fd) : say(w, rc, n);
}

/* Folders above nr exist then; the innermost one's descriptor. */
static int make_parents(struct writing *w, uint32_t nr, int outfd, int *out)
{
	const struct desk_node *n = desk_node(w->desk, nr);
	struct buf CLEANUP(buf_free) name = {0};
	int fd CLEANUP(fd_close) = -1;
	int rc;

	if (nr == 0) {
		*out = fd_beneath(outfd, ".", O_RDONLY | O_DIRECTORY, 0);
		return *out < 0 ? *out : 0;
	}
	rc = make_parents(w, n->parent, outfd, &fd);
	if (rc == 0)
		rc = is_plain(n->name) ? buf_putb(&name, n->name) : -EINVAL;
	if (rc == 0 && buf_str(&name) == NULL)
		rc = -ENOMEM;
	return rc == 0 ? open_folder(fd, buf_str(&name), out) : rc;
}

static uint64_t bytes_below(const struct desk *d, uint32_t nr)
{
	const struct desk_node *n = desk_node(d, nr);
	uint64_t sum = 0;

	if (!n->folder)
		return d->objects[n->object].view_size;
	for (uint32_t i = 0; i < n->count; i++)
		sum += bytes_below(d, n->first + i);
	return sum;
}

static int not_there(struct bytes path, struct err *e)
{
	return err_set(e, -ENOENT, NULL,
		       "nothing is visible at \"%.*s\"; the paths are those "
		       "under data/ in the session",
		       (int)(path.n < 200 ? path.n : 200),
		       (const char *)path.p);
}

int preview_write(struct desk *d, struct bytes path, int outfd,
		  const struct progress *p, uint64_t *files, struct err *e)
{
	struct writing w = {.desk = d, .progress = p, .e = e};
	uint32_t nr = desk_walk(d, path);
	uint8_t *CLEANUP(mem_freep) part = mem_new(PART, 1);
	int fd CLEANUP(fd_close) = -1;
	int rc;

	if (nr == UINT32_MAX)
		return not_there(path, e);
	if (part == NULL)
		return err_nomem(e);
	w.part = part;
	w.total = bytes_below(d, nr);
	rc = make_parents(&w, nr == 0 ? 0 : desk_node(d, nr)->parent, outfd,
			  &fd);
	if (rc != 0)
		return err_set(e, rc, NULL, "cannot make the folders: %s",
			       strerror(-rc));
	rc = nr == 0 ? write_children(&w, nr, fd) : write_node(&w, nr, fd);
	*files += w.files;
	return rc;
}

int preview_read(struct desk *d, struct bytes path, struct buf *b,
		 struct err *e)
{
	struct shown *CLEANUP(shown_closep) s = NULL;
	uint32_t nr = desk_walk(d, path);
	uint64_t size;
	int rc;

	if (nr == UINT32_MAX)
		nr = desk_stored(d, path);
	if (nr == UINT32_MAX)
		return not_there(path, e);
	rc = shown_open(d, nr, &s, e);
	if (rc != 0)
		return rc;
	size = shown_size(s);
	if (buf_reserve(b, size) != 0)
		return err_nomem(e);
	if (shown_read(s, 0, b->p + b->n, size) != (ssize_t)size)
		return err_set(e, -EIO, NULL, "cannot read the object");
	b->n += size;
	return 0;
}
