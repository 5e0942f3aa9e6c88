// Functions of one number as the compiler's own operations, so that Swift's loops over them become vector code.
#ifndef PITH_MATH_H
#define PITH_MATH_H

/// √x, NaN where x < 0. Swift's `squareRoot()` calls the C library on Linux, which sets `errno` there.
static inline float pith_square_root(float x) { return __builtin_elementwise_sqrt(x); }

#endif
