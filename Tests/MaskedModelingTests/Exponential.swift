import Glibc

/// e to the power of x, for tests that compute a formula in double precision.
func exponential(_ x: Double) -> Double { Glibc.exp(x) }

/// The natural logarithm, for the same.
func logarithm(_ x: Double) -> Double { Glibc.log(x) }
