/// Mistakes in what a program means: names before it runs, values while it does.
extension ErrorPages {
  static let compiler: [ErrorPage] = [
    ErrorPage(
      60,
      "The name is neither a variable that can be seen here nor a function of the\n"
        + "library. A name that a block makes ends with the block.",
      wrong: "let ratio = 75%\nprint(raito)", right: "let ratio = 75%\nprint(ratio)",
      advice: "Look at the spelling; make the name with `let` before the block that fills it;\n"
        + "`?words` searches the functions."),
    ErrorPage(
      61,
      "`=` changes a variable that exists; a new one is made by `let`, so that a slip\n"
        + "of the finger makes no new variable.",
      wrong: "let rate = 1\nrat = 2", right: "let rate = 1\nrate = 2",
      advice: "Look at the spelling, or write `let`."),
    ErrorPage(
      62, "Functions of the library stay as they are for everyone.",
      wrong: "len = 3", right: "let len = 3",
      advice: "`let` makes a variable of your own, which hides the function in your program."),
    ErrorPage(
      63, "`return` leaves a function; a program at its top level has none to leave.",
      wrong: "return 3", right: "fn three() { return 3 }\nthree()",
      advice: "`exit()` ends a script; the last expression of a cell is its result."),
    ErrorPage(
      64,
      "`break` leaves a loop and `continue` starts its next turn; neither crosses the\n"
        + "border of a function.",
      wrong: "break", right: "for i in 1..10 { if i > 3 { break } }",
      advice: "`return` leaves a function."),
    ErrorPage(
      65,
      "A function or a call holds more values at once than the machine has registers\n"
        + "(250), or a block is longer than 32767 instructions.",
      wrong: "print(" + String(repeating: "1, ", count: 300) + ")",
      right: "let xs = [1, 2, 3]\nprint(sum(xs))",
      advice: "Put many values into a list; split a long function."),
    ErrorPage(
      66, "A warning: `100 - 20%` is 99.8, because 20% is the number 0.2.",
      wrong: "let price = 100\nprice - 20%", right: "let price = 100\nprice * (1 - 20%)",
      advice: "Multiply to take a share off."),
  ]

