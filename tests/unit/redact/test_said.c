/* From subtitles and tables of speech to what is bleeped. */
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
static uint8_t sound[44 + 2 * RATE * SECONDS] =
	"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\2\0\x40\x1f\0\0\x80\x3e\0\0"
	"\2\0\x08\0data\0\x71\2";

/* What is heard (or why it is denied) by that file; named: it says of which
 * recording it is. */
static void heard_by(const char *path, const char *text, bool named,
		     const char *want)
{
	static const struct channel_rule channels[] = {
		{"agent", 1}, {"B", 2}, {"Caller", 2}};
	CLEANUP(buf_free) struct buf b = {0};
	const struct source files[] = {
		{bytes_str(path), bytes_str(text)},
		{bytes_str("w/x.wav"), bytes_of(sound, sizeof(sound))}};
	const struct file_rule rule = {.match = "**",
				       .group = {.template_ = "{stem}"},
				       .audio = named ? "w/{stem}.wav" : NULL,
				       .channels = channels,
				       .nchannels = ARRAY_LEN(channels)};
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	struct probe p[2] = {{0}};

	assert_int_equal(probe_run(&d, files, 2, p), 0);
	if (p[1].head.denied != DENIAL_NONE)
		assert_int_equal(buf_putb(&b, p[1].head.reason), 0);
	else
		probe_heard(&p[1], &b);
	assert_int_equal(buf_putc(&b, '\0'), 0);
	if (p[1].head.denied != DENIAL_NONE ? strstr((char *)b.p, want) == NULL
					    : strcmp((char *)b.p, want) != 0)
		fail_msg("%s\n heard: %s\nwanted: %s", text, (char *)b.p, want);
	probe_free(&p[0]);
	probe_free(&p[1]);
}

static void expect(const char *path, const char *text, const char *want)
{
	heard_by(path, text, true, want);
}

static void test_ctm(void **state)
{
	(void)state;
	expect("x.ctm",
	       "x 1 0.5 0.4 call\nx 1 1.0 0.3 415 0.99\nx 1 1.5 0.2 555\n"
	       "x 1 2.0 0.5 0132\nx 1 4 1 thanks\n",
	       "PHONE_NUMBER 1000-2500");
	/* each channel's words are a text; a comment says nothing */
	expect("x.ctm",
	       ";; made by hand\n"
	       "x A 1 0.3 my\nx B 1.1 0.3 call\nx A 1.5 0.3 name\n"
	       "x B 1.6 0.3 415\nx A 2 0.3 is\nx B 2.1 0.3 555\n"
	       "x A 2.5 0.3 Maria\nx B 2.6 0.4 0132\nx A 3 1 Garcia\n",
	       "PHONE_NUMBER 1600-3000/2, PERSON 2500-4000");
	/* spoken digits, as the words of a number */
	expect("x.ctm",
	       "x 1 0 1 card\nx 1 1 .1 four\nx 1 1.1 .1 one\nx 1 1.2 .1 one\n"
	       "x 1 1.3 .1 one\nx 1 1.4 .1 one\nx 1 1.5 .1 one\n"
	       "x 1 1.6 .1 one\nx 1 1.7 .1 one\nx 1 1.8 .1 one\n"
	       "x 1 1.9 .1 one\nx 1 2 .1 one\nx 1 2.1 .1 one\n"
	       "x 1 2.2 .1 one\nx 1 2.3 .1 one\nx 1 2.4 .1 one\n"
	       "x 1 2.5 .1 one\nx 1 3 .5 thanks\n",
	       "CREDIT_CARD 1000-2600");
	/* one whose time nobody knows: between those beside it */
	expect("x.ctm",
	       "x 1 1 0.5 I\nx 1 1.5 0.5 am\nx 1 * * Garcia\n"
	       "x 1 3 0.5 so\n",
	       "PERSON 2000-3000");
	expect("x.ctm", "x 1 0 1 call\nno table\n", "a part of it, is denied");
	expect("x.ctm", "x 1 0 1 hello\n", "");
	heard_by("x.ctm", "x 1 0 1 hello\n", false, "no transcript says");
}

#define G1 "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n"
#define GS "\"ooTextFile\"\n\"TextGrid\"\n0 10 <exists>\n"

