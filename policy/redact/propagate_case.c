/* Whether a word that is also a name is one where it stands. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/propagate_in.h"

/*
 * A "Will", "Grace", "May" or "Li" that is known to be somebody's name is taken
 * for it where its neighbours say so ("Ms. Grace", "thanks, will."), or where a
 * capital stands that no sentence and no month asks for. In a text that is all
 * capitals, or has none, only the neighbours can tell.
 */
#define LOOK 24 /* bytes of the word before */

struct place {
	const struct propagate *p;
	struct bytes t;
	uint32_t start, end;
	uint32_t before, before_end; /* the word before it, on its line */
	uint8_t sep, next; /* nearest before it that is no blank, and behind
			      it; 0: none on its line */
	bool blank;	   /* one stands behind it */
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* Quotes and brackets open a sentence as its first letter does. */
static bool is_open(uint8_t c)
{
	return c != 0 && strchr("\"'([{<*_", c) != NULL;
}

static void look(struct place *x)
{
	uint32_t i = x->start, n = (uint32_t)x->t.n;

	while (i > 0 && (is_blank(x->t.p[i - 1]) || is_open(x->t.p[i - 1])))
		i--;
	x->sep = i == 0 || x->t.p[i - 1] == '\n' ? 0 : x->t.p[i - 1];
	while (i > 0 && (x->t.p[i - 1] == '.' || is_blank(x->t.p[i - 1])))
		i--;
	x->before_end = i;
	while (i > 0 && x->before_end - i < LOOK && is_word(x->t.p[i - 1]))
		i--;
	x->before = i;
	i = x->end;
	while (i < n && is_blank(x->t.p[i]))
		i++;
	x->blank = i > x->end;
	x->next = i == n || x->t.p[i] == '\n' || x->t.p[i] == '\r' ? 0
								   : x->t.p[i];
}

/* The word before is one of these, between blanks. */
static bool is_behind(const struct place *x, const char *words)
{
	char word[LOOK + 3] = " ";
	size_t n = 1;

	for (uint32_t i = x->before; i < x->before_end; i++) {
		uint8_t c = x->t.p[i];

		word[n++] = (char)(is_upper(c) ? c + 32 : c);
	}
	word[n++] = ' ';
	word[n] = '\0';
	return n > 2 && strstr(words, word) != NULL;
}

/* "Will", not "WILL" or "will". */
static bool is_titled(struct bytes word)
{
	return word.n > 1 && (is_upper(word.p[0]) || word.p[0] >= 0x80) &&
	       !is_upper(word.p[1]);
}

static bool is_ended(uint8_t c)
{
	return c == 0 || strchr(".?!", c) != NULL;
}

/* The word behind is one of these. */
static bool is_before(const struct place *x, const char *words)
{
	uint32_t i = x->end;
	char word[8] = " ";
	size_t n = 1;

	while (i < x->t.n && is_blank(x->t.p[i]))
		i++;
	for (; i < x->t.n && is_word(x->t.p[i]) && n < sizeof(word) - 2; i++)
		word[n++] = (char)(is_upper(x->t.p[i]) ? x->t.p[i] + 32
						       : x->t.p[i]);
	word[n++] = ' ';
	word[n] = '\0';
	return x->blank && n > 2 && strstr(words, word) != NULL;
}

/* "Will you", "May I". */
static bool is_asked(const struct place *x)
{
	return is_before(x, " i you we he she they it not be ");
}

/* "ok will do", "great hope that". */
static bool is_begun(const struct place *x)
{
	return is_asked(x) ||
	       is_before(x, " do that this there the a my have get come also "
			    "then to of ");
}

/* The place of the word before: as if that were the name. */
static struct place before(const struct place *x)
{
	struct place w = {
		.p = x->p, .t = x->t, .start = x->before, .end = x->before_end};

