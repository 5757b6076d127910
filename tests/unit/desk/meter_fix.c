/* A file of lines, a desk over it, and meters whose clock tests set. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/desk/meter_fix.h"

#include "base/mem.h"

#define POLICY                                                                \
	"carrel: 1\nproject: harbor\npurpose: annotation\n"                   \
	"datasets: [calls]\nroles:\n  r:\n    see: [ { files: \"calls/**\", " \
	"records: all } ]\n    redact: { PERSON: pseudonym }\n"               \
	"    names: keep\nannotators:\n  alice: { role: r }\n"

int64_t meter_time;

int64_t meter_noon(void)
{
	return meter_time;
}

int meter_up(void **state)
{
	struct counting *p = mem_new(1, sizeof(*p));
	struct fixture_file file = {.path = "l.jsonl", .lines = true};
	struct buf CLEANUP(buf_free) b = {0};
	void *f = NULL;

	if (p == NULL || fixture_setup(&f) != 0)
		return -1;
	p->f = f;
	*state = p;
	meter_time = METER_NOON;
	fixture_lines(&b, 3, 6000, 500); /* some three blocks */
	file.data = buf_bytes(&b);
	fixture_publish(p->f, "calls", &file, 1);
	fixture_policy(p->f, POLICY, "alice");
	p->d = fixture_desk(p->f);
	p->ms = meters_new(p->f->store, meter_noon);
	fixture_read(p->d, "calls/l.jsonl", &p->all);
	return shown_open(p->d, desk_walk(p->d, bytes_str("calls/l.jsonl")),
			  &p->s, NULL);
}

int meter_down(void **state)
{
	struct counting *p = *state;
	void *f = p->f;

	shown_close(p->s);
	meters_free(p->ms);
	desk_close(p->d);
	buf_free(&p->all);
	mem_free(p);
	return fixture_teardown(&f);
}

int meter_try(struct counting *p, struct meters *ms, const char *who,
	      const struct limits *l, struct meter **out)
{
	const struct meter_want w = {.project = "harbor",
				     .annotator = who,
				     .limits = l,
				     .objects = desk_objects(p->d)};

	return meter_open(ms, &w, out, &p->f->e);
}

struct meter *meter_seat(struct counting *p, const char *who,
			 const struct limits *l)
{
	struct meter *t = NULL;

	if (meter_try(p, p->ms, who, l, &t) != 0)
		fail_msg("%s", p->f->e.text);
	return t;
}

ssize_t meter_at(struct counting *p, struct meter *t, uint64_t off, size_t n)
{
	enum meter_kind which;

	return meter_read(t, p->s, off, n, false, &which);
}

size_t meter_line(const struct counting *p, size_t k)
{
	size_t at = 0;

	while (k-- > 0)
		at = (size_t)((uint8_t *)memchr(p->all.p + at, '\n',
						p->all.n - at) -
			      p->all.p) +
		     1;
	return at;
}
