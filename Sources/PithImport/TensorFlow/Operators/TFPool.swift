import PithGraph

/// The largest or the mean under a sliding window.
enum TFPool: TFReader {
  static let operators = ["MaxPool", "MaxPoolV2", "AvgPool", "MaxPool3D", "AvgPool3D"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let rank = node.op.hasSuffix("3D") ? 5 : 4
    let x = try builder.tensor(node, 0)
    let shape = try builder.type(x).shape
    guard shape.rank == rank else {
      throw GraphError("the input has shape \(shape), but \(rank) axes are needed")
    }
    let hasOperands = node.op == "MaxPoolV2"
    let window = try TFWindow(
      node, rank: rank, strides: hasOperands ? builder.numbers(node, 2, "the strides") : nil)
    let kernel = hasOperands ? try builder.numbers(node, 1, "the window") : try node.ints("ksize") ?? []
    let axes = window.isChannelsLast ? 1..<(rank - 1) : 2..<rank
    guard kernel.count == rank, (0..<rank).allSatisfy({ axes.contains($0) || kernel[$0] == 1 }) else {
      throw GraphError("a window of \(kernel) is not supported; it may only go over the spatial axes")
    }
    let geometry = Window(kernel: Array(kernel[axes]), strides: window.strides, padding: window.padding)
    let op: any Operator =
      node.op.hasPrefix("Max")
      ? MaxPool(window: geometry) : AveragePool(window: geometry, countsPadding: false)
    guard window.isChannelsLast else { return [.tensor(try builder.emit(op, node, [x]))] }
    let y = try builder.emit(op, node, [try builder.channelsFirst(x, name: node.name)])
    return [.tensor(try builder.channelsLast(y, name: node.name))]
  }
}
