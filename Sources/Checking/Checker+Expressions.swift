import Syntax

extension Checker {
  mutating func expression(_ expression: Expr) {
    switch expression.kind {
    case .name(let name): use(name)
    case .function(let function): self.function(function)
    case .call(let call): self.call(call, expression.range)
    case .string(let parts): string(parts, expression)
    default:
      expression.parts.forEach { self.expression($0) }
      expression.blocks.forEach { block($0) }
    }
  }

  private mutating func call(_ call: Call, _ range: SourceRange) {
    if case .name(let name) = call.callee.kind {
      if let variable = hidden(name) {
        diagnostics.append(.hidesFunction(file, name, call.callee.range, variable))
      } else if attempts == 0, let signature = known(name) {
        noteArguments(call, of: name, signature, range)
      }
    }
    expression(call.callee)
    call.arguments.forEach { expression($0.value) }
  }

  private mutating func noteArguments(
    _ call: Call, of name: String, _ signature: FunctionSignature, _ range: SourceRange
  ) {
    var given: Set<String> = [], hasSplat = false
    for argument in call.arguments {
      switch argument.kind {
      case .piped, .positional:
        // A value by position takes the first place that no name before it has taken.
        if let place = signature.positional.first(where: { !given.contains($0.name) }) {
          given.insert(place.name)
        } else if !signature.isVariadic {
          diagnostics.append(
            .tooMany(file, name, signature, argument.value.range, isPiped: call.isPiped))
          return
        }
      case .named(let option):
        let isField = !signature.parameters.contains { $0.name == option.text }
        guard given.insert(option.text).inserted || isField else {
          diagnostics.append(.givenTwice(file, name, option))
          return
        }
        noteOption(option, argument.value, of: name, signature)
      case .splat: hasSplat = true
      }
    }
    guard !hasSplat, !signature.collectsFields else { return }
    let missing = signature.parameters.first { $0.isRequired && !given.contains($0.name) }
    if let missing { diagnostics.append(.missing(file, name, missing, range)) }
  }

  private mutating func noteOption(
    _ option: Name, _ value: Expr, of name: String, _ signature: FunctionSignature
  ) {
    guard let parameter = signature.parameters.first(where: { $0.name == option.text }) else {
      if !signature.collectsFields {
        diagnostics.append(
          .unknownOption(file, option, of: name, known: signature.parameters.map(\.name)))
      }
      return
    }
    guard case .string(let parts) = value.kind, parts.count == 1, case .text(let word) = parts[0],
      !parameter.words.isEmpty, !parameter.words.contains(word)
    else { return }
    diagnostics.append(.unknownWord(file, value.range, word, parameter, of: name))
  }

  /// `"loss $loss"`: names are filled in with braces; raw strings fill nothing in.
  private mutating func string(_ parts: [StringPart], _ whole: Expr) {
    for case .text(let text) in parts where text.contains("$") && !isRaw(whole) {
      for piece in text.split(separator: "$", omittingEmptySubsequences: false).dropFirst() {
        let name = String(piece.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        if isVariable(name) { diagnostics.append(.dollar(file, whole.range, name)) }
      }
    }
    whole.parts.forEach { expression($0) }
  }
  private func isRaw(_ string: Expr) -> Bool {
    tokens(in: SourceFile(name: "", text: file.text(of: string.range)))
      .first { $0.kind != .leftParenthesis && !$0.kind.isComment }?.kind == .rawString
  }
}
