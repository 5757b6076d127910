/* Signed notes: the published example, strictness, keys that must not pass. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "fs/audit/note.h"
#include "tests/unit/audit/room.h"

/* Keys made from seeds; the pool lives as long as the group of tests. */
static struct keypool *pool;

static struct key *seed(int v)
{
	uint8_t raw[KEY_LEN];

	memset(raw, v, sizeof(raw));
	return key_import(pool, raw);
}

static int setup(void **state)
{
	(void)state;
	return keypool_new(&pool, NULL);
}

static int teardown(void **state)
{
	(void)state;
	keypool_free(pool);
	return 0;
}

static const char text[] = "example.org/log\n15\n"
			   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

/* text, blank line, one signature line per seed. */
static void make(struct buf *b, const char *t, const char *name, int key)
{
	CLEANUP(key_freep) struct key *k = seed(key);

	assert_int_equal(buf_puts(b, t), 0);
	assert_int_equal(buf_putc(b, '\n'), 0);
	assert_int_equal(note_sign(b, bytes_str(t), bytes_str(name), pool, k),
			 0);
}

static void key_of(struct note_key *k, const char *name, int key)
{
	CLEANUP(key_freep) struct key *s = seed(key);
	uint8_t pub[SIGN_PUB];

	sign_public(s, pub);
	note_key_make(k, bytes_str(name), pub);
}

/* The example key and note of the Go package's documentation. */
static void foreign_example(void **state)
{
	static const char vkey[] =
		"PeterNeumann+c74f20a3+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	static const char msg[] =
		"If you think cryptography is the answer to your problem,\n"
		"then you don't know what your problem is.\n"
		"\n"
		"\xE2\x80\x94 PeterNeumann "
		"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
		"SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
	struct note_key k;
	struct note n;

	(void)state;
	assert_int_equal(note_key_parse(bytes_str(vkey), &k), 0);
	assert_int_equal(note_parse(bytes_str(msg), &n), 0);
	assert_int_equal(note_check(&n, &k), 0);
}

static void vkeys(void **state)
{
	static const char *const bad[] = {
		"",
		"PeterNeumann",
		"PeterNeumann+c74f20a3",
		"PeterNeumann+c74f20a3+",
		"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+C74F20A3+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a4+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"Peter Neumann+c74f20a3+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
		/* a witness's key (type 4) is no log's key */
		"PeterNeumann+c74f20a3+"
		"BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	};
	CLEANUP(buf_free) struct buf b = {0};
	struct note_key k, again;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(note_key_parse(bytes_str(bad[i]), &k),
				 -EPROTO);
	key_of(&k, "example.org/log", 3);
	assert_int_equal(note_key_put(&b, &k), 0);
	assert_int_equal(note_key_parse(buf_bytes(&b), &again), 0);
	assert_memory_equal(again.pub, k.pub, SIGN_PUB);
}

static void signatures(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	struct note_key k, other, named;
	struct note n;

	(void)state;
	make(&b, text, "example.org/log", 3);
	key_of(&k, "example.org/log", 3);
	key_of(&other, "example.org/log", 4);
	key_of(&named, "example.org/gol", 3);
	assert_int_equal(note_parse(buf_bytes(&b), &n), 0);
	assert_true(bytes_is(n.text, text));
	assert_int_equal(note_check(&n, &k), 0);
	assert_int_equal(note_check(&n, &other), -ENOKEY);
	assert_int_equal(note_check(&n, &named), -ENOKEY);
	b.p[20] ^= 1; /* the text */
	assert_int_equal(note_parse(buf_bytes(&b), &n), 0);
	assert_int_equal(note_check(&n, &k), -EBADMSG);
}

/* Pitfall: a known key's bad line must fail the note, good line or not. */
static void bad_line_beside_good(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(key_freep) struct key *s = seed(3);
	struct note_key k;
	struct note n;

	(void)state;
	make(&b, text, "example.org/log", 3);
	assert_int_equal(note_sign(&b, bytes_str("something else\n"),
				   bytes_str("example.org/log"), pool, s),
			 0);
	key_of(&k, "example.org/log", 3);
	assert_int_equal(note_parse(buf_bytes(&b), &n), 0);
	assert_int_equal(n.nsigs, 2);
	assert_int_equal(note_check(&n, &k), -EBADMSG);
}

/* Other people's lines do not matter. */
static void unknown_lines(void **state)
{
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(key_freep) struct key *s = seed(5);
	struct note_key k;
	struct note n;

	(void)state;
	make(&b, text, "example.org/log", 3);
	assert_int_equal(note_sign(&b, bytes_str("whatever\n"),
				   bytes_str("witness.example"), pool, s),
			 0);
	key_of(&k, "example.org/log", 3);
	assert_int_equal(note_parse(buf_bytes(&b), &n), 0);
	assert_int_equal(note_check(&n, &k), 0);
}

/* Pitfall: S + L in place of S is the same point; strictly it is refused. */
static void malleable_signature(void **state)
{
	static const uint8_t order[32] = {
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
		0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		0,    0,    0,	  0,	0,    0,    0,	  0,
		0,    0,    0,	  0,	0,    0,    0,	  0x10};
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(buf_free) struct buf raw = {0};
	CLEANUP(buf_free) struct buf twice = {0};
	unsigned carry = 0;
	struct note_key k;
	struct note n;

	(void)state;
	make(&b, text, "example.org/log", 3);
	key_of(&k, "example.org/log", 3);
	assert_int_equal(note_parse(buf_bytes(&b), &n), 0);
	assert_int_equal(base64_get(&raw, n.sigs[0].b64), 0);
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)raw.p[4 + 32 + i] + order[i];
		raw.p[4 + 32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(buf_puts(&twice, text), 0);
	assert_int_equal(buf_puts(&twice, "\n\xE2\x80\x94 example.org/log "),
			 0);
	assert_int_equal(base64_put(&twice, buf_bytes(&raw)), 0);
	assert_int_equal(buf_putc(&twice, '\n'), 0);
	assert_int_equal(note_parse(buf_bytes(&twice), &n), 0);
	assert_int_equal(note_check(&n, &k), -EBADMSG);
}

static void malformed(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"text\n",
		"text\n\n",
		"text\n\nno dash AAAAAAA=\n",
		"text\n\n\xE2\x80\x94 name AAAAAAA=",	/* no last newline */
		"text\n\n\xE2\x80\x94 name AAAAAA\n",	/* padding */
		"text\n\n\xE2\x80\x94 name AAAAAAB=\n", /* trailing bits */
		"text\n\n\xE2\x80\x94 name AAAA\n",	/* too short */
		"text\n\n\xE2\x80\x94 name  AAAAAAA=\n",
		"text\n\n\xE2\x80\x94 na+me AAAAAAA=\n",
		"text\n\n\xE2\x80\x94 na\xC2\xA0me AAAAAAA=\n",
		"text\n\n\xE2\x80\x94  AAAAAAA=\n",
		"text\r\n\n\xE2\x80\x94 name AAAAAAA=\n",
		"text\x7F\n\n\xE2\x80\x94 name AAAAAAA=\n",
		"te\xFFxt\n\n\xE2\x80\x94 name AAAAAAA=\n",
		"text\n\n\xE2\x80\x94 name AAAAAAA=\nmore\n",
	};
	struct note n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (note_parse(bytes_str(bad[i]), &n) != -EPROTO)
			fail_msg("accepted case %zu", i);
	}
	assert_int_equal(note_parse(bytes_of("text\0\n\n\xE2\x80\x94 name "
					     "AAAAAAA=\n",
					     27),
				    &n),
			 -EPROTO);
	/* The last blank line divides, not the first. */
	assert_int_equal(note_parse(bytes_str("a\n\nb\n\n\xE2\x80\x94 name "
					      "AAAAAAA=\n"),
				    &n),
			 0);
	assert_true(bytes_is(n.text, "a\n\nb\n"));
}

