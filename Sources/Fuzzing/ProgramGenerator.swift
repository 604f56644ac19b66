/// Programs of every form that the grammar has, which parse, use names that exist and end soon.
///
/// What they compute may fail (an index out of range, shapes that do not line up): that is part of what
/// is tried. Blanks and line breaks are strewn wherever the language allows them, for the formatter.
public struct ProgramGenerator {
  private var random: SeededRandom
  private var scopes: [[Name]] = [[]]
  private var counter = 0
  private var depth = 0
  private var isInLoop = false
  private var isInFunction = false

  /// What a value is, as far as that is known before it runs.
  private enum Kind: CaseIterable {
    case number, text, truth, list, record, tensor, function
  }

  private struct Name {
    var text: String
    var kind: Kind
  }

  public init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// A program of some statements at its top.
  public mutating func program(statements: Int = 8) -> String {
    (0..<statements).map { _ in statement() + end() }.joined()
  }

  // MARK: - Layout

  private mutating func gap() -> String { random.pick(["", "", " ", " ", "  "]) }

  /// Blanks that must be there.
  private mutating func space() -> String { random.pick([" ", " ", "   ", "\t"]) }

  /// Within brackets a line may end anywhere.
  private mutating func fold() -> String {
    random.once(in: 12) ? random.pick(["\n", "\n  ", "\n# within\n", "\n\n      "]) : gap()
  }

  private mutating func end() -> String {
    random.pick([
      "\n", "\n", "\n", "\n\n\n", " # why\n", "\n  # note\n", "; true\n", "\n## said\n\n",
    ])
  }

  private mutating func comma() -> String { gap() + "," + fold() }

  // MARK: - Names

  private mutating func fresh(_ kind: Kind) -> String {
    counter += 1
    let text = random.pick(["a", "sum_", "\u{E9}t\u{E9}", "x"]) + String(counter)
    scopes[scopes.count - 1].append(Name(text: text, kind: kind))
    return text
  }

  private mutating func known(_ kind: Kind) -> String? {
    let names = scopes.joined().filter { $0.kind == kind }
    return names.isEmpty ? nil : random.pick(Array(names)).text
  }

  private mutating func scoped(_ body: (inout Self) -> String) -> String {
    scopes.append([])
    depth += 1
    defer {
      scopes.removeLast()
      depth -= 1
    }
    return body(&self)
  }

  // MARK: - Statements

  private mutating func statement() -> String {
    if depth > 3 { return random.once(in: 2) ? printing() : definition() }
    switch random.below(16) {
    case 0...3: return definition()
    case 4: return assignment()
    case 5: return place()
    case 6: return function()
    case 7: return forLoop()
    case 8: return whileLoop()
    case 9: return conditional()
    case 10: return attempt()
    case 11: return destructuring()
    case 12: return jump()
    case 13: return scopedSeed()
    case 14: return expression(anyKind())
    default: return printing()
    }
  }

  private mutating func anyKind() -> Kind { random.pick(Kind.allCases) }

  /// Functions print as their source, which formatting changes.
  private mutating func printable() -> Kind { random.pick(Kind.allCases.filter { $0 != .function }) }

  private mutating func definition() -> String {
    let kind = anyKind()
    let value = expression(kind)
    return "let" + space() + fresh(kind) + gap() + "=" + gap() + value
  }

  private mutating func assignment() -> String {
    let kind = anyKind()
    guard let name = known(kind) else { return definition() }
    return name + gap() + "=" + gap() + expression(kind)
  }

  private mutating func place() -> String {
    if random.once(in: 2), let name = known(.record) {
      return name + "." + random.pick(["a", "b", "new"]) + " = " + expression(.number)
    }
    guard let name = known(.list) ?? known(.tensor) else { return printing() }
    return name + "[" + index() + "] = " + expression(.number)
  }

  private mutating func block(_ body: (inout Self) -> String) -> String {
    let inner = scoped(body)
    if inner.contains("\n") || random.once(in: 2) {
      return "{" + gap() + "\n" + inner + "\n" + gap() + "}"
    }
    return "{" + gap() + inner + gap() + "}"
  }

  private mutating func statements(_ count: Int) -> String {
    (0..<count).map { _ in statement() }.joined(separator: "\n")
  }

