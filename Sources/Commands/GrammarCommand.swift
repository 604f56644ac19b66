import Glibc
import Session
import Syntax

/// `ccv grammar`: files for editors, made from the language's own table of words.
enum GrammarCommand {
  static let help = """
    ccv grammar textmate|vim|pygments   write a grammar for an editor to standard output

      ccv grammar textmate > ccv.tmLanguage.json   VS Code, Sublime Text and others
      ccv grammar vim > ~/.vim/syntax/ccv.vim      with: autocmd BufNewFile,BufRead *.ccv setfiletype ccv
      ccv grammar pygments > ccv_lexer.py          pygmentize -x -l ccv_lexer.py:CcvLexer FILE

    """

  static func run(_ arguments: [String]) -> Int32 {
    if arguments == ["-h"] || arguments == ["--help"] {
      Output.write(help, to: STDOUT_FILENO)
      return 0
    }
    guard arguments.count == 1, let grammar = EditorGrammar(rawValue: arguments[0]) else {
      let kinds = EditorGrammar.allCases.map(\.rawValue).joined(separator: ", ")
      return CommandUsage.refuse("grammar needs one of \(kinds)", "ccv grammar --help")
    }
    Output.write(grammar.text(functions: Session().knownNames), to: STDOUT_FILENO)
    return 0
  }
}
