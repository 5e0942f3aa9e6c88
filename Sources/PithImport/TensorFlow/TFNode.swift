import PithGraph

/// Which result of which node.
struct TFOutput: Hashable {
  /// The node's place in the flattened graph; negative for an input of the network: −1 is the first.
  var node: Int
  var index = 0
}

/// A node of the flattened graph, in which no function is called any more.
final class TFNode {
  /// A name with the layers that it is in, for people.
  let name: String
  let inputs: [TFOutput]
  private let definition: TFNodeDef

  init(name: String, inputs: [TFOutput], definition: TFNodeDef) {
    (self.name, self.inputs, self.definition) = (name, inputs, definition)
  }

  var op: String { definition.op }
  /// What the file calls it, without the functions around it.
  var ownName: String { definition.name }

  /// What messages call it.
  var label: String { "'\(name.printable())' (\(op.printable()))" }

  // MARK: Attributes; one that is absent has the default that TensorFlow documents

  func hasAttribute(_ name: String) -> Bool { definition.hasAttribute(name) }

  func int(_ name: String, default value: Int) throws -> Int { try definition.int(name) ?? value }
  func float(_ name: String, default value: Float) throws -> Float { try definition.float(name) ?? value }
  func flag(_ name: String) throws -> Bool { try definition.flag(name) ?? false }
  func string(_ name: String, default value: String = "") throws -> String {
    try definition.string(name) ?? value
  }
  func ints(_ name: String) throws -> [Int]? { try definition.ints(name) }
  func type(_ name: String) throws -> TFDataType? { try definition.type(name) }
  func shape(_ name: String) throws -> TFShape? { try definition.shape(name) }
  func tensor(_ name: String) throws -> TFTensor? { try definition.tensor(name) }

  /// Whether channels are the last axis; 2-D images and their like only.
  func isChannelsLast() throws -> Bool {
    let format = try string("data_format", default: "NHWC")
    switch format {
    case "NHWC", "NDHWC", "NWC": return true
    case "NCHW", "NCDHW", "NCW": return false
    default: throw GraphError("data_format '\(format.printable())' is not supported; use NHWC")
    }
  }
}
