/* What later entries of a log point back at: sessions, opens and leases. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_LOGMEMO_H
#define TOOLS_LOGMEMO_H

#include "fs/audit/event.h"

/* A session, from its SESSION_START, and what was counted of it since: as its
 * SESSION_END counts. */
struct logmemo_seat {
	uint64_t seq;
	char *annotator, *task;
	uint64_t opens, reads, bytes, denials, last;
};

/* An OPEN whose CLOSE has not come yet. */
struct logmemo_open {
	uint64_t seq;
	struct buf path, object;
};

/* A LEASE that nothing has settled yet: a block of a folder's files, which the
 * session may have seen. */
struct logmemo_lease {
	uint64_t seq, session;
	char *folder; /* below data/ */
	uint64_t index, count;
};

/* Zero-initialise. Memory grows with sessions and with what is open at once. */
struct logmemo {
	struct logmemo_seat *seats;
	size_t nseats, seats_cap;
	struct logmemo_open *opens;
	size_t nopens, opens_cap;
	struct logmemo_lease *leases;
	size_t nleases, leases_cap;
};
void logmemo_free(struct logmemo *m);

/** logmemo_learn(m, e): remember what e starts. -ENOMEM. */
int logmemo_learn(struct logmemo *m, const struct event *e) MUST_CHECK;

/** logmemo_forget(m, e): e is printed; a CLOSE ends its OPEN, a LEASE_END its
 * LEASE, a SESSION_END all leases of the session. */
void logmemo_forget(struct logmemo *m, const struct event *e);

/** logmemo_differs(m, e, i, words): a SESSION_END's total number i (from 0 on)
 * that differs from what was counted before it: true, and words say how. */
bool logmemo_differs(const struct logmemo *m, const struct event *e, size_t i,
		     char words[128]);
#define LOGMEMO_TOTALS 5

/** logmemo_seat(m, e), logmemo_open(m, e): what e points back at; NULL. */
const struct logmemo_seat *logmemo_seat(const struct logmemo *m,
					const struct event *e);
const struct logmemo_open *logmemo_open(const struct logmemo *m,
					const struct event *e);

#endif
