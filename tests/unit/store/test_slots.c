/* Key slots and rotation: who opens the store, and who no longer does. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fs/store/slots.h"
#include "tests/unit/store/fixture.h"

#define COST 1u, 8u /* passes, KiB */

static uint32_t added(struct fixture *f, struct store *s,
		      const struct store_cred *cred)
{
	uint32_t id = 0;

	if (store_slot_add(s, cred, COST, &id, &f->e) != 0)
		fail_msg("add: %s", f->e.text);
	return id;
}

static int opens(struct fixture *f, const struct store_cred *cred)
{
	struct store *s = NULL;
	int rc = store_open(f->store, f->pool, cred, &s, &f->e);

	store_close(s);
	return rc;
}

static int count(void *ctx, const struct store_slot *slot)
{
	(void)slot;
	++*(unsigned *)ctx;
	return 0;
}

static unsigned slots(struct store *s)
{
	unsigned n = 0;

	assert_int_equal(store_slot_each(s, count, &n, NULL), 0);
	return n;
}

/* ---- add and remove ---- */

static void test_add(void **state)
{
	struct fixture *f = *state;
	struct key *spare = key_random(f->pool), *bob = key_random(f->pool);
	uint8_t pub[BOX_PUB], zero[BOX_PUB] = {0};
	struct store_cred creds[] = {{.key = spare},
				     {.passphrase = S("open sesame")},
				     {.recipient = pub}};
	struct store_cred bobs = {.key = bob}, wrong = {.passphrase = S("x")};
	struct store *s = fixture_writer(f);
	uint32_t id;

	box_public(bob, pub);
	assert_int_equal(opens(f, &bobs), -ENOKEY);
	for (uint32_t i = 0; i < ARRAY_LEN(creds); i++)
		assert_int_equal(added(f, s, &creds[i]), i + 2);
	for (size_t i = 0; i < ARRAY_LEN(creds); i++)
		assert_int_equal(store_slot_add(s, &creds[i], COST, &id, &f->e),
				 -EEXIST);
	creds[2].recipient = zero; /* of small order */
	assert_int_equal(store_slot_add(s, &creds[2], COST, &id, &f->e),
			 -EINVAL);
	assert_int_equal(slots(s), 4);
	store_close(s);
	assert_int_equal(opens(f, &f->cred), 0);
	assert_int_equal(opens(f, &creds[0]), 0);
	assert_int_equal(opens(f, &creds[1]), 0);
	assert_int_equal(opens(f, &bobs), 0);
	assert_int_equal(opens(f, &wrong), -ENOKEY);
	key_free(spare), key_free(bob);
}

static void test_full(void **state)
{
	struct fixture *f = *state;
	struct store *s = fixture_writer(f);
	uint32_t id;

	for (unsigned i = 1; i <= CONFIG_SLOTS; i++) {
		struct key *k = key_random(f->pool);
		struct store_cred cred = {.key = k};

		assert_int_equal(store_slot_add(s, &cred, COST, &id, &f->e),
				 i < CONFIG_SLOTS ? 0 : -ENOSPC);
		key_free(k);
	}
	store_close(s);
}

static void test_remove(void **state)
{
	struct fixture *f = *state;
	struct key *spare = key_random(f->pool);
	struct store_cred cred = {.key = spare};
	struct store *s = fixture_writer(f);
	uint8_t pub[BOX_PUB];
	struct store_cred named = {.recipient = pub};
	uint32_t id;

	box_public(spare, pub);
	assert_int_equal(store_slot_remove(s, 1, NULL, 0, &f->e), -EACCES);
	assert_non_null(strstr(f->e.text, "last"));
	assert_int_equal(store_slot_remove(s, 9, NULL, 0, &f->e), -ENOENT);
	/* Nobody has shown that the recipient has a secret. */
	id = added(f, s, &named);
	assert_int_equal(store_slot_remove(s, 1, NULL, 0, &f->e), -EACCES);
	assert_int_equal(store_slot_remove(s, 1, &f->cred, 1, &f->e), -EACCES);
	assert_int_equal(store_slot_remove(s, 1, &cred, 1, &f->e), 0);
	assert_int_equal(opens(f, &f->cred), -ENOKEY);
	assert_int_equal(opens(f, &cred), 0);
	/* Numbers do not come again. */
	assert_int_equal(added(f, s, &f->cred), id + 1);
	assert_int_equal(store_slot_remove(s, id + 1, &cred, 1, &f->e), 0);
	assert_int_equal(added(f, s, &f->cred), id + 2);
	store_close(s);
	s = fixture_writer(f); /* came with slot id + 2 now */
	assert_int_equal(store_slot_remove(s, id, NULL, 0, &f->e), 0);
	assert_int_equal(opens(f, &cred), -ENOKEY);
	store_close(s);
	key_free(spare);
}

