import CZlib
import Foundation
import PithData
import PithFiles
import Testing

/// A directory that goes when the test does.
final class TestFiles {
  let directory: String

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/pith-data-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func path(_ name: String) -> String { directory + "/" + name }

  /// Writes a file, compressed if its name ends in `.gz`, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    if name.hasSuffix(".gz") {
      let handle = try #require(gzopen(path(name), "wb"))
      if !bytes.isEmpty { #expect(gzwrite(handle, bytes, UInt32(bytes.count)) == Int32(bytes.count)) }
      #expect(gzclose(handle) == Z_OK)
    } else {
      try AtomicFile.write(bytes, to: path(name))
    }
    return path(name)
  }

  @discardableResult
  func write(_ text: String, _ name: String) throws -> String { try write(Array(text.utf8), name) }

  static func bytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

/// The path of a file that NumPy wrote.
func fixture(_ name: String) -> String {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return root.path + "/fixtures/" + name
}

/// The sentence of the error that `body` throws, or what there was instead.
func message<Result>(_ body: () throws -> Result) -> String {
  do {
    return "no error but \(try body())"
  } catch let error as FileError {
    return error.description
  } catch {
    return "another error: \(error)"
  }
}

/// All samples of a data set in one batch.
func all(
  _ specification: String, preprocessing: Preprocessing = Preprocessing(), batch: Int = 1 << 20
) throws -> (inputs: [Float], labels: [Int]?, set: DataSet) {
  let set = try DataSet(specification, preprocessing: preprocessing)
  let reader = set.batches(of: batch)
  var inputs: [Float] = []
  var labels: [Int]?
  while let batch = try reader.next() {
    #expect(batch.inputs.count == batch.count * set.elementCount)
    inputs += batch.inputs
    if let more = batch.labels { labels = (labels ?? []) + more }
  }
  return (inputs, labels, set)
}

/// The bytes of an IDX file.
func idx(_ type: UInt8, _ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
  [0, 0, type, UInt8(shape.count)] + shape.flatMap { bigEndian(UInt32($0)) } + elements
}

func bigEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

/// The bytes of an NPY file with a header of any text.
func npy(header: String, _ elements: [UInt8], version: UInt8 = 1) -> [UInt8] {
  let text = Array(header.utf8) + [10]
  let length = UInt32(text.count)
  let field = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + field + text + elements
}

/// The bytes of an NPY file of floats.
func npy(_ shape: [Int], _ values: [Float]) -> [UInt8] {
  let axes = shape.map { "\($0), " }.joined()
  let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(axes)), }"
  return npy(
    header: header, values.flatMap { value in (0..<4).map { UInt8(value.bitPattern >> (8 * $0) & 255) } })
}
