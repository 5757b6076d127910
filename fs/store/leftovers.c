/* What an init that was cut off left, told from files of other people's. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ".init" is a name that others may use too, so it alone gives no right to
 * remove anything: each name below the directory must be one that an init
 * makes, the log's included, and be a file or a directory as there. One that is
 * not, and nothing is touched. A store that was ever used has packs, work areas
 * or more of a log, and is no leftover, whatever mark it has.
 */
#include "fs/store/leftovers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/store/inner.h"

#define PATH_MOST 64 /* more than any of ours has */

static const struct {
	const char *path; /* a star at its end: 16 hex digits */
	mode_t type;
} ours[] = {
	{INNER_MARK, S_IFREG},
	{INNER_LOCK, S_IFREG},
	{INNER_PACKS, S_IFDIR},
	{"work", S_IFDIR},
	{CATALOG_FILE, S_IFREG},
	{CATALOG_FILE "-journal", S_IFREG},
	{CATALOG_FILE "-shm", S_IFREG},
	{CATALOG_FILE "-wal", S_IFREG},
	{CONFIG_FILE, S_IFREG},
	{".tmp-*", S_IFREG},
	{"log", S_IFDIR},
	{"log/.state", S_IFDIR},
	{"log/.state/lock", S_IFREG},
	{"log/.state/signed", S_IFREG},
	{"log/.state/signed.tmp", S_IFREG},
	{"log/.state/wal-*", S_IFREG},
	{"log/checkpoint", S_IFREG},
	{"log/checkpoint.tmp", S_IFREG},
	{"log/checkpoints", S_IFDIR},
	{"log/checkpoints/1", S_IFREG},
	{"log/checkpoints/1.tmp", S_IFREG},
	{"log/keys", S_IFDIR},
	{"log/objects", S_IFDIR},
	{"log/objects/policy", S_IFDIR},
	{"log/tile", S_IFDIR},
	{"log/tile/0", S_IFDIR},
	{"log/tile/0/000.p", S_IFDIR},
	{"log/tile/0/000.p/1", S_IFREG},
	{"log/tile/0/000.p/1.tmp", S_IFREG},
	{"log/tile/entries", S_IFDIR},
	{"log/tile/entries/000.p", S_IFDIR},
	{"log/tile/entries/000.p/1", S_IFREG},
	{"log/tile/entries/000.p/1.tmp", S_IFREG},
};

static bool fits(const char *want, const char *path)
{
	size_t n = strlen(want) - 1;

	if (want[n] != '*')
		return strcmp(want, path) == 0;
	return strncmp(want, path, n) == 0 && strlen(path + n) == 16 &&
	       strspn(path + n, "0123456789abcdef") == 16;
}

static bool is_ours(const char *path, mode_t mode)
{
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (fits(ours[i].path, path))
			return (mode & S_IFMT) == ours[i].type;
	return false;
}

static void dir_closep(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

static int each(int at, const char *path, bool clear);

/* One entry `name` of `up`, which is `path` below the store. */
static int one(int up, const char *name, const char *path, bool clear)
{
	bool dir;
	struct stat st;
	int rc = 0;

	/* Another init may be at work while this only looks. */
	if (fstatat(up, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!is_ours(path, st.st_mode))
		return -ENOTEMPTY;
	dir = S_ISDIR(st.st_mode);
	if (dir) {
		int fd CLEANUP(fd_close) =
			openat(up, name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		rc = fd < 0 ? -errno : each(fd, path, clear);
	}
	/* The mark goes last, with the store made: it says whose all is. */
	if (rc != 0 || !clear || strcmp(path, INNER_MARK) == 0)
		return rc;
	return unlinkat(up, name, dir ? AT_REMOVEDIR : 0) == 0 ? 0 : -errno;
}

/* As deep as the table's paths are. */
static int each(int at, const char *path, bool clear)
{
	int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(dir_closep) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *f;
	int rc = d == NULL ? -errno : 0;

	while (rc == 0 && (f = readdir(d)) != NULL) {
		char sub[PATH_MOST];
		int n;

		if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0)
			continue;
		n = snprintf(sub, sizeof(sub), "%s%s%s", path,
			     path[0] == '\0' ? "" : "/", f->d_name);
		rc = n < 0 || n >= PATH_MOST ? -ENOTEMPTY
					     : one(at, f->d_name, sub, clear);
	}
	return rc;
}

/* What stands with a mark in it is an init's; without one, somebody's. */
static int marked(int fd)
{
	struct stat st;

	if (fstatat(fd, INNER_MARK, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -errno;
	return S_ISREG(st.st_mode) && st.st_size == 0 ? 1 : -ENOTEMPTY;
}

static int is_empty(int at)
{
	int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(dir_closep) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *f;

	if (d == NULL)
		return -errno;
	while ((f = readdir(d)) != NULL)
		if (strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0)
			return -ENOTEMPTY;
	return 0;
}

int leftovers_check(int fd)
{
	int rc = marked(fd);

	if (rc < 0)
		return rc;
	return rc == 0 ? is_empty(fd) : each(fd, "", false);
}

int leftovers_clear(int fd)
{
	int rc = leftovers_check(fd);

	return rc != 0 ? rc : each(fd, "", true);
}
