import Foundation

/// What makes two runs the same: names and values of everything that decides the result, such as the options, and hashes
/// of the model and the data.
public struct RunIdentity: Codable, Hashable, Sendable {
  public struct Entry: Codable, Hashable, Sendable {
    public var name: String
    public var value: String
  }

  public private(set) var entries: [Entry] = []

  public init() {}

  public mutating func add(_ name: String, _ value: String) {
    entries.append(Entry(name: name, value: value))
  }

  public mutating func add(_ name: String, hash: UInt64) {
    add(name, String(hash, radix: 16))
  }

  /// Adds each stored property of a value under its own name.
  /// - Throws: what `JSONEncoder` throws, which for options is nothing known.
  public mutating func add(options: some Encodable, prefix: String = "") throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let object = try JSONSerialization.jsonObject(with: try encoder.encode(options))
    flatten(object, prefix)
  }

  private mutating func flatten(_ object: Any, _ name: String) {
    switch object {
    case let dictionary as [String: Any]:
      for (key, value) in dictionary.sorted(by: { $0.key < $1.key }) {
        flatten(value, name.isEmpty || key == "_0" ? (key == "_0" ? name : key) : "\(name).\(key)")
      }
      if dictionary.isEmpty { add(name, "{}") }
    case let list as [Any]:
      add(name, list.map { "\($0)" }.joined(separator: ", "))
    default: add(name, "\(object)")
    }
  }

  /// The first thing in which another run differs, as a clause: "learningRate was 0.1 and is 0.01 now".
  public func difference(from earlier: RunIdentity) -> String? {
    guard self != earlier else { return nil }
    let before = Dictionary(earlier.entries.map { ($0.name, $0.value) }, uniquingKeysWith: { a, _ in a })
    let now = Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { a, _ in a })
    for entry in entries {
      guard let value = before[entry.name] else {
        return "\(entry.name) was not given and is \(entry.value) now"
      }
      if value != entry.value { return "\(entry.name) was \(value) and is \(entry.value) now" }
    }
    for entry in earlier.entries where now[entry.name] == nil {
      return "\(entry.name) was \(entry.value) and is not given now"
    }
    return "its entries are in another order"
  }
}
