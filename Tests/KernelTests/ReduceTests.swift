import CKernels
import Testing

@Suite struct ReduceTests {
  @Test("row sums are within gamma of n of the exact sum", arguments: Variant.all)
  func rowSums(variant: Variant) {
    var samples = Samples(seed: 10)
    for columns in sizes {
      for rows in [0, 1, 3] {
        let input = samples.floats(rows * columns)
        let x = GuardedBuffer(input)
        let y = GuardedBuffer<Float>(repeating: 7, count: rows)
        variant.kernels.reduce_rows(CCV_SUM, Int64(rows), Int64(columns), x.pointer, y.pointer)
        let terms = (0..<rows).map { input[($0 * columns)..<(($0 + 1) * columns)].map(Double.init) }
        expectClose(
          y.values, terms.map { $0.reduce(0, +) },
          within: { gamma(columns) * terms[$0].reduce(0) { $0 + abs($1) } },
          "sums of \(rows) rows of \(columns)")
      }
    }
  }

  @Test("a long row's error grows with n over the partial sums, not with n", arguments: Variant.all)
  func longRow(variant: Variant) {
    // 0.1 has a rounding error that a single running sum would carry along: 2^20 of them give about
    // 100,958 in sequence, 104,857.6 when exact.
    let count = 1 << 20
    let x = GuardedBuffer<Float>(repeating: 0.1, count: count)
    var sum: Float = 0
    variant.kernels.reduce_rows(CCV_SUM, 1, Int64(count), x.pointer, &sum)
    let exact = Double(count) * Double(Float(0.1))
    let ways = 4 * Int(variant.kernels.lanes)
    #expect(abs(Double(sum) - exact) <= gamma(count / ways + 8) * exact)
  }

  @Test("extremes of rows and columns are exact; NaN wins", arguments: Variant.all)
  func extremes(variant: Variant) {
    var samples = Samples(seed: 11)
    for columns in sizes {
      for rows in [0, 1, 5] {
        var input = samples.floats(rows * columns)
        if rows == 5, columns > 2 {
          input[columns + samples.index(below: columns)] = .nan
          input[2 * columns + samples.index(below: columns)] = .infinity
          input[3 * columns + samples.index(below: columns)] = -.infinity
          for column in 0..<columns { input[4 * columns + column] = -.infinity }
        }
        checkExtremes(variant, rows, columns, input)
      }
    }
  }

  private func checkExtremes(_ variant: Variant, _ rows: Int, _ columns: Int, _ input: [Float]) {
    let x = GuardedBuffer(input)
    let (n, m) = (Int64(rows), Int64(columns))
    for (code, start, better) in [
      (CCV_MAX, -Float.infinity, { $0 > $1 } as (Float, Float) -> Bool),
      (CCV_MIN, Float.infinity, { $0 < $1 }),
    ] {
      func pick(_ a: Float, _ b: Float) -> Float {
        a.isNaN || b.isNaN ? .nan : better(b, a) ? b : a
      }
      let ofRows = GuardedBuffer<Float>(repeating: 7, count: rows)
      variant.kernels.reduce_rows(code, n, m, x.pointer, ofRows.pointer)
      expectIdentical(
        ofRows.values,
        (0..<rows).map { input[($0 * columns)..<(($0 + 1) * columns)].reduce(start, pick) },
        "extreme \(code.rawValue) of \(rows) rows of \(columns)")

      let ofColumns = GuardedBuffer<Float>(repeating: 7, count: columns)
      variant.kernels.reduce_columns(code, n, m, x.pointer, ofColumns.pointer)
      expectIdentical(
        ofColumns.values,
        (0..<columns).map { column in
          (0..<rows).map { input[$0 * columns + column] }.reduce(start, pick)
        }, "extreme \(code.rawValue) of \(columns) columns of \(rows)")
    }
  }

