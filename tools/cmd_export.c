/* carrel export: a view for training, with a receipt. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/hash.h"
#include "base/hex.h"
#include "fs/desk/preview.h"
#include "fs/desk/receipt.h"
#include "fs/session/hold.h"
#include "fs/store/flag.h"
#include "tools/commands.h"
#include "tools/desk.h"

#define RECEIPT "receipt.json"

/*
 * The receipt says under which terms and policy the files were made and what
 * they hold; it is written last, so that a folder without one is no export. The
 * log has its digest: neither can be changed alone.
 */
struct exporting {
	const struct cli *c;
	struct open o;
	struct hold *hold;
	struct subject s;
	struct arena *arena; /* terms */
	int outfd;
	uint64_t files;
	struct buf receipt;
	uint8_t digest[HASH_LEN];
};

static void exporting_done(struct exporting *x)
{
	fd_close(&x->outfd);
	buf_free(&x->receipt);
	open_close(&x->o);
	arena_free(x->arena);
}

/* ---- terms ---- */

static int terms_of(struct exporting *x, const char *name,
		    struct store_dataset *d, struct terms *t, struct err *e)
{
	int r = store_dataset_get(x->o.store, name, 0, d, e);

	if (r == 0)
		r = terms_get(buf_bytes(&d->info), x->arena, t, e);
	if (r == 0)
		r = policy_terms(x->o.policy, name, t, open_now(), e);
	if (r != 0 || t->training)
		return r;
	return err_set(e, -EACCES, name,
		       "its terms do not allow training (the manifest's terms "
		       "say training: true where they do); nothing was "
		       "exported");
}

static void words(struct json_out *j, const char *name, const char *const *v,
		  size_t n)
{
	json_key(j, name);
	json_arr(j);
	for (size_t i = 0; i < n; i++)
		json_cstr(j, v[i]);
	json_arr_end(j);
}

static int put_terms(struct exporting *x, struct json_out *j, struct err *e)
{
	const char *const *names;
	size_t n = policy_datasets(x->o.policy, &names);
	int r = 0;

	json_key(j, "datasets");
	json_arr(j);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct store_dataset d CLEANUP(store_dataset_free) = {0};
		struct terms t = {0};

		r = terms_of(x, names[i], &d, &t, e);
		json_obj(j);
		json_key(j, "name");
		json_cstr(j, names[i]);
		json_key(j, "version");
		json_uint(j, d.version);
		json_key(j, "root");
		json_hex(j, bytes_of(d.root, sizeof(d.root)));
		words(j, "purposes", t.purposes, t.npurposes);
		words(j, "projects", t.projects, t.nprojects);
		json_key(j, "retain_until");
		json_int(j, t.retain_until);
		json_obj_end(j);
	}
	json_arr_end(j);
	return r;
}

/* ---- the receipt ---- */

static int put_checkpoint(struct exporting *x, struct json_out *j)
{
	struct buf path CLEANUP(buf_free) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	int r = buf_printf(&path, "%s/log/checkpoint", store_dir(x->o.store));

	if (r == 0)
		r = file_read(AT_FDCWD, buf_str(&path), 1 << 16, &b);
	json_key(j, "checkpoint");
	json_str(j, buf_bytes(&b));
	return r;
}

static int make_receipt(struct exporting *x, struct desk *d, struct err *e)
{
	struct json_out j;
	int r;

	cli_json(&j, &x->receipt);
	json_key(&j, "store");
	json_hex(&j, bytes_of(store_id(x->o.store), STORE_ID));
	json_key(&j, "project");
	json_cstr(&j, policy_project(x->o.policy));
	json_key(&j, "purpose");
	json_cstr(&j, policy_purpose(x->o.policy));
	json_key(&j, "role");
	json_cstr(&j, x->s.role);
	json_key(&j, "policy");
	json_hex(&j, bytes_of(policy_hash(x->o.policy), 32));
	json_key(&j, "tool");
	json_cstr(&j, CARREL_TOOL);
	json_key(&j, "time");
	json_int(&j, open_now());
	r = put_terms(x, &j, e);
	json_key(&j, "files");
	if (r == 0)
		r = receipt_files(d, &j, &x->files, e);
	if (r != 0)
		return r;
	r = put_checkpoint(x, &j);
	json_obj_end(&j);
	if (r == 0)
		r = j.err != 0 ? -ENOMEM : buf_putc(&x->receipt, '\n');
	hash_sha256(x->digest, buf_bytes(&x->receipt));
	return r == 0 ? 0
		      : err_set(e, r, "", "no receipt can be made: %s",
				strerror(-r));
}

/* ---- all of it ---- */

