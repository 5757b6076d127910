/* Values that stand in the names of files, by a pattern of the manifest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/named.h"

static bool add(struct named *out, struct named_part part)
{
	if (out->n == NAMED_PARTS)
		return false;
	out->v[out->n++] = part;
	return true;
}

static bool is_type(struct bytes t)
{
	for (size_t i = 0; i < t.n; i++)
		if ((t.p[i] < 'A' || t.p[i] > 'Z') && t.p[i] != '_' &&
		    (t.p[i] < '0' || t.p[i] > '9'))
			return false;
	return true;
}

bool named_parse(const char *pattern, struct named *out)
{
	bool typed = false, captured = false;

	out->n = 0;
	for (const char *t = pattern; *t != '\0';) {
		size_t n = strcspn(t, "{}");
		struct named_part part = {.text = bytes_of(t, n)};

		if (n == 0) {
			n = strcspn(t, "}");
			part.text.n = 0;
			part.type = bytes_of(t + 1, n - 1);
			if (*t != '{' || t[n] != '}' || captured ||
			    !is_type(part.type))
				return false;
			typed = typed || part.type.n > 0;
			n++;
		}
		captured = part.text.n == 0;
		t += n;
		if (!add(out, part))
			return false;
	}
	return typed;
}

/* rest[i][k]: parts from i on fit what stands from k on. */
struct fitting {
	bool rest[NAMED_PARTS + 1][NAMED_MOST + 1];
};

static bool literal_at(const struct named_part *p, struct bytes name, size_t k)
{
	return name.n - k >= p->text.n &&
	       memcmp(name.p + k, p->text.p, p->text.n) == 0;
}

static void fit_all(const struct named *p, struct bytes name, struct fitting *f)
{
	f->rest[p->n][name.n] = true;
	for (uint32_t i = p->n; i-- > 0;) {
		bool behind = false; /* some end of it that fits */

		for (size_t k = name.n + 1; k-- > 0;) {
			if (p->v[i].text.n == 0)
				f->rest[i][k] = behind;
			else if (literal_at(&p->v[i], name, k))
				f->rest[i][k] =
					f->rest[i + 1][k + p->v[i].text.n];
			behind = behind || f->rest[i + 1][k];
		}
	}
}

/* Where capture i ends that begins at k. */
static size_t end_of(const struct named *p, uint32_t i, size_t k, size_t n,
		     const struct fitting *f)
{
	size_t end = k;

	for (size_t at = k + 1; at <= n; at++) {
		if (!f->rest[i + 1][at])
			continue;
		end = at;
		if (p->v[i].type.n == 0)
			break;
	}
	return end;
}

bool named_fit(struct named *p, struct bytes path)
{
	struct fitting f = {{{false}}};
	size_t at = path.n, k = 0;
	struct bytes name;

	while (at > 0 && path.p[at - 1] != '/')
		at--;
	name = bytes_sub(path, at, path.n);
	for (size_t i = name.n; i > 1; i--) {
		if (name.p[i - 1] == '.') {
			name.n = i - 1;
			break;
		}
	}
	if (name.n > NAMED_MOST)
		return false;
	fit_all(p, name, &f);
	if (!f.rest[0][0])
		return false;
	for (uint32_t i = 0; i < p->n; i++) {
		p->v[i].start = (uint32_t)(at + k);
		k = p->v[i].text.n > 0 ? k + p->v[i].text.n
				       : end_of(p, i, k, name.n, &f);
		p->v[i].end = (uint32_t)(at + k);
	}
	return true;
}
