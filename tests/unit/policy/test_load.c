/* What a good policy becomes: facts, defaults, transforms, extends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/rules.h"
#include "tests/unit/policy/check.h"

static void test_facts(void **state)
{
	struct policy *p = policy_of(HEAD "confinement: display\n"
					  "durability: read\n"
					  "exact_reads: true\n"
					  "roles: { r: {} }\n"
					  "annotators: { a: { role: r }, b: { "
					  "role: r } }\n");
	const char *const *v = NULL;
	uint8_t want[32];

	(void)state;
	assert_string_equal(policy_project(p), "p");
	assert_string_equal(policy_purpose(p), "annotation");
	assert_int_equal(policy_confinement(p), CONFINE_DISPLAY);
	assert_int_equal(policy_durability(p), DURABLE_READ);
	assert_true(policy_exact_reads(p));
	assert_int_equal(policy_datasets(p, &v), 2);
	assert_string_equal(v[1], "pref");
	assert_int_equal(policy_annotators(p, &v), 2);
	assert_string_equal(v[1], "b");
	policy_free(p);
	p = policy_of(HEAD);
	hash_sha256(want, S(HEAD));
	assert_memory_equal(policy_hash(p), want, 32);
	policy_free(p);
	policy_free(NULL);
}

/* What is not said is the strictest there is. */
static void test_defaults(void **state)
{
	struct policy *p =
		policy_of(HEAD "roles: { r: { see: [{ files: \"calls/**\" "
			       "}] } }\n");
	const struct role *r = &p->roles[0];
	const char *const *v = NULL;

	(void)state;
	assert_int_equal(policy_confinement(p), CONFINE_BOUNDARY);
	assert_int_equal(policy_durability(p), DURABLE_OPEN);
	assert_false(policy_exact_reads(p));
	assert_int_equal(policy_annotators(p, &v), 0);
	assert_int_equal(r->see[0].records, RECORDS_ASSIGNED);
	assert_true(r->needs_task);
	assert_int_equal(r->decision.fallback.action, ACTION_TAG);
	assert_int_equal(r->decision.fallback.line, 0);
	assert_int_equal(r->decision.nrules, 0);
	assert_int_equal(r->names, NAMES_NUMBER);
	assert_int_equal(r->decision.audio.fallback, FILL_SILENCE);
	assert_int_equal(r->decision.audio.pad_ms, 200);
	assert_int_equal(r->work.keep.n, 0);
	assert_int_equal(r->work.quota, 0);
	assert_false(r->allow.terminal);
	assert_false(r->allow.gui);
	assert_int_equal(r->allow.nports, 0);
	assert_int_equal(r->limits.session, 0);
	assert_int_equal(r->nfields, 0);
	policy_free(p);
}

static void test_confinement_names(void **state)
{
	(void)state;
	assert_string_equal(confinement_name(CONFINE_BOUNDARY), "boundary");
	assert_string_equal(confinement_name(CONFINE_GUARD_RAIL), "guard-rail");
	assert_string_equal(confinement_name(CONFINE_DISPLAY), "display");
	assert_string_equal(confinement_name(CONFINE_NONE), "none");
}

/* The transform of PERSON under `redact: { PERSON: text }`. */
static struct transform transform_of(const char *text, struct policy **keep)
{
	CLEANUP(buf_free) struct buf b = {0};

	assert_int_equal(buf_printf(&b,
				    "%sroles:\n  r:\n    redact:\n"
				    "      PERSON: %s\n",
				    HEAD, text),
			 0);
	*keep = policy_of(buf_str(&b));
	return (*keep)->roles[0].decision.rules[0].t;
}

