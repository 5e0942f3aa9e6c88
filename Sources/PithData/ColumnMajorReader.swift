import Foundation
import PithFiles

/// Reads an array in Fortran's order, in which one element of all samples lies together, by blocks of samples:
/// memory stays bounded, and each block is one run of bytes for each element. NumPy writes this order for
/// transposed arrays, such as the values of a Pandas table.
final class ColumnMajorReader: SampleReader {
  private let array: StoredArray
  private let descriptor: Int32
  /// Where the elements begin in the file.
  private let start: Int
  /// For each element in the file's order, its place in a row-major sample.
  private let places: [Int]
  private let blockSize: Int
  /// The samples of the current block, row-major.
  private var block: [Double] = []
  private var blockStart = 0
  private var index = 0

  /// - Throws: `FileError` when the array is compressed, since it has to be read out of order.
  init(_ array: StoredArray) throws {
    self.array = array
    let path: String
    switch array.container {
    case .file(let file):
      guard try !FileStream(file).isCompressed else { throw ColumnMajorReader.compressed(array) }
      (path, start) = (file, array.offset)
    case .entry(let entry, let file):
      guard entry.method == 0 else { throw ColumnMajorReader.compressed(array) }
      (path, start) = (file, try ZipEntryStream(entry, of: file).start + array.offset)
    }
    places = ColumnMajorReader.places(of: array.sampleShape)
    // A block is 4 MiB of the file, and at least one sample.
    let sampleBytes = max(1, places.count * array.element.size)
    blockSize = max(1, min(array.count, (4 << 20) / sampleBytes))
    descriptor = try FileStream.open(path).descriptor
  }

  deinit { close(descriptor) }

  func read(into sample: UnsafeMutableBufferPointer<Double>) throws -> Double? {
    if index < blockStart || index >= blockStart + block.count / max(1, places.count) { try load() }
    let offset = (index - blockStart) * places.count
    for element in sample.indices { sample[element] = block[offset + element] }
    index += 1
    return nil
  }

  func skip(_ count: Int) { index += count }

  /// The length of the file has been checked; there is no more to see.
  func finish() {}

  private func load() throws {
    blockStart = index
    let samples = min(blockSize, array.count - index)
    let size = array.element.size
    var raw = [UInt8](repeating: 0, count: samples * size)
    var column = [Double](repeating: 0, count: samples)
    block = [Double](repeating: 0, count: samples * places.count)
    for (element, place) in places.enumerated() {
      let offset = start + (element * array.count + index) * size
      try raw.withUnsafeMutableBytes { raw in
        guard pread(descriptor, raw.baseAddress, raw.count, offset) == raw.count else {
          throw FileError(path: array.name, reason: "cannot be read at byte \(offset); it has changed")
        }
        column.withUnsafeMutableBufferPointer {
          array.element.decode(UnsafeRawBufferPointer(raw), bigEndian: array.bigEndian, into: $0)
        }
      }
      for sample in 0..<samples { block[sample * places.count + place] = column[sample] }
    }
  }

  /// For each element of a tensor of this shape in column-major order, its index in row-major order.
  static func places(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    var places = [0]
    for (extent, stride) in zip(shape, strides) {
      places = (0..<extent).flatMap { step in places.map { $0 + step * stride } }
    }
    return places
  }

  private static func compressed(_ array: StoredArray) -> FileError {
    FileError(
      path: array.name,
      reason: "is in Fortran order and compressed, so it cannot be read in pieces; "
        + "save it with numpy.save(FILE, numpy.ascontiguousarray(x))")
  }
}
