/* From transcripts to what is bleeped: words, sentences, segments, times. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "probe.h"

#define RATE 8000
#define SECONDS 10

/* Ten seconds of 8 bits, two channels. */
static uint8_t sound[44 + 2 * RATE * SECONDS];

static int setup(void **state)
{
	static const uint8_t head[44] = "RIFF\0\0\0\0WAVEfmt \x10\0\0\0"
					"\1\0\2\0\x40\x1f\0\0\x80\x3e\0\0"
					"\2\0\x08\0data\0\x71\2\0";

	(void)state;
	memcpy(sound, head, sizeof(head));
	return 0;
}

static bool in_lists; /* words are, with their times beside */

static void rules_of(struct arena *a, struct file_rule *f, struct known_rule *k)
{
	static const struct channel_rule channels[] = {{"agent", 1},
						       {"caller", 2}};
	struct jsonpath *text = arena_array(a, 3, sizeof(*text));

	assert_non_null(text);
	text[0] = *probe_path(a, "$.text");
	text[1] = *probe_path(a, "$.s[*].text");
	text[2] = *probe_path(a, "$.s[*].human");
	*k = (struct known_rule){"PERSON", probe_path(a, "$.who")};
	*f = (struct file_rule){
		.match = "**",
		.group = {.template_ = "{stem}"},
		.text = text,
		.ntext = 3,
		.known = k,
		.nknown = 1,
		.channels = channels,
		.nchannels = 2,
		.times = {{.items = probe_path(a, "$..words[*]"),
			   .text = probe_path(a, "$..words[*]..w"),
			   .start = probe_path(a, "$..words[*].a"),
			   .end = probe_path(a, "$..words[*].b"),
			   .channel = probe_path(a, "$..words[*].by"),
			   .unit = 1000000},
			  {.items = probe_path(a, "$.s[*]"),
			   .start = probe_path(a, "$.s[*].at"),
			   .duration = probe_path(a, "$.s[*].for"),
			   .channel = probe_path(a, "$.s[*].by"),
			   .unit = 1000}}};
	if (in_lists)
		f->times[TIMED_WORD] = (struct time_rule){
			.text = probe_path(a, "$.s[*].text"),
			.start = probe_path(a, "$.s[*].o[*]"),
			.duration = probe_path(a, "$.s[*].d[*]"),
			.base = probe_path(a, "$.s[*].at"),
			.unit = 1000};
}

static const char *texts(const struct probe *p, struct buf *b)
{
	for (size_t i = 0; i < p->nspans; i++) {
		struct bytes x = probe_span(p, i);

		assert_int_equal(buf_printf(b, "%s%.*s", i == 0 ? "" : "|",
					    (int)x.n, (const char *)x.p),
				 0);
	}
	return buf_str(b);
}

/* What is heard (or why it is denied), and what of the JSON is hidden. */
static void expect(const char *json, const char *heard, const char *hidden)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	CLEANUP(buf_free) struct buf t = {0};
	const struct source files[] = {
		{bytes_str("t/x.json"), bytes_str(json)},
		{bytes_str("w/x.wav"), bytes_of(sound, sizeof(sound))}};
	struct known_rule known;
	struct file_rule rule;
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	struct probe p[2] = {{0}};

	rules_of(a, &rule, &known);
	assert_int_equal(probe_run(&d, files, 2, p), 0);
	if (p[1].head.denied != DENIAL_NONE)
		assert_int_equal(buf_putb(&b, p[1].head.reason), 0);
	else
		probe_heard(&p[1], &b);
	if (strstr(buf_str(&b), heard) == NULL ||
	    (p[1].head.denied == DENIAL_NONE &&
	     strcmp(b.n == 0 ? "" : buf_str(&b), heard) != 0))
		fail_msg("%s\n heard: %s\nwanted: %s", json, buf_str(&b),
			 heard);
	if (hidden != NULL && strcmp(texts(&p[0], &t), hidden) != 0)
		fail_msg("%s\n hidden: %s\nwanted: %s", json, buf_str(&t),
			 hidden);
	probe_free(&p[0]);
	probe_free(&p[1]);
}

