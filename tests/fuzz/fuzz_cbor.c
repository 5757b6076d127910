/* Fuzzes the CBOR decoder: what it takes has exactly one encoding. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "base/cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Copy a scalar from the decoder to the encoder. */
static void copy_scalar(struct cbor *c, struct buf *b)
{
	switch (cbor_peek(c)) {
	case CBOR_UINT:
		must(cbor_put_uint(b, cbor_get_uint(c)) == 0);
		return;
	case CBOR_BYTES:
		must(cbor_put_bytes(b, cbor_get_bytes(c)) == 0);
		return;
	case CBOR_TEXT:
		must(cbor_put_text(b, cbor_get_text(c)) == 0);
		return;
	case CBOR_BOOL:
		must(cbor_put_bool(b, cbor_get_bool(c)) == 0);
		return;
	case CBOR_NULL:
		cbor_get_null(c);
		must(cbor_put_null(b) == 0);
		return;
	case CBOR_NINT:
	case CBOR_ARRAY:
	case CBOR_MAP:
	case CBOR_NONE:
	default:
		abort();
	}
}

/* Copy one item; false where a negative number is beyond int64_t. */
static bool copy(struct cbor *c, struct buf *b)
{
	enum cbor_type t = cbor_peek(c);
	uint64_t n;
	int64_t v;

	if (t == CBOR_NINT) {
		v = cbor_get_int(c);
		must(c->err != 0 || cbor_put_int(b, v) == 0);
		return c->err == 0;
	}
	if (t != CBOR_ARRAY && t != CBOR_MAP) {
		copy_scalar(c, b);
		return true;
	}
	n = t == CBOR_MAP ? cbor_get_map(c) : cbor_get_array(c);
	must(t == CBOR_MAP ? cbor_put_map(b, n) == 0
			   : cbor_put_array(b, n) == 0);
	for (n = t == CBOR_MAP ? 2 * n : n; n > 0; n--) {
		if (!copy(c, b))
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cbor c = {.in = bytes_of(data, size)}, d = c;
	CLEANUP(buf_free) struct buf b = {0};

	cbor_skip(&c);
	if (cbor_end(&c) != 0) {
		must(cbor_end(&c) == -EPROTO);
		return 0;
	}
	if (!copy(&d, &b))
		return 0;
	must(cbor_end(&d) == 0);
	must(bytes_eq(d.in, buf_bytes(&b)));
	return 0;
}
