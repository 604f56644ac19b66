#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "CImageCodecs.h"

typedef struct {
  const uint8_t *bytes;
  size_t count, at;
} source;

static void read_bytes(png_structp png, png_bytep target, png_size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->count - from->at) png_error(png, "the data ends too early");
  memcpy(target, from->bytes + from->at, count);
  from->at += count;
}

static void keep_problem(png_structp png, png_const_charp text) {
  snprintf(png_get_error_ptr(png), 160, "%.150s", text);
  png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

// Widths, heights and chunks that no image needs are refused before anything is allocated for them.
static void begin(png_structp png, png_infop info, source *from, ccv_image *image) {
  png_set_user_limits(png, 1 << 20, 1 << 20);
  png_set_read_fn(png, from, read_bytes);
  png_read_info(png, info);
  const long long width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  if (width * height > CCV_IMAGE_PIXELS_MAX) {
    char text[120];
    snprintf(text, sizeof text, "%lld x %lld pixels are more than the limit of %lld; scale it down first", width, height,
             CCV_IMAGE_PIXELS_MAX);
    png_error(png, text);
  }
  image->width = (int)width;
  image->height = (int)height;
}

// RGBA to RGB in place. libpng's own background is off at 16 bits and brings gamma into play.
static void lay_over_white(uint8_t *pixels, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const int alpha = pixels[4 * i + 3], white = 255 * (255 - alpha) + 127;
    for (int c = 0; c < 3; c++)
      pixels[3 * i + c] = (uint8_t)((pixels[4 * i + c] * alpha + white) / 255);
  }
}

static void read_pixels(png_structp png, png_infop info, png_bytep *volatile *rows, ccv_image *image) {
  const int has_alpha = (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) ||
                        png_get_valid(png, info, PNG_INFO_tRNS);
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  const size_t width = (size_t)image->width, height = (size_t)image->height;
  const size_t stride = png_get_rowbytes(png, info);
  if (stride != width * (has_alpha ? 4 : 3)) png_error(png, "an unusual kind of colour");
  image->pixels = malloc(stride * height);
  *rows = malloc(sizeof(png_bytep) * height);
  if (!image->pixels || !*rows) png_error(png, "no memory for its pixels");
  for (size_t y = 0; y < height; y++) (*rows)[y] = image->pixels + y * stride;
  png_read_image(png, *rows);
  png_read_end(png, NULL);
  if (has_alpha) lay_over_white(image->pixels, width * height);
}

static void decode(const uint8_t *bytes, size_t count, int header_only, ccv_image *image) {
  memset(image, 0, sizeof *image);
  source from = {bytes, count, 0};
  // Written between setjmp and a jump back: only memory that a register cannot shadow keeps it.
  png_bytep *volatile rows = NULL;
  png_infop info = NULL;
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, image->problem, keep_problem, ignore_warning);
  if (png) info = png_create_info_struct(png);
  if (!info) {
    snprintf(image->problem, sizeof image->problem, "no memory");
    png_destroy_read_struct(&png, NULL, NULL);
    return;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    free(rows);
    free(image->pixels);
    image->pixels = NULL;
    return;
  }
  begin(png, info, &from, image);
  if (!header_only) read_pixels(png, info, &rows, image);
  png_destroy_read_struct(&png, &info, NULL);
  free(rows);
}

void ccv_png_decode(const uint8_t *bytes, size_t count, ccv_image *image) {
  decode(bytes, count, 0, image);
}

void ccv_png_decode_part(const uint8_t *bytes, size_t count, ccv_part *part) {
  ccv_image whole, *image = &part->image;
  decode(bytes, count, 0, &whole);
  *image = whole;
  image->pixels = NULL;
  if (!whole.pixels) return;
  image->width = part->width;
  image->height = part->height;
  part->first_column = part->left;
  if (ccv_part_lies_within(part, whole.width, whole.height)) {
    const size_t width = (size_t)part->width, height = (size_t)part->height;
    image->pixels = malloc(width * height * 4);
    if (!image->pixels) snprintf(image->problem, sizeof image->problem, "no memory for its pixels");
    for (size_t y = 0; image->pixels && y < height; y++) {
      const size_t row = (size_t)part->top + y;
      const uint8_t *rgb = whole.pixels + (row * (size_t)whole.width + (size_t)part->left) * 3;
      uint8_t *out = image->pixels + y * width * 4;
      for (size_t x = 0; x < width; x++, rgb += 3, out += 4) memcpy(out, rgb, 3), out[3] = 0;
    }
  }
  ccv_image_free(&whole);
}

void ccv_png_size(const uint8_t *bytes, size_t count, ccv_image *image) {
  decode(bytes, count, 1, image);
}

static void grow(png_structp png, png_bytep bytes, png_size_t count) {
  ccv_encoded *result = png_get_io_ptr(png);
  uint8_t *bigger = realloc(result->bytes, result->count + count);
  if (!bigger) png_error(png, "no memory");
  memcpy(bigger + result->count, bytes, count);
  result->bytes = bigger;
  result->count += count;
}

static void flush(png_structp png) { (void)png; }

void ccv_png_encode(const uint8_t *pixels, int width, int height, ccv_encoded *result) {
  memset(result, 0, sizeof *result);
  png_infop info = NULL;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, result->problem, keep_problem, ignore_warning);
  if (png) info = png_create_info_struct(png);
  if (!info) {
    snprintf(result->problem, sizeof result->problem, "no memory");
    png_destroy_write_struct(&png, NULL);
    return;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(result->bytes);
    result->bytes = NULL;
    return;
  }
  png_set_write_fn(png, result, grow, flush);
  png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (int y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * (size_t)width * 3);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
}

void ccv_encoded_free(ccv_encoded *encoded) {
  free(encoded->bytes);
  encoded->bytes = NULL;
}
