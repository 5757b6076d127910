/* Opening what a command names: keys, store, policy, session wishes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_OPEN_H
#define TOOLS_OPEN_H

#include "fs/store/store.h"
#include "policy/policy.h"
#include "tools/cli.h"

#define CARREL_TOOL "carrel " CARREL_VERSION

/* What most commands hold open; zero-initialise, open_close at the end. */
struct open {
	struct keypool *pool;
	struct store *store;
	struct buf policy_text;
	struct policy *policy;
};
void open_close(struct open *o);

/** open_pool(o, e): the locked key pool. */
int open_pool(struct open *o, struct err *e) MUST_CHECK;

/** open_option(c, name, env): an option, or the variable; NULL. */
const char *open_option(const struct cli *c, const char *name, const char *env);

/** open_dir(c): --store or CARREL_STORE; NULL where neither is given. */
const char *open_dir(const struct cli *c);

/**
 * open_cred(c, pool, key, pass, e): what unlocks the store, from --key-file,
 * --passphrase-file, --key-command, their CARREL_... variables, or a prompt on
 * the terminal: *key, or pass filled (secret).
 */
int open_cred(const struct cli *c, struct keypool *pool, struct key **key,
	      struct buf *pass, struct err *e) MUST_CHECK;

/** open_key_file(pool, path, out, e): 32 bytes or 64 hex digits; -ENOENT. */
int open_key_file(struct keypool *pool, const char *path, struct key **out,
		  struct err *e) MUST_CHECK;

/** open_key_write(path, k): as text into a new file, mode 0600; -EEXIST. */
int open_key_write(const char *path, const struct key *k) MUST_CHECK;

/** open_pass_file(path, pass, e): the first line of a file. open_pass_ask(ask,
 * pass, e): a line from the terminal, without echo. pass is secret. */
int open_pass_file(const char *path, struct buf *pass,
		   struct err *e) MUST_CHECK;
int open_pass_ask(const char *ask, struct buf *pass, struct err *e) MUST_CHECK;

/** open_store(c, o, e): pool, key, store. open_store_by: the same, and what
 * unlocked it in key or pass, as open_cred. */
int open_store(const struct cli *c, struct open *o, struct err *e) MUST_CHECK;
int open_store_by(const struct cli *c, struct open *o, struct key **key,
		  struct buf *pass, struct err *e) MUST_CHECK;

/** open_policy(path, o, e): read and load a policy file. */
int open_policy(const char *path, struct open *o, struct err *e) MUST_CHECK;

/** open_log_dir(c, b, e): --log, or STORE/log; the path as a string in b. */
int open_log_dir(const struct cli *c, struct buf *b, struct err *e) MUST_CHECK;

/** open_confirm(c, word, e): 0 with --yes, or where somebody at the terminal
 * types the word. -EINVAL: nobody to ask; -ECANCELED. */
int open_confirm(const struct cli *c, const char *word,
		 struct err *e) MUST_CHECK;

/** open_below(path, prefix): the stored path is prefix or lies below it; an
 * empty one is above all. */
bool open_below(struct bytes path, struct bytes prefix);

/** open_now(): seconds since 1970. */
int64_t open_now(void);

#endif
