/* Recordings when memory runs out: denied or refused, never half done. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "probe.h"

static const char json[] =
	"{\"s\":[{\"at\":0,\"for\":900,\"text\":\"call 415-555-0132 now\","
	"\"words\":[{\"w\":\"call\",\"a\":0.1,\"b\":0.2},"
	"{\"w\":\"four\",\"a\":0.3,\"b\":0.4},"
	"{\"w\":\"now\",\"a\":0.5,\"b\":0.6}]},"
	"{\"at\":900,\"for\":100,\"text\":\"hello\"}]}";

/* What the sink was given; nothing is kept. */
struct told {
	int done;
	uint64_t spans;
	bool denied;
};

static int on_block(void *ctx, uint32_t nr, const struct index_block *k)
{
	(void)ctx;
	(void)nr;
	(void)k;
	return 0;
}

static int on_done(void *ctx, const struct index_head *h,
		   const struct index_summary *sum)
{
	struct told *t = ctx;

	(void)sum;
	t->done++;
	t->spans = h->nspans;
	t->denied = h->denied != DENIAL_NONE;
	return 0;
}

static void test_without_memory(void **state)
{
	static uint8_t wav[44 + 16000] =
		"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0"
		"\2\0\x10\0data\x80\x3e\0\0";
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const struct source files[] = {
		{bytes_str("x.json"), bytes_str(json)},
		{bytes_str("x.wav"), bytes_of(wav, sizeof(wav))}};
	const struct file_rule rule = {
		.match = "**",
		.group = {.template_ = "{stem}"},
		.times = {{.items = probe_path(a, "$.s[*].words[*]"),
			   .text = probe_path(a, "$.s[*].words[*].w"),
			   .start = probe_path(a, "$.s[*].words[*].a"),
			   .end = probe_path(a, "$.s[*].words[*].b"),
			   .unit = 1000000},
			  {.items = probe_path(a, "$.s[*]"),
			   .start = probe_path(a, "$.s[*].at"),
			   .duration = probe_path(a, "$.s[*].for"),
			   .unit = 1000}}};
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	struct recognizers *r = NULL;
	int rc = -ENOMEM;

	(void)state;
	assert_int_equal(recognizers_new(&d, &r, NULL), 0);
	for (unsigned long n = 1; rc != 0; n++) {
		struct told t = {0};
		const struct detect_sink sink = {on_block, on_done, NULL, &t};

		mem_fail_after(n);
		rc = detect_group(&d, r, files, 2, &sink, NULL);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		/* Whatever came out of it is no recording in the clear. */
		assert_true(t.done < 2 || t.denied || t.spans == 1);
		assert_true(rc != 0 || t.done == 2);
	}
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
