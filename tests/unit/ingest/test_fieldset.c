/* Field sets: as fields_find says, from cells and without, in pieces. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "fs/ingest/fieldset.h"
#include "policy/redact/detect.h"
#include "tests/unit/ingest/house.h"

static const struct field_rule rules[] = {
	{.action = FIELD_REMOVE, .path = "$[*].model", .line = 1},
	{.action = FIELD_DROP, .path = "$[*].reward", .line = 2},
	{.action = FIELD_DROP, .path = "$[*].ctx|json|$[*].t", .line = 3},
};

/* Asked of the whole source at once: what must come out. */
struct expected {
	struct bytes data;
	uint64_t at;
	struct buf out;
};

static int expect_cut(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	struct expected *x = ctx;

	assert_int_equal(
		buf_putb(&x->out, bytes_sub(x->data, x->at, start - x->at)), 0);
	assert_int_equal(buf_putb(&x->out, lit), 0);
	x->at = end;
	return 0;
}

static void expect(struct expected *x, enum format f, uint32_t depth,
		   struct bytes data)
{
	struct field_want w[ARRAY_LEN(rules)];

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		w[i] = (struct field_want){rules[i].path,
					   rules[i].action == FIELD_REMOVE};
	*x = (struct expected){.data = data};
	assert_int_equal(fields_find_in(f, depth, data, w, ARRAY_LEN(w),
					expect_cut, x, NULL),
			 0);
	assert_int_equal(buf_putb(&x->out, bytes_sub(data, x->at, data.n)), 0);
}

static struct fieldset_want want_of(struct house *h, struct house_object *o,
				    struct child_pool *p)
{
	return (struct fieldset_want){.store = h->s,
				      .children = p,
				      .object = o->o,
				      .id = o->entry.id,
				      .version = o->entry.version,
				      .head = &o->head,
				      .fields = rules,
				      .nfields = ARRAY_LEN(rules)};
}

/* The source with all cuts of all blocks made; a cut over an edge comes with
 * both blocks. */
static void applied(struct house_object *o, const struct fieldset *f,
		    struct buf *out)
{
	struct bytes data = buf_bytes(&o->data);
	uint64_t at = 0;

	for (uint32_t nr = 0; nr < o->head.nblocks; nr++) {
		uint64_t from = (uint64_t)nr * INDEX_BLOCK;
		struct fieldset_part p;
		struct cut *c;

		assert_int_equal(fieldset_block(f, nr, o->a, &p), 0);
		c = p.cuts;
		for (size_t i = 0; i < p.ncuts; i++) {
			assert_true(c[i].end > from &&
				    c[i].start < from + INDEX_BLOCK);
			if (c[i].start < at) {
				assert_int_equal(c[i].end, at);
				continue;
			}
			assert_int_equal(
				buf_putb(out,
					 bytes_sub(data, at, c[i].start - at)),
				0);
			assert_int_equal(buf_putb(out, c[i].lit), 0);
			at = c[i].end;
		}
	}
	assert_int_equal(buf_putb(out, bytes_sub(data, at, data.n)), 0);
}

static void same(struct house *h, struct house_object *o, struct child_pool *p,
		 bool no_cache, struct bytes want)
{
	CLEANUP(fieldset_freep) struct fieldset *f = NULL;
	CLEANUP(buf_free) struct buf got = {0};
	struct fieldset_want w = want_of(h, o, p);

	w.no_cache = no_cache;
	h->e = (struct err){0};
	if (fieldset_open(&w, &f, &h->e) != 0)
		fail_msg("%s", h->e.text);
	applied(o, f, &got);
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, got.n);
}

static void check_in(struct house *h, const char *path, enum format f,
		     uint32_t depth)
{
	struct child_pool *p = NULL;
	struct house_object o;
	struct expected x;

	assert_int_equal(child_pool_new(1, &p, NULL), 0);
	assert_int_equal(house_open(h, path, &o), 0);
	assert_int_equal(o.head.denied, DENIAL_NONE);
	expect(&x, f, depth, buf_bytes(&o.data));
	same(h, &o, p, true, buf_bytes(&x.out));     /* found, kept nowhere */
	same(h, &o, p, false, buf_bytes(&x.out));    /* found, kept */
	same(h, &o, NULL, false, buf_bytes(&x.out)); /* from the cells */
	buf_free(&x.out);
	house_close(&o);
	child_pool_free(p);
}

static void check(struct house *h, const char *path, enum format f)
{
	check_in(h, path, f, 0);
}

static void one(struct buf *b, size_t i)
{
	assert_int_equal(buf_printf(b,
				    "{\"model\": \"m%zu\", \"reward\": %zu.5, "
				    "\"t\": \"so\",\"ctx\": \"[{\\\"t\\\": "
				    "\\\"x\\\", \\\"u\\\": 1}]\"}",
				    i, i),
			 0);
}

