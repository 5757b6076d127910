/* The work area at the end of a session: what no rule keeps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "fs/mount/work.h"
#include "fs/session/session_in.h"

static int add_name(void *ctx, const struct work_file *f)
{
	struct buf *names = ctx;
	int r = buf_putb(names, f->path);

	return r == 0 ? buf_putc(names, 0) : r;
}

int session_unnamed(struct session *s, struct buf *names)
{
	const char *const *keep;
	uint64_t quota;
	size_t n;

	if (s->work == NULL)
		return 0;
	desk_work(s->desk, &keep, &n, &quota);
	return work_unnamed(s->work, keep, n, add_name, names);
}

/* On record before it goes, like every other unlink. */
static int drop(struct session *s, struct bytes path)
{
	struct event ev = {.kind = EV_UNLINK};
	struct buf full CLEANUP(buf_free) = {.secret = true};
	int r = buf_puts(&full, "work/");

	if (r == 0)
		r = buf_putb(&full, path);
	if (r != 0)
		return r;
	event_uint(&ev, EF_SESSION, s->seq);
	event_bytes(&ev, EF_PATH, buf_bytes(&full));
	event_text(&ev, EF_REASON, "not kept");
	r = audit_append(gateway_audit(s->g), s->dek, &ev, NULL);
	return r == 0 ? work_drop(s->work, path) : r;
}

int session_drop(struct session *s)
{
	struct buf names CLEANUP(buf_free) = {.secret = true};
	int r = session_unnamed(s, &names);
	size_t at = 0;

	while (r == 0 && at < names.n) {
		struct bytes name = bytes_str((const char *)names.p + at);

		at += name.n + 1;
		r = drop(s, name);
	}
	return r;
}
