/*
 * The bounds-checked memory and string functions of libc_sec.so.
 *
 * Every destination comes with its capacity in bytes. On an error the
 * destination is reset where there is one: memory functions fill it with
 * zeros, string functions make it the empty string, and the code says so
 * (..._AND_RESET). No function keeps state between calls; all are thread-safe.
 */
#ifndef NPUEMU_SECUREC_H_
#define NPUEMU_SECUREC_H_

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>

#ifndef errno_t
typedef int errno_t;
#endif

#ifndef EOK
#define EOK 0
#endif
#ifndef EINVAL_AND_RESET
#define EINVAL_AND_RESET (EINVAL | 128)
#endif
#ifndef ERANGE_AND_RESET
#define ERANGE_AND_RESET (ERANGE | 128)
#endif
#ifndef EOVERLAP_AND_RESET
#define EOVERLAP_AND_RESET (54 | 128)
#endif

/* Larger capacities and counts are refused: they are negative lengths. */
#define SECUREC_MEM_MAX_LEN 0x7fffffffUL
#define SECUREC_STRING_MAX_LEN 0x7fffffffUL

#ifndef SECUREC_API
#define SECUREC_API __attribute__((visibility("default")))
#endif
#define SECUREC_FORMAT(kind, text, first) \
  __attribute__((__format__(kind, text, first)))

#ifdef __cplusplus
extern "C" {
#endif

/* Fills count bytes. ERANGE_AND_RESET: count > destMax (fills destMax). */
SECUREC_API errno_t memset_s(void* dest, size_t destMax, int c, size_t count);
/* Copies count bytes; overlapping ranges are an error of memcpy_s only. */
SECUREC_API errno_t memcpy_s(void* dest, size_t destMax, const void* src,
                             size_t count);
SECUREC_API errno_t memmove_s(void* dest, size_t destMax, const void* src,
                              size_t count);

/* The result and its terminating NUL must fit into destMax bytes. */
SECUREC_API errno_t strcpy_s(char* strDest, size_t destMax, const char* strSrc);
SECUREC_API errno_t strncpy_s(char* strDest, size_t destMax, const char* strSrc,
                              size_t count);
SECUREC_API errno_t strcat_s(char* strDest, size_t destMax, const char* strSrc);
SECUREC_API errno_t strncat_s(char* strDest, size_t destMax, const char* strSrc,
                              size_t count);
/* The next token, or NULL; strToken is NULL from the second call on. */
SECUREC_API char* strtok_s(char* strToken, const char* strDelimit,
                           char** context);

/*
 * Return the number of characters written without the NUL, or -1.
 * s[n]printf_s: -1 where the text does not fit. snprintf_s writes at most count
 * characters: a text cut by count stays (and -1 is returned), a text cut by
 * destMax is reset. ..._truncated_s cut the text at destMax - 1 characters and
 * return the length of what they wrote.
 */
SECUREC_API int sprintf_s(char* strDest, size_t destMax, const char* format,
                          ...) SECUREC_FORMAT(printf, 3, 4);
SECUREC_API int vsprintf_s(char* strDest, size_t destMax, const char* format,
                           va_list argList) SECUREC_FORMAT(printf, 3, 0);
SECUREC_API int snprintf_s(char* strDest, size_t destMax, size_t count,
                           const char* format, ...)
    SECUREC_FORMAT(printf, 4, 5);
SECUREC_API int vsnprintf_s(char* strDest, size_t destMax, size_t count,
                            const char* format, va_list argList)
    SECUREC_FORMAT(printf, 4, 0);
SECUREC_API int snprintf_truncated_s(char* strDest, size_t destMax,
                                     const char* format, ...)
    SECUREC_FORMAT(printf, 3, 4);
SECUREC_API int vsnprintf_truncated_s(char* strDest, size_t destMax,
                                      const char* format, va_list argList)
    SECUREC_FORMAT(printf, 3, 0);

/*
 * As sscanf, but %s, %c and %[ take the capacity (size_t) after the pointer.
 * Return the number of conversions, or -1: end of the text before the first
 * one, a text that does not fit (its buffer is reset), wide characters.
 */
SECUREC_API int sscanf_s(const char* buffer, const char* format, ...);
SECUREC_API int vsscanf_s(const char* buffer, const char* format,
                          va_list argList);

#ifdef __cplusplus
}
#endif

#endif /* NPUEMU_SECUREC_H_ */
