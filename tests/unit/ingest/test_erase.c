/* Erasing: what stays is as it was, and nothing opens to what went. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/ingest/erase_in.h"
#include "fs/store/inner.h"
#include "tests/unit/ingest/house.h"

/* ---- running it ---- */

struct seen {
	unsigned events, cleared, found, whole, records;
	char last[64];
};

static int log_event(void *ctx, struct event *ev)
{
	struct seen *s = ctx;

	assert_int_equal(ev->kind, EV_ERASE);
	assert_false(event_has(ev, EF_PATH)); /* the log stays */
	s->events++;
	return 0;
}

static int clear(void *ctx, struct err *e)
{
	(void)e;
	((struct seen *)ctx)->cleared++;
	return 0;
}

static void found(void *ctx, const struct erase_found *f)
{
	struct seen *s = ctx;

	s->found++;
	s->whole += f->whole;
	s->records += (unsigned)f->nids;
	snprintf(s->last, sizeof(s->last), "%.*s", (int)f->path.n,
		 (const char *)f->path.p);
}

static int run(struct house *h, struct erase_want *w, struct seen *s,
	       struct erase_sum *sum)
{
	*s = (struct seen){0};
	w->store = h->s;
	w->log = log_event;
	w->clear = clear;
	w->hold = s;
	w->found = found;
	w->ctx = s;
	h->e = (struct err){0};
	return erase_run(w, sum, &h->e);
}

static void erased(struct house *h, struct erase_want *w)
{
	struct erase_sum sum;
	struct seen s;

	if (run(h, w, &s, &sum) != 0)
		fail_msg("erase: %s: %s", h->e.place, h->e.text);
	assert_int_equal(s.cleared, sum.datasets);
	assert_int_equal(s.events, 2 * sum.datasets);
	assert_true(sum.contents > 0);
}

static void sound(struct house *h)
{
	struct store_fsck out;

	if (store_fsck(h->s, true, NULL, NULL, NULL, &out, &h->e) != 0)
		fail_msg("fsck: %s", h->e.text);
}

/* ---- one record ---- */

/* Positions, types and values of what stays are those that an ingest of the
 * shorter file finds. */
static void same_index(struct house_object *a, struct house_object *b)
{
	assert_true(bytes_eq(buf_bytes(&a->data), buf_bytes(&b->data)));
	assert_int_equal(a->head.nrecords, b->head.nrecords);
	assert_int_equal(a->head.nspans, b->head.nspans);
	assert_int_equal(a->head.nblocks, b->head.nblocks);
	assert_int_equal(a->head.body, b->head.body);
	assert_int_equal(a->head.body_end, b->head.body_end);
	assert_true(bytes_eq(a->head.prefix, b->head.prefix));
	assert_true(bytes_eq(a->head.suffix, b->head.suffix));
	for (uint32_t nr = 0; nr < a->head.nblocks; nr++) {
		struct index_block x, y;

		house_block(a, nr, &x);
		house_block(b, nr, &y);
		assert_int_equal(x.nrecords, y.nrecords);
		assert_int_equal(x.nspans, y.nspans);
		for (uint32_t i = 0; i < x.nrecords; i++) {
			assert_int_equal(x.records[i].sep, y.records[i].sep);
			assert_int_equal(x.records[i].start,
					 y.records[i].start);
			assert_int_equal(x.records[i].end, y.records[i].end);
			assert_int_equal(x.records[i].number,
					 y.records[i].number);
		}
		for (uint32_t i = 0; i < x.nspans; i++) {
			const struct value *v, *w;

			assert_int_equal(x.spans[i].start, y.spans[i].start);
			assert_int_equal(x.spans[i].end, y.spans[i].end);
			assert_int_equal(x.spans[i].ord, y.spans[i].ord);
			v = index_value(&x, x.spans[i].value);
			w = index_value(&y, y.spans[i].value);
			assert_true(bytes_eq(v->canon, w->canon));
		}
	}
}

