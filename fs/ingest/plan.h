/* What an ingest does, from its manifest: learned by a child, found here. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INGEST_PLAN_H
#define INGEST_PLAN_H

#include "fs/ingest/job.h"

#define LISTS_MAX 64

/* The manifest's texts, and what the child said of it. */
struct plan {
	struct buf text, place;
	struct bytes files[2 * LISTS_MAX]; /* name, data */
	struct buf datas[LISTS_MAX], names[LISTS_MAX];
	struct buf places[LISTS_MAX]; /* of the lists in the system */
	struct child_setup setup;
	struct buf name, terms;
	struct arena *arena; /* of rules */
	const struct external_rule *rules;
	uint32_t nrules;
	struct external_list *external;
};

/**
 * plan_make(p, run, e): read the manifest that run wants, have a child tell
 * what it says, read its word lists and find its programs; run's children have
 * all of it from then on, and run->setup is its digest. p: zeroed by mem_new.
 * Errors: as ingest_run.
 */
int plan_make(struct plan *p, struct ingest_run *run, struct err *e) MUST_CHECK;
/** plan_free(p): p itself, too; NULL is fine. No child may be at work. */
void plan_free(struct plan *p);

/** plan_drop(p, manifest, w): what p was made of is no data of w's. */
void plan_drop(struct plan *p, const char *manifest, struct walk *w);

#endif
