import PithGraph

/// Softmax and its logarithm, over the last axis.
enum TFSoftmax: TFReader {
  static let operators = ["Softmax", "LogSoftmax"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let op: any Operator = node.op == "Softmax" ? Softmax(axis: -1) : LogSoftmax(axis: -1)
    return [.tensor(try builder.emit(op, node, [try builder.tensor(node, 0)]))]
  }
}
