import Interpreter

/// What `help()` shows, where to begin and how to ask; and the list of all functions.
enum FrontPage {
  /// The heading of the library's functions.
  static let methods = "methods"

  /// Lines that run as they stand, pasted one by one or together.
  static let firstLines = """
    let images = load("shapes", n: 500)
    let tok = images |> patchify(size: 4) |> kmeans(k: 64, iters: 10)
    show(tok, title: "64 centroids")
    let hidden = block_mask(grid: [8, 8], ratio: 40%)
    show(images[0] |> cover(hidden, size: 4), title: "{count(hidden)} of 64")
    """

  /// The headings in the order of the work, each with what its functions are for.
  static let groups: [(name: String, purpose: String)] = [
    ("data", "images from folders, files or built in; batches; files for later"),
    ("tokenizers", "patches, centroids by k-means, tokens"),
    ("masks", "which patches are hidden: true is hidden from the encoder"),
    (methods, "published methods, written in ccv: ??name shows, change what you like"),
    ("layers", "parts of networks, with the weights that learn"),
    ("networks", "losses, attention and other operations without weights"),
    ("training", "gradients, the optimiser, the learning rate"),
    ("judging features", "probes of frozen features, confusion matrices"),
    ("tables", "logs of runs: rows of named values"),
    ("pictures and plots", "images, masks, centroids and curves on screen or in files"),
    ("making tensors", "from numbers, lists, ranges; element types"),
    ("shapes", "axes arranged, joined, repeated; rows picked"),
    ("mathematics", "number by number, of numbers and tensors"),
    ("reductions", "many numbers to one: over a tensor, a list or some axes"),
    ("randomness", "seeds and samples"),
    ("lists and records", "many values in one"),
    ("text and types", "strings, kinds of values, errors of your own"),
    ("output and time", "printing, progress, what there is, where time goes"),
    ("scripts", "what a script is given on its command line"),
  ]

  /// The page: no longer than a terminal of 24 lines, so that its beginning stays in sight.
  static let text = """
    ccv: scripting for masked image modelling

    Type or paste these lines first; the pictures fit a terminal.

    \(firstLines.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))

    Ask
      ?reference      all functions, by what they are for
      ?kmeans         what a function does, with an example; ??corrupt: its source
      ?masking ratio  searches by words, the best first
      ?E021           explains an error
      ?keys           the keys of the prompt; Tab completes names, options, files

    Pages on the language and on the work
      \(TopicPages.all.map { "?" + $0.name }.joined(separator: " "))

    """

  /// What `?reference` shows: every function under its heading.
  static func reference(_ natives: [NativeFunction], library: [String]) -> String {
    let all = Dictionary(grouping: natives, by: \.group).mapValues { $0.map(\.name) }
      .merging([methods: library]) { $0 + $1 }
    return "Functions, by what they are for; ?name tells more\n\n"
      + groups.map { group in
        let names = (all[group.name] ?? []).sorted().joined(separator: "  ")
        return "  \(group.name): \(group.purpose)\n    \(names)\n"
      }.joined()
  }
}
