/* Pseudonyms: the same value, the same stand-in, never a real one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/pseudonym.h"

#include <errno.h>
#include <stdlib.h>

#include "policy/redact/pseudonym_kinds.h"
#include "policy/redact/pseudonym_names.h"
#include "policy/redact/pseudonym_user.h"
#include "policy/redact/standin.h"

/* Tries before a tag-like stand-in is taken instead. */
#define TURNS 64

/* PERSON-k3f9a1c2e */
static int put_tagged(const struct transform_in *in, struct buf *out)
{
	struct standin_seed s;
	int rc = buf_putb(out, in->type);

	standin_draw(in, "pseudonym", in->canon, 0, &s);
	if (rc == 0)
		rc = buf_puts(out, "-k");
	return rc == 0 ? standin_hex(out, &s, 8) : rc;
}

#define FORMLESS 2 /* the value is not written as its type is */

/* 1: text is good; 0: refused, try again; FORMLESS; negative errno. */
static int attempt(const struct pseudonym_kind *k,
		   const struct transform_in *in, uint32_t turn,
		   struct buf *text, struct buf *canon)
{
	int rc;

	buf_clear(text);
	buf_clear(canon);
	rc = k->make(in, turn, text, canon);
	if (rc != 0)
		return rc > 0 ? FORMLESS : rc;
	if (bytes_eq(buf_bytes(canon), in->canon) ||
	    bytes_eq(buf_bytes(text), in->text))
		return 0;
	return !standin_refused(in->s, buf_bytes(canon));
}

/* 1: text and canon; 0: all tries were refused. */
static int make(const struct pseudonym_kind *k, const struct transform_in *in,
		struct buf *text, struct buf *canon)
{
	int rc = 0;

	for (uint32_t turn = 0; rc == 0 && turn < TURNS; turn++)
		rc = attempt(k, in, turn, text, canon);
	return rc;
}

/* What joins the words of "ada_norwood", "ada.norwood"; 0: nothing. */
static char joint_of(struct bytes text)
{
	bool low = true;
	char joint = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c <= ' ')
			return 0;
		low = low && (c < 'A' || c > 'Z');
		if (i > 0 && i + 1 < text.n &&
		    (c == '_' || c == '.' || c == '-') && joint != '_')
			joint = (char)c;
	}
	/* "Anna-Lena" is a name as it is written. */
	return joint == '-' && !low ? 0 : joint;
}

/* As names of files have it: "mira_k_dunfold". */
static int put_jointed(struct bytes text, char joint, struct buf *out)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < text.n; i++) {
		bool initial = text.p[i] == '.' && i + 1 < text.n;

		if (!initial)
			rc = buf_putc(out,
				      text.p[i] == ' ' ? joint : text.p[i]);
	}
	return rc;
}

static int put_realistic(const struct pseudonym_kind *k,
			 const struct transform_in *in, struct buf *out)
{
	struct buf CLEANUP(buf_free) text = {0}, CLEANUP(buf_free) canon = {0};
	char joint = bytes_is(in->type, "PERSON") ? joint_of(in->text) : 0;
	int rc = make(k, in, &text, &canon);

	if (rc < 0)
		return rc;
	if (rc == 1 && joint != 0)
		return put_jointed(buf_bytes(&text), joint, out);
	return rc == 1 ? buf_putb(out, buf_bytes(&text)) : put_tagged(in, out);
}

/* An address or a user's name of the person who stands for somebody; 1: done,
 * 0: nobody knows of whom it is made. */
static int put_user(const struct transform_in *in, struct buf *out)
{
	struct buf CLEANUP(buf_free) whose = {.secret = true};
	struct buf CLEANUP(buf_free) text = {0}, CLEANUP(buf_free) canon = {0};
	struct transform_in person = *in;
	int rc = pseudonym_user_whose(in, &whose);

	if (rc != 0 || whose.n == 0)
		return rc;
	person.type = bytes_str("PERSON");
	person.canon = person.text = buf_bytes(&whose);
	rc = make(pseudonym_kinds_find(person.type), &person, &text, &canon);
	if (rc != 1)
		return rc < 0 ? rc : 0;
	rc = pseudonym_user_put(in, buf_bytes(&canon), out);
	return rc == 0 ? 1 : rc;
}

