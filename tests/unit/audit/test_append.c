/* Appending from many threads, durability, DEKs, policies, limits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include "base/hex.h"
#include "fs/audit/core.h"
#include "tests/unit/audit/room.h"

#define THREADS 8
#define EACH 400

struct crowd {
	struct audit *a;
	struct audit_dek *dek;
	uint64_t seq[EACH];
	uint64_t base;
};

static void *crowd_run(void *ctx)
{
	struct crowd *c = ctx;

	for (uint64_t i = 0; i < EACH; i++) {
		struct event e = room_event(c->base + i);

		if (audit_append(c->a, c->dek, &e, &c->seq[i]) != 0)
			return c;
		if (i % 16 == 0 && (audit_durable(c->a, c->seq[i]) != 0 ||
				    !audit_is_durable(c->a, c->seq[i])))
			return c;
	}
	return NULL;
}

/* Every event once, under its own number, in the order of its thread. */
static void check_crowd(struct room *r, struct crowd *c)
{
	CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
	size_t at[THREADS] = {0};
	struct audit_entry en;

	assert_int_equal(
		audit_reader_open(r->log, r->pool, r->secret, &rd, NULL), 0);
	while (audit_reader_next(rd, &en, NULL) == 1) {
		uint64_t n = event_get(&en.event, EF_OFFSET);
		size_t t = (size_t)(n / EACH);

		assert_true(en.opened);
		if (en.event.kind != EV_READ)
			continue;
		assert_true(t < THREADS);
		assert_int_equal(c[t].seq[n % EACH], en.seq);
		assert_int_equal(at[t]++, n % EACH);
	}
	for (size_t t = 0; t < THREADS; t++)
		assert_int_equal(at[t], EACH);
}

static void many_threads(void **state)
{
	CLEANUP(room_free) struct room r;
	static struct crowd c[THREADS];
	struct audit_io io = *io_kernel();
	pthread_t t[THREADS];
	struct audit *a;

	(void)state;
	room_new(&r);
	/* Small and hasty: rolls, spares and integrations all the time. */
	io.segment = (size_t)32 * 1024;
	io.sync_ms = 1;
	io.integrate_ms = 1;
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	for (size_t i = 0; i < THREADS; i++) {
		struct audit_dek *d = NULL;

		assert_int_equal(audit_dek_new(a, &d, NULL), 0);
		c[i] = (struct crowd){.a = a, .dek = d, .base = i * EACH};
	}
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, crowd_run, &c[i]),
				 0);
	for (size_t i = 0; i < THREADS; i++) {
		void *bad;

		pthread_join(t[i], &bad);
		assert_null(bad);
	}
	check_crowd(&r, c); /* as it runs */
	for (size_t i = 0; i < THREADS; i++) {
		/* None is behind the last of its own; another key's is not. */
		assert_int_equal(audit_dek_last(c[i].dek), c[i].seq[EACH - 1]);
		audit_dek_free(c[i].dek);
	}
	assert_int_equal(audit_close(a), 0);
	check_crowd(&r, c);
	room_good(&r);
}

static void one_writer(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit *a, *b = NULL;
	struct err e = {0};

	(void)state;
	room_new(&r);
	assert_int_equal(audit_open(&r.c, &b, &e), -ENOENT);
	room_create(&r);
	assert_int_equal(audit_create(&r.c, &e), -EEXIST);
	a = room_open(&r);
	assert_int_equal(audit_open(&r.c, &b, &e), -EBUSY);
	assert_null(b);
	assert_int_equal(audit_close(a), 0);
	assert_int_equal(audit_close(NULL), 0);
}

/* Pitfall: what does not fit an entry is refused before anything is shown. */
static void too_long(void **state)
{
	CLEANUP(room_free) struct room r;
	static uint8_t big[70000];
	struct audit *a;
	int rc = 0;

	(void)state;
	room_new(&r);
	room_create(&r);
	a = room_open(&r);
	for (size_t n = 65400; n < 65600; n++) {
		struct event e = {.kind = EV_READ};
		uint64_t seq;
		int was = rc;

		event_bytes(&e, EF_PATH, bytes_of(big, n));
		rc = audit_append(a, NULL, &e, &seq);
		assert_true(rc == 0 || rc == -EMSGSIZE);
		assert_true(was == 0 || rc != 0);
	}
	assert_int_equal(rc, -EMSGSIZE);
	assert_int_equal(audit_dead(a), 0);
	(void)room_append(a, NULL, 1);
	assert_int_equal(audit_close(a), 0);
	room_good(&r);
}

/* A key pool that others have emptied: no signature now, but no death. */
static void pool_empty(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = *io_kernel();
	static struct key *k[1 << 15];
	struct audit *a;
	size_t n = 0;

	(void)state;
	room_new(&r);
	io.integrate_ms = 1;
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	while (n < ARRAY_LEN(k) && (k[n] = key_random(r.pool)) != NULL)
		n++;
	assert_true(n < ARRAY_LEN(k));
	(void)room_append(a, NULL, 1);
	assert_int_equal(audit_checkpoint(a), -ENOMEM);
	usleep(50000); /* the integrator tries, too */
	assert_int_equal(audit_dead(a), 0);
	while (n > 0)
		key_free(k[--n]);
	(void)room_append(a, NULL, 2);
	assert_int_equal(audit_checkpoint(a), 0);
	assert_int_equal(audit_close(a), 0);
	room_good(&r);
}

