import Foundation
import PithData
import Testing

@testable import PithData

@Suite struct DataSetTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  @Test(arguments: [(1, 1), (7, 3), (10, 10), (10, 9), (512, 511), (60_000, 512), (1 << 40, 5)])
  func subsetsAreEvenlySpaced(total: Int, count: Int) {
    var spacing = EvenSpacing(count: count, of: total)
    let indices = (0..<count).map { _ in spacing.next() }
    #expect(indices == (0..<count).map { $0 * total / count })
  }

  @Test func aLimitGivesAllClassesOfASortedFile() throws {
    let x = try files.write(npy([100, 2], (0..<200).map { Float($0) }), "x.npy")
    let y = try files.write(idx(8, [100], (0..<100).map { UInt8($0 / 10) }), "y.idx.gz")
    let set = try DataSet("\(x),\(y)")
    for limit in [10, 1000, 100, 0] {
      let reader = set.batches(of: 7, limit: limit)
      var indices: [Int] = []
      while let batch = try reader.next() {
        #expect(batch.count == batch.indices.count)
        #expect(batch.labels == batch.indices.map { $0 / 10 })
        #expect(batch.inputs == batch.indices.flatMap { [Float(2 * $0), Float(2 * $0 + 1)] })
        indices += batch.indices
      }
      #expect(indices.count == reader.count)
      #expect(reader.count == min(100, max(1, limit)))
      #expect(indices == (0..<reader.count).map { $0 * 100 / reader.count })
    }
    #expect(try set.batches(of: 5, includingLabels: false).next()?.labels == nil)
  }

  @Test func channelsAreScaledEach() throws {
    let values = (0..<24).map { Float($0) }
    let scaling = Preprocessing(scale: [2], mean: [10, 20, 30], std: [1, 2, 4])
    func expected(_ channel: (Int) -> Int) -> [Float] {
      values.indices.map { (2 * values[$0] - [10, 20, 30][channel($0)]) / [1, 2, 4][channel($0)] }
    }
    let leading = try files.write(npy([2, 3, 2, 2], values), "chw.npy")
    #expect(try all(leading, preprocessing: scaling).inputs == expected { $0 / 4 % 3 })
    let trailing = try files.write(npy([2, 2, 2, 3], values), "hwc.npy")
    #expect(try all(trailing, preprocessing: scaling).inputs == expected { $0 % 3 })
    let table = try files.write(npy([8, 3], values), "table.npy")
    #expect(try all(table, preprocessing: scaling).inputs == expected { $0 % 3 })
    let both = try files.write(npy([1, 3, 8], values), "first.npy")
    #expect(try all(both, preprocessing: scaling).inputs == expected { $0 / 8 })
    let flat = try files.write(npy([2, 12], values), "flat.npy")
    #expect(message { try DataSet(flat, preprocessing: scaling) }.contains("samples have the shape [12]"))
    var shaped = try DataSource(flat)
    shaped.shape = [3, 2, 2]
    shaped.preprocessing = scaling
    let set = try DataSet(shaped)
    #expect(set.sampleShape == [3, 2, 2])
    #expect(try set.batches(of: 9).next()?.inputs == expected { $0 / 4 % 3 })
    shaped.shape = [3, 5]
    #expect(message { try DataSet(shaped) }.contains("cannot become [3, 5]: 12 elements against 15"))
  }

  @Test func badPreprocessingIsAnError() throws {
    let path = try files.write(npy([1, 2], [1, 2]), "x.npy")
    func text(_ preprocessing: Preprocessing) -> String {
      message { try all(path, preprocessing: preprocessing) }
    }
    #expect(text(.init(std: [0])).contains("std is 0"))
    #expect(text(.init(mean: [])).contains("mean needs one finite number"))
    #expect(text(.init(scale: [.nan])).contains("scale needs one finite number"))
    #expect(text(.init(mean: [1, 2], std: [1, 2, 3])).contains("name 2 and 3 channels"))
    #expect(
      text(.init(scale: [1e300])).contains(
        "sample 0 (from 0) holds 1.0, which preprocessing makes inf at element 0"))
  }

  @Test func numbersMayBeFractions() {
    #expect(Preprocessing.number("1/255") == 1.0 / 255)
    #expect(Preprocessing.number(" 0.5 ") == 0.5)
    #expect(Preprocessing.number("-1e-3") == -0.001)
    #expect(Preprocessing.number("1 / 4") == 0.25)
    for text in ["", "/", "1/0", "1/2/3", "nan", "inf", "x", "1,2"] {
      #expect(Preprocessing.number(text) == nil, "\(text)")
    }
  }

  @Test func labelsHaveToBeWholeNumbers() throws {
    let x = try files.write(npy([3, 1], [1, 2, 3]), "x.npy")
    let y = try files.write(npy([3, 1], [0, 1, 0.5]), "y.npy")
    #expect(message { try all("\(x),\(y)") }.contains("the label of sample 2 is 0.5, and labels are whole"))
    let reader = try DataSet("\(x),\(y)").batches(of: 9, includingLabels: false)
    #expect(try reader.next()?.inputs == [1, 2, 3])
    let large = try files.write(npy([3], [0, 1, 1e30]), "z.npy")
    let failing = try DataSet("\(x),\(large)").batches(of: 1)
    #expect(try failing.next()?.labels == [0])
    #expect(try failing.next()?.labels == [1])
    #expect(message { try failing.next() }.contains("the label of sample 2 is 1e+30"))
    #expect(try failing.next() == nil)
  }

  /// Half a gigabyte of samples goes by, and memory stays where it was.
  @Test func memoryDoesNotGrowWithTheSamples() throws {
    let path = try files.write(
      npy(header: "{'descr': '|u1', 'fortran_order': False, 'shape': (524288, 1024)}", []), "x.npy")
    let header = try TestFiles.bytes(path).count
    #expect(truncate(path, header + 524_288 * 1024) == 0)
    func resident() throws -> Int {
      let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
      return (Int(fields[1]) ?? 0) * Int(getpagesize())
    }
    let before = try resident()
    var most = before
    let reader = try DataSet(path).batches(of: 256)
    var count = 0
    while let batch = try reader.next() {
      count += batch.count
      if count % 16384 == 0 { most = max(most, try resident()) }
    }
    #expect(count == 524_288)
    // Other tests run beside this one; the samples as floats would be 2 GiB.
    #expect(most - before < 200 << 20)
  }
}
