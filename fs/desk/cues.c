/* Which words beside a value recognizers know: for the owner. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/desk/cues.h"

#include "base/secret.h"

/* The last ones before the value stay, the first ones behind it are added. */
struct cues {
	struct bytes v[CUES];
	size_t n;
};

static void before(void *ctx, struct bytes word)
{
	struct cues *c = ctx;

	if (c->n == CUES) {
		memmove(c->v, c->v + 1, (CUES - 1) * sizeof(c->v[0]));
		c->n--;
	}
	c->v[c->n++] = word;
}

static void behind(void *ctx, struct bytes word)
{
	struct cues *c = ctx;

	if (c->n < CUES)
		c->v[c->n++] = word;
}

/* A word that is cut off by an end of what was read is none. */
static struct bytes whole(struct bytes b, bool front, bool back)
{
	while (front && b.n > 0 && (b.p[0] | 32) >= 'a' && (b.p[0] | 32) <= 'z')
		b = bytes_sub(b, 1, b.n);
	while (back && b.n > 0 && (b.p[b.n - 1] | 32) >= 'a' &&
	       (b.p[b.n - 1] | 32) <= 'z')
		b.n--;
	return b;
}

int cues_put(struct json_out *o, const struct recognizers *r,
	     const struct lens *l, const struct span *s,
	     const struct record *rec)
{
	uint8_t b[CUES_BACK], f[CUES_ON];
	uint64_t from = rec->start;
	uint64_t left = rec->end > s->end ? rec->end - s->end : 0;
	bool cut = s->start > from && s->start - from > CUES_BACK;
	size_t n = cut ? CUES_BACK
		       : (size_t)(s->start > from ? s->start - from : 0);
	size_t m = left < CUES_ON ? (size_t)left : CUES_ON;
	struct cues c = {.n = 0};
	int rc = n == 0 ? 0 : lens_source(l->object, s->start - n, b, n);

	if (rc == 0 && m > 0)
		rc = lens_source(l->object, s->end, f, m);
	if (rc == 0) {
		recognizers_cues(r, whole(bytes_of(b, n), cut, false), before,
				 &c);
		recognizers_cues(r, whole(bytes_of(f, m), false, left > m),
				 behind, &c);
	}
	json_key(o, "context");
	json_arr(o);
	for (size_t i = 0; rc == 0 && i < c.n; i++)
		json_str(o, c.v[i]);
	json_arr_end(o);
	secret_wipe(b, sizeof(b));
	secret_wipe(f, sizeof(f));
	return rc;
}