static void test_needs_lock(void **state)
{
	struct fixture *f = *state;
	struct store_rotate r = {.creds = &f->cred, .ncreds = 1};
	struct store *s = fixture_open(f);
	uint32_t id;

	assert_int_equal(store_slot_add(s, &f->cred, COST, &id, &f->e), -EROFS);
	assert_int_equal(store_slot_remove(s, 1, NULL, 0, &f->e), -EROFS);
	assert_int_equal(store_rotate(s, &r, &f->e), -EROFS);
	store_close(s);
}

/* ---- rotate ---- */

static struct key *project(struct store *s, const char *name)
{
	struct key *k = NULL;

	assert_int_equal(store_project_key(s, name, "standin", &k, NULL), 0);
	return k;
}

/* Does this root open any key of the catalog? */
struct trying {
	struct store *s;
	const struct key *root;
	unsigned tried, opened;
};

static int try_key(struct trying *t, struct ad *ad, struct bytes wrapped)
{
	struct key *k = NULL;

	t->tried++;
	t->opened += keys_unwrap(t->s->pool, t->root, ad, wrapped, &k) == 0;
	key_free(k);
	return 0;
}

static int try_row(void *ctx, enum catalog_key kind, struct bytes ref,
		   struct bytes wrapped)
{
	struct ad ad;

	rows_bind_key(&ad, kind, ref);
	return try_key(ctx, &ad, wrapped);
}

static int try_dataset(void *ctx, const struct catalog_dataset *d)
{
	struct ad ad;

	rows_bind_dataset(&ad, "key", d->id);
	return try_key(ctx, &ad, d->key);
}

static unsigned root_opens(struct store *s, const struct key *root)
{
	struct trying t = {.s = s, .root = root};

	assert_int_equal(catalog_key_each(s->catalog, try_row, &t), 0);
	assert_int_equal(catalog_dataset_each(s->catalog, try_dataset, &t), 0);
	assert_true(t.tried >= 7);
	return t.opened;
}

static struct key *root_of(struct store *s)
{
	return key_import(s->pool, key_raw(s->root));
}

static void rotated(struct fixture *f, struct store *s, struct store_rotate *r)
{
	if (store_rotate(s, r, &f->e) != 0)
		fail_msg("rotate: %s", f->e.text);
}

static void test_rotate(void **state)
{
	struct fixture *f = *state;
	struct store_rotate r = {.creds = &f->cred, .ncreds = 1};
	struct store *s = fixture_writer(f);
	struct key *root = root_of(s), *before, *after;
	struct store_fsck out;

	assert_int_equal(fixture_ingest(s, "d", 5, 1, false), 1);
	before = project(s, "p");
	assert_true(root_opens(s, root) >= 7);
	rotated(f, s, &r);
	assert_int_equal(r.kept, 1);
	assert_int_equal(root_opens(s, root), 0);
	assert_false(key_eq(root, s->root));
	store_close(s);
	s = fixture_writer(f);
	assert_int_equal(root_opens(s, root), 0);
	fixture_check(s, "d", 1, 5, 1);
	after = project(s, "p");
	assert_true(key_eq(before, after));
	assert_int_equal(fixture_ingest(s, "e", 3, 2, false), 1);
	assert_int_equal(fixture_ingest(s, "d", 6, 7, false), 2);
	assert_int_equal(store_fsck(s, true, NULL, NULL, NULL, &out, &f->e), 0);
	store_close(s);
	key_free(root), key_free(before), key_free(after);
}

/* A slot of which only the owner of another credential can say yes. */
static void test_rotate_others(void **state)
{
	struct fixture *f = *state;
	struct key *bob = key_random(f->pool);
	uint8_t pub[BOX_PUB];
	struct store_cred pass = {.passphrase = S("open sesame")};
	struct store_cred named = {.recipient = pub}, bobs = {.key = bob};
	struct store_cred both[] = {f->cred, pass};
	struct store_rotate r = {.creds = both, .ncreds = 1};
	struct store *s = fixture_writer(f);

	box_public(bob, pub);
	added(f, s, &pass);
	added(f, s, &named);
	assert_int_equal(store_rotate(s, &r, &f->e), -ENOKEY);
	assert_non_null(strstr(f->e.text, "slots 2 cannot"));
	assert_int_equal(opens(f, &pass), 0);
	r.ncreds = 2;
	rotated(f, s, &r);
	assert_int_equal(r.kept, 3);
	assert_int_equal(opens(f, &pass) | opens(f, &bobs) | opens(f, &f->cred),
			 0);
	r.ncreds = 1;
	r.drop = true;
	rotated(f, s, &r);
	assert_int_equal(r.kept, 2);
	assert_int_equal(r.dropped, 1);
	assert_int_equal(opens(f, &pass), -ENOKEY);
	assert_int_equal(opens(f, &bobs) | opens(f, &f->cred), 0);
	/* With a credential that opens nothing, nothing would. */
	r.creds = &pass;
	assert_int_equal(store_rotate(s, &r, &f->e), -ENOKEY);
	assert_int_equal(opens(f, &f->cred), 0);
	store_close(s);
	key_free(bob);
}

