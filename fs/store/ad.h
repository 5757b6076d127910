/* Associated data: what a sealed thing is bound to, as injective bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_AD_H
#define STORE_AD_H

#include "base/bytes.h"

#define AD_MOST 192

/*
 * Every sealed thing of the store names its place here: moved to another row,
 * object or store it no longer opens. Labels end in a zero byte, fields have
 * fixed lengths, so that no two places give the same bytes.
 */
struct ad {
	uint8_t p[AD_MOST];
	size_t n;
};

/** ad_start(a, label): begin with "carrel/1 LABEL" and a zero byte. */
void ad_start(struct ad *a, const char *label);
/** ad_put, ad_u64, ad_u32, ad_u8: append; numbers are big endian. Running over
 * AD_MOST is a bug of the caller and aborts. */
void ad_put(struct ad *a, const void *p, size_t n);
void ad_u64(struct ad *a, uint64_t v);
void ad_u32(struct ad *a, uint32_t v);
void ad_u8(struct ad *a, uint8_t v);

/** ad_bytes(a): borrow. */
static inline struct bytes ad_bytes(const struct ad *a)
{
	return (struct bytes){a->p, a->n};
}

#endif
