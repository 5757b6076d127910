/* The growing byte array. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

/* Move a secret by hand: realloc would leave the old bytes behind. */
static void *grow_secret(struct buf *b, size_t cap)
{
	uint8_t *p = mem_grow(NULL, cap, 1);

	if (p == NULL)
		return NULL;
	if (b->n > 0)
		memcpy(p, b->p, b->n);
	if (b->p != NULL)
		explicit_bzero(b->p, b->cap);
	mem_free(b->p);
	return p;
}

int buf_reserve(struct buf *b, size_t more)
{
	size_t need, cap;
	void *p;

	/* One more than asked for: buf_str never has to grow. */
	if (__builtin_add_overflow(b->n, more, &need) ||
	    __builtin_add_overflow(need, 1, &need))
		return -ENOMEM;
	if (need <= b->cap)
		return 0;
	cap = b->cap < 32 ? 64 : b->cap + b->cap / 2;
	if (cap < need)
		cap = need;
	p = b->secret ? grow_secret(b, cap) : mem_grow(b->p, cap, 1);
	if (p == NULL)
		return -ENOMEM;
	b->p = p;
	b->cap = cap;
	return 0;
}

int buf_put(struct buf *b, const void *p, size_t n)
{
	int rc = buf_reserve(b, n);

	if (rc != 0)
		return rc;
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	return 0;
}

int buf_putc(struct buf *b, int c)
{
	int rc = buf_reserve(b, 1);

	if (rc == 0)
		b->p[b->n++] = (uint8_t)c;
	return rc;
}

int buf_puts(struct buf *b, const char *s)
{
	return buf_put(b, s, strlen(s));
}

int buf_putb(struct buf *b, struct bytes v)
{
	return buf_put(b, v.p, v.n);
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n, rc;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	rc = buf_reserve(b, (size_t)n);
	if (rc != 0)
		return rc;
	va_start(ap, fmt);
	n = vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	b->n += (size_t)n;
	return 0;
}

const char *buf_str(struct buf *b)
{
	if (buf_reserve(b, 0) != 0)
		return NULL;
	b->p[b->n] = '\0';
	return (const char *)b->p;
}

void buf_clear(struct buf *b)
{
	if (b->secret && b->p != NULL)
		explicit_bzero(b->p, b->cap);
	b->n = 0;
}

void buf_free(struct buf *b)
{
	buf_clear(b);
	mem_free(b->p);
	b->p = NULL;
	b->cap = 0;
}
