/* A gateway without a store: sessions over a desk and a log in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SESSION_FAKE_GATEWAY_H
#define UNIT_SESSION_FAKE_GATEWAY_H

#include "fs/audit/audit.h"
#include "fs/session/host.h"

struct gateway;

/** fake_gateway_new(text): every session of it shows text as data/empty. */
struct gateway *fake_gateway_new(struct bytes text);
void fake_gateway_free(struct gateway *g);

/** What the last session that ended said of itself. */
const char *fake_gateway_reason(const struct gateway *g);
uint64_t fake_gateway_tty_out(const struct gateway *g);
const char *fake_gateway_facts(const struct gateway *g);
/** fake_gateway_left(g): at its end no process held its mount any more. */
bool fake_gateway_left(const struct gateway *g);
struct audit *fake_gateway_audit(const struct gateway *g);
/** fake_gateway_host(g): run_session's host; it lives as long as g. */
const struct host *fake_gateway_host(struct gateway *g);
/** fake_gateway_refuse(g, code): a session is refused with it. */
void fake_gateway_refuse(struct gateway *g, int code);
/** fake_gateway_lose(g): it goes as soon as a session was let in. */
void fake_gateway_lose(struct gateway *g);

#endif
