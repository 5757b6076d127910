/* Asking external recognizers: texts in, spans out, as lines of JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One conversation per program and record. Up to WINDOW questions are on their
 * way at once; answers come in the order of the questions, a line each. Nobody
 * waits for a write while the other does, too: both directions and stderr are
 * polled. Time runs from the last answer (or from the question, where none was
 * open); what all answers of a group of files have taken adds up to a total.
 *
 * A program may answer anything. A line has a bound, each is checked against
 * its question, and bytes that nobody asked for are a failure: there is no way
 * back into step.
 */
#include "fs/ingest/external.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/json.h"
#include "base/mem.h"
#include "fs/ingest/external_answer.h"

#define WINDOW 64u
#define QUEUED 262144u	      /* bytes of questions that wait to be written */
#define ANSWER_MAX (4u << 20) /* bytes of one answer */
#define AT_ONCE 65536
#define SAID_MAX 200

struct program {
	const struct external_rule *x;
	struct external_pipes p;
	uint16_t rule;
	uint64_t id;   /* of the last question */
	int64_t spent; /* milliseconds, of this group of files */
	struct buf out;
	size_t sent;
	struct buf in;
	size_t looked; /* bytes of in without a line end */
	char said[SAID_MAX];
	size_t nsaid;
	bool said_all; /* its first line is complete */
};

struct external {
	struct recognizers_ask ask; /* first: an ask is an external */
	const struct recognizers *r;
	struct program *v;
	uint32_t n;
	struct err why;
};

/* One record's questions to one program. */
struct exchange {
	struct external *x;
	struct program *p;
	const struct run *runs;
	size_t nruns, next;    /* the next run that may be a question */
	uint32_t open[WINDOW]; /* runs that were asked, in order: a ring */
	unsigned first, nopen;
	struct hits *hits;
	int64_t since; /* of the last answer */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- failing ---- */

/* The first line of its stderr, as far as a terminal may see it. */
static void hear(struct program *p)
{
	char b[4096];
	ssize_t n = 1;

	/* Bounded: who listens may be kept busy, but not for ever. */
	for (int k = 0; k < 32 && n > 0; k++) {
		n = read(p->p.err, b, sizeof(b));
		for (ssize_t i = 0; i < n && !p->said_all; i++) {
			char c = b[i] >= ' ' && b[i] <= '~' ? b[i] : '?';

			p->said_all =
				b[i] == '\n' || p->nsaid + 1 >= sizeof(p->said);
			if (!p->said_all)
				p->said[p->nsaid++] = c;
		}
	}
	if (n == 0) {
		p->said_all = true;
		fd_close(&p->p.err);
	}
}

/* One that ends may have its last words on their way still. */
static void hear_last(struct program *p)
{
	struct pollfd f = {.fd = p->p.err, .events = POLLIN};
	int64_t until = now_ms() + 250;

	hear(p);
	while (!p->said_all && now_ms() < until && poll(&f, 1, 100) >= 0)
		hear(p);
}

static int fail(struct external *x, struct program *p, int code,
		const char *words)
{
	char said[SAID_MAX + 16] = "";

	hear_last(p);
	if (p->nsaid > 0)
		snprintf(said, sizeof(said), "; it says: %.*s", (int)p->nsaid,
			 p->said);
	return err_set(&x->why, code, "", "external recognizer %s: %s%s",
		       p->x->name, words, said);
}

static int fail_time(struct external *x, struct program *p, bool total)
{
	char words[160];

	snprintf(words, sizeof(words),
		 total ? "the texts of these files took more than %u s "
			 "(total)"
		       : "no answer within %u s (timeout; each answer is a "
			 "line, and must be flushed)",
		 total ? p->x->total_s : p->x->timeout_s);
	return fail(x, p, -ETIMEDOUT, words);
}

/* ---- questions ---- */

/* Names of members and bare numbers are no text. */
static bool is_question(const struct run *r)
{
	return r->text.n > 0 && r->known == 0 && r->kind != RUN_KEY &&
	       r->kind != RUN_NUMBER;
}

static void put_member(struct json_out *j, const char *name, struct bytes text)
{
	if (text.n == 0)
		return;
	json_key(j, name);
	json_str(j, text);
}

static int put_question(struct exchange *t, const struct run *run)
{
	struct program *p = t->p;
	struct json_out j;

	json_open(&j, &p->out);
	json_obj(&j);
	json_key(&j, "id");
	json_uint(&j, p->id + 1 + t->nopen);
	json_key(&j, "text");
	json_str(&j, run->text);
	put_member(&j, "lang", t->x->ask.language);
	put_member(&j, "path", t->x->ask.path);
	put_member(&j, "field", run->key);
	put_member(&j, "speaker", run->speaker);
	json_obj_end(&j);
	if (j.err == 0)
		j.err = buf_putc(&p->out, '\n');
	return j.err;
}

static int ask_more(struct exchange *t)
{
	struct program *p = t->p;
	int rc = 0;

	for (; rc == 0 && t->next < t->nruns && t->nopen < WINDOW &&
	       p->out.n - p->sent < QUEUED;
	     t->next++) {
		if (!is_question(&t->runs[t->next]))
			continue;
		if (t->nopen == 0)
			t->since = now_ms();
		rc = put_question(t, &t->runs[t->next]);
		t->open[(t->first + t->nopen) % WINDOW] = (uint32_t)t->next;
		t->nopen++;
	}
	return rc;
}

static int send_some(struct exchange *t)
{
	struct program *p = t->p;
	ssize_t n = write(p->p.in, p->out.p + p->sent, p->out.n - p->sent);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0)
		return fail(t->x, p, -EPIPE, "it ended");
	p->sent += (size_t)n;
	if (p->sent == p->out.n) {
		buf_clear(&p->out);
		p->sent = 0;
	}
	return 0;
}

