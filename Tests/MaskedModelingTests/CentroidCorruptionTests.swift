import Arrays
import MaskedModeling
import Testing

@Suite struct CentroidCorruptionTests {
  /// Two images of 14 x 14 patches of 2 x 2, and the paper's amounts: 75 hidden, 20 replaced.
  struct Batch {
    let images: NDArray, tokenizer: CentroidTokenizer, hidden: NDArray, result: CorruptedPatches

    init(_ replacement: Replacement = .nearest, count: Int = 20, seed: UInt64 = 8) throws {
      var numbers = CongruentialSequence(seed: 21)
      images = numbers.array([2, 3, 28, 28])
      tokenizer = try CentroidTokenizerTests.tokenizer(64)
      var random = RandomSource(seed: seed)
      hidden = try blockMasks(
        BlockMaskOptions(hidden: .count(75)), grid: PatchGrid(height: 14, width: 14), batch: 2,
        random: &random)
      result = try corrupt(
        images, tokenizer: tokenizer, hidden: hidden, replaced: .count(count),
        replacement: replacement, random: &random)
    }
  }

  @Test("75 hidden, 20 replaced, disjoint, 95 corrupted in each image")
  func amounts() throws {
    let batch = try Batch()
    #expect(trueCounts(batch.result.hidden) == [75, 75])
    #expect(trueCounts(batch.result.replaced) == [20, 20])
    #expect(trueCounts(batch.result.corrupted) == [95, 95])
    #expect(
      batch.result.hidden.elements(of: Bool.self) == batch.hidden.elements(of: Bool.self))
  }

  @Test("pixels change in replaced patches alone, and there they are the patch's own centroid")
  func pixels() throws {
    let batch = try Batch()
    let original = try patchify(batch.images, size: 2).elements(of: Float.self)
    let nearest = try batch.tokenizer.decode(batch.result.ids).elements(of: Float.self)
    let seen = batch.result.patches.elements(of: Float.self)
    for (patch, isReplaced) in batch.result.replaced.elements(of: Bool.self).enumerated() {
      let range = patch * 12..<(patch + 1) * 12
      #expect(seen[range] == (isReplaced ? nearest : original)[range])
    }
  }

  @Test("ids and targets are those of the original, and pasting leaves the ids as they are")
  func targets() throws {
    let batch = try Batch()
    #expect(batch.result.ids == (try batch.tokenizer.encode(batch.images)))
    #expect(batch.result.pixelTargets == (try normalizedPatches(patchify(batch.images, size: 2))))
    #expect(try batch.tokenizer.encode(batch.result.patches) == batch.result.ids)
  }

  @Test("random replacement pastes centroids too, but mostly other ones")
  func randomReplacement() throws {
    let batch = try Batch(.random)
    let after = try batch.tokenizer.encode(batch.result.patches).elements(of: Int32.self)
    let before = batch.result.ids.elements(of: Int32.self)
    let replaced = batch.result.replaced.elements(of: Bool.self)
    let changed = before.indices.filter { before[$0] != after[$0] }
    #expect(changed.allSatisfy { replaced[$0] })
    // 40 draws of 64 centroids: 8 or more hits of the own one have probability below 1e-7.
    #expect(changed.count > 32)
    let seen = batch.result.patches.elements(of: Float.self)
    let pasted = try batch.tokenizer.decode(NDArray(after)).elements(of: Float.self)
    for patch in replaced.indices where replaced[patch] {
      #expect(seen[patch * 12..<(patch + 1) * 12] == pasted[patch * 12..<(patch + 1) * 12])
    }
  }

  @Test("with nothing replaced the input is the original")
  func pureMasking() throws {
    let batch = try Batch(count: 0)
    #expect(batch.result.patches == (try patchify(batch.images, size: 2)))
    #expect(batch.result.corrupted == batch.result.hidden)
  }

  @Test("patches and a flat mask give the same as images and a grid")
  func inputForms() throws {
    let batch = try Batch()
    func again(_ input: NDArray, _ hidden: NDArray) throws -> CorruptedPatches {
      var random = RandomSource(seed: 30)
      return try corrupt(
        input, tokenizer: batch.tokenizer, hidden: hidden, replaced: .share(0.1), random: &random)
    }
    let a = try again(batch.images, batch.hidden)
    let b = try again(
      try patchify(batch.images, size: 2), try batch.hidden.reshaped(to: [2, 196]))
    #expect(a.patches == b.patches)
    #expect(a.replaced == b.replaced)
    #expect(trueCounts(a.replaced) == [20, 20])
  }

  @Test("the same seed corrupts the same way, another seed differently")
  func seeds() throws {
    #expect(try Batch().result.patches == Batch().result.patches)
    #expect(try Batch().result.replaced != Batch(seed: 9).result.replaced)
  }

  @Test("a mask of another size, and more replaced than visible, are errors")
  func errors() throws {
    let batch = try Batch()
    func attempt(_ hidden: NDArray, _ replaced: PatchAmount) throws {
      var random = RandomSource(seed: 1)
      _ = try corrupt(
        batch.images, tokenizer: batch.tokenizer, hidden: hidden, replaced: replaced,
        random: &random)
    }
    #expect(
      throws: ShapeError.wrongShape(
        operation: "corrupt", argument: "the mask", seen: [2, 14, 13],
        wanted: "one flag for each patch, 2 x 196")
    ) { try attempt(NDArray(zeros: [2, 14, 13], .bool), .count(1)) }
    #expect(
      throws: MaskedModelingError.tooFewPatches(
        operation: "choice of visible patches", wanted: 122, available: 121, image: 0)
    ) { try attempt(batch.hidden, .count(122)) }
    #expect(throws: MaskedModelingError.self) { try attempt(batch.hidden, .share(1.01)) }
    #expect(throws: ShapeError.self) { try attempt(NDArray(zeros: [2, 14, 14]), .count(1)) }
  }
}
