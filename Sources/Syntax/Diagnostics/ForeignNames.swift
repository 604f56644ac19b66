// Functions and constants of other languages and libraries, where a program uses them as names that
// nothing defines. Words that break the grammar are in `ForeignWords.swift`.

/// What ccv writes where other languages have a certain function or constant.
public enum ForeignNames {
  /// Returns what to write instead of a name that nothing defines: a phrase that ends with a full
  /// stop; nil when the name is not known from another language.
  public static func cure(for name: String) -> String? {
    cures[name] ?? ForeignWords.cure(for: name)
  }

  /// Names that stand for the same thing, with the same arguments.
  static let renamed: [String: String] = {
    var result: [String: String] = [:]
    for (own, others) in synonyms {
      for other in others.split(separator: " ") { result[String(other)] = own }
    }
    return result
  }()

  private static let synonyms: [(own: String, others: String)] = [
    ("true", "True TRUE"), ("false", "False FALSE"),
    ("nil", "None null NULL Null Nil undefined nothing missing NA"),
    ("and", "AND And"), ("or", "OR Or"), ("not", "NOT Not"), ("continue", "next"),
    ("string", "str tostring to_string num2str"), ("len", "length"),
    ("number", "float double str2num str2double"), ("floor", "int"),
    ("print", "println printf puts echo disp fprintf cat"), ("sort", "sorted"),
    ("push", "append"), ("map", "sapply lapply apply"), ("exit", "quit"), ("type", "typeof"),
    ("show", "imshow"), ("permutation", "randperm"), ("concat", "concatenate vstack"),
    ("seed", "manual_seed rng"), ("error", "stop"), ("reshape", "view"),
    ("stop_gradient", "detach"), ("count", "count_nonzero"),
  ]

  static let cures: [String: String] = {
    var result: [String: String] = [:]
    for (words, cure) in table {
      for word in words.split(separator: " ") { result[String(word)] = cure }
    }
    return result
  }()

  /// What libraries elsewhere call an option; of those listed the function has one or none.
  public static func option(_ name: String, among known: [String]) -> String? {
    options[name]?.first(where: known.contains)
  }

  private static let options: [String: [String]] = [
    "clusters": ["k"], "n_clusters": ["k"], "n_iter": ["iters"], "max_iter": ["iters"],
    "steps": ["iters", "n"], "learning_rate": ["lr"], "weight_decay": ["decay"],
    "random_state": ["seed"], "generator": ["seed"], "batch_size": ["batch", "size"],
    "dim": ["axis"], "keepdim": ["keep"], "keepdims": ["keep"], "patch_size": ["size", "patch"],
    "img_size": ["image"], "embed_dim": ["dim"], "num_heads": ["heads"], "num_classes": ["classes"],
    "mask_ratio": ["ratio"], "low": ["low"], "stddev": ["std"], "sigma": ["std"],
    "reverse": ["descending"],
  ]

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
    (
      "backward",
      "`gradients(net, net => loss)` gives the gradients, `step(opt, ...)` follows them."
    ),
    ("zero_grad", "leave it out: every call of `gradients` starts anew."),
    (
      "cpu cuda to",
      "leave it out: a tensor is where it is needed; `cast(x, \"int32\")` for a type."
    ),
    ("train eval", "leave it out: a model has no mode."),
    (
      "F nn math random",
      "its functions are built in: `cross_entropy(x, y)`, `linear(4, 2)`, `sqrt(x)`."
    ),
    ("set", "`seed(1)`."),
    ("isempty", "`len(x) == 0`."),
    ("c", "`[1, 2, 3]`."),
    ("seq linspace", "`1..10`, with its end; `0..1 by 0.1` with a step."),
    ("rep", "`repeat(x, 3)`, or `zeros([10])`."),
    ("paste", "`\"{a} {b}\"`."),
    ("sapply lapply", "`map(xs, x => x * 2)`."),
    ("open input", "scripts take what they need from `option(\"name\", 1)` and `load(\"file\")`."),
    ("items values", "leave it out: `for (name, value) in r { ... }` goes through a record."),
  ]
}
