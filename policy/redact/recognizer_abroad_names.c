/* Names behind words of German, Spanish and Vietnamese. */
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cue says how sure it is of what follows. Behind "heiße", "me llamo", "tên"
 * a word that is not in the language's table is a name; behind "bin", "soy" and
 * kinship it must be one of the list of names, or two words, since one is more
 * often what somebody is. Vietnamese says to everybody "anh", "chị", "em"
 * before the name, and much else behind them: there a syllable must be one that
 * people are called by, with its accents.
 */
#include "policy/redact/recognizer_abroad.h"

#define MOST 4	   /* words of a name */
#define ANSWER 9   /* words of a turn that is one */
#define HIT_CUE 82 /* scores */
#define HIT_ASKED 66

enum trust {
	TRUST_LISTED, /* in the list of names, or two words */
	TRUST_WORD,   /* whatever is no word of the language */
	TRUST_TITLE,  /* a word that is a name, too */
};

/* Names that people are called by, as they are written with accents, by their
 * first letter without. */
static const char *const given[26] = {
	['a' - 'a'] = " an anh ánh ân ẩn ",
	['b' - 'a'] = " bá bình bích bùi băng bảo ",
	['c' - 'a'] = " cao chi chiến châu công cúc cường cẩm ",
	['d' - 'a'] = " danh diễm diệp diệu dung duy duyên dũng dương đan đinh "
		      "điệp đoàn đài đào đình đông đăng đại đạt đặng đỗ đức ",
	['g' - 'a'] = " gia giang giáp ",
	['h' - 'a'] = " hiên hiếu hiền hiển hiệp hoa hoan hoà hoài hoàn hoàng "
		      "huy huyền huân huệ huỳnh hà hào hân hòa hùng hưng hương "
		      "hường hạ hạnh hải hảo hậu hằng hồ hồng hội hữu ",
	['k' - 'a'] =
		" khang khuyến khanh khiêm khoa khoát khuê khánh khôi khải kim "
		"kiên kiều kiệt kỳ ",
	['l' - 'a'] = " lam lan linh liên loan long luyến ly lành lâm lê lý "
		      "lĩnh lưu lương lượng lệ lộc lợi lụa lực ",
	['m' - 'a'] = " mai minh miên my mơ mạnh mận mỹ ",
	['n' - 'a'] = " nga nghi nghĩa nguyên nguyễn nguyệt ngà ngân ngô ngọc "
		      "nhi nhiên nhung nhàn nhân nhã như nhật ",
	['o' - 'a'] = " oanh ",
	['p' - 'a'] =
		" phan phi phong phát phùng phú phúc phương phước phượng phạm ",
	['q' - 'a'] = " quang quyên quyết quyền quân quý quảng quế quốc quỳnh ",
	['s' - 'a'] = " sang sen sâm sơn sương ",
	['t' - 'a'] =
		" thanh thi thiên thiện thiệu thoa thu thuý thuận thuỳ thuỷ "
		"thành thái thông thùy thúy thăng thơ thơm thư thương thạch "
		"thảo thắm thắng thế thị thịnh thục thủy tiên tiến tiệp toàn "
		"trang trinh trung tráng trâm trân trí trúc trương trường trần "
		"trịnh trọng tuyên tuyết tuyền tuân tuấn tuệ tài tâm tân tín "
		"tùng tú tư tường tạ tấn tịnh ",
	['u' - 'a'] = " uyên ",
	['v' - 'a'] = " vinh viên viện việt vy vân võ văn vĩnh vũ vương ",
	['x' - 'a'] = " xuyến xuân ",
	['y' - 'a'] = " yên yến ",
};

static bool is_given(const struct scan *s, const struct abroad_token *k)
{
	const char *list =
		is_lower((uint8_t)k->word[0]) ? given[k->word[0] - 'a'] : NULL;

	return list != NULL && name_one(s, k->i, k->end, list);
}

static bool is_listed(const struct scan *s, const struct abroad_token *k)
{
	return (recognizer_name_listed(s, k->i, k->end) &
		(TAGGER_GIVEN | TAGGER_FAMILY)) != 0;
}

/* Token k goes on with what stands before it, over one blank or a dash. */
static bool is_joined(const struct scan *s, const struct abroad_turn *t,
		      unsigned k)
{
	return k < t->n && !t->t[k].digits && t->t[k].word[0] != '\0' &&
	       (k == 0 || t->t[k].i == t->t[k - 1].end + 1) &&
	       (k == 0 || s->t[t->t[k].i - 1] == ' ' ||
		s->t[t->t[k].i - 1] == '-');
}

static bool is_cap(const struct scan *s, const struct abroad_token *k)
{
	return abroad_capital(s, k->i);
}

