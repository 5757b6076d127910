/* The two threads of a running log: syncer and integrator. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syncer makes written entries durable within 100 ms where nobody waits
 * for them, makes the next WAL segment ahead, and appends the heartbeat. The
 * integrator turns durable entries into tiles and signs. It makes two files for
 * 256 entries, so under load it would cost a reader as much as its entries do:
 * it waits for a pause between reads, for ten times integrate_ms at most, or
 * until LAG entries wait (more may come meanwhile), and runs behind the threads
 * that answer (nice). What waits is safe: it is in the WAL, and read from there
 * by whoever looks. It changes the epoch key, too. Both stop by themselves once
 * the log is dead.
 */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "fs/audit/core.h"

#define MS 1000000ULL
#define SYNC_SLOW (25 * MS) /* how long one may take, until one is seen */
#define INTEGRATE_NICE 10
#define LAG 131072ULL /* entries; some 40 MB of WAL, a second's work */
#define PATIENCE 10   /* times integrate_ms */

/* Of the integrator's loop. */
struct pace {
	uint64_t since; /* core_now() when all was integrated last */
	uint64_t seen;	/* entries at the look before */
};

/* Wait for ms or the wake condition; true: stop. */
static bool nap(struct audit *a, uint64_t ms)
{
	struct timespec t = clock_in(ms);
	bool stop;

	pthread_mutex_lock(&a->tlock);
	if (!a->stop)
		(void)pthread_cond_timedwait(&a->wake, &a->tlock, &t);
	stop = a->stop;
	pthread_mutex_unlock(&a->tlock);
	return stop || audit_dead(a) != 0;
}

static uint64_t written(struct audit *a, uint64_t *off)
{
	uint64_t n;

	pthread_mutex_lock(&a->lock);
	n = a->next;
	*off = a->wal.off;
	pthread_mutex_unlock(&a->lock);
	return n;
}

static void heartbeat(struct audit *a, uint64_t *last)
{
	struct event e = {.kind = EV_HEARTBEAT};
	uint64_t now = core_now();

	if (now - *last < a->io->heartbeat_ms * MS)
		return;
	*last = now;
	event_uint(&e, EF_HANDLES, (uint64_t)atomic_load(&a->handles));
	/* A full disk or a dead log shows at the next append that matters. */
	if (audit_append(a, NULL, &e, NULL) != 0)
		return;
}

/* An entry that just missed a sync waits for that one, a nap and the next: the
 * quicker a sync is the longer the nap may be, in ms. A quarter is left for one
 * that takes longer than those before it. */
static uint64_t nap_for(const struct audit *a, uint64_t sync_ns)
{
	uint64_t most = a->io->sync_ms - a->io->sync_ms / 4;
	uint64_t least = most / 2 + 1, both = 2 * (sync_ns / MS + 1);

	return both + least < most ? most - both : least;
}

static uint64_t slowest(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void *run_syncer(void *ctx)
{
	struct audit *a = ctx;
	uint64_t last = core_now(), took = SYNC_SLOW, begun, off, n;

	while (!nap(a, nap_for(a, took))) {
		heartbeat(a, &last);
		n = written(a, &off);
		if (n > 0 && !audit_is_durable(a, n - 1)) {
			begun = core_now();
			if (audit_durable(a, n - 1) != 0)
				break;
			took = slowest(took - took / 8, core_now() - begun);
		}
		/* Failing to make one ahead is told to who needs it. */
		if (wal_spare(&a->wal, off) != 0)
			continue;
	}
	return NULL;
}

/* n entries are written; with the ilock held. */
static bool due(const struct audit *a, const struct pace *p, uint64_t n,
		uint64_t now)
{
	uint64_t ms = (now - p->since) / MS;

	return n - a->tree.next >= LAG ||
	       ms >= (uint64_t)a->io->integrate_ms * PATIENCE ||
	       (ms >= a->io->integrate_ms && n == p->seen);
}

/* Integrate and sign when it is time; 0, or the log is dead. */
static int integrate_due(struct audit *a, struct pace *p)
{
	uint64_t off, n = written(a, &off), now = core_now();
	int rc = 0;

	pthread_mutex_lock(&a->ilock);
	if (now >= a->epoch_ends) {
		rc = core_epoch_rotate(a);
	} else if (n <= a->tree.next) {
		p->since = now;
	} else if (due(a, p, n, now)) {
		rc = core_integrate(a, n);
		if (rc == 0)
			rc = core_publish(a, false);
		p->since = core_now();
	}
	pthread_mutex_unlock(&a->ilock);
	p->seen = n;
	return rc == -EIO ? rc : 0;
}

static void *run_integrator(void *ctx)
{
	struct audit *a = ctx;
	struct pace p = {.since = core_now()};
	unsigned ms = a->io->integrate_ms < 100 ? a->io->integrate_ms : 100;

	/* Who reads goes first; of this thread alone, and best effort. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), INTEGRATE_NICE);
	while (!nap(a, ms == 0 ? 1 : ms)) {
		if (integrate_due(a, &p) != 0)
			break;
	}
	return NULL;
}

int core_threads_start(struct audit *a)
{
	int rc = pthread_create(&a->syncer, NULL, run_syncer, a);

	a->have_syncer = rc == 0;
	if (rc == 0) {
		rc = pthread_create(&a->integrator, NULL, run_integrator, a);
		a->have_integrator = rc == 0;
	}
	return -rc;
}

void core_threads_stop(struct audit *a)
{
	pthread_mutex_lock(&a->tlock);
	a->stop = true;
	pthread_cond_broadcast(&a->wake);
	pthread_mutex_unlock(&a->tlock);
	if (a->have_syncer)
		(void)pthread_join(a->syncer, NULL);
	if (a->have_integrator)
		(void)pthread_join(a->integrator, NULL);
	a->have_syncer = a->have_integrator = false;
}
