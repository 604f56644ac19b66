import Arrays
import Glibc
import Images

/// CIFAR-10 from its official binary files (Krizhevsky 2009).
public enum CIFAR10 {
  /// By label.
  public static let classes = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// Whether a folder holds the binary files.
  public static func isFolder(_ path: String) -> Bool {
    access(path + "/data_batch_1.bin", R_OK) == 0 || access(path + "/test_batch.bin", R_OK) == 0
  }

  /// The training set (data_batch_1.bin to data_batch_5.bin) or the test set (test_batch.bin): records
  /// of a label byte and 3072 pixel bytes, red, green, blue planes of 32 x 32.
  ///
  /// - Parameter progress: gets the records so far and in all, and says whether to go on.
  /// - Throws: `DatasetError.binary` for a wrong length or label, `ImageError.unreadable`.
  public static func load(
    _ path: String, isTraining: Bool, progress: (Int, Int) throws -> Bool = { _, _ in true }
  ) throws -> Dataset {
    let files = isTraining ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
    let layout = Records(name: "cifar10", labelBytes: 1, labelCount: 10)
    return try layout.load(files.map { "\(path)/\($0)" }, classes: classes, progress)
  }
}

/// CIFAR-100 from its official binary files (Krizhevsky 2009), with its 100 fine labels.
public enum CIFAR100 {
  /// Whether a folder holds the binary files.
  public static func isFolder(_ path: String) -> Bool {
    access(path + "/train.bin", R_OK) == 0 || access(path + "/test.bin", R_OK) == 0
  }

  /// The training set (train.bin) or the test set (test.bin): records of a coarse label, a fine label
  /// and 3072 pixel bytes. Class names come from fine_label_names.txt when it is there.
  ///
  /// - Throws: `DatasetError.binary` for a wrong length or label, `ImageError.unreadable`.
  public static func load(
    _ path: String, isTraining: Bool, progress: (Int, Int) throws -> Bool = { _, _ in true }
  ) throws -> Dataset {
    let text = (try? ImageFile.bytes(of: path + "/fine_label_names.txt")) ?? []
    let names = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
    let classes = names.count == 100 ? names.map(String.init) : (0..<100).map { "class \($0)" }
    let layout = Records(name: "cifar100", labelBytes: 2, labelCount: 100)
    return try layout.load(
      ["\(path)/\(isTraining ? "train" : "test").bin"], classes: classes, progress)
  }
}

/// Files of equal records: label bytes, of which the last counts, then the planes of an image.
private struct Records {
  let name: String
  let labelBytes: Int
  let labelCount: Int
  private var pixelBytes: Int { 3 * 32 * 32 }
  private var length: Int { labelBytes + pixelBytes }

  init(name: String, labelBytes: Int, labelCount: Int) {
    (self.name, self.labelBytes, self.labelCount) = (name, labelBytes, labelCount)
  }

  func load(
    _ files: [String], classes: [String], _ progress: (Int, Int) throws -> Bool
  ) throws -> Dataset {
    var pixels = [UInt8]()
    var labels = [Int32]()
    // Known before the first file is read; a file that is missing is told when its turn comes.
    let total = files.reduce(0) { sum, file in
      var status = stat()
      return stat(file, &status) == 0 ? sum + Int(status.st_size) / length : sum
    }
    for file in files {
      try append(file, &pixels, &labels) { records in
        guard try progress(records, max(total, records)) else { throw DatasetError.cancelled }
      }
    }
    return Dataset(
      name: name, images: NDArray(pixels, shape: [labels.count, 3, 32, 32]),
      labels: NDArray(labels), classes: classes)
  }

  private static let reportInterval = 1000

  /// `report` gets the number of records so far.
  private func append(
    _ file: String, _ pixels: inout [UInt8], _ labels: inout [Int32], _ report: (Int) throws -> Void
  ) throws {
    let bytes = try ImageFile.bytes(of: file)
    guard !bytes.isEmpty, bytes.count % length == 0 else {
      throw DatasetError.binary(
        path: file, reason: "\(bytes.count) bytes are not a whole number of records of \(length)")
    }
    pixels.reserveCapacity(pixels.count + bytes.count)
    for start in stride(from: 0, to: bytes.count, by: length) {
      let label = Int(bytes[start + labelBytes - 1])
      guard label < labelCount else {
        throw DatasetError.binary(
          path: file,
          reason: "record \(start / length) has the label \(label), wanted 0 to \(labelCount - 1)")
      }
      labels.append(Int32(label))
      pixels += bytes[(start + labelBytes)..<(start + length)]
      if labels.count % Self.reportInterval == 0 { try report(labels.count) }
    }
    try report(labels.count)
  }
}
