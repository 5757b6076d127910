/* Paths of other files: which are found, and what stands for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "policy/redact/decision.h"
#include "policy/redact/recognizer.h"
#include "policy/redact/recognizer_file.h"

#define B(text) bytes_str(text)

static const char *const stored[] = {"audio/en/x.wav",
				     "audio/en/x y.wav",
				     "audio/de/x.wav",
				     "x.json",
				     "a/b",
				     "calls/q.txt",
				     "en/x.wav",
				     "calls/(1).txt",
				     "notes.txt"};

struct files {
	uint64_t v[ARRAY_LEN(stored)];
	struct known_files k;
};

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void files_make(struct files *f)
{
	for (size_t i = 0; i < ARRAY_LEN(stored); i++)
		f->v[i] = known_files_hash(B(stored[i]));
	qsort(f->v, ARRAY_LEN(stored), sizeof(*f->v), by_value);
	f->k = (struct known_files){f->v, ARRAY_LEN(stored)};
}

/* A run over a copy that ends where its memory does: nothing may be read
 * beyond, nor before it. */
struct copy {
	uint8_t *p;
	struct text_map map;
	struct run run;
};

static void copy_make(struct copy *c, struct bytes text)
{
	c->p = malloc(text.n);
	assert_true(c->p != NULL || text.n == 0);
	if (text.n > 0)
		memcpy(c->p, text.p, text.n);
	c->map = (struct text_map){.len = (uint32_t)text.n,
				   .rawlen = (uint32_t)text.n};
	c->run = (struct run){.kind = RUN_TEXT,
			      .text = bytes_of(c->p, text.n),
			      .map = &c->map,
			      .nmap = 1};
}

static size_t find(const struct files *f, struct bytes text, struct hits *h,
		   bool *seen)
{
	struct copy c;

	copy_make(&c, text);
	*seen = false;
	h->n = 0;
	assert_int_equal(recognizer_file(&f->k, &c.run, 3, h, seen), 0);
	for (size_t i = 0; i < h->n; i++) {
		assert_int_equal(h->v[i].run, 3);
		assert_int_equal(h->v[i].score, 100);
		assert_int_equal(h->v[i].type, ENTITY_FILE_PATH);
		assert_true(h->v[i].start < h->v[i].end);
		assert_true(h->v[i].end <= text.n);
		assert_true(i == 0 || h->v[i - 1].end <= h->v[i].start);
	}
	free(c.p);
	return h->n;
}

/* ---- what is found ---- */

