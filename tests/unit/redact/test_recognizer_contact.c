/* Contact: e-mail, phone, URL and IP, positives and decoys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/redact/cases.h"

static const struct good email[] = {
	{"joe@example.com", NULL},
	{"joe.smith@example.com", NULL},
	{"joe_smith+tag@mail.example.co.uk", NULL},
	{"JOE@EXAMPLE.COM", NULL},
	{"j@x.io", NULL},
	{"joe-smith@sub-domain.example.org", NULL},
	{"1234@example.com", NULL},
	{"joe%x@example.com", NULL},
	{"o'brien@example.ie", NULL},
	{"mailto:joe@example.com", "joe@example.com"},
	{"<joe@example.com>", "joe@example.com"},
	{"(joe@example.com)", "joe@example.com"},
	{"joe@example.com.", "joe@example.com"},
	{"joe@example.com, ann@example.com", "ann@example.com"},
	{"to:joe@example.com;", "joe@example.com"},
	{"\"joe@example.com\"", "joe@example.com"},
	{"e=joe@example.com&x=1", "joe@example.com"},
	{"https://x.com/?m=joe@example.com", "joe@example.com"},
	{"joe@10.0.0.1", NULL},
	{"joe@gmailcom", NULL},
	{"joe@gmail", NULL},
	{"joe @ gmail.com", NULL},
	{"joe@ gmail.com", NULL},
	{"joe @gmail.com", NULL},
	{"jürgen@müller.de", NULL},
	{"joe@xn--mller-kva.de", NULL},
	{"joe＠example.com", NULL},
	{"joe@example​.com", NULL},
	{"joe@exam­ple.com", NULL},
	{"my mail is joe.h@example.museum ok", "joe.h@example.museum"},
	{"joe@example.com\nann", "joe@example.com"},
	{"user1@example.photography", NULL},
	{"a.b.c.d@e.f.gh", NULL},
	{"joe(at)example.com", NULL},
	{"joe [at] example [dot] org", NULL},
	{"jane dot doe at example dot com", NULL},
	{"it's j o e at gmail dot com ok", "j o e at gmail dot com"},
	{"jane underscore doe 42 at yahoo dot com", NULL},
	{"write to joe42 at example dot org", "joe42 at example dot org"},
	{"my email is joe at example.com", "joe at example.com"},
	{"joe at gmailcom", NULL},
	{"joe at gmail com", NULL},
	{"joe%40example.com", NULL},
	{"https://x.com/?m=joe%40example.com&b", "joe%40example.com"},
};

static const char *const email_decoys[] = {
	"joe",
	"@joe",
	"joe@",
	"joe@localhost",
	"joe@example",
	"@example.com",
	"joe@@",
	"foo @ bar",
	"a @ b.c",
	"meet @ 5.30 pm",
	"5 @ $3.50",
	"@ home",
	"joe@.com",
	"joe@com.",
	"x@y",
	"user@host",
	"price@10",
	"@",
	"@@@@",
	"me @ work. Then",
	"see @Home.Now",
	"follow @ann.bee today",
	"a@b.c",
	"joe@-.",
	"git@github",
	"root@server1",
	"R@D",
	"@media.print",
	"x @ y",
	"foo@bar baz.com",
	"we met at example dot",
	"I work at example.com",
	"look at main dot c",
	"at gmail dot com",
	"the prices at amazon.com are",
};

static const struct good phone[] = {
	{"call +1-415-555-0123東京", "+1-415-555-0123"},
	{"+14155550132", NULL},
	{"+1 415 555 0132", NULL},
	{"+1 (415) 555-0132", NULL},
	{"+1-415-555-0132", NULL},
	{"(415) 555-0132", NULL},
	{"415-555-0132", NULL},
	{"415.555.0132", NULL},
	{"415 555 0132", NULL},
	{"1-800-555-0199", NULL},
	{"4155550132", NULL},
	{"555-0132", NULL},
	{"(415)555-0132", NULL},
	{"call me at 5550132 please", "5550132"},
	{"+44 20 7946 0958", NULL},
	{"+44 (0)20 7946 0958", NULL},
	{"020 7946 0958", NULL},
	{"07700 900123", NULL},
	{"0161 496 0123", NULL},
	{"+49 30 1234567", NULL},
	{"0170 1234567", NULL},
	{"030/12345678", NULL},
	{"+33 1 23 45 67 89", NULL},
	{"01 23 45 67 89", NULL},
	{"01.23.45.67.89", NULL},
	{"+34 612 345 678", NULL},
	{"612 345 678", NULL},
	{"612 34 56 78", NULL},
	{"+39 06 1234 5678", NULL},
	{"06 1234 56789", NULL},
	{"+31 20 123 4567", NULL},
	{"020-1234567", NULL},
	{"+41 44 668 18 00", NULL},
	{"044 668 18 00", NULL},
	{"+43 1 234567", NULL},
	{"+48 123 456 789", NULL},
	{"+46 8 123 456 78", NULL},
	{"08-123 456 78", NULL},
	{"+84 912 345 678", NULL},
	{"0912 345 678", NULL},
	{"+351 912 345 678", NULL},
	{"+353 1 234 5678", NULL},
	{"0044 20 7946 0958", NULL},
	{"00 49 30 1234567", NULL},
	{"415-555-0132 ext. 12", NULL},
	{"415-555-0132 x99", NULL},
	{"phone: 20 8365 2121", "20 8365 2121"},
	{"my cell is 977-625-2661.", "977-625-2661"},
	{"text 415 555-0132 now", "415 555-0132"},
	{"+1 415‑555‑0132", NULL},
	{"４１５-555-0132", NULL},
	{"tel:+14155550132", "+14155550132"},
	{"(+49) 30 1234567", NULL},
	{"her mobile number is 0912345678", "0912345678"},
	{"reach me on 415-555-0132, thanks", "415-555-0132"},
};

static const char *const phone_decoys[] = {
	"in 2019",
	"12,345,678",
	"$1,234,567.89",
	"4111 1111 1111 1111",
	"192.168.1.100",
	"2024-05-06",
	"05/06/2024",
	"12:34:56",
	"3.14159265",
	"1234567 people",
	"100000000",
	"the year 2024-2025",
	"pages 100-200",
	"score 21-14",
	"24/7",
	"order 12345",
	"1000 2000 3000",
	"zip 94043-1234",
	"219-09-9998",
	"v1.2.3.4",
	"10.0.0.1",
	"1/2 cup",
	"12345",
	"999",
	"50 000 000",
	"9:30-17:00",
	"1.234.567 people",
	"5 5 5 5",
	"ISO 8601-1",
	"id 4f5a6b7c",
	"4-5 days",
	"A4155550132",
	"123-45",
	"7 8 9 10 11",
	"0000",
	"1 000 000 euros",
};

static const struct good url[] = {
	{"https://example.com", NULL},
	{"http://example.com/a/b?c=d#e", NULL},
	{"https://www.example.com/", NULL},
	{"ftp://files.example.com/x.zip", NULL},
	{"HTTPS://EXAMPLE.COM", NULL},
	{"http://localhost:8080/x", NULL},
	{"http://192.168.1.1/admin", NULL},
	{"https://user:pw@host/x", "https://user:pw@host/x"},
	{"s3://bucket/key", NULL},
	{"postgres://db.internal/main", NULL},
	{"www.example.com", NULL},
	{"www.example.co.uk/path", NULL},
	{"WWW.EXAMPLE.COM", NULL},
	{"example.com", NULL},
	{"example.org/path?x=1", NULL},
	{"shop.example.co.uk", NULL},
	{"sub.domain.example.net", NULL},
	{"go to example.com.", "example.com"},
	{"(https://example.com/a_(b))", "https://example.com/a_(b)"},
	{"see https://example.com, please", "https://example.com"},
	{"\"https://example.com/x\"", "https://example.com/x"},
	{"<https://example.com>", "https://example.com"},
	{"[https://example.com]", "https://example.com"},
	{"https://example.com!", "https://example.com"},
	{"url=https://example.com/a", "https://example.com/a"},
	{"https://müller.de/ü", NULL},
	{"bit.ly/3xYz", NULL},
	{"example.com/4111", NULL},
	{"my site is carrel.io ok", "carrel.io"},
	{"wss://example.com/socket", NULL},
	{"https://example.com/a%20b", NULL},
	{"https://example.com/?q=a+b&c[", "https://example.com/?q=a+b&c["},
};

static const char *const url_decoys[] = {
	"e.g. this",	"i.e. that", "end.Then",
	"hello.World",	"node.js",   "main.c",
	"README.md",	"x.py",	     "3.14",
	"10.0.0.1",	"a.b",	     "Mr. Smith",
	"U.S. dollars", "etc.",	     "..",
	"http:",	"://",	     "http:// x",
	"www",		"www.",	     "www .com",
	"foo:bar",	"12:30",     "C:\\dir",
	"a/b",		"and/or",    "Ph.D.",
	"no.It is",	"fine.So",   "joe@example.com",
	"v1.2.3",	"com",	     "dot com",
};

static const struct good ip[] = {
	{"192.168.1.10", NULL},
	{"10.0.0.1", NULL},
	{"8.8.8.8", NULL},
	{"255.255.255.255", NULL},
	{"0.0.0.0", NULL},
	{"172.16.254.1", NULL},
	{"from 10.1.2.3.", "10.1.2.3"},
	{"(10.1.2.3)", "10.1.2.3"},
	{"10.1.2.3:8080", "10.1.2.3"},
	{"10.1.2.0/24", "10.1.2.0"},
	{"ip=10.1.2.3;", "10.1.2.3"},
	{"host 10.1.2.3, port", "10.1.2.3"},
	{"2001:db8::1", NULL},
	{"2001:0db8:85a3:0000:0000:8a2e:0370:7334", NULL},
	{"fe80::1", NULL},
	{"::1", NULL},
	{"::ffff:192.0.2.1", NULL},
	{"2001:db8::", NULL},
	{"fe80::1ff:fe23:4567:890a", NULL},
	{"[2001:db8::1]", "2001:db8::1"},
	{"2001:DB8::A1", NULL},
	{"1:2:3:4:5:6:7:8", NULL},
	{"ping 2001:db8::1.", "2001:db8::1"},
	{"addr 2001:db8::1, ok", "2001:db8::1"},
	{"64:ff9b::192.0.2.33", NULL},
	{"2001:db8:1::1", NULL},
	{"at\n10.1.2.3\n", "10.1.2.3"},
	{"http://10.1.2.3/x\n 10.1.2.4", "10.1.2.4"},
	{"１０.1.2.3", NULL},
	{"\"203.0.113.7\"", "203.0.113.7"},
	{"198.51.100.23 - - [", "198.51.100.23"},
};

static const char *const ip_decoys[] = {
	"256.1.1.1",
	"1.2.3",
	"1.2.3.4.5",
	"01.02.03.04",
	"1.2.3.999",
	"v1.2.3.4",
	"version 1.2.3.4",
	"section 1.2.3.4",
	"12:34:56",
	"12:34",
	"std::vector",
	"a::b",
	"foo::bar",
	"::",
	"1:2:3",
	"1:2:3:4:5:6:7",
	"1:2:3:4:5:6:7:8:9",
	"1::2::3",
	"12345::1",
	"gg::1",
	"00:1A:2B:3C:4D:5E",
	"10.0.0",
	"10.0.0.",
	"1,2,3,4",
	"1-2-3-4",
	"10.0.0.1a",
	"3.5.1",
	"16:9",
	"C::D::E",
	"1.2.3.4.5.6",
	"abcd:ef",
	"dead:beef",
	"5.5",
};

static void test_email(void **state)
{
	(void)state;
	cases_all("EMAIL_ADDRESS", email, ARRAY_LEN(email), email_decoys,
		  ARRAY_LEN(email_decoys));
}

static void test_phone(void **state)
{
	(void)state;
	cases_all("PHONE_NUMBER", phone, ARRAY_LEN(phone), phone_decoys,
		  ARRAY_LEN(phone_decoys));
}

static void test_url(void **state)
{
	(void)state;
	cases_all("URL", url, ARRAY_LEN(url), url_decoys,
		  ARRAY_LEN(url_decoys));
}

static void test_ip(void **state)
{
	(void)state;
	cases_all("IP_ADDRESS", ip, ARRAY_LEN(ip), ip_decoys,
		  ARRAY_LEN(ip_decoys));
}

/* Cut anywhere, a text is not read behind its end: for AddressSanitizer. */
static void test_cut(void **state)
{
	static const char text[] =
		"jane (at)  mail dot com, joe at gmailcom 12 oak st in bath wa "
		"98 born may first two thousand, tel:+1 415 555 0132 a@b.io://";
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t n = 1; n < sizeof(text); n++) {
		uint8_t *copy = mem_new(n, 1);
		struct run run = {.kind = RUN_TEXT, .text = bytes_of(copy, n)};
		struct hits h = {0};

		assert_non_null(copy);
		memcpy(copy, text, n);
		assert_int_equal(recognize(r, &run, 1, &h), 0);
		hits_free(&h);
		mem_free(copy);
	}
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),   cmocka_unit_test(test_email),
		cmocka_unit_test(test_phone), cmocka_unit_test(test_url),
		cmocka_unit_test(test_ip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
