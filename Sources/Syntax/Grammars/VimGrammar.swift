extension LexicalTable {
  /// A Vim syntax file; also indentation by braces and the way comments begin.
  var vim: String {
    let suffix = suffixes.map { $0 == "%" ? "\\%" : "\($0)>" }.joined(separator: "|")
    let signs = self.signs.map {
      $0.map { "\\^$.|?*+()[]{}/@<>=~&".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
    return """
      " Vim syntax file for ccv; `ccv grammar vim` writes it.
      if exists("b:current_syntax")
        finish
      endif

      syntax keyword ccvKeyword \(keywords.joined(separator: " "))
      syntax keyword ccvOperatorWord \(operatorWords.joined(separator: " "))
      syntax keyword ccvConstant \(constants.joined(separator: " "))
      syntax match ccvOperator /\\v\(signs.joined(separator: "|"))/
      syntax match ccvFunction /\\v<[A-Za-z_][A-Za-z0-9_]*\\ze\\(/
      syntax match ccvLabel /\\v<[A-Za-z_][A-Za-z0-9_]*\\ze:/
      syntax match ccvNumber /\\v<[0-9][0-9_]*(\\.[0-9][0-9_]*)?([eE][-+]?[0-9]+)?(\(suffix))?/
      syntax match ccvBuiltin /\\v<(\(functions.joined(separator: "|")))\\ze\\(/
      syntax match ccvEscape /\\v\\\\(u\\{[0-9A-Fa-f]+\\}|.)/ contained
      syntax region ccvInterpolation start=/{/ end=/}/ contained oneline contains=TOP
      syntax region ccvString start=/"/ skip=/\\\\"/ end=/"/ oneline contains=ccvEscape,ccvInterpolation
      syntax region ccvString start=/\"""/ end=/\"""/ contains=ccvEscape,ccvInterpolation
      syntax match ccvString /'[^']*'/
      syntax match ccvComment /#.*$/ contains=@Spell
      syntax match ccvDocumentation /##.*$/ contains=@Spell
      syntax match ccvCell /^# %%.*$/

      highlight default link ccvKeyword Statement
      highlight default link ccvOperatorWord Operator
      highlight default link ccvOperator Operator
      highlight default link ccvConstant Constant
      highlight default link ccvFunction Function
      highlight default link ccvBuiltin Special
      highlight default link ccvLabel Identifier
      highlight default link ccvNumber Number
      highlight default link ccvEscape SpecialChar
      highlight default link ccvString String
      highlight default link ccvComment Comment
      highlight default link ccvDocumentation SpecialComment
      highlight default link ccvCell Title

      setlocal commentstring=#\\ %s comments=b:##,b:# shiftwidth=2 expandtab smartindent
      let b:current_syntax = "ccv"

      """
  }
}