int pseudonym_put(const struct transform_in *in, struct buf *out)
{
	const struct pseudonym_kind *k = pseudonym_kinds_find(in->type);

	if (in->s == NULL || in->s->key == NULL)
		return -ENOKEY;
	if (in->t->style == STYLE_REALISTIC) {
		int rc = put_user(in, out);

		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	if (k == NULL || in->t->style != STYLE_REALISTIC)
		return put_tagged(in, out);
	return put_realistic(k, in, out);
}

bool pseudonym_shaped(const struct transform *t, struct bytes type)
{
	const struct pseudonym_kind *k = pseudonym_kinds_find(type);

	return t->style == STYLE_REALISTIC && k != NULL && k->shaped;
}

/* ---- which real values a table could give by chance ---- */

static int cmp_word(const void *word, const void *name)
{
	const struct bytes *w = word;
	const char *s = *(const char *const *)name;

	for (size_t i = 0; i < w->n; i++) {
		int c = (w->p[i] | 0x20) - (s[i] | 0x20);

		if (s[i] == 0 || c != 0)
			return s[i] == 0 ? 1 : c;
	}
	return s[w->n] == 0 ? 0 : -1;
}

static bool in_table(struct bytes word, const char *const *table, size_t n)
{
	return bsearch(&word, table, n, sizeof(*table), cmp_word) != NULL;
}

/* A head and a tail. */
static bool in_lasts(struct bytes word)
{
	for (size_t i = 0; i < pseudonym_names_nheads; i++) {
		size_t n = strlen(pseudonym_names_heads[i]);
		struct bytes head = bytes_sub(word, 0, n);

		if (word.n > n &&
		    cmp_word(&head, &pseudonym_names_heads[i]) == 0 &&
		    in_table(bytes_sub(word, n, word.n), pseudonym_names_tails,
			     pseudonym_names_ntails))
			return true;
	}
	return false;
}

static bool begins(struct bytes v, const char *head)
{
	size_t n = strlen(head);

	return v.n >= n && memcmp(v.p, head, n) == 0;
}

/* Ranges where no real value lies are where people take examples from. */
static bool is_reserved(struct bytes type, struct bytes v)
{
	if (bytes_is(type, "PHONE_NUMBER"))
		return pseudonym_phone_reserved(v);
	if (bytes_is(type, "MAC_ADDRESS"))
		return v.n == 12 && memchr("26ae", v.p[1], 4) != NULL;
	if (bytes_is(type, "SWIFT_CODE"))
		return v.n >= 8 && memcmp(v.p + 4, "xx", 2) == 0;
	if (bytes_is(type, "US_SSN") || bytes_is(type, "US_ITIN"))
		return v.n == 9 && v.p[0] == '9' && v.p[3] < '5';
	return bytes_is(type, "IP_ADDRESS") &&
	       (begins(v, "192.0.2.") || begins(v, "198.51.100.") ||
		begins(v, "203.0.113.") || begins(v, "2001:db8:"));
}

int pseudonym_possible(struct bytes type, struct bytes canon, struct buf *form)
{
	const struct pseudonym_kind *k = pseudonym_kinds_find(type);
	size_t a = 0, z = canon.n;
	int rc;

	if (is_reserved(type, canon)) {
		rc = buf_putb(form, canon);
		return rc == 0 ? 1 : rc;
	}
	if (k == NULL || !k->named)
		return 0;
	while (a < canon.n && canon.p[a] != ' ')
		a++;
	while (z > a && canon.p[z - 1] != ' ')
		z--;
	if (!in_table(bytes_sub(canon, 0, a), pseudonym_names_first,
		      pseudonym_names_nfirst))
		return 0;
	if (z > a && !in_lasts(bytes_sub(canon, z, canon.n)))
		return 0;
	rc = buf_put(form, canon.p, a);
	if (rc == 0 && z > a)
		rc = buf_putc(form, ' ');
	if (rc == 0 && z > a)
		rc = buf_put(form, canon.p + z, canon.n - z);
	return rc == 0 ? 1 : rc;
}
