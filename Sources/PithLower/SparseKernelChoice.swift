import CPith

/// What a program is made for, where the two disagree.
public enum ProgramPreference: String, CaseIterable, Sendable, Codable {
  /// The form that runs faster on every kind of kernel.
  case speed
  /// The form that takes fewer bytes.
  case size
}

/// When leaving zero blocks out of a layer pays.
///
/// Measured, as a program does not know the CPU that it will run on: the least density at which the block-sparse
/// kernel was no slower than the dense one, over all shapes of a kind and the scalar, AVX2 and AVX-512-VNNI kernels
/// (AMD Zen 4, clang 21), less a margin for CPUs that load less at a time. `tools/kernels/sparse` prints the table; its
/// last column is this density.
enum SparseKernelChoice {
  /// One output pixel, a product of a vector and a matrix: 71 % measured (64 to 64 channels on AVX2).
  static let vectorDensity = 0.6
  /// Several pixels at once: 66 % measured (3 × 3 of 28 × 28 pixels, 16 to 32 channels on AVX-512-VNNI, whose dense kernel
  /// finds its taps the fastest).
  static let mapDensity = 0.6

  /// - Parameters:
  ///   - kept: blocks that are not zero, of `total`.
  ///   - pixels: output positions that the weights are used for in one run.
  static func isFaster(kept: Int, of total: Int, pixels: Int) -> Bool {
    Double(kept) < Double(total) * (pixels == 1 ? vectorDensity : mapDensity)
  }
}

extension Lowering {
  /// A convolution's weights in the file.
  struct StoredWeights {
    var opcode: pith_opcode
    var weights: UInt32
    var table: UInt32
    /// Of weights and lists.
    var bytes: Int
    /// Blocks that are multiplied, and all.
    var kept: Int
    var total: Int
  }

  /// Stores packed weights densely, or without their zero blocks where that is preferable. The instruction must follow,
  /// as lists lie in the order of their instructions.
  /// - Parameters:
  ///   - packed: `[channels / 16][K / 4][16][4]`.
  ///   - depth: K.
  ///   - pixels: output positions.
  mutating func addWeights(_ packed: [Int8], depth: Int, pixels: Int) -> StoredWeights {
    let total = packed.count / BlockSparseWeights.blockBytes
    if let preference, let sparse = BlockSparseWeights(packed, depth: depth) {
      let bytes = sparse.blocks.count + 2 * sparse.lists.count
      let pays =
        switch preference {
        case .speed: SparseKernelChoice.isFaster(kept: sparse.keptCount, of: total, pixels: pixels)
        case .size: bytes < packed.count
        }
      if pays {
        let lists = builder.constants.append(ByteBlob.bytes(of: sparse.lists), alignment: 2)
        return StoredWeights(
          opcode: PITH_OP_CONV_SPARSE,
          weights: UInt32(builder.weights.add(ByteBlob.bytes(of: sparse.blocks), alignment: 64)),
          table: UInt32(lists), bytes: bytes, kept: sparse.keptCount, total: total)
      }
    }
    let offset = builder.weights.add(ByteBlob.bytes(of: packed), alignment: 64)
    return StoredWeights(
      opcode: PITH_OP_CONV, weights: UInt32(offset), table: PITH_NONE, bytes: packed.count, kept: total,
      total: total)
  }
}
