/* What later entries of a log point back at. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/logmemo.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "base/mem.h"

static void open_free(struct logmemo_open *o)
{
	buf_free(&o->path);
	buf_free(&o->object);
}

void logmemo_free(struct logmemo *m)
{
	for (size_t i = 0; i < m->nseats; i++) {
		mem_free(m->seats[i].annotator);
		mem_free(m->seats[i].task);
	}
	for (size_t i = 0; i < m->nopens; i++)
		open_free(&m->opens[i]);
	for (size_t i = 0; i < m->nleases; i++)
		mem_free(m->leases[i].folder);
	mem_free(m->seats);
	mem_free(m->opens);
	mem_free(m->leases);
	*m = (struct logmemo){0};
}

/* Room for one more of a growing array; NULL without memory. */
static void *more(void *v, size_t n, size_t *cap, size_t size)
{
	size_t next = *cap == 0 ? 64 : 2 * *cap;
	void *p = v;

	if (n < *cap)
		return v;
	p = mem_grow(v, next, size);
	if (p != NULL)
		*cap = next;
	return p;
}

static int learn_seat(struct logmemo *m, const struct event *e)
{
	struct bytes a = event_getb(e, EF_ANNOTATOR);
	struct bytes t = event_getb(e, EF_TASK);
	struct logmemo_seat *v =
		more(m->seats, m->nseats, &m->seats_cap, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	m->seats = v;
	v += m->nseats++;
	*v = (struct logmemo_seat){.seq = e->seq,
				   .annotator = mem_dup(a.p, a.n),
				   .task = mem_dup(t.p, t.n),
				   .last = e->seq};
	return v->annotator == NULL || v->task == NULL ? -ENOMEM : 0;
}

static int learn_open(struct logmemo *m, const struct event *e)
{
	struct logmemo_open *v =
		more(m->opens, m->nopens, &m->opens_cap, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	m->opens = v;
	v += m->nopens++;
	*v = (struct logmemo_open){.seq = e->seq};
	return buf_putb(&v->path, event_getb(e, EF_PATH)) == 0 &&
			       buf_putb(&v->object, event_getb(e, EF_OBJECT)) ==
				       0
		       ? 0
		       : -ENOMEM;
}

static int learn_lease(struct logmemo *m, const struct event *e)
{
	struct bytes p = event_getb(e, EF_PATH);
	struct logmemo_lease *v =
		more(m->leases, m->nleases, &m->leases_cap, sizeof(*v));

	if (v == NULL)
		return -ENOMEM;
	m->leases = v;
	v += m->nleases++;
	*v = (struct logmemo_lease){.seq = e->seq,
				    .session = event_get(e, EF_SESSION),
				    .folder = mem_dup(p.p, p.n),
				    .index = event_get(e, EF_INDEX),
				    .count = event_get(e, EF_COUNT)};
	return v->folder == NULL ? -ENOMEM : 0;
}

static struct logmemo_seat *seat_of(const struct logmemo *m,
				    const struct event *e)
{
	uint64_t seq =
		e->kind == EV_SESSION_START ? e->seq : event_get(e, EF_SESSION);

	for (size_t i = m->nseats; i-- > 0;)
		if (m->seats[i].seq == seq)
			return &m->seats[i];
	return NULL;
}

/* A DENIED speaks for `count` more; a READ that failed showed nothing. */
static void tally(struct logmemo_seat *s, const struct event *e)
{
	int64_t got = (int64_t)event_get(e, EF_RESULT);

	s->opens += e->kind == EV_OPEN;
	s->reads += e->kind == EV_READ && got >= 0;
	s->bytes += e->kind == EV_READ && got >= 0 ? (uint64_t)got : 0;
	if (e->kind == EV_DENIED)
		s->denials += 1 + event_get(e, EF_COUNT);
	s->last = e->seq;
}

bool logmemo_differs(const struct logmemo *m, const struct event *e, size_t i,
		     char words[128])
{
	static const struct {
		enum event_field f;
		size_t at;
		const char *name;
	} rows[LOGMEMO_TOTALS] = {
#define ROW(f, member, name) {f, offsetof(struct logmemo_seat, member), name}
		ROW(EF_OPENS, opens, "opens"), ROW(EF_READS, reads, "reads"),
		ROW(EF_BYTES, bytes, "bytes read"),
		ROW(EF_DENIALS, denials, "denials"),
		ROW(EF_LAST, last, "the entry before it")
#undef ROW
	};
	const struct logmemo_seat *s = logmemo_seat(m, e);
	uint64_t says = event_get(e, rows[i].f), is;

	/* Logs of versions that did not count so have no EF_LAST. */
	if (e->kind != EV_SESSION_END || s == NULL || !event_has(e, EF_LAST))
		return false;
	memcpy(&is, (const uint8_t *)s + rows[i].at, sizeof(is));
	snprintf(words, 128,
		 "%s: SESSION_END says %" PRIu64 ", the log has %" PRIu64,
		 rows[i].name, says, is);
	return says != is;
}

int logmemo_learn(struct logmemo *m, const struct event *e)
{
	struct logmemo_seat *s = seat_of(m, e);

	if (s != NULL && e->kind != EV_SESSION_END)
		tally(s, e);
	if (e->kind == EV_SESSION_START)
		return learn_seat(m, e);
	if (e->kind == EV_LEASE)
		return learn_lease(m, e);
	return e->kind == EV_OPEN ? learn_open(m, e) : 0;
}

static void settle(struct logmemo *m, const struct event *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->nleases; i++) {
		struct logmemo_lease *l = &m->leases[i];
		bool over = e->kind == EV_LEASE_END
				    ? l->seq == event_get(e, EF_REF)
				    : l->session == event_get(e, EF_SESSION);

		if (over)
			mem_free(l->folder);
		else
			m->leases[kept++] = *l;
	}
	m->nleases = kept;
}

void logmemo_forget(struct logmemo *m, const struct event *e)
{
	size_t i = 0;

	if (e->kind == EV_LEASE_END || e->kind == EV_SESSION_END)
		settle(m, e);
	if (e->kind != EV_CLOSE)
		return;
	while (i < m->nopens && m->opens[i].seq != event_get(e, EF_REF))
		i++;
	if (i == m->nopens)
		return;
	open_free(&m->opens[i]);
	m->opens[i] = m->opens[--m->nopens];
}

const struct logmemo_seat *logmemo_seat(const struct logmemo *m,
					const struct event *e)
{
	return seat_of(m, e);
}

const struct logmemo_open *logmemo_open(const struct logmemo *m,
					const struct event *e)
{
	if (!event_has(e, EF_REF))
		return NULL;
	for (size_t i = m->nopens; i-- > 0;)
		if (m->opens[i].seq == event_get(e, EF_REF))
			return &m->opens[i];
	return NULL;
}
