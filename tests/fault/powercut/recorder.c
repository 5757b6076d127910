/* Writes down, in order, all that a process changes below one directory. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded with LD_PRELOAD into a real carrel. RECORD_ROOT names the directory
 * and RECORD_JOURNAL the file that grows by one record, in one write(2) with
 * O_APPEND, for each call that changes something below it. So several
 * processes, and the test with its own marks, share one order.
 *
 * A call and its record are one step under one lock, so that the journal's
 * order is the order in which the page cache changed. A sync is two records,
 * begin and end, with the lock free between them: what was recorded before the
 * begin is on the disk from the end on; all else may be lost. journal.py makes
 * from this the directories that a power cut can leave.
 *
 * A descriptor is remembered with its path at open; before each use its inode
 * is compared, because numbers are reused by calls that are not seen here.
 * What is written to a mapped window of a log's segment is seen when the next
 * record is made: it is a write before that, a sync's begin for one. What the
 * model has no word for (a shared writable mapping of anything else but
 * SQLite's -shm, a link across directories ...) is recorded as ODD, and fails
 * the test instead of being forgotten. Children of fork record nothing: they
 * have no business in the store, and the lock may have been held.
 */
#include "tests/fault/powercut/recorder.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS 1024

struct head {
	uint32_t kind, npath, npath2, pad;
	uint64_t ino, off, n;
};

struct slot {
	dev_t dev;
	ino_t ino;
	bool used;
	char path[RECORDER_PATH]; /* below the root */
};

static struct {
	pthread_mutex_t lock;
	char root[PATH_MAX];
	size_t nroot;
	int fd;
	atomic_bool on;
	long left; /* records until the process is killed; 0: it is not */
	struct slot fds[FDS];
} rec = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

void *recorder_real(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (p == NULL)
		abort();
	return p;
}

static void off_in_child(void)
{
	atomic_store(&rec.on, false);
}

__attribute__((constructor)) static void begin(void)
{
	const char *root = getenv("RECORD_ROOT");
	const char *journal = getenv("RECORD_JOURNAL");
	int fd;

	if (root == NULL || journal == NULL || strlen(root) >= PATH_MAX)
		return;
	fd = REAL(open)(journal, O_WRONLY | O_APPEND | O_CLOEXEC);
	rec.fd = fcntl(fd, F_DUPFD_CLOEXEC, FDS - 100);
	if (fd < 0 || rec.fd < 0)
		abort();
	REAL(close)(fd);
	if (getenv("RECORD_KILL") != NULL)
		rec.left = atol(getenv("RECORD_KILL"));
	rec.nroot = strlen(root);
	memcpy(rec.root, root, rec.nroot + 1);
	pthread_atfork(NULL, NULL, off_in_child);
	atomic_store(&rec.on, true);
}

/* ---- one record ---- */

void recorder_raw(enum kind kind, const char *path, const char *path2,
		  ino_t ino, uint64_t off, struct iovec data)
{
	struct head h = {.kind = kind,
			 .npath = (uint32_t)strlen(path),
			 .npath2 = (uint32_t)strlen(path2),
			 .ino = ino,
			 .off = off,
			 .n = data.iov_len};
	struct iovec v[] = {{&h, sizeof(h)},
			    {(void *)(uintptr_t)path, h.npath},
			    {(void *)(uintptr_t)path2, h.npath2},
			    data};
	size_t all = sizeof(h) + h.npath + h.npath2 + data.iov_len;
	int saved = errno;

	if (REAL(writev)(rec.fd, v, 4) != (ssize_t)all)
		abort(); /* a journal with holes proves nothing */
	if (rec.left > 0 && --rec.left == 0)
		(void)kill(getpid(), SIGKILL);
	errno = saved;
}

void recorder_put(enum kind kind, const char *path, const char *path2,
		  ino_t ino, uint64_t off, struct iovec data)
{
	recorder_look();
	recorder_raw(kind, path, path2, ino, off, data);
}

