/* struct buf owns a growing byte array; wiped at the end when secret. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/attr.h"
#include "base/bytes.h"

/* Zero-initialise to use; n bytes of p are valid. */
struct buf {
	uint8_t *p;
	size_t n, cap;
	bool secret; /* wipe what is freed or outgrown */
};

/**
 * buf_reserve(b, more): room for more bytes beyond n; -ENOMEM.
 */
int buf_reserve(struct buf *b, size_t more) MUST_CHECK NONNULL_ALL;

/**
 * buf_put(b, p, n), buf_putc, buf_puts, buf_putb: append; -ENOMEM, and then
 * nothing was appended.
 */
int buf_put(struct buf *b, const void *p, size_t n) MUST_CHECK NONNULL(1);
int buf_putc(struct buf *b, int c) MUST_CHECK NONNULL_ALL;
int buf_puts(struct buf *b, const char *s) MUST_CHECK NONNULL_ALL;
int buf_putb(struct buf *b, struct bytes v) MUST_CHECK NONNULL_ALL;

/**
 * buf_printf(b, fmt, ...): append formatted text (no NUL kept in n, but one
 * always follows); -ENOMEM.
 */
int buf_printf(struct buf *b, const char *fmt, ...) MUST_CHECK PRINTF(2, 3);

/**
 * buf_str(b): the bytes as a NUL-terminated string, valid until the next
 * change; NULL on -ENOMEM.
 */
const char *buf_str(struct buf *b) NONNULL_ALL;

/**
 * buf_bytes(b): borrow what is in it.
 */
static inline struct bytes buf_bytes(const struct buf *b)
{
	return (struct bytes){b->p, b->n};
}

/**
 * buf_clear(b): n = 0, memory kept (wiped if secret).
 */
void buf_clear(struct buf *b) NONNULL_ALL;

/**
 * buf_free(b): give the memory back (wiped if secret); b is empty after. Fits
 * CLEANUP.
 */
void buf_free(struct buf *b) NONNULL_ALL;

#endif
