/* Tables: rows, cells, separators, and views of some of the rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/csv.h"
#include "policy/redact/decision.h"
#include "probe.h"

#define MAIL "ann.berg@mail.example"
#define BOM "\xEF\xBB\xBF"

/* ---- a reader that knows nothing of ours, as spreadsheets have it ---- */

enum place {
	BEGIN,
	BARE,
	QUOTED,
	BEHIND
};

struct reader {
	struct buf out; /* cells as <cell>, rows end with a line end */
	size_t cells;	/* of this row */
	bool any;	/* a byte stood in this row */
};

static void put(struct buf *b, const char *s)
{
	assert_int_equal(buf_puts(b, s), 0);
}

static void cell_ends(struct reader *r)
{
	put(&r->out, ">");
	r->cells++;
}

static void row_ends(struct reader *r)
{
	if (!r->any && r->cells == 0) {
		r->out.n--; /* a blank line: the cell's < */
		return;
	}
	cell_ends(r);
	put(&r->out, "\n");
	r->cells = 0;
	r->any = false;
}

static enum place step(struct reader *r, enum place p, uint8_t c, uint8_t sep)
{
	if (p == QUOTED) {
		if (c == '"')
			return BEHIND;
		assert_int_equal(buf_putc(&r->out, c), 0);
		return QUOTED;
	}
	if (p == BEHIND && c == '"') {
		put(&r->out, "\"");
		return QUOTED;
	}
	if (c == sep) {
		cell_ends(r);
		put(&r->out, "<");
		return BEGIN;
	}
	r->any = true;
	if (p == BEGIN && c == '"')
		return QUOTED;
	assert_true(p != BEHIND && c != '\r');
	assert_int_equal(buf_putc(&r->out, c), 0);
	return BARE;
}

static void read_table(struct bytes in, char sep, struct buf *out)
{
	struct reader r = {.cells = 0};
	enum place p = BEGIN;

	put(&r.out, "<");
	for (size_t i = in.n >= 3 && memcmp(in.p, BOM, 3) == 0 ? 3 : 0;
	     i < in.n; i++) {
		bool end = i + 1 == in.n || in.p[i + 1] == '\n';

		if (p != QUOTED && in.p[i] == '\r' && end)
			continue;
		if (p != QUOTED && in.p[i] == '\n') {
			row_ends(&r);
			put(&r.out, "<");
			p = BEGIN;
			continue;
		}
		p = step(&r, p, in.p[i], (uint8_t)sep);
	}
	assert_int_not_equal(p, QUOTED);
	row_ends(&r);
	if (r.out.n > 0 && r.out.p[r.out.n - 1] == '<')
		r.out.n--;
	*out = r.out;
}

/* ---- nasty tables ---- */

struct nasty {
	const char *path, *text;
	const char *rows;   /* as the reader above gives them; one a line */
	const char *denied; /* numbers of records that are not shown */
};

