/* Epoch keys: in locked memory only, announced in the tree, then forgotten. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each checkpoint carries a second signature by a key that exists only in this
 * process. The next key is announced by an EPOCH entry before the old key's
 * last checkpoint, which is kept; then the old key is wiped. Who takes the
 * gateway later can sign with the log key, but not as an epoch that is over.
 */
#include <errno.h>

#include "fs/audit/core.h"

int core_epoch_begin(struct audit *a, struct key **key, uint64_t number)
{
	CLEANUP(key_freep) struct key *k = key_random(a->pool);
	struct event e = {.kind = EV_EPOCH};
	uint8_t pub[SIGN_PUB];
	int rc;

	if (k == NULL)
		return -ENOMEM;
	sign_public(k, pub);
	event_bytes(&e, EF_PUB, bytes_of(pub, sizeof(pub)));
	event_uint(&e, EF_NUMBER, number);
	rc = audit_append(a, NULL, &e, NULL);
	if (rc != 0)
		return rc;
	a->epoch_ends = core_now() + (uint64_t)a->epoch_seconds * 1000000000;
	*key = STEAL(k);
	return 0;
}

int core_epoch_rotate(struct audit *a)
{
	CLEANUP(key_freep) struct key *k = NULL;
	uint64_t number = a->epoch + 1, upto;
	int rc = core_epoch_begin(a, &k, number);

	if (rc != 0)
		return rc;
	pthread_mutex_lock(&a->lock);
	upto = a->next;
	pthread_mutex_unlock(&a->lock);
	rc = core_integrate(a, upto);
	if (rc == 0)
		rc = core_publish(a, true);
	if (rc == -ENOMEM) /* the EPOCH stands and its key would be lost */
		return core_die(a);
	if (rc != 0)
		return rc;
	key_free(a->epoch_key);
	a->epoch_key = STEAL(k);
	a->epoch = number;
	return 0;
}
