import PithGraph

extension ONNXNode {
  /// The window of a pooling node.
  func window() throws -> Window {
    guard let kernel = try ints("kernel_shape") else {
      throw GraphError("attribute 'kernel_shape' is missing")
    }
    return Window(
      kernel: kernel, strides: try ints("strides"), dilations: try ints("dilations"),
      padding: try padding(spatialRank: kernel.count), ceilMode: try flag("ceil_mode"))
  }

  /// Whether the odd pixel goes to the beginning, as `auto_pad` has it.
  var isSameLower: Bool {
    if case .string("SAME_LOWER")? = peek("auto_pad") { true } else { false }
  }

  /// The padding of a node with a window. Where `auto_pad` says how to pad, `pads` does not count.
  func padding(spatialRank: Int) throws -> Padding {
    let pads = try ints("pads")
    let mode = try string("auto_pad") ?? "NOTSET"
    switch mode {
    case "NOTSET":
      guard let pads else { return .none(spatialRank) }
      guard pads.count == 2 * spatialRank else {
        throw GraphError("\(pads.count) pads do not fit \(spatialRank) axes")
      }
      return .explicit(begin: Array(pads[..<spatialRank]), end: Array(pads[spatialRank...]))
    case "VALID": return .none(spatialRank)
    case "SAME_UPPER": return .sameUpper
    case "SAME_LOWER": return .sameLower
    default: throw GraphError("auto_pad '\(mode.printable())' is unknown")
    }
  }
}
