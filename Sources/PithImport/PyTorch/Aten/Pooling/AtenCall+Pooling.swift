import PithGraph

extension AtenCall {
  /// How many axes a pool's windows slide over, as its name says.
  var pooledAxes: Int { name.contains("1d") ? 1 : name.contains("2d") ? 2 : 3 }

  /// A pool's window. Without strides, windows do not overlap.
  func poolingWindow(dilations: [Int]? = nil) throws -> Window {
    let kernel = try perAxis("kernel_size", pooledAxes, default: 1)
    let pads = try perAxis("padding", pooledAxes, default: 0)
    let strides = try ints("stride") ?? []
    return Window(
      kernel: kernel,
      strides: strides.isEmpty
        ? kernel : strides.count == 1 ? Array(repeating: strides[0], count: pooledAxes) : strides,
      dilations: dilations, padding: .explicit(begin: pads, end: pads), ceilMode: try bool("ceil_mode"))
  }
}
