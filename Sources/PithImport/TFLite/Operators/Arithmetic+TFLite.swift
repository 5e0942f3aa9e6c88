import PithGraph

/// Elementwise operators of two operands, with NumPy's broadcasting.
enum TFLiteArithmetic: TFLiteReader {
  static let opTypes = ["ADD", "SUB", "MUL", "DIV", "SQUARED_DIFFERENCE", "ADD_N"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    func activation(_ kind: TFLiteNode.Options) throws -> Int {
      Int(try node.options(kind)?.number(0, Int8(0)) ?? 0)
    }
    switch node.opType {
    case "ADD": try builder.emit(Add(), node, activation: try activation(.add))
    case "SUB": try builder.emit(Sub(), node, activation: try activation(.sub))
    case "MUL": try builder.emit(Mul(), node, activation: try activation(.mul))
    case "DIV": try builder.emit(Div(), node, activation: try activation(.div))
    case "SQUARED_DIFFERENCE":
      let difference = try builder.part(
        Sub(), node, "difference", [try builder.required(node, 0), try builder.required(node, 1)])
      try builder.emit(Mul(), node, inputs: [difference, difference])
    default: try sum(node, builder)
    }
  }

  private static func sum(_ node: TFLiteNode, _ builder: TFLiteGraphBuilder) throws {
    var total = try builder.required(node, 0)
    guard node.inputs.count > 1 else { return try builder.bind(node, to: total) }
    for index in 1..<(node.inputs.count - 1) {
      total = try builder.part(Add(), node, "sum\(index)", [total, try builder.required(node, index)])
    }
    try builder.emit(Add(), node, inputs: [total, try builder.required(node, node.inputs.count - 1)])
  }
}