/* May the word be part of a name? */
static bool may(const struct scan *s, const struct abroad_token *k,
		enum trust trust)
{
	struct abroad_number n;

	if (k->end - k->i < 2 && !is_cap(s, k))
		return false;
	if (is_cap(s, k) && (k->roles & ABROAD_CUE) == 0)
		return k->roles == 0 || trust == TRUST_TITLE ||
		       (k->roles & ABROAD_ALSO) != 0;
	if (k->roles == 0)
		return (recognizer_name_roles(s, k->i, k->end) &
			(ROLE_FUNCTION | ROLE_FOREIGN)) == 0 &&
		       !abroad_number(bytes_of(s->t, s->n), k->i, &n);
	return (k->roles & ABROAD_ALSO) != 0 &&
	       ((k->roles & ABROAD_WORD) == 0 || trust == TRUST_TITLE);
}

static bool is_particle(const struct abroad_token *k)
{
	return (k->roles & ABROAD_PARTICLE) != 0;
}

/* ---- German and Spanish ---- */

/* Words of a name from token k on: the token behind them, or k. */
static unsigned name_end(const struct scan *s, const struct abroad_turn *t,
			 unsigned k, enum trust trust)
{
	unsigned end = k, words = 0, at = k;

	while (at < t->n && words < MOST) {
		unsigned over = at;

		if (at > k && !is_joined(s, t, at))
			break;
		while (over < t->n && over < at + 3 && is_joined(s, t, over) &&
		       is_particle(&t->t[over]) &&
		       (end > k || over > at ||
			abroad_is(t, over, " von van zu zum zur ")))
			over++;
		if (over == t->n || t->t[over].digits ||
		    !may(s, &t->t[over], trust))
			break;
		words++;
		end = at = over + 1;
	}
	return end;
}

static void put(struct scan *s, const struct abroad_turn *t, unsigned from,
		unsigned end, unsigned rule, unsigned score)
{
	if (end > from && t->t[end - 1].end - t->t[from].i > 1)
		recognizer_hit(s, t->t[from].i, t->t[end - 1].end,
			       ENTITY_PERSON, rule, score);
}

/* It may be a verb of the language that the table has not. */
static bool is_verbal(const struct abroad_token *k)
{
	size_t n = strlen(k->word);

	return n < 4 || strchr("aeotns", k->word[n - 1]) != NULL;
}

/* A name behind a cue that says little. */
static void put_listed(struct scan *s, const struct abroad_turn *t, unsigned k)
{
	unsigned end = name_end(s, t, k, TRUST_LISTED);

	if (end == k)
		return;
	if (is_listed(s, &t->t[k]) || is_cap(s, &t->t[k]) ||
	    (end > k + 1 && is_listed(s, &t->t[end - 1])) || end == t->n ||
	    (end == k + 1 && !is_verbal(&t->t[k])))
		put(s, t, k, end, RULE_PERSON_INTRO, 72);
}

static void put_name(struct scan *s, const struct abroad_turn *t, unsigned k,
		     enum trust trust)
{
	put(s, t, k, name_end(s, t, k, trust),
	    trust == TRUST_TITLE ? RULE_PERSON_TITLE : RULE_PERSON_INTRO,
	    HIT_CUE);
}

/* Behind "frau", perhaps another title. */
static void title(struct scan *s, const struct abroad_turn *t, unsigned k)
{
	unsigned end;

	while (k < t->n && is_joined(s, t, k) &&
	       t->t[k].cue == ABROAD_CUE_TITLE)
		k++;
	if (k == t->n || s->t[t->t[k].i - 1] != ' ')
		return;
	end = name_end(s, t, k, TRUST_TITLE);
	/* "herr pichler vorbeikommt" */
	if (end > k + 1 && !is_cap(s, &t->t[end - 1]) &&
	    !is_listed(s, &t->t[end - 1]) && !is_listed(s, &t->t[k]) &&
	    !is_particle(&t->t[k]) && !is_particle(&t->t[k + 1]))
		end = k + 1;
	put(s, t, k, end, RULE_PERSON_TITLE, HIT_CUE);
}

/* Whose kin: "meine", "su". */
static bool is_whose(const struct abroad_turn *t, unsigned k)
{
	return k > 0 &&
	       abroad_is(t, k - 1,
			 " mein meine meinen meinem meiner dein deine deinen "
			 "deiner sein seine seinen seiner ihr ihre ihren ihrem "
			 "ihrer unser unsere unserem unseren unserer mi tu su "
			 "nuestro nuestra el la der die den dem ");
}

/* Over words between a cue and the name: "die", "der", "la". */
static unsigned over(const struct abroad_turn *t, unsigned k, const char *words)
{
	while (abroad_is(t, k, words))
		k++;
	return k;
}

