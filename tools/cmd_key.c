/* carrel key: the ways to open a store, and the root key behind them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/hex.h"
#include "base/sign.h"
#include "fs/session/hold.h"
#include "tools/commands.h"
#include "tools/open.h"

#define CREDS 16 /* as many as a store has slots */

/* What a command holds; zero-initialise. */
struct keys {
	struct open o;
	struct hold *hold;
	struct key *key; /* how the store was opened */
	struct buf pass;
	size_t n; /* further credentials, behind creds[0] */
	struct store_cred creds[1 + CREDS];
	struct key *also[CREDS];
	struct buf passes[CREDS];
};

static void keys_close(struct keys *k)
{
	for (size_t i = 0; i < CREDS; i++) {
		key_free(k->also[i]);
		buf_free(&k->passes[i]);
	}
	key_free(k->key);
	buf_free(&k->pass);
	open_close(&k->o);
}

static int also_one(struct keys *k, const char *path, bool pass, struct err *e)
{
	struct store_cred *cred = &k->creds[1 + k->n];
	int r;

	if (k->n == CREDS)
		return err_set(e, -EINVAL, path,
			       "at most %d further credentials", CREDS);
	k->passes[k->n].secret = true;
	r = pass ? open_pass_file(path, &k->passes[k->n], e)
		 : open_key_file(k->o.pool, path, &k->also[k->n], e);
	*cred = (struct store_cred){.key = k->also[k->n],
				    .passphrase = buf_bytes(&k->passes[k->n])};
	k->n += r == 0;
	return r;
}

static int also_all(const struct cli *c, struct keys *k, struct err *e)
{
	const char *v;
	int r = 0;

	for (size_t i = 0; r == 0; i++) {
		v = cli_each(c, "also-key-file", i);
		if (v == NULL)
			break;
		r = also_one(k, v, false, e);
	}
	for (size_t i = 0; r == 0; i++) {
		v = cli_each(c, "also-passphrase-file", i);
		if (v == NULL)
			break;
		r = also_one(k, v, true, e);
	}
	return r;
}

/* The store, whatever else opens it, and the right to write to it. */
static int begin(const struct cli *c, struct keys *k, struct err *e)
{
	int r;

	k->pass.secret = true;
	r = open_store_by(c, &k->o, &k->key, &k->pass, e);
	k->creds[0] = (struct store_cred){.key = k->key,
					  .passphrase = buf_bytes(&k->pass)};
	if (r == 0)
		r = also_all(c, k, e);
	return r != 0 ? r : hold_open(k->o.store, CARREL_TOOL, &k->hold, e);
}

/* In the log before it is done. */
static int log_it(struct keys *k, const char *op, uint32_t slot, struct err *e)
{
	struct event ev = {.kind = EV_KEY};
	int r;

	event_text(&ev, EF_OP, op);
	if (slot != 0)
		event_uint(&ev, EF_NUMBER, slot);
	r = hold_log(k->hold, &ev);
	return r == 0 ? 0
		      : err_set(e, r, "", "the log cannot record this: %s",
				strerror(-r));
}

/* ---- new ---- */

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
	char pub[2 * BOX_PUB + 1];
	uint8_t raw[BOX_PUB];
	struct err e = {0};
	int r;

	if (open_pool(&o, &e) != 0)
		return cli_fail(c, &e);
	k = key_random(o.pool);
	r = k == NULL ? -ENOMEM : open_key_write(c->args[0], k);
	if (r != 0) {
		err_set(&e, r, c->args[0], "the key file cannot be made: %s",
			strerror(-r));
		return cli_fail(c, &e);
	}
	box_public(k, raw);
	hex_encode(pub, bytes_of(raw, sizeof(raw)));
	return print_public(c, pub);
}

/* ---- list ---- */

struct listing {
	const struct cli *c;
	struct json_out *j; /* NULL: lines */
};

