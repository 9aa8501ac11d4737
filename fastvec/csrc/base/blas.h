/* blas.h - products of matrices by the BLAS that SciPy brings.
 *
 * Its sgemm is Fortran's: all arguments are pointers, and matrices lie column by column.  A matrix of C, row by
 * row, is the transposed one there, so a = x y becomes a^T = y^T x^T.
 */
#ifndef FASTVEC_BLAS_H
#define FASTVEC_BLAS_H

typedef void (*sgemm_function)(char *, char *, int *, int *, int *, float *, float *, int *, float *, int *,
                               float *, float *, int *);

/* A matrix row by row, each `stride` floats after the one before. */
typedef struct {
    float *at;
    int stride;
} rows_of;

/* out (m, n) = scale * x (m, k) y^T (n, k) + keep * out */
static inline void times_transposed(sgemm_function sgemm, int m, int n, int k, float scale, rows_of x, rows_of y,
                                    float keep, rows_of out) {
    sgemm("T", "N", &n, &m, &k, &scale, y.at, &y.stride, x.at, &x.stride, &keep, out.at, &out.stride);
}

/* out (m, n) = scale * x (m, k) y (k, n) + keep * out */
static inline void times(sgemm_function sgemm, int m, int n, int k, float scale, rows_of x, rows_of y, float keep,
                         rows_of out) {
    sgemm("N", "N", &n, &m, &k, &scale, y.at, &y.stride, x.at, &x.stride, &keep, out.at, &out.stride);
}

/* out (m, n) = scale * x^T (k, m) y (k, n) + keep * out */
static inline void transposed_times(sgemm_function sgemm, int m, int n, int k, float scale, rows_of x, rows_of y,
                                    float keep, rows_of out) {
    sgemm("N", "T", &n, &m, &k, &scale, y.at, &y.stride, x.at, &x.stride, &keep, out.at, &out.stride);
}

#endif
