/* Erasing a person's values: nothing opens to what went. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>

#include "base/fdio.h"
#include "tests/unit/ingest/erasing.h"

/* The sealed bytes themselves: of wrapped keys and of cells. */
struct sealed {
	struct buf b; /* 72 bytes each: a key; of cells, as many of each */
	const uint8_t *want;
	bool hit;
};

static int take_entry(void *ctx, const struct catalog_entry *e)
{
	struct sealed *s = ctx;

	return e->cell.n < 72 ? 0 : buf_put(&s->b, e->cell.p, 72);
}

static void take_keys(struct house *h, struct sealed *s)
{
	struct ids l = ids_all(h);

	for (unsigned i = 0; i < l.n; i++) {
		struct buf key = {0}, cell = {0};
		uint8_t d[STORE_ID];

		assert_int_equal(catalog_content_get(h->s->catalog, l.v[i].id,
						     l.v[i].version, d, &key,
						     &cell),
				 0);
		assert_int_equal(buf_putb(&s->b, buf_bytes(&key)), 0);
		buf_free(&key), buf_free(&cell);
	}
}

static void in_file(void *ctx, const char *path)
{
	struct sealed *s = ctx;
	struct buf b = {0};

	assert_int_equal(file_read(AT_FDCWD, path, 1 << 28, &b), 0);
	s->hit |= b.n > 0 && memmem(b.p, b.n, s->want, 72) != NULL;
	buf_free(&b);
}

static bool in_files(struct house *h, struct sealed *s, size_t i)
{
	s->want = s->b.p + 72 * i;
	s->hit = false;
	fixture_each_file(h->f->store, in_file, s);
	return s->hit;
}

static void subject_files(struct house *h)
{
	house_write(h, "keep.json",
		    S("[{\"id\": \"z\", \"t\": \"mail other@mail.example\"}]"));
	house_write(
		h, "some.json",
		S("[{\"id\": \"a\", \"t\": \"my name is " NAME "\"},\n"
		  " {\"id\": \"b\", \"t\": \"nobody\"},\n"
		  " {\"id\": \"c\", \"t\": \"x\", \"n\": \"XAVER@QUINT."
		  "example\"}, {\"id\": \"xaver quintessa\", \"t\": \"\"}]"));
	house_write(h, "outside.json",
		    S("[{\"id\": \"q\", \"t\": \"write to " MAIL ".\"}]"));
	house_write(h, "notes.txt", S("He is called " NAME ".\n"));
	house_write(h, "bad.json", S("[{\"id\": \"" NAME "\", "));
	house_write(h, "of/" NAME ".txt", S("nothing in it\n"));
}

static void test_values(void **state)
{
	struct house *h = *state;
	struct sealed s = {0}, after = {0};
	struct needles *n;
	struct erase_want w = {.dry_run = true};
	struct erase_sum sum;
	struct house_object o;
	struct trying t;
	struct seen seen;
	uint8_t id[STORE_ID];
	size_t still = 0;
	char m[300];

	manifest(h, m);
	subject_files(h);
	house_takes(h, m);
	house_write(h, "some.json", /* another version of it */
		    S("[{\"id\": \"b\", \"t\": \"nobody\"},"
		      " {\"id\": \"c\", \"t\": \"call " NAME "\"}]"));
	house_takes(h, m);
	assert_true(try_all(h).hit);
	assert_int_equal(needles_new(S(NAME "\n" MAIL "\n"), "x", &n, NULL), 0);
	w.values = n;
	assert_int_equal(run(h, &w, &seen, &sum), 0);
	assert_int_equal(seen.events + seen.cleared, 0);
	/* some.json twice; outside, notes, bad and the name whole */
	assert_int_equal(seen.found, 6);
	assert_int_equal(seen.whole, 4);
	assert_int_equal(seen.records, 3 + 1);
	assert_int_equal(sum.records, 1); /* in the newest */
	assert_true(try_all(h).hit);
	take_keys(h, &s);
	inner_dataset_id(h->s, "d", id);
	assert_int_equal(catalog_entry_all(h->s->catalog, id, take_entry, &s),
			 0);
	w.dry_run = false;
	erased(h, &w);
	t = try_all(h);
	assert_false(t.hit);
	assert_int_equal(t.keyless, 6);
	assert_int_equal(t.contents, 2); /* keep, and some without */
	assert_int_equal(house_open(h, "some.json", &o), 0);
	assert_true(bytes_is(buf_bytes(&o.data),
			     "[{\"id\": \"b\", \"t\": \"nobody\"}]"));
	house_close(&o);
	assert_int_equal(house_open(h, "keep.json", &o), 0);
	house_close(&o);
	/* As bytes: of seven keys and entries, those of one object stand. */
	take_keys(h, &after);
	assert_int_equal(after.b.n, 2 * 72);
	for (size_t i = 0; i < s.b.n / 72; i++)
		still += in_files(h, &s, i);
	assert_int_equal(s.b.n / 72, 14);
	assert_int_equal(still, 2);
	assert_int_equal(run(h, &w, &seen, &sum), -ENOENT);
	sound(h);
	needles_free(n);
	buf_free(&s.b), buf_free(&after.b);
}

