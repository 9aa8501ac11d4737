/* system.h - what the core asks of the operating system, and what it demands of the machine. */
#ifndef FASTVEC_SYSTEM_H
#define FASTVEC_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

#if !defined(__GNUC__) && !defined(__clang__)
#error "fastvec needs gcc or clang, for their vector extensions; on Windows this is clang-cl"
#endif
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "fastvec needs a little-endian machine: words are read eight bytes at a time, lowest byte first"
#endif
#if __SIZEOF_POINTER__ != 8
#error "fastvec needs a 64-bit machine: it maps files, and multiplies 64-bit numbers, whole"
#endif

/* Memory at a multiple of `alignment`, a power of 2, to be given to aligned_free(); NULL when there is no
 * more. */
void *aligned_new(size_t alignment, size_t bytes);
void aligned_free(void *memory);

/* Read up to n bytes at a position of a file.  How many, 0 at its end; -1: see errno. */
int64_t read_at(int fd, void *to, size_t n, int64_t position);

/* Let another thread run, if one waits for a processor; sleep for some 20 microseconds. */
void yield_thread(void);
void pause_thread(void);

/* Processor time that the calling thread has used: seconds, or on Windows billions of clock ticks. */
double thread_time(void);

#endif
