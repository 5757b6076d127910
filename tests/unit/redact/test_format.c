/* Reading files: frames, runs, kinds, speakers, limits, denials. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/format.h"
#include "probe.h"

/* What a reader said, as lines: "#0 id=... group=..." for a record, and below
 * it a line per run. */
struct heard {
	struct buf b;
	struct format_frame frame;
	const struct file_rule *rule;
};

static void say(struct heard *h, const char *s)
{
	assert_int_equal(buf_puts(&h->b, s), 0);
}

static void say_bytes(struct heard *h, const char *name, struct bytes v)
{
	if (v.p == NULL)
		return;
	say(h, name);
	assert_int_equal(buf_putb(&h->b, v), 0);
}

static void say_run(struct heard *h, const struct run *r)
{
	static const char kinds[] = "?TVKN";

	assert_int_equal(
		buf_printf(&h->b, "\n%c%u ", kinds[r->kind], (unsigned)r->esc),
		0);
	assert_int_equal(buf_putb(&h->b, r->text), 0);
	if (r->key.n > 0)
		say_bytes(h, " key=", r->key);
	say_bytes(h, " by=", r->speaker);
	if (r->known != 0)
		say(h, " known");
}

static int on_record(void *ctx, const struct format_record *r)
{
	struct heard *h = ctx;

	assert_int_equal(
		buf_printf(&h->b, "%s#%u", h->b.n > 0 ? "\n" : "", r->r.number),
		0);
	if (r->r.denied != 0)
		say(h, " denied");
	say_bytes(h, " id=", r->r.id);
	say_bytes(h, " group=", r->r.group);
	for (uint32_t i = 0; h->rule != NULL && i < h->rule->nattrs; i++)
		say_bytes(h, " attr=", r->attrs[i]);
	for (size_t i = 0; i < r->nruns; i++)
		say_run(h, &r->runs[i]);
	return 0;
}

static int on_known(void *ctx, uint32_t nr, struct bytes text)
{
	(void)nr;
	say_bytes(ctx, "\nknown outside: ", text);
	return 0;
}

static int on_attr(void *ctx, uint32_t nr, struct bytes text)
{
	(void)nr;
	say_bytes(ctx, "\nattr of file: ", text);
	return 0;
}

static void hear(struct heard *h, struct file_rule *rule, enum format format,
		 struct bytes text)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const struct format_sink sink = {on_record, on_known, on_attr, h};
	const struct dataset_rules d = {0};
	struct format_plan plan;
	struct err e = {0};

	h->rule = rule;
	if (format_plan_new(&d, rule, format, a, &plan, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(format_read(&plan, text, &sink, &h->frame), 0);
}

static void heard_free(struct heard *h)
{
	buf_free(&h->b);
	format_frame_free(&h->frame);
}

static void expect(struct file_rule *rule, enum format format, const char *text,
		   const char *want)
{
	CLEANUP(heard_free) struct heard h = {0};

	hear(&h, rule, format, bytes_str(text));
	if (h.frame.denied != 0)
		fail_msg("denied: %s", h.frame.why);
	assert_string_equal(buf_str(&h.b), want);
}

static void denied(struct file_rule *rule, enum format format, const char *text,
		   const char *words)
{
	CLEANUP(heard_free) struct heard h = {0};

	hear(&h, rule, format, bytes_str(text));
	assert_int_not_equal(h.frame.denied, DENIAL_NONE);
	if (strstr(h.frame.why, words) == NULL)
		fail_msg("%s", h.frame.why);
}

static void test_whole_json(void **state)
{
	(void)state;
	expect(NULL, FORMAT_JSON, "{\"a\": [\"x\\n\", 12, true], \"\": null}",
	       "#0\nK1 a\nT1 x\n key=a\nN16 12 key=a");
	expect(NULL, FORMAT_JSON, " \"s\" ", "#0\nT1 s");
	denied(NULL, FORMAT_JSON, "", "no value");
	denied(NULL, FORMAT_JSON, "{} {}", "more than one value");
	denied(NULL, FORMAT_JSON, "{\"a\":}", "at byte 5");
}

static void test_records(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct attr_rule attr = {.name = "lang",
				 .path = probe_path(a, "$[*].lang")};
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$[*]"),
				 .id = probe_path(a, "$[*].id"),
				 .group.path = probe_path(a, "$.g"),
				 .text = probe_path(a, "$[*].t"),
				 .ntext = 1,
				 .attrs = &attr,
				 .nattrs = 1};

	(void)state;
	expect(&rule, FORMAT_JSON,
	       "[{\"t\":\"hi\",\"o\":\"x\",\"id\":7,\"g\":\"\\u0041\","
	       "\"lang\":true}, 5]",
	       "#0 id=7 group=A attr=true\nK1 t\nT1 hi key=t\nK1 o\n"
	       "V1 x key=o\nK1 id\nN16 7 key=id\nK1 g\nV1 A key=g\nK1 lang\n"
	       "#1\nN16 5");
	/* A map: members are records, their names are ids where none is. */
	rule.id = NULL;
	expect(&rule, FORMAT_JSON, "{\"k1\": {\"t\": \"hi\"}}",
	       "#0 id=k1\nK1 k1\nK1 t\nT1 hi key=t");
	denied(&rule, FORMAT_JSON, "\"x\"", "no array or map");
	denied(&rule, FORMAT_JSON, "[1,2", "byte 4");
	denied(&rule, FORMAT_JSON, "[1] 2", "more than one value");
}

