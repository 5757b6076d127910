/* Which first rows of tables are headers that all may see. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "probe.h"

#define MAIL "ann.berg@mail.example"

static uint8_t denial(enum header_rule h, const char *text, const char *words)
{
	const struct file_rule rule = {.match = "**", .header = h};
	const struct dataset_rules d = {.files = &rule, .nfiles = 1};
	struct probe p;
	uint8_t denied;

	probe_one(&d, "x.csv", bytes_str(text), &p);
	denied = p.head.denied;
	if (denied != DENIAL_NONE && strstr(p.words, words) == NULL)
		fail_msg("%s: %s", text, p.words);
	probe_free(&p);
	return denied;
}

static void test_headers(void **state)
{
	static const char *const good[] = {
		"id,name\n1,x\n",
		",a,b\n0,1,2\n",
		"First Name,Last Name,E-Mail\nx,y,z\n",
		"phone_number,date_of_birth,ssn,address line 1\n1,2,3,4\n",
		"What is your name?,Email address\nx,y\n",
		"Transcript,Speaker,Duration\nx,y,z\n",
		"Utterance,Intent\nbook a flight,book_flight\n",
		"Customerno,Ort\n17,4 km\n",
		"customerId,accountNumber,zip\n1,2,3\n",
		"\xC3\x84nderung,wert\n1,2\n",
	};
	static const char *const bad[] = {
		"1,x\n2,y\n",
		"Adaeze,Okonkwo\nBo,Ek\n",
		"Adaeze Okonkwo\nBo Ek\n",
		"Adaeze,Okonkwo\n",
		"Adaeze,\nBo,\n",
		"Adaeze Okonkwo,wants her card\nBo Ek,asks\n",
		"a,yes\nb,yes\n",
		"a,\"x\ny\"\n1,2\n",
		"a,-\nb,c\n",
		",\na,b\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (denial(HEADER_LOOK, good[i], "") != DENIAL_NONE)
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (denial(HEADER_LOOK, bad[i], "may be no header") !=
		    DENIAL_FORMAT)
			fail_msg("%s", bad[i]);
		assert_int_equal(denial(HEADER_YES, bad[i], ""), DENIAL_NONE);
		assert_int_equal(denial(HEADER_NO, bad[i], ""), DENIAL_NONE);
	}
	/* What a recognizer knows is no header, whatever was said. */
	for (unsigned h = HEADER_LOOK; h <= HEADER_YES; h++) {
		assert_int_equal(
			denial(h, "id," MAIL "\n1,x\n", "holds a value"),
			DENIAL_FORMAT);
		assert_int_equal(denial(h, "id,my name is Ada Byron\n1,x\n",
					"holds a value"),
				 DENIAL_FORMAT);
	}
	assert_int_equal(denial(HEADER_LOOK, "a,\"b\n1,2\n", "not closed"),
			 DENIAL_MALFORMED);
}

/* What is found below, or beside, is not left in a header. */
static void test_header_known(void **state)
{
	const struct file_rule rules[] = {
		{.match = "g/**", .group.template_ = "{dir}"},
		{.match = "said/**",
		 .group.template_ = "{dir}",
		 .header = HEADER_YES}};
	const struct dataset_rules d = {.files = rules,
					.nfiles = ARRAY_LEN(rules)};
	struct source s[] = {
		{bytes_str("g/a.csv"), bytes_str("okonkwo,said\nx,hello\n")},
		{bytes_str("g/b.txt"),
		 bytes_str("my name is Adaeze Okonkwo\n")}};
	struct probe p[2];

	(void)state;
	assert_int_equal(denial(HEADER_LOOK,
				"okonkwo,said\n"
				"x,my name is Adaeze Okonkwo\n",
				"its group"),
			 DENIAL_FORMAT);
	assert_int_equal(probe_run(&d, s, 2, p), 0);
	assert_int_equal(p[0].head.denied, DENIAL_FORMAT);
	assert_int_equal(p[1].head.denied, DENIAL_NONE);
	probe_free(&p[0]);
	probe_free(&p[1]);
	s[0].path = bytes_str("said/a.csv");
	s[1].path = bytes_str("said/b.txt");
	assert_int_equal(probe_run(&d, s, 2, p), 0);
	assert_int_equal(p[0].head.denied, DENIAL_NONE);
	probe_free(&p[0]);
	probe_free(&p[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_header_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
