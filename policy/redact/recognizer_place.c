/* Places that are told or asked for, and streets that are nobody's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/*
 * "Where is home?" and "where do we ship it" ask for an address without naming
 * one: a word that asks where, and one of living or of sending, in one turn. A
 * city that was asked for is the one unusual word of a short answer. Who says
 * "based in", "over in", "calling from" says a place next; words that are
 * others too are one only at the end of what is said.
 */
#define ANSWER_LONG 60
#define NAMES 3 /* words of a place's name */

static const struct word *trigger(const struct scan *s, uint32_t i,
				  uint32_t end)
{
	return scan_listed(s, i, end)->trigger;
}

/* What one is in, or calls from, or answers, that is no place. */
static const char none[] =
	"apartment apartments casa house home town city country state area "
	"fear "
	"hope peace love sin bed person general service question trouble "
	"charge court sales accounting shipping billing marketing support "
	"finance office store work school line stock full part cash total "
	"transit storage somewhere anywhere "
	"throughout miete untermiete quarantine poverty chaos downtown "
	"checkout overseas abroad "
	"mobile landline cellphone hr terminal "
	"overtime";

/* No common word, nor one that means something to a recognizer. */
static bool is_odd(const struct scan *s, uint32_t i, uint32_t end)
{
	const struct word *w = trigger(s, i, end);

	return end - i > 2 && !is_digit(s->t[i]) &&
	       memcmp(s->t + end - 2, "ly", 2) != 0 &&
	       recognizer_name_roles(s, i, end) == 0 &&
	       !recognizer_word_in(s, none, i, end) &&
	       (w == NULL || (w->roles & ~(unsigned)ROLE_FOREIGN) == 0);
}

/* Words that go before in a place's name: "new", "fort". */
static bool is_front(const struct scan *s, uint32_t i, uint32_t end)
{
	return recognizer_word_in(
		       s,
		       "new north south east west san santa los las el la st "
		       "saint fort ft mount port lake palm grand salt little "
		       "cape long bad",
		       i, end) &&
	       scan_at(s, end) == ' ' &&
	       is_odd(s, end + 1, recognizer_word_end(s, end + 1));
}

/* The name of a place at i, of words that are no others; its end, or i. */
static uint32_t name(struct scan *s, uint32_t i)
{
	uint32_t at = i, found = i;

	for (unsigned n = 0; n < NAMES; n++) {
		uint32_t end = recognizer_word_end(s, at);

		s->steps += end - at;
		if (is_odd(s, at, end) ||
		    (n > 0 && recognizer_word_in(s, "city beach springs falls",
						 at, end)))
			found = end;
		else if (n > 0 || !is_front(s, at, end))
			break;
		if (scan_at(s, end) != ' ')
			break;
		at = end + 1;
	}
	return found;
}

/* One common word up to the end of what is said: "i'm over in normal." */
static uint32_t common(const struct scan *s, uint32_t i)
{
	uint32_t end = recognizer_word_end(s, i);
	unsigned roles = recognizer_name_roles(s, i, end);

	if (end - i < 4 || (roles & ROLE_FUNCTION) != 0 ||
	    !recognizer_clause_over(s, end) ||
	    recognizer_word_in(s, none, i, end))
		return i;
	return end;
}

/* The word before i is one of these. */
static bool behind(const struct scan *s, uint32_t i, const char *list)
{
	uint32_t end = i == 0 ? 0 : i - 1, start = end;

	if (i < 2 || (s->t[end] != ' ' && s->t[end] != '\''))
		return false;
	while (start > 0 && end - start < 16 && is_word(s->t[start - 1]))
		start--;
	return recognizer_word_in(s, list, start, end);
}

/* Behind a word of staying or coming [i, end): "here in", "out of", "from";
 * where the place would begin, or 0. */
static uint32_t link(const struct scan *s, uint32_t end, const char *list)
{
	uint32_t at = end + 1, stop = recognizer_word_end(s, at);
	bool out = recognizer_word_in(s, "out", at, stop);

	if (scan_at(s, end) != ' ')
		return 0;
	if (recognizer_word_in(s, "here over down up back out you", at, stop) &&
	    scan_at(s, stop) == ' ') {
		at = stop + 1;
		stop = recognizer_word_end(s, at);
	}
	return (recognizer_word_in(s, list, at, stop) ||
		(out && recognizer_word_in(s, "of", at, stop))) &&
			       scan_at(s, stop) == ' '
		       ? stop + 1
		       : 0;
}

