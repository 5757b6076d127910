/* After an erasure every key that is left is tried on every byte there is. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was erased must not open, whatever place of whatever file its sealed
 * bytes might still lie at: packs, the catalog with its freed pages, its WAL,
 * the log, temporary files. So all files of the store are read, and at each
 * offset each key that can be reached from the store is tried, as what would
 * wrap an erased object's key, as that key, and as what sealed its content, its
 * index and its catalog cells. The same is done before, where it must find all
 * of them: a proof that cannot fail is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fdio.h"
#include "fs/store/keys.h"
#include "fs/store/object.h"
#include "tests/unit/ingest/erasing.h"

#define KEYS 16
#define VICTIMS 8
#define SEALED_MOST 600 /* of a segment or blob tried */

/* What opened an object that is to go, and how long its sealed parts are. */
struct victim {
	uint8_t id[STORE_ID];
	uint64_t version, size;
	uint32_t head; /* sealed bytes of blob 0 */
	uint8_t salt[ROWS_SALT];
};

struct proof {
	struct house *h;
	uint8_t dataset[STORE_ID];
	const struct key *keys[KEYS];
	struct store_object *held[KEYS]; /* whose keys are among them */
	struct key *made[KEYS];
	unsigned nkeys, nheld, nmade;
	struct victim v[VICTIMS];
	unsigned nv;
	struct buf file;
	unsigned wrapped, contents, heads; /* opened */
	bool words;
};

/* ---- the keys there are ---- */

static void key_add(struct proof *p, const struct key *k)
{
	if (k == NULL)
		return;
	assert_true(p->nkeys < KEYS);
	p->keys[p->nkeys++] = k;
}

static void keys_find(struct proof *p)
{
	struct store *s = p->h->s;
	const struct key *dataset, *const own[] = {s->root,   s->cells,
						   s->lookup, s->digest,
						   s->sign,   s->log,
						   s->audit};
	struct ids l = ids_all(p->h);

	p->nkeys = 0;
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		key_add(p, own[i]);
	assert_int_equal(inner_dataset_key(s, p->dataset, &dataset), 0);
	key_add(p, dataset);
	assert_int_equal(
		store_project_key(s, "p", "standin", &p->made[p->nmade], NULL),
		0);
	key_add(p, p->made[p->nmade++]);
	for (unsigned i = 0; i < l.n; i++) {
		struct store_object *o;

		if (store_object_open(s, l.v[i].id, l.v[i].version,
				      l.spanset[i], &o, NULL) != 0)
			continue;
		p->held[p->nheld++] = o;
		key_add(p, o->key);
	}
}

static void keys_free(struct proof *p)
{
	while (p->nheld > 0)
		store_object_close(p->held[--p->nheld]);
	while (p->nmade > 0)
		key_free(p->made[--p->nmade]);
}

/* ---- trying them ---- */

static void try_unwrap(struct proof *p, const struct victim *v,
		       const struct key *k)
{
	struct ad ad;

	rows_bind_content(&ad, "key", v->id, v->version, p->dataset);
	for (size_t at = 0; at + KEYS_WRAPPED <= p->file.n; at++) {
		struct key *out;

		if (keys_unwrap(p->h->s->pool, k, &ad,
				bytes_of(p->file.p + at, KEYS_WRAPPED),
				&out) != 0)
			continue;
		p->wrapped++;
		key_free(out);
	}
}

static unsigned try_segment(struct proof *p, const struct aead *a,
			    const struct segment_bind *b, size_t n, bool last)
{
	uint8_t out[SEALED_MOST];
	unsigned hits = 0;

	for (size_t at = 0; n <= sizeof(out) && at + n <= p->file.n; at++)
		hits += segment_open(a, b, 0, last, bytes_of(p->file.p + at, n),
				     out) == 0;
	return hits;
}

static void try_sealed(struct proof *p, const struct victim *v,
		       const struct key *k)
{
	struct store *s = p->h->s;
	enum aead_cipher cipher = s->config.cipher;
	struct segment_bind b;
	struct aead *a;

	segment_bind(&b, s->config.id, v->id, v->version, cipher,
		     SEGMENT_CONTENT, 0);
	assert_int_equal(segment_content_key(s->pool, cipher, k, &a), 0);
	p->contents += try_segment(p, a, &b, v->size + AEAD_TAG, true);
	aead_free(a);
	segment_bind(&b, s->config.id, v->id, v->version, cipher, SEGMENT_INDEX,
		     1);
	assert_int_equal(segment_index_key(s->pool, cipher, k, 1, v->salt, &a),
			 0);
	p->heads += try_segment(p, a, &b, v->head, false);
	aead_free(a);
}

