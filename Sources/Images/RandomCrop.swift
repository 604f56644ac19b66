public import Arrays
import CImageCodecs
import CKernels

extension ImageFile {
  /// How much of a JPEG's detail is decoded when a part of it gets much smaller.
  public enum Detail: Sendable {
    /// The image at full size.
    case full
    /// Half, a quarter or an eighth of its sides, as long as the part keeps twice the pixels that are
    /// wanted along both sides: the resize that follows still has its own antialiasing to do.
    case enough
  }

  /// A random part of a JPEG or PNG, resized and perhaps flipped, ready for a model.
  ///
  /// The same part as `Resampling.randomResizedCrop` takes with the same `random`; with `.full` detail
  /// the same pixels within float32 rounding. Only rows down to the part's last are read from a JPEG,
  /// only the part's columns are turned into pixels.
  ///
  /// - Parameter name: for messages.
  /// - Shapes: -> [3, height, width] float32, RGB, 0 ... 1 (overshoots of the bicubic are cut off).
  public static func randomCrop(
    _ bytes: [UInt8], name: String, height: Int, width: Int, area: ClosedRange<Double> = 0.2...1,
    detail: Detail = .enough, random: inout RandomSource
  ) throws(ImageError) -> NDArray {
    precondition(height > 0 && width > 0, "an image has pixels")
    var result = NDArray(zeros: [3, height, width])
    var outcome: Result<Void, ImageError> = .success(())
    result.withMutableElements(of: Float.self) { out in
      outcome = Result { () throws(ImageError) in
        try randomCrop(
          bytes, name: name, height: height, width: width, area: area, detail: detail,
          random: &random, into: out)
      }
    }
    try outcome.get()
    return result
  }

  /// The same into memory of 3 x height x width numbers.
  package static func randomCrop(
    _ bytes: [UInt8], name: String, height: Int, width: Int, area: ClosedRange<Double>,
    detail: Detail, random: inout RandomSource, into out: UnsafeMutableBufferPointer<Float>
  ) throws(ImageError) {
    let size = try size(of: bytes, name: name)
    let format = try Format(of: bytes, name: name)
    let isFlipped = random.uniform() < 0.5
    let part = Part.random(height: size.height, width: size.width, area: area, random: &random)
    let scale = format == .png || detail == .full ? 8 : part.leastScale(height, width)
    let down = Taps(
      .bicubic, source: (size.height * scale + 7) / 8, start: Double(part.top * scale) / 8,
      length: Double(part.height * scale) / 8, target: height)
    let across = Taps(
      .bicubic, source: (size.width * scale + 7) / 8, start: Double(part.left * scale) / 8,
      length: Double(part.width * scale) / 8, target: width)
    var decoded = ccv_part()
    (decoded.top, decoded.height) = (Int32(down.used.lowerBound), Int32(down.used.count))
    (decoded.left, decoded.width) = (Int32(across.used.lowerBound), Int32(across.used.count))
    switch format {
    case .jpeg: ccv_jpeg_decode_part(bytes, bytes.count, Int32(scale), &decoded)
    case .png: ccv_png_decode_part(bytes, bytes.count, &decoded)
    }
    defer { ccv_image_free(&decoded.image) }
    guard decoded.image.pixels != nil else {
      throw .damaged(
        path: name, format: format.rawValue, reason: text(of: &decoded.image.problem))
    }
    mix(decoded, down, isFlipped ? across.mirrored() : across, into: out)
  }

  /// Rows of bytes into a line of floats, the line into a row of each plane, 0 ... 1.
  private static func mix(
    _ part: ccv_part, _ down: Taps, _ across: Taps, into out: UnsafeMutableBufferPointer<Float>
  ) {
    guard let pixels = part.image.pixels, let out = out.baseAddress else { return }
    let stride = 4 * Int(part.image.width)
    let (taps, weights) = across.weightsInFours()
    let starts = across.starts.map { Int32($0) - part.first_column }
    let (height, width) = (down.starts.count, across.starts.count)
    // Weights of zero may reach beyond the last column by three pixels of four numbers.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: stride + 12) { line in
      guard let line = line.baseAddress else { return }
      line.initialize(repeating: 0, count: stride + 12)
      down.weights.withUnsafeBufferPointer { rowWeights in
        guard let rowWeights = rowWeights.baseAddress else { return }
        for y in 0..<height {
          let row = out + y * width
          kernels.mix_byte_rows(
            Int64(stride), Int64(down.countOfWeighty(y)), rowWeights + y * down.count,
            pixels + (down.starts[y] - Int(part.top)) * stride, Int64(stride), line)
          kernels.mix_pixels(
            Int64(width), Int64(taps), starts, weights, 1 / 255, line,
            row, row + height * width, row + 2 * height * width)
        }
      }
    }
  }
}

extension Part {
  /// Eighths at which a JPEG may be decoded: see `ImageFile.Detail.enough`.
  func leastScale(_ wantedHeight: Int, _ wantedWidth: Int) -> Int {
    var scale = 8
    while scale > 1, height * scale / 16 >= 2 * wantedHeight, width * scale / 16 >= 2 * wantedWidth
    {
      scale /= 2
    }
    return scale
  }
}
