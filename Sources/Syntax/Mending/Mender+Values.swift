// What went wrong while the program ran: methods, indices, conditions, texts and numbers.

extension Mender {
  func value(_ diagnostic: Diagnostic, _ range: SourceRange) -> [Edit]? {
    guard let first = tokens.firstIndex(where: { $0.range.start >= range.start }),
      let last = tokens.lastIndex(where: { $0.range.end <= range.end }), first <= last
    else { return nil }
    switch diagnostic.code.number {
    case 102: return textAndValue(first, last)
    case 105: return pipedTwice(first)
    case 103: return calledField(first, last)
    case 109: return wholeIndex(first, last)
    case 110: return method(after: last, of: text(first, last))
    case 118: return format(after: range.end)
    default: return nil
    }
  }

  /// `x.mean()` is `mean(x)`.
  private func method(after last: Int, of base: String) -> [Edit]? {
    if text(last) == text(last + 2), kind(last + 3) == .leftParenthesis {
      // `time.time()`.
      return [Edit(gap(last, last + 3), "")]
    }
    guard kind(last + 1) == .dot, kind(last + 2) == .name, let first = operandStart(endingAt: last)
    else { return nil }
    let isCall = kind(last + 3) == .leftParenthesis && touches(last + 2, last + 3)
    let end = isCall ? partners[last + 3] ?? last + 2 : last + 2
    let given = isCall ? arguments(of: last + 3) : []
    let place = range(first, end)
    guard let text = method(text(last + 2), text(first, last), given) else { return nil }
    return [Edit(place, text)]
  }

