import Arrays

/// The first row of the last axis that holds NaN or infinity; nil when every number is finite.
func firstRowNotFinite(_ x: NDArray) -> Int? {
  let (rows, width) = x.shape.rowsAndColumns
  // In double precision the squares of finite floats never overflow: one fast pass decides.
  guard !x.sumOfSquares.isFinite else { return nil }
  return x.withElements(of: Float.self) { values in
    (0..<rows).first { row in
      !values[(row * width)..<((row + 1) * width)].allSatisfy { $0.isFinite }
    }
  }
}