/* As it was written, in the recognizers' form, and in two other codings. */
static void try_words(struct proof *p)
{
	static const char *const forms[] = {
		NAME, "xaver quintessa", "XAVER QUINTESSA",
		MAIL, "2125550147",	 "212-555-0147"};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t n = strlen(forms[i]);
		uint8_t wide[64] = {0};

		for (size_t k = 0; k < n; k++)
			wide[2 * k] = (uint8_t)forms[i][k];
		p->words |= memmem(p->file.p, p->file.n, forms[i], n) != NULL ||
			    memmem(p->file.p, p->file.n, wide, 2 * n) != NULL;
	}
}

static void try_file(void *ctx, const char *path)
{
	struct proof *p = ctx;

	buf_clear(&p->file);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 28, &p->file), 0);
	if (p->file.n == 0)
		return;
	try_words(p);
	for (unsigned i = 0; i < p->nv; i++)
		for (unsigned k = 0; k < p->nkeys; k++) {
			try_unwrap(p, &p->v[i], p->keys[k]);
			try_sealed(p, &p->v[i], p->keys[k]);
		}
}

static void try_everything(struct proof *p)
{
	p->wrapped = p->contents = p->heads = 0;
	keys_find(p);
	fixture_each_file(p->h->f->store, try_file, p);
	keys_free(p);
}

/* ---- what goes, what stays ---- */

static void victim_note(struct proof *p, const char *path)
{
	struct victim *v = &p->v[p->nv++];
	const struct object_where *at;
	struct store_entry e;
	struct store_object *o;

	assert_int_equal(fixture_find(p->h->s, "d", 0, path, &e), 0);
	assert_int_equal(store_object_open(p->h->s, e.id, e.version, e.spanset,
					   &o, NULL),
			 0);
	at = atomic_load(&o->where);
	memcpy(v->id, e.id, STORE_ID);
	memcpy(v->salt, o->salt, ROWS_SALT);
	v->version = e.version;
	v->size = o->size;
	v->head = at->spans.v[0].len;
	assert_true(v->size + AEAD_TAG <= SEALED_MOST);
	store_object_close(o);
}

static void same_as_before(struct house *h, const char *path, const char *text)
{
	struct house_object o;

	assert_int_equal(house_open(h, path, &o), 0);
	assert_true(bytes_is(buf_bytes(&o.data), text));
	house_close(&o);
}

#define KEPT "[{\"id\": \"z\", \"t\": \"mail other@mail.example\"}]"

static void test_proof(void **state)
{
	struct house *h = *state;
	struct proof p = {.h = h, .file = {.secret = true}};
	struct erase_want w = {.dataset = NULL};
	char m[300];

	manifest(h, m);
	house_write(h, "keep.json", S(KEPT));
	house_write(h, "some.json",
		    S("[{\"id\": \"a\", \"t\": \"my name is " NAME "\"},\n"
		      " {\"id\": \"b\", \"t\": \"call (212) 555-0147\"},\n"
		      " {\"id\": \"c\", \"t\": \"nobody\"}]"));
	house_write(h, "notes.txt", S("Write to " MAIL ".\n"));
	house_takes(h, m);
	inner_dataset_id(h->s, "d", p.dataset);
	victim_note(&p, "some.json");
	victim_note(&p, "notes.txt");
	try_everything(&p);
	/* In the catalog or its WAL; a page may stand in both. */
	assert_true(p.wrapped >= 2);
	assert_int_equal(p.contents, 2);
	assert_true(p.heads >= 1); /* the other is longer than what is tried */
	assert_false(p.words);
	assert_true(try_all(h).hit);
	assert_int_equal(needles_new(S(NAME "\n" MAIL "\n+1 212 555 0147\n"),
				     "x", &w.values, &h->e),
			 0);
	erased(h, &w);
	needles_free(w.values);
	try_everything(&p);
	assert_int_equal(p.wrapped, 0);
	assert_int_equal(p.contents, 0);
	assert_int_equal(p.heads, 0);
	assert_false(p.words);
	assert_false(try_all(h).hit);
	same_as_before(h, "keep.json", KEPT);
	same_as_before(h, "some.json", "[{\"id\": \"c\", \"t\": \"nobody\"}]");
	sound(h);
	buf_free(&p.file);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_proof, house_setup,
						house_teardown),
	};

	if (argc > 1 && strcmp(argv[1], CHILD_ARG) == 0)
		return child_main(CHILD_FD);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
