/* Makes and closes the writers of an ingest run. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/mem.h"
#include "fs/store/writer.h"

int store_writer_new(struct store_ingest *i, struct store_writer **out)
{
	struct store_writer *w = mem_new(1, sizeof(*w));

	*out = NULL;
	if (w == NULL || pack_start(&w->pack) != 0) {
		mem_free(w);
		return -ENOMEM;
	}
	w->i = i;
	w->lanes = lanes_new();
	w->o.path.secret = w->o.plain.secret = true;
	*out = w;
	return 0;
}

static void writer_free(struct store_writer *w)
{
	writer_rows_drop(w);
	pack_free(&w->pack);
	pack_free(&w->behind.pack);
	mem_free(w->behind.rows);
	lanes_free(w->lanes);
	buf_free(&w->aside);
	buf_free(&w->o.path);
	buf_free(&w->o.plain);
	mem_free(w->lengths);
	mem_free(w->rows);
	mem_free(w);
}

int store_writer_close(struct store_writer *w, struct err *e)
{
	int rc, last;

	if (w == NULL)
		return 0;
	store_put_abort(w);
	rc = w->why.code;
	if (rc == 0)
		rc = writer_flush(w);
	last = writer_wait(w);
	if (rc == 0)
		rc = last;
	if (rc != 0 && e != NULL)
		*e = w->why;
	writer_free(w);
	return rc;
}
