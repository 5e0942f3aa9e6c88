import CPithFloatKernels

/// What the allocator does with large blocks that are let go.
enum MemoryPolicy {
  /// Keeps them, once and for all: a training step asks for the same sizes again, and pages that are fresh from the system
  /// cost more time than the arithmetic in them.
  static func keepFreedMemory() { _ = once }

  private static let once: Void = pith_keep_freed_memory()
}
