/* Fuzzes the index of objects: what is accepted is sound and encodes again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What index.h promises of every block that was decoded. */
static void block_sound(const struct index_block *k)
{
	uint64_t at = 0;
	uint32_t r = 0;

	for (uint32_t i = 0; i < k->nrecords; i++) {
		const struct record *x = &k->records[i];

		if (x->sep > x->start || x->start > x->end ||
		    (i > 0 && x->sep != x[-1].end))
			__builtin_trap();
	}
	for (uint32_t i = 0; i < k->nspans; i++) {
		const struct span *s = &k->spans[i];

		while (r < k->nrecords && k->records[r].end <= s->start)
			r++;
		if (s->start < at || s->end <= s->start || r == k->nrecords ||
		    s->start < k->records[r].start ||
		    s->end > k->records[r].end ||
		    index_value(k, s->value) == NULL)
			__builtin_trap();
		at = (s->esc & ESC_AUDIO) != 0 ? s->start : s->end;
	}
}

static void block(struct bytes in, struct arena *a, struct index_check *c)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct index_block k;

	if (index_block_get(in, a, &k, NULL) != 0)
		return;
	block_sound(&k);
	if (index_block_put(&b, &k) != 0)
		__builtin_trap();
	if (index_check_block(c, &k, NULL) != 0 && c->blocks != 0)
		__builtin_trap(); /* a refused block does not count */
}

static void head(struct bytes in, struct arena *a, struct index_check *c)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct index_head h;

	if (index_head_get(in, a, &h, NULL) != 0)
		return;
	if (h.body > h.body_end || h.body_end > h.size)
		__builtin_trap();
	if (index_head_put(&b, &h) != 0 || !bytes_eq(buf_bytes(&b), in))
		__builtin_trap();
	if (index_check_head(c, &h, NULL) == 0 && h.size != c->size)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct bytes in = bytes_of(data, n);
	struct index_check c = {.size = 3u * INDEX_BLOCK};
	struct index_summary s;

	if (a == NULL)
		return 0;
	block(in, a, &c);
	head(in, a, &c);
	if (index_summary_get(in, a, &s, NULL) == 0 &&
	    (index_summary_put(&b, &s) != 0 || !bytes_eq(buf_bytes(&b), in)))
		__builtin_trap();
	return 0;
}
