import Arrays
import Datasets
import Testing

@Suite("Shapes")
struct ShapesTests {
  @Test("image i depends on seed, split and i alone")
  func deterministic() throws {
    let few = Shapes.load(count: 20, isTraining: true, seed: 3)
    let many = Shapes.load(count: 300, isTraining: true, seed: 3)
    #expect(try many.take(20).images == few.images)
    #expect(few.images != Shapes.load(count: 20, isTraining: false, seed: 3).images)
    #expect(few.images != Shapes.load(count: 20, isTraining: true, seed: 4).images)
    #expect(many.images.shape == [300, 3, 32, 32])
    #expect(many.countsByClass() == Array(repeating: 30, count: 10))
  }

  @Test("the mean colour does not tell the class")
  func colors() {
    // A class's mean over 400 images of one image's mean (standard deviation about 0.17, the colours'
    // own) has a standard error of 0.0085; any two of ten classes lie within 0.06 (five of
    // sqrt(2) * 0.0085) unless a class has colours of its own.
    let data = Shapes.load(count: 4000, isTraining: true)
    let bytes = data.images.elements(of: UInt8.self)
    for channel in 0..<3 {
      var sums = [Double](repeating: 0, count: 10)
      for index in 0..<4000 {
        let start = (index * 3 + channel) * 1024
        var sum = 0
        for pixel in start..<(start + 1024) { sum += Int(bytes[pixel]) }
        sums[index % 10] += Double(sum) / 1024 / 255 / 400
      }
      #expect((sums.max() ?? 1) - (sums.min() ?? 0) < 0.06, "\(sums)")
    }
  }
}
