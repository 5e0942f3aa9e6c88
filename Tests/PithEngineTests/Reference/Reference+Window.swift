import PithGraph

/// The geometry of a window along each spatial axis, by ONNX's formulas.
struct ReferenceWindow {
  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]
  var begin: [Int]
  var end: [Int]
  var output: [Int]

  init(_ window: Window, input: [Int]) {
    (kernel, strides, dilations) = (window.kernel, window.strides, window.dilations)
    (begin, end, output) = ([], [], [])
    for axis in input.indices {
      let extent = (kernel[axis] - 1) * dilations[axis] + 1
      switch window.padding {
      case .explicit(let low, let high):
        begin.append(low[axis])
        end.append(high[axis])
        let room = Double(input[axis] + low[axis] + high[axis] - extent) / Double(strides[axis])
        var count = Int(window.ceilMode ? room.rounded(.up) : room.rounded(.down)) + 1
        // A window that would begin in the padding at the end is left out.
        if window.ceilMode, (count - 1) * strides[axis] >= input[axis] + low[axis] { count -= 1 }
        output.append(count)
      case .sameUpper, .sameLower:
        let count = Int((Double(input[axis]) / Double(strides[axis])).rounded(.up))
        let total = max(0, (count - 1) * strides[axis] + extent - input[axis])
        let (less, more) = (total / 2, total - total / 2)
        begin.append(window.padding == .sameUpper ? less : more)
        end.append(window.padding == .sameUpper ? more : less)
        output.append(count)
      }
    }
  }

  /// Where a tap of the window at an output's position reads.
  func source(_ position: [Int], _ tap: [Int]) -> [Int] {
    position.indices.map { position[$0] * strides[$0] + tap[$0] * dilations[$0] - begin[$0] }
  }

  /// Whether a place is in the input or its padding.
  func isPadded(_ place: [Int], input: [Int]) -> Bool {
    place.indices.allSatisfy { place[$0] >= -begin[$0] && place[$0] < input[$0] + end[$0] }
  }
}

extension Reference {
  /// A direct convolution.
  static func convolution(_ op: Conv, _ inputs: [Reference?]) -> Reference {
    guard let x = inputs[0], let w = inputs[1] else { return Reference(shape: [], values: [0]) }
    let bias = inputs.count > 2 ? inputs[2] : nil
    let spatial = Array(x.shape.dropFirst(2))
    let window = ReferenceWindow(
      Window(
        kernel: Array(w.shape.dropFirst(2)), strides: op.strides, dilations: op.dilations,
        padding: op.padding),
      input: spatial)
    let filtersPerGroup = w.shape[0] / op.groups
    let taps = positions(window.kernel)
    return Reference(shape: [x.shape[0], w.shape[0]] + window.output) { position in
      var sum = bias?[[position[1]]] ?? 0
      for channel in 0..<w.shape[1] {
        let source = position[1] / filtersPerGroup * w.shape[1] + channel
        for tap in taps {
          let place = window.source(Array(position.dropFirst(2)), tap)
          sum += w[[position[1], channel] + tap] * x.element([position[0], source] + place, outside: 0)
        }
      }
      return activated(sum, op.activation)
    }
  }

  static func activated(_ value: Double, _ activation: Activation?) -> Double {
    switch activation {
    case nil: value
    case .relu: max(0, value)
    case .clip(let low, let high): min(max(value, Double(low)), Double(high))
    }
  }

  static func maxPool(_ op: MaxPool, _ x: Reference) -> Reference {
    let window = ReferenceWindow(op.window, input: Array(x.shape.dropFirst(2)))
    let taps = positions(window.kernel)
    return Reference(shape: x.shape.prefix(2) + window.output) { position in
      taps.map { tap in
        x.element(position.prefix(2) + window.source(Array(position.dropFirst(2)), tap), outside: -.infinity)
      }.max() ?? -.infinity
    }
  }

  static func averagePool(_ op: AveragePool, _ x: Reference) -> Reference {
    let spatial = Array(x.shape.dropFirst(2))
    let window = ReferenceWindow(op.window, input: spatial)
    let taps = positions(window.kernel)
    return Reference(shape: x.shape.prefix(2) + window.output) { position in
      var (sum, count) = (0.0, 0)
      for tap in taps {
        let place = window.source(Array(position.dropFirst(2)), tap)
        let isInside = zip(place, spatial).allSatisfy { $0 >= 0 && $0 < $1 }
        if isInside { sum += x[position.prefix(2) + place] }
        if isInside || op.countsPadding && window.isPadded(place, input: spatial) { count += 1 }
      }
      return sum / Double(count)
    }
  }
}