#define W(text, from, to) "{\"w\":\"" text "\",\"a\":" from ",\"b\":" to "}"
#define CALL W("call", "1", "1.2") ","
#define NOW "," W("now", "4", "4.5")

static void test_words(void **state)
{
	(void)state;
	/* Digits of one number in three words: one value, each word hidden. */
	expect("{\"words\":[" CALL W("415", "2", "2.2") "," W(
		       "555", "2.4", "2.5") "," W("0132", "2.6", "3") NOW "]}",
	       "PHONE_NUMBER 2000-3000", "415|555|0132");
	/* Blanks and points that the words bring themselves; times as text. */
	expect("{\"words\":[" W(" call", "1", "1.2") "," W(
		       " 415-555-0132.", "\"2\"", "\"3.125\"") NOW "]}",
	       "PHONE_NUMBER 2000-3125", "415-555-0132");
	/* A point as a word, without a time. */
	expect("{\"words\":[" CALL W("415-555-0132", "2",
				     "3") ",{\"w\":\".\"}" NOW "]}",
	       "PHONE_NUMBER 2000-3000", "415-555-0132");
	/* A number as a number. */
	expect("{\"words\":[" CALL "{\"w\":4155550132,\"a\":2,\"b\":3}" NOW
	       "]}",
	       "PHONE_NUMBER 2000-3000", "4155550132");
	/* Nothing that is sensitive; said by one of two. */
	expect("{\"words\":[" CALL W("me", "2", "3") NOW "]}", "", "");
	expect("{\"words\":[" CALL "{\"w\":\"415-555-0132\",\"a\":2,\"b\":3,"
	       "\"by\":\"caller\"}" NOW "]}",
	       "PHONE_NUMBER 2000-3000/2", NULL);
	expect("{\"words\":[" CALL "{\"w\":\"415-555-0132\",\"a\":2,\"b\":3,"
	       "\"by\":\"nobody\"}" NOW "]}",
	       "PHONE_NUMBER 2000-3000", NULL);
	/* A value that the manifest knows, in words. */
	expect("{\"who\":\"Maria Garcia\",\"words\":[" W(
		       "maria", "2", "2.5") "," W("garcia", "2.6", "3") NOW
	       "]}",
	       "PERSON 2000-3000", "Maria Garcia|maria|garcia");
}

/* Words that are empty, and other ways to write a word. */
static void test_odd_words(void **state)
{
	(void)state;
	expect("{\"s\":[{\"at\":500,\"for\":4000,\"text\":"
	       "\"call 415-555-0132 now\",\"words\":[" CALL W(
		       "", "1.3", "1.4") ",{}," W("four", "2", "3") NOW "]}]}",
	       "PHONE_NUMBER 1300-3000", "415-555-0132|four");
	expect("{\"words\":[" CALL "{\"v\":[{\"w\":\"for\"},{\"w\":"
	       "\"415-555-0132\"}],\"a\":2,\"b\":3}" NOW "]}",
	       "PHONE_NUMBER 2000-3000", "for|415-555-0132");
	expect("{\"words\":[" CALL "{\"v\":[{\"w\":\"415-555-0132\"},"
	       "{\"w\":\"for\"}],\"a\":2,\"b\":3}" NOW "]}",
	       "PHONE_NUMBER 2000-3000", "415-555-0132|for");
	/* A word whose text stands elsewhere: the rule is wrong. */
	expect("{\"words\":[" CALL "{\"x\":\"415\",\"a\":2,\"b\":3}" NOW "]}",
	       "no text where", NULL);
	/* Words that are not in order: nobody can tell what is between. */
	expect("{\"words\":[" W("call", "5",
				"5.5") ",{\"w\":"
				       "\"415-555-0132\"}," W("now", "1",
							      "2") "]}",
	       "run backwards", NULL);
}

