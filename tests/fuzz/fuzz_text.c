/* Fuzzes reading files: formats, paths, detection, fields, and promises. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses format and rules, the rest is the file. Promises: a
 * file that is not denied is its prefix, records and suffix, byte for byte
 * (where the records path is the root); spans lie within records and begin and
 * end between code points; blocks fit together; cuts are sorted and disjoint.
 */
#include "policy/redact/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
	struct bytes data;
	struct index_check check;
	bool root; /* the frame holds nothing but brackets and space */
	int done;
};

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
	return 0;
}

struct cuts {
	uint64_t at, end;
};

static int on_cut(void *ctx, uint64_t start, uint64_t end, struct bytes lit)
{
	struct cuts *c = ctx;

	if (start < c->at || end <= start || end > c->end || lit.n > 5)
		__builtin_trap();
	c->at = end;
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
	struct seen s = {data, .check = {.size = data.n}, .root = root};
	const struct detect_sink sink = {on_block, on_done, NULL, &s};
	const struct source file = {bytes_str(name), data};
	struct recognizers *r = NULL;

	if (recognizers_new(d, &r, NULL) != 0)
		__builtin_trap();
	if (detect_group(d, r, &file, 1, &sink, NULL) != 0 || s.done != 1)
		__builtin_trap();
	recognizers_free(r);
}

static void fields(enum format f, struct bytes data)
{
	const struct field_want w[] = {
		{"$[*].a", true}, {"$..b", false}, {"$..c|json|$..a", true}};
	struct cuts c = {.end = data.n};
	int rc = fields_find(f, data, w, 3, on_cut, &c, NULL);

	(void)rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = {"x.json", "x.jsonl", "x.txt"};
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct known_rule known = {.type = "PERSON"};
	struct file_rule rule = {.match = "**"};
	struct dataset_rules d = {.files = &rule};
	struct jsonpath p;
	struct bytes in;

	if (n == 0 || a == NULL)
		return 0;
	in = bytes_of(data + 1, n - 1);
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
	detect(names[data[0] % 3], &d, in,
	       d.nfiles == 0 || (data[0] & 12) != 4);
	fields(data[0] % 3 == 0 ? FORMAT_JSON : FORMAT_JSONL, in);
	if (jsonpath_parse(in, a, &p, NULL) == 0 && p.n > 64)
		__builtin_trap();
	return 0;
}