static const struct nasty tables[] = {
	{"a.csv", "a,b\n1,2\n3,4\n", "<a><b>\n<1><2>\n<3><4>\n", ""},
	{"crlf.csv", "a,b\r\n1,2\r\n3,4\r\n", "<a><b>\n<1><2>\n<3><4>\n", ""},
	{"mixed.csv", "a,b\r\n1,2\n3,4\r\n5,6",
	 "<a><b>\n<1><2>\n<3><4>\n<5><6>\n", ""},
	{"last.csv", "a,b\n1,2\n3,4", "<a><b>\n<1><2>\n<3><4>\n", ""},
	{"cr.csv", "a,b\n1,2\n3,4\r", "<a><b>\n<1><2>\n<3><4>\n", ""},
	{"bom.csv", BOM "a,b\n1,2\n", "<a><b>\n<1><2>\n", ""},
	{"bomquote.csv", BOM "\"a\",b\n1,2\n", "<a><b>\n<1><2>\n", ""},
	{"blank.csv", "\n\r\na,b\n\n\n1,2\n\r\n\n3,4\n\n\n",
	 "<a><b>\n<1><2>\n<3><4>\n", ""},
	{"quoted.csv", "a,b\n\"1\",\"x, y\"\n\"\",\"z\"\n",
	 "<a><b>\n<1><x, y>\n<><z>\n", ""},
	{"doubled.csv", "a,b\n\"she said \"\"no\"\"\",\"\"\"\"\n1,2\n",
	 "<a><b>\n<she said \"no\"><\">\n<1><2>\n", ""},
	{"allquotes.csv", "a,b\n\"\"\"\"\"\"\"\",\"\"\"x\"\n",
	 "<a><b>\n<\"\"\"><\"x>\n", ""},
	{"lines.csv", "a,b\n\"x\ny\r\n\",2\n3,4\n",
	 "<a><b>\n<x\ny\r\n><2>\n<3><4>\n", ""},
	{"blanks.csv", "a,b\n , \n 1,2 \n", "<a><b>\n< >< >\n< 1><2 >\n", ""},
	{"inner.csv", "a,b\n5\" pipe,x\"\"y\n1,2\n",
	 "<a><b>\n<5\" pipe><x\"\"y>\n<1><2>\n", ""},
	{"spacequote.csv", "a,b\n1, \"x\"\n3,4\n",
	 "<a><b>\n<1>< \"x\">\n<3><4>\n", ""},
	{"empty.csv", "a,b,c\n,,\n1,,\n,,3\n",
	 "<a><b><c>\n<><><>\n<1><><>\n<><><3>\n", ""},
	{"one.csv", "a\nx\n\"\"\ny\n", "<a>\n<x>\n<>\n<y>\n", ""},
	{"header.csv", "a,b\n", "<a><b>\n", ""},
	{"headerlf.csv", "a,b", "<a><b>\n", ""},
	{"quotedheader.csv", "\"a\nb\",\"c\"\"d\"\n1,2\n", NULL, NULL},
	{"nothing.csv", "", "", ""},
	{"onlybom.csv", BOM, "", ""},
	{"onlyblank.csv", "\n\r\n\n", "", ""},
	{"ragged.csv", "a,b\n1\n1,2\n1,2,3\n4,5\n", "<a><b>\n<1><2>\n<4><5>\n",
	 "02"},
	{"junk.csv", "a,b\n\"1\"x,2\n3,4\n\"5\" ,6\n7,8\n",
	 "<a><b>\n<3><4>\n<7><8>\n", "02"},
	{"open.csv", "a,b\n1,2\n3,\"4\n5,6\n7,8\n", "<a><b>\n<1><2>\n", "1"},
	{"openlast.csv", "a,b\n1,2\n\"", "<a><b>\n<1><2>\n", "1"},
	{"lonecr.csv", "a,b\n1,x\ry\n3,4\n", "<a><b>\n<3><4>\n", "0"},
	/* A fault is no reason to end the row within a later cell. */
	{"goeson.csv", "a,b\nx\ry,\"1\n2,3\"\n\"1\"x,\"\n4,5\"\n6,7\n",
	 "<a><b>\n<6><7>\n", "01"},
	{"crcr.csv", "a,b\n1,x\r\r\n3,4\n", "<a><b>\n<3><4>\n", "0"},
	{"a.tsv", "a\tb\n1,2\t3\n\"x\ty\"\t4\n",
	 "<a><b>\n<1,2><3>\n<x\ty><4>\n", ""},
	{"a.psv", "a|b\n1|2\n\"|\"|\n", "<a><b>\n<1><2>\n<|><>\n", ""},
	{"semi.csv", "a;b;c\n1,5;2;3\n", "<a><b><c>\n<1,5><2><3>\n", ""},
	{"tab.csv", "a\tb\n1,5\t2\n", "<a><b>\n<1,5><2>\n", ""},
	{"pipe.csv", "a|b\n1,5|2\n", "<a><b>\n<1,5><2>\n", ""},
	{"hidden.csv", "\"a,b,c\";b\n1;2\n", "<a,b,c><b>\n<1><2>\n", ""},
	{"utf8.csv", "a,\xC3\xA9\n\xFF,\xE2\x82\n\xF0\x9F\x98\x80,x\n",
	 "<a><\xC3\xA9>\n<\xFF><\xE2\x82>\n<\xF0\x9F\x98\x80><x>\n", ""},
	{"twice.csv", "a,a,\n1,2,3\n", "<a><a><>\n<1><2><3>\n", ""},
};