  private func method(_ name: String, _ base: String, _ given: [String]) -> String? {
    let own = ForeignNames.renamed[name] ?? name
    switch name {
    case "step" where given.isEmpty: return "step(\(base), run.grads)"
    case "T", "t": return "transpose(\(base))"
    case "item": return "number(\(base))"
    case "size" where given.isEmpty: return "\(base).shape"
    case "dim", "ndim": return "\(base).rank"
    case "numel": return "\(base).count"
    case "astype": return given.count == 1 ? "cast(\(base), \(given[0]))" : nil
    case "detach": return "stop_gradient(\(base))"
    case "cpu", "cuda", "numpy", "clone", "items", "to", "contiguous": return base
    case "join": return given.count == 1 ? "join(\(given[0]), \(base))" : nil
    case "view", "reshape":
      let shape = given.joined(separator: ", ")
      return "reshape(\(base), \(shape.hasPrefix("[") ? shape : "[\(shape)]"))"
    default:
      let values = given.map { Self.takesAxis.contains(own) && Int($0) != nil ? "axis: \($0)" : $0 }
      return known.contains(own) ? "\(own)(\(([base] + values).joined(separator: ", ")))" : nil
    }
  }

  /// Functions whose axis is an option, and a bare number elsewhere.
  private static let takesAxis: Set = [
    "sum", "mean", "max", "min", "std", "var", "argmax", "argmin", "softmax", "log_softmax",
    "squeeze",
    "unsqueeze", "concat", "stack", "any", "all",
  ]

  /// `x.shape()`.
  private func calledField(_ first: Int, _ last: Int) -> [Edit]? {
    guard kind(last + 1) == .leftParenthesis, partners[last + 1] == last + 2,
      kind(last - 1) == .dot
    else { return nil }
    return [Edit(range(last + 1, last + 2), "")]
  }

  /// `xs |> map(xs, f)`.
  private func pipedTwice(_ index: Int) -> [Edit]? {
    guard let open = opener(around: index), kind(open - 1) == .name,
      kind(open + 2) == .comma, open + 3 < tokens.count,
      let pipe = (0..<open).last(where: { text($0) == "|>" }), pipe > 0,
      let first = operandStart(endingAt: pipe - 1),
      text(first, pipe - 1) == text(open + 1)
    else { return nil }
    return [
      Edit(SourceRange(start: tokens[open + 1].range.start, end: tokens[open + 3].range.start), "")
    ]
  }

  /// `xs[len(xs) / 2]`.
  private func wholeIndex(_ first: Int, _ last: Int) -> [Edit]? {
    let divisions = (first...last).filter { kind($0) == .slash }
    if divisions.count == 1, let sign = divisions.first {
      return [Edit(tokens[sign].range, "div")]
    }
    return nil
  }

  /// `x > 0.2 and x < 0.8` with tensors, whose elements `and` cannot join.
  private func masks(_ first: Int, _ last: Int) -> [Edit]? {
    let stops: Set<Token.Kind> = [.and, .or, .leftBrace, .assign, .comma]
    let start = start(of: first, stopAt: stops)
    let sign = end(of: first, stopAt: stops) + 1
    guard kind(sign) == .and || kind(sign) == .or, ![.and, .or].contains(kind(start - 1)) else {
      return nil
    }
    let last = end(of: sign, stopAt: stops)
    guard ![.and, .or].contains(kind(last + 1)), kind(start) != .not else { return nil }
    let name = kind(sign) == .and ? "intersect" : "union"
    return [
      Edit(range(start, last), "\(name)(\(text(start, sign - 1)), \(text(sign + 1, last)))")
    ]
  }

  /// `"epoch " + epoch`, `"-" * 20`.
  private func textAndValue(_ first: Int, _ last: Int) -> [Edit]? {
    guard kind(last + 1) == .plus || kind(last + 1) == .star, last + 2 < tokens.count else {
      return nil
    }
    // A product belongs to what is joined, a comparison and a pipe are about the whole.
    let stops: Set<Token.Kind> = [
      .comma, .plus, .minus, .pipe, .equal, .notEqual, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .in, .and, .or,
    ]
    let end = end(of: last + 1, stopAt: kind(last + 1) == .star ? stops.union([.star]) : stops)
    let (left, right) = (text(first, last), text(last + 2, end))
    let place = range(first, end)
    let isText = left.hasPrefix("\"") || right.hasPrefix("\"")
    if kind(last + 1) == .star {
      guard isText else { return nil }
      let areBoth = left.hasPrefix("\"") && right.hasPrefix("\"")
      if areBoth { return [Edit(tokens[last + 1].range, "+")] }
      return [
        Edit(
          place, left.hasPrefix("\"") ? "repeat(\(left), \(right))" : "repeat(\(right), \(left))")
      ]
    }
    guard isText else { return nil }
    func piece(_ text: String) -> String? {
      if text.hasPrefix("\""), text.hasSuffix("\""), !text.hasPrefix("\"\"\"") {
        return String(text.dropFirst().dropLast())
      }
      return text.contains("\"") ? nil : "{\(text)}"
    }
    guard let head = piece(left), let tail = piece(right) else { return nil }
    return [Edit(place, "\"\(head)\(tail)\"")]
  }

  /// `{x:.3f}` is `{x:.3}`.
  private func format(after place: Int) -> [Edit]? {
    guard let token = tokens.first(where: { $0.kind == .format && $0.range.start >= place }) else {
      return nil
    }
    let text = file.text(of: token.range)
    guard text.last?.isLetter ?? false else { return nil }
    return [Edit(token.range, String(text.dropLast()))]
  }

  /// `not xs` asks whether it is empty.
  private func emptiness(_ template: String, _ range: SourceRange) -> [Edit]? {
    guard template == "len({0}) > 0",
      let first = tokens.firstIndex(where: { $0.range.start == range.start }),
      kind(first - 1) == .not
    else { return nil }
    return [
      Edit(tokens[first - 1].range.union(range), "len(\(file.text(of: range))) == 0")
    ]
  }

  // MARK: - Cures that the finder of a mistake knows

  func edits(for cure: Cure, _ diagnostic: Diagnostic) -> [Edit]? {
    guard let primary = diagnostic.primary else { return nil }
    switch cure {
    case .declare:
      return [Edit(primary.range.startPoint, "let ")]
    case .rewrite(let template):
      if let edits = emptiness(template, primary.range) { return edits }
      let labels = diagnostic.labels.filter { $0.file === file }
      let named = labels.indices.filter { template.contains("{\($0)}") }
      let used = named.isEmpty ? [0] : named
      guard let place = used.map({ labels[$0].range }).reduce(nil, { $0?.union($1) ?? $1 }) else {
        return nil
      }
      var text = template
      for index in used {
        text = text.split(separator: "{\(index)}", omittingEmptySubsequences: false)
          .joined(separator: file.text(of: labels[index].range))
      }
      return [Edit(place, text)]
    case .mask:
      guard let first = tokens.firstIndex(where: { $0.range.start >= primary.range.start }),
        let last = tokens.lastIndex(where: { $0.range.end <= primary.range.end }), first <= last
      else { return nil }
      return masks(first, last)
        ?? [Edit(primary.range, "any(\(file.text(of: primary.range)))")]
    case .index:
      guard let last = tokens.lastIndex(where: { $0.range.end <= primary.range.end }),
        kind(last + 1) == .leftParenthesis, let close = partners[last + 1]
      else { return nil }
      return [Edit(tokens[last + 1].range, "["), Edit(tokens[close].range, "]")]
    case .lastIndex:
      let text = file.text(of: primary.range)
      guard text.allSatisfy(\.isNumber) || text.hasPrefix("len("),
        let first = tokens.firstIndex(where: { $0.range.start >= primary.range.start }),
        let open = opener(around: first), let close = partners[open],
        tokens[open].range.end == primary.range.start,
        tokens[close].range.start == primary.range.end, kind(close + 1) != .assign
      else { return nil }
      return [Edit(primary.range, "-1")]
    case .shape:
      guard let inside = tokens.firstIndex(where: { $0.range.start >= primary.range.start }),
        let open = opener(around: inside), let close = partners[open],
        // Options stay outside of the list.
        !(open..<close).contains(where: { kind($0) == .colon && opener(around: $0) == open })
      else { return nil }
      return [
        Edit(tokens[open].range.endPoint, "["), Edit(tokens[close].range.startPoint, "]"),
      ]
    }
  }
}
