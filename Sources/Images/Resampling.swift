public import Arrays
import Glibc

/// Resizing and cropping of planar images, [C, H, W], uint8 or float32.
///
/// Results are float32 in the same units (0 ... 255 from uint8). Bicubic weights are negative in
/// places, so results overshoot the range by a few percent at edges; who needs bytes rounds and clamps.
public enum Resampling {
  /// How a pixel is mixed from its neighbours.
  public enum Filter: Sendable, CaseIterable {
    case nearest, bilinear, bicubic
  }

  /// A part of an image (the whole by default) and the size it gets, antialiased when it shrinks, as
  /// Pillow's `resize(size, box=)` does it: the kernel widens with the factor, takes in pixels beyond
  /// the part where the image has them, and its weights add to 1 at the borders.
  ///
  /// - Shapes: image [C, H, W] float32 or uint8 -> [C, height, width] float32 in the same units.
  /// - Accuracy: float32 sums; Pillow rounds 8-bit images to bytes after each of its two passes.
  /// - Source: Keys 1981 for the cubic.
  public static func resized(
    _ image: NDArray, top: Double = 0, left: Double = 0, cropHeight: Double? = nil,
    cropWidth: Double? = nil, height: Int, width: Int, filter: Filter = .bicubic
  ) -> NDArray {
    precondition(image.rank == 3, "an image is channels x height x width")
    precondition(
      image.shape[1] > 0 && image.shape[2] > 0 && height > 0 && width > 0, "an image has pixels")
    let down = Taps(
      filter, source: image.shape[1], start: top,
      length: cropHeight ?? Double(image.shape[1]), target: height)
    let across = Taps(
      filter, source: image.shape[2], start: left,
      length: cropWidth ?? Double(image.shape[2]), target: width)
    if image.elementType == .uint8 {
      return image.withElements(of: UInt8.self) { resample($0, image.shape, down, across) }
    }
    return image.converted(to: .float32).withElements(of: Float.self) {
      resample($0, image.shape, down, across)
    }
  }

  /// The shorter side brought to `size`, then the middle size x size.
  public static func centerCrop(_ image: NDArray, size: Int) -> NDArray {
    let (height, width) = (Double(image.shape[1]), Double(image.shape[2]))
    if image.shape[1] == size, image.shape[2] == size { return image.converted(to: .float32) }
    let side = min(height, width)
    return resized(
      image, top: (height - side) / 2, left: (width - side) / 2, cropHeight: side,
      cropWidth: side, height: size, width: size)
  }

  /// A random part brought to size x size: a share `area` of the image, width over height
  /// log-uniform in 3/4 ... 4/3; after ten misses the largest middle part within those. Then flipped
  /// left to right at 50 %.
  ///
  /// - Source: Szegedy et al. 2015, as torchvision's `RandomResizedCrop` draws it.
  public static func randomResizedCrop(
    _ image: NDArray, size: Int, area: ClosedRange<Double> = 0.2...1, random: inout RandomSource
  ) -> NDArray {
    randomResizedCrop(image, height: size, width: size, area: area, random: &random)
  }

  /// The same with sides of their own.
  public static func randomResizedCrop(
    _ image: NDArray, height: Int, width: Int, area: ClosedRange<Double> = 0.2...1,
    random: inout RandomSource
  ) -> NDArray {
    let isFlipped = random.uniform() < 0.5
    let part = Part.random(
      height: image.shape[1], width: image.shape[2], area: area, random: &random)
    let crop = resized(
      image, top: Double(part.top), left: Double(part.left), cropHeight: Double(part.height),
      cropWidth: Double(part.width), height: height, width: width)
    return isFlipped ? flipped(crop) : crop
  }

  /// Left to right; float32 or uint8.
  public static func flipped(_ image: NDArray) -> NDArray {
    func reversed<T: ArrayElement>(_: T.Type) -> NDArray {
      var result = image
      let columns = image.shape[image.rank - 1]
      result.withMutableElements(of: T.self) { values in
        for row in 0..<(values.count / max(1, columns)) {
          values[(row * columns)..<((row + 1) * columns)].reverse()
        }
      }
      return result
    }
    return image.elementType == .uint8 ? reversed(UInt8.self) : reversed(Float.self)
  }

  /// Down first: it runs along rows, many pixels at once, and leaves less for the pass across.
  private static func resample<T: Pixel>(
    _ source: UnsafeBufferPointer<T>, _ shape: Shape, _ down: Taps, _ across: Taps
  ) -> NDArray {
    let (channels, rows, columns) = (shape[0], shape[1], shape[2])
    let (height, width) = (down.starts.count, across.starts.count)
    var line = [Float](repeating: 0, count: columns)
    var result = NDArray(zeros: [channels, height, width])
    result.withMutableElements(of: Float.self) { output in
      line.withUnsafeMutableBufferPointer { line in
        for channel in 0..<channels {
          for y in 0..<height {
            down.mixRows(source, from: channel * rows * columns, columns, across.used, y, line)
            across.mixColumns(line, into: output, at: (channel * height + y) * width)
          }
        }
      }
    }
    return result
  }
}

/// A rectangle of an image.
struct Part: Equatable {
  var top: Int, left: Int, height: Int, width: Int

  static func random(
    height: Int, width: Int, area: ClosedRange<Double>, random: inout RandomSource
  ) -> Part {
    let logarithm = Glibc.log(4.0 / 3)
    for _ in 0..<10 {
      let pixels = Double(height * width) * random.uniform(in: area)
      let ratio = Glibc.exp(random.uniform(in: -logarithm...logarithm))
      let w = Int((pixels * ratio).squareRoot().rounded())
      let h = Int((pixels / ratio).squareRoot().rounded())
      guard w > 0, h > 0, w <= width, h <= height else { continue }
      return Part(
        top: random.integer(below: height - h + 1), left: random.integer(below: width - w + 1),
        height: h, width: w)
    }
    let w = min(width, max(1, Int((Double(height) * 4 / 3).rounded())))
    let h = min(height, max(1, Int((Double(width) * 4 / 3).rounded())))
    return Part(top: (height - h) / 2, left: (width - w) / 2, height: h, width: w)
  }
}