/* The rows of want whose number is not among those that are gone. */
static void restrict_to(const char *want, const bool *gone, struct buf *out)
{
	const char *end;

	for (unsigned i = 0; *want != '\0'; want = end, i++) {
		/* A row ends with a line end behind a >. */
		end = strstr(want, ">\n");
		assert_non_null(end);
		while (end[2] != '<' && end[2] != '\0')
			end = strstr(end + 1, ">\n");
		end += 2;
		if (!gone[i])
			assert_int_equal(
				buf_put(out, want, (size_t)(end - want)), 0);
	}
}

static void check_view(const struct nasty *t, const struct probe *p,
		       unsigned choice)
{
	struct buf CLEANUP(buf_free) view = {0}, CLEANUP(buf_free) got = {0};
	struct buf CLEANUP(buf_free) want = {0};
	bool visible[16] = {false}, gone[17] = {false};
	unsigned shown = 1; /* the header is row 0 */

	assert_true(p->nrecords <= ARRAY_LEN(visible));
	for (size_t i = 0; i < p->nrecords; i++) {
		visible[i] = (choice >> i & 1) != 0;
		if (p->records[i].denied == DENIAL_NONE)
			gone[shown++] = !visible[i];
	}
	probe_view(p, visible, &view);
	read_table(buf_bytes(&view), csv_separator(p->head.format), &got);
	restrict_to(t->rows, gone, &want);
	if (!bytes_eq(buf_bytes(&got), buf_bytes(&want)))
		fail_msg("%s, choice %u:\n%s\nwant:\n%s", t->path, choice,
			 buf_str(&got), buf_str(&want));
}

static void test_nasty(void **state)
{
	const struct dataset_rules d = {.language = "en"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		const struct nasty *t = &tables[i];
		char denied[20] = "";
		size_t nr = 0;
		struct probe p;

		probe_one(&d, t->path, bytes_str(t->text), &p);
		if (t->rows == NULL) {
			assert_int_not_equal(p.head.denied, DENIAL_NONE);
			probe_free(&p);
			continue;
		}
		if (p.head.denied != DENIAL_NONE)
			fail_msg("%s: %s", t->path, p.words);
		for (size_t k = 0; k < p.nrecords; k++)
			if (p.records[k].denied == DENIAL_MALFORMED)
				denied[nr++] = (char)('0' + k);
		if (strcmp(denied, t->denied) != 0)
			fail_msg("%s: denied %s", t->path, denied);
		assert_int_equal(p.complaints, nr);
		for (unsigned c = 0; c < 1u << p.nrecords; c++)
			check_view(t, &p, c);
		probe_free(&p);
	}
}

/* ---- what is found, and where ---- */

static bool found(const struct probe *p, const char *type, const char *text,
		  unsigned esc)
{
	for (size_t i = 0; i < p->nspans; i++) {
		if (bytes_is(probe_span(p, i), text) &&
		    strcmp(probe_type(p, i), type) == 0)
			return p->spans[i].esc == esc;
	}
	return false;
}

static void test_spans(void **state)
{
	const struct dataset_rules d = {.language = "en"};
	struct probe p;

	(void)state;
	probe_one(&d, "x.csv",
		  bytes_str("note,mail\n"
			    "to " MAIL "," MAIL "\n"
			    "\"say \"\"bo.ek@mail.example\"\", ok\",\"" MAIL
			    "\"\n"),
		  &p);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	assert_int_equal(p.nspans, 4);
	assert_int_equal(p.spans[0].esc, ESC_CELL);
	assert_int_equal(p.spans[1].esc, ESC_CELL | ESC_CSV | ESC_BEGIN);
	assert_int_equal(p.spans[2].esc, ESC_CSV);
	assert_int_equal(p.spans[3].esc, ESC_CSV | ESC_BEGIN);
	assert_true(found(&p, "EMAIL_ADDRESS", "bo.ek@mail.example", ESC_CSV));
	/* The same person in each: one value. */
	assert_int_equal(p.spans[0].value, p.spans[3].value);
	probe_free(&p);
}

