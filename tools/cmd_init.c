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

/* Where --key-file names nothing yet, a new key is written there. */
static int make_key_file(const struct cli *c, struct keypool *pool,
			 struct err *e)
{
	const char *path = open_option(c, "key-file", "CARREL_KEY_FILE");
	struct key *k CLEANUP(key_freep) = NULL;
	int fd CLEANUP(fd_close) = -1;
	char text[2 * KEY_LEN + 2];
	int r;

	if (path == NULL || access(path, F_OK) == 0)
		return 0;
	k = key_random(pool);
	if (k == NULL)
		return err_nomem(e);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, path, "the key file cannot be made");
	hex_encode(text, bytes_of(key_raw(k), KEY_LEN));
	text[2 * KEY_LEN] = '\n';
	r = fd_write_full(fd, bytes_of(text, 2 * KEY_LEN + 1));
	if (r == 0 && fsync(fd) != 0)
		r = -errno;
	secret_wipe(text, sizeof(text));
	return r == 0 ? 0
		      : err_set(e, r, path,
				"the key file cannot be written: %s",
				strerror(-r));
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

static int make_store(const struct cli *c, struct open *o, struct err *e)
{
	struct buf pass CLEANUP(buf_free) = {.secret = true};
	struct buf origin CLEANUP(buf_free) = {0};
	struct key *key CLEANUP(key_freep) = NULL;
	struct key *sign CLEANUP(key_freep) = NULL;
	uint8_t auditors[MAX_AUDITORS][BOX_PUB];
	struct store_cred cred;
	struct store_init i = {.dir = open_dir(c),
			       .pool = o->pool,
			       .cred = &cred,
			       .auditors = auditors,
			       .owner_uid = getuid()};
	int r = make_key_file(c, o->pool, e);

	if (r == 0)
		r = open_cred(c, o->pool, &key, &pass, e);
	if (r == 0)
		r = read_auditors(c, auditors, &i.nauditors, e);
	if (r == 0 && cli_has(c, "log-key"))
		r = logkey_read(o->pool, cli_get(c, "log-key"), &sign, &origin,
				e);
	if (r != 0)
		return r;
	if (cli_has(c, "cipher")) {
		i.cipher = aead_parse(bytes_str(cli_get(c, "cipher")));
		if (i.cipher == AEAD_REFUSED)
			return err_set(e, -EINVAL, cli_get(c, "cipher"),
				       "not a cipher: aes-256-gcm or "
				       "xchacha20-poly1305");
	}
	cred = (struct store_cred){.key = key, .passphrase = buf_bytes(&pass)};
	i.sign = sign;
	i.origin = origin.n == 0 ? NULL : buf_str(&origin);
	r = store_init(&i, e);
	return r != 0 ? r : store_open(i.dir, o->pool, &cred, &o->store, e);
}

static int make_log(struct open *o, struct buf *vkey, struct err *e)
{
	struct buf dir CLEANUP(buf_free) = {0};
	uint8_t pub[SIGN_PUB];
	struct audit_config cfg = {.origin = store_origin(o->store),
				   .pool = o->pool,
				   .sign = store_log_seed(o->store),
				   .tool = CARREL_TOOL};
	int r;

	cfg.recipients = store_recipients(o->store, &cfg.nrecipients);
	if (buf_printf(&dir, "%s/log", store_dir(o->store)) != 0)
		return err_nomem(e);
	cfg.dir = buf_str(&dir);
	r = store_lock(o->store, e);
	if (r == 0)
		r = audit_create(&cfg, e);
	if (r != 0)
		return r;
	sign_public(cfg.sign, pub);
	return audit_vkey(cfg.origin, pub, vkey);
}

static int answer_init(const struct cli *c, struct open *o, struct buf *vkey)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	if (!c->json) {
		fprintf(c->out, "%s\n", buf_str(vkey));
		diag_say("store made in %s (%s); above is the log's verifier "
			 "key: give it to your auditors",
			 store_dir(o->store),
			 aead_name(store_cipher(o->store)));
		return fflush(c->out) == 0 ? 0 : 70;
	}
	cli_json(&j, &b);
	json_key(&j, "store");
	json_hex(&j, bytes_of(store_id(o->store), STORE_ID));
	json_key(&j, "cipher");
	json_cstr(&j, aead_name(store_cipher(o->store)));
	json_key(&j, "vkey");
	json_str(&j, buf_bytes(vkey));
	return cli_json_end(c, &j, &b);
}

int cmd_init(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct buf vkey CLEANUP(buf_free) = {0};
	struct err e = {0};
	int r;

	if (c->nargs == 1 && open_dir(c) == NULL) {
		c->given[c->ngiven].name = "store";
		c->given[c->ngiven++].value = c->args[0];
	}
	if (open_dir(c) == NULL)
		return cli_usage(c, "which store? give --store DIR");
	r = open_pool(&o, &e);
	if (r == 0)
		r = make_store(c, &o, &e);
	if (r == 0)
		r = make_log(&o, &vkey, &e);
	return r != 0 ? cli_fail(c, &e) : answer_init(c, &o, &vkey);
}

static int print_public(const struct cli *c, const char *pub)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	if (!c->json)
		return fprintf(c->out, "%s\n", pub) > 0 ? 0 : 70;
	cli_json(&j, &b);
	json_key(&j, "public");
	json_cstr(&j, pub);
	return cli_json_end(c, &j, &b);
}

int cmd_key_new(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct key *k CLEANUP(key_freep) = NULL;
	char text[2 * KEY_LEN + 2];
	uint8_t pub[BOX_PUB];
	struct err e = {0};
	int r;
	int fd CLEANUP(fd_close) = -1;

	if (open_pool(&o, &e) != 0)
		return cli_fail(c, &e);
	k = key_random(o.pool);
	fd = open(c->args[0], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (k == NULL || fd < 0) {
		err_errno(&e, c->args[0], "the key file cannot be made");
		return cli_fail(c, &e);
	}
	hex_encode(text, bytes_of(key_raw(k), KEY_LEN));
	text[2 * KEY_LEN] = '\n';
	if (fd_write_full(fd, bytes_of(text, 2 * KEY_LEN + 1)) != 0 ||
	    fsync(fd) != 0) {
		err_errno(&e, c->args[0], "the key file cannot be written");
		return cli_fail(c, &e);
	}
	box_public(k, pub);
	hex_encode(text, bytes_of(pub, sizeof(pub)));
	r = print_public(c, text);
	secret_wipe(text, sizeof(text));
	return r;
}
