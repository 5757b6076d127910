/* TASK.md: what this desk is for, and how its data were changed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/json.h"
#include "fs/desk/desk_in.h"

/* One list item per string of a JSON array that seat_grants wrote. */
static int put_items(struct buf *b, struct bytes grants)
{
	struct json_scan s;
	struct json_token t;
	enum json_kind k;
	int rc = 0;

	json_start(&s, grants, 0);
	while (rc == 0 && (k = json_next(&s, &t)) != JSON_END &&
	       k != JSON_BAD) {
		if (k != JSON_STRING)
			continue;
		rc = buf_puts(b, "- ");
		if (rc == 0)
			rc = json_unescape(b, bytes_sub(grants, t.start + 1,
							t.end - t.start - 2));
		if (rc == 0)
			rc = buf_putc(b, '\n');
	}
	return rc;
}

static int put_head(struct buf *b, const struct subject *s)
{
	int rc = buf_printf(
		b, "# %s\n\nProject: %s\nPurpose: %s\n",
		s->task != NULL ? s->task : policy_project(s->policy),
		policy_project(s->policy), policy_purpose(s->policy));

	if (rc == 0)
		rc = buf_printf(b, "Annotator: %s (%s)\n", s->annotator,
				s->role);
	if (rc == 0 && s->instructions != NULL)
		rc = buf_printf(b, "\n## What to do\n\n%s\n", s->instructions);
	return rc;
}

/* Where to save, and what of it stays. */
static int put_work(const struct desk *d, struct buf *b)
{
	const char *const *keep;
	size_t n;
	uint64_t quota;
	int rc = buf_puts(b, "\n## Where to save\n\nRead under data/, save "
			     "under work/: it lies sealed in the store and is "
			     "there again next time.\n");

	seat_work(d->seat, &keep, &n, &quota);
	if (rc == 0 && n > 0)
		rc = buf_puts(b, "What stays without being asked: ");
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = buf_printf(b, "%s%s", i == 0 ? "" : ", ", keep[i]);
	if (rc == 0 && n > 0)
		rc = buf_puts(b, ". Other new files are asked about at the "
				 "session's end, and go where there is no "
				 "terminal to ask on.\n");
	if (rc == 0)
		rc = buf_puts(b, "Anything written elsewhere goes when the "
				 "session ends.\n");
	return rc;
}

/* "90 s", "30 min", "8 h". */
static int put_time(struct buf *b, uint64_t s)
{
	if (s % 3600 == 0)
		return buf_printf(b, "%" PRIu64 " h", s / 3600);
	if (s % 60 == 0)
		return buf_printf(b, "%" PRIu64 " min", s / 60);
	return buf_printf(b, "%" PRIu64 " s", s);
}

static int put_count(struct buf *b, uint64_t n, const char *words)
{
	return n == 0 ? 0 : buf_printf(b, "- %" PRIu64 " %s\n", n, words);
}

static int put_end(struct buf *b, uint64_t s, const char *words)
{
	int rc = s == 0 ? 0 : buf_printf(b, "- %s ", words);

	if (rc == 0 && s != 0)
		rc = put_time(b, s);
	return rc == 0 && s != 0 ? buf_putc(b, '\n') : rc;
}

static int put_limits(struct buf *b, const struct limits *l)
{
	int rc = 0;

	if (l->records_per_hour == 0 && l->bytes_per_day == 0 &&
	    l->opens_per_minute == 0 && l->flags_per_hour == 0 &&
	    l->session == 0 && l->idle == 0)
		return 0;
	rc = buf_puts(b, "\n## Limits\n\nWhat is shown counts over all of your "
			 "sessions; above it, reading fails with \"Disk quota "
			 "exceeded\" until some time has passed.\n\n");
	if (rc == 0)
		rc = put_count(b, l->records_per_hour, "records an hour");
	if (rc == 0)
		rc = put_count(b, l->bytes_per_day, "bytes a day");
	if (rc == 0)
		rc = put_count(b, l->opens_per_minute, "files a minute");
	if (rc == 0)
		rc = put_count(b, l->flags_per_hour, "flags an hour");
	if (rc == 0)
		rc = put_end(b, l->session, "a session ends after");
	return rc == 0 ? put_end(b, l->idle,
				 "a session ends when nothing was read or "
				 "saved for")
		       : rc;
}

int desk_task(const struct desk *d, struct buf *b)
{
	struct buf CLEANUP(buf_free) grants = {0};
	int rc = put_head(b, d->subject);

	if (rc == 0)
		rc = seat_grants(d->seat, &grants);
	if (rc == 0 && grants.n > 2) {
		rc = buf_puts(b, "\n## What is shown, and how\n\n");
		if (rc == 0)
			rc = put_items(b, buf_bytes(&grants));
	}
	if (rc == 0)
		rc = put_limits(b, seat_limits(d->seat));
	if (rc == 0)
		rc = put_work(d, b);
	return rc == 0 ? buf_puts(b, "\nA name or number that should not be "
				     "shown: `carrel flag PATH \"words\"` (of "
				     "a recording its seconds, 12.3-14) hides "
				     "the file from you and tells the owner.\n"
				     "\nEvery open and read of data/ is "
				     "logged.\n")
		       : rc;
}