static const struct iovec none;

void recorder_plain(enum kind kind, const char *path, const char *path2)
{
	recorder_put(kind, path, path2, 0, 0, none);
}

void recorder_lock(void)
{
	pthread_mutex_lock(&rec.lock);
}

void recorder_unlock(void)
{
	pthread_mutex_unlock(&rec.lock);
}

/* ---- which files are ours ---- */

/* The path below the root of what a call names; false: not below it. */
bool recorder_below(int dir, const char *path, char out[RECORDER_PATH])
{
	char full[PATH_MAX], cwd[PATH_MAX];
	struct stat st;
	int n;

	if (!atomic_load(&rec.on) || path == NULL)
		return false;
	if (path[0] == '/') {
		n = snprintf(full, sizeof(full), "%s", path);
	} else if (dir == AT_FDCWD) {
		n = snprintf(full, sizeof(full), "%s/%s",
			     getcwd(cwd, sizeof(cwd)), path);
	} else {
		const struct slot *s =
			&rec.fds[dir < 0 || dir >= FDS ? 0 : dir];

		if (dir < 0 || dir >= FDS || !s->used || fstat(dir, &st) != 0 ||
		    st.st_ino != s->ino || st.st_dev != s->dev)
			return false;
		n = snprintf(full, sizeof(full), "%s/%s/%s", rec.root, s->path,
			     path);
	}
	if (n < 0 || (size_t)n >= sizeof(full) ||
	    strncmp(full, rec.root, rec.nroot) != 0 ||
	    (full[rec.nroot] != '/' && full[rec.nroot] != '\0'))
		return false;
	/* journal.py drops empty and "." parts. */
	n = snprintf(out, RECORDER_PATH, "%s", full + rec.nroot);
	if (n >= RECORDER_PATH)
		abort();
	return true;
}

/* The slot of a descriptor of ours; NULL for all others. Lock held. */
static struct slot *slot_of(int fd)
{
	struct slot *s = fd < 0 || fd >= FDS ? NULL : &rec.fds[fd];
	struct stat st;
	int saved = errno;

	if (!atomic_load(&rec.on) || s == NULL || !s->used)
		return NULL;
	if (fstat(fd, &st) != 0 || st.st_ino != s->ino || st.st_dev != s->dev)
		s->used = false;
	errno = saved;
	return s->used ? s : NULL;
}

bool recorder_ours(int fd)
{
	return fd >= 0 && fd < FDS && atomic_load(&rec.on) && rec.fds[fd].used;
}

ino_t recorder_ino(int fd, const char **path)
{
	const struct slot *s = slot_of(fd);

	if (s != NULL && path != NULL)
		*path = s->path;
	return s == NULL ? 0 : s->ino;
}

static void remember(int fd, const char *path, const struct stat *st)
{
	if (fd >= FDS)
		abort();
	rec.fds[fd] = (struct slot){
		.dev = st->st_dev, .ino = st->st_ino, .used = true};
	(void)snprintf(rec.fds[fd].path, sizeof(rec.fds[fd].path), "%s", path);
}

/* ---- opening ---- */

static int opened(int fd, const char *path, int flags, bool was)
{
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) != 0)
		abort();
	if ((flags & O_TMPFILE) == O_TMPFILE)
		recorder_plain(ODD, "O_TMPFILE", "");
	if (!was)
		recorder_put(CREATE, path, "", st.st_ino, 0, none);
	else if ((flags & O_TRUNC) != 0)
		recorder_put(SIZE, "", "", st.st_ino, 0, none);
	remember(fd, path, &st);
	return fd;
}

