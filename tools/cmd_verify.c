/* carrel audit verify: the log, as a stranger checks it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "fs/audit/verify.h"
#include "tools/commands.h"
#include "tools/open.h"

#define NOTE_MAX 65536

/* The trusted key: the text itself, or a file that holds it. */
static int read_vkey(const char *arg, struct buf *b, struct err *e)
{
	int r;

	if (arg == NULL)
		return 0;
	if (strchr(arg, '+') != NULL && strchr(arg, '/') != arg) {
		r = buf_puts(b, arg);
	} else {
		r = file_read(AT_FDCWD, arg, 4096, b);
		if (r != 0)
			return err_set(e, r, arg,
				       "the key file cannot be read: %s",
				       strerror(-r));
	}
	while (b->n > 0 && b->p[b->n - 1] <= ' ')
		b->n--;
	return r == 0 ? 0 : err_nomem(e);
}

/* The checkpoint kept from last time; a first run has none. */
static int read_prev(const struct cli *c, struct buf *b, struct err *e)
{
	const char *prev = cli_get(c, "prev");
	const char *save = cli_get(c, "save");
	int r;

	if (prev == NULL)
		return 0;
	r = file_read(AT_FDCWD, prev, NOTE_MAX, b);
	if (r == -ENOENT && save != NULL && strcmp(prev, save) == 0) {
		diag_say("%s: no earlier checkpoint yet; this is the first",
			 prev);
		return 0;
	}
	return r == 0 ? 0
		      : err_set(e, r, prev,
				"the earlier checkpoint cannot be read: %s",
				strerror(-r));
}

static int answer(const struct cli *c, const struct audit_verdict *v, int r,
		  const struct err *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;

	if (!c->json) {
		if (r == -EBADMSG) {
			diag_err(e);
			fprintf(c->out, "BAD: %s\n", e->text);
			return 0;
		}
		fprintf(c->out,
			"%s: %" PRIu64 " entries, %" PRIu64
			" sessions, origin %s%s\n",
			r == 0 ? "good" : "consistent, key not known", v->size,
			v->sessions, v->origin,
			v->unsigned_ == 0 ? "" : ", more is not signed yet");
		return 0;
	}
	cli_json(&j, &b);
	json_key(&j, "verdict");
	json_cstr(&j, r == 0 ? "good" : r == -EBADMSG ? "bad" : "untrusted");
	json_key(&j, "size");
	json_uint(&j, v->size);
	json_key(&j, "unsigned");
	json_uint(&j, v->unsigned_);
	json_key(&j, "sessions");
	json_uint(&j, v->sessions);
	json_key(&j, "unsettled");
	json_uint(&j, v->unsettled);
	json_key(&j, "origin");
	json_cstr(&j, v->origin);
	json_key(&j, "root");
	json_hex(&j, bytes_of(v->root, sizeof(v->root)));
	if (r == -EBADMSG) {
		json_key(&j, "place");
		json_cstr(&j, e->place);
		json_key(&j, "why");
		json_cstr(&j, e->text);
	}
	return cli_json_end(c, &j, &b);
}

int cmd_audit_verify(struct cli *c)
{
	struct audit_verdict v CLEANUP(audit_verdict_free) = {0};
	struct buf dir CLEANUP(buf_free) = {0};
	struct buf vkey CLEANUP(buf_free) = {0};
	struct buf prev CLEANUP(buf_free) = {0};
	const char *save = cli_get(c, "save");
	struct progress_bar bar;
	struct progress p = {progress_bar_tick, &bar};
	struct audit_verify w = {.progress = &p};
	struct err e = {0};
	int r = open_log_dir(c, &dir, &e);

	if (r == 0)
		r = read_vkey(cli_get(c, "key"), &vkey, &e);
	if (r == 0)
		r = read_prev(c, &prev, &e);
	if (r != 0)
		return cli_fail(c, &e);
	w.vkey = buf_bytes(&vkey);
	w.prev = buf_bytes(&prev);
	progress_bar_start(&bar, "verify", "entries");
	r = audit_verify(buf_str(&dir), &w, &v, &e);
	progress_bar_end(&bar);
	if (r != 0 && r != -EBADMSG && r != -ENOKEY)
		return cli_fail(c, &e);
	if (answer(c, &v, r, &e) != 0)
		return 70;
	if (r != 0 && save != NULL)
		diag_say("%s: nothing is saved: %s", save,
			 r == -EBADMSG ? "the log is bad"
				       : "it takes a trusted key, --key");
	if (r == 0 && save != NULL) {
		r = file_replace(AT_FDCWD, save, 0644,
				 buf_bytes(&v.checkpoint));
		if (r != 0) {
			err_set(&e, r, save, "cannot be written: %s",
				strerror(-r));
			return cli_fail(c, &e);
		}
	}
	return r == 0 ? 0 : r == -EBADMSG ? 1 : 3;
}
