import PithGraph

/// Transposed convolutions along one to three axes.
enum AtenConvTranspose: AtenReader {
  static let targets = ["conv_transpose1d.default", "conv_transpose2d.input", "conv_transpose3d.input"]

  static func read(_ call: AtenCall) throws {
    try read(call, try call.tensor("input"), try call.tensor("weight"), try call.optionalTensor("bias"))
  }

  static func read(_ call: AtenCall, _ x: ValueID, _ weights: ValueID, _ bias: ValueID?) throws {
    let rank = try call.rank(weights)
    let spatial = rank - 2
    guard spatial >= 1 else { throw GraphError("its weights have \(rank) axes, but at least 3 are needed") }
    let pads = try call.perAxis("padding", spatial, default: 0)
    let op = ConvTranspose(
      strides: try call.perAxis("stride", spatial, default: 1),
      dilations: try call.perAxis("dilation", spatial, default: 1),
      padding: .explicit(begin: pads, end: pads), groups: try call.int("groups") ?? 1,
      outputPadding: try call.perAxis("output_padding", spatial, default: 0))
    try call.batched(x, rank: rank) { (op, [$0, weights, bias]) }
  }
}
