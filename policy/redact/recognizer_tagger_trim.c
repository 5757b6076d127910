/* What of a tagger's span is no name, and what behind it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_name.h"

/* In lower case before a word with a capital: "le habla" Jacinto, "a nombre de"
 * Rocío; but "van" Dyck. */
static void trim_before(const struct scan *s, struct tagger_span *t)
{
	uint32_t from = t->start, end;

	for (uint32_t i = t->start; i < t->end; i = end + 1) {
		end = scan_word_end(s, i, t->end);
		if (end > i && !is_lower(s->t[i])) {
			t->start = from > t->start ? i : t->start;
			return;
		}
		if (end > i &&
		    (recognizer_name_roles(s, i, end) & ROLE_PARTICLE) == 0)
			from = end + 1;
	}
}

/* Words at both ends in lower case that are part of no name. */
static void trim(const struct scan *s, struct tagger_span *t)
{
	const unsigned both = ROLE_FUNCTION | ROLE_PARTICLE;
	uint32_t end, i;

	trim_before(s, t);
	while ((end = scan_word_end(s, t->start, t->end)) < t->end &&
	       end > t->start && is_lower(s->t[t->start]) && s->t[end] == ' ' &&
	       (recognizer_name_roles(s, t->start, end) & both) ==
		       ROLE_FUNCTION &&
	       !tagger_knows(s->r->tagger,
			     bytes_of(s->t + t->start, end - t->start),
			     TAGGER_PERSON))
		t->start = end + 1;
	for (;;) {
		for (i = t->end; i > t->start && is_word(s->t[i - 1]);)
			i--;
		if (i <= t->start + 1 || t->end - i < 2 || !is_lower(s->t[i]) ||
		    s->t[i - 1] != ' ' ||
		    ((recognizer_name_roles(s, i, t->end) & both) !=
			     ROLE_FUNCTION &&
		     !(recognizer_name_helps(s, i, t->end) &&
		       name_over(s, t->end, " i we you ") != 0)))
			return; /* "priya may i have" */
		t->end = i - 1;
	}
}

/* Percent from which a common word alone is a name; where it ends a turn. */
#define SURE 88
#define SURE_LAST 60

/* One word that is common English, too, in lower case or where a sentence
 * begins: the tagger must be sure. And "an allen key". */
static bool is_common(const struct scan *s, const struct tagger_span *t)
{
	uint32_t end = scan_word_end(s, t->start, t->end);
	bool first =
		t->start == 0 || (t->start > 1 && s->t[t->start - 2] != ',' &&
				  !is_word(s->t[t->start - 2]));

	if (end == t->end && recognizer_name_no(s, t->start, end, first))
		return true;
	if (!is_lower(s->t[t->start]) &&
	    (!first || s->asked != 0 || is_upper(scan_at(s, t->start + 1))))
		return false; /* "LAX, please" */
	if (end == t->end)
		return t->score < SURE &&
		       recognizer_name_kind(s, t->start, end) < NAME_RARE &&
		       (recognizer_name_listed(s, t->start, end) &
			TAGGER_PLACE) == 0 && /* "phoenix" */
		       !recognizer_name_held(s, t->start, end) &&
		       !(end == s->n && t->score >= SURE_LAST &&
			 recognizer_name_given(s, t->start, end));
	return t->start >= 3 && is_lower(s->t[t->start]) &&
	       (memcmp(s->t + t->start - 3, "an ", 3) == 0 ||
		memcmp(s->t + t->start - 3, " a ", 3) == 0);
}

/* "john smith" goes on where the tagger saw none: "reed glass about it". */
static void extend(struct scan *s, struct tagger_span *t)
{
	uint32_t stop;

	if (!is_lower(s->t[t->start]))
		return;
	if (t->end - t->start > 3 && s->t[t->end - 2] == ' ')
		t->start = recognizer_name_last(s, t->start);
	if (scan_at(s, t->end) != ' ' || t->end + 1 >= s->n)
		return;
	stop = scan_word_end(s, t->end + 1, s->n);
	if (recognizer_name_ends(s, t->end + 1, stop))
		t->end = stop;
}

bool recognizer_tagger_trim(struct scan *s, struct tagger_span *t)
{
	if (t->type != TAGGER_PERSON)
		return true; /* "las vegas" */
	trim(s, t);
	if (is_common(s, t))
		return false;
	extend(s, t);
	return true;
}
