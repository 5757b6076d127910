/* The manifest: what it compiles to, and every mistake with its place. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>

#include "fs/ingest/manifest.h"

#define HEAD "carrel-dataset: 1\nname: calls\n"

static const char full[] =
	"carrel-dataset: 1\n"
	"name: calls\n"
	"terms: { purposes: [transcription, qa], projects: [harbor],\n"
	"         training: true, retain_until: 2027-06-30 }\n"
	"language: en\n"
	"files:\n"
	"  - match: \"transcripts/*.json\"\n"
	"    group: \"{stem}\"\n"
	"    records: \"$[*]\"\n"
	"    id: \"$[*].index\"\n"
	"    text: [\"$[*].transcript\", \"$[*].human_transcript\"]\n"
	"    speaker: \"$[*].speaker_role\"\n"
	"    words: { items: \"$[*].words[*]\", text: \"$.w\",\n"
	"             start: \"$.at\", duration: \"$.for\", unit: ms,\n"
	"             channel: \"$.who\" }\n"
	"    channels: { agent: 1, caller: 2 }\n"
	"    audio: \"audio/{stem}.wav\"\n"
	"  - match: \"metadata/*.json\"\n"
	"    group: \"$[*].call\"\n"
	"    entities: { PERSON: [\"$.caller['full name']\", \"$.agent\"],\n"
	"                POLICY_NUMBER: \"$.number\" }\n"
	"    attributes: { language: \"$.language\", site: north }\n"
	"    language: fr\n"
	"  - { match: \"**\", passthrough: true, language: \"$.lang\",\n"
	"      format: webvtt }\n"
	"recognizers:\n"
	"  custom:\n"
	"    - { type: POLICY_NUMBER, pattern: \"HB-[0-9]{8}\" }\n"
	"    - { type: REASONING, begin: \"<think>\", end: \"</think>\" }\n"
	"    - { type: MODEL_NAME, words: models.txt }\n"
	"    - { type: BRAND, words: [alpha, \"be ta\"] }\n"
	"  languages: [de, es]\n"
	"  external:\n"
	"    - { name: ward-3, command: [python3, find.py, -v], types: [WARD,\n"
	"        PERSON], min_score: 0.5, timeout: 30s, total: 1h,\n"
	"        reads: models }\n"
	"    - { name: other, command: [./x] }\n";

static int load(struct arena *a, const char *text, struct manifest *m,
		struct err *e)
{
	*e = (struct err){0};
	return manifest_load(bytes_str(text), "m.yaml", NULL, 0, a, m, e);
}

static void good(struct arena *a, const char *text, struct manifest *m)
{
	struct err e;

	if (load(a, text, m, &e) != 0)
		fail_msg("%s: %s", e.place, e.text);
}

static void test_files(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const struct file_rule *f;
	struct manifest m;

	(void)state;
	good(a, full, &m);
	assert_string_equal(m.rules.name, "calls");
	assert_string_equal(m.rules.language, "en");
	assert_int_equal(m.rules.nfiles, 3);
	f = &m.rules.files[0];
	assert_string_equal(f->match, "transcripts/*.json");
	assert_string_equal(f->group.template_, "{stem}");
	assert_int_equal(f->records->n, 1);
	assert_true(bytes_is(f->id->steps[1].key, "index"));
	assert_int_equal(f->ntext, 2);
	assert_true(bytes_is(f->text[1].steps[1].key, "human_transcript"));
	assert_true(bytes_is(f->speaker->steps[1].key, "speaker_role"));
	assert_int_equal(f->times[TIMED_WORD].items->n, 3);
	assert_int_equal(f->times[TIMED_WORD].start->n, 4);
	assert_true(bytes_is(f->times[TIMED_WORD].text->steps[3].key, "w"));
	assert_null(f->times[TIMED_WORD].end);
	assert_int_equal(f->times[TIMED_WORD].unit, 1000);
	assert_null(f->times[TIMED_SEGMENT].items);
	assert_int_equal(f->nchannels, 2);
	assert_int_equal(f->channels[1].channel, 2);
	assert_string_equal(f->audio, "audio/{stem}.wav");
	f = &m.rules.files[1];
	assert_null(f->group.template_);
	assert_int_equal(f->group.path->n, 2);
	assert_int_equal(f->nknown, 3);
	assert_string_equal(f->known[1].type, "PERSON");
	assert_true(bytes_is(f->known[0].path->steps[1].key, "full name"));
	assert_string_equal(f->known[2].type, "POLICY_NUMBER");
	assert_true(m.rules.files[2].passthrough);
	assert_false(f->passthrough);
	assert_int_equal(m.rules.files[2].format, FORMAT_SUBTITLE);
	assert_int_equal(m.rules.files[2].timed, TIMED_VTT);
}

static void test_tables(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const struct file_rule *f;
	struct manifest m;

	(void)state;
	good(a,
	     HEAD
	     "files:\n"
	     "  - { match: x, format: psv, header: true }\n"
	     "  - { match: y, format: csv, separator: tab, header: false }\n"
	     "  - { match: z, separator: \";\", quotes: false }\n",
	     &m);
	f = m.rules.files;
	assert_int_equal(f[0].format, FORMAT_PSV);
	assert_int_equal(f[0].separator, 0);
	assert_int_equal(f[0].header, HEADER_YES);
	assert_int_equal(f[1].format, FORMAT_CSV);
	assert_int_equal(f[1].separator, '\t');
	assert_int_equal(f[1].header, HEADER_NO);
	assert_int_equal(f[2].format, FORMAT_DENIED);
	assert_int_equal(f[2].separator, ';');
	assert_int_equal(f[2].header, HEADER_LOOK);
	assert_true(f[2].bare);
	assert_false(f[1].bare);
}

static void test_lists(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const struct time_rule *t;
	struct manifest m;

	(void)state;
	good(a,
	     HEAD "files:\n  - match: x\n    words: { text: \"$[*].t\", start: "
		  "\"$[*].o[*]\", duration: \"$[*].d[*]\",\n"
		  "             base: \"$[*].at\", unit: ms }\n",
	     &m);
	t = &m.rules.files[0].times[TIMED_WORD];
	assert_null(t->items);
	assert_int_equal(t->start->n, 3);
	assert_int_equal(t->base->n, 2);
	assert_int_equal(t->unit, 1000);
}

static void test_attributes(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const struct file_rule *f;
	struct manifest m;

	(void)state;
	good(a, full, &m);
	f = &m.rules.files[1];
	assert_int_equal(f->nattrs, 2);
	assert_string_equal(f->attrs[0].name, "language");
	assert_non_null(f->attrs[0].path);
	assert_string_equal(f->attrs[1].literal, "north");
	assert_string_equal(f->language, "fr");
	/* A language that is a path is an attribute of that name. */
	f = &m.rules.files[2];
	assert_null(f->language);
	assert_int_equal(f->nattrs, 1);
	assert_string_equal(f->attrs[0].name, "language");
	assert_true(bytes_is(f->attrs[0].path->steps[0].key, "lang"));
	good(a, HEAD "language: \"$.l\"\nfiles:\n  - match: \"*\"\n", &m);
	assert_string_equal(m.rules.files[0].attrs[0].name, "language");
}

