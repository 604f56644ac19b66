import Arrays
import MaskedModeling
import Testing

@Suite struct ConfusionMatrixTests {
  @Test("rows are actual classes, columns predictions, and the shares follow")
  func counts() throws {
    let matrix = try ConfusionMatrix(
      predictions: [0, 0, 1, 1, 2, 0], labels: [0, 1, 1, 1, 2, 2], classCount: 4)
    #expect(matrix.counts == [[1, 0, 0, 0], [1, 2, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]])
    #expect(matrix.accuracy == 4.0 / 6)
    #expect(Array(matrix.recalls.prefix(3)) == [1, 2.0 / 3, 0.5])
    #expect(matrix.recalls[3].isNaN, "a class without samples has no recall")
    #expect(Array(matrix.precisions.prefix(3)) == [1.0 / 3, 1, 1])
    #expect(matrix.precisions[3].isNaN)
    #expect(abs(matrix.balancedAccuracy - (1 + 2.0 / 3 + 0.5) / 3) < 1e-15)
    #expect(matrix.matrix.shape == [4, 4])
    #expect(matrix.matrix.elements(of: Int32.self)[4..<8] == [1, 2, 0, 0])
  }

  @Test("mistakes come most frequent first, and the right answers are none")
  func mistakes() throws {
    let matrix = try ConfusionMatrix(
      predictions: [1, 1, 2, 0, 0, 0, 2], labels: [0, 0, 0, 2, 2, 2, 2], classCount: 3)
    let found = matrix.mistakes(limit: 2)
    #expect(found.map(\.actual) == [2, 0])
    #expect(found.map(\.predicted) == [0, 1])
    #expect(found.map(\.count) == [3, 2])
    #expect(matrix.mistakes(limit: 10).count == 3)
  }

  @Test("without samples the accuracy is not a number")
  func empty() throws {
    #expect(try ConfusionMatrix(predictions: [], labels: [], classCount: 2).accuracy.isNaN)
  }

  @Test("labels outside the classes and lengths that differ are errors")
  func errors() {
    #expect(
      throws: MaskedModelingError.labelOutOfRange(
        operation: "confusion", label: 2, classCount: 2, row: 1)
    ) { try ConfusionMatrix(predictions: [0, 1], labels: [0, 2], classCount: 2) }
    #expect(throws: MaskedModelingError.self) {
      try ConfusionMatrix(predictions: [0, -1], labels: [0, 1], classCount: 2)
    }
    #expect(throws: MaskedModelingError.self) {
      try ConfusionMatrix(predictions: [0], labels: [0, 1], classCount: 2)
    }
    #expect(throws: MaskedModelingError.self) {
      try ConfusionMatrix(predictions: [], labels: [], classCount: 0)
    }
  }
}