/* In text, want is the only path, and it is the stored one. */
static const struct {
	const char *text, *want, *stored;
} good[] = {
	{"/home/eve/bank/audio/en/x.wav", NULL, "audio/en/x.wav"},
	{"/audio/en/x.wav", NULL, "audio/en/x.wav"},
	{"/x.json", NULL, "x.json"},
	{"/en/x.wav", NULL, "en/x.wav"},
	{"/srv/en/x.wav", NULL, "en/x.wav"},
	{"//srv//audio//en//x.wav", NULL, "audio/en/x.wav"},
	{"/srv/audio/en/x.flac", NULL, "audio/en/x.wav"},
	{"/srv/audio/en/x.MP3", NULL, "audio/en/x.wav"},
	{"/srv/x.json.gz", NULL, "x.json"},
	{"/my data/bank/audio/en/x y.wav", NULL, "audio/en/x y.wav"},
	{"  /srv/audio/en/x y.wav \n", "/srv/audio/en/x y.wav",
	 "audio/en/x y.wav"},
	{"file:///srv/audio/en/x y.wav", "/srv/audio/en/x y.wav",
	 "audio/en/x y.wav"},
	{"see \"/srv/audio/en/x y.wav\" or not", "/srv/audio/en/x y.wav",
	 "audio/en/x y.wav"},
	{"/srv/calls/(1).txt", NULL, "calls/(1).txt"},
	{"file:///srv/audio/en/x.wav", "/srv/audio/en/x.wav", "audio/en/x.wav"},
	{"FILE://localhost/srv/audio/en/x.wav.", "/srv/audio/en/x.wav",
	 "audio/en/x.wav"},
	{"file:/srv/audio/en/x.wav", "/srv/audio/en/x.wav", "audio/en/x.wav"},
	{"in /srv/calls/q.txt.", "/srv/calls/q.txt", "calls/q.txt"},
	{"in /srv/calls/q.txt, and so on", "/srv/calls/q.txt", "calls/q.txt"},
	{"in (/srv/calls/q.txt)!", "/srv/calls/q.txt", "calls/q.txt"},
	{"in [/srv/calls/q.txt]", "/srv/calls/q.txt", "calls/q.txt"},
	{"<a href='/srv/calls/q.txt'>", "/srv/calls/q.txt", "calls/q.txt"},
	{"in=/srv/calls/q.txt;", "/srv/calls/q.txt", "calls/q.txt"},
	{"in:/srv/calls/q.txt:", "/srv/calls/q.txt", "calls/q.txt"},
	{"/srv/calls/q.txt:4711", "/srv/calls/q.txt", "calls/q.txt"},
	{"sox /srv/audio/en/x.wav -t wav - |", "/srv/audio/en/x.wav",
	 "audio/en/x.wav"},
	{"\xe2\x80\x9c/srv/calls/q.txt\xe2\x80\x9d", "/srv/calls/q.txt",
	 "calls/q.txt"},
	{"/bin/cat /srv/calls/q.txt", "/srv/calls/q.txt", "calls/q.txt"},
	{"C:/srv/calls/q.txt", "/srv/calls/q.txt", "calls/q.txt"},
	{"/data/local-files/?d=audio/en/x.wav", "audio/en/x.wav",
	 "audio/en/x.wav"},
	{"/data/local-files/?d=x.json", "x.json", "x.json"},
	{"http://h:80/data/local-files/?d=srv/calls/q.txt&t=1#2",
	 "srv/calls/q.txt", "calls/q.txt"},
	{"?a=1&d=calls/q.txt", "calls/q.txt", "calls/q.txt"},
	{"?d=/srv/calls/q.txt", "/srv/calls/q.txt", "calls/q.txt"},
	{"http://h/?d=/srv/calls/q.txt&x", "/srv/calls/q.txt&x", NULL},
	{"/srv/a/b", NULL, "a/b"},
	{"in /srv/a/b/.", "/srv/a/b", "a/b"},
	{"/a/b/a/b", NULL, "a/b"},
};

/* Two each, the second one from there on: none is taken for the beginning of
 * the other. */
static const struct {
	const char *text;
	uint32_t end, from;
} pairs[] = {{"/s/x.json,/s/calls/q.txt", 9, 10},
	     {"/s/x.json:/s/calls/q.txt", 9, 10},
	     {"/s/x.json|/s/calls/q.txt", 9, 10},
	     {"/s/x.json /s/calls/q.txt", 9, 10},
	     {"/s t/x.json,/s t/calls/q.txt", 11, 12},
	     {"/s t/x.json:/s t/calls/q.txt", 11, 12},
	     {"file:///s t/x.json|/s t/calls/q.txt", 18, 19},
	     {"?d=x.json,/s/calls/q.txt", 9, 10}};

static const char *const decoys[] = {"",
				     "/",
				     "//",
				     "///",
				     "audio/en/x.wav",
				     "and/or",
				     "a/b",
				     "he/she",
				     "x/a/b",
				     "1/2",
				     "w/ a/b",
				     "</a>",
				     "/srv/audio/en/",
				     "/srv/audio/en",
				     "/srv/audio/en/x.wave",
				     "/srv/audio/en/xx.wav",
				     "/srv/ben/x.wav.bak",
				     "/srv/audio/en/X.WAV",
				     "http://host/audio/en/x.wav",
				     "https://host/x.json",
				     "s3://bucket/audio/en/x.wav",
				     "profile:///srv/audio/en/x.wav",
				     "~/audio/en/x.wav",
				     "./audio/en/x.wav",
				     "../audio/en/x.wav",
				     "$HOME/audio/en/x.wav",
				     "${D}/audio/en/x.wav",
				     "d=audio/en/x.wav",
				     "?e=audio/en/x.wav",
				     "?d=",
				     "?d=none.wav",
				     "?d= x.json",
				     "/srv/audio/en\\x.wav",
				     "/srv/audio /en /x.wav.",
				     "file://",
				     "file:///",
				     "file://x.json",
				     "\\\\srv\\audio\\en\\x.wav",
				     "/srv/x.json/y",
				     "/srv/audio/en/x.zip",
				     "/srv/none/x.png"};

