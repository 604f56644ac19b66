import Arrays
import Glibc

func complain(_ text: String) {
  let line = text + "\n"
  _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
}

func steps(_ text: String) throws -> Int {
  guard let steps = Int(text), steps > 0 else {
    throw BenchmarkError.failed("\"\(text)\" is no number of steps from 1 up")
  }
  return steps
}

let arguments = Array(CommandLine.arguments.dropFirst())
let precision: Precision = arguments.contains("--bf16") ? .bfloat16 : .float32
let words = arguments.filter { $0 != "--bf16" }
do {
  if precision == .bfloat16, !["gemm", "train"].contains(words.first), words.first != nil {
    throw BenchmarkError.failed("--bf16 is for gemm --shapes and train, not for \(words[0])")
  }
  switch (words.first, words.count) {
  case ("gemm", 1): print(try MatrixBenchmark.run())
  case ("gemm", 3) where words[1] == "--shapes":
    print(try MatrixBenchmark.table(try Workload.named(words[2]), precision), terminator: "")
  case ("train", 3) where words[2] == "--swift":
    print(try SwiftTrainBenchmark.run(words[1], precision))
  case ("train", 2): print(try TrainBenchmark.run(words[1], precision))
  case ("kmeans", 2...):
    print(try KMeansBenchmark.run(words[1], try KMeansBenchmark.Options(words.dropFirst(2))))
  case ("images", 2...3):
    guard let size = words.count == 2 ? 224 : Int(words[2]), (1...4096).contains(size) else {
      throw BenchmarkError.failed("the size of images, 1 ... 4096, is not \(words[2])")
    }
    print(try ImagesBenchmark.run(words[1], size: size))
  case ("script", 1...2):
    let path = words.count == 2 ? words[1] : ScriptBenchmark.path("peers.ccv")
    print(try ScriptBenchmark.run(path), terminator: "")
  case ("latency", 1): print(try LatencyBenchmark.run())
  case ("encode", 1): print(try EncodeBenchmark.run())
  case ("soak", 1): print(try SoakBenchmark.run(micro: 10_000, tiny: 200))
  case ("soak", 3):
    print(try SoakBenchmark.run(micro: steps(words[1]), tiny: steps(words[2])))
  case ("fuzz", _):
    let options = try FuzzBenchmark.Options(words.dropFirst())
    print(try FuzzBenchmark.run(options))
  case ("fuzz-batch", 3...):
    try FuzzBenchmark.runBatch(
      first: try steps(words[1]), count: try steps(words[2]), corpus: Array(words.dropFirst(3)))
  case ("fuzz-program", 2): try FuzzBenchmark.runProgram(words[1])
  case ("compare", _): print(try SideBySide.run(files: Array(words.dropFirst())), terminator: "")
  default:
    complain(
      """
      usage: ccv-bench gemm [--shapes micro|tiny|small|base [--bf16]]
             ccv-bench train micro|tiny|small|base [--bf16] [--swift]
             ccv-bench kmeans km-small|km-medium|km-paper
             ccv-bench images FOLDER [SIZE]
             ccv-bench kmeans cifar-512|cifar-2048 --data DIR [--write POINTS.npy]
             ccv-bench script [FILE.ccv]
             ccv-bench latency
             ccv-bench encode
             ccv-bench soak [MICRO_STEPS TINY_STEPS]
             ccv-bench fuzz [--seconds N] [--seed S] [FOLDER ...]
             ccv-bench compare [LINES.jsonl ...]
      """)
    exit(2)
  }
} catch {
  complain("ccv-bench: \(error)")
  exit(1)
}