/* Where no cell is quoted, a quote is a quote, and none is written. */
static void test_never_quoted(void **state)
{
	struct buf CLEANUP(buf_free) view = {0};
	const struct file_rule rule = {
		.match = "**", .bare = true, .header = HEADER_NO};
	const struct dataset_rules d = {.files = &rule, .nfiles = 1};
	const bool visible[] = {true, false, true, true};
	struct probe p;

	(void)state;
	probe_one(&d, "x.psv",
		  bytes_str("1|\"to " MAIL "\n\"\"|" MAIL "\n\"x\"y|\"\n1\n"),
		  &p);
	assert_int_equal(p.head.format, FORMAT_PSV_BARE);
	assert_int_equal(p.nrecords, 4);
	assert_int_equal(p.records[2].denied, DENIAL_NONE);
	assert_int_equal(p.records[3].denied, DENIAL_MALFORMED);
	assert_int_equal(p.nspans, 2);
	assert_int_equal(p.spans[0].esc, ESC_CELL);
	assert_int_equal(p.spans[1].esc, ESC_CELL | ESC_BEGIN);
	probe_view(&p, visible, &view);
	assert_string_equal(buf_str(&view), "1|\"to " MAIL "\n\"x\"y|\"\n");
	probe_free(&p);
}

/* The name of the column says what a cell is, as a member's name does. */
static void test_columns_tell(void **state)
{
	const struct dataset_rules d = {.language = "en"};
	struct probe p;

	(void)state;
	probe_one(&d, "x.csv",
		  bytes_str("first_name,phone,note,account number\n"
			    "Ottoline,44100225,Ottoline was here,00123456\n"),
		  &p);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	assert_true(found(&p, "PERSON", "Ottoline",
			  ESC_CELL | ESC_CSV | ESC_BEGIN));
	assert_true(found(&p, "PHONE_NUMBER", "44100225",
			  ESC_CELL | ESC_CSV | ESC_BEGIN));
	assert_true(found(&p, "ACCOUNT_NUMBER", "00123456",
			  ESC_CELL | ESC_CSV | ESC_BEGIN));
	/* Found in its column, the name is known in the row. */
	assert_int_equal(p.nspans, 4);
	probe_free(&p);
}

static void test_paths(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct known_rule known = {.type = "PERSON",
				   .path = probe_path(a, "$['full name']")};
	struct attr_rule attr = {.name = "consent",
				 .path = probe_path(a, "$[*].ok")};
	struct file_rule rule = {.match = "**",
				 .id = probe_path(a, "$[*].id"),
				 .group.path = probe_path(a, "$.call"),
				 .text = probe_path(a, "$.said"),
				 .ntext = 1,
				 .known = &known,
				 .nknown = 1,
				 .attrs = &attr,
				 .nattrs = 1};
	const struct dataset_rules d = {.files = &rule, .nfiles = 1};
	struct probe p;

	(void)state;
	probe_one(&d, "x.csv",
		  bytes_str("id,full name,said,ok,call\n"
			    "r1,zaphod q,zaphod q speaks,yes,c\n"
			    ",,my name is Ada Byron,,c\n"),
		  &p);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	assert_int_equal(p.nrecords, 2);
	assert_true(bytes_is(p.records[0].id, "r1"));
	assert_true(bytes_is(p.records[1].id, "1"));
	assert_true(bytes_is(p.records[1].group, "c"));
	assert_int_equal(p.records[0].nattrs, 1);
	assert_true(bytes_is(p.records[0].attrs[0].value, "yes"));
	assert_int_equal(p.records[1].nattrs, 0);
	assert_int_equal(p.nspans, 3);
	assert_true(found(&p, "PERSON", "Ada Byron", ESC_CELL));
	probe_free(&p);
	/* Text columns that are not there: any cell may be text. */
	probe_one(&d, "x.csv", bytes_str("id,note\n1,my name is Ada Byron\n"),
		  &p);
	assert_true(found(&p, "PERSON", "Ada Byron", ESC_CELL));
	probe_free(&p);
	/* Columns without names are numbers. */
	rule.header = HEADER_NO;
	rule.text = probe_path(a, "$['2']");
	known.path = probe_path(a, "$[*]['1']");
	probe_one(&d, "x.csv",
		  bytes_str("zaphod q,x,x,x\nx,my name is Ada Byron,x,x\n"),
		  &p);
	assert_int_equal(p.nrecords, 2);
	assert_true(found(&p, "PERSON", "zaphod q",
			  ESC_CELL | ESC_CSV | ESC_BEGIN));
	assert_true(found(&p, "PERSON", "Ada Byron", ESC_CELL));
	probe_free(&p);
}