static void test_found(void **state)
{
	struct hits h = {0};
	struct buf b = {0};
	struct files f;
	bool seen;

	(void)state;
	files_make(&f);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct bytes text = B(good[i].text);
		struct bytes want =
			B(good[i].want == NULL ? good[i].text : good[i].want);
		size_t n = find(&f, text, &h, &seen);

		if (good[i].stored == NULL)
			continue;
		if (n != 1 || !bytes_eq(bytes_sub(text, h.v[0].start,
						  h.v[0].end - h.v[0].start),
					want))
			fail_msg("\"%s\": %zu found", good[i].text, n);
		assert_true(seen);
		buf_clear(&b);
		assert_int_equal(known_files_put(&f.k, want, &b), 0);
		if (!bytes_is(buf_bytes(&b), good[i].stored))
			fail_msg("\"%s\" is %.*s", good[i].text, (int)b.n,
				 (const char *)b.p);
	}
	buf_free(&b);
	hits_free(&h);
}

static void test_decoys(void **state)
{
	struct hits h = {0};
	struct files f;
	bool seen;

	(void)state;
	files_make(&f);
	for (size_t i = 0; i < ARRAY_LEN(decoys); i++)
		if (find(&f, B(decoys[i]), &h, &seen) != 0)
			fail_msg("\"%s\" has one at %u", decoys[i],
				 h.v[0].start);
	hits_free(&h);
}

/* A path may be all of a value, but not where others stand in it. */
static void test_pairs(void **state)
{
	struct hits h = {0};
	struct files f;
	bool seen;

	(void)state;
	files_make(&f);
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		size_t n = find(&f, B(pairs[i].text), &h, &seen);

		if (n != 2 || h.v[0].end != pairs[i].end ||
		    h.v[1].start != pairs[i].from ||
		    h.v[1].end != strlen(pairs[i].text))
			fail_msg("\"%s\": %zu", pairs[i].text, n);
	}
	hits_free(&h);
}

/* Every beginning of every text: what is cut off is not looked at. */
static void test_cut(void **state)
{
	struct hits h = {0};
	struct files f;
	bool seen;

	(void)state;
	files_make(&f);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct bytes t = B(good[i].text);

		for (size_t n = 0; n < t.n; n++) {
			find(&f, bytes_sub(t, 0, n), &h, &seen);
			find(&f, bytes_sub(t, n, t.n), &h, &seen);
		}
	}
	hits_free(&h);
}

