import PithGraph

enum AtenAveragePool: AtenReader {
  static let targets = (1...3).map { "avg_pool\($0)d.default" }

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let spatial = call.name.contains("1d") ? 1 : call.name.contains("2d") ? 2 : 3
    let kernel = try call.perAxis("kernel_size", spatial, default: 1)
    let pads = try call.perAxis("padding", spatial, default: 0)
    let strides = try call.ints("stride") ?? []
    let window = Window(
      kernel: kernel,
      strides: strides.isEmpty
        ? kernel : strides.count == 1 ? Array(repeating: strides[0], count: spatial) : strides,
      padding: .explicit(begin: pads, end: pads), ceilMode: try call.bool("ceil_mode"))
    let countsPadding = try call.bool("count_include_pad", default: true)
    guard let divisor = try call.int("divisor_override") else {
      return try call.batched(x, rank: spatial + 2) {
        (AveragePool(window: window, countsPadding: countsPadding), [$0])
      }
    }
    guard let count = Shape.elementCount(kernel), divisor != 0, !window.ceilMode else {
      throw GraphError("a divisor of \(divisor) is not supported here")
    }
    try call.batched(x, rank: spatial + 2) {
      let mean = try call.add(AveragePool(window: window, countsPadding: true), [$0], "mean")
      return (Mul(), [mean, call.scalar(Double(count) / Double(divisor), .float32, "divisor")])
    }
  }
}
