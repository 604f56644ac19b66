public import Syntax

/// What `?E021` says about an error code. Tests run both examples of every page.
public struct ErrorPage: Sendable {
  /// The code that it explains.
  public let code: ErrorCode

  /// What it means, in lines of at most 76 columns.
  let meaning: String

  /// A program that has the error; nil when no short one does.
  public let wrong: String?

  /// The same, as it works.
  public let right: String

  /// What to try.
  let advice: String

  init(_ number: Int, _ meaning: String, wrong: String?, right: String, advice: String) {
    guard let code = ErrorCode.all.first(where: { $0.number == number }) else {
      preconditionFailure("E\(number) is not in the table of codes")
    }
    self.code = code
    self.meaning = meaning
    self.wrong = wrong
    self.right = right
    self.advice = advice
  }

  /// The page as text.
  public var text: String {
    var text = "\(code): \(code.title)\n\n" + Self.indented(meaning, by: 2)
    if let wrong { text += "\n  Wrong\n" + Self.indented(wrong, by: 4) }
    text += "\n  Right\n" + Self.indented(right, by: 4)
    return text + "\n" + Self.indented(advice, by: 2)
  }

  private static func indented(_ text: String, by count: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String(repeating: " ", count: count) + $0 + "\n" }.joined()
  }
}

/// The pages of all codes.
public enum ErrorPages {
  /// Every page, in the order of the codes.
  public static let all: [ErrorPage] =
    (lexer + parser + compiler + checking + running + engine).sorted { $0.code.number < $1.code.number }

  /// The page of a code, named as users write it: `E021`, `e21`; nil when there is no such code.
  public static func page(_ name: String) -> ErrorPage? {
    ErrorCode.named(name).flatMap { code in all.first { $0.code == code } }
  }
}
