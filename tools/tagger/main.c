/* tagger-fit: trains the tagger's model, and measures one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "tools/tagger/fit.h"

#define FULL_BITS 24 /* rows by which rare features are counted */
#define UNIT 24	     /* weights of 1.0, stored */

struct options {
	const char *names, *out, *text;
	unsigned bits, epochs, least, off;
	float rate, drop;
};

static int usage(void)
{
	fprintf(stderr, "usage: tagger-fit train NAMES TEXT OUT [bits epochs "
			"least rate drop off]\n"
			"       tagger-fit test MODEL TEXT\n");
	return 2;
}

/* ---- training ---- */

/* Row numbers become those of the model; rows of features seen less than
 * `least` times become 0, which is not used. */
static int thin(struct sentences *s, unsigned bits, unsigned least)
{
	uint32_t *count CLEANUP(mem_freep) =
		mem_new((size_t)1 << FULL_BITS, sizeof(*count));

	if (count == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < s->n; i++)
		for (uint32_t k = 0; k < s->v[i].first[s->v[i].n]; k++)
			count[s->v[i].rows[k]]++;
	for (size_t i = 0; i < s->n; i++)
		for (uint32_t k = 0; k < s->v[i].first[s->v[i].n]; k++) {
			uint32_t *row = &s->v[i].rows[k];

			*row = count[*row] < least ? 0
						   : *row >> (FULL_BITS - bits);
		}
	return 0;
}

static int8_t small(float w, unsigned *lost)
{
	float v = w * UNIT;

	if (v > 127 || v < -127)
		++*lost;
	v = v > 127 ? 127 : v < -127 ? -127 : v;
	return (int8_t)(v < 0 ? v - 0.5f : v + 0.5f);
}

static int model_put(const struct fit *f, const struct options *o,
		     struct bytes names, struct buf *b)
{
	struct tagger_head h = {.row_bits = htole32(o->bits),
				.name_bits = htole32(f->m->head.name_bits),
				.unit = htole32(UNIT),
				.out = htole32(o->off)};
	unsigned lost = 0;
	int rc;

	memcpy(h.magic, TAGGER_MAGIC, sizeof(h.magic));
	for (unsigned y = 0; y < LABELS; y++)
		for (unsigned z = 0; z <= LABELS; z++) {
			bool in = y == LABEL_PERSON_IN ||
				  y == LABEL_LOCATION_IN ||
				  y == LABEL_ORGANIZATION_IN;
			bool never =
				in && (z == LABELS || (z != y && z + 1 != y));
			int16_t v = (int16_t)(f->follow[z][y] * UNIT);

			v = (int16_t)htole16((uint16_t)(never ? -12000 : v));
			if (z == LABELS)
				h.begin[y] = v;
			else
				h.follow[z][y] = v;
		}
	rc = buf_put(b, &h, sizeof(h));
	for (size_t i = 0; rc == 0 && i < (size_t)1 << o->bits; i++) {
		int8_t row[LABELS];

		for (unsigned y = 0; y < LABELS; y++)
			row[y] = small(f->sum[i][y] / (float)f->sums, &lost);
		rc = buf_put(b, row, sizeof(row));
	}
	if (lost > 0)
		fprintf(stderr, "%u weights are cut off\n", lost);
	return rc == 0 ? buf_putb(b, names) : rc;
}

static int write_file(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wb");
	bool ok = f != NULL && fwrite(b->p, 1, b->n, f) == b->n;

	return f != NULL && fclose(f) == 0 && ok ? 0 : -EIO;
}

static int epochs(struct fit *f, const struct options *o,
		  const struct sentences *s)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < o->epochs; i++) {
		f->adds = i + 2 >= o->epochs;
		rc = fit_epoch(f, s);
		fprintf(stderr, "epoch %u: loss %.4f\n", i + 1, f->loss);
	}
	return rc;
}

static int train(const struct options *o)
{
	struct buf names CLEANUP(buf_free) = {0}, out CLEANUP(buf_free) = {0};
	struct sentences s = {0};
	struct tagger_model m = {.head = {.row_bits = FULL_BITS}};
	struct fit f = {
		.m = &m, .random = 88172645u, .rate = o->rate, .drop = o->drop};
	size_t rows = (size_t)1 << o->bits;
	int rc = file_read(AT_FDCWD, o->names, 1 << 24, &names);

	while (((size_t)4 << m.head.name_bits) < names.n)
		m.head.name_bits++;
	m.names = names.p;
	f.w = mem_new(rows, sizeof(*f.w));
	f.sq = mem_new(rows, sizeof(*f.sq));
	f.sum = mem_new(rows, sizeof(*f.sum));
	f.nrows = rows;
	if (rc == 0 && (f.w == NULL || f.sq == NULL || f.sum == NULL))
		rc = -ENOMEM;
	for (size_t i = 0; rc == 0 && i < rows * LABELS; i++)
		f.sq[i / LABELS][i % LABELS] = 1;
	for (size_t i = 0; i < (LABELS + 1) * LABELS; i++)
		f.follow_sq[i / LABELS][i % LABELS] = 1;
	if (rc == 0)
		rc = sentences_load(o->text, &m, &s);
	if (rc == 0)
		rc = thin(&s, o->bits, o->least);
	if (rc == 0)
		rc = epochs(&f, o, &s);
	if (rc == 0)
		rc = model_put(&f, o, buf_bytes(&names), &out);
	if (rc == 0)
		rc = write_file(o->out, &out);
	sentences_free(&s);
	mem_free(f.w);
	mem_free(f.sq);
	mem_free(f.sum);
	return rc;
}

