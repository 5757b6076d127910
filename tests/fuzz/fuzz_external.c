/* Fuzzes answers of external recognizers: hits lie in their text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "fs/ingest/external_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool ok)
{
	if (!ok)
		__builtin_trap();
}

/* Up to the first line end the text, behind it the answer to question 1. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const types[] = {"PERSON", "OWN"};
	static const struct external_rule x = {
		.name = "x", .types = types, .ntypes = 2, .min_score = 10};
	const struct dataset_rules d = {
		.name = "d", .external = &x, .nexternal = 1};
	const uint8_t *nl = n == 0 ? NULL : memchr(data, '\n', n);
	size_t at = nl == NULL ? n : (size_t)(nl - data);
	struct recognizers *r = NULL;
	struct external_question q = {
		.x = &x, .id = 1, .text = bytes_of(data, at)};
	struct hits h CLEANUP(hits_free) = {0};
	const char *why = NULL;
	int rc;

	if (!utf8_valid(q.text) || recognizers_new(&d, &r, NULL) != 0)
		return 0;
	q.r = r;
	q.rule = recognizers_external(r, 0);
	rc = external_answer(&q, bytes_sub(bytes_of(data, n), at + 1, n), &h,
			     &why);
	must(rc == 0 || (rc == -71 && why != NULL));
	for (size_t i = 0; i < h.n; i++) {
		must(h.v[i].start < h.v[i].end && h.v[i].end <= at);
		must(utf8_floor(q.text, h.v[i].start) == h.v[i].start);
		must(utf8_floor(q.text, h.v[i].end) == h.v[i].end);
		must(h.v[i].score >= 10 && h.v[i].score <= 100);
	}
	recognizers_free(r);
	return 0;
}
