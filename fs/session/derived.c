/* Saved work that may have come of data that are to go. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nobody can tell what of a record went into what file: an annotator reads,
 * thinks, and writes. But what was last changed before he first opened the
 * object in which it lay cannot have come of it. The log says when that was; an
 * area's files say when they were changed, by the gateway's clock, which no
 * annotator sets (st_ctime). A session whose lease nothing settled may have
 * opened any file of its block: it counts as one that did.
 */
#include "fs/session/derived.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "fs/mount/work.h"

#define SLACK_NS 1000000000 /* of two clocks read one after the other */

/* A session that is not over yet, as far as the log was read. */
struct seen {
	uint64_t session, leases; /* leases: not settled yet */
	int64_t lease_ns;	  /* of the first of them */
	struct buf project, annotator;
};

/* Whose work, changed since when. */
struct touch {
	struct buf project, annotator; /* strings */
	int64_t since_ns;
};

struct derived {
	const struct derived_want *w;
	struct seen *seen;
	struct touch *touch;
	size_t nseen, ntouch;
	uint64_t *files;
	struct err *e;
};

static void seen_free(struct seen *s)
{
	buf_free(&s->project);
	buf_free(&s->annotator);
}

static void derived_free(struct derived *d)
{
	for (size_t i = 0; i < d->nseen; i++)
		seen_free(&d->seen[i]);
	for (size_t i = 0; i < d->ntouch; i++) {
		buf_free(&d->touch[i].project);
		buf_free(&d->touch[i].annotator);
	}
	mem_free(d->seen);
	mem_free(d->touch);
}

/* ---- the log ---- */

static struct seen *session_of(struct derived *d, uint64_t nr)
{
	for (size_t i = 0; i < d->nseen; i++)
		if (d->seen[i].session == nr)
			return &d->seen[i];
	return NULL;
}

