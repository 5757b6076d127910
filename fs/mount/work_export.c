/* Writes what lies in a work area to plain files, for its owner. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fs/mount/work_in.h"

/*
 * Names and contents come from an annotator who may wish the owner ill. So each
 * folder and file is opened by itself with openat2 beneath its folder and
 * through no symlink; files are made new, never written over; nobody gets an
 * exec bit; symlinks are left out. A folder that stands already is gone into.
 */
#define PART (1u << 20)

struct writing {
	struct work *w;
	uint8_t *part; /* PART bytes */
	uint64_t files;
	struct err *e;
};

static int say(struct writing *x, int r, struct bytes name)
{
	return err_set(x->e, r, NULL, "cannot write %.*s: %s",
		       (int)(name.n < 200 ? name.n : 200), (const char *)name.p,
		       r == -EEXIST ? "it stands already; give --out an empty "
				      "folder"
				    : strerror(-r));
}

static int read_error(struct writing *x, int r, const struct work_entry *f)
{
	if (r == -EBUSY)
		return err_set(x->e, r, NULL,
			       "%.*s was written to meanwhile by a session; "
			       "try again, or end the session first",
			       (int)f->name.n, (const char *)f->name.p);
	return err_set(x->e, r, NULL,
		       "%.*s cannot be read: %s; its other files can",
		       (int)f->name.n, (const char *)f->name.p,
		       r == -EUCLEAN ? "a block is not what was written"
				     : strerror(-r));
}

static int copy(struct writing *x, const struct work_entry *f, int fd)
{
	const struct timespec t[2] = {f->st.st_atim, f->st.st_mtim};
	uint64_t off = 0, size = (uint64_t)f->st.st_size;

	/* Holes stay holes: a file that takes no room here takes none there. */
	if (ftruncate(fd, f->st.st_size) != 0)
		return say(x, -errno, f->name);
	while ((off = work_next_data(x->w, f->st.st_ino, off)) < size) {
		ssize_t n = work_read(x->w, f->st.st_ino, off, x->part, PART);
		int r;

		if (n <= 0)
			return read_error(x, n == 0 ? -EIO : (int)n, f);
		r = fd_pwrite_full(fd, bytes_of(x->part, (size_t)n), off);
		if (r != 0)
			return say(x, r, f->name);
		off += (uint64_t)n;
	}
	x->files++;
	return futimens(fd, t) == 0 ? 0 : say(x, -errno, f->name);
}

static int write_file(struct writing *x, const struct work_entry *f, int dirfd,
		      const char *name)
{
	int fd CLEANUP(fd_close) =
		fd_beneath(dirfd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	return fd < 0 ? say(x, fd, f->name) : copy(x, f, fd);
}

static int open_folder(int dirfd, const char *name)
{
	if (mkdirat(dirfd, name, 0700) != 0 && errno != EEXIST)
		return -errno;
	return fd_beneath(dirfd, name, O_RDONLY | O_DIRECTORY, 0);
}

/* Names are copied first: the area's lock is not held while files are written.
 */
struct child {
	struct stat st;
	struct buf name;
};
struct children {
	struct child *v;
	size_t n;
};

static void children_free(struct children *c)
{
	for (size_t i = 0; i < c->n; i++)
		buf_free(&c->v[i].name);
	mem_free(c->v);
}

static int add_child(void *ctx, const struct work_entry *e)
{
	struct children *c = ctx;
	struct child *v = mem_grow(c->v, c->n + 1, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	c->v = v;
	v[c->n] = (struct child){.st = e->st, .name.secret = true};
	return buf_putb(&v[c->n++].name, e->name) != 0 ||
			       buf_str(&v[c->n - 1].name) == NULL
		       ? -ENOMEM
		       : 0;
}

static int write_node(struct writing *x, struct child *c, int dirfd);

static int write_folder(struct writing *x, uint64_t id, int dirfd)
{
	struct children CLEANUP(children_free) all = {0};
	int r = work_readdir(x->w, id, 0, add_child, &all);

	for (size_t i = 0; r == 0 && i < all.n; i++)
		r = write_node(x, &all.v[i], dirfd);
	return r;
}

static int write_node(struct writing *x, struct child *c, int dirfd)
{
	struct work_entry f = {.name = buf_bytes(&c->name), .st = c->st};
	const char *name = buf_str(&c->name);
	int fd CLEANUP(fd_close) = -1;

	if (S_ISREG(c->st.st_mode))
		return write_file(x, &f, dirfd, name);
	if (!S_ISDIR(c->st.st_mode))
		return 0;
	fd = open_folder(dirfd, name);
	return fd < 0 ? say(x, fd, f.name) : write_folder(x, c->st.st_ino, fd);
}

/* The folders above path, made and opened one by one; *out is the innermost,
 * what of path is left its last name. */
static int parents(int outfd, struct bytes *path, int *out)
{
	int fd = fd_beneath(outfd, ".", O_RDONLY | O_DIRECTORY, 0);
	const uint8_t *slash;

	while (fd >= 0 && (slash = memchr(path->p, '/', path->n)) != NULL) {
		struct buf name CLEANUP(buf_free) = {0};
		size_t n = (size_t)(slash - path->p);
		int next = -ENOMEM;

		if (n > 0 && buf_put(&name, path->p, n) == 0 &&
		    buf_str(&name) != NULL)
			next = open_folder(fd, buf_str(&name));
		else if (n == 0)
			next = dup(fd);
		fd_close(&fd);
		fd = next;
		*path = bytes_sub(*path, n + 1, path->n);
	}
	*out = fd;
	return fd < 0 ? fd : 0;
}

int work_export(struct work *w, struct bytes path, int outfd, uint64_t *files,
		struct err *e)
{
	uint8_t *part CLEANUP(mem_freep) = mem_new(PART, 1);
	struct writing x = {.w = w, .part = part, .e = e};
	struct child c = {.name = {0}};
	int fd CLEANUP(fd_close) = -1;
	int r = work_find(w, path, &c.st);

	if (part == NULL)
		return err_nomem(e);
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	if (r != 0)
		return err_set(e, r, NULL,
			       "nothing lies at \"%.*s\" in this work area",
			       (int)(path.n < 200 ? path.n : 200),
			       (const char *)path.p);
	if (c.st.st_ino == WORK_ROOT) {
		r = write_folder(&x, WORK_ROOT, outfd);
	} else {
		r = parents(outfd, &path, &fd);
		if (r == 0)
			r = buf_putb(&c.name, path);
		r = r == 0 && buf_str(&c.name) != NULL
			    ? write_node(&x, &c, fd)
			    : say(&x, r == 0 ? -ENOMEM : r, path);
	}
	buf_free(&c.name);
	secret_wipe(part, PART);
	*files += x.files;
	return r;
}
