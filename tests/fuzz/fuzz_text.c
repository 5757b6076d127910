/* Fuzzes reading files: formats, paths, detection, fields, and promises. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses format and rules, the rest is the file. Promises: a
 * file that is not denied is its prefix, records and suffix, byte for byte
 * (where the records path is the root); spans lie within records and begin and
 * end between code points; blocks fit together; cuts are sorted and disjoint. A
 * table is a table of the same rows and columns whatever stands in for spans
 * and cuts.
 */
#include "policy/redact/csv.h"
#include "policy/redact/decision.h"
#include "policy/redact/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A table with something in the place of spans or cuts. */
struct remade {
	struct bytes data;
	uint64_t at;
	struct buf out;
	unsigned n;
};

struct seen {
	struct bytes data;
	struct remade table;
	struct index_check check;
	bool root; /* the frame holds nothing but brackets and space */
	int done;
};

static void remake(struct remade *t, uint64_t start, uint64_t end,
		   struct bytes lit)
{
	if (start < t->at)
		return; /* in two blocks */
	if (buf_putb(&t->out, bytes_sub(t->data, t->at, start - t->at)) != 0 ||
	    buf_putb(&t->out, lit) != 0)
		__builtin_trap();
	t->at = end;
}

static void remake_span(struct remade *t, const struct span *s)
{
	static const char *const some[] = {"", "\"", "a,;|\t\r\n", "=x", "x"};
	CLEANUP(buf_free) struct buf lit = {0};

	if (transform_escaped(bytes_str(some[t->n++ % ARRAY_LEN(some)]), s->esc,
			      &lit) != 0)
		__builtin_trap();
	remake(t, s->start, s->end, buf_bytes(&lit));
}

/* The rows of in are those of the source, but for what they say. */
static void same_table(struct remade *t, enum format f)
{
	CLEANUP(csv_row_free) struct csv_row a = {0}, b = {0};
	uint64_t at = csv_begin(t->data), to = at;
	struct bytes in;
	int rc;

	remake(t, t->data.n, t->data.n, (struct bytes){NULL, 0});
	in = buf_bytes(&t->out);
	do {
		rc = csv_next(t->data, f, &at, &a);
		if (csv_next(in, f, &to, &b) != rc)
			__builtin_trap();
		if ((a.why == NULL) != (b.why == NULL) ||
		    (a.why == NULL && a.n != b.n))
			__builtin_trap();
	} while (rc == 1);
}

static int on_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct seen *s = ctx;
	struct index_block got;

	if (nr != s->check.blocks || a == NULL || index_block_put(&b, k) != 0 ||
	    index_block_get(buf_bytes(&b), a, &got, NULL) != 0 ||
	    index_check_block(&s->check, &got, NULL) != 0)
		__builtin_trap();
	for (uint32_t i = 0; i < got.nspans; i++) {
		const struct span *x = &got.spans[i];

		remake_span(&s->table, x);
		/* An invalid lone byte may be a span of its own. */
		if ((s->data.p[x->start] & 0xC0) == 0x80 && x->start > 0 &&
		    (s->data.p[x->start - 1] & 0xC0) == 0xC0 &&
		    x->end - x->start > 1 &&
		    (s->data.p[x->start + 1] & 0xC0) == 0x80)
			__builtin_trap();
	}
	return 0;
}

static int on_done(void *ctx, const struct index_head *h,
		   const struct index_summary *sum)
{
	struct seen *s = ctx;

	if (s->done++ != 0 || sum->denied != h->denied ||
	    index_check_head(&s->check, h, NULL) != 0)
		__builtin_trap();
	if (h->denied == DENIAL_NONE && s->root &&
	    h->prefix.n + (h->body_end - h->body) + h->suffix.n != s->data.n)
		__builtin_trap();
	if (h->denied == DENIAL_NONE && csv_separator(h->format) != 0)
		same_table(&s->table, h->format);
	return 0;
}

struct cuts {
	uint64_t at, end;
	struct remade table;
};