static int refuse(void *ctx, struct err *e)
{
	(void)ctx;
	return err_set(e, -EIO, "", "killed here");
}

static int cleared(void *ctx, struct err *e)
{
	(void)e;
	++*(unsigned *)ctx;
	return 0;
}

/* Killed once the new version stands: whoever is next lent the right to write
 * ends it, or the next erasure does; sessions end before. */
static void test_cut_off(void **state)
{
	struct house *h = *state;
	struct erase_want w = {.dataset = "d", .path = S("notes.txt")};
	struct erase_sum sum;
	struct seen seen = {0};
	unsigned n = 0;
	char m[300];

	manifest(h, m);
	subject_files(h);
	house_takes(h, m);
	assert_int_equal(run_cut(h, &w, refuse, &seen, &sum), -EIO);
	assert_int_equal(try_all(h).keyless, 0);
	assert_int_equal(store_settle(h->s, NULL, cleared, &n, &h->e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(try_all(h).keyless, 1);
	assert_int_equal(store_settle(h->s, NULL, cleared, &n, &h->e), 0);
	assert_int_equal(n, 1);
	w.path = S("outside.json");
	assert_int_equal(run_cut(h, &w, refuse, &seen, &sum), -EIO);
	w.path = S("some.json");
	w.record = "b";
	erased(h, &w);
	assert_int_equal(try_all(h).keyless, 3);
	sound(h);
}

/* What an ingest sealed and did not come to publish goes, too. */
static void test_pending(void **state)
{
	struct house *h = *state;
	struct erase_want w = {.dataset = NULL};
	struct store_ingest *i;
	struct store_writer *sw;
	struct erase_sum sum;
	struct seen seen;
	char m[300];

	manifest(h, m);
	house_write(h, "keep.json", S("[{\"id\": \"z\", \"t\": \"y\"}]"));
	house_takes(h, m);
	for (unsigned k = 0; k < 2; k++) { /* the other never had a version */
		assert_int_equal(store_ingest_begin(h->s, k == 0 ? "d" : "e",
						    S(""), &i, &h->e),
				 0);
		assert_int_equal(store_writer_new(i, &sw), 0);
		assert_int_equal(fixture_put(sw, NAME, S("it is " NAME)), 0);
		assert_int_equal(store_writer_close(sw, &h->e), 0);
		store_ingest_free(i);
	}
	assert_true(try_all(h).hit);
	assert_int_equal(needles_new(S(NAME), "x", &w.values, NULL), 0);
	assert_int_equal(run(h, &w, &seen, &sum), -ENOENT);
	assert_false(try_all(h).hit);
	assert_int_equal(try_all(h).contents, 1);
	sound(h);
	needles_free(w.values);
}

/* ---- needles ---- */

static void test_needles(void **state)
{
	struct needles *n;
	struct err e;

	(void)state;
	assert_int_equal(needles_new(S(""), "x", &n, &e), -EINVAL);
	assert_int_equal(needles_new(S("\n ab \n"), "x", &n, &e), -EINVAL);
	assert_int_equal(needles_new(S("\n  Ann Lee \r\nJ\xc3\xb6rg \"J\"\n"),
				     "x", &n, &e),
			 0);
	assert_int_equal(needles_count(n), 2);
	assert_true(needles_in(n, S("ann lee")));
	assert_true(needles_in(n, S("(ANN LEE)")));
	assert_true(needles_in(n, S("[\"x\\nAnn Lee\"]")));
	assert_false(needles_in(n, S("Joann Lee")));
	assert_false(needles_in(n, S("Ann Leeds")));
	assert_false(needles_in(n, S("Ann  Lee")));
	/* In paths of other files no values are spans. */
	assert_true(needles_in(n, S("/home/ann_lee/bank/x.wav")));
	assert_true(needles_in(n, S("/srv/2024-Ann-Lee.wav")));
	assert_true(needles_in(n, S("/srv/ann.lee/x.wav")));
	assert_true(needles_in(n, S("J\\u00F6rg_\\\"J\\\"")));
	assert_false(needles_in(n, S("/srv/ann/lee/x.wav")));
	assert_false(needles_in(n, S("annlee")));
	assert_true(needles_in(n, S("J\\u00F6rg \\\"J\\\"")));
	assert_true(needles_in(n, S("J\xc3\xb6rg \"J\"")));
	assert_int_equal(needles_canon(n, S("PERSON"), S("ann lee")), 1);
	assert_int_equal(needles_canon(n, S("PERSON"), S("ann lees")), 0);
	needles_free(n);
	assert_int_equal(needles_new(S("Ann\tLee\x01Jr\n"), "x", &n, &e), 0);
	assert_true(needles_in(n, S("Ann\tLee\x01Jr")));
	assert_true(needles_in(n, S("[\"Ann\\tLee\\u0001Jr\"]")));
	needles_free(n);
	assert_int_equal(needles_new(S("+1 (212) 555-0147"), "x", &n, &e), 0);
	assert_int_equal(needles_canon(n, S("PHONE_NUMBER"), S("2125550147")),
			 1);
	needles_free(n);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needles),
		cmocka_unit_test_setup_teardown(test_values, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_pending, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_cut_off, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
