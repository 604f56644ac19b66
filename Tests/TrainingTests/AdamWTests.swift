import Arrays
import Autograd
import Testing
import Training

@Suite("AdamW and schedules")
struct AdamWTests {
  @Test("steps agree with the update rule in double precision, decay and clipping included")
  func reference() throws {
    var random = RandomSource(seed: 1)
    let start = random.normal([37])
    let decaying = Parameter(start, name: "w"), plain = Parameter(start, name: "b", decays: false)
    let optimiser = try AdamW(
      [decaying, plain], learningRate: 0.01, decay: 0.1, betas: (0.9, 0.98))
    var p = [start, start].map { $0.elements(of: Float.self).map(Double.init) }
    var m = [[Double]](repeating: [Double](repeating: 0, count: 37), count: 2), v = m
    for t in 1...5 {
      let g = random.normal([37], deviation: 3)
      let gradient = g.elements(of: Float.self).map(Double.init)
      let norm = (2 * gradient.reduce(0) { $0 + $1 * $1 }).squareRoot()
      let reported = try optimiser.step([g, g], clip: 5)
      #expect(abs(reported - norm) < 1e-9 * norm)
      let scale = min(1, 5 / norm)
      var (b1, b2) = (1.0, 1.0)
      for _ in 0..<t { (b1, b2) = (b1 * 0.9, b2 * 0.98) }
      for which in 0..<2 {
        for i in 0..<37 {
          let slope = gradient[i] * scale
          m[which][i] = 0.9 * m[which][i] + 0.1 * slope
          v[which][i] = 0.98 * v[which][i] + 0.02 * slope * slope
          let decay = which == 0 ? 0.01 * 0.1 * p[which][i] : 0
          p[which][i] -=
            decay + 0.01 * (m[which][i] / (1 - b1)) / ((v[which][i] / (1 - b2)).squareRoot() + 1e-8)
        }
      }
    }
    for (parameter, expected) in zip([decaying, plain], p) {
      for (got, wanted) in zip(parameter.value.elements(of: Float.self), expected) {
        // Five steps of about 20 roundings each on numbers of size up to 4.
        #expect(abs(Double(got) - wanted) <= 5 * 20 * 4 * 0x1p-24)
      }
    }
  }

  @Test("a gradient that is not finite is refused and changes nothing")
  func notFinite() throws {
    let parameter = Parameter(NDArray([Float(1), 2]))
    let optimiser = try AdamW([parameter])
    #expect(throws: TrainingError.self) { try optimiser.step([NDArray([Float.nan, 0])]) }
    #expect(parameter.value.elements() == [Float(1), 2])
    #expect(optimiser.stepCount == 0)
  }

  @Test("warm-up is linear, the cosine ends at the floor")
  func schedule() {
    func rate(_ step: Int) -> Double {
      Schedule.warmupCosine(step: step, warmup: 10, total: 110, peak: 1, floor: 0.1)
    }
    #expect(rate(0) == 0 && rate(5) == 0.5 && rate(10) == 1)
    #expect(abs(rate(60) - 0.55) < 1e-12)
    #expect(rate(110) == 0.1 && rate(111) == 0.1 && rate(1000) == 0.1)
  }

  @Test("options out of range are refused")
  func options() {
    #expect(throws: TrainingError.self) { try AdamW([], learningRate: -1) }
    #expect(throws: TrainingError.self) { try AdamW([], betas: (0.9, 1)) }
  }
}
