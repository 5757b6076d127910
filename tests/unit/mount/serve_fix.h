/* One mount for all tests of a program, over a desk in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_MOUNT_SERVE_FIX_H
#define UNIT_MOUNT_SERVE_FIX_H

#include "fs/mount/mount.h"
#include "tests/unit/mount/fake.h"

#define SERVE_TASK "# Task\nRead what is here.\n"

/* What every test gets; each starts with an empty log. */
struct fix {
	struct keypool *pool;
	struct desk *desk;
	struct audit *audit;
	struct audit_dek *dek;
	struct mount *m;
	char dir[64];
	pid_t init; /* 0: anybody may ask */
	struct meter *meter;
	struct flags *flags;
};

/** serve_up(f, d): mount and serve. serve_down(f): take it down. */
int serve_up(struct fix *f, enum durability d);
void serve_down(struct fix *f);

/** Group fixtures, and the one of each test: an empty log, nothing fails. */
int serve_setup(void **state);
int serve_teardown(void **state);
int serve_clear(void **state);

/** serve_at(f, path): below the mount; valid for the next three calls. */
const char *serve_at(struct fix *f, const char *path);

/** serve_sh(f, script): its exit code, run in the mount by a child. */
int serve_sh(struct fix *f, const char *script);

/** serve_check(nr, off, p, n): fails where p is not what the file of node nr
 * holds at off. */
void serve_check(uint32_t nr, uint64_t off, const uint8_t *p, size_t n);

struct CMUnitTest;
/** serve_main(tests, n): run them in a mount namespace of their own; 77 where
 * that cannot be had. */
int serve_main(const struct CMUnitTest *tests, size_t n);

#endif
