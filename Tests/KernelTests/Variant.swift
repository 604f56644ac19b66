import CKernels
import Testing

/// A kernel table that this CPU can run; every numeric test runs on each.
struct Variant: Sendable, CustomTestStringConvertible {
  let index: Int32
  let name: String

  static let all: [Variant] = (0..<ccv_kernels_count()).compactMap { index in
    ccv_kernels_at(index).map { Variant(index: index, name: String(cString: $0.pointee.name)) }
  }

  var kernels: ccv_kernels {
    guard let table = ccv_kernels_at(index) else { preconditionFailure("no variant \(index)") }
    return table.pointee
  }

  var testDescription: String { name }
}

/// Around every lane count and unrolling there is, and primes.
let sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 61, 64, 65, 127, 131, 257, 1031]

/// What arithmetic treats specially.
let specials: [Float] = [
  0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
  .leastNormalMagnitude, -.leastNormalMagnitude / 2, .greatestFiniteMagnitude,
  -.greatestFiniteMagnitude, .ulpOfOne, 0.5, -0.5, 88.7, -88.7, -104, 1e-20, -1e20,
]

/// Half the spacing of floats at 1: the largest relative error of one rounding.
let unit = 0x1p-24

/// The relative error of `count` additions one after another (Higham 2002, lemma 3.1).
func gamma(_ count: Int) -> Double {
  Double(count) * unit / (1 - Double(count) * unit)
}

/// Reproducible test values (SplitMix64; Steele, Lea and Flood 2014).
struct Samples {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func float(_ low: Float = -2, _ high: Float = 2) -> Float {
    low + (high - low) * Float(bits() >> 40) * 0x1p-24
  }

  mutating func floats(_ count: Int, _ low: Float = -2, _ high: Float = 2) -> [Float] {
    (0..<count).map { _ in float(low, high) }
  }

  mutating func index(below bound: Int) -> Int { Int(bits() % UInt64(bound)) }
}
