/* Facts about this machine and this session, for the log and for strength. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_FACTS_H
#define SESSION_FACTS_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/hash.h"

/* The worst comes first, so that an unread fact never flatters. */
enum facts_hidepid {
	HIDEPID_OFF = 0,  /* anyone reads the arguments of anyone */
	HIDEPID_NOACCESS, /* the folders show, what is in them does not */
	HIDEPID_INVISIBLE,
};
enum facts_swap {
	SWAP_PLAIN = 0, /* a disk holds memory in plain text */
	SWAP_MEMORY,	/* zram only */
	SWAP_SEALED,	/* every area lies on dm-crypt, or in memory */
	SWAP_NONE,
};

#define FACTS_GROUPS 32 /* listed; more are counted */

/* Zero-initialise: everything is then as weak as it can be. */
struct facts {
	bool room;	/* the session runs in the confinement of the table */
	bool published; /* a page of it is shown to a browser outside */
	bool terminal;
	uid_t gateway;	 /* who holds keys and log */
	uid_t annotator; /* who asked: the login */
	uid_t owner;	 /* of the session's user namespace */
	uid_t session;	 /* as which the command runs, seen from outside */
	bool seccomp;	 /* the filter can be built and loaded here */
	uint8_t seccomp_hash[HASH_LEN]; /* SHA-256 of its BPF */
	int landlock_abi;		/* 0: none */
	enum facts_hidepid hidepid;
	enum facts_swap swap;
	int yama;    /* ptrace_scope; -1: no Yama */
	int tiocsti; /* dev.tty.legacy_tiocsti; -1: cannot be told */
	char core_pattern[128];
	char kernel[80];
	uint32_t ngroups; /* supplementary groups that the session keeps */
	gid_t groups[FACTS_GROUPS];
};

/* Whose session it is; what no file of /proc tells. Who launches a session
 * owns its user namespace. */
struct facts_want {
	uid_t gateway, annotator, owner, session;
	bool no_terminal, published;
	bool no_hash; /* the filter's hash is not needed */
};

/**
 * facts_gather(w, f): read all of them as they are now. What cannot be read
 * stays as weak as it can be. Groups are those of this process.
 */
void facts_gather(const struct facts_want *w, struct facts *f) NONNULL_ALL;

/**
 * facts_read(proc, sys, f): only those that stand in files below these two open
 * folders: hidepid, swap, Yama, TIOCSTI, core_pattern.
 */
void facts_read(int proc, int sys, struct facts *f) NONNULL_ALL;

/**
 * facts_json(f, b): append them as a JSON object, with the strength they add
 * up to and why it is no more. -ENOMEM.
 */
int facts_json(const struct facts *f, struct buf *b) MUST_CHECK NONNULL_ALL;

/**
 * facts_put(b, no_terminal): gather and append, where gateway, annotator and
 * owner are this process's uid. facts_strength(): the name of what those add
 * up to. facts_strength_for(peer): the same for a session that a client of
 * this uid has launched and asks this process, the gateway, to serve.
 */
int facts_put(struct buf *b, bool no_terminal) MUST_CHECK;
const char *facts_strength(void);
const char *facts_strength_for(uid_t peer);

/** The words of the log for an enumerator. */
const char *facts_hidepid_name(enum facts_hidepid h);
const char *facts_swap_name(enum facts_swap s);

#endif
