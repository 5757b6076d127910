/* What a policy's text becomes: the room's own view of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include "policy/policy.h"

/* Bounds of one role, so that a decision stays a table look-up. */
#define RULES_SEE_MAX 64      /* see rules: one bit each in seat_memo */
#define RULES_FIELDS_MAX 6    /* entries of fields: */
#define RULES_PATHS_MAX 64    /* paths in them, all together */
#define RULES_PEOPLE_MAX 4096 /* tasks; annotators */
#define RULES_NONE UINT32_MAX

/* Everything here lies in the policy's arena. */
struct strings {
	const char *const *v;
	size_t n;
};

/* The strictest first: a see rule that says nothing deals. */
enum records {
	RECORDS_ASSIGNED = 0,
	RECORDS_TASK,
	RECORDS_ALL,
};

struct where {
	const char *key;
	struct strings values;
};

struct see {
	struct strings files;
	const struct where *where;
	uint32_t nwhere;
	enum records records;
	uint32_t line;
};

struct field_entry {
	struct strings files;
	const struct field_rule *rules;
	uint32_t nrules;
};

struct work {
	struct strings keep, sees;
	uint64_t quota;
};

struct allow {
	bool terminal, gui;
	uint16_t *ports;
	uint32_t nports;
};

struct role {
	const char *name;
	const struct see *see;
	uint32_t nsee;
	struct decision decision; /* without fields */
	const struct field_entry *fields;
	uint32_t nfields;
	struct decision *by_fields; /* 1 << nfields: bit i, entry i holds; as
				       many behind them, without swaps */
	enum names names;
	struct work work;
	struct allow allow;
	struct limits limits;
	bool needs_task; /* some see rule says assigned or task */
	bool images;	 /* pictures, in which nobody searched, are seen */
};

enum deal_by {
	DEAL_GROUP = 0,
	DEAL_OBJECT,
	DEAL_RECORD
};

/* assign: {alice: [unit]}; sorted by unit, then annotator. */
struct dealt {
	struct bytes unit;
	uint32_t annotator;
};

struct task {
	const char *name;
	struct strings files;
	bool deals; /* has an assign */
	enum deal_by by;
	uint32_t overlap;
	uint32_t *among; /* roles */
	uint32_t namong;
	struct dealt *lists;
	uint32_t nlists;
	uint32_t *candidates; /* annotators, by name */
	uint32_t ncandidates;
	const char *instructions; /* NULL: none */
	int64_t expires;	  /* 0: never */
};

struct annotator {
	const char *name;
	uint32_t role;
	uint32_t *tasks;
	uint32_t ntasks;
	const char *user; /* NULL: not bound */
	bool revoked;	  /* the key is there, whatever its date */
	int64_t revoked_at;
};

struct yaml_node;
struct policy {
	struct arena *arena;
	const struct yaml_node *task_nodes; /* while loading: their names */
	uint8_t hash[32];
	const char *name, *project, *purpose;
	struct strings datasets;
	enum confinement confinement;
	enum durability durability;
	bool exact_reads;
	struct role *roles;
	struct task *tasks;
	struct annotator *annotators;
	const char **annotator_names;
	uint32_t nroles, ntasks, nannotators;
	const char **unenforced; /* lines for people */
	size_t nunenforced;
};

/**
 * rules_role(p, name), rules_task, rules_annotator: number, or RULES_NONE.
 */
uint32_t rules_role(const struct policy *p, struct bytes name);
uint32_t rules_task(const struct policy *p, struct bytes name);
uint32_t rules_annotator(const struct policy *p, struct bytes name);

/**
 * rules_near_role(p, name), rules_near_task, rules_near_annotator: the nearest
 * name there is, NULL.
 */
const char *rules_near_role(const struct policy *p, struct bytes name);
const char *rules_near_task(const struct policy *p, struct bytes name);
const char *rules_near_annotator(const struct policy *p, struct bytes name);

/**
 * rules_match(files, dataset, path): some glob of files matches
 * "DATASET/PATH".
 */
bool rules_match(struct strings files, const char *dataset, struct bytes path);

/**
 * rules_has(v, s): s is one of v.
 */
bool rules_has(struct strings v, struct bytes s);

#endif
