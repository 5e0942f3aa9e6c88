import Foundation
import PithGraph

/// Reads the `.npz` files of `fixtures/`, which are written without compression, with the types that they have.
public enum NPZFixture {
  public struct Failure: Error {
    public var reason: String
  }

  public static func read(_ path: String) throws -> [String: Tensor] {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    var result: [String: Tensor] = [:]
    var offset = 0
    while number(offset, 4) == 0x0403_4b50 {
      guard number(offset + 8, 2) == 0 else { throw Failure(reason: "\(path) is compressed") }
      let nameEnd = offset + 30 + number(offset + 26, 2)
      let start = nameEnd + number(offset + 28, 2)
      let end = start + number(offset + 18, 4)
      let name = String(decoding: bytes[(offset + 30)..<nameEnd], as: UTF8.self)
      result[String(name.dropLast(4))] = try array(bytes[start..<end])
      offset = end
    }
    return result
  }

  private static func array(_ bytes: ArraySlice<UInt8>) throws -> Tensor {
    let start = bytes.startIndex + 10
    let end = start + Int(bytes[start - 2]) + Int(bytes[start - 1]) << 8
    let header = String(decoding: bytes[start..<end], as: UTF8.self)
    guard
      let match = header.firstMatch(of: /'descr': '([^']*)', 'fortran_order': False, 'shape': \(([^)]*)\)/)
    else { throw Failure(reason: "unknown header \(header)") }
    let shape = match.2.split(whereSeparator: { ", ".contains($0) }).compactMap { Int($0) }
    let data = bytes[end...]
    func elements<T: BitwiseCopyable>(_: T.Type) -> [T] {
      data.withUnsafeBytes { raw in
        (0..<raw.count / MemoryLayout<T>.size).map {
          raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
        }
      }
    }
    switch match.1 {
    case "<f4": return Tensor(shape: shape, storage: .float32(elements(Float.self)))
    case "<i8": return Tensor(shape: shape, storage: .int64(elements(Int64.self)))
    case "<i4": return Tensor(shape: shape, storage: .int32(elements(Int32.self)))
    case "|b1": return Tensor(shape: shape, storage: .bool(elements(UInt8.self).map { $0 != 0 }))
    case let type: throw Failure(reason: "unknown type \(type)")
    }
  }
}