static void test_transforms(void **state)
{
	static const struct {
		const char *text;
		struct transform t;
	} cases[] = {
		{"drop", {.action = ACTION_DROP}},
		{"tag", {.action = ACTION_TAG}},
		{"mask", {.action = ACTION_MASK}},
		{"{ mask: { keep_last: 4, keep_separators: true, char: \"\xe2"
		 "\x80\xa2\", true_length: true } }",
		 {.action = ACTION_MASK,
		  .keep_last = 4,
		  .keep_separators = true,
		  .mask_char = 0x2022,
		  .true_length = true}},
		{"pseudonym",
		 {.action = ACTION_PSEUDONYM, .scope = SCOPE_PROJECT}},
		{"{ pseudonym: { scope: record, style: tag } }",
		 {.action = ACTION_PSEUDONYM,
		  .scope = SCOPE_RECORD,
		  .style = STYLE_TAG}},
		{"{ pseudonym: { scope: annotator } }",
		 {.action = ACTION_PSEUDONYM, .scope = SCOPE_ANNOTATOR}},
		{"hash", {.action = ACTION_HASH, .scope = SCOPE_PROJECT}},
		{"{ hash: { length: 12, scope: task } }",
		 {.action = ACTION_HASH, .scope = SCOPE_TASK, .hash_len = 12}},
		{"{ generalize: month }",
		 {.action = ACTION_GENERALIZE, .to = "month"}},
		{"{ generalize: { to: zip3 } }",
		 {.action = ACTION_GENERALIZE, .to = "zip3"}},
		{"shift", {.action = ACTION_SHIFT, .scope = SCOPE_PROJECT}},
		{"{ shift: { scope: record } }",
		 {.action = ACTION_SHIFT, .scope = SCOPE_RECORD}},
		{"keep", {.action = ACTION_KEEP}},
		{"{ keep: {}, min_score: 0.6 }",
		 {.action = ACTION_KEEP, .min_score = 60}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy *p;
		struct transform t = transform_of(cases[i].text, &p);
		const struct transform *w = &cases[i].t;

		assert_int_equal(t.action, w->action);
		assert_int_equal(t.scope, w->scope);
		assert_int_equal(t.style, w->style);
		assert_int_equal(t.keep_last, w->keep_last);
		assert_int_equal(t.keep_separators, w->keep_separators);
		assert_int_equal(t.true_length, w->true_length);
		assert_int_equal(t.mask_char, w->mask_char);
		assert_int_equal(t.hash_len, w->hash_len);
		assert_int_equal(t.min_score, w->min_score);
		assert_int_equal(t.line, 8);
		assert_string_equal(t.to == NULL ? "" : t.to,
				    w->to == NULL ? "" : w->to);
		policy_free(p);
	}
}

static void test_types(void **state)
{
	struct policy *p =
		policy_of(HEAD "roles:\n  r:\n    redact: { ZZ_MINE: "
			       "keep, PERSON: tag, CREDIT_CARD: "
			       "mask, default: drop }\n");
	const struct decision *d = &p->roles[0].decision;

	(void)state;
	assert_int_equal(d->fallback.action, ACTION_DROP);
	assert_int_equal(d->fallback.line, 7);
	assert_int_equal(d->nrules, 3);
	assert_string_equal(d->rules[0].type, "CREDIT_CARD");
	assert_string_equal(d->rules[1].type, "PERSON");
	assert_string_equal(d->rules[2].type, "ZZ_MINE");
	policy_free(p);
}

static void test_ways(void **state)
{
	struct policy *p = policy_of(
		HEAD "roles:\n  r:\n"
		     "    names: keep\n"
		     "    audio: { default: tone, PERSON: noise, pad_ms: 50 }\n"
		     "    work: { keep: \"*.txt\", sees: [r] }\n"
		     "    allow: { gui: true, publish: [8080, 8081] }\n"
		     "    limits: { bytes_per_day: 1GiB, idle: 30m, "
		     "opens_per_minute: 9, flags_per_hour: 7 }\n"
		     "    undetected: images\n");
	const struct role *r = &p->roles[0];

	(void)state;
	assert_int_equal(r->names, NAMES_KEEP);
	assert_true(r->images);
	assert_int_equal(r->decision.audio.fallback, FILL_TONE);
	assert_int_equal(r->decision.audio.n, 1);
	assert_string_equal(r->decision.audio.types[0], "PERSON");
	assert_int_equal(r->decision.audio.fills[0], FILL_NOISE);
	assert_int_equal(r->decision.audio.pad_ms, 50);
	assert_int_equal(r->by_fields[0].audio.pad_ms, 50);
	assert_string_equal(r->work.keep.v[0], "*.txt");
	assert_int_equal(r->work.quota, 100u << 20);
	assert_string_equal(r->work.sees.v[0], "r");
	assert_false(r->allow.terminal);
	assert_true(r->allow.gui);
	assert_int_equal(r->allow.ports[1], 8081);
	assert_int_equal(r->limits.bytes_per_day, 1u << 30);
	assert_int_equal(r->limits.idle, 1800);
	assert_int_equal(r->limits.opens_per_minute, 9);
	assert_int_equal(r->limits.flags_per_hour, 7);
	assert_int_equal(r->limits.records_per_hour, 0);
	policy_free(p);
}

static struct transform rule_of(const struct role *r, const char *type)
{
	for (size_t i = 0; i < r->decision.nrules; i++)
		if (strcmp(r->decision.rules[i].type, type) == 0)
			return r->decision.rules[i].t;
	fail_msg("no rule for %s", type);
	return (struct transform){0};
}

/* Children before parents in the file; three generations. */
static const char family[] = HEAD
	"roles:\n"
	"  child:\n"
	"    extends: parent\n"
	"    redact: { CREDIT_CARD: { mask: { char: X } }, MONEY: keep }\n"
	"    work: { quota: 1MiB }\n"
	"    records: task\n"
	"  grandchild:\n"
	"    extends: child\n"
	"    see: [{ files: \"pref/**\" }, { files: \"calls/**\", records: all "
	"}]\n"
	"    fields: [{ files: \"pref/**\", drop: [$.b] }]\n"
	"    allow: { terminal: false }\n"
	"  parent:\n"
	"    see: [{ files: \"calls/**\", where: { x: y } }]\n"
	"    redact: { default: drop, CREDIT_CARD: { mask: { keep_last: 4 } }, "
	"PERSON: tag }\n"
	"    fields: [{ files: \"pref/**\", remove: [$.a, $.c] }]\n"
	"    names: keep\n"
	"    work: { keep: [a, b], quota: 9MiB }\n"
	"    allow: { terminal: true, gui: true }\n"
	"    limits: { session: 1h }\n";

static void test_extends_child(void **state)
{
	struct policy *p = policy_of(family);
	const struct role *parent = &p->roles[2], *child = &p->roles[0];

	(void)state;
	assert_int_equal(parent->see[0].records, RECORDS_ASSIGNED);
	assert_int_equal(child->nsee, 1);
	assert_int_equal(child->see[0].records, RECORDS_TASK);
	assert_string_equal(child->see[0].where[0].key, "x");
	assert_int_equal(child->see[0].line, parent->see[0].line);
	assert_int_equal(child->decision.fallback.action, ACTION_DROP);
	assert_int_equal(child->decision.nrules, 3);
	assert_int_equal(rule_of(child, "CREDIT_CARD").keep_last, 0);
	assert_int_equal(rule_of(child, "CREDIT_CARD").mask_char, 'X');
	assert_int_equal(rule_of(parent, "CREDIT_CARD").keep_last, 4);
	assert_int_equal(rule_of(child, "PERSON").action, ACTION_TAG);
	assert_int_equal(child->work.quota, 1u << 20);
	assert_int_equal(child->work.keep.n, 2);
	assert_int_equal(child->names, NAMES_KEEP);
	assert_int_equal(child->nfields, 1);
	assert_int_equal(child->limits.session, 3600);
	policy_free(p);
}

static void test_extends_grandchild(void **state)
{
	struct policy *p = policy_of(family);
	const struct role *r = &p->roles[1];

	(void)state;
	assert_int_equal(r->nsee, 2);
	assert_int_equal(r->see[0].records, RECORDS_TASK);
	assert_int_equal(r->see[0].nwhere, 0);
	assert_int_equal(r->see[1].records, RECORDS_ALL);
	assert_int_equal(rule_of(r, "MONEY").action, ACTION_KEEP);
	assert_int_equal(r->fields[0].nrules, 1);
	assert_string_equal(r->fields[0].rules[0].path, "$.b");
	assert_int_equal(r->fields[0].rules[0].action, FIELD_DROP);
	assert_false(r->allow.terminal);
	assert_true(r->allow.gui);
	policy_free(p);
}

static void test_fields(void **state)
{
	struct policy *p = policy_of(
		HEAD
		"roles:\n  r:\n    see: [{ files: \"**\", records: all }]\n"
		"    redact: { PERSON: keep }\n"
		"    fields:\n"
		"      - { files: \"pref/**\", remove: [$.a], drop: [$.b] }\n"
		"      - { files: [\"*/x/**\", \"calls/y\"], drop: $.c }\n"
		"annotators: { a: { role: r } }\n");
	const struct role *r = &p->roles[0];
	struct index_summary sum = {.format = FORMAT_JSON};
	struct candidate c = {.summary = &sum};
	const struct decision *d;
	struct seat *s = seat_of(p, "a", NULL, NULL);

	(void)state;
	assert_int_equal(r->nfields, 2);
	c.dataset = "pref";
	c.path = S("x/1.json");
	d = seat_decision(s, &c);
	assert_int_equal(d->nfields, 3);
	assert_string_equal(d->fields[0].path, "$.a");
	assert_int_equal(d->fields[0].action, FIELD_REMOVE);
	assert_string_equal(d->fields[1].path, "$.b");
	assert_int_equal(d->fields[1].action, FIELD_DROP);
	assert_string_equal(d->fields[2].path, "$.c");
	assert_int_equal(d->nrules, 1);
	c.path = S("1.json");
	assert_int_equal(seat_decision(s, &c)->nfields, 2);
	c.dataset = "calls";
	assert_int_equal(seat_decision(s, &c)->nfields, 0);
	c.path = S("y");
	assert_string_equal(seat_decision(s, &c)->fields[0].path, "$.c");
	policy_seat_free(s);
	policy_free(p);
}

static const char whole[] = HEAD
	"roles:\n"
	"  r:\n"
	"    see: [{ files: \"calls/**\", where: { l: [en, vi] } }]\n"
	"    redact: { default: tag, PERSON: { pseudonym: { scope: task } } }\n"
	"    fields: [{ files: \"pref/**\", drop: [$.b] }]\n"
	"    audio: { PERSON: tone }\n"
	"    work: { keep: [a, b], sees: [r] }\n"
	"    allow: { publish: [1, 2] }\n"
	"  s: { extends: r, records: task }\n"
	"tasks: { t: { files: \"calls/**\", assign: { among: r, a: [g] } } }\n"
	"annotators: { a: { role: r, tasks: t }, b: { role: s, tasks: t } }\n";

/* Whichever allocation fails, loading says so and loses nothing. */
static void test_no_memory(void **state)
{
	unsigned long n = 1;
	int rc = -1;

	(void)state;
	for (; rc != 0 && n < 500; n++) {
		struct policy *p = NULL;

		mem_fail_after(n);
		rc = policy_load(S(whole), "t", &p, NULL);
		mem_fail_after(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		assert_int_equal(rc == 0, p != NULL);
		policy_free(p);
	}
	assert_int_equal(rc, 0);
	assert_true(n > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_confinement_names),
		cmocka_unit_test(test_transforms),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_extends_child),
		cmocka_unit_test(test_extends_grandchild),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
