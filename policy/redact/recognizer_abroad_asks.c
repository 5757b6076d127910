/* What German, Spanish and Vietnamese turns ask for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abroad.h"

#define LONG 160 /* bytes of a question */

/* Words that stand together. */
struct phrase {
	const char *words;
	uint8_t tongue, topic; /* TOPIC_NONE: how many, of whatever it is */
};

#define G ABROAD_GERMAN
#define S ABROAD_SPANISH
#define V ABROAD_VIETNAMESE

static const struct phrase phrases[] = {
	{"wer", G, TOPIC_NAME},
	{"wen", G, TOPIC_NAME},
	{"wem", G, TOPIC_NAME},
	{"wie heissen", G, TOPIC_NAME},
	{"wie heisst", G, TOPIC_NAME},
	{"wie noch", G, TOPIC_NAME},
	{"und weiter", G, TOPIC_NAME},
	{"wie alt", G, TOPIC_AGE},
	{"welches haus", G, TOPIC_ADDRESS},
	{"wo wohnen", G, TOPIC_ADDRESS},
	{"wie viel", G, TOPIC_NONE},
	{"wie viele", G, TOPIC_NONE},
	{"wie lange", G, TOPIC_NONE},
	{"wieviel", G, TOPIC_NONE},
	{"wieviele", G, TOPIC_NONE},
	{"wohin", G, TOPIC_CITY},
	{"quien", S, TOPIC_NAME},
	{"quienes", S, TOPIC_NAME},
	{"como te llamas", S, TOPIC_NAME},
	{"como se llama", S, TOPIC_NAME},
	{"de cliente", S, TOPIC_CUSTOMER},
	{"de socio", S, TOPIC_CUSTOMER},
	{"que edad", S, TOPIC_AGE},
	{"cuantos anos", S, TOPIC_AGE},
	{"cuanto", S, TOPIC_NONE},
	{"cuanta", S, TOPIC_NONE},
	{"cuantos", S, TOPIC_NONE},
	{"cuantas", S, TOPIC_NONE},
	{"donde lo enviamos", S, TOPIC_ADDRESS},
	{"donde se lo enviamos", S, TOPIC_ADDRESS},
	{"donde enviamos", S, TOPIC_ADDRESS},
	{"donde entregamos", S, TOPIC_ADDRESS},
	{"ho ten", V, TOPIC_NAME},
	{"ho va ten", V, TOPIC_NAME},
	{"ten gi", V, TOPIC_NAME},
	{"ten la gi", V, TOPIC_NAME},
	{"ten va", V, TOPIC_NAME},
	{"ten a", V, TOPIC_NAME},
	{"ten anh", V, TOPIC_NAME},
	{"ten chi", V, TOPIC_NAME},
	{"ten em", V, TOPIC_NAME},
	{"ten cua", V, TOPIC_NAME},
	{"ten minh", V, TOPIC_NAME},
	{"ten ban", V, TOPIC_NAME},
	{"ten nguoi", V, TOPIC_NAME},
	{"ten khach", V, TOPIC_NAME},
	{"ten day du", V, TOPIC_NAME},
	{"ten benh", V, TOPIC_NAME},
	{"ten chu", V, TOPIC_NAME},
	{"xin ten", V, TOPIC_NAME},
	{"biet ten", V, TOPIC_NAME},
	{"quy danh", V, TOPIC_NAME},
	{"ai", V, TOPIC_NAME},
	{"so dien thoai", V, TOPIC_PHONE},
	{"dien thoai", V, TOPIC_PHONE},
	{"so dt", V, TOPIC_PHONE},
	{"sdt", V, TOPIC_PHONE},
	{"so may", V, TOPIC_PHONE},
	{"lai so", V, TOPIC_PHONE},
	{"so lien", V, TOPIC_PHONE},
	{"so di dong", V, TOPIC_PHONE},
	{"dia chi", V, TOPIC_ADDRESS},
	{"giao ve dau", V, TOPIC_ADDRESS},
	{"giao den dau", V, TOPIC_ADDRESS},
	{"giao toi dau", V, TOPIC_ADDRESS},
	{"gui ve dau", V, TOPIC_ADDRESS},
	{"nhan hang o dau", V, TOPIC_ADDRESS},
	{"nha o dau", V, TOPIC_ADDRESS},
	{"ship ve dau", V, TOPIC_ADDRESS},
	{"o dau", V, TOPIC_ADDRESS},
	{"bao nhieu tuoi", V, TOPIC_AGE},
	{"may tuoi", V, TOPIC_AGE},
	{"o cho nao", V, TOPIC_ADDRESS},
	{"quan nao", V, TOPIC_CITY},
	{"tinh nao", V, TOPIC_CITY},
	{"thanh pho nao", V, TOPIC_CITY},
	{"ngay sinh", V, TOPIC_BIRTH},
	{"nam sinh", V, TOPIC_BIRTH},
	{"sinh ngay", V, TOPIC_BIRTH},
	{"sinh nam", V, TOPIC_BIRTH},
	{"ma don", V, TOPIC_ORDER},
	{"don hang so", V, TOPIC_ORDER},
	{"so don", V, TOPIC_ORDER},
	{"ma van don", V, TOPIC_ORDER},
	{"ma hang", V, TOPIC_ORDER},
	{"ma dat", V, TOPIC_CONFIRMATION},
	{"ma ve", V, TOPIC_CONFIRMATION},
	{"ma giu cho", V, TOPIC_CONFIRMATION},
	{"ma khach", V, TOPIC_CUSTOMER},
	{"so hop dong", V, TOPIC_CUSTOMER},
	{"ma hop dong", V, TOPIC_CUSTOMER},
	{"ma benh", V, TOPIC_MEDICAL},
	{"ma so", V, TOPIC_ID},
	{"ma", V, TOPIC_ID},
	{"tai khoan", V, TOPIC_ACCOUNT},
	{"stk", V, TOPIC_ACCOUNT},
	{"so the", V, TOPIC_CARD},
	{"so cuoi", V, TOPIC_LAST4},
	{"can cuoc", V, TOPIC_ID},
	{"chung minh", V, TOPIC_ID},
	{"cccd", V, TOPIC_ID},
	{"cmnd", V, TOPIC_ID},
	{"so bao hiem", V, TOPIC_ID},
	{"ho chieu", V, TOPIC_PASSPORT},
	{"bien so", V, TOPIC_PLATE},
	{"so xe", V, TOPIC_PLATE},
	{"cong to", V, TOPIC_ITEM},
	{"so dien", V, TOPIC_ITEM},
	{"so nuoc", V, TOPIC_ITEM},
	{"chi so", V, TOPIC_ITEM},
	{"mat khau", V, TOPIC_SECRET},
};

