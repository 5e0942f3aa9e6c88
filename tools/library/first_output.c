// How long a fresh process takes to its first output, and how much memory: maps a .pith file, opens it, runs it once. Uses
// what a program uses, pith.h and libpith.so; tools/library/first-output compiles it and tells what it measured.
//
//     first_output --launch MODEL [--checksum] [--file fault|populate] [--arena fault|populate|huge] [--input FILE]
//
// --launch starts the same program anew, so that the time of exec and of the dynamic linker counts. FILE holds the floats of
// all inputs, one after another; without it they are zero. Prints one JSON object.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pith.h"

enum { MOST = 16 };
static const char STARTED[] = "PITH_STARTED";
static const size_t HUGE_PAGE = 2 << 20;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return 1e6 * (double)time.tv_sec + 1e-3 * (double)time.tv_nsec;
}

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

/// Zeros. Untouched pages cost nothing; with `how` "populate" all are there at once, with "huge" 2 MB at a time, where
/// more than half of that is wanted: zeroing the rest costs less than 256 faults.
static void *memory(size_t bytes, const char *how) {
  const int populate = strcmp(how, "populate") == 0 ? MAP_POPULATE : 0;
  const int huge = strcmp(how, "huge") == 0 && bytes > HUGE_PAGE / 2;
  const size_t room = bytes + (huge ? 2 * HUGE_PAGE : 0);
  char *start = mmap(0, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | populate, -1, 0);
  if (start == MAP_FAILED) fail("memory", "not enough");
  if (huge) {
    start += -(uintptr_t)start % HUGE_PAGE;
    // Whole huge pages only, the last one perhaps not full.
    madvise(start, (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
  }
  return start;
}

static void *map(const char *path, size_t *bytes, const char *how) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat information;
  if (file < 0 || fstat(file, &information) != 0 || information.st_size == 0) fail(path, "cannot be read");
  *bytes = (size_t)information.st_size;
  const int populate = strcmp(how, "populate") == 0 ? MAP_POPULATE : 0;
  void *start = mmap(0, *bytes, PROT_READ, MAP_PRIVATE | populate, file, 0);
  if (start == MAP_FAILED) fail(path, "cannot be mapped");
  close(file);
  return start;
}

/// The most that this process has held, in bytes, without the C library's buffers. (ru_maxrss survives exec.)
static long peak_memory(void) {
  char text[4096];
  const int status = open("/proc/self/status", O_RDONLY);
  const ssize_t count = read(status, text, sizeof text - 1);
  close(status);
  text[count > 0 ? count : 0] = 0;
  const char *line = strstr(text, "VmHWM:");
  return line ? 1024 * atol(line + 6) : 0;
}

static long faults(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

/// Reads what `path` holds into the inputs, or leaves them zero where it is null.
static void bind(const pith_model *model, const char *path, const float **inputs, float **outputs) {
  if (pith_input_count(model) > MOST || pith_output_count(model) > MOST) fail("model", "too many inputs or outputs");
  const int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  for (uint32_t i = 0; i < pith_input_count(model); i++) {
    const size_t bytes = pith_input(model, i)->bytes;
    float *values = memory(bytes, "fault");
    if (path && read(file, values, bytes) != (ssize_t)bytes) fail(path, "holds fewer floats than the inputs");
    inputs[i] = values;
  }
  for (uint32_t i = 0; i < pith_output_count(model); i++) outputs[i] = memory(pith_output(model, i)->bytes, "fault");
}

int main(int count, char **arguments) {
  const double main_time = now();
  const char *path = 0, *input = 0, *file_how = "fault", *arena_how = "huge";
  uint32_t flags = 0;
  for (int i = 1; i < count; i++) {
    const char *value = i + 1 < count ? arguments[i + 1] : "";
    if (strcmp(arguments[i], "--launch") == 0) {
      char started[32];
      snprintf(started, sizeof started, "%.3f", now());
      setenv(STARTED, started, 1);
      memmove(arguments + i, arguments + i + 1, (size_t)(count - i) * sizeof *arguments);
      execv("/proc/self/exe", arguments);
      fail(arguments[0], "cannot be started anew");
    } else if (strcmp(arguments[i], "--checksum") == 0) {
      flags |= PITH_OPEN_CHECKSUM;
    } else if (strcmp(arguments[i], "--file") == 0) {
      file_how = value, i++;
    } else if (strcmp(arguments[i], "--arena") == 0) {
      arena_how = value, i++;
    } else if (strcmp(arguments[i], "--input") == 0) {
      input = value, i++;
    } else {
      path = arguments[i];
    }
  }
  if (!path) fail(arguments[0], "needs a model");

  const long faults_before = faults();
  size_t bytes;
  pith_model model;
  const void *file = map(path, &bytes, file_how);
  const double mapped_time = now();
  const pith_status status = pith_open(&model, file, bytes, flags);
  if (status != PITH_OK) fail(path, pith_status_text(status));
  const double opened_time = now();
  const size_t arena_bytes = pith_arena_bytes(&model);
  void *arena = memory(arena_bytes, arena_how);
  const float *inputs[MOST];
  float *outputs[MOST];
  bind(&model, input, inputs, outputs);
  const double bound_time = now();
  if (pith_run(&model, arena, arena_bytes, inputs, outputs, 0) != PITH_OK) fail(path, "does not run");
  const double first_time = now();
  const long first_faults = faults() - faults_before;
  pith_run(&model, arena, arena_bytes, inputs, outputs, 0);
  const double warm_time = now() - first_time;
  const long peak = peak_memory();

  const char *started = getenv(STARTED);
  const double start_time = started ? atof(started) : main_time;
  const long budget = (long)(bytes + arena_bytes) + (4 << 20);
  printf(
      "{\"kernels\": \"%s\", \"from_start\": %.0f, \"from_main\": %.0f, \"map\": %.0f, \"open\": %.0f, \"bind\": %.0f, "
      "\"first_run\": %.0f, \"warm_run\": %.0f, \"faults\": %ld, \"file_bytes\": %zu, \"arena_bytes\": %zu, "
      "\"peak_bytes\": %ld, \"budget_bytes\": %ld}\n",
      pith_isa_name(model.isa), first_time - start_time, first_time - main_time, mapped_time - main_time,
      opened_time - mapped_time, bound_time - opened_time, first_time - bound_time, warm_time, first_faults, bytes,
      arena_bytes, peak, budget);
  return 0;
}
