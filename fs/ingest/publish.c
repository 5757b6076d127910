/* Making a version current, with an entry of the log before and after. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/publish.h"

#include <errno.h>

#include "fs/audit/audit.h"

static int log_ingest(struct ingest_run *run, const char *op)
{
	struct event ev = {.kind = EV_INGEST};

	event_text(&ev, EF_OP, op);
	if (run->w->redetect)
		event_text(&ev, EF_KIND, "redetect");
	event_text(&ev, EF_DATASET, run->sum->dataset);
	event_uint(&ev, EF_COUNT, run->sum->files);
	event_uint(&ev, EF_BYTES, run->sum->bytes);
	event_uint(&ev, EF_DENIALS, run->sum->denied);
	if (run->sum->version != 0) {
		event_uint(&ev, EF_VERSION, run->sum->version);
		event_bytes(&ev, EF_ROOT, bytes_of(run->sum->root, 32));
	}
	return run->w->log(run->w->log_ctx, &ev);
}

int publish_version(struct ingest_run *run, struct err *e)
{
	int r = log_ingest(run, "sealed");

	if (r != 0)
		return err_set(e, r, "", "the log cannot record this: %s",
			       strerror(-r));
	r = store_ingest_publish(run->txn,
				 run->w->keep_unseen || run->w->redetect,
				 &run->sum->version, run->sum->root, e);
	if (r != 0)
		return r;
	r = log_ingest(run, "published");
	return r == 0 ? 0
		      : err_set(e, r, "", "the log cannot record this: %s",
				strerror(-r));
}