static int on_cut(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	struct cuts *c = ctx;

	if (start < c->at || end <= start || end > c->end || lit.n > 5)
		__builtin_trap();
	c->at = end;
	remake(&c->table, start, end, lit);
	return 0;
}

static struct jsonpath *path(struct arena *a, const char *text)
{
	struct jsonpath *p = arena_alloc(a, sizeof(*p));

	if (p == NULL || jsonpath_parse(bytes_str(text), a, p, NULL) != 0)
		__builtin_trap();
	return p;
}

static void detect(const char *name, const struct dataset_rules *d,
		   struct bytes data, bool root)
{
	struct seen s = {data, .table.data = data, .check = {.size = data.n},
			 .root = root};
	const struct detect_sink sink = {on_block, on_done, NULL, &s};
	/* What stands in the middle was flagged, whatever it is. */
	const struct flag flag = {bytes_str("TITLE"),
				  bytes_sub(data, data.n / 2, 12)};
	const struct source file = {bytes_str(name), data, &flag, data.n % 2};
	struct recognizers *r = NULL;
	const uint64_t file_b = known_files_hash(bytes_str("b/c.wav"));
	const struct known_files k = {&file_b, 1};

	if (recognizers_new(d, &r, NULL) != 0)
		__builtin_trap();
	recognizers_files(r, &k);
	if (detect_group(d, r, &file, 1, &sink, NULL) != 0 || s.done != 1)
		__builtin_trap();
	recognizers_free(r);
	buf_free(&s.table.out);
}

static void seconds(struct bytes data)
{
	uint64_t from, to;

	if (flag_seconds(data, &from, &to) == 0 &&
	    (from >= to || to > 1000000000000000ull || data.n > FLAG_LONG))
		__builtin_trap();
	if (flag_words(data) == 0 && (data.n == 0 || data.n > FLAG_LONG))
		__builtin_trap();
}

static void fields(enum format f, struct bytes data)
{
	const struct field_want w[] = {
		{"$[*].a", true}, {"$..b", false}, {"$..c|json|$..a", true}};
	struct cuts c = {.end = data.n, .table.data = data};
	int rc = fields_find(f, data, w, 3, on_cut, &c, NULL);

	if (rc == 0 && csv_separator(f) != 0)
		same_table(&c.table, f);
	buf_free(&c.table.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = {"x.json", "x.jsonl", "x.txt",
					    "x.csv",  "x.tsv",	 "x.psv"};
	static const enum format formats[] = {FORMAT_JSON,  FORMAT_JSONL,
					      FORMAT_JSONL, FORMAT_CSV,
					      FORMAT_TSV,   FORMAT_PSV};
	unsigned kind;
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct known_rule known = {.type = "PERSON"};
	struct file_rule rule = {.match = "**"};
	struct dataset_rules d = {.files = &rule};
	struct jsonpath p;
	struct bytes in;

	if (n == 0 || a == NULL)
		return 0;
	in = bytes_of(data + 1, n - 1);
	seconds(in);
	known.path = path(a, "$..name");
	rule.speaker = path(a, "$..role");
	rule.text = path(a, "$..c|json|$..t");
	rule.known = &known;
	rule.ntext = rule.nknown = 1;
	if ((data[0] & 4) != 0)
		rule.records = path(a, (data[0] & 8) != 0 ? "$[*]" : "$.d[*]");
	if ((data[0] & 16) != 0)
		rule.group.path = path(a, "$..g");
	d.nfiles = (data[0] & 32) != 0;
	kind = data[0] % 3 + ((data[0] & 64) != 0 ? 3 : 0);
	if ((data[0] & 128) != 0)
		rule.header = (data[0] & 8) != 0 ? HEADER_NO : HEADER_YES;
	rule.bare = (data[0] & 16) != 0;
	detect(names[kind], &d, in, d.nfiles == 0 || (data[0] & 12) != 4);
	fields(formats[kind], in);
	if (jsonpath_parse(in, a, &p, NULL) == 0 && p.n > 64)
		__builtin_trap();
	return 0;
}