static void test_json_in_cells(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	struct file_rule rule = {.match = "**",
				 .text = probe_path(a, "$.j|json|$[*].t"),
				 .ntext = 1};
	const struct dataset_rules d = {.files = &rule, .nfiles = 1};
	struct probe p;

	(void)state;
	probe_one(&d, "x.tsv",
		  bytes_str("id\tj\n"
			    "1\t[{\"t\":\"my name is Ada \\u0042yron\"}]\n"
			    "2\t\"[{\"\"t\"\":\"\"mail \\u0061nn.berg@mail."
			    "example\\\"\"\"\"}]\"\n"),
		  &p);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	assert_true(
		found(&p, "PERSON", "Ada \\u0042yron", ESC_CELL + ESC_JSON));
	assert_true(found(&p, "EMAIL_ADDRESS", "\\u0061nn.berg@mail.example",
			  ESC_CSV + ESC_JSON));
	probe_free(&p);
}

/* ---- limits ---- */

static void test_limits(void **state)
{
	const struct dataset_rules d = {0};
	size_t big = (64u << 20) + 100;
	uint8_t *b = mem_new(big, 1);
	struct probe p;

	(void)state;
	assert_non_null(b);
	memset(b, 'x', big);
	memcpy(b, "a,b\n\"", 5);
	memcpy(b + big - 9, "\",1\n2,3\n", 8);
	b[big - 1] = '\n';
	probe_one(&d, "x.csv", bytes_of(b, big), &p);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	assert_int_equal(p.nrecords, 2);
	assert_int_equal(p.records[0].denied, DENIAL_LIMIT);
	assert_int_equal(p.records[1].denied, DENIAL_NONE);
	probe_free(&p);
	/* More before the rows than a frame holds. */
	memset(b, '\n', 2u << 20);
	memcpy(b, "a,b", 3);
	memcpy(b + (2u << 20) - 4, "1,2", 3);
	probe_one(&d, "x.csv", bytes_of(b, 2u << 20), &p);
	assert_int_equal(p.head.denied, DENIAL_LIMIT);
	probe_free(&p);
	/* More cells than there may be columns. */
	memset(b, ',', 100000);
	memcpy(b, "id,b\n1,2\n", 9);
	b[99999] = '\n';
	probe_one(&d, "x.csv", bytes_of(b, 100000), &p);
	assert_int_equal(p.nrecords, 2);
	assert_int_equal(p.records[1].denied, DENIAL_MALFORMED);
	probe_free(&p);
	memset(b, ',', 100000);
	probe_one(&d, "x.csv", bytes_of(b, 100000), &p);
	assert_int_equal(p.head.denied, DENIAL_MALFORMED);
	probe_free(&p);
	mem_free(b);
}

static void test_zero_bytes(void **state)
{
	static const char text[] = "a,b\n1,\0\n\"\0\",2\n3,4\n";
	CLEANUP(buf_free) struct buf b = {0};
	const struct dataset_rules d = {0};
	struct probe p;

	(void)state;
	/* Beyond the look that refuses the whole file. */
	put(&b, "a,b\n");
	while (b.n < 70000)
		put(&b, "1,2\n");
	assert_int_equal(buf_put(&b, text + 4, sizeof(text) - 5), 0);
	probe_one(&d, "x.csv", buf_bytes(&b), &p);
	assert_int_equal(p.head.denied, DENIAL_NONE);
	assert_int_equal(p.complaints, 2);
	assert_int_equal(p.records[p.nrecords - 1].denied, DENIAL_NONE);
	assert_int_equal(p.records[p.nrecords - 2].denied, DENIAL_MALFORMED);
	assert_int_equal(p.records[p.nrecords - 3].denied, DENIAL_MALFORMED);
	probe_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nasty),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_never_quoted),
		cmocka_unit_test(test_columns_tell),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_json_in_cells),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_zero_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
