// The one table of error codes. A code, once released, keeps its meaning for good.
// E001-E019 lexer, E020-E059 parser (E021 is the run-time shape mismatch), E060-E099 resolver and
// compiler, E100-E199 run time.

/// A stable code such as `E021`, and the one-line title of its help page.
public struct ErrorCode: Hashable, Sendable, CustomStringConvertible {
  /// The number behind the `E`, 1...999.
  public let number: Int

  /// What the code stands for, in one line.
  public let title: String

  init(_ number: Int, _ title: String) {
    precondition(1...999 ~= number, "an error code has three digits")
    self.number = number
    self.title = title
  }

  /// The code as users see it: `E021`.
  public var description: String {
    let digits = String(number)
    return "E" + String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// Finds a code by its text, in either case: `E021`, `e21` and `21` name the same code.
  public static func named(_ text: String) -> ErrorCode? {
    let digits = text.first == "E" || text.first == "e" ? text.dropFirst() : text[...]
    guard let number = Int(digits) else { return nil }
    return all.first { $0.number == number }
  }
}

extension ErrorCode {
  /// Every code, in numerical order.
  public static let all: [ErrorCode] = (lexer + parser + compiler + runtime).sorted {
    $0.number < $1.number
  }

  static let lexer: [ErrorCode] = [
    notUTF8, unclosedString, unknownEscape, badNumber, unknownSuffix, inexactInteger,
    numberTooLarge, strangeCharacter, typographicQuote, unclosedInterpolation, foreignOperator,
    sourceTooLong,
  ]

  static let parser: [ErrorCode] = [
    unexpectedToken, unclosedBracket, strayCloser, missingBlock, missingSeparator,
    notAssignable, reservedWord, chainedComparison, pipeTarget, misplacedElse, tooDeep,
    foreignSyntax, assignmentInCondition, repeatedName, tryWithoutCatch,
    missingComma, importPath,
  ]

  static let compiler: [ErrorCode] = [
    unknownName, unknownVariable, constantName, returnOutsideFunction, loopWordOutsideLoop,
    functionTooLarge, percentSubtraction, unusedName, shadowedName, hiddenFunction, unreachable,
    idleValue, dollarName,
  ]

  /// What a running program meets; its modules name these by their text.
  static let runtime: [ErrorCode] = [
    shapeMismatch, raisedByProgram,
    ErrorCode(101, "a name has no value yet"),
    ErrorCode(102, "an operator does not take these values"),
    ErrorCode(103, "what is called is not a function"),
    ErrorCode(104, "a value has no elements to index"),
    callArguments, callOption,
    ErrorCode(107, "an argument is of the wrong type"),
    ErrorCode(108, "an index is out of range"),
    ErrorCode(109, "an index is not a whole number"),
    ErrorCode(110, "a value has no such field"),
    ErrorCode(111, "a condition is neither true nor false"),
    ErrorCode(112, "calls are nested too deeply"),
    ErrorCode(113, "a division by zero"),
    ErrorCode(114, "a value does not come apart into so many names"),
    ErrorCode(115, "a value cannot be gone through"),
    ErrorCode(116, "an assertion does not hold"),
    ErrorCode(117, "`with` does not take this value"),
    ErrorCode(118, "a format is not known"),
    argumentValue,
    ErrorCode(120, "a file cannot be imported"),
    unexpected,
    ErrorCode(131, "more than the memory holds"),
    ErrorCode(132, "a tensor that gradients flow through cannot be changed"),
    ErrorCode(133, "a gradient cannot be taken"),
    ErrorCode(134, "an optimiser and its model do not fit"),
    ErrorCode(135, "points cannot be clustered"),
    ErrorCode(136, "features cannot be judged"),
    ErrorCode(137, "this machine has no bfloat16"),
    ErrorCode(140, "a data set cannot be used"),
    ErrorCode(141, "an image cannot be read or written"),
    ErrorCode(142, "a figure cannot be drawn"),
    ErrorCode(143, "a saved file does not fit"),
    ErrorCode(144, "a value cannot be saved this way"),
  ]

