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
  case "kmeans" where arguments.count >= 2:
    let options = try KMeansBenchmark.Options(arguments.dropFirst(2))
    print(try KMeansBenchmark.run(arguments[1], options))
  case "script" where arguments.count <= 2:
    let path = arguments.count == 2 ? arguments[1] : ScriptBenchmark.path("peers.ccv")
    print(try ScriptBenchmark.run(path), terminator: "")
  default:
    complain(
      """
      usage: ccv-bench train micro|tiny|small|base [--bf16]
             ccv-bench kmeans km-small|km-medium|km-paper
             ccv-bench kmeans cifar-512|cifar-2048 --data DIR [--write POINTS.npy]
             ccv-bench script [FILE.ccv]
      """)
    exit(2)
  }
} catch {
  complain("ccv-bench: \(error)")
  exit(1)
}
