/// A convolution of `[N, C, spatial…]` with weights `[M, C / groups, kernel…]` and an optional bias `[M]`.
public struct Conv: ActivationFusible {
  public static let name = "Conv"
  public static let operandCount = 2...3

  public var strides: [Int]
  public var dilations: [Int]
  public var padding: Padding
  public var groups: Int
  public var activation: Activation?

  public init(
    strides: [Int] = [1, 1], dilations: [Int] = [1, 1], padding: Padding = .none(2), groups: Int = 1,
    activation: Activation? = nil
  ) {
    self.strides = strides
    self.dilations = dilations
    self.padding = padding
    self.groups = groups
    self.activation = activation
  }

  /// The window over a map, given the shape of the weights.
  public func window(weights: [Int]) -> Window {
    Window(kernel: Array(weights.dropFirst(2)), strides: strides, dilations: dilations, padding: padding)
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let input = type.shape
    guard input.rank >= 3 else {
      throw GraphError("the input has shape \(input), but [N, C, spatial…] is needed")
    }
    let weights = try operands.shape(1, rank: input.rank)
    guard let sizes = weights.sizes, sizes.allSatisfy({ $0 > 0 }) else {
      throw GraphError("the weights' shape \(weights) must be known and positive")
    }
    guard groups > 0, sizes[0] % groups == 0 else {
      throw GraphError("\(sizes[0]) output channels cannot be split into \(groups) groups")
    }
    if let channels = input[1].size {
      let (expected, overflow) = sizes[1].multipliedReportingOverflow(by: groups)
      guard !overflow, expected == channels else {
        throw GraphError(
          "the input has \(channels) channels, but the weights \(weights) with \(groups) groups need \(overflow ? "more" : String(expected))"
        )
      }
    }
    try operands.checkBias(2, channels: sizes[0])
    let shape = try window(weights: sizes).outputShape(for: input, channels: .fixed(sizes[0]))
    return [ValueType(type.element, shape)]
  }
}
