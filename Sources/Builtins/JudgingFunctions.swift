import Arrays
import Autograd
public import Clustering
public import Interpreter
public import MaskedModeling
import Syntax

extension ClusteringError: DiagnosableError {
  public var diagnosis: Diagnosis { Diagnosis("E135", description, arguments: [(0, "")]) }
}

extension EvaluationError: DiagnosableError {
  public var diagnosis: Diagnosis { Diagnosis("E136", description, arguments: [(0, "")]) }
}

/// How good features are.
enum JudgingFunctions {
  private static let group = "judging features"

  static func functions(_ host: Host) -> [NativeFunction] {
    [knn(host), linearProbeFunction(host), confusion()]
  }

  private static func data(_ call: Interpreter.Call) throws -> ProbeData {
    try ProbeData(
      train: try features(call, 0), trainLabels: try Tensors.ids(call, 1),
      test: try features(call, 2), testLabels: try Tensors.ids(call, 3))
  }

  /// Rows of features; images and other tensors are flattened.
  private static func features(_ call: Interpreter.Call, _ index: Int) throws -> NDArray {
    let x = try Tensors.argument(call, index).value.converted(to: .float32)
    guard x.rank > 2 else { return x }
    return try x.reshaped(to: [x.shape[0], -1])
  }

  private static func record(_ result: ProbeResult) -> Value {
    let record = RecordObject([("accuracy", Value(result.accuracy))])
    if let train = result.trainAccuracy { record["train_accuracy"] = Value(train) }
    record["iterations"] = Value(result.iterations)
    record["converged"] = Value(result.isConverged)
    record.set("predictions", TensorObject(result.predictions))
    return .owning(record)
  }

  private static func knn(_ host: Host) -> NativeFunction {
    NativeFunction(
      "knn",
      "train_x: tensor, train_y: tensor, test_x: tensor, test_y: tensor, k=20 number",
      group: group,
      summary: "Judges features by their nearest neighbours.",
      details: """
        Features are standardised by the training rows; of the k nearest by cosine similarity each
        votes with exp(similarity / 0.07).
        train_x: [n, D]; images and other tensors are flattened.
        train_y: [n], class numbers from 0.
        test_x: [m, D].
        test_y: [m].
        k: how many neighbours vote, 1 to 10000.
        Gives a record of accuracy (0 to 1), predictions [m], iterations and converged.
        """,
      example: "knn([0, 1; 1, 0], [0, 1], [0.1, 1; 1, 0.1], [0, 1], k: 1).accuracy  # => 1",
      related: ["linear_probe", "confusion", "judging"]
    ) { call in
      let probe = try data(call)
      let machine = call.machine
      let tests = try Tensors.ids(call, 3).count
      let line = ProgressLine(host, title: "nearest neighbours", total: tests)
      defer { line.finish() }
      return record(
        try nearestNeighbours(probe, k: try call.integer(4, default: 20, in: 1...10_000)) { done in
          try machine.checkInterrupt()
          line.update(done)
        })
    }
  }

  private static func linearProbeFunction(_ host: Host) -> NativeFunction {
    NativeFunction(
      "linear_probe",
      "train_x: tensor, train_y: tensor, test_x: tensor, test_y: tensor, l2=1e-3 number, iters=500 number",
      group: group,
      summary: "Judges features by a logistic regression on them.",
      details: """
        Features are standardised by the training rows; mean cross-entropy + l2/2 ||W||^2 is
        minimised by L-BFGS until every component of the gradient is below 1e-4.
        train_x: [n, D]; images and other tensors are flattened.
        train_y: [n], class numbers from 0.
        test_x: [m, D].
        test_y: [m].
        l2: how much large weights cost, 0 or more.
        iters: at most so many iterations.
        Gives a record of accuracy and train_accuracy (0 to 1), iterations, converged and
        predictions [m].
        """,
      example: "linear_probe([0, 1; 1, 0], [0, 1], [0.1, 1; 1, 0.1], [0, 1]).accuracy  # => 1",
      related: ["knn", "confusion", "judging"]
    ) { call in
      let probe = try data(call)
      let iterations = try call.integer(5, default: 500, in: 1...1_000_000)
      // How many iterations it takes until it has converged nobody knows before.
      let line = ProgressLine(host, title: "linear probe, iterations", total: nil)
      let result = try linearProbe(
        probe, l2: try call.number(4, default: 1e-3, in: 0...1e9, wanted: "a number from 0 up"),
        iterationsMax: iterations
      ) { iteration in
        try call.machine.checkInterrupt()
        line.update(iteration)
        return true
      }
      line.finish()
      return record(result)
    }
  }

