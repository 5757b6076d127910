/* What the words before an identifier say that it is: "conf number is". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_parts.h"

#define WORDS 6 /* before it */
#define LONG 16 /* bytes of one */

/* Topics that name an identifier which may have several parts. */
#define T(topic) TOPIC_BIT(TOPIC_##topic)
#define NAMED                                                            \
	(T(SSN) | T(ACCOUNT) | T(ROUTING) | T(ORDER) | T(CONFIRMATION) | \
	 T(POLICY) | T(CLAIM) | T(TICKET) | T(CUSTOMER) | T(PIN) |       \
	 T(PASSPORT) | T(LICENSE) | T(MEDICAL) | T(NATIONAL) | T(TAX) |  \
	 T(HEALTH) | T(INSURANCE) | T(VEHICLE) | T(PLATE) | T(DEVICE) |  \
	 T(KEY) | T(ID) | T(CARD) | T(BIRTH))

/* Between such a word and the number. */
static const char links[] =
	"is are was its it it's thats that's number numbers no num nmbr numer "
	"nr nbr code says reads should be then uh um ok here with them so the "
	"my also and like";
static const char generic[] = "number no num nmbr numer nr nbr code";

/* Words that name one, and are nothing else to the other recognizers. */
static const char more[] =
	"pkg package conf confirm ordr ordernumber acc acct mem grp group rx "
	"bin iccid "
	"sn serial eticket invoice inv asset title receipt loan ln remote key "
	"dl tkt rma redress traveler traveller flyer sort ein prescription "
	"routing voucher ticket# order# case# acct# pnr mem# conf# policy# "
	"referral enrollment registration permit badge lic docket";
static const char things[] =
	"seat row size gate exit suite ste unit apt aisle lane store channel "
	"channels part item sku upc speed ch v ver lot bay dock area qty";

static uint64_t named(const struct scan *s, uint32_t i, uint32_t end,
		      bool *item)
{
	const struct word *w;

	if (recognizer_word_in(s, more, i, end))
		return T(ID);
	w = scan_listed(s, i, end)->trigger;
	*item = recognizer_word_in(s, things, i, end) ||
		(w != NULL && (w->roles & ROLE_TOPIC) != 0 &&
		 w->topic == TOPIC_ITEM);
	if (*item || w == NULL || (w->roles & ROLE_TOPIC) == 0 ||
	    w->topic == TOPIC_NONE)
		return 0;
	return TOPIC_BIT(w->topic) & NAMED;
}

void recognizer_parts_label(struct scan *s, uint32_t i, struct parts *out)
{
	bool number = false;

	out->label = 0;
	out->direct = out->item = false;
	for (unsigned n = 0; n < WORDS && i > 0; n++) {
		uint32_t end = i, start;
		bool sign = false;

		while (end > 0 && i - end < 4 &&
		       strchr(" :#=(", s->t[end - 1]) != NULL)
			sign = s->t[--end] != ' ' || sign;
		for (start = end;
		     start > 0 && end - start < LONG &&
		     (is_word(s->t[start - 1]) || s->t[start - 1] == '\'');)
			start--;
		s->steps += i - start;
		number = number || (sign && scan_at(s, end) == '#');
		if (start == end)
			break;
		if (!recognizer_word_in(s, generic, start, end))
			out->label = named(s, start, end, &out->item);
		out->direct = out->direct || sign || out->label != 0;
		if (out->label != 0 || out->item)
			return;
		if (!recognizer_word_in(s, links, start, end))
			break;
		number = number || recognizer_word_in(s, generic, start, end);
		/* "is", "number": what it is comes */
		out->direct = out->direct ||
			      (n == 0 &&
			       !recognizer_word_in(s, "and so the my with like",
						   start, end));
		i = start;
	}
	if (number)
		out->label = T(ID);
}
