/* The work area's front door: open, close, the thread that commits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/mount/work.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/hex.h"
#include "base/mem.h"
#include "fs/mount/work_in.h"

/*
 * A work area
 * -----------
 * The whole tree (names, attributes, which chunks a file has) is in memory
 * while the area is open; the quota bounds it, since every node counts a block.
 * So names and attributes never wait for the disk. Contents are not in memory,
 * but for blocks that were changed and not yet sealed (at most 32 MiB).
 *
 *     tree     nodes, folders, paths            work_tree, work_name, work_list
 *     contents chunks of 64 blocks              work_chunk, work_data
 *     sealing  blocks into slots of a file      work_block, work_space
 *     rows     nodes and maps as sealed cells   work_row, work_db, work_load
 *     commit   one consistent state after another          work_commit
 *
 * On disk, below STORE/work/ID: `tree.db`, the rows; `blocks`, the slots;
 * `lock`, held by the one session that writes. doc/store-format.md has them
 * field by field. A thief sees how many nodes and blocks there are, when they
 * were written and how long names and small files are, roughly.
 *
 * The promises, and what keeps them:
 *  1. A crash at any moment leaves a state that was: a commit is one SQLite
 *     transaction, and slots it names are written and synced before it, into
 *     places that the state before does not name.
 *  2. What fsync said is there: fsync returns after such a commit.
 *  3. Only what was written for a place opens there: rows are bound to their
 *     number and pinned by the head, blocks by their rows.
 *  4. Destroying the area's key, or the project's that wraps it, destroys it:
 *     nothing below the folder is derived from anything else.
 */
#define COMMIT_MS 1000

int work_keys_make(struct work_keys *k, struct keypool *pool,
		   const struct key *area)
{
	k->rows = key_derive(pool, area, "work rows");
	k->names = key_derive(pool, area, "work names");
	k->blocks = key_derive(pool, area, "work blocks");
	k->digest = key_derive(pool, area, "work digest");
	k->sum = key_derive(pool, area, "work sum");
	return k->rows == NULL || k->names == NULL || k->blocks == NULL ||
			       k->digest == NULL || k->sum == NULL
		       ? -ENOMEM
		       : 0;
}

void work_keys_free(struct work_keys *k)
{
	key_free(k->rows);
	key_free(k->names);
	key_free(k->blocks);
	key_free(k->digest);
	key_free(k->sum);
	*k = (struct work_keys){.rows = NULL};
}

/* ---- the committing thread ---- */

/* A failure is not lost: it is tried again, and close and fsync say it. */
static void *commit_often(void *arg)
{
	struct work *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->ending) {
		struct timespec t = clock_in(w->commit_ms);

		while (!w->ending && pthread_cond_timedwait(&w->wake, &w->lock,
							    &t) != ETIMEDOUT)
			continue;
		if (w->ending || w->changes == w->committed)
			continue;
		pthread_mutex_unlock(&w->lock);
		if (work_commit(w, UINT64_MAX) != 0)
			sched_yield();
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* ---- what several areas share ---- */

static atomic_uint areas; /* open for writing in this process */

bool work_owes_much(const struct work *w)
{
	unsigned n = atomic_load(&areas);

	return w->owed > WORK_ROWS_HIGH / (n == 0 ? 1 : n) + 32;
}

static void count_in(struct work *w)
{
	w->counted = !w->readonly;
	if (w->counted)
		atomic_fetch_add(&areas, 1);
}

static void count_out(struct work *w)
{
	if (w->counted)
		atomic_fetch_sub(&areas, 1);
	w->counted = false;
}

static int start_committer(struct work *w)
{
	sigset_t all, was;
	int r;

	if (w->readonly || w->commit_ms == UINT_MAX)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &was);
	r = pthread_create(&w->committer, NULL, commit_often, w);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	w->has_committer = r == 0;
	return -r;
}

static void stop_committer(struct work *w)
{
	if (!w->has_committer)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_broadcast(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->committer, NULL);
	w->has_committer = false;
}

/* ---- opening ---- */

static void work_free(struct work *w)
{
	stop_committer(w);
	count_out(w);
	work_tree_done(w);
	work_db_close(w->db);
	work_pool_free(w->pool);
	work_space_free(&w->space);
	work_keys_free(&w->keys);
	fd_close(&w->blockfd);
	/* Lets the next one in, also where a child that another thread forks
	 * just now has the descriptor still. */
	if (w->lockfd >= 0)
		flock(w->lockfd, LOCK_UN);
	fd_close(&w->lockfd);
	buf_free(&w->freed);
	buf_free(&w->stood);
	mem_free(w->gone);
	work_digesting_free(w->digesting);
	mem_free(w->scratch);
	mem_free(w->dir);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	pthread_mutex_destroy(&w->committing);
	mem_free(w);
}

static void locks_init(struct work *w)
{
	pthread_condattr_t a;

	pthread_mutex_init(&w->lock, NULL);
	pthread_mutex_init(&w->committing, NULL);
	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &a);
	pthread_condattr_destroy(&a);
}

static struct work *work_new(const struct work_want *want, const uint8_t *id)
{
	struct work *w = mem_new(1, sizeof(*w));
	struct buf dir CLEANUP(buf_free) = {0};
	char hex[2 * STORE_ID + 1];

