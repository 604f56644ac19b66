import Glibc
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
  @Test("-e shows the value of the code; what is printed is on standard output, nothing else")
  func code() throws {
    let result = try Command.evaluate("print(\"hello\"); 1 + 2")
    #expect(result.code == 0)
    #expect(result.output == "hello\n3\n")
    #expect(result.errors == "")
  }

  @Test("-e hands the words behind the code to it")
  func codeArguments() throws {
    let result = try Command.run(["-e", "print(args())", "one", "--two", "3"])
    #expect(result.code == 0)
    #expect(result.output == "[\"one\", \"--two\", \"3\"]\n")
  }

  @Test("a file runs with the words behind it, options of its own among them; no value is shown")
  func file() throws {
    let scratch = Scratch()
    scratch.write(Array("print(args(), option(\"epochs\", 3))\n7\n".utf8), to: "a.ccv")
    let result = try Command.run(
      ["a.ccv", "x", "--epochs", "12", "-e", "--help"], folder: scratch.path)
    #expect(result.code == 0)
    #expect(result.output == "[\"x\", \"--epochs\", \"12\", \"-e\", \"--help\"] 12\n")
    #expect(result.errors == "")
  }

  @Test("code comes from a pipe, with or without a dash", arguments: [[], ["-"]])
  func pipe(arguments: [String]) throws {
    let result = try Command.run(
      arguments, input: .text("let x = 2\nfor i in 1..3 {\n  x = x * i\n}\nprint(x)"))
    #expect(result.code == 0)
    #expect(result.output == "12\n")
    #expect(result.errors == "")
  }

  @Test("a script with #!/usr/bin/env ccv runs as a program")
  func shebang() throws {
    let scratch = Scratch()
    scratch.write(Array("#!/usr/bin/env ccv\nprint(args())\n".utf8), to: "tool")
    chmod(scratch.path + "/tool", 0o755)
    let folder = Child.program.dropLast("/ccv".count)
    let result = try Command.run(
      ["a", "-b"], program: scratch.path + "/tool",
      environment: ["PATH": "\(folder):/usr/bin:/bin"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output == "[\"a\", \"-b\"]\n")
  }

  @Test("help is on standard output and names every way to call it", arguments: ["--help", "-h"])
  func help(option: String) throws {
    let result = try Command.run([option])
    #expect(result.code == 0)
    #expect(result.errors == "")
    for text in ["-e", "FILE", "130"] { #expect(result.output.contains(text)) }
  }

  @Test(
    "what cannot be understood is an error of usage on standard error",
    arguments: [
      (["--bogus"], "--bogus"), (["-x"], "-x"), (["-e"], "-e"),
      (["nothing.ccv"], "nothing.ccv: No such file or directory"), (["/"], "Is a directory"),
      ([""], "No such file"),
    ])
  func usage(arguments: [String], message: String) throws {
    let result = try Command.run(arguments)
    #expect(result.code == 2)
    #expect(result.output == "")
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test(
    "the exit code says what became of the program",
    arguments: [
      ("1 + 1", 0), ("try { error(\"no\") } catch e { }", 0), ("error(\"no\")", 1),
      ("zeros([2, 3]) + zeros([4])", 1), ("1 +", 2), ("let x = ", 2), ("unknown_name", 2),
      ("exit(7)", 7), ("exit(0); error(\"not reached\")", 0),
    ] as [(String, Int32)])
  func exitCodes(code: String, expected: Int32) throws {
    let asText = try Command.evaluate(code)
    #expect(asText.code == expected)
    #expect((asText.errors != "") == (expected == 1 || expected == 2))
    let piped = try Command.run([], input: .text(code))
    #expect(piped.code == expected)
    #expect(piped.errors.contains("error E") == (expected == 1 || expected == 2))
  }

  @Test("what was printed before an error stays, and nothing of a program with a mistake runs")
  func before() throws {
    let failing = try Command.evaluate("print(1)\nerror(\"stop\")\nprint(2)")
    #expect(failing.output == "1\n")
    #expect(failing.errors.hasPrefix("error E100: stop\n"))
    let mistaken = try Command.evaluate("print(1)\nlet = 2")
    #expect(mistaken.code == 2)
    #expect(mistaken.output == "")
  }
}

@Suite("Standard input and output that are not as usual")
struct StreamTests {
  @Test("a reader that has enough ends the program quietly, as it ends any other")
  func brokenPipe() throws {
    let command = try Command(["-e", "let i = 0; while true { print(i); i = i + 1 }"])
    try command.waitForOutput("0\n1\n2\n")
    command.stopReading()
    let result = try command.finish()
    #expect(result.errors == "")
    #expect(result.code == 128 + SIGPIPE)
  }

  @Test("a program that cannot write what it prints says so and fails")
  func fullDisk() throws {
    let scratch = Scratch()
    let result = try Command.run(
      ["-e", "for i in 1..1000 { print(i) }; save(1, \"never.safetensors\")"],
      output: .file("/dev/full"), folder: scratch.path)
    #expect(scratch.names() == [], "what follows does not run")
    #expect(result.code == 1)
    #expect(result.errors.contains("standard output: No space left on device"), "\(result.errors)")
  }

  @Test("a closed standard output is an error only for who writes to it")
  func closedOutput() throws {
    #expect(try Command.run(["-e", "let x = 1"], output: .closed).code == 0)
    let result = try Command.run(["-e", "print(1)"], output: .closed)
    #expect(result.code == 1)
    #expect(result.errors.contains("standard output: Bad file descriptor"))
  }

  @Test("a closed standard input is an error only for who reads it")
  func closedInput() throws {
    #expect(try Command.run(["-e", "print(1)"], input: .closed).output == "1\n")
    let result = try Command.run([], input: .closed)
    #expect(result.code == 2)
    #expect(result.errors.contains("cannot read standard input"))
  }

  @Test("a file that is opened does not take the place of a closed stream")
  func descriptors() throws {
    let scratch = Scratch()
    let result = try Command.run(
      ["-e", "save(1, \"a.safetensors\"); print(\"into the file?\"); load(\"a.safetensors\")"],
      input: .closed, output: .closed, folder: scratch.path)
    #expect(result.code == 1)
    let saved = scratch.bytes(of: "a.safetensors").map { String(decoding: $0, as: UTF8.self) }
    #expect(saved?.contains("into the file?") == false)
  }
}

@Suite("Texts of scripts")
struct ScriptTextTests {
  @Test(
    "line ends, byte-order mark, a missing last line break and an empty file are all fine",
    arguments: [
      ("let f = x => {\r\n  x + 1\r\n}\r\nprint(f(1))\r\n", "2\n"), ("\u{FEFF}print(1)\n", "1\n"),
      ("print(1)", "1\n"), ("", ""), ("\n\n", ""), ("# only a comment", ""),
    ])
  func accepted(text: String, output: String) throws {
    let scratch = Scratch()
    scratch.write(Array(text.utf8), to: "a.ccv")
    let result = try Command.run(["a.ccv"], folder: scratch.path)
    #expect(result.output == output)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors == "")
  }

  @Test(
    "a script that is not UTF-8 is refused as a whole, with the place of the first bad byte",
    arguments: [
      ([0x70, 0x72, 0x69, 0x6E, 0x74, 0x28, 0x31, 0x29, 0x0A, 0x23, 0xE9], "line 2", "0xE9"),
      ([0xFF, 0xFE, 0x70, 0x00], "line 1", "0xFF"), ([0x23, 0xC3], "line 1", "0xC3"),
      ([0x23, 0x20, 0xED, 0xA0, 0x80], "line 1", "0xED"),
    ] as [([UInt8], String, String)])
  func foreign(bytes: [UInt8], line: String, byte: String) throws {
    let scratch = Scratch()
    scratch.write(bytes, to: "a.ccv")
    let fromFile = try Command.run(["a.ccv"], folder: scratch.path)
    let fromPipe = try Command.run([], input: .bytes(bytes))
    for result in [fromFile, fromPipe] {
      #expect(result.code == 2)
      #expect(result.output == "")
      for text in ["error E001", "not UTF-8", line, byte] {
        #expect(result.errors.contains(text), "\(result.errors)")
      }
    }
  }
}