/* ---- answers ---- */

static int take_line(struct exchange *t, struct bytes line)
{
	struct program *p = t->p;
	uint32_t run = t->open[t->first];
	struct external_question q = {.r = t->x->r,
				      .x = p->x,
				      .rule = p->rule,
				      .id = p->id + 1,
				      .run = run,
				      .text = t->runs[run].text};
	const char *why = "";
	int rc;

	if (t->nopen == 0)
		return fail(t->x, p, -EPROTO,
			    "it answers more than it was asked");
	rc = external_answer(&q, line, t->hits, &why);
	if (rc == -EPROTO)
		return fail(t->x, p, rc, why);
	t->first = (t->first + 1) % WINDOW;
	t->nopen--;
	p->id++;
	t->since = now_ms();
	return rc;
}

/* Complete lines at the start of what has come. */
static int take_lines(struct exchange *t)
{
	struct buf *in = &t->p->in;
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && in->n > t->p->looked) {
		const uint8_t *nl = memchr(in->p + t->p->looked, '\n',
					   in->n - t->p->looked);
		size_t end = nl == NULL ? in->n : (size_t)(nl - in->p);

		t->p->looked = end;
		if (nl == NULL)
			break;
		rc = take_line(t, bytes_of(in->p + at, end - at));
		at = t->p->looked = end + 1;
	}
	if (at > 0)
		memmove(in->p, in->p + at, in->n - at);
	in->n -= at;
	t->p->looked -= at;
	if (rc == 0 && in->n > 0 && t->nopen == 0)
		rc = fail(t->x, t->p, -EPROTO,
			  "it answers more than it was asked");
	if (rc == 0 && in->n > ANSWER_MAX)
		rc = fail(t->x, t->p, -EPROTO, "an answer of more than 4 MiB");
	return rc;
}

