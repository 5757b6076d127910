/* Which records a read shows, whatever lies between blocks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "tests/unit/desk/fixture.h"

#define POLICY(records)                                                       \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"                   \
	"datasets: [calls]\nroles:\n  r:\n    see: [ { files: \"calls/**\", " \
	"records: " records " } ]\n    redact: { PERSON: pseudonym }\n"       \
	"    names: keep\nannotators:\n  alice: { role: r, tasks: t }\n"      \
	"  bob: { role: r, tasks: t }\ntasks:\n  t: { files: \"calls/**\", "  \
	"assign: { by: record, overlap: 1, among: [r] } }\n"

/* Newlines before each byte: what the view says of itself. */
static uint32_t *count_lines(struct bytes all)
{
	uint32_t *n = mem_new(all.n + 1, sizeof(*n));

	assert_non_null(n);
	for (size_t i = 0; i < all.n; i++)
		n[i + 1] = n[i] + (all.p[i] == '\n');
	return n;
}

/* A record is a line; its newline may be its own or the next one's. */
static void check_part(struct shown *s, struct bytes all, const uint32_t *lines,
		       uint64_t off, size_t n)
{
	struct shown_part part;

	if (all.p[off] == '\n' || all.p[off + n - 1] == '\n')
		return;
	assert_int_equal(shown_part(s, off, n, &part), 0);
	assert_int_equal(part.of, lines[all.n]);
	assert_int_equal(part.first, lines[off]);
	assert_int_equal(part.end, lines[off + n - 1] + 1);
}

static void check_view(struct desk *d)
{
	struct shown *CLEANUP(shown_closep) s = NULL;
	struct buf CLEANUP(buf_free) all = {0};
	uint32_t *CLEANUP(mem_freep) lines = NULL;
	struct shown_part part;
	uint64_t seed = 5, off, at = 0;

	fixture_read(d, "calls/l.jsonl", &all);
	lines = count_lines(buf_bytes(&all));
	assert_true(lines[all.n] > 10);
	assert_int_equal(shown_open(d, desk_walk(d, bytes_str("calls/l.jsonl")),
				    &s, NULL),
			 0);
	for (unsigned i = 0; i < 2000; i++) {
		uint64_t most = i % 2 == 0 ? 600 : all.n, n;

		off = fixture_next(&seed) % all.n;
		n = 1 + fixture_next(&seed) % most;
		n = n < all.n - off ? n : all.n - off;
		check_part(s, buf_bytes(&all), lines, off, n);
	}
	check_part(s, buf_bytes(&all), lines, 0, all.n - 1);
	assert_int_equal(shown_part(s, all.n, 10, &part), 0);
	assert_int_equal(part.first, part.end);
	for (uint64_t k = 0; k < lines[all.n]; k++) {
		while (lines[at] < k)
			at++;
		assert_int_equal(shown_record_at(s, k, &off), 0);
		assert_true(off == at || off + 1 == at);
	}
	assert_int_equal(shown_record_at(s, lines[all.n], &off), 0);
	assert_in_range(off, all.n - 1, all.n);
}

/* Many in a block, or several blocks long each; all of them, or every second.
 */
static void test_parts(void **state)
{
	static const struct {
		size_t n, width;
	} shapes[] = {{6000, 500}, {40, 400000}, {12, 3000000}, {200, 20000}};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct fixture_file file = {.path = "l.jsonl", .lines = true};
		struct buf CLEANUP(buf_free) b = {0};

		fixture_lines(&b, i, shapes[i].n, shapes[i].width);
		file.data = buf_bytes(&b);
		fixture_publish(f, "calls", &file, 1);
		for (size_t k = 0; k < 2; k++) {
			struct desk *CLEANUP(desk_closep) d = NULL;

			fixture_policy(f,
				       k == 0 || shapes[i].n < 40
					       ? POLICY("all")
					       : POLICY("assigned"),
				       "bob");
			d = fixture_desk(f);
			check_view(d);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_parts, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
