import Arrays
import Datasets
import Testing

@Suite("Shapes")
struct ShapesTests {
  @Test("image i depends on seed, split and i alone")
  func deterministic() throws {
    let few = Shapes.load(count: 20, isTraining: true, seed: 3)
    let many = Shapes.load(count: 300, isTraining: true, seed: 3)
    #expect(try many.take(20).images() == few.images())
    #expect(try few.images() != Shapes.load(count: 20, isTraining: false, seed: 3).images())
    #expect(try few.images() != Shapes.load(count: 20, isTraining: true, seed: 4).images())
    #expect(many.shape == [300, 3, 32, 32])
    #expect(many.countsByClass() == Array(repeating: 30, count: 10))
  }

  @Test("the mean colour does not tell the class")
  func colors() throws {
    // One image's mean varies as its ground does, uniform in 0.1 ... 0.9 and away from the figure:
    // standard deviation about 0.25. Means of 400 images differ by sqrt(2 / 400) * 0.25 = 0.018; five of
    // those are more than any of 45 pairs of classes shows unless a class has colours of its own.
    let data = Shapes.load(count: 4000, isTraining: true)
    let bytes = try data.images().elements(of: UInt8.self)
    for channel in 0..<3 {
      var sums = [Double](repeating: 0, count: 10)
      for index in 0..<4000 {
        let start = (index * 3 + channel) * 1024
        var sum = 0
        for pixel in start..<(start + 1024) { sum += Int(bytes[pixel]) }
        sums[index % 10] += Double(sum) / 1024 / 255 / 400
      }
      #expect((sums.max() ?? 1) - (sums.min() ?? 0) < 0.09, "\(sums)")
    }
  }

  @Test("progress reaches the end, changes nothing, and can stop")
  func progress() throws {
    struct Stop: Error {}
    var seen: [Int] = []
    let data = Shapes.load(count: 4100, isTraining: true) { seen.append($0) }
    #expect(seen == [2000, 4000, 4100])
    let few = Shapes.load(count: 3, isTraining: true)
    #expect(try data.image(2).elements(of: UInt8.self) == few.image(2).elements(of: UInt8.self))
    #expect(throws: Stop.self) {
      try Shapes.load(count: 4100, isTraining: true) { if $0 > 2000 { throw Stop() } }
    }
  }
}
