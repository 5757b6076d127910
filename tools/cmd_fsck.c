/* carrel fsck: every cell, root, extent and segment of the store. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>

#include "base/diag.h"
#include "fs/mount/work.h"
#include "tools/commands.h"
#include "tools/open.h"

struct findings {
	const struct cli *c;
	struct json_out *o; /* NULL: words on stderr */
};

static void found(void *ctx, const char *words)
{
	struct findings *f = ctx;

	if (f->o != NULL)
		json_cstr(f->o, words);
	else
		diag_say("%s", words);
}

static void fsck_json(struct json_out *j, const struct store_fsck *s,
		      const struct work_fsck *w)
{
	const struct {
		const char *name;
		uint64_t v;
	} rows[] = {{"datasets", s->datasets}, {"objects", s->objects},
		    {"segments", s->segments}, {"packs", s->packs},
		    {"orphans", s->orphans},   {"erased", s->erased},
		    {"work_areas", w->areas},  {"work_files", w->files},
		    {"work_busy", w->busy},    {"bad", s->bad + w->bad}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_key(j, rows[i].name);
		json_uint(j, rows[i].v);
	}
}

/* Damage found by either is damage; a failure to look comes first, areas that
 * were busy come last. */
static int also(int first, int second)
{
	return second == 0 || (second == -EBUSY && first != 0) ? first : second;
}

int cmd_fsck(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct progress_bar bar;
	struct progress p = {progress_bar_tick, &bar};
	struct findings f = {.c = c};
	struct store_fsck s = {0};
	struct work_fsck w = {0};
	struct err e = {0};
	int r = open_store(c, &o, &e);

	if (r != 0)
		return cli_fail(c, &e);
	cli_json(&j, &b);
	json_key(&j, "problems");
	json_arr(&j);
	f.o = c->json ? &j : NULL;
	progress_bar_start(&bar, "fsck", "objects");
	r = store_fsck(o.store, !cli_has(c, "quick"), &p, found, &f, &s, &e);
	progress_bar_end(&bar);
	if (r == 0 || r == -EUCLEAN)
		r = also(r, work_fsck(o.store, !cli_has(c, "quick"), found, &f,
				      &w, &e));
	if (r != 0 && r != -EUCLEAN && !(r == -EBUSY && w.busy > 0))
		return cli_fail(c, &e);
	json_arr_end(&j);
	if (c->json) {
		fsck_json(&j, &s, &w);
		if (cli_json_end(c, &j, &b) != 0)
			return 70;
	} else {
		fprintf(c->out,
			"%" PRIu64 " data sets, %" PRIu64 " objects, %" PRIu64
			" segments, %" PRIu64 " packs, %" PRIu64
			" work areas: %s\n",
			s.datasets, s.objects, s.segments, s.packs, w.areas,
			r == 0		? "good"
			: r == -EUCLEAN ? "DAMAGED"
					: "good, but for what was busy");
	}
	return diag_exit_code(r);
}
