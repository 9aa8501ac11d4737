/* checks.c - the native core on machines that have no Python here (.ci/cross: Windows, aarch64).
 *
 * The kernels of every instruction set are compared with plain loops in double precision, written numbers
 * with those of the C library, and what system.h promises is tried.  The reader of text has checks of its own
 * (tests/fuzz/fuzz_text.c).  Prints the instruction sets, and how many checks passed; 1 if one failed.
 */
#include <float.h>
#include <stdio.h>

#include "../hooks.c"
#include "base/checksum.h"
#include "vectors/decimal.h"

enum { MOST_ROWS = 64, STRIDE = 304 };

static int passed, failed;

static void check(int holds, const char *what, const char *of) {
    if (!holds) fprintf(stderr, "checks: %s (%s)\n", what, of);
    holds ? passed++ : failed++;
}

/* --- kernels */

typedef struct {
    float *rows;   /* (n, STRIDE), aligned */
    double *plain; /* the same rows */
    int n;
} matrix;

static uint64_t state = 1;

static float random_float(void) { return (float)(rng_next(&state) >> 40) / (1 << 24) - 0.5f; }

static matrix matrix_new(int n, int size) {
    const size_t count = (size_t)n * STRIDE;
    matrix m = {cache_line_alloc(count * sizeof(float)), calloc(count, sizeof(double)), n};
    for (int row = 0; row < n; row++)
        for (int k = 0; k < size; k++)
            m.plain[row * STRIDE + k] = m.rows[row * STRIDE + k] = random_float();
    return m;
}

/* The largest difference between the rows that a kernel changed and those of the plain loops. */
static double matrix_end(matrix *m) {
    double largest = 0;
    for (int i = 0; i < m->n * STRIDE; i++) largest = fmax(largest, fabs(m->rows[i] - m->plain[i]));
    aligned_free(m->rows);
    free(m->plain);
    return largest;
}

static double step_of(const double *a, const double *b, double label, double alpha) {
    double score = 0;
    for (int k = 0; k < STRIDE; k++) score += a[k] * b[k];
    return alpha * (label - 1 / (1 + exp(-score)));
}

static void add(double *to, const double *row, double step) {
    for (int k = 0; k < STRIDE; k++) to[k] += step * row[k];
}

/* Every input with every output, from the old values of both. */
static void plain_update(matrix *in, matrix *out, const double *weights, const float *signs, double alpha) {
    const size_t bytes_in = (size_t)in->n * STRIDE * sizeof(double);
    const size_t bytes_out = (size_t)out->n * STRIDE * sizeof(double);
    double *old_in = malloc(bytes_in), *old_out = malloc(bytes_out);
    memcpy(old_in, in->plain, bytes_in);
    memcpy(old_out, out->plain, bytes_out);
    for (int i = 0; i < in->n; i++)
        for (int o = 0; o < out->n; o++) {
            const double *a = old_in + i * STRIDE, *b = old_out + o * STRIDE;
            const double step = (weights ? weights[o] : 1) * step_of(a, b, signs[o] > 0, alpha);
            add(in->plain + i * STRIDE, b, step);
            add(out->plain + o * STRIDE, a, step);
        }
    free(old_in);
    free(old_out);
}

static void check_update(const instruction_set *set, int m, int n, int size, double tolerance) {
    matrix in = matrix_new(m, size), out = matrix_new(n, size);
    float signs[MOST_ROWS + ROW_FLOATS] = {0};
    for (int o = 0; o < n; o++) signs[o] = o % 3 ? -1.0f : 1.0f;
    update_rows(set, in.rows, m, out.rows, n, STRIDE, signs, size, 0.25f, 1, 1, 0);
    plain_update(&in, &out, NULL, signs, 0.25);
    check(matrix_end(&in) < tolerance && matrix_end(&out) < tolerance, "an update is wrong", set->name);
}

/* CBOW: the mean of the inputs predicts, and each of them gets the whole change. */
static void check_cbow(const instruction_set *set, int m, int n, int size, double tolerance) {
    matrix in = matrix_new(m, size), out = matrix_new(n, size), mean = matrix_new(1, 0);
    float signs[MOST_ROWS + ROW_FLOATS] = {0};
    for (int o = 0; o < n; o++) signs[o] = o ? -1.0f : 1.0f;
    update_rows(set, in.rows, m, out.rows, n, STRIDE, signs, size, 0.25f, 1, 1, 1);
    for (int i = 0; i < m; i++) add(mean.plain, in.plain + i * STRIDE, 1.0 / m);
    double before[STRIDE];
    memcpy(before, mean.plain, sizeof before);
    plain_update(&mean, &out, NULL, signs, 0.25);
    for (int i = 0; i < m; i++)
        for (int k = 0; k < STRIDE; k++) in.plain[i * STRIDE + k] += mean.plain[k] - before[k];
    check(matrix_end(&in) < tolerance && matrix_end(&out) < tolerance, "CBOW's update is wrong", set->name);
    matrix_end(&mean);
}

/* Pairs that share noise words: the partners of the inputs have label 1, the noise words label 0. */
static void check_pairs(const instruction_set *set, int m, int n, int size, double tolerance) {
    matrix in = matrix_new(m, size), own = matrix_new(m, size), noise = matrix_new(n, size);
    float weights[MAX_SHARED + ROW_FLOATS] = {0}, signs[MAX_SHARED] = {0};
    double same[MAX_SHARED];
    for (int o = 0; o < n; o++) same[o] = weights[o] = 0.5f * (float)(o + 1);
    update_pairs(set, in.rows, own.rows, m, noise.rows, weights, n, STRIDE, size, 0.25f);
    matrix before = matrix_new(m, 0);
    memcpy(before.plain, in.plain, (size_t)m * STRIDE * sizeof(double));
    plain_update(&in, &noise, same, signs, 0.25);
    for (int i = 0; i < m; i++) {
        double *partner = own.plain + i * STRIDE, *input = before.plain + i * STRIDE;
        const double step = step_of(input, partner, 1, 0.25);
        add(in.plain + i * STRIDE, partner, step);
        add(partner, input, step);
    }
    const double worst = fmax(matrix_end(&in), fmax(matrix_end(&own), matrix_end(&noise)));
    check(worst < tolerance, "an update of pairs is wrong", set->name);
    matrix_end(&before);
}

