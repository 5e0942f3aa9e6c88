import PithGraph

/// CAST to another type of elements.
enum TFLiteCast: TFLiteReader {
  static let opTypes = ["CAST"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    guard let element = try builder.result(node).element.element else {
      throw GraphError("it casts to \(try builder.result(node).element.name), which is not supported")
    }
    try builder.emit(Cast(to: element), node, inputs: [try builder.required(node, 0)])
  }
}
