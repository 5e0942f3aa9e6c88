/// The transpose of a convolution: each element of `[N, C, spatial…]` adds a kernel to the output. The weights are
/// `[C, M / groups, kernel…]`, the optional bias is `[M]`.
///
/// Zeiler et al., "Deconvolutional Networks", 2010.
public struct ConvTranspose: Operator {
  public static let name = "ConvTranspose"
  public static let operandCount = 2...3

  public var strides: [Int]
  public var dilations: [Int]
  /// What is cut off the output at its borders. "Same" makes the output the input times the strides.
  public var padding: Padding
  public var groups: Int
  /// Rows and columns added at the end of the output.
  public var outputPadding: [Int]

  public init(
    strides: [Int] = [1, 1], dilations: [Int] = [1, 1], padding: Padding = .none(2), groups: Int = 1,
    outputPadding: [Int] = [0, 0]
  ) {
    self.strides = strides
    self.dilations = dilations
    self.padding = padding
    self.groups = groups
    self.outputPadding = outputPadding
  }

  /// The window whose transpose this is, given the shape of the weights; its padding is explicit.
  public func window(weights: [Int]) -> Window {
    let window = Window(
      kernel: Array(weights.dropFirst(2)), strides: strides, dilations: dilations, padding: padding)
    if case .explicit = window.padding { return window }
    var (begin, end) = ([Int](), [Int]())
    for axis in window.kernel.indices {
      let total = Swift.max(0, window.extent[axis] + addedAtEnd(window)[axis] - strides[axis])
      begin.append(padding == .sameLower ? total - total / 2 : total / 2)
      end.append(total - begin[axis])
    }
    return Window(
      kernel: window.kernel, strides: strides, dilations: dilations,
      padding: .explicit(begin: begin, end: end))
  }

  /// `outputPadding`, and as much more as "same" needs where the kernel is shorter than the stride.
  public func addedAtEnd(_ window: Window) -> [Int] {
    if case .explicit = padding { return outputPadding }
    return outputPadding.indices.map { outputPadding[$0] + Swift.max(0, strides[$0] - window.extent[$0]) }
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
      throw GraphError("\(sizes[0]) input channels cannot be split into \(groups) groups")
    }
    if let channels = input[1].size, channels != sizes[0] {
      throw GraphError("the input has \(channels) channels, but the weights \(weights) need \(sizes[0])")
    }
    let (channels, overflow) = sizes[1].multipliedReportingOverflow(by: groups)
    guard !overflow else { throw GraphError("the weights \(weights) with \(groups) groups are too large") }
    try operands.checkBias(2, channels: channels)
    return [ValueType(type.element, try outputShape(input, channels, weights: sizes))]
  }

  private func outputShape(_ input: Shape, _ channels: Int, weights: [Int]) throws -> Shape {
    let spatialRank = input.rank - 2
    guard outputPadding.count == spatialRank, outputPadding.allSatisfy({ $0 >= 0 && $0 < 1 << 20 }) else {
      throw GraphError("output padding \(outputPadding) must be \(spatialRank) numbers of 0 or more")
    }
    // The kernel and the strides are checked before anything is computed with them.
    try Window(kernel: Array(weights.dropFirst(2)), strides: strides, dilations: dilations)
      .validate(spatialRank: spatialRank)
    let window = window(weights: weights)
    try window.validate(spatialRank: spatialRank)
    let added = addedAtEnd(window)
    let pads = window.pads(for: [])
    var result = [input[0], .fixed(channels)]
    for axis in 0..<spatialRank {
      // (input − 1) · stride + extent + added − pads
      let constant = window.extent[axis] + added[axis] - pads.begin[axis] - pads.end[axis] - strides[axis]
      guard let size = try input[axis + 2].multiplied(by: .fixed(strides[axis])).plus(.fixed(constant)) else {
        throw GraphError("axis \(axis + 2) of the output is too large")
      }
      if let number = size.size, number < 0 {
        throw GraphError("the pads cut off more than axis \(axis + 2) of the output has")
      }
      result.append(size)
    }
    return Shape(result)
  }
}
