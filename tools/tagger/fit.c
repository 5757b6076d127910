/* A conditional random field fitted by gradient steps, the same everywhere. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>

#include "base/mem.h"
#include "tools/tagger/fit.h"

/*
 * For each sentence: the expected labels and pairs of labels under the model,
 * less those under the model held to the labels allowed. That is the gradient,
 * also where a token may have several labels. Steps are AdaGrad's. Sums run
 * forward and backward over probabilities, scaled at each token.
 *
 * Only operations that IEEE 754 defines are used (no libm but sqrt), compiled
 * without contraction, so that the same input gives the same weights.
 */

#define MOST TAGGER_CHUNK
#define SUMS 16 /* in an epoch */

struct pass {
	double e[MOST][LABELS]; /* exponentials of the tokens' weights */
	double a[MOST][LABELS], b[MOST][LABELS], scale[MOST];
	double p[MOST][LABELS];		   /* expected labels */
	double pair[LABELS + 1][LABELS];   /* of pairs; the last: beginnings */
	double follow[LABELS + 1][LABELS]; /* exponentials */
	double top[MOST];
	double loss;
};

/* e^x for |x| < 700: 2^k times a polynomial of the rest. */
static double exponential(double x)
{
	const double log2e = 1.4426950408889634, ln2 = 0.6931471805599453;
	double k = x * log2e, r, sum = 1;
	int n = (int)(k < 0 ? k - 0.5 : k + 0.5);
	union {
		uint64_t u;
		double d;
	} scale = {.u = (uint64_t)(n + 1023) << 52};

	r = x - n * ln2;
	for (int i = 13; i > 0; i--)
		sum = 1 + sum * r / i;
	return x < -700 ? 0 : sum * scale.d;
}

/* Only for the loss that is printed: ln by its series over halves. */
static double logarithm(double x)
{
	double n = 0, y, sum = 0, power;

	for (; x > 1.5; x /= 2)
		n++;
	for (; x > 0 && x < 0.75; x *= 2)
		n--;
	y = (x - 1) / (x + 1);
	power = y;
	for (int i = 1; i < 30; i += 2) {
		sum += power / i;
		power *= y * y;
	}
	return 2 * sum + n * 0.6931471805599453;
}

static bool may_follow(unsigned a, unsigned b)
{
	if (b != LABEL_PERSON_IN && b != LABEL_LOCATION_IN &&
	    b != LABEL_ORGANIZATION_IN)
		return true;
	return a == b || a + 1 == b;
}

static uint32_t next(struct fit *f)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 17;
	f->random ^= f->random << 5;
	return f->random;
}

static void exponentials(const struct fit *f, const struct sentence *s,
			 const uint8_t *used, struct pass *x)
{
	for (uint32_t i = 0; i < s->n; i++) {
		double sum[LABELS] = {0};

		for (uint32_t k = s->first[i]; k < s->first[i + 1]; k++)
			for (unsigned y = 0; used[k] != 0 && y < LABELS; y++)
				sum[y] += (double)f->w[s->rows[k]][y];
		x->top[i] = sum[0];
		for (unsigned y = 1; y < LABELS; y++)
			x->top[i] = sum[y] > x->top[i] ? sum[y] : x->top[i];
		for (unsigned y = 0; y < LABELS; y++)
			x->e[i][y] = exponential(sum[y] - x->top[i]);
	}
	for (unsigned a = 0; a <= LABELS; a++)
		for (unsigned b = 0; b < LABELS; b++)
			x->follow[a][b] =
				may_follow(a == LABELS ? LABEL_OUT : a, b)
					? exponential((double)f->follow[a][b])
					: 0;
}

static double potential(const struct pass *x, const struct sentence *s,
			bool held, uint32_t i, unsigned y)
{
	return held && (s->allowed[i] >> y & 1) == 0 ? 0 : x->e[i][y];
}

static void forward(struct pass *x, const struct sentence *s, bool held)
{
	for (uint32_t i = 0; i < s->n; i++) {
		double sum = 0;

		for (unsigned y = 0; y < LABELS; y++) {
			double in = i == 0 ? x->follow[LABELS][y] : 0;

			for (unsigned z = 0; i > 0 && z < LABELS; z++)
				in += x->a[i - 1][z] * x->follow[z][y];
			x->a[i][y] = in * potential(x, s, held, i, y);
			sum += x->a[i][y];
		}
		x->scale[i] = sum;
		for (unsigned y = 0; y < LABELS; y++)
			x->a[i][y] /= sum;
	}
}

