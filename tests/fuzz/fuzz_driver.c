/* fuzz_driver.c - feeds LLVMFuzzerTestOneInput with inputs that grow by coverage, where gcc is all
 * there is (with clang, -fsanitize=fuzzer does the same and more).
 *
 *     fuzz_text SECONDS        an input that breaks it is left in ./fuzz-crash
 *     fuzz_text FILE           that input again
 *
 * The fuzzed file is compiled with -fsanitize-coverage=trace-pc, this one is not: every basic block
 * calls __sanitizer_cov_trace_pc, and a step from one block to the next is an edge.  An input that
 * takes an edge more often (by powers of two) than any before is kept and changed again.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

enum { EDGES = 1 << 16, MAX_KEPT = 1 << 14, MAX_SIZE = 1 << 16 };
enum { TIME_LIMIT = 20 }; /* seconds of the processor, for one input */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_cov_trace_pc(void);
void __sanitizer_set_death_callback(void (*callback)(void));

static uint8_t taken[EDGES], seen[EDGES]; /* how often in this run; by powers of two in any */
static uintptr_t last;

void __sanitizer_cov_trace_pc(void) {
    uintptr_t here = (uintptr_t)__builtin_return_address(0) * 0x9E3779B97F4A7C15u >> 48;
    uint8_t *edge = &taken[(here ^ last) % EDGES];
    if (*edge < 255) ++*edge;
    last = here >> 1;
}

static struct {
    uint8_t *data;
    size_t size;
} kept[MAX_KEPT];
static int n_kept;
static uint8_t input[2 * MAX_SIZE];
static size_t input_size;

static void save_input(void) {
    FILE *file = fopen("fuzz-crash", "wb");
    if (!file) return;
    fwrite(input, 1, input_size, file);
    fclose(file);
    fprintf(stderr, "the input is in fuzz-crash (%zu bytes)\n", input_size);
}

static void aborted(int number) {
    save_input();
    _Exit(128 + number);
}

/* Run the input; keep it if it reached something new.  Edges reached for the first time. */
static int run(void) {
    const struct itimerval limit = {.it_value.tv_sec = TIME_LIMIT};
    int edges = 0, is_new = 0;
    memset(taken, 0, sizeof taken);
    last = 0;
    setitimer(ITIMER_VIRTUAL, &limit, NULL); /* for an endless loop */
    LLVMFuzzerTestOneInput(input, input_size);
    for (int i = 0; i < EDGES; i++) {
        if (!taken[i]) continue;
        uint8_t times = (uint8_t)(1 << (31 - __builtin_clz(taken[i])));
        if (seen[i] & times) continue;
        edges += seen[i] == 0;
        seen[i] |= times;
        is_new = 1;
    }
    if (is_new && n_kept < MAX_KEPT && (kept[n_kept].data = malloc(input_size + 1))) {
        memcpy(kept[n_kept].data, input, input_size);
        kept[n_kept++].size = input_size;
    }
    return edges;
}

static uint64_t state = 88172645463325252u;

static size_t draw(size_t n) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (size_t)((state >> 11) % n);
}

static const char *PIECES[] = {
    " ", "  ", "\n", "\t", "\r\n", "\r", "a", "b", "ab", "abcdefgh", "abcdefghi", "\xc3\xa9",
    "\xed\x95\x9c", "\xf0\x9d\x84\x9e", "\xe2\x80\xa8", "\xef\xbb\xbf", "\xff", "\xc3", "\xe2\x82",
    "\xed\xa0\x80", "\xf4\x90\x80\x80", "the ", "of ", "and ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "                                                                ",
    "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
};
enum { N_PIECES = sizeof PIECES / sizeof *PIECES };

/* Make room for n bytes at a place of the input. */
static uint8_t *gap(size_t at, size_t n) {
    memmove(input + at + n, input + at, input_size - at);
    input_size += n;
    return input + at;
}

/* A new input: a few pieces out of all, so that words come again. */
static void make(void) {
    size_t limit = 8 + draw(draw(4) ? 300 : draw(16) ? 4000 : MAX_SIZE - 100);
    size_t first = draw(N_PIECES), variety = 1 + draw(N_PIECES - first);
    for (input_size = 0; input_size < 8;) input[input_size++] = (uint8_t)draw(256);
    while (input_size < limit) {
        const char *piece = PIECES[first + draw(variety)];
        memcpy(gap(input_size, strlen(piece)), piece, strlen(piece));
        if (draw(16) == 0) *gap(input_size, 1) = (uint8_t)(draw(4) ? draw(256) : 0);
    }
}

/* One change at a random place. */
static void change(void) {
    size_t at = draw(input_size + 1), rest = input_size - at, n;
    const char *piece = PIECES[draw(N_PIECES)];
    switch (draw(6)) {
    case 0: /* another byte */
        if (rest) input[at] = (uint8_t)draw(256);
        return;
    case 1: /* another bit, most often of the choices at the front */
        if (input_size) input[draw(draw(2) ? 8 : input_size) % input_size] ^= (uint8_t)(1 << draw(8));
        return;
    case 2: /* bytes less */
        n = rest ? 1 + draw(rest < 64 ? rest : 64) : 0;
        memmove(input + at, input + at + n, rest - n);
        input_size -= n;
        return;
    case 3: /* a piece more */
        memcpy(gap(at, strlen(piece)), piece, strlen(piece));
        return;
    case 4: /* some bytes once more */
        n = rest < 200 ? rest : 1 + draw(200);
        memmove(gap(at, n), input + at + n, n);
        return;
    default: /* the end of another input */
        if (n_kept == 0) return;
        size_t other = draw((size_t)n_kept), from = draw(kept[other].size + 1);
        n = kept[other].size - from;
        memcpy(input + at, kept[other].data + from, n);
        input_size = at + n;
    }
}

static void next(void) {
    if (n_kept == 0 || draw(8) == 0) {
        make();
        return;
    }
    size_t one = draw((size_t)n_kept), other = draw((size_t)n_kept);
    if (kept[other].size < kept[one].size) one = other; /* small ones are quicker */
    memcpy(input, kept[one].data, input_size = kept[one].size);
    for (size_t times = 1 + draw(6); times; times--)
        if (input_size < MAX_SIZE - 4096) change();
}

int main(int argc, char **argv) {
    signal(SIGABRT, aborted);
    signal(SIGVTALRM, aborted);
    __sanitizer_set_death_callback(save_input);
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (file) {
        input_size = fread(input, 1, MAX_SIZE, file);
        return LLVMFuzzerTestOneInput(input, input_size);
    }
    time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 10);
    state ^= (uint64_t)time(NULL) * 0x9E3779B97F4A7C15u;
    printf("seed %llu\n", (unsigned long long)state);
    fflush(stdout);
    long runs = 0, edges = 0;
    for (; time(NULL) < end; runs++) {
        next();
        edges += run();
    }
    printf("%ld inputs without a finding; %d kept, which reach %ld edges\n", runs, n_kept, edges);
    return 0;
}
