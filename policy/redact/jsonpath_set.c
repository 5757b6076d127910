/* Matching a set of paths while scanning: a lazy automaton. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place is (path, how many of its steps are done); all places of all paths
 * are numbered through, so a state of the scan is a bit set of places. Going
 * into a member, an element or a nested JSON text maps each place to its
 * successors:
 *
 *              into key k        into an element    into nested JSON
 *   .k         done if k         -                  -
 *   [*]        done              done               -
 *   ..k        stays; and done   stays              -
 *              if k
 *   |json|     -                 -                  done
 *
 * States are interned, so the scanner carries one number per level, and every
 * move is looked up in a table that fills as it is used: next[state][symbol],
 * where the symbols are the keys that the paths name, one for every other
 * key, one for elements and one for nested JSON. A hostile file can make at
 * most as many states as the paths' ..k steps allow; beyond 4096 it is refused
 * (-EFBIG), and so costs bounded memory. State 0 is the empty set: nothing can
 * match below, and every move from it stays there.
 */
#include <errno.h>

#include "policy/redact/jsonpath.h"

#define STATES_MAX 4096
#define SLOTS 8192 /* of the table of states; a power of two */
#define UNKNOWN UINT32_MAX

enum {
	SYM_OTHER = 0, /* a key that no path names */
	SYM_ELEMENT = 1,
	SYM_JSON = 2,
	SYM_KEYS = 3, /* the first named key */
};

struct place {
	uint32_t path;
	const struct jsonpath_step *step; /* NULL: the path is done */
	uint32_t sym;			  /* of a key step */
};

struct state {
	uint64_t *bits;
	uint32_t *next; /* by symbol */
	uint64_t hits;
	bool live, json;
};

struct jsonpath_set {
	struct arena *a;
	struct place *places;
	uint32_t nplaces, words;
	struct bytes *keys; /* by symbol - SYM_KEYS */
	uint32_t nkeys, nsyms;
	uint16_t *key_slots; /* symbol, by hash of the key */
	uint32_t key_mask;
	struct state *states;
	uint32_t nstates;
	uint16_t *slots; /* state + 1, by hash of its bits */
	uint64_t *scratch;
};

