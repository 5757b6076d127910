/* Comparing the real tree with the model. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "world.h"

/* Whose bytes these are, by the word they are part of. */
static uint32_t writer(const unsigned char *b, size_t at, size_t len, off_t off)
{
	size_t start = at - (size_t)((off + (off_t)at) & 7);
	uint32_t tag = 0;

	if (start > at || start + 8 > len)
		return 0;
	for (size_t i = 8; i > 4; i--)
		tag = tag << 8 | b[start + i - 1];
	return tag;
}

void compare(struct world *w, const struct node *n, off_t off,
	     const unsigned char *got, const unsigned char *want, size_t len,
	     const char *what)
{
	size_t i = 0;

	if (memcmp(got, want, len) == 0)
		return;
	while (got[i] == want[i])
		i++;
	world_fail(w,
		   "%s of file %u (size %jd), %zu bytes at %jd: byte %jd is "
		   "%02x (writer %08x), wanted %02x (writer %08x)",
		   what, n->nr, (intmax_t)n->size, len, (intmax_t)off,
		   (intmax_t)off + (intmax_t)i, got[i],
		   writer(got, i, len, off), want[i],
		   writer(want, i, len, off));
}

void look_bytes(struct world *w, int fd, struct node *n, off_t off, size_t len)
{
	size_t have = model_read(n, off, len, w->want);
	ssize_t got = pread(fd, w->got, len, off);

	if (!happened(w, got, "pread") || w->gone)
		return;
	if ((size_t)got != have)
		world_fail(w,
			   "pread of file %u (size %jd), %zu bytes at %jd: got "
			   "%zd, wanted %zu",
			   n->nr, (intmax_t)n->size, len, (intmax_t)off, got,
			   have);
	compare(w, n, off, w->got, w->want, have, "pread");
}

void look_stat(struct world *w, struct node *n, const struct stat *st)
{
	static const mode_t kinds[] = {S_IFDIR, S_IFREG, S_IFLNK};
	nlink_t links = n->parent != NULL ? 1 : 0;

	if (n->ino == 0)
		n->ino = st->st_ino;
	if ((st->st_mode & S_IFMT) != kinds[n->kind])
		world_fail(w, "node %u: mode %o", n->nr, st->st_mode);
	if (n->ino != st->st_ino)
		world_fail(w, "node %u: inode was %ju, is %ju", n->nr,
			   (uintmax_t)n->ino, (uintmax_t)st->st_ino);
	if (n->kind != K_LINK && n != w->root &&
	    (st->st_mode & 07777) != n->mode)
		world_fail(w, "node %u: mode %o, wanted %o", n->nr,
			   st->st_mode & 07777, n->mode);
	if (n->kind == K_FILE && st->st_size != n->size)
		world_fail(w, "file %u: size %jd, wanted %jd", n->nr,
			   (intmax_t)st->st_size, (intmax_t)n->size);
	if (n->kind == K_LINK && (size_t)st->st_size != strlen(n->target))
		world_fail(w, "link %u: size %jd, wanted %zu", n->nr,
			   (intmax_t)st->st_size, strlen(n->target));
	if (n->kind != K_DIR && st->st_nlink != links)
		world_fail(w, "node %u: %ju names, wanted %ju", n->nr,
			   (uintmax_t)st->st_nlink, (uintmax_t)links);
	if (n->mtime_known && (st->st_mtim.tv_sec != n->mtime.tv_sec ||
			       st->st_mtim.tv_nsec != n->mtime.tv_nsec))
		world_fail(w, "node %u: mtime %jd.%09ld, wanted %jd.%09ld",
			   n->nr, (intmax_t)st->st_mtim.tv_sec,
			   st->st_mtim.tv_nsec, (intmax_t)n->mtime.tv_sec,
			   n->mtime.tv_nsec);
}

/* One entry of a listing: known, of the right kind, seen for the first time */
static void look_entry(struct world *w, struct node *dir,
		       const struct dirent *d, bool seen[MAX_NODES])
{
	static const unsigned char types[] = {DT_DIR, DT_REG, DT_LNK};
	struct node *n = model_child(w, dir, d->d_name);
	size_t at = 0;

	if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
		return;
	if (n == NULL)
		world_fail(w, "listing of %u: '%s' is not there", dir->nr,
			   d->d_name);
	if (d->d_type != DT_UNKNOWN && d->d_type != types[n->kind])
		world_fail(w, "listing of %u: '%s' has type %d", dir->nr,
			   d->d_name, d->d_type);
	if (n->ino != 0 && d->d_ino != n->ino)
		world_fail(w, "listing of %u: '%s' has inode %ju, not %ju",
			   dir->nr, d->d_name, (uintmax_t)d->d_ino,
			   (uintmax_t)n->ino);
	while (w->nodes[at] != n)
		at++;
	if (seen[at])
		world_fail(w, "listing of %u: '%s' twice", dir->nr, d->d_name);
	seen[at] = true;
}

