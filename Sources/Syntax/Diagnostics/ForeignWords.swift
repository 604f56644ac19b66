// Words that people bring from Python, MATLAB, Julia, R and JavaScript. The parser uses them where
// they break the grammar, the compiler where they are names that nothing defines.

/// What ccv writes where other languages use a certain word.
public enum ForeignWords {
  /// Returns what to write instead of `word`: a phrase that ends with a full stop; nil when the
  /// word is not known from another language.
  public static func cure(for word: String) -> String? { cures[word] }

  /// Words that end a block elsewhere.
  public static let endings: Set = [
    "pass", "end", "endif", "endfor", "endwhile", "endfunction", "fi", "done", "esac",
  ]

  static let cures: [String: String] = {
    var result: [String: String] = [:]
    for (words, cure) in table {
      for word in words.split(separator: " ") { result[String(word)] = cure }
    }
    return result
  }()

  private static let table: [(words: String, cure: String)] = [
    ("def function func fun sub proc", "`fn name(a, b = 1) { ... }`, or `x => x * 2`."),
    ("lambda", "`x => x * 2` or `(a, b) => a + b`."),
    ("var const auto val my local mut", "`let x = 1`."),
    ("int float double number string char bool auto void", "`let x = 1`; values know their types."),
    ("global nonlocal", "leave it out: `x = 1` changes the variable outside."),
    ("elif elseif elsif", "`} else if condition {`."),
    ("unless", "`if not condition { ... }`."),
    ("then do begin", "`{` starts a block, on the same line."),
    ("end endif endfor endwhile endfunction fi done esac", "`}` ends a block."),
    ("foreach", "`for x in xs { ... }`."),
    ("repeat loop forever", "`while true { ... }`, left with `break`."),
    ("until", "`while not condition { ... }`."),
    ("switch match case select when", "`if x == a { ... } else if x == b { ... } else { ... }`."),
    ("otherwise default", "`else { ... }`."),
    ("pass", "nothing: `{ }` may be empty."),
    ("raise throw", "`error(\"what is wrong\")`."),
    ("except rescue", "`try { ... } catch e { ... }`."),
    ("finally ensure", "put what must happen after the `try` statement."),
    (
      "from require using include source library use",
      "`import \"masks.ccv\" as masks` for a file of yours; tensors and plots are built in: `zeros([2, 3])`."
    ),
    (
      "clear clc close hold format",
      "nothing: each `plot` is a figure of its own, and `x = nil` lets a value go."
    ),
    ("class struct record type interface enum data", "a record: `(width: 3, height: 2)`."),
    ("new", "call the function: `f(x)`."),
    ("del delete unset rm", "nothing: a value goes when no name holds it."),
    ("yield", "collect into a list: `push(xs, x)`."),
    ("async await", "nothing: a call returns when it is done."),
    (
      "export public private static", "nothing: every top-level name of a file is seen by `import`."
    ),
    ("True TRUE", "`true`."),
    ("False FALSE", "`false`."),
    ("None null NULL Null Nil undefined nothing missing NA", "`nil`."),
    ("AND And", "`and`."),
    ("OR Or", "`or`."),
    ("NOT Not", "`not`."),
    ("xor", "`a != b`."),
    ("is", "`x == y`."),
    ("isnt", "`x != y`."),
    ("next", "`continue`."),
    ("last", "`break`; the last element is `xs[-1]`."),
    (
      "printf println puts echo disp fprintf cat console",
      "`print(x)`, with `\"{x:.3}\"` for a format."
    ),
    ("print", "`print(x)`."),
    ("assert", "`assert(condition)`."),
    ("np numpy torch tf plt jnp", "tensors and plots are built in: `zeros([2, 3])`, `plot(x)`."),
    ("self this", "a parameter: functions take their data as arguments."),
  ]
}
