/* The locked pool: one mapping cut into slots of 64 bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys lie in one anonymous mapping and nowhere else:
 *
 *     guard page | slot 0 | slot 1 | ... | slot n-1 | guard page
 *
 * A struct key is itself one slot: the pool it belongs to, then its 32 bytes.
 * Scratch is a run of neighbouring slots. What is free and how long a run is
 * stands in ordinary memory (run[]), so that an overrun inside the mapping
 * cannot forge it, and so that the pool's size is all for secrets.
 *
 * run[i] is 0 for a free slot, the length of the run for its first slot, and
 * RUN_INNER for the others. Slots are zero while free: key_free and
 * keypool_scratch_free wipe, the mapping starts zeroed. The search starts
 * where the last one ended, which makes a nearly empty pool O(1) and spreads
 * reuse of a slot in time.
 *
 * After fork a child sees a mapping of zeros (MADV_WIPEONFORK), handles
 * included. A key of zeros must never seal anything, so key_raw aborts on a
 * handle whose pool is gone; the frees take it for NULL.
 *
 * The whole mapping is locked. Where the limit on locked memory is below
 * 1 MiB a smaller pool is tried, down to 256 KiB; below that the caller gets
 * -EPERM and the words that tell how to raise it. Swap never sees a key.
 */
#include "base/secret.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/mem.h"

#define SLOT 64
#define POOL_MOST ((size_t)1024 * 1024)
#define POOL_LEAST ((size_t)256 * 1024)
#define SCRATCH_MOST 4096
#define RUN_INNER 0xFF

struct keypool {
	pthread_mutex_t lock; /* guards run, next */
	uint8_t *map;	      /* with the guard pages */
	size_t map_len;
	uint8_t *slots;
	size_t nslots, next;
	uint8_t *run; /* one byte per slot */
	atomic_size_t used;
};

struct key {
	struct keypool *pool;
	uint8_t raw[KEY_LEN];
};

_Static_assert(sizeof(struct key) <= SLOT, "a key fits its slot");
_Static_assert(SCRATCH_MOST / SLOT < RUN_INNER, "a run fits its byte");

/* Map size bytes between guards and lock them. 0 or a negative errno. */
static int pool_map(struct keypool *p, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t len = size + 2 * page;
	uint8_t *m =
		mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int rc = 0;

	if (m == MAP_FAILED)
		return -errno;
	if (mprotect(m + page, size, PROT_READ | PROT_WRITE) != 0 ||
	    mlock(m + page, size) != 0 ||
	    madvise(m + page, size, MADV_DONTDUMP) != 0 ||
	    madvise(m + page, size, MADV_WIPEONFORK) != 0)
		rc = -errno;
	if (rc != 0) {
		munmap(m, len);
		return rc;
	}
	p->map = m;
	p->map_len = len;
	p->slots = m + page;
	p->nslots = size / SLOT;
	return 0;
}

static int pool_lock_refused(struct err *e)
{
	return err_set(
		e, -EPERM, NULL,
		"cannot lock %zu KiB of memory for keys: RLIMIT_MEMLOCK is too "
		"low; raise it with `ulimit -l 1024`, or LimitMEMLOCK=1M in "
		"the service's unit",
		POOL_LEAST / 1024);
}

/* The largest pool the limit on locked memory allows. */
static int pool_map_most(struct keypool *p, struct err *e)
{
	int rc = -EPERM;

	for (size_t size = POOL_MOST; size >= POOL_LEAST; size /= 2) {
		rc = pool_map(p, size);
		if (rc == 0)
			return 0;
	}
	if (rc == -EPERM || rc == -ENOMEM || rc == -EAGAIN)
		return pool_lock_refused(e);
	return err_set(e, rc, NULL, "cannot map memory for keys: %s",
		       strerror(-rc));
}

int keypool_new(struct keypool **out, struct err *e)
{
	CLEANUP(keypool_freep) struct keypool *p = NULL;
	int rc;

	*out = NULL;
	if (sodium_init() < 0)
		return err_set(
			e, -ENOTSUP, NULL,
			"libsodium did not start; reinstall libsodium23");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return err_errno(e, NULL, "cannot refuse core dumps");
	p = mem_new(1, sizeof(*p));
	if (p == NULL)
		return err_nomem(e);
	pthread_mutex_init(&p->lock, NULL);
	rc = pool_map_most(p, e);
	if (rc != 0)
		return rc;
	p->run = mem_new(p->nslots, 1);
	if (p->run == NULL)
		return err_nomem(e);
	*out = STEAL(p);
	return 0;
}