void look_list(struct world *w, struct node *dir)
{
	bool seen[MAX_NODES] = {false};
	char path[MAX_PATH];
	int fd = openat(w->top, path_of(dir, path),
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d;
	struct dirent *e;

	if (!happened(w, fd, "open of a folder") || w->gone)
		return;
	d = fdopendir(fd); /* asks for its kind */
	happened(w, d == NULL ? -1 : 0, "fdopendir");
	if (d == NULL) {
		close(fd);
		return;
	}
	errno = 0;
	while ((e = readdir(d)) != NULL)
		look_entry(w, dir, e, seen);
	if (errno != 0)
		happened(w, -1, "readdir");
	closedir(d);
	for (size_t i = 0; !w->gone && i < w->n_nodes; i++)
		if (w->nodes[i]->parent == dir && !seen[i])
			world_fail(w, "listing of %u: '%s' is missing", dir->nr,
				   w->nodes[i]->name);
}

/* Every byte that is not a hole far out, and the hole's edges. */
static void look_content(struct world *w, int fd, struct node *n)
{
	for (off_t off = 0; off <= n->size && !w->gone; off += MAX_IO) {
		off_t end = off + MAX_IO < n->size ? off + MAX_IO : n->size;
		bool hole = off > 0 && n->chunks[off / CHUNK] == NULL &&
			    n->chunks[(end - 1) / CHUNK] == NULL &&
			    model_zeros(n, off, end) && end < n->size;

		look_bytes(w, fd, n, off, hole ? 4096 : MAX_IO);
	}
}

static void look_file(struct world *w, struct node *n)
{
	char path[MAX_PATH];
	int fd = openat(w->top, path_of(n, path),
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (!happened(w, fd, "open to look") || w->gone)
		return;
	if (happened(w, fstat(fd, &st), "fstat") && !w->gone)
		look_stat(w, n, &st);
	look_content(w, fd, n);
	close(fd);
}

static void look_link(struct world *w, struct node *n)
{
	char path[MAX_PATH], target[300];
	ssize_t k =
		readlinkat(w->top, path_of(n, path), target, sizeof(target));

	if (!happened(w, k, "readlink") || w->gone)
		return;
	if ((size_t)k != strlen(n->target) ||
	    memcmp(target, n->target, (size_t)k) != 0)
		world_fail(w, "link %u: '%.*s', wanted '%s'", n->nr, (int)k,
			   target, n->target);
}

/* The attributes that user programs set, and no others of theirs. */
static void look_xattrs(struct world *w, struct node *n)
{
	char rel[MAX_PATH], path[MAX_PATH + 32], list[4096];
	unsigned char value[1024], want[1024];
	size_t named = 0;
	ssize_t k;

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", w->top,
		 path_of(n, rel));
	k = llistxattr(path, list, sizeof(list));
	if (!happened(w, k, "listxattr") || w->gone)
		return;
	for (char *p = list; p < list + k; p += strlen(p) + 1)
		named += strncmp(p, "user.", 5) == 0;
	for (size_t i = 0; i < MAX_XATTRS; i++) {
		const struct xattr *x = &n->xattrs[i];

		if (x->name[0] == '\0')
			continue;
		named--;
		k = lgetxattr(path, x->name, value, sizeof(value));
		if (!happened(w, k, "getxattr") || w->gone)
			return;
		pattern(want, 0, x->len, x->tag);
		if ((size_t)k != x->len)
			world_fail(w, "%s of node %u: %zd bytes, wanted %zu",
				   x->name, n->nr, k, x->len);
		compare(w, n, 0, value, want, x->len, x->name);
	}
	if (named != 0)
		world_fail(w, "node %u: %zd xattrs too many", n->nr,
			   (ssize_t)named);
}

void look_node(struct world *w, struct node *n)
{
	char path[MAX_PATH];
	struct stat st;

	if (!happened(
		    w,
		    fstatat(w->top, path_of(n, path), &st, AT_SYMLINK_NOFOLLOW),
		    "lstat") ||
	    w->gone)
		return;
	look_stat(w, n, &st);
	if (n->kind == K_FILE)
		look_file(w, n);
	else if (n->kind == K_LINK)
		look_link(w, n);
	else
		look_list(w, n);
	if (!w->gone && n->kind == K_FILE)
		look_xattrs(w, n);
}

static void look_inodes(struct world *w)
{
	for (size_t i = 0; i < w->n_nodes; i++)
		for (size_t k = 0; k < i; k++)
			if (w->nodes[i]->ino != 0 &&
			    w->nodes[i]->ino == w->nodes[k]->ino)
				world_fail(w, "nodes %u and %u share inode %ju",
					   w->nodes[i]->nr, w->nodes[k]->nr,
					   (uintmax_t)w->nodes[i]->ino);
}

void look_all(struct world *w)
{
	trace(w, "look at everything");
	for (size_t i = 0; i < w->n_nodes && !w->gone; i++)
		if (w->nodes[i]->parent != NULL || w->nodes[i] == w->root)
			look_node(w, w->nodes[i]);
	for (size_t i = 0; i < MAX_HANDLES && !w->gone; i++)
		if (w->handles[i].fd >= 0)
			look_content(w, w->handles[i].fd, w->handles[i].node);
	if (!w->gone)
		look_inodes(w);
}