static void heads(void **state)
{
	static const char *const bad[] = {
		"",
		"o\n",
		"o\n1\n",
		"\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"o\n+15\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"o\n015\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"o\n 15\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"o\n15 \n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"o\n0x1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		("o\n18446744073709551616\n"
		 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"),
		"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
		"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS\n",
		"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nx\n",
		"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
	};
	CLEANUP(buf_free) struct buf b = {0};
	struct note_head h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (note_head_parse(bytes_str(bad[i]), &h) != -EPROTO)
			fail_msg("accepted case %zu", i);
	}
	assert_int_equal(note_head_parse(bytes_str(text), &h), 0);
	assert_int_equal(h.size, 15);
	assert_int_equal(note_head_put(&b, &h), 0);
	assert_true(bytes_is(buf_bytes(&b), text));
	assert_int_equal(
		note_head_parse(bytes_str("o\n18446744073709551615\n"
					  "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJW"
					  "ZG3hSuFU=\n"),
				&h),
		0);
	assert_true(h.size == UINT64_MAX);
}

static void names(void **state)
{
	(void)state;
	assert_true(note_name_ok(bytes_str("carrel.example/a-b/e12")));
	assert_false(note_name_ok(bytes_str("")));
	assert_false(note_name_ok(bytes_str("a b")));
	assert_false(note_name_ok(bytes_str("a+b")));
	assert_false(note_name_ok(bytes_str("a\tb")));
	assert_false(note_name_ok(bytes_str("a\xE3\x80\x80")));
	assert_false(note_name_ok(bytes_str("\xFF")));
	assert_int_equal(audit_vkey("a b", (const uint8_t[SIGN_PUB]){0},
				    &(struct buf){0}),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(foreign_example),
		cmocka_unit_test(vkeys),
		cmocka_unit_test(signatures),
		cmocka_unit_test(bad_line_beside_good),
		cmocka_unit_test(unknown_lines),
		cmocka_unit_test(malleable_signature),
		cmocka_unit_test(malformed),
		cmocka_unit_test(heads),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
