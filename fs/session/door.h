/* The two doors of a gateway: sockets below the store's directory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_DOOR_H
#define SESSION_DOOR_H

#include <sys/types.h>

#include "base/err.h"
#include "fs/store/store.h"

/*
 * STORE/gateway/session is for annotators, STORE/gateway/owner for the owner's
 * commands. The directory is 0700. They are made under the store's lock, so a
 * socket that stands there before is a dead one's.
 */
enum door {
	DOOR_SESSION = 0,
	DOOR_OWNER,
	DOOR_COUNT
};

/** door_listen(dir, door, e): make the socket of a store's directory and
 * listen; the descriptor, or a negative errno. The lock must be held. */
int door_listen(const char *dir, enum door door, struct err *e) MUST_CHECK;
/** door_remove(dir): take both away. */
void door_remove(const char *dir);

/**
 * door_connect(dir, door, e): a connection to the gateway of this store.
 * -ECONNREFUSED: none runs. -EACCES: who listens there is not who owns the
 * store.
 */
int door_connect(const char *dir, enum door door, struct err *e) MUST_CHECK;

/** door_peer(sock, uid, pid): who is at the other side, as the kernel says. */
int door_peer(int sock, uid_t *uid, pid_t *pid) MUST_CHECK NONNULL_ALL;

/**
 * door_proof(key, nonce, out): what shows that a slot of the store could be
 * opened: BLAKE2b(key = store_door_key, label || nonce). 32 bytes each.
 */
void door_proof(const struct key *key, const uint8_t nonce[32],
		uint8_t out[32]) NONNULL_ALL;

#endif
