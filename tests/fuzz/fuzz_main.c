/* fuzz_main.c - runs a fuzz target without libFuzzer: on random texts for some seconds, or on files.
 *
 *     fuzz_text SECONDS [SEED]    or    fuzz_text FILE
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What texts are made of: breaks, words, and UTF-8 characters, whole and cut off. */
static const char *const tokens[] = {
    " ", "\n", "\t", "\r", "a", "bc", "12345678", "123456789abcdefgh", "\xc3\xa9", "\xe2\x82\xac",
    "\xf0\x9f\x98\x80", "\xc3", "\xe2\x82", "\xf0\x9f", "\x80", "\xff", "\xef\xbb\xbf"};
static uint8_t data[1 << 14];

static size_t random_text(void) {
    const size_t wanted = (size_t)rand() % (rand() % 8 ? 64 : sizeof data - 32);
    size_t size = 0;
    while (size < 5) data[size++] = (uint8_t)rand(); /* how it is read */
    for (const char *token; size < wanted; size += strlen(token)) {
        token = tokens[(size_t)rand() % (sizeof tokens / sizeof *tokens)];
        memcpy(data + size, token, strlen(token));
        if (rand() % 16 == 0) data[size++] = (uint8_t)rand();
    }
    return size;
}

int main(int argc, char **argv) {
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (file) return LLVMFuzzerTestOneInput(data, fread(data, 1, sizeof data, file));
    const unsigned seed = argc > 2 ? (unsigned)atoi(argv[2]) : (unsigned)time(NULL);
    const time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
    long inputs = 0;
    fprintf(stderr, "seed %u\n", seed);
    for (srand(seed); time(NULL) < end; inputs++) LLVMFuzzerTestOneInput(data, random_text());
    printf("%ld inputs without a finding\n", inputs);
}
