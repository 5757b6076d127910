/* Fuzzes the terminal filter: what passes is harmless, however it is cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "fs/session/ptyfilter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* No string of ECMA-48 begins, no C1 control stands, no answer is asked for,
 * UTF-8 is not left. */
static void harmless(struct bytes b)
{
	for (size_t i = 0; i + 1 < b.n; i++) {
		uint8_t next = b.p[i + 1];

		if (b.p[i] == 0x1b)
			must(next == '[' || strchr("()*+#78DEMHc=>", next));
		if (b.p[i] == 0xc2)
			must(next >= 0xa0);
	}
	for (size_t i = 0; i < b.n; i++)
		must(b.p[i] != 0x05 && b.p[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_free) struct buf whole = {0};
	CLEANUP(buf_free) struct buf cut = {0};
	CLEANUP(buf_free) struct buf twice = {0};
	struct ptyfilter f = {0}, g = {0}, h = {0};

	must(ptyfilter_put(&f, bytes_of(data, size), &whole) == 0);
	for (size_t i = 0; i < size; i++)
		must(ptyfilter_put(&g, bytes_of(data + i, 1), &cut) == 0);
	must(bytes_eq(buf_bytes(&whole), buf_bytes(&cut)));
	must(whole.n <= size);
	harmless(buf_bytes(&whole));
	must(ptyfilter_put(&h, buf_bytes(&whole), &twice) == 0);
	must(bytes_eq(buf_bytes(&whole), buf_bytes(&twice)));
	return 0;
}