static void test_bad_times(void **state)
{
	(void)state;
	/* Missing, negative, backwards, nothing: as far as the neighbours. */
	expect("{\"words\":[" CALL "{\"w\":\"415-555-0132\"}" NOW "]}",
	       "PHONE_NUMBER 1200-4000", NULL);
	expect("{\"words\":[" CALL W("415-555-0132", "-2", "3") NOW "]}",
	       "PHONE_NUMBER 1200-4000", NULL);
	expect("{\"words\":[" CALL W("415-555-0132", "3", "2") NOW "]}",
	       "PHONE_NUMBER 1200-4000", NULL);
	expect("{\"words\":[" CALL W("415-555-0132", "2", "2") NOW "]}",
	       "PHONE_NUMBER 1200-4000", NULL);
	expect("{\"words\":[" CALL W("415-555-0132", "\"x\"", "null") NOW "]}",
	       "PHONE_NUMBER 1200-4000", NULL);
	/* No neighbour: the beginning, the end. */
	expect("{\"words\":[{\"w\":\"415-555-0132\"}" NOW "]}",
	       "PHONE_NUMBER 0-4000", NULL);
	expect("{\"words\":[" CALL "{\"w\":\"415-555-0132\"}]}",
	       "PHONE_NUMBER 1200-10000", NULL);
	expect("{\"words\":[{\"w\":\"415-555-0132\"}]}", "no transcript", NULL);
	/* A little behind the end; far behind it; all in no time. */
	expect("{\"words\":[" CALL W("415-555-0132", "10.5", "10.9") "]}",
	       "PHONE_NUMBER 9000-10000", NULL);
	expect("{\"words\":[" CALL W("415-555-0132", "2", "3000") "]}",
	       "behind its end", NULL);
	expect("{\"words\":[" W("415-555-0132", "0.01", "0.02") "]}",
	       "first hundredth", NULL);
	expect("{\"words\":[" W("call", "1e300", "2") NOW "]}", "", NULL);
	expect("{\"words\":[]}", "no transcript", NULL);
	expect("{\"words\":[" CALL, "denied: nobody", NULL);
	/* Words in words: what is one? */
	expect("{\"words\":[" CALL "{\"w\":\"a\",\"a\":2,\"b\":3,\"words\":[" W(
		       "b", "2", "3") "]}" NOW "]}",
	       "words within words", NULL);
}

static void test_sentences(void **state)
{
	(void)state;
	/* The sentence writes as one what is said in ten words. */
	expect("{\"text\":\"call 415-555-0132 now\",\"words\":[" CALL W(
		       "four", "2",
		       "2.1") "," W("one", "2.2",
				    "2.3") "," W("five", "2.4",
						 "2.6") "," W("etcetera", "2.7",
							      "3") NOW "]}",
	       "PHONE_NUMBER 2000-3000", "415-555-0132|four|one|five|etcetera");
	/* The words lack it: the neighbours are covered, but stay readable. */
	expect("{\"text\":\"call 415-555-0132 now\",\"words\":[" CALL W(
		       "now", "4", "4.5") "]}",
	       "PHONE_NUMBER 1000-4500", "415-555-0132");
	expect("{\"text\":\"call 415-555-0132\",\"words\":[" W(
		       "well", "0.5", "0.7") "," CALL W("x", "6", "7") "]}",
	       "PHONE_NUMBER 6000-7000", "415-555-0132|x");
	/* No word of it, and no segment: nobody knows where. */
	expect("{\"text\":\"call 415-555-0132\",\"words\":[" W(
		       "well", "0.5", "0.7") "," W("yes", "6", "7") "]}",
	       "not among the words", NULL);
	/* Both tell it: once. */
	expect("{\"text\":\"call 415-555-0132 now\",\"words\":[" CALL W(
		       "415-555-0132", "2", "3") NOW "]}",
	       "PHONE_NUMBER 2000-3000", "415-555-0132|415-555-0132");
}

