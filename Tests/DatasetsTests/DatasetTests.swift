import Arrays
import Datasets
import Testing

/// Image i is all i; labels as given.
func numbered(_ labels: [Int32], classes: Int, side: Int = 2) -> Dataset {
  let bytes = labels.indices.flatMap { [UInt8](repeating: UInt8($0), count: 3 * side * side) }
  return Dataset(
    name: "numbered", images: NDArray(bytes, shape: [labels.count, 3, side, side]),
    labels: NDArray(labels), classes: (0..<classes).map { "c\($0)" })
}

func numbers(_ data: Dataset) throws -> [Int] {
  let images = try data.images()
  return (0..<data.count).map { Int(images.elements(of: UInt8.self)[$0 * images.count / data.count]) }
}

@Suite("Data sets")
struct DatasetTests {
  static let labels = (0..<100).map { Int32($0 < 60 ? 0 : $0 < 90 ? 1 : 2) }

  @Test("a split keeps the share of each class, loses and doubles nothing, and follows its seed")
  func split() throws {
    let data = numbered(Self.labels, classes: 3)
    var random = RandomSource(seed: 4), again = RandomSource(seed: 4), other = RandomSource(seed: 5)
    let (first, second) = try data.split(share: 0.8, random: &random)
    #expect(first.countsByClass() == [48, 24, 8])
    #expect(second.countsByClass() == [12, 6, 2])
    #expect(try (numbers(first) + numbers(second)).sorted() == Array(0..<100))
    for (number, label) in zip(try numbers(first), first.labels?.elements(of: Int32.self) ?? []) {
      #expect(label == Self.labels[number])
    }
    #expect(try numbers(try data.split(share: 0.8, random: &again).0) == numbers(first))
    #expect(try numbers(try data.split(share: 0.8, random: &other).0) != numbers(first))
  }

  @Test("a class with one image cannot be split, one of two goes to both sides")
  func lonely() throws {
    let data = numbered([0, 0, 0, 0, 1], classes: 2)
    var random = RandomSource(seed: 1)
    #expect(throws: DatasetError.lonelyClass(name: data.classes[1], count: 1)) {
      try data.split(share: 0.75, random: &random)
    }
    #expect(try data.split(share: 1, random: &random).1.count == 0)
    let pair = numbered([0, 0, 0, 0, 1, 1], classes: 2)
    for share in [0.01, 0.99] {
      let (first, second) = try pair.split(share: share, random: &random)
      #expect(first.countsByClass()[1] == 1 && second.countsByClass()[1] == 1)
    }
  }

  @Test("subset, take and perClass pick what they say")
  func picking() throws {
    let data = numbered([1, 0, 1, 0, 1], classes: 2)
    #expect(try numbers(try data.subset([4, 0, 0])) == [4, 0, 0])
    #expect(try numbers(try data.take(2)) == [0, 1])
    #expect(try data.take(99).count == 5)
    #expect(try numbers(try data.perClass(1)) == [0, 1])
    #expect(throws: ShapeError.self) { try data.subset([5]) }
    #expect(try data.image(3).elements(of: UInt8.self).allSatisfy { $0 == 3 })
  }

  @Test("bytes become 0 ... 1")
  func floats() throws {
    let data = numbered(Array(repeating: 0, count: 256), classes: 1, side: 1)
    let values = try data.floats().elements(of: Float.self)
    for index in values.indices { #expect(abs(values[index] - Float(index / 3) / 255) <= 0x1p-24) }
    #expect(values.last == 1)
  }

  @Test("classes are told with their counts, in lines that fit, and cut with a count of the rest")
  func classSummary() {
    func data(_ labels: [Int32], _ names: [String]) -> Dataset {
      Dataset(
        name: "x", images: NDArray(zeros: [labels.count, 3, 1, 1], .uint8), labels: NDArray(labels),
        classes: names)
    }
    #expect(data([0, 0, 1], ["cat", "dog"]).classSummary(width: 80) == "cat 2, dog 1")
    #expect(data([0, 1], ["cat", "dog"]).classSummary(width: 80) == "1 each of cat, dog")
    #expect(data([0], ["cat"]).classSummary(width: 80) == "cat 1")
    let names = (0..<100).map { "class \($0)" }
    let many = data([0] + (0..<100).map { Int32($0) }, names)
    for (width, rows) in [(40, 3), (78, 6), (20, 2)] {
      let lines = many.classSummary(width: width, rows: rows).split(separator: "\n")
      #expect(lines.count == rows && lines.allSatisfy { $0.count <= width })
      let told = lines.joined(separator: " ").split(separator: ",").count - 1
      #expect(lines.last?.hasSuffix("... \(100 - told) more") == true, "\(lines)")
    }
  }
}