  private static func confusion() -> NativeFunction {
    NativeFunction(
      "confusion", "predictions: tensor, labels: tensor, classes=nil list", group: group,
      summary: "How often each class was taken for each: rows are labels, columns predictions.",
      details: """
        predictions: [n], class numbers from 0.
        labels: [n], the right ones.
        classes: the names of the classes, in order.
        Gives a value with fields counts [K, K], classes, accuracy and per_class (0 to 1); `show`
        draws it.
        """,
      example: "list(confusion([0, 1, 1], [0, 1, 0]).counts)  # => [[1, 1], [0, 1]]",
      related: ["linear_probe", "accuracy", "show", "judging"]
    ) { call in
      let (guesses, truths) = (try Tensors.ids(call, 0), try Tensors.ids(call, 1))
      var names = call.has(2) ? try call.list(2).values.map(Display.text) : []
      if names.isEmpty {
        let largest = max(
          guesses.elements(of: Int32.self).max() ?? 0, truths.elements(of: Int32.self).max() ?? 0)
        guard largest < 1 << 16 else {
          throw Diagnosis(
            "E119", "confusion: the largest label is \(largest), wanted classes numbered from 0",
            arguments: [(1, ""), (0, "")])
        }
        names = (0...max(0, Int(largest))).map(String.init)
      }
      let counts = try confusionMatrix(predictions: guesses, labels: truths, classes: names.count)
      return .owning(ConfusionObject(counts, names))
    }
  }
}

/// A confusion matrix with its class names.
final class ConfusionObject: ForeignObject {
  let counts: NDArray
  let names: [String]

  init(_ counts: NDArray, _ names: [String]) {
    self.counts = counts
    self.names = names
  }

  private func row(_ label: Int) -> [Int] {
    names.indices.map { Int(counts.number(at: label * names.count + $0)) }
  }
  var accuracy: Double {
    let total = names.indices.reduce(0) { $0 + row($1).reduce(0, +) }
    return total == 0 ? .nan : Double(names.indices.reduce(0) { $0 + row($1)[$1] }) / Double(total)
  }
  private func share(_ label: Int) -> Double {
    let all = row(label).reduce(0, +)
    return all == 0 ? .nan : Double(row(label)[label]) / Double(all)
  }

  override var typeName: String { "confusion" }
  override func summary(width: Int) -> String {
    let nameWidth = min(14, names.map { displayWidth(of: $0) }.max() ?? 1)
    let cellWidth =
      max(4, (0..<counts.count).map { String(Int(counts.number(at: $0))).count }.max() ?? 1) + 1
    func left(_ text: String, _ width: Int) -> String {
      padded(TerminalText.cut(text, to: width), to: width)
    }
    func right(_ text: String, _ width: Int) -> String {
      padded(TerminalText.cut(text, to: width - 1), to: width, onLeft: true)
    }
    var lines = [left("", nameWidth) + names.map { right($0, cellWidth) }.joined() + "   right"]
    for label in names.indices {
      lines.append(
        left(names[label], nameWidth) + row(label).map { right(String($0), cellWidth) }.joined()
          + right("\(TensorSummary.short(share(label) * 100)) %", 9))
    }
    lines.append(
      "accuracy \(TensorSummary.short(accuracy * 100)) % (rows: labels, columns: predictions)")
    return lines.joined(separator: "\n")
  }
  override var fieldNames: [String] { ["counts", "classes", "accuracy", "per_class"] }
  override func field(_ name: String) throws -> Value? {
    switch name {
    case "counts": Tensors.owned(counts)
    case "classes": CoreLists.strings(names)
    case "accuracy": Value(accuracy)
    case "per_class": .owning(ListObject(names.indices.map { Value(share($0)) }))
    default: nil
    }
  }
}
