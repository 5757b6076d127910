/* Operations on attributes, locks and durability, and looks at both. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "world.h"

void op_chmod(struct world *w)
{
	static const mode_t modes[] = {0600, 0644, 0640, 0755, 0700, 0664};
	struct node *n = pick(w, chance(w, 4) ? K_DIR : K_FILE);
	char path[MAX_PATH];
	mode_t mode = modes[below(w, 6)];

	if (n == NULL || n == w->root)
		return;
	if (n->kind == K_DIR)
		mode |= 0700;
	trace(w, "chmod %u to %o", n->nr, mode);
	happened(w, fchmodat(w->top, path_of(n, path), mode, 0), "chmod");
	n->mode = mode;
	journal(w, "A %u %o", n->nr, mode);
}

static bool is_mapped(struct world *w, const struct node *n)
{
	for (size_t i = 0; i < MAX_HANDLES; i++)
		if (w->handles[i].fd >= 0 && w->handles[i].node == n &&
		    w->handles[i].map != NULL)
			return true;
	return false;
}

void op_utimens(struct world *w)
{
	struct node *n = pick(w, K_FILE);
	struct timespec t[2] = {{0, UTIME_OMIT}, {0, 0}};
	char path[MAX_PATH];
	struct stat st;

	if (n == NULL)
		return;
	t[1].tv_sec = (time_t)(1000000000 + below(w, 1000000000));
	t[1].tv_nsec = (long)below(w, 1000000000);
	if (chance(w, 2))
		t[0] = t[1];
	trace(w, "utimens %u to %jd.%09ld", n->nr, (intmax_t)t[1].tv_sec,
	      t[1].tv_nsec);
	happened(w, utimensat(w->top, path_of(n, path), t, AT_SYMLINK_NOFOLLOW),
		 "utimensat");
	n->mtime = t[1];
	/* what a mapping holds back would be written later */
	n->mtime_known = !is_mapped(w, n);
	if (w->gone || fstatat(w->top, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	look_stat(w, n, &st);
	if (t[0].tv_nsec != UTIME_OMIT && (st.st_atim.tv_sec != t[0].tv_sec ||
					   st.st_atim.tv_nsec != t[0].tv_nsec))
		world_fail(w, "atime %jd.%09ld", (intmax_t)st.st_atim.tv_sec,
			   st.st_atim.tv_nsec);
}

/* Its attribute of this name, else a free place, else NULL. */
static struct xattr *xattr_at(struct node *n, const char *name)
{
	struct xattr *place = NULL;

	for (size_t i = 0; i < MAX_XATTRS; i++) {
		struct xattr *x = &n->xattrs[i];

		if (strcmp(x->name, name) == 0)
			return x;
		if (x->name[0] == '\0')
			place = x;
	}
	return place;
}

static void xattr_set(struct world *w, struct node *n, int fd, const char *name,
		      struct xattr *x)
{
	bool had = x->name[0] != '\0';
	int flags = chance(w, 3) ? XATTR_CREATE : 0;
	size_t len = (size_t)below(w, chance(w, 4) ? 1000 : 40);
	uint32_t tag = 0x80000000U | w->tag++;
	char hex[513];
	int r;

	pattern(w->want, 0, len, tag);
	trace(w, "setxattr %u %s: %zu, flags %d", n->nr, name, len, flags);
	r = fsetxattr(fd, name, w->want, len, flags);
	if (had && flags == XATTR_CREATE) {
		refused(w, r, EEXIST, "setxattr over another");
		return;
	}
	happened(w, r, "setxattr");
	snprintf(x->name, sizeof(x->name), "%s", name);
	x->len = len;
	x->tag = tag;
	journal(w, "X %u %s %zu %u", n->nr, hexed(name, hex), len, tag);
}

static void xattr_remove(struct world *w, struct node *n, int fd,
			 const char *name, struct xattr *x)
{
	int r = fremovexattr(fd, name);
	char hex[513];

	trace(w, "removexattr %u %s", n->nr, name);
	if (x == NULL || x->name[0] == '\0') {
		refused(w, r, ENODATA, "removexattr of none");
		return;
	}
	happened(w, r, "removexattr");
	x->name[0] = '\0';
	journal(w, "X %u %s -1 0", n->nr, hexed(name, hex));
}

void op_xattr(struct world *w)
{
	static const char *const names[] = {"user.a", "user.carrel.test",
					    "user.baloo.rating", "user.d"};
	struct handle *h = pick_handle(w, true);
	const char *name = names[below(w, 4)];
	struct xattr *x;

	/* a file without a name is not looked at in the end */
	if (h == NULL || h->node->parent == NULL)
		return;
	x = xattr_at(h->node, name);
	if (x != NULL && !chance(w, 3))
		xattr_set(w, h->node, h->fd, name, x);
	else
		xattr_remove(w, h->node, h->fd, name, x);
}

void op_xattr_look(struct world *w)
{
	struct handle *h = pick_handle(w, false);
	char value[16];

	if (h == NULL)
		return;
	trace(w, "getxattr of none, file %u", h->node->nr);
	refused(w, fgetxattr(h->fd, "user.never", value, sizeof(value)),
		ENODATA, "getxattr");
}

void op_sync(struct world *w)
{
	struct handle *h = pick_handle(w, false);
	bool data = chance(w, 2);

	if (h == NULL)
		return;
	trace(w, "%s file %u", data ? "fdatasync" : "fsync", h->node->nr);
	happened(w, data ? fdatasync(h->fd) : fsync(h->fd), "fsync");
	synced(w, h->node);
}

void op_sync_dir(struct world *w)
{
	struct node *n = pick(w, K_DIR);
	char path[MAX_PATH];
	int fd;

	trace(w, "fsync folder %u", n->nr);
	fd = openat(w->top, path_of(n, path),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	happened(w, fd, "open");
	if (w->gone)
		return;
	happened(w, fsync(fd), "fsync of a folder");
	synced(w, n);
	close(fd);
}

static int ofd_lock(int fd, short type)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_len = 100};

	return fcntl(fd, F_OFD_SETLK, &l);
}

