import PithGraph

/// A number added to each channel.
enum TFBiasAdd: TFReader {
  static let operators = ["BiasAdd"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let x = try builder.tensor(node, 0)
    var bias = try builder.tensor(node, 1)
    let rank = try builder.type(x).shape.rank
    if try !node.isChannelsLast(), rank > 2 {
      bias = try builder.part(Unsqueeze(), node, "bias", [bias, builder.list(Array(1..<(rank - 1)))])
    }
    return [.tensor(try builder.emit(Add(), node, [x, bias]))]
  }
}
