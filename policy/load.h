/* The parts of policy_load, one per block of the language. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_LOAD_H
#define POLICY_LOAD_H

#include "policy/load_yaml.h"
#include "policy/rules.h"

/*
 * All: fill the given part of the policy from its node, whose place every
 * complaint names; -EPROTO, -ENOMEM. What is made lies in p->arena. Parts that
 * name others (roles, tasks, annotators, data sets) expect those loaded.
 */

/** load_files(p, n, out, e): one glob or a list, each naming a data set. */
int load_files(const struct policy *p, const struct yaml_node *n,
	       struct strings *out, struct err *e) MUST_CHECK;

/** load_records(n, out, e): assigned, task or all. */
int load_records(const struct yaml_node *n, enum records *out,
		 struct err *e) MUST_CHECK;

/** load_see(p, list, fallback, role, e): see rules; fallback: records where a
 * rule says none. */
int load_see(const struct policy *p, const struct yaml_node *list,
	     enum records fallback, struct role *role,
	     struct err *e) MUST_CHECK;

/** load_redact(p, map, role, e): transforms; map NULL: none, all are tagged. */
int load_redact(const struct policy *p, const struct yaml_node *map,
		struct role *role, struct err *e) MUST_CHECK;

/** load_transform(p, n, out, e): "pseudonym" or { mask: { keep_last: 4 } },
 * with its conditions. */
int load_transform(const struct policy *p, const struct yaml_node *n,
		   struct transform *out, struct err *e) MUST_CHECK;

/** load_is_condition(key): min_score, speaker or task. load_conditions(p, map,
 * t, e): those of a transform's map. load_check_conditions(n, t, fallback, e):
 * they can have an effect: fallback is stricter than t. */
bool load_is_condition(struct bytes key);
int load_conditions(const struct policy *p, const struct yaml_node *map,
		    struct transform *t, struct err *e) MUST_CHECK;
int load_check_conditions(const struct yaml_node *n, const struct transform *t,
			  const struct transform *fallback,
			  struct err *e) MUST_CHECK;

/** load_scope(n, out, e): record, task, project, annotator; n NULL: project. */
int load_scope(const struct yaml_node *n, enum scope *out,
	       struct err *e) MUST_CHECK;

/** load_type(key, e): an entity type's name, and no slip of a known one. */
int load_type(const struct yaml_node *key, struct err *e) MUST_CHECK;

/** load_fields(p, list, role, e): fields taken out, and the decision for each
 * set of entries that an object may match; list NULL: none. After
 * load_redact and load_audio. */
int load_fields(const struct policy *p, const struct yaml_node *list,
		struct role *role, struct err *e) MUST_CHECK;

/** load_audio(p, map, out, e): what is heard in place of values; map NULL:
 * silence, with the padding that is usual. Before load_fields. */
int load_audio(const struct policy *p, const struct yaml_node *map,
	       struct audio *out, struct err *e) MUST_CHECK;

/** load_ways(p, map, role, e): names, work, allow, limits and undetected of a
 * merged role. */
int load_ways(const struct policy *p, const struct yaml_node *map,
	      struct role *role, struct err *e) MUST_CHECK;

/** load_merge(a, parent, own, out, e): a role's map over its parent's: maps
 * merge one level deep, lists and values replace. Shares nodes with both. */
int load_merge(struct arena *a, const struct yaml_node *parent,
	       const struct yaml_node *own, const struct yaml_node **out,
	       struct err *e) MUST_CHECK;

/** load_roles(p, map, e), load_tasks, load_annotators, in this order; then
 * load_deals(p, map, e): the assign of each task, which names annotators;
 * load_shares(p, annotators, e): nobody sits before a task that can never
 * deal them a record. */
int load_roles(struct policy *p, const struct yaml_node *map,
	       struct err *e) MUST_CHECK;
int load_tasks(struct policy *p, const struct yaml_node *map,
	       struct err *e) MUST_CHECK;
int load_annotators(struct policy *p, const struct yaml_node *map,
		    struct err *e) MUST_CHECK;
int load_deals(struct policy *p, const struct yaml_node *map,
	       struct err *e) MUST_CHECK;
int load_shares(const struct policy *p, const struct yaml_node *map,
		struct err *e) MUST_CHECK;

/** load_unenforced(p, root, e): the lines of policy_unenforced; last of all. */
int load_unenforced(struct policy *p, const struct yaml_node *root,
		    struct err *e) MUST_CHECK;

/** load_refs(p, n, what, find, near, out, count, e): a name or a list of
 * names, each found; the complaint names the nearest. */
struct load_ref {
	const char *what; /* "role" */
	uint32_t (*find)(const struct policy *p, struct bytes name);
	const char *(*near)(const struct policy *p, struct bytes name);
};
int load_refs(const struct policy *p, const struct yaml_node *n,
	      const struct load_ref *ref, uint32_t **out, uint32_t *count,
	      struct err *e) MUST_CHECK;

#endif
