/* update.h - the kernels on lists of rows of any length. */
#ifndef FASTVEC_UPDATE_H
#define FASTVEC_UPDATE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/kernels.h"

/* What a worker's updates share. */
typedef struct {
    const kernels *kernel;
    int floats;             /* of each row that are used */
    int cbow;               /* the input is the sum of the context words */
    likelihood likelihood;  /* of the right answers since the last update_collect_loss */
    double loss;            /* -log(probability of the right answer), summed */
    int64_t predictions;    /* over this many */
    prefetch_list prefetch; /* rows of a later window, which the next update fetches on the way */
    cbow_input input;       /* CBOW's: the context words of the window */
    float g[GRADIENT_FLOATS] __attribute__((aligned(128)));
} updater;

static inline void updater_init(updater *u, const kernels *kernel, int floats, int cbow) {
    u->kernel = kernel;
    u->floats = floats;
    u->cbow = cbow;
    for (int i = 0; i < 16; i++) u->likelihood.mantissa[i] = 1.0f;
}

/* Move what the kernels have multiplied up into the double-precision sum. */
static inline void update_collect_loss(updater *u) {
    likelihood *l = &u->likelihood;
    double bits = 0;
    for (int lane = 0; lane < u->kernel->width; lane++) {
        bits += log2((double)l->mantissa[lane]) +
                (double)((int64_t)l->exponent[lane] - 127 * l->factors);
        l->mantissa[lane] = 1.0f;
        l->exponent[lane] = 0;
    }
    l->factors = 0;
    u->loss -= bits * 0.6931471805599453;
}

/* CBOW's kernel on a list of outputs. */
static inline void update_cbow(updater *u, float *const *outputs, const float *signs, int n,
                               float alpha) {
    for (int o = 0; o < n; o += MAX_OUTPUTS) {
        const int some = n - o < MAX_OUTPUTS ? n - o : MAX_OUTPUTS;
        u->kernel->cbow(&u->input, outputs + o, signs + o, some, u->floats, alpha, &u->likelihood,
                        &u->prefetch);
        u->prefetch.n = 0;
    }
    u->predictions += n;
}

/* One update of m inputs and n outputs, in groups as large as the kernels take; groups of inputs are
 * even and of about equal size.  signs: +1 for an output with label 1, -1 for label 0.  With CBOW the
 * input is u->input, whatever `inputs` are. */
static inline void update(updater *u, float *const *inputs, int m, float *const *outputs,
                          const float *signs, int n, float alpha) {
    if (u->cbow) {
        update_cbow(u, outputs, signs, n, alpha);
        return;
    }
    const int groups = (m + MAX_INPUTS - 1) / MAX_INPUTS;
    const int most = groups == 1 ? m : ((m + groups - 1) / groups + 1) / 2 * 2;
    for (int o = 0; o < n; o += MAX_OUTPUTS) {
        const int some_n = n - o < MAX_OUTPUTS ? n - o : MAX_OUTPUTS;
        for (int i = 0; i < m; i += most) {
            const int some_m = m - i < most ? m - i : most;
            u->kernel->gradient(inputs + i, some_m, outputs + o, signs + o, some_n, u->floats, alpha,
                                &u->likelihood, u->g);
            u->kernel->apply(inputs + i, some_m, outputs + o, some_n, u->g, u->floats, &u->prefetch);
            u->prefetch.n = 0;
        }
    }
    u->predictions += (int64_t)m * n;
}

#endif
