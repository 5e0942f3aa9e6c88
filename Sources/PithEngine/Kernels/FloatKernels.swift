import CPithFloatKernels

/// The vector kernels of an instruction set.
struct FloatKernels: Sendable {
  private nonisolated(unsafe) let table: UnsafePointer<pith_float_kernels>

  /// The best set that this CPU runs.
  static let best = FloatKernels(PITH_FLOAT_AUTO) ?? portable
  /// Every set that this CPU runs, for tests.
  static var all: [FloatKernels] {
    [PITH_FLOAT_PORTABLE, PITH_FLOAT_AVX2, PITH_FLOAT_AVX512].compactMap { FloatKernels($0) }
  }

  /// - Returns: nil where this CPU has not got the set.
  init?(_ set: pith_float_set) {
    guard let table = pith_float_kernels_for(set) else { return nil }
    self.table = table
  }

  private static var portable: FloatKernels {
    guard let kernels = FloatKernels(PITH_FLOAT_PORTABLE) else { fatalError("there are no portable kernels") }
    return kernels
  }

  /// The functions.
  @inline(__always)
  var call: pith_float_kernels {
    _read { yield table.pointee }
  }

  var name: String { String(cString: call.name) }
  /// Floats of a vector.
  var lanes: Int { Int(call.lanes) }

  /// target += source.
  func add(_ source: UnsafePointer<Float>, count: Int, to target: UnsafeMutablePointer<Float>) {
    call.add?(source, Int64(count), -.infinity, .infinity, target)
  }

  /// A count of floats in whole vectors.
  func rounded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }
}
