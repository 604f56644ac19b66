/// L-BFGS for smooth functions of a few thousand to a few million numbers, in double precision.
///
/// The step length satisfies the weak Wolfe conditions, found by doubling and bisection, which
/// keeps every curvature pair positive. Values may carry the rounding noise of float32 arithmetic:
/// a step that seems to rise by less than `valueNoise` counts as level.
///
/// - Source: Nocedal and Wright 2006, alg. 7.4; line search: Lewis and Overton 2013, alg. 2.6.
struct LimitedMemoryBFGS {
  /// Curvature pairs kept. Features of a network are correlated (condition numbers of 10^4 and
  /// more); on such quadratics 20 pairs need half the steps of the usual 10.
  var memory = 20
  /// Steps at most.
  var maximumIterations: Int
  /// The end: no element of the gradient is larger.
  var gradientTolerance: Double
  /// Relative noise of the value.
  var valueNoise = 2e-7

  /// A point and the function there.
  struct Sample {
    var point: [Double]
    var value: Double
    var gradient: [Double]

    var gradientMaximum: Double { gradient.reduce(0) { max($0, abs($1)) } }
  }

  /// Where the search ended and why.
  struct Result {
    var best: Sample
    var iterations: Int
    var evaluations: Int
    var isConverged: Bool
  }

  private struct Pair {
    let step: [Double], change: [Double], inverse: Double
  }

  /// Minimises from `start`; `shouldContinue` is asked after every step.
  func minimize(
    from start: [Double],
    shouldContinue: (_ iteration: Int, _ value: Double) throws -> Bool = { _, _ in true },
    _ evaluate: ([Double]) -> (value: Double, gradient: [Double])
  ) rethrows -> Result {
    var evaluations = 0
    func sample(_ point: [Double]) -> Sample {
      evaluations += 1
      let (value, gradient) = evaluate(point)
      return Sample(point: point, value: value, gradient: gradient)
    }
    var current = sample(start)
    var pairs = [Pair]()
    var iteration = 0
    while iteration < maximumIterations, current.gradientMaximum > gradientTolerance {
      let downhill = direction(current.gradient, pairs)
      // Without curvature pairs the scale is unknown: a step of length at most 1.
      let first = pairs.isEmpty ? min(1, 1 / dot(downhill, downhill).squareRoot()) : 1
      guard let next = lineSearch(from: current, along: downhill, first: first, sample) else {
        if pairs.isEmpty { break }
        pairs.removeAll()
        continue
      }
      iteration += 1
      remember(from: current, to: next, in: &pairs)
      current = next
      if !(try shouldContinue(iteration, current.value)) { break }
    }
    return Result(
      best: current, iterations: iteration, evaluations: evaluations,
      isConverged: current.gradientMaximum <= gradientTolerance)
  }

  /// The two-loop recursion: -H g.
  private func direction(_ gradient: [Double], _ pairs: [Pair]) -> [Double] {
    var q = gradient
    var weights = [Double]()
    for pair in pairs.reversed() {
      let weight = pair.inverse * dot(pair.step, q)
      weights.append(weight)
      add(pair.change, times: -weight, to: &q)
    }
    if let last = pairs.last {
      let scale = 1 / (last.inverse * dot(last.change, last.change))
      for index in q.indices { q[index] *= scale }
    }
    for (pair, weight) in zip(pairs, weights.reversed()) {
      add(pair.step, times: weight - pair.inverse * dot(pair.change, q), to: &q)
    }
    for index in q.indices { q[index] = -q[index] }
    return q
  }

  private func lineSearch(
    from origin: Sample, along direction: [Double], first: Double, _ sample: ([Double]) -> Sample
  ) -> Sample? {
    let slope = dot(origin.gradient, direction)
    guard slope < 0 else { return nil }
    let noise = valueNoise * max(1, abs(origin.value))
    var (low, high, length) = (0.0, Double.infinity, first)
    for _ in 0..<40 {
      var point = origin.point
      add(direction, times: length, to: &point)
      let trial = sample(point)
      if !(trial.value <= origin.value + 1e-4 * length * slope + noise) {
        high = length
      } else if dot(trial.gradient, direction) < 0.9 * slope {
        low = length
      } else {
        return trial
      }
      length = high.isFinite ? (low + high) / 2 : 2 * low
    }
    return nil
  }

  private func remember(from old: Sample, to new: Sample, in pairs: inout [Pair]) {
    var (step, change) = (new.point, new.gradient)
    add(old.point, times: -1, to: &step)
    add(old.gradient, times: -1, to: &change)
    let curvature = dot(step, change)
    guard curvature > 1e-12 * dot(change, change) else { return }
    if pairs.count == memory { pairs.removeFirst() }
    pairs.append(Pair(step: step, change: change, inverse: 1 / curvature))
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}

private func add(_ x: [Double], times factor: Double, to y: inout [Double]) {
  for index in y.indices { y[index] += factor * x[index] }
}