  static let running: [ErrorPage] = [
    ErrorPage(
      100, "The program called `error(...)` itself; the message is its own.",
      wrong: "error(\"no images\")",
      right: "try { error(\"no images\") } catch e { print(e.message) }",
      advice: "The trace under the message says which function raised it."),
    ErrorPage(
      101, "A name that is given a value further down is used before that line has run.",
      wrong: "fn show_rate() { print(rate) }\nshow_rate()\nlet rate = 1",
      right: "fn show_rate() { print(rate) }\nlet rate = 1\nshow_rate()",
      advice: "Move the `let` up, or the call down."),
    ErrorPage(
      102,
      "An operator was given values that it has no meaning for. The types of both\nare marked.",
      wrong: "\"loss \" + 0.5", right: "\"loss {0.5}\"",
      advice: "Values go into a string with braces; `nil` comes from a function without a\n"
        + "last expression; a list becomes a tensor only when it holds numbers."),
    ErrorPage(
      103, "Parentheses after a value call it, and this value is no function.",
      wrong: "let a = 2\na(1 + 2)", right: "let a = 2\na * (1 + 2)",
      advice: "An operator may be missing, or a variable hides a function of that name."),
    ErrorPage(
      104,
      "Brackets after a value pick elements of a list, string, tensor, table, record\n"
        + "or range.",
      wrong: "let n = 5\nn[0]", right: "let xs = [5]\nxs[0]",
      advice: "Print the value: it may be another one than you think."),
    ErrorPage(
      105,
      "Data is given by position, options by name. The function was given too many\n"
        + "values by position, or one of them is missing. A piped value counts.",
      wrong: "fn area(w, h) { w * h }\narea(2)", right: "fn area(w, h) { w * h }\narea(2, 3)",
      advice: "`?area` shows what a function takes."),
    ErrorPage(
      106, "A function takes the options that it names, each once. Nothing is swallowed.",
      wrong: "fn scale(x, by_factor = 2) { x * by_factor }\nscale(3, by_facto: 4)",
      right: "fn scale(x, by_factor = 2) { x * by_factor }\nscale(3, by_factor: 4)",
      advice: "Look at the spelling; fields of a `..record` count as options."),
    ErrorPage(
      107, "A function was given a value of another type than it needs.",
      wrong: "upper(3)", right: "upper(\"three\")",
      advice: "`type(x)` tells the type of a value; `string`, `number` and `tensor` convert."),
    ErrorPage(
      108,
      "Indices count from 0, negative ones from the end. None beyond the ends is cut\n"
        + "off in silence.",
      wrong: "let xs = [1, 2, 3]\nxs[3]", right: "let xs = [1, 2, 3]\nxs[-1]",
      advice: "`len(xs)` is the length of a list, `x.shape` the shape of a tensor."),
    ErrorPage(
      109, "An index is a whole number; a fraction is not cut off in silence.",
      wrong: "let xs = [1, 2, 3]\nxs[len(xs) / 2]", right: "let xs = [1, 2, 3]\nxs[len(xs) div 2]",
      advice: "`div` divides to a whole number; `floor` and `round` make one."),
    ErrorPage(
      110,
      "A dot reads a field of a record or of an object such as a tensor or a\n"
        + "tokenizer. The fields that there are stand in the message.",
      wrong: "let xs = [3, 1]\nxs.sort()", right: "let xs = [3, 1]\nxs |> sort()",
      advice: "There are no methods: a function takes the value as its first argument."),
    ErrorPage(
      111, "Only true and false decide; numbers, lists and masks do not.",
      wrong: "let xs = [1, 2]\nif len(xs) { print(1) }",
      right: "let xs = [1, 2]\nif len(xs) > 0 { print(1) }",
      advice: "Compare; ask a mask with `any(mask)` or `all(mask)`."),
    ErrorPage(
      112,
      "Functions have called each other 100000 deep, most often one that calls itself\n"
        + "without an end.",
      wrong: "fn count(n) { count(n + 1) }\ncount(0)",
      right: "fn count(n) { if n == 10 { n } else { count(n + 1) } }\ncount(0)",
      advice: "Give the recursion a condition under which it ends, or write a loop."),
    ErrorPage(
      113,
      "`div` and `mod` by 0 have no value. (`/` follows the rules of floating point:\n"
        + "`1 / 0` is infinity.)",
      wrong: "7 mod 0", right: "7 mod 2", advice: "Test the divisor before."),
    ErrorPage(
      114, "`let (a, b) = xs` needs a list with as many elements as there are names.",
      wrong: "let (a, b) = [1, 2, 3]", right: "let (a, b, c) = [1, 2, 3]",
      advice: "Fields of a record are read with a dot: `r.a`."),
    ErrorPage(
      115,
      "`for` and the functions for lists go through lists, ranges, strings, tensors,\n"
        + "tables, batches and tokens of progress, not through a single number.",
      wrong: "for i in 3 { print(i) }", right: "for i in 0..<3 { print(i) }",
      advice: "`0..<n` has n numbers, `1..n` too; `..` includes its end."),
    ErrorPage(
      116, "`assert` was given something false: what the program takes for granted does\nnot hold.",
      wrong: "assert(1 + 1 == 3, \"sums\")", right: "assert(1 + 1 == 2, \"sums\")",
      advice: "The trace says from where; print the values on both sides."),
    ErrorPage(
      117, "`with` takes what sets something up for a block and takes it back, such as\n`seed(7)` or `profile()`, and not one that is set up already.",
      wrong: "fn f() { 3 }\nwith f() { print(1) }",
      right: "with seed(7) { print(uniform([1]).shape) }",
      advice: "Name a plain value with `let` instead."),
    ErrorPage(
      118,
      "Formats in braces: {x:.3} three digits after the point, {x:8} a width, {x:%}\na percentage.",
      wrong: "print(\"{0.5:zz}\")", right: "print(\"{0.5:.3} {0.5:%}\")",
      advice: "Leave the format out to print the value as it is."),
    ErrorPage(
      119,
      "The value is of the right type, and no sense can be made of it: a negative\n"
        + "count, an unknown word, a share over 100 %.",
      wrong: "kmeans(uniform([100, 12]), k: 4, init: \"ranodm\")",
      right: "kmeans(uniform([100, 12]), k: 4, init: \"random\")",
      advice: "The message says what was seen and what is wanted; `?name` explains a\nfunction."),
    ErrorPage(
      120,
      "The file is not there, cannot be read, or imports itself. Paths are looked for\n"
        + "beside the importing file, then in the current folder.",
      wrong: "import \"no_such_file.ccv\" as masks", right: "import \"masks.ccv\" as masks",
      advice: "Write the ending `.ccv`; move what two files share into a third one."),
  ]
}