static void frame_is(struct file_rule *rule, const char *text,
		     const char *prefix, const char *suffix)
{
	CLEANUP(heard_free) struct heard h = {0};

	hear(&h, rule, FORMAT_JSON, bytes_str(text));
	assert_int_equal(h.frame.denied, DENIAL_NONE);
	assert_true(bytes_is(buf_bytes(&h.frame.prefix), prefix));
	assert_true(bytes_is(buf_bytes(&h.frame.suffix), suffix));
}

static void test_frame(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$.x['d t'][*]")};

	(void)state;
	frame_is(&rule, "{\"v\": 2, \"x\": {\"d t\": [ 1, 2 ]}, \"z\": 0}",
		 "{\"x\": {\"d t\": [ ", " ]}}");
	frame_is(&rule, " {\"x\":\n{ \"d t\" :[] }}\n",
		 " {\"x\":\n{ \"d t\" :[", "] }}\n");
	frame_is(&rule, "{\"x\":{\"d\\u0020t\":{\"k\":1}}}",
		 "{\"x\":{\"d\\u0020t\":{", "}}}");
	denied(&rule, FORMAT_JSON, "{\"x\":{}}", "leads nowhere");
	denied(&rule, FORMAT_JSON, "{\"x\":[]}", "which is no map");
	denied(&rule, FORMAT_JSON, "{\"x\":{\"d t\":[1],\"d t\":[2]}}",
	       "twice");
}

static void test_speakers(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$[*]"),
				 .speaker = probe_path(a, "$..who"),
				 .text = probe_path(a, "$..say"),
				 .ntext = 1};

	(void)state;
	expect(&rule, FORMAT_JSON,
	       "[{\"turns\":[{\"say\":\"a\",\"who\":\"A\"},"
	       "{\"who\":\"B\",\"u\":{\"say\":\"b\"}},{\"say\":\"c\"}],"
	       "\"who\":\"R\"}]",
	       "#0\nK1 turns by=R\nK1 say by=A\nT1 a key=say by=A\n"
	       "K1 who by=A\nV1 A key=who by=A\nK1 who by=B\n"
	       "V1 B key=who by=B\nK1 u by=B\nK1 say by=B\nT1 b key=say by=B\n"
	       "K1 say by=R\nT1 c key=say by=R\nK1 who by=R\n"
	       "V1 R key=who by=R");
}

static void test_nested(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct known_rule known = {
		.type = "PERSON",
		.path = probe_path(a, "$[*].ctx|json|$[*].name")};
	struct file_rule rule = {
		.match = "**",
		.records = probe_path(a, "$[*]"),
		.speaker = probe_path(a, "$[*].ctx|json|$[*].role"),
		.text = probe_path(a, "$[*].ctx|json|$[*].text"),
		.ntext = 1,
		.known = &known,
		.nknown = 1};

	(void)state;
	expect(&rule, FORMAT_JSON,
	       "[{\"ctx\":\"[{\\\"role\\\":\\\"u\\\",\\\"text\\\":"
	       "\\\"x\\\\u00e9\\\",\\\"name\\\":\\\"Mo\\\",\\\"n\\\":5}]\"}]",
	       "#0\nK1 ctx\nK2 role by=u\nV2 u key=role by=u\n"
	       "K2 text by=u\nT2 x\xC3\xA9 key=text by=u\nK2 name by=u\n"
	       "V2 Mo key=name by=u known\nK2 n by=u\nN17 5 key=n by=u");
	/* A string that is no JSON is text as it is. */
	expect(&rule, FORMAT_JSON, "[{\"ctx\":\"[1,\"}]",
	       "#0\nK1 ctx\nT1 [1, key=ctx");
}

