import Interpreter
import Syntax
import TestSupport
import Testing

@testable import Builtins
@testable import Session

@Suite("Help", .oneInterpreter)
struct HelpTests {
  /// All functions as help sees them: the host's, then the library's.
  private func functions(_ session: Session) -> [FunctionHelp] {
    session.machine.builtins.map { FunctionHelp($0) }
      + session.library.names.compactMap(session.closure(named:)).map { FunctionHelp($0) }
  }

  @Test("every function has a sentence, a meaning for each parameter, a result, an example")
  func complete() {
    let session = Session()
    let known = Set(session.knownNames)
    let all = functions(session)
    #expect(all.count > 130)
    for help in all {
      let name = help.name
      #expect(
        help.summary.hasSuffix(".") || help.summary.hasSuffix("`."), "\(name): \(help.summary)")
      #expect(HelpText.firstSentence(help.summary) == help.summary, "\(name): one sentence")
      for parameter in help.parameters {
        #expect(!parameter.meaning.isEmpty, "\(name): nothing is said of `\(parameter.name)`")
      }
      #expect(!help.result.isEmpty, "\(name): nothing is said of what it gives")
      #expect(!help.example.isEmpty, "\(name) has no example")
      #expect(help.example.contains { $0.contains(name) }, "\(name): its example does without it")
      #expect(!help.related.isEmpty, "\(name) names nothing to look at next")
      for other in help.related {
        #expect(
          other != name && (known.contains(other) || TopicPages.page(other) != nil),
          "\(name) names \(other)")
      }
    }
  }

  @Test(
    "nothing is told of parameters that are not there; every parameter of the library is told of")
  func parametersOfTheLibrary() {
    let session = Session()
    for name in session.library.names {
      guard let closure = session.closure(named: name) else { continue }
      let told = FunctionHelp(closure).parameters.map(\.name)
      #expect(told == closure.parameters.map(\.name), "\(name)")
    }
    for native in session.machine.builtins {
      for line in native.details.split(separator: "\n") {
        guard let match = line.prefixMatch(of: #/([a-z_][a-z_0-9]*): /#) else { continue }
        let word = String(match.output.1)
        #expect(native.parameters.contains { $0.name == word }, "\(native.name) has no \(word)")
      }
    }
  }

  @Test("every example runs within five seconds of a debug build and shows what it says")
  func examples() throws {
    let names = Session().machine.builtins.map(\.name)
    let clock = ContinuousClock()
    for name in names {
      let place = try TemporaryFolder()
      defer { place.leave() }
      let session = Session()
      guard let native = session.machine.builtins.first(where: { $0.name == name }) else {
        continue
      }
      let time = try clock.measure { try ShownLines(native.example).check(in: session, name: name) }
      #expect(time < .seconds(5), "\(name) takes \(time)")
    }
  }

  @Test("every doctest of the library gives what it says")
  func doctests() throws {
    for name in Session().library.names {
      let session = Session()
      guard let closure = session.closure(named: name) else { continue }
      let example = FunctionHelp(closure).example
      #expect(example.last?.contains("# => ") == true, "\(name)")
      try ShownLines(example.joined(separator: "\n")).check(in: session, name: name)
    }
  }

  @Test("help finds functions by name and by words, and says when there is nothing")
  func topics() {
    let session = Session()
    #expect(session.helpText(for: "?kmeans").hasPrefix("kmeans(patches, k:"))
    #expect(session.helpText(for: "?masks of rectangles").contains("block_mask"))
    #expect(session.helpText(for: "?kmens").contains("Did you mean ?kmeans"))
    #expect(session.helpText(for: "?ccvit").contains("vision transformer"))
    #expect(session.helpText(for: "?reference").contains("    ccvit  ccvit_features"))
    #expect(session.help(on: "kmeans()").isFound && !session.help(on: "zzz").isFound)
    #expect(session.helpText(for: "?_sizes").hasPrefix("let _sizes = ("))
    #expect(session.helpText(for: "?zzz").contains("no help"))
  }

  @Test("help is folded to the width however it is asked for; what is built in has no source")
  func folding() {
    let session = Session()
    var written = ""
    session.host.width = { 60 }
    session.host.write = { written += $0 }
    let page = session.helpText(for: "?kmeans")
    #expect(page.split(separator: "\n").allSatisfy { $0.count <= 60 })
    for call in ["help(\"kmeans\")", "help(kmeans)"] {
      written = ""
      _ = session.evaluate(call)
      #expect(written == page)
    }
    let source = session.helpText(for: "??kmeans")
    #expect(source.hasPrefix("kmeans is built in") && source.hasSuffix(page))
    #expect(
      source.split(separator: "\n").prefix(2).joined(separator: " ")
        .contains("Sources/Builtins/TokenizerFunctions.swift, line "))
    _ = session.evaluate("1\nfn mine(x) { x }", name: "lab.ccv")
    #expect(session.helpText(for: "??mine") == "fn mine(x) { x }\n\n# lab.ccv, line 2.\n")
  }

  @Test("paragraphs of a documentation lose the line breaks of their source; examples keep theirs")
  func paragraphs() {
    let session = Session()
    session.host.width = { 1000 }
    _ = session.evaluate(
      "## One\n## sentence.\n##\n## Another\n## one:\n## - first\n##   a = 1\n##   b = 2\nfn f(x) { x }"
    )
    func lines(_ query: String) -> [Substring] {
      session.helpText(for: query).split(separator: "\n").map { $0.drop { $0 == " " } }
        .filter { !$0.isEmpty }
    }
    #expect(
      lines("?f").dropFirst()
        == ["One sentence.", "Another one:", "- first", "a = 1", "b = 2"])
    #expect(lines("?corrupt").prefix(3).last?.hasPrefix("Numbers of patches are rounded") == true)
  }

  @Test("questions of students bring the page that answers them first", arguments: questions)
  func bestFirst(question: String, first: String) {
    let text = Session().helpText(for: "?" + question)
    // A page begins with its signature or name, a list of hits with the best one.
    let head = text.drop { $0 == " " || $0 == "?" }
    #expect(head.hasPrefix(first), "\(question): \(text.prefix(160))")
  }

  private static let questions: [(String, String)] = [
    ("learning rate schedule", "training"), ("how many parameters", "count_parameters"),
    ("plot curve", "plot"), ("draw a graph", "plot"), ("save model", "saving"),
    ("load images", "images"), ("read a folder of photographs", "load"),
    ("confusion", "confusion"), ("hide patches", "masks"), ("masking ratio", "block_mask"),
    ("slice", "indexing"), ("loop", "for"), ("loop over something", "for"),
    ("string format", "strings"), ("masks of rectangles", "block_mask"),
    ("average of a tensor", "mean"), ("standard deviation", "std"),
    ("concatenate tensors", "concat"), ("random numbers", "seeds"), ("shuffle", "permutation"),
    ("gpu", "speed"), ("why is it slow", "speed"), ("stop a gradient", "stop_gradient"),
    ("clip gradients", "step"), ("weight decay", "adamw"), ("transformer block", "block"),
    ("fit centroids", "kmeans"), ("nearest centroid", "encode"),
    ("rebuild pixels", "ccvit_rebuild"), ("k nearest neighbours", "knn"),
    ("logistic regression", "linear_probe"), ("progress bar", "progress"),
    ("dictionary", "records"), ("lambda", "functions"), ("if else", "if"),
    ("command line arguments", "scripts"), ("memory of variables", "whos"),
    ("largest element", "max"), ("swap axes", "transpose"), ("catch an error", "errors"),
    ("how do I leave?", "keys"), ("history of the prompt", "history"), ("one hot", "one_hot"),
    ("image augmentation", "images"), ("resume training", "saving"), ("cosine similarity", "knn"),
    ("length of a list", "len"), ("convert to a number", "number"), ("round", "round"),
    ("shapes do not line up", "E021"), ("masked image modelling", "pretraining"),
    ("peak signal to noise", "psnr"), ("position embedding", "position_bias"),
  ]

  @Test(
    "words are found in their other forms, around the little words of a question",
    arguments: [
      ("masking ratio", "block_mask("), ("how to hide patches", "random_mask("),
      ("train network", "?training"), ("what is the learning rate", "warmup_cosine("),
      ("rebuilds pixels", "ccvit("), ("masked quux", "block_mask("),
    ])
  func search(query: String, found: String) {
    #expect(Session().helpText(for: "?" + query).contains(found))
  }

  @Test("the source of a library function runs when it is pasted, private names and all")
  func pastedSource() {
    let session = Session()
    for name in session.library.names {
      guard session.closure(named: name) != nil else { continue }
      let text = session.helpText(for: "??" + name)
      #expect(text.hasSuffix("a part of ccv.\n"))
      let fresh = Session()
      if case .value = fresh.evaluate(text) {} else { Issue.record("??\(name) does not run") }
    }
    let copied = Session()
    _ = copied.evaluate(session.helpText(for: "??ccvit"))
    if case .value = copied.evaluate("count_parameters(ccvit(size: \"micro\"))") {
    } else {
      Issue.record("a copied ccvit cannot make a network")
    }
  }
}
