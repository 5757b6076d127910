/* Tables of speech and TextGrids: what is found, what stays, what is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy/redact/format.h"
#include "tests/unit/redact/world.h"
#include "timed_view.h"

static void test_ctm(void **state)
{
	(void)state;
	/* the words are one flow; every line keeps its columns */
	timed_tagged("a.ctm",
		     "c1 A 0.1 0.2 my 0.9\nc1 A 0.3 0.2 name 0.9\n"
		     "c1 A 0.5 0.2 is\nc1 A 0.7 0.2 john\nc1 A 0.9 1 smith"
		     "\t1.0\nc1 A 2 1e-1 thanks NA\n",
		     "c1 A 0.1 0.2 my 0.9\nc1 A 0.3 0.2 name 0.9\n"
		     "c1 A 0.5 0.2 is\nc1 A 0.7 0.2 [PERSON_1]\nc1 A 0.9 1 "
		     "[PERSON_1]\t1.0\nc1 A 2 1e-1 thanks NA\n");
	/* a channel goes on when another has spoken; a name said in one is
	 * known in the other and in the file's name */
	timed_tagged(
		"a.ctm",
		"lopez_1 A 0 1 i'm\nlopez_1 B 0.5 1 hello\nlopez_1 A 1 1 "
		"Maria\nlopez_1 B 1 1 Maria\nlopez_1 A 2 1 Lopez\n",
		"[PERSON_1]_1 A 0 1 i'm\n[PERSON_1]_1 B 0.5 1 hello\n"
		"[PERSON_1]_1 A 1 1 [PERSON_1]\n[PERSON_1]_1 B 1 1 [PERSON_1]\n"
		"[PERSON_1]_1 A 2 1 [PERSON_1]\n");
	/* another file is another record */
	timed_tagged("a.ctm", "x A 0 1 4111\ny A 1 1 1111\n",
		     "x A 0 1 4111\ny A 1 1 1111\n");
	/* comments and other lines are not shown */
	timed_tagged("a.ctm",
		     ";; by Maria Lopez\nc A 0 1 a\n;; x\nc A 1 1 b\n"
		     "c A then 1 c\nc A * * <ALT_BEGIN>\nc A\n",
		     "c A 0 1 a\nc A 1 1 b\nc A * * <ALT_BEGIN>\n");
	timed_tagged(
		"a.ctm",
		"c A 0 1 4111\r\n\r\nc A 1 1 1111\r\nc A 2 1 1111\r\n"
		"c A 3 1 1111",
		"c A 0 1 [CREDIT_CARD_1]\r\n\r\nc A 1 1 [CREDIT_CARD_1]\r\n"
		"c A 2 1 [CREDIT_CARD_1]\r\nc A 3 1 [CREDIT_CARD_1]");
	timed_tagged("a.ctm", "\xEF\xBB\xBF", "\xEF\xBB\xBF");
}

/* Words of a stand-in are dealt over the parts; what is masked is the value,
 * not its parts. */
static void test_parts(void **state)
{
	const struct world *w = *state;
	struct standin s = w->s;
	CLEANUP(probe_free) struct probe p = {0};
	CLEANUP(buf_free) struct buf got = {0}, flat = {0};
	char first[32], last[32];

	timed_probe("a.ctm", "c A 0 1 i'm\nc A 1 1 Maria\nc A 2 1 Lopez\n", &p);
	timed_view(&p, &timed_stand_in, &s, NULL, &got);
	assert_int_equal(sscanf(buf_str(&got),
				"c A 0 1 i'm\nc A 1 1 %31s\nc A 2 1 %31s\n",
				first, last),
			 2);
	probe_free(&p);
	timed_probe("a.txt", "i'm Maria Lopez\n", &p);
	timed_view(&p, &timed_stand_in, &s, NULL, &flat);
	assert_non_null(strstr(buf_str(&flat), first));
	assert_non_null(strstr(buf_str(&flat), last));
	assert_string_not_equal(first, last);
	timed_shown("a.ctm", &timed_last4,
		    "c A 0 1 41111111\nc A 1 1 11111111\nc A 2 1 ok\n",
		    "c A 0 1 ********1111\nc A 1 1 ********1111\nc A 2 1 ok\n");
	timed_shown("a.ctm", &timed_drop, "c A 0 1 a@b.org 1\n",
		    "c A 0 1 _ 1\n");
}

