/* Files that an annotator flagged and does not see until the owner decided. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bit for each object of the desk, so that a read costs one look at a word.
 * Bits are set at the start from the store's flags, and by each new flag before
 * that is sealed: what is hidden too early is only not shown.
 *
 * A flag hides what lies under its stored path, whatever was ingested there
 * since: nobody has looked at that value. One that the owner took hides until
 * a version has its spans; a session pinned to an older one is ended then, and
 * would not show the file if it were not.
 */
#include "fs/desk/flags.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fs/store/flag.h"

#define WORD 64

struct flags {
	struct store *store;
	struct desk *desk;
	const char *project, *annotator;
	pthread_mutex_t lock; /* a bit and what the store says of it */
	uint64_t looked;      /* under it: second in which that was asked */
	bool unsealed;	      /* under it: the store does not know of all */
	uint32_t objects;
	atomic_ullong bits[]; /* objects / WORD + 1 */
};

static bool is_mine(const struct flags *f, const struct store_flag *x)
{
	return bytes_is(x->project, f->project) &&
	       bytes_is(x->annotator, f->annotator);
}

static void set(struct flags *f, uint32_t nr, bool hidden)
{
	uint32_t o = desk_node(f->desk, nr)->object;
	unsigned long long bit = 1ull << o % WORD;

	if (o >= f->objects)
		return;
	if (hidden)
		atomic_fetch_or(&f->bits[o / WORD], bit);
	else
		atomic_fetch_and(&f->bits[o / WORD], ~bit);
}

static int load_one(void *ctx, const struct store_flag *x)
{
	CLEANUP(buf_free) struct buf path = {0};
	struct flags *f = ctx;
	uint32_t nr;
	int rc;

	if (!is_mine(f, x) || !store_flag_hides(x))
		return 0;
	rc = buf_putb(&path, x->dataset);
	if (rc == 0)
		rc = buf_putc(&path, '/');
	if (rc == 0)
		rc = buf_putb(&path, x->path);
	if (rc != 0)
		return rc;
	nr = desk_stored(f->desk, buf_bytes(&path));
	if (nr != UINT32_MAX)
		set(f, nr, true);
	return 0;
}

int flags_open(struct store *s, struct desk *d, const char *project,
	       const char *annotator, struct flags **out, struct err *e)
{
	uint32_t n = desk_objects(d);
	struct flags *f =
		mem_new(1, sizeof(*f) + (n / WORD + 1) * sizeof(f->bits[0]));
	int rc;

	if (f == NULL)
		return err_nomem(e);
	f->store = s;
	f->desk = d;
	f->project = project;
	f->annotator = annotator;
	f->objects = n;
	pthread_mutex_init(&f->lock, NULL);
	rc = store_flag_each(s, load_one, f);
	if (rc == 0) {
		*out = f;
		return 0;
	}
	flags_close(f);
	return err_set(e, rc == -EBADMSG ? -EUCLEAN : rc, "",
		       "what %s has flagged in %s cannot be read, so nothing "
		       "is shown: %s",
		       annotator, project, strerror(-rc));
}

void flags_close(struct flags *f)
{
	if (f == NULL)
		return;
	pthread_mutex_destroy(&f->lock);
	mem_free(f);
}

bool flags_hide(const struct flags *f, uint32_t nr)
{
	uint32_t o = desk_node(f->desk, nr)->object;

	return o >= f->objects || (atomic_load_explicit(&f->bits[o / WORD],
							memory_order_acquire) >>
					   o % WORD &
				   1) != 0;
}

struct look {
	const struct flags *f;
	struct desk_source of;
	bool hidden;
};

static int look_one(void *ctx, const struct store_flag *x)
{
	struct look *l = ctx;

	if (is_mine(l->f, x) && bytes_eq(x->dataset, l->of.dataset) &&
	    bytes_eq(x->path, l->of.path) && x->state != FLAG_REFUSED)
		l->hidden = true;
	return 0;
}

bool flags_again(struct flags *f, uint32_t nr)
{
	struct look l = {.f = f};
	uint64_t now = clock_s() + 1;
	int rc = desk_source(f->desk, nr, &l.of) ? 0 : -EINVAL;

	pthread_mutex_lock(&f->lock);
	if (rc == 0 && !f->unsealed && f->looked != now) {
		f->looked = now;
		rc = store_flag_each(f->store, look_one, &l);
	} else {
		l.hidden = true;
	}
	l.hidden = l.hidden || rc != 0;
	if (!l.hidden)
		set(f, nr, false);
	pthread_mutex_unlock(&f->lock);
	return l.hidden;
}

int flags_add(struct flags *f, uint32_t nr, uint64_t id, int64_t at,
	      struct bytes words)
{
	CLEANUP(buf_free) struct buf shown = {0};
	struct store_flag x = {.id = id,
			       .at = at,
			       .project = bytes_str(f->project),
			       .annotator = bytes_str(f->annotator),
			       .words = words};
	struct desk_source of;
	int rc;

	if (!desk_source(f->desk, nr, &of))
		return -EINVAL;
	x.dataset = of.dataset;
	x.path = of.path;
	memcpy(x.object, of.id, STORE_ID);
	rc = desk_path(f->desk, nr, &shown);
	x.shown = buf_bytes(&shown);
	pthread_mutex_lock(&f->lock);
	set(f, nr, true);
	if (rc == 0)
		rc = store_flag_put(f->store, &x);
	f->unsealed = f->unsealed || rc != 0;
	pthread_mutex_unlock(&f->lock);
	return rc;
}
