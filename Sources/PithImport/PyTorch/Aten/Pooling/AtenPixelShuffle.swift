import PithGraph

/// Channels become pixels, or pixels channels.
enum AtenPixelShuffle: AtenReader {
  static let targets = ["pixel_shuffle.default", "pixel_unshuffle.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    guard try call.rank(x) == 4 else { throw GraphError("its input must be [N, C, H, W]") }
    if call.name == "pixel_shuffle" {
      let factor = try call.int("upscale_factor") ?? 1
      return try call.result(DepthToSpace(blockSize: factor, order: .columnRowDepth), [x])
    }
    // ONNX's SpaceToDepth has another order of channels.
    let factor = try call.int("downscale_factor") ?? 1
    let sizes = try call.dimensions(x)
    let (height, width) = (try call.knownSize(2, of: x), try call.knownSize(3, of: x))
    guard factor > 0, height % factor == 0, width % factor == 0 else {
      throw GraphError("a map of \(height)×\(width) cannot be divided by \(factor)")
    }
    let block = Dimension.fixed(factor)
    let blocks = try call.reshaped(
      x, to: [sizes[0], sizes[1], .fixed(height / factor), block, .fixed(width / factor), block], "blocks")
    let moved = try call.transposed(blocks, [0, 1, 3, 5, 2, 4], "moved")
    try call.result(try call.reshaped(moved, to: try call.resultSizes(), "result"))
  }
}

/// Channels of several groups, taken in turn.
enum AtenChannelShuffle: AtenReader {
  static let targets = ["channel_shuffle.default", "native_channel_shuffle.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let groups = try call.int("groups") ?? 1
    let sizes = try call.dimensions(x)
    guard sizes.count >= 3, let channels = sizes[1].size, groups > 0, channels % groups == 0 else {
      throw GraphError("the channels of \(Shape(sizes)) cannot be split into \(groups) groups")
    }
    let split = [sizes[0], .fixed(groups), .fixed(channels / groups)] + sizes.dropFirst(2)
    let parts = try call.reshaped(x, to: split, "groups")
    let moved = try call.transposed(parts, [0, 2, 1] + Array(3..<split.count), "moved")
    try call.result(try call.reshaped(moved, to: sizes, "result"))
  }
}
