// Pages of what `ccv check` warns of: programs that run, and hardly do what is meant.

extension ErrorPages {
  static let checking: [ErrorPage] = [
    ErrorPage(
      67, "A name of a block is made, and nothing reads it.",
      wrong: "fn area(w, h) {\n  let product = w * h\n  w + h\n}",
      right: "fn area(w, h) {\n  let product = w * h\n  product\n}",
      advice: "A name that begins with `_` is left alone."),
    ErrorPage(
      68,
      "`let` inside braces makes a new variable, which ends with the block. The one\n"
        + "around it keeps its value.",
      wrong: "let best = 0\nfor x in [3, 5, 4] {\n  if x > best { let best = x }\n}\nprint(best)",
      right: "let best = 0\nfor x in [3, 5, 4] {\n  if x > best { best = x }\n}\nprint(best)",
      advice: "`=` changes the variable that there is."),
    ErrorPage(
      69, "A variable has the name of a function, which cannot be called any more.",
      wrong: "let sum = 0\nfn total(xs) { sum(xs) }", right: "let start = 0\nfn total(xs) { sum(xs) }",
      advice: "Give the variable another name."),
    ErrorPage(
      70, "`return`, `break` and `continue` leave the block; what follows never runs.",
      wrong: "fn f(x) {\n  return x\n  print(x)\n}", right: "fn f(x) {\n  print(x)\n  return x\n}",
      advice: "Move the statement up, or leave it out."),
    ErrorPage(
      71, "A value is computed, and nothing is done with it.",
      wrong: "let x = 1\nx == 2\nprint(x)", right: "let x = 1\nx = 2\nprint(x)",
      advice: "`==` compares, `=` changes. `print` shows a value, `let` keeps it."),
    ErrorPage(
      72, "A dollar sign is a character like any other in a string.",
      wrong: "let loss = 1\nprint(\"loss $loss\")", right: "let loss = 1\nprint(\"loss {loss}\")",
      advice: "Braces fill in a value: `{loss:.3}` with three decimals."),
  ]
}
