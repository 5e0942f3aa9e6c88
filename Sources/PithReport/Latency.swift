/// Percentiles of the time of one run, in microseconds.
public struct Latency: Codable, Sendable, Hashable {
  public var p10: Double
  public var p50: Double
  public var p90: Double

  public init(p10: Double, p50: Double, p90: Double) {
    self.p10 = p10
    self.p50 = p50
    self.p90 = p90
  }
}

/// The float model and the integer model, timed alternately on the same machine.
public struct LatencyComparison: Codable, Sendable, Hashable {
  public var fp32: Latency
  public var int8: Latency
  /// The instruction set that the integer kernels used, such as `avx512vnni`.
  public var isa: String
  public var threads: Int

  public init(fp32: Latency, int8: Latency, isa: String, threads: Int) {
    self.fp32 = fp32
    self.int8 = int8
    self.isa = isa
    self.threads = threads
  }
}
