/* Subtitles and tables of speech: what is found, what stays, what is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "policy/redact/format.h"
#include "policy/redact/view.h"
#include "tests/unit/redact/world.h"

#include "probe.h"

static const struct dataset_rules plain = {.name = "d", .language = "en"};

static const struct decision keep = {.fallback = {.action = ACTION_KEEP}};
static const struct decision tag = {.fallback = {.action = ACTION_TAG}};
static const struct decision drop = {.fallback = {.action = ACTION_DROP}};
static const struct decision stand_in = {
	.fallback = {.action = ACTION_PSEUDONYM, .scope = SCOPE_PROJECT}};
static const struct decision last4 = {
	.fallback = {.action = ACTION_MASK, .keep_last = 4}};
static const struct decision dashes = {.fallback = {.action = ACTION_MASK,
						    .true_length = true,
						    .mask_char = '-'}};

static int source(void *ctx, uint64_t off, void *dst, size_t n)
{
	const struct probe *p = ctx;

	assert_true(off + n <= p->data.n);
	memcpy(dst, p->data.p + off, n);
	return 0;
}

/* The view of a file of one block; visible NULL: all of it. */
static void render(struct probe *p, const struct decision *d,
		   const struct standin *s, const bool *visible,
		   struct buf *out)
{
	bool all[64];
	struct value *values =
		arena_array(p->a, p->nspans + 1, sizeof(*values));
	struct index_block k = {.nrecords = (uint32_t)p->nrecords,
				.nspans = (uint32_t)p->nspans,
				.records = p->records,
				.spans = p->spans,
				.values = values};
	struct view_in in = {.head = &p->head,
			     .block = &k,
			     .visible = visible == NULL ? all : visible,
			     .decision = d,
			     .standin = s,
			     .source = source,
			     .ctx = p};
	struct view_block b;
	uint64_t len, n;
	struct err e = {0};

