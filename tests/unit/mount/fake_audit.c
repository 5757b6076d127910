/* A log in memory: keeps what was appended, fails when told to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>

#include "base/mem.h"
#include "tests/unit/mount/fake.h"

struct audit {
	pthread_mutex_t lock;
	struct fake_event *all;
	size_t n, cap;
	uint64_t synced;
	bool fail_append, fail_durable;
	int handles;
};

struct audit_dek {
	struct key *replay;
};

void event_uint(struct event *e, enum event_field f, uint64_t v)
{
	e->present |= 1ull << f;
	e->v[f].u = v;
}

void event_int(struct event *e, enum event_field f, int64_t v)
{
	event_uint(e, f, (uint64_t)v);
}

void event_bytes(struct event *e, enum event_field f, struct bytes v)
{
	e->present |= 1ull << f;
	e->v[f].b = v;
}

void event_text(struct event *e, enum event_field f, const char *v)
{
	event_bytes(e, f, bytes_str(v));
}

uint64_t event_get(const struct event *e, enum event_field f)
{
	return e->v[f].u;
}

struct bytes event_getb(const struct event *e, enum event_field f)
{
	return e->v[f].b;
}

struct audit *fake_audit_new(void)
{
	struct audit *a = mem_new(1, sizeof(*a));

	if (a != NULL)
		pthread_mutex_init(&a->lock, NULL);
	return a;
}

void fake_audit_free(struct audit *a)
{
	mem_free(a->all);
	mem_free(a);
}

struct audit_dek *fake_dek_new(struct keypool *pool)
{
	struct audit_dek *d = mem_new(1, sizeof(*d));

	if (d != NULL)
		d->replay = key_random(pool);
	return d;
}

void fake_dek_free(struct audit_dek *d)
{
	key_free(d->replay);
	mem_free(d);
}

void audit_handles(struct audit *a, int by)
{
	pthread_mutex_lock(&a->lock);
	a->handles += by;
	pthread_mutex_unlock(&a->lock);
}

int fake_audit_handles(struct audit *a)
{
	int n;

	pthread_mutex_lock(&a->lock);
	n = a->handles;
	pthread_mutex_unlock(&a->lock);
	return n;
}

const struct key *audit_dek_replay(const struct audit_dek *d)
{
	return d->replay;
}

void fake_audit_fail(struct audit *a, bool append, bool durable)
{
	pthread_mutex_lock(&a->lock);
	a->fail_append = append;
	a->fail_durable = durable;
	pthread_mutex_unlock(&a->lock);
}

/* Byte strings are cut at 64: enough to compare. */
static void keep(struct fake_event *to, const struct event *e)
{
	*to = (struct fake_event){.ev = *e};
	for (int f = 0; f < EF_COUNT_; f++) {
		size_t n = e->v[f].b.n < 64 ? e->v[f].b.n : 64;

		if (n > 0)
			memcpy(to->bytes[f], e->v[f].b.p, n);
		to->ev.v[f].b.n = n;
	}
}

int audit_append(struct audit *a, struct audit_dek *dek, struct event *e,
		 uint64_t *seq)
{
	int r = 0;

	(void)dek;
	pthread_mutex_lock(&a->lock);
	if (a->fail_append)
		r = -EIO;
	if (r == 0 && a->n == a->cap) {
		size_t cap = a->cap * 2 + 64;
		void *p = mem_grow(a->all, cap, sizeof(*a->all));

		if (p == NULL)
			r = -ENOMEM;
		else
			a->all = p, a->cap = cap;
	}
	if (r == 0) {
		e->seq = a->n + 1;
		keep(&a->all[a->n++], e);
		if (seq != NULL)
			*seq = e->seq;
	}
	pthread_mutex_unlock(&a->lock);
	return r;
}

int audit_durable(struct audit *a, uint64_t seq)
{
	int r;

	pthread_mutex_lock(&a->lock);
	r = a->fail_durable ? -EIO : 0;
	if (r == 0 && seq > a->synced)
		a->synced = seq;
	pthread_mutex_unlock(&a->lock);
	return r;
}

bool audit_is_durable(const struct audit *a, uint64_t seq)
{
	return seq <= fake_audit_synced((struct audit *)(uintptr_t)a);
}

uint64_t fake_audit_denials(struct audit *a)
{
	uint64_t n = 0;

	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->n; i++)
		if (a->all[i].ev.kind == EV_DENIED)
			n += 1 + a->all[i].ev.v[EF_COUNT].u;
	pthread_mutex_unlock(&a->lock);
	return n;
}

size_t fake_audit_count(struct audit *a, enum event_kind kind)
{
	size_t n = 0;

	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < a->n; i++)
		n += a->all[i].ev.kind == kind;
	pthread_mutex_unlock(&a->lock);
	return n;
}

static bool take(struct audit *a, size_t i, struct fake_event *out)
{
	*out = a->all[i];
	for (int f = 0; f < EF_COUNT_; f++)
		out->ev.v[f].b.p = out->bytes[f];
	return true;
}

bool fake_audit_last(struct audit *a, enum event_kind kind,
		     struct fake_event *out)
{
	bool found = false;

	pthread_mutex_lock(&a->lock);
	for (size_t i = a->n; !found && i-- > 0;)
		if (a->all[i].ev.kind == kind)
			found = take(a, i, out);
	pthread_mutex_unlock(&a->lock);
	return found;
}

bool fake_audit_nth(struct audit *a, uint64_t i, struct fake_event *out)
{
	bool found = false;

	pthread_mutex_lock(&a->lock);
	if (i >= 1 && i <= a->n)
		found = take(a, i - 1, out);
	pthread_mutex_unlock(&a->lock);
	return found;
}

uint64_t fake_audit_synced(struct audit *a)
{
	uint64_t s;

	pthread_mutex_lock(&a->lock);
	s = a->synced;
	pthread_mutex_unlock(&a->lock);
	return s;
}

void fake_audit_clear(struct audit *a)
{
	pthread_mutex_lock(&a->lock);
	a->n = 0;
	a->synced = 0;
	a->fail_append = a->fail_durable = false;
	pthread_mutex_unlock(&a->lock);
}