/* Record k of a JSON array (lines: of a JSONL file): half of them long. */
static void put_record(struct buf *b, unsigned k, bool lines, bool first)
{
	if (!first)
		assert_int_equal(buf_puts(b, lines ? "" : ",\n "), 0);
	assert_int_equal(buf_printf(b,
				    "{\"id\": \"k%u\", \"t\": \"mail "
				    "u%u@mail.example, or u%u@mail.example",
				    k, k, k / 2),
			 0);
	for (unsigned i = 0; i < (k % 3 == 0 ? 7000u : 20u); i++)
		assert_int_equal(buf_printf(b, " word%u", i), 0);
	assert_int_equal(buf_puts(b, lines ? "\"}\n" : "\"}"), 0);
}

static void put_file(struct buf *b, const bool *gone, unsigned n, bool lines)
{
	bool first = true;

	buf_clear(b);
	assert_int_equal(buf_puts(b, lines ? "" : "[ "), 0);
	for (unsigned k = 0; k < n; k++) {
		if (gone[k])
			continue;
		put_record(b, k, lines, first);
		first = false;
	}
	assert_int_equal(buf_puts(b, lines ? "" : "\n]\n"), 0);
}

static const char by_id[] =
	"carrel-dataset: 1\n"
	"name: d\n"
	"terms: { purposes: [qa], projects: [p] }\n"
	"files:\n"
	"  - { match: \"*.json\", records: \"$[*]\", id: \"$[*].id\","
	" text: [\"$[*].t\"] }\n"
	"  - { match: \"*.jsonl\", records: \"$[*]\", id: \"$[*].id\","
	" text: [\"$[*].t\"] }\n";

