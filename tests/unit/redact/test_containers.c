/* Values in codes, in JSON within JSON, and one person's stand-ins. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/redact/timed_view.h"
#include "tests/unit/redact/world.h"

/* A file, and how it is shown with tags. */
struct shown {
	const char *path, *text, *want;
};

static const struct shown table[] = {
	/* entities are what they stand for */
	{"a.txt", "mail jane&#64;bank.example or jane&#x40;bank.example\n",
	 "mail [EMAIL_ADDRESS_1] or [EMAIL_ADDRESS_1]\n"},
	{"a.txt", "my name is Zo&euml; L&oacute;pez, a&amp;b &copy 2\n",
	 "my name is [PERSON_1], a&amp;b &copy 2\n"},
	{"a.json", "{\"t\":\"my name is Zo&euml; Ng\",\"u\":\"Zoe Ng &lt;\"}",
	 "{\"t\":\"my name is [PERSON_1]\",\"u\":\"[PERSON_1] &lt;\"}"},
	{"a.json",
	 "{\"t\":\"x \\u0026#64; y jane\\u0026amp;#64;bank.example\"}",
	 "{\"t\":\"x \\u0026#64; y [EMAIL_ADDRESS_1]\"}"},
	{"a.csv", "note,x\n\"call 415&#45;555&#45;0132, \"\"a\"\"\",1\n",
	 "note,x\n\"call [PHONE_NUMBER_1], \"\"a\"\"\",1\n"},
	/* homes */
	{"a.json", "[\"/home/jane/calls/a.wav\",\"C:\\\\Users\\\\jane\"]",
	 "[\"/home/[USERNAME_1]/calls/"
	 "a.wav\",\"C:\\\\Users\\\\[USERNAME_1]\"]"},
	{"a.txt", "/home/shared/x home/ /home/ at home/now /users\n",
	 "/home/shared/x home/ /home/ at home/now /users\n"},
	/* names of files are read as files' names are */
	{"a.json", "[\"/x/mr_smith_call.wav\",\"a/b_wav.wav\",\"c_1.wav\"]",
	 "[\"/x/mr_[PERSON_1]_call.wav\",\"a/b_wav.wav\",\"c_1.wav\"]"},
	{"a.txt", "/data/john_garcia_7151390787.wav\n",
	 "/data/[PERSON_1]_[ID_NUMBER_1].wav\n"},
	/* links and mail */
	{"a.txt", "to=jane%40bank.example&x=1\n", "to=[EMAIL_ADDRESS_1]&x=1\n"},
	{"a.txt", "q=jane%2540bank.example 50% off 100%\n",
	 "q=[EMAIL_ADDRESS_1] 50% off 100%\n"},
	{"a.json",
	 "{\"a\":\"my name is Ana L\\u00f3pez\","
	 "\"b\":\"q=Ana%20L%C3%B3pez&r=Ana+L%F3pez\"}",
	 "{\"a\":\"my name is "
	 "[PERSON_1]\",\"b\":\"q=[PERSON_1]&r=[PERSON_1]\"}"},
	{"a.txt", "From: jane=40bank.example =3D 5\n",
	 "From: [EMAIL_ADDRESS_1] =3D 5\n"},
	{"a.txt", "&#; &#x; %4 %zz =4 =C3 %C3 &nosuch; &amp\n",
	 "&#; &#x; %4 %zz =4 =C3 %C3 &nosuch; &amp\n"},
	/* JSON in a string, in a string in a string, in a cell */
	{"a.json",
	 "{\"args\":\"{\\\"name\\\": \\\"Crystal Minh\\\", \\\"n\\\": 4}\"}",
	 "{\"args\":\"{\\\"name\\\": \\\"[PERSON_1]\\\", \\\"n\\\": 4}\"}"},
	{"a.json",
	 "{\"a\":\" [\\\"{\\\\\\\"mail\\\\\\\":\\\\\\\"a@b\\\\\\\\u002eorg"
	 "\\\\\\\"}\\\"]\"}",
	 "{\"a\":\" [\\\"{\\\\\\\"mail\\\\\\\":\\\\\\\"[EMAIL_ADDRESS_1]"
	 "\\\\\\\"}\\\"]\"}"},
	{"a.jsonl", "{\"a\":\"{\\\"ssn\\\":123456789}\"}\n",
	 "{\"a\":\"{\\\"ssn\\\":0}\"}\n"},
	{"a.csv",
	 "id,data\n1,\"{\"\"name\"\": \"\"Crystal Minh\"\", \"\"n\"\": 2}\"\n",
	 "id,data\n1,\"{\"\"name\"\": \"\"[PERSON_1]\"\", \"\"n\"\": 2}\"\n"},
	{"a.json", "{\"a\":\"[laughter] {x} my name is Crystal Minh\"}",
	 "{\"a\":\"[laughter] {x} my name is [PERSON_1]\"}"},
	/* what runs over two cues */
	{"a.srt",
	 "1\n00:00:01,000 --> 00:00:02,000\nmy name is Crystal\n\n2\n"
	 "00:00:02,000 --> 00:00:03,000\nMinh, call 415 555\n\n3\n"
	 "00:00:03,000 --> 00:00:04,000\n0132. I am cminh730\n",
	 "1\n00:00:01,000 --> 00:00:02,000\nmy name is [PERSON_1]\n\n2\n"
	 "00:00:02,000 --> 00:00:03,000\n[PERSON_1], call "
	 "[PHONE_NUMBER_1]\n\n3\n"
	 "00:00:03,000 --> 00:00:04,000\n[PHONE_NUMBER_1]. I am "
	 "[USERNAME_1]\n"},
	/* one person, one tag */
	{"a.json",
	 "{\"t\":\"my name is Crystal Minh\",\"chosen\":\"Ms. Minh, MINH\","
	 "\"rejected\":\"crystal? minh, "
	 "crystal\",\"w\":[\"Crystal\",\"Minh\"]}",
	 "{\"t\":\"my name is [PERSON_1]\",\"chosen\":\"Ms. [PERSON_1], "
	 "[PERSON_1]\",\"rejected\":\"[PERSON_1]? [PERSON_1]\","
	 "\"w\":[\"[PERSON_1]\",\"[PERSON_1]\"]}"},
};