	assert_true(p->nrecords <= 64 && p->data.n <= INDEX_BLOCK);
	memset(all, 1, sizeof(all));
	for (uint32_t nr = 0; nr < p->head.nvalues; nr++)
		for (size_t i = 0; i < p->nspans; i++)
			if (p->spans[i].value == nr) {
				values[k.nvalues++] = (struct value){
					nr, p->spans[i].type, p->canons[i]};
				break;
			}
	assert_int_equal(buf_putb(out, p->head.prefix), 0);
	if (view_build(&in, &b, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(view_measure(&in, &len, &n, &e), 0);
	assert_true(len == b.len);
	assert_int_equal(buf_reserve(out, b.len), 0);
	if (b.len > 0)
		assert_int_equal(view_read(&b, &in, 0, out->p + out->n, b.len),
				 0);
	out->n += b.len;
	view_block_free(&b);
	assert_int_equal(buf_putb(out, p->head.suffix), 0);
}

static bool is_denied(const struct probe *p)
{
	return p->head.denied != DENIAL_NONE;
}

/* Whatever is visible: the view is the source restricted to that, and read
 * again it has those records, none denied. */
static void restricted(const char *path, struct probe *p)
{
	bool joins = strstr(path, ".ctm") != NULL;

	for (uint32_t mask = p->summary.whole; mask < 1u << p->nrecords;
	     mask++) {
		CLEANUP(buf_free) struct buf got = {0}, want = {0};
		CLEANUP(probe_free) struct probe again = {0};
		bool visible[16];
		size_t n = 0;

		for (size_t i = 0; i < p->nrecords; i++)
			visible[i] = (mask >> i & 1) != 0;
		render(p, &keep, NULL, visible, &got);
		probe_view(p, visible, &want);
		assert_true(bytes_eq(buf_bytes(&got), buf_bytes(&want)));
		probe_one(&plain, path, buf_bytes(&got), &again);
		assert_false(is_denied(&again));
		for (size_t i = 0; i < p->nrecords; i++) {
			const struct record *r = &p->records[i], *a;

			if (joins || !visible[i] || r->denied != DENIAL_NONE)
				continue;
			assert_true(n < again.nrecords);
			a = &again.records[n++];
			assert_int_equal(a->denied, DENIAL_NONE);
			assert_true(bytes_eq(
				bytes_sub(p->data, r->start, r->end - r->start),
				bytes_sub(again.data, a->start,
					  a->end - a->start)));
		}
		assert_true(joins || n == again.nrecords);
	}
}

/* Replacements leave as many records as there were, none of them denied. Those
 * of a CTM join where a line between them is gone. */
static void reads_again(const char *path, const struct probe *p,
			struct bytes view)
{
	CLEANUP(probe_free) struct probe again = {0};
	size_t n = 0;

	for (size_t i = 0; i < p->nrecords; i++)
		n += p->records[i].denied == DENIAL_NONE;
	probe_one(&plain, path, view, &again);
	assert_false(is_denied(&again));
	for (size_t i = 0; i < again.nrecords; i++)
		assert_int_equal(again.records[i].denied, DENIAL_NONE);
	if (strstr(path, ".ctm") == NULL)
		assert_int_equal(again.nrecords, n);
}

static void shown(const char *path, const struct decision *d,
		  const struct standin *s, const char *text, const char *want)
{
	CLEANUP(probe_free) struct probe p = {0};
	CLEANUP(buf_free) struct buf got = {0};

	probe_one(&plain, path, bytes_str(text), &p);
	if (is_denied(&p))
		fail_msg("%s", p.words);
	if (p.nrecords <= 6)
		restricted(path, &p);
	render(&p, d, s, NULL, &got);
	assert_string_equal(buf_str(&got), want);
	reads_again(path, &p, buf_bytes(&got));
}

static void tagged(const char *path, const char *text, const char *want)
{
	shown(path, &tag, NULL, text, want);
}

static void refused(const char *path, struct bytes text, const char *words)
{
	CLEANUP(probe_free) struct probe p = {0};

	probe_one(&plain, path, text, &p);
	assert_true(is_denied(&p));
	if (strstr(p.words, words) == NULL)
		fail_msg("%s", p.words);
}

/* ---- subtitles ---- */

#define T1 "00:00:01,000 --> 00:00:02,500\n"
#define T2 "00:00:02,500 --> 00:00:04,000\n"
#define T3 "00:00:04,000 --> 00:00:06,000\n"
#define V1 "00:01.000 --> 00:02.000\n"
#define V2 "00:02.000 --> 00:00:04.000 align:start position:10%,line-left\n"

static void test_srt(void **state)
{
	(void)state;
	tagged("a.srt",
	       "1\n" T1 "My name is Maria Lopez.\n\n2\n" T2 "Thanks, "
	       "Maria.\n",
	       "1\n" T1 "My name is [PERSON_1].\n\n2\n" T2 "Thanks, "
	       "[PERSON_1].\n");
	/* over a line end, over two cues, over three */
	tagged("a.SRT",
	       "1\n" T1 "my name is Maria\nLopez\n\n2\n" T2 "My card "
	       "is 4111 1111\n\n3\n" T3 "1111 1111 okay\n",
	       "1\n" T1 "my name is [PERSON_1]\n\n2\n" T2 "My card is "
	       "[CREDIT_CARD_1]\n\n3\n" T3 "[CREDIT_CARD_1] okay\n");
	/* a question in one cue, the answer in the next */
	tagged("a.srt", "1\n" T1 "What is your name?\n\n2\n" T2 "Okonkwo\n",
	       "1\n" T1 "What is your name?\n\n2\n" T2 "[PERSON_1]\n");
	/* no number, CRLF, no last line end, blank lines of blanks */
	tagged("a.srt",
	       "\xEF\xBB\xBF\r\n" T1 "mail a@b.org\r\n \r\n\r\n" T2 "x",
	       "\xEF\xBB\xBF\r\n" T1 "mail [EMAIL_ADDRESS_1]\r\n \r\n\r\n" T2
	       "x");
	/* a file of old Macs */
	tagged("a.srt",
	       "1\r00:00:01,000 --> 00:00:02,500\rmail a@b.org\r\r2\r"
	       "00:00:03,000 --> 00:00:04,000\rx\r",
	       "1\r00:00:01,000 --> 00:00:02,500\rmail [EMAIL_ADDRESS_1]\r\r2"
	       "\r00:00:03,000 --> 00:00:04,000\rx\r");
	tagged("a.srt", "", "");
	tagged("a.srt", "\n\n", "\n\n");
	/* no text; an identifier that is no number; coordinates */
	tagged("a.srt", "1\n" T1 "\n2\n" T2 "x", "1\n" T1 "\n2\n" T2 "x");
	tagged("a.srt",
	       "call 4155550132\n00:00:01,000 --> 00:00:02,000 X1:40 "
	       "X2:600\nx\n",
	       "call [PHONE_NUMBER_1]\n00:00:01,000 --> 00:00:02,000 X1:40 "
	       "X2:600\nx\n");
	tagged("a.srt", "1\n00:00:01,000 --> 00:00:02,000 by:a@b.org\nx\n",
	       "1\n00:00:01,000 --> 00:00:02,000 by:[EMAIL_ADDRESS_1]\nx\n");
}

static void test_srt_denied(void **state)
{
	(void)state;
	/* what is no cue is not shown, and its neighbours are */
	tagged("a.srt", "1\n" T1 "a\n\nmy name is Maria Lopez\n\n2\n" T2 "b\n",
	       "1\n" T1 "a\n\n2\n" T2 "b\n");
	tagged("a.srt", "1\n" T1 "a\n2\n" T2 "b\n\n3\n" T3 "c\n",
	       "3\n" T3 "c\n");
	tagged("a.srt", "1\n00:00 --> later Maria\na\n\n3\n" T3 "c\n",
	       "3\n" T3 "c\n");
	tagged("a.srt",
	       "1\n4155550132:00:00,1 --> 00:00:01,000\na\n\n3\n" T3 "c\n",
	       "3\n" T3 "c\n");
	refused("a.srt", bytes_of("1\n" T1 "a\0b\n", 36), "zero bytes");
	refused("a.srt",
		bytes_of("\xFF\xFE"
			 "1\0\n\0",
			 6),
		"UTF-16");
}

static void test_markup(void **state)
{
	(void)state;
	/* a value over tags is replaced on both sides of them */
	tagged("a.srt", "1\n" T1 "my name is <i>Maria</i> Lopez\n",
	       "1\n" T1 "my name is <i>[PERSON_1]</i> [PERSON_1]\n");
	tagged("a.srt", "1\n" T1 "{\\an8}mail a@b<b>.o</b>rg now\n",
	       "1\n" T1 "{\\an8}mail [EMAIL_ADDRESS_1]<b>[EMAIL_ADDRESS_1]</b>"
	       "[EMAIL_ADDRESS_1] now\n");
	tagged("a.srt", "1\n" T1 "card<i>4111111111111111</i>please\n",
	       "1\n" T1 "[ID_NUMBER_1]<i>[CREDIT_CARD_1]</i>[ID_NUMBER_1]\n");
	/* what stands in a tag is searched; an open bracket is text */
	tagged("a.srt", "1\n" T1 "<font color=\"#ff0000\" a@b.org>x</font>\n",
	       "1\n" T1 "<font color=\"#ff0000\" [EMAIL_ADDRESS_1]>x</font>"
	       "\n");
	tagged("a.srt", "1\n" T1 "<i 4 < 5 a@b.org {\\x\n",
	       "1\n" T1 "<i 4 < 5 [EMAIL_ADDRESS_1] {\\x\n");
	tagged("a.vtt",
	       "WEBVTT\n\n" V1 "my name is Zo&euml;&nbsp;L&#243;pez &"
	       " c&o. <00:01.500><c.x>a&#64;b.org</c>\n",
	       "WEBVTT\n\n" V1 "my name is [PERSON_1] & c&o. <00:01.500><c.x>"
	       "[EMAIL_ADDRESS_1]</c>\n");
	tagged("a.vtt", "WEBVTT\n\n" V1 "my number is 415<>555<>0132\n",
	       "WEBVTT\n\n" V1 "my number is [PHONE_NUMBER_1]<>"
	       "[PHONE_NUMBER_1]<>[PHONE_NUMBER_1]\n");
}

static void test_vtt(void **state)
{
	(void)state;
	tagged("a.vtt",
	       "WEBVTT\n\n1\n" V1 "<v Maria Lopez>Hello.\n\n" V2
	       "<v.loud Agent>Hello, Maria.\n",
	       "WEBVTT\n\n1\n" V1 "<v [PERSON_1]>Hello.\n\n" V2
	       "<v.loud Agent>Hello, [PERSON_1].\n");
	/* the head, notes, styles say anything: they are not shown */
	tagged("a.vtt",
	       "WEBVTT by Maria Lopez\nKind: captions\n"
	       "X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n"
	       "Author: Maria\n\nNOTE for Maria\nmore\n\nSTYLE\n"
	       "::cue(v[voice=\"Maria\"]) {}\n\nREGION\nid:maria\n\n"
	       "first\n" V1 "a\n\nNOTE\n\n" V2 "b\n\n\n",
	       "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\n"
	       "first\n" V1 "a\n\n" V2 "b\n\n\n");
	tagged("a.vtt", "WEBVTT", "WEBVTT");
	tagged("a.vtt", "WEBVTT\r\n\r\n", "WEBVTT\r\n\r\n");
	tagged("a.vtt", "WEBVTT\n" V1 "a@b.org",
	       "WEBVTT\n\n" V1 "[EMAIL_ADDRESS_1]");
	/* a line of blanks is not blank here */
	tagged("a.vtt", "WEBVTT\n\n" V1 "a\n \nb@c.org\n",
	       "WEBVTT\n\n" V1 "a\n \n[EMAIL_ADDRESS_1]\n");
	refused("a.vtt", bytes_str("1\n" V1 "a\n"), "WEBVTT");
	refused("a.vtt", bytes_str("WEBVTTX\n"), "WEBVTT");
	refused("a.vtt", bytes_str(""), "WEBVTT");
}

/* A replacement makes no blank line and no second cue. */
static void test_cue_stays(void **state)
{
	(void)state;
	shown("a.srt", &drop, NULL, "1\n" T1 "a@b.org\nok\n",
	      "1\n" T1 "_\nok\n");
	shown("a.vtt", &dashes, NULL, "WEBVTT\n\n" V1 "a@b.org> x <v Ana Bea>y",
	      "WEBVTT\n\n" V1 "------_> x <v ------_>y");
}

/* ---- tables ---- */

static void test_ctm(void **state)
{
	(void)state;
	/* the words are one flow; every line keeps its columns */
	tagged("a.ctm",
	       "c1 A 0.1 0.2 my 0.9\nc1 A 0.3 0.2 name 0.9\n"
	       "c1 A 0.5 0.2 is\nc1 A 0.7 0.2 john\nc1 A 0.9 1 smith"
	       "\t1.0\nc1 A 2 1e-1 thanks NA\n",
	       "c1 A 0.1 0.2 my 0.9\nc1 A 0.3 0.2 name 0.9\n"
	       "c1 A 0.5 0.2 is\nc1 A 0.7 0.2 [PERSON_1]\nc1 A 0.9 1 "
	       "[PERSON_1]\t1.0\nc1 A 2 1e-1 thanks NA\n");
	/* another channel is another record; a name said in one is known in
	 * the other and in the file's name */
	tagged("a.ctm",
	       "lopez_1 A 0 1 i'm\nlopez_1 A 1 1 Maria\nlopez_1 A 2 1 "
	       "Lopez\nlopez_1 B 3 1 hello\nlopez_1 B 4 1 Maria\n",
	       "[PERSON_1]_1 A 0 1 i'm\n[PERSON_1]_1 A 1 1 [PERSON_2]\n"
	       "[PERSON_1]_1 A 2 1 [PERSON_2]\n[PERSON_1]_1 B 3 1 hello\n"
	       "[PERSON_1]_1 B 4 1 [PERSON_2]\n");
	/* comments and other lines are not shown */
	tagged("a.ctm",
	       ";; by Maria Lopez\nc A 0 1 a\n;; x\nc A 1 1 b\n"
	       "c A then 1 c\nc A * * <ALT_BEGIN>\nc A\n",
	       "c A 0 1 a\nc A 1 1 b\nc A * * <ALT_BEGIN>\n");
	tagged("a.ctm",
	       "c A 0 1 4111\r\n\r\nc A 1 1 1111\r\nc A 2 1 1111\r\n"
	       "c A 3 1 1111",
	       "c A 0 1 [CREDIT_CARD_1]\r\n\r\nc A 1 1 [CREDIT_CARD_1]\r\n"
	       "c A 2 1 [CREDIT_CARD_1]\r\nc A 3 1 [CREDIT_CARD_1]");
	tagged("a.ctm", "\xEF\xBB\xBF", "\xEF\xBB\xBF");
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

	probe_one(&plain, "a.ctm",
		  bytes_str("c A 0 1 i'm\nc A 1 1 Maria\nc A 2 1 Lopez\n"), &p);
	render(&p, &stand_in, &s, NULL, &got);
	assert_int_equal(sscanf(buf_str(&got),
				"c A 0 1 i'm\nc A 1 1 %31s\nc A 2 1 %31s\n",
				first, last),
			 2);
	probe_free(&p);
	probe_one(&plain, "a.srt", bytes_str("1\n" T1 "i'm Maria Lopez\n"), &p);
	render(&p, &stand_in, &s, NULL, &flat);
	assert_non_null(strstr(buf_str(&flat), first));
	assert_non_null(strstr(buf_str(&flat), last));
	assert_string_not_equal(first, last);
	shown("a.ctm", &last4, NULL,
	      "c A 0 1 41111111\nc A 1 1 11111111\nc A 2 1 ok\n",
	      "c A 0 1 ********1111\nc A 1 1 ********1111\nc A 2 1 ok\n");
	shown("a.ctm", &drop, NULL, "c A 0 1 a@b.org 1\n", "c A 0 1 _ 1\n");
}

static void test_rttm(void **state)
{
	(void)state;
	tagged("a.rttm",
	       "SPEAKER maria_lopez 1 0.5 1.2 <NA> <NA> Maria_Lopez "
	       "<NA> <NA>\n;; x\nSPEAKER c 1 2 1 <NA> <NA> SPEAKER_01"
	       " <NA>\nLEXEME c 1 2 1 a@b.org lex agent <NA>\n"
	       "SPKR-INFO c 1 <NA> <NA> <NA> unknown spk1 <NA>\n",
	       "SPEAKER [PERSON_1] 1 0.5 1.2 <NA> <NA> [PERSON_1] <NA> <NA>\n"
	       "SPEAKER c 1 2 1 <NA> <NA> SPEAKER_01 <NA>\nLEXEME c 1 2 1 "
	       "[EMAIL_ADDRESS_1] lex agent <NA>\nSPKR-INFO c 1 <NA> <NA> "
	       "<NA> unknown spk1 <NA>\n");
	tagged("a.rttm",
	       "Maria's c 1 2 1 <NA> <NA> x <NA>\nSPEAKER c 1 2 1 "
	       "<NA> <NA> x <NA> 1 4111\n",
	       "\n");
}

static void test_stm(void **state)
{
	(void)state;
	tagged("a.stm",
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
	tagged("d/text",
	       "maria_lopez-0001 MY NAME IS MARIA LOPEZ\nu2 CALL 415 "
	       "555 0132\nu3\n",
	       "[PERSON_1]-0001 MY NAME IS [PERSON_1]\nu2 CALL "
	       "[PHONE_NUMBER_1]\nu3\n");
	tagged("utt2spk", "maria_lopez-0001 maria_lopez\nx-2 spk2\n",
	       "[PERSON_1]-0001 [PERSON_1]\nx-2 spk2\n");
	tagged("spk2utt", "maria_lopez maria_lopez-1  maria_lopez-2\n",
	       "[PERSON_1] [PERSON_1]-1  [PERSON_1]-2\n");
	tagged("segments",
	       "u1 r1 0.00 1.25\nu2 r1 Maria 2\nu3 r1 2 3 4155550132"
	       "\n",
	       "u1 r1 0.00 1.25\nu3 r1 2 3 [PHONE_NUMBER_1]\n");
	tagged("wav.scp",
	       "r1 /data/4155550132/a.wav\nr2 sox x.wav -t wav - |\n"
	       "r3 /a b.wav\n",
	       "r1 /data/[PHONE_NUMBER_1]/a.wav\nr3 /a b.wav\n");
	tagged("spk2gender", "spk1 f\nspk2 4155550132\nNkechi_Okafor m\n",
	       "spk1 f\n[PERSON_1] m\n");
}

/* ---- TextGrid ---- */

#define LONG "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n"

static void test_grid(void **state)
{
	(void)state;
	tagged("a.TextGrid",
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
	tagged("a.textgrid",
	       "File type = \"ooTextFile\"\r\n\"TextGrid\"\r\n! by a@b.org\r\n0"
	       "\r\n9.9e1\r\n<exists>\r\n999999999\r\n\"IntervalTier\"\r\n"
	       "\"words\"\r\n0\r\n1\r\n999999999\r\n0\r\n0.5\r\n\"4111\"\r\n0.5"
	       "\r\n0.6\r\n\"\"\r\n0.6\r\n1\r\n\"1111 1111\r\n1111\"",
	       "File type = \"ooTextFile\"\r\n\"TextGrid\"\r\n! by "
	       "[EMAIL_ADDRESS_1]\r\n0\r\n9.9e1\r\n<exists>\r\n999999999\r\n"
	       "\"IntervalTier\"\r\n\"words\"\r\n0\r\n1\r\n999999999\r\n0\r\n"
	       "0.5\r\n\"[CREDIT_CARD_1]\"\r\n0.5\r\n0.6\r\n\"\"\r\n0.6\r\n1"
	       "\r\n\"[CREDIT_CARD_1]\"");
	shown("a.TextGrid", &drop, NULL,
	      LONG "0 1 <exists> 1 \"TextTier\" "
		   "\"x\" 0 1 1 0.5 \"a@b.org\"",
	      LONG "0 1 <exists> 1 \"TextTier\" \"x\" 0 1 1 0.5 \"\"");
	refused("a.TextGrid", bytes_str(LONG "0 1 Maria"), "TextGrid");
	refused("a.TextGrid", bytes_str(LONG "0 1 4155550132"), "TextGrid");
	refused("a.TextGrid", bytes_str(LONG "\"open"), "TextGrid");
	refused("a.TextGrid", bytes_str("\"ooTextFile\"\n\"PitchTier\"\n"),
		"TextGrid");
	refused("a.TextGrid", bytes_str("\"ooTextFile\"\n"), "TextGrid");
	refused("a.TextGrid", bytes_str(""), "TextGrid");
	refused("a.TextGrid", bytes_of("\xFE\xFF\0F", 4), "UTF-16");
}

/* ---- which kind ---- */

static enum timed kind_of(const char *path, const char *format)
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
		cmocka_unit_test(test_srt),
		cmocka_unit_test(test_srt_denied),
		cmocka_unit_test(test_markup),
		cmocka_unit_test(test_vtt),
		cmocka_unit_test(test_cue_stays),
		cmocka_unit_test(test_ctm),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_rttm),
		cmocka_unit_test(test_stm),
		cmocka_unit_test(test_kaldi),
		cmocka_unit_test(test_grid),
		cmocka_unit_test(test_grid_short),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
