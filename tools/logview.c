/* Opening a log for reading. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/logview.h"

#include <errno.h>

void logview_close(struct logview *v)
{
	audit_reader_free(v->reader);
	key_free(v->secret);
	buf_free(&v->dir);
	open_close(&v->open);
	*v = (struct logview){0};
}

int logview_open(const struct cli *c, struct logview *v, bool need_store,
		 struct err *e)
{
	const char *file = cli_get(c, "auditor-key");
	const struct key *secret;
	int r = open_pool(&v->open, e);

	if (r == 0 && file != NULL)
		r = open_key_file(v->open.pool, file, &v->secret, e);
	if (r == 0 && (need_store || file == NULL))
		r = open_store(c, &v->open, e);
	if (r == 0)
		r = open_log_dir(c, &v->dir, e);
	if (r != 0)
		return r;
	secret = v->secret != NULL ? v->secret
				   : store_audit_secret(v->open.store);
	if (secret == NULL)
		return err_set(
			e, -ENOKEY, buf_str(&v->dir),
			"this log is sealed to auditors named at init: give "
			"--auditor-key F");
	return audit_reader_open(buf_str(&v->dir), v->open.pool, secret,
				 &v->reader, e);
}
