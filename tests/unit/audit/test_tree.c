/* RFC 6962 trees: known vectors, and proofs of every kind checked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hex.h"
#include "fs/audit/tree.h"
#include "tests/unit/audit/room.h"

#define MOST 70

/* The eight leaves and roots that the RFC's reference code is tested with. */
static const struct {
	const char *leaf, *root;
} known[] = {
	{"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01"
	     "d"},
	{"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c1"
	       "25"},
	{"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e"
	       "77"},
	{"2021",
	 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614"
	 "b7"},
	{"3031",
	 "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264"
	 "d4"},
	{"40414243",
	 "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
	{"5051525354555657",
	 "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
	{"606162636465666768696a6b6c6d6e6f",
	 "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

static void is_hex(const uint8_t h[HASH_LEN], const char *want)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(hex, bytes_of(h, HASH_LEN));
	assert_string_equal(hex, want);
}

static void known_roots(void **state)
{
	struct tree t = {0};
	uint8_t root[HASH_LEN];

	(void)state;
	tree_root(&t, root);
	is_hex(root,
	       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b78"
	       "52b855");
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		uint8_t raw[16], leaf[HASH_LEN];
		size_t n = strlen(known[i].leaf) / 2;

		assert_int_equal(hex_decode(raw, n, bytes_str(known[i].leaf)),
				 0);
		tree_leaf(bytes_of(raw, n), leaf);
		tree_add(&t, leaf, NULL, NULL);
		tree_root(&t, root);
		is_hex(root, known[i].root);
	}
}

/* Leaves 0 ... MOST - 1, and any complete subtree of them. */
static uint8_t leaves[MOST][HASH_LEN];

static int get(void *ctx, unsigned height, uint64_t index,
	       uint8_t out[HASH_LEN])
{
	(void)ctx;
	assert_true((index + 1) << height <= MOST);
	tree_fold((const uint8_t(*)[HASH_LEN])(leaves + (index << height)),
		  (size_t)1 << height, out);
	return 0;
}

static const struct tree_source source = {get, NULL};

static void make_leaves(void)
{
	for (uint8_t i = 0; i < MOST; i++)
		tree_leaf(bytes_of(&i, 1), leaves[i]);
}

static void root_of(uint64_t n, uint8_t out[HASH_LEN])
{
	tree_fold((const uint8_t(*)[HASH_LEN])leaves, (size_t)n, out);
}

/* The proof fits, and no other index, leaf, root or shorter proof does. */
static void inclusion(void **state)
{
	struct tree_proof p;
	uint8_t root[HASH_LEN];

	(void)state;
	make_leaves();
	for (uint64_t n = 1; n <= MOST; n++) {
		root_of(n, root);
		for (uint64_t i = 0; i < n; i++) {
			assert_int_equal(tree_prove(&source, i, n, &p), 0);
			assert_int_equal(tree_check(leaves[i], i, n, &p, root),
					 0);
			assert_int_equal(tree_check(leaves[(i + 1) % MOST], i,
						    n, &p, root),
					 -EBADMSG);
			if (n > 1)
				assert_int_equal(tree_check(leaves[i],
							    (i + 1) % n, n, &p,
							    root),
						 -EBADMSG);
			if (p.n > 0) {
				p.h[p.n - 1][3] ^= 1;
				assert_int_equal(
					tree_check(leaves[i], i, n, &p, root),
					-EBADMSG);
				p.h[p.n - 1][3] ^= 1;
				p.n--;
				assert_int_equal(
					tree_check(leaves[i], i, n, &p, root),
					-EBADMSG);
			}
		}
		assert_int_equal(tree_prove(&source, n, n, &p), -ERANGE);
	}
}

static void consistency(void **state)
{
	uint8_t old[HASH_LEN], root[HASH_LEN];
	struct tree_proof p;

	(void)state;
	make_leaves();
	for (uint64_t n = 1; n <= MOST; n++) {
		root_of(n, root);
		for (uint64_t m = 1; m <= n; m++) {
			root_of(m, old);
			assert_int_equal(tree_prove_grown(&source, m, n, &p),
					 0);
			assert_int_equal(tree_check_grown(m, old, n, root, &p),
					 0);
			old[0] ^= 1;
			assert_int_equal(tree_check_grown(m, old, n, root, &p),
					 -EBADMSG);
			old[0] ^= 1;
			root[9] ^= 1;
			assert_int_equal(tree_check_grown(m, old, n, root, &p),
					 -EBADMSG);
			root[9] ^= 1;
			p.n++;
			assert_int_equal(tree_check_grown(m, old, n, root, &p),
					 -EBADMSG);
		}
	}
	assert_int_equal(tree_prove_grown(&source, 0, 5, &p), -ERANGE);
	assert_int_equal(tree_prove_grown(&source, 6, 5, &p), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_roots),
		cmocka_unit_test(inclusion),
		cmocka_unit_test(consistency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
