// swift-tools-version: 6.2
// The layers of Sources/README.md as code, in the same order, one line per target. Build with
// `--explicit-target-dependency-import-check error`: without it SwiftPM accepts an undeclared import.
import PackageDescription

let language: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A target without a pointer in it: the compiler refuses every unmarked unsafe expression.
func core(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: ["README.md"],
    swiftSettings: language + [.strictMemorySafety()])
}

/// A target that owns memory or calls C. `-enforce-exclusivity=unchecked` drops the run-time
/// exclusivity checks from its inner loops; tests run the same code in debug with them on.
func native(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: ["README.md"],
    swiftSettings: language
      + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))])
}

/// A C or C++ target, optimised in debug builds too, so that tests run the kernels users run.
func shim(_ name: String, libraries: [String] = [], exclude: [String] = ["README.md"]) -> Target {
  .target(
    name: name, exclude: exclude,
    cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-fno-trapping-math"])],
    cxxSettings: [.unsafeFlags(["-O3"])],
    linkerSettings: libraries.map { .linkedLibrary($0) })
}

func tests(_ name: String, of subjects: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(name: name, dependencies: subjects, exclude: data, swiftSettings: language)
}

let foundation: [Target] = [
  shim("CKernels", libraries: ["pthread", "m"], exclude: ["README.md", "generic"]),
  shim("COpenBLAS", libraries: ["dl"]),
  shim("COneDNN", libraries: ["dl"]),
  shim("CImageCodecs", libraries: ["png", "jpeg"]),
  shim("CReadline", libraries: ["readline"]),
  shim("CGnuplot", libraries: ["boost_iostreams", "boost_filesystem"]),
  shim("CLibrary", exclude: ["README.md"]),
]

let numbers: [Target] = [
  native("Arrays", ["CKernels", "COneDNN", "COpenBLAS"]),
  native("Images", ["Arrays", "CImageCodecs", "CKernels"]),
  native("Autograd", ["Arrays", "CKernels", "COneDNN"]),
  native("Clustering", ["Arrays", "CKernels"]),
  native("Layers", ["Autograd", "Arrays", "CKernels"]),
  native("Datasets", ["Images", "Arrays"]),
  native("Training", ["Layers", "Autograd", "Arrays", "CKernels"]),
  native("MaskedModeling", ["Training", "Layers", "Clustering", "Autograd", "Arrays", "CKernels"]),
]

let scripting: [Target] = [
  core("Syntax"),
  core("Checking", ["Syntax"]),
  core("Bytecode", ["Syntax"]),
  native("Interpreter", ["Bytecode", "Syntax"]),
  native("Plotting", ["CGnuplot"]),
]

let faces: [Target] = [
  .target(
    name: "StandardLibrary", dependencies: ["CLibrary"], exclude: ["README.md", "methods"],
    swiftSettings: language),
  native(
    "Builtins",
    [
      "Interpreter", "Bytecode", "Syntax", "Plotting", "StandardLibrary",
      "MaskedModeling", "Training", "Datasets", "Layers", "Clustering", "Images", "Autograd",
      "Arrays",
    ]),
  native(
    "Session", ["Builtins", "StandardLibrary", "Interpreter", "Bytecode", "Checking", "Syntax"]),
  native("REPL", ["Session", "Builtins", "Interpreter", "Images", "Syntax", "CReadline"]),
  native("Commands", ["REPL", "Session", "Builtins", "Images", "Arrays", "Syntax", "CReadline"]),
  native("Fuzzing", ["Session", "Builtins", "Interpreter", "Syntax"]),
  .executableTarget(name: "ccv", dependencies: ["Commands"], swiftSettings: language),
  .executableTarget(
    name: "ccv-bench",
    dependencies: [
      "Fuzzing", "Session", "Builtins", "Syntax", "Training", "Datasets", "Layers", "Clustering",
      "Images", "Autograd", "COneDNN", "Arrays",
    ],
    path: "Sources/Benchmarks", exclude: ["README.md", "scripts"], swiftSettings: language),
]

let testTargets: [Target] = [
  .target(
    name: "TestSupport", dependencies: ["Arrays", "Autograd"], path: "Tests/TestSupport",
    swiftSettings: language),
  tests("KernelTests", of: ["CKernels", "COneDNN", "COpenBLAS", "Arrays", "TestSupport"]),
  tests("ArraysTests", of: ["Arrays", "TestSupport"]),
  tests("ImagesTests", of: ["Images", "Arrays", "TestSupport"], data: ["golden.py"]),
  tests("AutogradTests", of: ["Autograd", "Arrays", "TestSupport"]),
  tests("ClusteringTests", of: ["Clustering", "Arrays", "TestSupport"]),
  tests("LayersTests", of: ["Layers", "Autograd", "Arrays", "TestSupport"]),
  tests("DatasetsTests", of: ["Datasets", "Images", "Arrays", "TestSupport"]),
  tests("TrainingTests", of: ["Training", "Layers", "Autograd", "Arrays", "TestSupport"]),
  tests(
    "MaskedModelingTests",
    of: [
      "MaskedModeling", "Training", "Layers", "Clustering", "Autograd", "Arrays", "TestSupport",
    ],
    data: ["golden_logistic.py"]),
  tests("SyntaxTests", of: ["Syntax"], data: ["Goldens"]),
  tests("InterpreterTests", of: ["Interpreter", "Bytecode", "Syntax", "TestSupport"]),
  tests(
    "LanguageTests", of: ["Session", "Interpreter", "Syntax", "Arrays", "TestSupport"],
    data: ["Cases"]),
  tests("PlottingTests", of: ["Plotting"]),
  tests(
    "BuiltinsTests",
    of: [
      "Session", "Builtins", "Interpreter", "Syntax", "Plotting", "Images", "Arrays", "TestSupport",
    ],
    data: ["Fixtures"]),
  tests("REPLTests", of: ["REPL", "Session", "Syntax", "TestSupport"]),
  .target(name: "CTestSupport", path: "Tests/CTestSupport"),
  tests("FuzzingTests", of: ["Fuzzing", "Session", "Syntax", "TestSupport"]),
  tests("BenchmarkTests", of: ["ccv-bench"]),
  tests("CommandTests", of: ["ccv", "CTestSupport", "TestSupport"], data: ["FirstMinutes", "Mistakes"]),
]

let package = Package(
  name: "ccv",
  products: [
    .executable(name: "ccv", targets: ["ccv"]),
    .executable(name: "ccv-bench", targets: ["ccv-bench"]),
  ],
  targets: foundation + numbers + scripting + faces + testTargets,
  cLanguageStandard: .c2x,
  cxxLanguageStandard: .cxx17)