static void test_containers_of_text(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {
		.match = "**", .text = probe_path(a, "$.t"), .ntext = 1};

	(void)state;
	expect(&rule, FORMAT_JSON, "{\"t\":[\"a\",{\"k\":\"b\"}],\"o\":\"c\"}",
	       "#0\nK1 t\nT1 a key=t\nK1 k\nT1 b key=k\nK1 o\nV1 c key=o");
}

static void test_outside(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct known_rule known = {.type = "PERSON",
				   .path = probe_path(a, "$.meta..name")};
	struct attr_rule attr = {.name = "c", .path = probe_path(a, "$.ok")};
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$.d[*]"),
				 .known = &known,
				 .nknown = 1,
				 .attrs = &attr,
				 .nattrs = 1};

	(void)state;
	expect(&rule, FORMAT_JSON,
	       "{\"meta\":{\"p\":[{\"name\":\"Mo\"}],\"x\":\"y\"},"
	       "\"d\":[\"r\"],\"ok\":true}",
	       "\nknown outside: Mo\n#0\nT1 r\nattr of file: true");
}

static void test_jsonl(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .id = probe_path(a, "$.id"),
				 .text = probe_path(a, "$[*].t"),
				 .ntext = 1};

	(void)state;
	expect(&rule, FORMAT_JSONL,
	       "\n{\"id\":\"a\",\"t\":\"x\"}\r\n\n[1\n{\"t\":\"y\"} z\n3",
	       "#0 id=a\nK1 id\nV1 a key=id\nK1 t\nT1 x key=t\n#1 denied\n"
	       "#2 denied\n#3\nN16 3");
	expect(&rule, FORMAT_JSONL, "", "");
	expect(&rule, FORMAT_JSONL, "\n \r\n", "");
}

static void test_text(void **state)
{
	(void)state;
	expect(NULL, FORMAT_TEXT, "a\r\nb\n\nc",
	       "#0\nT0 a\r\n\nT0 b\n\nT0 \n\nT0 c");
	expect(NULL, FORMAT_TEXT, "", "");
}

/* Rules that reach over line ends make the whole text one run. */
static void test_text_in_one(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(heard_free) struct heard h = {0};
	const struct custom_rule custom = {
		.type = "REASONING", .begin = "<t>", .end_ = "</t>"};
	const struct dataset_rules d = {.custom = &custom, .ncustom = 1};
	const struct format_sink sink = {on_record, on_known, on_attr, &h};
	struct format_plan plan;

	(void)state;
	assert_int_equal(format_plan_new(&d, NULL, FORMAT_TEXT, a, &plan, NULL),
			 0);
	assert_int_equal(
		format_read(&plan, bytes_str("a\nb\n"), &sink, &h.frame), 0);
	assert_string_equal(buf_str(&h.b), "#0\nT0 a\nb\n");
}

static void test_limits(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .records = probe_path(a, "$[*]")};
	size_t big = FORMAT_RECORD_MAX + 100;
	uint8_t *p = mem_new(big, 1);

	(void)state;
	assert_non_null(p);
	memset(p, 'a', big);
	memcpy(p, "[[\"", 3);
	memcpy(p + big - 6, "\"],1]\n", 6);
	{
		CLEANUP(heard_free) struct heard h = {0};

		hear(&h, &rule, FORMAT_JSON, bytes_of(p, big));
		assert_string_equal(buf_str(&h.b), "#0 denied\n#1\nN16 1");
	}
	{
		CLEANUP(heard_free) struct heard h = {0};

		hear(&h, NULL, FORMAT_JSONL, bytes_of(p, big));
		assert_string_equal(buf_str(&h.b), "#0 denied");
	}
	{
		CLEANUP(heard_free) struct heard h = {0};

		hear(&h, NULL, FORMAT_JSON, bytes_of(p, big));
		assert_int_equal(h.frame.denied, DENIAL_LIMIT);
	}
	mem_free(p);
}

static void test_depth(void **state)
{
	char deep[200001];

	(void)state;
	memset(deep, '[', 100000);
	memset(deep + 100000, ']', 100000);
	deep[200000] = '\0';
	denied(NULL, FORMAT_JSON, deep, "deeper than 512");
}

static enum format look(const char *path, struct bytes data, bool pass)
{
	const struct file_rule rule = {.passthrough = pass};
	const char *why;
	enum format f =
		format_of(pass ? &rule : NULL, bytes_str(path), data, &why);

