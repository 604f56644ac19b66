import Arrays
import Clustering
import Datasets
import Glibc

/// Lloyd's k-means, timed as the peers are: on seeded normal points, or on the patches of photographs.
enum KMeansBenchmark {
  static let normal: [String: (points: Int, width: Int, k: Int, iterations: Int)] = [
    "km-small": (50_000, 48, 512, 20), "km-medium": (50_000, 192, 2048, 10),
    "km-paper": (60_000, 768, 8192, 10),
  ]
  /// Every patch of 4 x 4 RGB pixels 0 ... 1 of the first 500 images of each class of CIFAR-10:
  /// 320,000 points of 48 numbers.
  static let real: [String: (k: Int, iterations: Int)] = [
    "cifar-512": (512, 25), "cifar-2048": (2048, 25),
  ]
  private static let imagesPerClass = 500
  private static let patch = 4

  struct Options {
    /// The folder of CIFAR-10's training images, a folder a class; for real patches only.
    private(set) var data: String?
    /// Where the points are written as .npy for a peer, instead of timing.
    private(set) var file: String?

    init(_ arguments: ArraySlice<String>) throws {
      var rest = arguments
      while let option = rest.popFirst() {
        guard let value = rest.popFirst() else {
          throw BenchmarkError.failed("\(option) wants a path")
        }
        switch option {
        case "--data": data = value
        case "--write": file = value
        default: throw BenchmarkError.unknown("option", option, ["--data", "--write"])
        }
      }
    }
  }

  static func run(_ name: String, _ options: Options) throws -> JSONLine {
    let (points, k, iterations) = try workload(name, options.data)
    if let file = options.file {
      try write(points, to: file)
      return JSONLine([
        ("workload", .text(name)), ("points", .number(Double(points.shape[0]), digits: 0)),
        ("width", .number(Double(points.shape[1]), digits: 0)), ("file", .text(file)),
      ])
    }
    var start = Clock.seconds
    let fit = try KMeans(k: k, iterations: iterations).fit(points)
    let fitSeconds = Clock.seconds - start
    start = Clock.seconds
    let distances = try Assignment.assign(points, to: fit.centroids).distances
    let assignSeconds = Clock.seconds - start
    let inertia = distances.elements(of: Float.self).reduce(0.0) { $0 + Double($1) }
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text(name)), ("fit_s", .number(fitSeconds, digits: 3)),
      ("assign_s", .number(assignSeconds, digits: 4)), ("inertia", .number(inertia, digits: 1)),
    ])
  }

  private static func workload(_ name: String, _ data: String?) throws
    -> (points: NDArray, k: Int, iterations: Int)
  {
    if let (count, width, k, iterations) = normal[name] {
      var random = RandomSource(seed: 0)
      return (random.normal([count, width]), k, iterations)
    }
    guard let (k, iterations) = real[name] else {
      throw BenchmarkError.unknown(
        "workload", name, normal.keys.sorted() + real.keys.sorted())
    }
    guard let data else {
      throw BenchmarkError.failed("\(name) needs --data DIR, the folder of CIFAR-10's images")
    }
    let images = try ImageFolder.load(data, perClass: imagesPerClass).images()
    let patches = try patchify(images.converted(to: .float32).scaled(by: 1 / 255), size: patch)
    return (try patches.reshaped(to: [-1, patches.shape[2]]), k, iterations)
  }

  /// NumPy's format, version 1: float32, row-major.
  private static func write(_ points: NDArray, to path: String) throws {
    var header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(points.shape[0]), \(points.shape[1])), }"
    header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
    let length = header.utf8.count
    let magic: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
    guard let stream = fopen(path, "wb") else { throw BenchmarkError.file(path) }
    let bytes = magic + Array(header.utf8)
    let written = points.withElements(of: Float.self) { values in
      fwrite(bytes, 1, bytes.count, stream) == bytes.count
        && fwrite(values.baseAddress, 4, values.count, stream) == values.count
    }
    guard fclose(stream) == 0, written else { throw BenchmarkError.file(path) }
  }
}
