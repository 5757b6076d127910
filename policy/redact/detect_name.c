/* The group of a file, from the template of its rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy/redact/detect.h"

/* The parts of a path that a template may name. */
struct parts {
	struct bytes path, dir, name, stem;
};

static struct parts parts_of(struct bytes path)
{
	struct parts p = {.path = path, .name = path};
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '/')
		i--;
	p.dir = bytes_sub(path, 0, i == 0 ? 0 : i - 1);
	p.name = bytes_sub(path, i, path.n - i);
	p.stem = p.name;
	for (i = p.name.n; i > 1; i--) {
		if (p.name.p[i - 1] == '.') {
			p.stem.n = i - 1;
			break;
		}
	}
	return p;
}

/* The part that {word} names; p NULL: there is none. */
static struct bytes part(const struct parts *p, struct bytes word)
{
	if (bytes_is(word, "stem"))
		return p->stem;
	if (bytes_is(word, "name"))
		return p->name;
	if (bytes_is(word, "dir"))
		return p->dir;
	if (bytes_is(word, "path"))
		return p->path;
	return (struct bytes){NULL, 0};
}

int detect_group_name(const struct file_rule *rule, struct bytes path,
		      struct buf *out)
{
	struct parts p = parts_of(path);
	const char *t = rule == NULL ? NULL : rule->group.template_;
	const char *end;
	int rc = 0;

	if (t == NULL)
		return buf_putb(out, path);
	for (; rc == 0 && *t != '\0'; t++) {
		end = *t == '{' ? strchr(t, '}') : NULL;
		if (*t == '{' && end != NULL) {
			struct bytes word =
				bytes_of(t + 1, (size_t)(end - t) - 1);
			struct bytes v = part(&p, word);

			if (v.p == NULL)
				return -EPROTO;
			rc = buf_putb(out, v);
			t = end;
		} else {
			rc = buf_putc(out, *t);
		}
	}
	return rc;
}
