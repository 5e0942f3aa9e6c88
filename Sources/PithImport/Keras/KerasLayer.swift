import PithGraph

/// A layer as the file describes it: its class, its configuration and, once they are bound, its arrays.
final class KerasLayer {
  let className: String
  /// What it is called in its model.
  let name: String
  let config: [String: JSONValue]
  /// How it is called: one entry a call, in the form that Keras 2 or 3 writes.
  let calls: [JSONValue]
  /// The major version of Keras that wrote it.
  let version: Int
  /// The arrays that it keeps, in Keras's order.
  private(set) var variables: [KerasVariable] = []
  /// Layers inside it, with the names of the groups that `.keras` files may keep each in.
  private(set) var parts: [(paths: [String], layer: KerasLayer)] = []
  private var arrays: [String: HDF5Dataset] = [:]
  /// Constants made of the arrays, so that a shared layer's are there but once.
  private var constants: [String: ValueID] = [:]

  /// Layers inside of layers: more than any network has.
  static let maximumDepth = 24

  /// - Throws: `ImportError` where it is no layer that Pith reads.
  init(_ json: JSONValue, version: Int, depth: Int) throws {
    guard let className = json["class_name"]?.string else {
      throw GraphError("its configuration has a layer without a class; save the model again")
    }
    guard depth <= Self.maximumDepth else {
      throw GraphError("its layers are nested deeper than \(Self.maximumDepth) levels")
    }
    self.className = KerasLayers.function(json) ?? className
    self.version = version
    // Before version 2.3, the configuration of a Sequential was just its list of layers.
    if let layers = json["config"]?.array {
      config = ["layers": .array(layers)]
    } else {
      config = json["config"]?.object ?? [:]
    }
    name = json["name"]?.string ?? config["name"]?.string ?? className
    calls = json["inbound_nodes"]?.array ?? []
    if let stranger = KerasLayers.stranger(json) {
      throw ImportError(file: "", node: label, KerasLayers.refusal(of: stranger))
    }
    if let policy = config["dtype"]?["class_name"]?.string, policy.hasPrefix("Quantized") {
      throw ImportError(
        file: "", node: label, "Keras quantized it; Pith quantizes by itself, so give it the float model")
    }
    guard let reader = KerasLayers.readers[self.className] else {
      throw ImportError(file: "", node: label, KerasLayers.refusal(of: className))
    }
    do {
      let structure = try reader.structure(of: self, depth: depth)
      (variables, parts) = (structure.variables, structure.parts)
    } catch let error as GraphError {
      throw ImportError(file: "", node: label, error.message)
    }
  }

  /// What messages call it.
  var label: String { "'\(name.printable())' (\(className.printable()))" }

  /// Whether its arrays were trained, which decides on their order in an `.h5` file.
  var isTrainable: Bool { config["trainable"]?.bool ?? true }

  // MARK: Arrays

  /// Gives it an array by the name of the variable.
  func bind(_ dataset: HDF5Dataset, to variable: String) { arrays[variable] = dataset }

  /// Whether the file has an array for that variable.
  func has(_ variable: String) -> Bool { arrays[variable] != nil }

  /// The shape of an array, without its elements.
  func shape(of variable: String) throws -> [Int] { try dataset(variable).shape }

  /// An array as float32, of which the shape must be as given; nil stands for any size.
  func array(_ variable: String, _ shape: [Int?]) throws -> Tensor {
    let dataset = try dataset(variable)
    let fits =
      dataset.shape.count == shape.count && zip(dataset.shape, shape).allSatisfy { $1 == nil || $0 == $1 }
    guard fits else {
      let wanted = shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ")
      throw GraphError(
        "its \(variable) has shape \(dataset.shape), but [\(wanted)] is needed; save the model again")
    }
    guard let count = Shape.elementCount(dataset.shape), count <= ImportLimits.elements else {
      throw GraphError("its \(variable) of shape \(dataset.shape) is too large")
    }
    return try dataset.tensor()
  }

  private func dataset(_ variable: String) throws -> HDF5Dataset {
    guard let dataset = arrays[variable] else {
      throw GraphError("the file lacks its \(variable); save the whole model with model.save")
    }
    return dataset
  }

  /// The constant that `make` makes the first time it is asked for.
  func constant(_ key: String, in builder: KerasGraphBuilder, _ make: () throws -> Tensor) rethrows -> ValueID
  {
    if let known = constants[key] { return known }
    let id = builder.constant("\(builder.scope)\(name).\(key)", try make())
    constants[key] = id
    return id
  }
}

/// An array that a layer keeps.
struct KerasVariable {
  var name: String
  var isTrainable = true
  /// Where `.keras` files may have it below the layer's group; empty for `vars/N`, N being its place among the layer's.
  var paths: [String] = []
}

/// What a layer consists of.
struct KerasStructure {
  var variables: [KerasVariable] = []
  var parts: [(paths: [String], layer: KerasLayer)] = []
}
