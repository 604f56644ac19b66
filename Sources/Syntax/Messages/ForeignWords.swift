/// Habits from other languages, each with its cure in this one: E040 to E049.
enum ForeignWords {
  static func symbol(_ file: SourceFile, _ range: SourceRange, _ text: String) -> Diagnostic {
    let (meaning, cure) = symbols[text] ?? ("is not part of the language", "remove it")
    return Diagnostic(
      "E040", "\"\(text)\" \(meaning)", labels: [.init(file, range)], hint: cure)
  }

  private static let symbols: [String: (String, String)] = [
    "&&": ("is the word `and` here", "a and b"),
    "&": ("is the word `and` here", "a and b; for masks intersect(a, b)"),
    "||": ("is the word `or` here", "a or b"),
    "|": ("is the word `or` here", "a or b; a pipe is |>; for masks union(a, b)"),
    "!": ("is the word `not` here", "not a; unequal is !="),
    "~": ("is the word `not` here", "not a; unequal is !="),
    "**": ("is ^ here", "a ^ b"),
    "**=": ("is not an operator here", "a = a ^ b"),
    "//": ("is the word `div` here", "a div b; a comment begins with #"),
    "%": ("only ends a number (75% is 0.75)", "a mod b for the remainder"),
    "===": ("is == here", "a == b"),
    "!==": ("is != here", "a != b"),
    "+=": ("is written out here", "a = a + b"),
    "-=": ("is written out here", "a = a - b"),
    "*=": ("is written out here", "a = a * b"),
    "/=": ("is written out here", "a = a / b"),
    "++": ("is written out here", "a = a + 1"),
    ":=": ("is `let ... =` here", "let a = b"),
    "<-": ("is `let ... =` here", "let a = b"),
    "->": ("is => here", "x => x * 2"),
    "::": ("is . here", "masks.block"),
    "?": ("asks for help at the beginning of a line at the prompt", "help(\"kmeans\")"),
    "$": ("is not part of a name; a value in a string stands in braces", "\"loss {loss:.3}\""),
    "`": ("is not part of the language", "\"text\" for a string"),
    "\\": ("is not needed: a line goes on inside ( and [ and after an operator", "remove it"),
  ]

  /// A statement that begins with a word of another language and goes on with another word.
  static func statement(
    _ file: SourceFile, _ name: NameSyntax, following: Token
  ) -> Diagnostic? {
    guard let (meaning, cure) = words[name.text] else {
      return commandStyleCall(file, name, following: following)
    }
    return Diagnostic(
      "E041", "`\(name.text)` \(meaning)", labels: [.init(file, name.range)], hint: cure)
  }

  private static func commandStyleCall(
    _ file: SourceFile, _ name: NameSyntax, following: Token
  ) -> Diagnostic? {
    switch following.kind {
    case .name, .number, .string:
      let argument = file.text(following.range)
      return Diagnostic(
        "E042", "two values stand side by side: `\(name.text)` and `\(argument)`",
        labels: [
          .init(file, following.range, "an operator, a comma or a new line was expected before this")
        ],
        notes: ["A function is called with parentheses around its arguments."],
        hint: "\(name.text)(\(argument))")
    default: return nil
    }
  }

  private static let words: [String: (String, String)] = [
    "def": ("is `fn` here", "fn name(x) { ... }"),
    "function": ("is `fn` here, and a block stands in braces", "fn name(x) { ... }"),
    "func": ("is `fn` here", "fn name(x) { ... }"),
    "fun": ("is `fn` here", "fn name(x) { ... }"),
    "lambda": ("is written with => here", "x => x * 2"),
    "var": ("is `let` here", "let x = 1"),
    "const": ("is `let` here", "let x = 1"),
    "local": ("is `let` here", "let x = 1"),
    "set": ("is `let` for a new name and = for a known one", "let x = 1"),
    "elif": ("is `else if` here, on the line of the }", "if a { ... } else if b { ... }"),
    "elseif": ("is `else if` here, on the line of the }", "if a { ... } else if b { ... }"),
    "end": ("is not needed: a block stands in braces", "{ ... }"),
    "then": ("is not needed: a block stands in braces", "if a { ... }"),
    "do": ("is not needed: a block stands in braces", "while a { ... }"),
    "begin": ("is not needed: a block stands in braces", "{ ... }"),
    "foreach": ("is `for` here", "for x in xs { ... }"),
    "loop": ("is `while true` here", "while true { ... }"),
    "switch": ("is a chain of `if` here", "if a { ... } else if b { ... } else { ... }"),
    "match": ("is a chain of `if` here", "if a { ... } else if b { ... } else { ... }"),
    "case": ("is a chain of `if` here", "if a { ... } else if b { ... } else { ... }"),
    "class": ("does not exist: data is a record", "(name: \"a\", size: 3)"),
    "struct": ("does not exist: data is a record", "(name: \"a\", size: 3)"),
    "from": ("is not needed", "import \"masks.ccv\" as masks"),
    "using": ("is `import` here", "import \"masks.ccv\" as masks"),
    "include": ("is `import` here", "import \"masks.ccv\" as masks"),
    "require": ("is `import` here", "import \"masks.ccv\" as masks"),
    "throw": ("is error(...) here", "error(\"what went wrong\")"),
    "raise": ("is error(...) here", "error(\"what went wrong\")"),
    "except": ("is `catch` here", "try { ... } catch e { ... }"),
    "finally": ("does not exist", "try { ... } catch e { ... }"),
    "pass": ("is not needed: a block may be empty", "{ }"),
    "del": ("is not needed: names go away with their block", "let x = nil"),
    "global": ("is not needed: = changes the name wherever it was made", "x = 2"),
    "yield": ("does not exist", "push(list, value)"),
    "async": ("does not exist", "remove it"),
    "await": ("does not exist", "remove it"),
  ]

  /// Names of other languages' constants and functions, for the resolver's unknown names.
  static func cure(forName name: String) -> String? {
    names[name]
  }

  private static let names: [String: String] = [
    "True": "true", "False": "false", "TRUE": "true", "FALSE": "false", "None": "nil",
    "null": "nil", "NULL": "nil", "undefined": "nil", "nothing": "nil", "NaN": "0 / 0",
    "NA": "nil", "inf": "1 / 0", "Inf": "1 / 0", "length": "len(x)", "size": "x.shape or len(x)",
    "numel": "x.count", "println": "print(x)", "printf": "print(\"{x:.3}\")",
    "disp": "print(x)", "echo": "print(x)", "puts": "print(x)", "cat": "print(x)",
    "append": "push(list, x)", "str": "string(x)", "int": "floor(x)", "float": "number(x)",
    "dict": "a record: (name: 1)", "array": "tensor([1, 2])", "range": "0..<n, or 1..n",
    "torch": "tensor([1, 2]); there is no module to name", "np": "tensor([1, 2]); there is no module to name",
    "typeof": "type(x)", "quit": "Ctrl-D, or exit()", "figure": "plot(x)", "imshow": "show(x)",
    "elif": "else if", "this": "the name of the record", "self": "the name of the record",
  ]
}

/// The cure for a name that another language would know, or nil.
public func foreignNameCure(_ name: String) -> String? { ForeignWords.cure(forName: name) }
