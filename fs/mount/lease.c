/* Leases: one durable entry that covers a block of siblings. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Before the first byte of an object leaves, something durable must say so;
 * else a power cut could take back what was seen. Waiting for the disk at
 * every open costs a program that walks 20,000 small files 20,000 syncs. So
 * who opens in quick succession is given a lease: one LEASE entry names a
 * block of siblings "about to be seen" and is waited for; the OPENs and READs
 * of that block are then written before each reply, as ever, but synced in the
 * background.
 *
 * What the log says stays an over-statement. A lease is settled by a LEASE_END
 * (or the SESSION_END) that is appended after the last reply under it: entries
 * stand in the order of the log, so where the LEASE_END survives a power cut
 * every OPEN and READ before it did. A lease without one says "may have seen"
 * of its whole block.
 *
 * A reply under a lease is counted in `replies` from before the wait to after
 * the reply. A lease that ends takes in nobody, and whoever finds it ending
 * and empty, the one that ended it or the last to leave, appends its
 * LEASE_END. Reading again after that needs a new cover.
 *
 * The size follows the hurry, in whatever order: programs list, sort, shuffle
 * and read in parallel. The first cover is the OPEN alone, waited for. Each
 * next one within LEASE_HURRY of the last is a block twice as large, the
 * aligned one around the object being opened, up to LEASE_MAX; after a pause
 * it is the OPEN alone again. So who opens here and there never has anything
 * said of him that he did not open, and what a crash leaves in doubt lies
 * beside what was opened within LEASE_IDLE before it.
 *
 * Slots: each reply on its way holds at most one lease, so no more leases than
 * there are threads are ending and not yet empty.
 */
#include "fs/mount/lease.h"

#include <errno.h>

#include "base/clock.h"
#include "fs/mount/inode.h"
#include "fs/mount/told.h"

#define LEASE_HURRY (CLOCK_SECOND / 10)
#define LEASE_IDLE CLOCK_SECOND
#define SLOTS ARRAY_LEN(((struct lease_list *)0)->slots)

_Static_assert(SLOTS > LEASE_KEPT + MOUNT_THREADS_MAX, "one is always free");

void lease_init(struct lease_list *l)
{
	*l = (struct lease_list){.size = 1};
	pthread_mutex_init(&l->lock, NULL);
}

void lease_done(struct lease_list *l)
{
	pthread_mutex_destroy(&l->lock);
}

/* ---- down to the doors the list's lock is held ---- */

/* It is over: said in the log, if the log can still say anything. If not, the
 * lease stays unsettled, which says more than happened. */
static void settle(struct mount *m, struct lease *l)
{
	struct event ev = told_begin(m, EV_LEASE_END);
	int dead;

	event_uint(&ev, EF_REF, l->seq);
	dead = audit_append(m->want.audit, m->want.dek, &ev, NULL);
	(void)dead;
	l->state = LEASE_NONE;
}

static void end(struct mount *m, struct lease *l)
{
	m->leases.alive--;
	l->state = LEASE_ENDING;
	if (l->replies == 0)
		settle(m, l);
}

/* Ends what was of no use for a while. */
static void sweep(struct mount *m, uint64_t now)
{
	for (size_t i = 0; i < SLOTS && m->leases.alive > 0; i++) {
		struct lease *l = &m->leases.slots[i];

		if (l->state == LEASE_ALIVE && now - l->used >= LEASE_IDLE)
			end(m, l);
	}
}

/* A free slot; where too many are alive the one of least use ends. */
static struct lease *room(struct mount *m)
{
	struct lease *none = NULL, *oldest = NULL;

	for (size_t i = 0; i < SLOTS; i++) {
		struct lease *l = &m->leases.slots[i];

		if (l->state == LEASE_NONE)
			none = l;
		if (l->state == LEASE_ALIVE &&
		    (oldest == NULL || l->used < oldest->used))
			oldest = l;
	}
	if (m->leases.alive == LEASE_KEPT)
		end(m, oldest);
	return none;
}

