/// What the engine's parts say: tensors, gradients, tokenizers, data, pictures, files.
extension ErrorPages {
  static let engine: [ErrorPage] = [
    ErrorPage(
      21,
      "Element-wise work needs equal shapes, axes of 1 in equal ranks, or one shape\n"
        + "equal to the tail of the other. Nothing else is stretched, so that (N, 1) and\n"
        + "(N) do not make N x N in silence. `@` needs equal inner extents.",
      wrong: "ones([2, 3]) + ones([2])", right: "ones([2, 3]) + reshape(ones([2]), [2, 1])",
      advice: "Print `x.shape` of both sides; `reshape`, `transpose` and `unsqueeze` change\nit."),
    ErrorPage(
      130,
      "A function failed for a reason that has no code of its own. The message is\nthe reason.",
      wrong: nil, right: "try { load(\"shapes\", n: 10) } catch e { print(e.code, e.message) }",
      advice: "If the message does not help, it is worth a report."),
    ErrorPage(
      131,
      "A tensor, list or text would be larger than the memory, or the session as\na whole holds nearly all of it.",
      wrong: "zeros([1M, 1M, 1M])", right: "zeros([1k, 10])",
      advice:
        "Use smaller batches or sizes: a number of a tensor takes 4 bytes. `whos()`\ntells what is large, `x = nil` lets it go. CCV_MEMORY=4G sets what a session\nmay hold."),
    ErrorPage(
      132,
      "While gradients are taken, the tensors on the way from the model to the loss\n"
        + "must stay as they were.",
      wrong:
        "let w = parameter(tensor([1, 2]))\ngradients(w, w => { let y = w * 2; y[0] = 0; sum(y) })",
      right:
        "let w = parameter(tensor([1, 2]))\ngradients(w, w => sum(where([false, true], w * 2, 0)))",
      advice: "Make a new tensor: `where`, `concat`, or a product with a mask."),
    ErrorPage(
      133,
      "`gradients(model, f)` differentiates one number: what f returns, or the field\n"
        + "`loss` of the record that it returns.",
      wrong: "let w = parameter(tensor([1, 2]))\ngradients(w, w => w * 2)",
      right: "let w = parameter(tensor([1, 2]))\ngradients(w, w => mean(w * 2))",
      advice: "Take the `mean` or `sum`; make the loss from the model that f is given."),
    ErrorPage(
      134,
      "An optimiser holds the parameters that it was made for; the gradients must be\n"
        + "of the same ones, and finite.",
      wrong: "let a = linear(2, 1)\nlet b = linear(2, 1)\nlet opt = adamw(a)\n"
        + "step(opt, gradients(b, b => mean(b(ones([3, 2])))).grads)",
      right: "let a = linear(2, 1)\nlet opt = adamw(a)\n"
        + "step(opt, gradients(a, a => mean(a(ones([3, 2])))).grads)",
      advice: "Make a new optimiser for a new model. Gradients that are not finite often come\n"
        + "from a learning rate that is too high, or from `log` and `/` of 0."),
    ErrorPage(
      135, "k-means needs at least as many distinct points as centroids, and finite ones.",
      wrong: "kmeans(uniform([3, 12]), k: 5)", right: "kmeans(uniform([100, 12]), k: 5)",
      advice: "Take more images or a smaller k; `is_finite(x)` finds NaN."),
    ErrorPage(
      136, "A probe needs rows of features with one label each, for training and for\ntesting.",
      wrong: "knn([0, 1; 1, 0], [0], [0, 1], [0])",
      right: "knn([0, 1; 1, 0], [0, 1], [0, 1; 1, 0], [0, 1], k: 1)",
      advice: "Print the shapes of features and labels."),
    ErrorPage(
      137,
      "`precision: \"bf16\"` needs a CPU that multiplies bfloat16 (AVX512-BF16 or AMX)\n"
        + "and oneDNN, the library that does it.",
      wrong: nil, right: "let w = parameter(tensor([1, 2]))\ngradients(w, w => mean(w ^ 2))",
      advice: "`version()` says what this machine has. Without the instructions bfloat16\nwould be slower than float32, not faster."),
    ErrorPage(
      140,
      "The folder or the images are not as a data set has to be: class folders with\n"
        + "images in them, a flat folder of images, or CIFAR-10's binary files.",
      wrong: "load(\"no_such_folder\")", right: "load(\"shapes\", n: 10)",
      advice: "Look at the path; names in it count in the current folder."),
    ErrorPage(
      141,
      "The picture is empty, damaged, or neither PNG nor JPEG, or the file cannot\n"
        + "be written.",
      wrong: "save(zeros([3, 4, 4]), \"/dev/null/x.png\")",
      right: "load(\"shapes\", n: 10).images[0]",
      advice: "Open it in a viewer and save it again as PNG; write to a folder of your own."),
    ErrorPage(
      142, "gnuplot could not draw the figure, or the file could not be written.",
      wrong: "save(plot([1, 2]), \"/dev/null/figure.svg\")", right: "plot([1, 2, 4])",
      advice: "Figures are saved as .png or .svg. Without gnuplot the program goes on without\n"
        + "plots: install the package gnuplot-nox."),
    ErrorPage(
      143, "A saved file is damaged, cut off, or of a later version.",
      wrong: nil, right: "load(\"shapes\", n: 10)",
      advice: "Save it again; `save` writes under another name and renames, so that an\n"
        + "interrupted `save` leaves the old file as it was."),
    ErrorPage(
      144,
      "The ending of the path says how to save: .safetensors for tensors, layers,\n"
        + "tokenizers, tables, records and lists; .png for pictures; .svg for figures;\n.csv for tables.",
      wrong: "save([1, 2], \"numbers.xyz\")", right: "save([1, 2], \"numbers.safetensors\")",
      advice: "Functions and data sets cannot be saved: save what made them."),
  ]
}
