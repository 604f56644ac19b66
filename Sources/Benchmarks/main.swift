import Glibc

func complain(_ text: String) {
  let line = text + "\n"
  _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
}

let arguments = Array(CommandLine.arguments.dropFirst())
do {
  switch arguments.first {
  case "train" where arguments.count == 2 || arguments.dropFirst(2) == ["--bf16"]:
    print(try TrainBenchmark.run(Array(arguments.dropFirst())))
  case "kmeans" where arguments.count == 2: print(try KMeansBenchmark.run(arguments[1]))
  case "images" where arguments.count == 2 || arguments.count == 3:
    guard let size = arguments.count == 2 ? 224 : Int(arguments[2]), (1...4096).contains(size) else {
      throw BenchmarkError.failed("the size of images, 1 ... 4096, is not \(arguments[2])")
    }
    print(try ImagesBenchmark.run(arguments[1], size: size))
  case "script" where arguments.count <= 2:
    let path = arguments.count == 2 ? arguments[1] : ScriptBenchmark.path("peers.ccv")
    print(try ScriptBenchmark.run(path), terminator: "")
  default:
    complain(
      """
      usage: ccv-bench train micro|tiny|small|base [--bf16]
             ccv-bench kmeans km-small|km-medium|km-paper
             ccv-bench images FOLDER [SIZE]
             ccv-bench script [FILE.ccv]
      """)
    exit(2)
  }
} catch {
  complain("ccv-bench: \(error)")
  exit(1)
}
