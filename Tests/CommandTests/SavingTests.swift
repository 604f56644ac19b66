import Glibc
import TestSupport
import Testing

@Suite("Saving, whole or not at all")
struct SavingTests {
  private static let load = """
    let x = load("a.safetensors")
    print(x.shape, min(x) == max(x))
    """

  @Test("a kill at any moment of a loop of saves leaves a whole file")
  func killed() throws {
    let scratch = Scratch()
    for round in 0..<12 {
      let command = try Command(
        [
          "-e",
          """
          let values = [full([256, 1024], 1), full([256, 1024], 2), full([256, 1024], 3)]
          save(values[0], "a.safetensors"); print("ready")
          while true { for v in values { save(v, "a.safetensors") } }
          """,
        ], folder: scratch.path)
      try command.waitForOutput("ready\n")
      // Any moment will do; these are spread over a save or two.
      usleep(UInt32(round) * 1700)
      command.child.send(SIGKILL)
      #expect(try command.finish().code == 128 + SIGKILL)
      let loaded = try Command.evaluate(Self.load, folder: scratch.path)
      #expect(loaded.output == "[256, 1024] true\n", "\(loaded.errors)")
    }
  }

  @Test("a disk that fills up in the middle leaves the old file and no other")
  func full() throws {
    let scratch = Scratch()
    let first = try Command.evaluate(
      "save(full([8], 1), \"a.safetensors\"); nil", folder: scratch.path)
    #expect(first.code == 0)
    let old = scratch.bytes(of: "a.safetensors")
    #expect(old?.isEmpty == false)
    // The shell allows files of 8 blocks: 1 MB is refused after some of it is written.
    let result = try Command.run(
      [
        "-c", "ulimit -f 8; exec \"$0\" \"$@\"", Child.program, "-e",
        "try { save(full([256, 1024], 2), \"a.safetensors\") } catch e { print(e.code, e.message) }",
      ], program: "/bin/sh", folder: scratch.path)
    #expect(
      result.output == "E141 cannot write a.safetensors: File too large\n", "\(result.errors)")
    #expect(scratch.names() == ["a.safetensors"])
    #expect(scratch.bytes(of: "a.safetensors") == old)
  }

  @Test("two programs that save under one name do not disturb each other")
  func two() throws {
    let scratch = Scratch()
    let saving = (1...2).map { value in
      try? Command(
        ["-e", "for i in 1..40 { save(full([64, 1024], \(value)), \"a.safetensors\") }"],
        folder: scratch.path)
    }
    for command in saving { #expect(try command?.finish().code == 0) }
    let loaded = try Command.evaluate(Self.load, folder: scratch.path)
    #expect(loaded.output == "[64, 1024] true\n", "\(loaded.errors)")
    #expect(scratch.names() == ["a.safetensors"])
  }

  @Test("~ is the home folder, for saving and loading; saving gives the path")
  func home() throws {
    let scratch = Scratch()
    let result = try Command.run(
      [
        "-e",
        "print(save([1, 2], \"~/new/a.safetensors\") == save(3, \"b.safetensors\"), load(\"~/new/a.safetensors\"))",
      ],
      folder: scratch.path, environment: ["HOME": scratch.path])
    #expect(result.output == "false [1, 2]\n", "\(result.errors)")
    #expect(scratch.names() == ["b.safetensors", "new"])
  }

  @Test("Ctrl-C in a loop of saves leaves a whole file and no other")
  func interrupted() throws {
    let scratch = Scratch()
    let command = try Command(
      [
        "-e",
        """
        let v = full([256, 1024], 1); save(v, "a.safetensors"); print("ready")
        while true { save(v, "a.safetensors") }
        """,
      ], folder: scratch.path)
    try command.waitForOutput("ready\n")
    command.child.send(SIGINT)
    #expect(try command.finish().code == 130)
    #expect(scratch.names() == ["a.safetensors"])
    #expect(try Command.evaluate(Self.load, folder: scratch.path).output == "[256, 1024] true\n")
  }
}
