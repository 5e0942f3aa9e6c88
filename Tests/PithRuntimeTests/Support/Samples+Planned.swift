import CPith

extension Samples {
  /// `pooled` with plans for AVX2: Winograd's algorithm, two tiles at a time, with memory for two threads.
  static func planned() -> Builder {
    var b = pooled()
    var plan = pith_plan()
    plan.isa = UInt8(PITH_ISA_AVX2.rawValue)
    plan.algorithm = UInt8(PITH_ALGORITHM_WINOGRAD.rawValue)
    plan.chunk = 2
    b.planCount = b.instructions.count
    b.plans = (0..<b.planCount).flatMap { _ in withUnsafeBytes(of: plan) { Array($0) } }
    b.planBytes = 2 * pith_winograd_scratch(8, 2)
    return b
  }
}
