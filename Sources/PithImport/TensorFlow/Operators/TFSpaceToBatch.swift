import PithGraph

/// What stands around a convolution in older graphs where it is dilated: every n-th pixel goes into an image of its own,
/// and back. The convolution between is read as a dilated one.
enum TFSpaceToBatch: TFReader {
  static let operators = ["SpaceToBatchND", "BatchToSpaceND"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let blocks = try builder.numbers(node, 1, "the blocks")
    let amounts = try builder.numbers(node, 2, "the pads")
    guard !blocks.isEmpty, blocks.count <= 3, amounts.count == 2 * blocks.count,
      (blocks + amounts).allSatisfy({ $0 >= 0 && $0 < 1 << 20 }), !blocks.contains(0)
    else { throw GraphError("blocks \(blocks) and pads \(amounts) do not fit each other") }
    let x: ValueID
    if case .dilated(let apart, let inner) = try builder.known(node, 0) {
      guard node.op == "BatchToSpaceND", inner == blocks else {
        throw GraphError("it takes apart what is apart already, or puts together something else")
      }
      x = apart
    } else {
      guard node.op == "SpaceToBatchND" else {
        throw GraphError(
          "it does not undo a SpaceToBatchND around one convolution, which is all that is supported")
      }
      x = try builder.tensor(node, 0)
    }
    let rank = try builder.type(x).shape.rank
    guard rank > blocks.count else { throw GraphError("\(blocks.count) blocks do not fit \(rank) axes") }
    var pads = [Int](repeating: 0, count: 2 * rank)
    for axis in blocks.indices {
      (pads[1 + axis], pads[rank + 1 + axis]) = (amounts[2 * axis], amounts[2 * axis + 1])
    }
    if node.op == "SpaceToBatchND" {
      let padded = pads.allSatisfy { $0 == 0 } ? x : try builder.emit(Pad(), node, [x, builder.list(pads)])
      return [.dilated(padded, by: blocks)]
    }
    // Cropping is padding by less than nothing.
    return [
      .tensor(
        pads.allSatisfy { $0 == 0 } ? x : try builder.emit(Pad(), node, [x, builder.list(pads.map { -$0 })]))
    ]
  }
}
