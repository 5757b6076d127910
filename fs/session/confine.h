/* The confinement's private face: its state and the steps of the table. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_CONFINE_H
#define SESSION_CONFINE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"

/*
 * Four processes make a session. The gateway holds keys and log and never
 * enters a namespace. It executes itself anew as the LAUNCHER, which has no
 * memory of it, no environment and one socket; the launcher makes the
 * namespaces and the empty root and hands the FUSE descriptor and the pty's
 * master out. It forks INIT, pid 1 of the session, which enters the root and
 * reaps. INIT forks the PAYLOAD, which drops all rights and executes the
 * command. When the payload ends, INIT ends, and the kernel ends the rest.
 */
enum confine_where {
	AT_GATEWAY = 0,
	AT_LAUNCHER,
	AT_INIT,
	AT_PAYLOAD,
	AT_KEEPERS, /* launcher and INIT, each once it has made its child */
};

/* What the launcher is told. */
struct confine {
	struct arena *mem; /* the strings */
	int sock;	   /* to the gateway; CONFINE_SOCK */
	uid_t uid, in_uid; /* outside and inside the user namespace */
	gid_t gid, in_gid;
	const char *user, *home, *shell, *term, *lang;
	const char *task;  /* given with the word to start; NULL before */
	bool terminal;	   /* false: standard streams are /dev/null */
	char *const *argv; /* NULL-terminated */
	int fuse, master;  /* -1 until made, and after they were sent */
	char slave[32];	   /* "/dev/pts/0" */
	int parent;	   /* pidfd of the launcher, for INIT; -1 before */
};

#define CONFINE_OWN "/opt/carrel" /* this program, wherever it lies outside */
#define CONFINE_PATH \
	CONFINE_OWN  \
	":/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
#define CONFINE_SOCK 3
#define CONFINE_ARGS 4096	 /* of a command line */
#define CONFINE_ROOT "/tmp/root" /* the new root while it is made */
#define CONFINE_DESK "/carrel"
#define CONFINE_WORK CONFINE_DESK "/work" /* where the desk has one */

/* One step; the table's order is the argument (see confine.c). */
struct confine_step {
	const char *name, *reason;
	enum confine_where where;
	int (*fn)(struct confine *c, struct err *e); /* NULL at the gateway */
};

/**
 * confine_steps(n): the table, in order. confine_explain(o): the same as a
 * JSON array for people. confine_words(b): append it as lines of number, name,
 * process and reason, at most 100 columns wide. -ENOMEM.
 */
const struct confine_step *confine_steps(size_t *n);
void confine_explain(struct json_out *o);
int confine_words(struct buf *b) MUST_CHECK;

/* Steps. Each does one thing, returns 0 or a negative errno with words. */
int confine_streams(struct confine *c, struct err *e);
int confine_keyring(struct confine *c, struct err *e);
int confine_image(struct confine *c, struct err *e);
int confine_user(struct confine *c, struct err *e);
int confine_spaces(struct confine *c, struct err *e);
int confine_network(struct confine *c, struct err *e);
int confine_root(struct confine *c, struct err *e);
int confine_etc(struct confine *c, struct err *e);
int confine_dev(struct confine *c, struct err *e);
int confine_scratch(struct confine *c, struct err *e);
int confine_fuse(struct confine *c, struct err *e);
int confine_pty(struct confine *c, struct err *e);
int confine_handover(struct confine *c, struct err *e);
int confine_pid(struct confine *c, struct err *e);
int confine_reaper(struct confine *c, struct err *e);
int confine_proc(struct confine *c, struct err *e);
int confine_enter(struct confine *c, struct err *e);
int confine_null(struct confine *c, struct err *e);
int confine_go(struct confine *c, struct err *e);
int confine_folders(struct confine *c, struct err *e);
int confine_tty(struct confine *c, struct err *e);
int confine_core(struct confine *c, struct err *e);
int confine_rights(struct confine *c, struct err *e);
int confine_landlock(struct confine *c, struct err *e);
int confine_keep(struct confine *c, struct err *e);
int confine_seccomp(struct confine *c, struct err *e);

/**
 * confine_dir(path, e), confine_file(path, text, e): make a folder, write a
 * file below the root that is being made.
 */
int confine_dir(const char *path, struct err *e) MUST_CHECK;
int confine_file(const char *path, struct bytes text, struct err *e) MUST_CHECK;

/**
 * confine_bind(from, to, e): bind-mount a file or folder read-only, nosuid,
 * nodev, with all below it; a missing `from` is no failure.
 */
int confine_bind(const char *from, const char *to, struct err *e) MUST_CHECK;

/**
 * confine_tmpfs(path, options, e): a private file system in memory.
 */
int confine_tmpfs(const char *path, const char *options,
		  struct err *e) MUST_CHECK;

/**
 * landlock_abi(): of the running kernel; 0 without it.
 */
int landlock_abi(void);

/**
 * confine_seccomp_hash(out): SHA-256 of the BPF program that confine_seccomp
 * loads on this machine. Negative errno.
 */
int confine_seccomp_hash(uint8_t out[HASH_LEN]) MUST_CHECK;

/**
 * confine_main(sock): the launcher's main: read the wishes, run the table.
 * Returns the exit code of the session.
 */
int confine_main(int sock);

/* What the launcher says over the socket; descriptors travel along. */
enum confine_msg {
	CONFINE_FAILED = 0, /* text follows */
	CONFINE_READY,	    /* with the FUSE descriptor, and the master */
	CONFINE_RUNNING,    /* with a pidfd of pid 1 */
	CONFINE_START,	    /* from the gateway, with the task: run */
};

#endif
