/* What each of the words that start something sets off. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/* "www", "gmail", "underscore". */
static uint32_t online(struct scan *s, uint32_t i, uint32_t end,
		       const struct word *w)
{
	if (w->number == ONLINE_WWW)
		return (s->allowed & ALLOW_MORE) != 0 ? recognizer_url_www(s, i)
						      : end;
	if ((s->allowed & ALLOW_PROSE) == 0)
		return end;
	return w->number == ONLINE_HOST ? recognizer_mail_plain(s, i, end)
					: recognizer_user_under(s, i, end);
}

uint32_t recognizer_trigger(struct scan *s, uint32_t i, uint32_t end,
			    const struct word *w)
{
	bool more = (s->allowed & ALLOW_MORE) != 0;
	uint32_t next = 0;

	if (w->roles == ROLE_CUE) { /* "and", "it": most of them */
		if ((s->allowed & ALLOW_PROSE) != 0)
			recognizer_name(s, i, end, w);
		return end;
	}
	s->abroad_words += (w->roles & ROLE_ABROAD) != 0;
	if ((w->roles & ROLE_TOPIC) != 0)
		recognizer_topic(s, i, end, w);
	s->place |=
		w->roles & (ROLE_WHERE | ROLE_GOES | ROLE_DWELL | ROLE_BANK);
	/* "was" of a German question begins it */
	if ((w->roles & ROLE_ASK) != 0 &&
	    (i == 0 || end - i != 3 || memcmp(s->t + i, "was", 3) != 0))
		s->asks = true;
	if ((w->roles & ROLE_MONTH) != 0 && more)
		next = recognizer_date_month(s, i, end);
	if ((w->roles & ROLE_ORDINAL) != 0) {
		bool joined = s->ordinal_end != 0 && s->ordinal_end + 1 == i;

		s->ordinal = joined ? s->ordinal : i;
		s->ordinal_end = end;
	}
	if ((w->roles & ROLE_CURRENCY) != 0 && more)
		next = recognizer_money_sign(s, i, end - i);
	if ((w->roles & ROLE_AT) != 0)
		next = recognizer_mail(s, i, end);
	if ((w->roles & ROLE_ONLINE) != 0)
		next = online(s, i, end, w);
	if ((w->roles & ROLE_CUE) != 0 && (s->allowed & ALLOW_PROSE) != 0)
		recognizer_name(s, i, end, w);
	if ((w->roles & ROLE_STREET) != 0 && more)
		next = recognizer_street(s, i, end);
	if ((w->roles & ROLE_FROM) != 0 && (s->allowed & ALLOW_PROSE) != 0)
		recognizer_place(s, i, end);
	if ((w->roles & ROLE_SUFFIX) != 0 && (s->allowed & ALLOW_PROSE) != 0)
		next = recognizer_address_said(s, i, end);
	if ((w->roles & ROLE_TRAIT) != 0 && (s->allowed & ALLOW_PROSE) != 0)
		recognizer_traits(s, i, end, w);
	if ((w->roles & ROLE_HOME) != 0 && more)
		next = recognizer_traits_home(s, i, end);
	if ((w->roles & ROLE_TOPIC) != 0 && w->topic == TOPIC_KEY && more)
		next = recognizer_secret_said(s, end);
	if ((w->roles & ROLE_KEY) != 0 && more && next == 0)
		next = recognizer_secret_prefix(s, i, end);
	if ((w->roles & ROLE_BEGIN) != 0 && more)
		next = recognizer_secret_begin(s, i);
	if ((w->roles & ROLE_SECRET) != 0 && more)
		recognizer_secret(s, end);
	return next > end ? next : end;
}
