/* A log in a temporary directory, with keys, for the tests of the room. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_AUDIT_ROOM_H
#define TESTS_AUDIT_ROOM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/audit/audit.h"
#include "fs/audit/reader.h"
#include "fs/audit/verify.h"

#define ROOM_ORIGIN "carrel.test/room"

struct room {
	char dir[64], log[80];
	struct keypool *pool;
	struct key *sign, *secret;
	uint8_t pub[1][BOX_PUB];
	struct audit_config c;
	struct buf vkey;
};

static inline int room_remove_one(const char *path, const struct stat *st,
				  int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/* A file, or a directory with all that is in it; absent is fine. */
static inline void room_remove(const char *path)
{
	if (access(path, F_OK) == 0)
		assert_int_equal(
			nftw(path, room_remove_one, 16, FTW_DEPTH | FTW_PHYS),
			0);
}

/* A copy of a file or a directory in place of whatever stands at to. */
static inline void room_copy(const char *from, const char *to)
{
	char cp[] = "cp", flag[] = "-a", a[256], b[256];
	char *argv[] = {cp, flag, a, b, NULL}, *env[] = {NULL};
	int status;
	pid_t pid;

	room_remove(to);
	(void)snprintf(a, sizeof(a), "%s", from);
	(void)snprintf(b, sizeof(b), "%s", to);
	assert_int_equal(posix_spawnp(&pid, cp, NULL, NULL, argv, env), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static inline void room_free(struct room *r)
{
	room_remove(r->dir);
	buf_free(&r->vkey);
	key_free(r->sign);
	key_free(r->secret);
	keypool_free(r->pool);
}

/* The log key is the same in every room: 32 bytes of 7. */
static inline void room_new(struct room *r)
{
	uint8_t seed[KEY_LEN], pub[SIGN_PUB];
	struct err e = {0};

	*r = (struct room){0};
	/* In memory where that is possible: many files, no need to last. */
	(void)snprintf(r->dir, sizeof(r->dir), "/dev/shm/carrel-audit-XXXXXX");
	if (mkdtemp(r->dir) == NULL) {
		(void)snprintf(r->dir, sizeof(r->dir),
			       "/tmp/carrel-audit-XXXXXX");
		assert_non_null(mkdtemp(r->dir));
	}
	(void)snprintf(r->log, sizeof(r->log), "%s/log", r->dir);
	assert_int_equal(keypool_new(&r->pool, &e), 0);
	memset(seed, 7, sizeof(seed));
	r->sign = key_import(r->pool, seed);
	r->secret = key_random(r->pool);
	assert_non_null(r->sign);
	assert_non_null(r->secret);
	box_public(r->secret, r->pub[0]);
	sign_public(r->sign, pub);
	assert_int_equal(audit_vkey(ROOM_ORIGIN, pub, &r->vkey), 0);
	r->c = (struct audit_config){.dir = r->log,
				     .origin = ROOM_ORIGIN,
				     .pool = r->pool,
				     .sign = r->sign,
				     .recipients =
					     (const uint8_t(*)[BOX_PUB])r->pub,
				     .nrecipients = 1,
				     .tool = "carrel test"};
}

static inline void room_create(struct room *r)
{
	struct err e = {0};
	int rc = audit_create(&r->c, &e);

	if (rc != 0)
		fail_msg("create: %d %s: %s", rc, e.place, e.text);
}

static inline struct audit *room_open(struct room *r)
{
	struct audit *a = NULL;
	struct err e = {0};
	int rc = audit_open(&r->c, &a, &e);

	if (rc != 0)
		fail_msg("open: %d %s: %s", rc, e.place, e.text);
	return a;
}

/* Verify with the trusted key; prev may be empty. */
static inline int room_verify(struct room *r, struct bytes prev,
			      struct audit_verdict *v, struct err *e)
{
	struct audit_verify o = {.vkey = buf_bytes(&r->vkey), .prev = prev};

	return audit_verify(r->log, &o, v, e);
}

static inline void room_good(struct room *r)
{
	CLEANUP(audit_verdict_free) struct audit_verdict v = {0};
	struct err e = {0};
	int rc = room_verify(r, bytes_of(NULL, 0), &v, &e);

	if (rc != 0)
		fail_msg("verify: %d %s: %s", rc, e.place, e.text);
}

/* An event as owners make them: sealed, with a path and a number. */
static inline struct event room_event(uint64_t n)
{
	struct event e = {.kind = EV_READ};

	event_uint(&e, EF_OFFSET, n);
	event_bytes(&e, EF_PATH, bytes_str("calls/0007.json"));
	return e;
}

static inline uint64_t room_append(struct audit *a, struct audit_dek *d,
				   uint64_t n)
{
	struct event e = room_event(n);
	uint64_t seq = 0;

	assert_int_equal(audit_append(a, d, &e, &seq), 0);
	return seq;
}

#endif
