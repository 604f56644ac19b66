/// Mistakes in the text of a program: it is not run at all.
extension ErrorPages {
  static let lexer: [ErrorPage] = [
    ErrorPage(
      1,
      "A program is text in UTF-8. The file holds a byte that does not fit, because\n"
        + "it was saved in another encoding or is no text.",
      wrong: nil, right: "print(\"caf\u{E9}\")",
      advice: "Save the file as UTF-8; editors call it the file's encoding."),
    ErrorPage(
      2,
      "A string in `\"` or `'` ends on the line where it starts; one in `\"\"\"` may\nhave many lines.",
      wrong: "let name = \"shapes", right: "let name = \"shapes\"",
      advice: "Close the string, or use `\"\"\"` for text of several lines."),
    ErrorPage(
      3,
      "In `\"...\"` a backslash starts an escape. Known are \\n, \\t, \\r, \\\", \\', \\\\,\n"
        + "\\{, \\} and \\u{1F600}.",
      wrong: "print(\"C:\\data\")", right: "print('C:\\data')",
      advice: "`\\\\` stands for a backslash; in `'...'` nothing is special."),
    ErrorPage(
      4,
      "A number is written in decimal digits, with digits on both sides of a point\n"
        + "and `_` only between two digits.",
      wrong: "let x = 0xff", right: "let x = 255",
      advice: "`0.5`, `1_000`, `2.5e-3` are numbers; `.5`, `5.`, `1__0`, `0xff` are not."),
    ErrorPage(
      5, "A number may end with %, k, M, or a duration: s, min, h (in seconds).",
      wrong: "let wait = 20ms", right: "let wait = 0.02s",
      advice: "For a product write `*`: `2 * x`, not `2x`."),
    ErrorPage(
      6,
      "Numbers are 64-bit floats, exact for integers up to 2^53. A longer integer\n"
        + "would be rounded in silence.",
      wrong: "let id = 12345678901234567891", right: "let id = \"12345678901234567891\"",
      advice: "Write a name as a string; write `1.2345e19` when the nearest value will do."),
    ErrorPage(
      7, "The largest number is about 1.8e308.", wrong: "let x = 1e400", right: "let x = 1 / 0",
      advice: "`1 / 0` is infinity."),
    ErrorPage(
      8,
      "A character, perhaps one that cannot be seen, stands outside of strings and\n"
        + "comments, where it has no meaning.",
      wrong: "let x = 3 \u{20AC}", right: "let x = \"3 \u{20AC}\"",
      advice: "Delete it. Text that was copied from a page often brings such characters."),
    ErrorPage(
      9,
      "Word processors turn quotation marks into typographic ones. Strings stand in\nstraight ones.",
      wrong: "let x = \u{201C}shapes\u{201D}", right: "let x = \"shapes\"",
      advice: "Replace both marks."),
    ErrorPage(
      10,
      "In `\"...\"` braces hold an expression, with a format after a colon if need be:\n"
        + "{loss:.3}, {ratio:%}.",
      wrong: "print(\"an empty {}\")", right: "let n = 3\nprint(\"{n} of {n * 2}, {1 / 3:.2}\")",
      advice: "A brace as text is `\\{` or `\\}`; in `'...'` braces are plain text."),
    ErrorPage(
      11,
      "The operator or sign belongs to another language. The message names what\nstands for it.",
      wrong: "let a = true && false", right: "let a = true and false",
      advice: "Words are `and`, `or`, `not`, `div`, `mod`; a comment starts with `#`."),
    ErrorPage(
      12, "Programs are written by hand; a text of more than 64 MiB is data.",
      wrong: nil, right: "let images = load(\"shapes\", n: 10)",
      advice: "Keep data in a file of its own and `load` it."),
  ]