static void backward(struct pass *x, const struct sentence *s, bool held)
{
	for (unsigned y = 0; y < LABELS; y++)
		x->b[s->n - 1][y] = 1;
	for (uint32_t i = s->n - 1; i > 0; i--)
		for (unsigned z = 0; z < LABELS; z++) {
			double out = 0;

			for (unsigned y = 0; y < LABELS; y++)
				out += x->follow[z][y] *
				       potential(x, s, held, i, y) * x->b[i][y];
			x->b[i - 1][z] = out / x->scale[i];
		}
}

/* Add sign times what is expected. */
static void expect(struct pass *x, const struct sentence *s, bool held,
		   double sign)
{
	forward(x, s, held);
	backward(x, s, held);
	for (uint32_t i = 0; i < s->n; i++) {
		x->loss += sign * logarithm(x->scale[i]);
		for (unsigned y = 0; y < LABELS; y++) {
			x->p[i][y] += sign * x->a[i][y] * x->b[i][y];
			if (i == 0)
				x->pair[LABELS][y] +=
					sign * x->a[0][y] * x->b[0][y];
			for (unsigned z = 0; i > 0 && z < LABELS; z++)
				x->pair[z][y] += sign * x->a[i - 1][z] *
						 x->follow[z][y] *
						 potential(x, s, held, i, y) *
						 x->b[i][y] / x->scale[i];
		}
	}
}

static void step(float *w, float *sq, double gradient, float rate)
{
	float g = (float)gradient;

	*sq += g * g;
	*w -= rate * g / sqrtf(*sq);
}

static void update(struct fit *f, const struct sentence *s, const uint8_t *used,
		   const struct pass *x)
{
	for (uint32_t i = 0; i < s->n; i++)
		for (uint32_t k = s->first[i]; k < s->first[i + 1]; k++)
			for (unsigned y = 0; used[k] != 0 && y < LABELS; y++)
				step(&f->w[s->rows[k]][y],
				     &f->sq[s->rows[k]][y], x->p[i][y],
				     f->rate);
	for (unsigned a = 0; a <= LABELS; a++)
		for (unsigned b = 0; b < LABELS; b++)
			if (may_follow(a == LABELS ? LABEL_OUT : a, b))
				step(&f->follow[a][b], &f->follow_sq[a][b],
				     x->pair[a][b], f->rate);
}

/* A feature is left out now and then, so that none is all that is known. */
static void sentence_fit(struct fit *f, const struct sentence *s,
			 struct pass *x, uint8_t *used)
{
	uint32_t limit = (uint32_t)((double)f->drop * 4294967295.0);

	if (s->n == 0)
		return;
	for (uint32_t k = 0; k < s->first[s->n]; k++)
		used[k] = s->rows[k] != 0 && next(f) >= limit;
	memset(x->p, 0, s->n * sizeof(*x->p));
	memset(x->pair, 0, sizeof(x->pair));
	exponentials(f, s, used, x);
	expect(x, s, false, 1);
	expect(x, s, true, -1);
	update(f, s, used, x);
}

/* The mean of weights on the way is better than where it ends. */
static void add_up(struct fit *f)
{
	for (size_t i = 0; i < f->nrows; i++)
		for (unsigned y = 0; y < LABELS; y++)
			f->sum[i][y] += f->w[i][y];
	f->sums++;
}

int fit_epoch(struct fit *f, const struct sentences *s)
{
	uint32_t *order CLEANUP(mem_freep) = mem_new(s->n + 1, sizeof(*order));
	uint8_t *used CLEANUP(mem_freep) =
		mem_new((size_t)MOST * TAGGER_FEATURES, 1);
	struct pass *x CLEANUP(mem_freep) = mem_new(1, sizeof(*x));
	uint64_t tokens = 0;

	if (order == NULL || used == NULL || x == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t other = next(f) % (i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	for (size_t i = 0; i < s->n; i++) {
		sentence_fit(f, &s->v[order[i]], x, used);
		tokens += s->v[order[i]].n;
		if (f->adds && i % (s->n / SUMS + 1) == 0)
			add_up(f);
	}
	f->loss = x->loss / (double)(tokens == 0 ? 1 : tokens);
	return 0;
}
