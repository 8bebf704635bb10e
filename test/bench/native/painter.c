// painter WORKLOAD FPS TEXT LOG: draws a workload on $DISPLAY until SIGTERM, a frame counter in a barcode with it.
// WORKLOAD: scroll | drag | full | typing. TEXT: a file with the text to scroll.
// LOG receives "P <frame> <us>" for each frame once the X server has it in its framebuffer, "K <key> <us>" for each key.
// Prints "ready" once the first frame is painted.
#define _GNU_SOURCE
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include "barcode.h"
#include "clock.h"
#include "photo.h"

enum { LINE_PX = 18, TEXT_COLUMNS = 4, SCROLL_LINES = 3, DRAG_WIDTH = 600, DRAG_HEIGHT = 400, PAN_PX = 11, PAN_STEPS = 48, TILE_PX = 96 };

static Display *dpy;
static Window window, dragged;
static GC gc;
static int width, height, stage_height, key_count;
static XShmSegmentInfo segment;
static XImage *photo;
static char **lines;
static Pixmap *drawn;
static size_t line_count, next_line;
static volatile sig_atomic_t stopped;
static FILE *painted;

static void die(const char *why) {
  fprintf(stderr, "painter: %s\n", why);
  exit(1);
}

static void draw_code(uint32_t value, uint8_t salt, int y) {
  static uint32_t pixels[CODE_CELL_PX][CODE_CELLS * CODE_CELL_PX];
  uint64_t bits = code_bits(value, salt);
  for (int row = 0; row < CODE_CELL_PX; row++)
    for (int x = 0; x < CODE_CELLS * CODE_CELL_PX; x++)
      pixels[row][x] = bits >> (CODE_CELLS - 1 - x / CODE_CELL_PX) & 1 ? 0xFFFFFF : 0;
  XImage *image = XCreateImage(dpy, DefaultVisual(dpy, DefaultScreen(dpy)), 24, ZPixmap, 0, (char *)pixels,
                               CODE_CELLS * CODE_CELL_PX, CODE_CELL_PX, 32, 0);
  // One request, so that no update of the server can catch half a code.
  XPutImage(dpy, window, gc, image, 0, 0, CODE_X, stage_height + y, CODE_CELLS * CODE_CELL_PX, CODE_CELL_PX);
  image->data = 0;
  XDestroyImage(image);
}

// ---- text
static void read_text(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) die("cannot read the text");
  char line[400];
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    lines = realloc(lines, (line_count + 1) * sizeof *lines);
    lines[line_count++] = strdup(line);
  }
  fclose(file);
  if (!line_count) die("the text is empty");
}

// Core fonts have hard edges; desktops smooth theirs, each colour a third of a pixel apart, and that is what costs an
// encoder. Five taps, as FreeType's LCD filter has them.
static void smooth(XImage *image) {
  static const int taps[] = {8, 77, 86, 77, 8};
  uint32_t *row = malloc((size_t)image->width * sizeof *row);
  for (int y = 0; y < image->height; y++) {
    uint32_t *pixels = (uint32_t *)(image->data + (long)y * image->bytes_per_line);
    memcpy(row, pixels, (size_t)image->width * sizeof *row);
    for (int x = 1; x < image->width - 1; x++) {
      pixels[x] = 0;
      for (int channel = 0; channel < 3; channel++) {
        uint32_t sum = 0;
        for (int tap = -2; tap <= 2; tap++) {
          int third = 3 * x + channel + tap;
          sum += (row[third / 3] >> (16 - 8 * channel) & 255) * (uint32_t)taps[tap + 2];
        }
        pixels[x] |= (sum >> 8) << (16 - 8 * channel);
      }
    }
  }
  free(row);
}

// All lines are drawn once, below each other in pixmaps of the server; scrolling then only copies.
static Pixmap draw_line(size_t number) {
  static const unsigned long colours[] = {0xD0D0D0, 0x8AE234, 0x729FCF, 0xFCE94F};
  Pixmap pixmap = XCreatePixmap(dpy, window, (unsigned)width, LINE_PX, 24);
  XSetForeground(dpy, gc, 0x10141A);
  XFillRectangle(dpy, pixmap, gc, 0, 0, (unsigned)width, LINE_PX);
  // Columns of source, coloured by line as a build log is, fill a wide terminal.
  for (int column = 0; column < TEXT_COLUMNS; column++) {
    const char *text = lines[(number + (size_t)(column * (int)line_count / TEXT_COLUMNS)) % line_count];
    XSetForeground(dpy, gc, colours[strlen(text) % 4]);
    XDrawString(dpy, pixmap, gc, 8 + column * width / TEXT_COLUMNS, LINE_PX - 5, text, (int)strnlen(text, 78));
  }
  XImage *image = XGetImage(dpy, pixmap, 0, 0, (unsigned)width, LINE_PX, AllPlanes, ZPixmap);
  smooth(image);
  XPutImage(dpy, pixmap, gc, image, 0, 0, 0, 0, (unsigned)width, LINE_PX);
  XDestroyImage(image);
  return pixmap;
}