static void test_terms(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct manifest m;

	(void)state;
	good(a, full, &m);
	assert_int_equal(m.terms.npurposes, 2);
	assert_string_equal(m.terms.purposes[1], "qa");
	assert_string_equal(m.terms.projects[0], "harbor");
	assert_true(m.terms.training);
	assert_true(m.terms.retain_until > 1800000000);
	/* No terms: nothing is allowed. */
	good(a, HEAD, &m);
	assert_int_equal(m.terms.npurposes, 0);
	assert_false(m.terms.training);
}

static void test_custom(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const struct manifest_file list = {
		bytes_str("models.txt"),
		bytes_str("# names\ngrand-5\r\n\n  tiny 2 \n")};
	const struct custom_rule *c;
	struct manifest m;
	struct err e;

	(void)state;
	good(a, full, &m);
	assert_int_equal(m.nwanted, 1);
	assert_true(bytes_is(m.wanted[0], "models.txt"));
	assert_int_equal(
		manifest_load(bytes_str(full), "m", &list, 1, a, &m, &e), 0);
	assert_int_equal(m.nwanted, 0);
	assert_int_equal(m.rules.nexternal, 2);
	assert_string_equal(m.rules.external[0].name, "ward-3");
	assert_int_equal(m.rules.external[0].ncommand, 3);
	assert_string_equal(m.rules.external[0].command[2], "-v");
	assert_int_equal(m.rules.external[0].nreads, 1);
	assert_int_equal(m.rules.external[0].ntypes, 2);
	assert_int_equal(m.rules.external[0].min_score, 50);
	assert_int_equal(m.rules.external[0].timeout_s, 30);
	assert_int_equal(m.rules.external[0].total_s, 3600);
	assert_int_equal(m.rules.external[1].ntypes, 0);
	assert_int_equal(m.rules.external[1].min_score, 0);
	assert_int_equal(m.rules.external[1].timeout_s, 10);
	assert_int_equal(m.rules.external[1].total_s, 600);
	assert_int_equal(m.rules.ncustom, 4);
	assert_int_equal(m.rules.nlanguages, 2);
	assert_string_equal(m.rules.languages[1], "es");
	c = m.rules.custom;
	assert_string_equal(c[0].pattern, "HB-[0-9]{8}");
	assert_string_equal(c[1].begin, "<think>");
	assert_string_equal(c[1].end_, "</think>");
	assert_int_equal(c[2].nwords, 2);
	assert_true(bytes_is(c[2].words[0], "grand-5"));
	assert_true(bytes_is(c[2].words[1], "tiny 2"));
	assert_int_equal(c[3].nwords, 2);
	assert_true(bytes_is(c[3].words[1], "be ta"));
}

