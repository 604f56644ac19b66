// JPEG and PNG behind plain C functions: setjmp, which Swift cannot cross, stays in here.
// No function keeps a pointer after it returns; all are safe on several threads at once.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int width, height;
  uint8_t *pixels;    // RGB, 8 bits, rows from the top; ccv_image_free
  char problem[160];  // empty when decoding went well
} ccv_image;

/// Refuse images of more pixels than this: a header can promise what memory cannot hold.
#define CCV_IMAGE_PIXELS_MAX (128LL * 1024 * 1024)
/// Refuse JPEGs of more scans than this: each costs a pass over the image, and a few bytes make one.
#define CCV_JPEG_SCANS_MAX 500

/// Decodes a JPEG (grey, YCbCr, RGB, CMYK and YCCK become RGB). Truncated data is an error. With
/// `least` > 0 the image may come smaller by a power of two, as long as both sides keep `least` pixels.
void ccv_jpeg_decode(const uint8_t *bytes, size_t count, int least, ccv_image *image);
/// Decodes a PNG (grey, palette, 16 bits become 8-bit RGB; alpha is laid over white).
void ccv_png_decode(const uint8_t *bytes, size_t count, ccv_image *image);

/// A part of an image, and its pixels: four bytes each, RGB and one that means nothing.
typedef struct {
  int top, left, height, width;  // what is wanted, in pixels of the image as it is decoded
  int first_column;              // the image's column that comes first in `image`, at most `left`
  ccv_image image;               // at least the part's columns, exactly its rows
} ccv_part;

/// Decodes a part of a JPEG, the same pixels as a decoder of the whole gives it. The file is read down
/// to the part's last row: what follows may be damaged. `scale`: 8, or 4, 2, 1 for an image decoded
/// at a half, a quarter or an eighth of its sides (rounded up).
void ccv_jpeg_decode_part(const uint8_t *bytes, size_t count, int scale, ccv_part *part);
/// The same for a PNG, which is decoded whole.
void ccv_png_decode_part(const uint8_t *bytes, size_t count, ccv_part *part);
/// Whether the part has pixels and all of them are in the image; otherwise a text in its `problem`.
int ccv_part_lies_within(ccv_part *part, int width, int height);
/// Width and height from the header, no pixels.
void ccv_jpeg_size(const uint8_t *bytes, size_t count, ccv_image *image);
void ccv_png_size(const uint8_t *bytes, size_t count, ccv_image *image);
void ccv_image_free(ccv_image *image);

typedef struct {
  uint8_t *bytes;
  size_t count;
  char problem[160];
} ccv_encoded;

/// Encodes RGB pixels, 8 bits, rows from the top.
void ccv_png_encode(const uint8_t *pixels, int width, int height, ccv_encoded *result);
/// The same as a JPEG of quality 1 to 100, colours at full resolution from 90 up.
void ccv_jpeg_encode(
    const uint8_t *pixels, int width, int height, int quality, ccv_encoded *result);
void ccv_encoded_free(ccv_encoded *encoded);
