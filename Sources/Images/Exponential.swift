import Glibc

/// The C library's exponential, apart from files that use `exp` for other things.
enum Exponential {
  static func exp(_ x: Double) -> Double { Glibc.exp(x) }
}