static void test_grid(void **state)
{
	(void)state;
	expect("x.TextGrid",
	       G1 "xmin = 0\nxmax = 10\ntiers? <exists>\nsize = 1\nitem []:\n"
		  "item [1]:\nclass = \"IntervalTier\"\nname = \"words\"\n"
		  "xmin = 0\nxmax = 10\nintervals: size = 4\n"
		  "intervals [1]:\nxmin = 0\nxmax = 1.5\ntext = \"I am\"\n"
		  "intervals [2]:\nxmin = 1.5\nxmax = 2\ntext = \"\"\n"
		  "intervals [3]:\nxmin = 2\nxmax = 2.75\ntext = \"Maria\"\n"
		  "intervals [4]:\nxmin = 2.75\nxmax = 3\ntext = "
		  "\"Garcia\"\n",
	       "PERSON 2000-2750, PERSON 2000-3000");
	/* short; a label of several words is covered whole; tiers by name */
	expect("x.TextGrid",
	       GS "2\n\"IntervalTier\"\n\"agent\"\n0\n10\n2\n0\n1\n\"hello\"\n"
		  "1\n10\n\"\"\n\"IntervalTier\"\n\"Caller\"\n0\n10\n1\n"
		  "4\n6\n\"call 415-555-0132 now\"\n",
	       "PHONE_NUMBER 4000-6000/2");
	/* points: nobody knows how long */
	expect("x.TextGrid",
	       GS "1\n\"TextTier\"\n\"marks\"\n0\n10\n3\n1\n\"hello\"\n"
		  "4\n\"mail a@b.org\"\n6\n\"bye\"\n",
	       "EMAIL_ADDRESS 0-6000");
	expect("x.TextGrid", "\"ooTextFile\"\n\"Pitch\"\n",
	       "or a part of it, is denied");
}

#define T1 "00:00:01,000 --> 00:00:02,500\n"
#define T2 "00:00:03,000 --> 00:00:04,000\n"
#define T3 "00:00:05,000 --> 00:00:06,250\n"

static void test_cues(void **state)
{
	(void)state;
	/* a cue is covered whole, its neighbours are not */
	expect("x.srt",
	       "1\n" T1 "hello\n\n2\n" T2 "my name is Maria Garcia\n\n3\n" T3
	       "thanks\n",
	       "PERSON 3000-4000");
	/* a value over two cues */
	expect("x.srt",
	       "1\n" T1 "my name is Maria\n\n2\n" T2 "Garcia\n\n3\n" T3
	       "thanks\n",
	       "PERSON 1000-2500, PERSON 3000-4000");
	expect("x.srt",
	       "1\n" T1 "- hello\n- call 415-555-0132\n\n2\n" T2 "bye\n",
	       "PHONE_NUMBER 1000-2500");
	/* half a cue: somebody speaks, and nobody knows when */
	expect("x.srt", "1\n" T1 "hello\n\nmy name is Maria\n",
	       "or a part of it, is denied");
	expect("x.vtt",
	       "WEBVTT\n\nNOTE by Maria\n\nSTYLE\n::cue {}\n\n"
	       "00:01.000 --> 00:02.000\n<v agent>call <i>415</i>-555-0132\n\n"
	       "01:00:00.000 --> 01:00:01.000\n<v Maria Garcia>hello\n",
	       "goes on behind its end");
	expect("x.vtt",
	       "WEBVTT\n\nNOTE by Maria\n\nSTYLE\n::cue {}\n\n"
	       "00:01.000 --> 00:02.000\n<v agent>call <i>415</i>-555-0132\n\n"
	       "00:00:07.000 --> 00:00:08.000\n<v Maria Garcia>hello\n",
	       "PHONE_NUMBER 1000-2000/1");
	/* words with times of their own */
	expect("x.vtt",
	       "WEBVTT\n\n00:01.000 --> 00:05.000\n"
	       "I am<00:00:02.000><c> Maria</c><00:00:03.500> Garcia"
	       "<00:00:04.250> okay\n",
	       "PERSON 2000-4250");
	/* times that run backwards */
	expect("x.vtt",
	       "WEBVTT\n\n00:03.000 --> 00:05.000\n"
	       "I am<00:00:01.000> Maria<00:00:00.500> Garcia\n",
	       "PERSON 500-5000");
	/* between brackets that are no tag */
	expect("x.vtt",
	       "WEBVTT\n\n00:01.000 --> 00:02.000\nhello <x my name is Maria "
	       "Garcia>\n",
	       "PERSON 1000-2000");
}

static void test_stm(void **state)
{
	(void)state;
	expect("x.stm",
	       ";; CATEGORY\nx B S1 0.5 2.0 <o> call 415-555-0132\n"
	       "x A S2 3 4 hello\n",
	       "PHONE_NUMBER 500-2000/2");
	expect("x.stm", "x A S1 1 2 my name is\nx A S1 3 4 Maria Garcia\n",
	       "PERSON 3000-4000");
	/* read aloud in groups, and the other one says yes */
	expect("x.stm",
	       "x A S1 1 2 it is four one one one\nx B S2 2 3 mhm\n"
	       "x A S1 3 4 two two two two\nx B S2 4 5 yes okay\n"
	       "x A S1 5 6 three three three three\n",
	       "ID_NUMBER 1000-2000, ID_NUMBER 2000-3000/2, "
	       "ID_NUMBER 3000-4000, ID_NUMBER 4000-5000/2, "
	       "ID_NUMBER 5000-6000");
	/* who speaks when is not what is said */
	expect("x.rttm", "SPEAKER x 1 0.5 1.5 <NA> <NA> S1 <NA>\n",
	       "no transcript says");
}

