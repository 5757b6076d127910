/* Literals made earlier in the same block, for values that come again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/view_memo.h"

#include <errno.h>

#include "base/mem.h"

/* A dialogue says a name five times; making and keeping what stands for it once
 * is enough. The memo changes no byte: it lives as long as one walk over one
 * block. */
static uint32_t slot_of(const struct view_memo_key *k)
{
	return (k->value * 5u + k->ord * 11u + k->esc) % VIEW_MEMO_SLOTS;
}

bool view_memo_get(const struct view_memo *m, const struct view_memo_key *k,
		   struct view_memo_lit *lit)
{
	const struct view_memo_slot *s;

	if (m->slots == NULL)
		return false;
	s = &m->slots[slot_of(k)];
	if (!s->used || s->key.t != k->t || s->key.record != k->record ||
	    s->key.tag != k->tag || s->key.value != k->value ||
	    s->key.ord != k->ord || s->key.esc != k->esc)
		return false;
	*lit = s->lit;
	return bytes_eq(bytes_sub(buf_bytes(&m->data), s->text, s->key.text.n),
			k->text);
}

int view_memo_put(struct view_memo *m, const struct view_memo_key *k,
		  struct view_memo_lit lit)
{
	struct view_memo_slot *s;
	int rc;

	if (k->text.n > VIEW_MEMO_TEXT)
		return 0;
	if (m->slots == NULL)
		m->slots = mem_new(VIEW_MEMO_SLOTS, sizeof(*s));
	if (m->slots == NULL)
		return -ENOMEM;
	s = &m->slots[slot_of(k)];
	m->data.secret = true;
	*s = (struct view_memo_slot){.key = *k, .text = m->data.n, .lit = lit};
	rc = k->text.n > 0 ? buf_putb(&m->data, k->text) : 0;
	s->used = rc == 0;
	return rc;
}

void view_memo_free(struct view_memo *m)
{
	buf_free(&m->data);
	mem_free(m->slots);
}
