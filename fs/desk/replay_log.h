/* What replay takes from the log: sessions, opens, reads. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_REPLAY_LOG_H
#define DESK_REPLAY_LOG_H

#include "fs/desk/replay.h"

/* A session as its SESSION_START tells it; owns everything. */
struct replay_session {
	uint64_t seq;
	struct key *key;       /* replay key; NULL: not at hand */
	struct policy *policy; /* NULL: not at hand */
	struct subject subject;
	int64_t now;
	struct buf pins_text; /* "calls@3\0pref@1\0" */
	struct desk_pin *pins;
	size_t npins;
	bool renderer; /* it is ours */
};

/* One OPEN. */
struct replay_open {
	uint64_t seq, version, size;
	uint8_t object[STORE_ID], recipe[32];
	bool has_object;
	struct buf path;
};

/**
 * replay_log_session(w, seq, s, e): read SESSION_START number seq and what it
 * names. A missing key or policy leaves NULL, no failure. -ENOENT: no such
 * session.
 */
int replay_log_session(const struct replay_want *w, uint64_t seq,
		       struct replay_session *s, struct err *e) MUST_CHECK;
void replay_log_session_free(struct replay_session *s);

/** replay_log_entry(w, seq, out, e): entry seq, its body opened; it borrows
 * from the reader. -ENOENT, -ENOKEY. */
int replay_log_entry(const struct replay_want *w, uint64_t seq,
		     struct audit_entry *out, struct err *e) MUST_CHECK;

/** replay_log_open(ev, o): a copy of an OPEN. -ENOMEM. */
int replay_log_open(const struct event *ev, struct replay_open *o) MUST_CHECK;
void replay_log_open_free(struct replay_open *o);

#endif
