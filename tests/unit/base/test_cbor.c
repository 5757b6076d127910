/* CBOR: the RFC's examples, strictness, seeded round trips and damage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base/check.h"

#include <errno.h>

#include "base/cbor.h"
#include "base/mem.h"

static void assert_uint(uint64_t v, const char *hex)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct cbor c;

	assert_int_equal(cbor_put_uint(&b, v), 0);
	assert_int_equal(b.n, strlen(hex) / 2);
	assert_hex(b.p, b.n, hex);
	c = (struct cbor){.in = buf_bytes(&b)};
	assert_int_equal(cbor_peek(&c), CBOR_UINT);
	assert_true(cbor_get_uint(&c) == v);
	assert_int_equal(cbor_end(&c), 0);
}

static void assert_int(int64_t v, const char *hex)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct cbor c;

	assert_int_equal(cbor_put_int(&b, v), 0);
	assert_int_equal(b.n, strlen(hex) / 2);
	assert_hex(b.p, b.n, hex);
	c = (struct cbor){.in = buf_bytes(&b)};
	assert_true(cbor_get_int(&c) == v);
	assert_int_equal(cbor_end(&c), 0);
}

static void rfc_integers(void **state)
{
	(void)state;
	assert_uint(0, "00");
	assert_uint(23, "17");
	assert_uint(24, "1818");
	assert_uint(255, "18ff");
	assert_uint(256, "190100");
	assert_uint(65535, "19ffff");
	assert_uint(65536, "1a00010000");
	assert_uint(4294967295, "1affffffff");
	assert_uint(4294967296, "1b0000000100000000");
	assert_uint(UINT64_MAX, "1bffffffffffffffff");
	assert_int(-1, "20");
	assert_int(-24, "37");
	assert_int(-25, "3818");
	assert_int(-1000, "3903e7");
	assert_int(INT64_MIN, "3b7fffffffffffffff");
	assert_int(INT64_MAX, "1b7fffffffffffffff");
}

/* {1: "IETF", 2: [true, false, null, h'01020304'], 24: {}} */
static void a_whole_thing(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct cbor c;

	(void)state;
	assert_int_equal(cbor_put_map(&b, 3), 0);
	assert_int_equal(cbor_put_uint(&b, 1), 0);
	assert_int_equal(cbor_put_text(&b, S("IETF")), 0);
	assert_int_equal(cbor_put_uint(&b, 2), 0);
	assert_int_equal(cbor_put_array(&b, 4), 0);
	assert_int_equal(cbor_put_bool(&b, true), 0);
	assert_int_equal(cbor_put_bool(&b, false), 0);
	assert_int_equal(cbor_put_null(&b), 0);
	assert_int_equal(cbor_put_bytes(&b, S("\1\2\3\4")), 0);
	assert_int_equal(cbor_put_uint(&b, 24), 0);
	assert_int_equal(cbor_put_map(&b, 0), 0);
	assert_hex(b.p, b.n, "a30164494554460284f5f4f644010203041818a0");

	c = (struct cbor){.in = buf_bytes(&b)};
	assert_int_equal(cbor_get_map(&c), 3);
	assert_int_equal(cbor_get_uint(&c), 1);
	assert_int_equal(cbor_peek(&c), CBOR_TEXT);
	assert_bytes(cbor_get_text(&c), "IETF");
	assert_int_equal(cbor_get_uint(&c), 2);
	assert_int_equal(cbor_get_array(&c), 4);
	assert_int_equal(cbor_peek(&c), CBOR_BOOL);
	assert_true(cbor_get_bool(&c));
	assert_false(cbor_get_bool(&c));
	assert_int_equal(cbor_peek(&c), CBOR_NULL);
	cbor_get_null(&c);
	assert_bytes(cbor_get_bytes(&c), "\1\2\3\4");
	assert_int_equal(cbor_get_uint(&c), 24);
	assert_int_equal(cbor_peek(&c), CBOR_MAP);
	assert_int_equal(cbor_get_map(&c), 0);
	assert_int_equal(cbor_end(&c), 0);
	assert_int_equal(cbor_peek(&c), CBOR_NONE);
}

