/* Subtitles: what is found, what stays, what is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "timed_view.h"

#define T1 "00:00:01,000 --> 00:00:02,500\n"
#define T2 "00:00:02,500 --> 00:00:04,000\n"
#define T3 "00:00:04,000 --> 00:00:06,000\n"
#define V1 "00:01.000 --> 00:02.000\n"
#define V2 "00:02.000 --> 00:00:04.000 align:start position:10%,line-left\n"

static void test_srt(void **state)
{
	(void)state;
	timed_tagged("a.srt",
		     "1\n" T1 "My name is Maria Lopez.\n\n2\n" T2 "Thanks, "
		     "Maria.\n",
		     "1\n" T1 "My name is [PERSON_1].\n\n2\n" T2 "Thanks, "
		     "[PERSON_1].\n");
	/* over a line end, over two cues, over three */
	timed_tagged("a.SRT",
		     "1\n" T1 "my name is Maria\nLopez\n\n2\n" T2 "My card "
		     "is 4111 1111\n\n3\n" T3 "1111 1111 okay\n",
		     "1\n" T1 "my name is [PERSON_1]\n\n2\n" T2 "My card is "
		     "[CREDIT_CARD_1]\n\n3\n" T3 "[CREDIT_CARD_1] okay\n");
	/* a question in one cue, the answer in the next */
	timed_tagged("a.srt",
		     "1\n" T1 "What is your name?\n\n2\n" T2 "Okonkwo\n",
		     "1\n" T1 "What is your name?\n\n2\n" T2 "[PERSON_1]\n");
	/* two speakers in one */
	timed_tagged("a.srt",
		     "1\n" T1 "- What is your name?\n- Okonkwo\n- Hm\n",
		     "1\n" T1 "- What is your name?\n- [PERSON_1]\n- Hm\n");
	/* no number, CRLF, no last line end, blank lines of blanks */
	timed_tagged("a.srt",
		     "\xEF\xBB\xBF\r\n" T1 "mail a@b.org\r\n \r\n\r\n" T2 "x",
		     "\xEF\xBB\xBF\r\n" T1
		     "mail [EMAIL_ADDRESS_1]\r\n \r\n\r\n" T2 "x");
	/* a file of old Macs */
	timed_tagged(
		"a.srt",
		"1\r00:00:01,000 --> 00:00:02,500\rmail a@b.org\r\r2\r"
		"00:00:03,000 --> 00:00:04,000\rx\r",
		"1\r00:00:01,000 --> 00:00:02,500\rmail [EMAIL_ADDRESS_1]\r\r2"
		"\r00:00:03,000 --> 00:00:04,000\rx\r");
	timed_tagged("a.srt", "", "");
	timed_tagged("a.srt", "\n\n", "\n\n");
	/* no text; an identifier that is no number; coordinates */
	timed_tagged("a.srt", "1\n" T1 "\n2\n" T2 "x", "1\n" T1 "\n2\n" T2 "x");
	timed_tagged(
		"a.srt",
		"call 4155550132\n00:00:01,000 --> 00:00:02,000 X1:40 "
		"X2:600\nx\n",
		"call [PHONE_NUMBER_1]\n00:00:01,000 --> 00:00:02,000 X1:40 "
		"X2:600\nx\n");
	timed_tagged(
		"a.srt", "1\n00:00:01,000 --> 00:00:02,000 by:a@b.org\nx\n",
		"1\n00:00:01,000 --> 00:00:02,000 by:[EMAIL_ADDRESS_1]\nx\n");
}

static void test_srt_denied(void **state)
{
	(void)state;
	/* what is no cue is not shown, and its neighbours are */
	timed_tagged("a.srt",
		     "1\n" T1 "a\n\nmy name is Maria Lopez\n\n2\n" T2 "b\n",
		     "1\n" T1 "a\n\n2\n" T2 "b\n");
	timed_tagged("a.srt", "1\n" T1 "a\n2\n" T2 "b\n\n3\n" T3 "c\n",
		     "3\n" T3 "c\n");
	timed_tagged("a.srt", "1\n00:00 --> later Maria\na\n\n3\n" T3 "c\n",
		     "3\n" T3 "c\n");
	timed_tagged("a.srt",
		     "1\n4155550132:00:00,1 --> 00:00:01,000\na\n\n3\n" T3
		     "c\n",
		     "3\n" T3 "c\n");
	timed_refused("a.srt", bytes_of("1\n" T1 "a\0b\n", 36), "zero bytes");
	timed_refused("a.srt",
		      bytes_of("\xFF\xFE"
			       "1\0\n\0",
			       6),
		      "UTF-16");
}

/* What looks like a setting or a role and is none. */
static void test_disguised(void **state)
{
	(void)state;
	timed_tagged(
		"a.vtt",
		"WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,BY:MARIA\n\n1\n"
		"00:01.000 --> 00:02.000 align:maria\n<v Maria Lopez (Agent 2)>"
		"a\n\n00:02.000 --> 00:03.000 line:4155550132 align:start\n"
		"<v Agent 2>b\n",
		"WEBVTT\n\n1\n00:01.000 --> 00:02.000 align:[PERSON_1]\n"
		"<v [PERSON_1] (Agent 2)>a\n\n00:02.000 --> 00:03.000 line:"
		"[PHONE_NUMBER_1] align:start\n<v Agent 2>b\n");
}

