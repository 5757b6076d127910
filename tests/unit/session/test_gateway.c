/* The gateway's registry over a real store: sessions here are only numbers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fs/session/session.h"
#include "tests/unit/session/new_gateway.h"

#define MOST 256

struct session {
	uint64_t seq;
	bool in_force;
	_Atomic(const char *) asked;
	/* Where a policy in force is compared with its own: */
	const struct policy *policy;
	struct gateway *g;
	pthread_t other;
	atomic_bool changing, compared;
};

/* ---- what the registry asks of a session ---- */

uint64_t session_seq(const struct session *s)
{
	return s->seq;
}

bool session_in_force(const struct session *s)
{
	return s->in_force;
}

void session_ask(struct session *s, const char *reason)
{
	s->asked = reason;
}

const struct policy *session_policy(const struct session *s)
{
	return s->policy;
}

static void *change_too(void *arg)
{
	struct session *s = arg;

	gateway_change(s->g);
	atomic_store(&s->changing, true);
	gateway_changed(s->g);
	return NULL;
}

/* The same, as long as nobody else changes policies meanwhile. */
bool session_same(struct session *s, const struct policy *p UNUSED,
		  int64_t now UNUSED)
{
	assert_int_equal(pthread_create(&s->other, NULL, change_too, s), 0);
	(void)poll(NULL, 0, 200);
	atomic_store(&s->compared, true);
	return !atomic_load(&s->changing);
}

void session_json(struct session *s, struct json_out *o)
{
	json_uint(o, s->seq);
}

/* ---- the fixture ---- */

struct place {
	void *f;
	struct store *s;
	struct gateway *g;
};

static int open_place(void **state)
{
	struct place *p = mem_new(1, sizeof(*p));

	if (p == NULL || fixture_setup(&p->f) != 0)
		return -1;
	*state = p;
	p->s = fixture_open(p->f);
	p->g = new_gateway(p->s);
	return 0;
}

static int close_place(void **state)
{
	struct place *p = *state;
	int r = gateway_close(p->g);

	store_close(p->s);
	fixture_teardown(&p->f);
	mem_free(p);
	return r;
}

/* ---- who is in session ---- */

static void test_join(void **state)
{
	struct place *p = *state;
	struct session s[MOST + 1] = {0};

	for (unsigned i = 0; i < MOST; i++) {
		s[i].seq = i + 1;
		assert_int_equal(gateway_join(p->g, &s[i], 0), 0);
	}
	assert_int_equal(gateway_join(p->g, &s[MOST], 0), -EBUSY);
	assert_int_equal(gateway_sessions(p->g), MOST);
	assert_int_equal(gateway_ask(p->g, 7, "x"), 1);
	assert_int_equal(gateway_ask(p->g, MOST + 1, "x"), 0);
	assert_string_equal(s[6].asked, "x");
	assert_null(s[5].asked);
	gateway_leave(p->g, &s[6]);
	gateway_leave(p->g, &s[6]); /* again is fine */
	assert_int_equal(gateway_sessions(p->g), MOST - 1);
	assert_int_equal(gateway_join(p->g, &s[MOST], 0), 0);
	assert_int_equal(gateway_ask(p->g, 0, "all"), MOST);
	for (unsigned i = 0; i <= MOST; i++)
		gateway_leave(p->g, &s[i]);
	assert_int_equal(gateway_sessions(p->g), 0);
}

static void test_stop(void **state)
{
	struct place *p = *state;
	struct session a = {.seq = 1}, b = {.seq = 2};

	assert_int_equal(gateway_join(p->g, &a, 0), 0);
	assert_false(gateway_stopping(p->g));
	gateway_stop(p->g);
	assert_true(gateway_stopping(p->g));
	assert_string_equal(a.asked, "gateway stopped");
	assert_int_equal(gateway_join(p->g, &b, 0), -ESHUTDOWN);
	assert_int_equal(gateway_lend(p->g), -ESHUTDOWN);
	gateway_leave(p->g, &a);
}

