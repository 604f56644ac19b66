import Arrays
import Datasets
import Glibc
import Images

/// From JPEG files to batches of random resized crops: read, decoded, cropped, resized, flipped, 0 ... 1.
///
/// The processor's time stands beside the wall's: on a machine that others use too, only the first can
/// be compared.
enum ImagesBenchmark {
  private static let batch = 64
  private static let passes = 7

  static func run(_ folder: String, size: Int) throws -> JSONLine {
    let files = try ImageFolder.paths(in: folder)
    _ = try pass(files, size, seed: 0)
    var walls = [Double](), processors = [Double]()
    for seed in 1...passes {
      let (wall, processor) = try pass(files, size, seed: UInt64(seed))
      walls.append(wall)
      processors.append(processor)
    }
    let threads = Double(Parallel.threadCount)
    let rate = Double(files.count) / walls.sorted()[passes / 2]
    let (scaled, decibels) = try fidelity(files, size)
    return JSONLine([
      ("peer", .text("ccv")), ("workload", .text("images")),
      ("size", .number(Double(size), digits: 0)),
      ("threads", .number(threads, digits: 0)),
      ("images_per_s_per_core", .number(rate / threads, digits: 1)),
      ("images_per_s", .number(rate, digits: 1)),
      (
        "cpu_ms_per_image",
        .number(processors.sorted()[passes / 2] / Double(files.count) * 1e3, digits: 3)
      ),
      ("scaled_share", .number(scaled, digits: 3)), ("scaled_psnr_min", .number(decibels, digits: 1)),
    ])
  }

  /// Seconds by the wall's clock and of the processor.
  private static func pass(
    _ files: [String], _ size: Int, seed: UInt64
  ) throws -> (Double, Double) {
    let random = RandomSource(seed: seed)
    let (wall, processor) = (Clock.seconds, Clock.processorSeconds)
    for first in stride(from: 0, to: files.count, by: batch) {
      try crops(of: files[first..<min(first + batch, files.count)], size, random)
    }
    return (Clock.seconds - wall, Clock.processorSeconds - processor)
  }

  /// A batch, its files on all threads.
  private static func crops(of files: ArraySlice<String>, _ size: Int, _ random: RandomSource) throws {
    let area = 3 * size * size
    var images = NDArray(zeros: [files.count, 3, size, size])
    var problems = [ImageError?](repeating: nil, count: files.count)
    images.withMutableElements(of: Float.self) { out in
      problems.withUnsafeMutableBufferPointer { problems in
        Parallel.forEachSlice(of: files.count) { slice in
          for place in slice {
            let path = files[files.startIndex + place]
            var own = random.split(UInt64(files.startIndex + place))
            do throws(ImageError) {
              try ImageFile.randomCrop(
                try ImageFile.bytes(of: path), name: path, height: size, width: size, area: 0.2...1,
                detail: .enough, random: &own,
                into: out.extracting((place * area)..<((place + 1) * area)))
            } catch { problems[place] = error }
          }
        }
      }
    }
    for case let problem? in problems { throw problem }
  }

  /// The share of crops that are decoded below full size, and their lowest likeness to those of a full
  /// decode: peak signal to noise in decibels.
  private static func fidelity(
    _ files: [String], _ size: Int
  ) throws -> (share: Double, decibels: Double) {
    var (scaled, lowest) = (0, Double.infinity)
    for (index, path) in files.enumerated() {
      let bytes = try ImageFile.bytes(of: path)
      let crops = try [ImageFile.Detail.enough, .full].map { detail throws(ImageError) in
        var random = RandomSource(seed: UInt64(index))
        return try ImageFile.randomCrop(
          bytes, name: path, height: size, width: size, detail: detail, random: &random
        ).elements(of: Float.self)
      }
      let squares = zip(crops[0], crops[1]).reduce(0.0) { sum, pair in
        sum + Double((pair.0 - pair.1) * (pair.0 - pair.1))
      }
      if squares == 0 { continue }
      scaled += 1
      lowest = min(lowest, 10 * log10(Double(crops[0].count) / squares))
    }
    return (Double(scaled) / Double(files.count), lowest)
  }
}
