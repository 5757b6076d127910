/* carrel init: make a store, its keys and its log. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/hex.h"
#include "fs/audit/audit.h"
#include "tools/commands.h"
#include "tools/logkey.h"
#include "tools/open.h"

#define MAX_AUDITORS 16

/* A key file that this run made: none is left where the store is not. */
struct made_key {
	const char *path,
		*store; /* path NULL: it was there, or there is none */
};

static void made_key_done(struct made_key *k)
{
	if (k->path != NULL && store_stands(k->store, NULL) == -ENOENT)
		(void)unlink(k->path);
}

/* Where the key is to come from --key-file and that names nothing yet, a new
 * one is written there. */
static int make_key_file(const struct cli *c, struct keypool *pool,
			 struct made_key *made, struct err *e)
{
	const char *path = open_option(c, "key-file", "CARREL_KEY_FILE");
	struct key *k CLEANUP(key_freep) = NULL;
	int r;

	if (path == NULL || access(path, F_OK) == 0 ||
	    cli_has(c, "passphrase-file") || cli_has(c, "key-command"))
		return 0;
	k = key_random(pool);
	if (k == NULL)
		return err_nomem(e);
	r = open_key_write(path, k);
	if (r != 0)
		return err_set(e, r, path, "the key file cannot be made: %s",
			       strerror(-r));
	*made = (struct made_key){.path = path, .store = open_dir(c)};
	return 0;
}

static int read_auditors(const struct cli *c, uint8_t (*out)[BOX_PUB],
			 size_t *n, struct err *e)
{
	const char *v;

	for (*n = 0; (v = cli_each(c, "auditor", *n)) != NULL; (*n)++) {
		if (*n == MAX_AUDITORS)
			return err_set(e, -EINVAL, "", "at most %d auditors",
				       MAX_AUDITORS);
		if (hex_decode(out[*n], BOX_PUB, bytes_str(v)) != 0)
			return err_set(
				e, -EINVAL, v,
				"an auditor's key is 64 hex digits, as carrel "
				"key new prints it");
	}
	return 0;
}

/* What init has to say. */
struct made {
	struct buf vkey;
	uint8_t id[STORE_ID];
	enum aead_cipher cipher;
};

static void made_free(struct made *m)
{
	buf_free(&m->vkey);
}

/* The log belongs to the store: without one it is none. Fits finish. */
static int make_log(void *ctx, struct store *s, struct err *e)
{
	struct buf dir CLEANUP(buf_free) = {0};
	struct made *m = ctx;
	uint8_t pub[SIGN_PUB];
	struct audit_config cfg = {.origin = store_origin(s),
				   .pool = store_pool(s),
				   .sign = store_log_seed(s),
				   .tool = CARREL_TOOL};
	int r;

	memcpy(m->id, store_id(s), STORE_ID);
	m->cipher = store_cipher(s);
	cfg.recipients = store_recipients(s, &cfg.nrecipients);
	if (buf_printf(&dir, "%s/log", store_dir(s)) != 0)
		return err_nomem(e);
	cfg.dir = buf_str(&dir);
	r = store_lock(s, e);
	if (r == 0)
		r = audit_create(&cfg, e);
	if (r != 0)
		return r;
	sign_public(cfg.sign, pub);
	r = audit_vkey(cfg.origin, pub, &m->vkey);
	return r == 0 ? 0 : err_set(e, r, store_dir(s), "no verifier key");
}

static int read_cipher(const struct cli *c, enum aead_cipher *out,
		       struct err *e)
{
	const char *name = cli_get(c, "cipher");

	if (name == NULL)
		return 0;
	*out = aead_parse(bytes_str(name));
	return *out != AEAD_REFUSED ? 0
				    : err_set(e, -EINVAL, name,
					      "not a cipher: aes-256-gcm or "
					      "xchacha20-poly1305");
}

/* The key is made last of all that can fail before the store. */
static int make_store(const struct cli *c, struct open *o, struct made *m,
		      struct err *e)
{
	struct buf pass CLEANUP(buf_free) = {.secret = true};
	struct buf origin CLEANUP(buf_free) = {0};
	struct key *key CLEANUP(key_freep) = NULL;
	struct key *sign CLEANUP(key_freep) = NULL;
	struct made_key made CLEANUP(made_key_done) = {0};
	uint8_t auditors[MAX_AUDITORS][BOX_PUB];
	struct store_cred cred;
	struct store_init i = {.dir = open_dir(c),
			       .pool = o->pool,
			       .cred = &cred,
			       .auditors = auditors,
			       .owner_uid = getuid(),
			       .finish = make_log,
			       .ctx = m};
	int r = store_init_place(i.dir, e);

	if (r == 0)
		r = read_auditors(c, auditors, &i.nauditors, e);
	if (r == 0 && cli_has(c, "log-key"))
		r = logkey_read(o->pool, cli_get(c, "log-key"), &sign, &origin,
				e);
	if (r == 0)
		r = read_cipher(c, &i.cipher, e);
	if (r == 0)
		r = make_key_file(c, o->pool, &made, e);
	if (r == 0)
		r = open_cred(c, o->pool, &key, &pass, e);
	if (r != 0)
		return r;
	cred = (struct store_cred){.key = key, .passphrase = buf_bytes(&pass)};
	i.sign = sign;
	i.origin = origin.n == 0 ? NULL : buf_str(&origin);
	return store_init(&i, e);
}

static int answer_init(const struct cli *c, struct made *m)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	if (!c->json) {
		fprintf(c->out, "%s\n", buf_str(&m->vkey));
		diag_say("store made in %s (%s); above is the log's verifier "
			 "key: give it to your auditors",
			 open_dir(c), aead_name(m->cipher));
		return fflush(c->out) == 0 ? 0 : 70;
	}
	cli_json(&j, &b);
	json_key(&j, "store");
	json_hex(&j, bytes_of(m->id, STORE_ID));
	json_key(&j, "cipher");
	json_cstr(&j, aead_name(m->cipher));
	json_key(&j, "vkey");
	json_str(&j, buf_bytes(&m->vkey));
	return cli_json_end(c, &j, &b);
}

/* DIR is --store by another name, and wins over CARREL_STORE as that does. */
static int take_dir(struct cli *c)
{
	const char *named = cli_get(c, "store");

	if (c->nargs == 1 && named == NULL)
		return cli_give(c, "store", c->args[0]);
	if (c->nargs == 1 && strcmp(named, c->args[0]) != 0)
		return cli_usage(c, "--store %s and %s: which of them?", named,
				 c->args[0]);
	return 0;
}

int cmd_init(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct made m CLEANUP(made_free) = {0};
	struct err e = {0};
	int r = take_dir(c);

	if (r != 0)
		return r;
	if (open_dir(c) == NULL)
		return cli_usage(c, "which store? give DIR or --store DIR");
	r = open_pool(&o, &e);
	if (r == 0)
		r = make_store(c, &o, &m, &e);
	return r != 0 ? cli_fail(c, &e) : answer_init(c, &m);
}
