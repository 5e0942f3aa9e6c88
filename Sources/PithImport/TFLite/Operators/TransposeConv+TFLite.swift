import PithGraph

/// TRANSPOSE_CONV, the transpose of CONV_2D: operands are the output's shape, the filters `[M, height, width, C]`, the map
/// and optionally a bias.
enum TFLiteTransposeConv: TFLiteReader {
  static let opTypes = ["TRANSPOSE_CONV"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    guard let options = try node.options(.transposeConv) else { throw GraphError("its strides are missing") }
    let x = try builder.required(node, 2)
    let weights = try builder.weights(node, 1, order: [3, 0, 1, 2], data: 2)
    let map = try builder.type(x).shape
    guard let target = try builder.integers(node, 0), target.count == 4, map.rank == 4,
      let kernel = try builder.type(weights).shape.sizes, kernel.count == 4
    else { throw GraphError("its output's shape must be four constants, and its map have four axes") }
    let strides = [try options.int(2), try options.int(1)]
    let isSame = try TFLiteConvolution.padding(options, 0) == .sameUpper
    var (begin, end, added) = ([Int](), [Int](), [Int]())
    for axis in 0..<2 {
      guard let size = map[axis + 1].size, size > 0, strides[axis] > 0, strides[axis] < 1 << 20,
        (0..<(1 << 30)).contains(target[axis + 1])
      else { throw GraphError("the size of axis \(axis + 1) must be known, and its stride positive") }
      let whole = (size - 1) * strides[axis] + kernel[axis + 2]
      let cut = Swift.max(0, whole - target[axis + 1])
      begin.append(isSame ? cut / 2 : 0)
      end.append(isSame ? cut - cut / 2 : cut)
      added.append(Swift.max(0, target[axis + 1] - whole))
    }
    let op = ConvTranspose(
      strides: strides, padding: .explicit(begin: begin, end: end), outputPadding: added)
    let bias = try builder.bias(node, 3, weights: 1, data: 2, channels: kernel[1])
    try builder.emitOnPlanes(
      op, node, x, [weights, bias], activation: Int(try options.number(3, Int8(0))))
  }
}
