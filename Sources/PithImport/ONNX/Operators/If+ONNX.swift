import PithGraph

/// ONNX's If with a condition that is known: the branch that is taken stands in its place.
enum ONNXIf: ONNXReader {
  static let opType = "If"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard let then = try node.graph("then_branch"), let otherwise = try node.graph("else_branch") else {
      throw GraphError("a branch is missing; export the model again")
    }
    let condition = try builder.required(node, 0)
    let isTrue: Bool
    if case .bool(let flags)? = builder.graph[condition].constant?.storage, flags.count == 1 {
      isTrue = flags[0]
    } else if let known = try builder.contents(condition)?.first?.size {
      isTrue = known != 0
    } else {
      throw GraphError(
        "its condition depends on data; export the model without control flow, or fold it away with onnxsim")
    }
    try builder.inline(isTrue ? then : otherwise, for: node)
  }
}