static void manifest(struct house *h, char out[300])
{
	FILE *f;

	snprintf(out, 300, "%s/m.yaml", h->f->dir);
	f = fopen(out, "w");
	assert_non_null(f);
	assert_true(fputs("carrel-dataset: 1\nname: d\nfiles:\n"
			  "  - { match: \"*.json\", records: \"$[*]\" }\n"
			  "  - { match: \"*.csv\", header: true }\n"
			  "  - { match: \"*.tsv\", header: false }\n",
			  f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void test_small(void **state)
{
	struct house *h = *state;
	char path[300];

	manifest(h, path);
	house_write(h, "a.json",
		    bytes_str("[ {\"model\":1,\"reward\":2},\n 5,"
			      "{\"reward\":\"x\", \"model\":{}} ]"));
	house_write(h, "b.jsonl",
		    bytes_str("{\"model\":1,\"reward\":true}\n{bad\n\n"
			      "{\"reward\":[1]}\n"));
	house_write(h, "c.txt", bytes_str("{\"model\":1}\n"));
	house_write(
		h, "d.csv",
		bytes_str("\xEF\xBB\xBF\r\nmodel;reward;ctx;a\r\n1;;x;y\r\nbad"
			  "\r\n\"2\";3;\"[{\"\"t\"\": 1}]\";\"\"\r\n"));
	/* Without a header no row names the columns. */
	house_write(h, "e.tsv", bytes_str("model\treward\n1\t2\n"));
	house_takes(h, path);
	check(h, "a.json", FORMAT_JSON);
	check(h, "b.jsonl", FORMAT_JSONL);
	check(h, "c.txt", FORMAT_TEXT);
	check(h, "d.csv", FORMAT_SSV);
	check_in(h, "e.tsv", FORMAT_TSV, 1);
}

/* More than one piece, and more than one block. */
static void test_big(void **state)
{
	struct house *h = *state;
	CLEANUP(buf_free) struct buf lines = {0}, array = {0}, table = {0};
	char path[300];

	assert_int_equal(buf_puts(&array, "[\n"), 0);
	assert_int_equal(buf_puts(&table, "id,model,ctx\n"), 0);
	for (size_t i = 0; lines.n < 9 * (size_t)INDEX_BLOCK; i++) {
		one(&lines, i);
		assert_int_equal(buf_putc(&lines, '\n'), 0);
		assert_int_equal(buf_puts(&array, i == 0 ? " " : " ,\r\n "), 0);
		one(&array, i);
		assert_int_equal(buf_printf(&table,
					    "%zu,\"a \"\"model\"\"\n and words "
					    "about it\",plain words\n",
					    i),
				 0);
	}
	assert_int_equal(buf_puts(&array, "]\n"), 0);
	manifest(h, path);
	house_write(h, "a.json", buf_bytes(&array));
	house_write(h, "b.jsonl", buf_bytes(&lines));
	house_write(h, "c.csv", buf_bytes(&table));
	house_takes(h, path);
	check(h, "a.json", FORMAT_JSON);
	check(h, "b.jsonl", FORMAT_JSONL);
	check(h, "c.csv", FORMAT_CSV);
}

/* Another question has another answer; a pool that cannot answer is an error,
 * never "no cuts". */
static void test_questions(void **state)
{
	static const struct field_rule other = {
		.action = FIELD_REMOVE, .path = "$[*].t", .line = 1};
	static const struct field_rule bad = {
		.action = FIELD_REMOVE, .path = "t", .line = 1};
	struct house *h = *state;
	struct child_pool *p = NULL;
	struct fieldset *f = NULL;
	struct fieldset_want w;
	struct house_object o;
	struct fieldset_part part;

	house_write(h, "a.jsonl", bytes_str("{\"t\":1,\"model\":2}\n"));
	house_takes(h, NULL);
	check(h, "a.jsonl", FORMAT_JSONL);
	assert_int_equal(child_pool_new(1, &p, NULL), 0);
	assert_int_equal(house_open(h, "a.jsonl", &o), 0);
	w = want_of(h, &o, p);
	w.fields = &other;
	w.nfields = 1;
	assert_int_equal(fieldset_open(&w, &f, NULL), 0);
	assert_int_equal(fieldset_block(f, 0, o.a, &part), 0);
	assert_int_equal(part.ncuts, 1);
	assert_int_equal(part.cuts[0].start, 1);
	assert_int_equal(part.cuts[0].end, 7);
	fieldset_free(f);
	f = NULL;
	w.fields = &bad;
	assert_int_not_equal(fieldset_open(&w, &f, &h->e), 0);
	assert_null(f);
	house_close(&o);
	child_pool_free(p);
}

/* Where exchanged values stand, beside what is cut out of them; the same from
 * cells, from memory, and from cells again. */
static void test_places(void **state)
{
	static const struct field_rule swap[] = {
		{.action = FIELD_DROP, .path = "$[*].a.x"},
		{.action = FIELD_SWAP, .path = "$[*].a", .with = "$[*].b"}};
	static const struct place want[] = {{13, 20, 1, true},
					    {27, 36, 1, false}};
	struct house *h = *state;
	struct child_pool *p = NULL;
	struct house_object o;
	struct fieldset_want w;

	house_write(
		h, "a.json",
		bytes_str("[{\"n\": 1,\"b\":\"words\", \"a\": {\"x\": 22}}]"));
	house_takes(h, NULL);
	assert_int_equal(child_pool_new(1, &p, NULL), 0);
	assert_int_equal(house_open(h, "a.json", &o), 0);
	w = want_of(h, &o, p);
	w.fields = swap;
	w.nfields = ARRAY_LEN(swap);
	for (unsigned turn = 0; turn < 3; turn++) {
		CLEANUP(fieldset_freep) struct fieldset *f = NULL;
		struct fieldset_part part;

		w.no_cache = turn == 1;
		assert_int_equal(fieldset_open(&w, &f, &h->e), 0);
		assert_int_equal(fieldset_block(f, 0, o.a, &part), 0);
		assert_int_equal(part.ncuts, 1);
		assert_int_equal(part.nplaces, ARRAY_LEN(want));
		for (size_t i = 0; i < ARRAY_LEN(want); i++) {
			assert_int_equal(part.places[i].start, want[i].start);
			assert_int_equal(part.places[i].end, want[i].end);
			assert_int_equal(part.places[i].rule, want[i].rule);
			assert_int_equal(part.places[i].second, want[i].second);
		}
	}
	house_close(&o);
	child_pool_free(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_small, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_big, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_questions, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_places, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
