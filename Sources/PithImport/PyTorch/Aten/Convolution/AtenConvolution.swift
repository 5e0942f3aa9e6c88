import PithGraph

/// Convolutions along one to three axes; transposed ones where the general form says so.
enum AtenConvolution: AtenReader {
  static let targets =
    ["conv1d", "conv2d", "conv3d"].flatMap { ["\($0).default", "\($0).padding"] }
    + ["convolution.default", "_convolution.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.tensor("input")
    let weights = try call.tensor("weight")
    let bias = try call.optionalTensor("bias")
    call.ignore("benchmark", "deterministic", "cudnn_enabled", "allow_tf32")
    if try call.bool("transposed") { return try AtenConvTranspose.read(call, x, weights, bias) }
    let rank = try call.rank(weights)
    let spatial = rank - 2
    guard spatial >= 1 else { throw GraphError("its weights have \(rank) axes, but at least 3 are needed") }
    let strides = try call.perAxis("stride", spatial, default: 1)
    let dilations = try call.perAxis("dilation", spatial, default: 1)
    call.ignore("output_padding")
    let padding: Padding
    if call.target.hasSuffix(".padding") {
      padding = try named(try call.string("padding") ?? "valid", call, weights, dilations)
    } else {
      let pads = try call.perAxis("padding", spatial, default: 0)
      padding = .explicit(begin: pads, end: pads)
    }
    let op = Conv(
      strides: strides, dilations: dilations, padding: padding, groups: try call.int("groups") ?? 1)
    try call.batched(x, rank: rank) { (op, [$0, weights, bias]) }
  }

  /// "same" adds the odd pixel at the end.
  private static func named(
    _ name: String, _ call: AtenCall, _ weights: ValueID, _ dilations: [Int]
  ) throws -> Padding {
    switch name {
    case "valid": return .none(dilations.count)
    case "same":
      let total = try dilations.enumerated().map { axis, dilation -> Int in
        let (pixels, overflow) = dilation.multipliedReportingOverflow(
          by: try call.knownSize(axis + 2, of: weights) - 1)
        guard !overflow, pixels >= 0, pixels < 1 << 30 else { throw GraphError("its window is too large") }
        return pixels
      }
      return .explicit(begin: total.map { $0 / 2 }, end: total.map { $0 - $0 / 2 })
    default: throw GraphError("padding '\(name.printable())' is not known")
    }
  }
}