/* GloVe's targets and weights: log(x) and min(1, (x / 100)^0.75). */
static void check_glove(const instruction_set *set) {
    enum { N = 50 };
    const int64_t starts[] = {0, N}, offsets[] = {0, N};
    const int32_t tiles[] = {0, 0, 0};
    pair pairs[N];
    uint32_t cells[N];
    float targets[N], weights[N];
    for (int i = 0; i < N; i++)
        pairs[i] = (pair){.row = (uint16_t)i, .column = 0, .value = powf(1.2f, (float)i)};
    int good = prepare_tile(set, pairs, starts, tiles, offsets, 0.75f, 100, 2, 0, 1, cells, targets,
                            weights) == 0;
    for (int i = 0; good && i < N; i++) {
        const double x = pairs[cells[i] >> 16].value;
        good &= fabs(targets[i] - log(x)) < 1e-4 || fabs(targets[i] - log2(x)) < 1e-4;
        good &= fabs(weights[i] - fmin(1, pow(x / 100, 0.75))) < 1e-4;
    }
    check(good, "GloVe's targets or weights are wrong", set->name);
}

static void check_set(const instruction_set *set) {
    const double tolerance = strstr(set->name, "bf16") ? 2e-2 : 1e-5;
    const int sizes[] = {1, 4, 16, 17, 100, 300};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (int m = 1; m <= MAX_INPUTS; m++) check_update(set, m, 1 + (m * 7 + (int)i) % 20, sizes[i], tolerance);
        check_update(set, 3, MOST_ROWS, sizes[i], tolerance);
        for (int m = 1; m <= 10; m += 3) check_cbow(set, m, 1 + m, sizes[i], tolerance);
        for (int m = 1; m <= MAX_PAIRS; m += 5) check_pairs(set, m, m % (MAX_SHARED + 1), sizes[i], tolerance);
    }
    check_glove(set);
}

/* --- everything else */

static const char *written(char *(*write)(char *, float), float x) {
    static char text[64];
    *write(text, x) = 0;
    return text;
}

static void check_numbers(void) {
    char expected[64];
    for (int i = 0; i < 100000; i++) {
        const uint32_t bits = (uint32_t)(rng_next(&state) >> 32);
        float x, back;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        back = strtof(written(decimal_write, x), NULL);
        if (memcmp(&x, &back, sizeof x)) check(0, "a number is not read back", written(decimal_write, x));
        if (fabsf(x) > 1e15f) continue; /* not every C library has all digits of larger ones */
        snprintf(expected, sizeof expected, "%f", (double)x);
        if (strcmp(expected, written(decimal_write_fixed, x))) check(0, "a number has other digits", expected);
    }
    const char *largest = "340282346638528859811704183484516925440.000000";
    check(strcmp(written(decimal_write_fixed, FLT_MAX), largest) == 0, "digits", "the largest");
    check(strcmp(written(decimal_write_fixed, 0x1p64f), "18446744073709551616.000000") == 0, "digits", "2^64");
    check(strcmp(written(decimal_write_fixed, 0x1p40f), "1099511627776.000000") == 0, "digits", "2^40");
}

/* The sums of the words, and of their numbers times the words. */
static void check_checksum(void) {
    static uint8_t bytes[100001];
    uint64_t plain = 0, weighted = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(rng_next(&state) >> 56);
        const uint64_t part = (uint64_t)bytes[i] << 8 * (i % 4);
        plain += part;
        weighted += (i / 4 + 1) * part;
    }
    checksum sums = {0};
    checksum_add(&sums, bytes, sizeof bytes, 0);
    check(sums.plain == plain && sums.weighted == weighted, "other sums", "checksum_add");
}

static void check_system(void) {
    char text[8] = {0};
    for (size_t alignment = 64; alignment <= 4096; alignment *= 2) {
        void *memory = aligned_new(alignment, 100);
        check(memory && (uintptr_t)memory % alignment == 0, "memory is not aligned", "aligned_new");
        aligned_free(memory);
    }
    FILE *file = tmpfile();
    check(file != NULL && fwrite("01234\r\n7", 1, 8, file) == 8 && fflush(file) == 0, "no file", "tmpfile");
    if (file) {
        check(read_at(fileno(file), text, 8, 3) == 5 && memcmp(text, "34\r\n7", 5) == 0, "other bytes", "read_at");
        check(read_at(fileno(file), text, 8, 8) == 0, "bytes behind the end", "read_at");
        fclose(file);
    }
    const double before = thread_time();
    double sum = 0;
    for (int i = 0; i < 10000000; i++) sum += i;
    check(sum > 0 && thread_time() > before, "no time has passed", "thread_time");
    pause_thread();
    yield_thread();
}

int main(void) {
    printf("instruction sets:");
    for (int i = 0; instruction_set_at(i); i++) printf(" %s", instruction_set_at(i)->name);
    printf("\n");
    for (int i = 0; instruction_set_at(i); i++) check_set(instruction_set_at(i));
    check_numbers();
    check_checksum();
    check_system();
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0;
}