static uint64_t hash_more(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

static uint64_t key_hash(struct bytes k)
{
	uint64_t h = k.n, v;
	size_t i = 0;

	for (; k.n - i >= 8; i += 8) {
		memcpy(&v, k.p + i, sizeof(v));
		h = hash_more(h, v);
	}
	for (v = 0; i < k.n; i++)
		v = v << 8 | k.p[i];
	return hash_more(h, v);
}

/* The symbol of a key: its own, or SYM_OTHER. */
static uint32_t key_sym(const struct jsonpath_set *s, struct bytes key)
{
	uint32_t i = (uint32_t)key_hash(key) & s->key_mask;

	while (s->key_slots[i] != 0) {
		uint32_t sym = s->key_slots[i];

		if (bytes_eq(s->keys[sym - SYM_KEYS], key))
			return sym;
		i = (i + 1) & s->key_mask;
	}
	return SYM_OTHER;
}

static uint32_t key_intern(struct jsonpath_set *s, struct bytes key)
{
	uint32_t sym = key_sym(s, key), i;

	if (sym != SYM_OTHER)
		return sym;
	sym = SYM_KEYS + s->nkeys;
	s->keys[s->nkeys++] = key;
	i = (uint32_t)key_hash(key) & s->key_mask;
	while (s->key_slots[i] != 0)
		i = (i + 1) & s->key_mask;
	s->key_slots[i] = (uint16_t)sym;
	return sym;
}

static void bit_set(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= (uint64_t)1 << (i % 64);
}

/* What a state with these bits answers. */
static void state_facts(const struct jsonpath_set *s, struct state *t)
{
	for (uint32_t i = 0; i < s->nplaces; i++) {
		const struct place *p = &s->places[i];

		if ((t->bits[i / 64] >> (i % 64) & 1) == 0)
			continue;
		if (p->step == NULL)
			t->hits |= (uint64_t)1 << p->path;
		else
			t->live = true;
		if (p->step != NULL && p->step->kind == STEP_JSON)
			t->json = true;
	}
}

static int state_new(struct jsonpath_set *s, const uint64_t *bits,
		     uint32_t *out)
{
	struct state *t = &s->states[s->nstates];

	if (s->nstates == STATES_MAX)
		return -EFBIG;
	t->bits = arena_array(s->a, s->words, sizeof(*t->bits));
	t->next = arena_array(s->a, s->nsyms, sizeof(*t->next));
	if (t->bits == NULL || t->next == NULL)
		return -ENOMEM;
	memcpy(t->bits, bits, s->words * sizeof(*bits));
	for (uint32_t i = 0; i < s->nsyms; i++)
		t->next[i] = UNKNOWN;
	state_facts(s, t);
	*out = s->nstates++;
	return 0;
}

/* The number of the state with these bits. */
static int state_intern(struct jsonpath_set *s, const uint64_t *bits,
			uint32_t *out)
{
	size_t size = s->words * sizeof(*bits);
	uint64_t h = 0;
	uint32_t i;
	int rc;

	for (uint32_t w = 0; w < s->words; w++)
		h = hash_more(h, bits[w]);
	for (i = (uint32_t)h % SLOTS; s->slots[i] != 0; i = (i + 1) % SLOTS) {
		*out = (uint32_t)s->slots[i] - 1;
		if (memcmp(s->states[*out].bits, bits, size) == 0)
			return 0;
	}
	rc = state_new(s, bits, out);
	if (rc == 0)
		s->slots[i] = (uint16_t)(*out + 1);
	return rc;
}

/* Add to bits the successors of place i under a symbol. */
static void move_place(const struct jsonpath_set *s, uint32_t i, uint32_t sym,
		       uint64_t *bits)
{
	const struct place *p = &s->places[i];
	bool key = sym == SYM_OTHER || sym >= SYM_KEYS;

	if (p->step == NULL)
		return;
	if (p->step->kind == STEP_DEEP && sym != SYM_JSON)
		bit_set(bits, i);
	if ((p->step->kind == STEP_EACH && sym != SYM_JSON) ||
	    (p->step->kind == STEP_JSON && sym == SYM_JSON) ||
	    ((p->step->kind == STEP_KEY || p->step->kind == STEP_DEEP) && key &&
	     sym == p->sym))
		bit_set(bits, i + 1);
}

static int move(struct jsonpath_set *s, uint32_t state, uint32_t sym,
		uint32_t *out)
{
	struct state *t = &s->states[state];
	int rc;

	if (t->next[sym] != UNKNOWN) {
		*out = t->next[sym];
		return 0;
	}
	memset(s->scratch, 0, s->words * sizeof(*s->scratch));
	for (uint32_t i = 0; i < s->nplaces; i++) {
		if ((t->bits[i / 64] >> (i % 64) & 1) != 0)
			move_place(s, i, sym, s->scratch);
	}
	rc = state_intern(s, s->scratch, out);
	if (rc == 0)
		t->next[sym] = *out;
	return rc;
}

uint32_t jsonpath_start(const struct jsonpath_set *s)
{
	return s->nstates > 1 ? 1 : 0;
}

int jsonpath_key(struct jsonpath_set *s, uint32_t state, struct bytes key,
		 uint32_t *out)
{
	*out = 0;
	return state == 0 ? 0 : move(s, state, key_sym(s, key), out);
}

int jsonpath_element(struct jsonpath_set *s, uint32_t state, uint32_t *out)
{
	*out = 0;
	return state == 0 ? 0 : move(s, state, SYM_ELEMENT, out);
}

int jsonpath_json(struct jsonpath_set *s, uint32_t state, uint32_t *out)
{
	*out = 0;
	return state == 0 ? 0 : move(s, state, SYM_JSON, out);
}

uint64_t jsonpath_hits(const struct jsonpath_set *s, uint32_t state)
{
	return s->states[state].hits;
}

bool jsonpath_live(const struct jsonpath_set *s, uint32_t state)
{
	return s->states[state].live;
}

bool jsonpath_wants_json(const struct jsonpath_set *s, uint32_t state)
{
	return s->states[state].json;
}

/* ---- making one ---- */

static int tables_new(struct jsonpath_set *s, uint32_t steps)
{
	uint32_t slots = 16;

	while (slots < steps * 2)
		slots *= 2;
	s->key_mask = slots - 1;
	s->keys = arena_array(s->a, steps, sizeof(*s->keys));
	s->key_slots = arena_array(s->a, slots, sizeof(*s->key_slots));
	s->places = arena_array(s->a, s->nplaces, sizeof(*s->places));
	s->states = arena_array(s->a, STATES_MAX, sizeof(*s->states));
	s->slots = arena_array(s->a, SLOTS, sizeof(*s->slots));
	s->scratch = arena_array(s->a, s->words, sizeof(*s->scratch));
	if (s->keys == NULL || s->key_slots == NULL || s->places == NULL ||
	    s->states == NULL || s->slots == NULL || s->scratch == NULL)
		return -ENOMEM;
	return 0;
}

/* Number all places; set the start's bits in scratch. */
static void places_fill(struct jsonpath_set *s, const struct jsonpath *paths,
			uint32_t n)
{
	uint32_t at = 0;

	for (uint32_t p = 0; p < n; p++) {
		bit_set(s->scratch, at);
		for (uint32_t i = 0; i <= paths[p].n; i++) {
			struct place *l = &s->places[at++];
			bool last = i == paths[p].n;

			l->path = p;
			l->step = last ? NULL : &paths[p].steps[i];
			l->sym = SYM_JSON;
			if (!last && (l->step->kind == STEP_KEY ||
				      l->step->kind == STEP_DEEP))
				l->sym = key_intern(s, l->step->key);
		}
	}
}

int jsonpath_set_new(const struct jsonpath *paths, uint32_t n, struct arena *a,
		     struct jsonpath_set **out)
{
	struct jsonpath_set *s = arena_alloc(a, sizeof(*s));
	uint64_t none[JSONPATH_MAX + 1] = {0};
	uint32_t steps = 0, state;
	int rc;

	if (s == NULL)
		return -ENOMEM;
	if (n > JSONPATH_MAX)
		return -EFBIG;
	for (uint32_t i = 0; i < n; i++)
		steps += paths[i].n;
	s->a = a;
	s->nplaces = steps + n;
	s->words = (s->nplaces + 63) / 64;
	if (s->words > ARRAY_LEN(none))
		return -EFBIG;
	rc = tables_new(s, steps);
	if (rc != 0)
		return rc;
	places_fill(s, paths, n);
	s->nsyms = SYM_KEYS + s->nkeys;
	rc = state_intern(s, none, &state);
	if (rc == 0 && n > 0)
		rc = state_intern(s, s->scratch, &state);
	*out = s;
	return rc;
}
