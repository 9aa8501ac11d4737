/* system.c - what the core asks of the operating system: POSIX, or Windows. */
#include "base/system.h"

#include <errno.h>

#if defined(_WIN32)
#include <io.h>
#include <malloc.h>
#include <windows.h>

void *aligned_new(size_t alignment, size_t bytes) { return _aligned_malloc(bytes ? bytes : 1, alignment); }

void aligned_free(void *memory) { _aligned_free(memory); }

int64_t read_at(int fd, void *to, size_t n, int64_t position) {
    const DWORD most = 1 << 30;
    OVERLAPPED place = {.Offset = (DWORD)position, .OffsetHigh = (DWORD)(position >> 32)};
    DWORD got = 0;
    if (ReadFile((HANDLE)_get_osfhandle(fd), to, n < most ? (DWORD)n : most, &got, &place)) return got;
    if (GetLastError() == ERROR_HANDLE_EOF) return 0;
    errno = EIO;
    return -1;
}

void yield_thread(void) { SwitchToThread(); }

void pause_thread(void) { Sleep(0); } /* Sleep(1) may last 15 milliseconds */

double thread_time(void) { /* not GetThreadTimes, which is as coarse as Sleep */
    ULONG64 ticks = 0;
    LARGE_INTEGER now;
    if (QueryThreadCycleTime(GetCurrentThread(), &ticks) && ticks) return 1e-9 * (double)ticks;
    QueryPerformanceCounter(&now); /* wine counts no ticks of threads */
    return 1e-9 * (double)now.QuadPart;
}

#else
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void *aligned_new(size_t alignment, size_t bytes) {
    void *memory;
    return posix_memalign(&memory, alignment, bytes) == 0 ? memory : NULL;
}

void aligned_free(void *memory) { free(memory); }

int64_t read_at(int fd, void *to, size_t n, int64_t position) {
    ssize_t got;
    do got = pread(fd, to, n, (off_t)position);
    while (got < 0 && errno == EINTR);
    return got;
}

void yield_thread(void) { sched_yield(); }

void pause_thread(void) {
    const struct timespec moment = {0, 20000};
    nanosleep(&moment, NULL);
}

double thread_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
#endif
