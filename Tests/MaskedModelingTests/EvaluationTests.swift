import Arrays
import Testing

@testable import MaskedModeling

@Suite struct EvaluationTests {
  @Test("columns get mean 0 and deviation 1 by the training rows; a constant one becomes 0")
  func standardising() throws {
    let data = try ProbeData(
      train: NDArray([Float(1), 0.1, 3, 0.1, 5, 0.1, 7, 0.1], shape: [4, 2]),
      trainLabels: NDArray([Int32(0), 1, 0, 1]),
      test: NDArray([Float(9), 0.2], shape: [1, 2]), testLabels: NDArray([Int32(1)]))
    // Mean 4, deviation sqrt(5) with divisor N.
    let scaled = [-3, -1, 1, 3, 5].map { Float($0 * (1 / 5.0.squareRoot())) }
    #expect(
      data.train.elements(of: Float.self)
        == [scaled[0], 0, scaled[1], 0, scaled[2], 0, scaled[3], 0])
    #expect(data.test.elements(of: Float.self) == [scaled[4], 0])
  }

  @Test("what a judge cannot use is refused with what was seen")
  func errors() {
    let x = NDArray([Float(1), 2, 3, 4], shape: [2, 2])
    let y = NDArray([Int32(0), 1])
    func message(
      train: NDArray? = nil, labels: NDArray? = nil, test: NDArray? = nil,
      testLabels: NDArray? = nil
    ) -> String {
      do {
        _ = try ProbeData(
          train: train ?? x, trainLabels: labels ?? y, test: test ?? x, testLabels: testLabels ?? y)
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(message() == "no error")
    #expect(message(labels: NDArray([Int32(0)])).contains("2 feature rows and 1 labels"))
    #expect(message(labels: NDArray([Int32(3), 3])).contains("all training labels are 3"))
    #expect(message(testLabels: NDArray([Int32(0), -1])).contains("a label is -1"))
    #expect(message(labels: NDArray([Int32(-2), 1])).contains("a label is -2"))
    #expect(message(labels: NDArray([Int32.max, 1])).contains("a label is 2147483647"))
    #expect(message(testLabels: NDArray([Int32(0), 65_536])).contains("at most 65535"))
    #expect(message(testLabels: NDArray([Int32(0), 65_535])) == "no error")
    #expect(message(test: NDArray(zeros: [2, 3])).contains("have 2 columns, test features 3"))
    #expect(
      message(test: NDArray([Float(1), 2, 3, .nan], shape: [2, 2]))
        == "the test features hold values that are not finite, first in row 1")
    #expect(
      message(train: NDArray([.infinity, Float(2), 3, 4], shape: [2, 2]))
        == "the training features hold values that are not finite, first in row 0")
    #expect(
      message(test: NDArray(zeros: [0, 2]), testLabels: NDArray([Int32]())).contains("no rows"))
    #expect(
      message(train: NDArray(zeros: [2, 0]), test: NDArray(zeros: [2, 0])).contains("no rows"))
  }

  @Test("rows of the confusion matrix are labels, columns predictions")
  func confusion() throws {
    let counts = try confusionMatrix(
      predictions: NDArray([Int32(0), 0, 1, 1, 2, 0]), labels: NDArray([Int32(0), 1, 1, 1, 2, 2]),
      classes: 3)
    #expect(counts == NDArray([Int32(1), 0, 0, 1, 2, 0, 1, 0, 1], shape: [3, 3]))
    for (guess, truth, seen) in [(3, 0, "3"), (2, -1, "-1"), (-4, 7, "-4")] {
      let wrong = ShapeError.valueOutOfRange(
        operation: "confusion", what: "a class", seen: seen, wanted: "0 to 2")
      #expect(throws: wrong) {
        try confusionMatrix(
          predictions: NDArray([Int32(guess)]), labels: NDArray([Int32(truth)]), classes: 3)
      }
    }
    #expect(throws: ShapeError.self) {
      try confusionMatrix(predictions: NDArray([Int32(0)]), labels: NDArray([Int32]()), classes: 3)
    }
  }
}