/* Vietnam's provinces and large towns, whose words are others, too. */
static uint32_t vietnam(const struct scan *s, uint32_t i)
{
	static const char *const names[] = {
		"hà nội",     "hải phòng",   "đà nẵng",	   "cần thơ",
		"sài gòn",    "hồ chí minh", "nha trang",  "đà lạt",
		"vũng tàu",   "biên hòa",    "hạ long",	   "quy nhơn",
		"bình dương", "đồng nai",    "nghệ an",	   "thanh hóa",
		"nam định",   "thái bình",   "quảng ninh", "quảng nam",
		"bắc ninh",   "bắc giang",   "hải dương",  "hưng yên",
		"long an",    "an giang",    "kiên giang", "cà mau",
		"bến tre",    "đắk lắk",     "gia lai",	   "lâm đồng",
		"khánh hòa",  "bình định",   "phú yên",	   "hà tĩnh"};

	for (size_t k = 0; k < ARRAY_LEN(names); k++) {
		uint32_t n = (uint32_t)strlen(names[k]);

		if (s->n - i >= n && memcmp(s->t + i, names[k], n) == 0 &&
		    !is_word(scan_at(s, i + n)))
			return i + n;
	}
	return i;
}

/* What a place follows by, behind the word [i, end); NULL: "ở", which it
 * follows at once. */
static const char *links(const struct scan *s, uint32_t i, uint32_t end)
{
	uint8_t c = s->t[i] | 0x20;

	if (recognizer_word_in(s, "ở", i, end))
		return NULL;
	if ((c == 'c' || c == 'h' || c == 't') &&
	    recognizer_word_in(s, "city hometown town", i, end))
		return behind(s, i, "my our") ? "is" : "";
	if (c >= 'b' && c <= 'r' &&
	    recognizer_word_in(s,
			       "over live located lives living based residing "
			       "reside raised "
			       "grew",
			       i, end))
		return "in near outside";
	if ((c == 'f' || c == 't' || c == 'b') &&
	    recognizer_word_in(
		    s,
		    "flight flights bus train fly flying travel traveling "
		    "travelling",
		    i, end))
		return "from to";
	if ((c == 'w' || c == 'l') &&
	    recognizer_word_in(s, "wohne wohnen lebe lebt", i, end))
		return "in bei nahe";
	if (c == 'k')
		return "aus";
	return c == 'v' ? "en cerca" : "from";
}

/* Behind a place that one goes to or comes from: nothing, a mark, a number, a
 * word that is in no name. "flights to avoid airspace" */
static bool stops(const struct scan *s, uint32_t i)
{
	uint32_t end = recognizer_word_end(s, i + 1);

	return scan_at(s, i) != ' ' || is_digit(scan_at(s, i + 1)) ||
	       recognizer_name_roles(s, i + 1, end) != 0;
}

/* The word at i begins like one that links a place to the word before it. */
static bool may_link(const struct scan *s, uint32_t i)
{
	static const char begins[] =
		"in ou fr to ne of he ov do up ba yo au be "
		"na en ce is t\xe1";

	if (i + 2 >= s->n)
		return false;
	for (const char *p = begins; p < begins + sizeof(begins) - 2; p += 3)
		if (s->t[i] == (uint8_t)p[0] && s->t[i + 1] == (uint8_t)p[1])
			return true;
	return s->t[i] >= 0x80 || s->t[i - 2] >= 0x80;
}

void recognizer_place(struct scan *s, uint32_t i, uint32_t end)
{
	const char *list = may_link(s, end + 1) ? links(s, i, end) : "";
	uint32_t at = list == NULL ? end + 1 : link(s, end, list), stop;

	if (at == 0 || at >= s->n)
		return;
	if (recognizer_word_in(s, "over", i, end) &&
	    !behind(s, i, "m re am are is s here live living im were"))
		return;
	if (recognizer_word_in(s, "located", i, end) &&
	    !behind(s, i, "m re im were"))
		return; /* files are, too */
	if (recognizer_word_in(s, "live", i, end) &&
	    !behind(s, i,
		    "i we you they who to still now currently t also all "
		    "both d just people that"))
		return; /* "live in concert" */
	if (recognizer_word_in(s, "raised", i, end) &&
	    !behind(s, i, "was were and am"))
		return;
	stop = list == NULL ? vietnam(s, at) : name(s, at);
	s->steps += 64;
	if (stop == at && list != NULL && list[0] == 'i' && list[1] == 'n')
		stop = common(s, at);
	/* "flying from Tulsa to Boise" */
	end = list != NULL && list[0] == 'f' && stop > at
		      ? link(s, stop, "to from")
		      : 0;
	if (end != 0 && end < s->n && name(s, end) > end)
		recognizer_hit(s, end, name(s, end), ENTITY_LOCATION,
			       RULE_PLACE_CUE, 58);
	if (stop > at && !(list != NULL && list[0] == 'f' && !stops(s, stop)))
		recognizer_hit(s, at, stop, ENTITY_LOCATION, RULE_PLACE_CUE,
			       58);
}

