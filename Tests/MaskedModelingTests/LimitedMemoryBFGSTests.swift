import Testing

@testable import MaskedModeling

@Suite struct LimitedMemoryBFGSTests {
  @Test("a quadratic with condition number 100 is solved to its exact minimum")
  func quadratic() throws {
    // f = 1/2 sum_i c_i (x_i - i)^2, c from 1 to 100.
    let curvatures = (0..<20).map { exponential(Double($0) / 19 * 4.605170185988092) }
    let solver = LimitedMemoryBFGS(maximumIterations: 100, gradientTolerance: 1e-9, valueNoise: 0)
    let result = try solver.minimize(from: [Double](repeating: 0, count: 20)) { x in
      var value = 0.0
      var gradient = x
      for index in x.indices {
        let distance = x[index] - Double(index)
        value += curvatures[index] / 2 * distance * distance
        gradient[index] = curvatures[index] * distance
      }
      return (value, gradient)
    }
    #expect(result.isConverged)
    for (index, x) in result.best.point.enumerated() {
      // |x - x*| = |gradient| / curvature, and the least curvature is 1.
      #expect(abs(x - Double(index)) <= 1e-9)
    }
  }

  @Test("Rosenbrock's valley leads to (1, 1)")
  func rosenbrock() throws {
    let solver = LimitedMemoryBFGS(maximumIterations: 200, gradientTolerance: 1e-8, valueNoise: 0)
    let result = try solver.minimize(from: [-1.2, 1]) { x in
      let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
      return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
    }
    #expect(result.isConverged)
    #expect(abs(result.best.point[0] - 1) < 1e-7 && abs(result.best.point[1] - 1) < 1e-7)
    #expect(result.iterations < 60)
  }

  @Test("the value never rises from step to step, and the caller can end the search")
  func monotoneAndInterruptible() {
    var values = [Double]()
    let solver = LimitedMemoryBFGS(maximumIterations: 100, gradientTolerance: 1e-12, valueNoise: 0)
    let result = solver.minimize(
      from: [3, -2],
      shouldContinue: { iteration, value in
        values.append(value)
        return iteration < 5
      }
    ) { x in
      let (p, q) = (x[0] * x[0], x[1] * x[1])
      return (p * p + q, [4 * x[0] * p, 2 * x[1]])
    }
    #expect(result.iterations == 5)
    #expect(!result.isConverged)
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
  }

  @Test("a start at the minimum takes no step; a function without a minimum ends")
  func edges() throws {
    let solver = LimitedMemoryBFGS(maximumIterations: 30, gradientTolerance: 1e-6)
    let atMinimum = try solver.minimize(from: [0]) { ($0[0] * $0[0], [2 * $0[0]]) }
    #expect(atMinimum.iterations == 0 && atMinimum.isConverged)
    let downhill = try solver.minimize(from: [0]) { (-$0[0], [-1]) }
    #expect(!downhill.isConverged)
    let notANumber = try solver.minimize(from: [0]) { _ in (.nan, [1]) }
    #expect(!notANumber.isConverged && notANumber.best.point == [0])
  }
}
