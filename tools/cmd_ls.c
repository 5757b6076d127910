/* carrel ls: data sets and stored paths, with the owner's eyes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "policy/redact/index.h"
#include "tools/commands.h"
#include "tools/open.h"

struct listing {
	const struct cli *c;
	struct json_out *o;
	struct bytes prefix; /* stored path asked for; empty: all */
	bool details;
	uint64_t shown;
};

static int list_dataset(void *ctx, const struct store_dataset *d)
{
	struct listing *l = ctx;

	l->shown++;
	if (l->o == NULL) {
		cli_name(l->c, buf_bytes(&d->name));
		if (l->details)
			fprintf(l->c->out,
				"\tversion %" PRIu64 "\t%" PRIu64 " objects",
				d->version, d->objects);
		fputc('\n', l->c->out);
		return 0;
	}
	json_obj(l->o);
	json_key(l->o, "dataset");
	json_str(l->o, buf_bytes(&d->name));
	json_key(l->o, "version");
	json_uint(l->o, d->version);
	json_key(l->o, "objects");
	json_uint(l->o, d->objects);
	json_key(l->o, "root");
	json_hex(l->o, bytes_of(d->root, sizeof(d->root)));
	json_obj_end(l->o);
	return 0;
}

static void entry_json(struct listing *l, const struct store_entry *en,
		       const struct index_summary *s)
{
	json_obj(l->o);
	json_key(l->o, "path");
	json_str(l->o, en->path);
	json_key(l->o, "id");
	json_hex(l->o, bytes_of(en->id, STORE_ID));
	json_key(l->o, "version");
	json_uint(l->o, en->version);
	json_key(l->o, "size");
	json_uint(l->o, en->size);
	json_key(l->o, "records");
	json_uint(l->o, s->nrecords);
	json_key(l->o, "spans");
	json_uint(l->o, s->nspans);
	json_key(l->o, "group");
	json_str(l->o, s->group);
	json_key(l->o, "denied");
	json_bool(l->o, s->denied != DENIAL_NONE);
	json_obj_end(l->o);
}

static int list_entry(void *ctx, const struct store_entry *en)
{
	struct listing *l = ctx;
	struct arena *a CLEANUP(arena_freep) = arena_new();
	struct index_summary s = {0};
	struct err e = {0};

	if (!open_below(en->path, l->prefix))
		return 0;
	if (a == NULL)
		return -ENOMEM;
	if (index_summary_get(en->summary, a, &s, &e) != 0)
		return e.code;
	l->shown++;
	if (l->o != NULL) {
		entry_json(l, en, &s);
		return 0;
	}
	if (l->details)
		fprintf(l->c->out,
			"%12" PRIu64 " %8" PRIu64 " records %8" PRIu64
			" spans%s  ",
			en->size, s.nrecords, s.nspans,
			s.denied != DENIAL_NONE ? "  DENIED" : "");
	cli_name(l->c, en->path);
	fputc('\n', l->c->out);
	return 0;
}

static int list(struct open *o, struct listing *l, const char *what,
		struct err *e)
{
	struct store_dataset d CLEANUP(store_dataset_free) = {0};
	struct buf name CLEANUP(buf_free) = {0};
	const char *slash = what == NULL ? NULL : strchr(what, '/');
	int r;

	if (what == NULL)
		return store_dataset_each(o->store, list_dataset, l);
	if (buf_put(&name, what,
		    slash == NULL ? strlen(what) : (size_t)(slash - what)) != 0)
		return err_nomem(e);
	l->prefix = bytes_str(slash == NULL ? NULL : slash + 1);
	r = store_dataset_get(o->store, buf_str(&name), 0, &d, e);
	if (r == 0)
		r = store_entries(o->store, &d, list_entry, l);
	if (r == 0 && l->shown == 0 && l->prefix.n > 0)
		return err_set(e, -ENOENT, what, "no such stored path");
	return r;
}

int cmd_ls(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct listing l = {.c = c, .details = cli_has(c, "long")};
	struct err e = {0};
	int r = open_store(c, &o, &e);

	if (r != 0)
		return cli_fail(c, &e);
	cli_json(&j, &b);
	json_key(&j, "entries");
	json_arr(&j);
	l.o = c->json ? &j : NULL;
	r = list(&o, &l, c->nargs == 1 ? c->args[0] : NULL, &e);
	if (r != 0)
		return e.code != 0
			       ? cli_fail(c, &e)
			       : cli_fail(
					 c,
					 &(struct err){
						 .code = r,
						 .text = "the listing failed"});
	json_arr_end(&j);
	return c->json ? cli_json_end(c, &j, &b)
		       : (fflush(c->out) == 0 ? 0 : 70);
}
