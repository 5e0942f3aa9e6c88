import PithGraph

/// What a pickle may name: the functions that make tensors, and containers. Nothing is called; the results are made here.
enum TorchPickle {
  /// The end of a message on something that is not allowed.
  static let refusal =
    "Pith never runs what a file asks for, and reads only tensors and containers: save torch.save(model.state_dict(), 'weights.pth')"

  /// The line of Python that makes a file that Pith reads of a model.
  static let exportLine =
    "torch.export.save(torch.export.export(model.eval(), (example,)), 'model.pt2')"

  /// The name of a class or function, where it is known.
  /// - Throws: `GraphError` that names what the pickle would have had run.
  static func known(_ module: String, _ name: String) throws -> String {
    let full = "\(module).\(name)"
    if functions.contains(full) || storageTypes[full] != nil || types.contains(full) { return full }
    if module == "__main__" || module.hasPrefix("torch.nn.") || module.hasPrefix("torchvision.")
      || module.hasPrefix("torch.fx.")
    {
      throw GraphError(
        "it holds a whole object of class '\(full.printable())' (torch.save(model)), which only Python can open; there, write \(exportLine)"
      )
    }
    throw GraphError("the pickle asks for '\(full.printable())'; \(refusal)")
  }

  private static let functions: Set = [
    "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor", "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state", "collections.OrderedDict", "torch.Size", "builtins.set",
    "__builtin__.set", "torch.device",
  ]

  /// Types of elements, which stand in checkpoints as values.
  private static let types: Set = [
    "torch.float32", "torch.float64", "torch.float16", "torch.bfloat16", "torch.int64", "torch.int32",
    "torch.int16", "torch.int8", "torch.uint8", "torch.bool", "torch.strided",
  ]

  private static let storageTypes: [String: TorchScalarType] = [
    "torch.FloatStorage": .float32, "torch.DoubleStorage": .float64, "torch.HalfStorage": .float16,
    "torch.BFloat16Storage": .bfloat16, "torch.LongStorage": .int64, "torch.IntStorage": .int32,
    "torch.ShortStorage": .int16, "torch.CharStorage": .int8, "torch.ByteStorage": .uint8,
    "torch.BoolStorage": .bool, "torch.storage.UntypedStorage": .uint8,
  ]

  /// The storage that a persistent identifier names: ('storage', type, key, device, number of elements).
  static func storage(_ identifier: PickleValue, _ containers: [PickleContainer]) throws -> PickleValue {
    guard case .tuple(let place) = identifier else { throw GraphError("the pickle's storages are damaged") }
    let parts = containers[place].elements
    guard parts.count >= 5, case .string("storage") = parts[0], case .global(let name) = parts[1],
      let type = storageTypes[name], case .string(let key) = parts[2]
    else { throw GraphError("the pickle has a storage of an unknown kind; save the weights again") }
    return .storage(key: key, type: type)
  }

  /// What a known function makes of its arguments.
  static func call(
    _ name: String, _ arguments: [PickleValue], _ containers: [PickleContainer]
  ) throws -> PickleValue {
    switch name {
    case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor":
      guard arguments.count >= 4, case .storage(let key, let type) = arguments[0],
        case .int(let offset) = arguments[1], let sizes = integers(arguments[2], containers),
        let strides = integers(arguments[3], containers), strides.count == sizes.count,
        sizes.count <= ImportLimits.rank
      else { throw GraphError("the pickle has a tensor that is damaged; save the weights again") }
      return .tensor(
        TorchWeights.Entry(
          storage: key, layout: TorchLayout(type: type, sizes: sizes, strides: strides, offset: offset)))
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
      guard case .tensor(let entry)? = arguments.first else {
        throw GraphError("the pickle has a parameter that is damaged; save the weights again")
      }
      return .tensor(entry)
    case "torch.device": return .none
    default: throw GraphError("the pickle calls '\(name.printable())'; \(refusal)")
    }
  }

  private static func integers(_ value: PickleValue, _ containers: [PickleContainer]) -> [Int]? {
    let place: Int
    switch value {
    case .tuple(let index), .list(let index): place = index
    default: return nil
    }
    guard containers[place].elements.count <= ImportLimits.rank else { return nil }
    var result: [Int] = []
    for element in containers[place].elements {
      guard case .int(let number) = element else { return nil }
      result.append(number)
    }
    return result
  }
}
