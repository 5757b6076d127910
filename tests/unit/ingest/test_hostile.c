/* Children that die, hang or lie: their files are denied, the others taken. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary is its own keyless child, and a bad one: what it does to a job is
 * what the first letter of the job's first file says.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cbor.h"
#include "base/fdio.h"
#include "fs/ingest/child_wire.h"
#include "fs/ingest/fieldset.h"
#include "policy/policy.h"
#include "tests/unit/ingest/house.h"

/* ---- the child ---- */

static int say(struct child_wire *w, enum child_frame type, struct buf *b)
{
	return child_wire_put(w, type, buf_bytes(b), -1);
}

static int say_info(struct child_wire *w)
{
	CLEANUP(buf_free) struct buf b = {0}, t = {0};
	const struct terms terms = {.training = false};
	int rc = terms_put(&t, &terms);

	if (rc == 0)
		rc = cbor_put_array(&b, 3);
	if (rc == 0)
		rc = cbor_put_bytes(&b, bytes_str("d"));
	if (rc == 0)
		rc = cbor_put_bytes(&b, buf_bytes(&t));
	if (rc == 0)
		rc = cbor_put_array(&b, 0);
	return rc == 0 ? say(w, CHILD_INFO, &b) : rc;
}

/* Its own path is every file's group. */
static int say_groups(struct child_wire *w)
{
	CLEANUP(buf_free) struct buf b = {0};
	int rc = buf_putb(&b, buf_bytes(&w->in));

	return rc == 0 ? say(w, CHILD_GROUP_NAMES, &b) : rc;
}

static int say_block(struct child_wire *w, uint32_t nr,
		     const struct index_block *k, bool garbage)
{
	CLEANUP(buf_free) struct buf b = {0};
	uint8_t at[8] = {0, 0, 0, 0, 0, 0, 0, (uint8_t)nr};
	int rc = buf_put(&b, at, sizeof(at));

	if (rc == 0)
		rc = index_block_put(&b, k);
	if (rc == 0 && garbage)
		b.p[b.n - 1] ^= 0x55;
	return rc == 0 ? say(w, CHILD_BLOCK, &b) : rc;
}

static int say_names(struct child_wire *w, uint64_t size, uint32_t blocks,
		     struct name_span *name)
{
	CLEANUP(buf_free) struct buf b = {0}, hb = {0}, sb = {0};
	const struct index_head h = {.format = FORMAT_TEXT,
				     .size = size,
				     .nblocks = blocks,
				     .nrecords = 1,
				     .body_end = size};
	const struct index_summary s = {.format = FORMAT_TEXT,
					.nrecords = 1,
					.nblocks = blocks,
					.named = name != NULL,
					.names = name,
					.nnames = name != NULL};
	int rc = index_head_put(&hb, &h);

	if (rc == 0)
		rc = index_summary_put(&sb, &s);
	if (rc == 0)
		rc = cbor_put_array(&b, 3);
	if (rc == 0)
		rc = cbor_put_uint(&b, 0);
	if (rc == 0)
		rc = cbor_put_bytes(&b, buf_bytes(&hb));
	if (rc == 0)
		rc = cbor_put_bytes(&b, buf_bytes(&sb));
	return rc == 0 ? say(w, CHILD_HEAD, &b) : rc;
}

static int say_head(struct child_wire *w, uint64_t size, uint32_t blocks)
{
	return say_names(w, size, blocks, NULL);
}

/* An honest answer for a text file of n bytes. */
static int honest(struct child_wire *w, uint64_t n)
{
	struct record r = {.end = n, .id = bytes_str("0")};
	const struct index_block k = {.nrecords = 1, .records = &r};
	int rc = say_block(w, 0, &k, false);

	if (rc == 0)
		rc = say_head(w, n, 1);
	return rc == 0 ? child_wire_put(w, CHILD_DONE, bytes_of(NULL, 0), -1)
		       : rc;
}

