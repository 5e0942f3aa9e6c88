import CPith
import PithGraph

extension Lowering {
  /// Bytes of a reduction up to which every set of kernels pools in registers: AVX2 spreads four pixels' into a buffer.
  private static let longestPooledReduction = 7168

  /// The 2×2 max pool that a convolution's instructions compute, if any; it needs none of its own then, and the
  /// convolution's output exists nowhere.
  ///
  /// - Parameter reduction: bytes of one output's.
  mutating func fusedPool(of layer: Node, _ stored: [StoredWeights], reduction: Int) throws -> Node? {
    let unpooled = layer.outputs[0]
    guard reduction <= Self.longestPooledReduction, stored.allSatisfy({ $0.opcode == PITH_OP_CONV }),
      let pool = onlyReader(of: unpooled), let op = pool.op as? MaxPool
    else { return nil }
    let window = try PlaneWindow(op.window, map: try map(unpooled))
    guard window.kernel == (2, 2), window.strides == (2, 2), window.dilations == (1, 1), !window.hasPads,
      try sizes(pool.outputs[0]).dropFirst(2) == ArraySlice(sizes(unpooled).dropFirst(2).map { $0 / 2 }),
      try parameters(unpooled) == parameters(pool.outputs[0])
    else { return nil }
    computed.insert(pool.id)
    return pool
  }
}