	look(&w);
	return w;
}

/* Called by it where nobody writes commas: "super rose just a tick", "bye
 * will", "got it art", "I see the file now grant". */
static bool is_plainly_called(const struct place *x)
{
	static const char calls[] =
		" super brilliant perfect great awesome lovely wonderful "
		"excellent fantastic noted obliged thanks cheers bye goodbye "
		"care alright right okay ok sorry morning afternoon evening ";
	bool given = (propagate_roles(x->p, x->t, x->start, x->end) &
		      ROLE_GIVEN) != 0;
	struct place w;

	if (x->before == x->before_end || !is_word(x->sep) || is_begun(x))
		return false;
	w = before(x);
	if (is_behind(x, calls))
		return !is_word(w.sep) ||
		       is_behind(&w, " oh much take many then so well good "
				     "day now and here done ");
	return (is_behind(x, " it ") && is_behind(&w, " got fixed sorted ")) ||
	       (is_behind(x, " you ") && is_behind(&w, " thank ")) ||
	       (is_behind(x, " help ") && is_behind(&w, " to ")) ||
	       (given && is_behind(x, " now up loads moment "));
}

/* "in May", "May 5", "5 May". */
static bool is_date(const struct place *x)
{
	return propagate_month(x->p, x->t, x->start, x->end) &&
	       (is_digit(x->next) || is_digit(x->sep) ||
		is_behind(x, " in on of since until till by before after from "
			     "to last next this early late mid during every "
			     "for through between and th st nd rd "));
}

/* Somebody's by its place in lower case: "you're third on the list grace",
 * "grace is out today", "is king the first name". */
static bool is_placed(const struct place *x)
{
	static const char asks[] = " have need needs lose lost pay paid keep "
				   "leave left with last next early late "
				   "good great high low new no door school ";
	unsigned roles =
		x->before == x->before_end
			? ROLE_FUNCTION
			: propagate_roles(x->p, x->t, x->before, x->before_end);

	if (x->end - x->start < LEAST_LETTERS)
		return false;
	if (is_behind(x, " is should can does did was has would ") &&
	    is_before(x, " be on in there here still able going get have ")) {
		struct place w = before(x);

		return !is_word(w.sep); /* "should joy be able" */
	}
	if (is_before(x, " is was has says said told wants came "))
		return x->sep == 0 || is_ended(x->sep) || x->sep == ',';
	if (is_behind(x, " is ") && is_before(x, " the your "))
		return true;
	return is_word(x->sep) && (is_ended(x->next) || x->next == ',') &&
	       (roles & ROLE_FUNCTION) == 0 && !is_behind(x, asks) &&
	       !is_digit(x->t.p[x->before]);
}

static bool is_called(const struct place *x, bool titled)
{
	if (is_behind(x, " mr mrs ms miss mister dr madam sir prof herr frau "
			 "señor señora don doña "))
		return true;
	if (is_behind(x, " hi hey hello dear thanks hallo hola liebe lieber "))
		return titled || is_ended(x->next) || x->next == ',';
	if (x->sep == ',')
		return is_ended(x->next) || (titled && x->next == ',');
	return !titled && (is_plainly_called(x) || is_placed(x));
}

bool propagate_is_word(const struct propagate *p, struct bytes text,
		       uint32_t start, uint32_t end, bool place)
{
	struct place x = {.p = p, .t = text, .start = start, .end = end};

	look(&x);
	if (place)
		return is_lower(text.p[start]) && is_word(x.sep) &&
		       is_behind(&x, " you he she they we i am been be ");
	if (is_lower(text.p[start]) && is_before(&x, " like "))
		return true; /* "bright like the light" */
	return is_lower(text.p[start]) && is_word(x.sep) &&
	       is_behind(&x,
			 " the a an my your our his her their its this "
			 "that these those any no each some not be to very "
			 "so more of in on at as like new he she they we i you "
			 "who ");
}

/* Names are compared without accents. Frequent words that are none with theirs:
 * whoever is called Minh says "mình" of herself, Lan "lần" of times. */
bool propagate_is_other(struct bytes text, uint32_t start, uint32_t end)
{
	static const char words[] =
		" mình lần lạnh thứ thử thư trăm trạm hả hạn hàng hãng hạng "
		"làm lắm đúng dùng dừng đừng đường ảnh ăn hóa hoá hỏi hội năm "
		"nắm tháng tạm báo chỉ chị lòng ngàn những nhưng phường quận "
		"quán quản tháo tiền tiện toán trắng trạng trúng từ tự tủ vẫn "
		"vấn vì ví vụ hỏng đặt đất điểm điện giảng hiện hướng hưởng "
		"khóa khoá kiện kiến liền lọc màn nhận nhấn nhãn phạt phòng "
		"phục tại tải thợ tính tỉnh trình trưởng tuần lượng luôn thẻ "
		"để đã đến bệnh gì có của còn cần thấy được vâng dạ là và mà "
		"thì rồi nhé với này nào để đi về vào lại mới ";
	char word[16] = " ";
	uint32_t n = end - start;

	if (n > sizeof(word) - 3)
		return false;
	memcpy(word + 1, text.p + start, n);
	word[n + 1] = ' ';
	word[n + 2] = '\0';
	return recognizer_fold_needed(bytes_sub(text, start, n)) &&
	       strstr(words, word) != NULL;
}

bool propagate_is_name(const struct propagate *p, const struct run *run,
		       struct bytes text, uint32_t start, uint32_t end)
{
	struct place x = {.p = p, .t = text, .start = start, .end = end};
	bool titled = is_titled(bytes_sub(text, start, end - start)), first;

	look(&x);
	if (run->kind == RUN_NAME)
		return end - start >= LEAST_LETTERS &&
		       (propagate_roles(p, text, start, end) & ROLE_GIVEN) !=
			       0 &&
		       !propagate_month(p, text, start, end);
	if (is_date(&x))
		return false;
	if (is_called(&x, titled))
		return true;
	if (!titled || is_asked(&x) ||
	    is_behind(&x, " the a an my your our his her their its "
			  "this that any no each "))
		return false;
	if (start == 0 && end == text.n)
		return run->kind != RUN_KEY;
	first = is_ended(x.sep) || x.sep == ':';
	if (!first)
		return true;
	return x.next == ',' || (!x.blank && (x.next == ':' || x.next == '\''));
}