static void test_rttm(void **state)
{
	(void)state;
	timed_tagged(
		"a.rttm",
		"SPEAKER maria_lopez 1 0.5 1.2 <NA> <NA> Maria_Lopez "
		"<NA> <NA>\n;; x\nSPEAKER c 1 2 1 <NA> <NA> SPEAKER_01"
		" <NA>\nLEXEME c 1 2 1 a@b.org lex agent <NA>\n"
		"SPKR-INFO c 1 <NA> <NA> <NA> unknown spk1 <NA>\n",
		"SPEAKER [PERSON_1] 1 0.5 1.2 <NA> <NA> [PERSON_1] <NA> <NA>\n"
		"SPEAKER c 1 2 1 <NA> <NA> SPEAKER_01 <NA>\nLEXEME c 1 2 1 "
		"[EMAIL_ADDRESS_1] lex agent <NA>\nSPKR-INFO c 1 <NA> <NA> "
		"<NA> unknown spk1 <NA>\n");
	timed_tagged("a.rttm",
		     "Maria's c 1 2 1 <NA> <NA> x <NA>\nSPEAKER c 1 2 1 "
		     "<NA> <NA> x <NA> 1 4111\n",
		     "\n");
}

/* What looks like a kind, a role or a gender and is none. */
static void test_disguised(void **state)
{
	(void)state;
	timed_tagged(
		"a.rttm",
		"MARIA c 1 2 1 <NA> <NA> x <NA>\nNO_RT_METADATA c 1 2 1 <NA> "
		"<NA> Agent-A/Okafor_3 <NA>\n",
		"NO_RT_METADATA c 1 2 1 <NA> <NA> Agent-A/[PERSON_1]_3 <NA>\n");
	timed_tagged("a.rttm", "A/P c 1 2 1 <NA> <NA> J.R. <NA>\n",
		     "A/P c 1 2 1 <NA> <NA> [PERSON_1]. <NA>\n");
	timed_tagged("spk2gender", "s1 Maria\ns2 female\n", "s2 female\n");
}

static void test_stm(void **state)
{
	(void)state;
	timed_tagged(
		"a.stm",
		";; LABEL \"o\" \"Maria\"\nc A agent 0.0 1.5 <o,f0,"
		"male> what is your name\nc A caller 1.5 2 <o,f0,"
		"female> maria lopez\nc A Maria_Lopez 2 3 mail a@b.org"
		"\nc A inter_segment_gap 3 4\nc A x y z no times\n",
		"c A agent 0.0 1.5 <o,f0,male> what is your name\nc A caller "
		"1.5 2 <o,f0,female> [PERSON_1]\nc A [PERSON_1] 2 3 mail "
		"[EMAIL_ADDRESS_1]\nc A inter_segment_gap 3 4\n");
}

static void test_kaldi(void **state)
{
	(void)state;
	timed_tagged("d/text",
		     "maria_lopez-0001 MY NAME IS MARIA LOPEZ\nu2 CALL 415 "
		     "555 0132\nu3\n",
		     "[PERSON_1]-0001 MY NAME IS [PERSON_1]\nu2 CALL "
		     "[PHONE_NUMBER_1]\nu3\n");
	timed_tagged("utt2spk", "maria_lopez-0001 maria_lopez\nx-2 spk2\n",
		     "[PERSON_1]-0001 [PERSON_1]\nx-2 spk2\n");
	timed_tagged("spk2utt", "maria_lopez maria_lopez-1  maria_lopez-2\n",
		     "[PERSON_1] [PERSON_1]-1  [PERSON_1]-2\n");
	timed_tagged("segments",
		     "u1 r1 0.00 1.25\nu2 r1 Maria 2\nu3 r1 2 3 4155550132"
		     "\n",
		     "u1 r1 0.00 1.25\nu3 r1 2 3 [PHONE_NUMBER_1]\n");
	timed_tagged("wav.scp",
		     "r1 /data/4155550132/a.wav\nr2 sox x.wav -t wav - |\n"
		     "r3 /a b.wav\n",
		     "r1 /data/[PHONE_NUMBER_1]/a.wav\nr2 sox x.wav -t wav - |"
		     "\nr3 /a b.wav\n");
	timed_tagged("spk2gender", "spk1 f\nspk2 4155550132\nNkechi_Okafor m\n",
		     "spk1 f\n[PERSON_1] m\n");
}

/* ---- TextGrid ---- */

#define LONG "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n"

static void test_grid(void **state)
{
	(void)state;
	timed_tagged(
		"a.TextGrid",
		LONG
		"xmin = 0 \nxmax = 2.5 \ntiers? <exists> \nsize = 2 \n"
		"item []: \n    item [1]:\n        class = \"IntervalTier\""
		" \n        name = \"Maria Lopez\" \n        xmin = 0 \n"
		"        xmax = 2.5 \n        intervals: size = 2 \n"
		"        intervals [1]:\n            xmin = 0 \n"
		"            xmax = 1 \n            text = \"my \"\"name\"\""
		" is Maria\" \n        intervals [2]:\n            xmin = "
		"1 \n            xmax = 2.5 \n            text = \"Lopez\" "
		"\n    item [2]:\n        class = \"TextTier\" \n"
		"        name = \"words\" \n        xmin = 0 \n"
		"        xmax = 2.5 \n        points: size = 1 \n"
		"        points [1]:\n            number = 1 \n"
		"            mark = \"a@b.org\" \n",
		LONG
		"xmin = 0 \nxmax = 2.5 \ntiers? <exists> \nsize = 2 \n"
		"item []: \n    item [1]:\n        class = \"IntervalTier\""
		" \n        name = \"[PERSON_1]\" \n        xmin = 0 \n"
		"        xmax = 2.5 \n        intervals: size = 2 \n"
		"        intervals [1]:\n            xmin = 0 \n"
		"            xmax = 1 \n            text = \"my \"\"name\"\""
		" is [PERSON_1]\" \n        intervals [2]:\n            "
		"xmin = 1 \n            xmax = 2.5 \n            text = "
		"\"[PERSON_1]\" \n    item [2]:\n        class = "
		"\"TextTier\" \n        name = \"words\" \n        xmin = "
		"0 \n        xmax = 2.5 \n        points: size = 1 \n"
		"        points [1]:\n            number = 1 \n"
		"            mark = \"[EMAIL_ADDRESS_1]\" \n");
}

