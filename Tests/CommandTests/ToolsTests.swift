// The commands beside `ccv FILE`: check, test, help, and what a script says of itself.

import TestSupport
import Testing

@Suite("Tools")
struct ToolsTests {
  private func folder(_ files: [String: String]) -> Scratch {
    let scratch = Scratch()
    for (name, text) in files { scratch.write(Array(text.utf8), to: name) }
    return scratch
  }

  // MARK: - check

  @Test("check tells mistakes and warnings with their places, and its exit code counts the errors")
  func check() throws {
    let scratch = folder([
      "a.ccv": "let m = block_mask(grid: [8, 8], ration: 40%)\n", "b.ccv": "let x = 1\nx == 2\n",
      "c.ccv": "print(1)\n",
    ])
    let both = try Command.run(["check", "."], folder: scratch.path)
    #expect(both.code == 2 && both.errors.isEmpty)
    #expect(both.output.contains("error E106: block_mask has no option `ration`\n  a.ccv:1:34\n"))
    #expect(both.output.contains("Try: `let m = block_mask(grid: [8, 8], ratio: 40%)`"))
    #expect(both.output.contains("warning E071: this compares"))
    #expect(both.output.hasSuffix("3 files, 1 error, 1 warning\n"))
    #expect(try Command.run(["check", "b.ccv"], folder: scratch.path).code == 0)
    #expect(try Command.run(["check", "--strict", "b.ccv"], folder: scratch.path).code == 1)
    #expect(try Command.run(["check", "none.ccv"], folder: scratch.path).code == 2)
  }

  // MARK: - test

  private static let area = """
    ## The area of a rectangle.
    ## > area(2, 3)
    ## 6
    ##
    ## > print("half"); area(1, 1) / 3
    ## half
    ## 0.333333...
    fn area(w, h) { w * h }

    ## > area(2, 2) / 7
    ## 0.57142861
    fn near_enough() { 0 }
    """

  @Test("doctests compare what is shown, numbers up to a millionth part")
  func doctests() throws {
    let scratch = folder(["area.ccv": Self.area])
    let result = try Command.run(["test"], folder: scratch.path)
    #expect(result.code == 0, "\(result.output)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[0].hasPrefix("ok   area.ccv:2 area "))
    #expect(lines[3].hasPrefix("3 passed, 0 failed, "))
  }

  @Test("what does not match is told with what was wanted and got")
  func failing() throws {
    let wrong = Self.area.replacing("## 6", with: "## 7").replacing("0.57142861", with: "0.5714")
    let scratch = folder(["area.ccv": wrong])
    let result = try Command.run(["test", "area.ccv"], folder: scratch.path)
    #expect(result.code == 1)
    #expect(result.output.contains("FAIL area.ccv:2 area "))
    #expect(result.output.contains("  > area(2, 3)\n    wanted  7\n    got     6\n"))
    #expect(result.output.contains("    wanted  0.5714\n"))
    #expect(result.output.contains("1 passed, 2 failed"))
  }

