/* What the owner's own programs find, merged with what is found here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "policy/redact/recognizer.h"

static int add_type(struct recognizers *r, const char *type)
{
	char *own;

	if (recognizers_type_of(r, type) >= 0)
		return 0;
	own = arena_str(r->arena, bytes_str(type));
	if (own == NULL)
		return -ENOMEM;
	r->types[r->ntypes++] = own;
	return 0;
}

static int add_rule(struct recognizers *r, const char *name)
{
	struct buf b CLEANUP(buf_free) = {0};
	int rc = buf_printf(&b, "external:%s", name);

	if (rc != 0)
		return rc;
	r->rules[r->nrules] = arena_str(r->arena, buf_bytes(&b));
	if (r->rules[r->nrules] == NULL)
		return -ENOMEM;
	r->nrules++;
	return 0;
}

int recognizer_external_new(struct recognizers *r,
			    const struct dataset_rules *d)
{
	int rc = 0;

	r->external = r->nrules;
	r->nexternal = d->nexternal;
	for (uint32_t i = 0; rc == 0 && i < d->nexternal; i++) {
		const struct external_rule *x = &d->external[i];

		rc = add_rule(r, x->name);
		for (size_t k = 0; rc == 0 && k < x->ntypes; k++)
			rc = add_type(r, x->types[k]);
	}
	return rc;
}

void recognizers_ask(struct recognizers *r, struct recognizers_ask *a)
{
	r->ask = a;
}

void recognizers_about(const struct recognizers *r, struct bytes path,
		       struct bytes language)
{
	if (r->ask == NULL)
		return;
	r->ask->path = path;
	r->ask->language = language;
}

uint16_t recognizers_external(const struct recognizers *r, uint32_t i)
{
	return (uint16_t)(r->external + i);
}

static int by_run(const void *pa, const void *pb)
{
	const struct hit *a = pa, *b = pb;

	return (a->run > b->run) - (a->run < b->run);
}

static bool fits(const struct recognizers *r, const struct run *runs, size_t n,
		 const struct hit *h)
{
	struct bytes t;

	if (h->run >= n || h->start >= h->end || h->end > runs[h->run].text.n ||
	    h->score > 100 || h->type >= r->ntypes || h->rule >= r->nrules)
		return false;
	t = runs[h->run].text;
	return utf8_floor(t, h->start) == h->start &&
	       utf8_floor(t, h->end) == h->end;
}

/* Both lists ascend by run. */
static int merge(const struct run *runs, const struct hits *old, size_t from,
		 const struct hits *fresh, struct hits *to)
{
	size_t i = from, k = 0;
	int rc = 0;

	while (rc == 0 && (i < old->n || k < fresh->n)) {
		size_t first = to->n;
		uint32_t run = i < old->n ? old->v[i].run : UINT32_MAX;

		if (k < fresh->n && fresh->v[k].run < run)
			run = fresh->v[k].run;
		for (; rc == 0 && i < old->n && old->v[i].run == run; i++)
			rc = recognizer_hits_put(to, old->v[i]);
		for (; rc == 0 && k < fresh->n && fresh->v[k].run == run; k++)
			rc = recognizer_hits_put(to, fresh->v[k]);
		if (rc == 0)
			rc = recognizer_hits_resolve(to, first, runs[run].text);
	}
	return rc;
}

int recognizer_external(const struct recognizers *r, const struct run *runs,
			size_t n, size_t from, struct hits *out)
{
	struct hits fresh CLEANUP(hits_free) = {0};
	struct hits to CLEANUP(hits_free) = {0};
	int rc =
		r->ask == NULL ? -ENOTSUP : r->ask->fn(r->ask, runs, n, &fresh);

	for (size_t i = 0; rc == 0 && i < fresh.n; i++)
		rc = fits(r, runs, n, &fresh.v[i]) ? 0 : -EPROTO;
	if (rc != 0 || fresh.n == 0)
		return rc;
	qsort(fresh.v, fresh.n, sizeof(*fresh.v), by_run);
	for (size_t i = 0; rc == 0 && i < from; i++)
		rc = recognizer_hits_put(&to, out->v[i]);
	if (rc == 0)
		rc = merge(runs, out, from, &fresh, &to);
	if (rc == 0) {
		struct hits was = *out;

		*out = to;
		to = was;
	}
	return rc;
}
