extension BenchmarkReport {
  /// One instruction of a profiled program.
  public struct Step: Codable, Sendable, Hashable {
    public var name: String
    public var opcode: String
    public var outputShape: [InspectionReport.Dimension]
    /// The median where it stands in the program, on one thread.
    public var microseconds: Double
    /// Of int8 dot products.
    public var multiplyAdds: Int
    /// Weights, inputs and outputs, each byte once.
    public var bytes: Int
    /// Of what the core's dot products reach, from 0 to 1; `nil` without multiply-adds.
    public var shareOfCompute: Double?
    /// Of what the core loads from the cache that all bytes fit, from 0 to 1.
    public var shareOfBandwidth: Double?

    /// - Parameters:
    ///   - limitGigaOpsPerSecond: two operations a multiply-add; `nil` where unknown.
    ///   - limitGigabytesPerSecond: of loads; `nil` where unknown.
    public init(
      name: String, opcode: String, outputShape: [InspectionReport.Dimension], microseconds: Double,
      multiplyAdds: Int, bytes: Int, limitGigaOpsPerSecond: Double?, limitGigabytesPerSecond: Double?
    ) {
      self.name = name
      self.opcode = opcode
      self.outputShape = outputShape
      self.microseconds = microseconds
      self.multiplyAdds = multiplyAdds
      self.bytes = bytes
      guard microseconds > 0 else { return }
      if multiplyAdds > 0, let limit = limitGigaOpsPerSecond, limit > 0 {
        shareOfCompute = 2e-3 * Double(multiplyAdds) / microseconds / limit
      }
      if let limit = limitGigabytesPerSecond, limit > 0 {
        shareOfBandwidth = 1e-3 * Double(bytes) / microseconds / limit
      }
    }

    private enum CodingKeys: String, CodingKey {
      case name, opcode
      case outputShape = "output_shape"
      case microseconds = "time_us"
      case multiplyAdds = "multiply_adds"
      case bytes
      case shareOfCompute = "share_of_compute"
      case shareOfBandwidth = "share_of_bandwidth"
    }
  }
}
