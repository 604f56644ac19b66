extension TopicPages {
  /// The language itself.
  static let language: [TopicPage] = [
    TopicPage(
      "let", ["=", "variables", "variable", "assign", "assignment", "names", "scope"],
      "Names for values: `let` makes one, `=` alone changes it.",
      """
      A name begins with a letter or `_`. `=` without `let` needs a name that exists, so that a
      misspelt one is an error and no new variable. At the prompt `let` may be said again.

        let x = 3
        x = x + 1
        x  # => 4
        let (first, second) = [10, 20]
        second  # => 20

      A name made within `{ }` lives until the `}`. Lists, records, layers and tokenizers are shared
      by all names they have; numbers, strings and tensors are values of their own.

        let a = [1, 2]
        let b = a
        push(b, 3)
        a  # => [1, 2, 3]

      See also: functions, lists, tensors
      """),
    TopicPage(
      "numbers",
      ["number", "+", "-", "*", "/", "^", "%", "div", "mod", "percent", "arithmetic", "units"],
      "One kind of number, with percentages and durations written as one says them.",
      """
      Numbers are 64-bit; whole ones are exact up to 2^53. `75%` is 0.75, `1k` is 1000, `2M` two
      million; `30s`, `5min` and `2h` are seconds. `_` may part digits.

        75%  # => 0.75
        5min  # => 300
        2^10  # => 1024
        7 / 2  # => 3.5
        7 div 2  # => 3
        -7 mod 3  # => 2
        0.1 + 0.2  # => 0.30000000000000004

      `%` is part of a number, never an operator; the remainder is `mod`, whose sign is that of the
      divisor, and `div` rounds down. `@` is the product of matrices.

      See also: tensors, round, floor, clamp
      """),
    TopicPage(
      "strings",
      ["string", "text", "quotes", "interpolation", "format", "formatting", "string format"],
      "Text in quotes; `{ }` puts values into it.",
      """
      Within `"..."` an expression in `{ }` is put in as text, after a colon in a format: `.3` three
      decimals, `%` a percentage, `8` or `<8` a width, `,` groups of digits. `'...'` is taken as it stands. Three
      quotes enclose several lines. `\\n` is a line break, `\\{` a brace.

        let ratio = 3 / 8
        "{ratio} hidden"  # => "0.375 hidden"
        "{ratio:%}"  # => "37.5%"
        "{ratio:.0%}"  # => "38%"
        "{2 / 3:.3} {1234567:,}"  # => "0.667 1,234,567"
        "a" + "b"  # => "ab"
        "mask"[0]  # => "m"
        len("mask")  # => 4
        "ask" in "mask"  # => true

      See also: join, split, replace, upper, trim, number, string
      """),
    TopicPage(
      "if",
      [
        "else", "condition", "==", "!=", "<", "and", "or", "not", "true", "false", "nil",
        "comparison", "bool", "elif", "switch",
      ],
      "Choosing: `if condition { } else { }`, which has a value.",
      """
      The condition is true or false and nothing else: no number, no empty list. No parentheses are
      needed, the braces are. `else` stands on the line of the `}` before it.

        let loss = 0.3
        let w = if loss < 0.1 { "good" } else if loss < 1 { "fair" } else { "" }
        w  # => "fair"
        1 < 2 and not (2 == 3)  # => true
        3 in [1, 2, 3]  # => true
        let missing = nil
        missing == nil  # => true

      `and`, `or` and `not` are words; the right side runs only where it matters. A mask has many
      truths: `any(mask)`, `all(mask)`, `count(mask)`; `where(mask, a, b)` chooses element by element.

      See also: where, any, all, masks
      """),
    TopicPage(
      "for",
      [
        "while", "loop", "loops", "repeat", "break", "continue", "in", "iterate", "..", "..<", "by",
        "range", "ranges",
      ],
      "Repeating: `for x in items { }` and `while condition { }`.",
      """
      `for` goes through lists, ranges, strings, records ([name, value]), tensors (rows), data sets
      (images) and batches. `1..3` includes its end, `0..<3` does not, `by` gives the step.

        for i in 1..3 { print(i, i^2) }
        let total = 0
        for x in 0..<10 by 5 { total = total + x }
        total  # => 5
        for (i, name) in enumerate(["a", "b"]) { print(i, name) }
        let n = 1
        while n < 100 { n = n * 2 }
        n  # => 128

      `break` leaves a loop, `continue` goes on with the next round. Ctrl-C stops it and keeps every
      variable. `progress` shows how far it is:

        for step in 1..3 |> progress("steps") { }

      See also: map, filter, enumerate, zip, progress, batches
      """),
    TopicPage(
      "functions",
      [
        "fn", "function", "return", "=>", "lambda", "closure", "closures", "options", "arguments",
        "def", "##", "documentation",
      ],
      "Functions of your own: `fn name(data, option = default) { }` or `x => x^2`.",
      """
      Data come by position, options by name. The value is that of the last expression; `return`
      leaves earlier. `##` lines above are its help: a first sentence, `name: ...` for a parameter,
      `Gives ...`, `See also: ...`, and examples `## > call` with the answer on the next `##` line.

        ## Patches of a square grid that are hidden.
        ## side: patches a side.
        ## ratio: the share that is hidden.
        fn hidden(side, ratio = 38%) { round(side^2 * ratio) }
        hidden(14)  # => 74
        hidden(14, ratio: 75%)  # => 147
        let square = x => x^2
        map([1, 2, 3], square)  # => [1, 4, 9]
        reduce([1, 2, 3], (a, b) => a + b)  # => 6

      An option nobody knows is an error. `..r` gives the fields of a record as options:

        let config = (ratio: 50%)
        hidden(14, ..config)  # => 98

      See also: pipe, records, import
      """),
    TopicPage(
      "pipe", ["|>", "pipes", "pipeline", "chain", "it"],
      "`x |> f(a)` is `f(x, a)`: steps in the order in which they happen.",
      """
      The left value becomes the first argument. Parentheses may be left out where nothing follows. A
      line that begins with `|>` goes on with the line above.

        [3, 1, 2] |> sort |> map(x => x * 10)  # => [10, 20, 30]
        let shapes = load("shapes", n: 8)
        let patches = shapes.images
          |> patchify(size: 4)
        patches.shape  # => [8, 64, 48]

      At the prompt `it` is the last answer, and a line that begins with `|>` pipes it on.

      See also: functions
      """),
    TopicPage(
      "lists", ["list", "array", "arrays", "[]", "[", "append"],
      "Values in order: `[1, 2, 3]`, counted from 0.",
      """
        let xs = [3, 1, 2]
        xs[0]  # => 3
        xs[-1]  # => 2
        xs[0..1]  # => [3, 1]
        push(xs, 5)  # => [3, 1, 2, 5]
        len(xs)  # => 4
        sort(xs)  # => [1, 2, 3, 5]
        2 in xs  # => true
        list([1, 2] * 10)  # => [10, 20]

      Lists are shared by their names; `copy` makes another. Arithmetic makes a tensor of a list of
      numbers, `list` a list of a tensor. `map`, `filter` and `sort` give new lists.

      See also: push, pop, remove, sort, map, filter, zip, tensors
      """),
    TopicPage(
      "records", ["record", "fields", "field", "dict", "dictionary", "struct", ".", "(:)"],
      "Values by name: `(ratio: 75%, epochs: 8)`.",
      """
        let config = (ratio: 75%, epochs: 8)
        config.epochs  # => 8
        config["ratio"]  # => 0.75
        config.epochs = 10
        config.seed = 1
        keys(config)  # => ["ratio", "epochs", "seed"]
        "lr" in config  # => false
        let longer = (..config, lr: 1e-3)
        longer.lr  # => 0.001
        len((:))  # => 0

      `..config` puts all fields into another record or, as options, into a call. Records are shared
      by their names; `copy` makes another.

      See also: keys, values, copy, functions, tables
      """),
    TopicPage(
      "tensors",
      [
        "matrix", "matrices", "vector", "vectors", "@", "shape", "dtype", "broadcasting", "axis",
        "axes", "broadcast", ";",
      ],
      "Numbers on axes: `[1, 2; 3, 4]`, images, weights; arithmetic element by element.",
      """
      A `;` in brackets parts rows. `+ - * / ^` work element by element, `@` is the matrix product.
      Elements are float32; others are int32 (ids), uint8 (pixels) and bool (masks).

        let m = [1, 2; 3, 4]
        m.shape  # => [2, 2]
        list(m * 10)  # => [[10, 20], [30, 40]]
        list(m @ m)  # => [[7, 10], [15, 22]]
        list(m + [100, 200])  # => [[101, 202], [103, 204]]
        sum(m)  # => 10
        list(mean(m, axis: 0))  # => [2, 3]
        m.type  # => "float32"

      Shapes must line up: of equal rank, each axis equal or one of both 1; of different rank, the
      smaller shape is the tail of the larger. All else is an error that shows both; `reshape` and
      `unsqueeze` say what is meant. Images are [B, 3, H, W], patches [B, N, D].

      See also: indexing, reshape, transpose, concat, stack, zeros, arange
      """),
    TopicPage(
      "indexing",
      ["index", "slice", "slices", "slicing", ":", "subscript", "select"],
      "Picking elements: `x[0]`, `x[-1]`, `x[:, 1..3]`, `x[mask]`.",
      """
      The first is 0; negative ones count from the end. `:` is a whole axis, `...` all axes between.
      `a..b` includes b, `a..<b` does not; both ends may be left out. Out of range is an error.

        let x = reshape(arange(12), [3, 4])
        x[0, 1]  # => 1
        list(x[-1])  # => [8, 9, 10, 11]
        list(x[:, 1])  # => [1, 5, 9]
        list(x[0..1, 2..])  # => [[2, 3], [6, 7]]
        list(x[[2, 0]][:, 0])  # => [8, 0]
        list(x[x > 8])  # => [9, 10, 11]
        x[0, 0] = 100
        x[0, 0]  # => 100

      A mask over the leading axes picks the rows where it is true, in order; a list of numbers picks
      rows. `x[mask] = rows` puts them back. A data set is indexed alike: `data[0..7]` is a batch.

      See also: gather, where, masks, lists
      """),
    TopicPage(
      "errors", ["error", "try", "catch", "exceptions", "exception"],
      "What to do when something fails: read the label, ask `?E021`, or `try { } catch e { }`.",
      """
      A message says what was seen and where it came from, what was wanted, and what to try. Each has
      a code with a page: `?E021`.

        let answer = nil
        try { answer = [1, 2, 3][7] } catch e { answer = e.code }
        answer  # => "E108"
        fn checked(ratio) {
          if ratio > 1 { error("a ratio is at most 100%") }
          ratio
        }
        try { checked(2) } catch e { print(e.message) }
        # => a ratio is at most 100%

      `e.code` is its code ("E100" for `error(...)`), `e.message` what it says. `assert(condition)`
      fails unless something holds. Ctrl-C cannot be caught.

      See also: error, assert
      """),
    TopicPage(
      "import", ["modules", "module", "as", "library"],
      "Using other files: `import \"masks.ccv\" as masks`.",
      """
      The file runs once; `masks.name` are the functions and values at its top, those that begin with
      `_` left out. Without `as` the name of the file is used. It is looked for beside the importing
      file, then in the current folder. The library (`ccvit`, `corrupt` ...) needs no import: `??ccvit`
      shows its source, to be copied and changed.

      See also: functions, scripts
      """),
    TopicPage(
      "comments", ["comment", "#", "# %%", "cells", "cell", "notebook", "notebooks"],
      "`#` starts a comment, `##` the help of a function, `# %%` a cell.",
      """
        let x = 1  # to the end of the line
        # %% A cell of a notebook
        ## Twice as much.
        fn twice(x) { 2 * x }
        twice(x)  # => 2

      A notebook is a script: editors show what begins with `# %%` as cells, `# %% [markdown]` as text.

      See also: functions, scripts
      """),
    TopicPage(
      "with", ["blocks", "block scope"],
      "`with call { }`: something that holds for a block alone.",
      """
        let a = with seed(7) { uniform([2]) }
        let b = with seed(7) { uniform([2]) }
        all(a == b)  # => true

      `with seed(n)` gives the block random numbers of its own; `with profile() { ... }` writes what
      the block spends its time on. What held before holds again afterwards, after an error too.

      See also: seeds, profile
      """),
    TopicPage(
      "python", ["numpy", "pytorch", "matlab", "julia", "r", "other languages", "differences"],
      "What is written otherwise than in Python, MATLAB, Julia or R.", isTable: true,
      """
        elsewhere                        here
        x = 3 (the first time)           let x = 3
        def f(x, k=1): return x * k      fn f(x, k = 1) { x * k }
        lambda x: x + 1                  x => x + 1
        f(x, 5), f(x, k=5)               f(x, k: 5)
        x.mean(), len(x), x.shape        mean(x), len(x), x.shape
        range(10), 1:10                  0..<10, 1..10
        for i in range(3):               for i in 0..<3 { }
        elif, else if                    else if
        and &&, or ||, not !             and, or, not
        x ** 2, x % 3, x // 3            x^2, x mod 3, x div 3
        True, None, null, NULL           true, nil
        f"{x:.2f}", sprintf              "{x:.2}"
        {"a": 1}, list(a = 1)            (a: 1)
        [1 2; 3 4]                       [1, 2; 3, 4]
        A * B (MATLAB), A %*% B          A @ B
        x[1] (first in MATLAB, R)        x[0]
        x.reshape(2, -1)                 reshape(x, [2, -1])
        x.T, x', t(x)                    transpose(x)
        [x**2 for x in xs]               map(xs, x => x^2)
        loss.backward(); opt.step()      step(opt, gradients(net, f).grads)
        print(x)                         print(x), or x alone at the prompt

      See also: let, functions, indexing, tensors, training
      """),
  ]
}
