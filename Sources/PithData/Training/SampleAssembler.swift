import PithFiles

/// Makes what the network sees of the samples in a store: augmented and preprocessed.
struct SampleAssembler: Sendable {
  private let store: SampleStore
  private let augmentation: Augmentation
  private let seed: UInt64
  private let geometry: ImageGeometry?
  /// For a store of bytes, the preprocessed value of each byte, 256 for each channel of the transform.
  private let table: [Float]
  /// An image of preprocessed raw zeros, where the store holds floats and images are moved.
  private let border: [Float]

  /// - Throws: ``AugmentationError`` when the samples are no images and the augmentation needs them, or one of
  ///   its numbers is out of range; `FileError` when preprocessing makes a byte something not finite.
  init(_ store: SampleStore, augmentation: Augmentation, seed: UInt64) throws {
    try augmentation.validate()
    self.store = store
    self.augmentation = augmentation
    self.seed = seed
    geometry = ImageGeometry(store.sampleShape, transform: store.transform)
    if augmentation.needsImages, geometry == nil {
      throw AugmentationError(
        reason:
          "crop, flip and cutout need images, of the shape [C, H, W] or [H, W], whose channels have one "
          + "scale, mean and std each; the samples of \(store.name) are \(store.sampleShape): give them the "
          + "shape of images in a .data.yaml file, or leave these augmentations away")
    }
    table = store.holdsBytes ? try SampleAssembler.table(store) : []
    border =
      !store.holdsBytes && augmentation.isSpatial ? try SampleAssembler.preprocessedZeros(store) : []
  }

  /// Writes sample `index` as it is in `epoch`.
  /// - Parameters:
  ///   - output: the store's `elementCount` elements.
  ///   - scratch: as many bytes.
  func write(
    _ index: Int, epoch: Int, into output: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<UInt8>, zeros: UnsafePointer<UInt8>
  ) {
    guard let random = makeRandom(index, epoch: epoch) else {
      if store.holdsBytes {
        if let raw = store.rawSample(index).baseAddress { preprocess(raw, into: output) }
      } else if let values = store.preprocessedSample(index).baseAddress {
        output.update(from: values, count: store.elementCount)
      }
      return
    }
    var generator = random
    move(index, &generator, into: output, scratch: scratch, zeros: zeros)
    let squareCentre = geometry.flatMap { geometry in
      augmentation.cutout > 0
        ? (y: generator.below(geometry.height), x: generator.below(geometry.width)) : nil
    }
    if augmentation.noise > 0 {
      for element in 0..<store.elementCount {
        output[element] += Float(augmentation.noise * generator.normal())
      }
    }
    if let squareCentre {
      geometry?.erase(output, y: squareCentre.y, x: squareCentre.x, side: augmentation.cutout)
    }
  }

  /// The random numbers of a sample, which depend on its index in the store, not on its place in the order.
  private func makeRandom(_ index: Int, epoch: Int) -> RandomStream? {
    guard augmentation.needsImages || augmentation.noise > 0 else { return nil }
    return RandomStream(
      seed: seed, RandomPurpose.sample, UInt64(truncatingIfNeeded: epoch), UInt64(truncatingIfNeeded: index))
  }

  /// Pad-and-crop, flip and preprocessing.
  private func move(
    _ index: Int, _ random: inout RandomStream, into output: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<UInt8>, zeros: UnsafePointer<UInt8>
  ) {
    let padding = augmentation.cropPadding
    let dy = padding > 0 ? random.below(2 * padding + 1) - padding : 0
    let dx = padding > 0 ? random.below(2 * padding + 1) - padding : 0
    let mirrored = augmentation.flipProbability > 0 && random.uniform() < augmentation.flipProbability
    let stays = !mirrored && dy == 0 && dx == 0
    if store.holdsBytes {
      guard let raw = store.rawSample(index).baseAddress else { return }
      guard !stays, let geometry else { return preprocess(raw, into: output) }
      geometry.copy(from: raw, into: scratch, dy: dy, dx: dx, mirrored: mirrored, border: zeros)
      preprocess(scratch, into: output)
    } else {
      guard let values = store.preprocessedSample(index).baseAddress else { return }
      guard !stays, let geometry else { return output.update(from: values, count: store.elementCount) }
      border.withUnsafeBufferPointer { border in
        guard let border = border.baseAddress else { return }
        geometry.copy(from: values, into: output, dy: dy, dx: dx, mirrored: mirrored, border: border)
      }
    }
  }

  /// Looks the values of raw bytes up.
  private func preprocess(_ raw: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<Float>) {
    let channels = table.count / 256
    let run = store.transform.run
    table.withUnsafeBufferPointer { table in
      guard let table = table.baseAddress else { return }
      if run == 1, channels > 1 {
        var channel = 0
        for element in 0..<store.elementCount {
          output[element] = table[channel << 8 + Int(raw[element])]
          channel = channel + 1 == channels ? 0 : channel + 1
        }
        return
      }
      var start = 0
      var channel = 0
      while start < store.elementCount {
        let end = min(start + run, store.elementCount)
        let values = table + channel << 8
        for element in start..<end { output[element] = values[Int(raw[element])] }
        start = end
        channel = channel + 1 == channels ? 0 : channel + 1
      }
    }
  }

  private static func table(_ store: SampleStore) throws -> [Float] {
    let transform = store.transform
    var table: [Float] = []
    for channel in transform.scale.indices {
      for byte in 0..<256 {
        let value = transform.value(Double(byte), channel: channel)
        guard value.isFinite else { throw notFinite(store, Double(byte), value) }
        table.append(value)
      }
    }
    return table
  }

  private static func preprocessedZeros(_ store: SampleStore) throws -> [Float] {
    let zeros = [Double](repeating: 0, count: store.elementCount)
    var values = [Float](repeating: 0, count: store.elementCount)
    let isFinite = zeros.withUnsafeBufferPointer { zeros in
      values.withUnsafeMutableBufferPointer { store.transform.apply(zeros, into: $0) }
    }
    guard isFinite else { throw notFinite(store, 0, values.first { !$0.isFinite } ?? 0) }
    return values
  }

  private static func notFinite(_ store: SampleStore, _ raw: Double, _ value: Float) -> FileError {
    FileError(
      path: store.name,
      reason: "preprocessing makes \(Float(raw)) the value \(value); correct scale, mean and std")
  }
}