static struct bytes from_hex(uint8_t *room, const char *hex)
{
	assert_int_equal(hex_decode(room, strlen(hex) / 2, bytes_str(hex)), 0);
	return bytes_of(room, strlen(hex) / 2);
}

static void malformed(void **state)
{
	static const char *const wrong[] = {
		"", /* nothing */
		"1801",
		"1817", /* not the shortest */
		"190001",
		"1900ff",	      /* not the shortest */
		"1a0000ffff",	      /* not the shortest */
		"1b00000000ffffffff", /* not the shortest */
		"5801ff",
		"780161", /* a length not the shortest */
		"18",
		"19ff",
		"1affff",
		"1bffffffffffffff", /* cut */
		"1c",
		"1d",
		"1e",
		"1f", /* reserved */
		"5f4101ff",
		"7f6161ff",
		"9f01ff",
		"bf0101ff", /* indefinite */
		"ff",	    /* a break */
		"c001",
		"d82a01", /* tags */
		"f7",
		"f0",
		"e0",
		"f818",
		"f820", /* simple */
		"f90000",
		"fa00000000",
		"fb0000000000000000", /* floats */
		"41",
		"4201",
		"5affffffff01", /* cut strings */
		"61",
		"62c3",
		"5bffffffffffffffff00", /* cut strings */
		"61ff",
		"62c328",
		"63eda080", /* bad UTF-8 */
		"81",
		"820101ff",
		"9bffffffffffffffff", /* cut arrays */
		"a1",
		"a101",
		"bb7fffffffffffffff", /* cut maps */
		"bbffffffffffffffff",
		"a20101", /* cut maps */
		"a201010101",
		"a202010101", /* same key, falling keys */
		"a1200000",
		"a1616101",
		"a1410101", /* keys of other types */
		"a1f501",
		"a18001",
		"a1a001",
		"81f7", /* inside */
		"a101a202010101",
		"8181a101", /* deeper inside */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		uint8_t room[32];
		struct cbor c = {.in = from_hex(room, wrong[i])};

		cbor_skip(&c);
		if (cbor_end(&c) != -EPROTO)
			fail_msg("%s passes", wrong[i]);
	}
}

static void map_refused_at_its_door(void **state)
{
	static const char *const wrong[] = {
		"a202010101", "a201010102", "a1616101", "a101a201010101",
		"a1015f", "a101",
		/* 2^64 - 1 twice: no key may follow the largest */
		"a21bffffffffffffffff011bffffffffffffffff01",
		"a21bffffffffffffffff010001"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		uint8_t room[32];
		struct cbor c = {.in = from_hex(room, wrong[i])};

		assert_int_equal(cbor_get_map(&c), 0);
		assert_int_equal(cbor_end(&c), -EPROTO);
	}
}

/* Once wrong, everything is zero and stays wrong. */
static void errors_stick(void **state)
{
	uint8_t room[8];
	struct cbor c = {.in = from_hex(room, "0102")};

	(void)state;
	assert_int_equal(cbor_get_text(&c).n, 0);
	assert_int_equal(c.err, -EPROTO);
	assert_int_equal(cbor_get_uint(&c), 0);
	assert_int_equal(cbor_get_int(&c), 0);
	assert_int_equal(cbor_get_bytes(&c).n, 0);
	assert_int_equal(cbor_get_array(&c), 0);
	assert_int_equal(cbor_get_map(&c), 0);
	assert_false(cbor_get_bool(&c));
	cbor_get_null(&c);
	cbor_skip(&c);
	assert_int_equal(cbor_peek(&c), CBOR_NONE);
	assert_int_equal(c.at, 0);
	assert_int_equal(cbor_end(&c), -EPROTO);
}