/* "name ist X", "nombre es X", "nombre de X" (not "quien") */
static void name_is(struct scan *s, const struct abroad_turn *t, unsigned k)
{
	unsigned at = over(t, k + 1, " ist war lautet es de lauten ");

	if (at > k + 1 || scan_at(s, t->t[k].end) == ':')
		put_name(s, t, at, TRUST_WORD);
}

static void european(struct scan *s, const struct abroad_turn *t, unsigned k)
{
	const struct abroad_token *c = &t->t[k];
	unsigned at;

	if (c->cue == ABROAD_CUE_TITLE)
		title(s, t, k + 1);
	else if (c->cue == ABROAD_CUE_NAME)
		put_name(s, t, k + 1 + abroad_is(t, k + 1, " con ist es "),
			 TRUST_WORD);
	else if (c->cue == ABROAD_CUE_AM)
		put_listed(s, t, over(t, k + 1, " die der el la don dona "));
	else if (c->cue == ABROAD_CUE_KIN && is_whose(t, k))
		put_listed(s, t,
			   over(t, k + 1, " der die de von heisst namens "));
	if ((c->roles & ABROAD_TOPIC) != 0 && c->topic == TOPIC_NAME)
		name_is(s, t, k);
	if (abroad_is(t, k, " hier ") && abroad_is(t, k + 1, " ist ")) {
		at = over(t, k + 2, " der die ");
		put_listed(s, t, at);
	}
	/* "sie sprechen mit", "hablo con", "mando a" */
	if (abroad_is(t, k, " mit con a an fur fuer bei ") && k > 0 &&
	    (t->t[k - 1].roles & ABROAD_WORD) != 0 && k + 1 < t->n &&
	    is_joined(s, t, k + 1) && t->t[k + 1].roles == 0 &&
	    (recognizer_name_listed(s, t->t[k + 1].i, t->t[k + 1].end) &
	     TAGGER_GIVEN) != 0)
		put_listed(s, t, k + 1);
	/* "sie sprechen mit X", "habla con X" */
	if (abroad_is(t, k, " mit con ") && k > 0 &&
	    abroad_is(t, k - 1,
		      " sprechen spreche sprichst gesprochen telefoniert habla "
		      "hablo hablas hablando hable gusto "))
		put_name(s, t, over(t, k + 1, " der dem "), TRUST_WORD);
	/* "X am apparat", "X mein name" */
	if (k > 0 &&
	    ((abroad_is(t, k, " am ") && abroad_is(t, k + 1, " apparat ")) ||
	     (abroad_is(t, k, " mein ") && abroad_is(t, k + 1, " name ") &&
	      !abroad_is(t, k + 2, " ist war lautet ")))) {
		for (at = k; at > 0 && k - at < 3 && is_joined(s, t, at) &&
			     may(s, &t->t[at - 1], TRUST_WORD);)
			at--;
		put(s, t, at, k, RULE_PERSON_INTRO, HIT_CUE);
	}
}

/* ---- Vietnamese ---- */

static bool is_caller(const struct abroad_turn *t, unsigned k)
{
	return k < t->n && t->t[k].cue == ABROAD_CUE_CALL;
}

/* Syllables of a name from k on. exact: people are called so. */
static unsigned syllables(const struct scan *s, const struct abroad_turn *t,
			  unsigned k, bool exact)
{
	unsigned at = k;

	for (; at < t->n && at < k + MOST && (at == k || is_joined(s, t, at));
	     at++) {
		const struct abroad_token *w = &t->t[at];
		bool last = at + 1 == t->n || t->t[at + 1].apart ||
			    abroad_is(t, at + 1, " a oi nhe nha ");

		if (w->digits || w->word[0] == '\0' || w->end - w->i < 2)
			break;
		if (at == k && (w->roles & ABROAD_CUE) != 0 && !is_given(s, w))
			break;
		/* "anh" begins what follows, or ends the name */
		if (at > k && is_caller(t, at) && !last)
			break;
		if (is_given(s, w) ||
		    (is_cap(s, w) &&
		     (at > k || !w->apart || (w->roles & ABROAD_WORD) == 0)))
			continue;
		if (exact || (w->roles != 0 && (w->roles & ABROAD_ALSO) == 0))
			break;
		/* also a word: only where nothing goes on */
		if (t->accents && w->roles != 0 && at == k)
			break;
		if (w->roles == (ABROAD_ALSO | ABROAD_WORD) && !last &&
		    t->accents)
			break;
	}
	return at;
}

unsigned abroad_syllables(const struct scan *s, const struct abroad_turn *t,
			  unsigned k)
{
	return syllables(s, t, k, true);
}

