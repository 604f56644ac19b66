import Glibc

func complain(_ text: String) {
  let line = text + "\n"
  _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
}

let arguments = Array(CommandLine.arguments.dropFirst())
do {
  switch arguments.first {
  case "train" where arguments.count == 2: print(try TrainBenchmark.run(arguments[1]))
  default:
    complain("usage: ccv-bench train micro|tiny|small|base")
    exit(2)
  }
} catch {
  complain("ccv-bench: \(error)")
  exit(1)
}
