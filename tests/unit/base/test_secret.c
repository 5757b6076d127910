/* The key pool: locked, guarded, gone in children, full and empty. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * The address and thread sanitizers make mlock do nothing (their shadow could
 * not be locked), so locking cannot be seen in their builds.
 */
static bool mlock_works(void)
{
	return mlock(NULL, 1) != 0;
}

static void keys_are_keys(void **state)
{
	static const uint8_t raw[KEY_LEN] = {1, 2, 3};
	CLEANUP(key_freep) struct key *a = key_import(*state, raw);
	CLEANUP(key_freep) struct key *b = key_import(*state, raw);
	CLEANUP(key_freep) struct key *c = key_random(*state);
	CLEANUP(key_freep) struct key *d = key_random(*state);

	assert_non_null(a);
	assert_memory_equal(key_raw(a), raw, KEY_LEN);
	assert_true(key_eq(a, b));
	assert_false(key_eq(a, c));
	assert_false(key_eq(c, d));
	key_free(NULL);
}

/* BLAKE2b-256 of "content", keyed with 00 01 .. 1f. */
static void derives(void **state)
{
	CLEANUP(key_freep) struct key *parent = NULL;
	CLEANUP(key_freep) struct key *a = NULL;
	CLEANUP(key_freep) struct key *b = NULL;
	uint8_t raw[KEY_LEN];

	for (size_t i = 0; i < KEY_LEN; i++)
		raw[i] = (uint8_t)i;
	parent = key_import(*state, raw);
	a = key_derive(*state, parent, "content");
	b = key_derive(*state, parent, "index");
	assert_false(key_eq(a, b));
	assert_hex(key_raw(a), KEY_LEN,
		   "68514e9dcd43e6bf310a7ee48e7507ca"
		   "c55fafa96f04be3ae789b3e1cc231f48");
}

static void freed_is_wiped(void **state)
{
	struct key *k = key_random(*state);
	const uint8_t *raw = key_raw(k);
	uint8_t *s = keypool_scratch(*state, 4096);
	uint8_t sum = 0;

	memset(s, 0xAA, 4096);
	key_free(k);
	keypool_scratch_free(*state, s);
	keypool_scratch_free(*state, NULL);
	for (size_t i = 0; i < KEY_LEN; i++)
		sum |= raw[i];
	for (size_t i = 0; i < 4096; i++)
		sum |= s[i];
	assert_int_equal(sum, 0);
}

