import Arrays
import Datasets
import Images
import Testing

/// Records whose pixels are all `value` but the first of each plane, which is 1, 2, 3.
private func record(_ labels: [UInt8], _ value: UInt8) -> [UInt8] {
  var planes = [UInt8](repeating: value, count: 3072)
  (planes[0], planes[1024], planes[2048]) = (1, 2, 3)
  return labels + planes
}

@Suite("CIFAR files")
struct CIFARTests {
  @Test("records become labels and planes, the five files in order")
  func ten() throws {
    let scratch = Scratch()
    #expect(!CIFAR10.isFolder(scratch.path))
    for file in 1...5 {
      scratch.write(
        record([UInt8(file)], 10) + record([9], UInt8(file)), to: "data_batch_\(file).bin")
    }
    #expect(CIFAR10.isFolder(scratch.path))
    let data = try CIFAR10.load(scratch.path, isTraining: true)
    #expect(data.shape == [10, 3, 32, 32])
    #expect(data.labels?.elements(of: Int32.self) == [1, 9, 2, 9, 3, 9, 4, 9, 5, 9])
    let image = try data.images().row(3).elements(of: UInt8.self)
    #expect([image[0], image[1024], image[2048], image[1], image[3071]] == [1, 2, 3, 2, 2])
    #expect(data.classes[9] == "truck")
  }

  @Test("a wrong length, a wrong label and a missing file are told apart")
  func wrong() {
    let scratch = Scratch()
    let path = scratch.path + "/test_batch.bin"
    #expect(throws: ImageError.unreadable(path: path, reason: "No such file or directory")) {
      try CIFAR10.load(scratch.path, isTraining: false)
    }
    scratch.write(record([1], 0).dropLast(), to: "test_batch.bin")
    #expect(
      throws: DatasetError.binary(
        path: path, reason: "3072 bytes are not a whole number of records of 3073")
    ) { try CIFAR10.load(scratch.path, isTraining: false) }
    scratch.write([], to: "test_batch.bin")
    #expect(throws: DatasetError.self) { try CIFAR10.load(scratch.path, isTraining: false) }
    scratch.write(record([1], 0) + record([10], 0), to: "test_batch.bin")
    #expect(
      throws: DatasetError.binary(path: path, reason: "record 1 has the label 10, wanted 0 to 9")
    ) { try CIFAR10.load(scratch.path, isTraining: false) }
  }

  @Test("the fine label of CIFAR-100 counts, with its name where the names are there")
  func hundred() throws {
    let scratch = Scratch()
    scratch.write(record([19, 99], 0) + record([3, 0], 0), to: "test.bin")
    #expect(CIFAR100.isFolder(scratch.path))
    let data = try CIFAR100.load(scratch.path, isTraining: false)
    #expect(data.labels?.elements(of: Int32.self) == [99, 0])
    #expect(data.classes.count == 100 && data.classes[99] == "class 99")
    let names = (0..<100).map { "name_\($0)" }.joined(separator: "\n") + "\n"
    scratch.write(Array(names.utf8), to: "fine_label_names.txt")
    #expect(try CIFAR100.load(scratch.path, isTraining: false).classes[99] == "name_99")
  }

  @Test("progress counts records of all files, ends at their number, and can stop")
  func progress() throws {
    let scratch = Scratch()
    let half = (0..<1500).flatMap { _ in record([1], 0) }
    for file in 1...5 {
      scratch.write(file < 3 ? half : record([2], 0), to: "data_batch_\(file).bin")
    }
    var seen: [Int] = [], totals: Set<Int> = []
    _ = try CIFAR10.load(scratch.path, isTraining: true) { done, total in
      seen.append(done)
      totals.insert(total)
      return true
    }
    #expect(seen == [1000, 1500, 2000, 3000, 3000, 3001, 3002, 3003])
    #expect(totals == [3003])
    #expect(throws: DatasetError.cancelled) {
      try CIFAR10.load(scratch.path, isTraining: true) { done, _ in done < 2000 }
    }
  }
}
