/* Two tellings of the same words, laid side by side. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_ALIGN_H
#define REDACT_ALIGN_H

#include <stdint.h>

#include "base/attr.h"

#define ALIGN_NONE UINT32_MAX
#define ALIGN_MAX (16u << 20)	/* pairs, of a sentence and some words */
#define ALIGN_LONG (256u << 20) /* of two hours of speech, once a recording */

/**
 * align(a, na, b, nb, most, to): words are given by numbers; to[i] becomes the
 * place in b of the word that a[i] is, or ALIGN_NONE, ascending: a longest
 * common subsequence. -EFBIG: what is left between a common beginning and a
 * common end has more than `most` pairs (to is void then); -ENOMEM.
 */
int align(const uint64_t *a, uint32_t na, const uint64_t *b, uint32_t nb,
	  uint32_t most, uint32_t *to) MUST_CHECK;

#endif
