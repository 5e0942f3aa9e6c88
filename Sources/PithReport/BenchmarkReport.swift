/// How fast a model runs: everything that `compress bench` tells.
public struct BenchmarkReport: Report, Hashable {
  public var model: String
  /// Of the model as it runs: in integers for a `.pith` file.
  public var latency: Latency
  /// Of the same model in float, timed alternately with it.
  public var fp32Latency: Latency?
  /// The median in float over the median as it runs; `nil` without the former.
  public var speedup: Double?
  /// The instruction set that the kernels used, such as `avx512vnni`.
  public var isa: String
  public var threads: Int
  /// Samples in one run.
  public var batch: Int
  /// How many runs were timed.
  public var runs: Int
  /// In one run, for the whole batch.
  public var multiplyAdds: Int
  /// Two operations a multiply-add, at the median.
  public var gigaOpsPerSecond: Double
  /// What the same cores reach in a loop of nothing but int8 dot products, measured in the same run.
  public var limitGigaOpsPerSecond: Double?
  /// `gigaOpsPerSecond / limitGigaOpsPerSecond`: above 1 where an algorithm multiplies less often than the network says.
  public var shareOfLimit: Double?
  /// Of a profiled program, in the order in which they run; else `nil`.
  public var steps: [Step]?
  /// Whether the file plans how the kernels are to run it; `nil` where there is nothing to plan.
  public var isPlanned: Bool?

  public init(
    model: String, latency: Latency, fp32Latency: Latency? = nil, isa: String, threads: Int, batch: Int,
    runs: Int, multiplyAdds: Int, limitGigaOpsPerSecond: Double? = nil, steps: [Step]? = nil,
    isPlanned: Bool? = nil
  ) {
    self.model = model
    self.latency = latency
    self.fp32Latency = fp32Latency
    self.speedup = fp32Latency.flatMap { latency.p50 > 0 ? $0.p50 / latency.p50 : nil }
    self.isa = isa
    self.threads = threads
    self.batch = batch
    self.runs = runs
    self.multiplyAdds = multiplyAdds
    // 2 · multiply-adds / (µs · 1e-6) / 1e9
    let speed = latency.p50 > 0 ? 2e-3 * Double(multiplyAdds) / latency.p50 : 0
    self.gigaOpsPerSecond = speed
    self.limitGigaOpsPerSecond = limitGigaOpsPerSecond
    self.steps = steps
    self.isPlanned = isPlanned
    self.shareOfLimit = limitGigaOpsPerSecond.flatMap { $0 > 0 ? speed / $0 : nil }
  }

  private enum CodingKeys: String, CodingKey {
    case model
    case latency = "latency_us"
    case fp32Latency = "fp32_latency_us"
    case speedup, isa, threads, batch, runs
    case multiplyAdds = "multiply_adds"
    case gigaOpsPerSecond = "giga_ops_per_second"
    case limitGigaOpsPerSecond = "limit_giga_ops_per_second"
    case shareOfLimit = "share_of_limit"
    case steps = "instructions"
    case isPlanned = "planned"
  }
}
