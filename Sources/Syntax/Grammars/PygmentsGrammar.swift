extension LexicalTable {
  /// A lexer for Pygments, as a Python module: `pygmentize -x -l ccv_lexer.py:CcvLexer FILE`.
  var pygments: String {
    func raw(_ pattern: String) -> String { "r\"\(pattern.replacing("\"", with: "\\\""))\"" }
    return """
      \"""Pygments lexer for ccv; `ccv grammar pygments` writes it.\"""

      from pygments.lexer import RegexLexer, include
      from pygments.token import (
          Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace,
      )


      class CcvLexer(RegexLexer):
          name = "ccv"
          aliases = ["ccv"]
          filenames = ["*.ccv"]

          tokens = {
              "root": [include("code"), (r".", Punctuation)],
              "code": [
                  (r"\\s+", Whitespace),
                  (r"##.*$", String.Doc),
                  (r"^# %%.*$", Comment.Special),
                  (r"#.*$", Comment.Single),
                  (r'\"""', String.Double, "triple"),
                  (r'"', String.Double, "double"),
                  (r"'[^'\\n]*'", String.Single),
                  (\(raw(number)), Number),
                  (\(raw(Self.words(operatorWords))), Operator.Word),
                  (\(raw(Self.words(constants))), Keyword.Constant),
                  (\(raw(Self.words(keywords))), Keyword),
                  (\(raw(Self.words(functions) + "(?=\\()")), Name.Builtin),
                  (\(raw(Self.name + "(?=\\()")), Name.Function),
                  (\(raw(Self.name + "(?=:)")), Name.Attribute),
                  (\(raw(Self.name)), Name),
                  (\(raw(sign)), Operator),
                  (r"[()\\[\\],;:.]", Punctuation),
              ],
              "braces": [(r"\\{", Punctuation, "#push"), (r"\\}", Punctuation, "#pop"), include("code")],
              "double": [
                  (r'[^"\\\\{\\n]+', String.Double),
                  (r"\\\\(?:u\\{[0-9A-Fa-f]+\\}|.)", String.Escape),
                  (r"\\{", String.Interpol, "interpolation"),
                  (r'"|\\n', String.Double, "#pop"),
              ],
              "triple": [
                  (r'\"""', String.Double, "#pop"),
                  (r"\\\\(?:u\\{[0-9A-Fa-f]+\\}|.|\\n)", String.Escape),
                  (r"\\{", String.Interpol, "interpolation"),
                  (r'[^"\\\\{]+|"', String.Double),
              ],
              "interpolation": [
                  (r"\\}", String.Interpol, "#pop"),
                  (r":[^}\\n]*(?=\\})", String.Interpol),
                  (\(raw(Self.name + "(?=:[^}\\n]*\\})")), Name),
                  include("code"),
                  (r".", Punctuation),
              ],
          }

      """
  }
}
