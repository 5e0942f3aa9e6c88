import PithGraph

/// The geometry that convolutions and pools of TensorFlow share, from their attributes.
struct TFWindow {
  var isChannelsLast: Bool
  /// One number for each spatial axis, as all lists here.
  var strides: [Int]
  var dilations: [Int]
  var padding: Padding

  /// - Parameter rank: axes of the operand.
  /// - Throws: `GraphError` where the attributes do not fit.
  init(_ node: TFNode, rank: Int, strides: [Int]? = nil) throws {
    isChannelsLast = try node.isChannelsLast()
    let axes = isChannelsLast ? Array(1..<(rank - 1)) : Array(2..<rank)
    func list(_ name: String, _ all: [Int]?) throws -> [Int] {
      guard let all else { return Array(repeating: 1, count: axes.count) }
      guard all.count == rank else { throw GraphError("\(name) \(all) must have \(rank) numbers") }
      guard (0..<rank).allSatisfy({ axes.contains($0) || all[$0] == 1 }) else {
        throw GraphError("\(name) \(all) over the batch or channels are not supported")
      }
      return axes.map { all[$0] }
    }
    self.strides = try list("strides", try strides ?? node.ints("strides"))
    dilations = try list("dilations", try node.ints("dilations"))
    switch try node.string("padding") {
    case "SAME": padding = .sameUpper
    case "VALID": padding = .none(axes.count)
    case "EXPLICIT":
      let pads = try node.ints("explicit_paddings") ?? []
      guard pads.count == 2 * rank else {
        throw GraphError("explicit_paddings \(pads) must have \(2 * rank) numbers")
      }
      padding = .explicit(begin: axes.map { pads[2 * $0] }, end: axes.map { pads[2 * $0 + 1] })
    case let other: throw GraphError("padding '\(other.printable())' is unknown")
    }
  }

  /// Goes over an image of which every n-th pixel was taken apart.
  /// - Throws: `GraphError` where that is not a dilation.
  mutating func dilate(by blocks: [Int]) throws {
    guard isChannelsLast, blocks.count == dilations.count, padding == .none(blocks.count),
      zip(blocks, strides).allSatisfy({ $0 == 1 || $1 == 1 })
    else { throw GraphError("a convolution inside of SpaceToBatchND needs strides of 1 and padding VALID") }
    dilations = try zip(dilations, blocks).map { dilation, block in
      let (product, overflow) = dilation.multipliedReportingOverflow(by: block)
      guard !overflow else { throw GraphError("a dilation is too large") }
      return product
    }
  }

  /// The same without a spatial axis in which nothing happens.
  func dropping(axis: Int) -> TFWindow {
    var copy = self
    copy.strides.remove(at: axis)
    copy.dilations.remove(at: axis)
    if case .explicit(var begin, var end) = padding {
      begin.remove(at: axis)
      end.remove(at: axis)
      copy.padding = .explicit(begin: begin, end: end)
    }
    return copy
  }

  func convolution(_ groups: Int) -> Conv {
    Conv(strides: strides, dilations: dilations, padding: padding, groups: groups)
  }
}