void keypool_free(struct keypool *p)
{
	if (p == NULL)
		return;
	if (p->map != NULL) {
		sodium_memzero(p->slots, p->nslots * SLOT);
		munmap(p->map, p->map_len);
	}
	mem_free(p->run);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

/* Whether want slots from at on are free; else *skip is the first taken. */
static bool run_fits(const struct keypool *p, size_t at, size_t want,
		     size_t *skip)
{
	for (size_t i = 0; i < want; i++) {
		if (p->run[at + i] != 0) {
			*skip = at + i;
			return false;
		}
	}
	return true;
}

/* First fit in [from, to); SIZE_MAX where there is none. */
static size_t run_search(const struct keypool *p, size_t from, size_t to,
			 size_t want)
{
	size_t at = from, taken;

	while (at < to && want <= p->nslots - at) {
		if (run_fits(p, at, want, &taken))
			return at;
		at = taken + 1;
	}
	return SIZE_MAX;
}

/* Take want neighbouring slots; NULL when there are none. */
static void *run_take(struct keypool *p, size_t want)
{
	void *s = NULL;
	size_t at;

	pthread_mutex_lock(&p->lock);
	at = run_search(p, p->next, p->nslots, want);
	if (at == SIZE_MAX)
		at = run_search(p, 0, p->next, want);
	if (at != SIZE_MAX) {
		memset(p->run + at, RUN_INNER, want);
		p->run[at] = (uint8_t)want;
		p->next = at + want;
		atomic_fetch_add(&p->used, want);
		s = p->slots + at * SLOT;
	}
	pthread_mutex_unlock(&p->lock);
	return s;
}

/* Wipe a run and give it back; s must be what run_take returned. */
static void run_give(struct keypool *p, uint8_t *s)
{
	size_t off = (size_t)(s - p->slots), at = off / SLOT, n;

	if (s < p->slots || off % SLOT != 0 || at >= p->nslots)
		abort();
	pthread_mutex_lock(&p->lock);
	n = p->run[at];
	if (n == 0 || n == RUN_INNER)
		abort(); /* freed twice: never go on with a key's memory */
	sodium_memzero(s, n * SLOT);
	memset(p->run + at, 0, n);
	atomic_fetch_sub(&p->used, n);
	pthread_mutex_unlock(&p->lock);
}

/* A key not yet filled. */
static struct key *key_take(struct keypool *p)
{
	struct key *k = run_take(p, 1);

	if (k != NULL)
		k->pool = p;
	return k;
}

void key_free(struct key *k)
{
	if (k != NULL && k->pool != NULL)
		run_give(k->pool, (uint8_t *)k);
}

struct key *key_random(struct keypool *p)
{
	struct key *k = key_take(p);

	if (k != NULL)
		randombytes_buf(k->raw, sizeof(k->raw));
	return k;
}

struct key *key_import(struct keypool *p, const uint8_t raw[KEY_LEN])
{
	struct key *k = key_take(p);

	if (k != NULL)
		memcpy(k->raw, raw, sizeof(k->raw));
	return k;
}

struct key *key_derive(struct keypool *p, const struct key *parent,
		       const char *label)
{
	struct key *k = key_take(p);

	if (k != NULL)
		crypto_generichash_blake2b(
			k->raw, KEY_LEN, (const uint8_t *)label, strlen(label),
			key_raw(parent), KEY_LEN);
	return k;
}

const uint8_t *key_raw(const struct key *k)
{
	if (k->pool == NULL)
		abort(); /* wiped by fork: a key of zeros is no key */
	return k->raw;
}

bool key_eq(const struct key *a, const struct key *b)
{
	return sodium_memcmp(key_raw(a), key_raw(b), KEY_LEN) == 0;
}

void *keypool_scratch(struct keypool *p, size_t n)
{
	if (n > SCRATCH_MOST)
		return NULL;
	return run_take(p, n == 0 ? 1 : (n + SLOT - 1) / SLOT);
}

void keypool_scratch_free(struct keypool *p, void *s)
{
	if (s != NULL)
		run_give(p, s);
}

unsigned keypool_quarters(const struct keypool *p)
{
	return (unsigned)(4 * atomic_load(&p->used) / p->nslots);
}

void secret_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

void random_bytes(void *p, size_t n)
{
	randombytes_buf(p, n);
}
