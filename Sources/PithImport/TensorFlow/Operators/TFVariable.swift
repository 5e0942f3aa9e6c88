import PithGraph

/// Variables, which are constants in inference, and what reads them.
enum TFVariable: TFReader {
  static let operators = ["VarHandleOp", "VariableV2", "Variable", "ReadVariableOp", "ResourceGather"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    switch node.op {
    case "ReadVariableOp":
      guard case .variable(let names) = try builder.known(node, 0) else {
        throw GraphError("it reads something that is not a variable")
      }
      return [.variable(names)]
    case "ResourceGather":
      guard try node.int("batch_dims", default: 0) == 0 else {
        throw GraphError("batch_dims is not supported; express the model without")
      }
      return [.tensor(try builder.emit(Gather(axis: 0), node, try builder.tensors(node, 0..<2)))]
    default:
      let shared = try node.string("shared_name")
      return [.variable([node.ownName] + (shared.isEmpty || shared == node.ownName ? [] : [shared]))]
    }
  }
}