#define H "x 1 0 1 yes\nx 1 1 1 my\nx 1 2 1 name\nx 1 3 1 is\n"

/* What the text says is heard where the words are that have times. */
static void told(const char *words, const char *text, const char *want)
{
	CLEANUP(buf_free) struct buf b = {0};
	const struct source files[] = {
		{bytes_str("h/x.txt"), bytes_str(text)},
		{bytes_str("x.ctm"), bytes_str(words)},
		{bytes_str("w/x.wav"), bytes_of(sound, sizeof(sound))}};
	const struct file_rule rule = {.match = "**",
				       .group = {.template_ = "{stem}"},
				       .audio = "w/{stem}.wav"};
	const struct dataset_rules d = {
		.name = "", .language = "en", .files = &rule, .nfiles = 1};
	struct probe p[3] = {{0}};

	assert_int_equal(probe_run(&d, files, 3, p), 0);
	if (p[2].head.denied != DENIAL_NONE)
		assert_int_equal(buf_putb(&b, p[2].head.reason), 0);
	else
		probe_heard(&p[2], &b);
	assert_int_equal(buf_putc(&b, '\0'), 0);
	if (p[2].head.denied != DENIAL_NONE ? strstr((char *)b.p, want) == NULL
					    : strcmp((char *)b.p, want) != 0)
		fail_msg("%s\n%s\n heard: %s\nwanted: %s", words, text,
			 (char *)b.p, want);
	for (unsigned i = 0; i < 3; i++)
		probe_free(&p[i]);
}

static void test_told(void **state)
{
	(void)state;
	/* misheard: what stands between the words that both have */
	told(H "x 1 4 1 mario\nx 1 5 .5 gar\nx 1 5.5 .5 thea\n"
	       "x 1 7 1 thanks\n",
	     "Yes, my name is Maria Garcia. Thanks.\n",
	     "PERSON 4000-6000, PERSON 4000-7000");
	/* left out by the words: its neighbours */
	told("x 1 0 1 this\nx 1 1 1 is\nx 1 3 1 speaking\nx 1 5 1 bye\n",
	     "This is Maria Garcia speaking. Bye.\n", "PERSON 1000-4000");
	/* at the end; what was heard is a name, too */
	told("x 1 1 1 I\nx 1 2 1 am\nx 1 4 1 moira\n", "I am Maria Garcia\n",
	     "PERSON 3000-10000, PERSON 4000-5000");
	/* the same number in another way of writing it */
	told("x 1 0 1 call\nx 1 1 1 four\nx 1 2 .2 one\nx 1 2.2 .2 five\n"
	     "x 1 2.4 .2 triple\nx 1 2.6 .4 five\nx 1 3 .2 zero\n"
	     "x 1 3.2 .2 one\nx 1 3.4 .2 thirty\nx 1 3.6 .2 two\n"
	     "x 1 4 1 now\n",
	     "call 415 555 0132 now\n",
	     "PHONE_NUMBER 1000-3800, PHONE_NUMBER 1000-4000");
	/* so much between that nobody can tell */
	told("x 1 0 1 hello\nx 1 1 .1 a\nx 1 1.1 .1 b\nx 1 1.2 .1 c\n"
	     "x 1 1.3 .1 d\nx 1 1.4 .1 e\nx 1 1.5 .1 f\nx 1 1.6 .1 g\n"
	     "x 1 1.7 .1 h\nx 1 1.8 .1 i\nx 1 1.9 .1 j\nx 1 2 .1 k\n"
	     "x 1 2.1 .1 l\nx 1 2.2 .1 m\nx 1 2.3 .1 n\nx 1 2.4 .1 o\n"
	     "x 1 2.5 .1 p\nx 1 2.6 .1 q\nx 1 2.7 .1 r\nx 1 2.8 .1 s\n"
	     "x 1 2.9 .1 t\nx 1 3 .1 u\nx 1 3.1 .1 v\nx 1 3.2 .1 w\n",
	     "I am Maria Garcia\n", "not among the words that have a time");
	/* two speak at once: it may be behind the other's words */
	told("x A 0 1 please\nx A 1 .5 call\nx B 2 .5 okay\n"
	     "x A 2.5 .5 for\nx B 3 .5 thank\nx A 3.5 .5 fifty\n"
	     "x A 4 .5 dirty\nx B 4.5 .5 you\nx B 5 .5 very\nx B 6 .5 much\n",
	     "Please call 415 555 0132. Okay, thank you very much.\n",
	     "PHONE_NUMBER 1500-4500");
	/* nothing in it, nothing heard */
	told(H, "Yes, my name is\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ctm),  cmocka_unit_test(test_grid),
		cmocka_unit_test(test_cues), cmocka_unit_test(test_stm),
		cmocka_unit_test(test_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
