/* Operations on names: rename, unlink, folders, symbolic links. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

#define DEEP 5 /* folders below each other, where made */
#define TALL 3 /* and below a folder that is moved */
#define CROWD 150

static unsigned depth(const struct node *n)
{
	unsigned d = 0;

	for (; n->parent != NULL; n = n->parent)
		d++;
	return d;
}

static unsigned height(struct world *w, const struct node *n)
{
	unsigned most = 0;

	for (size_t i = 0; i < w->n_nodes; i++)
		if (model_within(w->nodes[i], n)) {
			unsigned d = depth(w->nodes[i]) - depth(n);

			most = d > most ? d : most;
		}
	return most;
}

/* A random name, or one that is taken. */
static struct node *some_place(struct world *w, char name[256])
{
	struct node *taken = chance(w, 3) ? pick_any(w) : NULL;

	pick_name(w, name);
	if (taken == NULL)
		return pick(w, K_DIR);
	snprintf(name, 256, "%s", taken->name);
	return taken->parent;
}

/* The kernel's order of complaints; 0: it must work. */
static int rename_code(struct world *w, const struct node *n,
		       const struct node *dir, const struct node *was,
		       unsigned flags)
{
	if ((flags & RENAME_NOREPLACE) && was != NULL)
		return EEXIST;
	if (model_within(dir, n))
		return EINVAL;
	if (was == NULL || was == n)
		return 0;
	if (model_within(n, was))
		return ENOTEMPTY;
	if (n->kind == K_DIR && was->kind != K_DIR)
		return ENOTDIR;
	if (n->kind != K_DIR && was->kind == K_DIR)
		return EISDIR;
	return was->kind == K_DIR && !model_empty(w, was) ? ENOTEMPTY : 0;
}

void op_rename(struct world *w)
{
	struct node *n = pick_any(w), *dir, *was;
	unsigned flags = chance(w, 4) ? RENAME_NOREPLACE : 0;
	char name[256], from[MAX_PATH], to[MAX_PATH];
	int code, r;

	if (n == NULL)
		return;
	dir = some_place(w, name);
	if (n->kind == K_DIR && (depth(dir) >= DEEP || height(w, n) > TALL))
		return;
	was = model_child(w, dir, name);
	code = rename_code(w, n, dir, was, flags);
	trace(w, "rename %u '%s' to '%s' (%s), flags %u", n->nr,
	      path_of(n, from), path_in(dir, name, to), was ? "taken" : "free",
	      flags);
	r = renameat2(w->top, from, w->top, to, flags);
	if (code != 0) {
		refused(w, r, code, "rename");
		return;
	}
	happened(w, r, "rename");
	model_move(w, n, dir, name);
}

void op_exchange(struct world *w)
{
	struct node *a = pick_any(w), *b = pick_any(w);
	char from[MAX_PATH], to[MAX_PATH];
	int r;

	if (a == NULL || a == b || height(w, a) > TALL || height(w, b) > TALL ||
	    depth(a) > DEEP || depth(b) > DEEP)
		return;
	trace(w, "exchange %u '%s' and %u '%s'", a->nr, path_of(a, from), b->nr,
	      path_of(b, to));
	r = renameat2(w->top, from, w->top, to, RENAME_EXCHANGE);
	if (model_within(a, b) || model_within(b, a)) {
		refused(w, r, EINVAL, "exchange with a folder above");
		return;
	}
	happened(w, r, "exchange");
	model_swap(w, a, b);
}

void op_unlink(struct world *w)
{
	struct node *n = pick_any(w);
	char path[MAX_PATH];
	int r;

	if (n == NULL)
		return;
	trace(w, "unlink %u '%s', %u handles", n->nr, path_of(n, path),
	      n->handles);
	r = unlinkat(w->top, path, 0);
	if (n->kind == K_DIR) {
		refused(w, r, EISDIR, "unlink of a folder");
		return;
	}
	happened(w, r, "unlink");
	model_move(w, n, NULL, "");
}

/* A second name for a file: refused by a work area, else taken back. */
void op_link(struct world *w)
{
	struct node *n = pick(w, K_FILE), *dir = pick(w, K_DIR);
	char name[256], from[MAX_PATH], to[MAX_PATH];
	int r;

	pick_name(w, name);
	if (n == NULL || model_child(w, dir, name) != NULL)
		return;
	trace(w, "link %u '%s' to '%s'", n->nr, path_of(n, from),
	      path_in(dir, name, to));
	r = linkat(w->top, from, w->top, to, 0);
	if (w->o->links_refused || r != 0) {
		refused(w, r, EPERM, "link");
		w->refused_links++;
		return;
	}
	happened(w, unlinkat(w->top, to, 0), "unlink of the second name");
}

