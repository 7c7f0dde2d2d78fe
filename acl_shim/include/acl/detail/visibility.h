/* How the public functions and constants are declared. */
#ifndef NPUEMU_ACL_DETAIL_VISIBILITY_H_
#define NPUEMU_ACL_DETAIL_VISIBILITY_H_

/* The library is built with -fvisibility=hidden; these are its exports. */
#ifndef ACL_FUNC_VISIBILITY
#define ACL_FUNC_VISIBILITY __attribute__((visibility("default")))
#endif

/* Silent unless asked for: programs that compile with -Werror use them. */
#ifndef ACL_DEPRECATED_MESSAGE
#ifdef ACL_WARN_DEPRECATED
#define ACL_DEPRECATED_MESSAGE(message) __attribute__((deprecated(message)))
#else
#define ACL_DEPRECATED_MESSAGE(message)
#endif
#endif

/* For constants: C warns about unused ones. */
#define ACL_MAYBE_UNUSED __attribute__((unused))

#endif /* NPUEMU_ACL_DETAIL_VISIBILITY_H_ */
