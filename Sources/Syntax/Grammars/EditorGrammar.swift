/// A grammar for an editor or a highlighter, made from the lexer's own table of words and signs.
public enum EditorGrammar: String, CaseIterable, Sendable {
  /// `ccv.tmLanguage.json`: VS Code, Sublime Text, TextMate, GitHub.
  case textmate
  /// `ccv.vim`, for `syntax/`.
  case vim
  /// `ccv_lexer.py`, for Pygments: Sphinx, LaTeX's minted, Jupyter.
  case pygments

  /// The text of the file.
  ///
  /// - Parameter functions: the functions that are built in, which have a colour of their own.
  public func text(functions: [String]) -> String {
    let table = LexicalTable(functions: functions)
    return switch self {
    case .textmate: table.textmate
    case .vim: table.vim
    case .pygments: table.pygments
    }
  }
}
