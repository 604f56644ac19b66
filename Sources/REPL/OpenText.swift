import Syntax

/// The string that is open at the end of a text; apostrophes, escapes and comments are read as the lexer
/// does.
struct OpenQuote {
  /// The text before the quote.
  let before: String
  /// The quotation mark.
  let mark: Character
  /// What stands behind it so far.
  let text: String

  init?(in text: String) {
    var opening: (mark: Character, place: String.Index)?
    var index = text.startIndex
    while index < text.endIndex {
      let character = text[index]
      let next = text.index(after: index)
      if let open = opening {
        if character == "\\", open.mark == "\"", next < text.endIndex {
          index = text.index(after: next)
          continue
        }
        if character == open.mark || character.isNewline { opening = nil }
      } else if character == "\"" || character == "'" {
        opening = (character, index)
      } else if character == "#" {
        index = text[next...].firstIndex(where: \.isNewline) ?? text.endIndex
        continue
      }
      index = next
    }
    guard let opening else { return nil }
    before = String(text[..<opening.place])
    mark = opening.mark
    self.text = String(text[text.index(after: opening.place)...])
  }
}

/// The call whose parenthesis is open at the end of a text.
struct OpenCall {
  /// The function's name.
  let name: String
  /// The options that are given already.
  private(set) var options: Set<String> = []
  /// How many values by position come before the one that is open.
  private(set) var position = 0

  init?(in tokens: [Token], _ file: SourceFile) {
    var depth = 0
    var index = tokens.count - 1
    while index >= 0 {
      switch tokens[index].kind {
      case .rightParenthesis, .rightBracket, .rightBrace: depth += 1
      case .leftParenthesis, .leftBracket, .leftBrace:
        depth -= 1
      default: break
      }
      if depth < 0 { break }
      index -= 1
    }
    guard index > 0, tokens[index].kind == .leftParenthesis, tokens[index - 1].kind == .name else {
      return nil
    }
    name = file.text(of: tokens[index - 1].range)
    // A pipe gives the first value.
    position = index > 1 && tokens[index - 2].kind == .pipe ? 1 : 0
    for place in index + 1..<tokens.count {
      switch tokens[place].kind {
      case .leftParenthesis, .leftBracket, .leftBrace: depth += 1
      case .rightParenthesis, .rightBracket, .rightBrace: depth -= 1
      case .comma where depth == -1: position += 1
      case .colon where depth == -1 && tokens[place - 1].kind == .name:
        options.insert(file.text(of: tokens[place - 1].range))
      default: break
      }
    }
  }
}
