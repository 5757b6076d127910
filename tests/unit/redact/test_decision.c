/* Decisions: the strictest by default, one encoding. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "policy/redact/decision.h"

static const struct type_rule rules[] = {
	{"PERSON", {.action = ACTION_PSEUDONYM}},
	{"ORGANIZATION", {.action = ACTION_KEEP, .min_score = 60}},
	{"MONEY", {.action = ACTION_KEEP}},
};

static struct decision make(void)
{
	return (struct decision){.fallback = {.action = ACTION_TAG},
				 .rules = rules,
				 .nrules = ARRAY_LEN(rules)};
}

static enum action asked(const struct decision *d, const char *type,
			 uint8_t score)
{
	const struct circumstance c = {.score = score};

	return decision_for(d, bytes_str(type), &c)->action;
}

static void test_zero_drops(void **state)
{
	const struct decision zero = {0};

	(void)state;
	assert_int_equal(asked(&zero, "PERSON", 100), ACTION_DROP);
	assert_int_equal(asked(&zero, "", 0), ACTION_DROP);
}

static void test_rule_or_fallback(void **state)
{
	struct decision d = make();

	(void)state;
	assert_int_equal(asked(&d, "PERSON", 1), ACTION_PSEUDONYM);
	assert_int_equal(asked(&d, "PERSO", 100), ACTION_TAG);
	assert_int_equal(asked(&d, "PERSONS", 100), ACTION_TAG);
	assert_int_equal(asked(&d, "MONEY", 0), ACTION_KEEP);
}

static void test_weak_spans_are_not_kept(void **state)
{
	struct decision d = make();

	(void)state;
	assert_int_equal(asked(&d, "ORGANIZATION", 59), ACTION_TAG);
	assert_int_equal(asked(&d, "ORGANIZATION", 60), ACTION_KEEP);
	d.fallback = (struct transform){.action = ACTION_KEEP, .min_score = 50};
	assert_int_equal(asked(&d, "ORGANIZATION", 55), ACTION_KEEP);
	assert_int_equal(asked(&d, "ORGANIZATION", 49), ACTION_DROP);
}

/* A condition that does not hold, or that nobody can tell. */
static void test_conditions_only_make_stricter(void **state)
{
	static const char *const agent[] = {"agent", "bot"};
	static const char *const work[] = {"a"};
	static const struct type_rule c[] = {
		{"A", {.action = ACTION_KEEP, .speakers = {agent, 2}}},
		{"B", {.action = ACTION_PSEUDONYM, .min_score = 60}},
		{"C", {.action = ACTION_KEEP, .tasks = {work, 1}}},
		{"D", {.action = ACTION_DROP, .min_score = 60}},
		{"E",
		 {.action = ACTION_KEEP,
		  .speakers = {agent, 2},
		  .min_score = 60}},
	};
	static const struct {
		const char *type, *speaker, *task;
		uint8_t score;
		enum action want;
	} v[] = {
		{"A", "agent", "", 0, ACTION_KEEP},
		{"A", "bot", "", 0, ACTION_KEEP},
		{"A", "caller", "", 100, ACTION_TAG},
		{"A", "Agent", "", 100, ACTION_TAG},
		{"A", NULL, "", 100, ACTION_TAG},
		{"B", NULL, "", 60, ACTION_PSEUDONYM},
		{"B", NULL, "", 59, ACTION_TAG},
		{"C", NULL, "a", 0, ACTION_KEEP},
		{"C", NULL, "b", 0, ACTION_TAG},
		{"C", NULL, NULL, 0, ACTION_TAG},
		{"D", NULL, "", 10, ACTION_DROP}, /* never the looser one */
		{"E", "bot", "", 60, ACTION_KEEP},
		{"E", "bot", "", 59, ACTION_TAG},
		{"E", "caller", "", 60, ACTION_TAG},
	};
	struct decision d = {.fallback = {.action = ACTION_TAG},
			     .rules = c,
			     .nrules = ARRAY_LEN(c)};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		const struct circumstance at = {.score = v[i].score,
						.speaker =
							bytes_str(v[i].speaker),
						.task = bytes_str(v[i].task)};

		assert_int_equal(
			decision_for(&d, bytes_str(v[i].type), &at)->action,
			v[i].want);
	}
	assert_true(decision_uses(&d, SCOPE_TASK)); /* by its condition */
	assert_true(transform_is_firm(&d.fallback));
	for (size_t i = 0; i < ARRAY_LEN(c); i++)
		assert_false(transform_is_firm(&c[i].t));
}

static void put(struct buf *b, const struct decision *d)
{
	buf_clear(b);
	assert_int_equal(decision_put(b, d), 0);
}