void op_mkdir(struct world *w)
{
	struct node *dir = pick(w, K_DIR), *was;
	char name[256], path[MAX_PATH];
	int r;

	pick_name(w, name);
	was = model_child(w, dir, name);
	if (depth(dir) >= DEEP || !room(w))
		return;
	trace(w, "mkdir '%s' (%s)", path_in(dir, name, path),
	      was ? "exists" : "new");
	r = mkdirat(w->top, path, 0755);
	if (was != NULL) {
		refused(w, r, EEXIST, "mkdir over a name");
		return;
	}
	happened(w, r, "mkdir");
	model_new(w, K_DIR, dir, name, 0755, "");
}

void op_rmdir(struct world *w)
{
	struct node *n = chance(w, 8) ? pick_any(w) : pick(w, K_DIR);
	char path[MAX_PATH];
	int r;

	if (n == NULL || n == w->root)
		return;
	trace(w, "rmdir %u '%s'", n->nr, path_of(n, path));
	r = unlinkat(w->top, path, AT_REMOVEDIR);
	if (n->kind != K_DIR) {
		refused(w, r, ENOTDIR, "rmdir of no folder");
	} else if (!model_empty(w, n)) {
		refused(w, r, ENOTEMPTY, "rmdir of a folder in use");
	} else {
		happened(w, r, "rmdir");
		model_move(w, n, NULL, "");
	}
}

void op_symlink(struct world *w)
{
	struct node *dir = pick(w, K_DIR), *to = pick_any(w), *was;
	char name[256], path[MAX_PATH], target[256];
	int r;

	pick_name(w, name);
	was = model_child(w, dir, name);
	if (!room(w))
		return;
	if (to != NULL && chance(w, 2))
		snprintf(target, sizeof(target), "%s", to->name);
	else
		snprintf(target, sizeof(target), "../nowhere/%ju",
			 (uintmax_t)below(w, 1000));
	trace(w, "symlink '%s' to '%s'", path_in(dir, name, path), target);
	r = symlinkat(target, w->top, path);
	if (was != NULL) {
		refused(w, r, EEXIST, "symlink over a name");
		return;
	}
	happened(w, r, "symlink");
	model_new(w, K_LINK, dir, name, 0777, target);
}

void op_readlink(struct world *w)
{
	struct node *n = pick(w, K_LINK);
	char path[MAX_PATH];

	if (n == NULL)
		return;
	trace(w, "readlink %u '%s'", n->nr, path_of(n, path));
	look_node(w, n);
	if (!w->gone)
		refused(w,
			openat(w->top, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC),
			ELOOP, "open of a link, not followed");
}

/* Writes a new file beside the old one and puts it in its place. */
void op_replace(struct world *w)
{
	struct node *old = pick(w, K_FILE), *n;
	char temp[256], from[MAX_PATH], to[MAX_PATH];
	uint32_t tag = 0x80000000U | w->tag;
	size_t len = pick_len(w);
	int fd;

	if (old == NULL)
		return;
	w->tag++;
	snprintf(temp, sizeof(temp), ".tmp-%08x", tag);
	trace(w, "replace %u '%s': %zu, tag %08x", old->nr, path_of(old, to),
	      len, tag);
	path_in(old->parent, temp, from);
	fd = openat(w->top, from, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    0600);
	happened(w, fd, "create");
	n = model_new(w, K_FILE, old->parent, temp, 0600, "");
	if (w->gone)
		return;
	pattern(w->want, 0, len, tag);
	happened(w, write(fd, w->want, len) == (ssize_t)len ? 0 : -1, "write");
	model_write(w, n, 0, len, tag);
	if (!w->gone && happened(w, fsync(fd), "fsync"))
		synced(w, n);
	happened(w, close(fd), "close");
	if (w->gone)
		return;
	happened(w, renameat(w->top, from, w->top, to), "rename over");
	snprintf(temp, sizeof(temp), "%s", old->name);
	model_move(w, n, old->parent, temp);
}

static void crowd_make(struct world *w, int dir)
{
	char name[16];

	for (int i = 0; i < CROWD; i++) {
		int fd;

		snprintf(name, sizeof(name), "c%d", i);
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			    0600);
		happened(w, fd, "create in a crowd");
		close(fd);
	}
}

/* Many files in a folder, unlinked while it is being listed. */
void op_crowd(struct world *w)
{
	int fd, gone = 0;
	struct dirent *e;
	DIR *d;

	if (w->journal != NULL)
		return;
	trace(w, "a crowd of %d files", CROWD);
	happened(w, mkdirat(w->top, "crowd", 0700), "mkdir");
	fd = openat(w->top, "crowd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	happened(w, fd, "open");
	crowd_make(w, fd);
	d = fdopendir(dup(fd));
	if (d == NULL)
		world_fail(w, "fdopendir: %s", strerror(errno));
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] == 'c') {
			happened(w, unlinkat(fd, e->d_name, 0),
				 "unlink in a crowd");
			gone++;
		}
	if (gone != CROWD)
		world_fail(w, "a listing of %d files gave %d", CROWD, gone);
	closedir(d);
	close(fd);
	happened(w, unlinkat(w->top, "crowd", AT_REMOVEDIR),
		 "rmdir after a crowd");
}
