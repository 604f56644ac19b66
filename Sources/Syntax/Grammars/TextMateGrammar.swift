extension LexicalTable {
  /// A TextMate grammar in JSON; patterns are Oniguruma's.
  var textmate: String {
    let escape = #"\\(?:u\{[0-9A-Fa-f]+\}|.)"#
    let rules: [(scope: String, match: String)] = [
      ("comment.block.documentation.ccv", "##.*$"), ("markup.heading.ccv", "^# %%.*$"),
      ("comment.line.number-sign.ccv", "#.*$"), ("constant.numeric.ccv", number),
      ("keyword.operator.word.ccv", Self.words(operatorWords)),
      ("constant.language.ccv", Self.words(constants)),
      ("keyword.control.ccv", Self.words(keywords)),
      ("support.function.ccv", Self.words(functions) + "(?=\\()"),
      ("entity.name.function.ccv", Self.name + "(?=\\()"),
      ("variable.parameter.ccv", Self.name + "(?=:(?!:))"), ("keyword.operator.ccv", sign),
    ]
    let single = rules.map { rule in
      "    { \"name\": \(Self.json(rule.scope)), \"match\": \(Self.json(rule.match)) }"
    }
    return """
      {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "ccv",
        "scopeName": "source.ccv",
        "fileTypes": ["ccv"],
        "firstLineMatch": "^#!.*\\\\bccv\\\\b",
        "patterns": [{ "include": "#all" }],
        "repository": {
          "all": { "patterns": [
          { "include": "#strings" },
      \(single.joined(separator: ",\n"))
          ] },
          "strings": { "patterns": [
            { "name": "string.quoted.triple.ccv", "begin": "\\"\\"\\"", "end": "\\"\\"\\"",
              "patterns": [{ "include": "#within" }] },
            { "name": "string.quoted.double.ccv", "begin": "\\"", "end": "\\"|$",
              "patterns": [{ "include": "#within" }] },
            { "name": "string.quoted.single.ccv", "match": "'[^'\\n]*'" }
          ] },
          "within": { "patterns": [
            { "name": "constant.character.escape.ccv", "match": \(Self.json(escape)) },
            { "name": "meta.interpolation.ccv", "begin": "\\\\{", "end": "\\\\}|$",
              "beginCaptures": { "0": { "name": "punctuation.section.interpolation.ccv" } },
              "endCaptures": { "0": { "name": "punctuation.section.interpolation.ccv" } },
              "patterns": [{ "include": "#all" }] }
          ] }
        }
      }

      """
  }

  private static func json(_ text: String) -> String {
    "\"" + text.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