  /// E001.
  public static let notUTF8 = ErrorCode(1, "the text is not UTF-8")
  /// E002.
  public static let unclosedString = ErrorCode(2, "a string is not closed")
  /// E003.
  public static let unknownEscape = ErrorCode(3, "an escape in a string is not known")
  /// E004.
  public static let badNumber = ErrorCode(4, "a number is not well formed")
  /// E005.
  public static let unknownSuffix = ErrorCode(5, "a number has a suffix that is not known")
  /// E006.
  public static let inexactInteger = ErrorCode(6, "an integer is too long to be exact")
  /// E007.
  public static let numberTooLarge = ErrorCode(7, "a number is too large")
  /// E008.
  public static let strangeCharacter = ErrorCode(8, "a character has no meaning here")
  /// E009.
  public static let typographicQuote = ErrorCode(9, "a quotation mark is a typographic one")
  /// E010.
  public static let unclosedInterpolation = ErrorCode(10, "an interpolation is not well formed")
  /// E011.
  public static let foreignOperator = ErrorCode(11, "an operator belongs to another language")

  /// E012.
  public static let sourceTooLong = ErrorCode(12, "a text is too long")

  /// E020.
  public static let unexpectedToken = ErrorCode(20, "something else was expected here")
  /// E021.
  public static let shapeMismatch = ErrorCode(21, "shapes do not line up")
  /// E022.
  public static let unclosedBracket = ErrorCode(22, "a bracket is not closed")
  /// E023.
  public static let strayCloser = ErrorCode(23, "a closing bracket has no partner")
  /// E024.
  public static let missingBlock = ErrorCode(24, "a block in braces was expected")
  /// E025.
  public static let missingSeparator = ErrorCode(25, "a statement does not end where it should")
  /// E026.
  public static let notAssignable = ErrorCode(26, "the left side cannot be assigned")
  /// E027.
  public static let reservedWord = ErrorCode(27, "a word of the language is used as a name")
  /// E028.
  public static let chainedComparison = ErrorCode(28, "comparisons do not chain")
  /// E029.
  public static let pipeTarget = ErrorCode(29, "a pipe needs a function on its right")
  /// E030.
  public static let misplacedElse = ErrorCode(30, "`else` stands on a line of its own")
  /// E031.
  public static let tooDeep = ErrorCode(31, "the program is nested too deeply")
  /// E032.
  public static let foreignSyntax = ErrorCode(32, "a form belongs to another language")
  /// E034.
  public static let assignmentInCondition = ErrorCode(34, "a condition holds `=`")
  /// E035.
  public static let repeatedName = ErrorCode(35, "a name is given twice")
  /// E036.
  public static let tryWithoutCatch = ErrorCode(36, "`try` has no `catch`")
  /// E037.
  public static let missingComma = ErrorCode(37, "a comma is missing")
  /// E038.
  public static let importPath = ErrorCode(38, "`import` needs a path in quotes")

  /// E060.
  public static let unknownName = ErrorCode(60, "a name is not known")
  /// E061.
  public static let unknownVariable = ErrorCode(61, "`=` changes a variable that does not exist")
  /// E062.
  public static let constantName = ErrorCode(62, "a function of the library cannot be changed")
  /// E063.
  public static let returnOutsideFunction = ErrorCode(63, "`return` stands outside a function")
  /// E064.
  public static let loopWordOutsideLoop = ErrorCode(
    64, "`break` or `continue` stands outside a loop")
  /// E065.
  public static let functionTooLarge = ErrorCode(65, "a function is too large")
  /// E066, a warning.
  public static let percentSubtraction = ErrorCode(66, "a percentage is taken from a number")
  /// E067, a warning of `ccv check`.
  public static let unusedName = ErrorCode(67, "a name is never used")
  /// E068, a warning of `ccv check`.
  public static let shadowedName = ErrorCode(68, "a name hides the one around its block")
  /// E069, a warning of `ccv check`.
  public static let hiddenFunction = ErrorCode(69, "a variable hides the function that is called")
  /// E070, a warning of `ccv check`.
  public static let unreachable = ErrorCode(70, "a statement is never reached")
  /// E071, a warning of `ccv check`.
  public static let idleValue = ErrorCode(71, "a value is not used for anything")
  /// E072, a warning of `ccv check`.
  public static let dollarName = ErrorCode(72, "a string holds `$name`")

  /// E100.
  public static let raisedByProgram = ErrorCode(100, "the program itself raised an error")
  /// E105.
  public static let callArguments = ErrorCode(105, "a call has too few or too many values")
  /// E106.
  public static let callOption = ErrorCode(106, "an option is not known, or given twice")
  /// E119.
  public static let argumentValue = ErrorCode(119, "an argument has a value that does not work")
  /// E130.
  public static let unexpected = ErrorCode(130, "a function failed for a reason of its own")
}
