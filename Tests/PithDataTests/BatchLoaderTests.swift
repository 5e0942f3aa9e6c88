import Foundation
import PithFiles
import Testing

@testable import PithData

@Suite struct BatchLoaderTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  /// 50 images of 2×4×5 bytes, the first of which tells their number, and their number as label.
  private func store(floats: Bool = false, preprocessing: Preprocessing = Preprocessing()) throws
    -> SampleStore
  {
    var bytes: [UInt8] = []
    for image in 0..<50 {
      bytes.append(UInt8(image))
      for element in 1..<40 { bytes.append(UInt8(1 + (image * 7 + element * 3) % 250)) }
    }
    let x =
      floats
      ? try files.write(npy([50, 2, 4, 5], bytes.map { Float($0) }), "x.npy")
      : try files.write(idx(8, [50, 2, 4, 5], bytes), "x.idx")
    let y = try files.write(idx(8, [50], (0..<50).map { UInt8($0) }), "y.idx")
    return try SampleStore(DataSet("\(x),\(y)", preprocessing: preprocessing))
  }

  private func raw(_ store: SampleStore, _ index: Int) -> [Float] { store.rawSample(index).map { Float($0) } }

  @Test(arguments: [1, 7, 10, 50, 99]) func anEpochHasEverySampleOnce(batchSize: Int) throws {
    let store = try store()
    let loader = try BatchLoader(store.allSamples, batchSize: batchSize, seed: 4)
    var orders: [[Int]] = []
    for epoch in 0..<3 {
      var seen: [Int] = []
      for (step, batch) in loader.epoch(epoch).enumerated() {
        #expect(batch.step == step)
        #expect(batch.count == min(batchSize, 50 - step * min(batchSize, 50)))
        #expect(batch.labels == batch.indices)
        let expected = batch.indices.flatMap { raw(store, $0).map { Float(Double($0) * (1.0 / 255)) } }
        #expect(batch.inputs == expected)
        #expect(batch.mixture == nil && batch.partnerLabels == nil)
        seen += batch.indices
      }
      #expect(seen.sorted() == Array(0..<50))
      #expect(seen == loader.order(inEpoch: epoch))
      orders.append(seen)
    }
    #expect(Set(orders).count == 3)
    let other = try BatchLoader(store.allSamples, batchSize: batchSize, seed: 5)
    #expect(other.order(inEpoch: 0) != orders[0])
  }

  /// Orders from an implementation in Python, so that a checkpoint of today resumes tomorrow.
  @Test func ordersStay() throws {
    let loader = try BatchLoader(store().evenlySpaced(10), batchSize: 4, seed: 4)
    #expect(loader.order(inEpoch: 0) == [20, 35, 30, 25, 40, 15, 0, 10, 5, 45])
    #expect(loader.order(inEpoch: 1) == [20, 30, 45, 5, 35, 0, 15, 25, 40, 10])
  }

  @Test func theLastBatchMayBeDropped() throws {
    let store = try store()
    func sizes(_ batchSize: Int, drops: Bool) throws -> [Int] {
      let loader = try BatchLoader(store.allSamples, batchSize: batchSize, dropsLast: drops)
      let sizes = loader.epoch(0).map(\.count)
      #expect(loader.stepsPerEpoch == sizes.count && loader.samplesPerEpoch == sizes.reduce(0, +))
      return sizes
    }
    #expect(try sizes(20, drops: false) == [20, 20, 10])
    #expect(try sizes(20, drops: true) == [20, 20])
    #expect(try sizes(25, drops: true) == [25, 25])
    #expect(try sizes(70, drops: true) == [50])
    #expect(try sizes(0, drops: true) == [Int](repeating: 1, count: 50))
  }

  static let everything = Augmentation(
    cropPadding: 1, flipProbability: 0.5, noise: 0.1, cutout: 2, mixup: 0.3)

  /// Resuming anywhere, or reading ahead of a slow user, changes nothing.
  @Test func batchesDependOnEpochAndStepOnly() throws {
    let store = try store()
    func loader() throws -> BatchLoader {
      try BatchLoader(store.allSamples, batchSize: 8, seed: 9, augmentation: Self.everything)
    }
    let whole = try (0..<2).map { try Array(loader().epoch($0)) }
    #expect(whole[0] != whole[1])
    for epoch in 0..<2 {
      for step in [0, 1, 5, 6, 7, 99] {
        #expect(try Array(loader().epoch(epoch, from: step)) == Array(whole[epoch].dropFirst(step)))
      }
    }
    // What is left in the middle does not disturb the next.
    let some = try loader()
    for _ in 0..<20 { _ = some.epoch(1).next() }
    var slow: [SampleBatch] = []
    for batch in some.epoch(1) {
      usleep(2000)
      slow.append(batch)
    }
    #expect(slow == whole[1])
    let other = try BatchLoader(store.allSamples, batchSize: 8, seed: 10, augmentation: Self.everything)
    #expect(Array(other.epoch(0)) != whole[0])
  }

  /// A sample's augmentation does not depend on its place, or on the size of batches.
  @Test func augmentationBelongsToTheSample() throws {
    let store = try store()
    var augmentation = Self.everything
    augmentation.mixup = 0
    func samples(_ batchSize: Int, shuffles: Bool) throws -> [Int: [Float]] {
      let loader = try BatchLoader(
        store.allSamples, batchSize: batchSize, seed: 2, shuffles: shuffles, augmentation: augmentation)
      var samples: [Int: [Float]] = [:]
      for batch in loader.epoch(3) {
        for (place, index) in batch.indices.enumerated() {
          samples[index] = Array(batch.inputs[place * 40..<(place + 1) * 40])
        }
      }
      return samples
    }
    #expect(try samples(8, shuffles: true) == samples(3, shuffles: false))
  }

  /// Every window and mirroring comes up, each equally often, and is what a pixel-by-pixel copy makes.
  @Test(arguments: [false, true]) func imagesAreCroppedAndFlipped(floats: Bool) throws {
    let scaling = Preprocessing(scale: [0.5], mean: [1, 2], std: [3, 4])
    let store = try store(floats: floats, preprocessing: scaling)
    let plain = try BatchLoader(evaluating: store.allSamples, batchSize: 50).epoch(0).next()?.inputs ?? []
    let loader = try BatchLoader(
      store.allSamples, batchSize: 50, augmentation: Augmentation(cropPadding: 1, flipProbability: 0.25))
    var counts: [[Int]: Int] = [:]
    for epoch in 0..<40 {
      let batch = try #require(loader.epoch(epoch).next())
      for (place, index) in batch.indices.enumerated() {
        let found = Array(batch.inputs[place * 40..<(place + 1) * 40])
        let source = Array(plain[index * 40..<(index + 1) * 40])
        var matches: [[Int]] = []
        for dy in -1...1 {
          for dx in -1...1 {
            for mirror in 0...1 {
              let moved = (0..<40).map { element in
                let (plane, y, x) = (element / 20, element / 5 % 4 + dy, element % 5)
                let from = (mirror == 1 ? 4 - x : x) + dx
                let zero = Float((0 - scaling.mean![plane]) / scaling.std![plane])
                return (0..<4).contains(y) && (0..<5).contains(from)
                  ? source[plane * 20 + y * 5 + from] : zero
              }
              if moved == found { matches.append([dy, dx, mirror]) }
            }
          }
        }
        #expect(matches.count == 1)
        if let match = matches.first { counts[match, default: 0] += 1 }
      }
    }
    #expect(counts.count == 18)
    for (match, count) in counts {
      let expected = 2000.0 / 9 * (match[2] == 1 ? 0.25 : 0.75)
      #expect(abs(Double(count) - expected) < 5 * expected.squareRoot(), "\(match): \(count)")
    }
  }

  @Test func noiseIsAddedToPreprocessedValues() throws {
    let store = try store()
    let plain = try BatchLoader(evaluating: store.allSamples, batchSize: 50).epoch(0).next()?.inputs ?? []
    let loader = try BatchLoader(
      store.allSamples, batchSize: 50, shuffles: false, augmentation: Augmentation(noise: 0.25))
    let noise = (0..<10).flatMap { epoch in
      zip(loader.epoch(epoch).next()?.inputs ?? [], plain).map { Double($0 - $1) }
    }
    let mean = noise.reduce(0, +) / Double(noise.count)
    let variance = noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)
    #expect(noise.count == 20_000 && abs(mean) < 0.008 && abs(variance - 0.0625) < 0.003)
    #expect(Set(noise).count > 19_000)
  }

  @Test func squaresAreCutOut() throws {
    let store = try store(preprocessing: Preprocessing(scale: [1], mean: [-1]))
    let loader = try BatchLoader(
      store.allSamples, batchSize: 50, shuffles: false, augmentation: Augmentation(cutout: 2))
    var places: Set<[Int]> = []
    for epoch in 0..<20 {
      let inputs = loader.epoch(epoch).next()?.inputs ?? []
      for sample in 0..<50 {
        let zeros = (0..<20).filter { inputs[sample * 40 + $0] == 0 }
        // In both channels; 1, 2 or 4 pixels that are neighbours.
        #expect(zeros == (0..<20).filter { inputs[sample * 40 + 20 + $0] == 0 })
        #expect([1, 2, 4].contains(zeros.count))
        places.insert(zeros)
      }
    }
    #expect(places.count == 20)
  }

  @Test func samplesAreMixed() throws {
    let store = try store()
    let plain = try BatchLoader(store.allSamples, batchSize: 16, seed: 1)
    let mixing = try BatchLoader(
      store.allSamples, batchSize: 16, seed: 1, augmentation: Augmentation(mixup: 1))
    var weights: [Float] = []
    for epoch in 0..<3 {
      for (before, after) in zip(plain.epoch(epoch), mixing.epoch(epoch)) {
        let mixture = try #require(after.mixture)
        #expect(after.indices == before.indices && after.labels == before.labels)
        #expect(mixture.partners.sorted() == Array(0..<after.count))
        #expect(after.partnerLabels == mixture.partners.map { before.indices[$0] })
        weights.append(mixture.weight)
        for sample in 0..<after.count {
          for element in 0..<40 {
            let own = before.inputs[sample * 40 + element]
            let other = before.inputs[mixture.partners[sample] * 40 + element]
            #expect(
              after.inputs[sample * 40 + element] == mixture.weight * own + (1 - mixture.weight) * other)
          }
        }
      }
    }
    #expect(Set(weights).count == weights.count && weights.allSatisfy { (0...1).contains($0) })
  }

  @Test func augmentationHasToFit() throws {
    let flat = try files.write(npy([4, 6], (0..<24).map { Float($0) }), "flat.npy")
    let store = try SampleStore(DataSet(flat), targets: .none)
    for text in ["crop:1", "flip", "cutout:2", "crop:1,noise:0.1"] {
      let error = #expect(throws: AugmentationError.self) {
        try BatchLoader(store.allSamples, batchSize: 2, augmentation: Augmentation(text))
      }
      #expect(error?.description.contains("the samples of \(flat) are [6]") == true)
    }
    #expect(throws: Never.self) {
      try BatchLoader(store.allSamples, batchSize: 2, augmentation: Augmentation("noise:0.1,mixup:1"))
    }
    #expect(
      message { try BatchLoader(SampleSubset(store, indices: []), batchSize: 2) }.contains(
        "no samples are left"))
    let bytes = try files.write(idx(8, [2, 3], [1, 2, 3, 4, 5, 6]), "x.idx")
    let steep = try DataSet(bytes, preprocessing: Preprocessing(scale: [1e300]))
    #expect(
      message { try BatchLoader(SampleStore(steep, targets: .none).allSamples, batchSize: 1) }.contains("inf")
    )
  }

  /// The memory of a batch is used again, but not while someone still holds it.
  @Test func heldBatchesStay() throws {
    let store = try store()
    let loader = try BatchLoader(store.allSamples, batchSize: 5, seed: 3)
    let batches = Array(loader.epoch(0))
    let again = loader.epoch(0).map { $0.inputs }
    #expect(batches.map(\.inputs) == again)
    var addresses: Set<UnsafeRawPointer> = []
    let iterator = loader.epoch(0)
    while let batch = iterator.next() {
      batch.inputs.withUnsafeBytes { bytes in if let base = bytes.baseAddress { addresses.insert(base) } }
    }
    #expect(addresses.count <= 3)
  }
}
