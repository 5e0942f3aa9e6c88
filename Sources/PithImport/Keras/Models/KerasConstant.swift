import PithGraph

/// An array that stands in the configuration, where a layer is called with one instead of a tensor of the network.
enum KerasConstant {
  static func isOne(_ json: JSONValue) -> Bool {
    ["__numpy__", "__tensor__"].contains(json["class_name"]?.string)
  }

  /// Whether an argument is such an array, or holds one.
  static func isAmong(_ argument: KerasInbound.Argument) -> Bool {
    switch argument {
    case .reference: false
    case .list(let list): list.contains(where: isAmong)
    case .json(let json): isWithin(json)
    }
  }

  private static func isWithin(_ json: JSONValue) -> Bool {
    isOne(json) || (json.array ?? json.object.map { Array($0.values) } ?? []).contains(where: isWithin)
  }

  static func refusal(of what: String) -> String {
    "it is called with a constant array as \(what), which is not supported; export the model to ONNX"
  }

  /// The array as float32.
  /// - Throws: where it is not rectangular, or its elements are no numbers.
  static func tensor(_ json: JSONValue) throws -> Tensor {
    guard let value = json["config"]?["value"] else { throw GraphError("its constant array has no value") }
    var shape: [Int] = []
    var level = value
    while let list = level.array {
      shape.append(list.count)
      guard let first = list.first else { throw GraphError("its constant array is empty") }
      level = first
    }
    var floats: [Float] = []
    func append(_ json: JSONValue, _ axis: Int) throws {
      if axis == shape.count {
        guard let number = json.number ?? json.bool.map({ $0 ? 1 : 0 }) else {
          throw GraphError("its constant array holds \(json.kind)")
        }
        floats.append(Float(number))
      } else {
        guard let list = json.array, list.count == shape[axis] else {
          throw GraphError("its constant array is not rectangular")
        }
        for element in list { try append(element, axis + 1) }
      }
    }
    try append(value, 0)
    return Tensor(shape: shape, floats: floats)
  }
}