static struct lease *find(struct lease_list *list, uint32_t folder, uint32_t i)
{
	for (size_t k = 0; k < SLOTS; k++) {
		struct lease *l = &list->slots[k];

		if (l->state == LEASE_ALIVE && l->folder == folder &&
		    i >= l->from && i < l->end)
			return l;
	}
	return NULL;
}

static int say(struct mount *m, struct lease *l)
{
	struct event ev = told_begin(m, EV_LEASE);
	struct buf path CLEANUP(buf_free) = {0};
	struct inode i = {.kind = INODE_FOLDER, .nr = l->folder};
	int r = inode_path(&m->want, i, &path);

	if (r != 0)
		return r;
	event_bytes(&ev, EF_PATH, buf_bytes(&path));
	event_uint(&ev, EF_INDEX, l->from);
	event_uint(&ev, EF_COUNT, l->end - l->from);
	return audit_append(m->want.audit, m->want.dek, &ev, &l->seq);
}

/* How many siblings the next cover is for. */
static uint32_t next_size(struct lease_list *list, uint64_t now)
{
	if (now - list->last >= LEASE_HURRY)
		list->size = 1;
	else if (list->size < LEASE_MAX)
		list->size *= 2;
	list->last = now;
	return list->size;
}

/* A new lease around child i; *out stays NULL where a block has one only. */
static int begin(struct mount *m, uint32_t folder, uint32_t i, uint64_t now,
		 struct lease **out)
{
	uint32_t n = desk_node(m->want.desk, folder)->count;
	uint32_t size = next_size(&m->leases, now);
	struct lease new = {.folder = folder, .from = i & ~(size - 1)};
	int r;

	new.end = n - new.from < size ? n : new.from + size;
	if (new.end - new.from == 1)
		return 0;
	r = say(m, &new);
	if (r != 0)
		return r;
	new.state = LEASE_ALIVE;
	*out = room(m);
	**out = new;
	m->leases.alive++;
	return 0;
}

/* ---- the doors ---- */

/* The lease that covers a file; NULL: its OPEN has to. TASK.md and what else
 * is no file of the desk has no siblings. */
static int cover(struct mount *m, const struct handle *h, struct lease **out)
{
	struct inode inode = inode_get(&m->want, h->ino);
	uint64_t now = clock_ns();
	uint32_t folder, i;
	int r = 0;

	if (inode.kind != INODE_FILE)
		return 0;
	folder = desk_node(m->want.desk, inode.nr)->parent;
	i = inode.nr - desk_node(m->want.desk, folder)->first;
	pthread_mutex_lock(&m->leases.lock);
	*out = find(&m->leases, folder, i);
	if (*out == NULL)
		r = begin(m, folder, i, now, out);
	if (*out != NULL) {
		(*out)->replies++;
		(*out)->used = now;
	}
	pthread_mutex_unlock(&m->leases.lock);
	return r;
}

int lease_enter(struct mount *m, struct handle *h, struct lease **out)
{
	struct audit *a = m->want.audit;
	struct lease *l = NULL;
	bool own;
	int r = 0;

	*out = NULL;
	if (atomic_load(&h->durable))
		return 0;
	if (!audit_is_durable(a, h->seq))
		r = cover(m, h, &l);
	if (r == 0)
		r = audit_durable(a, l == NULL ? h->seq : l->seq);
	own = r == 0 && (l == NULL || l->seq > h->seq);
	if (own) /* its OPEN is on disk */
		atomic_store(&h->durable, true);
	if (r != 0 || own)
		lease_leave(m, l);
	else
		*out = l;
	return r;
}

void lease_leave(struct mount *m, struct lease *l)
{
	if (l == NULL)
		return;
	pthread_mutex_lock(&m->leases.lock);
	l->replies--;
	if (l->state == LEASE_ENDING && l->replies == 0)
		settle(m, l);
	pthread_mutex_unlock(&m->leases.lock);
}

void lease_rest(struct mount *m)
{
	pthread_mutex_lock(&m->leases.lock);
	sweep(m, clock_ns());
	pthread_mutex_unlock(&m->leases.lock);
}