/* Whoever writes to store.yaml must not get the next root sealed to himself. */
static void test_rotate_forged(void **state)
{
	struct fixture *f = *state;
	struct key *eve = key_random(f->pool), *bob = key_random(f->pool);
	uint8_t pub[BOX_PUB];
	struct store_cred named = {.recipient = pub}, eves = {.key = eve};
	struct store_rotate r = {.creds = &f->cred, .ncreds = 1};
	struct store *s = fixture_writer(f);
	struct config c;

	box_public(bob, pub);
	added(f, s, &named);
	assert_int_equal(config_read(s->dirfd, "x", &c, NULL), 0);
	box_public(eve, c.slots[1].pub); /* in bob's place */
	assert_int_equal(config_write(s->dirfd, "x", &c, NULL), 0);
	assert_int_equal(store_rotate(s, &r, &f->e), -ENOKEY);
	assert_non_null(strstr(f->e.text, "not one that this store"));
	c.slots[2] = c.slots[1]; /* beside him */
	c.slots[2].id = 3;
	c.nslots = 3;
	memcpy(c.slots[1].pub, pub, BOX_PUB);
	assert_int_equal(config_write(s->dirfd, "x", &c, NULL), 0);
	assert_int_equal(store_rotate(s, &r, &f->e), -ENOKEY);
	r.drop = true;
	rotated(f, s, &r);
	assert_int_equal(opens(f, &eves), -ENOKEY);
	store_close(s);
	key_free(eve), key_free(bob);
}

/* ---- others who have the store open, and a rotation cut off ---- */

static int cross(void *ctx, struct err *e)
{
	(void)e;
	return store_root_current(ctx);
}

static void test_beside(void **state)
{
	struct fixture *f = *state;
	struct store *gateway = fixture_writer(f), *s = fixture_open(f);
	struct store *late = fixture_open(f);
	struct store_rotate r = {
		.creds = &f->cred, .ncreds = 1, .tell = cross, .ctx = gateway};
	struct key *k[3];

	assert_int_equal(fixture_ingest(gateway, "d", 3, 1, false), 1);
	store_lent(s, -1);
	k[0] = project(gateway, "a");
	rotated(f, s, &r);
	k[1] = project(gateway, "b"); /* made under the new root */
	rotated(f, s, &r);
	k[2] = project(s, "b");
	assert_true(key_eq(k[1], k[2]));
	key_free(k[2]);
	k[2] = project(s, "a");
	assert_true(key_eq(k[0], k[2]));
	fixture_check(gateway, "d", 1, 3, 1);
	/* Who slept through it is told so, and writes nothing. */
	assert_int_equal(store_root_current(late), -ESTALE);
	key_free(k[0]);
	assert_int_equal(store_project_key(late, "a", "x", &k[0], &f->e),
			 -EBUSY);
	assert_non_null(strstr(f->e.text, "key rotate"));
	store_lent(late, -1);
	assert_int_equal(store_project_key(late, "c", "x", &k[0], &f->e),
			 -EBUSY);
	assert_int_equal(store_project_key(s, "c", "x", &k[0], &f->e), 0);
	for (size_t i = 0; i < 3; i++)
		key_free(k[i]);
	store_close(late), store_close(s), store_close(gateway);
}

static int refuse(void *ctx, struct err *e)
{
	(void)ctx;
	return err_set(e, -EIO, NULL, "not now");
}

/* store.yaml of before or of after, with the bridge standing: both open; the
 * next writer ends it. */
static void test_cut_off(void **state)
{
	struct fixture *f = *state;
	struct store_rotate r = {
		.creds = &f->cred, .ncreds = 1, .tell = refuse};
	struct key *spare = key_random(f->pool), *root, *k;
	struct store_cred cred = {.key = spare};

	for (unsigned i = 0; i < 2; i++) {
		struct store *s = fixture_writer(f);
		struct config before;
		uint32_t id;

		root = root_of(s);
		k = project(s, "p");
		assert_int_equal(config_read(s->dirfd, "x", &before, NULL), 0);
		assert_int_equal(store_rotate(s, &r, &f->e), -EIO);
		if (i == 0)
			assert_int_equal(
				config_write(s->dirfd, "x", &before, NULL), 0);
		assert_int_equal(store_slot_add(s, &cred, COST, &id, &f->e),
				 -EBUSY);
		store_close(s);
		s = fixture_open(f); /* reading changes nothing */
		assert_int_equal(root_opens(s, root), 1); /* the bridge */
		store_close(s);
		s = fixture_writer(f);
		assert_int_equal(root_opens(s, root), 0);
		key_free(k);
		k = project(s, "p");
		assert_int_equal(added(f, s, &cred), i + 2);
		assert_int_equal(store_slot_remove(s, i + 2, NULL, 0, &f->e),
				 0);
		store_close(s);
		key_free(root), key_free(k);
	}
	key_free(spare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(fn) \
	cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)
		T(test_add),	       T(test_full),   T(test_remove),
		T(test_needs_lock),    T(test_rotate), T(test_rotate_others),
		T(test_rotate_forged), T(test_beside), T(test_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
