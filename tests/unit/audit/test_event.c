/* Events: every field both ways, strictness, JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/audit/room.h"

/* A value that tells its field, for each type. */
static void fill(struct event *e)
{
	static const uint8_t raw[] = {0, 0xFF, 0x80, 'x'};

	e->kind = EV_OPEN;
#define FILL_FT_UINT(f) event_uint(e, f, 1000u + (unsigned)(f))
#define FILL_FT_INT(f) event_int(e, f, -1000 - (int)(f))
#define FILL_FT_BYTES(f) event_bytes(e, f, bytes_of(raw, sizeof(raw)))
#define FILL_FT_TEXT(f) event_text(e, f, "text")
#define FILL_FT_BOOL(f) event_uint(e, f, 1)
#define X(n, name, type, json) FILL_##type(EF_##name);
	EVENT_FIELDS(X)
#undef X
}

static void all_fields(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct event in = {0}, out;

	(void)state;
	fill(&in);
	assert_int_equal(event_body(&in, &b), 0);
	assert_int_equal(event_unbody(buf_bytes(&b), &out), 0);
	assert_int_equal(out.kind, EV_OPEN);
	assert_true(out.present == in.present);
	for (unsigned f = 0; f < EF_COUNT_; f++) {
		if ((in.present >> f & 1) == 0)
			continue;
		assert_true(in.v[f].u == out.v[f].u);
		assert_true(bytes_eq(in.v[f].b, out.v[f].b));
	}
}

/* Every proper prefix is refused, and nothing may follow. */
static void cut_and_trailing(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct event in = {0}, out;

	(void)state;
	fill(&in);
	assert_int_equal(event_body(&in, &b), 0);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(event_unbody(bytes_of(b.p, n), &out), -EPROTO);
	assert_int_equal(buf_putc(&b, 0), 0);
	assert_int_equal(event_unbody(buf_bytes(&b), &out), -EPROTO);
}

static void strict(void **state)
{
	static const struct {
		const char *cbor;
		size_t n;
		int rc;
	} cases[] = {
		{"\x82\x0A\xA0", 3, 0},
		{"\x82\x0A\xA1\x07\x05", 5, 0},
		{"\x82\x0A\xA1\x07\x18\x05", 6, -EPROTO},     /* not shortest */
		{"\x82\x0A\xA1\x07\x61x", 6, -EPROTO},	      /* another type */
		{"\x82\x0A\xA2\x08\x01\x07\x01", 7, -EPROTO}, /* order */
		{"\x82\x0A\xA2\x07\x01\x07\x01", 7, -EPROTO}, /* twice */
		{"\x82\x0A\xA1\x18\x7F\x05", 6, 0}, /* unknown: skipped */
		{"\x82\x0A\xBF\xFF", 4, -EPROTO},   /* indefinite */
		{"\x83\x0A\xA0\x00", 4, -EPROTO},
		{"\x82\x20\xA0", 3, -EPROTO}, /* a kind below zero */
		{"\x82\x0A\xA1\x0C\x61\xFF", 6, -EPROTO}, /* text, no UTF-8 */
	};
	struct event e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
			event_unbody(bytes_of(cases[i].cbor, cases[i].n), &e),
			cases[i].rc);
}

static void names(void **state)
{
	(void)state;
	for (int k = 0; k < 100; k++) {
		const char *n = event_name((enum event_kind)k);

		if (n != NULL)
			assert_int_equal(event_parse(bytes_str(n)), k);
	}
	assert_string_equal(event_name(EV_LEASE), "LEASE");
	assert_null(event_name((enum event_kind)9));
	assert_int_equal(event_parse(bytes_str("open")), -1);
	assert_int_equal(event_parse(bytes_of(NULL, 0)), -1);
}

static void plain_kinds(void **state)
{
	static const enum event_kind plain[] = {
		EV_GENESIS,  EV_BOOT,	   EV_SHUTDOWN, EV_EPOCH,
		EV_DEK,	     EV_HEARTBEAT, EV_PRUNE,	EV_SHRED,
		EV_RECOVERY, EV_PEER,	   EV_CLOCK};
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		assert_true(event_is_plain(plain[i]));
	for (int k = 0; k < 256; k++)
		n += event_is_plain((enum event_kind)k);
	assert_int_equal(n, ARRAY_LEN(plain));
}

static void absent_is_empty(void **state)
{
	struct event e = {.kind = EV_READ};

	(void)state;
	event_text(&e, EF_TASK, NULL);
	assert_false(event_has(&e, EF_TASK));
	assert_int_equal(event_getb(&e, EF_TASK).n, 0);
	assert_int_equal(event_get(&e, EF_OFFSET), 0);
}

/* A claim that is not UTF-8 cannot become a text: the operation fails. */
static void text_must_be_utf8(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct event e = {.kind = EV_READ};

	(void)state;
	event_text(&e, EF_TASK, "\xFF");
	assert_int_equal(event_body(&e, &b), -EINVAL);
}

static void as_json(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct event e = {.kind = EV_READ, .seq = 17};
	struct json_out o;

	(void)state;
	event_int(&e, EF_T, -5);
	event_bytes(&e, EF_PATH, bytes_str("a\"b"));
	event_bytes(&e, EF_OBJECT, bytes_of("\x01\xAB", 2));
	event_int(&e, EF_RESULT, -13);
	event_text(&e, EF_VIA, "read");
	event_bytes(&e, EF_TO, bytes_of("\xFF\x00", 2));
	json_open(&o, &b);
	event_json(&e, &o);
	assert_int_equal(o.err, 0);
	assert_string_equal(
		buf_str(&b),
		"{\"seq\":17,\"kind\":\"READ\",\"t\":-5,\"path\":\"a\\\"b\","
		"\"object\":\"01ab\",\"result\":-13,\"via\":\"read\","
		"\"to_b64\":\"/wA=\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields),
		cmocka_unit_test(cut_and_trailing),
		cmocka_unit_test(strict),
		cmocka_unit_test(names),
		cmocka_unit_test(plain_kinds),
		cmocka_unit_test(absent_is_empty),
		cmocka_unit_test(text_must_be_utf8),
		cmocka_unit_test(as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
