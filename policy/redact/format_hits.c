/* What the paths that hit a value want of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/format_value.h"

static uint32_t lowest(uint64_t mask)
{
	return (uint32_t)__builtin_ctzll(mask);
}

static int attr_take(struct format_reader *r, uint32_t nr, struct bytes text)
{
	if (!r->inside || r->whole)
		return r->sink->attr(r->sink->ctx, nr, text);
	if (r->attrs[nr].p == NULL)
		r->attrs[nr] = text;
	else if (!bytes_eq(r->attrs[nr], text))
		r->attrs[nr] = bytes_str(FORMAT_CONTRADICTORY);
	return 0;
}

/* Never an empty p, for p NULL is "absent". */
int format_hits_take(struct format_reader *r, uint64_t hits, struct bytes text,
		     struct bytes *speaker)
{
	const struct format_plan *p = r->plan;
	uint64_t m;
	int rc = 0;

	if (text.p == NULL)
		text = bytes_str("");
	if ((hits & p->id) != 0 && r->id.p == NULL)
		r->id = text;
	if ((hits & p->group) != 0 && r->group.p == NULL)
		r->group = text;
	if ((hits & p->speaker) != 0 && speaker != NULL)
		*speaker = text;
	for (m = hits & p->attrs; rc == 0 && m != 0; m &= m - 1)
		rc = attr_take(r, p->attr_nr[lowest(m)], text);
	for (m = hits & p->known; rc == 0 && m != 0 && !r->inside; m &= m - 1)
		rc = r->sink->known(r->sink->ctx, p->known_nr[lowest(m)], text);
	return rc;
}

uint16_t format_hits_known(const struct format_plan *p, uint64_t hits)
{
	uint64_t m = hits & p->known;

	if (m == 0)
		return 0;
	return (uint16_t)(1 + p->known_type[p->known_nr[lowest(m)]]);
}
