/* Look-ups in a loaded policy: by name, by path. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rules.h"

#include "policy/near.h"
#include "policy/redact/dataset.h"

uint32_t rules_role(const struct policy *p, struct bytes name)
{
	for (uint32_t i = 0; i < p->nroles; i++)
		if (bytes_is(name, p->roles[i].name))
			return i;
	return RULES_NONE;
}

uint32_t rules_task(const struct policy *p, struct bytes name)
{
	for (uint32_t i = 0; i < p->ntasks; i++)
		if (bytes_is(name, p->tasks[i].name))
			return i;
	return RULES_NONE;
}

uint32_t rules_annotator(const struct policy *p, struct bytes name)
{
	for (uint32_t i = 0; i < p->nannotators; i++)
		if (bytes_is(name, p->annotators[i].name))
			return i;
	return RULES_NONE;
}

/* The nearer of two names; count names one after another, no list made. */
static const char *nearer(struct bytes name, const char *best,
			  const char *other)
{
	const char *both[] = {best, other};

	return best == NULL ? near_word(name, &other, 1)
			    : near_word(name, both, 2);
}

const char *rules_near_role(const struct policy *p, struct bytes name)
{
	const char *best = NULL;

	for (uint32_t i = 0; i < p->nroles; i++)
		best = nearer(name, best, p->roles[i].name);
	return best;
}

const char *rules_near_task(const struct policy *p, struct bytes name)
{
	const char *best = NULL;

	for (uint32_t i = 0; i < p->ntasks; i++)
		best = nearer(name, best, p->tasks[i].name);
	return best;
}

const char *rules_near_annotator(const struct policy *p, struct bytes name)
{
	return near_word(name, p->annotator_names, p->nannotators);
}

bool rules_has(struct strings v, struct bytes s)
{
	for (size_t i = 0; i < v.n; i++)
		if (bytes_is(s, v.v[i]))
			return true;
	return false;
}

/* No allocation: a match that failed for want of memory could show a field, or
 * leave the word to a wider rule. Names too long for the room match nothing. */
bool rules_match(struct strings files, const char *dataset, struct bytes path)
{
	uint8_t name[64 + 1 + 4096];
	struct bytes set = bytes_str(dataset);

	if (set.n > 64 || path.n > 4096)
		return false;
	memcpy(name, set.p, set.n);
	name[set.n] = '/';
	memcpy(name + set.n + 1, path.p, path.n);
	for (size_t i = 0; i < files.n; i++)
		if (glob_match(files.v[i], bytes_of(name, set.n + 1 + path.n)))
			return true;
	return false;
}