static void durable(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = *io_kernel();
	struct audit *a;
	uint64_t seq;

	(void)state;
	room_new(&r);
	io.sync_ms = io.integrate_ms = 3600000;
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	seq = room_append(a, NULL, 1);
	assert_false(audit_is_durable(a, seq));
	assert_int_equal(audit_durable(a, seq + 1), -EINVAL);
	assert_int_equal(audit_durable(a, seq), 0);
	assert_true(audit_is_durable(a, seq));
	assert_false(audit_is_durable(a, seq + 1));
	assert_int_equal(audit_close(a), 0);
}

/* Two recipients; each opens, a third does not. */
static void recipients(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(key_freep) struct key *second = NULL;
	uint8_t pubs[2][BOX_PUB];
	struct audit_dek *d = NULL;
	struct audit *a;
	uint64_t seq;

	(void)state;
	room_new(&r);
	second = key_random(r.pool);
	memcpy(pubs[0], r.pub[0], BOX_PUB);
	box_public(second, pubs[1]);
	r.c.recipients = (const uint8_t(*)[BOX_PUB])pubs;
	r.c.nrecipients = 2;
	room_create(&r);
	a = room_open(&r);
	assert_int_equal(audit_dek_new(a, &d, NULL), 0);
	seq = room_append(a, d, 9);
	for (int i = 0; i < 3; i++) {
		CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
		CLEANUP(key_freep) struct key *own = key_random(r.pool);
		CLEANUP(key_freep) struct key *replay = NULL;
		const struct key *who[] = {r.secret, second, own};
		struct audit_entry en;

		assert_int_equal(
			audit_reader_open(r.log, r.pool, who[i], &rd, NULL), 0);
		assert_int_equal(audit_reader_seek(rd, seq), 0);
		assert_int_equal(audit_reader_next(rd, &en, NULL), 1);
		assert_int_equal(en.opened, i < 2);
		if (i == 2)
			assert_string_equal(en.closed, "sealed to another key");
		assert_int_equal(audit_reader_replay_key(rd, en.dek, &replay),
				 i < 2 ? 0 : -ENOKEY);
		if (i < 2)
			assert_true(key_eq(replay, audit_dek_replay(d)));
	}
	audit_dek_free(d);
	audit_dek_free(NULL);
	assert_int_equal(audit_close(a), 0);
	room_good(&r);
}

static void bad_config(void **state)
{
	static const char *const bad[] = {"", "with space", "a+b"};
	CLEANUP(room_free) struct room r;
	char longer[200];

	(void)state;
	room_new(&r);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		r.c.origin = bad[i];
		assert_int_equal(audit_create(&r.c, NULL), -EINVAL);
	}
	memset(longer, 'a', sizeof(longer));
	longer[150] = '\0';
	r.c.origin = longer;
	assert_int_equal(audit_create(&r.c, NULL), -EINVAL);
	r.c.origin = ROOM_ORIGIN;
	r.c.nrecipients = 0;
	assert_int_equal(audit_create(&r.c, NULL), -EINVAL);
}

static void policies(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
	CLEANUP(audit_reader_freep) struct audit_reader *blind = NULL;
	uint8_t hash[HASH_LEN], again[HASH_LEN];
	char path[256], hex[65];
	struct audit *a;

	(void)state;
	room_new(&r);
	room_create(&r);
	a = room_open(&r);
	assert_int_equal(
		audit_policy_put(a, bytes_str("carrel: 1\n"), hash, NULL), 0);
	assert_int_equal(
		audit_policy_put(a, bytes_str("carrel: 1\n"), again, NULL), 0);
	assert_memory_equal(hash, again, HASH_LEN);
	assert_int_equal(audit_close(a), 0);
	assert_int_equal(audit_reader_open(r.log, r.pool, r.secret, &rd, NULL),
			 0);
	assert_int_equal(buf_puts(&b, "before "), 0);
	assert_int_equal(audit_policy_get(rd, hash, &b), 0);
	assert_string_equal(buf_str(&b), "before carrel: 1\n");
	again[0] ^= 1;
	assert_int_equal(audit_policy_get(rd, again, &b), -ENOENT);
	assert_int_equal(audit_reader_open(r.log, r.pool, NULL, &blind, NULL),
			 0);
	assert_int_equal(audit_policy_get(blind, hash, &b), -ENOKEY);
	/* Spoiled at every eighth byte: never another text, never a crash. */
	hex_encode(hex, bytes_of(hash, HASH_LEN));
	(void)snprintf(path, sizeof(path), "%s/objects/policy/%s", r.log, hex);
	buf_clear(&b);
	assert_int_equal(file_read(AT_FDCWD, path, 65536, &b), 0);
	for (size_t i = 0; i < b.n; i += 8) {
		CLEANUP(buf_free) struct buf out = {0};

		b.p[i] ^= 4;
		assert_int_equal(
			file_replace(AT_FDCWD, path, 0600, buf_bytes(&b)), 0);
		assert_true(audit_policy_get(rd, hash, &out) < 0);
		assert_int_equal(out.n, 0);
		b.p[i] ^= 4;
	}
}