static int log_it(struct exporting *x, const char *op, bool done, struct err *e)
{
	struct event ev = {.kind = EV_EXPORT};
	int r;

	event_text(&ev, EF_OP, op);
	event_text(&ev, EF_ROLE, x->s.role);
	event_text(&ev, EF_PROJECT, policy_project(x->o.policy));
	event_text(&ev, EF_PURPOSE, policy_purpose(x->o.policy));
	event_bytes(&ev, EF_POLICY, bytes_of(policy_hash(x->o.policy), 32));
	if (done) {
		event_uint(&ev, EF_COUNT, x->files);
		event_bytes(&ev, EF_DIGEST, bytes_of(x->digest, HASH_LEN));
	}
	r = hold_log(x->hold, &ev);
	return r == 0 ? 0
		      : err_set(e, r, "", "the log cannot record this: %s",
				strerror(-r));
}

static int make_folder(struct exporting *x, struct err *e)
{
	const char *out = cli_get(x->c, "out");

	if (mkdir(out, 0700) != 0)
		return err_errno(e, out, "cannot be made");
	x->outfd = open(out, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	return x->outfd < 0 ? err_errno(e, out, "cannot be opened") : 0;
}

static int write_all(struct exporting *x, struct err *e)
{
	struct tool_desk td CLEANUP(tool_desk_close) = {0};
	struct desk *d CLEANUP(desk_closep) = NULL;
	uint64_t files = 0;
	int r = tool_desk_open(&x->o, &x->s, "export", &td, &d, e);

	if (r == 0)
		r = preview_write(d, bytes_of(NULL, 0), x->outfd, &td.progress,
				  &files, e);
	if (r == 0)
		r = make_receipt(x, d, e);
	if (r != 0)
		return r;
	r = log_it(x, "view exported", true, e);
	if (r == 0)
		r = file_create(x->outfd, RECEIPT, 0600,
				buf_bytes(&x->receipt));
	return r == 0 || e->code != 0
		       ? r
		       : err_set(e, r, RECEIPT, "cannot be written: %s",
				 strerror(-r));
}

/* Before anything is made: may it be? */
static int check(struct exporting *x, struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	int r = open_policy(cli_get(x->c, "policy"), &x->o, e);

	if (r == 0)
		r = policy_subject_role(x->o.policy, cli_get(x->c, "as"),
					open_now(), &x->s, e);
	if (r == 0)
		r = open_store(x->c, &x->o, e);
	x->arena = arena_new();
	if (r == 0 && x->arena == NULL)
		r = err_nomem(e);
	cli_json(&j, &b);
	return r == 0 ? put_terms(x, &j, e) : r;
}

static int count_flag(void *ctx, const struct store_flag *f)
{
	*(size_t *)ctx += store_flag_hides(f);
	return 0;
}

/* Whoever flagged a value does not see it; this view would show it. */
static int warn_flags(const struct exporting *x, struct err *e)
{
	size_t n = 0;
	int r = store_flag_each(x->o.store, count_flag, &n);

	if (r != 0)
		return err_set(e, r, "", "the flags cannot be read: %s",
			       strerror(-r));
	if (n > 0)
		diag_say("%zu flagged values are not decided on, and shown as "
			 "they are found: see `carrel work flags`",
			 n);
	return 0;
}

int cmd_export(struct cli *c)
{
	struct exporting x CLEANUP(exporting_done) = {.c = c, .outfd = -1};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct err e = {0};
	int r;

	if (!cli_has(c, "policy") || !cli_has(c, "as") || !cli_has(c, "out"))
		return cli_usage(c, "give --policy P, --as ROLE and --out DIR");
	r = check(&x, &e);
	if (r == 0)
		r = warn_flags(&x, &e);
	if (r == 0)
		r = hold_open(x.o.store, CARREL_TOOL, &x.hold, &e);
	if (r == 0)
		r = make_folder(&x, &e);
	if (r == 0)
		r = log_it(&x, "view", false, &e);
	if (r == 0)
		r = write_all(&x, &e);
	r = hold_close(x.hold, r, &e);
	if (r != 0)
		return cli_fail(c, &e);
	diag_say("%" PRIu64 " files as role %s sees them, and " RECEIPT
		 ", in %s",
		 x.files, x.s.role, cli_get(c, "out"));
	if (!c->json)
		return 0;
	cli_json(&j, &b);
	json_key(&j, "files");
	json_uint(&j, x.files);
	json_key(&j, "out");
	json_cstr(&j, cli_get(c, "out"));
	json_key(&j, "receipt");
	json_hex(&j, bytes_of(x.digest, HASH_LEN));
	return cli_json_end(c, &j, &b);
}