/* Two descriptions of one file, each kind of lock, one holder at a time. */
void op_lock(struct world *w)
{
	struct handle *h = pick_handle(w, true);
	char path[MAX_PATH];
	int fd;

	if (h == NULL || h->node->parent == NULL)
		return;
	trace(w, "lock file %u", h->node->nr);
	fd = openat(w->top, path_of(h->node, path), O_RDWR | O_CLOEXEC);
	happened(w, fd, "open");
	if (!w->gone)
		happened(w, ofd_lock(h->fd, F_WRLCK), "lock");
	if (!w->gone)
		refused(w, ofd_lock(fd, F_RDLCK), EAGAIN, "a second lock");
	if (!w->gone)
		happened(w, ofd_lock(h->fd, F_UNLCK), "unlock");
	if (!w->gone)
		happened(w, flock(fd, LOCK_EX | LOCK_NB), "flock");
	if (!w->gone)
		refused(w, flock(h->fd, LOCK_SH | LOCK_NB), EAGAIN,
			"a second flock");
	if (fd >= 0)
		close(fd);
}

void op_chown(struct world *w)
{
	struct node *n = pick_any(w);
	char path[MAX_PATH];

	if (n == NULL)
		return;
	trace(w, "chown %u to the same", n->nr);
	happened(w,
		 fchownat(w->top, path_of(n, path), geteuid(), getegid(),
			  AT_SYMLINK_NOFOLLOW),
		 "chown to the same");
}

void op_stat(struct world *w)
{
	struct node *n = pick_any(w);
	char path[MAX_PATH];
	struct stat st;

	if (n == NULL)
		return;
	trace(w, "lstat %u", n->nr);
	happened(w, fstatat(w->top, path_of(n, path), &st, AT_SYMLINK_NOFOLLOW),
		 "lstat");
	if (!w->gone)
		look_stat(w, n, &st);
}

void op_fstat(struct world *w)
{
	struct handle *h = pick_handle(w, false);
	struct stat st;

	if (h == NULL)
		return;
	trace(w, "fstat file %u", h->node->nr);
	happened(w, fstat(h->fd, &st), "fstat");
	if (!w->gone)
		look_stat(w, h->node, &st);
}

void op_list(struct world *w)
{
	struct node *n = pick(w, K_DIR);

	trace(w, "list folder %u", n->nr);
	look_list(w, n);
}

void op_file(struct world *w)
{
	struct node *n = pick(w, K_FILE);

	if (n == NULL)
		return;
	trace(w, "look at file %u", n->nr);
	look_node(w, n);
}

/* What was never made, or was unlinked, is not there. */
void op_missing(struct world *w)
{
	struct node *dir = pick(w, K_DIR);
	char name[256], path[MAX_PATH];

	pick_name(w, name);
	if (model_child(w, dir, name) != NULL)
		return;
	trace(w, "open '%s', which is missing", path_in(dir, name, path));
	refused(w, openat(w->top, path, O_RDONLY | O_CLOEXEC), ENOENT, "open");
}

void op_statfs(struct world *w)
{
	struct statvfs s;

	trace(w, "statfs");
	happened(w, fstatvfs(w->top, &s), "statfs");
	if (!w->gone && (s.f_bsize == 0 || s.f_namemax < 255 ||
			 s.f_bavail > s.f_blocks || s.f_bfree > s.f_blocks))
		world_fail(w, "statfs makes no sense");
}
