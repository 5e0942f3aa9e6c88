/// What a network costs to store and to run, at one moment of its life.
public struct NetworkFigures: Codable, Sendable, Hashable {
  /// Of the file; `nil` while it is not written.
  public var bytes: Int?
  /// Trained numbers, zeros included.
  public var parameters: Int
  /// Those that are not zero; `nil` where nobody counted.
  public var nonzeroParameters: Int?
  /// For one sample, zeros included.
  public var multiplyAdds: Int
  /// Of one sample in fp32 with one thread; `nil` where it was not timed.
  public var latency: Latency?
  /// Of one sample on the integer kernels with one thread; `nil` where it was not timed.
  public var int8Latency: Latency?

  public init(
    bytes: Int? = nil, parameters: Int, nonzeroParameters: Int? = nil, multiplyAdds: Int,
    latency: Latency? = nil, int8Latency: Latency? = nil
  ) {
    self.bytes = bytes
    self.parameters = parameters
    self.nonzeroParameters = nonzeroParameters
    self.multiplyAdds = multiplyAdds
    self.latency = latency
    self.int8Latency = int8Latency
  }

  /// The share of the parameters that are zero, from 0 to 1; `nil` where it is unknown.
  public var sparsity: Double? {
    guard let nonzeroParameters, parameters > 0 else { return nil }
    return min(1, max(0, 1 - Double(nonzeroParameters) / Double(parameters)))
  }

  private enum CodingKeys: String, CodingKey {
    case bytes, parameters, nonzeroParameters, multiplyAdds
    case latency = "latency_us"
    case int8Latency = "int8_latency_us"
  }
}