static void show_lines(int from_row) {
  for (int row = from_row; row < stage_height / LINE_PX; row++, next_line++)
    XCopyArea(dpy, drawn[next_line % line_count], window, gc, 0, 0, (unsigned)width, LINE_PX, 0, row * LINE_PX);
}

static void fill_text(void) {
  drawn = malloc(line_count * sizeof *drawn);
  for (size_t i = 0; i < line_count; i++) drawn[i] = draw_line(i);
  show_lines(0);
}

static void scroll_text(void) {
  int rows = stage_height / LINE_PX, moved = SCROLL_LINES * LINE_PX;
  XCopyArea(dpy, window, window, gc, 0, moved, (unsigned)width, (unsigned)(rows * LINE_PX - moved), 0, 0);
  show_lines(rows - SCROLL_LINES);
}

// ---- pictures
static void make_photo(int w, int h) {
  photo = XShmCreateImage(dpy, DefaultVisual(dpy, DefaultScreen(dpy)), 24, ZPixmap, 0, &segment, (unsigned)w, (unsigned)h);
  if (!photo) die("the X server has no shared memory");
  // For everybody: the X server of a desk of xrdp's is another user's.
  segment.shmid = shmget(IPC_PRIVATE, (size_t)photo->bytes_per_line * (size_t)h, IPC_CREAT | 0666);
  segment.shmaddr = photo->data = shmat(segment.shmid, 0, 0);
  XShmAttach(dpy, &segment);
  XSync(dpy, 0);
  shmctl(segment.shmid, IPC_RMID, 0);  // goes with the last process that has it
  paint_photo((uint32_t *)photo->data, w, h, photo->bytes_per_line / 4);
}

static Pixmap photo_pixmap(int w, int h) {
  Pixmap pixmap = XCreatePixmap(dpy, window, (unsigned)w, (unsigned)h, 24);
  XShmPutImage(dpy, pixmap, gc, photo, 0, 0, 0, 0, (unsigned)w, (unsigned)h, 0);
  return pixmap;
}

static Pixmap desktop_tile(void) {
  Pixmap tile = XCreatePixmap(dpy, window, TILE_PX, TILE_PX, 24);
  for (int y = 0; y < TILE_PX; y++) {
    XSetForeground(dpy, gc, 0x203848u + (unsigned)y * 0x000101u);
    XDrawLine(dpy, tile, gc, 0, y, TILE_PX, y);
  }
  XSetForeground(dpy, gc, 0x6F8FA8);
  for (int at = -TILE_PX; at < TILE_PX; at += TILE_PX / 4) XDrawLine(dpy, tile, gc, at, 0, at + TILE_PX, TILE_PX);
  XSetForeground(dpy, gc, 0xB8C8D8);
  XDrawArc(dpy, tile, gc, 20, 20, 56, 56, 0, 360 * 64);
  return tile;
}

static void drag_window(uint32_t frame) {
  double t = frame / 60.0;
  int x = (int)((width - DRAG_WIDTH) * (0.5 + 0.48 * sin(t * 1.1)));
  int y = (int)((stage_height - DRAG_HEIGHT) * (0.5 + 0.48 * sin(t * 1.7)));
  XMoveWindow(dpy, dragged, x, y);
}

static void pan_photo(uint32_t frame) {
  int step = (int)(frame % (2 * PAN_STEPS));
  int x = PAN_PX * (step < PAN_STEPS ? step : 2 * PAN_STEPS - step);
  XShmPutImage(dpy, window, gc, photo, x, 0, 0, 0, (unsigned)width, (unsigned)stage_height, 0);
}

