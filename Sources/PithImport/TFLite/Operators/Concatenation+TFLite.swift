import PithGraph

/// CONCATENATION along an axis.
enum TFLiteConcatenation: TFLiteReader {
  static let opTypes = ["CONCATENATION"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let options = try node.options(.concatenation)
    try builder.emit(
      Concat(axis: try options?.int(0) ?? 0), node,
      activation: Int(try options?.number(1, Int8(0)) ?? 0))
  }
}
