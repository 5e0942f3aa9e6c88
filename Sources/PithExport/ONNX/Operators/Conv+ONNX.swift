import PithGraph

extension Conv: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let kernel = try writer.type(node, 1).shape.sizes.map { Array($0.dropFirst(2)) }
    var attributes = ONNXGraphWriter.attributes(
      kernel: kernel, strides: strides, dilations: dilations,
      padding: try explicitPadding(node, writer, kernel))
    if groups != 1 { attributes.append(("group", .int(groups))) }
    try writer.emit(node, name, attributes: attributes)
  }

  /// ONNX Runtime does not know automatic padding with dilations, so that it is in numbers as far as they are known.
  private func explicitPadding(
    _ node: Node, _ writer: ONNXGraphWriter, _ kernel: [Int]?
  ) throws -> Padding {
    guard padding == .sameUpper || padding == .sameLower, dilations.contains(where: { $0 != 1 }), let kernel,
      strides.count == kernel.count, dilations.count == kernel.count
    else { return padding }
    let window = Window(kernel: kernel, strides: strides, dilations: dilations, padding: padding)
    // At stride 1 it is the same for every size.
    let sizes = try zip(writer.type(node, 0).shape.dimensions.dropFirst(2), window.strides)
      .map { $1 == 1 ? 1 : $0.size }
    let known = sizes.compactMap(\.self)
    guard known.count == sizes.count else { return padding }
    let (begin, end) = window.pads(for: known)
    return .explicit(begin: begin, end: end)
  }
}