static void slot_json(struct json_out *j, const struct store_slot *s)
{
	json_obj(j);
	json_key(j, "slot");
	json_uint(j, s->id);
	json_key(j, "kind");
	json_cstr(j, s->kind);
	json_key(j, "own");
	json_bool(j, s->own);
	if (s->pub != NULL) {
		json_key(j, "public");
		json_hex(j, bytes_of(s->pub, BOX_PUB));
	}
	if (s->kib != 0) {
		json_key(j, "passes");
		json_uint(j, s->ops);
		json_key(j, "kib");
		json_uint(j, s->kib);
	}
	json_obj_end(j);
}

static int list_slot(void *ctx, const struct store_slot *s)
{
	const struct listing *l = ctx;
	char pub[2 * BOX_PUB + 2] = "";

	if (l->j != NULL) {
		slot_json(l->j, s);
		return 0;
	}
	if (s->pub != NULL) {
		pub[0] = ' ';
		hex_encode(pub + 1, bytes_of(s->pub, BOX_PUB));
	}
	fprintf(l->c->out, "%4" PRIu32 "  %s%s%s\n", s->id, s->kind, pub,
		s->own ? " (you opened the store with it)" : "");
	return 0;
}

int cmd_key_list(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct listing l = {.c = c};
	struct json_out j;
	struct err e = {0};
	int r = open_store(c, &o, &e);

	cli_json(&j, &b);
	json_key(&j, "slots");
	json_arr(&j);
	l.j = c->json ? &j : NULL;
	if (r == 0)
		r = store_slot_each(o.store, list_slot, &l, &e);
	if (r != 0)
		return cli_fail(c, &e);
	json_arr_end(&j);
	return c->json ? cli_json_end(c, &j, &b) : 0;
}

/* ---- add ---- */

/* What the new slot is for. */
struct fresh {
	struct store_cred cred;
	struct key *key;
	struct buf pass;
	uint8_t pub[BOX_PUB];
	const char *made; /* a key file of this run, not in use yet */
};

static void fresh_done(struct fresh *f)
{
	if (f->made != NULL)
		(void)unlink(f->made);
	key_free(f->key);
	buf_free(&f->pass);
}

static int fresh_key(struct keys *k, struct fresh *f, const char *path,
		     struct err *e)
{
	int r;

	if (access(path, F_OK) == 0)
		return open_key_file(k->o.pool, path, &f->key, e);
	f->key = key_random(k->o.pool);
	if (f->key == NULL)
		return err_nomem(e);
	r = open_key_write(path, f->key);
	if (r != 0)
		return err_set(e, r, path, "the key file cannot be made: %s",
			       strerror(-r));
	f->made = path;
	return 0;
}

static int fresh_ask(struct fresh *f, struct err *e)
{
	struct buf again CLEANUP(buf_free) = {.secret = true};
	int r = open_pass_ask("New passphrase: ", &f->pass, e);

	if (r == -ENOKEY && f->pass.n == 0)
		return err_set(e, -EINVAL, "",
			       "what for? give --new-key-file, "
			       "--new-passphrase-file or --recipient (there is "
			       "no terminal to ask for a passphrase on, or "
			       "none was typed)");
	if (r == 0)
		r = open_pass_ask("The same again: ", &again, e);
	if (r != 0 || bytes_eq(buf_bytes(&f->pass), buf_bytes(&again)))
		return r;
	return err_set(e, -EINVAL, "", "the two are not the same");
}

static int fresh_take(const struct cli *c, struct keys *k, struct fresh *f,
		      struct err *e)
{
	const char *key = cli_get(c, "new-key-file");
	const char *pass = cli_get(c, "new-passphrase-file");
	const char *pub = cli_get(c, "recipient");
	int r = 0;

	f->pass.secret = true;
	if (key != NULL)
		r = fresh_key(k, f, key, e);
	else if (pub != NULL &&
		 hex_decode(f->pub, BOX_PUB, bytes_str(pub)) != 0)
		r = err_set(e, -EINVAL, pub,
			    "a recipient is 64 hex digits, as carrel key new "
			    "prints them");
	else if (pass != NULL)
		r = open_pass_file(pass, &f->pass, e);
	else if (pub == NULL)
		r = fresh_ask(f, e);
	f->cred = (struct store_cred){.key = f->key,
				      .passphrase = buf_bytes(&f->pass),
				      .recipient = pub == NULL ? NULL : f->pub};
	return r;
}

