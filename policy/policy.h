/* The policy's front door: load it, ask it who may see what, and how. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/arena.h"
#include "base/err.h"
#include "policy/redact/decision.h"
#include "policy/redact/index.h"

struct policy; /* immutable once loaded; threads may share it */

/** policy_free(p): NULL is fine; policy_freep fits CLEANUP. */
void policy_free(struct policy *p);
static inline void policy_freep(struct policy **p)
{
	policy_free(*p);
}

/**
 * policy_load(text, name, out, e): parse and check all of it; name is for
 * places "name:line:column". -EPROTO with the place, what is wrong, and the
 * nearest valid key. Unknown keys, duplicate keys, aliases, tabs: errors.
 */
int policy_load(struct bytes text, const char *name, struct policy **out,
		struct err *e) MUST_CHECK;

enum confinement {
	CONFINE_BOUNDARY = 0, /* strictest: the default */
	CONFINE_GUARD_RAIL,
	CONFINE_DISPLAY,
	CONFINE_NONE,
};
enum durability {
	DURABLE_OPEN = 0,
	DURABLE_READ
};

/** policy_name_ok(name): may a policy call a data set so? 1 to 64 letters,
 * digits, '-', '_', '.'; first not '-' or '.'. */
bool policy_name_ok(struct bytes name);

/** Facts of the file. */
const char *policy_project(const struct policy *p);
const char *policy_purpose(const struct policy *p);
enum confinement policy_confinement(const struct policy *p);
enum durability policy_durability(const struct policy *p);
size_t policy_datasets(const struct policy *p, const char *const **names);
size_t policy_annotators(const struct policy *p, const char *const **names);
/** policy_user(p, i): the login name of the i-th annotator; NULL: not bound.
 * policy_has_task(p, i, task): that one is in the task. */
const char *policy_user(const struct policy *p, size_t i);
bool policy_has_task(const struct policy *p, size_t i, const char *task);
const uint8_t *policy_hash(const struct policy *p); /* SHA-256 of the text */
const char *confinement_name(enum confinement c);
/** policy_exact_reads(p): exact_reads: true: shared mapping and splicing are
 * refused, so that every delivery of a byte is a read. */
bool policy_exact_reads(const struct policy *p);
/** policy_unenforced(p, lines): what the text says that this version does not
 * put into effect, one line for each such key ("line 12: limits is not
 * enforced: ..."), borrowed from p; how many. */
size_t policy_unenforced(const struct policy *p, const char *const **lines);
/** policy_transform_words(t, b): append how a value is shown, for people:
 * "mask, last 4 kept". -ENOMEM. */
int policy_transform_words(const struct transform *t, struct buf *b) MUST_CHECK;

/* What a data set allows; from its manifest. */
struct terms {
	const char *const *purposes, *const *projects;
	size_t npurposes, nprojects;
	bool training;
	int64_t retain_until; /* seconds since 1970; 0: no end */
};
/** terms_put, terms_get: CBOR, for the store's data set info. */
int terms_put(struct buf *b, const struct terms *t) MUST_CHECK;
int terms_get(struct bytes in, struct arena *a, struct terms *t,
	      struct err *e) MUST_CHECK;
/** policy_terms(p, dataset, t, now, e): -EACCES with words when project or
 * purpose is outside the terms, or they have ended. No terms: nothing is
 * allowed. */
int policy_terms(const struct policy *p, const char *dataset,
		 const struct terms *t, int64_t now, struct err *e) MUST_CHECK;

/* One annotator in one task, from a policy: everything borrowed from it. */
struct subject {
	const struct policy *policy;
	const char *annotator, *role, *task; /* task NULL: none */
	const char *user;		     /* login name; NULL: not bound */
	const char *instructions;	     /* of the task; NULL */
	int64_t expires;		     /* seconds; 0: never */
	bool unswapped; /* fields that change places lie as they are stored */
	uint32_t index; /* internal */
};
/**
 * policy_subject(p, annotator, task, now, out, e): -ENOENT unknown annotator or
 * task (words name the nearest), -EACCES expired, revoked, or not of this
 * task. task NULL: the annotator's only task, or none where the role needs
 * none; several: -EINVAL lists them.
 */
int policy_subject(const struct policy *p, const char *annotator,
		   const char *task, int64_t now, struct subject *out,
		   struct err *e) MUST_CHECK;

/**
 * policy_subject_role(p, role, now, out, e): whoever has the role, for what all
 * in it see alike, as an export does; swaps are undone. -EACCES: the role sees
 * what is dealt to each, or nobody has it who is not revoked; -ENOENT: no such
 * role.
 */
int policy_subject_role(const struct policy *p, const char *role, int64_t now,
			struct subject *out, struct err *e) MUST_CHECK;

