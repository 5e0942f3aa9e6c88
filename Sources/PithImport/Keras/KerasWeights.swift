import PithGraph

/// Finds each layer's arrays in the file.
enum KerasWeights {
  // MARK: .keras

  /// Gives a layer and those inside it their arrays, from its group in `model.weights.h5`.
  ///
  /// Arrays that are not found are missed when they are read.
  static func bind(_ layer: KerasLayer, in group: HDF5Object) throws {
    for (index, variable) in layer.variables.enumerated() {
      let paths = variable.paths.isEmpty ? ["vars/\(index)"] : variable.paths
      for path in paths {
        guard let object = try group.descendant(path) else { continue }
        layer.bind(try HDF5Dataset(object), to: variable.name)
        break
      }
    }
    let names = try groupsByName(layer, group)
    for (paths, part) in layer.parts {
      var found = names[part.name]
      for path in paths where found == nil { found = try group.descendant(path) }
      if let found { try bind(part, in: found) }
    }
  }

  /// The groups of a model's layers by the layers' names, which newer versions of Keras 3 note down.
  private static func groupsByName(_ model: KerasLayer, _ group: HDF5Object) throws -> [String: HDF5Object] {
    guard model.parts.count > 0, model.parts[0].paths[0].hasPrefix("layers/"),
      let layers = try group.child("layers")
    else { return [:] }
    var result: [String: HDF5Object] = [:]
    var doubtful = Set<String>()
    for key in try layers.names() {
      guard let child = try layers.child(key), let name = try child.child("vars")?.attribute("name")?.string()
      else { continue }
      if result.updateValue(child, forKey: name) != nil { doubtful.insert(name) }
    }
    return result.filter { !doubtful.contains($0.key) }
  }

  // MARK: .h5

  /// Gives the layers of a model their arrays, from the group `model_weights` of an `.h5` file.
  ///
  /// Each layer of the model has a group with an attribute that lists its arrays: those that are trained first, then
  /// the others, each in the order of the layers inside.
  static func bindLegacy(_ model: KerasLayer, in group: HDF5Object) throws {
    for (_, layer) in model.parts {
      let order = order(of: layer)
      let slots = order.trained + order.others
      if slots.isEmpty { continue }
      do {
        guard let own = try group.descendant(layer.name) else {
          throw GraphError("the file lacks its arrays; save the whole model with model.save")
        }
        let names = try list("weight_names", of: own)
        guard names.count == slots.count else {
          throw GraphError(
            "the file has \(names.count) arrays of it, but its configuration asks for \(slots.count); save the model again"
          )
        }
        for (name, slot) in zip(names, slots) {
          guard let object = try own.descendant(name) else {
            throw GraphError("the file lacks its array '\(name.printable())'; save the model again")
          }
          slot.layer.bind(try HDF5Dataset(object), to: slot.variable)
        }
      } catch let error as GraphError {
        throw ImportError(file: "", node: layer.label, error.message)
      }
    }
  }

  private struct Slot {
    var layer: KerasLayer
    var variable: String
  }

  private static func order(of layer: KerasLayer) -> (trained: [Slot], others: [Slot]) {
    func slots(_ isTrainable: Bool) -> [Slot] {
      layer.variables.filter { $0.isTrainable == isTrainable }.map { Slot(layer: layer, variable: $0.name) }
    }
    let parts = layer.parts.map { order(of: $0.layer) }
    if layer.isTrainable {
      return (slots(true) + parts.flatMap(\.trained), slots(false) + parts.flatMap(\.others))
    }
    return ([], slots(true) + slots(false) + parts.flatMap { $0.trained + $0.others })
  }

  /// A list of strings in an attribute, or in `NAME0`, `NAME1`, … where it is too long for one.
  private static func list(_ name: String, of group: HDF5Object) throws -> [String] {
    if let whole = try group.attribute(name) { return try whole.strings() }
    var result: [String] = []
    for index in 0..<(1 << 12) {
      guard let part = try group.attribute("\(name)\(index)") else { break }
      result += try part.strings()
    }
    return result
  }
}