static int misbehave(struct child_wire *w, char how, uint64_t n)
{
	struct record r = {.end = n, .id = bytes_str("0")};
	const struct index_block k = {.nrecords = 1, .records = &r};
	struct name_span far = {.start = 4,
				.end = 6, /* "b.txt" has five bytes */
				.type = bytes_str("PERSON")};
	struct err e = {.code = -EPROTO};

	switch (how) {
	case 'd': /* die */
		raise(SIGKILL);
		return -1;
	case 'h': /* hang */
		pause();
		return -1;
	case 'g': /* a block that is none */
		return say_block(w, 0, &k, true);
	case 'n': /* the wrong number */
		return say_block(w, 1, &k, false);
	case 'o': /* a record that reaches beyond the file */
		r.end = n + 1;
		return honest(w, n + 1);
	case 'r': /* the same, and a head that does not tell */
		r.end = n + 1;
		return say_block(w, 0, &k, false) == 0 ? say_head(w, n, 1) : -1;
	case 's': /* the wrong size */
		return say_block(w, 0, &k, false) == 0 ? say_head(w, n + 1, 1)
						       : -1;
	case 'm': /* a head without its block */
		return say_head(w, n, 0);
	case 'p': /* a value beyond the end of the name */
		return say_block(w, 0, &k, false) == 0
			       ? say_names(w, n, 1, &far)
			       : -1;
	case 'x': /* one file too many */
		return honest(w, n) == 0 ? say_head(w, n, 0) : -1;
	case 'l': /* a frame of 4 GiB */
		return fd_write_full(w->sock,
				     bytes_of("\xFF\xFF\xFF\xFF\x22", 5));
	case 't': /* a torn frame */
		return fd_write_full(w->sock, bytes_of("\0\0\1\0\x22xx", 7)) ==
				       0
			       ? -1
			       : -2;
	case 'q': /* done before it began */
		return child_wire_put(w, CHILD_DONE, bytes_of(NULL, 0), -1);
	case 'k': /* a frame nobody knows */
		return child_wire_put(w, (enum child_frame)99,
				      bytes_of(NULL, 0), -1);
	case 'e': /* an error with words */
		snprintf(e.text, sizeof(e.text), "too strange a file");
		return child_wire_fail(w, &e);
	default:
		return honest(w, n);
	}
}

/* Where fields lie, honestly or not: lit NULL is a place. */
static int say_field(struct child_wire *w, uint64_t start, uint64_t end,
		     const char *lit, uint64_t want)
{
	CLEANUP(buf_free) struct buf b = {0};
	int rc = cbor_put_array(&b, 3);

	if (rc == 0)
		rc = cbor_put_uint(&b, start);
	if (rc == 0)
		rc = cbor_put_uint(&b, end);
	if (rc == 0)
		rc = lit == NULL ? cbor_put_uint(&b, want)
				 : cbor_put_bytes(&b, bytes_str(lit));
	return rc == 0 ? say(w, CHILD_CUT, &b) : rc;
}

static int lie_about_fields(struct child_wire *w, char how, uint64_t n)
{
	int rc;

	switch (how) {
	case 'P': /* beyond the piece */
		rc = say_field(w, 1, n + 1, NULL, 0);
		break;
	case 'E': /* of nothing */
		rc = say_field(w, 2, 2, NULL, 0);
		break;
	case 'W': /* of a path that nobody asked for */
		rc = say_field(w, 1, 3, NULL, 2);
		break;
	case 'S': /* the same again, for ever */
	case 'B': /* backwards */
		rc = say_field(w, 2, 3, NULL, 0);
		if (rc == 0)
			rc = say_field(w, how == 'S' ? 2 : 1, 3, NULL, 1);
		break;
	case 'L': /* what no emptied field becomes */
		rc = say_field(w, 1, 3, "word", 0);
		break;
	case 'C': /* cuts that overlap */
		rc = say_field(w, 1, 3, "", 0);
		if (rc == 0)
			rc = say_field(w, 2, 4, "", 0);
		break;
	default:
		rc = say_field(w, 1, 3, NULL, 0);
		if (rc == 0)
			rc = say_field(w, 4, 5, NULL, 1);
		break;
	}
	return rc == 0 ? child_wire_put(w, CHILD_DONE, bytes_of(NULL, 0), -1)
		       : rc;
}

static int bad_child(void)
{
	struct child_wire w = {.sock = CHILD_FD, .fd = -1, .timeout_ms = -1};
	enum child_frame type = CHILD_NONE;
	uint8_t text[256];
	ssize_t n = 0;
	int rc = 0;

	while (rc == 0 && child_wire_get(&w, &type) == 1) {
		if (type == CHILD_MANIFEST)
			rc = say_info(&w);
		else if (type == CHILD_GROUPS)
			rc = say_groups(&w);
		else if (type == CHILD_FILE)
			n = fd_pread_full(w.fd, text, sizeof(text), 0);
		else if (type == CHILD_DETECT)
			rc = misbehave(&w, (char)text[0], (uint64_t)n);
		else if (type == CHILD_FIELDS) {
			n = fd_pread_full(w.fd, text, sizeof(text), 0);
			rc = lie_about_fields(&w, (char)text[0], (uint64_t)n);
		}
	}
	return rc == 0 ? 0 : 1;
}

