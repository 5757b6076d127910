/* The limits of the role, at the mount: how much may go, and what is told. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/limit.h"

#include <errno.h>

#include "base/clock.h"
#include "fs/mount/told.h"

/* A program that meets a limit may ask again at once and for ever: of each
 * limit the log is told once in so many seconds, and how often in between. */
#define TOLD_SECONDS 10

/* True: the log is to be told, *untold: of so many before as well. */
static bool may_tell(struct mount *m, enum meter_kind k, uint64_t *untold)
{
	struct limit_told *t = &m->told[k];
	uint64_t now = clock_s();
	bool may;

	pthread_mutex_lock(&m->lock);
	may = !t->ever || now - t->at >= TOLD_SECONDS;
	*untold = t->untold;
	t->untold = may ? 0 : t->untold + 1;
	if (may)
		t->at = now;
	t->ever = true;
	pthread_mutex_unlock(&m->lock);
	return may;
}

/* The log did not take it: the next event speaks for it, too. */
static int untold_still(struct mount *m, enum meter_kind k, uint64_t untold)
{
	pthread_mutex_lock(&m->lock);
	m->told[k].untold += untold + 1;
	pthread_mutex_unlock(&m->lock);
	return -EIO;
}

/* What to answer with: -EIO where it could not be counted, or not be told. */
static int refuse(struct mount *m, fuse_req_t req, struct inode i,
		  enum meter_kind k, int err)
{
	struct event ev = told_begin(m, EV_DENIED);
	struct buf path CLEANUP(buf_free) = {0};
	uint64_t untold;

	atomic_fetch_add(&m->denials, 1);
	if (!may_tell(m, k, &untold))
		return err == -EDQUOT ? err : -EIO;
	if (inode_path(&m->want, i, &path) != 0)
		return untold_still(m, k, untold);
	event_bytes(&ev, EF_PATH, buf_bytes(&path));
	event_text(&ev, EF_OP, "limit");
	event_text(&ev, EF_RULE, meter_name(k));
	event_int(&ev, EF_RESULT, err);
	if (untold > 0)
		event_uint(&ev, EF_COUNT, untold);
	told_caller(&ev, req);
	if (audit_append(m->want.audit, m->want.dek, &ev, NULL) != 0)
		return untold_still(m, k, untold);
	return err == -EDQUOT ? err : -EIO;
}

void limit_rest(struct mount *m)
{
	for (int k = 0; k < METER_KINDS; k++) {
		struct event ev = told_begin(m, EV_DENIED);
		uint64_t n = m->told[k].untold;

		event_text(&ev, EF_OP, "limit");
		event_text(&ev, EF_RULE, meter_name((enum meter_kind)k));
		event_int(&ev, EF_RESULT, -EDQUOT);
		if (n > 1)
			event_uint(&ev, EF_COUNT, n - 1);
		/* Where the log does not take it, the totals say so. */
		if (n > 0 &&
		    audit_append(m->want.audit, m->want.dek, &ev, NULL) == 0)
			m->told[k].untold = 0;
	}
}

/* It goes on: somebody should look, nothing is refused. Where the log does not
 * take it nothing more is opened until it does. */
static int tell_sweep(struct mount *m, fuse_req_t req, uint32_t swept)
{
	struct event ev = told_begin(m, EV_ALERT);
	int r;

	if (swept != 0)
		atomic_store(&m->sweep, swept);
	else if (atomic_load(&m->sweep) == 0)
		return 0;
	swept = atomic_exchange(&m->sweep, 0);
	if (swept == 0)
		return 0;
	event_text(&ev, EF_OP, "sweep");
	event_uint(&ev, EF_COUNT, swept);
	told_caller(&ev, req);
	r = audit_append(m->want.audit, m->want.dek, &ev, NULL);
	if (r != 0)
		atomic_store(&m->sweep, swept);
	return r;
}

int limit_open(struct mount *m, fuse_req_t req, struct inode i)
{
	uint32_t swept;
	int r;

	if (m->want.meter == NULL || i.kind != INODE_FILE)
		return 0;
	r = meter_file(m->want.meter, desk_node(m->want.desk, i.nr)->object,
		       &swept);
	if (r != 0)
		return -refuse(m, req, i, METER_OPENS, r);
	return tell_sweep(m, req, swept) == 0 ? 0 : EIO;
}

int limit_flag(struct mount *m, fuse_req_t req, struct inode i)
{
	int r = meter_flag(m->want.meter);

	return r == 0 ? 0 : -refuse(m, req, i, METER_FLAGS, r);
}

int limit_read(struct mount *m, fuse_req_t req, struct handle *h, uint64_t off,
	       bool whole, struct bytes *data)
{
	enum meter_kind which = METER_BYTES;
	ssize_t n;

	if (m->want.meter == NULL || h->shown == NULL || data->n == 0)
		return 0;
	n = meter_read(m->want.meter, h->shown, off, data->n, whole, &which);
	if (n < 0)
		return refuse(m, req, inode_get(&m->want, h->ino), which,
			      (int)n);
	data->n = (size_t)n;
	return 0;
}
