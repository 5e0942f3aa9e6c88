/// How the border of a map is extended before a window slides over it.
public enum Padding: Sendable, Hashable {
  /// Pixels added before and after each spatial axis.
  case explicit(begin: [Int], end: [Int])
  /// As much as makes output = ceil(input / stride), the odd pixel at the end.
  case sameUpper
  /// The same with the odd pixel at the beginning.
  case sameLower

  public static func none(_ spatialRank: Int) -> Padding {
    .explicit(begin: Array(repeating: 0, count: spatialRank), end: Array(repeating: 0, count: spatialRank))
  }

  public static let valid = Padding.explicit(begin: [], end: [])
}

/// A window that slides over the spatial axes of a map `[N, C, spatial…]`: the geometry that convolutions and pools share.
public struct Window: Sendable, Hashable {
  public var kernel: [Int]
  public var strides: [Int]
  public var dilations: [Int]
  public var padding: Padding
  public var ceilMode: Bool

  public init(
    kernel: [Int], strides: [Int]? = nil, dilations: [Int]? = nil, padding: Padding = .valid,
    ceilMode: Bool = false
  ) {
    self.kernel = kernel
    self.strides = strides ?? Array(repeating: 1, count: kernel.count)
    self.dilations = dilations ?? Array(repeating: 1, count: kernel.count)
    self.padding = padding == .valid ? .none(kernel.count) : padding
    self.ceilMode = ceilMode
  }

  /// Pixels from a window's first tap to its last, per axis.
  public var extent: [Int] { zip(kernel, dilations).map { ($0 - 1) * $1 + 1 } }

  /// The numbers must agree in count, be positive and stay within what index arithmetic can hold.
  public func validate(spatialRank: Int) throws {
    guard kernel.count == spatialRank, strides.count == spatialRank, dilations.count == spatialRank else {
      throw GraphError(
        "kernel \(kernel), strides \(strides) and dilations \(dilations) must have \(spatialRank) numbers")
    }
    let limit = 1 << 20
    guard (kernel + strides + dilations).allSatisfy({ $0 > 0 && $0 < limit }) else {
      throw GraphError(
        "kernel \(kernel), strides \(strides) and dilations \(dilations) must be from 1 to \(limit)")
    }
    if case .explicit(let begin, let end) = padding {
      guard begin.count == spatialRank, end.count == spatialRank,
        (begin + end).allSatisfy({ $0 >= 0 && $0 < limit })
      else { throw GraphError("pads \(begin) and \(end) must be \(spatialRank) numbers from 0 to \(limit)") }
    }
  }

  /// Pixels added before and after each axis of a map of these sizes.
  public func pads(for input: [Int]) -> (begin: [Int], end: [Int]) {
    switch padding {
    case .explicit(let begin, let end): return (begin, end)
    case .sameUpper, .sameLower:
      var begin: [Int] = []
      var end: [Int] = []
      for axis in input.indices {
        let output = (input[axis] + strides[axis] - 1) / strides[axis]
        let total = Swift.max(0, (output - 1) * strides[axis] + extent[axis] - input[axis])
        let less = total / 2
        begin.append(padding == .sameUpper ? less : total - less)
        end.append(padding == .sameUpper ? total - less : less)
      }
      return (begin, end)
    }
  }

  /// The sizes of the output's spatial axes.
  public func outputSizes(for input: [Int]) throws -> [Int] {
    try validate(spatialRank: input.count)
    let (begin, end) = pads(for: input)
    return try input.indices.map { axis in
      let room = input[axis] + begin[axis] + end[axis] - extent[axis]
      guard room >= 0 else {
        throw GraphError(
          "a window of \(extent[axis]) does not fit an axis of \(input[axis]) + \(begin[axis] + end[axis]) padding"
        )
      }
      if case .explicit = padding {} else { return (input[axis] + strides[axis] - 1) / strides[axis] }
      var count = room / strides[axis] + 1
      if ceilMode, room % strides[axis] != 0, count * strides[axis] < input[axis] + begin[axis] { count += 1 }
      return count
    }
  }

  /// The shape `[N, channels, spatial…]` of the output over a map of that shape.
  func outputShape(for input: Shape, channels: Dimension) throws -> Shape {
    try validate(spatialRank: input.rank - 2)
    var result = [input[0], channels]
    for axis in 0..<(input.rank - 2) {
      let line = Window(
        kernel: [kernel[axis]], strides: [strides[axis]], dilations: [dilations[axis]],
        padding: padding.axis(axis),
        ceilMode: ceilMode)
      if let size = input[axis + 2].size {
        result.append(.fixed(try line.outputSizes(for: [size])[0]))
      } else {
        result.append(try line.outputSize(named: input[axis + 2]))
      }
    }
    return Shape(result)
  }

  /// The size of the output along the only axis, given the name of the input's.
  private func outputSize(named size: Dimension) throws -> Dimension {
    let stride = strides[0]
    guard case .explicit(let begin, let end) = padding else {
      return size.plus(.fixed(stride - 1))?.dividedDown(by: stride) ?? size
    }
    guard !ceilMode || stride == 1 else {
      throw GraphError("an axis is '\(size)': a window that rounds up needs to know its size")
    }
    let room = size.plus(.fixed(begin[0] + end[0] - extent[0]))
    guard let result = room?.dividedDown(by: stride).plus(1) else { throw GraphError("an axis is too large") }
    return result
  }
}

extension Padding {
  fileprivate func axis(_ axis: Int) -> Padding {
    if case .explicit(let begin, let end) = self {
      .explicit(begin: [begin[axis]], end: [end[axis]])
    } else {
      self
    }
  }
}

extension Shape {
  /// `[N, C, spatial…]` with every spatial axis 1.
  var collapsingSpatialAxes: Shape {
    Shape(dimensions.prefix(2) + Array(repeating: .fixed(1), count: rank - 2))
  }
}