/* Something looks like a path although none is stored: it may come later. */
static void test_seen(void **state)
{
	static const char *const yes[] = {"/srv/new.wav", "/new.wav",
					  "x ?d=new", "file:///srv/new"};
	static const char *const no[] = {"",	 "hello", "and/or",
					 "</b>", "/me",	  "http://host/new.wav",
					 "1/2"};
	struct hits h = {0};
	struct files f = {.k = {0}};
	bool seen;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		assert_int_equal(find(&f, B(yes[i]), &h, &seen), 0);
		if (!seen)
			fail_msg("\"%s\" is not seen", yes[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		assert_int_equal(find(&f, B(no[i]), &h, &seen), 0);
		if (seen)
			fail_msg("\"%s\" is seen", no[i]);
	}
	hits_free(&h);
}

/* Several in one text, a bound on length, and what is no text. */
static void test_bounds(void **state)
{
	static char text[KNOWN_FILES_LONG + 64];
	struct hits h = {0};
	struct files f;
	struct copy c;
	bool seen;
	size_t n;

	(void)state;
	files_make(&f);
	assert_int_equal(
		find(&f, B("/s/x.json /s/calls/q.txt,/x.json"), &h, &seen), 3);
	memset(text, 'y', sizeof(text));
	text[0] = '/';
	n = KNOWN_FILES_LONG - strlen("/x.json");
	memcpy(text + n, "/x.json", 7);
	assert_int_equal(find(&f, bytes_of(text, KNOWN_FILES_LONG), &h, &seen),
			 1);
	memcpy(text + n, "y/x.json", 8);
	assert_int_equal(
		find(&f, bytes_of(text, KNOWN_FILES_LONG + 1), &h, &seen), 0);
	copy_make(&c, B("/s/x.json"));
	c.run.kind = RUN_NUMBER;
	h.n = 0;
	assert_int_equal(recognizer_file(&f.k, &c.run, 0, &h, &seen), 0);
	assert_int_equal(h.n, 0);
	/* Of deep paths the end counts. */
	c.run.kind = RUN_VALUE;
	c.map.hard = true; /* these bytes stay */
	assert_int_equal(recognizer_file(&f.k, &c.run, 0, &h, &seen), 0);
	assert_int_equal(h.n, 0);
	free(c.p);
	hits_free(&h);
}

/* ---- hostile texts ---- */

/* Of the unit, again and again, in as many blanks before and behind it. */
static double seconds_of(const struct files *f, const char *before,
			 const char *unit, size_t size)
{
	struct hits h = {0};
	struct timespec a, b;
	size_t n = strlen(unit);
	size_t blanks = before == NULL ? 0 : size / 3;
	char *t = malloc(size);
	bool seen;

	assert_non_null(t);
	memset(t, '\t', size);
	for (size_t i = blanks; i < size - blanks; i++)
		t[i] = unit[i % n];
	if (before != NULL)
		memcpy(t + blanks / 2, before, strlen(before));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	find(f, bytes_of(t, size), &h, &seen);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	free(t);
	hits_free(&h);
	return (double)(b.tv_sec - a.tv_sec) +
	       (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

/* Eight times the text: far from 64 times the work. */
static void is_linear(const struct files *f, const char *before,
		      const char *unit)
{
	double small = seconds_of(f, before, unit, 1 << 17);
	double large = seconds_of(f, before, unit, 1 << 20);

	if (large > 24 * small + 0.1)
		fail_msg("\"%s\": %f s, then %f s", unit, small, large);
}

static void test_linear(void **state)
{
	static const char *const units[] = {
		"/",	    "/a",	 "/a ",
		"//a",	    "\"/",	 "\"/a",
		"'/a b",    ":/",	 "://",
		"file://",  "file:///a", "?d=",
		"?d=a",	    "&d=/a",	 "/a.b:1",
		"/.",	    "/a.b.",	 "/a/b ",
		"/s/a/b ",  "(/a.b)",	 "/\xe2\x80\x9d",
		"/x.flac ", "/x.gz"};
	struct files f;

	(void)state;
	files_make(&f);
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		is_linear(&f, NULL, units[i]);
		is_linear(&f, "", units[i]);
		is_linear(&f, "file://", units[i]);
	}
	is_linear(&f, "", "/a/b\t");
	is_linear(&f, "file://", "/a/b\t");
	assert_true(seconds_of(&f, NULL, "/", 100000) < 1);
}

/* ---- what stands for them ---- */

static int place(const void *files, struct bytes path, struct buf *out)
{
	assert_string_equal(files, "here");
	if (bytes_is(path, "audio/en/x.wav"))
		return buf_puts(out, "d01/000007.wav");
	return bytes_is(path, "bad") ? -ENOMEM : -ENOENT;
}

static void shows(const struct transform *t, const char *canon,
		  const char *text, const struct standin *s, const char *want)
{
	const struct transform_in in = {.t = t,
					.type = B("FILE_PATH"),
					.canon = B(canon),
					.text = B(text),
					.ord = 2,
					.s = s};
	struct buf b = {0};

	assert_int_equal(buf_putc(&b, '>'), 0);
	assert_int_equal(transform_apply(&in, &b), 0);
	if (!bytes_is(buf_bytes(&b), want))
		fail_msg("%s: %.*s", text, (int)b.n, (const char *)b.p);
	buf_free(&b);
}

static void test_stand(void **state)
{
	const struct standin s = {.object = B("bank/lists/m.jsonl"),
				  .file = place,
				  .files = "here"};
	const struct standin nobody = {.object = B("bank/lists/m.jsonl")};
	static const char *const slashes[] = {
		"&#47;srv&#47;x.wav", "&#x2F;x.wav",	  "&#047;x",
		"&sol;x.wav",	      "&amp;#x02f;x.wav", "%2fx.wav"};
	const struct transform seen = {.action = ACTION_PSEUDONYM};
	const struct transform tag = {.action = ACTION_TAG};
	const struct transform_in bad = {.t = &seen,
					 .type = B("FILE_PATH"),
					 .canon = B("bad"),
					 .text = B("/bad"),
					 .s = &s};
	struct buf b = {0};

	(void)state;
	shows(&seen, "audio/en/x.wav", "/home/eve/audio/en/x.wav", &s,
	      ">/carrel/data/bank/d01/000007.wav");
	shows(&seen, "audio/en/x.wav", "audio/en/x.wav", &s, ">d01/000007.wav");
	shows(&seen, "audio/en/x.wav", "%2Fsrv%2Faudio%2Fen%2Fx.wav", &s,
	      ">/carrel/data/bank/d01/000007.wav");
	for (size_t i = 0; i < ARRAY_LEN(slashes); i++)
		shows(&seen, "audio/en/x.wav", slashes[i], &s,
		      ">/carrel/data/bank/d01/000007.wav");
	shows(&seen, "audio/en/x.wav", "&#48;47;", &s, ">d01/000007.wav");
	shows(&seen, "none", "/srv/none", &s, ">[FILE]");
	shows(&seen, "none", "none", &s, ">[FILE]");
	shows(&seen, "audio/en/x.wav", "/audio/en/x.wav", &nobody, ">[FILE]");
	shows(&tag, "audio/en/x.wav", "/audio/en/x.wav", &s, ">[FILE_PATH_2]");
	assert_int_equal(transform_apply(&bad, &b), -ENOMEM);
	assert_true(transform_wants_text(&seen, B("FILE_PATH")));
	assert_false(transform_wants_text(&tag, B("FILE_PATH")));
	buf_free(&b);
}

/* Without a rule of its own it is shown where it is, unless all is dropped. */
static void test_decided(void **state)
{
	static const enum action actions[] = {
		ACTION_TAG,  ACTION_MASK,	ACTION_PSEUDONYM, ACTION_HASH,
		ACTION_KEEP, ACTION_GENERALIZE, ACTION_SHIFT};
	const struct circumstance c = {.score = 100};
	const struct type_rule keep = {"FILE_PATH", {.action = ACTION_KEEP}};
	const struct type_rule sure = {
		"FILE_PATH", {.action = ACTION_KEEP, .min_score = 101}};
	struct decision d = {.nrules = 0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		d.fallback.action = actions[i];
		assert_int_equal(decision_for(&d, B("FILE_PATH"), &c)->action,
				 ACTION_PSEUDONYM);
		assert_int_equal(decision_for(&d, B("PERSON"), &c)->action,
				 actions[i]);
	}
	d.fallback.action = ACTION_DROP;
	assert_int_equal(decision_for(&d, B("FILE_PATH"), &c)->action,
			 ACTION_DROP);
	d.fallback.action = ACTION_TAG;
	d.rules = &keep;
	d.nrules = 1;
	assert_int_equal(decision_for(&d, B("FILE_PATH"), &c)->action,
			 ACTION_KEEP);
	d.rules = &sure;
	assert_int_equal(decision_for(&d, B("FILE_PATH"), &c)->action,
			 ACTION_PSEUDONYM);
}

/* A summary says whether a file may name others. */
static void test_summary(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new();
	CLEANUP(buf_free) struct buf b = {0};
	struct index_summary s = {.format = FORMAT_TEXT, .named = true}, got;

	(void)state;
	for (unsigned i = PATHS_NONE; i <= PATHS_FOUND + 1; i++) {
		bool there = i <= PATHS_FOUND;

		s.paths = (enum index_paths)i;
		buf_clear(&b);
		assert_int_equal(index_summary_put(&b, &s), 0);
		assert_int_equal(
			index_summary_get(buf_bytes(&b), a, &got, NULL),
			there ? 0 : -EPROTO);
		assert_int_equal(got.paths, there ? i : 0);
	}
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(
			index_summary_get(bytes_of(b.p, n), a, &got, NULL),
			-EPROTO);
	b.p[b.n - 1] = 0; /* what says nothing is not written so */
	assert_int_equal(index_summary_get(buf_bytes(&b), a, &got, NULL),
			 -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),  cmocka_unit_test(test_decoys),
		cmocka_unit_test(test_cut),    cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_seen),   cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_linear), cmocka_unit_test(test_summary),
		cmocka_unit_test(test_stand),  cmocka_unit_test(test_decided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