	if (w == NULL)
		return NULL;
	w->lockfd = w->blockfd = -1;
	locks_init(w);
	memcpy(w->id, id, STORE_ID);
	hex_encode(hex, bytes_of(id, STORE_ID));
	w->readonly = want->readonly;
	w->commit_ms = want->commit_ms == 0 ? COMMIT_MS : want->commit_ms;
	w->quota = (want->quota == 0 ? WORK_QUOTA : want->quota) / WORK_BLOCK;
	w->keypool = store_pool(want->store);
	if (buf_printf(&dir, "%s/work/%s", store_dir(want->store), hex) == 0)
		w->dir = mem_dup(dir.p, dir.n);
	w->pool = work_pool_new(WORK_BUFS);
	w->scratch = mem_new((size_t)WORK_CHUNK * WORK_BLOCK + WORK_TAG, 1);
	if (w->dir == NULL || w->pool == NULL || w->scratch == NULL ||
	    work_tree_init(w) != 0) {
		work_free(w);
		return NULL;
	}
	return w;
}

static int open_files(struct work *w, int dirfd, bool fresh, struct err *e)
{
	int flags = w->readonly ? O_RDONLY : O_RDWR | (fresh ? O_CREAT : 0);

	if (!w->readonly) {
		w->lockfd = openat(dirfd, "lock", O_RDWR | O_CREAT | O_CLOEXEC,
				   0600);
		if (w->lockfd < 0)
			return err_errno(e, w->dir, "cannot be locked");
		if (flock(w->lockfd, LOCK_EX | LOCK_NB) != 0)
			return err_set(e, -EBUSY, w->dir,
				       "another session writes to this work "
				       "area; end it first");
	}
	w->blockfd = openat(dirfd, "blocks", flags | O_CLOEXEC, 0600);
	if (w->blockfd < 0)
		return err_errno(e, w->dir, "its blocks cannot be opened");
	return 0;
}

static int open_dir(struct work *w, struct store *s, bool fresh, struct err *e)
{
	int store CLEANUP(fd_close) =
		open(store_dir(s), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd CLEANUP(fd_close) = -1;
	int r = store < 0 ? -errno : 0;

	if (r == 0 && fresh)
		r = dir_make(store, w->dir + strlen(store_dir(s)) + 1, 0700);
	if (r != 0)
		return err_set(e, r, w->dir, "cannot be made: %s",
			       strerror(-r));
	fd = open(w->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, w->dir, "the work area's folder");
	r = open_files(w, fd, fresh, e);
	if (r == 0)
		r = work_db_open(w->dir, !w->readonly, fresh, &w->db, e);
	if (r == 0 && !w->readonly && dir_sync(fd) != 0)
		r = err_set(e, -EIO, w->dir, "cannot be synced");
	return r;
}

/* It is named only when its folder was whole and durable (store_work_keep). */
static int lost(struct work *w, struct err *e)
{
	return err_set(e, -EUCLEAN, w->dir,
		       "the work area is lost, all of it, its tree.db or its "
		       "blocks; restore this folder from a backup (the rest of "
		       "the store is not touched)");
}

static bool is_full(int r)
{
	return r == -ENOSPC || r == -EDQUOT;
}

/* The root of a fresh area; what is left to delete in another. */
static int first_commit(struct work *w, struct err *e)
{
	int r = work_sync(w);

	return r == 0 ? 0
		      : err_set(e, r, w->dir, "cannot be written to: %s%s",
				strerror(-r),
				is_full(r) ? "; free disk space and try again"
					   : "");
}

static int start(struct work *w, const struct work_want *want,
		 struct store_work *area, struct err *e)
{
	int r;

	if (work_keys_make(&w->keys, w->keypool, area->key) != 0)
		return err_nomem(e);
	r = open_dir(w, want->store, area->fresh, e);
	if (r == -ENOENT && !area->fresh)
		r = lost(w, e);
	if (r == 0 && w->readonly && work_db_freeze(w->db) != 0)
		r = err_set(e, -EBUSY, w->dir, "is being written to");
	if (r == 0)
		r = work_load(w, area->fresh, e);
	if (r == 0 && !w->readonly && work_stood_note(w) != 0)
		r = err_nomem(e);
	if (r == 0 && !w->readonly)
		r = first_commit(w, e);
	/* A cut before this leaves a folder that nobody names. */
	if (r == 0 && area->fresh)
		r = store_work_keep(want->store, area, e);
	if (r == 0 && start_committer(w) != 0)
		r = err_nomem(e);
	if (r == 0)
		count_in(w);
	return r;
}

int work_open(const struct work_want *want, struct work **out, struct err *e)
{
	struct store_work area = {0};
	struct work *w = NULL;
	int r;

	*out = NULL;
	r = store_work_area(want->store, want->project, want->annotator,
			    !want->readonly, &area, e);
	if (r != 0)
		return r;
	w = work_new(want, area.id);
	r = w == NULL ? err_nomem(e) : start(w, want, &area, e);
	store_work_free(&area);
	if (r == 0)
		*out = STEAL(w);
	if (w != NULL)
		work_free(w);
	return r;
}

int work_close(struct work *w)
{
	int r = 0;

	if (w == NULL)
		return 0;
	stop_committer(w);
	if (!w->readonly) {
		r = work_commit(w, UINT64_MAX);
		if (r == 0)
			work_space_trim(&w->space, w->blockfd);
	}
	work_free(w);
	return r;
}

void work_closep(struct work **w)
{
	int r = work_close(*w);

	*w = NULL;
	(void)r; /* only read: nothing to lose */
}

void work_watch(struct work *w,
		int (*fn)(void *ctx, const struct work_by *by,
			  const struct work_event *ev),
		void *ctx)
{
	pthread_mutex_lock(&w->lock);
	w->watch = fn;
	w->watch_ctx = ctx;
	pthread_mutex_unlock(&w->lock);
}
