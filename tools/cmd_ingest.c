/* carrel ingest: read, detect in keyless children, seal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/mem.h"
#include "fs/ingest/external_run.h"
#include "fs/ingest/ingest.h"
#include "fs/session/hold.h"
#include "tools/commands.h"
#include "tools/open.h"

struct complaints {
	const struct cli *c;
	struct json_out *o; /* NULL: words on stderr */
	uint64_t n;
};

/* Names and words only: no value of the data reaches a message. */
static void complain(void *ctx, struct bytes path, uint64_t record,
		     const char *words)
{
	struct complaints *k = ctx;

	k->n++;
	if (k->o == NULL) {
		if (record == INGEST_NO_RECORD)
			diag_say("%.*s: %s", (int)path.n, (const char *)path.p,
				 words);
		else
			diag_say("%.*s: record %" PRIu64 ": %s", (int)path.n,
				 (const char *)path.p, record, words);
		return;
	}
	json_obj(k->o);
	json_key(k->o, "path");
	json_str(k->o, path);
	if (record != INGEST_NO_RECORD) {
		json_key(k->o, "record");
		json_uint(k->o, record);
	}
	json_key(k->o, "why");
	json_cstr(k->o, words);
	json_obj_end(k->o);
}

static void sum_json(struct json_out *j, const struct ingest_sum *s)
{
	const struct {
		const char *name;
		uint64_t v;
	} rows[] = {
		{"version", s->version}, {"files", s->files},
		{"bytes", s->bytes},	 {"skipped", s->skipped},
		{"denied", s->denied},	 {"left", s->left},
		{"records", s->records}, {"records_denied", s->records_denied},
		{"spans", s->spans}};

	json_key(j, "dataset");
	json_cstr(j, s->dataset);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_key(j, rows[i].name);
		json_uint(j, rows[i].v);
	}
	json_key(j, "types");
	json_obj(j);
	for (size_t i = 0; i < s->ncounts; i++) {
		json_key(j, s->counts[i].type);
		json_uint(j, s->counts[i].spans);
	}
	json_obj_end(j);
}

static void sum_words(const struct cli *c, const struct ingest_sum *s)
{
	fprintf(c->out,
		"%s: %" PRIu64 " files, %" PRIu64 " records, %" PRIu64 " spans",
		s->dataset, s->files, s->records, s->spans);
	if (s->version != 0)
		fprintf(c->out, ", version %" PRIu64, s->version);
	if (s->skipped != 0)
		fprintf(c->out, ", %" PRIu64 " stood already", s->skipped);
	if (s->denied + s->left + s->records_denied != 0)
		fprintf(c->out,
			"; denied: %" PRIu64 " files, %" PRIu64
			" records; not taken: %" PRIu64,
			s->denied, s->records_denied, s->left);
	fputc('\n', c->out);
	for (size_t i = 0; i < s->ncounts; i++) {
		int n = (int)strlen(s->counts[i].type);

		/* As a process said it that reads hostile files. */
		fputs("  ", c->out);
		cli_name(c, bytes_str(s->counts[i].type));
		fprintf(c->out, "%*s %" PRIu64 "\n", n < 20 ? 20 - n : 0, "",
			s->counts[i].spans);
	}
}

static int parse(const struct cli *c, struct ingest_want *w, struct err *e)
{
	const char *jobs = cli_get(c, "jobs");
	char *end = NULL;

	w->dataset = cli_get(c, "dataset");
	w->manifest = cli_get(c, "manifest");
	w->paths = (const char *const *)c->args;
	w->npaths = (size_t)c->nargs;
	w->dry_run = cli_has(c, "dry-run");
	w->keep_unseen = !cli_has(c, "replace");
	w->redetect = cli_has(c, "redetect");
	if (jobs != NULL) {
		w->jobs = (unsigned)strtoul(jobs, &end, 10);
		if (end == jobs || *end != '\0' || w->jobs == 0 ||
		    w->jobs > 256)
			return err_set(e, -EINVAL, jobs,
				       "--jobs is a number from 1 to 256");
	}
	if (w->dataset == NULL && w->manifest == NULL)
		return err_set(
			e, -EINVAL, "",
			"which data set? give --dataset D, or a --manifest "
			"with a name");
	/* Without it, one that was taken with a manifest would lose records,
	 * texts and terms. */
	if (w->redetect && w->manifest == NULL)
		return err_set(e, -EINVAL, "",
			       "--redetect needs the --manifest of the data "
			       "set, as it is to be from now on");
	return 0;
}

/* Paths, or what is stored. */
static int usage(const struct cli *c)
{
	bool again = cli_has(c, "redetect");

	if (again != (c->nargs == 0))
		return cli_usage(c, again ? "--redetect takes no PATH"
					  : "what? a PATH, or --redetect");
	if (again && cli_has(c, "replace"))
		return cli_usage(c, "--redetect leaves no path out");
	return 0;
}

static int answer(const struct cli *c, const struct ingest_sum *s,
		  struct json_out *j, struct buf *b)
{
	int r = 0;

	if (c->json) {
		json_arr_end(j);
		sum_json(j, s);
		r = cli_json_end(c, j, b);
	} else {
		sum_words(c, s);
		r = fflush(c->out) == 0 ? 0 : 70;
	}
	if (r != 0)
		return r;
	return s->denied + s->left + s->records_denied != 0 ? 3 : 0;
}

int cmd_ingest(struct cli *c)
{
	struct open o CLEANUP(open_close) = {0};
	struct buf b CLEANUP(buf_free) = {0};
	struct json_out j;
	struct hold *hold = NULL;
	struct progress_bar bar;
	struct progress p = {progress_bar_tick, &bar};
	struct complaints k = {.c = c};
	struct ingest_want w = {
		.progress = &p, .complain = complain, .ctx = &k};
	struct ingest_sum s = {0};
	struct err e = {0};
	int r = usage(c);

	if (r != 0)
		return r;
	mem_keep();
	r = parse(c, &w, &e);
	cli_json(&j, &b);
	json_key(&j, "complaints");
	json_arr(&j);
	k.o = c->json ? &j : NULL;
	if (r == 0 && (w.redetect || !w.dry_run)) {
		r = open_store(c, &o, &e);
		if (r == 0 && !w.dry_run)
			r = hold_open(o.store, CARREL_TOOL, &hold, &e);
		w.store = o.store;
		w.log = hold_log;
		w.log_ctx = hold;
	}
	if (r == 0) {
		progress_bar_start(&bar, "ingest", "files");
		r = ingest_run(&w, &s, &e);
		progress_bar_end(&bar);
	}
	r = hold_close(hold, r, &e);
	return r != 0 ? cli_fail(c, &e) : answer(c, &s, &j, &b);
}

int cmd_external(struct cli *c)
{
	(void)c;
	return external_main();
}

int cmd_child(struct cli *c)
{
	(void)c;
	return child_main(CHILD_FD);
}
