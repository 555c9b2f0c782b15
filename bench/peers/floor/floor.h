#ifndef FLOOR_H
#define FLOOR_H
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define PAUSE() __asm__ volatile("yield")
#else
#define PAUSE() ((void)0)
#endif

int64_t now_ns(void);
void *shared(size_t bytes);
void die(const char *what);
/* Keeps this process on the side-th processor it may use: two that spin on one would wait for time slices. */
void stay_on(int side);

/* Each returns the scenario's value; the runner knows the unit. */
double spin_round_trip(int batch, int milliseconds);
double futex_round_trip(int batch, int milliseconds);
double memcpy_bandwidth(size_t bytes, int milliseconds);
double there_and_back_bandwidth(size_t bytes, int milliseconds);
double start_to_exit(char *program);
double killed_seen(void);
double killed_and_served(char *program);
double speedup(int pieces);
void idle(char *program, int workers);

#endif
