/* cpu.h - what an x86-64 processor can do, as it says itself.
 *
 * __builtin_cpu_supports needs a library of the compiler's, which not all of them link.
 */
#ifndef FASTVEC_CPU_H
#define FASTVEC_CPU_H

#include <cpuid.h>
#include <stdint.h>

typedef struct {
    unsigned eax, ebx, ecx, edx;
} cpuid_answer;

/* What the cpuid instruction answers; zeros to a question that the processor does not know. */
static inline cpuid_answer cpuid(unsigned leaf, unsigned subleaf) {
    cpuid_answer a = {0, 0, 0, 0};
    __get_cpuid_count(leaf, subleaf, &a.eax, &a.ebx, &a.ecx, &a.edx);
    return a;
}

/* Whether all bits of a mask are set. */
static inline int has_all(uint64_t bits, uint64_t mask) { return (bits & mask) == mask; }

/* The registers that the system saves when it switches threads: a mask of the XCR0_... below. */
static inline uint64_t saved_registers(void) {
    const unsigned OSXSAVE = 1u << 27;
    unsigned low, high;
    if (!(cpuid(1, 0).ecx & OSXSAVE)) return 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

enum { XCR0_AVX = 3 << 1, XCR0_AVX512 = 7 << 5 };

static inline int cpu_has_avx2(void) {
    const unsigned FMA = 1u << 12, AVX2 = 1u << 5;
    return has_all(saved_registers(), XCR0_AVX) && cpuid(1, 0).ecx & FMA && cpuid(7, 0).ebx & AVX2;
}

/* AVX-512 with its vectors of 32 bytes (VL), of small integers (BW) and of large ones (DQ). */
static inline int cpu_has_avx512(void) {
    const unsigned F = 1u << 16, DQ = 1u << 17, BW = 1u << 30, VL = 1u << 31;
#if defined(__APPLE__)
    const int saved = 1; /* macOS says so only after the first use */
#else
    const int saved = has_all(saved_registers(), XCR0_AVX512);
#endif
    return saved && cpu_has_avx2() && has_all(cpuid(7, 0).ebx, F | DQ | BW | VL);
}

static inline int cpu_has_avx512bf16(void) {
    const unsigned BF16 = 1u << 5;
    return cpu_has_avx512() && cpuid(7, 1).eax & BF16;
}

static inline int cpu_is_amd(void) {
    const unsigned AUTH = 0x68747541, ENTI = 0x69746e65, CAMD = 0x444d4163; /* "AuthenticAMD" */
    const cpuid_answer a = cpuid(0, 0);
    return a.ebx == AUTH && a.edx == ENTI && a.ecx == CAMD;
}

#endif
