import PithGraph

/// Names one of the tensors that a call of a layer computes.
struct KerasReference: Hashable {
  var layer: String
  /// Which call of the layer.
  var node: Int
  /// Which of its results.
  var tensor: Int

  init(layer: String, node: Int, tensor: Int) {
    self.layer = layer
    self.node = node
    self.tensor = tensor
  }

  /// `["name", 0, 0]`, with more behind it in Keras 2's calls; nil where this is something else.
  init?(_ json: JSONValue) {
    guard let list = json.array, list.count >= 3, let layer = list[0].string, let node = list[1].int,
      let tensor = list[2].int, node >= 0, tensor >= 0
    else { return nil }
    self.init(layer: layer, node: node, tensor: tensor)
  }

  /// All references in a list of them, which may be one alone.
  static func list(_ json: JSONValue?) throws -> [KerasReference] {
    guard let json else { return [] }
    if let one = KerasReference(json) { return [one] }
    // Models may have a dictionary of outputs; the order of its keys is not the file's, so it is made one.
    let items = json.array ?? json.object.map { $0.keys.sorted().compactMap { key in json[key] } } ?? []
    return try items.flatMap { item -> [KerasReference] in
      if let one = KerasReference(item) { return [one] }
      guard let inner = item.array else {
        throw GraphError("a tensor is named in an unknown way; save the model again")
      }
      return try inner.map {
        guard let one = KerasReference($0) else {
          throw GraphError("a tensor is named in an unknown way; save the model again")
        }
        return one
      }
    }
  }
}

/// What a call of a layer is given, before the tensors are there.
struct KerasInbound {
  indirect enum Argument {
    case reference(KerasReference)
    case list([Argument])
    case json(JSONValue)

    var references: [KerasReference] {
      switch self {
      case .reference(let reference): [reference]
      case .list(let list): list.flatMap(\.references)
      case .json: []
      }
    }

    /// With each reference resolved.
    func resolved(_ value: (KerasReference) throws -> ValueID) rethrows -> KerasArgument {
      switch self {
      case .reference(let reference): .value(try value(reference))
      case .list(let list): .list(try list.map { try $0.resolved(value) })
      case .json(let json): .json(json)
      }
    }
  }

  var operands: [KerasReference] = []
  var arguments: [String: Argument] = [:]

  var references: [KerasReference] { operands + arguments.values.flatMap(\.references) }

  /// - Parameters:
  ///   - json: an entry of `inbound_nodes`.
  ///   - takesNumbers: whether numbers and arrays may stand between the tensors; they are arguments named by their
  ///     position.
  init(_ json: JSONValue, takesNumbers: Bool) throws {
    if let args = json["args"] {
      for (place, argument) in (args.array ?? []).enumerated() {
        let argument = KerasInbound.newArgument(argument)
        if case .json(let value) = argument, takesNumbers, value.number != nil || KerasConstant.isOne(value) {
          arguments[String(place)] = argument
        } else if KerasConstant.isAmong(argument) {
          throw GraphError(KerasConstant.refusal(of: "an operand"))
        } else if case .json(let value) = argument, value != .null {
          throw GraphError("it is called with \(value.kind) between its tensors, which is not supported")
        }
        operands += argument.references
      }
      for (key, value) in json["kwargs"]?.object ?? [:] {
        let argument = KerasInbound.newArgument(value)
        guard !KerasConstant.isAmong(argument) else {
          throw GraphError(KerasConstant.refusal(of: "'\(key.printable())'"))
        }
        arguments[key] = argument
      }
      return
    }
    guard let entries = json.array else {
      throw GraphError("a call of it is written in an unknown way; save the model again")
    }
    let list = KerasReference(json) == nil ? entries : [json]
    for entry in list {
      guard let reference = KerasReference(entry) else {
        throw GraphError("it is called with something that is no tensor, which is not supported")
      }
      operands.append(reference)
      for (key, value) in entry.array?.dropFirst(3).first?.object ?? [:] {
        arguments[key] = KerasInbound.oldArgument(value)
      }
    }
  }

  /// Keras 3's form: tensors are objects that say so.
  private static func newArgument(_ json: JSONValue) -> Argument {
    if json["class_name"]?.string == "__keras_tensor__", let history = json["config"]?["keras_history"],
      let reference = KerasReference(history)
    {
      return .reference(reference)
    }
    guard let list = json.array else { return .json(json) }
    let items = list.map(newArgument)
    return items.contains { !$0.references.isEmpty } ? .list(items) : .json(json)
  }

  /// Keras 2's form: tensors are lists of a name and two numbers.
  private static func oldArgument(_ json: JSONValue) -> Argument {
    if let reference = KerasReference(json) { return .reference(reference) }
    guard let list = json.array else { return .json(json) }
    let items = list.map(oldArgument)
    return items.contains { !$0.references.isEmpty } ? .list(items) : .json(json)
  }
}
