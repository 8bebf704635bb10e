// A picture that costs JPEG about what a photograph does: smooth light, texture at every scale, hard edges, colour.
// Made from a fixed seed, so that every run and every viewer gets the same pixels.
#ifndef HANARE_PHOTO_H
#define HANARE_PHOTO_H
#include <math.h>
#include <stdint.h>

static inline float lattice(int x, int y, uint32_t seed) {
  uint32_t h = (uint32_t)x * 374761393u + (uint32_t)y * 668265263u + seed * 2246822519u;
  h = (h ^ h >> 13) * 1274126177u;
  return (float)((h ^ h >> 16) & 0xFFFF) / 65535.0f;
}

static inline float value_noise(float x, float y, uint32_t seed) {
  int ix = (int)floorf(x), iy = (int)floorf(y);
  float fx = x - (float)ix, fy = y - (float)iy;
  fx = fx * fx * (3 - 2 * fx);
  fy = fy * fy * (3 - 2 * fy);
  float top = lattice(ix, iy, seed) * (1 - fx) + lattice(ix + 1, iy, seed) * fx;
  float low = lattice(ix, iy + 1, seed) * (1 - fx) + lattice(ix + 1, iy + 1, seed) * fx;
  return top * (1 - fy) + low * fy;
}

static inline uint32_t clamp8(float v) { return v < 0 ? 0 : v > 255 ? 255 : (uint32_t)v; }

// pixels: width x height of 0x00RRGGBB, rows `stride` pixels apart.
static void paint_photo(uint32_t *pixels, int width, int height, int stride) {
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      float light = 0, weight = 0.5f;
      for (int size = 256, seed = 1; size >= 2; size /= 2, seed++, weight *= 0.62f)
        light += weight * (value_noise((float)x / (float)size, (float)y / (float)size, (uint32_t)seed) - 0.5f);
      float warm = value_noise((float)x / 180.0f, (float)y / 140.0f, 21) - 0.5f;
      float green = value_noise((float)x / 90.0f, (float)y / 120.0f, 22) - 0.5f;
      // Ridges of a shaded field: hard edges, as roofs and faces have them.
      float edge = value_noise((float)x / 70.0f, (float)y / 70.0f, 23) > 0.55f ? 38.0f : 0.0f;
      float base = 118 + light * 190 + edge + 30.0f * (float)y / (float)height;
      pixels[(long)y * stride + x] =
          clamp8(base + warm * 90) << 16 | clamp8(base + green * 60) << 8 | clamp8(base - warm * 80);
    }
  }
}
#endif
