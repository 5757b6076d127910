/* libgcrypt, started. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LIBGCRYPT_H
#define BASE_LIBGCRYPT_H

#include <stdbool.h>

/**
 * gcrypt_ready(): it may be called; false: it cannot be had here. Any thread,
 * any number of times. The first call reads files of the system's.
 */
bool gcrypt_ready(void);

#endif