#define ROUNDS 100

struct putter {
	struct audit *a;
	pthread_barrier_t *round;
	unsigned failed;
};

/* The same new policy at the same time: sessions that start together. */
static void *put_run(void *ctx)
{
	struct putter *p = ctx;
	uint8_t hash[HASH_LEN];
	char text[32];

	for (int i = 0; i < ROUNDS; i++) {
		(void)snprintf(text, sizeof(text), "carrel: 1 # %d\n", i);
		(void)pthread_barrier_wait(p->round);
		p->failed += audit_policy_put(p->a, bytes_str(text), hash,
					      NULL) != 0;
	}
	return NULL;
}

static void policies_at_once(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
	struct putter p[THREADS];
	pthread_t t[THREADS];
	pthread_barrier_t round;
	struct audit *a;
	char text[32];

	(void)state;
	room_new(&r);
	room_create(&r);
	a = room_open(&r);
	assert_int_equal(pthread_barrier_init(&round, NULL, THREADS), 0);
	for (size_t i = 0; i < THREADS; i++) {
		p[i] = (struct putter){.a = a, .round = &round};
		assert_int_equal(pthread_create(&t[i], NULL, put_run, &p[i]),
				 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(p[i].failed, 0);
	}
	pthread_barrier_destroy(&round);
	assert_int_equal(audit_dead(a), 0);
	assert_int_equal(audit_close(a), 0);
	assert_int_equal(audit_reader_open(r.log, r.pool, r.secret, &rd, NULL),
			 0);
	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(buf_free) struct buf b = {0};
		uint8_t hash[HASH_LEN];

		(void)snprintf(text, sizeof(text), "carrel: 1 # %d\n", i);
		hash_sha256(hash, bytes_str(text));
		assert_int_equal(audit_policy_get(rd, hash, &b), 0);
		assert_string_equal(buf_str(&b), text);
	}
}

/* Idle logs speak: heartbeats, in clear, synced and signed by themselves. */
static void heartbeat(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = *io_kernel();
	uint64_t beats = 0;

	(void)state;
	room_new(&r);
	io.heartbeat_ms = io.sync_ms = 1;
	io.integrate_ms = 5;
	r.c.io = &io;
	room_create(&r);
	{
		CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
		struct audit *a = room_open(&r);
		struct audit_entry en;

		assert_int_equal(
			audit_reader_open(r.log, r.pool, NULL, &rd, NULL), 0);
		audit_handles(a, 3);
		audit_handles(a, -1);
		while (beats < 20) {
			if (audit_reader_next(rd, &en, NULL) != 1)
				usleep(1000);
			else if (en.event.kind == EV_HEARTBEAT &&
				 event_get(&en.event, EF_HANDLES) == 2)
				beats++;
		}
		assert_int_equal(audit_close(a), 0);
	}
	room_good(&r);
}

/* The clocks: boottime never goes back, a set wall clock is told. */
static void clocks(void **state)
{
	CLEANUP(room_free) struct room r;
	CLEANUP(audit_reader_freep) struct audit_reader *rd = NULL;
	struct audit_entry en;
	struct audit *a;
	uint64_t boot = 0, clock = 0;

	(void)state;
	room_new(&r);
	room_create(&r);
	a = room_open(&r);
	(void)room_append(a, NULL, 1);
	pthread_mutex_lock(&a->lock);
	a->clock_offset -= 600000000;  /* as if somebody set the clock */
	a->last_boot += 3600000000000; /* and boottime stood still */
	pthread_mutex_unlock(&a->lock);
	(void)room_append(a, NULL, 2);
	assert_int_equal(audit_close(a), 0);
	assert_int_equal(audit_reader_open(r.log, r.pool, r.secret, &rd, NULL),
			 0);
	while (audit_reader_next(rd, &en, NULL) == 1) {
		assert_true(event_get(&en.event, EF_BOOTTIME) >= boot);
		boot = event_get(&en.event, EF_BOOTTIME);
		clock += en.event.kind == EV_CLOCK;
	}
	assert_true(clock >= 1);
	room_good(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_threads),
		cmocka_unit_test(one_writer),
		cmocka_unit_test(too_long),
		cmocka_unit_test(pool_empty),
		cmocka_unit_test(durable),
		cmocka_unit_test(recipients),
		cmocka_unit_test(bad_config),
		cmocka_unit_test(policies),
		cmocka_unit_test(policies_at_once),
		cmocka_unit_test(heartbeat),
		cmocka_unit_test(clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