	assert_int_equal(why == NULL, f != FORMAT_DENIED);
	return f;
}

static void test_which_format(void **state)
{
	struct bytes ok = bytes_str("hello"), nul = bytes_of("a\0b", 3);
	struct bytes wide = bytes_of("\xFF\xFEh\0i\0", 6);
	struct bytes latin = bytes_str("\xE4\xF6\xFC\xE4\xF6\xFC\xE4\xF6\xFC"
				       " \xE4\xF6");

	(void)state;
	assert_int_equal(look("a/b.json", ok, false), FORMAT_JSON);
	assert_int_equal(look("a/b.JSONL", ok, false), FORMAT_JSONL);
	assert_int_equal(look("b.ndjson", ok, false), FORMAT_JSONL);
	assert_int_equal(look("b.md", ok, false), FORMAT_TEXT);
	assert_int_equal(look(".txt", ok, false), FORMAT_DENIED);
	assert_int_equal(look("x/.txt", ok, false), FORMAT_DENIED);
	assert_int_equal(look("b.bin", ok, false), FORMAT_DENIED);
	assert_int_equal(look("b.bin", ok, true), FORMAT_OPAQUE);
	assert_int_equal(look("b.CSV", ok, false), FORMAT_CSV);
	assert_int_equal(look("b.tsv", ok, false), FORMAT_TSV);
	assert_int_equal(look("b.psv", ok, false), FORMAT_PSV);
	assert_int_equal(look("b.csv", wide, false), FORMAT_DENIED);
	assert_int_equal(look("b.csv", bytes_str("a;b,c;d\n,,,,"), false),
			 FORMAT_SSV);
	assert_int_equal(look("b.csv", bytes_str("\"a;;b\",c\td|e\tf"), false),
			 FORMAT_TSV);
	assert_int_equal(look("b.csv", bytes_str("a\"b;c,d;e\"f\n"), false),
			 FORMAT_SSV);
	assert_int_equal(look("b.csv", bytes_str("\"a\"\";;;b\",c\n"), false),
			 FORMAT_CSV);
	assert_int_equal(look("b.txt", nul, false), FORMAT_DENIED);
	assert_int_equal(look("b.txt", wide, false), FORMAT_DENIED);
	assert_int_equal(look("b.txt", latin, false), FORMAT_DENIED);
	assert_int_equal(look("b.txt", ok, true), FORMAT_TEXT);
	assert_int_equal(look("b.txt", (struct bytes){NULL, 0}, false),
			 FORMAT_TEXT);
}

static void test_said_format(void **state)
{
	const char *why;
	struct file_rule rule = {.format = FORMAT_CSV};

	(void)state;
	assert_int_equal(
		format_of(&rule, bytes_str("x.dat"), bytes_str("a|b"), &why),
		FORMAT_PSV);
	rule.separator = '\t';
	assert_int_equal(
		format_of(&rule, bytes_str("x.dat"), bytes_str("a|b"), &why),
		FORMAT_TSV);
	rule.format = FORMAT_DENIED;
	assert_int_equal(
		format_of(&rule, bytes_str("x.csv"), bytes_str("a|b"), &why),
		FORMAT_TSV);
	rule.bare = true;
	assert_int_equal(
		format_of(&rule, bytes_str("x.csv"), bytes_str("a|b"), &why),
		FORMAT_TSV_BARE);
	rule.separator = 0;
	assert_int_equal(format_of(&rule, bytes_str("x.csv"),
				   bytes_str("\"a;b;c\",d"), &why),
			 FORMAT_SSV_BARE);
	rule.format = FORMAT_TEXT;
	assert_int_equal(
		format_of(&rule, bytes_str("x.csv"), bytes_str("a|b"), &why),
		FORMAT_TEXT);
}

static void bad_records(const char *path, const char *words)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct err e = {0};

	assert_int_not_equal(format_plan_records(probe_path(a, path), &e), 0);
	if (strstr(e.text, words) == NULL)
		fail_msg("%s: %s", path, e.text);
}

static void test_records_paths(void **state)
{
	(void)state;
	bad_records("$", "ends in [*]");
	bad_records("$[*].turns[*]", "only one [*]");
	bad_records("$[*].turns", "ends in [*]");
	bad_records("$..x[*]", "'.name' and one [*]");
	bad_records("$.x|json|$[*]", "'.name' and one [*]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_json),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_speakers),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_containers_of_text),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_jsonl),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_in_one),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_which_format),
		cmocka_unit_test(test_said_format),
		cmocka_unit_test(test_records_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
