import PithGraph

extension ConvTranspose: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    // With the pads written out: not every runtime agrees on what "same" means here.
    guard let weights = try writer.type(node, 1).shape.sizes else {
      throw ExportError("node '\(node.label)': the weights' shape is not known")
    }
    let window = window(weights: weights)
    try writer.emit(
      node, name,
      attributes: ONNXGraphWriter.attributes(
        kernel: window.kernel, strides: strides, dilations: dilations, padding: window.padding) + [
          ("group", .int(groups)), ("output_padding", .ints(addedAtEnd(window))),
        ])
  }
}
