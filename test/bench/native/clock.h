#ifndef HANARE_CLOCK_H
#define HANARE_CLOCK_H
#include <stdint.h>
#include <time.h>

// CLOCK_MONOTONIC in microseconds: one time base for the painter, the probe and Node's process.hrtime.
static inline uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static inline void sleep_until_us(uint64_t us) {
  struct timespec t = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, 0)) {
  }
}
#endif
