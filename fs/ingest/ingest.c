/* Taking files into the store: plan, workers, publish. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/ingest/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "base/hash.h"
#include "base/mem.h"
#include "fs/ingest/job.h"
#include "fs/ingest/known.h"
#include "fs/ingest/packed.h"
#include "fs/ingest/plan.h"
#include "fs/ingest/publish.h"
#include "fs/ingest/redetect.h"
#include "fs/ingest/source.h"
#include "policy/policy.h"
#include "policy/redact/detect.h"
#include "policy/redact/format.h"

/*
 * An ingest is restartable and atomic per object: workers commit objects of
 * the coming version as they go; only publishing makes them the data set. The
 * order at the end: every object durable, an INGEST event "sealed" durable in
 * the log, the version current, an INGEST event "published" with its signed
 * root. Killed anywhere, the old version stands and the next run goes on.
 */
#define GROUPS_AT_ONCE 4096

/* ---- groups ---- */

static int take_groups(struct ingest_run *run, const struct child_wire *w,
		       size_t first, size_t n)
{
	struct cbor c = {.in = buf_bytes(&w->in)};
	int r = cbor_get_array(&c) == n ? 0 : -EPROTO;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = arena_dup(run->walk.arena, cbor_get_bytes(&c),
			      &run->walk.v[first + i].group);
	return r == 0 ? cbor_end(&c) : r;
}

static int ask_groups(struct ingest_run *run, struct child_wire *w,
		      size_t first, size_t n)
{
	struct buf b CLEANUP(buf_free) = {0};
	enum child_frame type = CHILD_NONE;
	int r = cbor_put_array(&b, n);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = cbor_put_bytes(&b, run->walk.v[first + i].stored);
	if (r == 0)
		r = child_wire_put(w, CHILD_GROUPS, buf_bytes(&b), -1);
	if (r == 0)
		r = child_wire_get(w, &type);
	if (r < 0)
		return r;
	return r == 1 && type == CHILD_GROUP_NAMES
		       ? take_groups(run, w, first, n)
		       : -EPROTO;
}

/* In a group recordings come last: the others tell what is said in them. */
static int by_group(const void *a, const void *b)
{
	const struct walk_file *x = a, *y = b;
	int c = bytes_cmp(x->group, y->group);

	if (c == 0)
		c = format_is_recording(x->stored) -
		    format_is_recording(y->stored);
	return c != 0 ? c : bytes_cmp(x->stored, y->stored);
}

static int find_groups(struct ingest_run *run, struct err *e)
{
	struct child_wire *w;
	int r = child_take(run->children, 0, &w, e);

	if (r != 0)
		return r;
	for (size_t i = 0; r == 0 && i < run->walk.n; i += GROUPS_AT_ONCE) {
		size_t n = run->walk.n - i;

		r = ask_groups(run, w, i,
			       n < GROUPS_AT_ONCE ? n : GROUPS_AT_ONCE);
	}
	child_give(run->children, w, r == 0);
	if (r != 0)
		return err_set(e, -EIO, "", "a recognizer process failed");
	if (run->walk.n > 0)
		qsort(run->walk.v, run->walk.n, sizeof(*run->walk.v), by_group);
	return run->w->only == NULL ? 0 : flagged_group(run, run->w->only, e);
}

/* ---- workers ---- */

/* The next group, or 0 when there is none or the run has failed. */
static size_t next_group(struct ingest_run *run, size_t *first)
{
	const struct walk *w = &run->walk;
	size_t n = 0;

	pthread_mutex_lock(&run->lock);
	*first = run->next;
	if (run->failed == 0 && run->next < w->n)
		for (n = 1;
		     run->next + n < w->n &&
		     bytes_eq(w->v[run->next + n].group, w->v[run->next].group);
		     n++)
			continue;
	run->next += n;
	pthread_mutex_unlock(&run->lock);
	return n;
}

static void fail(struct ingest_run *run, int r, const struct err *e)
{
	pthread_mutex_lock(&run->lock);
	if (run->failed == 0) {
		run->failed = r;
		run->err = *e;
	}
	pthread_mutex_unlock(&run->lock);
}

static void tick(struct ingest_run *run, size_t first, size_t n)
{
	int stop;

	pthread_mutex_lock(&run->lock);
	for (size_t i = 0; i < n; i++)
		run->done += run->walk.v[first + i].size;
	stop = progress_tick(run->w->progress, run->done, run->walk.bytes,
			     run->sum->files);
	if (stop != 0 && run->failed == 0) {
		run->failed = -ECANCELED;
		err_set(&run->err, -ECANCELED, "",
			"stopped; run it again to go on");
	}
	pthread_mutex_unlock(&run->lock);
}

static void *work(void *arg)
{
	struct ingest_run *run = arg;
	struct store_writer *w = NULL;
	struct err e = {0};
	size_t first, n;
	int r = 0;

	if (run->txn != NULL)
		r = store_writer_new(run->txn, &w);
	while (r == 0 && (n = next_group(run, &first)) > 0) {
		r = job_run(run, w, first, n, &e);
		if (r == 0)
			tick(run, first, n);
	}
	if (w != NULL) {
		int end = store_writer_close(w, r == 0 ? &e : NULL);

		r = r != 0 ? r : end;
	}
	if (r != 0) {
		if (e.code == 0)
			err_set(&e, r, "", "%s", strerror(-r));
		fail(run, r, &e);
	}
	return NULL;
}