static int session_start(struct derived *d, const struct event *ev)
{
	struct seen *v = mem_grow(d->seen, d->nseen + 1, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	d->seen = v;
	v += d->nseen++;
	*v = (struct seen){.session = ev->seq};
	return buf_putb(&v->project, event_getb(ev, EF_PROJECT)) == 0
		       ? buf_putb(&v->annotator, event_getb(ev, EF_ANNOTATOR))
		       : -ENOMEM;
}

static void session_over(struct derived *d, struct seen *s)
{
	seen_free(s);
	*s = d->seen[--d->nseen];
}

/* The first time counts; the log is read from its beginning. */
static int touched(struct derived *d, const struct seen *s, int64_t ns)
{
	struct touch *v;

	for (size_t i = 0; i < d->ntouch; i++)
		if (bytes_eq(buf_bytes(&d->touch[i].project),
			     buf_bytes(&s->project)) &&
		    bytes_eq(buf_bytes(&d->touch[i].annotator),
			     buf_bytes(&s->annotator))) {
			if (ns < d->touch[i].since_ns)
				d->touch[i].since_ns = ns;
			return 0;
		}
	v = mem_grow(d->touch, d->ntouch + 1, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	d->touch = v;
	v += d->ntouch++;
	*v = (struct touch){.since_ns = ns};
	return buf_putb(&v->project, buf_bytes(&s->project)) == 0 &&
			       buf_putb(&v->annotator,
					buf_bytes(&s->annotator)) == 0 &&
			       buf_str(&v->project) != NULL &&
			       buf_str(&v->annotator) != NULL
		       ? 0
		       : -ENOMEM;
}

static bool is_wanted(const struct derived *d, struct bytes object)
{
	for (size_t i = 0; i < d->w->nobjects; i++)
		if (bytes_eq(object, bytes_of(d->w->objects[i], STORE_ID)))
			return true;
	return false;
}

static int take(struct derived *d, const struct event *ev)
{
	struct seen *s = session_of(d, event_get(ev, EF_SESSION));
	int64_t ns = (int64_t)event_get(ev, EF_T);

	if (ev->kind == EV_SESSION_START)
		return session_start(d, ev);
	if (s == NULL)
		return 0;
	if (ev->kind == EV_OPEN && is_wanted(d, event_getb(ev, EF_OBJECT)))
		return touched(d, s, ns);
	if (ev->kind == EV_LEASE) {
		s->lease_ns = s->leases++ == 0 ? ns : s->lease_ns;
	} else if (ev->kind == EV_LEASE_END && s->leases > 0) {
		s->leases--;
	} else if (ev->kind == EV_SESSION_END) {
		session_over(d, s);
	}
	return 0;
}

static int read_log(struct derived *d)
{
	struct audit_entry a;
	int rc;

	while ((rc = audit_reader_next(d->w->reader, &a, d->e)) == 1) {
		if (!a.opened && a.closed != NULL && a.dek != 0)
			return err_set(d->e, -ENOKEY, "",
				       "entries of the log cannot be opened "
				       "(%s): who was shown what is not known",
				       a.closed);
		rc = a.opened ? take(d, &a.event) : 0;
		if (rc != 0)
			return err_nomem(d->e);
	}
	for (size_t i = 0; rc == 0 && i < d->nseen; i++)
		if (d->seen[i].leases != 0)
			rc = touched(d, &d->seen[i], d->seen[i].lease_ns);
	return rc;
}

/* ---- the areas ---- */

struct going {
	const struct touch *t;
	struct buf paths; /* strings, one after the other */
};

static int look(void *ctx, const struct work_file *f)
{
	struct going *g = ctx;
	int64_t ns = (int64_t)f->st.st_ctim.tv_sec * 1000000000 +
		     f->st.st_ctim.tv_nsec;

	if (S_ISDIR(f->st.st_mode) || ns + SLACK_NS < g->t->since_ns)
		return 0;
	return buf_putb(&g->paths, f->path) == 0 ? buf_putc(&g->paths, '\0')
						 : -ENOMEM;
}

static int drop(struct derived *d, struct work *w, const struct going *g)
{
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < g->paths.n;) {
		struct derived_file f = {
			.project = buf_bytes(&g->t->project),
			.annotator = buf_bytes(&g->t->annotator),
			.path = bytes_str((const char *)g->paths.p + at)};

		if (d->w->found != NULL)
			d->w->found(d->w->ctx, &f);
		if (!d->w->dry_run)
			rc = work_drop(w, f.path);
		*d->files += rc == 0;
		at += f.path.n + 1;
	}
	return rc;
}

static int area(struct derived *d, const struct touch *t)
{
	struct going g = {.t = t, .paths = {.secret = true}};
	struct work_want want = {.store = d->w->store,
				 .project = (const char *)t->project.p,
				 .annotator = (const char *)t->annotator.p,
				 .quota = UINT64_MAX,
				 .readonly = true};
	struct work *w = NULL;
	int end = 0, rc = work_open(&want, &w, d->e);

	/* Not made by the way, where there is none. */
	if (rc == 0 && !d->w->dry_run) {
		work_closep(&w);
		w = NULL;
		want.readonly = false;
		rc = work_open(&want, &w, d->e);
	}
	if (rc == -ENOENT || rc == -ENOKEY) { /* no area, or no project */
		*d->e = (struct err){0};
		return 0;
	}
	if (rc == 0)
		rc = work_each(w, look, &g);
	if (rc == 0)
		rc = drop(d, w, &g);
	end = work_close(w);
	rc = rc != 0 ? rc : end;
	buf_free(&g.paths);
	return rc == 0 || d->e->code != 0
		       ? rc
		       : err_set(d->e, rc, (const char *)t->annotator.p,
				 "its saved work cannot be removed: %s",
				 strerror(-rc));
}

int derived_remove(const struct derived_want *w, uint64_t *files, struct err *e)
{
	CLEANUP(derived_free) struct derived d = {.w = w, .files = files};
	struct err own = {0};
	int rc;

	d.e = e == NULL ? &own : e;
	rc = audit_reader_seek(w->reader, 0);
	if (rc == 0)
		rc = read_log(&d);
	for (size_t i = 0; rc == 0 && i < d.ntouch; i++)
		rc = area(&d, &d.touch[i]);
	return rc == 0 || d.e->code != 0
		       ? rc
		       : err_set(d.e, rc, "", "the log cannot be read: %s",
				 strerror(-rc));
}