  private mutating func function() -> String {
    let kind = random.pick([Kind.number, .text, .list])
    counter += 1
    let name = "f\(counter)"
    let documentation = random.once(in: 3) ? "## Does what it does.\n" : ""
    let outer = (isInFunction, isInLoop)
    (isInFunction, isInLoop) = (true, false)
    let body = block { generator in
      generator.scopes[generator.scopes.count - 1] += [
        Name(text: "x", kind: .number), Name(text: "rate", kind: .number),
      ]
      return generator.statements(generator.random.below(3) + 1) + "\n" + generator.expression(kind)
    }
    (isInFunction, isInLoop) = outer
    scopes[scopes.count - 1].append(Name(text: name, kind: .function))
    return documentation + "fn" + space() + name + "(x" + comma() + "rate" + gap() + "=" + gap()
      + "2%" + fold() + ")" + gap() + body
  }

  private mutating func forLoop() -> String {
    let sequence = random.pick([
      "0..<3", "1..4 by 2", "[1, 2, 3]", "4..1 by -1", "zip([1, 2], [\"a\", \"b\"])",
    ])
    counter += 1
    let isPair = sequence.hasPrefix("zip")
    let pattern = isPair ? "(i\(counter),\(gap())j\(counter))" : "i\(counter)"
    let name = "i\(counter)"
    let outer = isInLoop
    isInLoop = true
    let body = block { generator in
      generator.scopes[generator.scopes.count - 1].append(Name(text: name, kind: .number))
      return generator.statements(generator.random.below(2) + 1)
    }
    isInLoop = outer
    return "for" + space() + pattern + space() + "in" + space() + sequence + space() + body
  }

  private mutating func whileLoop() -> String {
    counter += 1
    let name = "n\(counter)"
    let outer = isInLoop
    isInLoop = true
    let body = block { generator in "\(name) = \(name) + 1\n" + generator.statements(1) }
    isInLoop = outer
    return "let \(name) = 0\nwhile \(name) < \(random.below(4))\(space())" + body
  }

  private mutating func conditional() -> String {
    let first = "if" + space() + expression(.truth) + space() + block { $0.statements(1) }
    switch random.below(3) {
    case 0: return first
    case 1: return first + gap() + "else" + gap() + block { $0.statements(1) }
    default:
      return first + " else if " + expression(.truth) + gap() + block { $0.statements(1) }
        + " else "
        + block { $0.statements(1) }
    }
  }

  private mutating func attempt() -> String {
    let body = block { generator in
      generator.random.once(in: 3) ? "error(\"no {1 + 1}\")" : generator.statements(2)
    }
    return "try " + body + random.pick([" ", "\n"]) + "catch e " + block { _ in "print(e.code)" }
  }

  private mutating func destructuring() -> String {
    let value = "[\(expression(.number)),\(gap())\(expression(.text))]"
    return "let (\(fresh(.number)),\(gap())\(fresh(.text))) = " + value
  }

  private mutating func jump() -> String {
    if isInLoop, random.once(in: 2) {
      return "if " + expression(.truth) + " { " + random.pick(["break", "continue"]) + " }"
    }
    return isInFunction
      ? "if " + expression(.truth) + " { return " + expression(.number) + " }" : printing()
  }

  private mutating func scopedSeed() -> String {
    "with seed(\(random.below(9))) " + block { "print(uniform([2]), \($0.expression(.number)))" }
  }

  private mutating func printing() -> String {
    "print(" + fold() + expression(printable()) + comma() + expression(printable()) + fold() + ")"
  }

  // MARK: - Expressions

  private mutating func expression(_ kind: Kind) -> String {
    depth += 1
    defer { depth -= 1 }
    if depth > 6 || random.once(in: 3) { return atom(kind) }
    switch kind {
    case .number: return numeric()
    case .text: return text()
    case .truth: return truth()
    case .list: return list()
    case .record: return record()
    case .tensor: return tensor()
    case .function: return lambda()
    }
  }

  private mutating func atom(_ kind: Kind) -> String {
    if random.once(in: 2), let name = known(kind) { return name }
    switch kind {
    case .number: return random.pick(["0", "1", "2.5", "75%", "1_000", "3k", "2e-3", "2min", "-1"])
    case .text:
      return random.pick(["\"\"", "'raw {x}'", "\"t\u{E9}xt\"", "\"\"\"\n two\n  lines\"\"\""])
    case .truth: return random.pick(["true", "false"])
    case .list:
      return random.once(in: 8) ? "[]" : random.pick(["[1, 2, 3]", "[\"a\", [true]]", "[1.5, 2]"])
    case .record: return random.once(in: 8) ? "(:)" : "(a: 1, b: \"two\")"
    case .tensor: return random.pick(["zeros([2, 3])", "[1, 2; 3, 4]", "arange(4)"])
    case .function: return random.pick(["len", "x => x", "type"])
    }
  }