static void test_encoding_tells_all_parameters(void **state)
{
	struct buf CLEANUP(buf_free) a = {0}, CLEANUP(buf_free) b = {0};
	static const char *const who[] = {"agent"};
	const struct field_rule f = {.path = "$[*].x", .line = 3};
	const struct field_rule swap = {
		.action = FIELD_SWAP, .path = "$[*].x", .with = "$[*].y"};
	const struct transform other[] = {{.action = ACTION_MASK},
					  {.scope = SCOPE_TASK},
					  {.style = STYLE_TAG},
					  {.keep_last = 1},
					  {.keep_separators = true},
					  {.true_length = true},
					  {.mask_char = 'x'},
					  {.hash_len = 8},
					  {.min_score = 1},
					  {.to = "year"},
					  {.width = 10},
					  {.order = ORDER_DMY},
					  {.weekdays = true},
					  {.speakers = {who, 1}},
					  {.tasks = {who, 1}}};
	const char *types[] = {"A"};
	enum fill one[] = {FILL_TONE}, two[] = {FILL_NOISE};
	const struct audio sounds[] = {{.pad_ms = 1},
				       {.fallback = FILL_TONE},
				       {.types = types, .fills = one, .n = 1},
				       {.types = types, .fills = two, .n = 1}};
	struct decision d = {0};

	(void)state;
	put(&a, &d);
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		d.fallback = other[i];
		put(&b, &d);
		assert_false(bytes_eq(buf_bytes(&a), buf_bytes(&b)));
	}
	d = (struct decision){.fields = &f, .nfields = 1};
	put(&b, &d);
	assert_false(bytes_eq(buf_bytes(&a), buf_bytes(&b)));
	d.fields = &swap;
	put(&a, &d);
	assert_false(bytes_eq(buf_bytes(&a), buf_bytes(&b)));
	buf_clear(&a);
	assert_int_equal(buf_putb(&a, buf_bytes(&b)), 0);
	for (size_t i = 0; i < ARRAY_LEN(sounds); i++) {
		d = (struct decision){.audio = sounds[i]};
		put(&b, &d);
		assert_false(bytes_eq(buf_bytes(&a), buf_bytes(&b)));
		buf_clear(&a);
		assert_int_equal(buf_putb(&a, buf_bytes(&b)), 0);
	}
}

static void test_encoding_leaves_lines_out(void **state)
{
	struct buf CLEANUP(buf_free) a = {0}, CLEANUP(buf_free) b = {0};
	struct decision d = make();

	(void)state;
	put(&a, &d);
	d.fallback.line = 77;
	put(&b, &d);
	assert_true(bytes_eq(buf_bytes(&a), buf_bytes(&b)));
}

static void test_uses_a_scope(void **state)
{
	const struct type_rule shared[] = {
		{"PERSON", {.scope = SCOPE_PROJECT}},
		{"DATE", {.scope = SCOPE_ANNOTATOR}}};
	struct decision d = {.rules = shared, .nrules = 1};

	(void)state;
	assert_true(decision_uses(&d, SCOPE_RECORD)); /* the fallback */
	assert_true(decision_uses(&d, SCOPE_PROJECT));
	assert_false(decision_uses(&d, SCOPE_ANNOTATOR));
	d.nrules = 2;
	assert_true(decision_uses(&d, SCOPE_ANNOTATOR));
	assert_false(decision_uses(&d, SCOPE_TASK));
}

static void test_names(void **state)
{
	(void)state;
	for (int a = ACTION_DROP; a <= ACTION_KEEP; a++)
		assert_int_equal(
			action_parse(bytes_str(action_name((enum action)a))),
			a);
	assert_int_equal(action_parse(bytes_str("kee")), -1);
	assert_int_equal(action_parse((struct bytes){0}), -1);
	assert_null(action_name((enum action)99));
}

/* What is kept in text is kept in sound; else audio says. */
static enum fill fill_of(const struct decision *d, const char *type,
			 uint8_t score)
{
	const struct circumstance c = {.score = score};

	return decision_fill(d, bytes_str(type), &c);
}

static void test_fills(void **state)
{
	const char *types[] = {"A", "B"};
	enum fill fills[] = {FILL_TONE, FILL_KEEP};
	const struct type_rule keep = {
		"K", {.action = ACTION_KEEP, .min_score = 60}};
	const struct decision d = {.rules = &keep,
				   .nrules = 1,
				   .audio = {FILL_NOISE, types, fills, 2, 0}};
	const struct decision none = {0};

	(void)state;
	assert_int_equal(fill_of(&d, "A", 90), FILL_TONE);
	assert_int_equal(fill_of(&d, "B", 90), FILL_KEEP);
	assert_int_equal(fill_of(&d, "C", 90), FILL_NOISE);
	assert_int_equal(fill_of(&d, "K", 60), FILL_KEEP);
	assert_int_equal(fill_of(&d, "K", 59), FILL_NOISE);
	assert_int_equal(fill_of(&none, "A", 90), FILL_SILENCE);
	assert_string_equal(fill_name(FILL_TONE), "tone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fills),
		cmocka_unit_test(test_zero_drops),
		cmocka_unit_test(test_rule_or_fallback),
		cmocka_unit_test(test_weak_spans_are_not_kept),
		cmocka_unit_test(test_conditions_only_make_stricter),
		cmocka_unit_test(test_encoding_tells_all_parameters),
		cmocka_unit_test(test_encoding_leaves_lines_out),
		cmocka_unit_test(test_uses_a_scope),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
