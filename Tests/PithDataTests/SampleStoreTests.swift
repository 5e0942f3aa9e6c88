import Foundation
import PithFiles
import Synchronization
import Testing

@testable import PithData

@Suite struct SampleStoreTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  /// All samples of a store as evaluation sees them.
  private func samples(_ store: SampleStore, batch: Int = 3) throws -> [Float] {
    let loader = try BatchLoader(evaluating: store.allSamples, batchSize: batch)
    return loader.epoch(0).reduce(into: []) { $0 += $1.inputs }
  }

  /// A store holds what ``BatchReader`` reads, to the bit, whatever the format and wherever it is kept.
  @Test(arguments: [
    "arrays/f4.npy", "arrays/f8_big.npy", "arrays/fortran.npy", "arrays/u1.npy", "arrays/bool.npy",
    "arrays/i2.npy", "arrays/deflated.npz", "images/classes", "images/classes.zip:set/train",
    "fashion-mnist/calibration-images.idx.gz,fashion-mnist/calibration-labels.idx.gz",
  ])
  func aStoreHoldsTheDataSet(name: String) throws {
    let specification = name.split(separator: ",").map { fixture(String($0)) }.joined(separator: ",")
    let preprocessing = Preprocessing(scale: [0.3], mean: [0.1], std: [0.7])
    let expected = try all(specification, preprocessing: preprocessing)
    for budget in [1 << 30, 0] {
      let store = try SampleStore(
        expected.set, targets: expected.labels == nil ? .none : .classes, memoryBudget: budget)
      #expect(store.isOnDisk == (budget == 0))
      #expect(try samples(store, batch: 7) == expected.inputs)
      #expect(store.labels == expected.labels)
      #expect(store.count == expected.set.count && store.sampleShape == expected.set.sampleShape)
      #expect(store.classNames == expected.set.classNames)
      let isBytes = ["images", "u1", "fashion"].contains { name.contains($0) }
      #expect(store.byteCount == store.count * store.elementCount * (isBytes ? 1 : 4))
    }
  }

  /// Channels have numbers of their own: those of [C, H, W], and those of [H, W, C].
  @Test(arguments: [[4, 3, 2, 2], [4, 2, 2, 3], [4, 3]]) func bytesAreScaledByChannel(shape: [Int]) throws {
    let bytes = (0..<shape.elementCount).map { UInt8($0 * 5) }
    let axes = shape.map { "\($0), " }.joined()
    let path = try files.write(
      npy(header: "{'descr': '|u1', 'fortran_order': False, 'shape': (\(axes))}", bytes), "x.npy")
    let scaling = Preprocessing(scale: [0.1], mean: [1, 2, 3], std: [1, 0.5, 7])
    let expected = try all(path, preprocessing: scaling)
    #expect(try samples(SampleStore(expected.set, targets: .none)) == expected.inputs)
  }

  @Test func imagesAreDecodedOnAnyNumberOfThreads() throws {
    for index in 0..<700 {
      let name = "set/\(index % 7)/\(index).png"
      let target = URL(fileURLWithPath: files.path(name))
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      let image = ["9.png", "10.png", "b.jpeg"][index % 3]
      #expect(
        link(fixture("images/classes/B/\(image)"), target.path) == 0
          || symlink(fixture("images/classes/B/\(image)"), target.path) == 0)
    }
    let set = try DataSet(files.path("set"))
    let counts = Mutex<[Int]>([])
    let one = try SampleStore(set, threads: 1)
    let four = try SampleStore(set, threads: 4) { count in counts.withLock { $0.append(count) } }
    #expect(try samples(one, batch: 64) == samples(four, batch: 64))
    #expect(one.labels == four.labels && one.labels == (0..<700).map { $0 / 100 })
    #expect(counts.withLock { $0 == $0.sorted() && $0.last == 700 })
    // The first of two errors is reported, whoever meets it.
    try files.write("no image", "set/1/150.png.gz")
    for name in ["set/2/9.png", "set/6/699.png"] {
      try? FileManager.default.removeItem(atPath: files.path(name))
      try files.write("no image", name)
    }
    try FileManager.default.removeItem(atPath: files.path("set/1/150.png.gz"))
    let broken = try DataSet(files.path("set"))
    for threads in [1, 2, 3] {
      #expect(
        message { try SampleStore(broken, threads: threads) }.hasPrefix(files.path("set/2/9.png") + ": "))
    }
  }

  @Test func labelsAreChecked() throws {
    let x = try files.write(npy([4, 2], (0..<8).map { Float($0) }), "x.npy")
    let y = try files.write(npy([4], [0, 1, 2, 1]), "y.npy")
    let store = try SampleStore(DataSet("\(x),\(y)"))
    #expect(store.labels == [0, 1, 2, 1] && store.targets == nil && store.targetCount == 0)
    #expect(throws: Never.self) { try store.checkLabels(below: 3) }
    #expect(
      message { try store.checkLabels(below: 2) }
        == "\(y): the label of sample 2 is 2, and the model has 2 outputs: classes 0 to 1; use the labels that "
        + "belong to the model")
    #expect(message { try SampleStore(DataSet(x)) }.contains("has no labels, and training needs them"))
    #expect(try SampleStore(DataSet(x), targets: .none).labels == nil)
    let half = try files.write(npy([4], [0, 1, 0.5, 1]), "half.npy")
    #expect(message { try SampleStore(DataSet("\(x),\(half)")) }.contains("the label of sample 2 is 0.5"))
    let nan = try files.write(npy([4, 2], [0, 1, 2, 3, .nan, 5, 6, 7]), "nan.npy")
    #expect(message { try SampleStore(DataSet(nan), targets: .none) }.contains("sample 2 (from 0) holds nan"))
  }

  @Test func targetsMayBeAnyNumbers() throws {
    let x = try files.write(npy([3, 2], [1, 2, 3, 4, 5, 6]), "x.npy")
    let y = try files.write(npy([3], [0.5, -1, 2]), "y.npy")
    let one = try SampleStore(DataSet("\(x),\(y)"), targets: .values)
    #expect(one.targets == [0.5, -1, 2] && one.targetCount == 1 && one.labels == nil)
    let several = try files.write(npy([3, 2], [0, 1, 1, 1, 0.25, 0]), "several.npy")
    let two = try SampleStore(DataSet("\(x),\(several)"), targets: .values)
    #expect(two.targets == [0, 1, 1, 1, 0.25, 0] && two.targetCount == 2)
    let batch = try #require(BatchLoader(two.allSamples, batchSize: 3, seed: 3).epoch(0).next())
    #expect(batch.targets == batch.indices.flatMap { [[0, 1], [1, 1], [0.25, 0]][$0] })
    let infinite = try files.write(npy([3], [0, 1, .infinity]), "inf.npy")
    #expect(
      message { try SampleStore(DataSet("\(x),\(infinite)"), targets: .values) }
        .contains("the target of sample 2 is inf"))
  }

  @Test func tablesHaveSeveralColumnsOfLabels() throws {
    let table = try files.write("a,low,b,high\n1,0.5,2,1\n3,-2,4,0\n", "t.csv")
    var source = try DataSource(table)
    source.labelColumn = "high, low"
    let store = try SampleStore(DataSet(source), targets: .values)
    #expect(store.targets == [1, 0.5, 0, -2] && store.sampleShape == [2])
    #expect(try samples(store) == [1, 2, 3, 4])
    source.labelColumn = "low"
    #expect(try SampleStore(DataSet(source), targets: .values).targets == [0.5, -2])
    #expect(message { try SampleStore(DataSet(source)) }.contains("the label of sample 0 is 0.5"))
    source.labelColumn = "low,low"
    #expect(message { try DataSet(source) }.contains("is named twice"))
    source.labelColumn = "low,middle"
    #expect(message { try DataSet(source) }.contains("has no column 'middle'"))
    source.labelColumn = "1,2,3,4"
    #expect(message { try DataSet(source) }.contains("none of data"))
    // One column of two classes each, as rows with a single 1.
    let oneHot = try files.write("1,0,1\n2,1,0\n", "o.csv")
    source = try DataSource(oneHot)
    source.labelColumn = "2,3"
    #expect(try SampleStore(DataSet(source)).labels == [1, 0])
  }

  @Test func splitsDependOnTheSeedOnly() throws {
    let x = try files.write(npy([50, 1], (0..<50).map { Float($0) }), "x.npy")
    let store = try SampleStore(DataSet(x), targets: .none)
    let (training, heldOut) = try store.split(holdingOut: .fraction(0.1), seed: 1)
    #expect(heldOut.count == 5 && training.count == 45)
    #expect((training.indices + heldOut.indices).sorted() == Array(0..<50))
    #expect(heldOut.indices == heldOut.indices.sorted() && heldOut.indices != Array(0..<5))
    let again = try store.split(holdingOut: .count(5), seed: 1)
    #expect(again.heldOut.indices == heldOut.indices)
    #expect(try store.split(holdingOut: .count(5), seed: 2).heldOut.indices != heldOut.indices)
    for part in [HeldOut.fraction(0), .fraction(1), .fraction(.nan), .fraction(0.995), .count(0), .count(50)]
    {
      #expect(message { try store.split(holdingOut: part, seed: 0) }.contains("held"), "\(part)")
    }
    #expect(store.evenlySpaced(5).indices == [0, 10, 20, 30, 40])
    #expect(store.evenlySpaced(nil).count == 50)
  }
}
