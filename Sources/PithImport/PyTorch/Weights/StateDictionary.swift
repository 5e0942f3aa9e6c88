import PithGraph

/// Reads the weights that `torch.save(model.state_dict(), …)` writes: a zip archive with a pickle and the storages.
enum StateDictionary {
  /// Keys under which training scripts keep the weights of a model beside other things.
  private static let wrappers = [
    "state_dict", "model_state_dict", "model", "net", "network", "params", "module", "weights", "ema",
    "model_state",
  ]

  /// The tensors of the archive whose pickle is `<prefix>data.pkl`.
  /// - Throws: `GraphError` where the pickle holds or asks for something else.
  static func read(_ zip: ZipFile, prefix: String) throws -> TorchWeights {
    var reader = PickleReader(try zip.read("\(prefix)data.pkl", limit: PickleReader.Limits.bytes))
    let value = try reader.read()
    let entries = try tensors(value, reader.containers)
    var isBigEndian = false
    if zip["\(prefix)byteorder"] != nil {
      isBigEndian = try zip.read("\(prefix)byteorder", limit: 64) == Array("big".utf8)
    }
    return TorchWeights(entries, isBigEndian: isBigEndian) { key in
      try zip.read("\(prefix)data/\(key)", limit: Int.max)
    }
  }

  /// The tensors of a pickle's value, by name.
  /// - Throws: `GraphError` where it is no dictionary of tensors.
  static func tensors(_ value: PickleValue, _ containers: [PickleContainer]) throws -> [String: TorchWeights
    .Entry]
  {
    guard case .dictionary(let place) = value else {
      throw GraphError("it holds no dictionary of tensors; \(TorchPickle.refusal)")
    }
    return try tensors(place, containers, depth: 0)
  }

  /// The tensors of a dictionary, or of the one that it wraps.
  private static func tensors(
    _ place: Int, _ containers: [PickleContainer], depth: Int
  ) throws -> [String: TorchWeights.Entry] {
    let elements = containers[place].elements
    var entries: [String: TorchWeights.Entry] = [:]
    var inner: [String: Int] = [:]
    var other: String?
    for index in stride(from: 0, to: elements.count - 1, by: 2) {
      guard case .string(let key) = elements[index] else { continue }
      switch elements[index + 1] {
      case .tensor(let entry): entries[key] = entry
      case .dictionary(let place): inner[key] = place
      default: other = other ?? key
      }
    }
    if let wrapper = wrappers.first(where: { inner[$0] != nil }), let place = inner[wrapper], depth < 3 {
      return try tensors(place, containers, depth: depth + 1)
    }
    guard !entries.isEmpty || elements.isEmpty else {
      let keys = (Array(inner.keys).sorted() + [other].compactMap(\.self)).prefix(5)
      throw GraphError(
        "it holds no tensors by name, but \(keys.map { "'\($0.printable())'" }.joined(separator: ", ")); \(TorchPickle.refusal)"
      )
    }
    return entries
  }
}
