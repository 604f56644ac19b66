public import Arrays

/// Resizing and cropping of planar images, [C, H, W] float.
public enum Resampling {
  /// A part of an image and the size it gets: bicubic (a = -0.5), antialiased when it shrinks, as
  /// Pillow does it: the kernel widens with the factor and its weights add to 1 at the borders.
  ///
  /// - Shapes: image [C, H, W] float32 or uint8 -> [C, height, width] float32 in the same units.
  public static func bicubic(
    _ image: NDArray, top: Double = 0, left: Double = 0, cropHeight: Double? = nil,
    cropWidth: Double? = nil, height: Int, width: Int
  ) -> NDArray {
    precondition(image.rank == 3, "an image is channels x height x width")
    let (channels, rows, columns) = (image.shape[0], image.shape[1], image.shape[2])
    let down = Weights(
      source: rows, start: top, length: cropHeight ?? Double(rows), target: height)
    let across = Weights(
      source: columns, start: left, length: cropWidth ?? Double(columns), target: width)
    let input = image.converted(to: .float32)
    var middle = [Float](repeating: 0, count: channels * rows * width)
    var output = [Float](repeating: 0, count: channels * height * width)
    input.withElements(of: Float.self) { source in
      for line in 0..<(channels * rows) {
        let row = line % rows
        guard row >= down.firstUsed, row < down.lastUsed else { continue }
        for x in 0..<width {
          var sum: Float = 0
          let start = line * columns + across.starts[x]
          for (offset, weight) in across.weights[x].enumerated() {
            sum += weight * source[start + offset]
          }
          middle[line * width + x] = sum
        }
      }
    }
    for channel in 0..<channels {
      for y in 0..<height {
        let target = (channel * height + y) * width
        for (offset, weight) in down.weights[y].enumerated() {
          let start = (channel * rows + down.starts[y] + offset) * width
          for x in 0..<width { output[target + x] += weight * middle[start + x] }
        }
      }
    }
    return NDArray(output, shape: [channels, height, width])
  }

  /// The shorter side brought to `size`, then the middle size x size.
  public static func centerCrop(_ image: NDArray, size: Int) -> NDArray {
    let (height, width) = (Double(image.shape[1]), Double(image.shape[2]))
    if image.shape[1] == size, image.shape[2] == size { return image.converted(to: .float32) }
    let side = min(height, width)
    return bicubic(
      image, top: (height - side) / 2, left: (width - side) / 2, cropHeight: side,
      cropWidth: side, height: size, width: size)
  }

  /// A random part brought to size x size: area 20 % to 100 % of the image, width over height
  /// log-uniform in 3/4 ... 4/3; after ten misses the middle. Then flipped left to right at 50 %.
  public static func randomResizedCrop(
    _ image: NDArray, size: Int, random: inout RandomSource
  ) -> NDArray {
    let (height, width) = (image.shape[1], image.shape[2])
    let isFlipped = random.uniform() < 0.5
    var part = (top: 0, left: 0, height: height, width: width)
    var isFound = false
    for _ in 0..<10 where !isFound {
      let area = Double(height * width) * random.uniform(in: 0.2...1)
      let logarithm = 0.28768207245178085  // ln 4/3
      let ratio = Exponential.exp(random.uniform(in: -logarithm...logarithm))
      let w = Int((area * ratio).squareRoot().rounded())
      let h = Int((area / ratio).squareRoot().rounded())
      guard w > 0, h > 0, w <= width, h <= height else { continue }
      part = (
        random.integer(below: height - h + 1), random.integer(below: width - w + 1), h, w
      )
      isFound = true
    }
    if !isFound {
      let side = min(height, width)
      part = ((height - side) / 2, (width - side) / 2, side, side)
    }
    let crop = bicubic(
      image, top: Double(part.top), left: Double(part.left), cropHeight: Double(part.height),
      cropWidth: Double(part.width), height: size, width: size)
    return isFlipped ? flipped(crop) : crop
  }

  /// Left to right.
  public static func flipped(_ image: NDArray) -> NDArray {
    var result = image
    let columns = image.shape[2]
    result.withMutableElements(of: Float.self) { values in
      for row in 0..<(values.count / max(1, columns)) {
        values[(row * columns)..<((row + 1) * columns)].reverse()
      }
    }
    return result
  }
}

/// For each target position the source positions that it mixes and their weights.
private struct Weights {
  var starts: [Int] = []
  var weights: [[Float]] = []
  var firstUsed = Int.max
  var lastUsed = 0

  init(source: Int, start: Double, length: Double, target: Int) {
    let factor = length / Double(target)
    let stretch = max(1, factor)
    for position in 0..<target {
      let center = start + (Double(position) + 0.5) * factor
      let low = max(0, Int((center - 2 * stretch + 0.5).rounded(.down)))
      let high = min(source, Int((center + 2 * stretch + 0.5).rounded(.down)))
      var own = (low..<max(high, low + 1)).map {
        Self.cubic((Double($0) + 0.5 - center) / stretch)
      }
      let sum = own.reduce(0, +)
      if sum != 0 { own = own.map { $0 / sum } }
      starts.append(low)
      weights.append(own.map { Float($0) })
      firstUsed = min(firstUsed, low)
      lastUsed = max(lastUsed, low + own.count)
    }
  }

  /// Keys 1981 with a = -0.5.
  private static func cubic(_ x: Double) -> Double {
    let a = -0.5
    let t = abs(x)
    if t < 1 { return ((a + 2) * t - (a + 3)) * t * t + 1 }
    if t < 2 { return (((t - 5) * t + 8) * t - 4) * a }
    return 0
  }
}