  @Test("functions of a test file are tests, and one that fails tells where and what it printed")
  func functions() throws {
    let scratch = folder([
      "area.ccv": Self.area,
      "test_area.ccv": """
      import "area.ccv" as a
      fn test_square() { assert(near(a.area(0.1, 3), 0.3)) }
      fn test_wrong() {
        print("on the way")
        assert(a.area(2, 2) == 5, "four is not five")
      }
      fn helper() { error("not a test") }
      """,
      "whole_test.ccv": "assert(1 + 1 == 2)\n", "broken_test.ccv": "let x = \n",
    ])
    let result = try Command.run(["test", "--filter", "test"], folder: scratch.path)
    #expect(result.code == 1)
    for text in [
      "ok   test_area.ccv:2 test_square", "FAIL test_area.ccv:3 test_wrong",
      "error E116: four is not five", "test_area.ccv:5:10", "printed  on the way",
      "ok   whole_test.ccv:1 the whole file", "FAIL broken_test.ccv:1 the whole file", "error E020",
      "2 passed, 2 failed",
    ] { #expect(result.output.contains(text), "\(result.output)") }
    let one = try Command.run(["test", "--filter", "square"], folder: scratch.path)
    #expect(one.code == 0 && one.output.contains("1 passed, 0 failed"))
  }

  @Test("the library's own doctests pass")
  func library() throws {
    let root = String(#filePath.dropLast("Tests/CommandTests/ToolsTests.swift".count))
    let result = try Command.run(["test", root + "Sources/StandardLibrary"])
    #expect(result.code == 0, "\(result.output)")
    #expect(result.output.contains(" passed, 0 failed"))
  }

  // MARK: - help

  @Test("help on the command line says what the prompt's says")
  func help() throws {
    let page = try Command.run(["help", "kmeans"])
    let asked = try Command.evaluate("?kmeans")
    #expect(page.code == 0 && page.output == asked.output)
    let none = try Command.run(["help", "kmeens"])
    #expect(none.code == 1 && none.output.isEmpty && none.errors.contains("?kmeans"))
    #expect(try Command.run(["help", "E021"]).output.hasPrefix("E021"))
  }

  // MARK: - scripts' options

  private static let script = """
    #!/usr/bin/env ccv
    ## Trains a little.
    ## Two lines of it.

    let epochs = option("epochs", 10)  # rounds over the data
    let ratio = option("ratio", 75%)  # hidden share
    let quick = flag("quick")
    print(epochs, ratio, quick, option("out"))
    """

  @Test("a script explains itself without running")
  func scriptHelp() throws {
    let scratch = folder(["train.ccv": Self.script])
    for ask in ["--help", "-h"] {
      let result = try Command.run(["train.ccv", ask], folder: scratch.path)
      #expect(result.code == 0)
      #expect(
        result.output == """
          Trains a little.
          Two lines of it.

          ccv train.ccv [OPTIONS]
            --epochs EPOCHS  rounds over the data; default 10
            --ratio RATIO    hidden share; default 75%
            --quick
            --out OUT

          """)
    }
  }

  @Test(
    "options are read in both forms, and numbers as the language writes them",
    arguments: [
      (["--epochs", "3", "--quick"], "3 0.75 true nil\n"),
      (["--epochs=2k", "--ratio=40%", "--out=figures"], "2000 0.4 false figures\n"),
      (["--epochs", "3", "--epochs", "4"], "4 0.75 false nil\n"), ([], "10 0.75 false nil\n"),
      (["--", "--epochs", "3"], "10 0.75 false nil\n"),
    ])
  func options(arguments: [String], output: String) throws {
    let scratch = folder(["train.ccv": Self.script])
    let result = try Command.run(["train.ccv"] + arguments, folder: scratch.path)
    #expect(result.output == output && result.code == 0, "\(result.errors)")
  }

  @Test(
    "what a script does not ask for, and values of another kind, are refused",
    arguments: [
      (["--epoch", "3"], 2, "no option --epoch; is --epochs meant?"),
      (["--epochs", "many"], 1, "--epochs is \"many\", wanted a number"),
      (["--epochs"], 1, "--epochs has no value"), (["--quick=maybe"], 1, "is a flag"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], code: Int32, message: String) throws {
    let scratch = folder(["train.ccv": Self.script])
    let result = try Command.run(["train.ccv"] + arguments, folder: scratch.path)
    #expect(result.code == code && result.errors.contains(message), "\(result.errors)")
  }

  @Test("a script that reads args() takes anything")
  func anything() throws {
    let scratch = folder(["a.ccv": "print(args(), flag(\"x\"))\n"])
    #expect(
      try Command.run(["a.ccv", "--any", "thing"], folder: scratch.path).output
        == "[\"--any\", \"thing\"] false\n")
  }
}