/* "anh tuấn", not "anh bình thường" */
static void call(struct scan *s, const struct abroad_turn *t, unsigned k)
{
	unsigned end;

	if (k + 1 >= t->n || !is_joined(s, t, k + 1) || !t->accents ||
	    is_caller(t, k + 1) || (is_cap(s, &t->t[k]) && !t->t[k].apart))
		return;
	end = syllables(s, t, k + 1, true);
	if (end == k + 1)
		return;
	/* the last one begins a word of two: "thu tiền" */
	if (end == k + 2 && end < t->n && !t->t[end].apart &&
	    is_joined(s, t, end) && t->t[end].roles == 0)
		return;
	put(s, t, k + 1, end, RULE_PERSON_TITLE, 74);
}

static void vietnamese(struct scan *s, const struct abroad_turn *t, unsigned k)
{
	const struct abroad_token *c = &t->t[k];
	unsigned at = k + 1;

	if (c->cue == ABROAD_CUE_NAME) {
		at = over(t, at, " la toi minh em anh chi cua vo chong me bo ");
		if (abroad_is(t, at, " dang tai ") &&
		    abroad_is(t, at + 1, " nhap khoan "))
			return;
		put(s, t, at, syllables(s, t, at, false), RULE_PERSON_INTRO,
		    HIT_CUE);
	} else if (c->cue == ABROAD_CUE_IS && k > 0 &&
		   (is_caller(t, k - 1) || t->t[k - 1].cue == ABROAD_CUE_KIN)) {
		if (is_caller(t, at) && at + 1 < t->n &&
		    is_given(s, &t->t[at + 1]))
			at++;
		put(s, t, at, syllables(s, t, at, t->accents),
		    RULE_PERSON_INTRO, 76);
	} else if (c->cue == ABROAD_CUE_CALL) {
		call(s, t, k);
	} else if (c->cue == ABROAD_CUE_TITLE && abroad_is(t, k - 1, " bac ")) {
		put(s, t, at, syllables(s, t, at, t->accents),
		    RULE_PERSON_TITLE, 76);
	} else if (c->cue == ABROAD_CUE_KIN && k > 0 && t->accents) {
		unsigned end = syllables(s, t, at, true);

		if (end > at + 1)
			put(s, t, at, end, RULE_PERSON_INTRO, 72);
	}
}

/* ---- the answer ---- */

/* Nine of ten people have one of these family names, which stand first. */
static const char families[] = " nguyen tran le pham huynh hoang phan vu vo "
			       "dang bui do ho ngo duong ly "
			       "dinh truong trinh doan dao mai luong lam phung "
			       "cao ta chau to luu vuong "
			       "thai quach tang kieu ";

/* Behind the last one but "ạ". */
static unsigned last_syllable(const struct abroad_turn *t)
{
	unsigned end = t->n;

	while (end > 1 && abroad_is(t, end - 1, " a nhe nha oi em "))
		end--;
	return end;
}

/* Words of the answer, in a turn of few: each stretch that is none of the
 * language, with particles within. */
static void answer(struct scan *s, const struct abroad_turn *t)
{
	for (unsigned k = 0; k < t->n; k++)
		if ((t->t[k].roles & ABROAD_ASK) != 0)
			return;
	for (unsigned k = 0; k < t->n;) {
		unsigned end;

		if (t->tongue == ABROAD_VIETNAMESE && is_caller(t, k) &&
		    k + 1 < t->n && is_given(s, &t->t[k + 1]))
			end = k;
		else if (t->tongue == ABROAD_VIETNAMESE &&
			 abroad_is(t, k, families) && t->n <= k + MOST)
			end = last_syllable(t);
		else if (t->tongue == ABROAD_VIETNAMESE)
			end = syllables(s, t, k, false);
		else
			end = name_end(s, t, k, TRUST_WORD);
		/* of "pilar del rio" alone, and "klein" */
		if (end == k && t->n <= 2 &&
		    (t->t[k].roles & ABROAD_ALSO) != 0 &&
		    (t->t[k].roles & ABROAD_WORD) == 0)
			end = k + 1;
		put(s, t, k, end, RULE_PERSON_ANSWER, HIT_ASKED);
		k = end > k ? end : k + 1;
	}
}

void abroad_names(struct scan *s, const struct abroad_turn *t)
{
	for (unsigned k = 0; k < t->n; k++) {
		s->steps++;
		if (t->tongue == ABROAD_VIETNAMESE)
			vietnamese(s, t, k);
		else if (t->t[k].roles != 0)
			european(s, t, k);
	}
	if ((s->asked >> TOPIC_NAME & 1) != 0 && t->whole && t->n <= ANSWER)
		answer(s, t);
}