static void test_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		timed_tagged(table[i].path, table[i].text, table[i].want);
}

/* ---- stand-ins ---- */

/* The view of a text file, line by line. */
static unsigned lines_of(const struct world *w, const char *text,
			 char out[16][96])
{
	CLEANUP(probe_free) struct probe p = {0};
	CLEANUP(buf_free) struct buf got = {0};
	unsigned n = 0;

	timed_probe("a.json", text, &p);
	timed_view(&p, &timed_stand_in, &w->s, NULL, &got);
	for (const char *at = buf_str(&got); n < 16; n++) {
		at = strchr(at, ':');
		if (at == NULL)
			break;
		snprintf(out[n], 96, "%.*s", (int)strcspn(at + 2, "\""),
			 at + 2);
		at += 2;
	}
	return n;
}

/* Whatever a person is called, the same person stands for her. */
static void test_one_person(void **state)
{
	char v[16][96], first[32] = "", last[32] = "", want[96];
	unsigned n = lines_of(
		*state,
		"{\"a\":\"my name is Crystal Minh\",\"b\":\"Crystal\","
		"\"c\":\"MINH\",\"d\":\"Minh, Crystal\",\"e\":\"C. Minh\","
		"\"f\":\"cminh730\",\"g\":\"crystal.minh@bank.example\","
		"\"h\":\"minhc@bank.example\",\"i\":\"cminh731\"}",
		v);

	assert_int_equal(n, 9);
	assert_int_equal(sscanf(v[0], "my name is %31s %*s %31s", first, last),
			 2);
	assert_string_equal(v[1], first);
	for (size_t i = 0; v[2][i] != '\0'; i++)
		assert_int_equal(v[2][i], last[i] & ~0x20);
	assert_string_equal(v[3], v[0] + 11);
	assert_string_equal(v[4], v[0] + 11);
	first[0] |= 0x20;
	last[0] |= 0x20;
	snprintf(want, sizeof(want), "%c%s", first[0], last);
	assert_memory_equal(v[5], want, strlen(want));
	assert_int_equal(strlen(v[5]), strlen(want) + 4);
	assert_memory_equal(v[8], want, strlen(want));
	assert_string_not_equal(v[5], v[8]);
	assert_memory_equal(v[7], want, strlen(want));
	assert_non_null(strstr(v[7], "@example.org"));
	snprintf(want, sizeof(want), "%s.%s", first, last);
	assert_memory_equal(v[6], want, strlen(want));
	assert_non_null(strstr(v[6], "@example.org"));
}

/* A part that two people have is neither's: the same first name, the same last
 * one, wherever it stands. */
static void test_two_people(void **state)
{
	char v[16][96], first[2][32], last[2][32];
	unsigned n = lines_of(
		*state,
		"{\"a\":\"my name is Maria Lopez\",\"b\":\"my name is Maria "
		"Ortiz\",\"c\":\"my name is Juan Lopez\",\"d\":\"Maria\","
		"\"e\":\"Lopez\"}",
		v);

	assert_int_equal(n, 5);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(sscanf(v[2 * i], "my name is %31s %*s %31s",
					first[i], last[i]),
				 2);
	assert_string_equal(last[0], last[1]);
	assert_string_equal(v[3], first[0]);
	assert_string_equal(v[4], last[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_one_person),
		cmocka_unit_test(test_two_people),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