  private mutating func numeric() -> String {
    switch random.below(10) {
    case 0...3:
      let sign = random.pick(["+", "-", "*", "/", " div ", " mod ", "^"])
      return expression(.number) + gap() + sign + gap() + expression(.number)
    case 4: return "-" + gap() + "(" + fold() + expression(.number) + fold() + ")"
    case 5: return "len(" + expression(.list) + ")"
    case 6: return "(" + expression(.list) + ")[" + index() + "]"
    case 7:
      return "if " + expression(.truth) + " { " + expression(.number) + " } else { "
        + expression(.number) + " }"
    case 8: return "(" + expression(.record) + ").a"
    default: return "(" + expression(.list) + random.pick([" |> ", "\n  |> "]) + "len)"
    }
  }

  private mutating func text() -> String {
    switch random.below(4) {
    case 0:
      return "\"{" + atom(.number) + ":" + random.pick(["%", ".3", "05"]) + "} and {" + atom(.list)
        + "}\""
    case 1: return "\"a{\"b{" + atom(.number) + "}\"}c\\u{e9}\\n\""
    case 2: return expression(.text) + " + " + expression(.text)
    default: return "upper(" + expression(.text) + ")"
    }
  }

  private mutating func truth() -> String {
    switch random.below(5) {
    case 0:
      return "(" + expression(.number) + gap() + random.pick(["<", "<=", ">", ">=", "==", "!="])
        + space() + expression(.number) + ")"
    case 1:
      return "(" + expression(.truth) + ")" + random.pick([" and ", " or "]) + "("
        + expression(.truth) + ")"
    case 2: return "not " + atom(.truth)
    case 3: return "(" + expression(.number) + " in " + expression(.list) + ")"
    default: return "(" + expression(.text) + " == " + expression(.text) + ")"
    }
  }

  private mutating func list() -> String {
    switch random.below(5) {
    case 0: return "[" + fold() + expression(.number) + comma() + expression(.text) + fold() + "]"
    case 1: return "map(" + expression(.list) + comma() + lambda() + ")"
    case 2: return "(" + expression(.list) + " |> map(x => [x, x])" + random.pick(["", "\n|> reverse"]) + ")"
    case 3:
      return "(" + expression(.list) + ")[" + random.pick(["0..1", "..<2", "1..", ":", "-1.."])
        + "]"
    default: return "keys(" + expression(.record) + ")"
    }
  }

  private mutating func record() -> String {
    switch random.below(2) {
    case 0:
      return "(" + fold() + "a:" + gap() + expression(.number) + comma() + "b" + gap() + ": "
        + expression(.text) + fold() + ")"
    default: return "(.." + atom(.record) + comma() + "c: " + expression(.list) + ")"
    }
  }

  private mutating func tensor() -> String {
    switch random.below(6) {
    case 0: return "[" + atom(.number) + comma() + atom(.number) + gap() + ";" + fold() + "3, 4]"
    case 1:
      return expression(.tensor) + random.pick([" + ", " * ", " - ", " @ ", " / "])
        + expression(.tensor)
    case 2: return "sum(" + expression(.tensor) + comma() + "axis: 0)"
    case 3:
      return "(" + expression(.tensor) + ")[" + random.pick(["0", ":, 1", "..., -1", "0..1", "-1"])
        + "]"
    case 4: return "reshape(" + expression(.tensor) + comma() + "[2, -1])"
    default: return "where(" + expression(.tensor) + " > 0, " + expression(.tensor) + ", 0)"
    }
  }

  private mutating func lambda() -> String {
    if random.once(in: 3), let name = known(.function) { return name }
    let parameters = random.pick(["x", "(x)", "(x, y = 2)"])
    let outer = (isInFunction, isInLoop)
    (isInFunction, isInLoop) = (true, false)
    defer { (isInFunction, isInLoop) = outer }
    let body = scoped { generator in
      generator.scopes[generator.scopes.count - 1].append(Name(text: "x", kind: .number))
      return generator.random.once(in: 3)
        ? "{ " + generator.statements(1) + "\n" + generator.expression(.number) + " }"
        : generator.expression(.number)
    }
    return "(" + parameters + gap() + "=>" + gap() + body + ")"
  }

  private mutating func index() -> String {
    random.once(in: 6) ? random.pick(["99", "0.5", atom(.number)]) : random.pick(["0", "1", "-1"])
  }
}
