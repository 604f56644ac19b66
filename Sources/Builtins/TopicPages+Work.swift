extension TopicPages {
  /// Kinds of work, in the order in which one does them.
  static let work: [TopicPage] = [
    TopicPage(
      "images",
      [
        "pictures", "dataset", "data set", "datasets", "photos", "load images", "cifar", "pixels",
        "batch", "augmentation",
      ],
      "Loading images, looking at them, going through them in batches.",
      """
      Images are [B, 3, H, W], RGB, pixels 0 to 1. `load` takes "shapes" (built in, ten classes), a
      folder (of class folders, or flat), CIFAR's binary files or one .jpg or .png.

        let train = load("shapes", n: 200)
        train.shape  # => [200, 3, 32, 32]
        train[0..7].shape  # => [8, 3, 32, 32]
        train.classes[0]  # => "disc"
        show(train[0..15], columns: 8, title: "sixteen shapes")
        for b in batches(train, size: 100, labels: true) { print(b.images.shape) }
        # => [100, 3, 32, 32]
        # => [100, 3, 32, 32]

      Your own: `load("photos", size: 64)`. Too many for the memory: `on_disk: true`. Augmented:
      `batches(train, size: 64, augment: true)`.

      See also: load, batches, split, show, save
      """),
    TopicPage(
      "patches", ["patch", "tokenizers", "centroids", "centroid", "tokens", "codebook", "k-means"],
      "Images cut into squares, and the centroids that name them.",
      """
      A patch vector is 3 size size numbers in (c, y, x) order. `kmeans` fits centroids to patches;
      the tokenizer gives each patch the number of the nearest.

        let images = load("shapes", n: 100).images
        let patches = patchify(images, size: 4)
        patches.shape  # => [100, 64, 48]
        let tok = kmeans(patches, k: 32, iters: 5, seed: 1)
        let ids = encode(tok, images[0..0])
        ids.shape  # => [1, 64]
        let again = decode(tok, ids) |> unpatchify(size: 4)
        again.shape  # => [1, 3, 32, 32]
        psnr(images[0..0], again) > 10  # => true
        show(tok, title: "32 centroids")

      See also: kmeans, encode, decode, patchify, psnr, masks
      """),
    TopicPage(
      "masks",
      ["mask", "hide patches", "masking", "hidden", "masked", "hide", "polarity", "corruption"],
      "Which patches are hidden: true is hidden from the encoder.",
      """
      A mask has a truth a patch, [rows, columns] or [B, rows, columns]. `block_mask` hides random
      rectangles (BEiT, CCViT), `random_mask` single patches (MAE); exactly the share that is asked.

        let m = block_mask(grid: [8, 8], ratio: 50%, seed: 1)
        count(m)  # => 32
        count(complement(m))  # => 32
        let images = load("shapes", n: 4).images
        show(images[0] |> cover(m, size: 4), title: "half of it hidden")
        let many = random_mask(grid: [8, 8], ratio: 75%, batch: 4, seed: 1)
        many.shape  # => [4, 8, 8]
        let patches = patchify(images, size: 4)
        patches[reshape(many, [4, 64])].shape  # => [192, 48]

      A comparison makes a mask, too: `x > 0`. `corrupt` hides and replaces patches as CCViT does.

      See also: block_mask, random_mask, random_visible, cover, corrupt, union, where
      """),
    TopicPage(
      "models",
      ["model", "networks", "network", "layer", "weights"],
      "A model is any record or list that holds layers and parameters.",
      """
      A layer is called like a function. `gradients`, `adamw`, `save`, `summary` and `parameters` walk
      through records and lists to the weights within; which way data take is a function of your own.

        let net = (first: linear(4, 8), last: linear(8, 2))
        fn forward(net, x) { x |> net.first |> gelu |> net.last }
        forward(net, ones([3, 4])).shape  # => [3, 2]
        count_parameters(net)  # => 58
        net.first.weight.shape  # => [8, 4]
        let big = ccvit(size: "micro")
        summary(big)

      See also: linear, mlp, block, parameter, summary, training
      """),
    TopicPage(
      "training",
      [
        "optimisation", "optimization", "learning rate", "learning rate schedule", "schedule",
        "schedules", "gradient descent", "backward", "backpropagation", "pre-train", "train", "lr",
      ],
      "Gradients, steps of the optimiser, a schedule and a log.",
      """
      `gradients(net, f)` runs f(net) and gives (value, grads); `step` applies them. Nothing is to be
      set to zero. `lr:` of a step sets the learning rate for it and those after.

        seed(1)
        let x = normal([64, 3])
        let y = x @ [1; -2; 0.5]
        let net = linear(3, 1)
        let opt = adamw(net, lr: 0.1, decay: 0)
        let log = table("step", "loss")
        for i in 0..<60 {
          let run = gradients(net, n => mse(n(x), y))
          let rate = warmup_cosine(i, warmup: 10, total: 60, peak: 0.1)
          step(opt, run.grads, clip: 3, lr: rate)
          log |> note(step: i, loss: run.value)
        }
        log[-1].loss < 0.1 * log[0].loss  # => true
        plot(log, x: "step", y: "loss", log_y: true)

      See also: gradients, adamw, step, warmup_cosine, tables, saving
      """),
    TopicPage(
      "pretraining",
      [
        "pre-training", "masked image modelling", "masked image modeling", "mim", "method",
        "methods",
        "self-supervised", "workflow", "whole",
      ],
      "Masked image modelling from images to features, in one page.",
      """
      Hide patches, and let a network say what was there: which centroid (cross-entropy) and which
      pixels (squared error). What it learns for that is of use for other work. A real run has more
      of everything: images, tokens, depth, epochs.

        seed(1)
        let images = load("shapes", n: 64)
        let tok = images |> patchify(size: 8) |> kmeans(k: 16, iters: 5)
        let net = ccvit(size: "micro", tokens: tok.k)
        let opt = adamw(net, lr: 1e-3)
        let log = table("epoch", "loss", "accuracy")
        for epoch in 1..2 {
          for b in batches(images, size: 32) {
            let c = corrupt(b, tok, ratio: 40%)
            let run = gradients(net, n => ccvit_loss(n, c))
            step(opt, run.grads, clip: 3)
            log |> note(epoch: epoch, ..run.value)
          }
        }
        len(log)  # => 2
        log[-1].loss < log[0].loss  # => true
        ccvit_features(net, images[0..3]).shape  # => [4, 64]

      `examples/ccvit.ccv` is a whole run that ends with what its features are worth.

      See also: ccvit, corrupt, ccvit_loss, masks, patches, training, judging
      """),
    TopicPage(
      "tables",
      ["logging", "csv", "curves", "plots", "plotting", "metrics"],
      "Rows of named values: the log of a run, its curves, its file.",
      """
      `note` with the same first value again averages: once a batch, one row an epoch. A column is a
      field, a row an index. `plot(..., live: true)` before a loop redraws as the table grows.

        let log = table("epoch", "loss")
        for epoch in 1..3 {
          for part in [0, 1] { log |> note(epoch: epoch, loss: 1 / epoch + part) }
        }
        log.loss  # => [1.5, 1, 0.8333333333333333]
        len(log)  # => 3
        log[-1].epoch  # => 3
        plot(log, x: "epoch", y: ["loss"], title: "it falls")

      `save(log, "log.csv")` is for other programs, `save(log, "log.safetensors")` can be loaded again,
      `plot(...) |> save("loss.png")` (or .svg) is for a report.

      See also: table, note, add_row, plot, save
      """),
    TopicPage(
      "saving",
      [
        "files", "save model", "checkpoint", "checkpoints", "resume", "loading", "safetensors",
        "save a model", "export", "load model",
      ],
      "Values to files and back: `save(x, path)`, `load(path)`.",
      """
      .safetensors keeps tensors, layers, optimisers, tokenizers, tables, and records and lists of
      them; what comes back is the same. .png, .jpg and .svg are for pictures, .csv for tables.

        let net = linear(4, 2)
        let opt = adamw(net)
        let path = save((net: net, opt: opt, epoch: 3), "run.safetensors")
        let run = load(path)
        run.epoch  # => 3
        all(run.net(ones([1, 4])) == net(ones([1, 4])))  # => true

      The optimiser belongs to the network that is saved with it: `step(run.opt, ...)` goes on where
      it was. The names of weights are those that timm uses, for other programs.

      See also: save, load, history
      """),
    TopicPage(
      "judging",
      ["evaluation", "evaluate", "probe", "confusion matrix", "features", "test accuracy"],
      "How good features are: neighbours, a linear probe, a confusion matrix.",
      """
      The network is frozen: `ccvit_features` gives a vector an image. `knn` asks the nearest training
      images, `linear_probe` fits a logistic regression; pixels and an untrained network are what to
      compare with.

        let train = load("shapes", n: 200)
        let test = load("shapes", split: "test", n: 50)
        let r = knn(train.images, train.labels, test.images, test.labels, k: 5)
        0 < r.accuracy and r.accuracy < 1  # => true
        let table = confusion(r.predictions, test.labels, classes: test.classes)
        table.counts.shape  # => [10, 10]

      See also: knn, linear_probe, confusion, accuracy, ccvit_features
      """),
    TopicPage(
      "seeds",
      ["random", "random numbers", "reproducible", "reproducibility", "repeatable", "rng"],
      "The same seed gives the same numbers, with one thread or many.",
      """
      A session has one stream of random numbers, other each time it starts. `seed(7)` starts it anew;
      `with seed(7) { }` does so for a block; `seed:` of a function is for that call alone.

        seed(7)
        let a = normal([3])
        seed(7)
        all(normal([3]) == a)  # => true
        all(uniform([3], seed: 1) == uniform([3], seed: 1))  # => true

      Weights of new layers, the order of batches, masks and dropout come from the stream. Machines
      with other instruction sets may differ in the last bits of sums.

      See also: seed, uniform, normal, permutation, sample, with
      """),
    TopicPage(
      "speed",
      [
        "performance", "slow", "threads", "gpu", "cuda", "device", "bf16", "profiling",
        "faster",
      ],
      "Where time and memory go, and what makes it faster.",
      """
      ccv computes on the CPU, with all its cores. `with profile() { }` tells which operation and which
      line takes the time, `timed` how long a function takes, `whos()` what variables hold, `version()`
      what the engine uses and what holds it back.

        let w = parameter(ones([64, 64]))
        timed(() => gradients(w, w => mean(w @ w))).seconds < 5  # => true

      `gradients(net, f, precision: "bf16")` is faster where the CPU has the instructions. Outside ccv,
      CCV_THREADS sets the number of threads and CCV_MEMORY=4G what a session may hold.

      See also: profile, timed, time, whos, version, summary
      """),
    TopicPage(
      "scripts",
      ["command line", "arguments of a script", "options of a script", "running", "shebang"],
      "The same lines in a file: `ccv file.ccv --epochs 8`.",
      """
      A script means what its lines mean at the prompt. `#!/usr/bin/env ccv` as its first line makes it
      a command. `ccv -e 'CODE'` runs a line, `ccv check FILE` tells what is wrong without running,
      `ccv fmt FILE` puts a file in the one style.

        let epochs = option("epochs", 10)
        epochs  # => 10
        flag("quick")  # => false

      `ccv file.ccv --help` lists the options with the comments behind them, and an option that the
      script does not ask for is refused. `print` writes; a value alone on a line is shown at the
      prompt only. Exit codes: 0 ok, 1 an error while it ran, 2 a mistake before, 130 Ctrl-C; `exit(3)`
      gives another.

      See also: option, flag, args, exit, import, history
      """),
  ]

  /// The prompt.
  static let prompt: [TopicPage] = [
    TopicPage(
      "keys",
      [
        "shortcuts", "keyboard", "tab", "ctrl-c", "ctrl-d", "ctrl-r", "prompt", "editing",
        "completion",
        "leave", "quit", "undo", "stop", "interrupt",
      ],
      "What the keys of the prompt do.", isTable: true,
      """
        Enter           runs what is complete, else starts a line
        Alt-Enter       starts a line in any case
        Tab             completes names, options, words, fields, files; shows what each is
        Up, Down        through the block, then the entries that begin like the typed text
        Right, End      takes the faint suggestion from the history
        Ctrl-R          searches the history by words
        Ctrl-C          gives up the text; stops what runs and keeps every variable
        Ctrl-D          on an empty line leaves, as `exit` and `quit` do
        Ctrl-L          clears the screen
        Ctrl-A, Ctrl-E  to the start and the end of the line
        Ctrl-K, Ctrl-Y  cuts to the end of the line, brings it back
        Ctrl-_          takes the last change back

      Keys of your own stand in ~/.inputrc. A block that is pasted runs as one. A line that begins with
      `|>` pipes the last answer, `it`. `history()` lists what was entered here.

      See also: history, help, pipe
      """),
    TopicPage(
      "help", ["?", "??", "documentation of a function", "manual", "start", "getting started"],
      "How to ask.", isTable: true,
      """
        help()           the front page: where to begin, how to ask
        ?reference       all functions, by what they are for
        ?kmeans          a function: what it does, takes and gives, with an example
        ??corrupt        its source, to be copied and changed
        ?masking ratio   pages with these words, the best first
        ?E021            an error
        ?for             a part of the language

      In a script `help("kmeans")` writes the same. Functions of your own have the help that their `##`
      lines give. Tab shows names with a line about each.

      See also: keys, history, whos
      """),
  ]
}
