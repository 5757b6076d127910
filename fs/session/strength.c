/* How strong a session is: computed from facts, never claimed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fs/session/strength.h"

/*
 * Each row is a condition that must not hold, and the most that is left when
 * it does. The strength is the least over all rows that hold; with none of
 * them it is a boundary. A fact that nobody read is zero, and zero opens its
 * row. What the table rests on:
 *
 * Who owns a user namespace holds all capabilities in it, so the annotator's
 * other programs reach into the session unless another uid owns it; and who
 * runs the gateway can trace it, keys and all. An equal uid inside is no harm
 * when the owner is another. Arguments stand in the host's /proc for anyone,
 * and swap holds memory in plain text: a boundary has neither. Landlock is a
 * second wall behind an empty root: the log names its absence, the strength
 * does not change.
 */
static bool no_room(const struct facts *f)
{
	return !f->room;
}

static bool no_filter(const struct facts *f)
{
	return !f->seccomp;
}

static bool is_published(const struct facts *f)
{
	return f->published;
}

static bool by_root(const struct facts *f)
{
	return f->annotator == 0;
}

static bool one_uid(const struct facts *f)
{
	return f->gateway == f->annotator;
}

static bool owned_by_other(const struct facts *f)
{
	return f->owner != f->gateway;
}

static bool arguments_show(const struct facts *f)
{
	return f->hidepid != HIDEPID_INVISIBLE;
}

static bool swaps_plain(const struct facts *f)
{
	return f->swap == SWAP_PLAIN;
}

static const struct strength_gap gaps[] = {
	{STRENGTH_NONE, no_room, "nothing confines this session",
	 "use carrel run, not carrel mount"},
	{STRENGTH_NONE, no_filter, "this kernel loads no seccomp filter",
	 "a kernel with CONFIG_SECCOMP_FILTER"},
	{STRENGTH_DISPLAY, is_published,
	 "a page is published to a browser outside",
	 "run without --publish, or let the policy say confinement: display"},
	{STRENGTH_GUARD_RAIL, one_uid,
	 "one uid runs the gateway and the annotator's login, whose second "
	 "terminal is not stopped",
	 "the gateway would need a uid of its own, which this version cannot "
	 "serve annotators from (carrel-security(7))"},
	{STRENGTH_GUARD_RAIL, by_root, "the annotator is root",
	 "let the annotator log in as an ordinary user"},
	{STRENGTH_GUARD_RAIL, owned_by_other,
	 "the session's user namespace does not belong to the gateway's uid",
	 "let the gateway make the session, not the annotator's login"},
	{STRENGTH_GUARD_RAIL, arguments_show,
	 "other users read the arguments of processes in /proc",
	 "mount /proc with hidepid=invisible"},
	{STRENGTH_GUARD_RAIL, swaps_plain,
	 "memory can reach swap in plain text",
	 "swapoff -a, or swap on dm-crypt or zram"},
};

enum strength strength_of(const struct facts *f)
{
	enum strength s = STRENGTH_BOUNDARY;

	for (size_t i = 0; i < ARRAY_LEN(gaps); i++)
		if (gaps[i].at_most < s && gaps[i].open(f))
			s = gaps[i].at_most;
	return s;
}

const struct strength_gap *strength_gap(const struct facts *f, size_t i)
{
	for (size_t k = 0; k < ARRAY_LEN(gaps); k++)
		if (gaps[k].open(f) && i-- == 0)
			return &gaps[k];
	return NULL;
}

const char *strength_name(enum strength s)
{
	static const char *const names[] = {"none", "display", "guard-rail",
					    "boundary"};

	return (unsigned)s < ARRAY_LEN(names) ? names[s] : names[0];
}

int strength_words(const struct facts *f, struct buf *b)
{
	const struct strength_gap *g;
	int r = 0;

	for (size_t i = 0; r == 0 && (g = strength_gap(f, i)) != NULL; i++)
		r = buf_printf(b, "%s: %s\n", g->why, g->change);
	return r;
}
