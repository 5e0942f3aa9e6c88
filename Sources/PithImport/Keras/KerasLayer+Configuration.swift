import PithGraph

extension KerasLayer {
  /// What the configuration says; nil where it says nothing, or `null`.
  func value(_ key: String) -> JSONValue? {
    guard let value = config[key], value != .null else { return nil }
    return value
  }

  func int(_ key: String) throws -> Int? {
    guard let value = value(key) else { return nil }
    guard let int = value.int, int.magnitude < 1 << 40 else { throw mismatch(key, value, "an integer") }
    return int
  }

  /// A size that must be there and positive.
  func size(_ key: String) throws -> Int {
    guard let size = try int(key), size > 0, size < 1 << 31 else {
      throw GraphError("its \(key) must be a positive integer; save the model again")
    }
    return size
  }

  func flag(_ key: String, default fallback: Bool = false) throws -> Bool {
    guard let value = value(key) else { return fallback }
    if let int = value.int { return int != 0 }
    guard let bool = value.bool else { throw mismatch(key, value, "a boolean") }
    return bool
  }

  func float(_ key: String) throws -> Float? {
    guard let value = value(key) else { return nil }
    guard let number = KerasLayer.number(value) else { throw mismatch(key, value, "a number") }
    return Float(number)
  }

  func string(_ key: String) throws -> String? {
    guard let value = value(key) else { return nil }
    guard let string = value.string else { throw mismatch(key, value, "a string") }
    return string
  }

  func ints(_ key: String) throws -> [Int]? {
    guard let value = value(key) else { return nil }
    let list = value.array ?? [value]
    let ints = list.compactMap(\.int)
    guard ints.count == list.count, ints.allSatisfy({ $0.magnitude < 1 << 31 }) else {
      throw mismatch(key, value, "a list of integers")
    }
    return ints
  }

  /// A number for each of `count` axes, where one number stands for all.
  func ints(_ key: String, count: Int, default fallback: Int) throws -> [Int] {
    guard let ints = try ints(key) else { return Array(repeating: fallback, count: count) }
    if ints.count == 1 { return Array(repeating: ints[0], count: count) }
    guard ints.count == count else {
      throw GraphError("its \(key) has \(ints.count) numbers, but must have \(count)")
    }
    return ints
  }

  /// Numbers, of a list of any nesting.
  func floats(_ key: String) throws -> [Float]? {
    guard let value = value(key) else { return nil }
    var floats: [Float] = []
    var waiting = [value]
    while let next = waiting.popLast() {
      if let number = KerasLayer.number(next) {
        floats.append(Float(number))
      } else if let list = KerasLayer.list(next) {
        waiting += list.reversed()
      } else {
        throw mismatch(key, value, "a list of numbers")
      }
    }
    return floats
  }

  /// Whether the channels are the last axis of the layer's maps.
  func isChannelsLast() throws -> Bool {
    switch try string("data_format") {
    case nil, "channels_last", "None": return true
    case "channels_first": return false
    case let other?: throw GraphError("its data_format '\(other.printable())' is unknown")
    }
  }

  /// A layer inside this one.
  func inner(_ key: String, depth: Int) throws -> KerasLayer? {
    guard let value = value(key) else { return nil }
    return try KerasLayer(value, version: version, depth: depth + 1)
  }

  private func mismatch(_ key: String, _ value: JSONValue, _ expected: String) -> GraphError {
    GraphError("its \(key.printable()) is \(value.kind), but must be \(expected); save the model again")
  }

  /// A number, or one that Keras 3 wrote as a NumPy scalar or array.
  private static func number(_ value: JSONValue) -> Double? {
    if let number = value.number { return number }
    guard value["class_name"]?.string == "__numpy__" || value["class_name"]?.string == "__tensor__" else {
      return nil
    }
    return value["config"]?["value"]?.number
  }

  private static func list(_ value: JSONValue) -> [JSONValue]? {
    if let list = value.array { return list }
    guard value["class_name"]?.string == "__numpy__" || value["class_name"]?.string == "__tensor__" else {
      return nil
    }
    return value["config"]?["value"]?.array
  }
}