/* The words stand from token k on. */
static bool stands(const struct abroad_turn *t, unsigned k, const char *words)
{
	while (k < t->n) {
		size_t n = strcspn(words, " ");

		if (strncmp(t->t[k].word, words, n) != 0 ||
		    t->t[k].word[n] != '\0')
			return false;
		if (words[n] == '\0')
			return true;
		words += n + 1;
		k++;
	}
	return false;
}

/* "mã" is a code, "mà" a but. */
static bool is_accent(const struct scan *s, const struct abroad_token *k)
{
	return k->end - k->i == 2 || memcmp(s->t + k->i, "mã", 3) == 0;
}

static uint64_t topics(const struct scan *s, const struct abroad_turn *t,
		       bool *count)
{
	uint64_t found = 0;

	for (unsigned k = 0; k < t->n; k++) {
		const struct abroad_token *w = &t->t[k];

		if (w->word[0] == '\0')
			continue;
		if ((w->roles & ABROAD_TOPIC) != 0)
			found |= TOPIC_BIT(w->topic);
		for (size_t p = 0; p < ARRAY_LEN(phrases); p++) {
			if (phrases[p].tongue != t->tongue ||
			    phrases[p].words[0] != w->word[0] ||
			    !stands(t, k, phrases[p].words) ||
			    (w->word[0] == 'm' && w->word[1] == 'a' &&
			     w->word[2] == '\0' && !is_accent(s, w)))
				continue;
			*count = *count || phrases[p].topic == TOPIC_NONE;
			found |= TOPIC_BIT(phrases[p].topic);
		}
	}
	return found & ~TOPIC_BIT(TOPIC_NONE);
}

/* "número de cliente" is no phone's. */
static bool is_number_of(const struct abroad_turn *t)
{
	for (unsigned k = 0; k + 2 < t->n; k++)
		if (abroad_is(t, k, " numero num nro ") &&
		    abroad_is(t, k + 1, " de del ") &&
		    t->t[k + 2].topic != TOPIC_PHONE)
			return true;
	return false;
}

void abroad_asks(struct scan *s, const struct abroad_turn *t)
{
	bool count = false;
	uint64_t found;

	if (s->n > LONG)
		return;
	found = topics(s, t, &count);
	for (unsigned k = 0; k < t->n; k++)
		s->asks = s->asks || (t->t[k].roles & ABROAD_ASK) != 0;
	if (count) {
		s->seen = 0;
		return;
	}
	if (t->tongue == ABROAD_SPANISH && is_number_of(t))
		s->seen &= ~TOPIC_BIT(TOPIC_PHONE);
	/* "chị" is not "chỉ" */
	if (t->tongue == ABROAD_VIETNAMESE)
		s->seen &= ~TOPIC_BIT(TOPIC_ADDRESS);
	if ((found >> TOPIC_ITEM & 1) != 0)
		found &= ~TOPIC_BIT(TOPIC_ID);
	s->seen |= found;
}
