/* Which objects a desk may have: pins, terms, and the seat's answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/roster.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fs/desk/measure.h"
#include "fs/desk/refer.h"

/* ---- data sets ---- */

static int cmp_pin(const void *a, const void *b)
{
	const struct desk_pin *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int check_terms(const struct desk *d, const struct desk_set *s,
		       struct err *e)
{
	struct arena *CLEANUP(arena_freep) a = arena_new();
	struct terms t = {0};
	int rc;

	if (a == NULL)
		return err_nomem(e);
	rc = terms_get(buf_bytes(&s->info.info), a, &t, e);
	if (rc != 0)
		return rc;
	return policy_terms(d->subject->policy, s->name, &t, d->now, e);
}

static int open_set(struct desk *d, const struct desk_pin *pin, struct err *e)
{
	struct desk_set *s = &d->sets[d->nsets];
	int rc = store_dataset_get(d->store, pin->name, pin->version, &s->info,
				   e);

	d->nsets++;
	s->desk = d;
	if (rc == 0 && s->info.version == 0)
		rc = -ENOENT;
	if (rc == -ENOENT)
		return err_set(e, rc, NULL,
			       "data set \"%s\" is not in the store%s; "
			       "`carrel ls` lists what is",
			       pin->name,
			       pin->version != 0 ? " in that version" : "");
	if (rc != 0)
		return rc;
	s->name = arena_str(d->arena, bytes_str(pin->name));
	return s->name == NULL ? err_nomem(e) : check_terms(d, s, e);
}

/* Sorted copies; the same name twice counts once. */
static int open_sets(struct desk *d, struct desk_pin *pins, size_t n,
		     struct err *e)
{
	int rc = 0;

	qsort(pins, n, sizeof(*pins), cmp_pin);
	d->sets = mem_new(n + 1, sizeof(*d->sets));
	if (d->sets == NULL)
		return err_nomem(e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (i == 0 || cmp_pin(&pins[i - 1], &pins[i]) != 0)
			rc = open_set(d, &pins[i], e);
	return rc;
}

int roster_pin(struct desk *d, const struct desk_pin *pins, size_t n,
	       struct err *e)
{
	struct desk_pin *CLEANUP(mem_freep) own = NULL;
	const char *const *names = NULL;

	if (pins == NULL)
		n = policy_datasets(d->subject->policy, &names);
	own = mem_new(n + 1, sizeof(*own));
	if (own == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		own[i] = pins != NULL ? pins[i]
				      : (struct desk_pin){.name = names[i]};
	return open_sets(d, own, n, e);
}

/* ---- objects ---- */

static int keep(struct desk *d, const struct desk_object *o)
{
	if (d->nobjects == d->cap) {
		uint32_t cap = d->cap == 0 ? 64 : d->cap + d->cap / 2;
		void *p = mem_grow(d->objects, cap, sizeof(*d->objects));

		if (p == NULL)
			return -ENOMEM;
		d->objects = p;
		d->cap = cap;
	}
	d->objects[d->nobjects++] = *o;
	return 0;
}

static int take(struct desk *d, uint32_t set, const struct shelf_object *of,
		struct arena *scratch, struct err *e)
{
	struct index_summary summary;
	struct candidate c = {.dataset = d->sets[set].name,
			      .path = shelf_path(of),
			      .summary = &summary};
	struct desk_object o = {.of = of, .set = set};
	enum seen seen;
	int rc;

	arena_reset(scratch);
	rc = index_summary_get(shelf_summary(of), scratch, &summary, e);
	if (rc != 0)
		return rc;
	seen = seat_object(d->seat, &c);
	if (seen == SEEN_NOTHING)
		return 0;
	o.decision = seat_decision(d->seat, &c);
	o.whole = seen == SEEN_WHOLE;
	o.refers = refer_shows(o.decision, &summary);
	return keep(d, &o);
}

int roster_fill(struct desk *d, struct err *e)
{
	struct arena *CLEANUP(arena_freep) scratch = arena_new();
	int rc = 0;

	if (scratch == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; rc == 0 && i < d->nsets; i++) {
		struct desk_set *set = &d->sets[i];

		rc = shelf_take(d->shelves, d->store, &set->info, &set->shelf,
				e);
		for (uint32_t k = 0; rc == 0 && k < set->shelf->n; k++)
			rc = take(d, i, &set->shelf->objects[k], scratch, e);
	}
	return rc;
}

void roster_thin(struct desk *d)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < d->nobjects; i++)
		if (measure_shows(&d->objects[i]))
			d->objects[n++] = d->objects[i];
	d->nobjects = n;
	if (n > 0) { /* what is not shown takes no room */
		void *p = mem_grow(d->objects, n, sizeof(*d->objects));

		d->objects = p == NULL ? d->objects : p;
		d->cap = n;
	}
}

void roster_free(struct desk *d)
{
	for (size_t i = 0; i < d->nsets; i++) {
		shelf_give(d->shelves, d->sets[i].shelf);
		store_dataset_free(&d->sets[i].info);
	}
	mem_free(d->sets);
	mem_free(d->objects);
	d->sets = NULL;
	d->objects = NULL;
	d->nsets = d->nobjects = d->cap = 0;
}