/* What is asked about an object and, below it, a record. */
struct candidate {
	const char *dataset;
	struct bytes path; /* stored path within the data set, after
			      "dataset/" */
	const struct index_summary *summary;
};

/*
 * A seat answers for one subject with the project's assign key: immutable, for
 * many threads. Rules name stored paths as "DATASET/PATH".
 */
struct seat;
int policy_seat(const struct subject *s, const struct key *assign,
		struct seat **out, struct err *e) MUST_CHECK;
void policy_seat_free(struct seat *s);

/* First match wins; 0 is nothing. */
enum seen {
	SEEN_NOTHING = 0,
	SEEN_RECORDS, /* ask seat_record for each */
	SEEN_WHOLE,   /* every record that is not denied */
};
/** seat_object(s, c): by name alone where it can be, so that a hidden object is
 * never opened. A where that only records can answer gives SEEN_RECORDS. */
enum seen seat_object(const struct seat *s, const struct candidate *c);
/** seat_record(s, c, r): visible? False for a denied record, always. */
bool seat_record(const struct seat *s, const struct candidate *c,
		 const struct record *r);
/*
 * For many records of one object: zeroed before the first, then it remembers
 * which rules name the object and the last unit's answer. One per thread.
 */
struct seat_memo {
	bool ready, task, dealt;
	uint64_t rules;
	size_t n; /* bytes of unit; 0: none */
	uint8_t unit[256];
};
/** seat_record_memo(s, c, r, m): as seat_record, cheaper. */
bool seat_record_memo(const struct seat *s, const struct candidate *c,
		      const struct record *r, struct seat_memo *m);
/** seat_decision(s, c): how its bytes are shown; valid with the policy. */
const struct decision *seat_decision(const struct seat *s,
				     const struct candidate *c);
enum names seat_names(const struct seat *s);
const struct subject *seat_subject(const struct seat *s);
/** seat_digest(s, c, out): everything of the policy that decides which records
 * of this object are visible (rules, task, assignment inputs), for the view
 * index's key. */
void seat_digest(const struct seat *s, const struct candidate *c,
		 uint8_t out[32]);
/** seat_grants(s, b): JSON array of words for people: what is shown and how
 * ("names: pseudonym"), for TASK.md; names nothing hidden. */
int seat_grants(const struct seat *s, struct buf *b) MUST_CHECK;

/**
 * seat_work(s, keep, nkeep, quota): the work area's rule. seat_allows(s, way):
 * "terminal", "gui", "publish"; absent is refused.
 */
void seat_work(const struct seat *s, const char *const **keep, size_t *nkeep,
	       uint64_t *quota);
bool seat_allows(const struct seat *s, const char *way);
/** seat_publishes(s, port): allow: publish names this port. */
bool seat_publishes(const struct seat *s, uint16_t port);

/* limits: of a role; 0: no such limit. */
struct limits {
	uint64_t records_per_hour, bytes_per_day, opens_per_minute;
	uint64_t flags_per_hour; /* 0: METER_FLAGS_DEFAULT */
	uint64_t session, idle;	 /* seconds */
};
const struct limits *seat_limits(const struct seat *s);

/* ---- assignment ---- */

/*
 * Rendezvous hashing, stated byte for byte so that anyone with the assign key
 * can check it (docs: carrel-policy(5)):
 *   unit  = "g" 0x00 group            by: group
 *         | "o" 0x00 DATASET "/" PATH by: object
 *         | "r" 0x00 DATASET "/" PATH 0x00 record-id  by: record
 *   score(a) = first 8 bytes, big endian, of BLAKE2b-256(key = assign key,
 *              u32be |task| task u32be |unit| unit u32be |a| a)
 * The `overlap` annotators with the highest scores have the unit; ties go to
 * the name that sorts first (bytes). Candidates: every annotator whose role is
 * in `among` and whose tasks hold the task and who is not revoked (expiry does
 * not move assignments). A group that is empty counts as its object.
 */
uint64_t assign_score(const struct key *assign, struct bytes task,
		      struct bytes unit, struct bytes annotator);

/* ---- for people ---- */

/** seat_why(s, c, r): static words that say why the record is not visible ("its
 * where does not hold"); NULL when it is. r NULL: asked of the object, NULL too
 * when only its records can tell. */
const char *seat_why(const struct seat *s, const struct candidate *c,
		     const struct record *r);

/**
 * policy_rule_line(s, c): the line of the `see` rule that shows the object, or
 * 0. What explains spans lives in fs/desk/preview.h: it needs the store.
 */
uint32_t policy_rule_line(const struct seat *s, const struct candidate *c);

#endif
