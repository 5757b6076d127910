/* Compiler attributes the whole house uses, under short names. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define NONNULL_ALL __attribute__((nonnull))
#define NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))
#define NOINLINE __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))

/**
 * UNSET: of a large variable without an initializer that holds no key, and of
 * which each byte is written before it is read: the compiler does not clear it
 * first, as -ftrivial-auto-var-init does. Only where a profile shows that.
 */
#define UNSET __attribute__((uninitialized))

/**
 * CLEANUP(fn): call fn(&variable) when the variable leaves its scope. The one
 * cleanup idiom of the project; there is no goto.
 */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/**
 * STEAL(p): the value of the pointer p, which becomes NULL; hands ownership
 * past a CLEANUP.
 */
#define STEAL(p)                             \
	__extension__({                      \
		__typeof__(p) stolen_ = (p); \
		(p) = NULL;                  \
		stolen_;                     \
	})

/**
 * FREED_BY(fn): the result is new and owned by the caller, who gives it to fn;
 * gcc's analyzer follows it.
 */
#ifdef __clang__
#define FREED_BY(fn) __attribute__((malloc))
#else
#define FREED_BY(fn) __attribute__((malloc, malloc(fn, 1)))
#endif

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
