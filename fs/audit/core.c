/* The running log as an object: made, freed, killed; small shared helpers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/audit/core.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/hex.h"
#include "base/mem.h"

uint64_t core_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int core_die(struct audit *a)
{
	atomic_store(&a->dead, -EIO);
	pthread_mutex_lock(&a->lock);
	pthread_cond_broadcast(&a->synced);
	pthread_mutex_unlock(&a->lock);
	return -EIO;
}

void core_recipient(const uint8_t pub[BOX_PUB], uint8_t hash[HASH_LEN])
{
	hash_sha256(hash, bytes_of(pub, BOX_PUB));
}

void core_key_path(char out[CORE_KEY_PATH], uint64_t dek,
		   const uint8_t hash[HASH_LEN])
{
	char hex[17];

	hex_encode(hex, bytes_of(hash, 8));
	(void)snprintf(out, CORE_KEY_PATH, "keys/%llu.%s",
		       (unsigned long long)dek, hex);
}

void core_commit(const char *label, const struct key *k, uint8_t out[HASH_LEN])
{
	struct hasher h;

	hasher_blake2b(&h, NULL);
	hasher_add(&h, bytes_str(label));
	hasher_add(&h, bytes_of(key_raw(k), KEY_LEN));
	hasher_end(&h, out);
}

static int copy_config(struct audit *a, const struct audit_config *c)
{
	a->io = c->io != NULL ? c->io : io_kernel();
	a->pool = c->pool;
	a->sign = c->sign;
	a->epoch_seconds = c->epoch_seconds == 0 ? 3600 : c->epoch_seconds;
	a->accept_loss = c->accept_loss;
	a->origin = mem_dup(c->origin, strlen(c->origin));
	a->tool = mem_dup(c->tool == NULL ? "" : c->tool,
			  c->tool == NULL ? 0 : strlen(c->tool));
	a->recipients = mem_dup(c->recipients, c->nrecipients * BOX_PUB);
	a->nrecipients = c->nrecipients;
	a->tree.edge = mem_new(1, sizeof(*a->tree.edge));
	if (a->origin == NULL || a->tool == NULL || a->recipients == NULL ||
	    a->tree.edge == NULL)
		return -ENOMEM;
	sign_public(a->sign, a->pub);
	hash_sha256(a->origin_hash, bytes_str(a->origin));
	return 0;
}

/* Monotonic condition variables: a clock that is set must not delay a sync. */
static void init_sync(struct audit *a)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->synced, &attr);
	pthread_cond_init(&a->wake, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&a->lock, NULL);
	pthread_mutex_init(&a->plock, NULL);
	pthread_mutex_init(&a->ilock, NULL);
	pthread_mutex_init(&a->tlock, NULL);
}

int core_new(const struct audit_config *c, struct audit **out, struct err *e)
{
	CLEANUP(core_freep) struct audit *a = NULL;
	static const uint8_t no_origin[HASH_LEN];

	if (!note_name_ok(bytes_str(c->origin)) ||
	    strlen(c->origin) > CORE_ORIGIN_MOST)
		return err_set(e, -EINVAL, c->origin,
			       "not an origin: it must be short, without "
			       "spaces and plus signs");
	if (c->nrecipients == 0 || c->nrecipients > CORE_RECIPIENTS)
		return err_set(e, -EINVAL, NULL,
			       "a log needs 1 to %d recipients",
			       CORE_RECIPIENTS);
	a = mem_new(1, sizeof(*a));
	if (a == NULL)
		return err_nomem(e);
	a->dir = a->state = a->lockfd = -1;
	wal_init(&a->wal, io_kernel(), -1, no_origin, 0);
	init_sync(a);
	if (copy_config(a, c) != 0)
		return err_nomem(e);
	*out = STEAL(a);
	return 0;
}

void core_free(struct audit *a)
{
	if (a == NULL)
		return;
	core_threads_stop(a);
	a->wal.torn = true; /* close without writing */
	(void)wal_close(&a->wal);
	audit_dek_free(a->own);
	key_free(a->epoch_key);
	wal_set_free(&a->tree.wal);
	buf_free(&a->tree.bundle);
	buf_free(&a->tree.note);
	mem_free(a->tree.edge);
	buf_free(&a->entry);
	buf_free(&a->frame);
	buf_free(&a->work);
	mem_free(a->origin);
	mem_free(a->tool);
	mem_free(a->recipients);
	fd_close(&a->state);
	fd_close(&a->dir);
	fd_close(&a->lockfd); /* last: the lock */
	pthread_cond_destroy(&a->synced);
	pthread_cond_destroy(&a->wake);
	pthread_mutex_destroy(&a->lock);
	pthread_mutex_destroy(&a->plock);
	pthread_mutex_destroy(&a->ilock);
	pthread_mutex_destroy(&a->tlock);
	mem_free(a);
}
