import Arrays
import MaskedModeling
import Testing

@Suite struct LabelledFeaturesTests {
  @Test("what a judge cannot use is refused with what was seen")
  func errors() {
    let two = NDArray([Int32(0), 1])
    func message(_ features: NDArray, _ labels: NDArray) -> String {
      do {
        _ = try LabelledFeatures(features, labels: labels, name: "test features")
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      message(NDArray(zeros: [3, 2]), two)
        == "test features: 2 labels for 3 samples, wanted one label a sample")
    #expect(
      message(NDArray(zeros: [2]), two) == "test features: got an array of shape 2, wanted N x D")
    #expect(
      message(NDArray([Float(0), .nan], shape: [2, 1]), two)
        == "test features: the values hold NaN or infinity, first in row 1")
    #expect(
      message(NDArray(zeros: [2, 1]), NDArray([Int32(0), -1])).contains("label -1 of sample 1"))
    #expect(
      message(NDArray(zeros: [2, 1]), NDArray([Float(0), 1]))
        == "labels of test features: elements are float32, wanted int32")
    #expect(
      message(NDArray(zeros: [0, 4]), NDArray([Int32]())) == "test features: there are no samples")
    #expect(message(NDArray(zeros: [2, 1]), two) == "no error")
  }

  @Test("the largest finite floats are finite")
  func largest() throws {
    let features = NDArray(repeating: Float.greatestFiniteMagnitude, shape: [2, 3])
    #expect(try LabelledFeatures(features, labels: NDArray([Int32(0), 1])).count == 2)
  }
}