static void test_grid_short(void **state)
{
	(void)state;
	/* comments, CRLF, no last line end, a count that nobody has memory for
	 */
	timed_tagged(
		"a.textgrid",
		"File type = \"ooTextFile\"\r\n\"TextGrid\"\r\n! by "
		"a@b.org\r\n0"
		"\r\n9.9e1\r\n<exists>\r\n999999999\r\n\"IntervalTier\"\r\n"
		"\"words\"\r\n0\r\n1\r\n999999999\r\n0\r\n0.5\r\n\"4111\"\r\n0."
		"5"
		"\r\n0.6\r\n\"\"\r\n0.6\r\n1\r\n\"1111 1111\r\n1111\"",
		"File type = \"ooTextFile\"\r\n\"TextGrid\"\r\n! by "
		"[EMAIL_ADDRESS_1]\r\n0\r\n9.9e1\r\n<exists>\r\n999999999\r\n"
		"\"IntervalTier\"\r\n\"words\"\r\n0\r\n1\r\n999999999\r\n0\r\n"
		"0.5\r\n\"[CREDIT_CARD_1]\"\r\n0.5\r\n0.6\r\n\"\"\r\n0.6\r\n1"
		"\r\n\"[CREDIT_CARD_1]\"");
	timed_shown("a.TextGrid", &timed_drop,
		    LONG "0 1 <exists> 1 \"TextTier\" "
			 "\"x\" 0 1 1 0.5 \"a@b.org\"",
		    LONG "0 1 <exists> 1 \"TextTier\" \"x\" 0 1 1 0.5 \"\"");
	timed_refused("a.TextGrid", bytes_str(LONG "0 1 Maria"), "TextGrid");
	timed_refused("a.TextGrid", bytes_str(LONG "0 1 4155550132"),
		      "TextGrid");
	timed_refused("a.TextGrid", bytes_str(LONG "\"open"), "TextGrid");
	timed_refused("a.TextGrid",
		      bytes_str("\"ooTextFile\"\n\"PitchTier\"\n"), "TextGrid");
	timed_refused("a.TextGrid", bytes_str("\"ooTextFile\"\n"), "TextGrid");
	timed_refused("a.TextGrid", bytes_str(""), "TextGrid");
	timed_refused("a.TextGrid", bytes_of("\xFE\xFF\0F", 4), "UTF-16");
}

/* ---- which kind ---- */

static enum timed_text kind_of(const char *path, const char *format)
{
	struct file_rule f = {.match = "**"};

	assert_true(format_named(bytes_str(format), &f));
	return format_kind(&f, bytes_str(path));
}

static void test_kinds(void **state)
{
	struct file_rule f = {.match = "**"};

	(void)state;
	assert_int_equal(kind_of("a.txt", "srt"), TIMED_SRT);
	assert_int_equal(kind_of("a.srt", "webvtt"), TIMED_VTT);
	assert_int_equal(kind_of("text", "ctm"), TIMED_CTM);
	assert_int_equal(kind_of("d/text", "kaldi"), TIMED_TEXT);
	assert_int_equal(kind_of("d/utt2lang.txt", "kaldi"), TIMED_KALDI);
	assert_int_equal(kind_of("a.srt", "kaldi"), TIMED_KALDI);
	assert_int_equal(kind_of("a.srt", "json"), TIMED_NONE);
	assert_int_equal(format_kind(NULL, bytes_str("d/wav.scp")), TIMED_SCP);
	assert_int_equal(format_kind(NULL, bytes_str("my_wav.scp")),
			 TIMED_NONE);
	assert_int_equal(format_kind(&f, bytes_str("a.STM")), TIMED_STM);
	assert_false(format_named(bytes_str("subrip"), &f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ctm),   cmocka_unit_test(test_parts),
		cmocka_unit_test(test_rttm),  cmocka_unit_test(test_disguised),
		cmocka_unit_test(test_stm),   cmocka_unit_test(test_kaldi),
		cmocka_unit_test(test_grid),  cmocka_unit_test(test_grid_short),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
