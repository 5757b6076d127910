/* A file of lines, a desk over it, and meters whose clock tests set. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_METER_FIX_H
#define DESK_METER_FIX_H

#include "fs/desk/meter.h"
#include "tests/unit/desk/fixture.h"

#define METER_NOON 1800000000

struct counting {
	struct fixture *f;
	struct desk *d;
	struct meters *ms;
	struct shown *s; /* calls/l.jsonl, of some three blocks */
	struct buf all;	 /* its view */
};

/** meter_up, meter_down: cmocka state is a struct counting; it is noon. */
int meter_up(void **state);
int meter_down(void **state);

/* What time it is: seconds since 1970. meter_noon(): as a meter's clock. */
extern int64_t meter_time;
int64_t meter_noon(void);

/** meter_try(p, ms, who, l, out): what meter_open says for who in "harbor".
 * meter_seat(p, who, l): of p->ms; the test fails where it cannot be had. */
int meter_try(struct counting *p, struct meters *ms, const char *who,
	      const struct limits *l, struct meter **out);
struct meter *meter_seat(struct counting *p, const char *who,
			 const struct limits *l);

/** meter_at(p, t, off, n): meter_read of p->s, to be cut where it must be. */
ssize_t meter_at(struct counting *p, struct meter *t, uint64_t off, size_t n);

/** meter_line(p, k): where line number k begins in the view. */
size_t meter_line(const struct counting *p, size_t k);

#endif