// ---- keys
static void on_key(void) {
  fprintf(painted, "K %d %llu\n", key_count + 1, (unsigned long long)now_us());
  static const char glyphs[] = "abcdefghijklmnopqrstuvwxyz";
  XSetForeground(dpy, gc, 0xFFFFFF);
  XDrawString(dpy, window, gc, 100 + key_count % 200 * 6, 120, &glyphs[key_count % 26], 1);
  draw_code((uint32_t)++key_count, INPUT_SALT, INPUT_CODE_Y);
  XFlush(dpy);
}

static void wait_until(uint64_t due) {
  for (;;) {
    while (XPending(dpy)) {
      XEvent event;
      XNextEvent(dpy, &event);
      if (event.type == KeyPress) on_key();
    }
    uint64_t now = now_us();
    if (stopped || now >= due) return;
    uint64_t left = due - now;
    struct pollfd fd = {ConnectionNumber(dpy), POLLIN, 0};
    struct timespec limit = {(time_t)(left / 1000000), (long)(left % 1000000) * 1000};
    ppoll(&fd, 1, &limit, 0);
  }
}

static void open_window(void) {
  dpy = XOpenDisplay(0);
  if (!dpy) die("no display");
  width = DisplayWidth(dpy, DefaultScreen(dpy));
  height = DisplayHeight(dpy, DefaultScreen(dpy));
  stage_height = height - STRIP_HEIGHT;
  XSetWindowAttributes set = {.override_redirect = 1, .background_pixel = 0, .event_mask = KeyPressMask};
  window = XCreateWindow(dpy, DefaultRootWindow(dpy), 0, 0, (unsigned)width, (unsigned)height, 0, 24, InputOutput,
                         DefaultVisual(dpy, DefaultScreen(dpy)), CWOverrideRedirect | CWBackPixel | CWEventMask, &set);
  gc = XCreateGC(dpy, window, GCGraphicsExposures, &(XGCValues){.graphics_exposures = 0});
  XFontStruct *font = XLoadQueryFont(dpy, "fixed");
  if (font) XSetFont(dpy, gc, font->fid);
  XMapRaised(dpy, window);
  XSync(dpy, 0);
  XSetInputFocus(dpy, window, RevertToPointerRoot, CurrentTime);
}

static void set_stage(const char *workload) {
  if (!strcmp(workload, "full")) {
    make_photo(width + PAN_PX * PAN_STEPS, stage_height);
  } else if (!strcmp(workload, "drag")) {
    make_photo(DRAG_WIDTH, DRAG_HEIGHT);
    dragged = XCreateSimpleWindow(dpy, window, 0, 0, DRAG_WIDTH, DRAG_HEIGHT, 0, 0, 0);
    XSetWindowBackgroundPixmap(dpy, dragged, photo_pixmap(DRAG_WIDTH, DRAG_HEIGHT));
    XSetWindowBackgroundPixmap(dpy, window, desktop_tile());
    XClearArea(dpy, window, 0, 0, (unsigned)width, (unsigned)stage_height, 0);
    XMapWindow(dpy, dragged);
  } else {
    fill_text();
  }
  draw_code(0, INPUT_SALT, INPUT_CODE_Y);
  draw_code(0, FRAME_SALT, FRAME_CODE_Y);
  XSync(dpy, 0);
}

static void stop(int signal) { stopped = signal; }

int main(int argc, char **argv) {
  if (argc != 5) die("usage: painter scroll|drag|full|typing FPS TEXT LOG");
  prctl(PR_SET_TIMERSLACK, 1);
  signal(SIGTERM, stop);
  painted = fopen(argv[4], "w");
  if (!painted) die("cannot write the log");
  const char *workload = argv[1];
  uint64_t period = (uint64_t)(1e6 / atof(argv[2]));
  read_text(argv[3]);
  open_window();
  set_stage(workload);
  puts("ready");
  fflush(stdout);
  int moving = strcmp(workload, "typing");
  uint64_t due = now_us();
  for (uint32_t frame = 1; !stopped; frame++) {
    due += period;
    // A server that cannot keep up gets fewer frames, not a burst afterwards.
    if (due + period < now_us()) due = now_us();
    wait_until(due);
    if (stopped) break;
    if (!moving) continue;
    if (!strcmp(workload, "scroll")) scroll_text();
    else if (!strcmp(workload, "drag")) drag_window(frame);
    else pan_photo(frame);
    draw_code(frame, FRAME_SALT, FRAME_CODE_Y);
    XSync(dpy, 0);
    fprintf(painted, "P %u %llu\n", frame, (unsigned long long)now_us());
  }
  fclose(painted);
  XCloseDisplay(dpy);
  return 0;
}
