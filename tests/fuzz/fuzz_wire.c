/* Fuzzes a gateway's messages: what is taken has exactly one encoding. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "fs/session/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool within(struct bytes in, struct bytes part)
{
	return part.n == 0 ||
	       (part.p >= in.p && part.p + part.n <= in.p + in.n);
}

/* What a door does with a message before it knows more. */
static void read_all(struct bytes in, const struct wire *w)
{
	char text[64];

	for (unsigned i = 0; i < WF_COUNT_; i++) {
		enum wire_field f = (enum wire_field)i;

		must(within(in, wire_getb(w, f)));
		if (!wire_has(w, f))
			must(wire_get(w, f) == 0 && wire_getb(w, f).n == 0);
		if (wire_copy(w, f, text, sizeof(text)) == 0)
			must(strlen(text) == wire_getb(w, f).n);
	}
}

/* An error as it arrives; never a success, never a code that is none. */
static void as_error(const struct wire *w)
{
	struct err e = {0};
	int code = wire_error(w, &e);

	must(code < 0 && code >= -4095);
	must(e.code == code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct bytes in = bytes_of(data, size);
	struct wire w;
	int r = wire_parse(in, &w);

	if (r != 0) {
		must(r == -EPROTO);
		return 0;
	}
	read_all(in, &w);
	as_error(&w);
	r = wire_put(&w, &b);
	must(r == (size > WIRE_MAX ? -EMSGSIZE : 0));
	must(r != 0 || bytes_eq(in, buf_bytes(&b)));
	return 0;
}