/* A policy that came between looking and joining is not missed. */
static void test_era(void **state)
{
	struct place *p = *state;
	struct session in = {.seq = 1, .in_force = true};
	struct session brought = {.seq = 2};
	uint64_t era = gateway_era(p->g);

	gateway_change(p->g);
	gateway_changed(p->g); /* it could not be kept */
	assert_int_equal(gateway_era(p->g), era);
	gateway_change(p->g);
	gateway_new_era(p->g);
	gateway_changed(p->g);
	assert_int_equal(gateway_era(p->g), era + 1);
	assert_int_equal(gateway_join(p->g, &in, era), -ESTALE);
	assert_int_equal(gateway_join(p->g, &brought, 0), 0);
	assert_int_equal(gateway_join(p->g, &in, era + 1), 0);
	gateway_leave(p->g, &in);
	gateway_leave(p->g, &brought);
}

/* Sessions are compared with the policy that is in force while that is done:
 * one that begins under a later one is not there yet. */
static void test_apply_compares_alone(void **state)
{
	static const char text[] = "carrel: 1\n"
				   "project: p\n"
				   "purpose: annotation\n"
				   "datasets: [d]\n"
				   "confinement: none\n"
				   "roles:\n"
				   "  r: { see: [ { files: \"d/**\", records: "
				   "all } ], names: keep }\n"
				   "annotators: { alice: { role: r } }\n";
	struct place *p = *state;
	struct policy *mine CLEANUP(policy_freep) = NULL;
	struct session s = {.seq = 1, .in_force = true, .g = p->g};
	unsigned ended = 9;

	assert_int_equal(policy_load(S(text), "p.yaml", &mine, NULL), 0);
	s.policy = mine;
	assert_int_equal(gateway_join(p->g, &s, gateway_era(p->g)), 0);
	assert_int_equal(
		gateway_apply(p->g, S(text), "p.yaml", 0, &ended, NULL), 0);
	assert_true(atomic_load(&s.compared));
	pthread_join(s.other, NULL);
	assert_null(s.asked);
	assert_int_equal(ended, 0);
	assert_true(atomic_load(&s.changing));
	gateway_leave(p->g, &s);
}

/* ---- all of them end ---- */

struct going {
	struct gateway *g;
	struct session *s;
	atomic_bool freed;
};

/* Asked, it leaves the list; what it has in memory goes later. */
static void *go(void *arg)
{
	struct going *x = arg;

	while (atomic_load(&x->s->asked) == NULL)
		(void)poll(NULL, 0, 1);
	gateway_leave(x->g, x->s);
	(void)poll(NULL, 0, 200);
	atomic_store(&x->freed, true);
	gateway_exit(x->g, x->s);
	return NULL;
}

/* One that was going before anybody asked, or that comes and does not join. */
static void *go_unasked(void *arg)
{
	struct going *x = arg;

	(void)poll(NULL, 0, 200);
	atomic_store(&x->freed, true);
	gateway_exit(x->g, x->s);
	return NULL;
}

static void test_clear(void **state)
{
	struct place *p = *state;
	struct session s[2] = {{.seq = 1, .in_force = true}, {.seq = 2}};
	struct going x[2] = {{.g = p->g, .s = &s[0]}, {.g = p->g, .s = &s[1]}};
	uint64_t era = gateway_era(p->g), clears = gateway_clears(p->g);
	pthread_t t[2];

	for (int i = 0; i < 2; i++)
		assert_int_equal(gateway_enter(p->g, &s[i]), 0);
	assert_int_equal(gateway_join(p->g, &s[0], era), 0);
	pthread_create(&t[0], NULL, go, &x[0]);
	pthread_create(&t[1], NULL, go_unasked, &x[1]);
	assert_true(gateway_clear(p->g, "", "data erased"));
	assert_true(atomic_load(&x[0].freed));
	assert_true(atomic_load(&x[1].freed));
	assert_string_equal(s[0].asked, "data erased");
	assert_null(s[1].asked);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(gateway_join(p->g, &s[0], era), -ESTALE);
	assert_int_equal(gateway_join(p->g, &s[1], clears), -ESTALE);
}

/* Who is in another project's session is neither asked nor waited for. */
static void test_clear_project(void **state)
{
	static const char text[] = "carrel: 1\n"
				   "project: p\n"
				   "purpose: annotation\n"
				   "datasets: [d]\n"
				   "roles:\n"
				   "  r: { see: [ { files: \"d/**\", records: "
				   "all } ], names: keep }\n"
				   "annotators: { alice: { role: r } }\n";
	struct place *p = *state;
	struct policy *mine CLEANUP(policy_freep) = NULL;
	struct session s = {.seq = 1};

	assert_int_equal(policy_load(S(text), "p.yaml", &mine, NULL), 0);
	s.policy = mine;
	assert_int_equal(gateway_enter(p->g, &s), 0);
	assert_int_equal(gateway_join(p->g, &s, gateway_clears(p->g)), 0);
	assert_true(gateway_clear(p->g, "q", "project ended"));
	assert_null(s.asked);
	gateway_leave(p->g, &s);
	gateway_exit(p->g, &s);
}