/* Behind a place that answers: nothing more, or a state, a ZIP code, thanks. */
static bool ends(const struct scan *s, uint32_t i)
{
	uint32_t end;

	if (recognizer_clause_over(s, i))
		return scan_at(s, i) != '.' || !is_word(scan_at(s, i + 1));
	if (s->t[i] != ' ')
		return false;
	end = recognizer_word_end(s, i + 1);
	return is_digit(scan_at(s, i + 1)) || recognizer_clause_over(s, end) ||
	       recognizer_word_in(s,
				  "please thanks thank right and but i i'm im "
				  "for yeah yes now originally why",
				  i + 1, end);
}

void recognizer_place_answer(struct scan *s)
{
	static const char links[] = "in from to is s near it's its";
	static const char idle[] = "uh um er well so oh yes yeah yep yup ok "
				   "okay sure no hi and i m it it's its s";
	static const char any[] = "whichever whatever wherever anywhere "
				  "anything either";
	uint32_t stop, end;
	size_t from = 0;
	bool says = false; /* a word that says something */

	if ((s->asked >> TOPIC_CITY & 1) == 0 || s->n == 0 ||
	    s->n > ANSWER_LONG || memchr(s->t, '?', s->n) != NULL)
		return;
	if (s->run->speaker.n == 0)
		(void)recognizer_turn_label(bytes_of(s->t, s->n), &from);
	s->steps += s->n;
	for (uint32_t i = (uint32_t)from; i < s->n; i = stop) {
		stop = recognizer_word_end(s, i);
		if (stop == i) {
			stop++;
			continue;
		}
		if (recognizer_word_in(s, any, i, stop))
			return;
		end = name(s, i);
		if (end == i) {
			says = says || !recognizer_word_in(s, idle, i, stop);
			continue;
		}
		if ((!says || behind(s, i, links)) && ends(s, end))
			recognizer_hit(s, i, end, ENTITY_LOCATION,
				       RULE_PLACE_ANSWER, 50);
		return;
	}
}

uint64_t recognizer_place_asks(const struct scan *s)
{
	uint64_t topics = 0;

	if ((s->place & ROLE_STREET) != 0) /* is it right? */
		topics |= TOPIC_BIT(TOPIC_STREET);
	if ((s->place & ROLE_WHERE) != 0 &&
	    (s->place & (ROLE_GOES | ROLE_DWELL)) != 0)
		topics |= TOPIC_BIT(TOPIC_ADDRESS) | TOPIC_BIT(TOPIC_CITY);
	return topics;
}

/* A kind of streets, not of squares and courts. */
static bool is_street(const struct scan *s, uint32_t i, uint32_t end)
{
	static const char streets[] =
		"street st avenue ave road rd boulevard blvd lane ln drive dr "
		"terrace way place pl court ct circle highway hwy parkway "
		"pkwy expressway freeway turnpike alley broadway";
	const struct word *w = trigger(s, i, end);

	return w != NULL && (w->roles & ROLE_SUFFIX) != 0 &&
	       recognizer_word_in(s, streets, i, end);
}

bool recognizer_place_public(struct scan *s, uint32_t start, uint32_t end,
			     bool person)
{
	uint32_t from = end, stop, next = recognizer_word_end(s, end + 1);
	bool last, behind_it;

	if (((s->seen | s->asked | s->keyed) >> TOPIC_ADDRESS & 1) != 0 ||
	    (s->place & ROLE_DWELL) != 0)
		return false;
	while (from > start && is_word(s->t[from - 1]))
		from--;
	last = !person && is_street(s, from, end);
	behind_it =
		!last && scan_at(s, end) == ' ' && is_street(s, end + 1, next);
	if (!last && !behind_it)
		return false;
	/* "212 baker st" */
	if (start >= 2 && s->t[start - 1] == ' ' && is_digit(s->t[start - 2]))
		return false;
	for (stop = start; stop < end && is_digit(s->t[stop]);)
		stop++;
	if (stop > start && !is_word(scan_at(s, stop)))
		return false;
	/* "i'm on Wilshire Blvd": where somebody is */
	if (behind(s, start, "on") && start > 3 &&
	    behind(s, start - 3, "m im re"))
		return false;
	if (last)
		return start < from ||
		       recognizer_word_in(s, "broadway", from, end);
	return behind(s, start, "on at off along") ||
	       (!person &&
		recognizer_word_in(s, "street avenue road blvd lane drive",
				   end + 1, next));
}