static void wrong_types(void **state)
{
	uint8_t room[16];
	struct cbor c = {.in = from_hex(room, "1bffffffffffffffff")};

	(void)state;
	assert_int_equal(cbor_get_int(&c), 0);
	assert_int_equal(c.err, -EPROTO);
	c = (struct cbor){.in = from_hex(room, "3bffffffffffffffff")};
	assert_int_equal(cbor_get_int(&c), 0);
	assert_int_equal(c.err, -EPROTO);
	c = (struct cbor){.in = from_hex(room, "62c328")};
	assert_int_equal(cbor_get_text(&c).n, 0);
	assert_int_equal(c.err, -EPROTO);
	c = (struct cbor){.in = from_hex(room, "00")};
	cbor_get_null(&c);
	assert_int_equal(c.err, -EPROTO);
	c = (struct cbor){.in = from_hex(room, "0000")};
	assert_int_equal(cbor_get_uint(&c), 0);
	assert_int_equal(cbor_end(&c), -EPROTO);
}

static void depth(void **state)
{
	uint8_t in[64];
	struct cbor c;

	(void)state;
	for (size_t n = 0; n < 40; n++) {
		memset(in, 0x81, n);
		in[n] = 0;
		c = (struct cbor){.in = bytes_of(in, n + 1)};
		cbor_skip(&c);
		assert_int_equal(cbor_end(&c), n <= 16 ? 0 : -EPROTO);
	}
}

static void encoder_refuses_bad_text(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};

	(void)state;
	assert_int_equal(cbor_put_text(&b, S("\xFF")), -EINVAL);
	assert_int_equal(b.n, 0);
	mem_fail_after(1);
	assert_int_equal(cbor_put_uint(&b, 1), -ENOMEM);
	assert_int_equal(cbor_put_bytes(&b, S("x")), -ENOMEM);
	mem_fail_after(0);
	/* The head fits what is reserved, the string does not. */
	assert_int_equal(cbor_put_uint(&b, 1), 0);
	mem_fail_after(1);
	uint8_t big[1000] = {0};
	assert_int_equal(cbor_put_bytes(&b, bytes_of(big, sizeof(big))),
			 -ENOMEM);
	mem_fail_after(0);
	assert_int_equal(b.n, 1);
}

/* A random value; maps get ascending keys. */
static void put_random(struct buf *b, uint64_t *seed, unsigned deep)
{
	uint64_t v = rnd(seed) >> rnd(seed) % 64, n = rnd(seed) % 5;
	char text[8] = "abcdefg";

	switch (rnd(seed) % (deep == 0 ? 6 : 8)) {
	case 0:
		assert_int_equal(cbor_put_uint(b, v), 0);
		return;
	case 1:
		assert_int_equal(cbor_put_int(b, -(int64_t)(v >> 1)), 0);
		return;
	case 2:
		assert_int_equal(cbor_put_bytes(b, bytes_of(&v, n)), 0);
		return;
	case 3:
		assert_int_equal(cbor_put_text(b, bytes_of(text, n)), 0);
		return;
	case 4:
		assert_int_equal(cbor_put_bool(b, v & 1), 0);
		return;
	case 5:
		assert_int_equal(cbor_put_null(b), 0);
		return;
	case 6:
		assert_int_equal(cbor_put_array(b, n), 0);
		break;
	default:
		assert_int_equal(cbor_put_map(b, n), 0);
		for (uint64_t i = 0, key = 0; i < n; i++) {
			key += 1 + rnd(seed) % 40;
			assert_int_equal(cbor_put_uint(b, key), 0);
			put_random(b, seed, deep - 1);
		}
		return;
	}
	while (n-- > 0)
		put_random(b, seed, deep - 1);
}

