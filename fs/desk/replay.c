/* Replay: making the bytes of logged reads again, and comparing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/fdio.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/tag.h"
#include "fs/desk/replay_log.h"

/*
 * The log names everything a read's bytes depend on: SESSION_START the policy's
 * text, the data set versions, annotator, task, time and renderer; OPEN the
 * path, object, version and the recipe; READ offset, count, counter and tag. So
 * a desk is opened as it was then, the path is walked, the recipe is made again
 * and compared, the bytes are read and their tag compared.
 *
 * "match" is said only when the tag was recomputed from bytes made now and is
 * equal. What cannot be made again is none of match or mismatch: an object that
 * is gone ("erased"), another renderer, a key or a policy not at hand.
 */
struct replay {
	const struct replay_want *want;
	struct replay_sum *sum;
	struct replay_session session;
	struct desk *desk; /* NULL: cannot be opened; why says it */
	const char *why;
	struct buf task, bytes;
	struct replay_open *opens; /* ascending by seq */
	size_t nopens, cap;
	struct shown *shown; /* of the last read, with its open */
	uint64_t shown_open;
	const char *shown_why; /* what is said of all its reads; NULL: made */
};

static void replay_free(struct replay *r)
{
	for (size_t i = 0; i < r->nopens; i++)
		replay_log_open_free(&r->opens[i]);
	mem_free(r->opens);
	shown_close(r->shown);
	desk_close(r->desk);
	buf_free(&r->task);
	buf_free(&r->bytes);
	replay_log_session_free(&r->session);
}

/* ---- the desk as it was ---- */

static const char *why_not(const struct replay_session *s)
{
	if (!s->renderer)
		return "other renderer";
	return s->key == NULL || s->policy == NULL ? "no key" : NULL;
}

static int open_desk(struct replay *r, struct err *e)
{
	const struct replay_session *s = &r->session;
	const struct desk_want w = {.store = r->want->store,
				    .subject = &s->subject,
				    .pins = s->pins,
				    .npins = s->npins,
				    .now = s->now,
				    .children = r->want->children,
				    .progress = r->want->progress,
				    .no_cache = true};
	int rc;

	r->why = why_not(s);
	if (r->why != NULL)
		return 0;
	rc = desk_open(&w, &r->desk, e);
	if (rc == -ENOENT || rc == -ENOKEY) {
		r->why = rc == -ENOENT ? "erased" : "project ended";
		if (e != NULL)
			*e = (struct err){0};
		return 0;
	}
	return rc == 0 ? desk_task(r->desk, &r->task) : rc;
}

/* ---- one read ---- */

static const struct replay_open *find_open(const struct replay *r, uint64_t seq)
{
	size_t lo = 0, hi = r->nopens;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->opens[mid].seq < seq)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < r->nopens && r->opens[lo].seq == seq ? &r->opens[lo] : NULL;
}

static const char *show_anew(struct replay *r, const struct replay_open *o)
{
	uint8_t recipe[HASH_LEN];
	uint32_t nr = desk_walk(r->desk, buf_bytes(&o->path));

	if (nr == UINT32_MAX || shown_open(r->desk, nr, &r->shown, NULL) != 0)
		return "erased";
	if (memcmp(shown_object(r->shown), o->object, STORE_ID) != 0 ||
	    shown_version(r->shown) != o->version)
		return "erased";
	shown_recipe(r->shown, r->session.key, recipe);
	/* Names of who was erased kept stand-ins from being theirs. */
	if (memcmp(recipe, o->recipe, sizeof(recipe)) != 0 ||
	    shown_size(r->shown) != o->size)
		return desk_erased(r->desk) ? "erased" : "mismatch";
	return NULL;
}

/* The object behind an OPEN as it would be shown now; a word where not. */
static const char *show(struct replay *r, const struct replay_open *o)
{
	if (r->shown_open == o->seq)
		return r->shown_why;
	shown_close(r->shown);
	r->shown = NULL;
	r->shown_open = o->seq;
	r->shown_why = show_anew(r, o);
	return r->shown_why;
}

/* The bytes of the read, as served: into r->bytes. */
static const char *make(struct replay *r, const struct replay_open *o,
			uint64_t off, size_t n)
{
	const char *why;
	ssize_t got;

	buf_clear(&r->bytes);
	if (buf_reserve(&r->bytes, n) != 0)
		return "no memory";
	if (!o->has_object) { /* the session's own text */
		struct bytes t =
			bytes_sub(buf_bytes(&r->task),
				  off < r->task.n ? (size_t)off : r->task.n, n);

		return buf_putb(&r->bytes, t) == 0 ? NULL : "no memory";
	}
	why = show(r, o);
	if (why != NULL)
		return why;
	got = shown_read(r->shown, off, r->bytes.p, n);
	if (got < 0)
		return "damaged";
	r->bytes.n = (size_t)got;
	return NULL;
}

/* A limit of the role was reached: of what was asked a part was served. */
static bool is_cut(const struct replay *r, int64_t result)
{
	const struct limits *l = desk_limits(r->desk);

	return (l->records_per_hour != 0 || l->bytes_per_day != 0) &&
	       result > 0 && (uint64_t)result < r->bytes.n;
}

