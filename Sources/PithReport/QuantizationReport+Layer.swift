extension QuantizationReport {
  /// What became of one layer: one or more operators that run as one.
  public struct Layer: Codable, Sendable, Hashable {
    public var name: String
    /// Such as `Conv+Relu`.
    public var operators: String
    public var placement: Placement
    /// Why the layer runs in float; `nil` for an integer layer.
    public var reason: String?
    /// Trained numbers, not counting what was folded away.
    public var parameters: Int
    /// For one sample.
    public var multiplyAdds: Int
    /// The parameters as 32-bit floats.
    public var bytesBefore: Int
    /// The parameters as they are in the written file, with scales and padding.
    public var bytesAfter: Int
    /// Of the layer's output against the float model's, in dB; `nil` where it is unknown or unbounded.
    public var signalToNoise: Double?
    /// Of the first input; `nil` for a float layer.
    public var inputScale: Float?
    /// Of the output; `nil` for a float layer.
    public var outputScale: Float?
    /// On the unsigned 8-bit grid, 0 to 255; `nil` for a float layer.
    public var outputZeroPoint: Int?
    /// The share of calibration values that lie outside of the output's range, from 0 to 1.
    public var clippedShare: Double?
    /// The share of the weights' blocks of 16 outputs by 4 inputs that are stored, from 0 to 1; `nil` where none was
    /// left out.
    public var weightDensity: Double?

    public init(
      name: String, operators: String, placement: Placement, reason: String? = nil, parameters: Int,
      multiplyAdds: Int, bytesBefore: Int, bytesAfter: Int, signalToNoise: Double? = nil,
      inputScale: Float? = nil, outputScale: Float? = nil, outputZeroPoint: Int? = nil,
      clippedShare: Double? = nil, weightDensity: Double? = nil
    ) {
      self.name = name
      self.operators = operators
      self.placement = placement
      self.reason = reason
      self.parameters = parameters
      self.multiplyAdds = multiplyAdds
      self.bytesBefore = bytesBefore
      self.bytesAfter = bytesAfter
      self.signalToNoise = signalToNoise.flatMap { $0.isFinite ? $0 : nil }
      self.inputScale = inputScale.flatMap { $0.isFinite ? $0 : nil }
      self.outputScale = outputScale.flatMap { $0.isFinite ? $0 : nil }
      self.outputZeroPoint = outputZeroPoint
      self.clippedShare = clippedShare.flatMap { $0.isFinite ? $0 : nil }
      self.weightDensity = weightDensity
    }
  }
}
