// File: unroll.h
// Where registers are named by array elements, loops over them are unrolled
// whole (up to 8 turns with GCC).

#ifndef KERNELS_NUMERIC_UNROLL_H_
#define KERNELS_NUMERIC_UNROLL_H_

#ifdef __clang__
#define NPUEMU_UNROLL _Pragma("unroll")
#else
#define NPUEMU_UNROLL _Pragma("GCC unroll 8")
#endif

#endif  // KERNELS_NUMERIC_UNROLL_H_