static const struct {
	const char *text, *place, *words;
} bad[] = {
	{"", "m.yaml", ""},
	{"name: x\n", "m.yaml:1", "carrel-dataset"},
	{"carrel-dataset: 1\n", "m.yaml:1", "name"},
	{"carrel-dataset: 2\nname: x\n", "m.yaml:1:17", "version 1"},
	{"carrel-dataset: one\nname: x\n", "m.yaml:1:17", ""},
	{HEAD "nmae: x\n", "m.yaml:3:1", "name"},
	{HEAD "name: x\n", "m.yaml:3:1", "twice"},
	{HEAD "terms: { purpose: [x] }\n", "m.yaml:3:10", "purposes"},
	{HEAD "terms: { retain_until: soon }\n", "m.yaml:3:24", "2026-12-31"},
	{HEAD "terms: { training: yes }\n", "m.yaml:3:20", "true"},
	{HEAD "terms: []\n", "m.yaml:3:8", "map"},
	{HEAD "files: {}\n", "m.yaml:3:8", "list"},
	{HEAD "files:\n  - { group: x }\n", "m.yaml:4:5", "match"},
	{HEAD "files:\n  - { match: x, mach: y }\n", "m.yaml:4:17", "match"},
	{HEAD "files:\n  - { match: \"a/*.flac\" }\n", "m.yaml:4:14",
	 "\"a/*.wav\""},
	{HEAD "files:\n  - { match: x, audio: \"{stem}.mp3\" }\n",
	 "m.yaml:4:24", "\"{stem}.wav\""},
	{HEAD "files:\n  - { match: \"x.tgz\" }\n", "m.yaml:4:14", "\"x/**\""},
	{HEAD "files:\n  - { match: x, group: \"{stam}\" }\n", "m.yaml:4:24",
	 "{stem}"},
	{HEAD "files:\n  - { match: x, records: \"$\" }\n", "m.yaml:4:26",
	 "[*]"},
	{HEAD "files:\n  - { match: x, records: \"$[*].a[*]\" }\n",
	 "m.yaml:4:26", "one [*]"},
	{HEAD "files:\n  - { match: x, records: \"$..a[*]\" }\n", "m.yaml:4:26",
	 ""},
	{HEAD "files:\n  - { match: x, text: [\"$.a\", \"b\"] }\n",
	 "m.yaml:4:31", "not a path"},
	{HEAD "files:\n  - { match: x, text: { a: b } }\n", "m.yaml:4:23",
	 "path"},
	{HEAD "files:\n  - { match: x, id: [\"$.a\"] }\n", "m.yaml:4:21", ""},
	{HEAD "files:\n  - { match: x, entities: { person: \"$.a\" } }\n",
	 "m.yaml:4:29", "capitals"},
	{HEAD "files:\n  - { match: x, entities: [] }\n", "m.yaml:4:27", "map"},
	{HEAD "files:\n  - { match: x, attributes: { a: [b] } }\n",
	 "m.yaml:4:34", ""},
	{HEAD "files:\n  - { match: x, words: { txt: y } }\n", "m.yaml:4:26",
	 "text"},
	{HEAD "files:\n  - { match: x, words: { text: \"$.a\" } }\n",
	 "m.yaml:4:24", "start"},
	{HEAD "files:\n  - { match: x, words: { text: \"$.a\", start: "
	      "\"$.b\", duration: \"$.c[*]\" } }\n",
	 "m.yaml:4:24", "ends in [*]"},
	{HEAD "files:\n  - { match: x, segments: { start: \"$.b\" } }\n",
	 "m.yaml:4:27", "items"},
	{HEAD "files:\n  - { match: x, words: { items: \"$[*]\", "
	      "text: \"$.a\", start: \"$.b\" } }\n",
	 "m.yaml:4:24", "duration"},
	{HEAD "files:\n  - { match: x, words: { items: \"$[*]\", "
	      "start: \"$.b\", end: \"$.c\" } }\n",
	 "m.yaml:4:24", "text"},
	{HEAD "files:\n  - { match: x, segments: { items: \"$[*]\", "
	      "text: \"$.a\", start: \"$.b\", end: \"$.c\" } }\n",
	 "m.yaml:4:27", "for words"},
	{HEAD "files:\n  - { match: x, segments: { items: \"$[*]\", "
	      "unit: h, start: \"$.b\", end: \"$.c\" } }\n",
	 "m.yaml:4:50", "ms"},
	{HEAD "files:\n  - { match: x, channels: { a: 0 } }\n", "m.yaml:4:32",
	 "from 1"},
	{HEAD "files:\n  - { match: x, channels: { a: 1 } }\n", "m.yaml:4:5",
	 "belong together"},
	{HEAD
	 "files:\n  - { match: x.json, audio: a, channels: { a: 1 }, words: "
	 "{ items: \"$[*]\", text: \"$.a\", start: \"$.b\", end: \"$.c\" } "
	 "}\n",
	 "m.yaml:4:5", "belong together"},
	{HEAD
	 "files:\n  - { match: \"t/*.csv\", words: { items: \"$[*]\" } }\n",
	 "m.yaml:4:25", "nothing times"},
	{HEAD "files:\n  - { match: x, format: psv, segments: {} }\n",
	 "m.yaml:4:30", "nothing times"},
	{HEAD "files:\n  - { match: x, names: \"{}_{}\" }\n", "m.yaml:4:24",
	 "{TYPE} is a value"},
	{HEAD "files:\n  - { match: x, audio: \"{stam}.wav\" }\n",
	 "m.yaml:4:24", "{stem}"},
	{HEAD "files:\n  - { match: x, passthrough: 1 }\n", "m.yaml:4:30",
	 "true"},
	{HEAD "files:\n  - { match: x, format: subrip }\n", "m.yaml:4:25",
	 "webvtt"},
	{HEAD "files:\n  - { match: x, format: [srt] }\n", "m.yaml:4:25", ""},
	{HEAD "files:\n  - { match: x, format: xml }\n", "m.yaml:4:25",
	 "jsonl, csv"},
	{HEAD "files:\n  - { match: x, separator: \":\" }\n", "m.yaml:4:28",
	 "tab"},
	{HEAD "files:\n  - { match: x, header: yes }\n", "m.yaml:4:25",
	 "true or false"},
	{HEAD "files:\n  - { match: x, quotes: no }\n", "m.yaml:4:25",
	 "true or false"},
	{HEAD "files:\n  - { match: x, header: [true] }\n", "m.yaml:4:25", ""},
	{HEAD "files: &a []\n", "m.yaml:3", "anchor"},
	{HEAD "files:\n\t- match: x\n", "m.yaml:4", "tab"},
	{HEAD "recognizers: { customs: [] }\n", "m.yaml:3:16", "custom"},
	{HEAD "recognizers: { custom: [{ type: A }] }\n", "m.yaml:3:25",
	 "one of"},
	{HEAD "recognizers: { custom: [{ pattern: a }] }\n", "m.yaml:3:25",
	 "type"},
	{HEAD "recognizers: { custom: [{ type: A, pattern: a, begin: b }] }\n",
	 "m.yaml:3:25", "one of"},
	{HEAD "recognizers: { custom: [{ type: A, begin: b }] }\n",
	 "m.yaml:3:25", "end"},
	{HEAD "recognizers: { custom: [{ type: A, pattern: \"(a\" }] }\n",
	 "m.yaml:3:45", "pattern"},
	{HEAD "recognizers: { custom: [{ type: A, words: ../x }] }\n",
	 "m.yaml:3:43", "beside"},
	{HEAD "recognizers: { custom: [{ type: A, words: /etc/x }] }\n",
	 "m.yaml:3:43", "beside"},
	{HEAD "recognizers: { external: [{ run: x }] }\n", "m.yaml:3:29",
	 "command"},
	{HEAD "recognizers: { external: [{ name: x }] }\n", "m.yaml:3:27",
	 "command"},
	{HEAD "recognizers: { external: [{ command: [x] }] }\n", "m.yaml:3:27",
	 "name"},
	{HEAD "recognizers: { external: [{ name: x, command: x y }] }\n",
	 "m.yaml:3:47", "a list"},
	{HEAD "recognizers: { external: [{ name: x, command: [] }] }\n",
	 "m.yaml:3:47", "a list"},
	{HEAD "recognizers: { external: [{ name: a/b, command: [x] }] }\n",
	 "m.yaml:3:35", "a/b"},
	{HEAD "recognizers: { external: [{ name: x, command: [x], "
	      "types: [] }] }\n",
	 "m.yaml:3:59", "no type"},
	{HEAD "recognizers: { external: [{ name: x, command: [x], "
	      "types: [person] }] }\n",
	 "m.yaml:3:60", "capitals"},
	{HEAD "recognizers: { external: [{ name: x, command: [x], "
	      "min_score: 2 }] }\n",
	 "m.yaml:3:63", "0 to 1"},
	{HEAD "recognizers: { external: [{ name: x, command: [x], "
	      "timeout: 2h }] }\n",
	 "m.yaml:3:61", "3600 seconds"},
	{HEAD "recognizers: { external: [{ name: x, command: [x] }, "
	      "{ name: x, command: [y] }] }\n",
	 "m.yaml:3:54", "two programs"},
	{HEAD "recognizers: { languages: [\"*\"] }\n", "m.yaml:3:27",
	 "language"},
	{HEAD "recognizers: { languages: [d] }\n", "m.yaml:3:27", "language"},
	{HEAD "recognizers: { languages: { de: true } }\n", "m.yaml:3:27",
	 "expected a word"},
};

static void test_bad(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new();
		struct manifest m;
		struct err e;
		int rc = load(a, bad[i].text, &m, &e);

		if (rc == -EPROTO &&
		    strncmp(e.place, bad[i].place, strlen(bad[i].place)) == 0 &&
		    strstr(e.text, bad[i].words) != NULL)
			continue;
		failed++;
		print_error("%s-> %d %s: %s (wanted %s: %s)\n", bad[i].text, rc,
			    e.place, e.text, bad[i].place, bad[i].words);
	}
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_custom),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
