import CKernels
import Testing

/// Layer normalisation and its pullback in double precision.
private struct NormReference {
  let mean, rstd: Double
  let normalized: [Double]

  init(_ row: [Double], epsilon: Double) {
    let count = Double(row.count)
    let mean = row.reduce(0, +) / count
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let rstd = 1 / (variance + epsilon).squareRoot()
    (self.mean, self.rstd) = (mean, rstd)
    normalized = row.map { ($0 - mean) * rstd }
  }

  func pullback(_ slope: [Double]) -> [Double] {
    let count = Double(slope.count)
    let shift = slope.reduce(0, +) / count
    let along = zip(slope, normalized).reduce(0) { $0 + $1.0 * $1.1 } / count
    return zip(slope, normalized).map { rstd * ($0 - shift - $1 * along) }
  }
}

@Suite struct NormTests {
  private let rowCount = 3

  @Test("layer norm has the double reference's values, mean and 1/std", arguments: Variant.all)
  func layerNorm(variant: Variant) {
    var samples = Samples(seed: 30)
    for columns in sizes where columns > 1 {
      for hasParameters in [true, false] {
        let input = samples.floats(rowCount * columns)
        let (gains, shifts) = (samples.floats(columns), samples.floats(columns))
        let (x, scale, offset) = (GuardedBuffer(input), GuardedBuffer(gains), GuardedBuffer(shifts))
        let y = GuardedBuffer<Float>(repeating: 7, count: input.count)
        let (mean, rstd) = (GuardedBuffer<Float>([7, 7, 7]), GuardedBuffer<Float>([7, 7, 7]))
        variant.kernels.layer_norm(
          Int64(rowCount), Int64(columns), 1e-6, x.pointer, hasParameters ? scale.pointer : nil,
          hasParameters ? offset.pointer : nil, y.pointer, mean.pointer, rstd.pointer)
        let references = references(input, columns)
        let relative = relativeError(columns)
        expectClose(
          mean.values, references.map(\.mean), within: { _ in gamma(columns + 2) * 2 }, "mean")
        expectClose(
          rstd.values, references.map(\.rstd), within: { relative * references[$0].rstd }, "rstd")
        let wanted = input.indices.map { index in
          let value = references[index / columns].normalized[index % columns]
          let column = index % columns
          return hasParameters ? value * Double(gains[column]) + Double(shifts[column]) : value
        }
        expectClose(
          y.values, wanted,
          within: {
            let reference = references[$0 / columns]
            let gain = hasParameters ? abs(Double(gains[$0 % columns])) : 1
            // The mean's error (values below 2) shifts every element; the rest is relative.
            return gain * reference.rstd * 2 * gamma(columns + 4)
              + gain * relative * abs(reference.normalized[$0 % columns]) + 4 * unit
          }, "layer norm of \(columns)")
      }
    }
  }

  /// Of 1/std: half of the variance's, whose terms see the rounding of the mean twice; with random
  /// values below 2 the variance of two or more is not smaller than the mean's error by far.
  private func relativeError(_ columns: Int) -> Double { 4 * gamma(columns + 8) }

  private func references(_ input: [Float], _ columns: Int) -> [NormReference] {
    (0..<rowCount).map { row in
      NormReference(
        input[(row * columns)..<((row + 1) * columns)].map(Double.init),
        epsilon: Double(Float(1e-6)))
    }
  }

  @Test("a large common offset costs no accuracy beyond its own rounding", arguments: Variant.all)
  func offsetInvariance(variant: Variant) {
    // Integers: exact sums, so that a one-pass E[x^2] - E[x]^2 would fail and two passes do not.
    let input = (0..<64).map { Float(8192 + $0 % 8) }
    let x = GuardedBuffer(input)
    let y = GuardedBuffer<Float>(repeating: 7, count: 64)
    var (mean, rstd): (Float, Float) = (0, 0)
    variant.kernels.layer_norm(1, 64, 0, x.pointer, nil, nil, y.pointer, &mean, &rstd)
    #expect(mean == 8195.5)
    expectClose(
      y.values, input.map { (Double($0) - 8195.5) / 5.25.squareRoot() }, within: { _ in 8 * unit },
      "offset")
  }

  @Test("the layer norm pullback is the double reference's", arguments: Variant.all)
  func pullback(variant: Variant) {
    var samples = Samples(seed: 31)
    for columns in sizes where columns > 2 {
      for hasScale in [true, false] {
        let (input, slope) = (
          samples.floats(rowCount * columns), samples.floats(rowCount * columns)
        )
        let gains = samples.floats(columns)
        let references = references(input, columns)
        let mean = GuardedBuffer(references.map { Float($0.mean) })
        let rstd = GuardedBuffer(references.map { Float($0.rstd) })
        let (x, dy, scale) = (GuardedBuffer(input), GuardedBuffer(slope), GuardedBuffer(gains))
        let dscale = GuardedBuffer<Float>(repeating: 1, count: columns)
        let doffset = GuardedBuffer<Float>(repeating: -1, count: columns)
        variant.kernels.layer_norm_pullback(
          Int64(rowCount), Int64(columns), x.pointer, hasScale ? scale.pointer : nil, mean.pointer,
          rstd.pointer, dy.pointer, false, dy.pointer, dscale.pointer, doffset.pointer)
        // Added to the same with the sign turned, nothing is left: the terms are the same.
        let again = GuardedBuffer(slope), rest = GuardedBuffer(dy.values.map { -$0 })
        variant.kernels.layer_norm_pullback(
          Int64(rowCount), Int64(columns), x.pointer, hasScale ? scale.pointer : nil, mean.pointer,
          rstd.pointer, again.pointer, true, rest.pointer, nil, nil)
        expectClose(
          rest.values, Array(repeating: 0.0, count: input.count),
          within: { 4 * unit * abs(Double(dy.values[$0])) + 16 * unit * references[$0 / columns].rstd }, "added to, \(columns)")
        let wanted = (0..<rowCount).flatMap { row in
          references[row].pullback(
            (0..<columns).map {
              Double(slope[row * columns + $0]) * (hasScale ? Double(gains[$0]) : 1)
            })
        }
        expectClose(
          dy.values, wanted,
          within: {
            // Each of the three terms is below rstd * 4 * (1 + |n|) in size.
            let reference = references[$0 / columns]
            let size = reference.rstd * 4 * (1 + abs(reference.normalized[$0 % columns]))
            return size * (gamma(columns + 8) + 8 * unit * (1 + 2 * reference.rstd))
          }, "dx of \(columns)")
        let products = (0..<columns).map { column in
          (0..<rowCount).map {
            Double(slope[$0 * columns + column]) * references[$0].normalized[column]
          }
        }
        expectClose(
          dscale.values, products.map { 1 + $0.reduce(0, +) },
          within: { column in
            (0..<rowCount).reduce(4 * unit) {
              $0 + 2 * 8 * unit * (abs(products[column][$1]) + 2 * references[$1].rstd)
            }
          }, "dscale of \(columns)")
        expectClose(
          doffset.values,
          (0..<columns).map { column in
            (0..<rowCount).reduce(-1) { $0 + Double(slope[$1 * columns + column]) }
          }, within: { _ in gamma(4) * 7 }, "doffset of \(columns)")
      }
    }
  }
}
