/* kernels.c - placeholder until the kernels land */
typedef int kernels_placeholder;
