/* Which records were shown with their fields exchanged: for the owner. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/swaps.h"

#include <errno.h>

#include "fs/desk/lens.h"
#include "policy/redact/view_swap.h"

/*
 * Nothing is kept of what was exchanged for whom: the coin is a function of the
 * project's key, the scope and the record, so it is tossed again, by the same
 * code, from the policy and the annotator that the log names.
 */
struct telling {
	struct desk *desk;
	int (*line)(void *ctx, struct bytes json);
	void *ctx;
	const struct lens *lens;
	struct buf path; /* in the view */
};

static void telling_free(struct telling *t)
{
	buf_free(&t->path);
}

int swaps_put(struct json_out *o, const struct view_in *in,
	      const struct record *r, bool *any)
{
	CLEANUP(view_swap_free) struct swap x = {.nparts = 0};
	const struct decision *d = in->decision;
	int rc = view_swap(in, r, &x);

	*any = x.nparts > 0;
	json_key(o, "swapped");
	json_arr(o);
	for (size_t i = 0; rc == 0 && *any && i < d->nfields; i++) {
		if ((x.rules >> i & 1) == 0)
			continue;
		json_arr(o);
		json_cstr(o, d->fields[i].path);
		json_cstr(o, d->fields[i].with);
		json_arr_end(o);
	}
	json_arr_end(o);
	return rc;
}

static int tell(const struct telling *t, const struct view_in *in,
		const struct record *r)
{
	struct buf CLEANUP(buf_free) b = {0};
	struct json_out o;
	bool any = false;
	int rc;

	json_open(&o, &b);
	json_obj(&o);
	json_key(&o, "path");
	json_str(&o, buf_bytes(&t->path));
	json_key(&o, "stored");
	json_str(&o, buf_bytes(&t->lens->path));
	json_key(&o, "record");
	json_str(&o, r->id);
	rc = swaps_put(&o, in, r, &any);
	json_obj_end(&o);
	if (rc == 0)
		rc = o.err;
	return rc == 0 && any ? t->line(t->ctx, buf_bytes(&b)) : rc;
}

static int tell_block(struct telling *t, uint32_t nr, struct err *e)
{
	CLEANUP(lens_block_free) struct lens_block b = {0};
	uint64_t lo = (uint64_t)nr * INDEX_BLOCK;
	int rc = lens_block(t->lens, nr, 0, &b, e);

	for (uint32_t i = 0; rc == 0 && i < b.block.nrecords; i++)
		if (b.in.visible[i] && b.block.records[i].sep >= lo)
			rc = tell(t, &b.in, &b.block.records[i]);
	return rc;
}

static bool swaps(const struct decision *d)
{
	for (size_t i = 0; i < d->nfields; i++)
		if (d->fields[i].action == FIELD_SWAP)
			return true;
	return false;
}

static int tell_node(struct telling *t, uint32_t nr, struct err *e)
{
	CLEANUP(lens_close) struct lens l = {0};
	const struct desk_object *o = desk_object(t->desk, nr);
	int rc;

	if (o == NULL || !swaps(o->decision))
		return 0;
	buf_clear(&t->path);
	rc = desk_path(t->desk, nr, &t->path);
	if (rc == 0)
		rc = lens_open(t->desk, o, &l, e);
	t->lens = &l;
	for (uint32_t i = 0; rc == 0 && i < l.head.nblocks; i++)
		rc = tell_block(t, i, e);
	return rc;
}

int swaps_write(struct desk *d, int (*line)(void *ctx, struct bytes json),
		void *ctx, struct err *e)
{
	CLEANUP(telling_free)
	struct telling t = {.desk = d, .line = line, .ctx = ctx};
	int rc = 0;

	for (uint32_t nr = 0; rc == 0 && nr < desk_count(d); nr++)
		rc = tell_node(&t, nr, e);
	if (rc != 0 && e != NULL && e->code == 0)
		return err_set(e, rc, NULL, "cannot tell what was exchanged");
	return rc;
}
