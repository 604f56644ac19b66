import Arrays
import Glibc

/// A labelled data set that needs no download: one figure of ten kinds on a shaded ground, 32 x 32.
///
/// Place, size, angle, both colours and the shading of the ground are drawn from the same distributions
/// for every class, so that neither colour nor any single pixel tells the class. Image i of a split
/// depends on (seed, split, i) alone.
public enum Shapes {
  public static let classes = [
    "disc", "ring", "square", "frame", "triangle", "cross", "star", "crescent", "bars", "arrow",
  ]
  private static let side = 32

  private static let reportInterval = 2000

  /// `count` images with classes in turn. Training and test images come from different streams.
  ///
  /// - Parameter progress: gets the images that are drawn; what it throws ends the work.
  public static func load(
    count: Int, isTraining: Bool, seed: UInt64 = 0, progress: (Int) throws -> Void
  ) rethrows -> Dataset {
    let source = RandomSource(seed: seed).split(isTraining ? 1 : 2)
    let size = 3 * side * side
    var images = NDArray(zeros: [count, 3, side, side], .uint8)
    try images.withMutableElements(of: UInt8.self) { pixels in
      guard let base = pixels.baseAddress else { return }
      for start in stride(from: 0, to: count, by: reportInterval) {
        let end = min(start + reportInterval, count)
        Parallel.forEachSlice(of: end - start, grain: 16) { slice in
          for index in slice.lowerBound + start..<slice.upperBound + start {
            var random = source.split(UInt64(index))
            draw(index % classes.count, &random, into: base + index * size)
          }
        }
        try progress(end)
      }
    }
    return Dataset(
      name: "shapes", images: images,
      labels: NDArray((0..<count).map { Int32($0 % classes.count) }), classes: classes)
  }

  /// The same without a word in between.
  public static func load(count: Int, isTraining: Bool, seed: UInt64 = 0) -> Dataset {
    load(count: count, isTraining: isTraining, seed: seed) { _ in }
  }

  private static func draw(
    _ kind: Int, _ random: inout RandomSource, into pixels: UnsafeMutablePointer<UInt8>
  ) {
    let radius = random.uniform(in: 8...12)
    let (cx, cy) = (random.uniform(in: 11...21), random.uniform(in: 11...21))
    let angle = random.uniform(in: 0...(2 * .pi))
    let (cosine, sine) = (Glibc.cos(angle), Glibc.sin(angle))
    let (ground, figure) = colors(&random)
    let slope = (random.uniform(in: -0.008...0.008), random.uniform(in: -0.008...0.008))
    for y in 0..<side {
      for x in 0..<side {
        let (dx, dy) = (Double(x) + 0.5 - cx, Double(y) + 0.5 - cy)
        let u = (cosine * dx + sine * dy) / radius, v = (cosine * dy - sine * dx) / radius
        // The distance to the edge in pixels, as a share of the pixel that the figure covers.
        let cover = min(max(0.5 - distance(kind, u, v) * radius, 0), 1)
        let shade = slope.0 * Double(x - 16) + slope.1 * Double(y - 16)
        for channel in 0..<3 {
          let noise = 0.01 * (random.uniform() + random.uniform() - 1)
          let value = ground[channel] * (1 - cover) + figure[channel] * cover + shade + noise
          pixels[(channel * side + y) * side + x] = UInt8(min(max(value, 0), 1) * 255 + 0.5)
        }
      }
    }
  }

  /// Two tinted greys that differ in brightness by at least 0.65, either one the brighter: what a patch
  /// looks like then says more about the edge in it than about its colours.
  private static func colors(_ random: inout RandomSource) -> ([Double], [Double]) {
    var (a, b) = (0.0, 0.0)
    while abs(a - b) < 0.65 {
      (a, b) = (random.uniform(in: 0.1...0.9), random.uniform(in: 0.1...0.9))
    }
    func tinted(_ grey: Double) -> [Double] {
      (0..<3).map { _ in grey + random.uniform(in: -0.05...0.05) }
    }
    return (tinted(a), tinted(b))
  }

  /// Signed distance to the figure's edge, negative inside; the figure's radius is 1.
  private static func distance(_ kind: Int, _ x: Double, _ y: Double) -> Double {
    let r = (x * x + y * y).squareRoot()
    func box(_ x: Double, _ y: Double, _ w: Double, _ h: Double) -> Double {
      max(abs(x) - w, abs(y) - h)
    }
    switch kind {
    case 0: return r - 0.85
    case 1: return abs(r - 0.72) - 0.2
    case 2: return box(x, y, 0.75, 0.75)
    case 3: return abs(box(x, y, 0.68, 0.68)) - 0.17
    case 4: return max(-y - 0.5, 0.5 * y + 0.866 * abs(x) - 0.5)
    case 5: return min(box(x, y, 0.95, 0.26), box(x, y, 0.26, 0.95))
    case 6:
      // Five points: the radius of the edge swings with the angle.
      let swing = abs((Glibc.atan2(y, x) / (2 * .pi) * 5).truncatingRemainder(dividingBy: 1))
      let t = abs(2 * swing - 1)
      return (r - (0.4 + 0.6 * t)) * 0.7
    case 7:
      let (dx, dy) = (x - 0.42, y)
      return max(r - 0.9, 0.72 - (dx * dx + dy * dy).squareRoot())
    case 8:
      return min(box(x, y - 0.6, 0.85, 0.17), box(x, y, 0.85, 0.17), box(x, y + 0.6, 0.85, 0.17))
    default:
      let head = max(0.15 - x, 0.6 * (x - 0.95) + 0.8 * abs(y))
      return min(head, box(x + 0.35, y, 0.55, 0.2))
    }
  }
}
