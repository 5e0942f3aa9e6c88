/// Which elements along one axis each output is made of, and with what weights.
public struct AxisSampling {
  /// The taps of each output; nil where the output lies outside of what is seen.
  public private(set) var outputs: [[(index: Int, weight: Float)]?] = []

  /// - Parameters:
  ///   - axis: with its size and scale known.
  ///   - input: the size of the axis before.
  public init(_ op: Resize, _ axis: Resize.Axis, input: Int, output: Int) {
    let scale = axis.scale ?? 1
    outputs = (0..<output).map { position in
      let place = Self.place(
        op.coordinates, Double(position), axis.region, input: input, output: output, scale)
      if op.coordinates == .tfCropAndResize, place < 0 || place > Double(input - 1) { return nil }
      return Self.taps(op, place, input: input, scale)
    }
  }

  /// The place in the input that an output stands for: https://onnx.ai/onnx/operators/onnx__Resize.html.
  private static func place(
    _ coordinates: Resize.Coordinates, _ x: Double, _ region: (start: Double, end: Double), input: Int,
    output: Int, _ scale: Double
  ) -> Double {
    // The width is what the scale says, which the output's size is rounded from.
    let width = scale * Double(input)
    let last = Double(input - 1)
    switch coordinates {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return width == 1 ? -0.5 : (x + 0.5) / scale - 0.5
    case .halfPixelSymmetric:
      return Double(input) / 2 * (1 - Double(output) / width) + (x + 0.5) / scale - 0.5
    case .alignCorners: return width == 1 ? 0 : x * last / (width - 1)
    case .asymmetric: return x / scale
    case .tfHalfPixel: return (x + 0.5) / scale
    case .tfCropAndResize:
      let seen = region.end - region.start
      let crop = Double(output)
      return region.start * last + (crop == 1 ? seen * last / 2 : x * seen * last / (crop - 1))
    }
  }

  private static func taps(
    _ op: Resize, _ place: Double, input: Int, _ scale: Double
  ) -> [(index: Int, weight: Float)] {
    let floor = place.rounded(.down)
    let ratio = place - floor
    // Places far outside see the border only.
    let base = Int(min(max(floor, -1e9), 1e9))
    func inside(_ index: Int) -> Int { min(max(index, 0), input - 1) }
    guard op.mode != .nearest else {
      let isUpper: Bool =
        switch op.nearest {
        case .roundPreferFloor: ratio > 0.5
        case .roundPreferCeil: ratio >= 0.5
        case .floor: false
        case .ceil: ratio > 0
        }
      return [(inside(isUpper ? base + 1 : base), 1)]
    }
    let a = Double(op.cubicCoefficient)
    let widening = op.antialiases ? min(scale, 1) : 1
    let reach = op.mode == .linear ? 1.0 : 2.0
    let first = Int((-reach / widening).rounded(.down)) + 1
    var weights = (first...1 - first).map { tap -> (offset: Int, weight: Double) in
      let distance = abs(widening * (Double(tap) - ratio))
      return (tap, op.mode == .linear ? max(0, 1 - distance) : cubic(distance, a))
    }
    if op.excludesOutside {
      weights = weights.filter { base + $0.offset >= 0 && base + $0.offset < input }
    }
    let sum = weights.reduce(0) { $0 + $1.weight }
    let divisor = op.antialiases || op.excludesOutside ? sum : 1
    return weights.filter { $0.weight != 0 }.map { (inside(base + $0.offset), Float($0.weight / divisor)) }
  }

  /// Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, equation 15 with a free coefficient.
  public static func cubic(_ x: Double, _ a: Double) -> Double {
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
