/* Small tables of first and last names for stand-ins; frozen. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_PSEUDONYM_NAMES_H
#define REDACT_PSEUDONYM_NAMES_H

#include <stddef.h>

/**
 * pseudonym_names_first, _last: the tables, in title case, ASCII, sorted;
 * pseudonym_names_nfirst, _nlast: their lengths. Any change is a new
 * VIEW_RENDERER.
 */
extern const char *const pseudonym_names_first[];
extern const size_t pseudonym_names_nfirst;
extern const char *const pseudonym_names_last[];
extern const size_t pseudonym_names_nlast;

#endif
