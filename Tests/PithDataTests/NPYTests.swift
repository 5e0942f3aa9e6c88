import Foundation
import PithData
import Testing

@Suite struct NPYTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  /// The numbers of the fixtures: 0, 1, 2, … minus 10.
  private func numbers(_ count: Int, minus: Int = 10) -> [Float] { (0..<count).map { Float($0 - minus) } }

  @Test(arguments: [
    "f4", "f8_big", "f2", "i8", "i4_big", "i2", "i1", "version2", "version3", "u1", "u2_big", "u4", "u8",
  ])
  func readsWhatNumPyWrites(name: String) throws {
    let contents = try NPY.read(fixture("arrays/\(name).npy"))
    let minus = name.hasPrefix("u") ? 0 : 10
    #expect(contents.values == numbers(contents.values.count, minus: minus))
    let shapes = ["f4": [5, 2, 3], "f8_big": [5, 2, 3], "f2": [7, 4], "i8": [30]]
    if let shape = shapes[name] { #expect(contents.shape == shape) }
    let (inputs, _, set) = try all(fixture("arrays/\(name).npy"), batch: 2)
    #expect(inputs == contents.values)
    #expect(set.count == contents.shape[0])
  }

  @Test func readsOtherForms() throws {
    #expect(try NPY.read(fixture("arrays/bool.npy")).values == (0..<30).map { $0 % 2 == 1 ? 1 : 0 })
    #expect(try NPY.read(fixture("arrays/scalar.npy")) == .init(shape: [], values: [-10]))
    #expect(try NPY.read(fixture("arrays/empty.npy")) == .init(shape: [0, 3], values: []))
    let zipped = try files.write(TestFiles.bytes(fixture("arrays/f4.npy")), "f4.npy.gz")
    #expect(try NPY.read(zipped).values == numbers(30))
  }

  @Test func fortranOrderIsTransposed() throws {
    let path = fixture("arrays/fortran.npy")
    #expect(try NPY.read(path) == .init(shape: [5, 2, 3, 4], values: numbers(120)))
    #expect(try all(path, batch: 2).inputs == numbers(120))
    let part = try DataSet(path).batches(of: 8, limit: 2)
    let batch = try #require(try part.next())
    #expect(batch.indices == [0, 2])
    #expect(batch.inputs == numbers(24) + numbers(72)[48...])
    let zipped = try files.write(TestFiles.bytes(path), "fortran.npy.gz")
    #expect(message { try NPY.read(zipped) }.contains("numpy.ascontiguousarray"))
  }

  /// More samples than one block of a Fortran-ordered file holds.
  @Test func fortranOrderIsReadByBlocks() throws {
    let (rows, columns) = (600_000, 3)
    var bytes = npy(
      header: "{'descr': '|u1', 'fortran_order': True, 'shape': (\(rows), \(columns))}", [])
    for column in 0..<columns { bytes += (0..<rows).map { UInt8(truncatingIfNeeded: $0 / 7 + column) } }
    let set = try DataSet(try files.write(bytes, "f.npy"))
    for limit in [nil, 1000] {
      let reader = set.batches(of: 4096, limit: limit)
      while let batch = try reader.next() {
        let wrong = (0..<batch.count * columns).first { index in
          let (sample, column) = (batch.indices[index / columns], index % columns)
          return batch.inputs[index] != Float(UInt8(truncatingIfNeeded: sample / 7 + column))
        }
        #expect(wrong == nil)
      }
    }
  }

  @Test func writesWhatItReads() throws {
    for shape in [[], [6], [2, 3], [1, 2, 3, 1]] {
      let values = numbers(shape.reduce(1, *))
      let path = files.path("out.npy")
      try NPY.write(values, shape: shape, to: path)
      #expect(try NPY.read(path) == .init(shape: shape, values: values))
      let bytes = try TestFiles.bytes(path)
      #expect((bytes.count - 4 * values.count) % 64 == 0)
    }
    // What NumPy itself writes for the same array.
    try NPY.write(numbers(30), shape: [5, 2, 3], to: files.path("f4.npy"))
    #expect(try TestFiles.bytes(files.path("f4.npy")) == TestFiles.bytes(fixture("arrays/f4.npy")))
    #expect(
      message { try NPY.write([], shape: [0], to: files.path("no/dir.npy")) }.contains("does not exist"))
  }

  @Test func errorsNameTheRemedy() throws {
    #expect(message { try NPY.read(fixture("arrays/complex.npy")) }.contains("of the type '<c8'; save real"))
    #expect(message { try NPY.read(fixture("arrays/text.npy")) }.contains("of the type '<U1'"))
    #expect(message { try NPY.read(fixture("arrays/objects.npy")) }.contains("of the type '|O'"))
    #expect(message { try NPY.read(fixture("arrays/records.npy")) }.contains("several fields"))
    #expect(message { try NPY.read(files.write("no", "a.npy")) }.contains("inside the header"))
    #expect(message { try DataSet(fixture("arrays/scalar.npy")) }.contains("single number"))
    #expect(message { try DataSet(fixture("arrays/empty.npy")) }.contains("holds no samples"))
    let bytes = npy([2, 2], [1, 2, .nan, 4])
    let nan = try files.write(bytes, "nan.npy")
    #expect(message { try all(nan) }.contains("sample 1 (from 0) holds nan at element 0"))
    #expect(try NPY.read(nan).values[2].isNaN)
  }

  @Test(arguments: [
    "", "{", "{}", "()", "{'shape': 3}", "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4611686018427387904)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2305843009213693951)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "{'descr': '<f4', 'shape': (1,)}",
    "{'descr': '', 'fortran_order': False, 'shape': (1,)}", "((((((((((((((((((((((((((((((((",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", "{'descr': '\\x', }",
  ])
  func absurdHeadersAreErrors(header: String) throws {
    for version: UInt8 in [1, 2] {
      let path = try files.write(npy(header: header, [0, 0, 0, 0], version: version), "a.npy")
      #expect(message { try NPY.read(path) }.hasPrefix(path + ":"))
      let zipped = try files.write(npy(header: header, [0, 0, 0, 0], version: version), "a.npy.gz")
      #expect(message { try NPY.read(zipped) }.hasPrefix(zipped + ":"))
    }
  }
}
