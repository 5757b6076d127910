/* A gateway over a new store, with a log of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SESSION_NEW_GATEWAY_H
#define UNIT_SESSION_NEW_GATEWAY_H

#include "fs/session/gateway.h"

/** new_gateway(s): owned by the caller; the test fails where it cannot be. */
struct gateway *new_gateway(struct store *s);

#endif
