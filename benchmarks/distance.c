/* distance.c - how long a cache line takes from one core to another: two threads hand it to and fro.
 *
 * scaling.py compiles this and calls it by ctypes.  Cores that share a third-level cache take about 30 to
 * 60 ns, others 100 to 200, and which two the system chooses may change while it runs.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static _Alignas(128) atomic_long ball;

static void *give_back(void *rounds) {
    for (long i = 0; i < *(const long *)rounds; i++) {
        while (atomic_load_explicit(&ball, memory_order_acquire) != 2 * i + 1) {}
        atomic_store_explicit(&ball, 2 * i + 2, memory_order_release);
    }
    return NULL;
}

/* Nanoseconds for one way, or -1 if there is no second thread. */
double distance(long rounds) {
    struct timespec start, end;
    pthread_t other;
    atomic_store(&ball, 0);
    if (pthread_create(&other, NULL, give_back, &rounds) != 0) return -1;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long i = 0; i < rounds; i++) {
        atomic_store_explicit(&ball, 2 * i + 1, memory_order_release);
        while (atomic_load_explicit(&ball, memory_order_acquire) != 2 * i + 2) {}
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    pthread_join(other, NULL);
    const double ns = 1e9 * (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec);
    return ns / (2.0 * (double)rounds);
}
