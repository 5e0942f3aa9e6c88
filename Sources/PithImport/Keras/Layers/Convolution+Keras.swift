import PithGraph

/// Convolutions over one to three axes, also those that treat each channel apart, and those in two steps.
enum KerasConvolution: KerasReader {
  static let classNames =
    (1...3).flatMap { ["Conv\($0)D", "Convolution\($0)D"] }
    + (1...2).flatMap { ["DepthwiseConv\($0)D", "SeparableConv\($0)D", "SeparableConvolution\($0)D"] }

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    var variables: [KerasVariable] = []
    if layer.className.hasPrefix("Conv") {
      variables.append(.init(name: "kernel"))
    } else {
      // Keras 2.0 called the kernel of a depthwise layer so too.
      variables.append(.init(name: "depthwise_kernel"))
      if layer.className.hasPrefix("Separable") { variables.append(.init(name: "pointwise_kernel")) }
    }
    if try layer.flag("use_bias", default: true) { variables.append(.init(name: "bias")) }
    return KerasStructure(variables: variables)
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let layer = call.layer
    let rank = layer.className.dropLast().last.flatMap { Int(String($0)) } ?? 2
    var x = try call.floatInput()
    try call.check(rank: rank + 2, x)
    x = try call.channelsFirst(x)
    guard let channels = try call.shape(x)[1].size else {
      throw GraphError("the number of its operand's channels is not known; build the model with it")
    }
    let geometry = try KerasWindow(layer, kernel: "kernel_size", rank: rank)
    let bias = try layer.flag("use_bias", default: true)
    var y: ValueID
    if layer.className.hasPrefix("Conv") {
      let filters = try layer.size("filters")
      let groups = try layer.int("groups") ?? 1
      guard groups > 0, channels % groups == 0 else {
        throw GraphError("\(channels) channels cannot be split into \(groups) groups")
      }
      let weights = try call.constant("kernel") {
        try kernel(layer, "kernel", geometry.kernel + [channels / groups, filters])
      }
      let biases = try bias ? call.constant("bias") { try layer.array("bias", [filters]) } : nil
      y = try call.add(geometry.conv(groups: groups), [x, weights, biases])
    } else {
      let multiplier = try layer.int("depth_multiplier") ?? 1
      let (outputs, overflow) = channels.multipliedReportingOverflow(by: multiplier)
      guard multiplier > 0, !overflow else { throw GraphError("its depth_multiplier is \(multiplier)") }
      let isSeparable = layer.className.hasPrefix("Separable")
      let weights = try call.constant("depthwise_kernel") {
        // Output channel c · multiplier + m: the kernel's last two axes as they lie.
        let depthwise = try layer.array("depthwise_kernel", geometry.kernel + [channels, multiplier])
        return depthwise.reshaped(geometry.kernel + [1, outputs]).permuted(
          [rank + 1, rank] + Array(0..<rank))
      }
      let biases =
        try bias && !isSeparable ? call.constant("bias") { try layer.array("bias", [outputs]) } : nil
      y = try call.add(
        geometry.conv(groups: channels), [x, weights, biases], isSeparable ? "depthwise" : nil)
      if isSeparable {
        let filters = try layer.size("filters")
        let ones = Array(repeating: 1, count: rank)
        let pointwise = try call.constant("pointwise_kernel") {
          try kernel(layer, "pointwise_kernel", ones + [outputs, filters])
        }
        let biases = try bias ? call.constant("bias") { try layer.array("bias", [filters]) } : nil
        y = try call.add(Conv(strides: ones, dilations: ones, padding: .none(rank)), [y, pointwise, biases])
      }
    }
    return [try call.activated(try call.ownLayout(y))]
  }

  /// An array `[kernel…, in, out]` as `[out, in, kernel…]`.
  private static func kernel(_ layer: KerasLayer, _ name: String, _ shape: [Int]) throws -> Tensor {
    let rank = shape.count - 2
    return try layer.array(name, shape).permuted([rank + 1, rank] + Array(0..<rank))
  }
}

/// The geometry of a window as Keras writes it.
struct KerasWindow {
  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]
  var padding: Padding

  /// - Parameter kernel: the key of the window's sizes.
  init(_ layer: KerasLayer, kernel key: String, rank: Int) throws {
    kernel = try layer.ints(key, count: rank, default: 0)
    strides = try layer.ints("strides", count: rank, default: 1)
    dilations = try layer.ints("dilation_rate", count: rank, default: 1)
    if key == "pool_size", layer.value("strides") == nil { strides = kernel }
    guard kernel.allSatisfy({ $0 > 0 }) else { throw GraphError("its \(key) must be positive integers") }
    switch try layer.string("padding") ?? "valid" {
    case "valid": padding = .none(rank)
    case "same": padding = .sameUpper
    case "causal" where rank == 1:
      let (pad, overflow) = dilations[0].multipliedReportingOverflow(by: kernel[0] - 1)
      guard !overflow else { throw GraphError("its dilation_rate is too large") }
      padding = .explicit(begin: [pad], end: [0])
    case let other: throw GraphError("its padding '\(other.printable())' is unknown")
    }
  }

  func conv(groups: Int) -> Conv {
    Conv(strides: strides, dilations: dilations, padding: padding, groups: groups)
  }

  var window: Window { Window(kernel: kernel, strides: strides, dilations: dilations, padding: padding) }
}
