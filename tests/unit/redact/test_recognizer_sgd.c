/* Real two-sided dialogues with exact offsets: how many values leak. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/fdio.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

/*
 * The set's own JSON: dialogues of turns; a turn's frames, with the slots'
 * offsets in code points, stand before its utterance. Values here are of
 * places and prices, not of people, but a phone number is one.
 */

#define TURNS 256
#define SLOTS 2048
#define SKIPPED 77

struct slot {
	char name[32];
	uint32_t run;
	size_t start, end; /* code points */
};

struct tally {
	const char *slot;
	double most; /* share that may leak */
	unsigned n, leaked;
};

struct dialogue {
	struct arena *a;
	struct run runs[TURNS];
	size_t nruns;
	struct slot slots[SLOTS], next;
	size_t nslots;
	unsigned have; /* parts of next: 1 start, 2 end */
};

struct reading {
	const struct recognizers *r;
	struct dialogue d;
	unsigned per_type[ENTITY_COUNT];
	struct tally tallies[4];
};

static size_t byte_of(struct bytes text, size_t points)
{
	size_t at = 0;
	uint32_t cp;

	for (; points > 0; points--)
		at += utf8_next(text, at, &cp);
	return at;
}

/* A letter or digit of the slot that no hit covers. */
static bool leaks(const struct dialogue *d, const struct slot *slot,
		  const struct hits *h)
{
	struct bytes text = d->runs[slot->run].text;
	size_t end = byte_of(text, slot->end);

	for (size_t i = byte_of(text, slot->start); i < end; i++) {
		bool hidden = !is_word(text.p[i]);

		for (size_t k = 0; k < h->n && !hidden; k++)
			hidden = h->v[k].run == slot->run &&
				 h->v[k].start <= i && i < h->v[k].end;
		if (!hidden)
			return true;
	}
	return false;
}

static void spread(const struct reading *g, struct hits *h)
{
	struct propagate *p;

	assert_int_equal(propagate_new(g->r, &p), 0);
	for (size_t i = 0; i < h->n; i++) {
		const struct hit *v = &h->v[i];
		struct bytes text = g->d.runs[v->run].text;

		assert_int_equal(propagate_learn(p, v->type,
						 bytes_sub(text, v->start,
							   v->end - v->start),
						 v->score),
				 0);
	}
	assert_int_equal(propagate_find(p, g->d.runs, g->d.nruns, h), 0);
	propagate_free(p);
}

static void finish(struct reading *g)
{
	struct hits h = {0};
	struct dialogue *d = &g->d;

	assert_int_equal(recognize(g->r, d->runs, d->nruns, &h), 0);
	spread(g, &h);
	cases_sound(d->runs, d->nruns, &h);
	for (size_t i = 0; i < h.n; i++)
		g->per_type[h.v[i].type]++;
	for (size_t i = 0; i < d->nslots; i++)
		for (size_t k = 0; k < ARRAY_LEN(g->tallies); k++) {
			struct tally *t = &g->tallies[k];

			if (strcmp(t->slot, d->slots[i].name) != 0)
				continue;
			t->n++;
			t->leaked += leaks(d, &d->slots[i], &h);
		}
	hits_free(&h);
	arena_reset(d->a);
	d->nruns = d->nslots = 0;
}

static struct bytes text_of(struct dialogue *d, struct bytes in,
			    const struct json_token *t)
{
	struct buf b = {0};
	struct bytes out;

	assert_int_equal(json_unescape(&b, bytes_sub(in, t->start + 1,
						     t->end - t->start - 2)),
			 0);
	assert_int_equal(arena_dup(d->a, buf_bytes(&b), &out), 0);
	buf_free(&b);
	return out;
}

static void string(struct reading *g, struct bytes in, struct bytes key,
		   const struct json_token *t)
{
	struct dialogue *d = &g->d;
	struct bytes text = text_of(d, in, t);

	if (bytes_is(key, "slot") && text.n < sizeof(d->next.name)) {
		memcpy(d->next.name, text.p, text.n);
		d->next.name[text.n] = '\0';
	}
	if (bytes_is(key, "speaker") && d->nruns < TURNS)
		d->runs[d->nruns].speaker = text;
	if (bytes_is(key, "utterance") && d->nruns < TURNS) {
		d->runs[d->nruns].kind = RUN_TEXT;
		d->runs[d->nruns++].text = text;
	}
}

