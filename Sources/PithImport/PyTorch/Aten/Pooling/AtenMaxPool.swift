import PithGraph

enum AtenMaxPool: AtenReader {
  static let targets = (1...3).flatMap { ["max_pool\($0)d.default", "max_pool\($0)d_with_indices.default"] }

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let spatial = call.name.contains("1d") ? 1 : call.name.contains("2d") ? 2 : 3
    let kernel = try call.perAxis("kernel_size", spatial, default: 1)
    let pads = try call.perAxis("padding", spatial, default: 0)
    // Without strides, windows do not overlap.
    let strides = try call.ints("stride") ?? []
    let window = Window(
      kernel: kernel,
      strides: strides.isEmpty
        ? kernel : strides.count == 1 ? Array(repeating: strides[0], count: spatial) : strides,
      dilations: try call.perAxis("dilation", spatial, default: 1),
      padding: .explicit(begin: pads, end: pads), ceilMode: try call.bool("ceil_mode"))
    try call.checkUnused(1, "where the largest elements are")
    try call.batched(x, rank: spatial + 2) { (MaxPool(window: window), [$0]) }
  }
}