/* What the decoder takes, walked by getters, encodes to the same bytes. */
static void copy_item(struct cbor *c, struct buf *b)
{
	uint64_t n;

	switch (cbor_peek(c)) {
	case CBOR_UINT:
		assert_int_equal(cbor_put_uint(b, cbor_get_uint(c)), 0);
		return;
	case CBOR_NINT:
		assert_int_equal(cbor_put_int(b, cbor_get_int(c)), 0);
		return;
	case CBOR_BYTES:
		assert_int_equal(cbor_put_bytes(b, cbor_get_bytes(c)), 0);
		return;
	case CBOR_TEXT:
		assert_int_equal(cbor_put_text(b, cbor_get_text(c)), 0);
		return;
	case CBOR_BOOL:
		assert_int_equal(cbor_put_bool(b, cbor_get_bool(c)), 0);
		return;
	case CBOR_NULL:
		cbor_get_null(c);
		assert_int_equal(cbor_put_null(b), 0);
		return;
	case CBOR_ARRAY:
		n = cbor_get_array(c);
		assert_int_equal(cbor_put_array(b, n), 0);
		break;
	case CBOR_MAP:
		n = 2 * cbor_get_map(c);
		assert_int_equal(cbor_put_map(b, n / 2), 0);
		break;
	case CBOR_NONE:
	default:
		fail_msg("nothing to copy at %zu", c->at);
		return;
	}
	while (n-- > 0)
		copy_item(c, b);
}

static void round_trips(void **state)
{
	uint64_t seed = 2026;

	(void)state;
	for (size_t round = 0; round < 3000; round++) {
		CLEANUP(buf_free) struct buf b = {0};
		CLEANUP(buf_free) struct buf again = {0};
		struct cbor c, d;

		put_random(&b, &seed, 5);
		c = d = (struct cbor){.in = buf_bytes(&b)};
		cbor_skip(&c);
		assert_int_equal(cbor_end(&c), 0);
		copy_item(&d, &again);
		assert_int_equal(cbor_end(&d), 0);
		assert_true(bytes_eq(buf_bytes(&b), buf_bytes(&again)));
		for (size_t n = 0; n < b.n; n++) {
			c = (struct cbor){.in = bytes_of(b.p, n)};
			cbor_skip(&c);
			assert_int_equal(cbor_end(&c), -EPROTO);
		}
	}
}

/* Short heads have a way of their own: it says what the long one says. */
static void short_heads(void **state)
{
	static const uint8_t thirds[] = {0, 1, 24, 0xFF};
	uint8_t in[400] = {0};

	(void)state;
	for (unsigned i = 0; i < 256 * 256 * ARRAY_LEN(thirds); i++) {
		struct cbor u = {.in = bytes_of(in, sizeof(in))};
		struct cbor b = u, a = u;
		enum cbor_type is;
		uint64_t want, head;

		in[0] = (uint8_t)i;
		in[1] = (uint8_t)(i >> 8);
		in[2] = thirds[i >> 16];
		is = cbor_peek(&u);
		want = (in[0] & 31) < 24    ? in[0] & 31
		       : (in[0] & 31) == 24 ? in[1]
					    : (uint64_t)in[1] << 8 | in[2];
		if ((in[0] & 31) > 25)
			continue;
		assert_int_equal(cbor_get_uint(&u), is == CBOR_UINT ? want : 0);
		assert_int_equal(u.err, is == CBOR_UINT ? 0 : -EPROTO);
		assert_int_equal(cbor_get_bytes(&b).n,
				 is == CBOR_BYTES ? want : 0);
		assert_int_equal(b.err, is == CBOR_BYTES ? 0 : -EPROTO);
		assert_int_equal(cbor_get_array(&a),
				 is == CBOR_ARRAY ? want : 0);
		assert_int_equal(a.err, is == CBOR_ARRAY ? 0 : -EPROTO);
		head = 1u + ((in[0] & 31) > 23) + ((in[0] & 31) > 24);
		assert_int_equal(u.at, u.err == 0 ? head : 0);
		assert_int_equal(b.at, b.err == 0 ? head + want : 0);
		assert_int_equal(a.at, a.err == 0 ? head : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_integers),
		cmocka_unit_test(a_whole_thing),
		cmocka_unit_test(malformed),
		cmocka_unit_test(map_refused_at_its_door),
		cmocka_unit_test(errors_stick),
		cmocka_unit_test(wrong_types),
		cmocka_unit_test(depth),
		cmocka_unit_test(encoder_refuses_bad_text),
		cmocka_unit_test(short_heads),
		cmocka_unit_test(round_trips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