static int do_open(int dir, const char *path, int flags, mode_t mode)
{
	char rel[RECORDER_PATH];
	struct stat st;
	bool was;
	int fd;

	if (!recorder_below(dir, path, rel))
		return REAL(openat)(dir, path, flags, mode);
	pthread_mutex_lock(&rec.lock);
	was = fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
	fd = opened(REAL(openat)(dir, path, flags, mode), rel, flags, was);
	pthread_mutex_unlock(&rec.lock);
	return fd;
}

static mode_t mode_of(int flags, va_list ap)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
}

SEEN int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return do_open(AT_FDCWD, path, flags, mode);
}

SEEN int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	return do_open(dir, path, flags, mode);
}

/* What fortified and large-file callers are linked with. */
int __open_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);

SEEN int __open_2(const char *path, int flags)
{
	return do_open(AT_FDCWD, path, flags, 0);
}

SEEN int __openat_2(int dir, const char *path, int flags)
{
	return do_open(dir, path, flags, 0);
}

int open64(const char *path, int flags, ...) ALIAS("open");
int openat64(int dir, const char *path, int flags, ...) ALIAS("openat");
int __open64_2(const char *path, int flags) ALIAS("__open_2");
int __openat64_2(int dir, const char *path, int flags) ALIAS("__openat_2");

SEEN int close(int fd)
{
	int rc;

	if (!recorder_ours(fd))
		return REAL(close)(fd);
	pthread_mutex_lock(&rec.lock);
	rec.fds[fd].used = false;
	rc = REAL(close)(fd);
	pthread_mutex_unlock(&rec.lock);
	return rc;
}

/* ---- contents ---- */

/* n bytes went to off (< 0: to where the descriptor now stands). */
static ssize_t wrote(int fd, const void *p, ssize_t n, off_t off)
{
	const struct slot *s = slot_of(fd);

	if (s == NULL || n <= 0)
		return n;
	if (off < 0)
		off = lseek(fd, 0, SEEK_CUR) - n;
	recorder_put(WRITE, "", "", s->ino, (uint64_t)off,
		     (struct iovec){(void *)(uintptr_t)p, (size_t)n});
	return n;
}

SEEN ssize_t write(int fd, const void *p, size_t n)
{
	ssize_t rc;

	if (!recorder_ours(fd))
		return REAL(write)(fd, p, n);
	pthread_mutex_lock(&rec.lock);
	rc = wrote(fd, p, REAL(write)(fd, p, n), -1);
	pthread_mutex_unlock(&rec.lock);
	return rc;
}

SEEN ssize_t pwrite(int fd, const void *p, size_t n, off_t off)
{
	ssize_t rc;

	if (!recorder_ours(fd))
		return REAL(pwrite)(fd, p, n, off);
	pthread_mutex_lock(&rec.lock);
	rc = wrote(fd, p, REAL(pwrite)(fd, p, n, off), off);
	pthread_mutex_unlock(&rec.lock);
	return rc;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off_t off) ALIAS("pwrite");

/* One call of a vector as one write of each part; short is allowed. */
static ssize_t each(int fd, const struct iovec *v, int n, off_t off)
{
	ssize_t sum = 0;

	for (int i = 0; i < n; i++) {
		ssize_t rc = off < 0 ? write(fd, v[i].iov_base, v[i].iov_len)
				     : pwrite(fd, v[i].iov_base, v[i].iov_len,
					      off + sum);

		if (rc < 0)
			return sum > 0 ? sum : rc;
		sum += rc;
		if ((size_t)rc < v[i].iov_len)
			break;
	}
	return sum;
}

SEEN ssize_t writev(int fd, const struct iovec *v, int n)
{
	return recorder_ours(fd) ? each(fd, v, n, -1) : REAL(writev)(fd, v, n);
}

SEEN ssize_t pwritev(int fd, const struct iovec *v, int n, off_t off)
{
	return recorder_ours(fd) ? each(fd, v, n, off)
				 : REAL(pwritev)(fd, v, n, off);
}

ssize_t pwritev64(int fd, const struct iovec *v, int n, off_t off)
	ALIAS("pwritev");
