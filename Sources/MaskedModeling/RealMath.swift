import Glibc

/// The C library's functions under names that do not collide with the array functions.
enum RealMath {
  static func log(_ x: Double) -> Double { Glibc.log(x) }
  static func exp(_ x: Double) -> Double { Glibc.exp(x) }
}
