import CPith

extension Samples {
  /// `pooled` with plans for AVX2: Winograd's algorithm, two tiles at a time, with memory for two threads.
  static func planned() -> Builder {
    var b = pooled()
    b.planWinograd(chunk: 2, depth: 8, rooms: 2)
    return b
  }
}

extension ProgramBuilder {
  /// Plans Winograd's algorithm for AVX2 wherever it fits, with memory for `rooms` threads.
  mutating func planWinograd(chunk: UInt16, depth: UInt64, rooms: UInt64) {
    var plan = pith_plan()
    plan.isa = UInt8(PITH_ISA_AVX2.rawValue)
    plan.algorithm = UInt8(PITH_ALGORITHM_WINOGRAD.rawValue)
    plan.chunk = chunk
    planCount = instructions.count
    plans = instructions.flatMap { _ in withUnsafeBytes(of: plan) { Array($0) } }
    planBytes = rooms * pith_winograd_scratch(depth, UInt64(chunk))
  }
}
