/* When entries are integrated and signed: at a pause, and under load. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/audit/core.h"
#include "tests/unit/audit/room.h"

static uint64_t signed_size(struct audit *a)
{
	uint64_t n;

	pthread_mutex_lock(&a->ilock);
	n = a->tree.done.size;
	pthread_mutex_unlock(&a->ilock);
	return n;
}

/* Entries that never pause are signed all the same, and so is the last. */
static void under_load(void **state)
{
	CLEANUP(room_free) struct room r;
	struct audit_io io = *io_kernel();
	struct audit *a;
	uint64_t first, seq = 0;

	(void)state;
	room_new(&r);
	io.integrate_ms = 50;
	r.c.io = &io;
	room_create(&r);
	a = room_open(&r);
	first = signed_size(a);
	for (int i = 0; i < 10000 && signed_size(a) == first; i++) {
		seq = room_append(a, NULL, 1);
		usleep(1000);
	}
	assert_true(signed_size(a) > first);
	seq = room_append(a, NULL, 2);
	for (int i = 0; i < 10000 && signed_size(a) <= seq; i++)
		usleep(1000);
	assert_true(signed_size(a) > seq);
	assert_int_equal(audit_close(a), 0);
	room_good(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(under_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
