/* Facts read from folders that look like /proc and /sys, and from ours. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "base/json.h"
#include "fs/session/confine.h"
#include "fs/session/facts.h"

/* A folder of the test's own, as /proc and as /sys. */
struct host {
	char path[64];
	int fd;
};

static void host_open(struct host *h)
{
	snprintf(h->path, sizeof(h->path), "/tmp/carrel-facts.XXXXXX");
	assert_non_null(mkdtemp(h->path));
	h->fd = open(h->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(h->fd >= 0);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void host_close(struct host *h)
{
	close(h->fd);
	assert_int_equal(nftw(h->path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void put(const struct host *h, const char *path, const char *text)
{
	int fd;

	for (size_t i = 1; path[i] != '\0'; i++)
		if (path[i] == '/') {
			char dir[96];

			snprintf(dir, sizeof(dir), "%.*s", (int)i, path);
			(void)mkdirat(h->fd, dir, 0700);
		}
	fd = openat(h->fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_full(fd, bytes_str(text)), 0);
	close(fd);
}

static enum facts_hidepid hidepid_of(const char *mounts)
{
	struct facts f = {.hidepid = HIDEPID_OFF};
	struct host h;

	host_open(&h);
	put(&h, "self/mounts", mounts);
	facts_read(h.fd, h.fd, &f);
	host_close(&h);
	return f.hidepid;
}

static void test_hidepid(void **state)
{
	(void)state;
	assert_int_equal(hidepid_of("proc /proc proc rw,relatime 0 0\n"),
			 HIDEPID_OFF);
	assert_int_equal(
		hidepid_of("proc /proc proc rw,relatime,hidepid=2 0 0\n"),
		HIDEPID_INVISIBLE);
	assert_int_equal(
		hidepid_of("proc /proc proc rw,hidepid=invisible 0 0\n"),
		HIDEPID_INVISIBLE);
	assert_int_equal(
		hidepid_of("proc /proc proc rw,hidepid=ptraceable 0 0\n"),
		HIDEPID_INVISIBLE);
	assert_int_equal(
		hidepid_of("proc /proc proc rw,hidepid=noaccess 0 0\n"),
		HIDEPID_NOACCESS);
	/* Another place, another type, and what lies below another mount. */
	assert_int_equal(hidepid_of("proc /jail/proc proc rw,hidepid=2 0 0\n"
				    "tmpfs /proc tmpfs rw,hidepid=2 0 0\n"
				    "proc /proc proc rw 0 0"),
			 HIDEPID_OFF);
	assert_int_equal(hidepid_of("proc /proc proc rw,hidepid=2 0 0\n"
				    "proc /proc proc rw 0 0\n"),
			 HIDEPID_OFF);
	assert_int_equal(hidepid_of(""), HIDEPID_OFF);
}

#define SWAP_HEAD "Filename\tType\tSize\tUsed\tPriority\n"

static enum facts_swap swap_of(const char *swaps, const char *uuid)
{
	struct facts f = {.swap = SWAP_PLAIN};
	struct host h;

	host_open(&h);
	if (swaps != NULL)
		put(&h, "swaps", swaps);
	if (uuid != NULL)
		put(&h, "block/dm-3/dm/uuid", uuid);
	facts_read(h.fd, h.fd, &f);
	host_close(&h);
	return f.swap;
}

static void test_swap(void **state)
{
	static const char dm[] = SWAP_HEAD "/dev/dm-3  partition 9 0 -2\n";

	(void)state;
	assert_int_equal(swap_of(SWAP_HEAD, NULL), SWAP_NONE);
	assert_int_equal(swap_of(NULL, NULL), SWAP_NONE);
	assert_int_equal(
		swap_of(SWAP_HEAD "/dev/sda2 partition 9 0 -2\n", NULL),
		SWAP_PLAIN);
	assert_int_equal(swap_of(SWAP_HEAD "/swapfile file 9 0 -2\n", NULL),
			 SWAP_PLAIN);
	assert_int_equal(
		swap_of(SWAP_HEAD "/dev/zram0 partition 9 0 5\n", NULL),
		SWAP_MEMORY);
	assert_int_equal(swap_of(dm, "CRYPT-PLAIN-swap\n"), SWAP_SEALED);
	assert_int_equal(swap_of(dm, "LVM-abc\n"), SWAP_PLAIN);
	assert_int_equal(swap_of(dm, NULL), SWAP_PLAIN);
	/* The worst area counts. */
	assert_int_equal(swap_of(SWAP_HEAD "/dev/dm-3 partition 9 0 -2\n"
					   "/dev/sdb1 partition 9 0 -3\n",
				 "CRYPT-LUKS2-x\n"),
			 SWAP_PLAIN);
}

static void test_numbers(void **state)
{
	struct facts f = {0};
	struct host h;

	(void)state;
	host_open(&h);
	facts_read(h.fd, h.fd, &f);
	assert_int_equal(f.yama, -1);
	assert_int_equal(f.tiocsti, -1);
	assert_string_equal(f.core_pattern, "");
	put(&h, "sys/kernel/yama/ptrace_scope", "2\n");
	put(&h, "sys/dev/tty/legacy_tiocsti", "0\n");
	put(&h, "sys/kernel/core_pattern", "|/usr/lib/handler %p\n");
	facts_read(h.fd, h.fd, &f);
	assert_int_equal(f.yama, 2);
	assert_int_equal(f.tiocsti, 0);
	assert_string_equal(f.core_pattern, "|/usr/lib/handler %p");
	host_close(&h);
}

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || fd_write_full(fd, bytes_str(text)) != 0)
		_exit(4);
	close(fd);
}

/* 0: a user namespace in which nobody may set groups, all the same with the
 * capability, tells of those that stay. */
static int groups_denied(void)
{
	const struct facts_want w = {.no_hash = true};
	const gid_t some[] = {27, 44};
	char map[32];
	struct facts f;

	if (geteuid() == 0 && setgroups(2, some) != 0)
		return 2;
	snprintf(map, sizeof(map), "0 %u 1", getegid());
	if (unshare(CLONE_NEWUSER) != 0)
		return 77;
	write_to("/proc/self/setgroups", "deny");
	write_to("/proc/self/gid_map", map);
	facts_gather(&w, &f);
	return (int)f.ngroups == getgroups(0, NULL) ? 0 : 3;
}

static void test_groups_denied(void **state)
{
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0)
		_exit(groups_denied());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status == 77 << 8)
		skip();
	assert_int_equal(status, 0);
}

/* Folders that are not there flatter nobody. */
static void test_unreadable(void **state)
{
	struct facts f = {.hidepid = HIDEPID_INVISIBLE, .swap = SWAP_NONE};

	(void)state;
	facts_read(-1, -1, &f);
	assert_int_equal(f.hidepid, HIDEPID_OFF);
	assert_int_equal(f.swap, SWAP_PLAIN);
}

static void test_json(void **state)
{
	struct facts f = {.room = true,
			  .seccomp = true,
			  .terminal = true,
			  .gateway = 990,
			  .annotator = 1000,
			  .owner = 990,
			  .session = 231072,
			  .landlock_abi = 7,
			  .yama = -1,
			  .tiocsti = 1,
			  .swap = SWAP_NONE,
			  .ngroups = 2,
			  .groups = {27, 44},
			  .core_pattern = "core",
			  .kernel = "6.18"};
	struct buf b CLEANUP(buf_free) = {0};

	(void)state;
	assert_int_equal(facts_json(&f, &b), 0);
	assert_string_equal(
		buf_str(&b),
		"{\"kernel\":\"6.18\",\"landlock_abi\":7,\"seccomp\":"
		"\"00000000000000000000000000000000"
		"00000000000000000000000000000000\",\"hidepid\":\"off\","
		"\"yama\":null,\"legacy_tiocsti\":1,\"core_pattern\":\"core\","
		"\"swap\":\"none\",\"uids\":{\"gateway\":990,"
		"\"annotator\":1000,\"session\":231072},\"userns_owner\":990,"
		"\"groups\":[27,44],\"terminal\":true,"
		"\"strength\":\"guard-rail\",\"no_more_because\":[\"other "
		"users read the arguments of processes in /proc\"]}");
}

/* This machine's own: the hash is the same each time, and of a program. */
static void test_here(void **state)
{
	struct facts_want w = {.gateway = geteuid(),
			       .annotator = getuid(),
			       .owner = 4711,
			       .session = 4712};
	uint8_t again[HASH_LEN], zero[HASH_LEN] = {0};
	struct facts f;

	(void)state;
	facts_gather(&w, &f);
	assert_true(f.room && f.terminal && f.seccomp);
	assert_int_equal(f.gateway, geteuid());
	assert_int_equal(f.annotator, getuid());
	assert_int_equal(f.owner, 4711);
	assert_int_equal(f.session, 4712);
	assert_int_equal(f.landlock_abi, landlock_abi());
	assert_true(f.kernel[0] != '\0');
	assert_int_equal(confine_seccomp_hash(again), 0);
	assert_memory_equal(again, f.seccomp_hash, HASH_LEN);
	assert_memory_not_equal(again, zero, HASH_LEN);
	if (geteuid() == 0)
		assert_int_equal(f.ngroups, 0); /* shed at the start */
	w.no_hash = true;
	facts_gather(&w, &f);
	assert_memory_equal(zero, f.seccomp_hash, HASH_LEN);
	assert_string_equal(facts_strength(), "guard-rail");
	/* A client that launched its own session owns it: no boundary. */
	assert_string_equal(facts_strength_for(getuid() + 1), "guard-rail");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hidepid),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_groups_denied),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
