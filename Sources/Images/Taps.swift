import Arrays

/// For each target position the source positions that it mixes and their weights, equally many for
/// each, zeros where it needs fewer.
struct Taps {
  /// The first source position by target position.
  private(set) var starts: [Int] = []
  /// `count` weights for each target position.
  private(set) var weights: [Float] = []
  /// Source positions that one target position mixes.
  private(set) var count = 0
  /// Source positions that any target position mixes.
  private(set) var used = 0..<0

  init(
    _ filter: Resampling.Filter, source: Int, start: Double, length: Double, target: Int
  ) {
    let factor = length / Double(target)
    let stretch = filter == .nearest ? 1 : max(1, factor)
    let reach = filter.reach * stretch
    // Four at a time when there is room: the pass across reads vectors.
    let most = Int((2 * reach).rounded(.up)) + 1
    count = min(source, filter == .nearest ? 1 : (most + 3) / 4 * 4)
    starts.reserveCapacity(target)
    weights = [Float](repeating: 0, count: target * count)
    var exact = [Double](repeating: 0, count: count)
    for position in 0..<target {
      let center = start + (Double(position) + 0.5) * factor
      let low = min(max(0, Int((center - reach + 0.5).rounded(.down))), source - 1)
      let high = max(low + 1, min(source, Int((center + reach + 0.5).rounded(.down))))
      let first = min(low, source - count)
      starts.append(first)
      fill(position * count + low - first, high - low, &exact) {
        filter.weight((Double(low + $0) + 0.5 - center) / stretch)
      }
    }
    used = (starts.min() ?? 0)..<((starts.max() ?? 0) + count)
  }

  private mutating func fill(
    _ at: Int, _ length: Int, _ exact: inout [Double], _ weight: (Int) -> Double
  ) {
    var sum = 0.0
    for tap in 0..<length {
      exact[tap] = weight(tap)
      sum += exact[tap]
    }
    guard sum != 0 else {
      weights[at] = 1
      return
    }
    for tap in 0..<length { weights[at + tap] = Float(exact[tap] / sum) }
  }

  /// The last target position first: what they make is the mirror image.
  func mirrored() -> Taps {
    var result = self
    result.starts.reverse()
    for position in starts.indices {
      let own = position * count, mirror = (starts.count - 1 - position) * count
      result.weights.replaceSubrange(mirror..<(mirror + count), with: weights[own..<(own + count)])
    }
    return result
  }

  /// The weights of each target position, zeros at their end up to a multiple of four.
  func weightsInFours() -> (count: Int, weights: [Float]) {
    let fours = (count + 3) / 4 * 4
    if fours == count { return (count, weights) }
    var result = [Float](repeating: 0, count: starts.count * fours)
    for position in starts.indices {
      for tap in 0..<count { result[position * fours + tap] = weights[position * count + tap] }
    }
    return (fours, result)
  }

  /// Taps of a target position up to the last that weighs something.
  func countOfWeighty(_ position: Int) -> Int {
    var last = count
    while last > 1, weights[position * count + last - 1] == 0 { last -= 1 }
    return last
  }

  /// One row of the target: a weighted sum of rows of the source, over the columns that are `used`.
  func mixRows<T: Pixel>(
    _ source: UnsafeBufferPointer<T>, from origin: Int, _ columns: Int, _ used: Range<Int>,
    _ position: Int, _ line: UnsafeMutableBufferPointer<Float>
  ) {
    for x in used { line[x] = 0 }
    for tap in 0..<count {
      let weight = weights[position * count + tap]
      if weight == 0 { continue }
      let row = origin + (starts[position] + tap) * columns
      for x in used { line[x] += weight * source[row + x].number }
    }
  }

  /// One row of the target from a line of the source.
  func mixColumns(
    _ line: UnsafeMutableBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    at target: Int
  ) {
    let vectors = count / 4
    weights.withUnsafeBufferPointer { weights in
      for position in starts.indices {
        let (start, own) = (starts[position], position * count)
        var sums = SIMD4<Float>.zero
        for vector in 0..<vectors {
          sums += four(line, start + 4 * vector) * four(weights, own + 4 * vector)
        }
        var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
        for tap in (4 * vectors)..<count { sum += line[start + tap] * weights[own + tap] }
        output[target + position] = sum
      }
    }
  }

  // Safety: `index` + 3 lies within the buffer; float alignment is all that is asked.
  @inline(__always)
  private func four(_ values: UnsafeMutableBufferPointer<Float>, _ index: Int) -> SIMD4<Float> {
    four(UnsafeBufferPointer(values), index)
  }

  @inline(__always)
  private func four(_ values: UnsafeBufferPointer<Float>, _ index: Int) -> SIMD4<Float> {
    SIMD4(values[index], values[index + 1], values[index + 2], values[index + 3])
  }
}

extension Resampling.Filter {
  /// Pixels on each side that take part when nothing shrinks.
  var reach: Double {
    switch self {
    case .nearest: 0.5
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  func weight(_ x: Double) -> Double {
    let t = abs(x)
    switch self {
    case .nearest: return 1
    case .bilinear: return max(0, 1 - t)
    case .bicubic:
      let a = -0.5
      if t < 1 { return ((a + 2) * t - (a + 3)) * t * t + 1 }
      if t < 2 { return (((t - 5) * t + 8) * t - 4) * a }
      return 0
    }
  }
}

/// What can be read as a pixel.
protocol Pixel: ArrayElement {
  var number: Float { get }
}

extension UInt8: Pixel {
  var number: Float { Float(self) }
}

extension Float: Pixel {
  var number: Float { self }
}