static int run_workers(struct ingest_run *run, struct err *e)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned jobs = run->w->jobs != 0 ? run->w->jobs
			: cpus > 0	  ? (unsigned)cpus
					  : 1;
	pthread_t *threads = mem_new(jobs, sizeof(*threads));
	unsigned started = 0;

	if (threads == NULL)
		return err_nomem(e);
	while (started < jobs &&
	       pthread_create(&threads[started], NULL, work, run) == 0)
		started++;
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	mem_free(threads);
	if (started == 0)
		return err_set(e, -EAGAIN, "", "no thread could be started");
	if (run->failed != 0 && e != NULL)
		*e = run->err;
	return run->failed;
}

static int by_count(const void *a, const void *b)
{
	uint64_t x = ((const struct ingest_count *)a)->spans;
	uint64_t y = ((const struct ingest_count *)b)->spans;

	return (x < y) - (x > y);
}

static int take_all(struct ingest_run *run, struct err *e)
{
	int r = find_groups(run, e);

	if (r == 0)
		r = run_workers(run, e);
	if (r == 0 && run->txn != NULL)
		r = publish_version(run, e);
	qsort(run->sum->counts, run->sum->ncounts, sizeof(run->sum->counts[0]),
	      by_count);
	return r;
}

static void walk_complaint(void *ctx, struct bytes path, const char *words)
{
	job_complain(ctx, path, INGEST_NO_RECORD, words);
}

/* Files that come without a manifest do not change a data set's terms. */
static int keep_terms(struct store *s, const char *name, struct plan *p,
		      struct err *e)
{
	struct store_dataset d = {0};
	int r = store_dataset_get(s, name, 0, &d, e);

	if (r == 0 && d.version != 0) {
		buf_clear(&p->terms);
		r = buf_putb(&p->terms, buf_bytes(&d.info));
	}
	store_dataset_free(&d);
	return r == -ENOENT ? 0 : r;
}

static int start(struct ingest_run *run, struct plan *p, struct err *e)
{
	const struct ingest_want *w = run->w;
	const char *name = w->dataset != NULL ? w->dataset : buf_str(&p->name);
	int r;

	if (name == NULL || !policy_name_ok(bytes_str(name)))
		return err_set(
			e, -EINVAL, name == NULL ? "" : name,
			"no name of a data set that policies can say: 1 "
			"to 64 letters, digits, '-', '_', '.'; first not "
			"'-' or '.'");
	/* One group by another's rules would lose what it has by its own. */
	if (w->only != NULL && !bytes_is(buf_bytes(&p->name), name))
		return err_set(e, -EINVAL, w->manifest,
			       "is not the manifest of %s: it says another "
			       "name",
			       name);
	snprintf(run->sum->dataset, sizeof(run->sum->dataset), "%s", name);
	run->walk.complain = walk_complaint;
	run->walk.ctx = run;
	r = w->redetect ? redetect_walk(w->store, name, &run->walk, e)
			: walk_paths(&run->walk, w->paths, w->npaths, e);
	if (r == 0 && w->store != NULL)
		r = flagged_load(&run->flagged, w->store, name, e);
	if (r == 0 && !w->redetect)
		plan_drop(p, w->manifest, &run->walk);
	if (r == 0 && !w->redetect)
		r = packed_plan(run, e);
	if (r == 0 && run->walk.n == 0)
		return err_set(e, -ENOENT, w->redetect ? name : w->paths[0],
			       "there is no file to take");
	if (r == 0)
		r = known_make(run, e);
	run->sum->left += run->walk.left;
	if (r == 0 && !w->dry_run && w->manifest == NULL)
		r = keep_terms(w->store, name, p, e);
	if (r == 0 && !w->dry_run)
		r = store_ingest_begin(w->store, name, buf_bytes(&p->terms),
				       &run->txn, e);
	if (r != 0 || run->txn == NULL)
		return r;
	run->erased = !w->redetect && source_any(w->store);
	run->print = store_print_key(w->store);
	return run->print == NULL ? err_nomem(e) : 0;
}

int ingest_run(const struct ingest_want *w, struct ingest_sum *sum,
	       struct err *e)
{
	struct ingest_run run = {.w = w,
				 .sum = sum,
				 .children = w->children,
				 .lock = PTHREAD_MUTEX_INITIALIZER};
	struct child_pool *own = NULL;
	struct plan *p = mem_new(1, sizeof(*p));
	int r = p == NULL ? err_nomem(e) : 0;

	memset(sum, 0, sizeof(*sum));
	if (r == 0 && w->children == NULL)
		r = child_pool_new(w->jobs, &own, e);
	if (run.children == NULL)
		run.children = own;
	if (r == 0)
		r = packed_new(w->jobs, w->held != 0 ? w->held : PACKED_HELD,
			       &run.packed, e);
	if (r == 0)
		r = plan_make(p, &run, e);
	if (r == 0)
		r = start(&run, p, e);
	if (r == 0)
		r = take_all(&run, e);
	key_free(run.print);
	store_ingest_free(run.txn);
	if (w->children != NULL) /* what they were told goes with p */
		child_pool_setup(w->children, NULL);
	child_pool_free(own);
	packed_free(run.packed);
	walk_free(&run.walk);
	flagged_free(&run.flagged);
	plan_free(p);
	return r;
}
