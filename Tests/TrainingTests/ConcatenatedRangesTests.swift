import Testing

@testable import Training

@Suite("Ranges laid end to end")
struct ConcatenatedRangesTests {
  @Test("however the whole is cut, every place of every range is met once and in order")
  func cuts() {
    let lengths = [3, 0, 1, 7, 2]
    let row = ConcatenatedRanges(lengths)
    #expect(row.count == 13)
    let wanted = lengths.indices.flatMap { index in (0..<lengths[index]).map { [index, $0] } }
    for cut in 0...13 {
      var met: [[Int]] = []
      for slice in [0..<cut, cut..<13] {
        row.forEachPart(of: slice) { index, range in met += range.map { [index, $0] } }
      }
      #expect(met == wanted, "cut at \(cut)")
    }
    #expect(ConcatenatedRanges([]).count == 0)
  }
}
