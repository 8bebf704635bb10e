// Reads the painter's barcode from the framebuffer file of an Xvfb (-fbdir), so outside every viewer.
//   probe FILE watch SECONDS SETTLE_MS    each new frame code as "S <value> <us>"
//   probe FILE keys COUNT GAP_MS          a key by XTEST on $DISPLAY until the input code changes: "K <sent us> <seen us>"
// First of all it waits for the code and prints "first <us> <x> <y> <cell px>"; then "begin <us>" … "end <us> <reads> <bad>".
#include <X11/XWDFile.h>
#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "barcode.h"
#include "clock.h"

enum { POLL_US = 500, SCAN_US = 4000, FIRST_LIMIT_US = 60000000, KEY_LIMIT_US = 2000000, LOST_READS = 400 };

static const uint8_t *pixels;
static int width, height, stride;
// Where the frame code's first cell begins, and the cell's size: a viewer may scale.
static double code_x, code_y, cell;

static void die(const char *why) {
  fprintf(stderr, "probe: %s\n", why);
  exit(1);
}

static int white(int x, int y) {
  const uint8_t *p = pixels + (long)y * stride + x * 4L;
  return p[0] + 2 * p[1] + p[2] > 512;
}

static int32_t read_code(double x, double y, double size, uint8_t salt) {
  int row = (int)(y + size / 2);
  if (row < 0 || row >= height || x < 0 || x + CODE_CELLS * size > width) return -1;
  uint64_t bits = 0;
  for (int i = 0; i < CODE_CELLS; i++) bits = bits << 1 | (uint64_t)white((int)(x + (i + 0.5) * size), row);
  return code_value(bits, salt);
}

static int32_t read_frame(void) { return read_code(code_x, code_y, cell, FRAME_SALT); }
static int32_t read_input(void) {
  return read_code(code_x, code_y + cell * (INPUT_CODE_Y - FRAME_CODE_Y) / CODE_CELL_PX, cell, INPUT_SALT);
}

// A start of the marker is seen at x with a rough cell size: find the sizes that read correctly and take the middle one.
static int fit(int x, int y, double rough) {
  double low = 0, high = 0;
  int top = y;
  while (top > 0 && white(x + (int)(rough / 2), top - 1)) top--;
  for (double size = rough * 0.94; size < rough * 1.06; size += 0.01) {
    if (read_code(x, top, size, FRAME_SALT) < 0) continue;
    if (!low) low = size;
    high = size;
  }
  if (!low) return 0;
  code_x = x, code_y = top, cell = (low + high) / 2;
  return 1;
}

// 0xAC begins with runs of 1, 1, 1, 1, 2 cells, white first.
static int locate(void) {
  for (int y = 0; y < height; y += 8) {
    int runs[5] = {0}, colour = 0, began = 0;
    for (int x = 0; x < width; x++) {
      if (white(x, y) == colour) continue;
      memmove(runs, runs + 1, 4 * sizeof *runs);
      runs[4] = x - began, began = x, colour = !colour;
      if (colour) continue;  // the run that ended must be white
      int span = runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
      double size = span / 6.0;
      int like = size >= 6 && fabs(runs[4] - 2 * size) < 0.5 * size;
      for (int i = 0; i < 4; i++) like = like && fabs(runs[i] - size) < 0.35 * size;
      if (like && fit(x - span, y, size)) return 1;
    }
  }
  return 0;
}

static void open_framebuffer(const char *path) {
  struct stat info;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &info)) die("cannot open the framebuffer");
  const uint8_t *file = mmap(0, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
  if (file == MAP_FAILED) die("cannot map the framebuffer");
  const XWDFileHeader *header = (const void *)file;
  width = (int)ntohl(header->pixmap_width), height = (int)ntohl(header->pixmap_height);
  stride = (int)ntohl(header->bytes_per_line);
  pixels = file + ntohl(header->header_size) + ntohl(header->ncolors) * sizeof(XWDColor);
}

static void wait_first(void) {
  uint64_t limit = now_us() + FIRST_LIMIT_US;
  while (!locate()) {
    uint64_t now = now_us();
    if (now > limit) die("no barcode on the viewer's display");
    sleep_until_us(now + SCAN_US);
  }
  printf("first %llu %.0f %.0f %.2f\n", (unsigned long long)now_us(), code_x, code_y, cell);
  fflush(stdout);
}

static void watch(double seconds, double settle_ms) {
  sleep_until_us(now_us() + (uint64_t)(settle_ms * 1000));
  if (read_frame() < 0) locate();  // the window went full-screen
  uint64_t now = now_us(), end = now + (uint64_t)(seconds * 1e6);
  printf("begin %llu\n", (unsigned long long)now);
  fflush(stdout);
  long reads = 0, bad = 0, lost = 0;
  for (int32_t last = read_frame(); now < end; reads++) {
    int32_t value = read_frame();
    now = now_us();
    lost = value < 0 ? lost + 1 : 0;
    bad += value < 0;
    if (value >= 0 && value != last) printf("S %d %llu\n", last = value, (unsigned long long)now);
    if (lost == LOST_READS) locate();  // a bar slid in, the window moved
    sleep_until_us(now + POLL_US);
  }
  printf("end %llu %ld %ld\n", (unsigned long long)now, reads, bad);
}

static void keys(int count, double gap_ms) {
  Display *dpy = XOpenDisplay(0);
  if (!dpy) die("no display");
  KeyCode key = XKeysymToKeycode(dpy, XK_a);
  // A click on the picture: the viewer's window and its canvas then have the keyboard.
  XTestFakeMotionEvent(dpy, -1, (int)code_x + 300, (int)code_y - 200, CurrentTime);
  XTestFakeButtonEvent(dpy, 1, 1, CurrentTime);
  XTestFakeButtonEvent(dpy, 1, 0, CurrentTime);
  XSync(dpy, 0);
  sleep_until_us(now_us() + 500000);
  if (read_input() < 0) locate();
  srand(1);
  printf("begin %llu\n", (unsigned long long)now_us());
  fflush(stdout);
  long unseen = 0;
  for (int i = 0; i < count; i++) {
    int32_t before = read_input(), value = before;
    uint64_t sent = now_us(), now = sent;
    XTestFakeKeyEvent(dpy, key, 1, CurrentTime);
    XFlush(dpy);
    while (now < sent + KEY_LIMIT_US && ((value = read_input()) < 0 || value == before)) {
      sleep_until_us(now + POLL_US);
      now = now_us();
    }
    now = now_us();
    XTestFakeKeyEvent(dpy, key, 0, CurrentTime);
    XFlush(dpy);
    if (value >= 0 && value != before) printf("K %llu %llu\n", (unsigned long long)sent, (unsigned long long)now);
    else unseen++;
    // Uneven gaps: even ones could keep step with the server's frame clock.
    sleep_until_us(now_us() + (uint64_t)(gap_ms * 1000 * (0.7 + 0.6 * rand() / (double)RAND_MAX)));
  }
  printf("end %llu %d %ld\n", (unsigned long long)now_us(), count, unseen);
}

int main(int argc, char **argv) {
  if (argc != 5) die("usage: probe FILE watch SECONDS SETTLE_MS | keys COUNT GAP_MS");
  prctl(PR_SET_TIMERSLACK, 1);
  setvbuf(stdout, 0, _IOFBF, 1 << 20);
  open_framebuffer(argv[1]);
  wait_first();
  if (!strcmp(argv[2], "watch")) watch(atof(argv[3]), atof(argv[4]));
  else keys(atoi(argv[3]), atof(argv[4]));
  return 0;
}
