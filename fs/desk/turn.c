/* One at a time, of those that would do the same work. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/turn.h"

#include "base/clock.h"

#define TICK_MS 100

void turns_init(struct turns *t)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->given, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&t->lock, NULL);
	t->first = NULL;
}

void turns_done(struct turns *t)
{
	pthread_cond_destroy(&t->given);
	pthread_mutex_destroy(&t->lock);
}

static bool is_taken(const struct turns *t, const uint8_t key[HASH_LEN])
{
	const struct turn *at = t->first;

	while (at != NULL && memcmp(at->key, key, HASH_LEN) != 0)
		at = at->next;
	return at != NULL;
}

int turn_take(struct turns *t, struct turn *mine, const struct progress *p)
{
	int rc = 0;

	pthread_mutex_lock(&t->lock);
	while (rc == 0 && is_taken(t, mine->key)) {
		struct timespec until = clock_in(TICK_MS);

		(void)pthread_cond_timedwait(&t->given, &t->lock, &until);
		/* It may write to somebody slow: not under the lock. */
		pthread_mutex_unlock(&t->lock);
		rc = progress_tick(p, 0, 0, 0);
		pthread_mutex_lock(&t->lock);
	}
	if (rc == 0) {
		mine->next = t->first;
		t->first = mine;
	}
	pthread_mutex_unlock(&t->lock);
	return rc;
}

void turn_give(struct turns *t, struct turn *mine)
{
	struct turn **at = &t->first;

	pthread_mutex_lock(&t->lock);
	while (*at != mine)
		at = &(*at)->next;
	*at = mine->next;
	pthread_cond_broadcast(&t->given);
	pthread_mutex_unlock(&t->lock);
}
