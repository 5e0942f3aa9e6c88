/// A stretch of the arena that is needed from one instruction to another.
struct ArenaBlock: Hashable {
  var bytes: Int
  /// The first and the last instruction that touches it.
  var lifetime: ClosedRange<Int>
}

/// Places blocks so that those alive together do not overlap.
///
/// Greedy by size, after Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020: the
/// largest block first, each at the lowest gap that holds it.
enum ArenaPlanner {
  /// - Returns: the offset of each block, multiples of `alignment`, and the bytes that all need.
  static func plan(_ blocks: [ArenaBlock], alignment: Int) -> (offsets: [Int], bytes: Int) {
    let order = blocks.indices.sorted {
      (blocks[$1].bytes, blocks[$0].lifetime.lowerBound, $0) < (
        blocks[$0].bytes, blocks[$1].lifetime.lowerBound, $1
      )
    }
    var offsets = [Int](repeating: 0, count: blocks.count)
    var placed: [Int] = []
    var total = 0
    for index in order {
      let block = blocks[index]
      let neighbours = placed.filter { blocks[$0].lifetime.overlaps(block.lifetime) }
        .sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for other in neighbours {
        if offsets[other] >= offset + block.bytes { break }
        offset = Swift.max(offset, (offsets[other] + blocks[other].bytes).roundedUp(to: alignment))
      }
      offsets[index] = offset
      placed.append(index)
      total = Swift.max(total, offset + block.bytes)
    }
    return (offsets, total)
  }
}
