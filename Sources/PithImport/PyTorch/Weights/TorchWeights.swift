import PithGraph

/// Named tensors of a file, each read when it is asked for.
///
/// A `.safetensors` file, a state dict or the weights of an exported program: all of them are views of storages.
final class TorchWeights {
  /// A view of a storage.
  struct Entry {
    /// Names the storage; tensors may share one.
    var storage: String
    var layout: TorchLayout
  }

  /// By name, as in `model.state_dict()`.
  let entries: [String: Entry]
  let isBigEndian: Bool
  /// Bytes that all tensors together may still take.
  private var byteLimit: Int
  private let readStorage: (String) throws -> [UInt8]
  /// How many tensors of each shared storage are still to be read, and its bytes in between.
  private var pending: [String: Int] = [:]
  private var held: [String: [UInt8]] = [:]

  /// - Parameter readStorage: gives the bytes of a storage.
  init(
    _ entries: [String: Entry], isBigEndian: Bool = false, byteLimit: Int = 4 << 30,
    readStorage: @escaping (String) throws -> [UInt8]
  ) {
    self.entries = entries
    self.isBigEndian = isBigEndian
    self.byteLimit = byteLimit
    self.readStorage = readStorage
    for entry in entries.values { pending[entry.storage, default: 0] += 1 }
  }

  /// None at all.
  static var empty: TorchWeights {
    TorchWeights([:]) { _ in throw GraphError("there are no weights") }
  }

  /// The tensor of that name.
  /// - Throws: `GraphError` where it is missing or damaged.
  func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name] else {
      throw GraphError("tensor '\(name.printable())' is missing in the file; save it again")
    }
    do {
      let bytes = try entry.layout.elementCount() * entry.layout.type.element().byteCount
      guard bytes <= byteLimit else { throw GraphError("it takes the weights beyond what is allowed") }
      byteLimit -= bytes
      let storage = try storage(entry.storage)
      return try storage.withUnsafeBytes { try entry.layout.tensor($0, isBigEndian: isBigEndian) }
    } catch let error as GraphError {
      throw GraphError("tensor '\(name.printable())': \(error.message)")
    }
  }

  /// Shared storages are kept until the last tensor of them is read.
  private func storage(_ key: String) throws -> [UInt8] {
    let bytes = try held.removeValue(forKey: key) ?? readStorage(key)
    let rest = (pending[key] ?? 1) - 1
    pending[key] = rest
    if rest > 0 { held[key] = bytes }
    return bytes
  }
}