static void test_segments(void **state)
{
	(void)state;
	/* Without words: whole. */
	expect("{\"s\":[{\"at\":1000,\"for\":1500,\"text\":\"hello\"},"
	       "{\"at\":3000,\"for\":1500,\"text\":\"call 415-555-0132\"}]}",
	       "PHONE_NUMBER 3000-4500", "415-555-0132");
	expect("{\"s\":[{\"at\":1000,\"for\":1500,\"text\":\"hello\"},"
	       "{\"at\":3000,\"for\":1500,\"by\":\"agent\",\"text\":"
	       "\"call 415-555-0132\"}]}",
	       "PHONE_NUMBER 3000-4500/1", NULL);
	/* Words that are not in it; words of another segment do not count. */
	expect("{\"s\":[{\"at\":1000,\"for\":900,\"text\":\"call\","
	       "\"words\":[" W("call", "1",
			       "1.2") "]},"
				      "{\"at\":3000,\"for\":1500,\"text\":"
				      "\"call 415-555-0132\","
				      "\"words\":[" W("call", "3", "3.2") "," W(
					      "me", "4", "4.2") "]}]}",
	       "PHONE_NUMBER 4000-4200", "415-555-0132|me");
	/* A word without a time reaches to the edges of its segment. */
	expect("{\"s\":[{\"at\":1000,\"for\":900,\"words\":[" W(
		       "call", "1", "1.2") "]},"
					   "{\"at\":3000,\"for\":1500,\"by\":"
					   "\"caller\",\"words\":["
					   "{\"w\":\"415-555-0132\"}]}]}",
	       "PHONE_NUMBER 3000-4500/2", NULL);
	/* Text that the rule does not know: nobody reads it. */
	expect("{\"s\":[{\"at\":1000,\"for\":1500,\"said\":\"hello\"},"
	       "{\"at\":3000,\"for\":1500,\"said\":\"call me\"}]}",
	       "no text where", NULL);
	/* No times: denied. */
	expect("{\"s\":[{\"at\":1000,\"for\":1500,\"text\":\"hello\"},"
	       "{\"text\":\"call 415-555-0132\"}]}",
	       "not among the words", NULL);
}

#define LIST(o, d)                                                  \
	"{\"s\":[{\"at\":500,\"for\":400,\"text\":\"hello there\"," \
	"\"o\":[0,200],\"d\":[100,100]},"                           \
	"{\"at\":1000,\"for\":3000,\"o\":" o ",\"d\":" d ","        \
	"\"text\":\"call 415 555 0132  now\","                      \
	"\"human\":\"Call 415-555-0132, now!\"}]}"

/* The words of a number, or a name, are one value, the sentence's; which part
 * of a name each is. */
static void test_values(void **state)
{
	static const char json[] =
		"{\"text\":\"call 415-555-0132 I am Maria Garcia\","
		"\"words\":[{\"w\":\"call\",\"a\":1,\"b\":1.5},"
		"{\"w\":\"415\",\"a\":2,\"b\":2.2},"
		"{\"w\":\"555\",\"a\":2.4,\"b\":2.5},"
		"{\"w\":\"0132\",\"a\":2.6,\"b\":3},"
		"{\"w\":\"I\",\"a\":3,\"b\":3.1},"
		"{\"w\":\"am\",\"a\":3.1,\"b\":3.2},"
		"{\"w\":\"Maria\",\"a\":3.2,\"b\":3.3},"
		"{\"w\":\"Garcia\",\"a\":3.3,\"b\":3.4}]}";
	CLEANUP(arena_freep) struct arena *a = arena_new();
	const struct source file = {bytes_str("t/x.json"), bytes_str(json)};
	struct known_rule known;
	struct file_rule rule;
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	struct probe p = {0};

	(void)state;
	rules_of(a, &rule, &known);
	assert_int_equal(probe_run(&d, &file, 1, &p), 0);
	assert_int_equal(p.nspans, 7);
	for (size_t i = 2; i < 5; i++) {
		assert_int_equal(p.spans[i].value, p.spans[0].value);
		assert_int_equal(p.spans[i].ord, 1);
	}
	assert_true(bytes_is(p.canons[1], "maria garcia"));
	assert_int_equal(p.spans[2].esc, ESC_JSON | ESC_WORD);
	for (size_t i = 5; i < 7; i++)
		assert_int_equal(p.spans[i].value, p.spans[1].value);
	assert_int_equal(p.spans[5].esc, ESC_JSON | ESC_WORD | ESC_FIRST);
	assert_int_equal(p.spans[6].esc, ESC_JSON | ESC_WORD | ESC_LAST);
	probe_free(&p);
}