static int read_some(struct exchange *t)
{
	struct buf *in = &t->p->in;
	ssize_t n = buf_reserve(in, AT_ONCE);

	if (n != 0)
		return (int)n;
	n = read(t->p->p.out, in->p + in->n, AT_ONCE);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return fail(t->x, t->p, -EPIPE, "it ended without an answer");
	in->n += (size_t)n;
	return take_lines(t);
}

/* Wait for what comes next, at most until time is up. */
static int step(struct exchange *t)
{
	struct program *p = t->p;
	int64_t left = t->since + (int64_t)p->x->timeout_s * 1000 - now_ms();
	int64_t all = (int64_t)p->x->total_s * 1000 - p->spent;
	bool total = all < left;
	struct pollfd f[3] = {
		{.fd = p->p.out, .events = POLLIN},
		{.fd = p->out.n > 0 ? p->p.in : -1, .events = POLLOUT},
		{.fd = p->p.err, .events = POLLIN}};
	int n, rc = 0;

	left = total ? all : left;
	if (left <= 0)
		return fail_time(t->x, p, total);
	n = poll(f, ARRAY_LEN(f), left > 1000 ? 1000 : (int)left);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (f[2].revents != 0)
		hear(p);
	if (f[1].revents != 0)
		rc = send_some(t);
	if (rc == 0 && f[0].revents != 0)
		rc = read_some(t);
	return rc;
}

static int ask_one(struct external *x, struct program *p,
		   const struct run *runs, size_t n, struct hits *out)
{
	struct exchange t = {
		.x = x, .p = p, .runs = runs, .nruns = n, .hits = out};
	int rc = ask_more(&t);

	while (rc == 0 && t.nopen > 0) {
		int64_t from = now_ms();

		rc = step(&t);
		p->spent += now_ms() - from;
		if (rc == 0)
			rc = ask_more(&t);
	}
	return rc;
}

static int ask_all(struct recognizers_ask *a, const struct run *runs, size_t n,
		   struct hits *out)
{
	struct external *x = (struct external *)(void *)a;
	int rc = x->why.code;

	for (uint32_t i = 0; rc == 0 && i < x->n; i++)
		rc = ask_one(x, &x->v[i], runs, n, out);
	return rc;
}

/* ---- */

int external_nonblock(const struct external_pipes *p)
{
	const int fds[] = {p->in, p->out, p->err};

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		if (fcntl(fds[i], F_SETFL, O_NONBLOCK) != 0)
			return -errno;
	return 0;
}

int external_new(const struct dataset_rules *d, struct recognizers *r,
		 const struct external_pipes *pipes, struct external **out)
{
	struct external *x = mem_new(1, sizeof(*x));
	struct program *v = mem_new(d->nexternal + 1u, sizeof(*v));

	for (uint32_t i = 0; v != NULL && i < d->nexternal; i++)
		v[i] = (struct program){.x = &d->external[i],
					.p = pipes[i],
					.rule = recognizers_external(r, i),
					.out = {.secret = true},
					.in = {.secret = true}};
	if (x == NULL || v == NULL) {
		mem_free(x);
		mem_free(v);
		return -ENOMEM;
	}
	*x = (struct external){
		.ask = {.fn = ask_all}, .r = r, .v = v, .n = d->nexternal};
	recognizers_ask(r, &x->ask);
	*out = x;
	return 0;
}

void external_free(struct external *x)
{
	for (uint32_t i = 0; x != NULL && i < x->n; i++) {
		fd_close(&x->v[i].p.in);
		fd_close(&x->v[i].p.out);
		fd_close(&x->v[i].p.err);
		buf_free(&x->v[i].out);
		buf_free(&x->v[i].in);
	}
	if (x != NULL)
		mem_free(x->v);
	mem_free(x);
}

void external_begin(struct external *x)
{
	for (uint32_t i = 0; i < x->n; i++)
		x->v[i].spent = 0;
}

const struct err *external_why(const struct external *x)
{
	return &x->why;
}