static void scratch_is_aligned(void **state)
{
	static const size_t sizes[] = {0, 1, 63, 64, 65, 528, 4095, 4096};
	uint8_t *s[ARRAY_LEN(sizes)];

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		s[i] = keypool_scratch(*state, sizes[i]);
		assert_non_null(s[i]);
		assert_int_equal((uintptr_t)s[i] % 16, 0);
		memset(s[i], (int)i, sizes[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(s[i][k], i);
		keypool_scratch_free(*state, s[i]);
	}
	assert_null(keypool_scratch(*state, 4097));
}

/* Fill it, find it full, free in a mixed order, fill it again. */
static void full_and_again(void **state)
{
	static struct key *keys[1024 * 1024 / 64 + 1];
	size_t n = 0, again = 0;

	while ((keys[n] = key_random(*state)) != NULL)
		n++;
	assert_true(n >= 256 * 1024 / 64 && n <= 1024 * 1024 / 64);
	assert_int_equal(keypool_quarters(*state), 4);
	assert_null(keypool_scratch(*state, 1));
	for (size_t i = 0; i < n; i += 2)
		key_free(keys[i]);
	assert_int_equal(keypool_quarters(*state), 2);
	assert_null(keypool_scratch(*state, 65));
	for (size_t i = 0; i < n; i += 2, again++) {
		keys[i] = key_random(*state);
		assert_non_null(keys[i]);
	}
	assert_null(key_random(*state));
	for (size_t i = 0; i < n; i++)
		key_free(keys[i]);
	assert_int_equal(keypool_quarters(*state), 0);
	void *s = keypool_scratch(*state, 4096);
	assert_non_null(s);
	keypool_scratch_free(*state, s);
}

struct worker {
	struct keypool *pool;
	uint8_t mark;
	bool ok;
};

static void *churn(void *arg)
{
	struct worker *w = arg;
	uint64_t seed = w->mark;

	w->ok = true;
	for (size_t i = 0; i < 3000; i++) {
		size_t n = rnd(&seed) % 600;
		uint8_t *s = keypool_scratch(w->pool, n);
		struct key *k = key_random(w->pool);

		if (s == NULL || k == NULL)
			w->ok = false;
		if (s != NULL)
			memset(s, w->mark, n);
		for (size_t j = 0; s != NULL && j < n; j++)
			w->ok = w->ok && s[j] == w->mark;
		keypool_scratch_free(w->pool, s);
		key_free(k);
	}
	return NULL;
}

static void threads_share_it(void **state)
{
	struct worker w[4];
	pthread_t t[4];

	for (size_t i = 0; i < 4; i++) {
		w[i] = (struct worker){*state, (uint8_t)(i + 1), false};
		assert_int_equal(pthread_create(&t[i], NULL, churn, &w[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(t[i], NULL), 0);
		assert_true(w[i].ok);
	}
}

/* What a child does: 0..63 is its exit code, 64 and above its signal. */
static int child(void (*act)(void *), void *arg)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		signal(SIGSEGV, SIG_DFL);
		act(arg);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 64 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void act_sum(void *arg)
{
	const uint8_t *p = arg;
	uint8_t sum = 0;

	for (size_t i = 0; i < KEY_LEN; i++)
		sum |= p[i];
	_exit(sum == 0 ? 11 : 12);
}

static void act_use(void *arg)
{
	volatile uint8_t v = key_raw(arg)[0];

	(void)v;
}

static void act_free(void *arg)
{
	key_free(arg);
	_exit(13);
}

static void child_has_no_keys(void **state)
{
	CLEANUP(key_freep) struct key *k = key_random(*state);
	uint8_t *raw = (uint8_t *)(uintptr_t)key_raw(k);

	assert_int_equal(child(act_sum, raw), 11);
	assert_int_equal(child(act_use, k), 64 + SIGABRT);
	assert_int_equal(child(act_free, k), 13);
}

/* Made in the child itself: its own pool is not wiped. */
static void act_free_twice(void *arg)
{
	struct keypool *p;

	(void)arg;
	if (keypool_new(&p, NULL) != 0)
		_exit(14);
	void *s = keypool_scratch(p, 100);
	keypool_scratch_free(p, s);
	keypool_scratch_free(p, s);
}

static void act_free_inner(void *arg)
{
	struct keypool *p;
	uint8_t *s;

	(void)arg;
	if (keypool_new(&p, NULL) != 0)
		_exit(14);
	s = keypool_scratch(p, 200);
	keypool_scratch_free(p, s + 64);
}

static void act_overrun(void *arg)
{
	struct keypool *p;
	volatile uint8_t *s;

	(void)arg;
	if (keypool_new(&p, NULL) != 0)
		_exit(14);
	s = keypool_scratch(p, 64);
	for (size_t i = 0; i <= 1024 * 1024; i++)
		s[i] = 0;
}

static void act_underrun(void *arg)
{
	struct keypool *p;
	volatile uint8_t *s;

	(void)arg;
	if (keypool_new(&p, NULL) != 0)
		_exit(14);
	s = keypool_scratch(p, 64);
	*(s - 1) = 0;
}

static void misuse_dies(void **state)
{
	int over = child(act_overrun, NULL), under = child(act_underrun, NULL);

	(void)state;
	assert_int_equal(child(act_free_twice, NULL), 64 + SIGABRT);
	assert_int_equal(child(act_free_inner, NULL), 64 + SIGABRT);
	/* A sanitizer turns the fault into an exit of its own. */
	assert_true(over == 64 + SIGSEGV || over == 1);
	assert_true(under == 64 + SIGSEGV || under == 1);
}

static void act_locked_low(void *arg)
{
	const rlim_t *kib = arg;
	struct rlimit r = {*kib * 1024, *kib * 1024};
	struct keypool *p;
	struct err e;
	int rc;

	/* Root may lock without a limit. */
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		_exit(15);
	if (setrlimit(RLIMIT_MEMLOCK, &r) != 0)
		_exit(15);
	rc = keypool_new(&p, &e);
	if (rc == 0) {
		keypool_free(p);
		_exit(20);
	}
	_exit(rc == -EPERM && e.code == -EPERM &&
			      strstr(e.text, "ulimit -l") != NULL &&
			      strstr(e.text, "LimitMEMLOCK") != NULL
		      ? 21
		      : 22);
}

static void needs_locked_memory(void **state)
{
	rlim_t none = 0, little = 64, some = 256, half = 600, all = 2048;

	(void)state;
	if (!mlock_works())
		skip();
	assert_int_equal(child(act_locked_low, &none), 21);
	assert_int_equal(child(act_locked_low, &little), 21);
	assert_int_equal(child(act_locked_low, &some), 20);
	assert_int_equal(child(act_locked_low, &half), 20);
	assert_int_equal(child(act_locked_low, &all), 20);
}

/* The mapping's flags as the kernel shows them. */
static void locked_and_undumped(void **state)
{
	CLEANUP(key_freep) struct key *k = key_random(*state);
	FILE *f = fopen("/proc/self/smaps", "re");
	uintptr_t at = (uintptr_t)key_raw(k);
	bool here = false, seen = false;
	char line[512];

	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
	if (f == NULL)
		skip(); /* /proc/self belongs to root now, we may not be */
	while (fgets(line, sizeof(line), f) != NULL) {
		unsigned long lo, hi;

		if (sscanf(line, "%lx-%lx ", &lo, &hi) == 2)
			here = at >= lo && at < hi;
		if (!here || strncmp(line, "VmFlags:", 8) != 0)
			continue;
		seen = true;
		assert_int_equal(strstr(line, " lo") != NULL, mlock_works());
		assert_non_null(strstr(line, " dd"));
		assert_non_null(strstr(line, " wf"));
	}
	assert_int_equal(fclose(f), 0);
	assert_true(seen);
}

static void wipes_and_draws(void **state)
{
	uint8_t a[64] = {0}, b[64] = {0};

	(void)state;
	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	secret_wipe(a, sizeof(a));
	memset(b, 0, sizeof(b));
	assert_memory_equal(a, b, sizeof(a));
}

#define pooled(f) cmocka_unit_test_setup_teardown(f, pool_setup, pool_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		pooled(keys_are_keys),
		pooled(derives),
		pooled(freed_is_wiped),
		pooled(scratch_is_aligned),
		pooled(full_and_again),
		pooled(threads_share_it),
		pooled(child_has_no_keys),
		pooled(locked_and_undumped),
		cmocka_unit_test(misuse_dies),
		cmocka_unit_test(needs_locked_memory),
		cmocka_unit_test(wipes_and_draws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