/* Words of a text whose times stand in lists beside it. */
static void test_lists(void **state)
{
	static const char hidden[] = "415 555 0132|415-555-0132";

	(void)state;
	in_lists = true;
	expect(LIST("[0,500,1000,1500,2500]", "[400,400,400,400,400]"),
	       "PHONE_NUMBER 1500-2900", hidden);
	/* One without a time; too few; none: its neighbours, its segment. */
	expect(LIST("[0,500,1000,1500,2500]", "[400,400,400,null,400]"),
	       "PHONE_NUMBER 1000-4000", hidden);
	expect(LIST("[0,500,1000,\"x\",2500]", "[400,400,400,400,400]"),
	       "PHONE_NUMBER 1400-3500", hidden);
	expect(LIST("[0,500,1000,1500]", "[400,400,400,400,400]"),
	       "PHONE_NUMBER 1000-4000", hidden);
	expect(LIST("[]", "[]"), "PHONE_NUMBER 1000-4000", hidden);
	in_lists = false;
}

/* Which recording a transcript is of. */
static void test_pairs(void **state)
{
	static const char json[] =
		"{\"words\":[" CALL W("415-555-0132", "2", "3") NOW "]}";
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct bytes wav = bytes_of(sound, sizeof(sound));
	struct source files[] = {{bytes_str("t/x.json"), bytes_str(json)},
				 {bytes_str("v/x.wav"), wav},
				 {bytes_str("w/x.wav"), wav}};
	struct known_rule known;
	struct file_rule rule;
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	struct source back[] = {files[2], files[0]};
	struct probe p[3] = {{0}};

	(void)state;
	rules_of(a, &rule, &known);
	/* Two: which one? */
	assert_int_equal(probe_run(&d, files, 3, p), 0);
	assert_int_equal(p[1].head.denied, DENIAL_UNDETECTED);
	assert_int_equal(p[2].head.denied, DENIAL_UNDETECTED);
	for (int i = 0; i < 3; i++)
		probe_free(&p[i]);
	memset(p, 0, sizeof(p));
	rule.audio = "w/{stem}.wav";
	assert_int_equal(probe_run(&d, files, 3, p), 0);
	assert_int_equal(p[1].head.denied, DENIAL_UNDETECTED);
	assert_int_equal(p[2].head.denied, DENIAL_NONE);
	assert_int_equal(p[2].nspans, 1);
	for (int i = 0; i < 3; i++)
		probe_free(&p[i]);
	memset(p, 0, sizeof(p));
	/* A recording before its transcript is not shown unheard. */
	assert_int_equal(probe_run(&d, back, 2, p), 0);
	assert_int_equal(p[0].head.denied, DENIAL_UNDETECTED);
	probe_free(&p[0]);
	probe_free(&p[1]);
	memset(p, 0, sizeof(p));
	/* Alone; and where the owner says so. */
	assert_int_equal(probe_run(&d, &files[2], 1, p), 0);
	assert_int_equal(p[0].head.denied, DENIAL_UNDETECTED);
	probe_free(&p[0]);
	memset(p, 0, sizeof(p));
	rule.passthrough = true;
	assert_int_equal(probe_run(&d, &files[2], 1, p), 0);
	assert_int_equal(p[0].head.denied, DENIAL_NONE);
	assert_int_equal(p[0].head.prefix.n, 44);
	probe_free(&p[0]);
	memset(p, 0, sizeof(p));
	/* In a language that nobody knows here. */
	rule.passthrough = false;
	rule.language = "fi";
	assert_int_equal(probe_run(&d, files + 0, 3, p), 0);
	assert_int_equal(p[2].head.denied, DENIAL_UNDETECTED);
	for (int i = 0; i < 3; i++)
		probe_free(&p[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_odd_words),
		cmocka_unit_test(test_bad_times),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
