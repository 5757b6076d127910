/* What an init that was cut off left, told from files of other people's. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LEFTOVERS_H
#define STORE_LEFTOVERS_H

#include "base/attr.h"

/**
 * leftovers_check(fd): 0 where all below the directory is what an init that was
 * cut off can have left, by its mark and every other name, or nothing is there;
 * -ENOTEMPTY.
 */
int leftovers_check(int fd) MUST_CHECK;

/**
 * leftovers_clear(fd): check, then remove all of it but the mark; -ENOTEMPTY
 * where nothing was touched.
 */
int leftovers_clear(int fd) MUST_CHECK;

#endif
