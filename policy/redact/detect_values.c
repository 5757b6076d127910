/* Numbering values, types and rules of one object as they appear. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/detect_values.h"

#include <errno.h>

#include "base/mem.h"
#include "base/sign.h"

struct detect_slot {
	uint64_t hash; /* never 0 in a used slot */
	uint32_t number;
	uint32_t record; /* 1 + where ord holds */
	uint32_t ord;
};

static uint32_t count_names(const char *(*name)(const struct recognizers *,
						uint32_t),
			    const struct recognizers *r)
{
	uint32_t n = 0;

	while (name(r, n) != NULL)
		n++;
	return n;
}

int detect_values_open(struct detect_values *v, const struct recognizers *r)
{
	size_t types = count_names(recognizers_type, r);
	size_t rules = count_names(recognizers_rule, r);

	*v = (struct detect_values){0};
	v->type_nr = mem_new(types + 1, sizeof(*v->type_nr));
	v->rule_nr = mem_new(rules + 1, sizeof(*v->rule_nr));
	v->types = mem_new(types + 1, sizeof(*v->types));
	v->rules = mem_new(rules + 1, sizeof(*v->rules));
	v->counts = mem_new(types + 1, sizeof(*v->counts));
	v->stamps = mem_new(types + 1, sizeof(*v->stamps));
	if (v->type_nr == NULL || v->rule_nr == NULL || v->types == NULL ||
	    v->rules == NULL || v->counts == NULL || v->stamps == NULL)
		return -ENOMEM;
	return 0;
}

void detect_values_close(struct detect_values *v)
{
	mem_free(v->slots);
	mem_free(v->type_nr);
	mem_free(v->rule_nr);
	mem_free(v->types);
	mem_free(v->rules);
	mem_free(v->counts);
	mem_free(v->stamps);
	*v = (struct detect_values){0};
}

static struct detect_slot *slot_find(struct detect_slot *slots, uint32_t cap,
				     uint64_t hash)
{
	uint32_t i = (uint32_t)hash & (cap - 1);

	while (slots[i].hash != 0 && slots[i].hash != hash)
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

/* Room for one more: at most two thirds are used. */
static int slots_grow(struct detect_values *v)
{
	uint32_t cap = v->cap == 0 ? 64 : v->cap * 2;
	struct detect_slot *slots;

	if (v->cap != 0 && v->n + 1 < v->cap - v->cap / 3)
		return 0;
	if (cap < v->cap)
		return -EFBIG;
	slots = mem_new(cap, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < v->cap; i++) {
		if (v->slots[i].hash != 0)
			*slot_find(slots, cap, v->slots[i].hash) = v->slots[i];
	}
	mem_free(v->slots);
	v->slots = slots;
	v->cap = cap;
	return 0;
}

static uint64_t value_hash(uint16_t type, struct bytes canon)
{
	uint8_t key[16] = "carrel values";
	uint64_t h;

	key[14] = (uint8_t)(type >> 8);
	key[15] = (uint8_t)type;
	h = siphash(key, canon);
	return h == 0 ? 1 : h;
}

/* The object's own number of a type or rule; taken up at first use. */
static uint16_t local(uint16_t *nrs, struct bytes *names, uint32_t *n,
		      uint16_t nr, const char *name)
{
	if (nrs[nr] == 0) {
		names[*n] = bytes_str(name);
		nrs[nr] = (uint16_t)++ * n;
	}
	return (uint16_t)(nrs[nr] - 1);
}

/* Which distinct value of its type in its record this is: 1, 2 ... */
static uint32_t ord_of(struct detect_values *v, struct detect_slot *slot,
		       uint16_t type, uint32_t record)
{
	if (slot->record == record + 1)
		return slot->ord;
	if (v->stamps[type] != record + 1) {
		v->stamps[type] = record + 1;
		v->counts[type] = 0;
	}
	slot->record = record + 1;
	slot->ord = ++v->counts[type];
	return slot->ord;
}

int detect_values_span(struct detect_values *v, const struct recognizers *r,
		       const struct hit *hit, struct bytes canon,
		       uint32_t record, struct span *s)
{
	const char *type = recognizers_type(r, hit->type);
	const char *rule = recognizers_rule(r, hit->rule);
	struct detect_slot *slot;
	uint64_t hash;
	int rc;

	if (type == NULL || rule == NULL)
		return -EPROTO;
	rc = slots_grow(v);
	if (rc != 0)
		return rc;
	s->type = local(v->type_nr, v->types, &v->ntypes, hit->type, type);
	s->rule = local(v->rule_nr, v->rules, &v->nrules, hit->rule, rule);
	hash = value_hash(s->type, canon);
	slot = slot_find(v->slots, v->cap, hash);
	if (slot->hash == 0) {
		slot->hash = hash;
		slot->number = v->n++;
	}
	s->value = slot->number;
	s->ord = ord_of(v, slot, s->type, record);
	return 0;
}
