/// The one layout of weights: output channels in blocks of 16, in a block the reduction axis in groups of 4:
/// `[channels / 16][K / 4][16][4]`, zero-padded.
enum WeightPacking {
  /// - Parameters:
  ///   - channels: output channels.
  ///   - depth: K, a multiple of 4.
  ///   - element: the weight of an output channel at a position of K; called for every pair, zero where padding.
  static func pack(channels: Int, depth: Int, element: (_ channel: Int, _ k: Int) -> Int8) -> [Int8] {
    let blocks = channels.roundedUp(to: 16) / 16
    var packed = [Int8](repeating: 0, count: blocks * 16 * depth)
    packed.withUnsafeMutableBufferPointer { packed in
      for channel in 0..<channels {
        let base = channel / 16 * 16 * depth + channel % 16 * 4
        for k in 0..<depth { packed[base + k / 4 * 64 + k % 4] = element(channel, k) }
      }
    }
    return packed
  }
}
