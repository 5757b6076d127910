/* Keyed randomness for stand-ins, file names and hashes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/standin.h"

#include <assert.h>
#include <errno.h>

#include "base/hash.h"
#include "base/hex.h"

/*
 * Every stand-in is a function of one digest:
 *
 *   BLAKE2b-256(key = the project's "standin" key,
 *       field("carrel-standin/1") field(purpose) u64be(scope)
 *       field(project) field(scope string) field(record scope: record id)
 *       field(type) field(value) u64be(turn))
 *
 * where field(x) is the length of x as u64be before x. Nothing else enters, so
 * the same person is the same stand-in wherever the scope is the same, and
 * unrelated where it is not. The layout is frozen: VIEW_RENDERER names it.
 */
static void add_scope(struct hasher *h, const struct transform_in *in)
{
	const struct standin *s = in->s;
	struct bytes scope = {0}, record = {0};

	switch (in->t->scope) {
	case SCOPE_TASK:
		scope = s->task;
		break;
	case SCOPE_PROJECT:
		break;
	case SCOPE_ANNOTATOR:
		scope = s->annotator;
		break;
	case SCOPE_RECORD:
	default:
		scope = s->object;
		record = in->record;
		break;
	}
	hasher_u64(h, (uint64_t)in->t->scope);
	hasher_field(h, s->project);
	hasher_field(h, scope);
	hasher_field(h, record);
}

void standin_draw(const struct transform_in *in, const char *purpose,
		  struct bytes value, uint32_t turn, struct standin_seed *out)
{
	struct hasher h;

	assert(in->s != NULL && in->s->key != NULL);
	hasher_blake2b(&h, in->s->key);
	hasher_field(&h, bytes_str("carrel-standin/1"));
	hasher_field(&h, bytes_str(purpose));
	add_scope(&h, in);
	hasher_field(&h, in->type);
	hasher_field(&h, value);
	hasher_u64(&h, turn);
	hasher_end(&h, out->d);
	out->at = 0;
}

uint32_t standin_pick(struct standin_seed *s, uint32_t n)
{
	uint32_t v;

	assert(s->at + 2 <= sizeof(s->d) && n > 0 && n <= 65536);
	v = (uint32_t)s->d[s->at] << 8 | s->d[s->at + 1];
	s->at += 2;
	return (uint32_t)((uint64_t)v * n >> 16);
}

bool standin_refused(const struct standin *s, struct bytes canon)
{
	return s->nexclusions > 0 && hash_among(s->exclusions, s->nexclusions,
						hash_u64(s->key, canon));
}

int standin_hex(struct buf *out, const struct standin_seed *s, unsigned digits)
{
	char hex[2 * sizeof(s->d) + 1];

	assert(digits <= 2 * sizeof(s->d));
	hex_encode(hex, bytes_of(s->d, sizeof(s->d)));
	return buf_put(out, hex, digits);
}

int standin_name(const struct standin *s, const char *kind, struct bytes canon,
		 struct buf *out)
{
	const struct transform project = {.scope = SCOPE_PROJECT};
	const struct transform_in in = {
		.t = &project, .type = bytes_str("name"), .s = s};
	struct standin_seed seed;
	int rc;

	if (s->key == NULL)
		return -ENOKEY;
	standin_draw(&in, kind, canon, 0, &seed);
	rc = buf_putc(out, 'k');
	return rc == 0 ? standin_hex(out, &seed, 10) : rc;
}