static void test_markup(void **state)
{
	(void)state;
	/* a value over tags is replaced on both sides of them */
	timed_tagged("a.srt", "1\n" T1 "my name is <i>Maria</i> Lopez\n",
		     "1\n" T1 "my name is <i>[PERSON_1]</i> [PERSON_1]\n");
	timed_tagged("a.srt", "1\n" T1 "{\\an8}mail a@b<b>.o</b>rg now\n",
		     "1\n" T1
		     "{\\an8}mail [EMAIL_ADDRESS_1]<b>[EMAIL_ADDRESS_1]</b>"
		     "[EMAIL_ADDRESS_1] now\n");
	timed_tagged("a.srt", "1\n" T1 "card<i>4111111111111111</i>please\n",
		     "1\n" T1
		     "[ID_NUMBER_1]<i>[CREDIT_CARD_1]</i>[ID_NUMBER_1]\n");
	/* what stands in a tag is searched; an open bracket is text */
	timed_tagged(
		"a.srt", "1\n" T1 "<font color=\"#ff0000\" a@b.org>x</font>\n",
		"1\n" T1 "<font color=\"#ff0000\" [EMAIL_ADDRESS_1]>x</font>"
		"\n");
	timed_tagged("a.srt", "1\n" T1 "<i 4 < 5 a@b.org {\\x\n",
		     "1\n" T1 "<i 4 < 5 [EMAIL_ADDRESS_1] {\\x\n");
	timed_tagged("a.vtt",
		     "WEBVTT\n\n" V1 "my name is Zo&euml;&nbsp;L&#243;pez &"
		     " c&o. <00:01.500><c.x>a&#64;b.org</c>\n",
		     "WEBVTT\n\n" V1
		     "my name is [PERSON_1] & c&o. <00:01.500><c.x>"
		     "[EMAIL_ADDRESS_1]</c>\n");
	timed_tagged("a.vtt", "WEBVTT\n\n" V1 "my number is 415<>555<>0132\n",
		     "WEBVTT\n\n" V1 "my number is [PHONE_NUMBER_1]<>"
		     "[PHONE_NUMBER_1]<>[PHONE_NUMBER_1]\n");
}

static void test_vtt(void **state)
{
	(void)state;
	timed_tagged("a.vtt",
		     "WEBVTT\n\n1\n" V1 "<v Maria Lopez>Hello.\n\n" V2
		     "<v.loud Agent>Hello, Maria.\n",
		     "WEBVTT\n\n1\n" V1 "<v [PERSON_1]>Hello.\n\n" V2
		     "<v.loud Agent>Hello, [PERSON_1].\n");
	/* the head, notes, styles say anything: they are not shown */
	timed_tagged(
		"a.vtt",
		"WEBVTT by Maria Lopez\nKind: captions\n"
		"X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n"
		"Author: Maria\n\nNOTE for Maria\nmore\n\nSTYLE\n"
		"::cue(v[voice=\"Maria\"]) {}\n\nREGION\nid:maria\n\n"
		"first\n" V1 "a\n\nNOTE\n\n" V2 "b\n\n\n",
		"WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\n"
		"first\n" V1 "a\n\n" V2 "b\n\n\n");
	timed_tagged("a.vtt", "WEBVTT", "WEBVTT");
	timed_tagged("a.vtt", "WEBVTT\r\n\r\n", "WEBVTT\r\n\r\n");
	timed_tagged("a.vtt", "WEBVTT\n" V1 "a@b.org",
		     "WEBVTT\n\n" V1 "[EMAIL_ADDRESS_1]");
	/* a line of blanks is not blank here */
	timed_tagged("a.vtt", "WEBVTT\n\n" V1 "a\n \nb@c.org\n",
		     "WEBVTT\n\n" V1 "a\n \n[EMAIL_ADDRESS_1]\n");
	timed_refused("a.vtt", bytes_str("1\n" V1 "a\n"), "WEBVTT");
	timed_refused("a.vtt", bytes_str("WEBVTTX\n"), "WEBVTT");
	timed_refused("a.vtt", bytes_str(""), "WEBVTT");
}

/* A replacement makes no blank line and no second cue. */
static void test_cue_stays(void **state)
{
	(void)state;
	timed_shown("a.srt", &timed_drop, "1\n" T1 "a@b.org\nok\n",
		    "1\n" T1 "_\nok\n");
	timed_shown("a.vtt", &timed_dashes,
		    "WEBVTT\n\n" V1 "a@b.org> x <v Ana Bea>y",
		    "WEBVTT\n\n" V1 "------_> x <v ------_>y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_srt),
		cmocka_unit_test(test_srt_denied),
		cmocka_unit_test(test_disguised),
		cmocka_unit_test(test_markup),
		cmocka_unit_test(test_vtt),
		cmocka_unit_test(test_cue_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
