// Functions and constants of other languages and libraries, where a program uses them as names that
// nothing defines. Words that break the grammar are in `ForeignWords.swift`.

/// What ccv writes where other languages have a certain function or constant.
public enum ForeignNames {
  /// Returns what to write instead of a name that nothing defines: a phrase that ends with a full
  /// stop; nil when the name is not known from another language.
  public static func cure(for name: String) -> String? {
    cures[name] ?? ForeignWords.cure(for: name)
  }

  static let cures: [String: String] = {
    var result: [String: String] = [:]
    for (words, cure) in table {
      for word in words.split(separator: " ") { result[String(word)] = cure }
    }
    return result
  }()

  private static let table: [(words: String, cure: String)] = [
    ("length count_of nrow", "`len(x)`."),
    ("size ndims dim", "`x.shape`, or `len(x)` for a list."),
    ("numel", "`x.count`."),
    ("append insert add", "`push(xs, x)`."),
    ("str tostring to_string", "`string(x)`, or `\"{x}\"`."),
    ("int", "`floor(x)` or `round(x)`; there is one type of number."),
    ("float double", "`number(x)`; there is one type of number."),
    ("dict", "a record: `(name: 1)`."),
    ("array asarray", "`tensor([1, 2])`."),
    ("range xrange", "`0..<n`, or `1..n`, which includes its end."),
    ("typeof isinstance", "`type(x)`."),
    ("quit", "`exit()`, or Ctrl-D at the prompt."),
    ("figure", "`plot(x)`."),
    ("imshow", "`show(x)`."),
    ("NaN NAN nan", "`0 / 0`."),
    ("random rand randint", "`uniform([2, 3])` draws numbers from 0 to 1, `sample(x, n)` items."),
    ("randn randnormal", "`normal([2, 3])`."),
    ("randperm shuffle", "`permutation(n)`."),
    ("pi PI", "`let pi = 3.141592653589793`."),
    ("pow", "`x ^ y`."),
    ("inf Inf INF infinity Infinity", "`1 / 0`."),
    ("view", "`reshape(x, [2, 3])`."),
    ("T t", "`transpose(x)`."),
    ("item", "`number(x)`."),
    ("detach", "`stop_gradient(x)`."),
    ("backward", "`gradients(net, net => loss)` gives the gradients, `step(opt, ...)` follows them."),
    ("zero_grad", "leave it out: every call of `gradients` starts anew."),
    ("cpu cuda", "leave it out: a tensor is where it is needed."),
  ]
}
