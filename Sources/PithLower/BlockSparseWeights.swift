/// Packed weights without their zero blocks, as PITH_OP_CONV_SPARSE takes them: the block of 16 output channels by 4
/// inputs that a kernel reads at once is what is left out or kept.
struct BlockSparseWeights {
  /// For every 16 channels the count of blocks kept, then their positions in K / 4.
  private(set) var lists: [UInt16] = []
  /// The kept blocks, one after another.
  private(set) var blocks: [Int8] = []
  /// How many there are.
  var keptCount: Int { blocks.count / Self.blockBytes }

  static let blockBytes = 64

  /// - Parameters:
  ///   - packed: `[channels / 16][K / 4][16][4]`, as `WeightPacking` makes it.
  ///   - depth: K, a multiple of 4.
  /// - Returns: nil where K / 4 is more than a position can tell.
  init?(_ packed: [Int8], depth: Int) {
    let groups = depth / 4
    guard groups > 0, groups <= Int(UInt16.max) else { return nil }
    for start in stride(from: 0, to: packed.count, by: groups * Self.blockBytes) {
      let count = lists.count
      lists.append(0)
      for group in 0..<groups {
        let from = start + group * Self.blockBytes
        let block = packed[from..<from + Self.blockBytes]
        guard block.contains(where: { $0 != 0 }) else { continue }
        lists.append(UInt16(group))
        blocks += block
      }
      lists[count] = UInt16(lists.count - count - 1)
    }
  }
}