  static let parser: [ErrorPage] = [
    ErrorPage(
      20,
      "The text stops making sense at the marked place; the message says what could\nstand there.",
      wrong: "let 3 = x", right: "let x = 3",
      advice: "Look at the marked place and right before it: a name, a value or a sign is\n"
        + "missing, or one is too many."),
    ErrorPage(
      22, "A bracket is opened and not closed before the statement ends.",
      wrong: "let x = (1 + 2\nlet y = 3", right: "let x = (1 + 2)\nlet y = 3",
      advice: "Both places are marked: where it was opened, and where it should be closed."),
    ErrorPage(
      23, "A closing bracket stands where none is open, or another one is.",
      wrong: "let x = [1, 2])", right: "let x = [1, 2]",
      advice: "Remove it, or open its partner further left."),
    ErrorPage(
      24,
      "`if`, `for`, `while`, `fn`, `try` and `with` have a block in braces, which\n"
        + "starts on their line.",
      wrong: "let x = 1\nif x > 0 print(x)", right: "let x = 1\nif x > 0 { print(x) }",
      advice: "Put braces around what belongs to it, also when it is one statement."),
    ErrorPage(
      25, "Two things stand side by side without anything that joins them.",
      wrong: "let xs = [3]\nlen xs", right: "let xs = [3]\nlen(xs)",
      advice: "A call has parentheses; two statements stand on two lines or have `;` between\n"
        + "them; two values need an operator."),
    ErrorPage(
      26, "Only a variable, a field or an element can be changed by `=`.",
      wrong: "let x = 1\nx + 1 = 2", right: "let r = (x: [1, 2])\nr.x[0] = 2",
      advice: "`let` makes a name; `==` compares."),
    ErrorPage(
      27,
      "The words of the language cannot be names of variables. Fields and options\n"
        + "may have them: `r.in`, `sort(xs, by: f)`.",
      wrong: "let in = 3", right: "let input = 3",
      advice: "Choose another name."),
    ErrorPage(
      28, "A comparison gives true or false, which has no order.",
      wrong: "let x = 2\n1 < x < 3", right: "let x = 2\n1 < x and x < 3",
      advice: "Join two comparisons with `and`, or test a range: `x in 1..3`."),
    ErrorPage(
      29,
      "`|>` gives the value on its left to the function on its right as its first\n"
        + "argument, so that a function's name or call stands there.",
      wrong: "[1, 2] |> (x => len(x))", right: "[1, 2] |> len",
      advice: "Give the function a name with `let`; put parentheses around the whole pipe\n"
        + "to go on with its result: `(xs |> len) + 1`."),
    ErrorPage(
      30,
      "`else` belongs on the line of the `}` before it: at the prompt an `if` that is\n"
        + "closed is complete.",
      wrong: "let x = 0\nif x > 0 { print(1) }\nelse { print(2) }",
      right: "let x = 0\nif x > 0 { print(1) } else { print(2) }", advice: "Write `} else {`."),
    ErrorPage(
      31,
      "Brackets, blocks and operators are nested more than 100 deep, or one expression\n"
        + "is a chain of many hundred parts.",
      wrong: String(repeating: "(", count: 101) + "1" + String(repeating: ")", count: 101),
      right: "let part = (1 + 2)\npart + 3", advice: "Name parts of it with `let`."),
    ErrorPage(
      32, "The form is known from another language. The message says what stands for it.",
      wrong: "def double(x): return x * 2", right: "fn double(x) { x * 2 }",
      advice: "The README has the whole language on one page."),
    ErrorPage(
      34, "`=` changes a variable; a condition compares with `==`.",
      wrong: "let x = 1\nif x = 1 { print(x) }", right: "let x = 1\nif x == 1 { print(x) }",
      advice: "Write `==`."),
    ErrorPage(
      35, "A parameter, an option, a field or a name of a pattern occurs twice in one\nlist.",
      wrong: "let r = (size: 4, size: 8)", right: "let r = (size: 8)",
      advice: "Leave one out. To change a field of a record: `(..r, size: 8)`."),
    ErrorPage(
      36, "`try` runs its block and goes on in the block of `catch` when there is an\nerror.",
      wrong: "try { error(\"no\") }\nprint(1)",
      right: "try { error(\"no\") } catch e { print(e.message) }",
      advice: "Add `catch e { }`; an empty block ignores the error."),
    ErrorPage(
      37, "Elements, arguments and fields are separated by commas.",
      wrong: "let xs = [25% 50%]", right: "let xs = [25%, 50%]",
      advice: "Rows of a tensor are separated by `;`: `[1, 2; 3, 4]`."),
    ErrorPage(
      38, "`import` needs the path of a file as a plain string.",
      wrong: "import masks", right: "import \"masks.ccv\" as masks",
      advice: "Functions of the library are at hand without an import."),
  ]
}
