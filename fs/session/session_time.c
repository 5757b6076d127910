/* When a session is to end, and what its annotator is told of that. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <time.h>

#include "base/clock.h"
#include "fs/session/session_in.h"

static uint64_t left_of(uint64_t limit, uint64_t used)
{
	return limit == 0 ? UINT64_MAX : limit > used ? limit - used : 0;
}

/* Until the length of a session, or its silence, is over. */
static uint64_t left_up(const struct session *s)
{
	return s->owner ? UINT64_MAX
			: left_of(desk_limits(s->desk)->session,
				  clock_s() - s->up);
}

static uint64_t left_idle(struct session *s)
{
	struct mount *m = atomic_load(&s->mount);

	return s->owner || m == NULL
		       ? UINT64_MAX
		       : left_of(desk_limits(s->desk)->idle, mount_idle(m));
}

uint64_t session_left(struct session *s, int64_t now)
{
	uint64_t up = left_up(s), idle = left_idle(s), left = UINT64_MAX;

	if (s->subject.expires != 0)
		left = s->subject.expires > now
			       ? (uint64_t)(s->subject.expires - now)
			       : 0;
	left = up < left ? up : left;
	return idle < left ? idle : left;
}

const char *session_due(struct session *s, int64_t now)
{
	const char *asked = atomic_load(&s->asked);

	if (asked != NULL)
		return asked;
	if (s->subject.expires != 0 && s->subject.expires <= now)
		return "expired";
	if (left_up(s) == 0)
		return "session limit";
	return left_idle(s) == 0 ? "idle" : NULL;
}

/* ---- for people ---- */

/* Seconds before its end that the annotator is told; where any read puts it off
 * no more than half of that time: who reads is not to be told. */
#define SOON 300
#define SOON_IDLE 60

const char *session_soon(struct session *s, int64_t now, uint64_t *left)
{
	uint64_t up = left_up(s), idle = left_idle(s);
	uint64_t half = desk_limits(s->desk)->idle / 2;
	uint64_t expires = s->subject.expires > now
				   ? (uint64_t)(s->subject.expires - now)
				   : UINT64_MAX;

	*left = up < expires ? up : expires;
	if (*left <= SOON)
		return up < expires ? "session limit" : "expired";
	*left = idle;
	return idle <= (half < SOON_IDLE ? half : SOON_IDLE) ? "idle" : NULL;
}

static int put_end(struct session *s, int64_t now, struct buf *b)
{
	uint64_t up = left_up(s);
	uint64_t idle = desk_limits(s->desk)->idle;
	struct tm tm;
	char at[40];
	time_t end;
	int r = 0;

	if (up != UINT64_MAX) {
		end = (time_t)(now + (int64_t)up);
		localtime_r(&end, &tm);
		strftime(at, sizeof(at), "%H:%M", &tm);
		r = buf_printf(b, "ends at %s", at);
	}
	if (r == 0 && idle != 0)
		r = buf_printf(b, "%sends when idle for %" PRIu64 " s",
			       b->n == 0 ? "" : ", ", idle);
	return r;
}

int session_terms(struct session *s, int64_t now, struct buf *b)
{
	static const char *const of[METER_KINDS] = {
		[METER_RECORDS] = "records of this hour",
		[METER_BYTES] = "bytes of this day",
		[METER_OPENS] = "files of this minute",
		[METER_FLAGS] = NULL}; /* TASK.md names it */
	int r = s->meter == NULL ? 0 : put_end(s, now, b);

	for (enum meter_kind k = 0; s->meter != NULL && k < METER_KINDS; k++)
		if (r == 0 && of[k] != NULL && meter_limit(s->meter, k) != 0)
			r = buf_printf(
				b, "%s%" PRIu64 " of %" PRIu64 " %s used",
				b->n == 0 ? "" : ", ", meter_used(s->meter, k),
				meter_limit(s->meter, k), of[k]);
	return r;
}
