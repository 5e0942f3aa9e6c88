import PithGraph

extension Conv: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let kernel = try writer.type(node, 1).shape.sizes.map { Array($0.dropFirst(2)) }
    var attributes = ONNXGraphWriter.attributes(
      kernel: kernel, strides: strides, dilations: dilations, padding: padding)
    if groups != 1 { attributes.append(("group", .int(groups))) }
    try writer.emit(node, name, attributes: attributes)
  }
}
