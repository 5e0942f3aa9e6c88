import PithGraph

/// Pools whose windows follow from the size of the output, which has to divide that of the input.
enum AtenAdaptivePool: AtenReader {
  static let targets =
    (1...3).flatMap { ["adaptive_avg_pool\($0)d.default", "adaptive_max_pool\($0)d.default"] }
    + ["_adaptive_avg_pool2d.default", "_adaptive_avg_pool3d.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let spatial = call.pooledAxes
    let sizes = try call.perAxis("output_size", spatial, default: 1)
    let isMean = call.name.contains("avg")
    try call.checkUnused(1, "where the largest elements are")
    guard sizes.contains(where: { $0 != 1 }) else {
      return try call.batched(x, rank: spatial + 2) {
        (isMean ? GlobalAveragePool() : GlobalMaxPool(), [$0])
      }
    }
    let rank = try call.rank(x)
    let kernel = try sizes.enumerated().map { axis, size -> Int in
      let input = try call.knownSize(rank - spatial + axis, of: x)
      guard size > 0, input % size == 0 else {
        throw GraphError(
          "it makes \(size) pixels of \(input), which does not come out even; choose a size that divides it")
      }
      return input / size
    }
    let window = Window(kernel: kernel, strides: kernel)
    try call.batched(x, rank: spatial + 2) {
      (isMean ? AveragePool(window: window) : MaxPool(window: window), [$0])
    }
  }
}
