import PithGraph

/// Axes extended by a number or by what is at the border.
enum TFPad: TFReader {
  static let operators = ["Pad", "PadV2", "MirrorPad"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let x = try builder.tensor(node, 0)
    let rank = try builder.type(x).shape.rank
    let amounts = try builder.numbers(node, 1, "the pads")
    guard amounts.count == 2 * rank, amounts.allSatisfy({ $0 >= 0 }) else {
      throw GraphError("\(amounts.count) pads do not fit \(rank) axes, or are negative")
    }
    let pads = builder.list((0..<rank).map { amounts[2 * $0] } + (0..<rank).map { amounts[2 * $0 + 1] })
    if node.op == "MirrorPad" {
      let mode = try node.string("mode")
      guard mode == "REFLECT" else {
        throw GraphError("mode '\(mode.printable())' is not supported; REFLECT is")
      }
      return [.tensor(try builder.emit(Pad(mode: .reflect), node, [x, pads]))]
    }
    let value = node.op == "PadV2" ? try builder.tensor(node, 2) : nil
    return [.tensor(try builder.emit(Pad(), node, [x, pads, value]))]
  }
}
