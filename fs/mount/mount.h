/* Serving one session's FUSE descriptor: an event, then the answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOUNT_MOUNT_H
#define MOUNT_MOUNT_H

#include <sys/types.h>

#include "fs/audit/audit.h"
#include "fs/desk/desk.h"
#include "fs/desk/meter.h"

struct mount;
struct work;
struct flags; /* fs/desk/flags.h */

struct mount_want {
	int fd; /* /dev/fuse, already mounted; taken over */
	struct desk *desk;
	struct audit *audit;
	struct audit_dek *dek; /* of the session */
	uint64_t session;      /* seq of its SESSION_START */
	enum durability durability;
	uid_t uid; /* shown as owner of every file */
	gid_t gid;
	unsigned threads; /* 0: 4 */
	pid_t init;   /* the session's pid 1: who does not descend from it is
			 refused; 0: everybody */
	bool anybody; /* nobody is refused: the owner's own mount */
	struct bytes task;   /* TASK.md; borrowed */
	struct work *work;   /* NULL: there is no work/; borrowed */
	struct meter *meter; /* what is shown counts there; NULL: the owner's
				own mount; borrowed */
	struct flags *flags; /* files the annotator flagged; NULL: likewise */
};

struct mount_counts {
	uint64_t opens, reads, bytes, denials;
};

/** mount_options(uid, gid, fd, b): the data string for mount(2) of type "fuse"
 * ("fd=N,rootmode=40000,user_id=...,group_id=...,default_permissions"). Never
 * allow_other. */
int mount_options(uid_t uid, gid_t gid, int fd, struct buf *b) MUST_CHECK;
/** Flags for that mount(2): MS_NOSUID | MS_NODEV | MS_NOEXEC. */
unsigned long mount_flags(void);

/**
 * mount_start(w, out, e): answer INIT and serve in threads until the kernel
 * says the mount is gone, or mount_stop.
 */
int mount_start(const struct mount_want *w, struct mount **out,
		struct err *e) MUST_CHECK;
/** mount_deny(m): deny all that comes from now on, but answer it: a process
 * that ends waits for answers to its closes. Opened inodes are invalidated
 * where no pid 1 is to be killed.
 * mount_stop(m): the same, and end the loop; safe from another thread.
 * mount_join(m, counts): wait, free. */
void mount_deny(struct mount *m);
void mount_stop(struct mount *m);
int mount_join(struct mount *m, struct mount_counts *counts);
/** mount_wait(m): until the loop ended by itself (unmounted). */
int mount_wait(struct mount *m);
/**
 * mount_gone(m, ms): 0 once the kernel has ended the connection by itself,
 * which it does when no process, no open file and no mount namespace holds the
 * mount any more; -EBUSY after ms milliseconds. Before mount_stop.
 */
int mount_gone(struct mount *m, int ms) MUST_CHECK;
/** mount_rest(m): settle what the log was told ahead of reads that did not
 * come, and let go of what was made ahead of them; about once a second. */
void mount_rest(struct mount *m);
/** mount_counts(m, out): so far. mount_idle(m): seconds since the last request
 * of its session. */
void mount_count(struct mount *m, struct mount_counts *out);
uint64_t mount_idle(struct mount *m);

#endif
