/* Dealing units to annotators by rendezvous hashing; policy.h states it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/assign.h"

#include "base/hash.h"

/*
 * Each candidate draws a number for the unit, a keyed hash of task, unit and
 * name; the `overlap` highest have it. What follows from that:
 *   - Nothing is stored: whoever holds the assign key can compute it again, and
 *     nobody without it can predict or choose what they will be dealt.
 *   - The draws of different annotators are independent. When one joins, a unit
 *     changes hands only if the newcomer's draw is among the highest, so that
 *     they take overlap / candidates of the units and nobody else's move. When
 *     one leaves, only their units go to the next highest.
 *   - It needs no order of units and no count, so files may be added.
 * A unit that a list names is outside the draw: it is exactly theirs who list
 * it. Lists match the group, the object ("DATASET/PATH"), or the record
 * ("DATASET/PATH#ID", where the path itself has no '#').
 *
 * All fields are hashed behind their lengths, so that no two questions share
 * their bytes. The key block and the fields that candidates share are hashed
 * once; the copied state is as secret as the key and is wiped.
 */

static void add_field(struct hasher *h, struct bytes b)
{
	uint8_t n[4] = {(uint8_t)(b.n >> 24), (uint8_t)(b.n >> 16),
			(uint8_t)(b.n >> 8), (uint8_t)b.n};

	hasher_add(h, bytes_of(n, sizeof(n)));
	hasher_add(h, b);
}

static void start(struct hasher *h, const struct key *key, struct bytes task,
		  struct bytes unit)
{
	hasher_blake2b(h, key);
	add_field(h, task);
	add_field(h, unit);
}

static uint64_t finish(const struct hasher *begun, struct bytes annotator)
{
	struct hasher h = *begun;
	uint8_t out[HASH_LEN];
	uint64_t v = 0;

	add_field(&h, annotator);
	hasher_end(&h, out);
	for (size_t i = 0; i < 8; i++)
		v = v << 8 | out[i];
	return v;
}

uint64_t assign_score(const struct key *assign, struct bytes task,
		      struct bytes unit, struct bytes annotator)
{
	struct hasher h;
	uint64_t v;

	start(&h, assign, task, unit);
	v = finish(&h, annotator);
	secret_wipe(&h, sizeof(h));
	return v;
}

static bool is_candidate(const struct task *t, uint32_t me)
{
	for (uint32_t i = 0; i < t->ncandidates; i++)
		if (t->candidates[i] == me)
			return true;
	return false;
}

/* Candidates lie in the order of their names, which settles ties. */
static bool wins(const struct assign_in *in)
{
	const struct task *t = in->task;
	const struct annotator *who = in->policy->annotators;
	uint32_t better = 0;
	bool after = false;
	struct hasher h;
	uint64_t mine;

	start(&h, in->key, bytes_str(t->name), in->unit);
	mine = finish(&h, bytes_str(who[in->me].name));
	for (uint32_t i = 0; i < t->ncandidates && better < t->overlap; i++) {
		uint32_t c = t->candidates[i];
		uint64_t v;

		if (c == in->me) {
			after = true;
			continue;
		}
		v = finish(&h, bytes_str(who[c].name));
		better += v > mine || (v == mine && !after);
	}
	secret_wipe(&h, sizeof(h));
	return better < t->overlap;
}

/* The text by which lists name the unit. False: they cannot name it. */
static bool list_name(struct bytes unit, uint8_t *out, size_t room, size_t *n)
{
	struct bytes rest = bytes_sub(unit, 2, SIZE_MAX);
	const uint8_t *nul;

	if (rest.n > room)
		return false;
	memcpy(out, rest.p, rest.n);
	*n = rest.n;
	if (unit.p[0] != 'r')
		return true;
	nul = memchr(rest.p, 0, rest.n);
	if (nul == NULL || memchr(rest.p, '#', (size_t)(nul - rest.p)) != NULL)
		return false;
	out[nul - rest.p] = '#';
	return true;
}

/* First place in the lists that is not before the unit. */
static uint32_t list_lower(const struct task *t, struct bytes name)
{
	uint32_t lo = 0, hi = t->nlists;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (bytes_cmp(t->lists[mid].unit, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

enum listed {
	LISTED_NOWHERE = 0,
	LISTED_OTHERS,
	LISTED_MINE
};

static enum listed listed(const struct assign_in *in)
{
	uint8_t room[ASSIGN_UNIT_MAX];
	struct bytes name = {room, 0};
	enum listed found = LISTED_NOWHERE;

	if (!list_name(in->unit, room, sizeof(room), &name.n))
		return LISTED_NOWHERE;
	for (uint32_t i = list_lower(in->task, name);
	     i < in->task->nlists && bytes_eq(in->task->lists[i].unit, name);
	     i++) {
		if (in->task->lists[i].annotator == in->me)
			return LISTED_MINE;
		found = LISTED_OTHERS;
	}
	return found;
}

bool assign_dealt(const struct assign_in *in)
{
	enum listed l = in->task->nlists > 0 ? listed(in) : LISTED_NOWHERE;

	if (l != LISTED_NOWHERE)
		return l == LISTED_MINE;
	return is_candidate(in->task, in->me) && wins(in);
}

bool assign_possible(const struct task *t, uint32_t me)
{
	if (is_candidate(t, me))
		return true;
	for (uint32_t i = 0; i < t->nlists; i++)
		if (t->lists[i].annotator == me)
			return true;
	return false;
}

struct writer {
	uint8_t *out;
	size_t n;
};

static void put(struct writer *w, struct bytes b)
{
	if (b.n > 0)
		memcpy(w->out + w->n, b.p, b.n);
	w->n += b.n;
}

size_t assign_unit(uint8_t out[ASSIGN_UNIT_MAX], enum deal_by by,
		   const char *dataset, struct bytes path, struct bytes last)
{
	struct writer w = {out, 0};
	struct bytes set = bytes_str(dataset);

	if (set.n > 64 || path.n > 4096 || last.n > 4096)
		return 0;
	if (by == DEAL_GROUP && last.n > 0) {
		put(&w, bytes_of("g", 2));
		put(&w, last);
		return w.n;
	}
	put(&w, bytes_of(by == DEAL_RECORD ? "r" : "o", 2));
	put(&w, set);
	put(&w, bytes_of("/", 1));
	put(&w, path);
	if (by == DEAL_RECORD) {
		put(&w, bytes_of("", 1));
		put(&w, last);
	}
	return w.n;
}