static int add(const struct cli *c, struct keys *k, uint32_t *id, struct err *e)
{
	struct fresh f CLEANUP(fresh_done) = {0};
	int r = begin(c, k, e);

	if (r == 0)
		r = fresh_take(c, k, &f, e);
	if (r == 0)
		r = log_it(k, "slot add", 0, e);
	if (r == 0)
		r = store_slot_add(k->o.store, &f.cred, 0, 0, id, e);
	if (r == 0)
		f.made = NULL;
	return hold_close(k->hold, r, e);
}

int cmd_key_add(struct cli *c)
{
	struct keys k CLEANUP(keys_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct err e = {0};
	uint32_t id = 0;

	if (cli_has(c, "new-key-file") + cli_has(c, "new-passphrase-file") +
		    cli_has(c, "recipient") >
	    1)
		return cli_usage(c, "one slot at a time: a key file, a "
				    "passphrase or a recipient");
	if (add(c, &k, &id, &e) != 0)
		return cli_fail(c, &e);
	diag_say("slot %" PRIu32 " opens the store from now on", id);
	if (!c->json)
		return 0;
	cli_json(&j, &b);
	json_key(&j, "slot");
	json_uint(&j, id);
	return cli_json_end(c, &j, &b);
}

/* ---- remove ---- */

int cmd_key_remove(struct cli *c)
{
	struct keys k CLEANUP(keys_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct err e = {0};
	char *end;
	unsigned long id = strtoul(c->args[0], &end, 10);
	int r;

	if (*end != '\0' || id == 0 || id > UINT32_MAX)
		return cli_usage(c, "a slot is named by its number");
	r = begin(c, &k, &e);
	if (r == 0)
		r = log_it(&k, "slot remove", (uint32_t)id, &e);
	if (r == 0)
		r = store_slot_remove(k.o.store, (uint32_t)id, k.creds, 1 + k.n,
				      &e);
	if (hold_close(k.hold, r, &e) != 0)
		return cli_fail(c, &e);
	diag_say("slot %lu is gone; whoever opened the store with it and kept "
		 "a copy of store.yaml still has the root key: `carrel key "
		 "rotate` makes that one useless",
		 id);
	if (!c->json)
		return 0;
	cli_json(&j, &b);
	json_key(&j, "removed");
	json_uint(&j, id);
	return cli_json_end(c, &j, &b);
}

/* ---- rotate ---- */

static int answer_rotate(const struct cli *c, const struct store_rotate *r)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	diag_say("the root key is new; slots kept: %" PRIu32
		 ", let go: %" PRIu32,
		 r->kept, r->dropped);
	if (r->wal)
		diag_say("a reader kept catalog.db-wal: pages under the old "
			 "root stay in it until the last process closes the "
			 "store");
	diag_say("copies and backups of before still open with the old slots");
	if (!c->json)
		return 0;
	cli_json(&j, &b);
	json_key(&j, "kept");
	json_uint(&j, r->kept);
	json_key(&j, "dropped");
	json_uint(&j, r->dropped);
	json_key(&j, "wal_kept");
	json_bool(&j, r->wal);
	return cli_json_end(c, &j, &b);
}

int cmd_key_rotate(struct cli *c)
{
	struct keys k CLEANUP(keys_close) = {0};
	struct store_rotate rotate = {.creds = k.creds,
				      .drop = cli_has(c, "drop"),
				      .tell = hold_reroot};
	struct err e = {0};
	int r = begin(c, &k, &e);

	if (r == 0)
		r = log_it(&k, "rotate", 0, &e);
	rotate.ncreds = 1 + k.n;
	rotate.ctx = k.hold;
	if (r == 0)
		r = store_rotate(k.o.store, &rotate, &e);
	return hold_close(k.hold, r, &e) != 0 ? cli_fail(c, &e)
					      : answer_rotate(c, &rotate);
}