  @Test(
    "the first of equal extremes is found, and the first NaN before all", arguments: Variant.all)
  func argExtreme(variant: Variant) {
    var samples = Samples(seed: 12)
    for columns in sizes where columns > 0 {
      for trial in 0..<6 {
        // Few distinct values, so that most rows have ties.
        var input = (0..<columns).map { _ in Float(samples.index(below: 3)) }
        if trial == 1 { input = input.map { _ in -.infinity } }
        if trial == 2 { input = input.map { _ in .infinity } }
        if trial == 3 { input[columns / 2] = .nan }
        if trial == 4 { input[columns - 1] = 5 }
        if trial == 5 { input[columns - 1] = -5 }
        let x = GuardedBuffer(input)
        for sign in [1, -1] as [Int32] {
          var index: Int32 = -1
          variant.kernels.arg_extreme(sign, 1, Int64(columns), x.pointer, &index)
          let best = sign > 0 ? input.max() : input.min()
          let wanted = input.firstIndex { $0.isNaN } ?? input.firstIndex { $0 == best }
          #expect(wanted == Int(index), "sign \(sign), trial \(trial), \(columns) columns")
        }
      }
    }
  }

  @Test("column sums are within gamma of the rows, and are added", arguments: Variant.all)
  func columnSums(variant: Variant) {
    var samples = Samples(seed: 13)
    for columns in sizes {
      for rows in [0, 1, 2, 3, 4, 5, 9, 130] where rows < 100 || columns < 70 {
        let input = samples.floats(rows * columns)
        let before = samples.floats(columns)
        let x = GuardedBuffer(input)
        let (fresh, added) = (
          GuardedBuffer<Float>(repeating: .nan, count: columns), GuardedBuffer(before)
        )
        variant.kernels.reduce_columns(
          CCV_SUM, Int64(rows), Int64(columns), x.pointer, fresh.pointer)
        variant.kernels.add_column_sums(Int64(rows), Int64(columns), x.pointer, added.pointer)
        let terms = (0..<columns).map { column in
          (0..<rows).map { Double(input[$0 * columns + column]) }
        }
        expectClose(
          fresh.values, terms.map { $0.reduce(0, +) },
          within: { gamma(rows) * terms[$0].reduce(0) { $0 + abs($1) } },
          "sums of \(columns) columns of \(rows)")
        expectClose(
          added.values, (0..<columns).map { terms[$0].reduce(Double(before[$0]), +) },
          within: {
            gamma(rows + 1) * terms[$0].reduce(abs(Double(before[$0]))) { $0 + abs($1) }
          }, "added sums of \(columns) columns of \(rows)")
      }
    }
  }

  @Test("sums of squares and dot products agree with double precision", arguments: Variant.all)
  func products(variant: Variant) {
    var samples = Samples(seed: 14)
    for columns in sizes {
      let (left, right) = (samples.floats(3 * columns), samples.floats(3 * columns))
      let (a, b) = (GuardedBuffer(left), GuardedBuffer(right))
      let squares = variant.kernels.sum_of_squares(Int64(3 * columns), a.pointer)
      let wanted = left.reduce(0) { $0 + Double($1) * Double($1) }
      // Squares of floats are exact in double precision; only the additions round.
      #expect(abs(squares - wanted) <= Double(3 * columns) * 0x1p-52 * wanted)

      let y = GuardedBuffer<Float>(repeating: 7, count: 3)
      variant.kernels.dot_rows(3, Int64(columns), a.pointer, b.pointer, y.pointer)
      let terms = (0..<3).map { row in
        (0..<columns).map { Double(left[row * columns + $0]) * Double(right[row * columns + $0]) }
      }
      expectClose(
        y.values, terms.map { $0.reduce(0, +) },
        within: { gamma(columns + 1) * terms[$0].reduce(0) { $0 + abs($1) } },
        "dot products of \(columns)")
    }
    let one = GuardedBuffer<Float>([1e30, 1e30])
    #expect(abs(variant.kernels.sum_of_squares(2, one.pointer) / 2e60 - 1) < 1e-6, "no overflow")
  }

  @Test("infinities of both signs sum to NaN, one sign stays", arguments: Variant.all)
  func nonFiniteSums(variant: Variant) {
    for columns in sizes where columns > 1 {
      var input = [Float](repeating: 1, count: 2 * columns)
      (input[columns - 1], input[columns], input[2 * columns - 1]) = (
        .infinity, .infinity, -.infinity
      )
      let x = GuardedBuffer(input)
      let y = GuardedBuffer<Float>(repeating: 7, count: 2)
      variant.kernels.reduce_rows(CCV_SUM, 2, Int64(columns), x.pointer, y.pointer)
      #expect(y.values[0] == .infinity && y.values[1].isNaN, "\(columns) columns")
    }
  }
}
