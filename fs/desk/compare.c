/* What one desk shows and another does not: counts per data set. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/compare.h"

#include "fs/desk/desk_in.h"

/* One desk's objects, by data set and stored path. */
struct row {
	const struct desk *desk; /* NULL: none */
	size_t set;
	uint32_t object;
};

static const char *set_of(const struct row *r)
{
	return r->desk != NULL && r->set < r->desk->nsets
		       ? r->desk->sets[r->set].name
		       : NULL;
}

/* The object at hand, if it is of the data set at hand. */
static const struct desk_object *object_of(const struct row *r)
{
	const struct desk_object *o;

	if (r->desk == NULL || r->object >= r->desk->nobjects)
		return NULL;
	o = &r->desk->objects[r->object];
	return o->set == r->set ? o : NULL;
}

/* How many records of o the other way of showing it lacks. Bits say which are
 * shown; without them all are that can be. */
static uint64_t more(const struct desk_object *o, const struct desk_object *x)
{
	uint64_t n = 0;

	if (x->bits == NULL)
		return 0;
	if (o->bits == NULL)
		return o->visible - x->visible;
	for (uint32_t i = 0; i < o->of->nblocks; i++)
		for (size_t k = 0; k < o->bits[i].n && k < x->bits[i].n; k++)
			n += (uint64_t)__builtin_popcount(
				o->bits[i].p[k] & ~x->bits[i].p[k] & 0xff);
	return n;
}

/* Which of the two comes first; NULL: there is no more on that side. */
static int cmp_object(const struct desk_object *x, const struct desk_object *y)
{
	if (x == NULL)
		return 1;
	return y == NULL ? -1 : bytes_cmp(shelf_path(x->of), shelf_path(y->of));
}

/* From one side alone, or from both. */
static void take(const struct desk_object *x, const struct desk_object *y,
		 struct desk_delta *d)
{
	if (x != NULL && y != NULL) {
		d->records_lost += more(x, y);
		d->records_gained += more(y, x);
	} else if (x != NULL) {
		d->objects_lost++;
		d->records_lost += x->visible;
	} else if (y != NULL) {
		d->objects_gained++;
		d->records_gained += y->visible;
	}
}

static void compare_set(struct row *a, struct row *b, bool both_a, bool both_b,
			struct desk_delta *d)
{
	for (;;) {
		const struct desk_object *x = both_a ? object_of(a) : NULL;
		const struct desk_object *y = both_b ? object_of(b) : NULL;
		int c = cmp_object(x, y);

		if (x == NULL && y == NULL)
			return;
		take(c <= 0 ? x : NULL, c >= 0 ? y : NULL, d);
		a->object += c <= 0;
		b->object += c >= 0;
	}
}

int desk_compare(const struct desk *a, const struct desk *b,
		 int (*each)(void *ctx, const struct desk_delta *d), void *ctx)
{
	struct row x = {.desk = a}, y = {.desk = b};
	const char *s, *t;
	int rc = 0;

	while (s = set_of(&x), t = set_of(&y),
	       rc == 0 && (s != NULL || t != NULL)) {
		int c = s == NULL ? 1 : t == NULL ? -1 : strcmp(s, t);
		struct desk_delta d = {.dataset = c <= 0 ? s : t};

		compare_set(&x, &y, c <= 0, c >= 0, &d);
		x.set += c <= 0;
		y.set += c >= 0;
		if (d.objects_gained + d.objects_lost + d.records_gained +
			    d.records_lost >
		    0)
			rc = each(ctx, &d);
	}
	return rc;
}