/* ---- the tests ---- */

static void each(struct house *h, char how, const char *words)
{
	struct ingest_want w = {.jobs = 1};
	struct house_object o;
	char text[] = "?ad file\n";
	struct err e = {0};

	text[0] = how;
	house_write(h, "a.txt", bytes_str("Honest\n"));
	house_write(h, "b.txt", bytes_str(text));
	house_write(h, "c.txt", bytes_str("Honest too\n"));
	assert_int_equal(child_pool_new(1, &w.children, &e), 0);
	/* Who does not hang has time, on a busy machine too. */
	child_pool_timeout(w.children, how == 'h' ? 2 : 60);
	if (house_ingest(h, &w) != 0)
		fail_msg("%c: %s %s", how, h->e.place, h->e.text);
	child_pool_free(w.children);
	if (h->sum.denied != 1 || !house_said(h, "b.txt", words))
		fail_msg("%c: denied %u, said \"%s\"", how,
			 (unsigned)h->sum.denied, h->said[0].words);
	assert_int_equal(h->sum.files, 3);
	assert_int_equal(house_open(h, "b.txt", &o), 0);
	assert_int_not_equal(o.summary.denied, DENIAL_NONE);
	assert_int_not_equal(o.head.denied, DENIAL_NONE);
	house_close(&o);
	assert_int_equal(house_open(h, "c.txt", &o), 0);
	assert_int_equal(o.summary.denied, DENIAL_NONE);
	house_close(&o);
}

static void test_dying(void **state)
{
	each(*state, 'd', "failed on this file");
}

static void test_hanging(void **state)
{
	each(*state, 'h', "come to an end");
}

static void test_errors(void **state)
{
	each(*state, 'e', "too strange a file");
}

static void test_lying(void **state)
{
	static const char how[] = "gnsmltqk";

	for (const char *p = how; *p != '\0'; p++)
		each(*state, *p, "failed on this file");
}

/* Its index does not fit its file: refused before it is sealed. */
static void test_outside(void **state)
{
	each(*state, 'o', "failed on this file");
	each(*state, 'r', "failed on this file");
	each(*state, 'p', "failed on this file");
}

/* What a child says of fields is checked before any of it is believed. */
static void test_fields(void **state)
{
	static const struct field_rule swap = {
		.action = FIELD_SWAP, .path = "$.a", .with = "$.b"};
	struct house *h = *state;

	for (const char *how = "PEWSBLCH"; *how != '\0'; how++) {
		char text[] = "?onest\n";
		struct child_pool *p = NULL;
		struct fieldset *f = NULL;
		struct fieldset_part part;
		struct house_object o;
		struct ingest_want w = {.jobs = 1};
		int rc;

		text[0] = *how;
		house_write(h, "a.txt", bytes_str(text));
		assert_int_equal(child_pool_new(1, &p, NULL), 0);
		w.children = p;
		assert_int_equal(house_ingest(h, &w), 0);
		assert_int_equal(house_open(h, "a.txt", &o), 0);
		rc = fieldset_open(
			&(struct fieldset_want){.store = h->s,
						.children = p,
						.object = o.o,
						.id = o.entry.id,
						.version = o.entry.version,
						.head = &o.head,
						.fields = &swap,
						.nfields = 1,
						.no_cache = true},
			&f, &h->e);
		if (rc != (*how == 'H' ? 0 : -EIO))
			fail_msg("%c: %d %s", *how, rc, h->e.text);
		if (rc == 0) {
			assert_int_equal(fieldset_block(f, 0, o.a, &part), 0);
			assert_int_equal(part.nplaces, 2);
			assert_int_equal(part.ncuts, 0);
		}
		fieldset_free(f);
		house_close(&o);
		child_pool_free(p);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_dying, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_hanging, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_errors, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_lying, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_outside, house_setup,
						house_teardown),
		cmocka_unit_test_setup_teardown(test_fields, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return bad_child();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
