import PithGraph

extension Pad: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let name = try node.string("mode") ?? "constant"
    guard let mode = Pad.Mode(rawValue: name) else {
      throw GraphError("mode '\(name.printable())' is unknown; it may be constant, reflect, edge or wrap")
    }
    guard builder.opset < 11 else { return try builder.emit(Pad(mode: mode), node) }
    let x = try builder.required(node, 0)
    guard let pads = try node.ints("pads") else { throw GraphError("attribute 'pads' is missing") }
    let value = try node.float("value").map { builder.constant(node, "value", Tensor($0)) }
    try builder.emit(
      Pad(mode: mode), node, inputs: [x, builder.constant(node, "pads", Tensor(ints: pads)), value])
  }
}
