import CMalloc

/// Training allocates and frees the same few hundred megabytes in every step. By default the C library hands large blocks
/// back to the system at once and gets them anew, page by page, each filled with zeros: that costs more than the work that
/// is done in them.
enum MemoryReuse {
  private static let settings: Void = {
    #if canImport(Glibc)
    // Blocks below 1 GB come from the heap, which is not given back, and there is one heap for all threads.
    _ = mallopt(M_MMAP_THRESHOLD, 1 << 30)
    _ = mallopt(M_TRIM_THRESHOLD, .max)
    _ = mallopt(M_ARENA_MAX, 1)
    #endif
  }()

  /// Makes the C library keep what is freed, for the rest of the process.
  static func enable() { _ = settings }
}