/* ---- measuring ---- */

struct tally {
	unsigned right, found, there, leaked; /* names */
	unsigned over, plain;		      /* words that are in none */
};

struct found {
	struct tagger_span v[TAGGER_CHUNK];
	unsigned n;
};

static int take(void *ctx, const struct tagger_span *s)
{
	struct found *f = ctx;

	if (f->n < TAGGER_CHUNK)
		f->v[f->n++] = *s;
	return 0;
}

static unsigned label_of(const struct sentence *s, uint32_t i)
{
	unsigned y = 0;

	if ((s->allowed[i] & (s->allowed[i] - 1)) != 0)
		return (s->allowed[i] & 2) != 0 ? LABELS : LABEL_OUT;
	while ((s->allowed[i] >> y & 1) == 0)
		y++;
	return y;
}

static bool covered(const struct found *f, const struct sentence *s, uint32_t i)
{
	for (unsigned k = 0; k < f->n; k++)
		if (f->v[k].start <= s->start[i] && s->end[i] <= f->v[k].end)
			return true;
	return false;
}

/* Spans that touch words of which nobody knows are not judged. */
static bool judged(const struct sentence *s, const struct tagger_span *f)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (label_of(s, i) == LABELS && s->start[i] < f->end &&
		    f->start < s->end[i])
			return false;
	return true;
}

static void compare(const struct sentence *s, const struct found *f,
		    struct tally t[TAGGER_TYPES])
{
	for (unsigned k = 0; k < f->n; k++)
		t[f->v[k].type].found += judged(s, &f->v[k]);
	for (uint32_t i = 0, end; i < s->n; i = end) {
		unsigned y = label_of(s, i), type = (y + 1) / 2;
		bool leaked = false;

		end = i + 1;
		if (y == LABEL_OUT || y == LABEL_OTHER) {
			t[0].plain++;
			t[0].over += covered(f, s, i);
		}
		if (y == LABEL_OUT || y >= LABEL_OTHER)
			continue;
		while (end < s->n && label_of(s, end) == y + 1)
			end++;
		t[type].there++;
		for (uint32_t k = i; k < end; k++)
			leaked = leaked || !covered(f, s, k);
		t[type].leaked += leaked;
		for (unsigned k = 0; k < f->n; k++)
			t[type].right += f->v[k].type == type &&
					 f->v[k].start == s->start[i] &&
					 f->v[k].end == s->end[end - 1];
	}
}

static void print_tally(const struct tally t[TAGGER_TYPES])
{
	static const char *const types[] = {"", "PERSON", "LOCATION",
					    "ORGANIZATION"};

	for (unsigned i = 1; i < TAGGER_TYPES; i++) {
		double p = t[i].right / (double)(t[i].found + !t[i].found);
		double r = t[i].right / (double)(t[i].there + !t[i].there);

		printf("%-12s right %u found %u there %u leaked %u  "
		       "P %.3f R %.3f F1 %.3f leaked %.3f\n",
		       types[i], t[i].right, t[i].found, t[i].there,
		       t[i].leaked, p, r, p + r > 0 ? 2 * p * r / (p + r) : 0,
		       t[i].leaked / (double)(t[i].there + !t[i].there));
	}
	printf("%-12s over %u plain %u  %.4f\n", "words", t[0].over, t[0].plain,
	       t[0].over / (double)(t[0].plain + !t[0].plain));
}

static int test(const char *model, const char *text)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct tally t[TAGGER_TYPES] = {{0}};
	struct sentences s = {0};
	struct tagger_model m;
	struct tagger *tagger = NULL;
	uint64_t steps = 0;
	int rc = file_read(AT_FDCWD, model, 1 << 26, &b);

	if (rc == 0)
		rc = tagger_new(buf_bytes(&b), &tagger);
	if (rc == 0)
		rc = tagger_model(buf_bytes(&b), &m);
	if (rc == 0)
		rc = sentences_load(text, &m, &s);
	for (size_t i = 0; rc == 0 && i < s.n; i++) {
		struct found f = {.n = 0};

		rc = tagger_run(tagger, s.v[i].text, s.v[i].asked, take, &f,
				&steps);
		compare(&s.v[i], &f, t);
	}
	if (rc == 0)
		print_tally(t);
	sentences_free(&s);
	tagger_free(tagger);
	return rc;
}

int main(int argc, char **argv)
{
	struct options o = {.bits = 18,
			    .epochs = 8,
			    .least = 2,
			    .rate = 0.1f,
			    .drop = 0.3f,
			    .off = 0};
	int rc;

	if (argc == 4 && strcmp(argv[1], "test") == 0) {
		rc = test(argv[2], argv[3]);
	} else if (argc >= 5 && strcmp(argv[1], "train") == 0) {
		o.names = argv[2];
		o.text = argv[3];
		o.out = argv[4];
		o.bits = argc > 5 ? (unsigned)atoi(argv[5]) : o.bits;
		o.epochs = argc > 6 ? (unsigned)atoi(argv[6]) : o.epochs;
		o.least = argc > 7 ? (unsigned)atoi(argv[7]) : o.least;
		o.rate = argc > 8 ? strtof(argv[8], NULL) : o.rate;
		o.drop = argc > 9 ? strtof(argv[9], NULL) : o.drop;
		o.off = argc > 10 ? (unsigned)atoi(argv[10]) : o.off;
		rc = train(&o);
	} else {
		return usage();
	}
	if (rc != 0)
		fprintf(stderr, "tagger-fit: %s\n", strerror(-rc));
	return rc != 0;
}
