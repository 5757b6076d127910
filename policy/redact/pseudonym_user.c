/* Addresses and users' names that are made of a made-up person's name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/pseudonym_user.h"

#include "policy/redact/standin.h"

static bool is_letter(uint8_t c)
{
	return (uint8_t)((c | 0x20) - 'a') < 26;
}

static bool is_joint(uint8_t c)
{
	return c == '.' || c == '_' || c == '-';
}

/* What stands before the '@'; of a user's name all of it. */
static struct bytes local_of(struct bytes canon)
{
	const uint8_t *at = canon.n == 0 ? NULL : memchr(canon.p, '@', canon.n);
	size_t n = at == NULL ? canon.n : (size_t)(at - canon.p);

	return bytes_sub(canon, 0, n);
}

static size_t letters(struct bytes in, size_t i)
{
	while (i < in.n && is_letter(in.p[i]))
		i++;
	return i;
}

/* "ada.norwood7": two words and what joins them. */
static bool two_words(struct bytes local, size_t *first, size_t *second)
{
	size_t end = letters(local, 0), stop;

	if (end < 2 || end == local.n || !is_joint(local.p[end]))
		return false;
	stop = letters(local, end + 1);
	*first = end;
	*second = stop;
	while (stop < local.n && local.p[stop] >= '0' && local.p[stop] <= '9')
		stop++;
	return *second - end > 2 && stop == local.n;
}

int pseudonym_user_whose(const struct transform_in *in, struct buf *out)
{
	struct bytes local = local_of(in->canon);
	size_t first, second;
	int rc;

	if (!bytes_is(in->type, "EMAIL_ADDRESS") &&
	    !bytes_is(in->type, "USERNAME"))
		return 0;
	if (in->person.n > 0)
		return buf_putb(out, in->person);
	if (!two_words(local, &first, &second))
		return 0;
	rc = buf_put(out, local.p, first);
	if (rc == 0)
		rc = buf_putc(out, ' ');
	return rc == 0 ? buf_put(out, local.p + first + 1, second - first - 1)
		       : rc;
}

int pseudonym_user_put(const struct transform_in *in, struct bytes person,
		       struct buf *out)
{
	struct bytes local = local_of(in->canon);
	bool mail = bytes_is(in->type, "EMAIL_ADDRESS");
	size_t first = letters(person, 0), i = 0;
	struct standin_seed s;
	int rc;

	while (i < local.n && !is_joint(local.p[i]))
		i++;
	standin_draw(in, "user", in->canon, 0, &s);
	if (first == person.n) /* a first name alone */
		rc = buf_putb(out, person);
	else
		rc = buf_put(out, person.p, i < local.n ? first : 1);
	if (rc == 0 && i < local.n && first < person.n)
		rc = buf_putc(out, local.p[i]);
	if (rc == 0 && first < person.n)
		rc = buf_put(out, person.p + first + 1, person.n - first - 1);
	if (rc == 0)
		rc = buf_printf(out, "%u", 1000 + standin_pick(&s, 9000));
	return rc == 0 && mail ? buf_puts(out, "@example.org") : rc;
}
