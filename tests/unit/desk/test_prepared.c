/* What is made ready before it is opened is what an open makes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fs/desk/desk_in.h"
#include "fs/desk/shown.h"
#include "tests/unit/desk/fixture.h"

#define FILE_AT "calls/l.jsonl"

static const char policy[] =
	"carrel: 1\nproject: harbor\npurpose: annotation\n"
	"datasets: [calls]\n"
	"roles: { r: { see: [ { files: \"calls/**\", records: all } ],\n"
	"  redact: { PERSON: pseudonym }, names: keep } }\n"
	"annotators: { alice: { role: r } }\n";

struct got {
	uint8_t recipe[2][32]; /* by each key */
	uint8_t bytes[4096];
	ssize_t n;
};

/* By a desk that has just been opened. */
static void look(struct fixture *f, const struct key *const k[2], bool ready,
		 struct got *out)
{
	struct desk *CLEANUP(desk_closep) d = fixture_desk(f);
	struct shown *CLEANUP(shown_closep) s = NULL;
	uint32_t nr = desk_walk(d, bytes_str(FILE_AT));

	*out = (struct got){0};
	for (int i = 0; ready && i < 2; i++)
		shown_prepare(d, nr, k[0]);
	assert_int_equal(d->open[desk_node(d, nr)->object % DESK_OPEN] != NULL,
			 ready);
	assert_int_equal(d->blocks.bytes > 0, ready);
	assert_int_equal(shown_open(d, nr, &s, NULL), 0);
	for (int i = 3; i >= 0; i--) /* also again, by turns */
		shown_recipe(s, k[i % 2], out->recipe[i % 2]);
	out->n = shown_read(s, 0, out->bytes, sizeof(out->bytes));
	assert_true(out->n > 1000);
}

static void test_same(void **state)
{
	struct fixture *f = *state;
	struct key *CLEANUP(key_freep) k = key_random(f->pool);
	struct key *CLEANUP(key_freep) other = key_random(f->pool);
	const struct key *keys[2] = {k, other};
	struct buf CLEANUP(buf_free) b = {0};
	struct fixture_file file = {.path = "l.jsonl", .lines = true};
	static struct got plain, ready;

	fixture_lines(&b, 7, 50, 100);
	file.data = buf_bytes(&b);
	fixture_publish(f, "calls", &file, 1);
	fixture_policy(f, policy, "alice");
	look(f, keys, false, &plain);
	look(f, keys, true, &ready);
	assert_memory_equal(&plain, &ready, sizeof(plain));
	assert_memory_not_equal(plain.recipe[0], plain.recipe[1], 32);
}

/* A recipe that could not be made is nobody's, and is not kept. */
static void test_no_memory(void **state)
{
	struct fixture *f = *state;
	struct key *CLEANUP(key_freep) k = key_random(f->pool);
	const struct key *keys[2] = {k, k};
	struct buf CLEANUP(buf_free) b = {0};
	struct fixture_file file = {.path = "l.jsonl", .lines = true};
	struct desk *CLEANUP(desk_closep) d = NULL;
	struct shown *CLEANUP(shown_closep) s = NULL;
	static struct got plain;
	uint8_t recipe[2][32];

	fixture_lines(&b, 7, 50, 100);
	file.data = buf_bytes(&b);
	fixture_publish(f, "calls", &file, 1);
	fixture_policy(f, policy, "alice");
	look(f, keys, false, &plain);
	d = fixture_desk(f);
	assert_int_equal(
		shown_open(d, desk_walk(d, bytes_str(FILE_AT)), &s, NULL), 0);
	mem_fail_after(1);
	shown_recipe(s, k, recipe[0]);
	mem_fail_after(0);
	shown_recipe(s, k, recipe[1]);
	assert_memory_not_equal(recipe[0], plain.recipe[0], 32);
	assert_memory_equal(recipe[1], plain.recipe[0], 32);
}

/* A folder, and no node at all: nothing happens. */
static void test_none(void **state)
{
	struct fixture *f = *state;
	struct key *CLEANUP(key_freep) k = key_random(f->pool);
	struct fixture_file file = {
		.path = "l.jsonl", .data = bytes_str("{}\n"), .lines = true};
	struct desk *CLEANUP(desk_closep) d = NULL;

	fixture_publish(f, "calls", &file, 1);
	fixture_policy(f, policy, "alice");
	d = fixture_desk(f);
	shown_prepare(d, 0, k);
	shown_prepare(d, desk_count(d), k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_none, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
