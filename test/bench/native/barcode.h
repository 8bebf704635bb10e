// The barcode that painter.c draws and probe.c reads; test/bench/barcode.ts describes the same format.
// 40 cells in a row, white = 1, most significant bit first: marker 0xAC, a 24-bit value, a checksum of the value.
// The checksum is salted per channel, so that a probe never takes one code for the other.
#ifndef HANARE_BARCODE_H
#define HANARE_BARCODE_H
#include <stdint.h>

enum { CODE_CELLS = 40, CODE_CELL_PX = 16, CODE_MARKER = 0xAC };
// The strip at the bottom of the desk that holds both codes; nothing else is ever painted there.
enum { STRIP_HEIGHT = 64, CODE_X = 64, FRAME_CODE_Y = 8, INPUT_CODE_Y = 40 };
enum { FRAME_SALT = 0x5A, INPUT_SALT = 0xA5 };

static inline uint64_t code_bits(uint32_t value, uint8_t salt) {
  value &= 0xFFFFFF;
  uint8_t check = (uint8_t)(value ^ value >> 8 ^ value >> 16 ^ salt);
  return (uint64_t)CODE_MARKER << 32 | (uint64_t)value << 8 | check;
}

// The value, or -1 when the marker or the checksum is wrong.
static inline int32_t code_value(uint64_t bits, uint8_t salt) {
  uint32_t value = (uint32_t)(bits >> 8) & 0xFFFFFF;
  return bits == code_bits(value, salt) ? (int32_t)value : -1;
}
#endif