static const char *judge(struct replay *r, const struct event *ev,
			 const struct replay_open *o)
{
	struct bytes tag = event_getb(ev, EF_TAG);
	int64_t result = (int64_t)event_get(ev, EF_RESULT);
	uint8_t made[TAG_LEN];
	const char *why = r->why;

	buf_clear(&r->bytes);
	if (why == NULL && o == NULL)
		why = "mismatch"; /* a read of nothing that was opened */
	if (why == NULL)
		why = make(r, o, event_get(ev, EF_OFFSET),
			   (size_t)event_get(ev, EF_ASKED));
	if (why != NULL)
		return why;
	if (is_cut(r, result))
		r->bytes.n = (size_t)result;
	tag_once(made, desk_cipher(r->desk), r->session.key,
		 event_get(ev, EF_COUNTER), buf_bytes(&r->bytes));
	if (result != (int64_t)r->bytes.n || tag.n != sizeof(made) ||
	    memcmp(made, tag.p, sizeof(made)) != 0)
		return "mismatch";
	return "match";
}

/* One file per read, named by its entry's number. */
static int keep_bytes(const struct replay *r, const struct event *ev)
{
	int fd CLEANUP(fd_close) = -1;
	char name[32];

	snprintf(name, sizeof(name), "%llu", (unsigned long long)ev->seq);
	fd = openat(r->want->outfd, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd_write_full(fd, buf_bytes(&r->bytes));
}

static void count(struct replay *r, const char *verdict)
{
	struct replay_sum *s = r->sum;

	s->reads++;
	if (strcmp(verdict, "match") == 0) {
		s->match++;
		s->bytes += r->bytes.n;
	} else if (strcmp(verdict, "mismatch") == 0) {
		s->mismatch++;
	} else {
		s->unknown++;
	}
}

static int replay_read(struct replay *r, const struct event *ev)
{
	const struct replay_open *o = find_open(r, event_get(ev, EF_REF));
	const char *verdict;
	bool match;

	/* A read that failed served nothing: there is nothing to make. */
	if ((int64_t)event_get(ev, EF_RESULT) < 0)
		return 0;
	verdict = judge(r, ev, o);
	match = strcmp(verdict, "match") == 0;
	count(r, verdict);
	if (!match)
		buf_clear(&r->bytes);
	if (r->want->each != NULL)
		r->want->each(r->want->ctx, ev,
			      o != NULL ? buf_bytes(&o->path)
					: (struct bytes){0},
			      verdict, buf_bytes(&r->bytes));
	return match && r->want->outfd >= 0 ? keep_bytes(r, ev) : 0;
}

/* ---- the log ---- */

static int add_open(struct replay *r, const struct event *ev)
{
	if (r->nopens == r->cap) {
		size_t cap = r->cap == 0 ? 64 : 2 * r->cap;
		void *p = mem_grow(r->opens, cap, sizeof(*r->opens));

		if (p == NULL)
			return -ENOMEM;
		r->opens = p;
		r->cap = cap;
	}
	return replay_log_open(ev, &r->opens[r->nopens++]);
}

static int start(struct replay *r, uint64_t session, struct err *e)
{
	int rc = replay_log_session(r->want, session, &r->session, e);

	return rc == 0 ? open_desk(r, e) : rc;
}

static int replay_one(struct replay *r, struct err *e)
{
	const struct replay_want *w = r->want;
	struct audit_entry a;
	uint64_t session, ref;
	int rc = replay_log_entry(w, w->seq, &a, e);

	if (rc != 0)
		return rc;
	if (a.event.kind != EV_READ)
		return err_set(e, -ENOENT, NULL, "entry %llu is no read",
			       (unsigned long long)w->seq);
	session = event_get(&a.event, EF_SESSION);
	ref = event_get(&a.event, EF_REF);
	rc = start(r, session, e);
	if (rc == 0)
		rc = replay_log_entry(w, ref, &a, e);
	if (rc == 0 && a.event.kind == EV_OPEN)
		rc = add_open(r, &a.event);
	/* The reader moved on: once more the read itself. */
	if (rc == 0)
		rc = replay_log_entry(w, w->seq, &a, e);
	return rc == 0 ? replay_read(r, &a.event) : rc;
}

/* 1: that was the session's last entry. */
static int replay_entry(struct replay *r, const struct audit_entry *a)
{
	const struct event *ev = &a->event;

	if (!a->opened || event_get(ev, EF_SESSION) != r->session.seq)
		return 0;
	if (ev->kind == EV_OPEN)
		return add_open(r, ev);
	if (ev->kind == EV_READ)
		return replay_read(r, ev);
	return ev->kind == EV_SESSION_END;
}

static int replay_session(struct replay *r, struct err *e)
{
	struct audit_entry a;
	int rc = start(r, r->want->session, e);

	if (rc == 0)
		rc = audit_reader_seek(r->want->reader, r->want->session);
	while (rc == 0) {
		rc = audit_reader_next(r->want->reader, &a, e);
		if (rc <= 0)
			return rc;
		rc = replay_entry(r, &a);
	}
	return rc < 0 ? rc : 0;
}

int replay_run(const struct replay_want *w, struct replay_sum *sum,
	       struct err *e)
{
	CLEANUP(replay_free)
	struct replay r = {.want = w, .sum = sum, .bytes = {.secret = true}};
	int rc;

	*sum = (struct replay_sum){0};
	rc = w->session != 0 ? replay_session(&r, e) : replay_one(&r, e);
	if (rc != 0)
		return e != NULL && e->code != 0
			       ? rc
			       : err_set(e, rc, NULL, "cannot replay: %s",
					 strerror(-rc));
	if (sum->mismatch > 0)
		return err_set(e, -EBADMSG, NULL,
			       "%llu of %llu reads are not what was served",
			       (unsigned long long)sum->mismatch,
			       (unsigned long long)sum->reads);
	if (sum->unknown > 0)
		return err_set(e, -ESTALE, NULL,
			       "%llu of %llu reads cannot be made again",
			       (unsigned long long)sum->unknown,
			       (unsigned long long)sum->reads);
	return 0;
}
