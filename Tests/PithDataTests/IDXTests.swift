import Foundation
import PithData
import Testing

@Suite struct IDXTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  /// Two samples of [3], the same numbers in every type.
  static let values: [Float] = [1, 2, 100, 4, 5, 60]
  static let types: [(code: UInt8, elements: [UInt8])] = [
    (0x08, values.map { UInt8($0) }),
    (0x09, values.map { UInt8(bitPattern: Int8(-$0)) }),
    (0x0B, values.flatMap { bigEndian(Int16(-300 * Int16($0))) }),
    (0x0C, values.flatMap { bigEndian(Int32(70_000 * Int32($0))) }),
    (0x0D, values.flatMap { bigEndian(($0 / 8).bitPattern) }),
    (0x0E, values.flatMap { bigEndian((Double($0) / 4).bitPattern) }),
  ]
  static let factors: [UInt8: Float] = [
    0x08: 1 / 255, 0x09: -1, 0x0B: -300, 0x0C: 70_000, 0x0D: 1 / 8, 0x0E: 1 / 4,
  ]

  @Test(arguments: types.indices, ["a.idx", "a.idx.gz", "misnamed.csv"])
  func readsEveryType(type: Int, name: String) throws {
    let (code, elements) = Self.types[type]
    let path = try files.write(idx(code, [2, 3], elements), name)
    let (inputs, labels, set) = try all(path, batch: 1)
    let factor = try #require(Self.factors[code])
    #expect(inputs == Self.values.map { code == 0x08 ? $0 / 255 : $0 * factor })
    #expect(labels == nil)
    #expect(!set.hasLabels)
    #expect(set.count == 2)
    #expect(set.sampleShape == [3])
  }

  /// Division by 255 in single precision is what training scripts do; the default scale agrees with it.
  @Test func theDefaultScaleOfBytesDividesBy255() throws {
    let path = try files.write(idx(8, [1, 256], (0...255).map { UInt8($0) }), "a.idx")
    #expect(try all(path).inputs == (0...255).map { Float($0) / 255 })
    let raw = try all(path, preprocessing: Preprocessing(scale: [1]))
    #expect(raw.inputs == (0...255).map { Float($0) })
  }

  @Test func labelsAreReadInStep() throws {
    let images = try files.write(idx(8, [4, 2, 2], (0..<16).map { UInt8($0) }), "i.idx.gz")
    let labels = try files.write(idx(8, [4], [3, 1, 0, 2]), "l.idx")
    let (inputs, found, set) = try all("\(images),\(labels)", batch: 3)
    #expect(set.sampleShape == [2, 2])
    #expect(set.hasLabels)
    #expect(found == [3, 1, 0, 2])
    #expect(inputs == (0..<16).map { Float($0) / 255 })
  }

  @Test func errorsNameTheFileAndTheRemedy() throws {
    let cut = try files.write(Array(idx(8, [2, 3], [1, 2, 3, 4, 5, 6]).dropLast()), "cut.idx")
    #expect(
      message { try DataSet(cut) }
        == "\(cut): its header says 2 × 3, which takes 18 bytes, and it has 17; "
        + "it is cut short or damaged: copy it again")
    let long = try files.write(idx(8, [2, 3], [1, 2, 3, 4, 5, 6, 7]), "long.idx")
    #expect(message { try DataSet(long) }.contains("goes on after the 18 bytes"))
    let images = try files.write(idx(8, [2, 3], [1, 2, 3, 4, 5, 6]), "i.idx")
    let labels = try files.write(idx(8, [3], [0, 1, 2]), "l.idx")
    #expect(
      message { try DataSet("\(images),\(labels)") }
        == "\(labels): holds 3 labels, and \(images) holds 2 samples; they have to belong together")
    #expect(message { try DataSet("\(labels),\(images)") }.contains("holds 2 labels, and"))
    let square = try files.write(idx(8, [1, 2, 2], [1, 2, 3, 4]), "s.idx")
    #expect(message { try DataSet("\(images),\(square)") }.contains("labels of the shape [1, 2, 2]"))
    let none = try files.write(idx(8, [0, 3], []), "none.idx")
    #expect(message { try DataSet(none) }.contains("holds no samples"))
    #expect(message { try DataSet(files.write([], "empty.idx")) }.contains("is empty"))
    #expect(message { try DataSet(files.path("no.idx")) }.contains("no such file"))
    #expect(message { try DataSet(files.directory) }.contains("is no image by its name"))
  }

  /// The data sets that Debian's package installs, and the samples kept here.
  @Test func readsFashionMNIST() throws {
    let sample = fixture("fashion-mnist/calibration-images.idx.gz")
    let kept = try all(sample + "," + fixture("fashion-mnist/calibration-labels.idx.gz"), batch: 100)
    #expect(kept.set.count == 512)
    #expect(Set(try #require(kept.labels)) == Set(0...9))
    let installed = "/usr/share/datasets/fashion-mnist/t10k"
    guard FileManager.default.fileExists(atPath: installed + "-images-idx3-ubyte.gz") else { return }
    let test = try all("\(installed)-images-idx3-ubyte.gz,\(installed)-labels-idx1-ubyte.gz", batch: 256)
    #expect(test.set.count == 10_000)
    #expect(test.set.sampleShape == [28, 28])
    let labels = try #require(test.labels)
    #expect((0...9).allSatisfy { label in labels.count { $0 == label } == 1000 })
    #expect(labels.prefix(8) == [9, 2, 1, 1, 6, 1, 4, 6])
    let mean = test.inputs.reduce(0.0) { $0 + Double($1) } / Double(test.inputs.count)
    #expect(abs(mean - 0.2868) < 1e-3)
    #expect(test.inputs.max() == 1)
  }
}
