/* Whether a desk would be the same under another policy. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/hash.h"
#include "fs/desk/desk_in.h"
#include "fs/desk/meter.h"

/*
 * What an object's view depends on is one digest (desk_digest), the same that
 * keys its view index; so the question is asked with it, once as the desk is
 * and once as it would be with the other subject's seat. Objects that would be
 * added do not matter: the desk is what it is until it is opened anew.
 */
static int digest_of(const struct desk *d, const struct desk_object *o,
		     uint8_t out[HASH_LEN])
{
	struct hasher h;
	int rc;

	hasher_blake2b(&h, NULL);
	rc = desk_digest(d, o, &h);
	hasher_end(&h, out);
	return rc;
}

static bool same_object(const struct desk *d, const struct desk *other,
			const struct desk_object *o)
{
	struct arena *CLEANUP(arena_freep) a = arena_new();
	struct index_summary summary;
	const struct candidate c = {.dataset = d->sets[o->set].name,
				    .path = shelf_path(o->of),
				    .summary = &summary};
	struct desk_object would = *o;
	uint8_t is[HASH_LEN], then[HASH_LEN];

	if (a == NULL ||
	    index_summary_get(shelf_summary(o->of), a, &summary, NULL) != 0)
		return false;
	if (seat_object(d->seat, &c) != seat_object(other->seat, &c))
		return false;
	would.decision = seat_decision(other->seat, &c);
	return digest_of(d, o, is) == 0 &&
	       digest_of(other, &would, then) == 0 &&
	       memcmp(is, then, HASH_LEN) == 0;
}

static bool is_less(uint64_t then, uint64_t is)
{
	return then != 0 && (is == 0 || then < is);
}

/* Who may do less under the other policy must begin anew under it. */
static bool is_stricter(const struct limits *then, const struct limits *is)
{
	return is_less(then->records_per_hour, is->records_per_hour) ||
	       is_less(then->bytes_per_day, is->bytes_per_day) ||
	       is_less(then->opens_per_minute, is->opens_per_minute) ||
	       is_less(meter_flags(then), meter_flags(is)) ||
	       is_less(then->session, is->session) ||
	       is_less(then->idle, is->idle);
}

bool desk_same(const struct desk *d, const struct subject *s)
{
	/* What desk_digest looks at, and no more: d is being read from. */
	struct desk other = {.store = d->store,
			     .subject = s,
			     .standin_key = d->standin_key,
			     .assign_key = d->assign_key,
			     .sets = d->sets,
			     .nsets = d->nsets,
			     .exclusions = d->exclusions,
			     .nexclusions = d->nexclusions,
			     .places = d->places};
	bool same = true;

	if (strcmp(policy_project(s->policy),
		   policy_project(d->subject->policy)) != 0 ||
	    policy_seat(s, d->assign_key, &other.seat, NULL) != 0)
		return false;
	memcpy(other.exclusions_digest, d->exclusions_digest,
	       sizeof(other.exclusions_digest));
	/* Where all that is there is as it was, it is seen where it was. */
	memcpy(other.places_digest, d->places_digest,
	       sizeof(other.places_digest));
	if (seat_names(other.seat) != seat_names(d->seat) ||
	    is_stricter(seat_limits(other.seat), seat_limits(d->seat)))
		same = false;
	for (uint32_t i = 0; same && i < d->nobjects; i++)
		same = same_object(d, &other, &d->objects[i]);
	policy_seat_free(other.seat);
	return same;
}
