import Arrays
import Glibc
import Images

/// CIFAR-10 from its official binary files (Krizhevsky 2009).
public enum CIFAR10 {
  /// By label.
  public static let classes = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  private static let record = 1 + 3 * 32 * 32

  /// Whether a folder holds the binary files.
  public static func isFolder(_ path: String) -> Bool {
    access(path + "/data_batch_1.bin", R_OK) == 0 || access(path + "/test_batch.bin", R_OK) == 0
  }

  /// The training set (data_batch_1.bin to data_batch_5.bin) or the test set (test_batch.bin): records
  /// of a label byte and 3072 pixel bytes, red, green, blue planes of 32 x 32.
  public static func load(_ path: String, isTraining: Bool) throws -> Dataset {
    let files =
      isTraining ? (1...5).map { "\(path)/data_batch_\($0).bin" } : ["\(path)/test_batch.bin"]
    var pixels = [UInt8](), labels = [Int32]()
    for file in files {
      let bytes = try ImageFile.bytes(of: file)
      guard !bytes.isEmpty, bytes.count % record == 0 else {
        throw DatasetError.binary(
          path: file, reason: "\(bytes.count) bytes are not a multiple of \(record)")
      }
      for start in stride(from: 0, to: bytes.count, by: record) {
        guard bytes[start] < 10 else {
          throw DatasetError.binary(
            path: file, reason: "record \(start / record) has the label \(bytes[start]), wanted 0 to 9")
        }
        labels.append(Int32(bytes[start]))
        pixels += bytes[(start + 1)..<(start + record)]
      }
    }
    return Dataset(
      name: "cifar10", images: NDArray(pixels, shape: [labels.count, 3, 32, 32]),
      labels: NDArray(labels), classes: classes)
  }
}
