// Names and calls of other languages that no name of ccv stands for.

extension Mender {
  func unknownName(at index: Int) -> [Edit]? {
    let name = text(index)
    if kind(index + 1) == .dot, kind(index + 2) == .name,
      let own = Self.dotted["\(name).\(text(index + 2))"], known.contains(own)
    {
      return [Edit(range(index, index + 2), own)]
    }
    if kind(index + 1) == .dot, Self.modules.contains(name) { return ofModule(at: index) }
    if kind(index + 1) == .leftParenthesis, let close = partners[index + 1] {
      if let call = call(name, arguments(of: index + 1)) {
        let isOperation = Self.operations.contains(name)
        return [Edit(range(index, close), isOperation ? enclosed(call, index, close) : call)]
      }
    }
    let isType = Self.types[name] != nil && kind(index + 1) != .leftParenthesis
    if !isType, let other = ForeignNames.renamed[name] { return [Edit(tokens[index].range, other)] }
    if name == "end", let open = opener(around: index), kind(open) == .leftBracket {
      return [Edit(tokens[index].range, "-1")]
    }
    return nil
  }

  /// Functions that operators and ranges stand for.
  private static let operations: Set = ["range", "xrange", "seq", "isempty", "pow", "isinstance"]

  /// Names of R and PyTorch with a point in them.
  private static let dotted = [
    "set.seed": "seed", "is.na": "is_nan", "as.numeric": "number", "as.character": "string",
    "torch.cat": "concat", "time.time": "time",
  ]

  private static let modules: Set = [
    "np", "numpy", "torch", "F", "nn", "tf", "plt", "jnp", "math", "random",
  ]

  /// `np.mean(x)`.
  private func ofModule(at index: Int) -> [Edit]? {
    guard kind(index + 2) == .name else { return nil }
    let name = text(index + 2)
    if kind(index + 3) == .leftParenthesis, let close = partners[index + 3],
      let call = call(name, arguments(of: index + 3))
    {
      return [Edit(range(index, close), call)]
    }
    let other = ForeignNames.renamed[name] ?? name
    return known.contains(other) ? [Edit(range(index, index + 2), other)] : nil
  }

  /// The texts between the commas of a call.
  func arguments(of open: Int) -> [String] {
    guard let close = partners[open], close > open + 1 else { return [] }
    var parts: [String] = [], first = open + 1
    while first < close {
      let last = end(of: first, stopAt: [.comma])
      parts.append(text(first, last))
      first = last + 2
    }
    return parts
  }

  /// An argument as an operand of any operator: in parentheses unless it is one name, number or call.
  private func grouped(_ argument: String) -> String {
    grip(of: argument) == .operand ? argument : "(\(argument))"
  }

  /// What a call of another language's function is in ccv.
  private func call(_ name: String, _ given: [String]) -> String? {
    let all = given.joined(separator: ", ")
    switch (name, given.count) {
    case ("range", 1), ("xrange", 1): return "0..<\(given[0])"
    case ("range", 2), ("xrange", 2): return "\(given[0])..<\(given[1])"
    case ("range", 3): return "\(given[0])..<\(given[1]) by \(given[2])"
    case ("int", 1) where all.hasPrefix("\""): return "number(\(all))"
    case ("printf", 1...), ("fprintf", 1...):
      return interpolated(given[0], Array(given.dropFirst())).map { "print(\($0))" }
    case ("arange", 1): return "tensor(0..<\(given[0]))"
    case ("c", 1...), ("list", 0...): return "[\(all)]"
    case ("dict", 1...): return "(\(all))"
    case ("seq", 2): return "\(given[0])..\(given[1])"
    case ("seq", 3): return "\(given[0])..\(given[1]) by \(given[2])"
    case ("nrow", 1): return "\(given[0]).shape[0]"
    case ("ncol", 1): return "\(given[0]).shape[1]"
    case ("numel", 1): return "\(given[0]).count"
    case ("size", 1): return "\(given[0]).shape"
    case ("size", 2): return Int(given[1]).map { "\(given[0]).shape[\(max(0, $0 - 1))]" }
    case ("isempty", 1): return "len(\(given[0])) == 0"
    case ("pow", 2): return "\(grouped(given[0])) ^ \(grouped(given[1]))"
    case ("rep", 2):
      let isWhole = all.hasPrefix("[") || all.hasPrefix("\"")
      return isWhole ? "repeat(\(all))" : "repeat([\(given[0])], \(given[1]))"
    case ("isinstance", 2):
      return Self.types[given[1]].map { "type(\(given[0])) == \"\($0)\"" }
    default: return shaped(name, given)
    }
  }

  /// `"%d of %.2f\n"` with its values in their places, without the line's end.
  func interpolated(_ format: String, _ values: [String]) -> String? {
    let pieces = format.split(separator: "%", omittingEmptySubsequences: false)
    guard format.hasPrefix("\""), pieces.count == values.count + 1 else { return nil }
    var result = String(pieces[0])
    for (piece, value) in zip(pieces.dropFirst(), values) {
      let digits = piece.prefix { $0.isNumber || $0 == "." || $0 == "-" }
      guard !value.contains("\"") else { return nil }
      result +=
        "{\(value)\(digits.isEmpty ? "" : ":\(digits)")}\(piece.dropFirst(digits.count + 1))"
    }
    return result.hasSuffix("\\n\"") ? result.dropLast(3) + "\"" : result
  }

  private static let types = [
    "int": "number", "float": "number", "str": "string", "list": "list", "dict": "record",
    "bool": "bool",
  ]

  /// Functions that make a tensor of a shape, and those that keep their arguments.
  private func shaped(_ name: String, _ given: [String]) -> String? {
    let own = ["rand": "uniform", "randn": "normal"][name] ?? ForeignNames.renamed[name] ?? name
    guard known.contains(own) else { return nil }
    let all = given.joined(separator: ", ")
    guard Self.takesShape.contains(own) else { return "\(own)(\(all))" }
    if given.count == 1, all.hasPrefix("(") { return "\(own)([\(all.dropFirst().dropLast())])" }
    return given.allSatisfy { $0.hasPrefix("[") } ? "\(own)(\(all))" : "\(own)([\(all)])"
  }

  static let takesShape: Set = ["zeros", "ones", "uniform", "normal"]
}