/* ---- the loan ---- */

static void test_loan(void **state)
{
	struct place *p = *state;
	struct store *other = fixture_open(p->f);
	int lock;

	assert_int_equal(gateway_lend(p->g), 0);
	assert_int_equal(gateway_lend(p->g), -EBUSY);
	gateway_return(p->g);
	assert_int_equal(gateway_lend(p->g), 0);
	gateway_return(p->g);
	/* What goes along keeps the store locked when this one is gone. */
	lock = store_lock_share(p->s);
	assert_true(lock >= 0);
	store_lent(other, lock);
	assert_int_equal(gateway_close(p->g), 0);
	store_close(p->s);
	p->s = fixture_open(p->f);
	assert_int_equal(gateway_open(p->s, "test", &p->g, NULL), -EBUSY);
	store_close(other);
	assert_int_equal(gateway_open(p->s, "test", &p->g, NULL), 0);
}

/* ---- what is told ---- */

static void test_status(void **state)
{
	struct place *p = *state;
	struct buf b CLEANUP(buf_free) = {0};
	struct session a = {.seq = 41}, c = {.seq = 42};
	struct json_out o;

	assert_int_equal(gateway_join(p->g, &a, 0), 0);
	assert_int_equal(gateway_join(p->g, &c, 0), 0);
	json_open(&o, &b);
	gateway_status(p->g, &o);
	assert_int_equal(o.err, 0);
	assert_non_null(strstr(buf_str(&b), "\"lent\":false"));
	assert_non_null(strstr(buf_str(&b), "[41,42]"));
	gateway_leave(p->g, &a);
	gateway_leave(p->g, &c);
}

/* The number of the next entry. */
static uint64_t next_seq(struct place *p)
{
	struct event ev = {.kind = EV_QUERY};
	uint64_t seq = 0;

	assert_int_equal(audit_append(gateway_audit(p->g), NULL, &ev, &seq), 0);
	return seq + 1;
}

static void test_denied(void **state)
{
	struct place *p = *state;
	uint64_t before = next_seq(p), entries;

	for (int i = 0; i < 1000; i++) {
		struct event ev = {.kind = EV_DENIED};

		event_text(&ev, EF_OP, "run");
		gateway_denied(p->g, &ev);
	}
	entries = next_seq(p) - before - 1;
	assert_in_range(entries, 10, 500);
	while (gateway_denied_rest(p->g)) /* until the second is over */
		continue;
	assert_int_equal(next_seq(p) - before - 2, entries + 1);
}

/* ---- all at once ---- */

static void *come_and_go(void *arg)
{
	struct place *p = arg;
	struct session s = {.seq = 5, .in_force = true};

	for (int i = 0; i < 2000; i++) {
		if (gateway_join(p->g, &s, gateway_era(p->g)) != 0)
			continue;
		(void)gateway_ask(p->g, 5, "x");
		gateway_leave(p->g, &s);
	}
	return NULL;
}

static void *look_and_change(void *arg)
{
	struct place *p = arg;

	for (int i = 0; i < 500; i++) {
		struct buf b CLEANUP(buf_free) = {0};
		struct json_out o;

		json_open(&o, &b);
		gateway_status(p->g, &o);
		gateway_change(p->g);
		if (gateway_lend(p->g) == 0)
			gateway_return(p->g);
		if (i % 2 == 0)
			gateway_new_era(p->g);
		gateway_changed(p->g);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct place *p = *state;
	pthread_t t[6];

	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		assert_int_equal(
			pthread_create(&t[i], NULL,
				       i < 4 ? come_and_go : look_and_change,
				       p),
			0);
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		pthread_join(t[i], NULL);
	assert_int_equal(gateway_sessions(p->g), 0);
	assert_int_equal(gateway_era(p->g), 500);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, open_place, close_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_join),	T(test_stop),
		T(test_era),	T(test_apply_compares_alone),
		T(test_loan),	T(test_status),
		T(test_denied), T(test_threads),
		T(test_clear),	T(test_clear_project),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