static void number(struct reading *g, struct bytes in, struct bytes key,
		   const struct json_token *t)
{
	size_t v = 0;

	for (uint64_t i = t->start; i < t->end; i++)
		v = v * 10 + (size_t)(in.p[i] - '0');
	if (bytes_is(key, "start")) {
		g->d.next.start = v;
		g->d.have |= 1;
	} else if (bytes_is(key, "exclusive_end")) {
		g->d.next.end = v;
		g->d.have |= 2;
	}
}

static void object_end(struct dialogue *d)
{
	if (d->have == 3 && d->nslots < SLOTS) {
		d->next.run = (uint32_t)d->nruns;
		d->slots[d->nslots++] = d->next;
	}
	d->have = 0;
}

static void read_one(struct reading *g, struct bytes in)
{
	struct json_scan s;
	struct json_token t;
	struct bytes key = {0};
	enum json_kind kind;

	json_start(&s, in, 0);
	while ((kind = json_next(&s, &t)) != JSON_END) {
		assert_int_not_equal(kind, JSON_BAD);
		if (kind == JSON_KEY) {
			key = bytes_sub(in, t.start + 1, t.end - t.start - 2);
			if (bytes_is(key, "dialogue_id"))
				finish(g);
		} else if (kind == JSON_STRING) {
			string(g, in, key, &t);
		} else if (kind == JSON_NUMBER) {
			number(g, in, key, &t);
		} else if (kind == JSON_OBJECT_END) {
			object_end(&g->d);
		}
	}
	finish(g);
}

static bool find(glob_t *files)
{
	const char *shared = getenv("CARREL_SHARED");
	struct buf b = {0};
	bool found;

	assert_int_equal(buf_printf(&b, "%s/data/dialogue/sgd/*.json",
				    shared != NULL ? shared : SHARED_BESIDE),
			 0);
	found = glob(buf_str(&b), 0, NULL, files) == 0;
	buf_free(&b);
	return found;
}

static void test_leaks(void **state)
{
	struct reading *g = mem_new(1, sizeof(*g));
	struct recognizers *r = cases_rules(NULL);
	glob_t files;

	(void)state;
	assert_true(find(&files));
	g->r = r;
	g->d.a = arena_new();
	g->tallies[0] = (struct tally){"phone_number", 0.01, 0, 0};
	g->tallies[1] = (struct tally){"address", 0.04, 0, 0};
	g->tallies[2] = (struct tally){"street_address", 0.12, 0, 0};
	g->tallies[3] = (struct tally){"price", 0.01, 0, 0};
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct buf b = {0};

		assert_int_equal(
			file_read(AT_FDCWD, files.gl_pathv[i], 64u << 20, &b),
			0);
		read_one(g, buf_bytes(&b));
		buf_free(&b);
	}
	for (size_t k = 0; k < ARRAY_LEN(g->tallies); k++) {
		const struct tally *t = &g->tallies[k];

		print_message("%s: %u of %u leaked\n", t->slot, t->leaked,
			      t->n);
		assert_true(t->n > 20);
		assert_true(t->leaked <= t->most * t->n);
	}
	/* nobody in these dialogues tells any of these */
	assert_int_equal(g->per_type[ENTITY_CREDIT_CARD], 0);
	assert_int_equal(g->per_type[ENTITY_US_SSN], 0);
	assert_int_equal(g->per_type[ENTITY_IBAN_CODE], 0);
	assert_int_equal(g->per_type[ENTITY_EMAIL_ADDRESS], 0);
	assert_int_equal(g->per_type[ENTITY_IP_ADDRESS], 0);
	globfree(&files);
	arena_free(g->d.a);
	mem_free(g);
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaks),
	};
	glob_t files;

	if (!find(&files)) {
		print_message("skipped: no shared data; set CARREL_SHARED\n");
		return SKIPPED;
	}
	globfree(&files);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
