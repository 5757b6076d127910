/* The two doors of a gateway: sockets below the store's directory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/door.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hash.h"

#define DOOR_DIR "gateway"
#define DOOR_QUEUE 128

static const char *const names[DOOR_COUNT] = {"session", "owner"};

/* A name of any length below a directory: through its descriptor, since an
 * address holds 107 bytes only. */
static void address(struct sockaddr_un *a, int dir, enum door door)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(a->sun_path, sizeof(a->sun_path), "/proc/self/fd/%d/%s", dir,
		 names[door]);
}

static int open_dir(const char *store, int flags)
{
	const int dir = O_PATH | O_DIRECTORY | O_CLOEXEC;
	CLEANUP(fd_close) int top = open(store, dir);
	int d = top < 0 ? -1 : openat(top, DOOR_DIR, dir | flags);

	return d < 0 ? -errno : d;
}

int door_listen(const char *dir, enum door door, struct err *e)
{
	CLEANUP(fd_close) int d = -1;
	CLEANUP(fd_close) int s = -1;
	char path[4096];
	struct sockaddr_un a;

	snprintf(path, sizeof(path), "%s/%s", dir, DOOR_DIR);
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_errno(e, path, "the gateway's directory");
	d = open_dir(dir, O_NOFOLLOW);
	if (d < 0)
		return err_set(e, d, path, "the gateway's directory: %s",
			       strerror(-d));
	(void)!unlinkat(d, names[door], 0);
	s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	address(&a, d, door);
	if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(s, DOOR_QUEUE) != 0)
		return err_errno(e, path, "the gateway's socket");
	return fd_steal(&s);
}

void door_remove(const char *dir)
{
	CLEANUP(fd_close) int d = open_dir(dir, O_NOFOLLOW);

	for (size_t i = 0; d >= 0 && i < DOOR_COUNT; i++)
		(void)!unlinkat(d, names[i], 0);
}

/* Whoever owns the store's description is whom the store belongs to. */
static int check_listener(const char *dir, int s, struct err *e)
{
	CLEANUP(fd_close) int d = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	uid_t uid;
	pid_t pid;

	if (d < 0 || fstatat(d, "store.yaml", &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    door_peer(s, &uid, &pid) != 0)
		return err_errno(e, dir, "the store");
	if (uid != st.st_uid)
		return err_set(e, -EACCES, dir,
			       "uid %u listens at this store's door, and the "
			       "store is uid %u's: not trusted",
			       (unsigned)uid, (unsigned)st.st_uid);
	return 0;
}

int door_connect(const char *dir, enum door door, struct err *e)
{
	CLEANUP(fd_close) int d = open_dir(dir, O_NOFOLLOW);
	CLEANUP(fd_close) int s = -1;
	struct sockaddr_un a;
	int r;

	if (d == -ENOENT)
		return err_set(e, -ECONNREFUSED, dir, "no gateway runs");
	if (d < 0)
		return err_set(e, d, dir, "the gateway's directory: %s",
			       strerror(-d));
	s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	address(&a, d, door);
	if (s < 0)
		return err_errno(e, dir, "socket");
	if (connect(s, (struct sockaddr *)&a, sizeof(a)) != 0) {
		r = errno == ENOENT ? -ECONNREFUSED : -errno;
		return err_set(e, r, dir, "the gateway's door: %s",
			       strerror(-r));
	}
	r = check_listener(dir, s, e);
	return r != 0 ? r : fd_steal(&s);
}

int door_peer(int sock, uid_t *uid, pid_t *pid)
{
	struct ucred c;
	socklen_t n = sizeof(c);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &c, &n) != 0)
		return -errno;
	*uid = c.uid;
	*pid = c.pid;
	return 0;
}

void door_proof(const struct key *key, const uint8_t nonce[32], uint8_t out[32])
{
	struct hasher h;

	hasher_blake2b(&h, key);
	hasher_add(&h, bytes_str("carrel owner door 1"));
	hasher_add(&h, bytes_of(nonce, 32));
	hasher_end(&h, out);
}
