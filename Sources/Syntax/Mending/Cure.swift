/// How a mistake is cured, as the code that finds it knows; the mender makes a change of text of it.
public enum Cure: Sendable, Equatable {
  /// The labelled places are written this way: `{0}` stands for the text of the first label, `{1}` for that
  /// of the second.
  case rewrite(String)
  /// `let` before the statement.
  case declare
  /// What is called is indexed: brackets in place of the parentheses.
  case index
  /// An index that a reader wrote for the last element, `xs[len(xs)]` or `xs[3]` of three, is -1.
  case lastIndex
  /// A mask stands where one truth is wanted: any of its elements; `and` and `or` join two masks by functions.
  case mask
  /// The shape in a list: `zeros(3, 4)` is `zeros([3, 4])`.
  case shape
}
