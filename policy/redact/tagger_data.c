/* The weights of the tagger and its table of names, as they were trained. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/tagger.h"

/*
 * TAGGER_FILE is what tools/train-tagger made; TAGGER.md beside it says of
 * what, and under which licences.
 */
__asm__(".section .rodata\n"
	".balign 16\n"
	"tagger_file_begin:\n"
	".incbin \"" TAGGER_FILE "\"\n"
	"tagger_file_end:\n"
	".balign 16\n"
	".previous\n");

extern const uint8_t tagger_file_begin[], tagger_file_end[];

struct bytes tagger_weights(void)
{
	return bytes_of(tagger_file_begin,
			(size_t)(tagger_file_end - tagger_file_begin));
}