static void manifest(struct house *h, char out[300])
{
	FILE *f;

	snprintf(out, 300, "%s/manifest.yaml", h->f->dir);
	f = fopen(out, "w");
	assert_non_null(f);
	assert_true(fputs(by_id, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

#define RECORDS 120 /* some two MiB: three blocks */

static void stripped(struct house *h, bool lines)
{
	const char *name = lines ? "a.jsonl" : "a.json";
	const char *other = lines ? "b.jsonl" : "b.json";
	bool gone[RECORDS] = {false};
	struct house_object a, b;
	struct buf text = {0};
	char m[300];

	manifest(h, m);
	put_file(&text, gone, RECORDS, lines);
	house_write(h, name, buf_bytes(&text));
	house_takes(h, m);
	for (unsigned round = 0; round < 6; round++) {
		/* The first, the last, and any. */
		unsigned k = round == 0	  ? 0
			     : round == 1 ? RECORDS - 1
					  : (round * 37) % RECORDS;
		char id[16];
		struct erase_want w = {
			.dataset = "d", .path = bytes_str(name), .record = id};

		snprintf(id, sizeof(id), "k%u", k);
		erased(h, &w);
		gone[k] = true;
	}
	put_file(&text, gone, RECORDS, lines);
	house_write(h, other, buf_bytes(&text));
	house_takes(h, m); /* and a.json, unchanged, stands already */
	assert_int_equal(house_open(h, name, &a), 0);
	assert_int_equal(house_open(h, other, &b), 0);
	assert_true(a.head.nblocks > 2);
	assert_int_equal(a.head.nrecords, RECORDS - 6);
	same_index(&a, &b);
	house_close(&a), house_close(&b);
	buf_free(&text);
	sound(h);
}

static void test_strip_json(void **state)
{
	stripped(*state, false);
}

static void test_strip_jsonl(void **state)
{
	stripped(*state, true);
}

/* ---- a person's values ---- */

#define NAME "Xaver Quintessa"
#define MAIL "xaver@quint.example"

struct trying {
	struct house *h;
	unsigned cells, contents, keyless;
	bool hit;
};

static void look(struct trying *t, struct bytes b)
{
	static const char *const what[] = {"quintessa", "quint.example",
					   "xaver"};
	struct buf low = {0};

	for (size_t i = 0; i < b.n; i++)
		assert_int_equal(buf_putc(&low, b.p[i] >= 'A' && b.p[i] <= 'Z'
							? b.p[i] + 32
							: b.p[i]),
				 0);
	for (size_t i = 0; b.n > 0 && i < ARRAY_LEN(what); i++)
		t->hit |=
			memmem(low.p, low.n, what[i], strlen(what[i])) != NULL;
	buf_free(&low);
}

static int try_cell(void *ctx, struct bytes kind, struct bytes name,
		    struct bytes box)
{
	struct trying *t = ctx;
	struct buf plain = {0};
	struct bytes v;
	struct ad ad;

	ad_start(&ad, "cell|value");
	ad_put(&ad, kind.p, kind.n);
	ad_put(&ad, name.p, name.n);
	assert_int_equal(cell_open(&plain, t->h->s->cells, &ad, box, &v), 0);
	look(t, v);
	t->cells++;
	buf_free(&plain);
	return 0;
}

static int try_entry(void *ctx, const struct catalog_entry *e)
{
	struct trying *t = ctx;
	struct buf plain = {0};
	struct bytes v;
	struct ad ad;

	if (e->cell.n == 0)
		return 0;
	rows_bind_entry(&ad, e);
	assert_int_equal(cell_open(&plain, t->h->s->cells, &ad, e->cell, &v),
			 0);
	look(t, v);
	buf_free(&plain);
	return 0;
}

struct ids {
	unsigned n;
	struct store_victim v[64];
};

static int note(void *ctx, const uint8_t *id, uint64_t version, bool spans,
		uint32_t spanset)
{
	struct ids *l = ctx;

	(void)spanset;
	if (!spans)
		return 0;
	memcpy(l->v[l->n].id, id, STORE_ID);
	l->v[l->n++].version = version;
	return 0;
}

static void try_content(struct trying *t, const struct store_victim *v)
{
	struct store_object *o = NULL;
	struct buf b = {0};
	int rc = store_object_open(t->h->s, v->id, v->version, 1, &o, NULL);

	t->keyless += rc == -ENOKEY;
	t->contents += rc == 0;
	if (rc != 0)
		return;
	assert_int_equal(buf_reserve(&b, store_object_size(o) + 1), 0);
	b.n = store_object_size(o);
	assert_int_equal(store_object_read(o, 0, b.p, b.n), 0);
	look(t, buf_bytes(&b));
	for (uint32_t nr = 0;; nr++) {
		buf_clear(&b);
		if (store_object_blob(o, nr, &b) != 0)
			break;
		look(t, buf_bytes(&b));
	}
	store_object_close(o);
	buf_free(&b);
}

/* Everything that any key in the store opens. */
static struct trying try_all(struct house *h)
{
	struct trying t = {.h = h};
	struct ids l = {0};
	uint8_t id[STORE_ID];

	inner_dataset_id(h->s, "d", id);
	assert_int_equal(catalog_cell_each(h->s->catalog, bytes_of(NULL, 0),
					   try_cell, &t),
			 0);
	assert_int_equal(catalog_entry_all(h->s->catalog, id, try_entry, &t),
			 0);
	assert_int_equal(catalog_object_each(h->s->catalog, note, &l), 0);
	for (unsigned i = 0; i < l.n; i++)
		try_content(&t, &l.v[i]);
	return t;
}

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
	struct ids l = {0};

	assert_int_equal(catalog_object_each(h->s->catalog, note, &l), 0);
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
	assert_true(needles_in(n, S("J\\u00F6rg \\\"J\\\"")));
	assert_true(needles_in(n, S("J\xc3\xb6rg \"J\"")));
	assert_int_equal(needles_canon(n, S("PERSON"), S("ann lee")), 1);
	assert_int_equal(needles_canon(n, S("PERSON"), S("ann lees")), 0);
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
		cmocka_unit_test_setup_teardown(test_strip_json, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_strip_jsonl, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_values, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_pending, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
